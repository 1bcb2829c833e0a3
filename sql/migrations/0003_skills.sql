create extension if not exists btree_gin with schema public;
create extension if not exists fuzzystrmatch with schema public;

create function first_label(labels jsonb) returns text
language sql immutable parallel safe
as $$
	select coalesce(labels ->> 'en', labels ->> 'nl', labels ->> 'fr',
		labels ->> 'de', (select value from jsonb_each_text(labels)
		                   order by key collate "C" limit 1), '')
$$;

create table skill (
	org_id uuid not null,
	id uuid not null,
	kind text not null default 'skill',
	state text not null default 'active',
	name text not null generated always as (first_label(labels)) stored,
	labels jsonb not null,
	alt_labels jsonb not null default '{}',
	hidden_labels jsonb not null default '{}',
	descriptions jsonb not null default '{}',
	parents jsonb not null default '[]',
	relations jsonb not null default '[]',
	external_refs jsonb not null default '[]',
	merged_from jsonb not null default '[]',
	merged_into uuid,
	successor_id uuid,
	suggested_by uuid,
	edited text[] not null default '{}',
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint skill_key primary key (org_id, id),
	constraint skill_organisation foreign key (org_id)
		references organisation (id),
	constraint skill_kind_known check (kind in ('skill', 'knowledge',
		'method', 'tool', 'language', 'attitude', 'group')),
	constraint skill_state_known check (state in ('suggested', 'active',
		'deprecated', 'merged')),
	constraint skill_labels_required
		check (jsonb_typeof(labels) = 'object' and labels <> '{}'),
	constraint skill_merged_into_state
		check ((merged_into is not null) = (state = 'merged')),
	constraint skill_successor_state
		check (successor_id is null or state in ('deprecated', 'merged')),
	constraint skill_successor_itself check (successor_id <> id),
	constraint skill_merge_itself check (merged_into <> id),
	constraint skill_merged_into_unknown foreign key (org_id, merged_into)
		references skill (org_id, id),
	constraint skill_successor_unknown foreign key (org_id, successor_id)
		references skill (org_id, id),
	constraint skill_suggested_by_unknown foreign key (org_id, suggested_by)
		references person (org_id, id)
);
create index skill_by_age on skill (org_id, created_at, id);
create index skill_by_change on skill (org_id, updated_at, id);
create index skill_by_survivor on skill (org_id, merged_into)
	where merged_into is not null;
create index skill_by_successor on skill (org_id, successor_id)
	where successor_id is not null;
create index skill_by_suggester on skill (org_id, suggested_by)
	where suggested_by is not null;
comment on table skill is 'What people can know, do or be; a group is a shelf to browse by. From parents to merged_from the columns repeat other tables (view skill_document), so that reading a skill is reading a row.';
comment on column skill.org_id is 'personal: none; keep: while the organisation exists';
comment on column skill.id is 'personal: none; keep: while the organisation exists';
comment on column skill.kind is 'personal: none; keep: while the organisation exists';
comment on column skill.state is 'personal: none; keep: while the organisation exists';
comment on column skill.name is 'personal: none; keep: while the organisation exists. The label where the language asked for has none.';
comment on column skill.labels is 'personal: none; keep: while the organisation exists. By language.';
comment on column skill.alt_labels is 'personal: none; keep: while the organisation exists. By language, lists.';
comment on column skill.hidden_labels is 'personal: none; keep: while the organisation exists. By language, lists; found, not shown.';
comment on column skill.descriptions is 'personal: none; keep: while the organisation exists. By language.';
comment on column skill.parents is 'personal: none; keep: while the organisation exists. Repeats skill_parent.';
comment on column skill.relations is 'personal: none; keep: while the organisation exists. Repeats skill_relation.';
comment on column skill.external_refs is 'personal: none; keep: while the organisation exists. Repeats skill_reference.';
comment on column skill.merged_from is 'personal: none; keep: while the organisation exists. Repeats merged_into, the other way.';
comment on column skill.merged_into is 'personal: none; keep: while the organisation exists. The survivor, never itself merged.';
comment on column skill.successor_id is 'personal: none; keep: while the organisation exists. What to use instead.';
comment on column skill.suggested_by is 'personal: owner; keep: until erased. Seen by HR and the one who suggested.';
comment on column skill.edited is 'personal: none; keep: while the organisation exists. What the organisation decided itself (kind, state, parents, relations, labels.nl ...): imports leave it alone.';
comment on column skill.version is 'personal: none; keep: while the organisation exists';
comment on column skill.created_at is 'personal: none; keep: while the organisation exists';
comment on column skill.updated_at is 'personal: none; keep: while the organisation exists';
alter table skill enable row level security;
create policy own_organisation on skill
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create function edited_fields(body jsonb) returns text[]
language sql immutable parallel safe
as $$
	select coalesce(array_agg(f.field order by f.field), '{}')
	  from (
		select 'kind' as field where body ? 'kind'
		union all
		select 'parents' where body ? 'parent_ids'
		union all
		select 'relations' where body ? 'relations'
		union all
		select t.field || '.' || l.language
		  from unnest(array['labels', 'alt_labels', 'descriptions'])
		       as t (field)
		 cross join jsonb_object_keys(body -> t.field) as l (language)
	  ) f
$$;
comment on function edited_fields is 'What skill.edited says after a body like this.';

create function tidy_lists(lists jsonb) returns jsonb
language sql immutable parallel safe
as $$
	select coalesce(jsonb_object_agg(key, value), '{}')
	  from jsonb_each(lists)
	 where value <> '[]'
$$;

create table skill_label (
	org_id uuid not null,
	skill_id uuid not null,
	language text not null,
	normalized text collate "C" not null,
	kind text not null,
	live boolean not null,
	constraint skill_label_key
		primary key (org_id, skill_id, language, normalized),
	constraint skill_label_skill foreign key (org_id, skill_id)
		references skill (org_id, id) on delete cascade,
	constraint skill_label_kind_known
		check (kind in ('preferred', 'alternative', 'hidden', 'group')),
	constraint language_unknown
		check (language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
	constraint label_empty check (normalized <> ''),
	constraint label_too_long check (char_length(normalized) <= 250)
);
create unique index skill_name_taken
	on skill_label (org_id, language, normalized)
	where kind = 'preferred' and live;
create index skill_label_exact on skill_label (org_id, normalized) where live;
create index skill_label_trigram on skill_label
	using gin (org_id, normalized gin_trgm_ops) where live;
create index skill_label_head
	on skill_label (org_id, length(normalized), normalized) where live;
create index skill_label_tail
	on skill_label (org_id, length(normalized), reverse(normalized))
	where live;
create index skill_label_word on skill_label
	using gin (org_id, to_tsvector('simple', normalized)) where live;
comment on table skill_label is 'What skill.labels, alt_labels and hidden_labels say, to search in (view wanted_skill_label).';
comment on column skill_label.org_id is 'personal: none; keep: while the organisation exists';
comment on column skill_label.skill_id is 'personal: none; keep: while the organisation exists';
comment on column skill_label.language is 'personal: none; keep: while the organisation exists';
comment on column skill_label.normalized is 'personal: none; keep: while the organisation exists. Without case and accents.';
comment on column skill_label.kind is 'personal: none; keep: while the organisation exists. group: the preferred label of a group, which need not be unique.';
comment on column skill_label.live is 'personal: none; keep: while the organisation exists. False when the skill is merged.';
alter table skill_label enable row level security;
create policy own_organisation on skill_label
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table skill_name (
	org_id uuid not null,
	skill_id uuid not null,
	language text not null,
	sort text collate "C" not null,
	constraint skill_name_key primary key (org_id, skill_id, language),
	constraint skill_name_skill foreign key (org_id, skill_id)
		references skill (org_id, id) on delete cascade
);
create index skill_name_by_name
	on skill_name (org_id, language, sort, skill_id);
comment on table skill_name is 'The order of names in each language of the API, borrowed ones included (view wanted_skill_name).';
comment on column skill_name.org_id is 'personal: none; keep: while the organisation exists';
comment on column skill_name.skill_id is 'personal: none; keep: while the organisation exists';
comment on column skill_name.language is 'personal: none; keep: while the organisation exists';
comment on column skill_name.sort is 'personal: none; keep: while the organisation exists. Without case and accents.';
alter table skill_name enable row level security;
create policy own_organisation on skill_name
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table skill_parent (
	org_id uuid not null,
	skill_id uuid not null,
	parent_id uuid not null,
	constraint skill_parent_key primary key (org_id, skill_id, parent_id),
	constraint skill_parent_skill foreign key (org_id, skill_id)
		references skill (org_id, id) on delete cascade,
	constraint skill_parent_unknown foreign key (org_id, parent_id)
		references skill (org_id, id)
);
create index skill_parent_by_parent
	on skill_parent (org_id, parent_id, skill_id);
comment on table skill_parent is 'Which skills and groups a skill belongs under.';
comment on column skill_parent.org_id is 'personal: none; keep: while the organisation exists';
comment on column skill_parent.skill_id is 'personal: none; keep: while the organisation exists';
comment on column skill_parent.parent_id is 'personal: none; keep: while the organisation exists';
alter table skill_parent enable row level security;
create policy own_organisation on skill_parent
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create function skill_check_parents() returns trigger
language plpgsql
as $$
begin
	perform pg_advisory_xact_lock(hashtextextended('skill ' || c.org_id, 0))
	  from (select distinct org_id from changed order by org_id) c;
	if exists (
		with recursive above as (
			select c.org_id, c.skill_id, c.parent_id from changed c
			union
			select p.org_id, a.skill_id, p.parent_id
			  from above a
			  join skill_parent p
			    on p.org_id = a.org_id and p.skill_id = a.parent_id
			 where a.parent_id <> a.skill_id
		)
		select from above where parent_id = skill_id
	) then
		raise exception using errcode = '23514',
			message = 'no skill is above itself',
			schema = 'public', table = 'skill_parent',
			constraint = 'skill_parent_cycle';
	end if;
	return null;
end
$$;
comment on function skill_check_parents is 'No skill is above itself. Rivals wait for one another, and the query then sees what they did.';
create trigger skill_parent_insert after insert on skill_parent
	referencing new table as changed
	for each statement execute function skill_check_parents();
create trigger skill_parent_update after update on skill_parent
	referencing new table as changed
	for each statement execute function skill_check_parents();

create table skill_relation (
	org_id uuid not null,
	skill_id uuid not null,
	type text not null,
	related_id uuid not null,
	constraint skill_relation_key
		primary key (org_id, skill_id, type, related_id),
	constraint skill_relation_type_known
		check (type in ('requires', 'helped_by', 'similar')),
	constraint skill_relation_itself check (skill_id <> related_id),
	constraint skill_relation_skill foreign key (org_id, skill_id)
		references skill (org_id, id) on delete cascade,
	constraint skill_relation_unknown foreign key (org_id, related_id)
		references skill (org_id, id)
);
create index skill_relation_by_related
	on skill_relation (org_id, related_id, skill_id);
comment on table skill_relation is 'What a skill requires, is helped by or resembles.';
comment on column skill_relation.org_id is 'personal: none; keep: while the organisation exists';
comment on column skill_relation.skill_id is 'personal: none; keep: while the organisation exists';
comment on column skill_relation.type is 'personal: none; keep: while the organisation exists';
comment on column skill_relation.related_id is 'personal: none; keep: while the organisation exists';
alter table skill_relation enable row level security;
create policy own_organisation on skill_relation
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table skill_reference (
	org_id uuid not null,
	skill_id uuid not null,
	scheme text not null,
	external_id text not null,
	constraint external_ref_taken primary key (org_id, scheme, external_id),
	constraint skill_reference_scheme_known
		check (scheme in ('esco', 'onet', 'sfia', 'internal')),
	constraint skill_reference_length
		check (char_length(external_id) between 1 and 400),
	constraint skill_reference_skill foreign key (org_id, skill_id)
		references skill (org_id, id) on delete cascade
);
create index skill_reference_by_skill on skill_reference (org_id, skill_id);
comment on table skill_reference is 'What others call a skill.';
comment on column skill_reference.org_id is 'personal: none; keep: while the organisation exists';
comment on column skill_reference.skill_id is 'personal: none; keep: while the organisation exists';
comment on column skill_reference.scheme is 'personal: none; keep: while the organisation exists';
comment on column skill_reference.external_id is 'personal: none; keep: while the organisation exists';
alter table skill_reference enable row level security;
create policy own_organisation on skill_reference
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table skill_merge (
	org_id uuid not null,
	id uuid not null,
	number bigint generated always as identity,
	from_id uuid not null,
	into_id uuid not null,
	from_state text not null,
	touched uuid[] not null default '{}',
	merged_by uuid,
	undone_by uuid,
	undone_at timestamptz,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint skill_merge_key primary key (org_id, id),
	constraint skill_merge_from foreign key (org_id, from_id)
		references skill (org_id, id),
	constraint skill_merge_into foreign key (org_id, into_id)
		references skill (org_id, id),
	constraint skill_merge_by foreign key (org_id, merged_by)
		references person (org_id, id),
	constraint skill_merge_undone_by foreign key (org_id, undone_by)
		references person (org_id, id)
);
create unique index skill_merge_once on skill_merge (org_id, from_id)
	where undone_at is null;
create index skill_merge_by_survivor on skill_merge (org_id, into_id);
create index skill_merge_by_age on skill_merge (org_id, created_at, id);
comment on table skill_merge is 'Which skill went up in which; with its entries, what undoing takes.';
comment on column skill_merge.org_id is 'personal: none; keep: while the organisation exists';
comment on column skill_merge.id is 'personal: none; keep: while the organisation exists';
comment on column skill_merge.number is 'personal: none; keep: while the organisation exists. The order in which they happened.';
comment on column skill_merge.from_id is 'personal: none; keep: while the organisation exists';
comment on column skill_merge.into_id is 'personal: none; keep: while the organisation exists';
comment on column skill_merge.from_state is 'personal: none; keep: while the organisation exists';
comment on column skill_merge.touched is 'personal: none; keep: while the organisation exists. Every skill that the journal names.';
comment on column skill_merge.merged_by is 'personal: owner; keep: until erased';
comment on column skill_merge.undone_by is 'personal: owner; keep: until erased';
comment on column skill_merge.undone_at is 'personal: none; keep: while the organisation exists';
comment on column skill_merge.version is 'personal: none; keep: while the organisation exists';
comment on column skill_merge.created_at is 'personal: none; keep: while the organisation exists';
comment on column skill_merge.updated_at is 'personal: none; keep: while the organisation exists';
alter table skill_merge enable row level security;
create policy own_organisation on skill_merge
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table skill_merge_entry (
	org_id uuid not null,
	merge_id uuid not null,
	number integer generated always as identity,
	kind text not null,
	object_id uuid,
	body jsonb not null default '{}',
	constraint skill_merge_entry_key primary key (org_id, merge_id, number),
	constraint skill_merge_entry_kind_known
		check (kind in ('claim_moved', 'claim_aside', 'label_added',
			'parent_added', 'parent_removed', 'relation_added',
			'relation_removed', 'successor_moved', 'redirected')),
	constraint skill_merge_entry_merge foreign key (org_id, merge_id)
		references skill_merge (org_id, id) on delete cascade
);
create index skill_merge_entry_by_object
	on skill_merge_entry (org_id, object_id);
comment on table skill_merge_entry is 'The journal of a merge: what was moved, put aside, added and removed.';
comment on column skill_merge_entry.org_id is 'personal: none; keep: while the organisation exists';
comment on column skill_merge_entry.merge_id is 'personal: none; keep: while the organisation exists';
comment on column skill_merge_entry.number is 'personal: none; keep: while the organisation exists';
comment on column skill_merge_entry.kind is 'personal: none; keep: while the organisation exists';
comment on column skill_merge_entry.object_id is 'personal: subject; keep: while the organisation exists. A claim or a skill.';
comment on column skill_merge_entry.body is 'personal: none; keep: while the organisation exists';
alter table skill_merge_entry enable row level security;
create policy own_organisation on skill_merge_entry
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create function search_skills(q text, language text)
returns table (skill_id uuid, distance float8)
language plpgsql stable security definer rows 20
set search_path = pg_catalog, public, pg_temp
set pg_trgm.word_similarity_threshold = 0.5
as $$
#variable_conflict use_column
declare
	org constant uuid :=
		nullif(current_setting('hefboom.org', true), '')::uuid;
	needle constant text := left(normalize_label(q), 200);
	size constant integer := length(needle);
	asked constant text[] := array[search_skills.language, 'en'];
	last constant text := chr(1114111);
	-- All words; of the last one its beginning.
	words constant tsquery := to_tsquery('simple', nullif(
		btrim(regexp_replace(needle, '\W+', ' & ', 'g'), ' &'), '') || ':*');
	-- One wrong letter, or two in each other's place, leave one of these.
	head constant text := left(needle, size / 2 - 1);
	tail constant text := reverse(right(needle, size - size / 2 - 1));
	lengths constant integer[] := array[size - 1, size, size + 1];
begin
	return query
	with beginning as materialized (
		select l.skill_id, l.kind, l.language, l.normalized
		  from skill_label l
		 where l.org_id = org and l.live and l.language = any (asked)
		   and l.normalized >= needle and l.normalized < needle || last
		 order by l.normalized
		 limit 100
	), near as materialized (
		select l.skill_id, l.kind, l.language, l.normalized
		  from skill_label l
		 where l.org_id = org and l.live and l.language = any (asked)
		   and length(l.normalized) = any (lengths)
		   and size >= 4
		   and l.normalized >= head and l.normalized < head || last
		   and levenshtein_less_equal(l.normalized, needle, 2) <= 2
		union
		select l.skill_id, l.kind, l.language, l.normalized
		  from skill_label l
		 where l.org_id = org and l.live and l.language = any (asked)
		   and length(l.normalized) = any (lengths)
		   and size >= 4
		   and reverse(l.normalized) >= tail
		   and reverse(l.normalized) < tail || last
		   and levenshtein_less_equal(l.normalized, needle, 2) <= 2
		union
		select l.skill_id, l.kind, l.language, l.normalized
		  from skill_label l
		 where l.org_id = org and l.live and l.language = any (asked)
		   and length(l.normalized) = any (lengths)
		   and size between 2 and 3
		   and levenshtein_less_equal(l.normalized, needle, 2) <= 2
	), worded as materialized (
		select l.skill_id, l.kind, l.language, l.normalized
		  from skill_label l
		 where l.org_id = org and l.live and l.language = any (asked)
		   and size >= 3
		   and to_tsvector('simple', l.normalized) @@ words
		 limit 200
	), found as (
		select b.skill_id, b.kind, b.language, b.normalized from beginning b
		union
		select n.skill_id, n.kind, n.language, n.normalized from near n
		union
		select w.skill_id, w.kind, w.language, w.normalized from worded w
		union
		(select l.skill_id, l.kind, l.language, l.normalized
		   from skill_label l
		  where l.org_id = org and l.live and l.language = any (asked)
		    and size >= 4 and needle <% l.normalized
		    and not exists (select from beginning)
		    and not exists (select from near)
		    and not exists (select from worded)
		  limit 300)
	)
	select f.skill_id, min(
		case when f.normalized = needle then 0
		     when starts_with(f.normalized, needle)
		     then 0.3 - 0.2 * size / length(f.normalized)
		     else 1 - greatest(similarity(f.normalized, needle),
		          1 - levenshtein(f.normalized, needle)
		              / greatest(size, length(f.normalized))::float8,
		          case when to_tsvector('simple', f.normalized) @@ words
		               then 0.4 + 0.4 * size / length(f.normalized)
		               else 0.5 * word_similarity(needle, f.normalized)
		                    + 0.2 * least(1, size
		                            / length(f.normalized)::float8) end)
		end
		+ case f.kind when 'alternative' then 0.02 when 'hidden' then 0.04
		              else 0 end
		+ case when f.language = search_skills.language then 0 else 0.01 end)
	  from found f
	 group by f.skill_id
	 order by 2, 1
	 limit 200;
end
$$;
comment on function search_skills is 'Skills whose label in this language or in English is like q: the same, begins like it, has its words, differs by one typing error, or, when there is nothing of these, has words like its; nearest first, of the organisation that was entered. Behind the policy''s back because trigram operators are not leakproof.';
