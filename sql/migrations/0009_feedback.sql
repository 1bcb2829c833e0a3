create table feedback_request (
	org_id uuid not null,
	id uuid not null default uuid7(),
	ask_id uuid not null,
	asker_id uuid not null,
	asked_id uuid not null,
	about_kind text not null,
	about_id uuid,
	about_text text,
	context text,
	due_at timestamptz,
	state text not null default 'open',
	reason text,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint feedback_request_key primary key (org_id, id),
	constraint feedback_request_asker foreign key (org_id, asker_id)
		references person (org_id, id),
	constraint feedback_request_asked foreign key (org_id, asked_id)
		references person (org_id, id),
	constraint feedback_request_asked_once unique (org_id, ask_id, asked_id),
	constraint feedback_request_not_self check (asker_id <> asked_id),
	constraint feedback_request_about_known
		check (about_kind in ('session', 'skill', 'work')
		       and (about_kind = 'work') = (about_id is null)
		       and (about_id is not null or about_text is not null)),
	constraint feedback_request_state_known check (state in ('open',
		'answered', 'declined', 'withdrawn')),
	constraint feedback_request_reason_of_declined
		check (reason is null or state = 'declined'),
	constraint feedback_request_about_length
		check (char_length(about_text) between 1 and 200),
	constraint feedback_request_context_length
		check (char_length(context) between 1 and 2000),
	constraint feedback_request_reason_length
		check (char_length(reason) between 1 and 500)
);
create index feedback_request_of_asker
	on feedback_request (org_id, asker_id, created_at, id);
create index feedback_request_of_asker_by_change
	on feedback_request (org_id, asker_id, updated_at, id);
create index feedback_request_of_asked
	on feedback_request (org_id, asked_id, created_at, id);
create index feedback_request_of_asked_by_change
	on feedback_request (org_id, asked_id, updated_at, id);
create index feedback_request_open on feedback_request (org_id, asker_id)
	where state = 'open';
comment on table feedback_request is 'Somebody asks one colleague for feedback; who asks several has one row for each.';
comment on column feedback_request.org_id is 'personal: none; keep: until erased';
comment on column feedback_request.id is 'personal: owner; keep: until erased';
comment on column feedback_request.ask_id is 'personal: owner; keep: until erased. What was asked of several at once.';
comment on column feedback_request.asker_id is 'personal: owner; keep: until erased';
comment on column feedback_request.asked_id is 'personal: subject; keep: until erased';
comment on column feedback_request.about_kind is 'personal: owner; keep: until erased';
comment on column feedback_request.about_id is 'personal: owner; keep: until erased. A session or a skill; null for work.';
comment on column feedback_request.about_text is 'personal: owner; keep: until erased';
comment on column feedback_request.context is 'personal: owner; keep: until erased';
comment on column feedback_request.due_at is 'personal: owner; keep: until erased';
comment on column feedback_request.state is 'personal: subject; keep: until erased';
comment on column feedback_request.reason is 'personal: subject; keep: until erased. Why it was declined, when that was said.';
comment on column feedback_request.version is 'personal: none; keep: until erased';
comment on column feedback_request.created_at is 'personal: owner; keep: until erased';
comment on column feedback_request.updated_at is 'personal: subject; keep: until erased';
alter table feedback_request enable row level security;
create policy own_organisation on feedback_request
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table feedback (
	org_id uuid not null,
	id uuid not null,
	giver_id uuid not null,
	receiver_id uuid not null,
	request_id uuid,
	about_kind text not null,
	about_id uuid,
	about_text text,
	about_key text not null generated always as (about_kind || ' '
		|| coalesce(about_id::text, normalize_label(about_text))) stored,
	context text,
	keep text,
	try_next text,
	example text,
	release text,
	window_ends_at timestamptz,
	state text not null default 'drafted',
	sent_at timestamptz,
	released_at timestamptz,
	read_at timestamptz,
	shown_at timestamptz not null default clock(),
	useful smallint,
	did text,
	useful_at timestamptz,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	deleted_at timestamptz,
	constraint feedback_key primary key (org_id, id),
	constraint feedback_giver foreign key (org_id, giver_id)
		references person (org_id, id),
	constraint feedback_receiver foreign key (org_id, receiver_id)
		references person (org_id, id),
	constraint feedback_request_of foreign key (org_id, request_id)
		references feedback_request (org_id, id),
	constraint feedback_not_self check (giver_id <> receiver_id),
	constraint feedback_about_known
		check (about_kind in ('session', 'skill', 'work')
		       and (about_kind = 'work') = (about_id is null)
		       and (about_id is not null or about_text is not null)),
	constraint feedback_state_known check (state in ('drafted', 'sent',
		'released', 'read', 'withdrawn', 'deleted')),
	constraint feedback_release_known check (release in ('now', 'window')),
	constraint feedback_waits_in_window check (state <> 'sent'
		or release = 'window' and window_ends_at is not null),
	constraint feedback_says_something check (state not in ('sent',
		'released', 'read') or keep is not null
		or try_next is not null),
	constraint feedback_released_when_told check ((state in ('released',
		'read', 'deleted')) = (released_at is not null)),
	constraint feedback_gone_when_deleted
		check ((state = 'deleted') = (deleted_at is not null)),
	constraint feedback_useful_known check (useful between 0 and 3),
	constraint feedback_did_known check (did in ('changed', 'will_try',
		'disagree', 'talked')),
	constraint feedback_usefulness_whole
		check ((useful is null) = (did is null)
		       and (useful is null) = (useful_at is null)),
	constraint feedback_about_length
		check (char_length(about_text) between 1 and 200),
	constraint feedback_context_length
		check (char_length(context) between 1 and 2000),
	constraint feedback_keep_length
		check (char_length(keep) between 1 and 2000),
	constraint feedback_try_next_length
		check (char_length(try_next) between 1 and 2000),
	constraint feedback_example_length
		check (char_length(example) between 1 and 2000)
);
create unique index feedback_given_already on feedback (org_id, request_id)
	where request_id is not null and state <> 'withdrawn';
create index feedback_of_giver on feedback (org_id, giver_id, shown_at, id);
create index feedback_of_giver_by_change
	on feedback (org_id, giver_id, updated_at, id);
create index feedback_of_receiver on feedback (org_id, receiver_id, shown_at, id)
	where released_at is not null;
create index feedback_of_receiver_by_change
	on feedback (org_id, receiver_id, updated_at, id)
	where released_at is not null;
create index feedback_in_window
	on feedback (org_id, giver_id, receiver_id, about_key)
	where state = 'sent';
create index feedback_found_useful on feedback (org_id, giver_id, useful)
	where useful is not null;
comment on table feedback is 'What somebody tells a colleague, for the colleague alone: who receives it owns it. Nothing in it measures a person.';
comment on column feedback.org_id is 'personal: none; keep: until erased';
comment on column feedback.id is 'personal: owner; keep: until erased';
comment on column feedback.giver_id is 'personal: subject; keep: until erased';
comment on column feedback.receiver_id is 'personal: owner; keep: until erased';
comment on column feedback.request_id is 'personal: owner; keep: until erased';
comment on column feedback.about_kind is 'personal: owner; keep: until erased';
comment on column feedback.about_id is 'personal: owner; keep: until erased. A session or a skill; null for work.';
comment on column feedback.about_text is 'personal: owner; keep: until erased';
comment on column feedback.about_key is 'personal: owner; keep: until erased. What two who tell each other about the same thing share.';
comment on column feedback.context is 'personal: subject; keep: until erased';
comment on column feedback.keep is 'personal: subject; keep: until erased';
comment on column feedback.try_next is 'personal: subject; keep: until erased';
comment on column feedback.example is 'personal: subject; keep: until erased';
comment on column feedback.release is 'personal: subject; keep: until erased. Null in a draft.';
comment on column feedback.window_ends_at is 'personal: subject; keep: until erased';
comment on column feedback.state is 'personal: subject; keep: until erased';
comment on column feedback.sent_at is 'personal: subject; keep: until erased';
comment on column feedback.released_at is 'personal: owner; keep: until erased';
comment on column feedback.read_at is 'personal: owner; keep: until erased';
comment on column feedback.shown_at is 'personal: owner; keep: until erased. When it was released; until then, begun.';
comment on column feedback.useful is 'personal: owner; keep: until erased. Of the words, not of a person; for the giver alone.';
comment on column feedback.did is 'personal: owner; keep: until erased. What became of it; for the giver alone.';
comment on column feedback.useful_at is 'personal: owner; keep: until erased';
comment on column feedback.version is 'personal: none; keep: until erased';
comment on column feedback.created_at is 'personal: subject; keep: until erased';
comment on column feedback.updated_at is 'personal: subject; keep: until erased';
comment on column feedback.deleted_at is 'personal: owner; keep: until erased. Set: a tombstone, without its words.';
alter table feedback enable row level security;
create policy own_organisation on feedback
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table feedback_share (
	org_id uuid not null,
	feedback_id uuid not null,
	person_id uuid not null,
	created_at timestamptz not null default clock(),
	constraint feedback_share_key primary key (org_id, feedback_id, person_id),
	constraint feedback_share_feedback foreign key (org_id, feedback_id)
		references feedback (org_id, id),
	constraint feedback_share_person foreign key (org_id, person_id)
		references person (org_id, id)
);
create index feedback_share_by_person
	on feedback_share (org_id, person_id, created_at, feedback_id);
create index feedback_share_by_age
	on feedback_share (org_id, feedback_id, created_at, person_id);
comment on table feedback_share is 'With whom its receiver shares a piece of feedback.';
comment on column feedback_share.org_id is 'personal: none; keep: until erased';
comment on column feedback_share.feedback_id is 'personal: owner; keep: until erased';
comment on column feedback_share.person_id is 'personal: subject; keep: until erased';
comment on column feedback_share.created_at is 'personal: owner; keep: until erased';
alter table feedback_share enable row level security;
create policy own_organisation on feedback_share
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table feedback_form (
	org_id uuid not null,
	session_id uuid not null,
	questions jsonb not null,
	version bigint not null default 1,
	created_at timestamptz not null default clock(),
	updated_at timestamptz not null default clock(),
	constraint feedback_form_key primary key (org_id, session_id),
	constraint feedback_form_session foreign key (org_id, session_id)
		references session (org_id, id)
);
comment on table feedback_form is 'What a session asks those who were there: about the session, never about a person.';
comment on column feedback_form.org_id is 'personal: none; keep: until erased';
comment on column feedback_form.session_id is 'personal: none; keep: until erased';
comment on column feedback_form.questions is 'personal: none; keep: until erased. In the order of the form.';
comment on column feedback_form.version is 'personal: none; keep: until erased';
comment on column feedback_form.created_at is 'personal: none; keep: until erased';
comment on column feedback_form.updated_at is 'personal: none; keep: until erased';
alter table feedback_form enable row level security;
create policy own_organisation on feedback_form
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table feedback_answer (
	org_id uuid not null,
	id uuid not null default gen_random_uuid(),
	session_id uuid not null,
	answers jsonb not null,
	constraint feedback_answer_key primary key (org_id, id),
	constraint feedback_answer_form foreign key (org_id, session_id)
		references feedback_form (org_id, session_id)
);
create index feedback_answer_by_form on feedback_answer (org_id, session_id);
comment on table feedback_answer is 'What one person answered to a form; neither who nor when, and the id tells no time.';
comment on column feedback_answer.org_id is 'personal: none; keep: until erased';
comment on column feedback_answer.id is 'personal: subject; keep: until erased';
comment on column feedback_answer.session_id is 'personal: subject; keep: until erased';
comment on column feedback_answer.answers is 'personal: subject; keep: until erased';
alter table feedback_answer enable row level security;
create policy own_organisation on feedback_answer
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);

create table feedback_answered (
	org_id uuid not null,
	session_id uuid not null,
	person_id uuid not null,
	answer_id uuid,
	constraint answers_given_already
		primary key (org_id, session_id, person_id),
	constraint feedback_answered_form foreign key (org_id, session_id)
		references feedback_form (org_id, session_id),
	constraint feedback_answered_person foreign key (org_id, person_id)
		references person (org_id, id),
	constraint feedback_answered_answer foreign key (org_id, answer_id)
		references feedback_answer (org_id, id)
);
create index feedback_answered_by_answer
	on feedback_answered (org_id, answer_id) where answer_id is not null;
comment on table feedback_answered is 'Who has answered a form. Which answer it was is known while it can be changed, to that person alone, and then forgotten.';
comment on column feedback_answered.org_id is 'personal: none; keep: until erased';
comment on column feedback_answered.session_id is 'personal: owner; keep: until erased';
comment on column feedback_answered.person_id is 'personal: owner; keep: until erased';
comment on column feedback_answered.answer_id is 'personal: owner; keep: 7 days after the session. Null: forgotten.';
alter table feedback_answered enable row level security;
create policy own_organisation on feedback_answered
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);
