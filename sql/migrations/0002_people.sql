create function name_words(name text) returns text
language plpgsql immutable strict parallel safe
as $$
begin
	-- A key of every order: short enough for any cursor.
	return left(translate(normalize_label(name), '-''’.', '    '), 200);
end
$$;
comment on function name_words is 'A name as it is sorted and searched: words without case, accents, hyphens and apostrophes.';

create table person (
	org_id uuid not null,
	id uuid not null,
	external_id text,
	user_name text not null,
	display_name text not null,
	given_name text,
	family_name text,
	email text,
	language text not null default 'en',
	zone text not null default 'Europe/Brussels',
	country text,
	active boolean not null default true,
	joined_on date,
	sort_name text not null
		generated always as (name_words(display_name)) stored,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	deleted_at timestamptz,
	constraint person_key primary key (org_id, id),
	constraint person_organisation foreign key (org_id)
		references organisation (id),
	constraint person_external_id_taken unique (org_id, external_id),
	constraint person_user_name_length
		check (char_length(user_name) between 1 and 200),
	constraint person_external_id_length
		check (char_length(external_id) between 1 and 200),
	constraint person_display_name_length
		check (char_length(display_name)
		       between case when deleted_at is null then 1 else 0 end
		       and 200),
	constraint person_given_name_length
		check (char_length(given_name) between 1 and 200),
	constraint person_family_name_length
		check (char_length(family_name) between 1 and 200),
	constraint person_email_length
		check (char_length(email) between 3 and 254),
	constraint person_language_known
		check (language in ('en', 'nl', 'fr', 'de')),
	constraint person_zone_length
		check (char_length(zone) between 1 and 64),
	constraint person_country_form
		check (country ~ '^[A-Z]{2}$')
);
create unique index person_user_name_taken
	on person (org_id, lower(user_name));
create index person_by_name on person (org_id, sort_name, id);
create index person_by_age on person (org_id, created_at, id);
create index person_by_change on person (org_id, updated_at, id);
create index person_by_word on person
	using gin ((' ' || sort_name) gin_trgm_ops);
comment on table person is 'Somebody of an organisation, as HR knows them.';
comment on column person.org_id is 'personal: none; keep: until erased';
comment on column person.id is 'personal: owner; keep: until erased';
comment on column person.external_id is 'personal: owner; keep: until erased. The HR system''s number.';
comment on column person.user_name is 'personal: owner; keep: until erased. Unique, whatever the case.';
comment on column person.display_name is 'personal: owner; keep: until erased. Empty in a tombstone.';
comment on column person.given_name is 'personal: owner; keep: until erased';
comment on column person.family_name is 'personal: owner; keep: until erased';
comment on column person.email is 'personal: owner; keep: until erased';
comment on column person.language is 'personal: owner; keep: until erased';
comment on column person.zone is 'personal: owner; keep: until erased';
comment on column person.country is 'personal: owner; keep: until erased';
comment on column person.active is 'personal: owner; keep: until erased. HR decides; false shuts out.';
comment on column person.joined_on is 'personal: owner; keep: until erased';
comment on column person.sort_name is 'personal: owner; keep: until erased. display_name as name_words.';
comment on column person.version is 'personal: none; keep: until erased';
comment on column person.created_at is 'personal: owner; keep: until erased';
comment on column person.updated_at is 'personal: owner; keep: until erased';
comment on column person.deleted_at is 'personal: owner; keep: until erased. Set: a tombstone.';
alter table person enable row level security;
create policy own_organisation on person
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table login_identity (
	org_id uuid not null,
	issuer text not null,
	subject text not null,
	person_id uuid not null,
	created_at timestamptz not null default clock(),
	constraint login_identity_taken primary key (org_id, issuer, subject),
	constraint login_identity_person foreign key (org_id, person_id)
		references person (org_id, id)
);
create index login_identity_by_person on login_identity (org_id, person_id);
comment on table login_identity is 'Who a token''s subject is, where it is not the user name.';
comment on column login_identity.org_id is 'personal: none; keep: until erased';
comment on column login_identity.issuer is 'personal: owner; keep: until erased';
comment on column login_identity.subject is 'personal: owner; keep: until erased';
comment on column login_identity.person_id is 'personal: owner; keep: until erased';
comment on column login_identity.created_at is 'personal: owner; keep: until erased';
alter table login_identity enable row level security;
create policy own_organisation on login_identity
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table team (
	org_id uuid not null,
	id uuid not null,
	external_id text,
	name text not null,
	parent_id uuid,
	sort_name text not null
		generated always as (name_words(name)) stored,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	deleted_at timestamptz,
	constraint team_key primary key (org_id, id),
	constraint team_organisation foreign key (org_id)
		references organisation (id),
	constraint team_parent_unknown foreign key (org_id, parent_id)
		references team (org_id, id),
	constraint team_external_id_taken unique (org_id, external_id),
	constraint team_name_length check (char_length(name) between 1 and 200),
	constraint team_external_id_length
		check (char_length(external_id) between 1 and 200)
);
create unique index team_name_taken on team (org_id, sort_name)
	where deleted_at is null;
create index team_by_name on team (org_id, sort_name, id);
create index team_by_age on team (org_id, created_at, id);
create index team_by_change on team (org_id, updated_at, id);
create index team_by_parent on team (org_id, parent_id);
comment on table team is 'A unit of the organisation; teams form trees.';
comment on column team.org_id is 'personal: none; keep: while the organisation exists';
comment on column team.id is 'personal: none; keep: while the organisation exists';
comment on column team.external_id is 'personal: none; keep: while the organisation exists. The HR system''s code.';
comment on column team.name is 'personal: none; keep: while the organisation exists';
comment on column team.parent_id is 'personal: none; keep: while the organisation exists';
comment on column team.sort_name is 'personal: none; keep: while the organisation exists. The name as name_words.';
comment on column team.version is 'personal: none; keep: while the organisation exists';
comment on column team.created_at is 'personal: none; keep: while the organisation exists';
comment on column team.updated_at is 'personal: none; keep: while the organisation exists';
comment on column team.deleted_at is 'personal: none; keep: while the organisation exists. Set: a tombstone.';
alter table team enable row level security;
create policy own_organisation on team
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table employment (
	org_id uuid not null,
	id uuid not null default uuid7(),
	person_id uuid not null,
	team_id uuid,
	manager_id uuid,
	title text,
	during daterange not null,
	is_primary boolean not null default true,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint employment_key primary key (org_id, id),
	constraint employment_person_unknown foreign key (org_id, person_id)
		references person (org_id, id),
	constraint employment_manager_unknown foreign key (org_id, manager_id)
		references person (org_id, id),
	constraint employment_team_unknown foreign key (org_id, team_id)
		references team (org_id, id),
	constraint employment_during_empty check (not isempty(during)),
	constraint employment_title_length
		check (char_length(title) between 1 and 200),
	constraint employment_primary_overlaps
		exclude using gist (org_id with =, person_id with =, during with &&)
		where (is_primary)
);
create index employment_by_person on employment (org_id, person_id);
create index employment_by_team on employment (org_id, team_id);
create index employment_by_manager on employment (org_id, manager_id);
comment on table employment is 'Where somebody works, for whom, and when; several may run at once, one of them primary.';
comment on column employment.org_id is 'personal: none; keep: until erased';
comment on column employment.id is 'personal: owner; keep: until erased';
comment on column employment.person_id is 'personal: owner; keep: until erased';
comment on column employment.team_id is 'personal: owner; keep: until erased';
comment on column employment.manager_id is 'personal: owner; keep: until erased';
comment on column employment.title is 'personal: owner; keep: until erased';
comment on column employment.during is 'personal: owner; keep: until erased';
comment on column employment.is_primary is 'personal: owner; keep: until erased';
comment on column employment.created_at is 'personal: owner; keep: until erased';
comment on column employment.updated_at is 'personal: owner; keep: until erased';
alter table employment enable row level security;
create policy own_organisation on employment
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create function employment_check_managers() returns trigger
language plpgsql
as $$
begin
	perform pg_advisory_xact_lock(hashtextextended('employment ' || c.org_id, 0))
	  from (select distinct org_id from changed
	         where manager_id is not null order by org_id) c;
	if exists (
		with recursive chain as (
			select c.org_id, c.person_id, c.manager_id, c.during
			  from changed c
			 where c.manager_id is not null
			union
			select e.org_id, c.person_id, e.manager_id,
			       e.during * c.during
			  from chain c
			  join employment e
			    on e.org_id = c.org_id and e.person_id = c.manager_id
			   and e.manager_id is not null
			   and e.during && c.during
			 where c.manager_id <> c.person_id
		)
		select from chain where manager_id = person_id
	) then
		raise exception using errcode = '23514',
			message = 'nobody is above themselves',
			schema = 'public', table = 'employment',
			constraint = 'manager_cycle';
	end if;
	return null;
end
$$;
comment on function employment_check_managers is 'At no moment is somebody above themselves. Rivals wait for one another, and the query then sees what they did.';
create trigger employment_manager_insert after insert on employment
	referencing new table as changed
	for each statement execute function employment_check_managers();
create trigger employment_manager_update after update on employment
	referencing new table as changed
	for each statement execute function employment_check_managers();

create function team_check_parents() returns trigger
language plpgsql
as $$
begin
	perform pg_advisory_xact_lock(hashtextextended('team ' || c.org_id, 0))
	  from (select distinct org_id from changed
	         where parent_id is not null order by org_id) c;
	if exists (
		with recursive chain as (
			select c.org_id, c.id, c.parent_id
			  from changed c
			 where c.parent_id is not null
			union
			select t.org_id, c.id, t.parent_id
			  from chain c
			  join team t on t.org_id = c.org_id and t.id = c.parent_id
			 where c.parent_id <> c.id and t.parent_id is not null
		)
		select from chain where parent_id = id
	) then
		raise exception using errcode = '23514',
			message = 'no team is above itself',
			schema = 'public', table = 'team',
			constraint = 'team_cycle';
	end if;
	return null;
end
$$;
comment on function team_check_parents is 'No team is above itself.';
create trigger team_parent_insert after insert on team
	referencing new table as changed
	for each statement execute function team_check_parents();
create trigger team_parent_update after update on team
	referencing new table as changed
	for each statement execute function team_check_parents();

create table person_block (
	org_id uuid not null,
	blocker_id uuid not null,
	blocked_id uuid not null,
	created_at timestamptz not null default clock(),
	constraint person_block_key primary key (org_id, blocker_id, blocked_id),
	constraint person_block_blocker foreign key (org_id, blocker_id)
		references person (org_id, id),
	constraint person_block_blocked foreign key (org_id, blocked_id)
		references person (org_id, id),
	constraint block_not_self check (blocker_id <> blocked_id)
);
create index person_block_by_blocked
	on person_block (org_id, blocked_id, blocker_id);
create index person_block_by_age
	on person_block (org_id, blocker_id, created_at, blocked_id);
comment on table person_block is 'Who wants nothing to do with whom. It works both ways and only the blocker may know of it.';
comment on column person_block.org_id is 'personal: none; keep: until lifted';
comment on column person_block.blocker_id is 'personal: owner; keep: until lifted';
comment on column person_block.blocked_id is 'personal: none; keep: until lifted. Never in the export of the one who is blocked.';
comment on column person_block.created_at is 'personal: owner; keep: until lifted';
alter table person_block enable row level security;
create policy own_organisation on person_block
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create function enter(org uuid, person uuid, lane_ms int, plan text)
returns timestamptz
language plpgsql
as $$
declare
	settings text;
begin
	settings := set_config('hefboom.org', org::text, true)
		|| set_config('hefboom.person', coalesce(person::text, ''), true)
		|| set_config('statement_timeout', lane_ms::text, true)
		|| set_config('plan_cache_mode', plan, true);
	if person is not null then
		perform from person p
		  where p.org_id = enter.org and p.id = enter.person
		    and p.active and p.deleted_at is null;
		if not found then
			perform refuse('person_inactive');
		end if;
	end if;
	return clock() - interval '10 seconds';
end
$$;
comment on function enter is 'Stands before every request''s statements, in the same transaction. What it returns is safe as the next updated_since: no write takes longer.';

create function find_caller(issuer text, org text, subject text)
returns table (org_id uuid, person_id uuid, active boolean)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
	select o.id, p.id, p.active
	  from organisation o
	  left join lateral (
		select f.id, f.active
		  from (
			select i.person_id, 1 as choice
			  from login_identity i
			 where i.org_id = o.id and i.issuer = find_caller.issuer
			   and i.subject = find_caller.subject
			union all
			select u.id, 2
			  from person u
			 where u.org_id = o.id
			   and lower(u.user_name) = lower(find_caller.subject)
			union all
			select e.id, 3
			  from person e
			 where e.org_id = o.id
			   and e.external_id = find_caller.subject
		  ) found
		  join person f on f.org_id = o.id and f.id = found.person_id
		   and f.deleted_at is null
		 order by found.choice
		 limit 1
	  ) p on true
	 where o.name = find_caller.org
$$;
comment on function find_caller is 'Who a token speaks for. No row: no such organisation; null: nobody that it knows.';

create function search_people(q text) returns setof uuid
language plpgsql stable security definer rows 100
set search_path = pg_catalog, public, pg_temp
as $$
declare
	org constant uuid :=
		nullif(current_setting('hefboom.org', true), '')::uuid;
	words text[];
	longest text;
	other text;
begin
	select array_agg('% ' || w.word || '%' order by length(w.word) desc)
	  into words
	  from (
		select regexp_replace(word, '([\\%_])', '\\\1', 'g') as word
		  from regexp_split_to_table(name_words(q), ' ') word
		 where word <> ''
	  ) w;
	longest := words[1];
	other := coalesce(words[2], longest);
	return query
	select p.id
	  from person p
	 where p.org_id = org
	   and ' ' || p.sort_name like longest and ' ' || p.sort_name like other
	   and ' ' || p.sort_name like all (words);
end
$$;
comment on function search_people is 'People each word of whose query begins a word of their name, of the organisation that was entered. Behind the policy''s back because trigram operators are not leakproof.';
