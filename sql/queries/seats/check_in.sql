select from seat s
 where s.org_id = :auth.org and s.session_id = :path.session_id
   and s.person_id = :auth.person and s.state = 'confirmed'
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when m.id is null then 'forbidden'
	            when s.state not in ('confirmed', 'running')
	            then 'check_in_closed'
	            when session_code(:auth.org, s.id)
	                 <> upper(:body ->> 'code')
	            then 'check_in_code_wrong'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
	  left join my_seat m
	    on m.org_id = :auth.org and m.session_id = s.id
	   and m.state = 'confirmed'
  ) seen;

with changed as (
	update seat s
	   set attendance = 'present', attendance_source = 'self_checkin',
	       version = s.version + 1, updated_at = clock()
	 where s.org_id = :auth.org and s.session_id = :path.session_id
	   and s.person_id = :auth.person and s.state = 'confirmed'
	   and (s.attendance <> 'present'
	        or s.attendance_source in ('peer', 'import'))
	returning s.id, s.version
)
insert into outbox (org_id, event, object_id, version, actor_id, body)
select :auth.org, 'seat.updated', c.id, c.version, :auth.person,
       jsonb_build_object('changed', jsonb_build_array('attendance'))
  from changed c;

select s.id, s.session_id, s.session_title, s.session_state, s.starts_at,
       s.ends_at, s.zone, s.seat_question, s.state,
       nullif(s.place, 0) as place, s.answer, s.attendance,
       s.attendance_source, s.held_until, s.expires_at, s.version,
       s.created_at, s.updated_at
  from my_seat s
 where s.org_id = :auth.org and s.session_id = :path.session_id
   and s.state = 'confirmed'
