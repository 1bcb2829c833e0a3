-- Puts a clock in clock()'s place that tests can move, all sessions at once:
-- update test_clock set shift = '2 hours'. One session alone: the setting
-- hefboom.clock, another interval.
do $$
begin
	create table if not exists test_clock (
		one boolean not null default true,
		shift interval not null default '0',
		constraint test_clock_key primary key (one),
		constraint test_clock_one check (one)
	);
	insert into test_clock default values on conflict do nothing;
	grant select on test_clock to public;
	comment on column test_clock.one is 'personal: none; keep: always';
	comment on column test_clock.shift is 'personal: none; keep: always';
	create or replace function clock() returns timestamptz
	language sql stable
	as $clock$
		select transaction_timestamp()
		       + (select shift from public.test_clock)
		       + coalesce(nullif(current_setting('hefboom.clock', true),
		                         ''), '0')::interval
	$clock$;
end
$$
