-- Sessions to come whose host left and that nobody took on: HR finds them
-- another one, whoever else may see them.
create or replace view session_without_host with (security_invoker = true) as
select s.org_id, s.id, s.title, (
	select json_build_object('person_id', p.id,
	           'display_name', p.display_name)
	  from person p
	 where p.org_id = s.org_id and p.id = s.host_id
       ) as host, s.host_id, s.state, lower(s.during) as starts_at,
       upper(s.during) as ends_at, s.zone, s.taken, s.needs_host_since,
       s.version, s.created_at, s.updated_at, s.during,
       s.soonest_at as _soonest_at
  from session s
 where s.needs_host_since is not null
   and s.state in ('proposed', 'polled', 'confirmed')
   and s.soonest_at > clock();
