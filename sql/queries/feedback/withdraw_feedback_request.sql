select from feedback_request q
 where q.org_id = :auth.org and q.id = :path.feedback_request_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.relation <> 'asker' then 'forbidden'
	            when stale(:if_match, v.version) then 'stale_version'
	            when v.state <> 'open' then 'feedback_request_not_open'
	       end as problem
	  from (select) one
	  left join visible_feedback_request v
	    on v.org_id = :auth.org and v.id = :path.feedback_request_id
  ) seen;

with changed as (
	update feedback_request q
	   set state = 'withdrawn',
	       version = q.version + 1, updated_at = clock()
	 where q.org_id = :auth.org and q.id = :path.feedback_request_id
	returning q.id, q.asked_id, q.version
)
insert into outbox (org_id, event, object_id, version, actor_id)
select :auth.org, 'feedback_request.withdrawn', c.id, c.version, :auth.person
  from changed c;

select v.id, v.relation, v.ask_id, v.asker_id, v.asker_name,
       v.asked_id, v.asked_name,
       json_build_object('kind', v.about_kind, 'id', v.about_id,
           'text', v.about_text, 'title',
           coalesce(v.about_names ->> :auth.language,
               v.about_names ->> '', v.about_text)) as about,
       v.context, v.due_at, v.state, v.reason, (
	select f.id
	  from visible_feedback f
	 where f.org_id = :auth.org and f.request_id = v.id
	   and f.state not in ('withdrawn', 'deleted')
	 limit 1) as feedback_id,
       v.version, v.created_at, v.updated_at
  from visible_feedback_request v
 where v.org_id = :auth.org and v.id = :path.feedback_request_id
