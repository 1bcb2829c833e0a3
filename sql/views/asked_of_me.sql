-- What waits for somebody's answer; one block a kind.  A column of home, and
-- each block has an index by person behind it.
create or replace view asked_of_me with (security_invoker = true) as
select t.org_id, t.person_id, t.kind, t.object_kind, t.object_id, t.asked_at,
       t.due_at
  from (
	select null::uuid as org_id, null::uuid as person_id, null as kind,
	       null as object_kind, null::uuid as object_id,
	       null::timestamptz as asked_at, null::timestamptz as due_at
	 where false
	union all
	select c.org_id, c.person_id, 'skill_stale', 'claim', c.id,
	       (c.valid_until + 1)::timestamp at time zone 'UTC', null
	  from visible_claim c
	 where c.state = 'stale' and c.deleted_at is null
	union all
	select s.org_id, s.person_id, 'seat_offered', 'seat', s.id,
	       s.updated_at, s.expires_at
	  from my_seat s
	 where s.state = 'offered'
	union all
	select c.org_id, c.person_id, 'goal_companion_invited', 'goal',
	       c.goal_id, c.created_at, null
	  from goal_companion c
	 where c.state = 'invited'
	   and exists (
		select from visible_goal g
		 where g.org_id = c.org_id and g.id = c.goal_id
		   and g.deleted_at is null)
	union all
	select q.org_id, q.asked_id, 'feedback_requested', 'feedback_request',
	       q.id, q.created_at, q.due_at
	  from visible_feedback_request q
	 where q.state = 'open' and q.relation = 'asked'
  ) t;
