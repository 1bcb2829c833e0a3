select from machine_client c
 where c.org_id = :auth.org and c.id = :path.client_id
   for no key update;

select refuse(case when c.id is null then 'not_found'
                   when stale(:if_match, c.version) then 'stale_version' end)
  from (select) one
  left join machine_client c
    on c.org_id = :auth.org and c.id = :path.client_id;

update machine_credential k
   set revoked_at = clock()
 where k.org_id = :auth.org and k.client_id = :path.client_id
   and k.revoked_at is null;

with gone as (
	update machine_client c
	   set revoked_at = clock(), updated_at = clock(),
	       version = c.version + 1
	 where c.org_id = :auth.org and c.id = :path.client_id
	   and c.revoked_at is null
	returning c.id, c.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'client.revoked', g.id, g.version, :auth.person
	  from gone g
)
select c.id as _id
  from machine_client c
 where c.org_id = :auth.org and c.id = :path.client_id
