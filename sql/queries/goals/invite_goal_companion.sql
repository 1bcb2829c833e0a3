select from goal g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part <> 'owner' then 'forbidden'
	            when g.state not in ('active', 'paused')
	            then 'goal_not_under_way'
	            when g.visibility = 'me' then 'goal_private'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
  ) seen;

select refuse(seen.problem)
  from (
	select case when p.id is null then 'person_unknown'
	            when c.state in ('invited', 'accepted')
	            then 'companion_already'
	            when c.state = 'declined' then 'companion_declined'
	            when 20 <= (
			select count(o.person_id)
			  from visible_goal_companion o
			 where o.org_id = :auth.org
			   and o.goal_id = :path.goal_id
			   and o.state in ('invited', 'accepted'))
	            then 'companions_full'
	       end as problem
	  from (select) one
	  left join person p
	    on p.org_id = :auth.org and p.id = (:body ->> 'person_id')::uuid
	   and p.id <> :auth.person and p.active and p.deleted_at is null
	   and p.id not in (
		select b.other_id from blocked_pair b
		 where b.org_id = :auth.org and b.person_id = :auth.person)
	  left join visible_goal_companion c
	    on c.org_id = :auth.org and c.goal_id = :path.goal_id
	   and c.person_id = p.id
  ) seen;

insert into goal_companion as c (org_id, goal_id, person_id)
values (:auth.org, :path.goal_id, (:body ->> 'person_id')::uuid)
on conflict on constraint goal_companion_key do update
   set state = 'invited', version = c.version + 1, updated_at = clock();

insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id)
values (:auth.org, (:body ->> 'person_id')::uuid, 'goal_companion_invited',
        'goal', :path.goal_id, :auth.person);

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'goal.companion_invited', t.id, t.version, :auth.person,
	       jsonb_build_object('person_id', :body ->> 'person_id')
	  from visible_goal t
	 where t.org_id = :auth.org and t.id = :path.goal_id
)
select c.goal_id, c.person_id, c.display_name, c.state, c.version,
       c.created_at, c.updated_at,
       '/v1/goals/' || c.goal_id || '/companions/' || c.person_id
           as _location
  from visible_goal_companion c
 where c.org_id = :auth.org and c.goal_id = :path.goal_id
   and c.person_id = (:body ->> 'person_id')::uuid
