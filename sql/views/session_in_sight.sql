-- Who may see a session, and its row alone.  One's own always; where no block
-- stands between oneself and the host: what one is or was engaged in, `org` for
-- whoever works here today, `team` for whoever shares a team with the host
-- today.  No role reads more.  Whoever wants to be told no more than the row
-- reads this one, which is planned in a third of the time; the way in and the
-- notes are not given from here.
create or replace view session_in_sight with (security_invoker = true) as
select s.org_id, s.id, s.title, s.description, s.host_id, s.trainer_name,
       s.origin, s.mode, s.place, s.join_url as _join_url, s.zone,
       s.starts_local, lower(s.during) as starts_at,
       upper(s.during) as ends_at, s.duration_min, s.during,
       s.soonest_at as _soonest_at, s.capacity, s.taken, s.seat_question,
       s.visibility, s.state, s.state_reason, s.rescheduled_from,
       s.notes as _notes, s.recap, s.outcomes, s.version, s.created_at,
       s.updated_at
  from session s
 where s.host_id
	= (select nullif(current_setting('hefboom.person', true), '')::uuid)
    or (s.visibility = 'org' and (select exists (
		select from present_employment e
		 where e.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and e.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	or s.visibility = 'team' and s.host_id = any (array(
		select t.mate_id
		  from teammate t
		 where t.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and t.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	or s.id = any (array(
		select e.session_id
		  from engagement e
		 where e.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and e.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid)))
   and s.host_id <> all (array(
	select b.other_id
	  from blocked_pair b
	 where b.org_id
	       = nullif(current_setting('hefboom.org', true), '')::uuid
	   and b.person_id = nullif(
	       current_setting('hefboom.person', true), '')::uuid));
