select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.relation <> 'receiver' then 'forbidden'
	       end as problem
	  from (select) one
	  left join visible_feedback v
	    on v.org_id = :auth.org and v.id = :path.feedback_id
	   and v.deleted_at is null
  ) seen;

select s.person_id, s.display_name, s.created_at
  from (
	select h.org_id, h.person_id, p.display_name, h.created_at
	  from feedback_share h
	  join visible_feedback v
	    on v.org_id = h.org_id and v.id = h.feedback_id
	   and v.relation = 'receiver'
	  join person p on p.org_id = h.org_id and p.id = h.person_id
	 where h.org_id = :auth.org and h.feedback_id = :path.feedback_id
  ) s
 where s.org_id = :auth.org
   and :page(s)
 order by :order(s)
 limit :limit
