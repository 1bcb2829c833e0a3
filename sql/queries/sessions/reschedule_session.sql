select from person p
 where p.org_id = :auth.org
   and p.id in (select e.person_id
	          from engagement e
	         where e.org_id = :auth.org and e.live
	           and e.session_id = :path.session_id)
 order by p.id
   for no key update;

select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when s.host_id <> :auth.person
	            then 'forbidden'
	            when stale(:if_match, s.version) then 'stale_version'
	            when s.state <> 'confirmed' then 'session_not_confirmed'
	            when not zone_known(:body ->> 'zone')
	            then 'zone_unknown'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
  ) seen;

select refuse(seen.problem, seen.params)
  from (
	select case when x.person_id is not null then 'person_busy'
	       end as problem,
	       case when x.person_id = :auth.person
	            then jsonb_build_object('session_id', x.session_id)
	       end as params
	  from (
		select session_during((:body ->> 'starts_local')::timestamp,
		           coalesce(:body ->> 'zone', s.zone),
		           coalesce((:body -> 'duration_min')::integer,
		               s.duration_min)) as during
		  from visible_session s
		 where s.org_id = :auth.org and s.id = :path.session_id
	  ) t
	  left join lateral (
		select o.person_id, o.session_id
		  from engagement o
		 where o.org_id = :auth.org and o.live
		   and o.during && t.during
		   and o.session_id <> :path.session_id
		   and o.person_id in (
			select e.person_id
			  from engagement e
			 where e.org_id = :auth.org and e.live
			   and e.session_id = :path.session_id)
		 order by o.person_id <> :auth.person, o.session_id
		 limit 1
	  ) x on true
  ) seen;

insert into session (org_id, id, title, description, host_id, origin,
                     trainer_name, mode, place, join_url, zone, starts_local,
                     duration_min, during, capacity, seat_question,
                     visibility, state, rescheduled_from)
select :auth.org, :new.id, s.title, s.description, s.host_id, s.origin,
       s.trainer_name, s.mode,
       case when :body ? 'place' then :body ->> 'place' else s.place end,
       s.join_url, w.zone, w.local, w.duration_min,
       session_during(w.local, w.zone, w.duration_min), s.capacity,
       s.seat_question, s.visibility, 'confirmed', s.id
  from visible_session s
 cross join lateral (
	select coalesce(:body ->> 'zone', s.zone) as zone,
	       (:body ->> 'starts_local')::timestamp as local,
	       coalesce((:body -> 'duration_min')::integer, s.duration_min)
	           as duration_min
 ) w
 where s.org_id = :auth.org and s.id = :path.session_id;

select refuse(seen.problem)
  from (
	select case when s.starts_at at time zone s.zone <> s.starts_local
	            then 'local_time_missing'
	            when s.starts_at < clock() then 'starts_in_past'
	       end as problem
	  from visible_session s
	 where s.org_id = :auth.org and s.id = :new.id
  ) seen;

insert into session_skill (org_id, session_id, skill_id)
select a.org_id, :new.id, a.skill_id
  from session_skill a
 where a.org_id = :auth.org and a.session_id = :path.session_id;

insert into session_goal (org_id, session_id, goal_id)
select a.org_id, :new.id, a.goal_id
  from session_goal a
 where a.org_id = :auth.org and a.session_id = :path.session_id;

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id, params)
select :auth.org, c.person_id, 'session_rescheduled', 'session', :new.id,
       :auth.person, jsonb_build_object('from_id', :path.session_id)
  from session_circle c
 where c.org_id = :auth.org and c.session_id = :path.session_id
   and c.person_id <> :auth.person;

with moved as (
	update engagement e
	   set live = false
	 where e.org_id = :auth.org and e.session_id = :path.session_id
	   and e.live
	returning e.person_id, e.role
)
insert into engagement (org_id, session_id, person_id, role, during)
select :auth.org, s.id, m.person_id, m.role, s.during
  from moved m
 cross join visible_session s
 where s.org_id = :auth.org and s.id = :new.id;

delete from timer t
 where t.org_id = :auth.org and t.object_id = :path.session_id
   and t.kind in ('remind_session', 'start_session', 'hold_session');

update session s
   set state = 'rescheduled', version = s.version + 1, updated_at = clock(),
       state_reason = :body ->> 'reason'
 where s.org_id = :auth.org and s.id = :path.session_id;

insert into timer (org_id, kind, object_id, due_at)
select :auth.org, w.kind, s.id, w.due_at
  from visible_session s
 cross join lateral (
	values ('remind_session', s.starts_at - interval '24 hours'),
	       ('start_session', s.starts_at),
	       ('hold_session', s.ends_at + interval '12 hours')
 ) w (kind, due_at)
 where s.org_id = :auth.org and s.id = :new.id
   and s.state = 'confirmed'
   and (w.kind <> 'remind_session' or w.due_at > clock())
on conflict on constraint timer_already_set do update
   set due_at = excluded.due_at, leased_until = null, parked_at = null,
       attempts = 0;

insert into outbox (org_id, event, object_id, version, actor_id, body)
select :auth.org, 'session.state_changed', s.id, s.version, :auth.person,
       jsonb_build_object('state', s.state)
  from visible_session s
 where s.org_id = :auth.org and s.id = :path.session_id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'session.created', c.id, c.version, :auth.person,
	       jsonb_build_object('origin', c.origin,
	           'rescheduled_from', c.rescheduled_from)
	  from visible_session c
	 where c.org_id = :auth.org and c.id = :new.id
)
select s.id, s.title, s.description, s.host, s.facilitators, s.my_role,
       s.trainer_name, s.origin, s.mode, s.place, s.join_url, s.zone,
       to_char(s.starts_local, 'YYYY-MM-DD"T"HH24:MI') as starts_local,
       s.starts_at, s.ends_at, s.duration_min, s.capacity, s.taken,
       s.seat_question, (
	select coalesce(json_agg(json_build_object('id', k.skill_id,
	           'label', coalesce(k.labels ->> :auth.language, k.name))
	           order by coalesce(k.labels ->> :auth.language, k.name),
	           k.skill_id), '[]')
	  from session_skill_label k
	 where k.org_id = :auth.org and k.session_id = s.id) as skills,
       s.goals, s.visibility, s.state, s.state_reason, s.rescheduled_from,
       s.rescheduled_to, s.notes, s.recap, s.outcomes, s.version,
       s.created_at, s.updated_at,
       '/v1/sessions/' || s.id as _location
  from visible_session s
 where s.org_id = :auth.org and s.id = :new.id
