-- Indexes take a hundred thousand labels better in one go.
do $$
begin
	perform set_config('work_mem', '32MB', true),
		set_config('gin_pending_list_limit', '512MB', true);
	create temp table incoming_concept (
		uri text, concept text, type text, label text,
		alternatives text, hidden text, description text, status text,
		language text, rank integer
	) on commit drop;
	create temp table incoming_broader (
		uri text, parent_uri text
	) on commit drop;
	create temp table incoming_relation (
		uri text, type text, related_uri text
	) on commit drop;
	create temp table incoming_skill (
		uri text primary key, kind text, state text, fate text,
		skill_id uuid, survivor_id uuid, edited text[] default '{}'
	) on commit drop;
	create temp table incoming_label (
		uri text, language text, list text, text text, rank bigint,
		normalized text collate "C"
	) on commit drop;
	create temp table incoming_found (
		uri text primary key, labels jsonb, alt_labels jsonb,
		hidden_labels jsonb
	) on commit drop;
	create temp table incoming_described (
		uri text primary key, descriptions jsonb
	) on commit drop;
	create temp table incoming_wanted (
		skill_id uuid primary key, fate text, kind text, state text,
		labels jsonb, alt_labels jsonb, hidden_labels jsonb,
		descriptions jsonb, is_changed boolean
	) on commit drop;
end
$$
