-- Who has a seat in the demonstration's sessions.  Chance is a hash, so that
-- every loading gives the same; whoever is expected elsewhere is passed over.
insert into engagement (org_id, session_id, person_id, role, during,
	created_at)
select c.org_id, c.session_id, c.person_id, 'participant', c.during,
       c.created_at
  from (
	select s.org_id, s.id as session_id, p.id as person_id, s.during,
	       s.capacity, s.created_at + interval '1 day' as created_at,
	       row_number() over (partition by s.id
	           order by md5(s.id::text || p.user_name)) as turn
	  from session s
	  join person p on p.org_id = s.org_id and p.active
	   and p.user_name <> 'els'
	 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
	   and s.state in ('confirmed', 'running', 'held')
	   and not exists (
		select from engagement e
		 where e.org_id = s.org_id and e.session_id = s.id
		   and e.person_id = p.id)
	   and exists (
		select from present_employment w
		 where w.org_id = s.org_id and w.person_id = p.id)
	   and (s.visibility = 'org'
		or exists (
			select from teammate t
			 where t.org_id = s.org_id and t.person_id = s.host_id
			   and t.mate_id = p.id))
  ) c
 where c.turn <= least(coalesce(c.capacity, 9) - 1, 6)
on conflict do nothing;

insert into engagement (org_id, session_id, person_id, role, during,
	created_at)
select s.org_id, s.id, p.id, 'participant', s.during, s.updated_at
  from session s
  join person p on p.org_id = s.org_id and p.user_name = 'els'
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.id in ('01923c1b-7100-7000-8000-000000000f19',
	'01923c1b-7100-7000-8000-000000000f30',
	'01923c1b-7100-7000-8000-000000000f12',
	'01923c1b-7100-7000-8000-000000000f16',
	'01923c1b-7100-7000-8000-000000000f20',
	'01923c1b-7100-7000-8000-000000000f24',
	'01923c1b-7100-7000-8000-000000000f35',
	'01923c1b-7100-7000-8000-000000000f41')
on conflict do nothing;

-- Who was there: what els meets is named, the rest is chance.
insert into seat (org_id, id, session_id, person_id, state, number,
	attendance, attendance_source, created_at, updated_at)
select e.org_id,
       ('01923c1b-7100-7000-8000-0000000b'
	|| lpad(to_hex(row_number() over (order by e.session_id,
	       e.person_id)), 4, '0'))::uuid,
       e.session_id, e.person_id, 'confirmed',
       row_number() over (partition by e.session_id order by e.person_id),
       a.attendance,
       case when a.attendance <> 'unknown' then coalesce(a.source,
	case when a.attendance <> 'present' then 'facilitator'
	     when s.mode = 'online' and c.chance % 3 > 0 then 'import'
	     when c.chance % 7 = 1 then 'peer'
	     when c.chance % 5 = 2 then 'facilitator'
	     else 'self_checkin' end) end,
       e.created_at, coalesce(upper(e.during), clock())
  from engagement e
  join session s on s.org_id = e.org_id and s.id = e.session_id
  join person p on p.org_id = e.org_id and p.id = e.person_id
  left join (values (12, 'present', 'peer'), (16, 'excused', 'facilitator'),
	(20, 'present', 'self_checkin'), (24, 'present', 'import'),
	(35, 'unknown', null), (41, 'no_show', 'facilitator')
  ) w (session, attendance, source) on p.user_name = 'els'
   and s.id = ('01923c1b-7100-7000-8000-000000000f' || w.session)::uuid
 cross join lateral (
	select abs(hashtext(e.person_id::text || e.session_id)) as chance
 ) c
 cross join lateral (
	select case when s.state <> 'held' then 'unknown'
	            else coalesce(w.attendance, (array['present', 'present',
	                 'present', 'present', 'present', 'present',
	                 'excused', 'no_show', 'unknown'])[1 + c.chance % 9])
	       end as attendance, w.source
 ) a
 where e.org_id = '01923c1b-7100-7000-8000-000000000001'
   and e.role = 'participant';

update seat s
   set updated_at = s.created_at
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.updated_at > clock();

update session s
   set taken = (
	select count(t.id)
	  from seat t
	 where t.org_id = s.org_id and t.session_id = s.id
       )
 where s.org_id = '01923c1b-7100-7000-8000-000000000001';

insert into exchange_person (org_id, exchange_id, person_id, part,
	happened_at)
select x.org_id, x.id, t.person_id, 'both', x.happened_at
  from exchange x
  join seat t on t.org_id = x.org_id and t.session_id = x.object_id
   and t.attendance in ('present', 'unknown')
 where x.org_id = '01923c1b-7100-7000-8000-000000000001'
   and x.kind = 'session'
on conflict do nothing;

-- What els meets: she holds a seat for a moment, waits where all is full, and
-- is offered what somebody gave back.
update seat t
   set state = 'held', attendance = null,
       held_until = clock() + interval '5 minutes'
  from person p
 where t.org_id = '01923c1b-7100-7000-8000-000000000001'
   and p.org_id = t.org_id and p.user_name = 'els' and p.id = t.person_id
   and t.session_id = '01923c1b-7100-7000-8000-000000000f30';

insert into seat (org_id, id, session_id, person_id, state, number,
	expires_at, created_at, updated_at)
select s.org_id,
       ('01923c1b-7100-7000-8000-0000000bff' || lpad(w.n::text, 2, '0'))::uuid,
       s.id, p.id, w.state, 100,
       case when w.state = 'offered' then clock() + interval '20 hours' end,
       clock() - interval '1 day' * w.n, clock() - interval '1 hour' * w.n
  from (values (28, 'waiting', 1), (14, 'offered', 2), (36, 'released', 3),
	(40, 'left', 4), (44, 'declined', 5), (46, 'lapsed', 6)
  ) w (session, state, n)
  join session s on s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.id = ('01923c1b-7100-7000-8000-000000000f' || w.session)::uuid
  join person p on p.org_id = s.org_id and p.user_name = 'els';

update session s
   set capacity = s.taken
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.id = '01923c1b-7100-7000-8000-000000000f28';

update session s
   set taken = s.taken + 1, capacity = s.taken + 1
 where s.org_id = '01923c1b-7100-7000-8000-000000000001'
   and s.id = '01923c1b-7100-7000-8000-000000000f14';

insert into timer (org_id, kind, object_id, due_at)
select t.org_id, case t.state when 'held' then 'expire_hold'
                              when 'offered' then 'expire_offer'
                              else 'promote_seats' end,
       case when t.state = 'waiting' then t.session_id else t.id end,
       coalesce(t.held_until, t.expires_at, lower(s.during))
  from seat t
  join session s on s.org_id = t.org_id and s.id = t.session_id
 where t.org_id = '01923c1b-7100-7000-8000-000000000001'
   and t.state in ('held', 'offered', 'waiting');

insert into notification (org_id, id, person_id, kind, object_kind, object_id,
	created_at, updated_at)
select t.org_id, '01923c1b-7100-7000-8000-0000000be001', t.person_id,
       'seat_offered', 'seat', t.id, t.updated_at, t.updated_at
  from seat t
 where t.org_id = '01923c1b-7100-7000-8000-000000000001'
   and t.state = 'offered';

insert into session_goal (org_id, session_id, goal_id)
select distinct s.org_id, s.id, g.id
  from session s
  join session_skill k on k.org_id = s.org_id and k.session_id = s.id
  join goal_skill w on w.org_id = s.org_id and w.skill_id = k.skill_id
  join goal g on g.org_id = s.org_id and g.id = w.goal_id
   and g.visibility in ('team', 'org') and g.state <> 'draft'
 where s.org_id = '01923c1b-7100-7000-8000-000000000001';
