select from feedback f
 where f.org_id = :auth.org and f.id = :path.feedback_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.relation <> 'giver' then 'forbidden'
	            when stale(:if_match, v.version) then 'stale_version'
	            when v.state not in ('drafted', 'sent')
	            then 'feedback_not_withdrawable'
	       end as problem
	  from (select) one
	  left join visible_feedback v
	    on v.org_id = :auth.org and v.id = :path.feedback_id
	   and v.deleted_at is null
  ) seen;

with changed as (
	update feedback f
	   set state = 'withdrawn', version = f.version + 1,
	       updated_at = clock()
	 where f.org_id = :auth.org and f.id = :path.feedback_id
	returning f.id, f.version
), timed as (
	delete from timer t
	 using changed c
	 where t.org_id = :auth.org and t.kind = 'release_feedback'
	   and t.object_id = c.id
)
insert into outbox (org_id, event, object_id, version, actor_id)
select :auth.org, 'feedback.withdrawn', c.id, c.version, :auth.person
  from changed c;

:as(get_feedback)
