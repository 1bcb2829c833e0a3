-- Skills of goals: of a merged one the survivor, once.
create or replace view goal_skill_label with (security_invoker = true) as
select distinct k.org_id, k.goal_id, s.id as skill_id, s.name, s.labels
  from goal_skill k
  join skill m on m.org_id = k.org_id and m.id = k.skill_id
 cross join lateral (
	select o.id, o.name, o.labels
	  from skill o
	 where o.org_id = m.org_id
	   and o.id = (select coalesce(m.merged_into, m.id))
	 limit 1
 ) s;
