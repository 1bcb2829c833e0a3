-- One's own always.  Of others, who are active and where no block stands
-- between: `org` for whoever works here today, `team` for whoever shares a
-- team today, `me` for nobody.  No role reads more.  The limit holds the
-- planner to one look at the person for each claim that is wanted.
create or replace view visible_claim with (security_invoker = true) as
select c.org_id, c.id, c.person_id, c.skill_id, c.level, c.interest,
       c.can_help, c.wants_to_learn, c.visibility, c.source, c.state, c.note,
       c.valid_until, c.lot, c.version, c.created_at, c.updated_at,
       c.deleted_at, p.display_name as person_name
  from claim c
 cross join lateral (
	select o.display_name
	  from person o
	 where o.org_id = c.org_id and o.id = c.person_id
	   and o.active and o.deleted_at is null
	 limit 1
 ) p
 where (c.person_id
	= (select nullif(current_setting('hefboom.person', true), '')::uuid)
	or c.deleted_at is null
	and (c.visibility = 'org' and (select exists (
		select from present_employment e
		 where e.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and e.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid))
	  or c.visibility = 'team' and c.person_id = any (array(
		select t.mate_id
		  from teammate t
		 where t.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and t.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid)))
	and c.person_id <> all (array(
		select b.other_id
		  from blocked_pair b
		 where b.org_id
		       = nullif(current_setting('hefboom.org', true), '')::uuid
		   and b.person_id = nullif(
		       current_setting('hefboom.person', true), '')::uuid)));
