-- All at once, after the last answer could change: who looks twice cannot take
-- the difference.  Below five, of the form or of a question, nothing is told:
-- no answers and few answers look alike.  Texts are drawn in a new order for
-- each question, so that those of one person do not stand together.
select refuse(seen.problem)
  from (
	select case when s.id is null or q.session_id is null
	            then 'not_found'
	            when s.part not in ('host', 'facilitator')
	            then 'forbidden' end as problem
	  from (select) one
	  left join feedback_part s
	    on s.org_id = :auth.org and s.id = :path.session_id
	  left join feedback_form q
	    on q.org_id = :auth.org and q.session_id = :path.session_id
  ) seen;

with told as (
	select a.answers
	  from feedback_answer a
	  join feedback_part s on s.org_id = a.org_id and s.id = a.session_id
	 where a.org_id = :auth.org and a.session_id = :path.session_id
	   and s.is_over
), given as (
	select (x.answer -> 'question')::int as number, x.answer,
	       count(*) over (partition by x.answer -> 'question') >= 5
	           as enough
	  from told t
	 cross join jsonb_array_elements(t.answers) as x (answer)
)
select q.session_id, s.closes_at, n.count >= 5 as enough,
       case when n.count >= 5 then n.count end as count,
       case when n.count >= 5 then (
	select json_agg(json_build_object(
	           'number', k.number, 'kind', k.question ->> 'kind',
	           'text', k.question -> 'text', 'counts', (
			select json_agg(json_build_object('value', c.value,
			           'label', k.question -> 'options'
			               -> (c.at - 1)::int, 'count', (
					select count(*)
					  from given g
					 where g.number = k.number
					   and g.answer ->> (k.question
					       ->> 'kind') = c.value))
			           order by c.at)
			  from jsonb_array_elements_text(
				case k.question ->> 'kind'
				     when 'scale' then '["1","2","3","4","5"]'
				     when 'yes_no' then '["true","false"]'
				     when 'choice' then (
					select jsonb_agg(o.at)
					  from jsonb_array_elements(
					       k.question -> 'options')
					       with ordinality as o (label, at))
				end) with ordinality as c (value, at)
			 where exists (
				select from given g
				 where g.number = k.number and g.enough)
	           ), 'texts', (
			select json_agg(g.answer ->> 'text' order by random())
			  from given g
			 where g.number = k.number and g.enough
			   and k.question ->> 'kind' = 'text'
	           )) order by k.number)
	  from jsonb_array_elements(q.questions) with ordinality
	       as k (question, number))
       else '[]' end as questions
  from feedback_form q
  join feedback_part s on s.org_id = q.org_id and s.id = q.session_id
 cross join (select count(*) as count from told) n
 where q.org_id = :auth.org and q.session_id = :path.session_id
