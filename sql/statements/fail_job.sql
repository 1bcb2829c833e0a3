-- Five attempts; a problem of its own (not a passing one) ends it at once.
update job
   set state = case when over then 'failed' else 'queued' end,
       problem = :arg.problem,
       leased_until = null,
       finished_at = case when over then clock() end,
       due_at = clock() + interval '5 seconds' * 2 ^ least(attempts, 10)
                          * (0.75 + random() / 4),
       updated_at = clock(), version = version + 1
  from (
	select j.id, j.attempts >= 5 or not :arg.passing::boolean as over
	  from job j
	 where j.org_id = :auth.org and j.id = :arg.job_id::uuid
	   and j.turn = :arg.turn::bigint and j.state = 'running'
	   for update
  ) seen
 where job.org_id = :auth.org and job.id = seen.id
