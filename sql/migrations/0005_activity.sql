create table session (
	org_id uuid not null,
	id uuid not null,
	title text not null,
	description text,
	host_id uuid not null,
	origin text not null default 'informal',
	trainer_name text,
	mode text not null default 'onsite',
	place text,
	join_url text,
	zone text,
	starts_local timestamp,
	duration_min integer not null,
	during tstzrange,
	capacity integer,
	taken integer not null default 0,
	seat_question text,
	visibility text not null default 'org',
	state text not null default 'proposed',
	state_reason text,
	rescheduled_from uuid,
	notes text,
	recap text,
	outcomes jsonb not null default '[]',
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint session_key primary key (org_id, id),
	constraint session_host foreign key (org_id, host_id)
		references person (org_id, id),
	constraint session_rescheduled_from foreign key (org_id, rescheduled_from)
		references session (org_id, id),
	constraint session_origin_known check (origin in ('programme',
		'mandatory', 'help', 'informal', 'proposal', 'share_back',
		'buddy', 'suggested')),
	constraint session_mode_known check (mode in ('onsite', 'online')),
	constraint session_visibility_known
		check (visibility in ('team', 'org')),
	constraint session_state_known check (state in ('proposed', 'polled',
		'confirmed', 'running', 'held', 'did_not_happen', 'cancelled',
		'rescheduled')),
	constraint session_title_length
		check (char_length(title) between 1 and 200),
	constraint session_description_length
		check (char_length(description) between 1 and 5000),
	constraint session_duration_known
		check (duration_min between 5 and 1440),
	constraint session_capacity_known
		check (capacity between 1 and 10000),
	constraint session_full check (taken between 0 and coalesce(capacity, 2147483647)),
	constraint session_planned check (state in ('proposed', 'polled',
		'cancelled') or during is not null)
);
create unique index session_rescheduled_already
	on session (org_id, rescheduled_from)
	where rescheduled_from is not null and state <> 'cancelled';
create index session_by_change on session (org_id, updated_at, id);
create index session_by_age on session (org_id, created_at, id);
create index session_by_host on session (org_id, host_id, created_at, id);
create index session_by_start on session (org_id, lower(during), id)
	where during is not null;
comment on table session is 'A meeting of peers, planned or held.';
comment on column session.org_id is 'personal: none; keep: until erased';
comment on column session.id is 'personal: none; keep: until erased';
comment on column session.title is 'personal: none; keep: until erased';
comment on column session.description is 'personal: none; keep: until erased';
comment on column session.host_id is 'personal: owner; keep: until erased. Who started it and answers for it.';
comment on column session.origin is 'personal: none; keep: until erased. Set when it is made, never changed.';
comment on column session.trainer_name is 'personal: subject; keep: until erased. An external trainer, who has no account.';
comment on column session.mode is 'personal: none; keep: until erased';
comment on column session.place is 'personal: none; keep: until erased';
comment on column session.join_url is 'personal: none; keep: until erased';
comment on column session.zone is 'personal: none; keep: until erased. IANA; with starts_local what people meant.';
comment on column session.starts_local is 'personal: none; keep: until erased. Null while it is polled.';
comment on column session.duration_min is 'personal: none; keep: until erased';
comment on column session.during is 'personal: none; keep: until erased. What zone and starts_local come to.';
comment on column session.capacity is 'personal: none; keep: until erased. Null: no limit.';
comment on column session.taken is 'personal: none; keep: until erased. Seats held or confirmed.';
comment on column session.seat_question is 'personal: none; keep: until erased. Asked of whoever wants a seat.';
comment on column session.visibility is 'personal: none; keep: until erased';
comment on column session.state is 'personal: none; keep: until erased';
comment on column session.state_reason is 'personal: none; keep: until erased. Why it did not happen, was cancelled or rescheduled.';
comment on column session.rescheduled_from is 'personal: none; keep: until erased';
comment on column session.notes is 'personal: none; keep: until erased';
comment on column session.recap is 'personal: none; keep: until erased';
comment on column session.outcomes is 'personal: none; keep: until erased';
comment on column session.version is 'personal: none; keep: until erased';
comment on column session.created_at is 'personal: none; keep: until erased';
comment on column session.updated_at is 'personal: none; keep: until erased';
alter table session enable row level security;
create policy own_organisation on session
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table engagement (
	org_id uuid not null,
	session_id uuid not null,
	person_id uuid not null,
	role text not null,
	during tstzrange,
	live boolean not null default true,
	created_at timestamptz not null default clock(),
	constraint engagement_key primary key (org_id, session_id, person_id),
	constraint engagement_session foreign key (org_id, session_id)
		references session (org_id, id),
	constraint engagement_person_unknown foreign key (org_id, person_id)
		references person (org_id, id),
	constraint engagement_role_known
		check (role in ('host', 'facilitator', 'participant')),
	constraint person_busy exclude using gist (org_id with =,
		person_id with =, during with &&) where (live)
);
create index engagement_by_person on engagement (org_id, person_id, session_id);
comment on table engagement is 'Where somebody is expected: nobody is in two places at once.';
comment on column engagement.org_id is 'personal: none; keep: until erased';
comment on column engagement.session_id is 'personal: owner; keep: until erased';
comment on column engagement.person_id is 'personal: owner; keep: until erased';
comment on column engagement.role is 'personal: owner; keep: until erased';
comment on column engagement.during is 'personal: owner; keep: until erased. A copy of the sessions; null while it is polled.';
comment on column engagement.live is 'personal: owner; keep: until erased. False: let go, or the session is off; no longer in the way of another.';
comment on column engagement.created_at is 'personal: owner; keep: until erased';
alter table engagement enable row level security;
create policy own_organisation on engagement
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table exchange (
	org_id uuid not null,
	id uuid not null default uuid7(),
	kind text not null,
	object_id uuid not null,
	origin text not null,
	happened_at timestamptz not null,
	created_at timestamptz not null default clock(),
	constraint exchange_key primary key (org_id, id),
	constraint exchange_kind_known check (kind in ('session', 'feedback',
		'help', 'informal')),
	constraint exchange_origin_known check (origin in ('programme',
		'mandatory', 'help', 'informal', 'proposal', 'share_back',
		'buddy', 'suggested')),
	constraint exchange_known_already unique (org_id, kind, object_id)
);
comment on table exchange is 'That people exchanged knowledge: what endorsements and, later, the index stand on. Written by what happened, never by hand.';
comment on column exchange.org_id is 'personal: none; keep: until erased';
comment on column exchange.id is 'personal: none; keep: until erased';
comment on column exchange.kind is 'personal: none; keep: until erased';
comment on column exchange.object_id is 'personal: none; keep: until erased. Of that kind.';
comment on column exchange.origin is 'personal: none; keep: until erased. Copied from the object; never changed.';
comment on column exchange.happened_at is 'personal: none; keep: until erased';
comment on column exchange.created_at is 'personal: none; keep: until erased';
alter table exchange enable row level security;
create policy own_organisation on exchange
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table exchange_person (
	org_id uuid not null,
	exchange_id uuid not null,
	person_id uuid not null,
	part text not null,
	happened_at timestamptz not null,
	constraint exchange_person_key primary key (org_id, exchange_id, person_id),
	constraint exchange_person_exchange foreign key (org_id, exchange_id)
		references exchange (org_id, id),
	constraint exchange_person_person foreign key (org_id, person_id)
		references person (org_id, id),
	constraint exchange_person_part_known
		check (part in ('giver', 'receiver', 'both'))
);
create index exchange_person_by_person
	on exchange_person (org_id, person_id, happened_at, exchange_id);
comment on table exchange_person is 'Who took part in an exchange.';
comment on column exchange_person.org_id is 'personal: none; keep: until erased';
comment on column exchange_person.exchange_id is 'personal: subject; keep: until erased';
comment on column exchange_person.person_id is 'personal: subject; keep: until erased';
comment on column exchange_person.part is 'personal: subject; keep: until erased. giver: who shared; both: peers.';
comment on column exchange_person.happened_at is 'personal: subject; keep: until erased. A copy of the exchanges.';
alter table exchange_person enable row level security;
create policy own_organisation on exchange_person
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table notification (
	org_id uuid not null,
	id uuid not null default uuid7(),
	person_id uuid not null,
	kind text not null,
	object_kind text not null,
	object_id uuid not null,
	actor_id uuid,
	params jsonb not null default '{}',
	read_at timestamptz,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint notification_key primary key (org_id, id),
	constraint notification_person foreign key (org_id, person_id)
		references person (org_id, id),
	constraint notification_actor foreign key (org_id, actor_id)
		references person (org_id, id)
);
create index notification_by_age
	on notification (org_id, person_id, created_at, id);
create index notification_unread
	on notification (org_id, person_id, created_at, id) where read_at is null;
create index notification_by_change
	on notification (org_id, person_id, updated_at, id);
comment on table notification is 'What somebody is told. The words are made when they are read, from the kind and what is live.';
comment on column notification.org_id is 'personal: none; keep: until erased';
comment on column notification.id is 'personal: owner; keep: until erased';
comment on column notification.person_id is 'personal: owner; keep: until erased. Who is told.';
comment on column notification.kind is 'personal: owner; keep: until erased';
comment on column notification.object_kind is 'personal: owner; keep: until erased';
comment on column notification.object_id is 'personal: owner; keep: until erased';
comment on column notification.actor_id is 'personal: subject; keep: until erased. Whose doing it was; null: times.';
comment on column notification.params is 'personal: owner; keep: until erased. Ids and times only, no words.';
comment on column notification.read_at is 'personal: owner; keep: until erased';
comment on column notification.version is 'personal: none; keep: until erased';
comment on column notification.created_at is 'personal: owner; keep: until erased';
comment on column notification.updated_at is 'personal: owner; keep: until erased';
alter table notification enable row level security;
create policy own_organisation on notification
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);
