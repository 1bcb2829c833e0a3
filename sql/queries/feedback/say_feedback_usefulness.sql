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

with before as (
	select v.id, v.giver_id, v.useful
	  from visible_feedback v
	 where v.org_id = :auth.org and v.id = :path.feedback_id
), changed as (
	update feedback f
	   set state = 'read', read_at = coalesce(f.read_at, clock()),
	       useful = (:body -> 'useful')::smallint, did = :body ->> 'did',
	       useful_at = clock(), version = f.version + 1,
	       updated_at = clock()
	 where f.org_id = :auth.org and f.id = :path.feedback_id
	returning f.id, f.version
), noticed as (
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id, actor_id)
	select :auth.org, b.giver_id, 'feedback_useful', 'feedback', b.id,
	       :auth.person
	  from before b
	 where b.useful is null and not exists (
		select from blocked_pair p
		 where p.org_id = :auth.org and p.person_id = :auth.person
		   and p.other_id = b.giver_id)
)
insert into outbox (org_id, event, object_id, version, actor_id)
select :auth.org, 'feedback.usefulness_said', c.id, c.version, :auth.person
  from changed c;

:as(get_feedback)
