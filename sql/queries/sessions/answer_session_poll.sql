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
select s.id as session_id, s.state, s.zone, s.duration_min, (
	select coalesce(json_agg(json_build_object('id', o.id,
	           'starts_local', to_char(o.starts_local,
	               'YYYY-MM-DD"T"HH24:MI'),
	           'starts_at', to_char(lower(o.during) at time zone 'UTC',
	               'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	           'ends_at', to_char(upper(o.during) at time zone 'UTC',
	               'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	           'yes', n.yes, 'if_needed', n.if_needed, 'no', n.no,
	           'mine', n.mine, 'answers', n.answers)
	           order by lower(o.during), o.id), '[]')
	  from session_option o
	 cross join lateral (
		select count(*) filter (where a.answer = 'yes') as yes,
		       count(*) filter (where a.answer = 'if_needed')
		           as if_needed,
		       count(*) filter (where a.answer = 'no') as no,
		       max(a.answer) filter (where a.person_id = :auth.person)
		           as mine,
		       coalesce(json_agg(json_build_object(
		               'person_id', p.id,
		               'display_name', p.display_name,
		               'answer', a.answer) order by p.sort_name, p.id)
		           filter (where s.my_role in ('host', 'facilitator')
		                     and a.person_id <> all (array(
				select b.other_id
				  from blocked_pair b
				 where b.org_id = :auth.org
				   and b.person_id = :auth.person))),
		           '[]') as answers
		  from session_answer a
		  join person p on p.org_id = a.org_id and p.id = a.person_id
		 where a.org_id = :auth.org and a.session_id = s.id
		   and a.option_id = o.id
	 ) n
	 where o.org_id = :auth.org and o.session_id = s.id
       ) as options
  from visible_session s
 where s.org_id = :auth.org and s.id = :path.session_id
