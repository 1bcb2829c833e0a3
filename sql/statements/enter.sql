-- Stands before every request's statements, in the same transaction; what it
-- returns is safe as the next updated_since: no write takes longer, but imports,
-- which are dated when they end.  case asks in this order, so that the person is
-- looked for behind the organisation's wall.  A statement, since a function in
-- PL/pgSQL costs 15 us more.
select case
       when concat(set_config('hefboom.org', :auth.org::text, true),
                set_config('hefboom.person',
                    coalesce(:auth.person::text, ''), true),
                set_config('statement_timeout', :arg.lane_ms, true),
                set_config('plan_cache_mode', :arg.plan, true)) is null
       then null
       when :auth.person is not null and not exists (
		select from person p
		 where p.org_id = :auth.org and p.id = :auth.person
		   and p.active and p.deleted_at is null
            )
       then case when refuse('person_inactive') is null
                 then 'infinity'::timestamptz end
       else clock() - interval '10 seconds' end as as_of
