select refuse(case when enter_link(:path.token) is null
                   then 'not_found' end);

select refuse(case when not l.open then 'link_over' end)
  from read_link() l;

select l.action, l.state, l.session_title, l.session_state, l.starts_at,
       l.ends_at, l.zone, l.person_name, l.seat_question, l.expires_at
  from read_link() l
