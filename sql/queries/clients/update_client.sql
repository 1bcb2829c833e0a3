select from machine_client c
 where c.org_id = :auth.org and c.id = :path.client_id
   for no key update;

select refuse(case when c.id is null then 'not_found'
                   when stale(:if_match, c.version) then 'stale_version'
                   when c.revoked_at is not null then 'client_revoked' end)
  from (select) one
  left join machine_client c
    on c.org_id = :auth.org and c.id = :path.client_id;

with changed as (
	update machine_client c
	   set name = coalesce(:body ->> 'name', c.name),
	       scopes = case
	           when :body ? 'scopes'
	           then array(select s.scope
	                        from jsonb_array_elements_text(
	                                 :body -> 'scopes') as s (scope)
	                       order by s.scope)
	           else c.scopes end,
	       expect_every_min = case
	           when :body ? 'expect_every_min'
	           then (:body ->> 'expect_every_min')::integer
	           else c.expect_every_min end,
	       version = c.version + 1, updated_at = clock()
	 where c.org_id = :auth.org and c.id = :path.client_id
	returning c.id, c.name, c.scopes, c.expect_every_min, c.created_by,
	          c.revoked_at, c.version, c.created_at, c.updated_at
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'client.updated', c.id, c.version, :auth.person,
	       jsonb_build_object('changed',
	           (select jsonb_agg(k.name order by k.name)
	              from jsonb_object_keys(:body) as k (name)))
	  from changed c
)
select c.id, c.name, c.scopes, c.expect_every_min,
       (select max(k.last_used_at)
          from machine_credential k
         where k.org_id = :auth.org and k.client_id = c.id) as last_used_at,
       c.created_by, c.revoked_at, c.version, c.created_at, c.updated_at
  from changed c
