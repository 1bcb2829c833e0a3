-- Who waits for a seat, or may take one; those who have one are engaged.
create or replace view seat_in_line with (security_invoker = true) as
select s.org_id, s.session_id, s.person_id
  from seat s
 where s.state in ('waiting', 'offered');
