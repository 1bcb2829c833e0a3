select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when l.session_id is null and m.id is null
	            then 'forbidden'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
	  left join session_lead l
	    on l.org_id = :auth.org and l.session_id = s.id
	   and l.person_id = :auth.person
	  left join my_seat m
	    on m.org_id = :auth.org and m.session_id = s.id
	   and m.state = 'confirmed'
  ) seen;

select s.id, s.person_id, s.display_name, s.state, s.number, s.answer,
       s.attendance, s.attendance_source, s.expires_at, s.version,
       s.created_at, s.updated_at
  from (
	select v.org_id, v.id, v.person_id, p.display_name, v.state, v.number,
	       case when own.is_so then v.answer end as answer,
	       case when own.is_so then v.attendance end as attendance,
	       case when own.is_so then v.attendance_source
	       end as attendance_source,
	       case when own.is_so then v.expires_at end as expires_at,
	       v.version, v.created_at, v.updated_at
	  from visible_seat v
	 cross join lateral (
		select v.leads or v.person_id = :auth.person as is_so
	 ) own
	  join person p on p.org_id = v.org_id and p.id = v.person_id
	 where v.org_id = :auth.org and v.session_id = :path.session_id
	   and (v.leads or v.state = 'confirmed')
  ) s
 where s.org_id = :auth.org
   /*? query.state */ and s.state = any (:query.state)
   and :page(s)
 order by :order(s)
 limit :limit
