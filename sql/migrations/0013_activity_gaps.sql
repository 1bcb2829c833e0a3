insert into timer (org_id, kind, object_id, due_at)
select o.id, 'purge_seat_links', o.id, clock() + interval '1 hour'
  from organisation o
on conflict on constraint timer_already_set do nothing;

-- Who has been silent for long is not told so because of a new release.
alter table goal add column reminded_at timestamptz;
comment on column goal.reminded_at is 'personal: owner; keep: until erased. When the owner was last told that it fell silent or that its last day is near.';
update goal g
   set reminded_at = clock()
 where g.state = 'active' and g.signed_at + interval '30 days' <= clock();

insert into timer (org_id, kind, object_id, due_at)
select g.org_id, 'remind_goal', g.id, clock()
  from goal g
 where g.state = 'active' and g.deleted_at is null
on conflict on constraint timer_already_set do nothing;
