select from goal g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part <> 'owner' then 'forbidden'
	            when g.state in ('achieved', 'partly', 'let_go') then 'goal_ended'
	            when 30 <= (
			select count(m.id) from goal_milestone m
			 where m.org_id = :auth.org
			   and m.goal_id = :path.goal_id)
	            then 'goal_milestones_full'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
  ) seen;

insert into goal_milestone (org_id, id, goal_id, place, title, due_on)
select :auth.org, :new.id, :path.goal_id, coalesce(max(m.place), 0) + 1,
       :body ->> 'title', (:body ->> 'due_on')::date
  from goal_milestone m
 where m.org_id = :auth.org and m.goal_id = :path.goal_id;

update goal g
   set signed_at = clock(), version = g.version + 1, updated_at = clock()
 where g.org_id = :auth.org and g.id = :path.goal_id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'goal.updated', t.id, t.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('milestones'))
	  from visible_goal t
	 where t.org_id = :auth.org and t.id = :path.goal_id
)
select m.id, m.goal_id, m.title, m.due_on, m.done_on, m.version, m.created_at,
       m.updated_at,
       '/v1/goals/' || m.goal_id || '/milestones/' || m.id as _location
  from goal_milestone m
  join visible_goal g on g.org_id = m.org_id and g.id = m.goal_id
 where m.org_id = :auth.org and m.goal_id = :path.goal_id
   and m.id = :new.id
