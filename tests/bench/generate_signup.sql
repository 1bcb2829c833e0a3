-- :people people in teams of ten and, for each of :hours coming hours, sessions
-- of :seats seats for all of them, in the organisation :name, anew; who sits
-- where is in bench_signup.  Everybody sat in ten sessions before: plans are
-- made by what the statistics know of an organisation.  Run by the owner.
\set ON_ERROR_STOP on
select id as org from organisation where name = :'name' \gset
delete from outbox where org_id = :'org';
delete from timer where org_id = :'org' and kind <> 'purge_notifications';
delete from notification where org_id = :'org';
delete from seat where org_id = :'org';
delete from engagement where org_id = :'org';
delete from session where org_id = :'org';

insert into team (org_id, id, name, external_id)
select :'org', uuid7(), 'Team ' || n, 'signup-' || n
  from generate_series(0, :people / 10) n
 where not exists (select from team where org_id = :'org');
insert into person (org_id, id, display_name, given_name, family_name, user_name,
	external_id, language, zone, country)
select :'org', uuid7(), 'Person ' || n, 'Person', n::text, 'signup' || n,
       'signup-' || n, 'en', 'Europe/Brussels', 'BE'
  from generate_series(0, :people) n
 where not exists (select from person where org_id = :'org');
insert into employment (org_id, id, person_id, team_id, during, is_primary)
select p.org_id, uuid7(), p.id, t.id, daterange(current_date - 400, null), true
  from person p
  join team t on t.org_id = p.org_id and t.external_id = 'signup-'
       || substr(p.external_id, 8)::int % (:people / 10)
 where p.org_id = :'org'
   and not exists (select from employment where org_id = :'org');

create temp table somebody as
select id, substr(external_id, 8)::int as n
  from person where org_id = :'org' and external_id like 'signup-%';
create unique index on somebody (n);
create temp table meeting as
select uuid7() as id, k, date_trunc('hour', clock()) + make_interval(
       days => case when k < 0 then -30 else 30 end,
       hours => floor(k::float8 / (:people / :seats))::int) as at
  from generate_series(-10 * (:people / :seats),
	:hours * (:people / :seats) - 1) k;
create unique index on meeting (k);
analyze somebody;
analyze meeting;

-- The last one of the people hosts them all and takes no seat.
insert into session (org_id, id, title, host_id, zone, starts_local,
	duration_min, during, capacity, taken, state)
select :'org', m.id, 'Session ' || m.k, p.id, 'Europe/Brussels',
       m.at at time zone 'Europe/Brussels', 60,
       tstzrange(m.at, m.at + interval '1 hour'), :seats,
       case when m.k < 0 then :seats else 0 end,
       case when m.k < 0 then 'held' else 'confirmed' end
  from meeting m
  join somebody p on p.n = :people;
insert into engagement (org_id, session_id, person_id, role, during)
select :'org', m.id, p.id, 'participant',
       tstzrange(m.at, m.at + interval '1 hour')
  from meeting m
  join somebody p on p.n < :people and p.n % (:people / :seats)
       = (m.k + 10 * (:people / :seats)) % (:people / :seats)
 where m.k < 0;
insert into seat (org_id, id, session_id, person_id, state, number, attendance)
select e.org_id, uuid7(), e.session_id, e.person_id, 'confirmed',
       row_number() over (partition by e.session_id), 'unknown'
  from engagement e
 where e.org_id = :'org';

drop table if exists bench_signup;
create table bench_signup as
select i.n, p.id as person, m.id as session, uuid7() as new_id
  from generate_series(0, :hours * :people - 1) i (n)
  join somebody p on p.n = i.n % :people
  join meeting m
    on m.k = i.n / :people * (:people / :seats) + i.n % (:people / :seats);
alter table bench_signup add primary key (n);
grant select on bench_signup to hefboom;
vacuum analyze;
checkpoint;
