select from goal g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.id in (
	select v.id
	  from visible_goal v
	 where v.org_id = :auth.org and v.id = :path.goal_id
	   and v.part in ('invited', 'companion'))
   for no key update;

select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part = 'companion' then 'invitation_answered'
	            when g.part <> 'invited' then 'forbidden'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
  ) seen;

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id)
select :auth.org, g.person_id, 'goal_companion_declined', 'goal', g.id, :auth.person
  from visible_goal g
 where g.org_id = :auth.org and g.id = :path.goal_id;

with changed as (
	update goal_companion c
	   set state = 'declined', version = c.version + 1, updated_at = clock()
	 where c.org_id = :auth.org and c.goal_id = :path.goal_id
	   and c.person_id = :auth.person
	returning c.goal_id, c.person_id, c.state, c.version, c.created_at,
	          c.updated_at
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'goal.companion_declined', t.id, t.version, :auth.person,
	       jsonb_build_object('person_id', :auth.person)
	  from visible_goal t
	 where t.org_id = :auth.org and t.id = :path.goal_id
)
select c.goal_id, c.person_id, p.display_name, c.state, c.version,
       c.created_at, c.updated_at
  from changed c
  join person p on p.org_id = :auth.org and p.id = c.person_id
