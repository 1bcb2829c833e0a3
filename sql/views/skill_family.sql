-- The skill that somebody asks for, its survivor, and all that went up in it.
create or replace view skill_family with (security_invoker = true) as
select m.org_id, m.id as asked_id, s.id
  from skill m
 cross join lateral (
	select o.id
	  from skill o
	 where o.org_id = m.org_id
	   and o.id = (select coalesce(m.merged_into, m.id))
	union all
	select o.id
	  from skill o
	 where o.org_id = m.org_id
	   and o.merged_into = (select coalesce(m.merged_into, m.id))
 ) s;
