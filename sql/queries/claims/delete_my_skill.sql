select from claim c
 where c.org_id = :auth.org and c.id = :path.claim_id
   and c.person_id = :auth.person
   for no key update;

select refuse(seen.problem)
  from (
	select case when c.id is null then 'not_found'
	            when stale(:if_match, c.version) then 'stale_version'
	       end as problem
	  from (select) one
	  left join visible_claim c
	    on c.org_id = :auth.org and c.id = :path.claim_id
	   and c.person_id = :auth.person and c.deleted_at is null
  ) seen;

delete from claim_evidence e
 where e.org_id = :auth.org
   and (e.claim_id = :path.claim_id or e.claim_id in (
	select a.id from aside_claim a
	 where a.org_id = :auth.org and a.claim_id = :path.claim_id));

delete from endorsement e
 where e.org_id = :auth.org
   and (e.claim_id = :path.claim_id or e.claim_id in (
	select a.id from aside_claim a
	 where a.org_id = :auth.org and a.claim_id = :path.claim_id));

delete from timer t
 where t.org_id = :auth.org and t.kind = 'expire_claim'
   and (t.object_id = :path.claim_id or t.object_id in (
	select a.id from aside_claim a
	 where a.org_id = :auth.org and a.claim_id = :path.claim_id));

update claim c
   set merge_id = null, updated_at = clock(), version = c.version + 1,
       level = 1, interest = null, can_help = 'no', wants_to_learn = false,
       note = null, valid_until = null
 where c.org_id = :auth.org and c.id in (
	select a.id from aside_claim a
	 where a.org_id = :auth.org and a.claim_id = :path.claim_id);

with gone as (
	update claim c
	   set state = 'retired', deleted_at = clock(), updated_at = clock(),
	       version = c.version + 1, level = 1, interest = null,
	       can_help = 'no', wants_to_learn = false, note = null,
	       valid_until = null
	 where c.org_id = :auth.org and c.id = :path.claim_id
	returning c.id, c.version
), told as (
	insert into outbox (org_id, event, object_id, version, actor_id)
	select :auth.org, 'claim.deleted', g.id, g.version, :auth.person
	  from gone g
)
select g.id as _id
  from gone g
