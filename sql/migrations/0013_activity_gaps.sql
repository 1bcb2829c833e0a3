insert into timer (org_id, kind, object_id, due_at)
select o.id, 'purge_seat_links', o.id, clock() + interval '1 hour'
  from organisation o
on conflict on constraint timer_already_set do nothing;
