-- Also keeps the lease; no row: somebody else has taken the job over.
update job
   set progress = :arg.progress::jsonb,
       leased_until = clock() + make_interval(secs => :arg.lease_s::bigint),
       updated_at = clock(), version = version + 1
 where org_id = :auth.org and id = :arg.job_id::uuid
   and turn = :arg.turn::bigint and state = 'running'
returning id
