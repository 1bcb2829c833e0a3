with old as (
	select n.id
	  from notification n
	 where n.org_id = :auth.org and n.read_at < clock() - interval '180 days'
	 order by n.read_at
	 limit 10000
), gone as (
	delete from notification n using old
	 where n.org_id = :auth.org and n.id = old.id
	returning n.id
)
update timer
   set leased_until = null,
       due_at = clock() + case when (select count(*) from gone) < 10000
                               then interval '1 hour' else '0' end
 where org_id = :auth.org and id = :arg.timer_id::uuid
