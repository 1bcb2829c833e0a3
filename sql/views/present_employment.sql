create or replace view present_employment with (security_invoker = true) as
select e.org_id, e.id, e.person_id, e.team_id, e.manager_id, e.title,
       e.is_primary
  from employment e
 where e.during @> today();
