-- One's own always: it can be taken back whatever became of the claim.  Of
-- others, with the claim, unless a block stands between any two of reader,
-- owner and endorser; what is hidden or withdrawn only the owner still sees.  The limits hold the planner
-- to one look at the claim and at the endorser for each.
create or replace view visible_endorsement with (security_invoker = true) as
select e.org_id, e.id, e.claim_id, e.person_id, e.endorser_id,
       p.display_name as endorser_name, e.saw_in, e.exchange_id, e.level_seen,
       e.text, e.state, e.hidden_at,
       e.created_at > clock() - interval '24 months' as fresh, e.version,
       e.created_at, e.updated_at
  from endorsement e
 cross join lateral (
	select o.display_name
	  from person o
	 where o.org_id = e.org_id and o.id = e.endorser_id
	   and o.deleted_at is null
	 limit 1
 ) p
  left join lateral (
	select v.id
	  from visible_claim v
	 where v.org_id = e.org_id and v.id = e.claim_id
	   and v.deleted_at is null
	 limit 1
 ) c on true
 where e.endorser_id
	= (select nullif(current_setting('hefboom.person', true), '')::uuid)
    or c.id is not null
	and (e.state = 'given' or e.person_id = (select nullif(
		current_setting('hefboom.person', true), '')::uuid))
	and e.endorser_id <> all (array(
		select b.other_id
		  from blocked_pair b
		 where b.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and b.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	and not exists (
		select from blocked_pair b
		 where b.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and b.person_id = e.person_id
		   and b.other_id = e.endorser_id);
