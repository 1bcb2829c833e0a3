-- The claims that merges put aside for another one of the same person: whoever
-- deletes that one deletes them too.
create or replace view aside_claim with (security_invoker = true) as
select c.org_id, c.id as claim_id, a.id
  from claim c
  join skill s on s.org_id = c.org_id and s.merged_into = c.skill_id
  join claim a on a.org_id = c.org_id and a.person_id = c.person_id
   and a.skill_id = s.id and a.merge_id is not null;
