with expired as (
	update claim c
	   set state = 'stale', version = c.version + 1, updated_at = clock()
	 where c.org_id = :auth.org and c.id = :arg.object_id::uuid
	   and c.state in ('stated', 'evidenced') and c.valid_until < today()
	returning c.id, c.version
)
insert into outbox (org_id, event, object_id, version, body)
select :auth.org, 'claim.updated', e.id, e.version,
       jsonb_build_object('changed', jsonb_build_array('state'))
  from expired e
