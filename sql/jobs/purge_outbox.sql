-- The oldest ids are the oldest rows: no index knows the times, and looking for
-- them among all would read all of it each hour.
with oldest as (
	select o.id, o.created_at
	  from outbox o
	 where o.org_id = :auth.org
	 order by o.id
	 limit 10000
), gone as (
	delete from outbox o using oldest
	 where o.org_id = :auth.org and o.id = oldest.id
	   and oldest.created_at < clock() - interval '90 days'
	returning o.id
)
update timer
   set leased_until = null,
       due_at = clock() + case when (select count(*) from gone) < 10000
                               then interval '1 hour' else '0' end
 where org_id = :auth.org and id = :arg.timer_id::uuid
