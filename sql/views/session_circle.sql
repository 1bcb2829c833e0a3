-- Who is told what becomes of a session: who is expected, and, while a poll
-- runs, who answered it.
create or replace view session_circle with (security_invoker = true) as
select c.org_id, c.session_id, c.person_id
  from (
	select e.org_id, e.session_id, e.person_id
	  from engagement e
	 where e.live
	union
	select a.org_id, a.session_id, a.person_id
	  from session_answer a
	  join session s on s.org_id = a.org_id and s.id = a.session_id
	   and s.state = 'polled'
	 where not exists (
		select from blocked_pair b
		 where b.org_id = s.org_id and b.person_id = s.host_id
		   and b.other_id = a.person_id)
  ) c
  join person p on p.org_id = c.org_id and p.id = c.person_id
   and p.active and p.deleted_at is null;
