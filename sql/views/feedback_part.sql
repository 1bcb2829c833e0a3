-- The caller's part in a session: enough to speak about it, and to answer its
-- form.  Answering is open from its beginning until seven days after its end.
create or replace view feedback_part with (security_invoker = true) as
select s.org_id, s.id, s.title, s.origin,
       case when s.host_id = me.id then 'host' else e.role end as part,
       s.state in ('confirmed', 'running', 'held')
           and lower(s.during) <= clock() as has_begun,
       s.state in ('confirmed', 'running', 'held')
           and upper(s.during) + interval '7 days' <= clock() as is_over,
       upper(s.during) + interval '7 days' as closes_at
  from (
	select nullif(current_setting('hefboom.person', true), '')::uuid as id
  ) me
 cross join session s
  left join engagement e
    on e.org_id = s.org_id and e.session_id = s.id and e.person_id = me.id
   and e.live
 where s.host_id = me.id or e.person_id is not null;
