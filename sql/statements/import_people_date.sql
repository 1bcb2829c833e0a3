-- Last: what the import wrote is dated once more, as of now.
with late as materialized (
	select clock_by_now() as at
), persons as (
	update person p
	   set updated_at = l.at
	  from late l
	 where p.org_id = :auth.org and p.updated_at = clock()
)
update team t
   set updated_at = l.at
  from late l
 where t.org_id = :auth.org and t.updated_at = clock()
