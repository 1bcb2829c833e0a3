-- Which goals somebody might see because of who they are to each other; who may
-- is said by visible_goal.
create or replace view goal_near with (security_invoker = true) as
select b.org_id, b.person_id, b.goal_id
  from goal_part b
union all
select g.org_id, t.person_id, g.id
  from teammate t
  join goal g on g.org_id = t.org_id and g.person_id = t.mate_id
   and g.visibility = 'team';
