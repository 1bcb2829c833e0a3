create table claim (
	org_id uuid not null,
	id uuid not null,
	person_id uuid not null,
	skill_id uuid not null,
	level smallint not null,
	interest smallint,
	can_help text not null default 'no',
	wants_to_learn boolean not null default false,
	visibility text not null default 'team',
	source text not null default 'self',
	state text not null default 'stated',
	note text,
	valid_until date,
	lot integer not null default floor(random() * 2147483647)::integer,
	merge_id uuid,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	deleted_at timestamptz,
	constraint claim_key primary key (org_id, id),
	constraint claim_person foreign key (org_id, person_id)
		references person (org_id, id),
	constraint skill_unknown foreign key (org_id, skill_id)
		references skill (org_id, id),
	constraint claim_merge foreign key (org_id, merge_id)
		references skill_merge (org_id, id),
	constraint claim_level_known check (level between 1 and 5),
	constraint claim_interest_known check (interest between 0 and 4),
	constraint claim_can_help_known
		check (can_help in ('no', 'sparingly', 'gladly')),
	constraint claim_visibility_known
		check (visibility in ('me', 'team', 'org')),
	constraint claim_source_known
		check (source in ('self', 'peer', 'inferred', 'import')),
	constraint claim_state_known
		check (state in ('stated', 'evidenced', 'stale', 'retired')),
	constraint claim_aside_is_retired
		check (merge_id is null or deleted_at is not null),
	constraint claim_retired_when_deleted
		check ((deleted_at is not null) = (state = 'retired')),
	constraint claim_note_length check (char_length(note) between 1 and 1000)
);
create unique index skill_claimed_already
	on claim (org_id, person_id, skill_id)
	where deleted_at is null;
create index claim_by_change on claim (org_id, person_id, updated_at, id);
create index claim_by_age on claim (org_id, person_id, created_at, id);
create index claim_by_skill on claim (org_id, skill_id);
create index claim_to_help on claim (org_id, skill_id, level, lot, id)
	where deleted_at is null and can_help <> 'no';
create index claim_by_merge on claim (org_id, merge_id)
	where merge_id is not null;
comment on table claim is 'What somebody says of themselves and a skill.';
comment on column claim.org_id is 'personal: none; keep: until erased';
comment on column claim.id is 'personal: owner; keep: until erased';
comment on column claim.person_id is 'personal: owner; keep: until erased';
comment on column claim.skill_id is 'personal: owner; keep: until erased';
comment on column claim.level is 'personal: owner; keep: until erased. 1 in a tombstone.';
comment on column claim.interest is 'personal: owner; keep: until erased';
comment on column claim.can_help is 'personal: owner; keep: until erased';
comment on column claim.wants_to_learn is 'personal: owner; keep: until erased';
comment on column claim.visibility is 'personal: owner; keep: until erased';
comment on column claim.source is 'personal: owner; keep: until erased';
comment on column claim.state is 'personal: owner; keep: until erased';
comment on column claim.note is 'personal: owner; keep: until erased';
comment on column claim.valid_until is 'personal: owner; keep: until erased. The last day.';
comment on column claim.lot is 'personal: none; keep: until erased. Drawn once; decides between equal levels.';
comment on column claim.merge_id is 'personal: owner; keep: until erased. The merge that put it aside, since its owner has the survivor too.';
comment on column claim.version is 'personal: none; keep: until erased';
comment on column claim.created_at is 'personal: owner; keep: until erased';
comment on column claim.updated_at is 'personal: owner; keep: until erased';
comment on column claim.deleted_at is 'personal: owner; keep: until erased. Set: a tombstone, without its words.';
alter table claim enable row level security;
create policy own_organisation on claim
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table claim_evidence (
	org_id uuid not null,
	id uuid not null,
	claim_id uuid not null,
	type text not null,
	title text not null,
	url text,
	happened_on date not null,
	created_at timestamptz not null default clock(),
	constraint claim_evidence_key primary key (org_id, id),
	constraint claim_evidence_claim foreign key (org_id, claim_id)
		references claim (org_id, id) on delete cascade,
	constraint claim_evidence_type_known check (type in ('taught', 'helped',
		'shared', 'built', 'course', 'certificate')),
	constraint claim_evidence_title_length
		check (char_length(title) between 1 and 200),
	constraint claim_evidence_url_length
		check (char_length(url) between 1 and 1000)
);
create index claim_evidence_by_claim
	on claim_evidence (org_id, claim_id, happened_on, id);
comment on table claim_evidence is 'What a claim can be seen by.';
comment on column claim_evidence.org_id is 'personal: none; keep: until erased';
comment on column claim_evidence.id is 'personal: owner; keep: until erased';
comment on column claim_evidence.claim_id is 'personal: owner; keep: until erased';
comment on column claim_evidence.type is 'personal: owner; keep: until erased';
comment on column claim_evidence.title is 'personal: owner; keep: until erased';
comment on column claim_evidence.url is 'personal: owner; keep: until erased';
comment on column claim_evidence.happened_on is 'personal: owner; keep: until erased';
comment on column claim_evidence.created_at is 'personal: owner; keep: until erased';
alter table claim_evidence enable row level security;
create policy own_organisation on claim_evidence
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);
