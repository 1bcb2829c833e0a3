-- One row, a column a subject: each a lateral subquery of its own, bounded,
-- with an index behind it.  Another subject is another one at the end.
select m.me, u.unread_count, n.notifications, x.next_sessions, t.teams,
       k.skills, a.asked_of_me, p.version as _etag
  from person_card p
 cross join lateral (
	select json_build_object('id', p.id, 'display_name', p.display_name,
	           'given_name', p.given_name, 'language', p.language,
	           'zone', p.zone, 'title', p.title, 'leaders', p.leaders,
	           'roles', to_json(:auth.roles),
	           'organisation', json_build_object('id', o.id,
	               'name', o.name, 'title', o.title)) as me
	  from organisation o
	 where o.id = :auth.org
 ) m
 cross join lateral (
	select count(i.id) as unread_count
	  from (
		select c.id
		  from notification c
		 where c.org_id = :auth.org and c.person_id = :auth.person
		   and c.read_at is null
		 limit 100
	  ) i
 ) u
 cross join lateral (
	select coalesce(json_agg(json_build_object('id', i.id, 'kind', i.kind,
	           'object', i.object, 'actor', i.actor, 'text', i.text,
	           'read_at', instant(i.read_at), 'created_at', instant(i.created_at),
	           'updated_at', instant(i.updated_at), 'version', i.version)
	           order by i.created_at desc, i.id desc), '[]')
	           as notifications
	  from (
		select c.id, c.kind, c.object, c.actor, c.text, c.read_at,
		       c.created_at, c.updated_at, c.version
		  from notification_card c
		 where c.org_id = :auth.org and c.person_id = :auth.person
		   and c.language = :auth.language
		 order by c.created_at desc, c.id desc
		 limit 5
	  ) i
 ) n
 cross join lateral (
	select coalesce(json_agg(json_build_object('id', i.id,
	           'title', i.title, 'state', i.state, 'role', i.role,
	           'starts_at', instant(i.starts_at), 'ends_at', instant(i.ends_at),
	           'zone', i.zone, 'mode', i.mode, 'place', i.place)
	           order by i.starts_at, i.id), '[]') as next_sessions
	  from (
		select s.id, s.title, s.state, g.role,
		       lower(g.during) as starts_at,
		       upper(g.during) as ends_at, s.zone, s.mode, s.place
		  from engagement g
		 cross join lateral (
			select v.id, v.title, v.state, v.zone, v.mode, v.place
			  from session_in_sight v
			 where v.org_id = g.org_id and v.id = g.session_id
			 limit 1
		  ) s
		 where g.org_id = :auth.org and g.person_id = :auth.person
		   and g.live and g.during && tstzrange(clock(), null)
		   and s.state in ('proposed', 'confirmed', 'running')
		 order by lower(g.during), g.session_id
		 limit 5
	  ) i
 ) x
 cross join lateral (
	select coalesce(json_agg(json_build_object('team_id', i.id,
	           'name', i.name, 'title', i.title,
	           'is_primary', i.is_primary)
	           order by i.is_primary desc, i.sort_name, i.id), '[]')
	           as teams
	  from (
		select w.id, w.name, e.title, e.is_primary, w.sort_name
		  from present_employment e
		  join team w on w.org_id = e.org_id and w.id = e.team_id
		 where e.org_id = :auth.org and e.person_id = :auth.person
		 order by e.is_primary desc, w.sort_name, w.id
		 limit 20
	  ) i
 ) t
 cross join lateral (
	select json_build_object(
	           'stated', count(*) filter (where i.state = 'stated'),
	           'evidenced', count(*) filter (where i.state = 'evidenced'),
	           'stale', count(*) filter (where i.state = 'stale'),
	           'items', coalesce(json_agg(json_build_object('id', i.id,
	               'skill_id', i.skill_id, 'skill_label', i.skill_label,
	               'level', i.level, 'can_help', i.can_help,
	               'state', i.state) order by i.number)
	               filter (where i.number <= 5), '[]')) as skills
	  from (
		select c.id, c.skill_id, c.level, c.can_help, c.state,
		       coalesce(l.labels ->> :auth.language, l.name)
		           as skill_label,
		       row_number() over (order by c.updated_at desc, c.id desc)
		           as number
		  from visible_claim c
		  join skill l on l.org_id = c.org_id and l.id = c.skill_id
		 where c.org_id = :auth.org and c.person_id = :auth.person
		   and c.deleted_at is null
	  ) i
 ) k
 cross join lateral (
	select coalesce(json_agg(json_build_object('kind', i.kind,
	           'object', json_build_object('kind', i.object_kind,
	               'id', i.object_id,
	               'title', coalesce(l.titles ->> :auth.language, l.title)),
	           'asked_at', instant(i.asked_at), 'due_at', instant(i.due_at))
	           order by i.due_at, i.asked_at, i.object_id), '[]')
	           as asked_of_me
	  from (
		select q.kind, q.object_kind, q.object_id, q.asked_at, q.due_at
		  from asked_of_me q
		 where q.org_id = :auth.org and q.person_id = :auth.person
		 order by q.due_at, q.asked_at, q.object_id
		 limit 10
	  ) i
	  left join lateral (
		select b.title, b.titles
		  from notification_title b
		 where b.org_id = :auth.org and b.object_kind = i.object_kind
		   and b.object_id = i.object_id
		 limit 1
	  ) l on true
 ) a
 where p.org_id = :auth.org and p.id = :auth.person
   and p.deleted_at is null
