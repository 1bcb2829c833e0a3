select from feedback f
 where f.org_id = :auth.org and f.id = :path.feedback_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when v.id is null then 'not_found'
	            when v.relation <> 'receiver' then 'forbidden'
	            when not exists (
			select from person p
			 where p.org_id = :auth.org and p.id = :path.person_id
			   and p.id <> :auth.person and p.active
			   and p.deleted_at is null
			   and not exists (
				select from blocked_pair b
				 where b.org_id = :auth.org
				   and b.person_id = :auth.person
				   and b.other_id = p.id))
	            then 'not_found'
	            when v.giver_id = :path.person_id then 'shared_with_giver'
	            when (
			select count(h.person_id)
			  from feedback_share h
			 where h.org_id = :auth.org
			   and h.feedback_id = :path.feedback_id
			   and h.person_id <> :path.person_id) >= 50
	            then 'feedback_shares_full'
	       end as problem
	  from (select) one
	  left join visible_feedback v
	    on v.org_id = :auth.org and v.id = :path.feedback_id
	   and v.deleted_at is null
  ) seen;

with made as (
	insert into feedback_share (org_id, feedback_id, person_id)
	select :auth.org, v.id, :path.person_id
	  from visible_feedback v
	 where v.org_id = :auth.org and v.id = :path.feedback_id
	on conflict on constraint feedback_share_key do nothing
	returning feedback_id
)
insert into outbox (org_id, event, object_id, actor_id, body)
select :auth.org, 'feedback.shared', m.feedback_id, :auth.person,
       jsonb_build_object('person_id', :path.person_id)
  from made m;

select h.person_id, p.display_name, h.created_at
  from feedback_share h
  join person p on p.org_id = h.org_id and p.id = h.person_id
 where h.org_id = :auth.org and h.feedback_id = :path.feedback_id
   and h.person_id = :path.person_id
