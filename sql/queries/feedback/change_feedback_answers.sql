select from feedback_form q
 where q.org_id = :auth.org and q.session_id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null or q.session_id is null
	            then 'not_found'
	            when s.part <> 'participant' then 'forbidden'
	            when b.person_id is null then 'not_found'
	            when s.is_over then 'answers_closed'
	            when exists (
			select from jsonb_array_elements(:body -> 'answers')
			         as x (answer)
			  left join jsonb_array_elements(q.questions)
			         with ordinality as k (question, number)
			    on k.number = (x.answer -> 'question')::int
			 where not coalesce(case k.question ->> 'kind'
			           when 'text' then x.answer ? 'text'
			           when 'yes_no' then x.answer ? 'yes_no'
			           when 'scale' then x.answer ? 'scale'
			           when 'choice' then x.answer ? 'choice'
			                and (x.answer -> 'choice')::int <=
			                jsonb_array_length(
			                    k.question -> 'options')
			       end, false))
	              or (
			select count(distinct x.answer ->> 'question')
			  from jsonb_array_elements(:body -> 'answers')
			         as x (answer))
	                 <> jsonb_array_length(:body -> 'answers')
	            then 'answer_misfits'
	       end as problem
	  from (select) one
	  left join feedback_part s
	    on s.org_id = :auth.org and s.id = :path.session_id
	  left join feedback_form q
	    on q.org_id = :auth.org and q.session_id = :path.session_id
	  left join feedback_answered b
	    on b.org_id = :auth.org and b.session_id = :path.session_id
	   and b.person_id = :auth.person
  ) seen;

update feedback_answer a
   set answers = :body -> 'answers'
  from feedback_answered b
 where a.org_id = :auth.org and b.org_id = a.org_id and b.answer_id = a.id
   and b.session_id = :path.session_id and b.person_id = :auth.person;

:as(get_my_feedback_answers)
