create or replace view blocked_pair with (security_invoker = true) as
select b.org_id, b.blocker_id as person_id, b.blocked_id as other_id
  from person_block b
union all
select b.org_id, b.blocked_id, b.blocker_id
  from person_block b;
