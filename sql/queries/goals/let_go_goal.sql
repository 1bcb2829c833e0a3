select from goal g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part <> 'owner' then 'forbidden'
	            when stale(:if_match, g.version) then 'stale_version'
	            when g.state not in ('active', 'paused')
	            then 'goal_not_under_way'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
  ) seen;

update goal g
   set state = 'let_go', learned = :body ->> 'learned',
       ended_at = clock(),
       version = g.version + 1, updated_at = clock()
 where g.org_id = :auth.org and g.id = :path.goal_id;

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id)
select :auth.org, c.person_id, 'goal_let_go', 'goal', c.goal_id, :auth.person
  from visible_goal_companion c
  join visible_goal g on g.org_id = c.org_id and g.id = c.goal_id
 where c.org_id = :auth.org and c.goal_id = :path.goal_id
   and c.state = 'accepted' and g.visibility <> 'me';

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'goal.updated', t.id, t.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('state'))
	  from visible_goal t
	 where t.org_id = :auth.org and t.id = :path.goal_id
)
:as(get_goal)
