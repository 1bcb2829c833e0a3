select from goal g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part <> 'owner' then 'forbidden'
	            when stale(:if_match, g.version) then 'stale_version'
	            when g.state in ('achieved', 'partly', 'let_go') then 'goal_ended'
	            when exists (
			select from jsonb_array_elements_text(
			       :body -> 'milestone_ids') w (id)
			  full join (
				select m.id
				  from goal_milestone m
				 where m.org_id = :auth.org
				   and m.goal_id = :path.goal_id
			       ) m on m.id = w.id::uuid
			 where m.id is null or w.id is null)
	            then 'goal_milestones_differ'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
  ) seen;

update goal_milestone m
   set place = w.place
  from jsonb_array_elements_text(:body -> 'milestone_ids')
       with ordinality as w (id, place)
 where m.org_id = :auth.org and m.goal_id = :path.goal_id
   and m.id = w.id::uuid;

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
:as(get_goal)
