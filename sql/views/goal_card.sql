create or replace view goal_card with (security_invoker = true) as
select g.org_id, g.id, g.person_id, g.person_name, g.template_id, g.title,
       g.why, g.due_on, g.due_sort,
       json_build_object('type', g.measure_type, 'text', g.measure_text)
           as measure,
       (
	select coalesce(json_agg(json_build_object('id', m.id,
	                'title', m.title, 'due_on', m.due_on,
	                'done_on', m.done_on, 'version', m.version)
	           order by m.place, m.id), '[]')
	  from goal_milestone m
	 where m.org_id = g.org_id and m.goal_id = g.id
       ) as milestones,
       g.visibility, g.state, g.part, g.health, g.learned, g.ended_at,
       g.version, g.created_at, g.updated_at, g.deleted_at
  from visible_goal g;
