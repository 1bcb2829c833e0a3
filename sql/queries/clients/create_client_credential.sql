-- The client is locked first, so that rivals count one another's credentials.
select from machine_client c
 where c.org_id = :auth.org and c.id = :path.client_id
   for no key update;

select refuse(case
           when c.id is null then 'not_found'
           when c.revoked_at is not null then 'client_revoked'
           when (:body ->> 'expires_at')::timestamptz <= clock()
           then 'credential_expiry_past'
           when (select count(k.id) from machine_credential k
                  where k.org_id = :auth.org and k.client_id = c.id
                    and k.kind = :body ->> 'kind' and k.revoked_at is null
                    and (k.expires_at is null or k.expires_at > clock())) >= 2
           then 'client_credentials_full' end)
  from (select) one
  left join machine_client c
    on c.org_id = :auth.org and c.id = :path.client_id;

with secret as materialized (
	select case :body ->> 'kind' when 'token' then 'hfb_' else 'hfs_' end
	       || new_machine_secret() as text
), made as (
	insert into machine_credential (org_id, id, client_id, kind, hash, hint,
	                                expires_at, created_by)
	select :auth.org, :new.id, :path.client_id, :body ->> 'kind',
	       sha256(convert_to(s.text, 'UTF8')), right(s.text, 4),
	       (:body ->> 'expires_at')::timestamptz, :auth.person
	  from secret s
	returning id, client_id, kind, hint, expires_at, revoked_at,
	          last_used_at, created_by, created_at
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'client.credential_created', c.id, c.version,
	       :auth.person,
	       jsonb_build_object('credential_id', m.id, 'kind', m.kind)
	  from made m
	  join machine_client c
	    on c.org_id = :auth.org and c.id = m.client_id
)
select m.id, m.kind, m.hint, m.expires_at, m.revoked_at, m.last_used_at,
       m.created_by, m.created_at, m.client_id, s.text as secret,
       '/v1/clients/' || m.client_id || '/credentials' as _location
  from made m
 cross join secret s
