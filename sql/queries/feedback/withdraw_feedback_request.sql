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

:as(get_feedback_request)
