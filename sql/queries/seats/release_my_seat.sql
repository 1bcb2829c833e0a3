select refuse('not_found')
 where not exists (
	select from my_seat s
	 where s.org_id = :auth.org and s.session_id = :path.session_id
	   and s.state in ('held', 'confirmed', 'waiting', 'offered')
 );

select act_on_seat(:auth.org, s.id, 'release', :auth.person, :if_match, null)
  from my_seat s
 where s.org_id = :auth.org and s.session_id = :path.session_id
   and s.state in ('held', 'confirmed', 'waiting', 'offered');

select s.session_id as _id
  from my_seat s
 where s.org_id = :auth.org and s.session_id = :path.session_id
 limit 1
