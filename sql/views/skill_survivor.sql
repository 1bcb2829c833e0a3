-- A skill, or what it was merged into, under the id that it was named by.  The
-- limit holds the planner to one look for each.
create or replace view skill_survivor with (security_invoker = true) as
select m.org_id, m.id as named_id, s.id, s.name, s.labels
  from skill m
 cross join lateral (
	select o.id, o.name, o.labels
	  from skill o
	 where o.org_id = m.org_id
	   and o.id = (select coalesce(m.merged_into, m.id))
	 limit 1
 ) s;
