do $$
begin
	create temp table incoming_row (
		at_row bigint not null,
		external_id text, user_name text, given_name text,
		family_name text, email text, language text, zone text,
		country text, team text, team_parent text,
		manager_external_id text, title text, start_on date,
		end_on date, is_primary boolean, active boolean,
		key text generated always as (
			coalesce('e ' || external_id, 'u ' || lower(user_name))
		) stored
	) on commit drop;
	create temp table incoming_person (
		key text, at_row bigint, person_id uuid, is_new boolean,
		external_id text, user_name text, given_name text,
		family_name text, email text, language text, zone text,
		country text, active boolean, joined_on date
	) on commit drop;
	create temp table incoming_team (
		spelling text, at_row bigint, sort_name text, team_id uuid,
		is_new boolean, parent_id uuid
	) on commit drop;
	create temp table incoming_employment (
		at_row bigint, person_id uuid, employment_id uuid,
		is_new boolean, team_id uuid, manager_id uuid, title text,
		during daterange, is_primary boolean
	) on commit drop;
	create temp table incoming_change (
		person_id uuid, name text
	) on commit drop;
	create temp table incoming_place (
		person_id uuid, team_id uuid, manager_id uuid
	) on commit drop;
end
$$
