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
select g.id, g.person_id, g.person_name, g.title, g.why, g.due_on, g.measure, (
	select coalesce(json_agg(json_build_object('skill_id', k.skill_id,
	           'label', coalesce(k.labels ->> :auth.language, k.name))
	           order by k.name, k.skill_id), '[]')
	  from goal_skill_label k
	 where k.org_id = :auth.org and k.goal_id = g.id) as skills,
       g.milestones, g.visibility, g.template_id, g.state, g.part, g.health,
       g.learned, g.ended_at, g.version, g.created_at, g.updated_at,
       g.deleted_at
  from goal_card g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.deleted_at is null
