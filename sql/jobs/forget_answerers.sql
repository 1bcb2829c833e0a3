update feedback_answered b
   set answer_id = null
 where b.org_id = :auth.org and b.session_id = :arg.object_id::uuid
   and exists (
	select from session s
	 where s.org_id = :auth.org and s.id = b.session_id
	   and upper(s.during) + interval '7 days' <= clock()
 )
