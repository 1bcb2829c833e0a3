-- Skills of goals: of a merged one the survivor, once.
create or replace view goal_skill_label with (security_invoker = true) as
select distinct k.org_id, k.goal_id, s.id as skill_id, s.name, s.labels
  from goal_skill k
  join skill_survivor s on s.org_id = k.org_id and s.named_id = k.skill_id;
