-- The session, since there may be no form yet; then the form, which whoever
-- answers it holds.
select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select from feedback_form q
 where q.org_id = :auth.org and q.session_id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when s.part <> 'host' then 'forbidden'
	            when stale(:if_match, q.version) then 'stale_version'
	            when exists (
			select from feedback_answered a
			 where a.org_id = :auth.org
			   and a.session_id = :path.session_id)
	            then 'form_answered_already'
	       end as problem
	  from (select) one
	  left join feedback_part s
	    on s.org_id = :auth.org and s.id = :path.session_id
	  left join feedback_form q
	    on q.org_id = :auth.org and q.session_id = :path.session_id
  ) seen;

with changed as (
	insert into feedback_form (org_id, session_id, questions)
	select :auth.org, :path.session_id, jsonb_agg(
	           '{"options": [], "scale_of": null}'::jsonb || k.question
	           order by k.number)
	  from jsonb_array_elements(:body -> 'questions') with ordinality
	       as k (question, number)
	on conflict on constraint feedback_form_key do update
	   set questions = excluded.questions,
	       version = feedback_form.version + 1, updated_at = clock()
	returning session_id, version
)
insert into outbox (org_id, event, object_id, version, actor_id)
select :auth.org, 'feedback_form.set', c.session_id, c.version, :auth.person
  from changed c;

:as(get_feedback_form)
