-- How it goes is for the owner and companions.
create or replace view visible_goal_check_in with (security_invoker = true) as
select c.org_id, c.id, c.goal_id, c.text, c.created_at
  from goal_check_in c
 cross join lateral (
	select g.id
	  from visible_goal g
	 where g.org_id = c.org_id and g.id = c.goal_id
	   and g.deleted_at is null and g.part in ('owner', 'companion')
	 limit 1
 ) v;
