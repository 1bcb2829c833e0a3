-- 100,000 people in 10,000 teams and 1,000,000 claims on the skills that the
-- organisation :org has, drawn by a fixed seed.  Run by the owner.
\set ON_ERROR_STOP on
select setseed(0.42);
select id as org from organisation where name = :'name' \gset

insert into team (org_id, id, name, external_id)
select :'org', uuid7(), 'Team ' || n, 'bench-' || n
  from generate_series(1, 10000) n;

insert into person (org_id, id, display_name, given_name, family_name, user_name,
	external_id, language, zone, country)
select :'org', uuid7(), 'Person ' || n, 'Person', n::text, 'person' || n,
       'bench-' || n, (array['nl','en','fr','de'])[1 + n % 4],
       'Europe/Brussels', 'BE'
  from generate_series(1, 100000) n;

insert into employment (org_id, id, person_id, team_id, during, is_primary)
select p.org_id, uuid7(), p.id, t.id, daterange(current_date - 400, null), true
  from person p
  join team t on t.org_id = p.org_id
   and t.external_id = 'bench-' || (1 + substr(p.external_id, 7)::int % 10000)
 where p.org_id = :'org' and p.external_id like 'bench-%';

create temp table wanted as
select id as skill_id, row_number() over (order by id) as n
  from skill where org_id = :'org' and state = 'active';
create unique index on wanted (n);
select count(*) as skills from wanted \gset

-- Few skills are known by many, as everywhere: the square of a random number.
insert into claim (org_id, id, person_id, skill_id, level, interest, can_help,
	wants_to_learn, visibility, source)
select org_id, uuid7(), person_id, skill_id,
       1 + floor(random() * 5)::int, floor(random() * 5)::int,
       (array['no','sparingly','gladly'])[1 + floor(random() * 3)::int],
       random() < 0.2,
       (array['org','org','org','team','me'])[1 + floor(random() * 5)::int],
       'self'
  from (
	select distinct on (p.id, w.skill_id) p.org_id, p.id as person_id,
	       w.skill_id
	  from (
		select p.org_id, p.id,
		       1 + floor(power(random(), 2) * :skills)::int as drawn
		  from person p, generate_series(1, 10)
		 where p.org_id = :'org' and p.external_id like 'bench-%'
	  ) p
	  join wanted w on w.n = p.drawn
  ) s;
vacuum analyze;
