select from goal g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part <> 'owner' then 'forbidden'
	            when stale(:if_match, g.version) then 'stale_version'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
  ) seen;

delete from goal_check_in c
 where c.org_id = :auth.org and c.goal_id = :path.goal_id;

delete from goal_milestone m
 where m.org_id = :auth.org and m.goal_id = :path.goal_id;

delete from goal_skill k
 where k.org_id = :auth.org and k.goal_id = :path.goal_id;

with gone as (
	update goal g
	   set title = '', why = null, due_on = null, measure_type = 'none',
	       measure_text = null, learned = null, template_id = null,
	       reminded_at = null, deleted_at = clock(),
	       updated_at = clock(), version = g.version + 1
	 where g.org_id = :auth.org and g.id = :path.goal_id
	returning g.id, g.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'goal.deleted', g.id, g.version, :auth.person
	  from gone g
)
select g.id as _id
  from gone g
