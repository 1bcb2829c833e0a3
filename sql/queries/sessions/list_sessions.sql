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
  from visible_session s
 where s.org_id = :auth.org
   and s._soonest_at < coalesce(:query.starts_before,
	'9999-12-31 00:00:01+00'::timestamptz)
   /*? query.state */ and s.state = any (:query.state)
   /*? query.skill_id */ and s.id in (select a.session_id from session_skill a where a.org_id = :auth.org and a.skill_id in (select m.id from skill m where m.org_id = :auth.org and (m.id = :query.skill_id or m.merged_into = :query.skill_id or (m.org_id, m.id) in (select g.org_id, g.merged_into from skill g where g.org_id = :auth.org and g.id = :query.skill_id))))
   /*? query.host_id */ and s.host_id = :query.host_id
   /*? query.starts_after */ and s._soonest_at >= :query.starts_after and s.starts_at is not null
   /*? query.mine */ and s.id in (select e.session_id from engagement e where e.org_id = :auth.org and e.person_id = :auth.person and (e.role = 'host' or :query.mine = 'engaged' and e.live))
   /*? query.updated_since */ and s.updated_at >= :query.updated_since
   and :page(s)
 order by :order(s)
 limit :limit
