select refuse(seen.problem)
  from (
	select case when :body ->> 'template_id' is not null and t.id is null
	            then 'goal_template_unknown'
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
	  left join goal_template t
	    on t.org_id = :auth.org and t.deleted_at is null
	   and t.id = (:body ->> 'template_id')::uuid
  ) seen;

insert into goal (org_id, id, person_id, template_id, title, why, due_on,
                  measure_type, measure_text, visibility, state)
select :auth.org, :new.id, :auth.person, t.id, :body ->> 'title',
       :body ->> 'why', (:body ->> 'due_on')::date, m.type,
       case when m.type <> 'none' then m.text end,
       coalesce(:body ->> 'visibility', 'companions'),
       coalesce(:body ->> 'state', 'active')
  from (select) one
  left join goal_template t
    on t.org_id = :auth.org and t.id = (:body ->> 'template_id')::uuid
 cross join lateral (
	select case when :body ? 'measure'
	            then :body #>> '{measure,type}'
	            else coalesce(t.measure_type, 'none') end as type,
	       case when :body ? 'measure'
	            then :body #>> '{measure,text}'
	            else t.measure_text end as text
 ) m;

insert into goal_skill (org_id, goal_id, skill_id)
select distinct :auth.org, :new.id, coalesce(m.merged_into, m.id)
  from skill m
 where m.org_id = :auth.org and m.id in (
	select w.id::uuid
	  from jsonb_array_elements_text(:body -> 'skill_ids') w (id));

insert into goal_milestone (org_id, id, goal_id, place, title)
select :auth.org, uuid7(), :new.id, w.place, w.title
  from goal_template t
 cross join jsonb_array_elements_text(t.milestones)
       with ordinality as w (title, place)
 where t.org_id = :auth.org and t.id = (:body ->> 'template_id')::uuid;

insert into timer (org_id, kind, object_id, due_at)
select :auth.org, 'remind_goal', r.goal_id, r.next_at
  from goal_reminder r
 where r.org_id = :auth.org and r.goal_id = :new.id
on conflict on constraint timer_already_set do update
   set due_at = least(timer.due_at, excluded.due_at), leased_until = null,
       parked_at = null, attempts = 0;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'goal.created', t.id, t.version, :auth.person
	  from visible_goal t
	 where t.org_id = :auth.org and t.id = :new.id
)
select g.id, g.person_id, g.person_name, g.title, g.why, g.due_on, g.measure, (
	select coalesce(json_agg(json_build_object('skill_id', k.skill_id,
	           'label', coalesce(k.labels ->> :auth.language, k.name))
	           order by k.name, k.skill_id), '[]')
	  from goal_skill_label k
	 where k.org_id = :auth.org and k.goal_id = g.id) as skills,
       g.milestones, g.visibility, g.template_id, g.state, g.part, g.health,
       g.learned, g.ended_at, g.version, g.created_at, g.updated_at,
       g.deleted_at,
       '/v1/goals/' || g.id as _location
  from goal_card g
 where g.org_id = :auth.org and g.id = :new.id
