-- In the transaction of the work itself, last: whoever lost the turn loses
-- the work too.
with done as (
	update job
	   set state = 'done', problem = null,
	       leased_until = null, finished_at = clock(),
	       updated_at = clock(), version = version + 1
	 where org_id = :auth.org and id = :arg.job_id::uuid
	   and turn = :arg.turn::bigint and state = 'running'
	returning id
)
select refuse(case when not exists (select from done) then 'turn_lost' end)
	as _refuse
