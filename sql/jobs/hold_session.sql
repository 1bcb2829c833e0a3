-- Also when start_session has not been run yet: after a night without a jobs
-- process both are due at once.
select from session s
 where s.org_id = :auth.org and s.id = :arg.object_id::uuid
   for no key update;

with over as (
	update session s
	   set state = 'held', version = s.version + 1, updated_at = clock()
	 where s.org_id = :auth.org and s.id = :arg.object_id::uuid
	   and s.state in ('confirmed', 'running')
	   and upper(s.during) + interval '12 hours' <= clock()
	returning s.id, s.version, s.state, s.origin,
	          lower(s.during) as happened_at
), told as (
	insert into outbox (org_id, event, object_id, version, body)
	select :auth.org, 'session.state_changed', o.id, o.version,
	       jsonb_build_object('state', o.state)
	  from over o
), born as (
	insert into exchange (org_id, kind, object_id, origin, happened_at)
	select :auth.org, 'session', o.id, o.origin, o.happened_at
	  from over o
	on conflict on constraint exchange_known_already do nothing
	returning id, object_id, happened_at
)
insert into exchange_person (org_id, exchange_id, person_id, part,
                             happened_at)
select :auth.org, b.id, e.person_id, 'both', b.happened_at
  from born b
  join engagement e on e.org_id = :auth.org and e.session_id = b.object_id
   and e.live
 where not exists (
	select from seat a
	 where a.org_id = :auth.org and a.session_id = e.session_id
	   and a.person_id = e.person_id
	   and a.attendance in ('excused', 'no_show'))
on conflict on constraint exchange_person_key do nothing
