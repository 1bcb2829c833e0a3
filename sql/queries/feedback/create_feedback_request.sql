select from person p
 where p.org_id = :auth.org and p.id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when exists (
			select from jsonb_array_elements_text(:body -> 'to')
			         as t (id)
			 where not exists (
			select from person p
			 where p.org_id = :auth.org and p.id = t.id::uuid
			   and p.id <> :auth.person and p.active
			   and p.deleted_at is null
			   and not exists (
				select from blocked_pair b
				 where b.org_id = :auth.org
				   and b.person_id = :auth.person
				   and b.other_id = p.id)))
	            then 'person_unknown'
	            when (:body -> 'about' ->> 'kind') = 'skill'
	                 and not exists (
			select from skill k
			 where k.org_id = :auth.org
			   and k.id = (:body -> 'about' ->> 'id')::uuid)
	            then 'about_unknown'
	            when (:body -> 'about' ->> 'kind') = 'session'
	                 and exists (
			select from jsonb_array_elements_text(
			         (:body -> 'to') || to_jsonb(:auth.person))
			         as t (id)
			 where not exists (
				select from feedback_people s
				 where s.org_id = :auth.org
				   and s.session_id
				       = (:body -> 'about' ->> 'id')::uuid
				   and s.person_id = t.id::uuid))
	            then 'about_unknown'
	            when (:body ->> 'due_at')::timestamptz <= clock()
	            then 'due_at_past'
	            when jsonb_array_length(:body -> 'to') + (
			select count(v.id)
			  from visible_feedback_request v
			 where v.org_id = :auth.org
			   and v.asker_id = :auth.person
			   and v.state = 'open') > 20
	            then 'feedback_requests_full'
	       end as problem
  ) seen;

with made as (
	insert into feedback_request (org_id, ask_id, asker_id, asked_id,
	                              about_kind, about_id, about_text,
	                              context, due_at)
	select distinct :auth.org, :new.id, :auth.person, t.id::uuid,
	       :body -> 'about' ->> 'kind',
	       case :body -> 'about' ->> 'kind'
	       when 'skill' then (
		select coalesce(k.merged_into, k.id)
		  from skill k
		 where k.org_id = :auth.org
		   and k.id = (:body -> 'about' ->> 'id')::uuid)
	       when 'session' then (:body -> 'about' ->> 'id')::uuid end,
	       :body -> 'about' ->> 'text', :body ->> 'context',
	       (:body ->> 'due_at')::timestamptz
	  from jsonb_array_elements_text(:body -> 'to') as t (id)
	returning id, asked_id, version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'feedback_request.created', m.id, m.version,
	       :auth.person
	  from made m
)
insert into notification (org_id, person_id, kind, object_kind, object_id,
                          actor_id)
select :auth.org, m.asked_id, 'feedback_requested', 'feedback_request', m.id,
       :auth.person
  from made m;

select v.ask_id as id,
       json_agg(json_build_object('id', v.id, 'asked_id', v.asked_id,
           'asked_name', v.asked_name, 'state', v.state)
           order by v.asked_name, v.id) as requests,
       '/v1/feedback-requests?direction=asked&ask_id=' || v.ask_id
           as _location
  from visible_feedback_request v
 where v.org_id = :auth.org and v.asker_id = :auth.person
   and v.ask_id = :new.id
 group by v.ask_id
