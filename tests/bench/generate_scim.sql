-- :people users as SCIM made them, in 500 departments, in the organisation
-- :name; half of them in one group.  What measuring made before is taken away
-- first.  Run by the owner, without triggers: a hundred tables refer to people.
\set ON_ERROR_STOP on
select id as org from organisation where name = :'name' \gset
set session_replication_role = replica;
create temp table passing as
select id from person where org_id = :'org' and user_name like 'new-%';
delete from scim_person s using passing p
 where s.org_id = :'org' and s.person_id = p.id;
delete from employment e using passing p
 where e.org_id = :'org' and e.person_id = p.id;
delete from person d using passing p
 where d.org_id = :'org' and d.id = p.id;
delete from outbox where org_id = :'org';
delete from sync_change where org_id = :'org';
delete from employment where org_id = :'org' and not is_primary;
delete from person_total where org_id = :'org';

insert into team (org_id, id, name)
select :'org', uuid7(), 'Department ' || n
  from generate_series(0, 499) n
 where not exists (select from team where org_id = :'org');
insert into person (org_id, id, display_name, given_name, family_name,
	user_name, external_id, email)
select :'org', uuid7(), 'Person ' || n, 'Person', n::text,
       'user' || n || '@example.org', 'scim-' || n,
       'user' || n || '@example.org'
  from generate_series(1, :people) n
 where not exists (select from person where org_id = :'org');
create temp table somebody as
select id, substr(external_id, 6)::int as n
  from person where org_id = :'org';
create unique index on somebody (n);
analyze somebody;
insert into scim_person (org_id, person_id, external_id, email, document)
select :'org', s.id, 'scim-' || s.n, 'user' || s.n || '@example.org',
       jsonb_build_object('userName', 'user' || s.n || '@example.org',
           'externalId', 'scim-' || s.n, 'displayName', 'Person ' || s.n,
           'active', true, 'title', 'Engineer',
           'name', jsonb_build_object('givenName', 'Person',
               'familyName', s.n::text),
           'emails', jsonb_build_array(jsonb_build_object('type', 'work',
               'primary', true, 'value', 'user' || s.n || '@example.org')),
           'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
           jsonb_build_object('employeeNumber', s.n::text,
               'department', 'Department ' || s.n % 500,
               'manager', jsonb_build_object('value', m.id)))
  from somebody s
  join somebody m on m.n = 1 + s.n / 10
 where not exists (select from scim_person where org_id = :'org');
insert into employment (org_id, id, person_id, team_id, manager_id, title,
	during)
select :'org', uuid7(), s.id, t.id, m.id, 'Engineer',
       daterange(current_date - 400, null)
  from somebody s
  join somebody m on m.n = 1 + s.n / 10
  join team t on t.org_id = :'org' and t.name = 'Department ' || s.n % 500
 where not exists (select from employment where org_id = :'org');

insert into team (org_id, id, name)
select :'org', uuid7(), g.name
  from (values ('Half'), ('Nobody')) g (name)
 where not exists (
	select from team where org_id = :'org' and name = g.name
 );
insert into scim_team (org_id, team_id, is_group)
select :'org', t.id, t.name not like 'Department %'
  from team t
 where t.org_id = :'org'
    on conflict do nothing;
insert into employment (org_id, id, person_id, team_id, during, is_primary)
select :'org', uuid7(), s.id, t.id, daterange(current_date - 400, null), false
  from somebody s
  join team t on t.org_id = :'org' and t.name = 'Half'
 where s.n <= :people / 2;
insert into person_total (org_id, people)
select :'org', count(*) from person where org_id = :'org';
vacuum analyze;
checkpoint;
