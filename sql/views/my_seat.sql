-- One's own seats with what there is to see of their sessions, and how many
-- stand before oneself and with oneself in the waiting list.
create or replace view my_seat with (security_invoker = true) as
select s.org_id, s.id, s.session_id, t.title as session_title,
       t.state as session_state, lower(t.during) as starts_at,
       upper(t.during) as ends_at, t.zone, t.seat_question, s.state, (
	select count(w.id)
	  from seat w
	 where w.org_id = s.org_id and w.session_id = s.session_id
	   and w.state = 'waiting' and w.number <= s.number
	   and s.state = 'waiting'
       ) as place, s.answer, s.attendance, s.attendance_source, s.held_until,
       s.expires_at, s.version, s.created_at, s.updated_at, s.person_id
  from visible_seat s
  left join lateral (
	select v.title, v.state, v.during, v.zone, v.seat_question
	  from session_in_sight v
	 where v.org_id = s.org_id and v.id = s.session_id
	 limit 1
 ) t on true
 where s.person_id
	= (select nullif(current_setting('hefboom.person', true), '')::uuid);
