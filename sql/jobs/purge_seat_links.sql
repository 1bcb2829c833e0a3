with old as (
	select l.id
	  from seat_link l
	 where l.org_id = :auth.org
	   and l.expires_at < clock() - interval '30 days'
	 order by l.expires_at
	 limit 10000
), gone as (
	delete from seat_link l using old
	 where l.org_id = :auth.org and l.id = old.id
	returning l.id
)
update timer
   set leased_until = null,
       due_at = clock() + case when (select count(*) from gone) < 10000
                               then interval '1 hour' else '0' end
 where org_id = :auth.org and id = :arg.timer_id::uuid
