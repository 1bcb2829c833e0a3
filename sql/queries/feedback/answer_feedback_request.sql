select from feedback_request q
 where q.org_id = :auth.org and q.id = :path.feedback_request_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.relation <> 'asked' then 'forbidden'
	            when v.state <> 'open' then 'feedback_request_not_open'
	       end as problem
	  from (select) one
	  left join visible_feedback_request v
	    on v.org_id = :auth.org and v.id = :path.feedback_request_id
  ) seen;

insert into feedback (org_id, id, giver_id, receiver_id, request_id,
                      about_kind, about_id, about_text, context, keep,
                      try_next, example)
select :auth.org, :new.undated, :auth.person, v.asker_id, v.id, v.about_kind,
       v.about_id, v.about_text, :body ->> 'context', :body ->> 'keep',
       :body ->> 'try_next', :body ->> 'example'
  from visible_feedback_request v
 where v.org_id = :auth.org and v.id = :path.feedback_request_id;

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
