select s.id, s.person_id, s.person_name, s.title, s.why, s.due_on, s.measure, (
	select coalesce(json_agg(json_build_object('skill_id', k.skill_id,
	           'label', coalesce(k.labels ->> :auth.language, k.name))
	           order by k.name, k.skill_id), '[]')
	  from goal_skill_label k
	 where k.org_id = :auth.org and k.goal_id = s.id) as skills,
       s.milestones, s.visibility, s.template_id, s.state, s.part, s.health,
       s.learned, s.ended_at, s.version, s.created_at, s.updated_at,
       s.deleted_at, s._due
  from (
	select g.org_id, g.id, g.person_id, g.person_name, g.title, g.why,
	       g.due_on, g.measure, g.milestones, g.visibility, g.template_id,
	       g.state, g.part, g.health, g.learned, g.ended_at, g.version,
	       g.created_at, g.updated_at, g.deleted_at, g.due_sort as _due
	  from goal_card g
	 where g.org_id = :auth.org
  ) s
 where s.org_id = :auth.org
   and (s.deleted_at is null or :query.updated_since is not null)
   /*? query.person_id */ and s.person_id = :query.person_id
   /*? query.skill_id */ and s.id = any (array(select k.goal_id from goal_skill k where k.org_id = :auth.org and k.skill_id in (select f.id from skill_family f where f.org_id = :auth.org and f.asked_id = :query.skill_id)))
   /*? query.state */ and s.state = any (:query.state)
   /*? query.part */ and s.part = any (:query.part) and s.id = any (array(select b.goal_id from goal_part b where b.org_id = :auth.org and b.person_id = :auth.person))
   /*? query.updated_since */ and s.updated_at >= :query.updated_since
   and :page(s)
 order by :order(s)
 limit :limit
