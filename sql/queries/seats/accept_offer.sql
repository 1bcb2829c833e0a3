select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.person_id <> :auth.person then 'forbidden'
	       end as problem
	  from (select) one
	  left join visible_seat v
	    on v.org_id = :auth.org and v.id = :path.offer_id
  ) seen;

select act_on_seat(:auth.org, :path.offer_id, 'accept', :auth.person, :if_match,
                   :body ->> 'answer');

select s.id, s.session_id, s.session_title, s.session_state, s.starts_at,
       s.ends_at, s.zone, s.seat_question, s.state,
       nullif(s.place, 0) as place, s.answer, s.attendance,
       s.attendance_source, s.held_until, s.expires_at, s.version,
       s.created_at, s.updated_at
  from my_seat s
 where s.org_id = :auth.org and s.id = :path.offer_id
