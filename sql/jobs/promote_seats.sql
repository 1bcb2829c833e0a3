-- Before the session begins: to fill seats.  At its beginning: nobody waits
-- for it any longer.
select promote_seats(:auth.org, :arg.object_id::uuid);

update timer t
   set leased_until = null, due_at = lower(s.during)
  from session s
 where t.org_id = :auth.org and t.id = :arg.timer_id::uuid
   and s.org_id = t.org_id and s.id = t.object_id
   and s.state = 'confirmed' and lower(s.during) > clock()
   and (select l.waits from seat_line(:auth.org, s.id) l)
