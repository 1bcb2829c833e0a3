-- At its end as it is by now: who may still answer is not forgotten yet.
update feedback_answered b
   set answer_id = null
 where b.org_id = :auth.org and b.session_id = :arg.object_id::uuid
   and exists (
	select from session s
	 where s.org_id = :auth.org and s.id = b.session_id
	   and upper(s.during) + interval '7 days' <= clock()
 );

update timer t
   set leased_until = null, due_at = upper(s.during) + interval '7 days'
  from session s
 where t.org_id = :auth.org and t.id = :arg.timer_id::uuid
   and s.org_id = t.org_id and s.id = t.object_id
   and upper(s.during) + interval '7 days' > clock()
