-- The person first, since two sign-ups of one person at once could clash with
-- each other; then the session, on which the seats are counted.  One statement
-- does what a free seat brings with it: six of them cost twice as much.
select from person p
 where p.org_id = :auth.org and p.id = :auth.person
   for no key update;

select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select refuse(seen.problem,
           jsonb_build_object('session_id', seen.other_id))
  from (
	select case when s.id is null then 'not_found'
	            when s.state <> 'confirmed' then 'session_not_confirmed'
	            when exists (
				select from session_lead l
				 where l.org_id = :auth.org and l.session_id = s.id
				   and l.person_id = :auth.person)
	            then 'seat_not_needed'
	            when exists (
				select from my_seat m
				 where m.org_id = :auth.org and m.session_id = s.id
				   and m.state in ('held', 'confirmed',
				                   'waiting', 'offered'))
	            then 'seat_taken_already'
	            when s.seat_question is not null
	                 and :body ->> 'answer' is null
	                 and not coalesce((:body ->> 'hold')::boolean, false)
	            then 'seat_answer_required'
	            when busy.other_id is not null then 'person_busy'
	       end as problem, busy.other_id
	  from (select) one
	  left join session_in_sight s
	    on s.org_id = :auth.org and s.id = :path.session_id
	 cross join (
		select busy_elsewhere(:auth.org, :auth.person,
		                      :path.session_id) as other_id
	 ) busy
  ) seen;

with met as (
	select s.id, s.starts_at, s.ends_at, s.host_id, s.capacity, s.taken
	  from session_in_sight s
	 where s.org_id = :auth.org and s.id = :path.session_id
), placed as (
	insert into seat (org_id, id, session_id, person_id, state, number,
	                  answer, attendance, held_until)
	select :auth.org, :new.id, d.session_id, :auth.person, d.state, d.next,
	       :body ->> 'answer',
	       case d.state when 'confirmed' then 'unknown' end,
	       case d.state when 'held' then clock() + interval '5 minutes' end
	  from (
		select m.id as session_id, l.next,
		       case when l.waits
		                 or m.taken >= coalesce(m.capacity, 2147483647)
		            then 'waiting'
		            when (:body ->> 'hold')::boolean then 'held'
		            else 'confirmed' end as state
		  from met m
		 cross join lateral seat_line(:auth.org, m.id) l
	  ) d
	returning id, session_id, state, held_until, version
), expected as (
	insert into engagement (org_id, session_id, person_id, role, during)
	select :auth.org, m.id, :auth.person, 'participant',
	       tstzrange(m.starts_at, m.ends_at)
	  from placed p
	  join met m on m.id = p.session_id
	 where p.state in ('held', 'confirmed')
	on conflict on constraint engagement_key do update
	   set live = true, role = 'participant', during = excluded.during
), counted as (
	update session s
	   set taken = s.taken + 1, updated_at = clock()
	  from placed p
	 where s.org_id = :auth.org and s.id = p.session_id
	   and p.state in ('held', 'confirmed')
), timed as (
	insert into timer (org_id, kind, object_id, due_at)
	select :auth.org,
	       case p.state when 'held' then 'expire_hold'
	                    else 'promote_seats' end,
	       case p.state when 'held' then p.id else m.id end,
	       case p.state when 'held' then p.held_until else m.starts_at end
	  from placed p
	  join met m on m.id = p.session_id
	 where p.state in ('held', 'waiting')
	on conflict on constraint timer_already_set do update
	   set due_at = least(timer.due_at, excluded.due_at), parked_at = null
), noted as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, actor_id)
	select :auth.org, m.host_id, 'seat_taken', 'session', m.id,
	       :auth.person
	  from placed p
	  join met m on m.id = p.session_id
	 where p.state = 'confirmed'
)
insert into outbox (org_id, event, object_id, version, actor_id, body)
select :auth.org, 'seat.created', p.id, p.version, :auth.person,
       jsonb_build_object('session_id', p.session_id, 'state', p.state)
  from placed p;

select s.id, s.session_id, s.session_title, s.session_state, s.starts_at,
       s.ends_at, s.zone, s.seat_question, s.state,
       nullif(s.place, 0) as place, s.answer, s.attendance,
       s.attendance_source, s.held_until, s.expires_at, s.version,
       s.created_at, s.updated_at,
       '/v1/me/seats/' || s.id as _location
  from my_seat s
 where s.org_id = :auth.org and s.id = :new.id
