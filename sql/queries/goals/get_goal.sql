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
