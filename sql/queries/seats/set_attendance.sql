select from seat s
 where s.org_id = :auth.org and s.id = :path.seat_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when not v.leads then 'forbidden'
	            when stale(:if_match, v.version) then 'stale_version'
	            when v.state <> 'confirmed' then 'seat_not_confirmed'
	       end as problem
	  from (select) one
	  left join visible_seat v
	    on v.org_id = :auth.org and v.id = :path.seat_id
  ) seen;

update seat s
   set attendance = :body ->> 'attendance',
       attendance_source = case when :body ->> 'attendance' <> 'unknown'
                                then 'facilitator' end,
       version = s.version + 1, updated_at = clock()
 where s.org_id = :auth.org and s.id = :path.seat_id;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'seat.updated', v.id, v.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('attendance'))
	  from visible_seat v
	 where v.org_id = :auth.org and v.id = :path.seat_id
)
select v.id, v.person_id, p.display_name, v.state, v.number, v.answer,
       v.attendance, v.attendance_source, v.expires_at, v.version,
       v.created_at, v.updated_at
  from visible_seat v
  join person p on p.org_id = v.org_id and p.id = v.person_id
 where v.org_id = :auth.org and v.id = :path.seat_id
