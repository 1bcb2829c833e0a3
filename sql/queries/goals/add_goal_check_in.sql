select from goal g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part <> 'owner' then 'forbidden'
	            when g.state <> 'active' then 'goal_not_active'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
  ) seen;

insert into goal_check_in (org_id, id, goal_id, text)
values (:auth.org, :new.id, :path.goal_id, :body ->> 'text');

update goal g
   set signed_at = clock()
 where g.org_id = :auth.org and g.id = :path.goal_id;

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id)
select :auth.org, c.person_id, 'goal_checked_in', 'goal', c.goal_id, :auth.person
  from visible_goal_companion c
  join visible_goal g on g.org_id = c.org_id and g.id = c.goal_id
 where c.org_id = :auth.org and c.goal_id = :path.goal_id
   and c.state = 'accepted' and g.visibility <> 'me';

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'goal.checked_in', t.id, t.version, :auth.person,
	       jsonb_build_object('check_in_id', :new.id)
	  from visible_goal t
	 where t.org_id = :auth.org and t.id = :path.goal_id
)
select c.id, c.goal_id, c.text, c.created_at,
       '/v1/goals/' || c.goal_id || '/check-ins' as _location
  from visible_goal_check_in c
 where c.org_id = :auth.org and c.id = :new.id
