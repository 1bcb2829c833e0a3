select from session s
 where s.org_id = :auth.org and s.id = :path.session_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when s.id is null then 'not_found'
	            when s.state <> 'polled' then 'session_not_polled'
	            when exists (
			select from jsonb_array_elements(:body -> 'answers') w
			 where not exists (
				select from session_option o
				 where o.org_id = :auth.org
				   and o.session_id = s.id
				   and o.id = (w ->> 'option_id')::uuid))
	            then 'option_unknown'
	       end as problem
	  from (select) one
	  left join visible_session s
	    on s.org_id = :auth.org and s.id = :path.session_id
  ) seen;

delete from session_answer a
 where a.org_id = :auth.org and a.session_id = :path.session_id
   and a.person_id = :auth.person;

insert into session_answer (org_id, session_id, option_id, person_id, answer)
select distinct on (w.option_id) :auth.org, :path.session_id, w.option_id,
       :auth.person, w.answer
  from (
	select (e.value ->> 'option_id')::uuid as option_id,
	       e.value ->> 'answer' as answer, e.place
	  from jsonb_array_elements(:body -> 'answers')
	       with ordinality e (value, place)
  ) w
 order by w.option_id, w.place desc;

with told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'session.answered', s.id, s.version, :auth.person
	  from visible_session s
	 where s.org_id = :auth.org and s.id = :path.session_id
)
:as(get_session_poll)
