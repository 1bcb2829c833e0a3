-- Of each active goal: what its owner is to be told now, and when to look
-- again.  Silence counts once a month has passed, whatever comes after; the
-- last day from eight in the morning a week before, where the owner lives, for
-- whoever has not touched the goal since.  A pause of the jobs process never
-- makes two of one.
create or replace view goal_reminder with (security_invoker = true) as
select g.org_id, g.id as goal_id, g.person_id,
       case when not p.active or p.deleted_at is not null then null
            when m.near_at <= clock() and g.due_on >= today()
             and coalesce(g.reminded_at < m.near_at, true)
            then 'goal_due_soon'
            when m.silent_at <= clock()
             and coalesce(g.reminded_at < m.silent_at, true)
            then 'goal_silent' end as kind,
       least(case when m.silent_at > clock() then m.silent_at
                  else clock() + interval '30 days' end,
             case when m.near_at > clock() then m.near_at end) as next_at
  from goal g
  join person p on p.org_id = g.org_id and p.id = g.person_id
 cross join lateral (
	select g.signed_at + interval '30 days' as silent_at,
	       case when n.at > g.signed_at then n.at end as near_at
	  from (
		select ((g.due_on - 7) + time '08:00')
		       at time zone p.zone as at
	 ) n
 ) m
 where g.state = 'active' and g.deleted_at is null;
