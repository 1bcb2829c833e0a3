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
	            when s.state in ('did_not_happen', 'cancelled', 'rescheduled')
	            then 'session_closed'
	            when (:body ? 'zone' or :body ? 'starts_local' or :body ? 'duration_min')
	             and s.state not in ('proposed', 'confirmed')
	            then 'session_time_fixed'
	            when s.state = 'confirmed' and :body -> 'starts_local' = 'null'
	            then 'session_unplanned'
	            when (nullif(:body -> 'capacity', 'null'))::integer < s.taken
	            then 'session_capacity_taken'
	            when not zone_known(:body ->> 'zone')
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
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
  ) seen;

update session s
   set title = coalesce(:body ->> 'title', s.title),
       description = case when :body ? 'description'
                          then :body ->> 'description'
                          else s.description end,
       trainer_name = case when :body ? 'trainer_name'
                           then :body ->> 'trainer_name'
                           else s.trainer_name end,
       mode = coalesce(:body ->> 'mode', s.mode),
       place = case when :body ? 'place' then :body ->> 'place'
                    else s.place end,
       join_url = case when :body ? 'join_url' then :body ->> 'join_url'
                       else s.join_url end,
       zone = w.zone, starts_local = w.local, duration_min = w.duration_min,
       capacity = case when :body ? 'capacity'
                       then nullif(:body -> 'capacity', 'null')::integer
                       else s.capacity end,
       seat_question = case when :body ? 'seat_question'
                            then :body ->> 'seat_question'
                            else s.seat_question end,
       visibility = coalesce(:body ->> 'visibility', s.visibility),
       during = case when (:body ? 'zone'
                          or :body ? 'starts_local'
                          or :body ? 'duration_min')
                     then session_during(w.local, w.zone, w.duration_min)
                     else s.during end,
       version = s.version + 1, updated_at = clock()
  from visible_session v
 cross join lateral (
	select coalesce(:body ->> 'zone', v.zone) as zone,
	       case when :body ? 'starts_local'
	            then (:body ->> 'starts_local')::timestamp
	            else v.starts_local end as local,
	       coalesce((:body -> 'duration_min')::integer, v.duration_min)
	           as duration_min
 ) w
 where s.org_id = :auth.org and s.id = :path.session_id
   and v.org_id = s.org_id and v.id = s.id;

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
		 where s.org_id = :auth.org and s.id = :path.session_id
		   and (:body ? 'zone' or :body ? 'starts_local'
		        or :body ? 'duration_min')
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

select refuse(seen.problem)
  from (
	select case when s.starts_at at time zone s.zone <> s.starts_local
	            then 'local_time_missing'
	            when s.starts_at < clock() then 'starts_in_past'
	       end as problem
	  from visible_session s
	 where s.org_id = :auth.org and s.id = :path.session_id
	   and (:body ? 'zone' or :body ? 'starts_local' or :body ? 'duration_min')
  ) seen;

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id, params)
select :auth.org, c.person_id, 'session_moved', 'session', :path.session_id,
       :auth.person, jsonb_build_object('starts_at', s.starts_at)
  from session_circle c
  join visible_session s on s.org_id = c.org_id and s.id = c.session_id
 where c.org_id = :auth.org and c.session_id = :path.session_id
   and c.person_id <> :auth.person
   and exists (
	select from engagement e
	 where e.org_id = :auth.org and e.session_id = :path.session_id
	   and e.person_id = c.person_id and e.live
	   and e.during is distinct from s.during);

update engagement e
   set during = s.during
  from visible_session s
 where e.org_id = :auth.org and e.session_id = :path.session_id and e.live
   and s.org_id = e.org_id and s.id = e.session_id
   and e.during is distinct from s.during;

delete from timer t
 where t.org_id = :auth.org and t.object_id = :path.session_id
   and t.kind in ('remind_session', 'start_session', 'hold_session')
   and (:body ? 'zone' or :body ? 'starts_local' or :body ? 'duration_min');

insert into timer (org_id, kind, object_id, due_at)
select :auth.org, w.kind, s.id, w.due_at
  from visible_session s
 cross join lateral (
	values ('remind_session', s.starts_at - interval '24 hours'),
	       ('start_session', s.starts_at),
	       ('hold_session', s.ends_at + interval '12 hours')
 ) w (kind, due_at)
 where s.org_id = :auth.org and s.id = :path.session_id
   and s.state = 'confirmed'
   and (:body ? 'zone' or :body ? 'starts_local' or :body ? 'duration_min')
   and (w.kind <> 'remind_session' or w.due_at > clock())
on conflict on constraint timer_already_set do update
   set due_at = excluded.due_at, leased_until = null, parked_at = null,
       attempts = 0;

delete from session_skill a
 where a.org_id = :auth.org and a.session_id = :path.session_id
   and :body ? 'skill_ids';

insert into session_skill (org_id, session_id, skill_id)
select distinct :auth.org, :path.session_id, w.id::uuid
  from jsonb_array_elements_text(coalesce(:body -> 'skill_ids', '[]')) w (id);

delete from session_goal a
 where a.org_id = :auth.org and a.session_id = :path.session_id
   and :body ? 'goal_ids';

insert into session_goal (org_id, session_id, goal_id)
select distinct :auth.org, :path.session_id, w.id::uuid
  from jsonb_array_elements_text(coalesce(:body -> 'goal_ids', '[]')) w (id);

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'session.updated', c.id, c.version, :auth.person,
	       jsonb_build_object('changed',
	           (select jsonb_agg(k.name order by k.name)
	              from jsonb_object_keys(:body) as k (name)))
	  from visible_session c
	 where c.org_id = :auth.org and c.id = :path.session_id
)
:as(get_session)
