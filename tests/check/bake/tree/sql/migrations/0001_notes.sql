create function clock() returns timestamptz
language sql stable as $$ select now() $$;
create table note (
	org_id uuid not null,
	id uuid not null,
	title text not null,
	labels text[] not null default '{}',
	owner_id uuid not null,
	closed boolean not null default false,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	constraint note_key primary key (org_id, id),
	constraint note_title_taken unique (org_id, title)
);
comment on column note.org_id is 'personal: none; keep: with the note';
comment on column note.id is 'personal: none; keep: with the note';
comment on column note.title is 'personal: owner; keep: until thrown away';
comment on column note.labels is 'personal: owner; keep: until thrown away';
comment on column note.owner_id is 'personal: owner; keep: until thrown away';
comment on column note.closed is 'personal: none; keep: with the note';
comment on column note.version is 'personal: none; keep: with the note';
comment on column note.created_at is 'personal: owner; keep: with the note';
create table outbox ( -- global
	id bigint generated always as identity,
	org_id uuid not null,
	constraint outbox_key primary key (id)
);
comment on column outbox.id is 'personal: none; keep: 30 days';
comment on column outbox.org_id is 'personal: none; keep: 30 days';
alter table note enable row level security;
