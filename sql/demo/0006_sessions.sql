-- Weeks count from the Monday of the loading, so that nobody is in two places
-- whatever day that is.
create temp table demo_session (
	n int, host text, week int, day int, at text, minutes int, mode text,
	state text, origin text, visibility text, skills int[],
	facilitators text[], title text, description text, recap text,
	outcome text
) on commit drop;

insert into demo_session values
(1, 'els', 5, 1, '12:00', 60, 'onsite', 'proposed', 'informal', 'org', '{47,57}', '{}', 'Kalm blijven als iemand roept', 'Breng een gesprek mee dat je is bijgebleven.', null, null),
(2, 'els', null, null, null, 45, 'onsite', 'polled', 'proposal', 'org', '{45}', '{lore}', 'Onze brieven in klare taal', 'We kiezen drie standaardbrieven en maken ze korter.', null, null),
(3, 'els', 2, 2, '12:15', 60, 'onsite', 'confirmed', 'informal', 'org', '{46,101}', '{rachid}', 'De vraag achter de vraag', 'Luisteren zonder meteen een oplossing te geven.', null, null),
(4, 'els', 0, 0, null, 90, 'online', 'running', 'buddy', 'org', '{19}', '{lore}', 'Samen door de klantendatabank', 'Wie nieuw is, stuurt; wie ervaring heeft, kijkt mee.', null, null),
(5, 'els', -3, 3, '12:00', 60, 'onsite', 'held', 'share_back', 'org', '{47}', '{jonas}', 'Wat ik leerde op de opleiding conflictgesprekken', 'Drie dingen die ik sindsdien elke week gebruik.', 'We oefenden de stilte van vijf tellen en lachten vaker dan verwacht.', 'Een kaartje met vijf openingszinnen'),
(6, 'els', -2, 1, '16:00', 45, 'onsite', 'did_not_happen', 'informal', 'team', '{52}', '{}', 'Nieuwe producten proeven en bespreken', 'Productie brengt vier stalen mee.', null, null),
(7, 'els', 1, 4, '15:00', 60, 'onsite', 'cancelled', 'help', 'org', '{51}', '{}', 'Hulp bij moeilijke offertes', 'Samen kijken naar offertes die bleven liggen.', null, null),
(8, 'els', 1, 0, '11:00', 60, 'onsite', 'rescheduled', 'informal', 'org', '{100}', '{griet}', 'Feedback die je kunt gebruiken', 'Oefenen met wat goed ging en wat je eens kunt proberen.', null, null),
(9, 'els', 3, 0, '11:00', 60, 'onsite', 'confirmed', 'informal', 'org', '{100}', '{griet}', 'Feedback die blijft hangen', 'Deze keer in een zaal die wel van ons is.', null, null),
(10, 'jonas', -17, 1, '12:00', 60, 'onsite', 'held', 'informal', 'org', '{57}', '{}', 'Telefoneren voor wie liever mailt', 'Kleine stappen, grote oren.', 'Iedereen belde aan het eind een collega op met een echte vraag.', null),
(11, 'jonas', 4, 3, '12:00', 60, 'onsite', 'confirmed', 'informal', 'org', '{48}', '{els}', 'Klachten die eigenlijk complimenten zijn', 'We lezen tien klachten en zoeken wat de klant waardeert.', null, null),
(12, 'rachid', -16, 2, '10:00', 90, 'onsite', 'held', 'proposal', 'org', '{48,61}', '{benoit}', 'Van klacht naar oorzaak', 'Met de vijf waaroms door een echte zaak.', 'De oorzaak bleek een etiket dat in de koelte loskomt.', 'Etiket besproken met productie'),
(13, 'rachid', -6, 2, '10:00', 60, 'onsite', 'held', 'informal', 'team', '{105}', '{}', 'Als twee collega''s niet meer praten', 'Een rustig gesprek over ruzie op de vloer.', null, null),
(14, 'rachid', 3, 3, '14:00', 60, 'online', 'confirmed', 'help', 'org', '{39}', '{}', 'Een beetje Arabisch aan de telefoon', 'Begroeten, bedanken en netjes doorverbinden.', null, null),
(15, 'benoit', -15, 3, '12:30', 45, 'onsite', 'held', 'informal', 'org', '{36,107}', '{amelie}', 'Oser parler français au téléphone', 'On se trompe ensemble et on recommence.', 'Les phrases courtes ont gagné contre les phrases parfaites.', 'Une liste de vingt phrases utiles'),
(16, 'benoit', -5, 1, '12:30', 45, 'onsite', 'held', 'share_back', 'org', '{53}', '{}', 'Ce que la formation sur les contrats m''a appris', 'Trois clauses que nous lisons trop vite.', null, null),
(17, 'benoit', 6, 1, '12:30', 45, 'onsite', 'proposed', 'proposal', 'org', '{116}', '{}', 'La patience, cela s''apprend', 'Chacun raconte un appel qui a duré trop longtemps.', null, null),
(18, 'amelie', -11, 4, '11:00', 60, 'onsite', 'held', 'informal', 'org', '{19}', '{}', 'Retrouver un client en deux clics', 'Les filtres que personne n''utilise.', 'Nous avons supprimé quarante doublons en une heure.', null),
(19, 'amelie', 2, 4, '11:00', 60, 'online', 'confirmed', 'suggested', 'org', '{45}', '{fatima}', 'Écrire simplement à un client fâché', 'Apportez une lettre qui vous gêne.', null, null),
(20, 'griet', -14, 0, '12:00', 45, 'onsite', 'held', 'informal', 'org', '{128,129}', '{}', 'Goede koffie, goed gesprek', 'Hoe je maalt, telt en wacht.', 'De maling stond al jaren te grof.', null),
(21, 'griet', -4, 0, '12:00', 45, 'onsite', 'held', 'programme', 'org', '{111}', '{mieke}', 'Een week plannen met ruimte voor pech', 'Begin met wat zeker misloopt.', 'Acht mensen plannen sindsdien een leeg halfuur per dag.', 'Een sjabloon voor de weekplanning'),
(22, 'griet', 5, 0, '12:00', 45, 'onsite', 'proposed', 'informal', 'org', '{129}', '{}', 'Een lunchpraatje voorbereiden in een kwartier', 'Eén idee, één verhaal, één vraag.', null, null),
(23, 'piet', -8, 2, '15:00', 60, 'onsite', 'did_not_happen', 'informal', 'team', '{50}', '{}', 'Wanneer zeg je ja tegen een verkoop', 'Het moment herkennen waarop de klant beslist heeft.', null, null),
(24, 'fatima', -7, 3, '14:00', 60, 'online', 'held', 'help', 'org', '{39,57}', '{}', 'Quelques mots d''arabe pour l''accueil', 'Saluer, rassurer, transmettre.', null, null),
(25, 'fatima', 7, 3, '14:00', 60, 'online', 'proposed', 'informal', 'org', '{101}', '{}', 'Poser des questions ouvertes', 'Celles qui commencent par comment.', null, null),
(26, 'lore', 4, 1, '13:00', 45, 'onsite', 'confirmed', 'buddy', 'org', '{102}', '{els}', 'Mijn eerste honderd dagen', 'Wat hielp, wat ontbrak, wat ik de volgende nieuwe gun.', null, null),
(27, 'bram', -13, 1, '14:00', 60, 'onsite', 'held', 'mandatory', 'team', '{65}', '{luc}', 'De ploegoverdracht in vijf minuten', 'Wat de volgende ploeg echt moet weten.', 'We schrapten zes van de veertien vragen.', 'Een nieuwe overdrachtsfiche'),
(28, 'bram', 2, 1, '14:00', 60, 'onsite', 'confirmed', 'programme', 'org', '{106}', '{}', 'Leidinggeven zonder voor te doen', 'Vragen stellen waar je vroeger antwoordde.', null, null),
(29, 'wim', -12, 2, '08:00', 60, 'onsite', 'held', 'informal', 'org', '{58,85}', '{dirk}', 'De vullijn horen haperen', 'Geluiden die een storing aankondigen.', 'De opnames staan nu bij de storingslijst.', null),
(30, 'wim', 3, 2, '08:00', 60, 'onsite', 'confirmed', 'suggested', 'org', '{59}', '{tom}', 'Omstellen zonder te zoeken', 'Alles wat je nodig hebt op één kar.', null, null),
(31, 'karel', -10, 1, '08:00', 45, 'onsite', 'held', 'informal', 'team', '{60}', '{}', 'Een werkbank waar je niets kwijtraakt', 'Sorteren, schikken, en het ook volhouden.', null, null),
(32, 'sofie', -9, 3, '10:30', 60, 'onsite', 'held', 'proposal', 'org', '{62,66}', '{}', 'Kijken zoals een klant kijkt', 'Vijftig flessen, één fout, en wie ze vindt.', 'Licht van opzij maakte het verschil.', 'Lamp besteld voor post drie'),
(33, 'sofie', 6, 3, '10:30', 60, 'onsite', 'proposed', 'informal', 'org', '{64}', '{}', 'Een audit die niemand schrik aanjaagt', 'Meelopen, luisteren, samen opschrijven.', null, null),
(34, 'dirk', -18, 4, '09:00', 90, 'onsite', 'held', 'informal', 'org', '{86,85}', '{stijn}', 'Storingen vinden met een schema en een meter', 'Van buiten naar binnen, stap voor stap.', 'Twee oude storingen zijn meteen opgelost.', null),
(35, 'dirk', -1, 4, '09:00', 90, 'onsite', 'held', 'share_back', 'org', '{83}', '{}', 'Perslucht: wat de leverancier ons toonde', 'Lekken hoor je pas als alles stil is.', null, 'Lekkenronde op vrijdag'),
(36, 'dirk', 5, 4, '09:00', 90, 'onsite', 'confirmed', 'programme', 'org', '{82}', '{}', 'Hydrauliek zonder formules', 'Kracht voelen in plaats van uitrekenen.', null, null),
(37, 'luc', -6, 0, '13:30', 60, 'onsite', 'held', 'informal', 'team', '{118}', '{}', 'De fout die mij het meest leerde', 'Ik begin, wie durft volgt.', 'Vier mensen vertelden iets wat ze nog nooit hadden verteld.', null),
(38, 'julie', -15, 0, '10:00', 60, 'onsite', 'held', 'mandatory', 'org', '{89}', '{}', 'Les bons gestes avant l''ambulance', 'Un mannequin, un chronomètre, pas de honte.', null, null),
(39, 'julie', -3, 0, '10:00', 60, 'onsite', 'cancelled', 'mandatory', 'org', '{90}', '{}', 'Évacuer l''atelier en trois minutes', 'Nous suivons le chemin avec les yeux fermés.', null, null),
(40, 'julie', 4, 0, '10:00', 60, 'onsite', 'confirmed', 'programme', 'org', '{93}', '{}', 'Voir le risque avant qu''il ne tombe', 'Une marche d''une heure avec un carnet.', null, null),
(41, 'tom', -5, 4, '12:00', 60, 'onsite', 'held', 'informal', 'org', '{130}', '{}', 'Je fiets herstellen tijdens de lunch', 'Banden, remmen, ketting: breng je fiets mee.', 'Elf fietsen reden beter naar huis.', null),
(42, 'tom', null, null, null, 60, 'onsite', 'polled', 'informal', 'org', '{130}', '{}', 'Winterklaar met de fiets', 'Lichten, spatborden en handschoenen.', null, null),
(43, 'claire', -14, 2, '11:00', 60, 'onsite', 'held', 'proposal', 'org', '{73}', '{manon}', 'Compter le stock sans fermer l''entrepôt', 'Une allée par jour suffit.', 'L''écart est passé sous un pour cent.', 'Un calendrier de comptage'),
(44, 'claire', 3, 4, '11:00', 60, 'onsite', 'confirmed', 'programme', 'org', '{106,100}', '{}', 'Féliciter sans gêner', 'Dire précisément ce qui a aidé.', null, null),
(45, 'antoine', -13, 3, '14:00', 60, 'online', 'held', 'informal', 'org', '{70}', '{camille}', 'Des tournées qui respectent les pauses', 'Le plan le plus court n''est pas toujours le meilleur.', null, null),
(46, 'antoine', 1, 2, '14:00', 60, 'online', 'confirmed', 'help', 'org', '{20}', '{}', 'Corriger une erreur dans le système de stock', 'Les trois boutons qui font peur.', null, null),
(47, 'camille', -4, 2, '16:00', 45, 'online', 'did_not_happen', 'informal', 'org', '{72}', '{}', 'Les incoterms en dessins', 'Qui paie quand le camion tombe dans le fossé ?', null, null),
(48, 'manon', -9, 1, '09:30', 60, 'onsite', 'held', 'share_back', 'org', '{74,75}', '{nathalie}', 'Acheter bien plutôt que moins cher', 'Le vrai prix d''une palette bon marché.', 'Deux fournisseurs seront revus avec la qualité.', null),
(49, 'manon', 7, 1, '09:30', 60, 'onsite', 'proposed', 'informal', 'team', '{69}', '{}', 'Préparer une commande les yeux reposés', 'La lumière, la hauteur, le rythme.', null, null),
(50, 'youssef', -8, 4, '08:30', 60, 'onsite', 'held', 'informal', 'org', '{68,77}', '{}', 'Le chariot élévateur vu du sol', 'Chacun prend la place du piéton.', null, null),
(51, 'youssef', 2, 3, '08:30', 60, 'onsite', 'confirmed', 'mandatory', 'org', '{77}', '{pierre}', 'Arrimer une charge qui roule', 'Sangles, coins et bon sens.', null, null),
(52, 'theo', -12, 4, '15:00', 60, 'online', 'held', 'suggested', 'org', '{71}', '{}', 'La douane racontée par un dossier perdu', 'Suivons un carton de Gand à Genève.', 'Le code manquant figure maintenant sur la fiche.', null),
(53, 'nathalie', 5, 2, '15:30', 45, 'online', 'confirmed', 'informal', 'org', '{49}', '{}', 'Négocier quand on a peu à offrir', 'Le silence fait partie du prix.', null, null),
(54, 'pierre', -2, 3, '17:00', 45, 'onsite', 'held', 'informal', 'team', '{94}', '{}', 'Porter sans se casser le dos', 'Les genoux d''abord, la fierté ensuite.', null, null),
(55, 'ines', -7, 1, '11:30', 45, 'online', 'held', 'informal', 'org', '{41}', '{}', 'Un café en espagnol', 'Trente minutes sans un mot de français.', null, null),
(56, 'lucas', 6, 2, '14:30', 60, 'online', 'proposed', 'proposal', 'org', '{54}', '{}', 'Interroger un client sans lui vendre', 'Que fait-il le lundi matin ?', null, null),
(57, 'anja', -10, 3, '13:00', 60, 'online', 'held', 'share_back', 'org', '{49}', '{katrin}', 'What the negotiation course left out', 'Prices are easy, trust is not.', 'We agreed to prepare questions instead of offers.', null),
(58, 'olaf', 1, 3, '13:00', 60, 'online', 'cancelled', 'informal', 'org', '{50}', '{}', 'Large accounts, small promises', 'How to keep a customer for ten years.', null, null),
(59, 'stijn', -11, 1, '12:30', 45, 'onsite', 'held', 'informal', 'org', '{104}', '{emma}', 'Een offerte die een verhaal vertelt', 'Wat de klant morgen anders doet.', null, null),
(60, 'emma', 4, 4, '12:30', 60, 'onsite', 'confirmed', 'informal', 'org', '{131}', '{}', 'Producten fotograferen met je telefoon', 'Een raam, een wit blad en geduld.', null, null),
(61, 'jurgen', -16, 4, '15:00', 60, 'online', 'held', 'programme', 'org', '{113}', '{veerle}', 'Retrospectives that change something', 'One small experiment a fortnight.', 'Both teams kept the experiment.', 'A list of experiments that worked'),
(62, 'nina', -18, 2, '16:00', 60, 'online', 'held', 'informal', 'org', '{27}', '{felix}', 'Reading code like a letter', 'Start with what the author wanted to say.', null, null),
(63, 'nina', 2, 0, '16:00', 60, 'online', 'confirmed', 'suggested', 'org', '{25}', '{}', 'Undoing things with Git', 'Nothing you committed is ever lost.', null, null),
(64, 'felix', -1, 2, '16:00', 45, 'online', 'held', 'informal', 'org', '{132}', '{}', 'Regular expressions without tears', 'We read one aloud, character by character.', 'Somebody found a mistake in a script of last year.', null),
(65, 'greta', -17, 3, '10:00', 90, 'onsite', 'held', 'informal', 'org', '{79,78}', '{pieter}', 'What a drawing does not say', 'Tolerances, habits and the workshop''s patience.', null, null),
(66, 'emre', 3, 1, '10:00', 60, 'onsite', 'confirmed', 'help', 'org', '{81}', '{}', 'Soldering for steady and unsteady hands', 'Bring something that has stopped working.', null, null),
(67, 'miriam', -4, 4, '14:00', 60, 'online', 'held', 'proposal', 'org', '{31,32}', '{paul}', 'Charts that do not lie', 'Where the axis begins matters.', null, 'Our dashboard begins at zero'),
(68, 'paul', 8, 2, '14:00', 60, 'online', 'proposed', 'informal', 'org', '{30}', '{}', 'Passwords, and what comes after them', 'Ten minutes that save a bad weekend.', null, null),
(69, 'sabine', -2, 0, '11:00', 60, 'online', 'held', 'share_back', 'org', '{103}', '{}', 'A manual that somebody reads', 'We threw out every second sentence.', null, null),
(70, 'mieke', -13, 4, '12:00', 60, 'onsite', 'held', 'programme', 'org', '{99}', '{griet}', 'Een groep op gang houden', 'Wat je doet als niemand iets zegt.', 'Stilte bleek vaker nadenken dan verveling.', null),
(71, 'mieke', null, null, null, 60, 'online', 'polled', 'programme', 'org', '{98}', '{}', 'Collega''s coachen elkaar', 'Drie mensen, drie vragen, drie kwartier.', null, null),
(72, 'olivier', 6, 4, '13:00', 60, 'online', 'proposed', 'informal', 'org', '{121}', '{}', 'Le droit du travail sans jargon', 'Vos questions de la machine à café.', null, null);

insert into session (org_id, id, title, description, host_id, origin, mode,
	place, join_url, zone, starts_local, duration_min, during, capacity,
	visibility, state, state_reason, rescheduled_from, recap, outcomes,
	trainer_name, version, created_at, updated_at)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-000000000f' || lpad(d.n::text, 2, '0'))::uuid,
       d.title, d.description, p.id, d.origin, d.mode,
       case when d.mode = 'onsite'
            then (case p.country when 'BE' then 'Gent' when 'FR' then 'Lille'
                                 else 'Aachen' end)
	         || ', ' || 1 + d.n % 4 || '.' || 10 + d.n * 7 % 23 end,
       case when d.mode = 'online'
            then 'https://meet.demo.example/' || md5('room ' || d.n) end,
       p.zone, t.local, d.minutes,
       session_during(t.local, p.zone, d.minutes),
       case when d.n % 9 > 0 then 6 + d.n * 7 % 11 end,
       d.visibility, d.state,
       case d.n when 6 then 'De stalen raakten niet op tijd klaar.'
                when 7 then 'Er was maar één aanmelding.'
                when 8 then 'De zaal werd dubbel geboekt.'
                when 23 then 'Te veel mensen waren ziek.'
                when 39 then 'L''alarme était en réparation.'
                when 47 then 'Le réseau est tombé.'
                when 58 then 'A customer visit came in between.' end,
       case d.n when 9
            then '01923c1b-7100-7000-8000-000000000f08'::uuid end,
       d.recap,
       case when d.outcome is null then '[]'
            else jsonb_build_array(d.outcome) end,
       case d.n when 38 then 'Bernadette Colin' when 51 then 'Marc Delattre'
       end,
       case d.state when 'proposed' then 1 when 'held' then 4 else 2 end,
       m.made_at, m.made_at + interval '2 days'
  from demo_session d
  join person p on p.org_id = '01923c1b-7100-7000-8000-000000000001'
   and p.user_name = d.host
 cross join lateral (
	select case when d.state = 'running'
	            then date_trunc('minute', (clock() - interval '20 minutes')
	                            at time zone p.zone)
	            else date_trunc('week', today()::timestamp)
	                 + make_interval(days => d.week * 7 + d.day)
	                 + d.at::time end as local
 ) t
 cross join lateral (
	select least(coalesce(t.local at time zone p.zone, clock())
	             - make_interval(days => 12 + d.n % 9),
	             clock() - make_interval(days => 3 + d.n % 17))
	       - make_interval(mins => d.n * 11) as made_at
 ) m
 order by d.n;

insert into session_skill (org_id, session_id, skill_id)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-000000000f' || lpad(d.n::text, 2, '0'))::uuid,
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(k.n), 2, '0'))::uuid
  from demo_session d
 cross join unnest(d.skills) as k (n);

insert into engagement (org_id, session_id, person_id, role, during, live,
	created_at)
select s.org_id, s.id, p.id, e.role, s.during,
       s.state not in ('cancelled', 'did_not_happen', 'rescheduled'),
       s.created_at
  from demo_session d
  join session s on s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.id = ('01923c1b-7100-7000-8000-000000000f'
	|| lpad(d.n::text, 2, '0'))::uuid
 cross join lateral (
	select d.host as user_name, 'host' as role
	union all
	select f, 'facilitator' from unnest(d.facilitators) as f
 ) e
  join person p on p.org_id = s.org_id and p.user_name = e.user_name;

insert into session_option (org_id, id, session_id, starts_local, during,
	created_at)
select s.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(s.id::text || ' option ' || o.n), 1, 12))::uuid,
       s.id, o.local, session_during(o.local, s.zone, s.duration_min),
       s.updated_at
  from session s
 cross join lateral (
	select n, date_trunc('week', today()::timestamp)
	       + make_interval(days => 21 + n, hours => 11 + n % 3) as local
	  from unnest('{1,3,4}'::int[]) as n
 ) o
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.state = 'polled';

insert into session_answer (org_id, session_id, option_id, person_id, answer,
	created_at)
select o.org_id, o.session_id, o.id, p.id,
       (array['yes', 'no', 'if_needed', 'yes'])[1 + h.hash % 4],
       clock() - make_interval(hours => 3 + h.hash % 40)
  from session_option o
  join person p on p.org_id = o.org_id
   and p.user_name in ('jonas', 'griet', 'amelie', 'sofie', 'stijn', 'nina',
	'camille')
 cross join lateral (
	select ('x' || substr(md5(p.user_name || o.id), 1, 6))::bit(24)::int
	       as hash
 ) h
 where o.org_id = '01923c1b-7100-7000-8000-000000000001'
   and h.hash % 7 > 0;

insert into exchange (org_id, id, kind, object_id, origin, happened_at,
	created_at)
select s.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(s.id::text || ' exchange'), 1, 12))::uuid,
       'session', s.id, s.origin, lower(s.during),
       upper(s.during) + interval '12 hours'
  from session s
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.state = 'held';

insert into exchange_person (org_id, exchange_id, person_id, part,
	happened_at)
select x.org_id, x.id, e.person_id, 'both', x.happened_at
  from exchange x
  join engagement e on e.org_id = x.org_id and e.session_id = x.object_id
   and e.live
 where x.org_id = '01923c1b-7100-7000-8000-000000000001'
   and x.kind = 'session';

insert into timer (org_id, kind, object_id, due_at)
select s.org_id, w.kind, s.id, w.due_at
  from session s
 cross join lateral (
	values ('remind_session', lower(s.during) - interval '24 hours'),
	       ('start_session', lower(s.during)),
	       ('hold_session', upper(s.during) + interval '12 hours')
 ) w (kind, due_at)
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.state in ('confirmed', 'running') and w.due_at > clock();
