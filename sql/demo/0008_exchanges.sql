-- Who helped whom and who talked over what in the past months, what colleagues
-- say they saw in it, and what Els was told.
create temp table demo_exchange (
	n int, kind text, days int, giver text, receivers text[]
) on commit drop;

insert into demo_exchange values
(1, 'help', 9, 'els', '{lore}'),
(2, 'help', 24, 'els', '{piet}'),
(3, 'informal', 31, 'els', '{jonas,amelie}'),
(4, 'help', 47, 'els', '{fatima}'),
(5, 'help', 63, 'els', '{charlotte}'),
(6, 'informal', 78, 'els', '{benoit,rachid,griet}'),
(7, 'help', 96, 'els', '{elodie}'),
(8, 'help', 121, 'els', '{olivier}'),
(9, 'informal', 140, 'els', '{mieke,emma}'),
(10, 'help', 168, 'els', '{manon}'),
(11, 'help', 205, 'els', '{stijn}'),
(12, 'informal', 260, 'els', '{sofie,julie}'),
(13, 'help', 330, 'els', '{ines}'),
(14, 'help', 410, 'els', '{claire}'),
(15, 'help', 802, 'els', '{hilde}'),
(16, 'help', 15, 'benoit', '{els}'),
(17, 'help', 38, 'rachid', '{els,amelie}'),
(18, 'help', 55, 'griet', '{els}'),
(19, 'informal', 71, 'paul', '{felix,miriam}'),
(20, 'help', 83, 'greta', '{lena}'),
(21, 'help', 90, 'dirk', '{tom}'),
(22, 'help', 102, 'karel', '{marie,tom}'),
(23, 'informal', 115, 'luc', '{bram,wim}'),
(24, 'help', 133, 'nathalie', '{antoine}'),
(25, 'help', 151, 'claire', '{hugo,lea}'),
(26, 'help', 170, 'jurgen', '{lena,emre}'),
(27, 'informal', 188, 'mieke', '{hilde,charlotte}'),
(28, 'help', 214, 'pierre', '{camille}'),
(29, 'help', 233, 'paul', '{nina}'),
(30, 'informal', 280, 'koen', '{bram,claire}'),
(31, 'help', 301, 'julie', '{sofie}'),
(32, 'help', 344, 'katrin', '{lucas}'),
(33, 'informal', 389, 'jonas', '{piet,lore}'),
(34, 'help', 500, 'fatima', '{griet}'),
(35, 'help', 610, 'manon', '{youssef}'),
(36, 'informal', 820, 'stefan', '{sabine}');

insert into exchange (org_id, id, kind, object_id, origin, happened_at,
	created_at)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-'
	|| substr(md5('exchange ' || x.n), 1, 12))::uuid,
       x.kind,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5('exchanged ' || x.n), 1, 12))::uuid,
       x.kind, clock() - make_interval(days => x.days, hours => x.n % 7),
       clock() - make_interval(days => x.days, hours => x.n % 7)
  from demo_exchange x;

insert into exchange_person (org_id, exchange_id, person_id, part, happened_at)
select e.org_id, e.id, p.id,
       case when x.kind = 'informal' then 'both'
            when p.user_name = x.giver then 'giver' else 'receiver' end,
       e.happened_at
  from demo_exchange x
  join exchange e on e.org_id = '01923c1b-7100-7000-8000-000000000001'
   and e.id = ('01923c1b-7100-7000-8000-'
	|| substr(md5('exchange ' || x.n), 1, 12))::uuid
  join person p on p.org_id = e.org_id
   and p.user_name = any (x.receivers || x.giver);

create temp table demo_endorsement (
	n int generated always as identity, owner text, skill text,
	endorser text, saw_in text, days int, level int, state text, words text
) on commit drop;

insert into demo_endorsement (owner, skill, endorser, saw_in, days, level,
	state, words) values
('els', '2f', 'lore', 'help', 8, 5, 'given', 'Ze bleef rustig terwijl ik al wilde inhaken, en de klant ook.'),
('els', '2f', 'piet', 'help', 23, 5, 'given', 'Eerst herhalen wat hij zegt: sindsdien doe ik dat ook.'),
('els', '2f', 'amelie', 'help', 30, 4, 'given', 'Elle laisse un silence, et la colère retombe.'),
('els', '2d', 'fatima', 'help', 46, 4, 'given', 'Ma lettre faisait deux pages, avec elle une demie.'),
('els', '66', 'charlotte', 'help', 62, null, 'given', 'Na een dag wist ik al bij wie ik waarvoor terechtkon.'),
('els', '30', 'benoit', 'help', 77, 4, 'given', 'Elle classe une plainte par ce qu’on peut réparer, pas par le ton.'),
('els', '65', 'griet', 'help', 76, 4, 'given', 'Ze vraagt door tot je zelf het antwoord hoort.'),
('els', '24', 'elodie', 'help', 95, 3, 'given', 'Nous avons tout fait en français, sans passer à l’anglais.'),
('els', '23', 'olivier', 'help', 120, 5, 'given', 'Elle corrige mon néerlandais sans jamais m’arrêter.'),
('els', '86', 'emma', 'other', 139, null, 'given', 'De enige die in de lift iets zegt dat geen weerbericht is.'),
('els', '2d', 'manon', 'help', 166, 4, 'given', 'Ses phrases tiennent sur une étiquette, et on les comprend.'),
('els', '75', 'stijn', 'help', 204, 4, 'given', 'Stelde in de vergadering de vraag die iedereen had.'),
('els', '0d', 'sofie', 'project', 250, 3, 'hidden', 'Voor een gewone lijst prima, voor de rest vraag je het beter aan Griet.'),
('els', '2f', 'hilde', 'help', 800, 4, 'given', 'Gaf de opleiding die wij niet durfden te geven.'),
('benoit', '2f', 'els', 'help', 14, 5, 'given', 'Van hem leerde ik dat je een naam niet te vaak moet zeggen.'),
('griet', '0d', 'els', 'help', 53, 5, 'given', 'Eén formule, en mijn avond was gered.'),
('jonas', '64', 'piet', 'help', 380, 4, 'given', 'Zei het eerlijk en bleef daarna gewoon zitten.'),
('paul', '1c', 'nina', 'help', 230, 4, 'given', 'He explained why, not only which command.'),
('greta', '4f', 'lena', 'help', 80, 5, 'given', 'She saw in a minute that my drawing had two fronts.'),
('karel', '41', 'marie', 'help', 100, 5, 'given', 'Avec lui, rien ne se perd entre deux équipes.'),
('claire', '44', 'hugo', 'help', 150, 5, 'given', 'Elle m’a fait conduire lentement, et c’était plus rapide.'),
('nathalie', '4a', 'antoine', 'help', 131, 5, 'given', 'Elle sait quand il ne faut pas encore acheter.'),
('jurgen', '57', 'emre', 'help', 169, 5, 'given', 'Three failed prints, and he asked what I had learned from each.'),
('luc', '3a', 'bram', 'project', 110, 5, 'given', 'Hoort aan de lijn wat er morgen stukgaat.'),
('mieke', '62', 'hilde', 'help', 185, 4, 'given', 'Laat twee collega’s praten en zegt zelf bijna niets.');

-- Most people add no words.
insert into demo_endorsement (owner, skill, endorser, saw_in, days, level,
	state)
select 'els', s.skill, e.endorser, s.saw_in,
       30 + (s.days * 7 + e.number * 61)::int % 660,
       case when e.number % 3 > 0 then s.level end,
       case when s.skill = '39' and e.number = 2 then 'withdrawn'
            else 'given' end
  from (values
	('2f', 5, 'other', 3, '{rachid,jonas,an,mieke,stijn,ines,claire}'),
	('30', 4, 'project', 9, '{rachid,piet,fatima,katrin,olaf}'),
	('2d', 4, 'project', 17, '{jonas,sabine,olivier,sophie}'),
	('66', 4, 'other', 21, '{lore,piet,mieke,hilde}'),
	('23', 5, 'other', 33, '{amelie,julie,emre,elodie,marie}'),
	('24', 3, 'other', 5, '{amelie,benoit,camille}'),
	('65', 4, 'other', 12, '{mieke,ulrike,veerle}'),
	('75', 4, 'project', 26, '{an,jonas,lore}'),
	('86', 5, 'other', 38, '{amelie,fatima,theo}'),
	('39', 4, 'project', 41, '{an,rachid,lore}')
  ) s (skill, level, saw_in, days, endorsers)
 cross join unnest(s.endorsers::text[]) with ordinality e (endorser, number);

insert into endorsement (org_id, id, claim_id, person_id, endorser_id, saw_in,
	exchange_id, level_seen, text, state, hidden_at, version, created_at,
	updated_at)
select c.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5('endorsement ' || d.n), 1, 12))::uuid,
       c.id, c.person_id, p.id, d.saw_in, x.exchange_id,
       case when d.state <> 'withdrawn' then d.level end, d.words, d.state,
       case when d.state = 'hidden'
            then clock() - make_interval(days => d.days - 2) end,
       case when d.state = 'given' then 1 else 2 end,
       clock() - make_interval(days => d.days, hours => d.n % 9,
           mins => d.n * 7 % 60),
       clock() - make_interval(days => case d.state when 'given' then d.days
           else d.days - 2 end, hours => d.n % 9, mins => d.n * 7 % 60)
  from demo_endorsement d
  join person o on o.org_id = '01923c1b-7100-7000-8000-000000000001'
   and o.user_name = d.owner
  join person p on p.org_id = o.org_id and p.user_name = d.endorser
  join claim c on c.org_id = o.org_id and c.person_id = o.id
   and c.deleted_at is null
   and c.skill_id = ('01923c1b-7100-7000-8000-000000000d' || d.skill)::uuid
  left join lateral (
	select s.exchange_id
	  from shared_exchange s
	 where s.org_id = o.org_id and s.person_id = p.id and s.other_id = o.id
	   and s.happened_at <= clock() - make_interval(days => d.days)
	   and d.saw_in = 'help'
	 order by s.happened_at desc
	 limit 1
  ) x on true;

insert into notification (org_id, id, person_id, kind, object_kind, object_id,
	actor_id, read_at, created_at, updated_at, version)
select e.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5('notice ' || e.id), 1, 12))::uuid,
       e.person_id, 'skill_endorsed', 'claim', e.claim_id, e.endorser_id,
       case when e.created_at < clock() - interval '25 days'
            then greatest(e.created_at, clock() - interval '150 days')
                 + interval '5 hours' end,
       e.created_at,
       case when e.created_at < clock() - interval '25 days'
            then greatest(e.created_at, clock() - interval '150 days')
                 + interval '5 hours' else e.created_at end,
       case when e.created_at < clock() - interval '25 days' then 2 else 1 end
  from endorsement e
 where e.org_id = '01923c1b-7100-7000-8000-000000000001';

insert into notification (org_id, id, person_id, kind, object_kind, object_id,
	created_at, updated_at)
select c.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5('stale ' || c.id), 1, 12))::uuid,
       c.person_id, 'skill_stale', 'claim', c.id,
       (c.valid_until + 1)::timestamp at time zone 'UTC',
       (c.valid_until + 1)::timestamp at time zone 'UTC'
  from claim c
 where c.org_id = '01923c1b-7100-7000-8000-000000000001'
   and c.state = 'stale' and c.valid_until < today();
