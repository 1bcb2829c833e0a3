-- For nobody in particular: each row is then done in its own organisation.
select org_id, id, kind, turn
  from take_jobs(:arg.limit::bigint, :arg.lease_s::bigint)
