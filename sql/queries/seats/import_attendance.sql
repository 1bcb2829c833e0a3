-- The session first: whoever is in the way of its seats waits.
select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select from seat s
 where s.org_id = :auth.org and s.session_id = :path.session_id
   and s.state = 'confirmed'
 order by s.id
   for no key update;

select refuse(seen.problem)
  from (
	select case when a.session_id is null then 'not_found'
	            when a.session_state not in ('running', 'held')
	            then 'session_not_run'
	            when i.named > i.people then 'attendance_said_twice'
	       end as problem
	  from (
		select count(w.item ->> 'person_id') as named,
		       count(distinct (w.item ->> 'person_id')::uuid) as people
		  from jsonb_array_elements(:body -> 'items') w (item)
	 ) i
	  left join session_attendance a
	    on a.org_id = :auth.org and a.session_id = :path.session_id
	 limit 1
  ) seen;

with said as (
	select (w.item ->> 'person_id')::uuid as person_id,
	       w.item ->> 'attendance' as attendance, w.place
	  from jsonb_array_elements(:body -> 'items')
	       with ordinality as w (item, place)
), judged as (
	select d.person_id, d.attendance, d.place, a.seat_id,
	       case when a.seat_id is null then 'no_seat'
	            when a.attendance = d.attendance then 'applied'
	            when a.attendance_source in ('facilitator', 'self_checkin')
	            then 'kept'
	            when a.attendance_source = 'peer'
	             and d.attendance = 'unknown'
	            then 'kept'
	            else 'applied' end as result
	  from said d
	  left join session_attendance a
	    on a.org_id = :auth.org and a.session_id = :path.session_id
	   and a.person_id = d.person_id
), changed as (
	update seat s
	   set attendance = j.attendance,
	       attendance_source = case when j.attendance <> 'unknown'
	                                then 'import' end,
	       version = s.version + 1, updated_at = clock()
	  from judged j
	 where s.org_id = :auth.org and s.id = j.seat_id
	   and j.result = 'applied' and s.attendance <> j.attendance
	returning s.id, s.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'seat.updated', c.id, c.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('attendance'))
	  from changed c
)
select count(*) filter (where j.result = 'applied') as applied,
       json_agg(json_build_object('person_id', j.person_id, 'result', j.result)
           order by j.place) as items
  from judged j
