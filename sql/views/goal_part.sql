-- Goals of somebody's own, and those where they were asked or came along.
create or replace view goal_part with (security_invoker = true) as
select g.org_id, g.person_id, g.id as goal_id
  from goal g
union all
select c.org_id, c.person_id, c.goal_id
  from goal_companion c
 where c.state in ('invited', 'accepted');
