select s.id, s.name, s.scopes, s.expect_every_min, s.last_used_at,
       s.created_by, s.revoked_at, s.version, s.created_at, s.updated_at,
       s._sort_name
  from (
	select c.org_id, c.id, c.name, c.scopes, c.expect_every_min,
	       (select max(k.last_used_at)
	          from machine_credential k
	         where k.org_id = :auth.org and k.client_id = c.id)
	           as last_used_at,
	       c.created_by, c.revoked_at, c.version, c.created_at,
	       c.updated_at, c.sort_name as _sort_name
	  from machine_client c
	 where c.org_id = :auth.org
  ) s
 where s.org_id = :auth.org
   /*? query.active */ and (s.revoked_at is null) = :query.active
   and :page(s)
 order by :order(s)
 limit :limit
