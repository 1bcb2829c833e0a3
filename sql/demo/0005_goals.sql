insert into goal_template (org_id, id, title, description, language,
	measure_type, measure_text, milestones, created_at, updated_at)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-00000005' || lpad(t.n::text, 4, '0'))::uuid,
       t.title, t.description, t.language, t.type, t.text, t.milestones::jsonb,
       clock() - interval '240 days', clock() - interval '240 days'
  from (values
	(1, 'nl', 'Eén vergadering leiden in een andere taal', 'Voor wie de taal goed begrijpt en nauwelijks durft te spreken.', 'can_do', 'Ik leid een half uur zonder van taal te wisselen.', '["Een vergadering openen", "Eén agendapunt leiden"]'),
	(2, 'fr', 'Montrer mon métier à un autre service', 'Une demi-journée, un poste de travail, deux personnes qui regardent.', 'evidence', 'Les visiteurs ont écrit ce qu’ils ont découvert.', '["Choisir ce que je montre", "Fixer la demi-journée"]'),
	(3, 'en', 'Teach something I know to three colleagues', 'Small is fine: an hour at a table will do.', 'can_do', 'Three people did it afterwards without me.', '["Pick the topic", "Try it on one person", "Do it with three"]'),
	(4, 'en', 'Write down what only I know', null, 'evidence', 'Somebody else did the job from my notes.', '[]')
  ) t (n, language, title, description, type, text, milestones);

create temp table demo_goal (
	n int, who text, state text, visibility text, made int, silent int,
	ended int, due int, skills int[], type text, title text, measure text,
	why text, learned text
) on commit drop;

insert into demo_goal values
(1, 'els', 'active', 'companions', 75, 3, null, 60, '{36,108}', 'can_do', 'De klantenvergadering in het Frans leiden', 'Ik leid een uur zonder naar het Nederlands te vluchten.', 'De helft van onze bellers spreekt Frans.', null),
(2, 'els', 'active', 'team', 50, 21, null, 45, '{13}', 'evidence', 'Een rekenblad bouwen dat onze wachttijden toont', 'Het blad hangt op maandag aan het bord.', 'Nu gissen we, en de drukste uren verrassen ons elke keer.', null),
(3, 'els', 'active', 'org', 120, 72, null, null, '{99}', 'none', 'Een leergroep van zes mensen begeleiden', null, 'Na de opleiding wil ik het ook eens echt doen.', null),
(4, 'els', 'active', 'me', 60, 40, null, 90, '{109}', 'none', 'Een klein project van begin tot einde trekken', null, 'Ik zeg te snel dat zoiets niets voor mij is.', null),
(5, 'els', 'draft', 'companions', 4, 4, null, null, '{44}', 'none', 'Een gesprek voeren in gebarentaal', null, null, null),
(6, 'els', 'paused', 'org', 150, 33, null, 120, '{45}', 'evidence', 'Alle standaardmails herschrijven in klare taal', 'Lore leest ze en stelt geen vragen meer.', 'Wachten tot de nieuwe huisstijl er is.', null),
(7, 'els', 'achieved', 'org', 210, 95, 95, -90, '{102}', 'can_do', 'Een nieuwkomer door de eerste drie maanden loodsen', 'Zij neemt daarna zelf iemand mee.', 'Mijn eigen eerste weken waren eenzaam.', null),
(8, 'els', 'partly', 'team', 230, 130, 130, -130, '{48}', 'evidence', 'Klachten binnen twee dagen beantwoorden', 'Vier weken na elkaar bleef geen enkele klacht langer liggen.', 'Wie wacht, wordt bozer.', null),
(9, 'els', 'let_go', 'org', 260, 110, 110, -60, '{21}', 'can_do', 'Zelf gegevens opvragen met SQL', 'Ik haal zonder hulp de cijfers van een week op.', null, 'Miriam doet het in vijf minuten en legt het graag uit; ik hoef het niet zelf te kunnen, ik moest leren vragen.'),
(10, 'jonas', 'active', 'org', 40, 6, null, 50, '{47}', 'can_do', 'Drie moeilijke gesprekken na elkaar rustig afronden', 'Ik haal tussendoor adem en bel niet meteen door.', 'Ik neem ze mee naar huis.', null),
(11, 'amelie', 'active', 'companions', 30, 9, null, 80, '{35}', 'can_do', 'Répondre en néerlandais aux appels de Flandre', 'Je garde la langue jusqu’à la fin de l’appel.', 'Je transfère encore trop souvent.', null),
(12, 'rachid', 'achieved', 'org', 190, 35, 35, -30, '{61}', 'evidence', 'De vijf klachten die telkens terugkomen tot hun oorzaak volgen', 'Twee van de vijf komen niet meer binnen.', 'Oplossen aan de telefoon is dweilen.', null),
(13, 'lore', 'active', 'team', 45, 2, null, 40, '{52,57}', 'can_do', 'Alle vragen over garantie beantwoorden zonder op te zoeken', 'Griet stelt er tien en ik antwoord.', null, null),
(14, 'benoit', 'let_go', 'org', 300, 170, 170, null, '{18}', 'none', 'Organiser tout mon travail sur un tableau numérique', null, 'Le service entier devait suivre.', 'Mon carnet me suffit ; l’équipe regarde le tableau, et cela marche à deux.'),
(15, 'griet', 'partly', 'org', 280, 60, 60, -50, '{98}', 'evidence', 'Zes collegiale coachingsgesprekken begeleiden', 'Er zijn zes verslagjes van één zin.', 'Als leerambassadeur wil ik het zelf gedaan hebben.', null),
(16, 'piet', 'active', 'org', 90, 31, null, 20, '{51}', 'can_do', 'Een offerte maken zonder dat iemand ze nakijkt', 'Drie offertes gaan ongewijzigd de deur uit.', null, null),
(17, 'fatima', 'active', 'team', 65, 12, null, 75, '{45}', 'evidence', 'Réécrire notre lettre de rappel en langage clair', 'Ma voisine la comprend à la première lecture.', 'Les gens appellent parce qu’ils ne comprennent pas.', null),
(18, 'wim', 'active', 'org', 100, 8, null, 30, '{59}', 'evidence', 'De vullijn ombouwen in minder dan veertig minuten', 'De ploeg noteert drie ombouwbeurten.', 'Elke ombouw kost ons een pallet.', null),
(19, 'karel', 'paused', 'team', 140, 50, null, 100, '{97}', 'can_do', 'Voordoen hoe je aan het geluid hoort dat een lager versleten is', 'Twee jongeren horen het ook.', 'Straks ga ik met pensioen.', null),
(20, 'sofie', 'achieved', 'org', 170, 20, 20, -15, '{64}', 'evidence', 'Een interne audit voorbereiden en leiden', 'Het verslag is goedgekeurd zonder opmerkingen.', null, null),
(21, 'dirk', 'active', 'org', 55, 65, null, null, '{84}', 'none', 'Een sturing programmeren voor de nieuwe doseerpomp', null, 'De leverancier rekent er een fortuin voor.', null),
(22, 'hanne', 'active', 'companions', 35, 1, null, 30, '{109,78}', 'can_do', 'Mijn eerste tekening verdedigen bij de ingenieurs', 'Ik beantwoord hun vragen zonder hulp.', 'Over een maand werk ik in hun ploeg.', null),
(23, 'tom', 'partly', 'org', 200, 80, 80, -70, '{85}', 'can_do', 'Een storing aan de inpakker zelf vinden', 'De technicus hoeft alleen nog te knikken.', null, null),
(24, 'marie', 'active', 'org', 42, 5, null, 55, '{63}', 'can_do', 'Expliquer les règles d’hygiène à un intérimaire', 'Il les répète le lendemain.', 'On m’a tout dit en une heure, c’était trop.', null),
(25, 'julie', 'let_go', 'team', 220, 90, 90, -20, '{91}', 'evidence', 'Filmer dix consignes pour le travail en hauteur', 'Dix films courts sont en ligne.', null, 'Personne ne regarde un film sur un toit ; une affiche au pied de l’échelle fait mieux.'),
(26, 'antoine', 'active', 'org', 85, 10, null, 35, '{70}', 'evidence', 'Planifier les tournées du vendredi sans camion vide', 'Quatre vendredis de suite, aucun retour à vide.', 'Le carburant coûte trop cher pour du vent.', null),
(27, 'camille', 'active', 'team', 70, 28, null, 65, '{38}', 'can_do', 'Négocier un créneau en anglais avec un transporteur', 'J’obtiens l’heure sans passer par écrit.', null, null),
(28, 'hugo', 'achieved', 'org', 130, 15, 15, -10, '{68}', 'evidence', 'Réussir l’examen de cariste', 'Le certificat est dans mon dossier.', 'Youssef ne peut pas être partout.', null),
(29, 'manon', 'paused', 'org', 160, 44, null, 140, '{73}', 'evidence', 'Compter une allée par semaine au lieu de tout en décembre', 'Douze allées comptées, douze écarts notés.', null, null),
(30, 'youssef', 'active', 'org', 25, 4, null, 95, '{97,77}', 'can_do', 'Montrer l’arrimage à quatre nouveaux', 'Chacun arrime une palette devant moi.', 'Une sangle mal mise, et c’est un pied cassé.', null),
(31, 'lea', 'active', 'companions', 20, 7, null, 70, '{20}', 'none', 'Retrouver seule un article perdu dans le système', null, 'Je demande à Hugo dix fois par jour.', null),
(32, 'theo', 'partly', 'team', 240, 115, 115, -100, '{71}', 'evidence', 'Rédiger un guide de deux pages sur les déclarations', 'Le guide est au mur du quai.', null, null),
(33, 'ines', 'active', 'org', 52, 16, null, 48, '{50}', 'can_do', 'Conclure une vente sans remise', 'Trois ventes ce trimestre, au prix affiché.', 'Je cède toujours trop vite.', null),
(34, 'lucas', 'achieved', 'org', 145, 25, 25, -20, '{104}', 'can_do', 'Raconter notre entreprise en trois minutes à un salon', 'Deux visiteurs m’ont demandé la suite.', null, null),
(35, 'anja', 'active', 'org', 110, 61, null, null, '{36}', 'can_do', 'Call a French customer every week', 'I finish the call in the language I began it in.', 'My school French is rusting.', null),
(36, 'stijn', 'active', 'team', 33, 11, null, 58, '{37}', 'can_do', 'Een klant in Keulen in het Duits te woord staan', 'Katrin luistert mee en hoeft niets te zeggen.', null, null),
(37, 'emma', 'draft', 'org', 6, 6, null, null, '{56}', 'none', 'Een campagne opzetten rond onze mensen', null, null, null),
(38, 'nina', 'achieved', 'org', 155, 12, 12, -5, '{26}', 'evidence', 'Cover the ordering module with automated tests', 'A broken order is red within ten minutes.', 'I was afraid to touch that code.', null),
(39, 'felix', 'active', 'org', 48, 13, null, 33, '{27}', 'can_do', 'Review a colleague''s change within one working day', 'Nobody has had to ask me twice for a month.', null, null),
(40, 'greta', 'active', 'team', 95, 18, null, 85, '{97,78}', 'can_do', 'Teach two production people to read our drawings', 'They find the tolerance before I point at it.', 'They spot mistakes that we never see.', null),
(41, 'lena', 'active', 'org', 38, 5, null, 62, '{80}', 'can_do', 'Weld a straight seam without help', 'Stefan puts it in the tester and it holds.', 'I draw welds all day and have never made one.', null),
(42, 'miriam', 'partly', 'org', 185, 70, 70, -65, '{31}', 'evidence', 'Show the energy figures so that everybody reads them alike', 'Five people out of five say the same thing about the chart.', null, null),
(43, 'paul', 'let_go', 'org', 205, 100, 100, null, '{30}', 'evidence', 'Run a phishing exercise in every team', 'Seven teams have done it.', null, 'Being tricked makes people hide mistakes. Now I thank whoever reports one, and more do.'),
(44, 'sabine', 'active', 'org', 58, 9, null, 44, '{103,88}', 'evidence', 'Test the manual for the mixer with three first-time users', 'All three start it without calling me.', 'We write for ourselves.', null),
(45, 'mieke', 'active', 'org', 80, 14, null, 28, '{99}', 'can_do', 'Een gesprek op gang brengen zonder zelf te praten', 'Tien minuten lang is iedereen aan het woord geweest, behalve ik.', 'Ik vul elke stilte.', null),
(46, 'olivier', 'active', 'team', 28, 3, null, 88, '{101}', 'can_do', 'Mener un entretien avec des questions ouvertes seulement', 'Mon collègue ne compte aucune question fermée.', null, null),
(47, 'thomas', 'active', 'org', 62, 24, null, 70, '{46}', 'evidence', 'Spend one day a month beside a customer', 'Six notes of what surprised me.', 'I decide about people whom I have not met.', null),
(48, 'an', 'active', 'org', 66, 10, null, 52, '{100}', 'can_do', 'Elke vrijdag één collega vertellen wat ik die week zag lukken', 'Ik heb er acht weken geen overgeslagen.', 'Ik zeg vooral wat beter kan.', null);

insert into goal (org_id, id, person_id, template_id, title, why, due_on,
	measure_type, measure_text, visibility, state, learned, signed_at,
	ended_at, version, created_at, updated_at)
select p.org_id,
       ('01923c1b-7100-7000-8000-00000006' || lpad(g.n::text, 4, '0'))::uuid,
       p.id,
       case g.n when 1 then '01923c1b-7100-7000-8000-000000050001'::uuid
                when 40 then '01923c1b-7100-7000-8000-000000050003'::uuid
       end,
       g.title, g.why, today() + g.due, g.type, g.measure, g.visibility,
       g.state, g.learned, clock() - make_interval(days => g.silent),
       clock() - make_interval(days => g.ended), 2,
       clock() - make_interval(days => g.made, hours => 2),
       clock() - make_interval(days => coalesce(g.ended,
           greatest(g.silent, g.made / 2)), hours => 1)
  from demo_goal g
  join person p on p.org_id = '01923c1b-7100-7000-8000-000000000001'
   and p.user_name = g.who;

insert into goal_skill (org_id, goal_id, skill_id)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-00000006' || lpad(g.n::text, 4, '0'))::uuid,
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(s.n), 2, '0'))::uuid
  from demo_goal g
 cross join unnest(g.skills) as s (n);

insert into goal_milestone (org_id, id, goal_id, place, title, due_on,
	done_on, created_at, updated_at)
select g.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(g.id::text || ' step ' || m.place), 1, 12))::uuid,
       g.id, m.place, m.title, today() + m.due, today() - m.done,
       g.created_at, g.created_at
  from (values
	(1, 1, 'De vergadering openen in het Frans', -50, 52),
	(1, 2, 'De woorden voor klachten en levering kennen', -20, 24),
	(1, 3, 'Eén agendapunt leiden', 10, null),
	(1, 4, 'Een hele vergadering, met Amélie naast mij', 45, null),
	(2, 1, 'De uren van een maand overtypen', -30, 32),
	(2, 2, 'Een grafiek die ook Piet begrijpt', 20, null),
	(3, 1, 'Mieke vragen of ik mag meelopen', null, 100),
	(3, 2, 'Zes namen verzamelen', null, null),
	(6, 1, 'De tien meest gebruikte mails kiezen', -100, 110),
	(6, 2, 'De eerste vijf herschrijven', 30, null),
	(7, 1, 'Een plan voor de eerste week', -200, 205),
	(7, 2, 'Elke vrijdag een halfuur', -100, 97),
	(10, 1, 'Met Rachid meeluisteren', -10, 12),
	(10, 2, 'Eén gesprek samen nabespreken', 15, null),
	(13, 1, 'De garantievoorwaarden in mijn woorden opschrijven', -5, 6),
	(18, 1, 'Het gereedschap op één kar', -60, 64),
	(18, 2, 'De tijden van nu opmeten', -30, 33),
	(20, 1, 'Een oude audit nalezen', -120, 125),
	(24, 1, 'Choisir trois règles au lieu de vingt', -10, 11),
	(26, 1, 'Noter les retours à vide d’un mois', -40, 44),
	(28, 1, 'Vingt heures avec Youssef', -60, 62),
	(30, 1, 'Préparer une palette d’exercice', 15, null),
	(38, 1, 'One test for the order that broke in spring', -120, 121),
	(38, 2, 'All tests in under five minutes', -30, 29),
	(40, 1, 'Choose a drawing they work with', -60, 70),
	(41, 1, 'Scrap metal, ten seams', -8, 9),
	(41, 2, 'A bracket that somebody needs', 40, null),
	(44, 1, 'Find three people who have never seen the mixer', 5, null),
	(45, 1, 'Vijf open vragen op een kaartje', -50, 55)
  ) m (n, place, title, due, done)
  join goal g on g.org_id = '01923c1b-7100-7000-8000-000000000001'
   and g.id = ('01923c1b-7100-7000-8000-00000006'
               || lpad(m.n::text, 4, '0'))::uuid;

insert into goal_check_in (org_id, id, goal_id, text, created_at)
select g.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(g.id::text || ' said ' || c.days), 1, 12))::uuid,
       g.id, c.text, clock() - make_interval(days => c.days)
  from (values
	(1, 52, 'Geopend in het Frans; bij de cijfers toch overgeschakeld.'),
	(1, 24, 'De lijst met woorden hangt naast mijn scherm. Amélie lacht, maar vriendelijk.'),
	(1, 3, 'Een klant zei dat hij niet hoorde dat ik uit Leuven kom.'),
	(2, 32, 'Alles overgetypt. Volgende keer vraag ik eerst of het ook kan worden uitgevoerd.'),
	(2, 21, 'De formule klopt, de grafiek nog niet.'),
	(3, 100, 'Mieke zegt ja, na de vakantie.'),
	(3, 72, 'Vier namen. Iedereen zegt misschien.'),
	(4, 40, 'Nog altijd niet gevraagd of ik het archief mag opruimen.'),
	(6, 60, 'De huisstijl laat op zich wachten, ik dus ook.'),
	(7, 180, 'Lore stelt vragen die niemand hier nog stelt.'),
	(7, 97, 'Vandaag legde zij mij iets uit.'),
	(8, 160, 'Drie weken gelukt, dan kwam de staking.'),
	(9, 140, 'De eerste opdracht werkt, de tweede geeft een muur van rood.'),
	(10, 12, 'Rachid zwijgt langer dan ik durf.'),
	(10, 6, 'Twee gesprekken goed, het derde net niet.'),
	(11, 9, 'Dix minutes sans chercher un mot !'),
	(12, 80, 'De eerste oorzaak was een datum op een formulier.'),
	(13, 2, 'Zeven van de tien.'),
	(15, 120, 'Het derde gesprek ging over mij; ook goed.'),
	(16, 31, 'De tweede kwam terug met één rode streep.'),
	(17, 12, 'De deux pages à une demie.'),
	(18, 33, 'Gemeten: tweeënzestig minuten.'),
	(18, 8, 'Eenenvijftig, zonder te lopen.'),
	(20, 45, 'De vragenlijst is half zo lang geworden.'),
	(22, 1, 'Greta stelde de vraag waar ik bang voor was, en ik wist het.'),
	(24, 5, 'Il m’a corrigée sur les gants.'),
	(26, 10, 'Deux vendredis sur quatre.'),
	(28, 40, 'La marche arrière reste difficile.'),
	(30, 4, 'Le premier a serré si fort que la palette a craqué.'),
	(33, 16, 'Une vente au prix affiché, et personne n’est mort.'),
	(35, 61, 'Called once, wrote twice.'),
	(38, 60, 'Found two old mistakes on the way.'),
	(39, 13, 'The trick is to do it before lunch.'),
	(40, 18, 'They found a mistake in mine.'),
	(41, 5, 'Seam nine was nearly straight.'),
	(44, 9, 'Two of three found. The third may be our baker.'),
	(45, 14, 'Zes minuten.'),
	(46, 3, 'Quatre questions fermées, contre onze la fois passée.'),
	(47, 24, 'She uses our valve upside down, and it works better.'),
	(48, 10, 'Acht mensen keken eerst of er een maar kwam.')
  ) c (n, days, text)
  join goal g on g.org_id = '01923c1b-7100-7000-8000-000000000001'
   and g.id = ('01923c1b-7100-7000-8000-00000006'
               || lpad(c.n::text, 4, '0'))::uuid;

insert into goal_companion (org_id, goal_id, person_id, state, version,
	created_at, updated_at)
select g.org_id, g.id, p.id, c.state,
       case c.state when 'invited' then 1 else 2 end,
       clock() - make_interval(days => c.days),
       clock() - make_interval(days => c.days - 1)
  from (values
	(1, 'amelie', 'accepted', 70), (1, 'jonas', 'accepted', 69),
	(1, 'olivier', 'invited', 5), (2, 'miriam', 'accepted', 45),
	(3, 'mieke', 'accepted', 110), (3, 'griet', 'declined', 109),
	(6, 'fatima', 'accepted', 140), (7, 'lore', 'accepted', 205),
	(9, 'miriam', 'accepted', 200), (8, 'rachid', 'left', 220),
	(10, 'els', 'accepted', 35), (10, 'rachid', 'accepted', 35),
	(11, 'els', 'invited', 8), (13, 'els', 'accepted', 40),
	(13, 'griet', 'accepted', 40), (17, 'els', 'accepted', 60),
	(45, 'els', 'declined', 75), (45, 'griet', 'accepted', 76),
	(18, 'tom', 'accepted', 90), (22, 'greta', 'accepted', 30),
	(24, 'julie', 'accepted', 40), (28, 'youssef', 'accepted', 120),
	(31, 'hugo', 'accepted', 18), (36, 'katrin', 'accepted', 30),
	(38, 'felix', 'accepted', 150), (41, 'stefan', 'accepted', 36),
	(42, 'paul', 'left', 180), (47, 'els', 'invited', 20)
  ) c (n, who, state, days)
  join goal g on g.org_id = '01923c1b-7100-7000-8000-000000000001'
   and g.id = ('01923c1b-7100-7000-8000-00000006'
               || lpad(c.n::text, 4, '0'))::uuid
  join person p on p.org_id = g.org_id and p.user_name = c.who;

-- What those involved were told of it.
insert into notification (org_id, id, person_id, kind, object_kind, object_id,
	actor_id, read_at, created_at, updated_at)
select t.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(t.goal_id::text || t.person_id || t.actor_id || t.kind
		|| row_number() over (partition by t.goal_id, t.person_id,
			t.actor_id, t.kind order by t.at)), 1, 12))::uuid,
       t.person_id, t.kind, 'goal', t.goal_id, t.actor_id,
       case when t.at < clock() - interval '10 days'
            then t.at + interval '3 hours' end, t.at, t.at
  from (
	select c.org_id, c.person_id, 'goal_companion_invited' as kind,
	       c.goal_id, g.person_id as actor_id, c.created_at as at
	  from goal_companion c
	  join goal g on g.org_id = c.org_id and g.id = c.goal_id
	union all
	select c.org_id, g.person_id, 'goal_companion_' || c.state, c.goal_id,
	       c.person_id, c.updated_at
	  from goal_companion c
	  join goal g on g.org_id = c.org_id and g.id = c.goal_id
	 where c.state in ('accepted', 'declined', 'left')
	union all
	select c.org_id, c.person_id, 'goal_checked_in', c.goal_id, g.person_id,
	       max(k.created_at)
	  from goal_check_in k
	  join goal g on g.org_id = k.org_id and g.id = k.goal_id
	  join goal_companion c on c.org_id = k.org_id
	   and c.goal_id = k.goal_id and c.state = 'accepted'
	   and c.updated_at < k.created_at
	 where g.visibility <> 'me'
	 group by c.org_id, c.person_id, c.goal_id, g.person_id
	union all
	select c.org_id, c.person_id, 'goal_' || g.state, c.goal_id,
	       g.person_id, g.ended_at
	  from goal g
	  join goal_companion c on c.org_id = g.org_id and c.goal_id = g.id
	   and c.state = 'accepted' and c.updated_at < g.ended_at
	 where g.visibility <> 'me'
  ) t
 where t.org_id = '01923c1b-7100-7000-8000-000000000001';

-- A month after the last word it reminded its owner, unless it rests or ended.
update goal g
   set reminded_at = g.signed_at + interval '30 days'
 where g.org_id = '01923c1b-7100-7000-8000-000000000001'
   and g.state = 'active' and g.signed_at + interval '30 days' <= clock();

insert into notification (org_id, id, person_id, kind, object_kind, object_id,
	read_at, created_at, updated_at, version)
select g.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(g.id::text || ' reminded'), 1, 12))::uuid,
       g.person_id, 'goal_silent', 'goal', g.id, r.at, g.reminded_at,
       coalesce(r.at, g.reminded_at), case when r.at is null then 1 else 2 end
  from goal g
 cross join lateral (
	select case when g.reminded_at < clock() - interval '12 days'
	            then g.reminded_at + interval '7 hours' end as at
 ) r
 where g.org_id = '01923c1b-7100-7000-8000-000000000001'
   and g.reminded_at is not null;

insert into timer (org_id, kind, object_id, due_at)
select r.org_id, 'remind_goal', r.goal_id, r.next_at
  from goal_reminder r
 where r.org_id = '01923c1b-7100-7000-8000-000000000001';
