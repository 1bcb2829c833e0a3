with old as (
	select c.id
	  from sync_change c
	 where c.org_id = :auth.org and c.created_at < clock() - interval '400 days'
	 order by c.created_at
	 limit 10000
), gone as (
	delete from sync_change c using old
	 where c.org_id = :auth.org and c.id = old.id
	returning c.id
), refusals as (
	delete from sync_refusal r
	 where r.org_id = :auth.org and r.day < today() - 400
)
update timer
   set leased_until = null,
       due_at = clock() + case when (select count(*) from gone) < 10000
                               then interval '1 hour' else '0' end
 where org_id = :auth.org and id = :arg.timer_id::uuid
