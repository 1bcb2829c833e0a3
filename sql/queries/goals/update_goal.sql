-- What has ended stays as it was; who sees it does not.
select from goal g
 where g.org_id = :auth.org and g.id = :path.goal_id
   and g.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when g.id is null then 'not_found'
	            when g.part <> 'owner' then 'forbidden'
	            when stale(:if_match, g.version) then 'stale_version'
	            when g.state in ('achieved', 'partly', 'let_go')
	             and :body - 'visibility' <> '{}'
	            then 'goal_ended'
	            when exists (
			select from jsonb_array_elements_text(
			       :body -> 'skill_ids') w (id)
			 where not exists (
				select from skill m
				 where m.org_id = :auth.org
				   and m.id = w.id::uuid))
	            then 'goal_skill_unknown'
	            when (:body ->> 'due_on')::date < today()
	            then 'goal_due_on_past'
	       end as problem
	  from (select) one
	  left join visible_goal g
	    on g.org_id = :auth.org and g.id = :path.goal_id
	   and g.deleted_at is null
  ) seen;

update goal g
   set title = coalesce(:body ->> 'title', g.title),
       why = case when :body ? 'why' then :body ->> 'why' else g.why end,
       due_on = case when :body ? 'due_on' then (:body ->> 'due_on')::date
                     else g.due_on end,
       measure_type = coalesce(:body #>> '{measure,type}', g.measure_type),
       measure_text = case
           when coalesce(:body #>> '{measure,type}', g.measure_type) = 'none'
           then null
           when (:body -> 'measure') ? 'text' then :body #>> '{measure,text}'
           else g.measure_text end,
       visibility = coalesce(:body ->> 'visibility', g.visibility),
       signed_at = clock(), version = g.version + 1, updated_at = clock()
 where g.org_id = :auth.org and g.id = :path.goal_id;

delete from goal_skill k
 where k.org_id = :auth.org and k.goal_id = :path.goal_id
   and :body ? 'skill_ids';

insert into goal_skill (org_id, goal_id, skill_id)
select distinct :auth.org, :path.goal_id, coalesce(m.merged_into, m.id)
  from skill m
 where m.org_id = :auth.org and m.id in (
	select w.id::uuid
	  from jsonb_array_elements_text(:body -> 'skill_ids') w (id));

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
	       jsonb_build_object('changed',
	           (select jsonb_agg(k.name order by k.name)
	              from jsonb_object_keys(:body) as k (name)))
	  from visible_goal t
	 where t.org_id = :auth.org and t.id = :path.goal_id
)
:as(get_goal)
