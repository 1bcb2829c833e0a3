insert into timer (org_id, kind, object_id, due_at)
values (:auth.org, :arg.kind, :arg.object_id::uuid, :arg.due_at::timestamptz)
on conflict on constraint timer_already_set do update
   set due_at = excluded.due_at, leased_until = null, parked_at = null,
       attempts = 0
