select q.session_id, q.questions, s.closes_at, q.version, q.created_at,
       q.updated_at
  from feedback_form q
  join feedback_part s on s.org_id = q.org_id and s.id = q.session_id
 where q.org_id = :auth.org and q.session_id = :path.session_id
