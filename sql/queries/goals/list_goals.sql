-- Keys first: those of goals for everybody by state, so that the index gives
-- each in order, and those that are near or of the skill; then one page of
-- cards.  Drafts are for nobody else.
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
	select k.id, k.created_at, k.updated_at, k._due
	  from (
		select e.id, e.created_at, e.updated_at, e._due
		  from (
			select distinct unnest(coalesce(:query.state, array[
				'active', 'paused', 'achieved', 'partly',
				'let_go'])) as state
		  ) q
		 cross join lateral (
			select v.id, v.created_at, v.updated_at, v._due
			  from (
				select g.id, g.created_at, g.updated_at,
				       g.due_sort as _due, g.person_id, g.part,
				       g.state, g.deleted_at
				  from visible_goal g
				 where g.org_id = :auth.org
				   and g.visibility = 'org'
			  ) v
			 where v.state = q.state and q.state <> 'draft'
			   and (v.deleted_at is null
				or :query.updated_since is not null)
			   and (select exists (
				select from present_employment m
				 where m.org_id = :auth.org
				   and m.person_id = :auth.person))
			   /*? query.person_id */ and v.person_id = :query.person_id
			   /*? query.skill_id */ and q.state is null
			   /*? query.part */ and q.state is null
			   /*? query.updated_since */ and v.updated_at >= :query.updated_since
			   and :page(v)
			 order by :order(v)
			 limit :limit
		  ) e
		union all
		select v.id, v.created_at, v.updated_at, v._due
		  from (
			select g.id, g.created_at, g.updated_at,
			       g.due_sort as _due, g.person_id, g.part,
			       g.state, g.deleted_at, g.visibility
			  from visible_goal g
			 where g.org_id = :auth.org
			   and g.id = any (array(
				select n.goal_id
				  from goal_near n
				 where n.org_id = :auth.org
				   and n.person_id = :auth.person
				   /*? query.skill_id */ and false
				/*? query.skill_id */ union all select k.goal_id from goal_skill k where k.org_id = :auth.org and k.skill_id in (select f.id from skill_family f where f.org_id = :auth.org and f.asked_id = :query.skill_id)
			))
		  ) v
		 where (v.visibility <> 'org' or v.state = 'draft'
			/*? query.skill_id */ or true
			/*? query.part */ or true
			or not (select exists (
				select from present_employment m
				 where m.org_id = :auth.org
				   and m.person_id = :auth.person)))
		   and (v.deleted_at is null
			or :query.updated_since is not null)
		   and v.state = any (coalesce(:query.state, array['draft',
			'active', 'paused', 'achieved', 'partly', 'let_go']))
		   /*? query.person_id */ and v.person_id = :query.person_id
		   /*? query.part */ and v.part = any (:query.part) and v.id = any (array(select b.goal_id from goal_part b where b.org_id = :auth.org and b.person_id = :auth.person))
		   /*? query.updated_since */ and v.updated_at >= :query.updated_since
		   and :page(v)
	  ) k
	 order by :order(k)
	 limit :limit
  ) one
 cross join lateral (
	select g.org_id, g.id, g.person_id, g.person_name, g.title, g.why,
	       g.due_on, g.measure, g.milestones, g.visibility, g.template_id,
	       g.state, g.part, g.health, g.learned, g.ended_at, g.version,
	       g.created_at, g.updated_at, g.deleted_at, g.due_sort as _due
	  from goal_card g
	 where g.org_id = :auth.org and g.id = one.id
	 limit 1
  ) s
 order by :order(s)
 limit :limit
