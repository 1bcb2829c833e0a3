create function instant(at timestamptz) returns text
	language sql stable strict parallel safe
	return (to_json(at at time zone 'UTC') #>> '{}') || 'Z';
comment on function instant is 'RFC 3339 in UTC, as columns are written: for the times inside JSON.';

create table endorsement (
	org_id uuid not null,
	id uuid not null,
	claim_id uuid not null,
	person_id uuid not null,
	endorser_id uuid not null,
	saw_in text not null,
	exchange_id uuid,
	level_seen smallint,
	text text,
	state text not null default 'given',
	hidden_at timestamptz,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint endorsement_key primary key (org_id, id),
	constraint endorsement_claim foreign key (org_id, claim_id)
		references claim (org_id, id) on delete cascade,
	constraint endorsement_person foreign key (org_id, person_id)
		references person (org_id, id),
	constraint endorsement_endorser foreign key (org_id, endorser_id)
		references person (org_id, id),
	constraint endorsement_exchange foreign key (org_id, exchange_id)
		references exchange (org_id, id),
	constraint endorsement_not_self check (endorser_id <> person_id),
	constraint endorsement_saw_in_known check (saw_in in ('session',
		'feedback', 'help', 'project', 'other')),
	constraint exchange_missing check ((exchange_id is null)
		= (saw_in in ('project', 'other'))),
	constraint endorsement_level_seen_known
		check (level_seen between 1 and 5),
	constraint endorsement_text_length
		check (char_length(text) between 1 and 1000),
	constraint endorsement_state_known
		check (state in ('given', 'hidden', 'withdrawn')),
	constraint endorsement_hidden_since
		check (state = 'withdrawn'
			or (state = 'hidden') = (hidden_at is not null)),
	constraint endorsement_wordless_when_withdrawn
		check (state <> 'withdrawn' or text is null and level_seen is null)
);
create unique index endorsement_given_already
	on endorsement (org_id, claim_id, endorser_id)
	where state <> 'withdrawn';
create index endorsement_by_claim
	on endorsement (org_id, claim_id, created_at, id);
create index endorsement_by_exchange on endorsement (org_id, exchange_id)
	where exchange_id is not null;
comment on table endorsement is 'That a colleague saw a claim to be so.  Never a precondition for anything, never summed to a figure of a person.';
comment on column endorsement.org_id is 'personal: none; keep: until erased';
comment on column endorsement.id is 'personal: subject; keep: until erased';
comment on column endorsement.claim_id is 'personal: subject; keep: until erased. With the claim it goes, through merges it stays.';
comment on column endorsement.person_id is 'personal: subject; keep: until erased. A copy of the claims owner.';
comment on column endorsement.endorser_id is 'personal: owner; keep: until erased';
comment on column endorsement.saw_in is 'personal: owner; keep: until erased';
comment on column endorsement.exchange_id is 'personal: subject; keep: until erased. What it stands on; null: on the word of the endorser.';
comment on column endorsement.level_seen is 'personal: owner; keep: until erased. Nothing once withdrawn.';
comment on column endorsement.text is 'personal: owner; keep: until erased. Nothing once withdrawn.';
comment on column endorsement.state is 'personal: subject; keep: until erased. hidden: by the claims owner; withdrawn: by the endorser.';
comment on column endorsement.hidden_at is 'personal: subject; keep: until erased. Outlives a withdrawal: who gives again does not undo the hiding.';
comment on column endorsement.version is 'personal: none; keep: until erased';
comment on column endorsement.created_at is 'personal: subject; keep: until erased. Fresh for 24 months.';
comment on column endorsement.updated_at is 'personal: subject; keep: until erased';
alter table endorsement enable row level security;
create policy own_organisation on endorsement
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

-- One index answers `unread=true`, `unread=false` and the count.
drop index notification_unread;
create index notification_unread
	on notification (org_id, person_id, (read_at is null), created_at, id);
create index notification_to_purge on notification (org_id, read_at)
	where read_at is not null;

insert into timer (org_id, kind, object_id, due_at)
select o.id, 'purge_notifications', o.id, clock() + interval '1 hour'
  from organisation o
on conflict on constraint timer_already_set do nothing;
