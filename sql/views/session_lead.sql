create or replace view session_lead with (security_invoker = true) as
select e.org_id, e.session_id, e.person_id
  from engagement e
 where e.role = 'host' or e.role = 'facilitator' and e.live;
