select from feedback f
 where f.org_id = :auth.org and f.id = :path.feedback_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.relation <> 'giver' then 'forbidden'
	            when stale(:if_match, v.version) then 'stale_version'
	            when v.state <> 'drafted' then 'feedback_not_drafted'
	       end as problem
	  from (select) one
	  left join visible_feedback v
	    on v.org_id = :auth.org and v.id = :path.feedback_id
	   and v.deleted_at is null
  ) seen;

with changed as (
	update feedback f
	   set context = case when :body ? 'context'
	                      then :body ->> 'context' else f.context end,
	       keep = case when :body ? 'keep'
	                   then :body ->> 'keep' else f.keep end,
	       try_next = case when :body ? 'try_next'
	                       then :body ->> 'try_next' else f.try_next end,
	       example = case when :body ? 'example'
	                      then :body ->> 'example' else f.example end,
	       version = f.version + 1, updated_at = clock()
	 where f.org_id = :auth.org and f.id = :path.feedback_id
	returning f.id, f.version
)
insert into outbox (org_id, event, object_id, version, actor_id, body)
select :auth.org, 'feedback.updated', c.id, c.version, :auth.person,
       jsonb_build_object('changed',
           (select jsonb_agg(k.name order by k.name)
              from jsonb_object_keys(:body) as k (name)))
  from changed c;

:as(get_feedback)
