-- What is live when the time has come decides; a goal that rests or has ended
-- has no row, and with it its timer goes.
select from goal g
 where g.org_id = :auth.org and g.id = :arg.object_id::uuid
   for no key update;

with due as (
	select r.goal_id, r.person_id, r.kind
	  from goal_reminder r
	 where r.org_id = :auth.org and r.goal_id = :arg.object_id::uuid
	   and r.kind is not null
), told as (
	update goal g
	   set reminded_at = clock()
	  from due d
	 where g.org_id = :auth.org and g.id = d.goal_id
)
insert into notification (org_id, person_id, kind, object_kind, object_id)
select :auth.org, d.person_id,
       case d.kind when 'goal_due_soon' then 'goal_due_soon'
                   else 'goal_silent' end, 'goal', d.goal_id
  from due d;

update timer t
   set leased_until = null, due_at = r.next_at
  from goal_reminder r
 where t.org_id = :auth.org and t.id = :arg.timer_id::uuid
   and r.org_id = t.org_id and r.goal_id = t.object_id
