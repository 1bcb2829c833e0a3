create table scim_person (
	org_id uuid not null,
	person_id uuid not null,
	external_id text,
	email text,
	document jsonb not null,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint scim_uniqueness primary key (org_id, person_id),
	constraint scim_person_person foreign key (org_id, person_id)
		references person (org_id, id),
	constraint scim_person_external_id_length
		check (char_length(external_id) between 1 and 200)
);
create index scim_person_by_external_id on scim_person (org_id, external_id);
comment on table scim_person is 'What an identity provider says of somebody, as it was sent (RFC 7643); that there is a row says that the person is one of its.';
comment on column scim_person.org_id is 'personal: none; keep: until erased';
comment on column scim_person.person_id is 'personal: owner; keep: until erased';
comment on column scim_person.external_id is 'personal: owner; keep: until erased. The identity provider''s own.';
comment on column scim_person.email is 'personal: owner; keep: until erased. Which of the addresses became the person''s.';
comment on column scim_person.document is 'personal: owner; keep: until erased. Every attribute that a client may write.';
comment on column scim_person.created_at is 'personal: owner; keep: until erased';
comment on column scim_person.updated_at is 'personal: owner; keep: until erased';
alter table scim_person enable row level security;
create policy own_organisation on scim_person
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table scim_team (
	org_id uuid not null,
	team_id uuid not null,
	is_group boolean not null default true,
	external_id text,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint scim_team_key primary key (org_id, team_id),
	constraint scim_team_team foreign key (org_id, team_id)
		references team (org_id, id),
	constraint scim_team_external_id_length
		check (char_length(external_id) between 1 and 200)
);
create index scim_team_by_external_id on scim_team (org_id, external_id);
comment on table scim_team is 'What an identity provider made: a group, or the department that its users are in.';
comment on column scim_team.org_id is 'personal: none; keep: while the organisation exists';
comment on column scim_team.team_id is 'personal: none; keep: while the organisation exists';
comment on column scim_team.is_group is 'personal: none; keep: while the organisation exists. False: made for a department, and no group of anybody.';
comment on column scim_team.external_id is 'personal: none; keep: while the organisation exists';
comment on column scim_team.created_at is 'personal: none; keep: while the organisation exists';
comment on column scim_team.updated_at is 'personal: none; keep: while the organisation exists';
alter table scim_team enable row level security;
create policy own_organisation on scim_team
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create index employment_by_team_and_person
	on employment (org_id, team_id, person_id);
create index person_by_email on person (org_id, lower(email));
create index person_present on person (org_id, id) where deleted_at is null;

-- SCIM tells exact totals (RFC 7644, 3.4.2), and counting 100,000 rows for
-- every page would cost more than the page.
create table person_total (
	org_id uuid not null,
	part bigint generated always as identity,
	people bigint not null,
	constraint person_total_key primary key (org_id, part)
);
comment on table person_total is 'How many people there are, tombstones apart, in parts to be added up: a transaction takes a part that no other one holds, so that nobody waits.';
comment on column person_total.org_id is 'personal: none; keep: while the organisation exists';
comment on column person_total.part is 'personal: none; keep: while the organisation exists';
comment on column person_total.people is 'personal: none; keep: while the organisation exists. May be negative in one part.';
alter table person_total enable row level security;
create policy own_organisation on person_total
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);
insert into person_total (org_id, people)
select p.org_id, count(*) from person p
 where p.deleted_at is null
 group by p.org_id;

create function person_total_add(org uuid, more bigint) returns void
language plpgsql
as $$
declare
	free bigint;
begin
	-- In one statement with the update, whose snapshot is older than the
	-- lock, it sometimes finds none, and parts become many.
	select t.part into free
	  from person_total t
	 where t.org_id = org
	 limit 1
	   for update skip locked;
	if found then
		update person_total t set people = t.people + more
		 where t.org_id = org and t.part = free;
	else
		insert into person_total (org_id, people) values (org, more);
	end if;
end
$$;
comment on function person_total_add is 'More people, or fewer.';

create function person_count_changed() returns trigger
language plpgsql
as $$
begin
	if tg_op = 'UPDATE' then
		perform person_total_add(new.org_id,
			case when new.deleted_at is null then 1 else -1 end);
	elsif tg_op = 'INSERT' then
		perform person_total_add(c.org_id, c.people)
		  from (select org_id, count(*) as people from changed
		         where deleted_at is null group by org_id) c;
	else
		perform person_total_add(c.org_id, -c.people)
		  from (select org_id, count(*) as people from changed
		         where deleted_at is null group by org_id) c;
	end if;
	return null;
end
$$;
comment on function person_count_changed is 'Keeps person_total exact, whoever writes people.';
create trigger person_count_insert after insert on person
	referencing new table as changed
	for each statement execute function person_count_changed();
create trigger person_count_delete after delete on person
	referencing old table as changed
	for each statement execute function person_count_changed();
create trigger person_count_update after update of deleted_at on person
	for each row
	when ((old.deleted_at is null) <> (new.deleted_at is null))
	execute function person_count_changed();

create function people_counted(org uuid) returns bigint
language sql stable
as $$
	select coalesce(sum(t.people), 0)::bigint
	  from person_total t where t.org_id = org
$$;
comment on function people_counted is 'How many people there are, tombstones apart.';

create function people_paged(org uuid, start bigint, size bigint)
returns table (id uuid)
language plpgsql stable rows 100
as $$
declare
	total constant bigint := people_counted(org);
begin
	if start <= total / 2 then
		return query
		select p.id from person p
		 where p.org_id = org and p.deleted_at is null
		 order by p.id
		offset start limit size;
	else
		return query
		select p.id from person p
		 where p.org_id = org and p.deleted_at is null
		 order by p.id desc
		offset greatest(total - start - size, 0)
		 limit greatest(least(total - start, size), 0);
	end if;
end
$$;
comment on function people_paged is 'size people, by their ids, behind the first start. Passing over 100,000 costs 5 ms, so that the way to a late page is from the end.';

create function scim_columns(document jsonb)
returns table (external_id text, user_name text, display_name text,
	given_name text, family_name text, email text, language text,
	country text, active boolean, title text, department text,
	manager text)
language sql immutable parallel safe
as $$
	select document ->> 'externalId', document ->> 'userName',
	       left(coalesce(document ->> 'displayName',
	           document #>> '{name,formatted}',
	           nullif(concat_ws(' ', document #>> '{name,givenName}',
	               document #>> '{name,familyName}'), '')), 200),
	       document #>> '{name,givenName}',
	       document #>> '{name,familyName}',
	       (
		select e.at ->> 'value'
		  from jsonb_array_elements(document -> 'emails')
		       with ordinality e (at, n)
		 where char_length(e.at ->> 'value') between 3 and 254
		 order by coalesce((e.at ->> 'primary')::boolean, false) desc,
		       lower(e.at ->> 'type') = 'work' desc, e.n
		 limit 1
	       ),
	       (
		select l.tag
		  from (values (1, lower(left(
		            document ->> 'preferredLanguage', 2))),
		           (2, lower(left(document ->> 'locale', 2)))) l (n, tag)
		 where l.tag in ('en', 'nl', 'fr', 'de')
		 order by l.n
		 limit 1
	       ),
	       (
		select upper(a.at ->> 'country')
		  from jsonb_array_elements(document -> 'addresses')
		       with ordinality a (at, n)
		 where a.at ->> 'country' ~ '^[A-Za-z]{2}$'
		 order by lower(a.at ->> 'type') = 'work' desc, a.n
		 limit 1
	       ),
	       (document ->> 'active')::boolean,
	       left(document ->> 'title', 200),
	       left(document #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,department}', 200),
	       document #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}'
$$;
comment on function scim_columns is 'What a SCIM user means for a person and where they work.';

create function person_named(user_name text) returns uuid
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
	return (
		select p.id
		  from person p
		 where p.org_id = nullif(current_setting('hefboom.org', true),
		           '')::uuid
		   and lower(p.user_name) = lower(person_named.user_name)
	);
end
$$;
comment on function person_named is 'Who has that user name in the organisation that was entered, tombstones too. Behind the policy''s back because lower() is not leakproof: no index would serve it.';

create function scim_matches(document jsonb)
returns table (id uuid, choice integer)
language plpgsql stable security definer rows 2
set search_path = pg_catalog, public, pg_temp
as $$
declare
	org constant uuid :=
		nullif(current_setting('hefboom.org', true), '')::uuid;
	wanted constant text := document ->> 'externalId';
	named constant text := lower(document ->> 'userName');
	reached constant text := lower((
		select c.email from scim_columns(document) c
	));
begin
	return query
	select s.person_id, 1
	  from scim_person s
	 where s.org_id = org and s.external_id = wanted
	union all
	select p.id, 1
	  from person p
	 where p.org_id = org and p.external_id = wanted
	union all
	select p.id, 2
	  from person p
	 where p.org_id = org and lower(p.user_name) = named
	union all
	select p.id, 3
	  from person p
	 where p.org_id = org and lower(p.email) = reached;
end
$$;
comment on function scim_matches is 'Who a user that is about to be made may be already, in the organisation that was entered: by external id, user name, or e-mail. As person_named.';

create function scim_match(org uuid, document jsonb)
returns table (id uuid, is_taken boolean)
language sql stable
as $$
	select m.id, m.is_taken
	  from (
		select p.id, c.choice,
		       c.choice = 2 and s.person_id is not null
		           and p.deleted_at is null as is_taken,
		       s.person_id is null as is_free,
		       p.deleted_at,
		       coalesce(s.external_id
		           = scim_match.document ->> 'externalId',
		           true) as is_same,
		       count(*) filter (where c.choice = 3
		           and s.person_id is null) over () as same_email
		  from scim_matches(document) c
		  join person p on p.org_id = org and p.id = c.id
		  left join scim_person s
		    on s.org_id = org and s.person_id = p.id
	  ) m
	 where m.is_taken
	    or (m.choice = 1 and (m.is_free or m.deleted_at is not null))
	    or (m.choice = 2 and m.is_same)
	    or (m.choice = 3 and m.is_free and m.deleted_at is null
	        and m.same_email = 1)
	 order by m.is_taken desc, m.choice, m.is_free desc, m.id
	 limit 1
$$;
comment on function scim_match is 'Whom a user that is about to be made becomes: somebody no identity provider knows yet, or who was deleted; is_taken when that user name has one already. Who has the user name of somebody deleted, and another external id, is somebody else.';

create or replace function find_caller(issuer text, org text, subject text)
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
			select (array_agg(s.person_id))[1], 3
			  from scim_person s
			  join person l on l.org_id = s.org_id
			   and l.id = s.person_id and l.deleted_at is null
			 where s.org_id = o.id
			   and s.external_id = find_caller.subject
			having count(*) = 1
			union all
			select e.id, 4
			  from person e
			 where e.org_id = o.id
			   and e.external_id = find_caller.subject
		  ) found
		  join person f on f.org_id = o.id and f.id = found.person_id
		   and f.deleted_at is null
		 order by found.choice, f.active desc, f.id
		 limit 1
	  ) p on true
	 where o.name = find_caller.org
$$;

create function scim_group_match(org uuid, display_name text, external_id text)
returns table (id uuid, is_taken boolean)
language sql stable
as $$
	select m.id, m.is_taken
	  from (
		select t.id, 2 as choice, coalesce(s.is_group, false)
		           as is_taken
		  from team t
		  left join scim_team s
		    on s.org_id = t.org_id and s.team_id = t.id
		 where t.org_id = org and t.deleted_at is null
		   and t.sort_name = name_words(display_name)
		union all
		select t.id, 1, false
		  from team t
		 where t.org_id = org and t.deleted_at is null
		   and t.external_id = scim_group_match.external_id
		   and not exists (
			select from scim_team s
			 where s.org_id = org and s.team_id = t.id
			   and s.is_group
		   )
	  ) m
	 order by m.is_taken desc, m.choice
	 limit 1
$$;
comment on function scim_group_match is 'Which team a group that is about to be made is already; is_taken when another group has the name.';

-- That lock lasts until the commit: of users with a manager, one after the
-- other was made, 250 a second.
create or replace function employment_check_managers() returns trigger
language plpgsql
as $$
begin
	perform from changed c
	  where c.manager_id is not null
	    and (not exists (
			select from person p
			 where p.org_id = c.org_id and p.id = c.person_id
			   and p.version = 1
			   and p.xmin = pg_current_xact_id()::xid
		 ) or exists (
			select from employment e
			 where e.org_id = c.org_id
			   and e.manager_id = c.person_id
		 ))
	  limit 1;
	if not found then
		return null;
	end if;
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
comment on function employment_check_managers is 'At no moment is somebody above themselves. Rivals wait for one another, and the query then sees what they did. Whoever this very transaction made has no rivals, and closes no circle before somebody works for them.';
