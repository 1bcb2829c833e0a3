create table session_goal (
	org_id uuid not null,
	session_id uuid not null,
	goal_id uuid not null,
	constraint session_goal_key primary key (org_id, session_id, goal_id),
	constraint session_goal_session foreign key (org_id, session_id)
		references session (org_id, id) on delete cascade,
	constraint session_goal_goal foreign key (org_id, goal_id)
		references goal (org_id, id) on delete cascade
);
create index session_goal_by_goal on session_goal (org_id, goal_id);
comment on table session_goal is 'Which goals a session serves; who may not see a goal does not see it here either.';
comment on column session_goal.org_id is 'personal: none; keep: until erased';
comment on column session_goal.session_id is 'personal: none; keep: until erased';
comment on column session_goal.goal_id is 'personal: subject; keep: until erased';
alter table session_goal enable row level security;
create policy own_organisation on session_goal
	using (org_id = nullif(current_setting('hefboom.org', true), '')::uuid);
