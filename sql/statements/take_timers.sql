-- For nobody in particular: each row is then done in its own organisation.
select org_id, id, kind, object_id, turn
  from take_timers(:arg.limit::bigint, :arg.lease_s::bigint)
