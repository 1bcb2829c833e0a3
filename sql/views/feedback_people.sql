-- Who was expected at a session, its host included.
create or replace view feedback_people with (security_invoker = true) as
select s.org_id, s.id as session_id, s.host_id as person_id
  from session s
union
select e.org_id, e.session_id, e.person_id
  from engagement e
 where e.live;
