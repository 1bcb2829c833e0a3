-- Lists ask for each state by itself, so that what few or none are in is not
-- looked for among all the others; what is not for everybody is found by
-- session_near and goal_near.  The keys behind id are looked at within the
-- index, where one time is asked for and another one orders.
create index session_in_state_by_age
	on session (org_id, state, created_at, id, soonest_at, updated_at)
	where visibility = 'org';
create index session_in_state_by_soonest
	on session (org_id, state, soonest_at, id, updated_at)
	where visibility = 'org';
create index session_in_state_by_change
	on session (org_id, state, updated_at, id, soonest_at)
	where visibility = 'org';
create index goal_in_state_by_age
	on goal (org_id, state, created_at, id, updated_at)
	where visibility = 'org';
create index goal_in_state_by_due
	on goal (org_id, state, due_sort, id, updated_at)
	where visibility = 'org';
create index goal_in_state_by_change
	on goal (org_id, state, updated_at, id) where visibility = 'org';
create index skill_by_kind on skill (org_id, kind, state);
create index person_inactive on person (org_id, sort_name, id)
	where not active;
create index skill_at_the_top on skill (org_id) where parents = '[]';
