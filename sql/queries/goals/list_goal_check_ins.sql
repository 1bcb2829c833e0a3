select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part not in ('owner', 'companion') then 'forbidden'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
  ) seen;

select s.id, s.goal_id, s.text, s.created_at
  from visible_goal_check_in s
 where s.org_id = :auth.org and s.goal_id = :path.goal_id
   and :page(s)
 order by :order(s)
 limit :limit
