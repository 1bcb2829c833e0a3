create extension if not exists pg_trgm with schema public;
create extension if not exists unaccent with schema public;
create extension if not exists btree_gist with schema public;

create function clock() returns timestamptz
language sql stable parallel safe
as $$ select now() $$;
comment on function clock is 'The only clock that SQL asks. A server started with HEFBOOM_TEST_CLOCK has another one in its place.';

create function today() returns date
language sql stable parallel safe
as $$ select (clock() at time zone 'UTC')::date $$;

create function refuse(code text) returns void
language plpgsql strict
as $$
begin
	raise exception using errcode = 'HB000', message = code;
end
$$;
comment on function refuse(text) is 'Volatile, lest the planner refuse on its own.';

create function refuse(code text, params jsonb) returns void
language plpgsql
as $$
begin
	if code is not null then
		raise exception using errcode = 'HB000', message = code,
			detail = coalesce(params, '{}')::text;
	end if;
end
$$;

create function stale(if_match bigint, version bigint) returns boolean
language sql immutable parallel safe
as $$ select if_match is not null and if_match <> version $$;

create function merge_patch(target jsonb, patch jsonb) returns jsonb
language plpgsql immutable parallel safe
as $$
begin
	if patch is null then
		return target;
	end if;
	if jsonb_typeof(patch) <> 'object' then
		return patch;
	end if;
	if target is null or jsonb_typeof(target) <> 'object' then
		target := '{}';
	end if;
	return (
		select coalesce(jsonb_object_agg(coalesce(p.key, t.key),
		           case when p.key is null then t.value
		                else merge_patch(t.value, p.value) end), '{}')
		  from jsonb_each(target) t
		  full join jsonb_each(patch) p on p.key = t.key
		 where p.value is distinct from 'null'
	);
end
$$;
comment on function merge_patch is 'RFC 7396.';

create function uuid7() returns uuid
language plpgsql volatile parallel safe
as $$
declare
	ticks constant bigint := floor(extract(epoch from clock_timestamp())
	                               * 4096000);
begin
	return encode(overlay(uuid_send(gen_random_uuid())
		placing int8send(((ticks >> 12) << 16) | 28672 | (ticks & 4095))
		from 1 for 8), 'hex')::uuid;
end
$$;
comment on function uuid7 is 'RFC 9562, section 5.7, with 12 bits of the millisecond''s fraction.';

create function normalize_label(label text) returns text
language plpgsql immutable strict parallel safe
as $$
begin
	return btrim(regexp_replace(
		lower(public.unaccent('public.unaccent', normalize(label, nfkc))
		      collate "und-x-icu"),
		'\s+', ' ', 'g'));
end
$$;
comment on function normalize_label is 'What labels share that a reader takes for the same: case, accents, compatibility forms and blanks apart. Independent of the database''s locale.';

create table organisation (
	id uuid not null,
	name text not null,
	title text not null,
	language text not null default 'en',
	zone text not null default 'Europe/Brussels',
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint organisation_key primary key (id),
	constraint organisation_name_taken unique (name),
	constraint organisation_name_form
		check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
	constraint organisation_title_length
		check (char_length(title) between 1 and 200),
	constraint organisation_language_known
		check (language in ('en', 'nl', 'fr', 'de'))
);
comment on table organisation is 'Whoever the server serves; everything else belongs to one.';
comment on column organisation.id is 'personal: none; keep: while the organisation exists';
comment on column organisation.name is 'personal: none; keep: while the organisation exists. As tokens name it.';
comment on column organisation.title is 'personal: none; keep: while the organisation exists. As people read it.';
comment on column organisation.language is 'personal: none; keep: while the organisation exists. For people who chose none.';
comment on column organisation.zone is 'personal: none; keep: while the organisation exists. For people who chose none.';
comment on column organisation.version is 'personal: none; keep: while the organisation exists';
comment on column organisation.created_at is 'personal: none; keep: while the organisation exists';
comment on column organisation.updated_at is 'personal: none; keep: while the organisation exists';
alter table organisation enable row level security;
create policy own_organisation on organisation
	using (id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table idempotency_key (
	org_id uuid not null,
	caller text not null,
	key text not null,
	hash text not null,
	answer text,
	created_at timestamptz not null default clock(),
	constraint idempotency_key_used primary key (org_id, caller, key)
);
create index idempotency_key_age on idempotency_key (org_id, created_at);
comment on table idempotency_key is 'What was answered under an Idempotency-Key, in the transaction of its effect.';
comment on column idempotency_key.org_id is 'personal: none; keep: 72 hours';
comment on column idempotency_key.caller is 'personal: owner; keep: 72 hours. A person''s id, or a machine''s client.';
comment on column idempotency_key.key is 'personal: owner; keep: 72 hours';
comment on column idempotency_key.hash is 'personal: owner; keep: 72 hours. Of method, path, If-Match and body.';
comment on column idempotency_key.answer is 'personal: owner; keep: 72 hours. The reply''s columns as text.';
comment on column idempotency_key.created_at is 'personal: owner; keep: 72 hours';
alter table idempotency_key enable row level security;
create policy own_organisation on idempotency_key
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table outbox (
	org_id uuid not null,
	id bigint generated always as identity,
	event text not null,
	object_id uuid not null,
	version bigint,
	actor_id uuid,
	body jsonb not null default '{}',
	created_at timestamptz not null default clock(),
	txid xid8 not null default pg_current_xact_id(),
	constraint outbox_key primary key (org_id, id)
);
comment on table outbox is 'Events of openapi/events.yaml. Those below the oldest running transaction are complete: txid < pg_snapshot_xmin(pg_current_snapshot()).';
comment on column outbox.org_id is 'personal: none; keep: 90 days';
comment on column outbox.id is 'personal: none; keep: 90 days. Not the order of commits.';
comment on column outbox.event is 'personal: subject; keep: 90 days';
comment on column outbox.object_id is 'personal: subject; keep: 90 days';
comment on column outbox.version is 'personal: none; keep: 90 days. Orders the events of one object.';
comment on column outbox.actor_id is 'personal: owner; keep: 90 days. Null: a machine, the clock or the command line.';
comment on column outbox.body is 'personal: subject; keep: 90 days';
comment on column outbox.created_at is 'personal: subject; keep: 90 days';
comment on column outbox.txid is 'personal: none; keep: 90 days';
alter table outbox enable row level security;
create policy own_organisation on outbox
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table timer (
	org_id uuid not null,
	id uuid not null default uuid7(),
	kind text not null,
	object_id uuid not null,
	due_at timestamptz not null,
	attempts integer not null default 0,
	turn bigint not null default 0,
	leased_until timestamptz,
	parked_at timestamptz,
	last_error text,
	created_at timestamptz not null default clock(),
	constraint timer_key primary key (org_id, id),
	constraint timer_already_set unique (org_id, kind, object_id)
);
create index timer_due on timer (due_at) where parked_at is null;
comment on table timer is 'What sql/jobs/KIND.sql does to an object at a moment. The turn only grows: whoever took a timer and fell asleep cannot finish what a rival took since.';
comment on column timer.org_id is 'personal: none; keep: until done';
comment on column timer.id is 'personal: none; keep: until done';
comment on column timer.kind is 'personal: none; keep: until done. A file of sql/jobs.';
comment on column timer.object_id is 'personal: subject; keep: until done';
comment on column timer.due_at is 'personal: none; keep: until done';
comment on column timer.attempts is 'personal: none; keep: until done. Since it last succeeded.';
comment on column timer.turn is 'personal: none; keep: until done. How often it was taken.';
comment on column timer.leased_until is 'personal: none; keep: until done. Null when nobody works on it.';
comment on column timer.parked_at is 'personal: none; keep: until done. Failed too often; an operator decides.';
comment on column timer.last_error is 'personal: none; keep: until done. An SQLSTATE.';
comment on column timer.created_at is 'personal: none; keep: until done';
alter table timer enable row level security;
create policy own_organisation on timer
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table job (
	org_id uuid not null,
	id uuid not null,
	kind text not null,
	state text not null default 'queued',
	requested_by uuid,
	parameters jsonb not null default '{}',
	progress jsonb,
	result jsonb,
	problem text,
	attempts integer not null default 0,
	turn bigint not null default 0,
	due_at timestamptz not null default clock(),
	leased_until timestamptz,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	started_at timestamptz,
	finished_at timestamptz,
	constraint job_key primary key (org_id, id),
	constraint job_state_known
		check (state in ('queued', 'running', 'done', 'failed')),
	constraint job_finished_when_over
		check ((finished_at is not null) = (state in ('done', 'failed')))
);
create index job_due on job (due_at) where state in ('queued', 'running');
create index job_age on job (org_id, finished_at);
comment on table job is 'Work that takes longer than a request may.';
comment on column job.org_id is 'personal: none; keep: 30 days after it finished';
comment on column job.id is 'personal: none; keep: 30 days after it finished';
comment on column job.kind is 'personal: none; keep: 30 days after it finished';
comment on column job.state is 'personal: none; keep: 30 days after it finished';
comment on column job.requested_by is 'personal: owner; keep: 30 days after it finished';
comment on column job.parameters is 'personal: owner; keep: 30 days after it finished';
comment on column job.progress is 'personal: none; keep: 30 days after it finished';
comment on column job.result is 'personal: owner; keep: 30 days after it finished';
comment on column job.problem is 'personal: none; keep: 30 days after it finished. A code or an SQLSTATE.';
comment on column job.attempts is 'personal: none; keep: 30 days after it finished';
comment on column job.turn is 'personal: none; keep: 30 days after it finished. How often it was taken.';
comment on column job.due_at is 'personal: none; keep: 30 days after it finished';
comment on column job.leased_until is 'personal: none; keep: 30 days after it finished';
comment on column job.version is 'personal: none; keep: 30 days after it finished';
comment on column job.created_at is 'personal: none; keep: 30 days after it finished';
comment on column job.updated_at is 'personal: none; keep: 30 days after it finished';
comment on column job.started_at is 'personal: none; keep: 30 days after it finished';
comment on column job.finished_at is 'personal: none; keep: 30 days after it finished';
alter table job enable row level security;
create policy own_organisation on job
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create function take_timers(how_many bigint, lease_s bigint)
returns table (org_id uuid, id uuid, kind text, object_id uuid, turn bigint)
language sql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
	update timer t
	   set parked_at = clock(), leased_until = null
	 where t.parked_at is null and t.due_at <= clock()
	   and t.leased_until < clock() and t.attempts >= 12;
	update timer t
	   set attempts = t.attempts + 1, turn = t.turn + 1,
	       leased_until = clock() + make_interval(secs => lease_s)
	  from (
		select d.org_id, d.id
		  from timer d
		 where d.parked_at is null and d.due_at <= clock()
		   and (d.leased_until is null or d.leased_until < clock())
		 order by d.due_at
		 limit how_many
		   for update skip locked
	) due
	 where (t.org_id, t.id) = (due.org_id, due.id)
	returning t.org_id, t.id, t.kind, t.object_id, t.turn
$$;
comment on function take_timers is 'With take_jobs the only look into other organisations: which rows are due, and nothing of what they say. Whoever takes one enters its organisation. One that was taken too often by processes that died is given up.';

create function take_jobs(how_many bigint, lease_s bigint)
returns table (org_id uuid, id uuid, kind text, turn bigint)
language sql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
	update job j
	   set state = 'failed', problem = 'abandoned', leased_until = null,
	       finished_at = clock(), updated_at = clock(),
	       version = j.version + 1
	 where j.state = 'running' and j.due_at <= clock()
	   and j.leased_until < clock() and j.attempts >= 5;
	update job j
	   set state = 'running', attempts = j.attempts + 1, turn = j.turn + 1,
	       leased_until = clock() + make_interval(secs => lease_s),
	       started_at = coalesce(j.started_at, clock()),
	       updated_at = clock(), version = j.version + 1
	  from (
		select d.org_id, d.id
		  from job d
		 where d.state in ('queued', 'running') and d.due_at <= clock()
		   and (d.leased_until is null or d.leased_until < clock())
		 order by d.due_at
		 limit how_many
		   for update skip locked
	) due
	 where (j.org_id, j.id) = (due.org_id, due.id)
	returning j.org_id, j.id, j.kind, j.turn
$$;
