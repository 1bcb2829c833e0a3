-- Twice as long a wait after each failure, an hour at most, and some chance
-- so that those who failed together do not come back together.
update timer
   set last_error = :arg.sqlstate,
       leased_until = null,
       parked_at = case when attempts >= 12 then clock() end,
       due_at = clock() + least(interval '1 hour',
                                interval '5 seconds' * 2 ^ least(attempts, 20))
                          * (0.75 + random() / 4)
 where org_id = :auth.org and id = :arg.timer_id::uuid
   and turn = :arg.turn::bigint
