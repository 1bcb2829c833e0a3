with begun as (
	update session s
	   set state = 'running', version = s.version + 1, updated_at = clock()
	 where s.org_id = :auth.org and s.id = :arg.object_id::uuid
	   and s.state = 'confirmed' and lower(s.during) <= clock()
	returning s.id, s.version, s.state
)
insert into outbox (org_id, event, object_id, version, body)
select :auth.org, 'session.state_changed', b.id, b.version,
       jsonb_build_object('state', b.state)
  from begun b
