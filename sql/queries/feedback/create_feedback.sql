select refuse(seen.problem)
  from (
	select case when not exists (
			select from person p
			 where p.org_id = :auth.org and p.id = (:body ->> 'receiver_id')::uuid
			   and p.id <> :auth.person and p.active
			   and p.deleted_at is null
			   and not exists (
				select from blocked_pair b
				 where b.org_id = :auth.org
				   and b.person_id = :auth.person
				   and b.other_id = p.id))
	            then 'person_unknown'
	            when (:body -> 'about' ->> 'kind') = 'skill'
	                 and not exists (
			select from skill k
			 where k.org_id = :auth.org
			   and k.id = (:body -> 'about' ->> 'id')::uuid)
	            then 'about_unknown'
	            when (:body -> 'about' ->> 'kind') = 'session'
	                 and (
			select count(s.person_id)
			  from feedback_people s
			 where s.org_id = :auth.org
			   and s.session_id = (:body -> 'about' ->> 'id')::uuid
			   and s.person_id in (:auth.person,
			       (:body ->> 'receiver_id')::uuid)) < 2
	            then 'about_unknown'
	       end as problem
  ) seen;

insert into feedback (org_id, id, giver_id, receiver_id, about_kind, about_id,
                      about_text, context, keep, try_next, example)
select :auth.org, :new.undated, :auth.person, (:body ->> 'receiver_id')::uuid,
       :body -> 'about' ->> 'kind',
       case :body -> 'about' ->> 'kind'
       when 'skill' then (
	select coalesce(k.merged_into, k.id)
	  from skill k
	 where k.org_id = :auth.org
	   and k.id = (:body -> 'about' ->> 'id')::uuid)
       when 'session' then (:body -> 'about' ->> 'id')::uuid end,
       :body -> 'about' ->> 'text', :body ->> 'context', :body ->> 'keep',
       :body ->> 'try_next', :body ->> 'example';

insert into outbox (org_id, event, object_id, version, actor_id)
select :auth.org, 'feedback.created', v.id, v.version, :auth.person
  from visible_feedback v
 where v.org_id = :auth.org and v.id = :new.undated;

select v.id, v.relation, v.giver_id, v.giver_name, v.receiver_id,
       v.receiver_name, v.request_id,
       json_build_object('kind', v.about_kind, 'id', v.about_id,
           'text', v.about_text, 'title',
           coalesce(v.about_names ->> :auth.language,
               v.about_names ->> '', v.about_text)) as about,
       v.context, v.keep, v.try_next, v.example, v.release,
       v.window_ends_at, v.state, v.advice,
       case when v.useful is not null
            then json_build_object('useful', v.useful, 'did', v.did)
       end as usefulness,
       v.sent_at, v.released_at, v.read_at, v.version, v.created_at,
       v.updated_at, v.deleted_at,
       '/v1/feedback/' || v.id as _location
  from visible_feedback v
 where v.org_id = :auth.org and v.id = :new.undated
