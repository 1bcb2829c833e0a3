select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when l.session_id is null then 'forbidden'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
	  left join session_lead l
	    on l.org_id = :auth.org and l.session_id = s.id
	   and l.person_id = :auth.person
  ) seen;

select session_code(:auth.org, :path.session_id) as code
