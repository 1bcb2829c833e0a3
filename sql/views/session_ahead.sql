-- Sessions that are still to come, or have no time yet.
create or replace view session_ahead with (security_invoker = true) as
select s.org_id, s.id, s.host_id, s.state
  from session s
 where s.state in ('proposed', 'polled', 'confirmed')
   and s.soonest_at > clock();
