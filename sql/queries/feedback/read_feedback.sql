select from feedback f
 where f.org_id = :auth.org and f.id = :path.feedback_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.relation <> 'receiver' then 'forbidden'
	            when stale(:if_match, v.version) then 'stale_version'
	       end as problem
	  from (select) one
	  left join visible_feedback v
	    on v.org_id = :auth.org and v.id = :path.feedback_id
	   and v.deleted_at is null
  ) seen;

with changed as (
	update feedback f
	   set state = 'read', read_at = clock(), version = f.version + 1,
	       updated_at = clock()
	 where f.org_id = :auth.org and f.id = :path.feedback_id
	   and f.state = 'released'
	returning f.id, f.version
)
insert into outbox (org_id, event, object_id, version, actor_id)
select :auth.org, 'feedback.read', c.id, c.version, :auth.person
  from changed c;

:as(get_feedback)
