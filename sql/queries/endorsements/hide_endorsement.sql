select from endorsement e
 where e.org_id = :auth.org and e.id = :path.endorsement_id
   for no key update;

select refuse(seen.problem)
  from (
	select case when e.id is null then 'not_found'
	            when e.person_id <> :auth.person then 'forbidden'
	            when stale(:if_match, e.version) then 'stale_version'
	            when e.state <> 'given' then 'endorsement_not_given'
	       end as problem
	  from (select) one
	  left join visible_endorsement e
	    on e.org_id = :auth.org and e.id = :path.endorsement_id
  ) seen;

with changed as (
	update endorsement e
	   set state = 'hidden', hidden_at = clock(),
	       version = e.version + 1, updated_at = clock()
	 where e.org_id = :auth.org and e.id = :path.endorsement_id
	returning e.id, e.claim_id, e.version
)
insert into outbox (org_id, event, object_id, version, actor_id, body)
select :auth.org, 'endorsement.updated', c.id, c.version, :auth.person,
       jsonb_build_object('claim_id', c.claim_id,
           'changed', jsonb_build_array('state'))
  from changed c;

:as(get_endorsement)
