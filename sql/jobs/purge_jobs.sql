with gone as (
	delete from job j
	 where j.org_id = :auth.org and j.finished_at < clock() - interval '30 days'
)
update timer
   set leased_until = null, due_at = clock() + interval '1 hour'
 where org_id = :auth.org and id = :arg.timer_id::uuid
