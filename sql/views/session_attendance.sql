-- What was said of who was there; one row without a seat where nobody has one.
-- For a machine with the scope, which sees no session: it is told whether what
-- somebody said stands, never what it was.
create or replace view session_attendance with (security_invoker = true) as
select s.org_id, s.id as session_id, s.state as session_state,
       t.id as seat_id, t.person_id, t.attendance, t.attendance_source
  from session s
  left join seat t on t.org_id = s.org_id and t.session_id = s.id
   and t.state = 'confirmed';
