select j.id, j.kind, j.state, j.progress, j.result, j.problem,
       j.requested_by, j.version, j.created_at, j.updated_at, j.started_at,
       j.finished_at
  from job j
 where j.org_id = :auth.org and j.id = :path.job_id
   and (j.requested_by = :auth.person or 'hr' = any(:auth.roles))
