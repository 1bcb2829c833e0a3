select from claim c
 where c.org_id = :auth.org and c.id = :path.claim_id
   and c.person_id = :auth.person
   for no key update;

with gone as (
	delete from claim_evidence e
	 using visible_claim c
	 where e.org_id = :auth.org and e.id = :path.evidence_id
	   and e.claim_id = :path.claim_id
	   and c.org_id = e.org_id and c.id = e.claim_id
	   and c.person_id = :auth.person and c.deleted_at is null
	returning e.id, e.claim_id
), changed as (
	update claim c
	   set state = case when c.state = 'stale' then 'stale'
	                    when exists (
				select from visible_claim_evidence e
				 where e.org_id = :auth.org
				   and e.claim_id = :path.claim_id
				   and e.id <> g.id)
	                    then 'evidenced' else 'stated' end,
	       version = c.version + 1, updated_at = clock()
	  from gone g
	 where c.org_id = :auth.org and c.id = g.claim_id
	returning c.id, c.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id, body)
	select :auth.org, 'claim.updated', c.id, c.version, :auth.person,
	       jsonb_build_object('changed', jsonb_build_array('evidence'))
	  from changed c
)
select g.id as _id
  from gone g
