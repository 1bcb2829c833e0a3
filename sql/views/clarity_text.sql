-- What the clarity check says, in four languages; never more than a hint.
create or replace view clarity_text with (security_invoker = true) as
select t.rule, t.place, t.language, t.text
  from (values
	('vague_verb', 1, 'en', 'Say what you will do: nobody can see somebody understand or improve.'),
	('vague_verb', 1, 'nl', 'Zeg wat je zult doen: niemand kan zien dat iemand iets begrijpt of beter wordt.'),
	('vague_verb', 1, 'fr', 'Dites ce que vous ferez : personne ne voit quelqu’un comprendre ou progresser.'),
	('vague_verb', 1, 'de', 'Sag, was du tun wirst: Niemand kann sehen, dass jemand etwas versteht oder besser wird.'),
	('not_observable', 2, 'en', 'How will you notice that you are there? Name something that can be seen or heard.'),
	('not_observable', 2, 'nl', 'Waaraan merk je dat je er bent? Noem iets dat te zien of te horen is.'),
	('not_observable', 2, 'fr', 'À quoi verrez-vous que vous y êtes ? Nommez quelque chose qui se voit ou s’entend.'),
	('not_observable', 2, 'de', 'Woran merkst du, dass du am Ziel bist? Nenne etwas, das man sehen oder hören kann.'),
	('no_time', 3, 'en', 'By when? A month is precise enough.'),
	('no_time', 3, 'nl', 'Tegen wanneer? Een maand is precies genoeg.'),
	('no_time', 3, 'fr', 'Pour quand ? Un mois suffit comme précision.'),
	('no_time', 3, 'de', 'Bis wann? Ein Monat ist genau genug.'),
	('many_outcomes', 4, 'en', 'This looks like more than one goal; each is easier to reach on its own.'),
	('many_outcomes', 4, 'nl', 'Dit lijkt meer dan één doel; elk apart is makkelijker te bereiken.'),
	('many_outcomes', 4, 'fr', 'Cela ressemble à plusieurs objectifs ; chacun est plus facile à atteindre seul.'),
	('many_outcomes', 4, 'de', 'Das sieht nach mehr als einem Ziel aus; jedes für sich ist leichter zu erreichen.')
) t (rule, place, language, text);
