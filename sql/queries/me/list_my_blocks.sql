select s.person_id, s.display_name, s.created_at
  from (
	select b.org_id, b.blocked_id as person_id, p.display_name, b.created_at
	  from person_block b
	  join person p on p.org_id = b.org_id and p.id = b.blocked_id
	 where b.org_id = :auth.org and b.blocker_id = :auth.person
  ) s
 where s.org_id = :auth.org
   and :page(s)
 order by :order(s)
 limit :limit
