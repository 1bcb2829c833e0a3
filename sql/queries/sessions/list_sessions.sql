-- Keys first: those of sessions for everybody by state, so that the index
-- gives each in order, and those that are near or of the skill; then one page of
-- sessions.
select s.id, s.title, s.description, s.host, s.facilitators, s.my_role,
       s.trainer_name, s.origin, s.mode, s.place, s.join_url, s.zone,
       to_char(s.starts_local, 'YYYY-MM-DD"T"HH24:MI') as starts_local,
       s.starts_at, s.ends_at, s.duration_min, s.capacity, s.taken,
       s.seat_question, (
	select coalesce(json_agg(json_build_object('id', k.skill_id,
	           'label', coalesce(k.labels ->> :auth.language, k.name))
	           order by coalesce(k.labels ->> :auth.language, k.name),
	           k.skill_id), '[]')
	  from session_skill_label k
	 where k.org_id = :auth.org and k.session_id = s.id) as skills,
       s.goals, s.visibility, s.state, s.state_reason, s.rescheduled_from,
       s.rescheduled_to, s.notes, s.recap, s.outcomes, s.version,
       s.created_at, s.updated_at, s._soonest_at
  from (
	select k.id, k.created_at, k.updated_at, k._soonest_at
	  from (
		select e.id, e.created_at, e.updated_at, e._soonest_at
		  from (
			select distinct unnest(coalesce(:query.state, array[
				'proposed', 'polled', 'confirmed', 'running',
				'held', 'did_not_happen', 'cancelled',
				'rescheduled'])) as state
		  ) q
		 cross join lateral (
			select v.id, v.created_at, v.updated_at, v._soonest_at
			  from session_in_sight v
			 where v.org_id = :auth.org and v.visibility = 'org'
			   and v.state = q.state
			   and (select exists (
				select from present_employment m
				 where m.org_id = :auth.org
				   and m.person_id = :auth.person))
			   /*? query.starts_before */ and v._soonest_at < :query.starts_before
			   /*? query.skill_id */ and q.state is null
			   /*? query.host_id */ and v.host_id = :query.host_id
			   /*? query.starts_after */ and v._soonest_at >= :query.starts_after and v.starts_at is not null
			   /*? query.mine */ and q.state is null
			   /*? query.updated_since */ and v.updated_at >= :query.updated_since
			   and :page(v)
			 order by :order(v)
			 limit :limit
		  ) e
		union all
		select v.id, v.created_at, v.updated_at, v._soonest_at
		  from session_in_sight v
		 where v.org_id = :auth.org and v.id = any (array(
			select n.session_id
			  from session_near n
			 where n.org_id = :auth.org
			   and n.person_id = :auth.person
			   /*? query.skill_id */ and false
			/*? query.skill_id */ union all select a.session_id from session_skill a where a.org_id = :auth.org and a.skill_id in (select f.id from skill_family f where f.org_id = :auth.org and f.asked_id = :query.skill_id)
		   ))
		   and (v.visibility <> 'org'
			/*? query.skill_id */ or true
			/*? query.mine */ or true
			or not (select exists (
				select from present_employment m
				 where m.org_id = :auth.org
				   and m.person_id = :auth.person)))
		   and v.state = any (coalesce(:query.state, array['proposed',
			'polled', 'confirmed', 'running', 'held',
			'did_not_happen', 'cancelled', 'rescheduled']))
		   /*? query.starts_before */ and v._soonest_at < :query.starts_before
		   /*? query.host_id */ and v.host_id = :query.host_id
		   /*? query.starts_after */ and v._soonest_at >= :query.starts_after and v.starts_at is not null
		   /*? query.mine */ and v.id = any (array(select e.session_id from engagement e where e.org_id = :auth.org and e.person_id = :auth.person and (e.role = 'host' or :query.mine = 'engaged' and e.live)))
		   /*? query.updated_since */ and v.updated_at >= :query.updated_since
		   and :page(v)
	  ) k
	 order by :order(k)
	 limit :limit
  ) one
 cross join lateral (
	select v.id, v.title, v.description, v.host, v.facilitators,
	       v.my_role, v.trainer_name, v.origin, v.mode, v.place,
	       v.join_url, v.zone, v.starts_local, v.starts_at, v.ends_at,
	       v.duration_min, v.capacity, v.taken, v.seat_question, v.goals,
	       v.visibility, v.state, v.state_reason, v.rescheduled_from,
	       v.rescheduled_to, v.notes, v.recap, v.outcomes, v.version,
	       v.created_at, v.updated_at, v._soonest_at
	  from visible_session v
	 where v.org_id = :auth.org and v.id = one.id
	 limit 1
  ) s
 order by :order(s)
 limit :limit
