select from endorsement e
 where e.org_id = :auth.org and e.id = :path.endorsement_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when e.id is null then 'not_found'
	            when e.endorser_id <> :auth.person then 'forbidden'
	            when stale(:if_match, e.version) then 'stale_version'
	            when e.state = 'withdrawn' then 'endorsement_withdrawn'
	       end as problem
	  from (select) one
	  left join visible_endorsement e
	    on e.org_id = :auth.org and e.id = :path.endorsement_id
  ) seen;

with changed as (
	update endorsement e
	   set state = 'withdrawn', text = null, level_seen = null,
	       version = e.version + 1, updated_at = clock()
	 where e.org_id = :auth.org and e.id = :path.endorsement_id
	returning e.id, e.claim_id, e.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'endorsement.withdrawn', c.id, c.version, :auth.person,
	       jsonb_build_object('claim_id', c.claim_id)
	  from changed c
)
select c.id as _id
  from changed c
