with old as (
	select k.caller, k.key
	  from idempotency_key k
	 where k.org_id = :auth.org and k.created_at < clock() - interval '72 hours'
	 order by k.created_at
	 limit 10000
), gone as (
	delete from idempotency_key k using old
	 where k.org_id = :auth.org and k.caller = old.caller and k.key = old.key
	returning k.key
)
update timer
   set leased_until = null,
       due_at = clock() + case when (select count(*) from gone) < 10000
                               then interval '1 hour' else '0' end
 where org_id = :auth.org and id = :arg.timer_id::uuid
