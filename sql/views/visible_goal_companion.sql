-- The owner sees whoever was asked, companions see each other; nobody sees whom
-- a block keeps apart.
create or replace view visible_goal_companion
	with (security_invoker = true) as
select c.org_id, c.goal_id, c.person_id, p.display_name, c.state, c.version,
       c.created_at, c.updated_at
  from goal_companion c
 cross join lateral (
	select g.part
	  from visible_goal g
	 where g.org_id = c.org_id and g.id = c.goal_id
	   and g.deleted_at is null
	 limit 1
 ) v
 cross join lateral (
	select o.display_name
	  from person o
	 where o.org_id = c.org_id and o.id = c.person_id
	   and o.active and o.deleted_at is null
	 limit 1
 ) p
 where (v.part = 'owner' or v.part = 'companion' and c.state = 'accepted')
   and c.person_id <> all (array(
	select b.other_id
	  from blocked_pair b
	 where b.org_id = nullif(current_setting('hefboom.org', true), '')::uuid
	   and b.person_id = nullif(
	       current_setting('hefboom.person', true), '')::uuid));
