-- In the transaction of the work itself, last: whoever lost the turn loses
-- the work too. Work that gave its timer another moment keeps the timer.
with held as materialized (
	select t.id, t.leased_until
	  from timer t
	 where t.org_id = :auth.org and t.id = :arg.timer_id::uuid
	   and t.turn = :arg.turn::bigint
	   for update
), done as (
	delete from timer t using held
	 where t.org_id = :auth.org and t.id = held.id
	   and held.leased_until is not null
), again as (
	update timer t set attempts = 0, last_error = null
	  from held
	 where t.org_id = :auth.org and t.id = held.id
	   and held.leased_until is null
)
select refuse(case when not exists (select from held) then 'turn_lost' end)
	as _refuse
