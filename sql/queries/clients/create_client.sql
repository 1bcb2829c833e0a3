with made as (
	insert into machine_client (org_id, id, name, scopes,
	                            expect_every_min, created_by)
	select :auth.org, :new.id, :body ->> 'name',
	       array(select s.scope
	               from jsonb_array_elements_text(:body -> 'scopes')
	                    as s (scope)
	              order by s.scope),
	       (:body ->> 'expect_every_min')::integer, :auth.person
	returning id, name, scopes, expect_every_min, created_by, revoked_at,
	          version, created_at, updated_at
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'client.created', m.id, m.version, :auth.person
	  from made m
)
select m.id, m.name, m.scopes, m.expect_every_min,
       null::timestamptz as last_used_at, m.created_by, m.revoked_at,
       m.version, m.created_at, m.updated_at,
       '/v1/clients/' || m.id as _location
  from made m
