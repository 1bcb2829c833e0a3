-- A session as those see it who may, which session_in_sight says.  The way in
-- and the notes are for those who are expected.
create or replace view visible_session with (security_invoker = true) as
select s.org_id, s.id, s.title, s.description, s.host_id,
       (
	select json_build_object('person_id', o.id,
	           'display_name', o.display_name)
	  from person o
	 where o.org_id = s.org_id and o.id = s.host_id
       ) as host,
       (
	select coalesce(json_agg(json_build_object('person_id', o.id,
	                'display_name', o.display_name)
	           order by o.sort_name, o.id), '[]')
	  from engagement f
	  join person o on o.org_id = f.org_id and o.id = f.person_id
	 where f.org_id = s.org_id and f.session_id = s.id
	   and f.role = 'facilitator'
       ) as facilitators,
       (
	select e.role
	  from engagement e
	 where e.org_id = s.org_id and e.session_id = s.id
	   and e.person_id = (select nullif(
	       current_setting('hefboom.person', true), '')::uuid)
	   and (e.live or e.role <> 'participant')
       ) as my_role,
       s.trainer_name, s.origin, s.mode, s.place,
       case when s.host_id = (select nullif(
	         current_setting('hefboom.person', true), '')::uuid)
	      or (
		select e.live
		  from engagement e
		 where e.org_id = s.org_id and e.session_id = s.id
		   and e.person_id = (select nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	    then s._join_url end as join_url,
       s.zone, s.starts_local,
       s.starts_at, s.ends_at,
       s.duration_min, s.during, s._soonest_at, s.capacity,
       s.taken, s.seat_question, s.visibility, s.state, s.state_reason,
       s.rescheduled_from,
       (
	select n.id
	  from session n
	 where n.org_id = s.org_id and n.rescheduled_from = s.id
	   and n.state <> 'cancelled'
       ) as rescheduled_to,
       case when s.host_id = (select nullif(
	         current_setting('hefboom.person', true), '')::uuid)
	      or (
		select e.live
		  from engagement e
		 where e.org_id = s.org_id and e.session_id = s.id
		   and e.person_id = (select nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	    then s._notes end as notes,
       s.recap, s.outcomes, s.version, s.created_at, s.updated_at,
       (
	select coalesce(json_agg(json_build_object('id', g.id,
	                'title', g.title) order by g.title, g.id), '[]')
	  from session_goal x
	 cross join lateral (
		select v.id, v.title
		  from visible_goal v
		 where v.org_id = x.org_id and v.id = x.goal_id
		   and v.deleted_at is null
		 limit 1
	 ) g
	 where x.org_id = s.org_id and x.session_id = s.id
       ) as goals
  from session_in_sight s;
