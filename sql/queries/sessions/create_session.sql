select from person p
 where p.org_id = :auth.org and p.id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when not zone_known(:body ->> 'zone')
	            then 'zone_unknown'
	            when exists (
			select from jsonb_array_elements_text(
			       coalesce(:body -> 'skill_ids', '[]')) w (id)
			 where not exists (
				select from skill k
				 where k.org_id = :auth.org
				   and k.id = w.id::uuid))
	            then 'skills_unknown'
	            when exists (
			select from jsonb_array_elements_text(
			       coalesce(:body -> 'goal_ids', '[]')) w (id)
			 where not exists (
				select from visible_goal g
				 where g.org_id = :auth.org
				   and g.id = w.id::uuid
				   and g.deleted_at is null))
	            then 'goals_unknown'
	       end as problem
	  from person p
	 where p.org_id = :auth.org and p.id = :auth.person
  ) seen;

insert into session (org_id, id, title, description, host_id, origin,
                     trainer_name, mode, place, join_url, zone, starts_local,
                     duration_min, during, capacity, seat_question,
                     visibility)
select :auth.org, :new.id, :body ->> 'title', :body ->> 'description', p.id,
       coalesce(:body ->> 'origin', 'informal'), :body ->> 'trainer_name',
       coalesce(:body ->> 'mode', 'onsite'), :body ->> 'place',
       :body ->> 'join_url', w.zone, w.local, w.duration_min,
       session_during(w.local, w.zone, w.duration_min),
       nullif(:body -> 'capacity', 'null')::integer,
       :body ->> 'seat_question', coalesce(:body ->> 'visibility', 'org')
  from person p
 cross join lateral (
	select coalesce(:body ->> 'zone', p.zone) as zone,
	       (:body ->> 'starts_local')::timestamp as local,
	       coalesce((:body -> 'duration_min')::integer, 60)
	           as duration_min
 ) w
 where p.org_id = :auth.org and p.id = :auth.person;

select refuse(seen.problem, seen.params)
  from (
	select case when x.person_id is not null then 'person_busy'
	       end as problem,
	       case when x.person_id = :auth.person
	            then jsonb_build_object('session_id', x.session_id)
	       end as params
	  from (
		select s.during
		  from visible_session s
		 where s.org_id = :auth.org and s.id = :new.id
	  ) t
	  left join lateral (
		select o.person_id, o.session_id
		  from engagement o
		 where o.org_id = :auth.org and o.live
		   and o.during && t.during
		   and o.person_id = :auth.person
		 order by o.person_id <> :auth.person, o.session_id
		 limit 1
	  ) x on true
  ) seen;

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
select distinct :auth.org, :new.id, w.id::uuid
  from jsonb_array_elements_text(coalesce(:body -> 'skill_ids', '[]')) w (id);

insert into session_goal (org_id, session_id, goal_id)
select distinct :auth.org, :new.id, w.id::uuid
  from jsonb_array_elements_text(coalesce(:body -> 'goal_ids', '[]')) w (id);

insert into engagement (org_id, session_id, person_id, role, during)
select :auth.org, s.id, s.host_id, 'host', s.during
  from visible_session s
 where s.org_id = :auth.org and s.id = :new.id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'session.created', c.id, c.version, :auth.person,
	       jsonb_build_object('origin', c.origin)
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
