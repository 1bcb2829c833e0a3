create table machine_client (
	org_id uuid not null,
	id uuid not null,
	name text not null,
	sort_name text not null
		generated always as (left(normalize_label(name), 200)) stored,
	scopes text[] not null,
	expect_every_min integer,
	created_by uuid,
	revoked_at timestamptz,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint machine_client_key primary key (org_id, id),
	constraint machine_client_created_by foreign key (org_id, created_by)
		references person (org_id, id),
	constraint machine_client_name_length
		check (char_length(name) between 1 and 100),
	constraint machine_client_scopes_known check (scopes <@ array[
		'people:read', 'people:write', 'groups:write', 'skills:read',
		'skills:write', 'attendance:write']),
	constraint machine_client_scopes_count
		check (cardinality(scopes) between 1 and 6),
	constraint machine_client_expect_known
		check (expect_every_min between 1 and 44640)
);
create unique index client_name_taken
	on machine_client (org_id, sort_name) where revoked_at is null;
create index machine_client_by_name on machine_client (org_id, sort_name, id);
create index machine_client_by_age on machine_client (org_id, created_at, id);
comment on table machine_client is 'A program that calls in its own name. Revoked it stays, for what it did names it.';
comment on column machine_client.org_id is 'personal: none; keep: while the organisation exists';
comment on column machine_client.id is 'personal: none; keep: while the organisation exists. OAuth''s client_id.';
comment on column machine_client.name is 'personal: none; keep: while the organisation exists. Unique among those that live, as readers see it.';
comment on column machine_client.sort_name is 'personal: none; keep: while the organisation exists';
comment on column machine_client.scopes is 'personal: none; keep: while the organisation exists. What it may do.';
comment on column machine_client.expect_every_min is 'personal: none; keep: while the organisation exists. How often it should call; null: nobody waits for it.';
comment on column machine_client.created_by is 'personal: owner; keep: while the organisation exists. Null: the command line.';
comment on column machine_client.revoked_at is 'personal: none; keep: while the organisation exists. Set: all that it holds is refused, for good.';
comment on column machine_client.version is 'personal: none; keep: while the organisation exists';
comment on column machine_client.created_at is 'personal: none; keep: while the organisation exists';
comment on column machine_client.updated_at is 'personal: none; keep: while the organisation exists';
alter table machine_client enable row level security;
create policy own_organisation on machine_client
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table machine_credential (
	org_id uuid not null,
	id uuid not null,
	client_id uuid not null,
	kind text not null,
	hash bytea not null,
	hint text not null,
	expires_at timestamptz,
	created_by uuid,
	revoked_at timestamptz,
	last_used_at timestamptz,
	created_at timestamptz not null default clock(),
	constraint machine_credential_key primary key (org_id, id),
	constraint machine_credential_client foreign key (org_id, client_id)
		references machine_client (org_id, id),
	constraint machine_credential_created_by foreign key (org_id, created_by)
		references person (org_id, id),
	constraint machine_credential_kind_known
		check (kind in ('secret', 'token')),
	constraint machine_credential_hash_length
		check (octet_length(hash) = 32),
	constraint machine_credential_hint_length
		check (char_length(hint) = 4)
);
create index machine_credential_by_hash on machine_credential (hash);
create index machine_credential_by_client
	on machine_credential (org_id, client_id, created_at, id);
comment on table machine_credential is 'What a client proves itself by. Only its hash is here: SHA-256 of 256 random bits, which no table and no timing helps to guess.';
comment on column machine_credential.org_id is 'personal: none; keep: while the organisation exists';
comment on column machine_credential.id is 'personal: none; keep: while the organisation exists';
comment on column machine_credential.client_id is 'personal: none; keep: while the organisation exists';
comment on column machine_credential.kind is 'personal: none; keep: while the organisation exists. A secret buys short-lived tokens, a token is sent itself.';
comment on column machine_credential.hash is 'personal: none; keep: while the organisation exists';
comment on column machine_credential.hint is 'personal: none; keep: while the organisation exists. Its last four characters.';
comment on column machine_credential.expires_at is 'personal: none; keep: while the organisation exists. Null: never.';
comment on column machine_credential.created_by is 'personal: owner; keep: while the organisation exists. Null: the command line.';
comment on column machine_credential.revoked_at is 'personal: none; keep: while the organisation exists';
comment on column machine_credential.last_used_at is 'personal: none; keep: while the organisation exists. To the minute.';
comment on column machine_credential.created_at is 'personal: none; keep: while the organisation exists';
alter table machine_credential enable row level security;
create policy own_organisation on machine_credential
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create function new_machine_secret() returns text
language sql volatile
as $$
	select rtrim(translate(encode(sha256(
		uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
		|| uuid_send(gen_random_uuid())), 'base64'), '+/', '-_'), '=')
$$;
comment on function new_machine_secret is '256 bits (of 366 random ones) as base64url. Made here, so that no statement''s parameter ever is a secret, and nothing that logs statements has seen one.';

create function use_machine_credential(kind text, hash bytea)
returns table (org_id uuid, org text, client_id uuid, credential_id uuid,
               scopes text, expires_at timestamptz)
language sql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
	update machine_credential k
	   set last_used_at = clock()
	  from machine_client c
	 where k.hash = use_machine_credential.hash
	   and k.kind = use_machine_credential.kind
	   and k.revoked_at is null
	   and (k.expires_at is null or k.expires_at > clock())
	   and (k.last_used_at is null
	        or k.last_used_at < clock() - interval '1 minute')
	   and c.org_id = k.org_id and c.id = k.client_id
	   and c.revoked_at is null;
	select c.org_id, o.name, c.id, k.id, array_to_string(c.scopes, ' '),
	       k.expires_at
	  from machine_credential k
	  join machine_client c on c.org_id = k.org_id and c.id = k.client_id
	  join organisation o on o.id = k.org_id
	 where k.hash = use_machine_credential.hash
	   and k.kind = use_machine_credential.kind
	   and k.revoked_at is null
	   and (k.expires_at is null or k.expires_at > clock())
	   and c.revoked_at is null
$$;
comment on function use_machine_credential is 'Whose secret or token this is, in whatever organisation. No row: nobody''s, any more.';

create function use_machine_client(org text, client uuid, credential uuid)
returns table (org_id uuid)
language sql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
	update machine_credential k
	   set last_used_at = clock()
	  from organisation o
	 where o.name = use_machine_client.org
	   and k.org_id = o.id and k.id = use_machine_client.credential
	   and k.client_id = use_machine_client.client
	   and (k.last_used_at is null
	        or k.last_used_at < clock() - interval '1 minute');
	select o.id
	  from organisation o
	  join machine_credential k
	    on k.org_id = o.id and k.id = use_machine_client.credential
	   and k.client_id = use_machine_client.client
	 where o.name = use_machine_client.org
$$;
comment on function use_machine_client is 'The organisation of a client that comes with a token which its secret bought. Whether both still hold, enter_client says.';
