select s.id as session_id, s.state, s.zone, s.duration_min, (
	select coalesce(json_agg(json_build_object('id', o.id,
	           'starts_local', to_char(o.starts_local,
	               'YYYY-MM-DD"T"HH24:MI'),
	           'starts_at', to_char(lower(o.during) at time zone 'UTC',
	               'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	           'ends_at', to_char(upper(o.during) at time zone 'UTC',
	               'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	           'yes', n.yes, 'if_needed', n.if_needed, 'no', n.no,
	           'mine', n.mine, 'answers', n.answers)
	           order by lower(o.during), o.id), '[]')
	  from session_option o
	 cross join lateral (
		select count(*) filter (where a.answer = 'yes') as yes,
		       count(*) filter (where a.answer = 'if_needed')
		           as if_needed,
		       count(*) filter (where a.answer = 'no') as no,
		       max(a.answer) filter (where a.person_id = :auth.person)
		           as mine,
		       coalesce(json_agg(json_build_object(
		               'person_id', p.id,
		               'display_name', p.display_name,
		               'answer', a.answer) order by p.sort_name, p.id)
		           filter (where s.my_role in ('host', 'facilitator')
		                     and a.person_id <> all (array(
				select b.other_id
				  from blocked_pair b
				 where b.org_id = :auth.org
				   and b.person_id = :auth.person))),
		           '[]') as answers
		  from session_answer a
		  join person p on p.org_id = a.org_id and p.id = a.person_id
		 where a.org_id = :auth.org and a.session_id = s.id
		   and a.option_id = o.id
	 ) n
	 where o.org_id = :auth.org and o.session_id = s.id
       ) as options
  from visible_session s
 where s.org_id = :auth.org and s.id = :path.session_id
