select refuse('not_found')
 where not exists (
	select from machine_client c
	 where c.org_id = :auth.org and c.id = :path.client_id
 );

select s.id, s.kind, s.hint, s.expires_at, s.revoked_at, s.last_used_at,
       s.created_by, s.created_at
  from machine_credential s
 where s.org_id = :auth.org and s.client_id = :path.client_id
   and :page(s)
 order by :order(s)
 limit :limit
