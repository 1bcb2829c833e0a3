select j.kind, j.requested_by, j.parameters, j.attempts
  from job j
 where j.org_id = :auth.org and j.id = :arg.job_id::uuid
   and j.turn = :arg.turn::bigint
