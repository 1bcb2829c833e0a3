select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.person_id <> :auth.person then 'forbidden'
	       end as problem
	  from (select) one
	  left join visible_seat v
	    on v.org_id = :auth.org and v.id = :path.seat_id
  ) seen;

select act_on_seat(:auth.org, :path.seat_id, 'confirm', :auth.person, :if_match,
                   :body ->> 'answer');

:as(get_my_seat)
