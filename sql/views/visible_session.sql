-- Whoever hosts it, is expected there or shares a team with the host; `org`
-- for whoever works here today; nobody whom a block keeps from the host.
create or replace view visible_session with (security_invoker = true) as
select s.org_id, s.id, s.title, s.description, s.host_id, s.origin,
       s.trainer_name, s.mode, s.place, s.join_url, s.zone, s.starts_local,
       s.duration_min, s.during, s.capacity, s.taken, s.seat_question,
       s.visibility, s.state, s.state_reason, s.rescheduled_from, s.notes,
       s.recap, s.outcomes, s.version, s.created_at, s.updated_at
  from session s
 where s.host_id
	= (select nullif(current_setting('hefboom.person', true), '')::uuid)
    or s.host_id <> all (array(
		select b.other_id
		  from blocked_pair b
		 where b.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and b.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	and (s.visibility = 'org' and (select exists (
		select from present_employment e
		 where e.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and e.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	  or s.host_id = any (array(
		select t.mate_id
		  from teammate t
		 where t.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and t.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	  or s.id = any (array(
		select g.session_id
		  from engagement g
		 where g.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and g.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid
		   and g.live)));
