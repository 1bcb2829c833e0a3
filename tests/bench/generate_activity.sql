-- Three years of activity of the 100,000 people that generate.sql made in the
-- organisation :name: 60,000 sessions with five participants each, 300,000
-- goals, 400,000 pieces of feedback, 2,200,000 notifications, and the
-- exchanges that were born from them; what they are about, who came along, who
-- asked and who reads along.  Drawn by a fixed seed.
\set ON_ERROR_STOP on
select setseed(0.43);
select id as org from organisation where name = :'name' \gset
create temp table somebody as
select id, substr(external_id, 7)::int as n
  from person where org_id = :'org' and external_id like 'bench-%';
create unique index on somebody (n);
analyze somebody;

-- Each day of three years and of the next two months has its sessions, each
-- hour its own people, so that nobody is in two places.
create temp table meeting as
select uuid7() as id, n, 1 + n * 7 % 100000 as host,
       tstzrange(t.at, t.at + interval '1 hour') as during,
       case when t.at < clock() - interval '1 day' then 'held'
            else 'confirmed' end as state
  from generate_series(0, 59999) n
 cross join lateral (
	select date_trunc('hour', clock()) - interval '1095 days'
	       + make_interval(hours => n * 28 / 60) as at
 ) t;
insert into session (org_id, id, title, host_id, origin, zone, starts_local,
	duration_min, during, capacity, taken, visibility, state, created_at,
	updated_at)
select :'org', m.id, 'Session ' || m.n, p.id, 'informal', 'Europe/Brussels',
       lower(m.during) at time zone 'Europe/Brussels', 60, m.during, 12, 5,
       (array['org', 'team'])[1 + m.n % 2], m.state,
       lower(m.during) - interval '20 days', lower(m.during) - interval '5 days'
  from meeting m
  join somebody p on p.n = m.host;
create temp table expected as
select m.id as session_id, p.id as person_id, m.during, m.state, k,
       case k when 0 then 'host' else 'participant' end as role
  from meeting m
 cross join generate_series(0, 5) k
  join somebody p on p.n = 1 + (m.host - 1 + k * 10000) % 100000;
insert into engagement (org_id, session_id, person_id, role, during)
select :'org', session_id, person_id, role, during
  from expected
on conflict do nothing;
insert into seat (org_id, id, session_id, person_id, state, number, attendance,
	attendance_source, created_at, updated_at)
select e.org_id, uuid7(), e.session_id, e.person_id, 'confirmed',
       row_number() over (partition by e.session_id), 'present',
       'self_checkin', lower(e.during) - interval '10 days', lower(e.during)
  from engagement e
 where e.org_id = :'org' and e.role = 'participant';
update session s set taken = t.taken
  from (
	select session_id, count(*) as taken
	  from seat where org_id = :'org' group by session_id
  ) t
 where s.org_id = :'org' and s.id = t.session_id and s.taken <> t.taken;

insert into goal (org_id, id, person_id, title, visibility, state, ended_at,
	signed_at, created_at, updated_at)
select :'org', uuid7(), p.id, 'Goal ' || p.n || ' ' || k,
       (array['me', 'companions', 'team', 'org'])[1 + (p.n + k) % 4], s.state,
       case when s.state in ('achieved', 'partly', 'let_go') then t.at end,
       t.at, t.at, t.at
  from somebody p
 cross join generate_series(1, 3) k
 cross join lateral (
	select (array['active', 'achieved', 'partly', 'let_go', 'paused',
	        'draft'])[1 + (p.n + k * 5) % 6] as state
 ) s
 cross join lateral (
	select clock() - make_interval(days => (p.n * 13 + k * 365) % 1095) as at
 ) t;

insert into feedback (org_id, id, giver_id, receiver_id, about_kind,
	about_text, keep, try_next, release, state, sent_at, released_at, read_at,
	shown_at, created_at, updated_at)
select :'org', uuid7(), g.id, r.id, 'work', 'Work ' || k, 'Go on.',
       'Try more.', 'now', 'read', t.at, t.at, t.at, t.at, t.at, t.at
  from somebody g
 cross join generate_series(1, 4) k
  join somebody r on r.n = 1 + (g.n + k * 9973) % 100000
 cross join lateral (
	select clock() - make_interval(days => (g.n * 17 + k * 270) % 1095) as at
 ) t;

insert into exchange (org_id, kind, object_id, origin, happened_at)
select s.org_id, 'session', s.id, s.origin, lower(s.during)
  from session s where s.org_id = :'org' and s.state = 'held'
union all
select f.org_id, 'feedback', f.id, 'informal', f.released_at
  from feedback f where f.org_id = :'org';
insert into exchange_person (org_id, exchange_id, person_id, part, happened_at)
select x.org_id, x.id, e.person_id, 'both', x.happened_at
  from exchange x
  join engagement e on e.org_id = x.org_id and e.session_id = x.object_id
 where x.org_id = :'org' and x.kind = 'session'
union all
select x.org_id, x.id, p.person_id, p.part, x.happened_at
  from exchange x
  join feedback f on f.org_id = x.org_id and f.id = x.object_id
 cross join lateral (
	values (f.giver_id, 'giver'), (f.receiver_id, 'receiver')
 ) p (person_id, part)
 where x.org_id = :'org' and x.kind = 'feedback';

insert into notification (org_id, person_id, kind, object_kind, object_id,
	actor_id, read_at, created_at, updated_at)
select f.org_id, f.receiver_id, 'feedback_received', 'feedback', f.id,
       f.giver_id, f.released_at, f.released_at, f.released_at
  from feedback f where f.org_id = :'org'
union all
select e.org_id, e.person_id, 'session_soon', 'session', e.session_id, null,
       case when k > 0 then lower(e.during) end,
       lower(e.during) - make_interval(hours => 24 + k),
       lower(e.during) - make_interval(hours => 24 + k)
  from engagement e, generate_series(0, 4) k
 where e.org_id = :'org';

-- Few skills are what many want, as with claims.
create temp table wanted as
select id as skill_id, row_number() over (order by id) as n
  from skill where org_id = :'org' and state = 'active';
create unique index on wanted (n);
select count(*) as skills from wanted \gset
insert into goal_skill (org_id, goal_id, skill_id)
select :'org', g.id, w.skill_id
  from (
	select id, 1 + floor(power(random(), 2) * :skills)::int as n
	  from goal where org_id = :'org'
  ) g
  join wanted w on w.n = g.n;
insert into session_skill (org_id, session_id, skill_id)
select :'org', m.id, w.skill_id
  from (
	select id, 1 + floor(power(random(), 2) * :skills)::int as n
	  from meeting
  ) m
  join wanted w on w.n = m.n;

insert into goal_companion (org_id, goal_id, person_id, state, created_at,
	updated_at)
select :'org', g.id, c.id, (array['accepted', 'accepted', 'invited',
       'declined'])[1 + p.n % 4], g.created_at, g.created_at
  from goal g
  join somebody p on p.id = g.person_id
  join somebody c on c.n = 1 + (p.n + 1000) % 100000
 where g.org_id = :'org' and g.state in ('active', 'achieved');

insert into feedback_request (org_id, ask_id, asker_id, asked_id, about_kind,
	about_text, state, created_at, updated_at)
select :'org', uuid7(), a.id, b.id, 'work', 'Work ' || k, (array['answered',
       'answered', 'declined', 'open'])[1 + (a.n + k) % 4], t.at, t.at
  from somebody a
 cross join generate_series(1, 3) k
  join somebody b on b.n = 1 + (a.n + k * 7919) % 100000
 cross join lateral (
	select clock() - make_interval(days => (a.n * 19 + k * 270) % 1095) as at
 ) t;

insert into feedback_share (org_id, feedback_id, person_id, created_at)
select :'org', f.id, p.id, f.released_at
  from feedback f
  join somebody r on r.id = f.receiver_id
  join somebody p on p.n = 1 + (r.n + 500) % 100000
 where f.org_id = :'org' and f.about_text = 'Work 1'
   and f.giver_id <> p.id;

insert into person_block (org_id, blocker_id, blocked_id)
select :'org', a.id, b.id
  from somebody a
  join somebody b on b.n = 1 + (a.n + 77) % 100000
 where a.n % 100 = 0;
vacuum analyze;
