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

delete from feedback_share h
 where h.org_id = :auth.org and h.feedback_id = :path.feedback_id;

with gone as (
	update feedback f
	   set state = 'deleted', deleted_at = clock(), updated_at = clock(),
	       version = f.version + 1, context = null, keep = null,
	       try_next = null, example = null, useful = null, did = null,
	       useful_at = null,
	       about_text = case when f.about_id is null then '-' end
	 where f.org_id = :auth.org and f.id = :path.feedback_id
	returning f.id, f.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'feedback.deleted', g.id, g.version, :auth.person
	  from gone g
)
select g.id as _id
  from gone g
