select from goal g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part <> 'owner' then 'forbidden'
	            when stale(:if_match, g.version) then 'stale_version'
	            when g.state not in ('draft', 'paused', 'let_go')
	            then 'goal_active_or_reached'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
  ) seen;

update goal g
   set state = 'active', signed_at = clock(), ended_at = null,
       version = g.version + 1, updated_at = clock()
 where g.org_id = :auth.org and g.id = :path.goal_id;

insert into timer (org_id, kind, object_id, due_at)
select :auth.org, 'remind_goal', r.goal_id, r.next_at
  from goal_reminder r
 where r.org_id = :auth.org and r.goal_id = :path.goal_id
on conflict on constraint timer_already_set do update
   set due_at = least(timer.due_at, excluded.due_at), leased_until = null,
       parked_at = null, attempts = 0;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'goal.updated', t.id, t.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('state'))
	  from visible_goal t
	 where t.org_id = :auth.org and t.id = :path.goal_id
)
:as(get_goal)
