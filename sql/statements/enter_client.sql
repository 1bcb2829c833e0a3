-- As enter, for a client that an admin manages: whatever a cache remembers, a
-- revoked client, a revoked or expired credential and a scope that was taken
-- away are refused at once.
select case
       when concat(set_config('hefboom.org', :auth.org::text, true),
                set_config('hefboom.person', '', true),
                set_config('statement_timeout', :arg.lane_ms, true),
                set_config('plan_cache_mode', :arg.plan, true)) is null
       then null
       when refuse(nullif(coalesce((
		select case when c.scopes && :arg.scopes::text[]
		              or :arg.scopes::text[] is null then ''
		            else 'insufficient_scope' end
		  from machine_credential k
		  join machine_client c
		    on c.org_id = k.org_id and c.id = k.client_id
		 where k.org_id = :auth.org and k.id = :arg.credential::uuid
		   and k.client_id = :arg.client::uuid and k.revoked_at is null
		   and (k.expires_at is null or k.expires_at > clock())
		   and c.revoked_at is null
            ), 'invalid_token'), '')) is null
       then clock() - interval '10 seconds' end as as_of
