-- One's own.  Whoever leads the session sees all of its seats; whoever has a
-- confirmed one sees who else has, unless a block stands between.  No role
-- reads more.
create or replace view visible_seat with (security_invoker = true) as
select s.org_id, s.id, s.session_id, s.person_id, s.state, s.number, s.answer,
       s.attendance, s.attendance_source, s.held_until, s.expires_at,
       s.version, s.created_at, s.updated_at,
       s.session_id = any (l.sessions) as leads
  from seat s
 cross join (
	select array(
		select e.session_id
		  from session_lead e
		 where e.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and e.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid
	) as sessions
 ) l
 where s.person_id
	= (select nullif(current_setting('hefboom.person', true), '')::uuid)
    or s.session_id = any (l.sessions)
    or s.state = 'confirmed' and s.session_id = any (array(
		select m.session_id
		  from seat m
		 where m.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and m.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid
		   and m.state = 'confirmed'))
	and s.person_id <> all (array(
		select b.other_id
		  from blocked_pair b
		 where b.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and b.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid));
