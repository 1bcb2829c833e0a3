-- What takes longer than any request is dated when it is there to be seen, and
-- not when it began: whoever follows a list by as_of, ten seconds back, would
-- pass it by.
create function clock_by_now() returns timestamptz
language sql volatile
as $$
	select clock() + coalesce(clock_timestamp() - a.xact_start, '0')
	  from pg_stat_get_activity(pg_backend_pid()) a
$$;
