with expired as (
	update claim c
	   set state = 'stale', version = c.version + 1, updated_at = clock()
	 where c.org_id = :auth.org and c.id = :arg.object_id::uuid
	   and c.state in ('stated', 'evidenced') and c.valid_until < today()
	returning c.id, c.version, c.person_id
), noticed as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id)
	select :auth.org, e.person_id, 'skill_stale', 'claim', e.id
	  from expired e
)
insert into outbox (org_id, event, object_id, version, body)
select :auth.org, 'claim.updated', e.id, e.version,
       jsonb_build_object('changed', jsonb_build_array('state'))
  from expired e
