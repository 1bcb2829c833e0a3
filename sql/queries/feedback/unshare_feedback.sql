select from feedback f
 where f.org_id = :auth.org and f.id = :path.feedback_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.relation <> 'receiver' then 'forbidden'
	       end as problem
	  from (select) one
	  left join visible_feedback v
	    on v.org_id = :auth.org and v.id = :path.feedback_id
	   and v.deleted_at is null
  ) seen;

with gone as (
	delete from feedback_share h
	 where h.org_id = :auth.org and h.feedback_id = :path.feedback_id
	   and h.person_id = :path.person_id
	returning h.feedback_id
), told as (
	insert into outbox (org_id, event, object_id, actor_id, body)
	select :auth.org, 'feedback.unshared', g.feedback_id, :auth.person,
	       jsonb_build_object('person_id', :path.person_id)
	  from gone g
)
select g.feedback_id as _id
  from gone g
