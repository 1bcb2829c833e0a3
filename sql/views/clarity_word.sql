-- Words that the clarity check knows, as normalize_label() and a blank for
-- whatever is no letter leave them.  Whoever adds some adds sentences to the
-- test.
create or replace view clarity_word with (security_invoker = true) as
select l.language, l.kind, w.word
  from (values
	('en', 'vague', 'understand|understanding|know|learn|learn about|improve|'
		||'improving|be better|become better|get better|grow|'
		||'develop|be aware|become aware|familiarise|familiarize|'
		||'explore|discover|work on|try|strengthen|enhance|master|'
		||'appreciate|be more|become more|think about|focus on|'
		||'deepen'),
	('en', 'act', 'explain|present|write|lead|run|give|show|teach|chair|'
		||'facilitate|build|make|draw|draft|repair|fix|replace|'
		||'measure|calculate|count|plan|organise|organize|prepare|'
		||'publish|record|demonstrate|answer|interview|negotiate|'
		||'translate|install|test|programme|program|weld|drive|'
		||'pass|finish|complete|deliver|host|coach|compare|create|'
		||'read|speak|call|hold|sell|reduce|save|solve|close|'
		||'use|document|introduce|analyse|analyze|apply|design|'
		||'handle'),
	('en', 'time', 'january|february|march|april|may|june|july|august|'
		||'september|october|november|december|monday|tuesday|'
		||'wednesday|thursday|friday|spring|summer|autumn|winter|'
		||'christmas|easter|quarter|year end|end of year|this year|'
		||'next year|month|months|week|weeks|day|days|today|'
		||'tomorrow|deadline'),
	('en', 'joint', 'and|plus|also|as well as'),
	('nl', 'vague', 'begrijp|begrijpen|begrijpt|weten|weet|kennen|leren|'
		||'leren kennen|kennismaken|verbeteren|verbeter|beter worden|'
		||'beter|groeien|ontwikkelen|ontwikkel|verdiepen|bewust|'
		||'bewuster|verkennen|ontdekken|werken aan|werk aan|'
		||'proberen|versterken|beheersen|inzicht|nadenken|meer'),
	('nl', 'act', 'uitleggen|leg uit|leg|presenteren|presenteer|schrijven|'
		||'schrijf|leiden|leid|geven|geef|tonen|toon|voordoen|'
		||'begeleiden|begeleid|bouwen|bouw|maken|maak|tekenen|'
		||'teken|herstellen|herstel|vervangen|vervang|meten|meet|'
		||'berekenen|bereken|tellen|plannen|plan|organiseren|'
		||'organiseer|voorbereiden|bereid|publiceren|opnemen|'
		||'neem op|beantwoorden|beantwoord|interviewen|interview|'
		||'onderhandelen|onderhandel|vertalen|vertaal|installeren|'
		||'installeer|testen|test|programmeren|programmeer|lassen|'
		||'las|rijden|rijd|slagen|slaag|afwerken|werk af|'
		||'opleveren|vergelijken|vergelijk|voorzitten|zit voor|zit|'
		||'lezen|lees|spreken|spreek|bellen|bel|verkopen|verlagen|'
		||'besparen|bespaar|oplossen|los|afronden|rond|gebruiken|'
		||'gebruik|ombouwen|voeren|voer|opstellen|stel'),
	('nl', 'time', 'januari|februari|maart|april|mei|juni|juli|augustus|'
		||'september|oktober|november|december|maandag|dinsdag|'
		||'woensdag|donderdag|vrijdag|lente|zomer|herfst|winter|'
		||'kerst|kerstmis|pasen|kwartaal|dit jaar|volgend jaar|'
		||'jaareinde|maand|maanden|week|weken|dag|dagen|vandaag|'
		||'morgen'),
	('nl', 'joint', 'en|plus|ook|alsook'),
	('fr', 'vague', 'comprendre|comprends|connaitre|savoir|apprendre|'
		||'ameliorer|m ameliorer|progresser|mieux|developper|'
		||'decouvrir|explorer|familiariser|me familiariser|'
		||'conscience|approfondir|renforcer|maitriser|travailler sur|'
		||'essayer|reflechir|grandir|evoluer|plus'),
	('fr', 'act', 'expliquer|explique|presenter|presente|ecrire|ecris|'
		||'rediger|redige|animer|anime|diriger|dirige|donner|'
		||'donne|montrer|montre|enseigner|presider|preside|'
		||'construire|faire|fais|dessiner|dessine|reparer|repare|'
		||'remplacer|remplace|mesurer|mesure|calculer|calcule|'
		||'compter|planifier|planifie|organiser|organise|preparer|'
		||'prepare|publier|publie|enregistrer|repondre|reponds|'
		||'interviewer|interroger|interroge|negocier|negocie|'
		||'traduire|traduis|installer|installe|tester|teste|'
		||'programmer|programme|souder|soude|conduire|conduis|'
		||'reussir|reussis|terminer|termine|livrer|comparer|'
		||'compare|creer|cree|lire|lis|parler|parle|appeler|'
		||'appelle|vendre|reduire|reduis|economiser|resoudre|'
		||'resous|conclure|conclus|utiliser|utilise|tenir|tiens|'
		||'etablir|mener|mene'),
	('fr', 'time', 'janvier|fevrier|mars|avril|mai|juin|juillet|aout|'
		||'septembre|octobre|novembre|decembre|lundi|mardi|'
		||'mercredi|jeudi|vendredi|printemps|l ete|cet ete|automne|'
		||'hiver|noel|paques|trimestre|cette annee|fin d annee|'
		||'l annee|an|mois|semaine|semaines|jour|jours|demain'),
	('fr', 'joint', 'et|puis|ainsi que'),
	('de', 'vague', 'verstehen|verstehe|wissen|kennen|kennenlernen|lernen|'
		||'verbessern|verbessere|besser|besser werden|entwickeln|'
		||'entwickle|wachsen|vertiefen|bewusst|bewusster|erkunden|'
		||'entdecken|arbeiten an|versuchen|starken|beherrschen|'
		||'einblick|nachdenken|vertraut|mehr'),
	('de', 'act', 'erklaren|erklare|prasentieren|prasentiere|vorstellen|'
		||'stelle|schreiben|schreibe|leiten|leite|geben|gebe|'
		||'halten|halte|zeigen|zeige|moderieren|moderiere|bauen|'
		||'baue|machen|mache|zeichnen|zeichne|reparieren|repariere|'
		||'ersetzen|ersetze|messen|messe|berechnen|berechne|zahlen|'
		||'planen|plane|organisieren|organisiere|vorbereiten|'
		||'bereite|veroffentlichen|aufnehmen|nehme|beantworten|'
		||'beantworte|befragen|befrage|verhandeln|verhandle|'
		||'ubersetzen|ubersetze|installieren|installiere|testen|'
		||'teste|programmieren|programmiere|schweissen|schweisse|'
		||'fahren|fahre|bestehen|bestehe|abschliessen|schliesse|'
		||'liefern|vergleichen|vergleiche|erstellen|erstelle|lesen|'
		||'lese|sprechen|spreche|anrufen|rufe|verkaufen|senken|'
		||'sparen|losen|lose|anwenden|benutzen|benutze|fuhren|'
		||'fuhre|umrusten|anleiten|entwerfen|entwerfe'),
	('de', 'time', 'januar|februar|marz|april|mai|juni|juli|august|'
		||'september|oktober|november|dezember|montag|dienstag|'
		||'mittwoch|donnerstag|freitag|fruhling|fruhjahr|sommer|'
		||'herbst|winter|weihnachten|ostern|quartal|dieses jahr|'
		||'nachstes jahr|jahresende|monat|monate|monaten|woche|'
		||'wochen|tag|tage|tagen|morgen'),
	('de', 'joint', 'und|sowie|plus')
) l (language, kind, words)
 cross join regexp_split_to_table(l.words, '[|]') w (word);
