create table goal_template (
	org_id uuid not null,
	id uuid not null,
	title text not null,
	description text,
	language text not null,
	measure_type text not null default 'none',
	measure_text text,
	milestones jsonb not null default '[]',
	sort_title text not null
		generated always as (left(normalize_label(title), 200)) stored,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	deleted_at timestamptz,
	constraint goal_template_key primary key (org_id, id),
	constraint goal_template_title_length
		check (char_length(title) between 1 and 200 or deleted_at is not null),
	constraint goal_template_description_length
		check (char_length(description) between 1 and 2000),
	constraint goal_template_language_known
		check (language in ('en', 'nl', 'fr', 'de')),
	constraint goal_template_measure_known
		check (measure_type in ('can_do', 'evidence', 'none')),
	constraint goal_template_measure_length
		check (measure_text is null or measure_type <> 'none'
			and char_length(measure_text) between 1 and 500)
);
create index goal_template_by_name
	on goal_template (org_id, sort_title, id) where deleted_at is null;
create index goal_template_by_age
	on goal_template (org_id, created_at, id) where deleted_at is null;
comment on table goal_template is 'A goal as the organisation suggests it; whoever takes it makes it their own.';
comment on column goal_template.org_id is 'personal: none; keep: until erased';
comment on column goal_template.id is 'personal: none; keep: until erased';
comment on column goal_template.title is 'personal: none; keep: until erased';
comment on column goal_template.description is 'personal: none; keep: until erased';
comment on column goal_template.language is 'personal: none; keep: until erased. Of its words.';
comment on column goal_template.measure_type is 'personal: none; keep: until erased';
comment on column goal_template.measure_text is 'personal: none; keep: until erased';
comment on column goal_template.milestones is 'personal: none; keep: until erased. Titles, in order.';
comment on column goal_template.sort_title is 'personal: none; keep: until erased';
comment on column goal_template.version is 'personal: none; keep: until erased';
comment on column goal_template.created_at is 'personal: none; keep: until erased';
comment on column goal_template.updated_at is 'personal: none; keep: until erased';
comment on column goal_template.deleted_at is 'personal: none; keep: until erased. Set: gone, though goals still name it.';
alter table goal_template enable row level security;
create policy own_organisation on goal_template
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table goal (
	org_id uuid not null,
	id uuid not null,
	person_id uuid not null,
	template_id uuid,
	title text not null,
	why text,
	due_on date,
	due_sort date not null
		generated always as (coalesce(due_on, 'infinity')) stored,
	measure_type text not null default 'none',
	measure_text text,
	visibility text not null default 'companions',
	state text not null default 'active',
	learned text,
	signed_at timestamptz not null default clock(),
	ended_at timestamptz,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	deleted_at timestamptz,
	constraint goal_key primary key (org_id, id),
	constraint goal_person foreign key (org_id, person_id)
		references person (org_id, id),
	constraint goal_template_unknown foreign key (org_id, template_id)
		references goal_template (org_id, id),
	constraint goal_title_length
		check (char_length(title) between 1 and 200 or deleted_at is not null),
	constraint goal_why_length check (char_length(why) between 1 and 2000),
	constraint goal_measure_known
		check (measure_type in ('can_do', 'evidence', 'none')),
	constraint goal_measure_length
		check (measure_text is null or measure_type <> 'none'
			and char_length(measure_text) between 1 and 500),
	constraint goal_visibility_known
		check (visibility in ('me', 'companions', 'team', 'org')),
	constraint goal_state_known check (state in ('draft', 'active', 'paused',
		'achieved', 'partly', 'let_go')),
	constraint goal_learned_length check (char_length(learned) between 1 and 2000),
	constraint goal_ended_when_over check ((ended_at is not null)
		= (state in ('achieved', 'partly', 'let_go')))
);
create index goal_by_person on goal (org_id, person_id, created_at, id);
create index goal_by_age on goal (org_id, created_at, id);
create index goal_by_due on goal (org_id, due_sort, id);
create index goal_by_change on goal (org_id, updated_at, id);
create index goal_by_template on goal (org_id, template_id)
	where template_id is not null;
comment on table goal is 'What somebody wants to learn. Nothing in it measures the person.';
comment on column goal.org_id is 'personal: none; keep: until erased';
comment on column goal.id is 'personal: owner; keep: until erased';
comment on column goal.person_id is 'personal: owner; keep: until erased';
comment on column goal.template_id is 'personal: owner; keep: until erased. What it began as.';
comment on column goal.title is 'personal: owner; keep: until erased. Empty in a tombstone.';
comment on column goal.why is 'personal: owner; keep: until erased';
comment on column goal.due_on is 'personal: owner; keep: until erased. The last day.';
comment on column goal.due_sort is 'personal: owner; keep: until erased';
comment on column goal.measure_type is 'personal: owner; keep: until erased';
comment on column goal.measure_text is 'personal: owner; keep: until erased';
comment on column goal.visibility is 'personal: owner; keep: until erased';
comment on column goal.state is 'personal: owner; keep: until erased';
comment on column goal.learned is 'personal: owner; keep: until erased. What letting go taught; kept when it is taken up again.';
comment on column goal.signed_at is 'personal: owner; keep: until erased. The last sign of life; how the goal fares is derived from it when it is read, for its owner and companions alone.';
comment on column goal.ended_at is 'personal: owner; keep: until erased';
comment on column goal.version is 'personal: none; keep: until erased';
comment on column goal.created_at is 'personal: owner; keep: until erased';
comment on column goal.updated_at is 'personal: owner; keep: until erased. A check-in does not touch it: colleagues see it.';
comment on column goal.deleted_at is 'personal: owner; keep: until erased. Set: a tombstone, without its words.';
alter table goal enable row level security;
create policy own_organisation on goal
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table goal_skill (
	org_id uuid not null,
	goal_id uuid not null,
	skill_id uuid not null,
	constraint goal_skill_key primary key (org_id, goal_id, skill_id),
	constraint goal_skill_goal foreign key (org_id, goal_id)
		references goal (org_id, id),
	constraint goal_skill_unknown foreign key (org_id, skill_id)
		references skill (org_id, id)
);
create index goal_skill_by_skill on goal_skill (org_id, skill_id, goal_id);
comment on table goal_skill is 'Skills that a goal is about; of a merged one the survivor is read.';
comment on column goal_skill.org_id is 'personal: none; keep: until erased';
comment on column goal_skill.goal_id is 'personal: owner; keep: until erased';
comment on column goal_skill.skill_id is 'personal: owner; keep: until erased';
alter table goal_skill enable row level security;
create policy own_organisation on goal_skill
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table goal_milestone (
	org_id uuid not null,
	id uuid not null,
	goal_id uuid not null,
	place integer not null,
	title text not null,
	due_on date,
	done_on date,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint goal_milestone_key primary key (org_id, id),
	constraint goal_milestone_goal foreign key (org_id, goal_id)
		references goal (org_id, id),
	constraint goal_milestone_title_length
		check (char_length(title) between 1 and 200)
);
create index goal_milestone_by_goal
	on goal_milestone (org_id, goal_id, place, id);
comment on table goal_milestone is 'A step towards a goal.';
comment on column goal_milestone.org_id is 'personal: none; keep: until erased';
comment on column goal_milestone.id is 'personal: owner; keep: until erased';
comment on column goal_milestone.goal_id is 'personal: owner; keep: until erased';
comment on column goal_milestone.place is 'personal: owner; keep: until erased. Smallest first; gaps mean nothing.';
comment on column goal_milestone.title is 'personal: owner; keep: until erased';
comment on column goal_milestone.due_on is 'personal: owner; keep: until erased';
comment on column goal_milestone.done_on is 'personal: owner; keep: until erased';
comment on column goal_milestone.version is 'personal: none; keep: until erased';
comment on column goal_milestone.created_at is 'personal: owner; keep: until erased';
comment on column goal_milestone.updated_at is 'personal: owner; keep: until erased';
alter table goal_milestone enable row level security;
create policy own_organisation on goal_milestone
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table goal_check_in (
	org_id uuid not null,
	id uuid not null,
	goal_id uuid not null,
	text text not null,
	created_at timestamptz not null default clock(),
	constraint goal_check_in_key primary key (org_id, id),
	constraint goal_check_in_goal foreign key (org_id, goal_id)
		references goal (org_id, id),
	constraint goal_check_in_text_length
		check (char_length(text) between 1 and 2000)
);
create index goal_check_in_by_goal
	on goal_check_in (org_id, goal_id, created_at, id);
comment on table goal_check_in is 'How it goes, in the words of the owner; added to, never changed.';
comment on column goal_check_in.org_id is 'personal: none; keep: until erased';
comment on column goal_check_in.id is 'personal: owner; keep: until erased';
comment on column goal_check_in.goal_id is 'personal: owner; keep: until erased';
comment on column goal_check_in.text is 'personal: owner; keep: until erased';
comment on column goal_check_in.created_at is 'personal: owner; keep: until erased';
alter table goal_check_in enable row level security;
create policy own_organisation on goal_check_in
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table goal_companion (
	org_id uuid not null,
	goal_id uuid not null,
	person_id uuid not null,
	state text not null default 'invited',
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint goal_companion_key primary key (org_id, goal_id, person_id),
	constraint goal_companion_goal foreign key (org_id, goal_id)
		references goal (org_id, id),
	constraint goal_companion_person foreign key (org_id, person_id)
		references person (org_id, id),
	constraint goal_companion_state_known check (state in ('invited',
		'accepted', 'declined', 'left', 'removed'))
);
create index goal_companion_by_goal
	on goal_companion (org_id, goal_id, created_at, person_id);
create index goal_companion_by_person
	on goal_companion (org_id, person_id, goal_id)
	where state in ('invited', 'accepted');
comment on table goal_companion is 'Peers whom the owner asked along.';
comment on column goal_companion.org_id is 'personal: none; keep: until erased';
comment on column goal_companion.goal_id is 'personal: subject; keep: until erased';
comment on column goal_companion.person_id is 'personal: subject; keep: until erased';
comment on column goal_companion.state is 'personal: subject; keep: until erased. A refusal is final for this goal.';
comment on column goal_companion.version is 'personal: none; keep: until erased';
comment on column goal_companion.created_at is 'personal: subject; keep: until erased';
comment on column goal_companion.updated_at is 'personal: subject; keep: until erased';
alter table goal_companion enable row level security;
create policy own_organisation on goal_companion
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);
