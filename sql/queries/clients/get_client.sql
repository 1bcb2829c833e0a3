select c.id, c.name, c.scopes, c.expect_every_min,
       (select max(k.last_used_at)
          from machine_credential k
         where k.org_id = :auth.org and k.client_id = c.id) as last_used_at,
       c.created_by, c.revoked_at, c.version, c.created_at, c.updated_at
  from machine_client c
 where c.org_id = :auth.org and c.id = :path.client_id
