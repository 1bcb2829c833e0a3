select from seat s
 where s.org_id = :auth.org and s.id = :path.seat_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when v.person_id = :auth.person or v.leads or m.id is null
	            then 'forbidden'
	            when m.attendance in ('excused', 'no_show')
	            then 'witness_absent'
	            when s.state not in ('running', 'held')
	            then 'session_not_run'
	       end as problem
	  from (select) one
	  left join visible_seat v
	    on v.org_id = :auth.org and v.id = :path.seat_id
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = v.session_id
	  left join my_seat m
	    on m.org_id = :auth.org and m.session_id = s.id
	   and m.state = 'confirmed'
  ) seen;

with changed as (
	update seat s
	   set attendance = 'present', attendance_source = 'peer',
	       version = s.version + 1, updated_at = clock()
	 where s.org_id = :auth.org and s.id = :path.seat_id
	   and s.state = 'confirmed' and s.attendance = 'unknown'
	returning s.id, s.version
)
insert into outbox (org_id, event, object_id, version, actor_id, body)
select :auth.org, 'seat.updated', c.id, c.version, :auth.person,
       jsonb_build_object('changed', jsonb_build_array('attendance'))
  from changed c;

select v.id as _id
  from visible_seat v
 where v.org_id = :auth.org and v.id = :path.seat_id
