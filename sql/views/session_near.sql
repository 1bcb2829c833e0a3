-- Which sessions somebody might see because of who they are to each other; who
-- may is said by session_in_sight.
create or replace view session_near with (security_invoker = true) as
select s.org_id, s.host_id as person_id, s.id as session_id
  from session s
union all
select e.org_id, e.person_id, e.session_id
  from engagement e
union all
select s.org_id, t.person_id, s.id
  from teammate t
  join session s on s.org_id = t.org_id and s.host_id = t.mate_id
   and s.visibility = 'team';
