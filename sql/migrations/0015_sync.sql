create table sync_change (
	org_id uuid not null,
	id uuid not null default uuid7(),
	source text not null,
	kind text not null,
	object_id uuid not null,
	action text not null,
	changed text[] not null default '{}',
	created_at timestamptz not null default clock(),
	constraint sync_change_key primary key (org_id, id),
	constraint sync_change_kind_known check (kind in ('person', 'team')),
	constraint sync_change_action_known check (action in ('created',
		'adopted', 'changed', 'deactivated', 'reactivated', 'deleted',
		'restored'))
);
create index sync_change_by_age on sync_change (org_id, created_at, id);
create index sync_change_by_source
	on sync_change (org_id, source, created_at, id);
create index sync_change_by_object
	on sync_change (org_id, object_id, created_at, id);
comment on table sync_change is 'What which machine changed through a synchronisation.';
comment on column sync_change.org_id is 'personal: none; keep: 400 days';
comment on column sync_change.id is 'personal: none; keep: 400 days';
comment on column sync_change.source is 'personal: none; keep: 400 days. "client ID" of a managed client; else issuer and subject of its token.';
comment on column sync_change.kind is 'personal: none; keep: 400 days';
comment on column sync_change.object_id is 'personal: subject; keep: 400 days. Of that kind.';
comment on column sync_change.action is 'personal: subject; keep: 400 days';
comment on column sync_change.changed is 'personal: subject; keep: 400 days. Names of attributes, no values.';
comment on column sync_change.created_at is 'personal: subject; keep: 400 days';
alter table sync_change enable row level security;
create policy own_organisation on sync_change
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table sync_refusal (
	org_id uuid not null,
	source text not null,
	day date not null,
	reason text not null,
	scim_type text not null default '',
	count bigint not null default 1,
	last_at timestamptz not null default clock(),
	constraint sync_refusal_key
		primary key (org_id, source, day, reason, scim_type)
);
create index sync_refusal_by_day on sync_refusal (org_id, day);
comment on table sync_refusal is 'How often a machine was refused on a day, and why. Of what it sent, nothing.';
comment on column sync_refusal.org_id is 'personal: none; keep: 400 days';
comment on column sync_refusal.source is 'personal: none; keep: 400 days. As in sync_change.';
comment on column sync_refusal.day is 'personal: none; keep: 400 days. Where the organisation is.';
comment on column sync_refusal.reason is 'personal: none; keep: 400 days. A code of problems.yaml.';
comment on column sync_refusal.scim_type is 'personal: none; keep: 400 days. As SCIM calls it; empty: it has no word for it.';
comment on column sync_refusal.count is 'personal: none; keep: 400 days';
comment on column sync_refusal.last_at is 'personal: none; keep: 400 days';
alter table sync_refusal enable row level security;
create policy own_organisation on sync_refusal
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

alter table organisation add column deactivation_share_percent numeric
	not null default 5;
alter table organisation add constraint organisation_deactivation_share_known
	check (deactivation_share_percent between 0 and 100);
comment on column organisation.deactivation_share_percent is 'personal: none; keep: while the organisation exists. How many of its active people machines may deactivate in an hour; five always.';

create table hr_contact (
	org_id uuid not null,
	person_id uuid not null,
	created_at timestamptz not null default clock(),
	constraint hr_contact_key primary key (org_id, person_id),
	constraint hr_contact_unknown foreign key (org_id, person_id)
		references person (org_id, id)
);
comment on table hr_contact is 'Whose inbox is the inbox of HR.';
comment on column hr_contact.org_id is 'personal: none; keep: until erased';
comment on column hr_contact.person_id is 'personal: owner; keep: until erased';
comment on column hr_contact.created_at is 'personal: owner; keep: until erased';
alter table hr_contact enable row level security;
create policy own_organisation on hr_contact
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table sync_pause (
	org_id uuid not null,
	id uuid not null default uuid7(),
	source text not null,
	deactivated bigint not null,
	allowed bigint not null,
	paused_at timestamptz not null default clock(),
	released_at timestamptz,
	released_by uuid,
	reason text,
	constraint sync_pause_key primary key (org_id, id),
	constraint sync_pause_released_by foreign key (org_id, released_by)
		references person (org_id, id),
	constraint sync_pause_reason_length
		check (char_length(reason) between 1 and 1000)
);
create unique index sync_pause_once on sync_pause (org_id)
	where released_at is null;
create index sync_pause_by_release on sync_pause (org_id, released_at);
comment on table sync_pause is 'When machines deactivated too many people at once, and who let them go on.';
comment on column sync_pause.org_id is 'personal: none; keep: while the organisation exists';
comment on column sync_pause.id is 'personal: none; keep: while the organisation exists';
comment on column sync_pause.source is 'personal: none; keep: while the organisation exists. Who met the brake, as in sync_change.';
comment on column sync_pause.deactivated is 'personal: none; keep: while the organisation exists. In the hour before.';
comment on column sync_pause.allowed is 'personal: none; keep: while the organisation exists. How many were.';
comment on column sync_pause.paused_at is 'personal: none; keep: while the organisation exists';
comment on column sync_pause.released_at is 'personal: none; keep: while the organisation exists. Null: still paused.';
comment on column sync_pause.released_by is 'personal: owner; keep: until erased';
comment on column sync_pause.reason is 'personal: owner; keep: until erased. Why it was released.';
alter table sync_pause enable row level security;
create policy own_organisation on sync_pause
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table sync_deactivation (
	org_id uuid not null,
	id uuid not null default uuid7(),
	people bigint,
	created_at timestamptz not null default clock(),
	constraint sync_deactivation_key primary key (org_id, id)
);
create index sync_deactivation_by_age
	on sync_deactivation (org_id, created_at) include (people);
comment on table sync_deactivation is 'What the brake counts: that a machine deactivated somebody, and not whom.';
comment on column sync_deactivation.org_id is 'personal: none; keep: an hour, and until the next';
comment on column sync_deactivation.id is 'personal: none; keep: an hour, and until the next';
comment on column sync_deactivation.people is 'personal: none; keep: an hour, and until the next. Active ones before the first of the hour, when that was counted.';
comment on column sync_deactivation.created_at is 'personal: none; keep: an hour, and until the next';
alter table sync_deactivation enable row level security;
create policy own_organisation on sync_deactivation
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create function brake_state(org uuid, at_least bigint,
                            out deactivated bigint, out people bigint,
                            out allowed bigint)
language plpgsql
as $$
declare
	always constant bigint := 5;
	since constant timestamptz := greatest(clock() - interval '1 hour', (
		select max(p.released_at) from sync_pause p
		 where p.org_id = org));
begin
	select count(*), max(d.people) into deactivated, people
	  from sync_deactivation d
	 where d.org_id = org and d.created_at > since;
	allowed := always;
	if deactivated < at_least then
		return;
	end if;
	if people is null then
		select count(*) + deactivated into people
		  from person p
		 where p.org_id = org and p.active and p.deleted_at is null;
	end if;
	select greatest(always,
	                floor(people * o.deactivation_share_percent / 100))
	  into allowed
	  from organisation o where o.id = org;
end
$$;
comment on function brake_state is 'What machines deactivated in the last hour, or since the last release, and how many they may. Five always; people are counted from at_least on, and once an hour.';

create function brake_deactivation(org uuid, source text,
                                   whom uuid default null) returns void
language plpgsql
as $$
declare
	b record;
begin
	if whom is not null and (exists (
			select from sync_change c
			 where c.org_id = org and c.object_id = whom
			   and c.created_at > clock() - interval '1 hour'
			   and c.action = 'created'
			   and c.source = brake_deactivation.source)
		or not exists (
			select from person p
			 where p.org_id = org and p.id = whom
			   and p.active and p.deleted_at is null)) then
		return;
	end if;
	perform pg_advisory_xact_lock(hashtextextended('brake ' || org, 0));
	perform refuse('deactivations_paused', jsonb_build_object(
	                   'deactivated', p.deactivated,
	                   'allowed', p.allowed))
	   from sync_pause p
	  where p.org_id = org and p.released_at is null;
	b := brake_state(org, 5);
	perform refuse(case when b.deactivated >= b.allowed
	                    then 'deactivations_paused' end,
	               jsonb_build_object('deactivated', b.deactivated,
	                                  'allowed', b.allowed));
	delete from sync_deactivation d
	 where d.org_id = org and d.created_at < clock() - interval '1 hour';
	insert into sync_deactivation (org_id, people) values (org, b.people);
end
$$;
comment on function brake_deactivation is 'Stands before each deactivation by a machine, in its transaction: counts it, or refuses when too many went in an hour. Told whom, it lets pass who is inactive already and whom the same source created within the hour: a test user taken back.';

create function pause_deactivations(org uuid, source text) returns void
language plpgsql
as $$
declare
	b record;
begin
	perform pg_advisory_xact_lock(hashtextextended('brake ' || org, 0));
	b := brake_state(org, 0);
	if b.deactivated < b.allowed then
		return;
	end if;
	insert into sync_pause (org_id, source, deactivated, allowed)
	values (org, pause_deactivations.source, b.deactivated, b.allowed)
	on conflict (org_id) where released_at is null do nothing;
	if not found then
		return;
	end if;
	insert into outbox (org_id, event, object_id, body)
	values (org, 'sync.paused', org, jsonb_build_object(
	        'source', pause_deactivations.source,
	        'deactivated', b.deactivated, 'allowed', b.allowed));
	insert into notification (org_id, person_id, kind, object_kind,
	                          object_id)
	select org, h.person_id, 'sync_paused', 'organisation', org
	  from hr_contact h
	  join person p on p.org_id = h.org_id and p.id = h.person_id
	   and p.active and p.deleted_at is null
	 where h.org_id = org;
end
$$;
comment on function pause_deactivations is 'After a deactivation was refused and undone, in a transaction of its own: the pause stays until an admin releases it. Who was released meanwhile is not paused again.';

alter table session add column needs_host_since timestamptz;
comment on column session.needs_host_since is 'personal: none; keep: until erased. Its host left, and nobody has taken it on yet.';
create index session_needs_host on session (org_id, needs_host_since, id)
	where needs_host_since is not null;

create function person_hand_over() returns trigger
language plpgsql
as $$
begin
	insert into timer (org_id, kind, object_id, due_at)
	values (new.org_id, 'hand_over_leaver', new.id, clock())
	on conflict on constraint timer_already_set do update
	   set due_at = excluded.due_at, leased_until = null,
	       parked_at = null, attempts = 0;
	return null;
end
$$;
comment on function person_hand_over is 'Whoever leaves, and by whatever way, leaves work behind.';
create trigger person_hand_over after update of active, deleted_at on person
	for each row
	when (old.active and old.deleted_at is null
	      and not (new.active and new.deleted_at is null))
	execute function person_hand_over();

create function notification_reaches() returns trigger
language plpgsql
as $$
begin
	perform from person p
	  where p.org_id = new.org_id and p.id = new.person_id
	    and p.active and p.deleted_at is null;
	return case when found then new end;
end
$$;
comment on function notification_reaches is 'Nothing is told to those who left.';
create trigger notification_reaches before insert on notification
	for each row execute function notification_reaches();

insert into timer (org_id, kind, object_id, due_at)
select o.id, 'purge_sync', o.id, clock() + interval '1 hour'
  from organisation o
on conflict on constraint timer_already_set do nothing;
