select from goal g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part <> 'owner' then 'forbidden'
	            when c.person_id is null then 'not_found'
	            when stale(:if_match, c.version) then 'stale_version'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
	  left join visible_goal_companion c
	    on c.org_id = :auth.org and c.goal_id = g.id
	   and c.person_id = :path.person_id
	   and c.state in ('invited', 'accepted')
  ) seen;

with gone as (
	update goal_companion c
	   set state = 'removed', version = c.version + 1, updated_at = clock()
	 where c.org_id = :auth.org and c.goal_id = :path.goal_id
	   and c.person_id = :path.person_id
	returning c.goal_id, c.person_id
), noted as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, actor_id)
	select :auth.org, g.person_id, 'goal_companion_removed', 'goal',
	       g.goal_id, :auth.person
	  from gone g
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'goal.companion_removed', t.id, t.version,
	       :auth.person, jsonb_build_object('person_id', :path.person_id)
	  from visible_goal t
	 where t.org_id = :auth.org and t.id = :path.goal_id
)
select g.person_id as _id
  from gone g
