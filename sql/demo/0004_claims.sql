-- What people say of themselves follows from their team, their years and a
-- hash, so that it is the same at every loading.
create temp table demo_pool (team int, n int, share int) on commit drop;

insert into demo_pool
select 1, n, 75 from unnest('{19,45,46,47,48,52,57,101,116}'::int[]) n
union all
select 2, n, 70 from unnest('{58,59,60,61,62,63,65,67,85,94,66,97}'::int[]) n
union all
select 3, n, 70 from unnest('{20,68,69,70,71,72,73,74,75,76,77,94}'::int[]) n
union all
select 4, n, 70 from unnest('{19,49,50,51,52,53,54,55,56,57,15}'::int[]) n
union all
select 5, n, 45 from unnest('{21,22,23,24,25,26,27,28,29,30,31,32,78,79,80,81,82,83,84,85,86,87,88,110,113}'::int[]) n
union all
select 6, n, 75 from unnest('{98,99,100,102,105,121,122,123,33,104,108,118}'::int[]) n
union all
select 7, n, 80 from unnest('{106,108,109,112,49,105,118,53}'::int[]) n
union all
select t, n, 22 from generate_series(1, 7) t
 cross join unnest('{16,17,18,30,34,89,90,95,96,97,100,107,108,109,111,115,117,118,119,120,14,135,136}'::int[]) n
union all
select t, 13, 78 from generate_series(1, 7) t
union all
select t, 38, 60 from generate_series(1, 7) t;

create temp table demo_claim on commit drop as
select distinct on (p.id, k.n) p.id as person_id, p.user_name, k.n,
       least(5, greatest(1, (case when p.joined_on < today() - 2000 then 3
                                  when p.joined_on < today() - 500 then 2
                                  else 1 end) + h.hash % 3))
           as level,
       h.hash
  from person p
  join employment e on e.org_id = p.org_id and e.person_id = p.id
   and e.during @> today() and e.is_primary
  join team t on t.org_id = e.org_id and t.id = e.team_id
  join demo_pool k on k.team = substr(t.external_id, 3)::int
 cross join lateral (
	select ('x' || substr(md5(p.user_name || ' ' || k.n), 1, 7))::bit(28)
	           ::int as hash
  ) h
 where p.org_id = '01923c1b-7100-7000-8000-000000000001'
   and p.user_name <> 'els'
   and h.hash / 64 % 100 < k.share;

-- A mother tongue is level 5; some speak their neighbours' language.
insert into demo_claim
select p.id, p.user_name, l.n, l.level,
       ('x' || substr(md5(p.user_name || ' tongue ' || l.n), 1, 7))::bit(28)
           ::int
  from person p
  join (values ('nl', 35, 5), ('fr', 36, 5), ('de', 37, 5), ('nl', 36, 3),
	('fr', 35, 2), ('de', 36, 2)) l (language, n, level)
    on l.language = p.language
 where p.org_id = '01923c1b-7100-7000-8000-000000000001'
   and p.user_name <> 'els';

insert into demo_claim
select p.id, p.user_name, x.n, 5, 7
  from (values ('rachid', 39), ('fatima', 39), ('youssef', 39),
	('emre', 40), ('ines', 41), ('lore', 44), ('griet', 128),
	('tom', 130), ('emma', 131), ('felix', 132), ('mieke', 129)
  ) x (user_name, n)
  join person p on p.org_id = '01923c1b-7100-7000-8000-000000000001'
   and p.user_name = x.user_name;

insert into claim (org_id, id, person_id, skill_id, level, interest, can_help,
	wants_to_learn, visibility, source, note, valid_until, lot,
	created_at, updated_at)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(c.user_name || ' claim ' || c.n), 1, 12))::uuid,
       c.person_id,
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(c.n), 2, '0'))::uuid,
       c.level, c.hash / 7 % 5,
       case when c.n = 13 and c.level > 1 then 'gladly'
            when c.level >= 4 and c.hash % 4 > 0 then 'gladly'
            when c.level >= 3 and c.hash % 3 > 0 then 'sparingly'
            else 'no' end,
       c.level <= 2 and c.hash % 3 = 0,
       case when c.n = 13 then 'org'
            when c.hash / 11 % 12 = 0 then 'me'
            when c.hash / 11 % 12 < 4 then 'team' else 'org' end,
       case when c.hash / 13 % 20 = 0 then 'import' else 'self' end,
       null,
       case when c.n in (68, 89, 90, 91)
            then today() + 40 + c.hash % 300 end,
       c.hash / 3 % 1000000,
       clock() - make_interval(days => 30 + c.hash % 500),
       clock() - make_interval(days => c.hash % 30, hours => 1)
  from demo_claim c;

-- A word with it, each said once, in the language of who says it.
update claim c
   set note = w.note
  from (values
	('nl', 1, 'Vraag het me voor tien uur, daarna zit mijn dag vol.'),
	('nl', 2, 'Geleerd door het te doen; ik toon het graag.'),
	('nl', 3, 'Liever naast je dan aan de telefoon.'),
	('nl', 4, 'Ik ken vooral de fouten die je kunt maken.'),
	('nl', 5, 'Stuur eerst een voorbeeld, dan kan ik meekijken.'),
	('nl', 6, 'Op vrijdagnamiddag heb ik tijd en koffie.'),
	('nl', 7, 'Lang niet gedaan, maar het komt vlug terug.'),
	('nl', 8, 'Niet de snelste, wel iemand die alles opschrijft.'),
	('nl', 9, 'Voor beginners, want dat ben ik zelf pas geweest.'),
	('nl', 10, 'Breng je eigen werk mee, dan oefenen we daarop.'),
	('nl', 11, 'Met twee tegelijk gaat het beter dan alleen.'),
	('nl', 12, 'Ik leg het uit zoals mijn leermeester het deed: traag.'),
	('nl', 13, 'Kom kijken als ik ermee bezig ben.'),
	('nl', 14, 'Mag ook in het Frans, als je geduld hebt.'),
	('nl', 15, 'Het begin is saai; hou vol tot de tweede dag.'),
	('nl', 16, 'Ik help één keer voor, daarna kijk ik toe.'),
	('fr', 1, 'Passez à mon poste, c’est plus simple que par écrit.'),
	('fr', 2, 'J’ai appris sur le tas, et je me trompe encore.'),
	('fr', 3, 'Le matin de préférence, avant l’arrivée des camions.'),
	('fr', 4, 'En dix minutes je montre l’essentiel.'),
	('fr', 5, 'Avec moi, on commence par ranger la table.'),
	('fr', 6, 'Je le fais depuis vingt ans sans savoir l’expliquer ; essayons.'),
	('fr', 7, 'Venez à deux, on rit davantage.'),
	('fr', 8, 'Je prête mes notes à qui les rend.'),
	('fr', 9, 'Pas pendant l’inventaire, s’il vous plaît.'),
	('fr', 10, 'Je réponds le soir même, rarement avant.'),
	('fr', 11, 'Volontiers en néerlandais pour m’entraîner.'),
	('fr', 12, 'Je connais surtout les cas qui tournent mal.'),
	('fr', 13, 'Il me manque la théorie ; la pratique, non.'),
	('fr', 14, 'Demandez-moi plutôt ce qu’il ne faut pas faire.'),
	('en', 1, 'Bring a real problem, not an exercise.'),
	('en', 2, 'I learned it by breaking things.'),
	('en', 3, 'Happy to pair for an hour, any morning.'),
	('en', 4, 'Rusty, but I still have my notes.'),
	('en', 5, 'I know the old version well and the new one a little.'),
	('en', 6, 'Send me a message first; I answer at lunch.'),
	('en', 7, 'I explain it better with pen and paper.'),
	('en', 8, 'Ask me what I wish I had known earlier.'),
	('en', 9, 'Good for a second opinion rather than a first lesson.'),
	('en', 10, 'I can show how we do it, which may not be how it should be done.')
  ) w (language, turn, note)
  join (
	select k.org_id, k.id,
	       case when p.language in ('nl', 'fr') then p.language
	            else 'en' end as language,
	       row_number() over (
		partition by case when p.language in ('nl', 'fr')
		                  then p.language else 'en' end
		order by k.level < 3, md5(k.id::text)) as turn
	  from claim k
	  join person p on p.org_id = k.org_id and p.id = k.person_id
	 where k.org_id = '01923c1b-7100-7000-8000-000000000001'
	   and k.lot % 3 = 0
 ) k using (language, turn)
 where c.org_id = k.org_id and c.id = k.id;

insert into claim (org_id, id, person_id, skill_id, level, interest, can_help,
	wants_to_learn, visibility, state, note, valid_until, lot,
	created_at, updated_at)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-000000000c' || lpad(x.n::text, 2, '0'))::uuid,
       p.id,
       ('01923c1b-7100-7000-8000-000000000d'
	|| lpad(to_hex(x.skill), 2, '0'))::uuid,
       x.level, x.interest, x.can_help, x.wants, x.visibility, x.state,
       x.note, today() + x.days, 500000 + x.n,
       clock() - make_interval(days => 400 - x.n * 9),
       clock() - make_interval(days => 30 - x.n, hours => 2)
  from (values
	(1, 47, 5, 4, 'gladly', false, 'org', 'evidenced', 'Bel me gerust als er iemand roept aan de andere kant.', null::int),
	(2, 45, 4, 4, 'gladly', false, 'org', 'evidenced', null, null),
	(3, 57, 4, 2, 'sparingly', false, 'team', 'stated', null, null),
	(4, 35, 5, 3, 'gladly', false, 'org', 'stated', 'Ook voor wie wil oefenen tijdens de lunch.', null),
	(5, 36, 3, 4, 'sparingly', true, 'org', 'stated', null, null),
	(6, 38, 3, 3, 'no', false, 'org', 'stated', null, null),
	(7, 13, 3, 1, 'no', true, 'org', 'stated', null, null),
	(8, 19, 4, 2, 'gladly', false, 'team', 'stated', null, null),
	(9, 89, 3, 3, 'sparingly', false, 'org', 'stale', null, -12),
	(10, 102, 4, 4, 'gladly', false, 'org', 'evidenced', null, null),
	(11, 99, 2, 4, 'no', true, 'team', 'stated', null, null),
	(12, 101, 3, 3, 'sparingly', false, 'org', 'stated', null, null),
	(13, 109, 1, 3, 'no', true, 'me', 'stated', 'Later, als de kinderen groter zijn.', null),
	(14, 21, 1, 2, 'no', true, 'me', 'stated', null, null),
	(15, 90, 3, 2, 'gladly', false, 'org', 'stated', null, 200),
	(16, 117, 4, 4, 'gladly', false, 'org', 'stated', null, null),
	(17, 134, 5, 4, 'gladly', false, 'org', 'stated', null, null),
	(18, 48, 4, 2, 'gladly', false, 'org', 'stated', null, null)
  ) x (n, skill, level, interest, can_help, wants, visibility, state, note,
       days)
  join person p on p.org_id = '01923c1b-7100-7000-8000-000000000001'
   and p.user_name = 'els';

insert into claim_evidence (org_id, id, claim_id, type, title, url,
	happened_on, created_at)
select c.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(c.id::text || e.n), 1, 12))::uuid,
       c.id, e.type, e.title, e.url, today() - e.days,
       clock() - make_interval(days => e.days - 1)
  from (values
	('01', 1, 'helped', 'Zes nieuwe collega''s meegeluisterd en nabesproken', null, 90),
	('01', 2, 'shared', 'Lunchpraatje: de vraag achter de boosheid', null, 41),
	('01', 3, 'taught', 'Oefensessie met ingesproken gesprekken', null, 12),
	('02', 1, 'built', 'De standaardbrieven herschreven', 'https://intranet.example/brieven', 60),
	('10', 1, 'helped', 'Meter van Lore', null, 80)
  ) e (claim, n, type, title, url, days)
  join claim c on c.org_id = '01923c1b-7100-7000-8000-000000000001'
   and c.id = ('01923c1b-7100-7000-8000-000000000c' || e.claim)::uuid;

insert into claim_evidence (org_id, id, claim_id, type, title, happened_on,
	created_at)
select distinct on (w.title) c.org_id,
       ('01923c1b-7100-7000-8000-'
	|| substr(md5(c.id::text || ' seen'), 1, 12))::uuid,
       c.id, t.type, w.title, today() - 20 - c.lot % 300,
       clock() - interval '10 days'
  from claim c
  join person p on p.org_id = c.org_id and p.id = c.person_id
  join skill k on k.org_id = c.org_id and k.id = c.skill_id
  join (values
	(0, 'taught', '{"Uitgelegd aan de nachtploeg: %s","Expliqué à l’équipe de nuit : %s","Explained to the night shift: %s"}'::text[]),
	(1, 'helped', '{"Een buurteam geholpen: %s","Coup de main aux voisins : %s","Helped a neighbouring team: %s"}'),
	(2, 'shared', '{"Opgeschreven voor iedereen: %s","Mis par écrit pour tous : %s","Written down for everybody: %s"}'),
	(3, 'built', '{"Gemaakt, en nog in gebruik: %s","Fabriqué, et toujours en service : %s","Made, and still in use: %s"}'),
	(4, 'course', '{"Twee dagen opleiding: %s","Deux jours de formation : %s","Two days of training: %s"}'),
	(5, 'certificate', '{"Geslaagd voor de proef: %s","Épreuve réussie : %s","Passed the test: %s"}')
  ) t (place, type, titles) on t.place = c.lot % 6
 cross join lateral (
	select format(t.titles[case p.language when 'nl' then 1
	                                       when 'fr' then 2 else 3 end],
	              coalesce(k.labels ->> p.language, k.name)) as title
 ) w
 where c.org_id = '01923c1b-7100-7000-8000-000000000001'
   and c.level >= 4 and c.lot % 5 = 0 and c.lot < 500000
 order by w.title, c.id;

update claim c
   set state = 'evidenced'
 where c.org_id = '01923c1b-7100-7000-8000-000000000001'
   and c.state = 'stated'
   and exists (
	select from claim_evidence e
	 where e.org_id = c.org_id and e.claim_id = c.id);

-- Three merges, with the journal that undoing them takes.
insert into skill_merge (org_id, id, from_id, into_id, from_state, touched,
	merged_by, created_at, updated_at)
select '01923c1b-7100-7000-8000-000000000001',
       ('01923c1b-7100-7000-8000-000000000e' || x.n)::uuid,
       f.id, i.id, f.state, array[least(f.id, i.id), greatest(f.id, i.id)],
       p.id, clock() - make_interval(days => x.days),
       clock() - make_interval(days => x.days)
  from (values ('01', '0e', '0d', 20), ('02', '87', '6d', 9),
	('03', '88', '64', 3)) x (n, gone, stays, days)
  join skill f on f.org_id = '01923c1b-7100-7000-8000-000000000001'
   and f.id = ('01923c1b-7100-7000-8000-000000000d' || x.gone)::uuid
  join skill i on i.org_id = f.org_id
   and i.id = ('01923c1b-7100-7000-8000-000000000d' || x.stays)::uuid
  join person p on p.org_id = f.org_id and p.user_name = 'hilde'
 order by x.n;

insert into skill_merge_entry (org_id, merge_id, kind, object_id, body)
select m.org_id, m.id, 'label_added', m.into_id,
       jsonb_build_object('list', 'alt_labels', 'language', l.language,
           'text', l.text)
  from skill_merge m
  join skill f on f.org_id = m.org_id and f.id = m.from_id
 cross join lateral (
	select key as language, value as text, 0 as rank
	  from jsonb_each_text(f.labels)
	union all
	select a.key, t.value, 1
	  from jsonb_each(f.alt_labels) a
	 cross join jsonb_array_elements_text(a.value) t
 ) l
 where m.org_id = '01923c1b-7100-7000-8000-000000000001'
   and not exists (
	select from skill_label k
	 where k.org_id = m.org_id and k.skill_id = m.into_id
	   and k.language = l.language
	   and k.normalized = normalize_label(l.text))
 order by m.id, l.language, l.rank;

with choice as (
	select c.id, c.state, m.id as merge_id, m.into_id,
	       exists (
		select from claim o
		 where o.org_id = c.org_id and o.person_id = c.person_id
		   and o.skill_id = m.into_id) as is_both
	  from skill_merge m
	  join claim c on c.org_id = m.org_id and c.skill_id = m.from_id
	 where m.org_id = '01923c1b-7100-7000-8000-000000000001'
), done as (
	update claim c
	   set skill_id = case when o.is_both then c.skill_id
	                       else o.into_id end,
	       merge_id = case when o.is_both then o.merge_id end,
	       state = case when o.is_both then 'retired' else c.state end,
	       deleted_at = case when o.is_both then clock() end,
	       version = 2
	  from choice o
	 where c.org_id = '01923c1b-7100-7000-8000-000000000001'
	   and c.id = o.id
	returning c.id, o.merge_id, o.is_both, o.state
)
insert into skill_merge_entry (org_id, merge_id, kind, object_id, body)
select '01923c1b-7100-7000-8000-000000000001', d.merge_id,
       case when d.is_both then 'claim_aside' else 'claim_moved' end, d.id,
       case when d.is_both then jsonb_build_object('state', d.state)
            else '{}' end
  from done d
 order by d.id;

update skill s
   set alt_labels = s.alt_labels || a.lists
  from (
	select n.object_id, jsonb_object_agg(n.language,
	           coalesce(i.alt_labels -> n.language, '[]') || n.texts) as lists
	  from (
		select e.object_id, e.body ->> 'language' as language,
		       jsonb_agg(e.body -> 'text' order by e.number) as texts
		  from skill_merge_entry e
		 where e.org_id = '01923c1b-7100-7000-8000-000000000001'
		   and e.kind = 'label_added'
		 group by 1, 2
	  ) n
	  join skill i on i.org_id = '01923c1b-7100-7000-8000-000000000001'
	   and i.id = n.object_id
	 group by n.object_id
  ) a
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.id = a.object_id;

update skill s
   set state = 'merged', merged_into = m.into_id, version = 2
  from skill_merge m
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and m.org_id = s.org_id and s.id = m.from_id;

update skill_label l
   set live = false
  from skill_merge m
 where l.org_id = '01923c1b-7100-7000-8000-000000000001'
   and m.org_id = l.org_id and l.skill_id = m.from_id;

insert into skill_label (org_id, skill_id, language, normalized, kind, live)
select w.org_id, w.skill_id, w.language, w.normalized, w.kind, w.live
  from wanted_skill_label w
 where w.org_id = '01923c1b-7100-7000-8000-000000000001'
on conflict on constraint skill_label_key do nothing;

update skill s
   set parents = d.parents, relations = d.relations,
       merged_from = d.merged_from
  from skill_document d
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and d.org_id = s.org_id and d.id = s.id;

insert into timer (org_id, kind, object_id, due_at)
select c.org_id, 'expire_claim', c.id,
       (c.valid_until + 1)::timestamp at time zone 'UTC'
  from claim c
 where c.org_id = '01923c1b-7100-7000-8000-000000000001'
   and c.valid_until >= today();
