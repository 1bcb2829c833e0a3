-- Evidence is seen with its claim.
create or replace view visible_claim_evidence with (security_invoker = true) as
select e.org_id, e.id, e.claim_id, c.person_id, e.type, e.title, e.url,
       e.happened_on, e.created_at
  from visible_claim c
  join claim_evidence e on e.org_id = c.org_id and e.claim_id = c.id
 where c.deleted_at is null;
