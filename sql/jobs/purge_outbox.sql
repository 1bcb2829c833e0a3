with old as (
	select o.id
	  from outbox o
	 where o.org_id = :auth.org and o.created_at < clock() - interval '90 days'
	 order by o.id
	 limit 10000
), gone as (
	delete from outbox o using old
	 where o.org_id = :auth.org and o.id = old.id
	returning o.id
)
update timer
   set leased_until = null,
       due_at = clock() + case when (select count(*) from gone) < 10000
                               then interval '1 hour' else '0' end
 where org_id = :auth.org and id = :arg.timer_id::uuid
