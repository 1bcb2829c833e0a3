-- Four months of feedback, about work and skills.  `days` is how long ago it
-- was begun; what was released was so two days later.
create temp table demo_request (
	n int, ask int, asker text, asked text, skill int, about text,
	context text, state text, days int, due int, reason text
) on commit drop;

insert into demo_request values
(1, 1, 'els', 'jonas', null, 'Het nieuwe planbord', null, 'answered', 34, -27, null),
(2, 1, 'els', 'lore', null, 'Het nieuwe planbord', null, 'open', 34, 5, null),
(3, 1, 'els', 'griet', null, 'Het nieuwe planbord', null, 'declined', 34, -27, 'Ik was die week met verlof en heb het bord nog niet gebruikt.'),
(4, 4, 'els', 'benoit', 36, null, 'J''essaie de répondre en français au téléphone. Où est-ce que je perds mon interlocuteur ?', 'open', 6, 8, null),
(5, 5, 'els', 'rachid', 47, null, 'Je hoorde me vorige week met de klant uit Gent. Wat zou jij anders doen?', 'answered', 52, -40, null),
(6, 6, 'els', 'sofie', null, 'Mijn uitleg over klachten op de lijn', 'Het ging snel. Bleef er iets hangen?', 'withdrawn', 71, -60, null),
(7, 7, 'jonas', 'els', 45, null, 'Mijn standaardmail over levertijden: te lang?', 'open', 3, 6, null),
(8, 8, 'amelie', 'els', 57, null, 'Tu étais assise à côté de moi mardi. Comment étaient mes appels ?', 'answered', 41, -33, null),
(9, 9, 'an', 'els', null, 'Ons teamoverleg van donderdag', 'Ik wil korter en met meer stemmen. Zeg eerlijk wat er in de weg zit.', 'answered', 26, -19, null),
(10, 10, 'piet', 'els', 19, null, 'Kijk je eens hoe ik de fiches invul?', 'declined', 60, -52, null),
(11, 11, 'fatima', 'els', null, 'Ma présentation du nouveau formulaire', 'J''hésite entre deux ordres.', 'withdrawn', 48, null, null),
(12, 12, 'stefan', 'els', 102, null, 'You welcomed our newcomers in Ghent. What did our half of the day look like from your side?', 'open', 4, 10, null),
(13, 13, 'nina', 'felix', 27, null, 'I review a lot these weeks. Are my comments of any use, or do they only slow you down?', 'answered', 45, -38, null),
(14, 14, 'camille', 'antoine', 70, null, 'J''ai changé l''ordre des tournées du nord. Qu''en disent les chauffeurs ?', 'answered', 30, -20, null),
(15, 15, 'hanne', 'dirk', 86, null, 'Mijn eerste onderhoudsplan. Wat ontbreekt er volgens jou?', 'open', 8, 4, null),
(16, 16, 'mieke', 'hilde', null, 'De uitnodiging voor de leerlunches', 'Trekt ze mensen aan die nog nooit kwamen?', 'answered', 63, -55, null),
(17, 17, 'lucas', 'mathieu', 49, null, 'Après le rendez-vous de Lille, je me demande si j''ai cédé trop tôt.', 'open', 5, 9, null),
(18, 18, 'miriam', 'sabine', 31, null, 'Can somebody outside engineering read my dashboard without a legend?', 'declined', 22, -15, 'I would only guess; ask Pieter, he tests with readers.'),
(19, 19, 'lena', 'greta', 79, null, 'My first drawing review. Where did I look in the wrong place?', 'answered', 19, -12, null),
(20, 20, 'tom', 'luc', 65, null, 'Vertel ik bij de overdracht te veel of te weinig?', 'open', 2, 12, null),
(21, 21, 'manon', 'theo', null, 'La liste des articles bloqués', 'Est-elle encore utile telle quelle ?', 'withdrawn', 37, null, null);

insert into feedback_request (org_id, id, ask_id, asker_id, asked_id,
	about_kind, about_id, about_text, context, due_at, state, reason,
	version, created_at, updated_at)
select a.org_id,
       ('01923c1b-7100-7000-8000-000000000e' || lpad(d.n::text, 2, '0'))::uuid,
       ('01923c1b-7100-7000-8000-0000000fee'
	|| lpad(d.ask::text, 2, '0'))::uuid,
       a.id, b.id, case when d.skill is null then 'work' else 'skill' end,
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(d.skill), 2, '0'))::uuid,
       d.about, d.context, clock() + make_interval(days => d.due), d.state,
       d.reason, case d.state when 'open' then 1 else 2 end,
       clock() - make_interval(days => d.days, mins => d.n * 11),
       clock() - make_interval(days => case d.state when 'open' then d.days
                                       else d.days - 1 end, mins => d.n * 7)
  from demo_request d
  join person a on a.org_id = '01923c1b-7100-7000-8000-000000000001'
   and a.user_name = d.asker
  join person b on b.org_id = a.org_id and b.user_name = d.asked;

create temp table demo_feedback (
	n int, request int, giver text, receiver text, skill int, about text,
	release text, state text, days int, context text, keep text,
	try_next text, example text, useful int, did text
) on commit drop;

insert into demo_feedback values
(1, null, 'els', 'jonas', 57, null, null, 'drafted', 1, 'Het gesprek met de apotheker van vanmorgen.', 'Je liet de stilte duren tot hij zelf verder vertelde.', null, null, null, null),
(2, null, 'els', 'an', null, 'De verdeling van de zaterdagen', 'window', 'sent', 2, 'Het voorstel van deze week.', 'Dat je de drie mogelijkheden naast elkaar zette.', 'Vraag eerst wie er een vaste verplichting heeft.', 'Piet zei niets omdat hij dacht dat het al vastlag.', null, null),
(3, null, 'els', 'lore', 19, null, 'now', 'released', 6, 'Toen we samen de dubbele klanten opruimden.', 'Je schreef bij elke fiche waarom ze verdween.', 'Begin met de klanten van dit jaar, die bellen het eerst.', 'Bij bakkerij De Molen vond ik meteen wat er veranderd was.', null, null),
(4, 8, 'els', 'amelie', 57, null, 'now', 'read', 39, 'Les appels de mardi matin.', 'Tu répètes la question avec les mots du client, et il se calme.', 'Annonce avant de mettre en attente, et dis pour combien de temps.', 'Le monsieur de Namur a attendu deux minutes sans savoir pourquoi.', 3, 'changed'),
(5, null, 'els', 'piet', null, 'De mail aan alle leveranciers', null, 'withdrawn', 44, 'Vrijdag laat.', 'De cijfers klopten.', null, null, null, null),
(6, null, 'els', 'griet', 111, null, 'now', 'deleted', 90, null, null, null, null, null, null),
(7, 9, 'els', 'an', null, 'Ons teamoverleg van donderdag', 'now', 'read', 24, 'De laatste drie keren.', 'Dat iedereen een punt mag toevoegen tot woensdagavond.', 'Laat wie het punt bracht ook de tijd bewaken.', 'Het stuk over de printers duurde twintig minuten en raakte drie mensen.', 2, 'will_try'),
(8, null, 'els', 'rachid', 48, null, 'now', 'read', 80, 'De klacht over de kapotte pallet.', 'Je belde terug voor de klant dat deed.', 'Zet je besluit ook in de fiche.', 'Toen hij mij sprak, wist ik niet wat je beloofd had.', 3, 'changed'),
(9, null, 'els', 'fatima', 107, null, 'now', 'read', 58, 'La réunion avec Lille.', 'Tu as traduit l''idée au lieu des mots.', 'Fais une pause toutes les dix minutes pour les questions.', 'Après le point sur les prix, trois personnes ont enfin osé parler.', 2, 'talked'),
(10, null, 'els', 'stefan', 102, null, 'now', 'read', 33, 'The visit of your newcomers.', 'Every newcomer had a question in writing before they came.', 'Send the names a day earlier, so that we can pair them.', 'Lena and Emre sat with the same adviser, and two of us with nobody.', 3, 'changed'),
(11, null, 'els', 'benoit', 97, null, 'now', 'read', 66, 'Le remplacement de la semaine 30.', 'Tu montres une fois, puis tu te tais.', 'Dis aussi ce qui peut mal tourner.', 'J''ai annulé une commande entière au lieu d''une ligne.', 1, 'disagree'),
(12, null, 'els', 'julie', 89, null, 'now', 'released', 9, 'L''exercice dans le hall.', 'Ta voix reste basse quand tout le monde court.', null, 'Tu as demandé le défibrillateur à une personne précise.', null, null),
(13, 1, 'jonas', 'els', null, 'Het nieuwe planbord', 'now', 'read', 32, 'Drie dagen na het ophangen.', 'De kleuren per ploeg: ik zie in één blik wie waar zit.', 'Zet de legende op ooghoogte.', 'Lore stond op een stoel om te lezen wat oranje betekent.', 3, 'changed'),
(14, 5, 'rachid', 'els', 47, null, 'now', 'read', 49, 'De klant uit Gent.', 'Je bleef traag praten toen hij luider werd.', 'Noem zijn probleem voor je de oplossing noemt.', 'Hij zei drie keer "maar mijn levering", en toen pas hoorde hij jouw voorstel.', 2, 'talked'),
(15, null, 'an', 'els', null, 'Het weekverslag', 'now', 'released', 4, 'Je verslag van vorige week.', 'Eén bladzijde, en elke zin heeft een datum.', 'Begin met wat we moeten beslissen.', 'Koen las alleen de eerste alinea en miste de vraag over de printer.', null, null),
(16, null, 'amelie', 'els', 36, null, 'now', 'released', 7, 'Tes appels en français.', 'Tu oses parler sans chercher le mot parfait.', 'Ralentis sur les chiffres.', 'La dame de Dinant a noté soixante-dix au lieu de nonante.', null, null),
(17, null, 'fatima', 'els', 116, null, 'now', 'read', 76, 'Le jour de la panne.', 'Tu as répondu à la même question onze fois avec le même sourire.', null, null, 3, 'changed'),
(18, null, 'benoit', 'els', 48, null, 'now', 'deleted', 85, null, null, null, null, null, null),
(19, null, 'lore', 'els', 102, null, 'now', 'read', 70, 'Mijn eerste maand.', 'Dat je mij elke vrijdag vroeg wat ik niet durfde te vragen.', 'Laat nieuwe mensen sneller zelf bellen.', 'Na drie weken luisteren was ik banger dan na één dag.', 3, 'will_try'),
(20, null, 'piet', 'els', 19, null, 'now', 'read', 55, 'De middag met de klantendatabank.', 'Je gaf mij de muis.', 'Schrijf de sneltoetsen op een kaartje.', 'Ik ben er twee vergeten voor ik beneden was.', 2, 'changed'),
(21, null, 'sofie', 'els', null, 'De uitleg over klachten op de lijn', 'now', 'read', 62, 'Aan de vullijn, om zes uur.', 'Je had een doos bij van de klant zelf.', 'Kom ook eens bij de nachtploeg.', 'Tom en Wim hebben die doos aan iedereen laten zien.', 3, 'talked'),
(22, null, 'stefan', 'els', 102, null, 'now', 'read', 31, 'Our newcomers'' day in Ghent.', 'You gave each of them a real call to listen to.', 'Leave half an hour to talk it over.', 'Emre still speaks of the man with the wrong bottles.', 2, 'will_try'),
(23, null, 'griet', 'els', 111, null, null, 'drafted', 3, 'De planning van de feestdagen.', 'Je vroeg het op tijd.', null, null, null, null),
(24, null, 'an', 'els', null, 'De nieuwe belrondes', 'window', 'sent', 1, 'De proef van deze maand.', 'Je probeert het eerst zelf.', 'Neem de cijfers van voor de proef mee.', null, null, null),
(25, 13, 'felix', 'nina', 27, null, 'now', 'read', 43, 'Your reviews since the release.', 'You say why, and you link the line in the standard.', 'Mark what must change and what is taste.', 'I rewrote a loop twice before I saw that you only wondered.', 3, 'changed'),
(26, 14, 'antoine', 'camille', 70, null, 'now', 'read', 27, 'Les tournées du nord.', 'Deux arrêts de moins avant midi.', 'Préviens Jean-Pierre la veille quand l''ordre change.', 'Il avait chargé le camion à l''envers.', 3, 'changed'),
(27, 16, 'hilde', 'mieke', null, 'De uitnodiging voor de leerlunches', 'now', 'read', 60, 'De affiche in de refter.', 'Er staat een gezicht op en een vraag.', 'Laat iemand van de nachtploeg de volgende schrijven.', 'Karel vroeg mij of hij ook iets mocht vertellen.', 2, 'will_try'),
(28, 19, 'greta', 'lena', 79, null, 'now', 'released', 15, 'The bracket of the sorting arm.', 'You checked the tolerances before the shape.', 'Look at the section views first; they show what the front hides.', 'The hole behind the rib was only in section B.', null, null),
(29, null, 'wim', 'tom', 59, null, 'now', 'read', 88, 'De ombouw naar de kleine flessen.', 'Je legde het gereedschap klaar in de volgorde van gebruik.', 'Controleer de sensor voor je het hek sluit.', 'We stonden acht minuten stil voor één losse stekker.', 3, 'changed'),
(30, null, 'sofie', 'hanne', 61, null, 'now', 'read', 73, 'De lekkende doppen.', 'Je bleef waarom vragen toen wij al moe waren.', 'Neem de operator mee naar het bord.', 'Wim wist het van de temperatuur, maar stond aan de lijn.', 3, 'talked'),
(31, null, 'dirk', 'karel', 85, null, 'now', 'released', 12, 'De storing van maandagnacht.', 'Je schreef op wat je al geprobeerd had.', 'Bel vroeger, ik ben toch wakker.', null, null, null),
(32, null, 'manon', 'hugo', 73, null, 'now', 'read', 50, 'L''inventaire de l''allée C.', 'Tu recomptes ce qui te paraît trop beau.', 'Note l''heure de chaque comptage.', 'Deux palettes sont parties entre tes deux passages.', 2, 'changed'),
(33, null, 'youssef', 'lea', 68, null, 'now', 'read', 29, 'Tes premiers jours sur le chariot.', 'Tu regardes derrière toi à chaque fois, même quand tu es seule.', 'Baisse les fourches avant de tourner.', 'Au quai 4, elles étaient encore à hauteur d''épaule.', 3, 'changed'),
(34, null, 'claire', 'antoine', 108, null, 'window', 'sent', 3, 'Le point de lundi.', 'Tu finis à l''heure.', 'Demande l''avis de ceux qui partent à midi avant le reste.', 'Hugo a levé la main au moment où tout le monde se levait.', null, null),
(35, null, 'mathieu', 'ines', 51, null, 'now', 'read', 40, 'Le devis pour Roubaix.', 'Le prix est sur la première page.', 'Retire ce que le client n''a pas demandé.', 'Il a relu trois fois l''option de nuit avant de dire non.', 1, 'disagree'),
(36, null, 'anja', 'katrin', 38, null, 'now', 'read', 64, 'The call with the Dutch buyers.', 'You asked them to spell it, and nobody minded.', 'Repeat the date at the end.', 'They wrote down the sixth; we meant the ninth.', 3, 'changed'),
(37, null, 'miriam', 'paul', 31, null, 'now', 'released', 11, 'Your chart of the server room.', 'One line, one message.', 'Start the axis at zero or say that you do not.', 'It looked like a fire, and it was two degrees.', null, null),
(38, null, 'paul', 'emre', 30, null, 'now', 'read', 47, 'The evening of the password change.', 'You tried the instructions on your own phone first.', 'Warn the night shift too.', null, 2, 'will_try'),
(39, null, 'olivier', 'ulrike', 122, null, 'now', 'read', 83, 'The interviews in spring.', 'The same five questions for everybody.', 'Write your notes before we talk about the person.', 'I had told you my opinion, and we both had it afterwards.', 3, 'changed'),
(40, null, 'charlotte', 'olivier', 122, null, null, 'drafted', 2, 'Les annonces de septembre.', null, 'Moins de mots anglais dans le titre.', null, null, null),
(41, null, 'koen', 'bram', 106, null, 'now', 'read', 57, 'De week van de overstroming.', 'Je zei hardop wat je niet wist.', 'Vraag sneller om een extra paar handen.', 'Luc deed twee ploegen na elkaar en zei er niets van.', 3, 'talked'),
(42, null, 'pieter', 'sabine', 88, null, 'now', 'released', 8, 'Your test with five readers.', 'You let them be wrong.', 'Film the hands rather than the screen.', 'Nobody saw where they looked for the valve.', null, null),
(43, null, 'theo', 'nathalie', 72, null, 'now', 'read', 53, 'Le contrat turc.', 'Tu as appelé avant de signer.', 'Ajoute le lieu exact, pas seulement le sigle.', 'Le transporteur croyait livrer au port.', 2, 'changed'),
(44, null, 'thomas', 'sophie', 112, null, null, 'withdrawn', 36, 'The budget round.', null, 'Fewer sheets.', null, null, null),
(45, null, 'piet', 'els', null, 'De pauze van drie uur', null, 'withdrawn', 21, 'Sinds de nieuwe uren.', null, 'Laat ons om beurten gaan.', null, null, null);

insert into feedback (org_id, id, giver_id, receiver_id, request_id,
	about_kind, about_id, about_text, context, keep, try_next, example,
	release, window_ends_at, state, sent_at, released_at, read_at,
	shown_at, useful, did, useful_at, version, created_at, updated_at,
	deleted_at)
select g.org_id,
       ('01923c1b-7100-7000-8000-000000000f' || lpad(d.n::text, 2, '0'))::uuid,
       g.id, r.id,
       ('01923c1b-7100-7000-8000-000000000e'
	|| lpad(d.request::text, 2, '0'))::uuid,
       case when d.skill is null then 'work' else 'skill' end,
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(d.skill), 2, '0'))::uuid,
       d.about, d.context, d.keep, d.try_next, d.example, d.release,
       case when d.release = 'window'
            then t.made_at + interval '8 days' end,
       d.state,
       case when d.release is not null then t.out_at end,
       case when d.state in ('released', 'read', 'deleted') then t.out_at end,
       case when d.state = 'read' then t.out_at + interval '7 hours' end,
       case when d.state in ('released', 'read', 'deleted') then t.out_at
            else t.made_at end,
       d.useful, d.did,
       case when d.useful is not null
            then t.out_at + interval '22 hours' end,
       case d.state when 'drafted' then 1 when 'read' then 4
                    when 'deleted' then 4 else 2 end,
       t.made_at,
       case when d.useful is not null then t.out_at + interval '22 hours'
            when d.release is not null then t.out_at
            else t.made_at + interval '1 hour' end,
       case when d.state = 'deleted' then t.out_at end
  from demo_feedback d
 cross join lateral (
	select clock() - make_interval(days => d.days, mins => d.n * 13)
	           as made_at,
	       clock() - make_interval(days => d.days - case d.release
	           when 'window' then 0 else 2 end, mins => d.n * 9) as out_at
 ) t
  join person g on g.org_id = '01923c1b-7100-7000-8000-000000000001'
   and g.user_name = d.giver
  join person r on r.org_id = g.org_id and r.user_name = d.receiver;

insert into feedback_share (org_id, feedback_id, person_id, created_at)
select f.org_id, f.id, p.id, f.released_at + interval '1 day'
  from (values (13, 'an'), (21, 'an'), (22, 'mieke'), (29, 'els'),
	(29, 'bram'), (30, 'els'), (8, 'an'), (27, 'griet'), (27, 'els'), (33, 'els')
  ) s (n, reader)
  join feedback f on f.org_id = '01923c1b-7100-7000-8000-000000000001'
   and f.id = ('01923c1b-7100-7000-8000-000000000f'
	|| lpad(s.n::text, 2, '0'))::uuid
  join person p on p.org_id = f.org_id and p.user_name = s.reader
 where p.id <> f.giver_id;

insert into timer (org_id, kind, object_id, due_at)
select f.org_id, 'release_feedback', f.id, f.window_ends_at
  from feedback f
 where f.org_id = '01923c1b-7100-7000-8000-000000000001'
   and f.state = 'sent';

insert into exchange (org_id, id, kind, object_id, origin, happened_at,
	created_at)
select f.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5('exchange ' || f.id), 1, 12))::uuid,
       'feedback', f.id, 'informal', f.released_at, f.released_at
  from feedback f
 where f.org_id = '01923c1b-7100-7000-8000-000000000001'
   and f.released_at is not null;

insert into exchange_person (org_id, exchange_id, person_id, part,
	happened_at)
select e.org_id, e.id, p.id, p.part, e.happened_at
  from exchange e
  join feedback f on f.org_id = e.org_id and f.id = e.object_id
 cross join lateral (values (f.giver_id, 'giver'),
                            (f.receiver_id, 'receiver')) p (id, part)
 where e.org_id = '01923c1b-7100-7000-8000-000000000001'
   and e.kind = 'feedback';

insert into notification (org_id, id, person_id, kind, object_kind,
	object_id, actor_id, read_at, created_at, updated_at)
select f.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(n.kind || f.id), 1, 12))::uuid,
       n.person_id, n.kind, n.object_kind, f.id, n.actor_id,
       case when n.at < clock() - interval '10 days'
            then n.at + interval '5 hours' end, n.at,
       case when n.at < clock() - interval '10 days'
            then n.at + interval '5 hours' else n.at end
  from (
	select x.org_id, x.id
	  from feedback x
	union all
	select q.org_id, q.id
	  from feedback_request q
  ) f
 cross join lateral (
	select x.receiver_id as person_id, 'feedback_received' as kind,
	       'feedback' as object_kind, x.giver_id as actor_id,
	       x.released_at as at
	  from feedback x
	 where x.org_id = f.org_id and x.id = f.id
	   and x.state in ('released', 'read')
	union all
	select x.giver_id, 'feedback_useful', 'feedback', x.receiver_id,
	       x.useful_at
	  from feedback x
	 where x.org_id = f.org_id and x.id = f.id and x.useful is not null
	union all
	select q.asked_id, 'feedback_requested', 'feedback_request',
	       q.asker_id, q.created_at
	  from feedback_request q
	 where q.org_id = f.org_id and q.id = f.id
	union all
	select q.asker_id, 'feedback_declined', 'feedback_request',
	       q.asked_id, q.updated_at
	  from feedback_request q
	 where q.org_id = f.org_id and q.id = f.id and q.state = 'declined'
  ) n
 where f.org_id = '01923c1b-7100-7000-8000-000000000001';
