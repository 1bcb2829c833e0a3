-- Evidence is seen with its claim.  The limit holds the planner to one look at
-- the claim for each evidence, whatever it believes of the tables' sizes.
create or replace view visible_claim_evidence with (security_invoker = true) as
select e.org_id, e.id, e.claim_id, c.person_id, e.type, e.title, e.url,
       e.happened_on, e.created_at
  from claim_evidence e
 cross join lateral (
	select v.person_id
	  from visible_claim v
	 where v.org_id = e.org_id and v.id = e.claim_id
	   and v.deleted_at is null
	 limit 1
 ) c;
