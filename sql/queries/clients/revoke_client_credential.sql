select from machine_client c
 where c.org_id = :auth.org and c.id = :path.client_id
   for no key update;

with gone as (
	update machine_credential k
	   set revoked_at = clock()
	 where k.org_id = :auth.org and k.client_id = :path.client_id
	   and k.id = :path.credential_id and k.revoked_at is null
	returning k.id, k.client_id, k.kind
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'client.credential_revoked', c.id, c.version,
	       :auth.person,
	       jsonb_build_object('credential_id', g.id, 'kind', g.kind)
	  from gone g
	  join machine_client c
	    on c.org_id = :auth.org and c.id = g.client_id
)
select k.id as _id
  from machine_credential k
 where k.org_id = :auth.org and k.client_id = :path.client_id
   and k.id = :path.credential_id
