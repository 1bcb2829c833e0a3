select (
	select jsonb_agg('{"text": null, "choice": null, "scale": null,
	           "yes_no": null}'::jsonb || x.answer
	           order by x.answer -> 'question')
	  from jsonb_array_elements(a.answers) as x (answer)) as answers,
       s.closes_at
  from feedback_answered b
  join feedback_answer a on a.org_id = b.org_id and a.id = b.answer_id
  join feedback_part s on s.org_id = b.org_id and s.id = b.session_id
 where b.org_id = :auth.org and b.session_id = :path.session_id
   and b.person_id = :auth.person and not s.is_over
