create function local_instant(local timestamp, zone text) returns timestamptz
language sql stable parallel safe
as $$
	select case when early.instant at time zone zone = local
	            then early.instant else late.instant end
	  from (select local at time zone zone as instant) late
	 cross join lateral (
		select (local - ((late.instant - interval '24 hours')
		                 at time zone zone
		                 - (late.instant - interval '24 hours')
		                 at time zone 'UTC')) at time zone 'UTC'
		           as instant
	 ) early
$$;
comment on function local_instant is 'When a clock there shows that. When it does so twice, the first: with the offset of the day before. When it never does, another moment, at which it shows something else.';

create function session_during(local timestamp, zone text, duration_min bigint)
returns tstzrange
language sql stable parallel safe
as $$
	select tstzrange(i.instant,
	                 i.instant + make_interval(mins => duration_min::int))
	  from (select local_instant(local, zone) as instant) i
	 where local is not null
$$;
comment on function session_during is 'Its end is a length of time later, whatever the clocks do meanwhile.';

alter table session add column soonest_at timestamptz not null
	generated always as (coalesce(lower(during),
		'9999-12-31 00:00:00+00'::timestamptz)) stored;
comment on column session.soonest_at is 'personal: none; keep: until erased. The start, to sort by: what has none comes last.';
create index session_by_soonest on session (org_id, soonest_at, id);
alter table session add constraint session_notes_length
	check (char_length(notes) between 1 and 10000);
alter table session add constraint session_recap_length
	check (char_length(recap) between 1 and 5000);
alter table session add constraint session_reason_length
	check (char_length(state_reason) between 1 and 1000);

create table session_skill (
	org_id uuid not null,
	session_id uuid not null,
	skill_id uuid not null,
	constraint session_skill_key primary key (org_id, session_id, skill_id),
	constraint session_skill_session foreign key (org_id, session_id)
		references session (org_id, id),
	constraint session_skill_skill foreign key (org_id, skill_id)
		references skill (org_id, id)
);
create index session_skill_by_skill
	on session_skill (org_id, skill_id, session_id);
comment on table session_skill is 'What a session is about.';
comment on column session_skill.org_id is 'personal: none; keep: until erased';
comment on column session_skill.session_id is 'personal: none; keep: until erased';
comment on column session_skill.skill_id is 'personal: none; keep: until erased. As it was named; read as its survivor.';
alter table session_skill enable row level security;
create policy own_organisation on session_skill
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table session_option (
	org_id uuid not null,
	id uuid not null default uuid7(),
	session_id uuid not null,
	starts_local timestamp not null,
	during tstzrange not null,
	created_at timestamptz not null default clock(),
	constraint session_option_key primary key (org_id, id),
	constraint session_option_session foreign key (org_id, session_id)
		references session (org_id, id),
	constraint session_option_once unique (org_id, session_id, starts_local)
);
comment on table session_option is 'When a session could be, while its poll asks who can.';
comment on column session_option.org_id is 'personal: none; keep: until erased';
comment on column session_option.id is 'personal: none; keep: until erased';
comment on column session_option.session_id is 'personal: none; keep: until erased';
comment on column session_option.starts_local is 'personal: none; keep: until erased. In the zone of the session.';
comment on column session_option.during is 'personal: none; keep: until erased. What that comes to.';
comment on column session_option.created_at is 'personal: none; keep: until erased';
alter table session_option enable row level security;
create policy own_organisation on session_option
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table session_answer (
	org_id uuid not null,
	session_id uuid not null,
	option_id uuid not null,
	person_id uuid not null,
	answer text not null,
	created_at timestamptz not null default clock(),
	constraint session_answer_key
		primary key (org_id, session_id, option_id, person_id),
	constraint session_answer_session foreign key (org_id, session_id)
		references session (org_id, id),
	constraint session_answer_option foreign key (org_id, option_id)
		references session_option (org_id, id) on delete cascade,
	constraint session_answer_person foreign key (org_id, person_id)
		references person (org_id, id),
	constraint session_answer_known
		check (answer in ('yes', 'if_needed', 'no'))
);
create index session_answer_by_option on session_answer (org_id, option_id);
create index session_answer_by_person on session_answer (org_id, person_id);
comment on table session_answer is 'Who can when.';
comment on column session_answer.org_id is 'personal: none; keep: until erased';
comment on column session_answer.session_id is 'personal: owner; keep: until erased';
comment on column session_answer.option_id is 'personal: owner; keep: until erased';
comment on column session_answer.person_id is 'personal: owner; keep: until erased';
comment on column session_answer.answer is 'personal: owner; keep: until erased';
comment on column session_answer.created_at is 'personal: owner; keep: until erased';
alter table session_answer enable row level security;
create policy own_organisation on session_answer
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

do $made$
begin
	execute format($zone$
		create function zone_known(zone text) returns boolean
		language sql stable parallel safe
		as $body$
			select case when zone is null then null
			            when zone = any (%L::text[]) then true
			            else exists (select from pg_timezone_names z
			                          where z.name = zone) end
		$body$
	$zone$, (select array_agg(z.name order by z.name)
	           from pg_timezone_names z where z.name !~ '^posix'));
end
$made$;
comment on function zone_known is 'So spelt. Most names are in it: pg_timezone_names reads all their files at each look, and is asked for what a newer tzdata brought.';
