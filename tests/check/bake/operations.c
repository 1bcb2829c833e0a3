/* Made by src/bake from openapi/ and sql/; edit those. */
#include "hefboom/operation.h"
#include "hefboom/problem.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"

static const struct parameter list_notes_parameters[] = {
	{"limit", IN_QUERY, false,
	 "/components/parameters/Limit/schema", "50"},
	{"after", IN_QUERY, false,
	 "/components/parameters/After/schema", NULL},
	{"order", IN_QUERY, false,
	 "/paths/~1v1~1notes/get/parameters/2/schema", "newest"},
	{"label", IN_QUERY, false,
	 "/paths/~1v1~1notes/get/parameters/3/schema", NULL},
	{"since", IN_QUERY, false,
	 "/paths/~1v1~1notes/get/parameters/4/schema", NULL},
};

static const struct order_key list_notes_order_newest[] = {
	{"created_at", 1184},
	{"id", 2950},
};

static const struct order_key list_notes_order_title[] = {
	{"title", 25},
	{"id", 2950},
};

static const struct order_key list_notes_order_found[] = {
	{"_rank", 701},
	{"id", 2950},
};

static const struct order list_notes_orders[] = {
	{"newest", list_notes_order_newest, 2, true},
	{"title", list_notes_order_title, 2, false},
	{"found", list_notes_order_found, 2, true},
};

static const struct piece list_notes_sql_list_notes_pieces[] = {
	{PIECE_TEXT, 0,
	"select s.id, s.title, s.labels, s.version, s.created_at, s._rank\n"
	"  from (\n"
	"\tselect n.id, n.title, n.labels, n.version, n.created_at,\n"
	"\t       length(n.title)::float8 as _rank\n"
	"\t  from visible_note n\n"
	"\t where n.org_id = $1\n"
	"\t   ",
	NULL},
	{PIECE_OPTIONAL, 3,
	"and n.labels && $2",
	NULL},
	{PIECE_TEXT, 0,
	"\n"
	"\t   ",
	NULL},
	{PIECE_OPTIONAL, 4,
	"and n.created_at >= $3",
	NULL},
	{PIECE_TEXT, 0,
	"\n"
	"  ) s\n"
	" where ",
	NULL},
	{PIECE_PAGE, 0, "s.", NULL},
	{PIECE_TEXT, 0,
	"\n"
	" order by ",
	NULL},
	{PIECE_ORDER, 0, "s.", NULL},
	{PIECE_TEXT, 0,
	"\n"
	" limit $4",
	NULL},
};

static const struct argument list_notes_sql_list_notes_arguments[] = {
	{SOURCE_AUTH_ORG, 0, 2950, "auth.org"},
	{SOURCE_QUERY, 3, 1009, "query.label"},
	{SOURCE_QUERY, 4, 1184, "query.since"},
	{SOURCE_LIMIT, 0, 20, "limit"},
	{SOURCE_CURSOR, 0, 0, "cursor.0"},
	{SOURCE_CURSOR, 1, 0, "cursor.1"},
};

static const struct statement list_notes_statements[] = {
	{"list_notes", list_notes_sql_list_notes_pieces, 9, list_notes_sql_list_notes_arguments, 6, 5},
};

static const char *const list_notes_scopes[] = {
	NULL,
};

static const struct piece create_note_sql_create_note_pieces[] = {
	{PIECE_TEXT, 0,
	"with added as (\n"
	"\tinsert into note (org_id, id, title, labels, owner_id)\n"
	"\tvalues ($1, $2, $3 ->> 'title',\n"
	"\t        array(select jsonb_array_elements_text($3 -> 'labels')),\n"
	"\t        $4)\n"
	"\treturning note.id, note.title, note.labels, note.version,\n"
	"\t          note.created_at\n"
	"), told as (\n"
	"\tinsert into outbox (org_id, event, object_id, version, actor_id, body)\n"
	"\tselect $1, 'note.created', added.id, added.version,\n"
	"\t       $4, jsonb_build_object('title', added.title)\n"
	"\t  from added\n"
	")\n",
	NULL},
	{PIECE_KEYED, 0,
	", _reply as (\n",
	""},
	{PIECE_TEXT, 0,
	"select added.id, added.title, added.labels, added.version, added.created_at,\n"
	"       '/v1/notes/' || added.id as _location\n"
	"  from added",
	NULL},
	{PIECE_KEYED, 0,
	"\n"
	"), _kept as (\n"
	"\tupdate idempotency_key set answer = (_reply.*)::text\n"
	"\t  from _reply\n"
	"\t where idempotency_key.org_id = $1\n"
	"\t   and idempotency_key.caller = $5\n"
	"\t   and idempotency_key.key = $6\n"
	")\n"
	"select _reply.* from _reply",
	""},
};

static const struct argument create_note_sql_create_note_arguments[] = {
	{SOURCE_AUTH_ORG, 0, 2950, "auth.org"},
	{SOURCE_NEW_ID, 0, 2950, "new.id"},
	{SOURCE_BODY, 0, 3802, "body"},
	{SOURCE_AUTH_PERSON, 0, 2950, "auth.person"},
	{SOURCE_CALLER, 0, 25, "caller"},
	{SOURCE_KEY, 0, 25, "key"},
};

static const struct statement create_note_statements[] = {
	{"create_note", create_note_sql_create_note_pieces, 4, create_note_sql_create_note_arguments, 6, 0},
};

static const char *const create_note_scopes[] = {
	NULL,
};

static const struct parameter get_note_parameters[] = {
	{"note_id", IN_PATH, true,
	 "/paths/~1v1~1notes~1{note_id}/parameters/0/schema", NULL},
};

static const struct piece get_note_sql_get_note_pieces[] = {
	{PIECE_TEXT, 0,
	"select n.id, n.title, n.labels, n.version, n.created_at\n"
	"  from visible_note n\n"
	" where n.org_id = $1 and n.id = $2",
	NULL},
};

static const struct argument get_note_sql_get_note_arguments[] = {
	{SOURCE_AUTH_ORG, 0, 2950, "auth.org"},
	{SOURCE_PATH, 0, 2950, "path.note_id"},
};

static const struct statement get_note_statements[] = {
	{"get_note", get_note_sql_get_note_pieces, 1, get_note_sql_get_note_arguments, 2, 0},
};

static const char *const get_note_scopes[] = {
	NULL,
};

static const struct parameter update_note_parameters[] = {
	{"note_id", IN_PATH, true,
	 "/paths/~1v1~1notes~1{note_id}/parameters/0/schema", NULL},
};

static const struct piece update_note_sql_update_note_pieces[] = {
	{PIECE_TEXT, 0,
	"select n.id from note n\n"
	" where n.org_id = $1 and n.id = $2\n"
	"   for no key update",
	NULL},
};

static const struct argument update_note_sql_update_note_arguments[] = {
	{SOURCE_AUTH_ORG, 0, 2950, "auth.org"},
	{SOURCE_PATH, 0, 2950, "path.note_id"},
};

static const struct piece update_note_sql_update_note_2_pieces[] = {
	{PIECE_TEXT, 0,
	"with seen as (\n"
	"\tselect n.org_id, n.id,\n"
	"\t       case when n.closed then 'note_closed'\n"
	"\t            when stale($1, n.version) then 'stale_version'\n"
	"\t       end as problem\n"
	"\t  from visible_note n\n"
	"\t where n.org_id = $2 and n.id = $3\n"
	"), changed as (\n"
	"\tupdate note n set title = merge_patch(to_jsonb(n.title), $4) ->> 'title'\n"
	"\t  from seen\n"
	"\t where (n.org_id, n.id) = (seen.org_id, seen.id)\n"
	"\treturning n.id, n.title, n.labels, n.version, n.created_at\n"
	"), told as (\n"
	"\tinsert into outbox (org_id, event, object_id, version, actor_id, body)\n"
	"\tselect $2, 'note.changed', changed.id, changed.version,\n"
	"\t       $5, jsonb_build_object('title', changed.title)\n"
	"\t  from changed\n"
	")\n"
	"select refuse(seen.problem) as _refuse, changed.id, changed.title,\n"
	"       changed.labels, changed.version, changed.created_at\n"
	"  from seen\n"
	"  left join changed on true",
	NULL},
};

static const struct argument update_note_sql_update_note_2_arguments[] = {
	{SOURCE_IF_MATCH, 0, 20, "if_match"},
	{SOURCE_AUTH_ORG, 0, 2950, "auth.org"},
	{SOURCE_PATH, 0, 2950, "path.note_id"},
	{SOURCE_BODY, 0, 3802, "body"},
	{SOURCE_AUTH_PERSON, 0, 2950, "auth.person"},
};

static const struct statement update_note_statements[] = {
	{"update_note", update_note_sql_update_note_pieces, 1, update_note_sql_update_note_arguments, 2, 0},
	{"update_note.2", update_note_sql_update_note_2_pieces, 1, update_note_sql_update_note_2_arguments, 5, 0},
};

static const char *const update_note_scopes[] = {
	NULL,
};

static const struct parameter delete_note_parameters[] = {
	{"note_id", IN_PATH, true,
	 "/paths/~1v1~1notes~1{note_id}/parameters/0/schema", NULL},
};

static const struct piece delete_note_sql_delete_note_pieces[] = {
	{PIECE_TEXT, 0,
	"delete from note n\n"
	" where n.org_id = $1 and n.id = $2\n"
	"   and n.owner_id = $3\n"
	"returning n.id as _id",
	NULL},
};

static const struct argument delete_note_sql_delete_note_arguments[] = {
	{SOURCE_AUTH_ORG, 0, 2950, "auth.org"},
	{SOURCE_PATH, 0, 2950, "path.note_id"},
	{SOURCE_AUTH_PERSON, 0, 2950, "auth.person"},
};

static const struct statement delete_note_statements[] = {
	{"delete_note", delete_note_sql_delete_note_pieces, 1, delete_note_sql_delete_note_arguments, 3, 0},
};

static const char *const delete_note_scopes[] = {
	NULL,
};

handler_fn count_notes;

static const char *const count_notes_scopes[] = {
	"notes:read",
	NULL,
};

handler_fn scim_list_notes;

static const struct parameter scim_list_notes_parameters[] = {
	{"startIndex", IN_QUERY, false,
	 "/paths/~1scim~1v2~1Notes/get/parameters/0/schema", NULL},
};

static const char *const scim_list_notes_scopes[] = {
	NULL,
};

handler_fn scim_get_note;

static const struct parameter scim_get_note_parameters[] = {
	{"note_id", IN_PATH, true,
	 "/paths/~1scim~1v2~1Notes~1{note_id}/parameters/0/schema", NULL},
};

static const char *const scim_get_note_scopes[] = {
	NULL,
};

handler_fn scim_patch_note;

static const struct parameter scim_patch_note_parameters[] = {
	{"note_id", IN_PATH, true,
	 "/paths/~1scim~1v2~1Notes~1{note_id}/parameters/0/schema", NULL},
};

static const char *const scim_patch_note_scopes[] = {
	NULL,
};

const struct operation operations[] = {
	{
		.name = "list_notes",
		.method = "GET",
		.route = "/v1/notes",
		.kind = OPERATION_SQL,
		.dialect = DIALECT_PROBLEM,
		.roles = ROLE_MEMBER,
		.scopes = list_notes_scopes,
		.lane = LANE_FAST,
		.custom_plan = 0,
		.if_match_required = false,
		.sealed = false,
		.is_list = true,
		.keyed = false,
		.body = BODY_NONE,
		.body_required = false,
		.body_limit = 0,
		.body_elements = 0,
		.body_schema = NULL,
		.status = 200,
		.replies_json = true,
		.parameters = list_notes_parameters,
		.parameter_count = 5,
		.orders = list_notes_orders,
		.order_count = 3,
		.statements = list_notes_statements,
		.statement_count = 1,
		.handler = NULL,
	},
	{
		.name = "create_note",
		.method = "POST",
		.route = "/v1/notes",
		.kind = OPERATION_SQL,
		.dialect = DIALECT_PROBLEM,
		.roles = ROLE_MEMBER,
		.scopes = create_note_scopes,
		.lane = LANE_WRITE,
		.custom_plan = 0,
		.if_match_required = false,
		.sealed = false,
		.is_list = false,
		.keyed = true,
		.body = BODY_JSON,
		.body_required = true,
		.body_limit = 262144,
		.body_elements = 10000,
		.body_schema = "/components/schemas/NoteNew",
		.status = 201,
		.replies_json = true,
		.parameters = NULL,
		.parameter_count = 0,
		.orders = NULL,
		.order_count = 0,
		.statements = create_note_statements,
		.statement_count = 1,
		.handler = NULL,
	},
	{
		.name = "get_note",
		.method = "GET",
		.route = "/v1/notes/{note_id}",
		.kind = OPERATION_SQL,
		.dialect = DIALECT_PROBLEM,
		.roles = 0,
		.scopes = get_note_scopes,
		.lane = LANE_FAST,
		.custom_plan = UINT32_MAX,
		.if_match_required = false,
		.sealed = false,
		.is_list = false,
		.keyed = false,
		.body = BODY_NONE,
		.body_required = false,
		.body_limit = 0,
		.body_elements = 0,
		.body_schema = NULL,
		.status = 200,
		.replies_json = true,
		.parameters = get_note_parameters,
		.parameter_count = 1,
		.orders = NULL,
		.order_count = 0,
		.statements = get_note_statements,
		.statement_count = 1,
		.handler = NULL,
	},
	{
		.name = "update_note",
		.method = "PATCH",
		.route = "/v1/notes/{note_id}",
		.kind = OPERATION_SQL,
		.dialect = DIALECT_PROBLEM,
		.roles = ROLE_HR | ROLE_MEMBER,
		.scopes = update_note_scopes,
		.lane = LANE_WRITE,
		.custom_plan = 0,
		.if_match_required = true,
		.sealed = false,
		.is_list = false,
		.keyed = false,
		.body = BODY_MERGE_PATCH,
		.body_required = true,
		.body_limit = 262144,
		.body_elements = 10000,
		.body_schema = "/components/schemas/NotePatch",
		.status = 200,
		.replies_json = true,
		.parameters = update_note_parameters,
		.parameter_count = 1,
		.orders = NULL,
		.order_count = 0,
		.statements = update_note_statements,
		.statement_count = 2,
		.handler = NULL,
	},
	{
		.name = "delete_note",
		.method = "DELETE",
		.route = "/v1/notes/{note_id}",
		.kind = OPERATION_SQL,
		.dialect = DIALECT_PROBLEM,
		.roles = ROLE_MEMBER,
		.scopes = delete_note_scopes,
		.lane = LANE_WRITE,
		.custom_plan = 0,
		.if_match_required = false,
		.sealed = false,
		.is_list = false,
		.keyed = false,
		.body = BODY_NONE,
		.body_required = false,
		.body_limit = 0,
		.body_elements = 0,
		.body_schema = NULL,
		.status = 204,
		.replies_json = true,
		.parameters = delete_note_parameters,
		.parameter_count = 1,
		.orders = NULL,
		.order_count = 0,
		.statements = delete_note_statements,
		.statement_count = 1,
		.handler = NULL,
	},
	{
		.name = "count_notes",
		.method = "GET",
		.route = "/v1/notes/count",
		.kind = OPERATION_C,
		.dialect = DIALECT_PROBLEM,
		.roles = ROLE_INTEGRATOR,
		.scopes = count_notes_scopes,
		.lane = LANE_SLOW,
		.custom_plan = 0,
		.if_match_required = false,
		.sealed = false,
		.is_list = false,
		.keyed = false,
		.body = BODY_NONE,
		.body_required = false,
		.body_limit = 0,
		.body_elements = 0,
		.body_schema = NULL,
		.status = 200,
		.replies_json = true,
		.parameters = NULL,
		.parameter_count = 0,
		.orders = NULL,
		.order_count = 0,
		.statements = NULL,
		.statement_count = 0,
		.handler = count_notes,
	},
	{
		.name = "scim_list_notes",
		.method = "GET",
		.route = "/scim/v2/Notes",
		.kind = OPERATION_C,
		.dialect = DIALECT_SCIM,
		.roles = ROLE_INTEGRATOR,
		.scopes = scim_list_notes_scopes,
		.lane = LANE_FAST,
		.custom_plan = 0,
		.if_match_required = false,
		.sealed = false,
		.is_list = false,
		.keyed = false,
		.body = BODY_NONE,
		.body_required = false,
		.body_limit = 0,
		.body_elements = 0,
		.body_schema = NULL,
		.status = 200,
		.replies_json = true,
		.parameters = scim_list_notes_parameters,
		.parameter_count = 1,
		.orders = NULL,
		.order_count = 0,
		.statements = NULL,
		.statement_count = 0,
		.handler = scim_list_notes,
	},
	{
		.name = "scim_get_note",
		.method = "GET",
		.route = "/scim/v2/Notes/{note_id}",
		.kind = OPERATION_C,
		.dialect = DIALECT_SCIM,
		.roles = ROLE_INTEGRATOR,
		.scopes = scim_get_note_scopes,
		.lane = LANE_FAST,
		.custom_plan = 0,
		.if_match_required = false,
		.sealed = false,
		.is_list = false,
		.keyed = false,
		.body = BODY_NONE,
		.body_required = false,
		.body_limit = 0,
		.body_elements = 0,
		.body_schema = NULL,
		.status = 200,
		.replies_json = true,
		.parameters = scim_get_note_parameters,
		.parameter_count = 1,
		.orders = NULL,
		.order_count = 0,
		.statements = NULL,
		.statement_count = 0,
		.handler = scim_get_note,
	},
	{
		.name = "scim_patch_note",
		.method = "PATCH",
		.route = "/scim/v2/Notes/{note_id}",
		.kind = OPERATION_C,
		.dialect = DIALECT_SCIM,
		.roles = ROLE_INTEGRATOR,
		.scopes = scim_patch_note_scopes,
		.lane = LANE_WRITE,
		.custom_plan = 0,
		.if_match_required = false,
		.sealed = false,
		.is_list = false,
		.keyed = false,
		.body = BODY_JSON,
		.body_required = true,
		.body_limit = 1048576,
		.body_elements = 200000,
		.body_schema = "/paths/~1scim~1v2~1Notes~1{note_id}/patch/requestBody/content/application~1scim+json/schema",
		.status = 204,
		.replies_json = true,
		.parameters = scim_patch_note_parameters,
		.parameter_count = 1,
		.orders = NULL,
		.order_count = 0,
		.statements = NULL,
		.statement_count = 0,
		.handler = scim_patch_note,
	},
};

const size_t operation_count = 9;

static const struct piece statement_count_notes_of_pieces[] = {
	{PIECE_TEXT, 0,
	"select count(*) as count\n"
	"  from visible_note n\n"
	" where n.org_id = $1 and n.created_at > $2::timestamptz\n"
	"   and n.title like $3",
	NULL},
};

static const struct argument statement_count_notes_of_arguments[] = {
	{SOURCE_AUTH_ORG, 0, 2950, "auth.org"},
	{SOURCE_ARG, 0, 1184, "arg.since"},
	{SOURCE_ARG, 1, 25, "arg.title"},
};

const struct statement statements[] = {
	{"count_notes_of", statement_count_notes_of_pieces, 1, statement_count_notes_of_arguments, 3, 0},
};

const size_t statement_count = 1;

static const struct piece job_close_notes_pieces[] = {
	{PIECE_TEXT, 0,
	"select n.id from note n where n.org_id = $1 for no key update",
	NULL},
};

static const struct argument job_close_notes_arguments[] = {
	{SOURCE_AUTH_ORG, 0, 2950, "auth.org"},
};

static const struct piece job_close_notes_2_pieces[] = {
	{PIECE_TEXT, 0,
	"update note n set closed = true where n.org_id = $1",
	NULL},
};

static const struct argument job_close_notes_2_arguments[] = {
	{SOURCE_AUTH_ORG, 0, 2950, "auth.org"},
};

const struct statement jobs[] = {
	{"close_notes", job_close_notes_pieces, 1, job_close_notes_arguments, 1, 0},
	{"close_notes.2", job_close_notes_2_pieces, 1, job_close_notes_2_arguments, 1, 0},
};

const size_t job_count = 2;

const struct migration migrations[] = {
	{"0001_notes",
	"create function clock() returns timestamptz\n"
	"language sql stable as $$ select now() $$;\n"
	"create table note (\n"
	"\torg_id uuid not null,\n"
	"\tid uuid not null,\n"
	"\ttitle text not null,\n"
	"\tlabels text[] not null default '{}',\n"
	"\towner_id uuid not null,\n"
	"\tclosed boolean not null default false,\n"
	"\tversion bigint not null default 1,\n"
	"\tcreated_at timestamptz not null default clock(),\n"
	"\tconstraint note_key primary key (org_id, id),\n"
	"\tconstraint note_title_taken unique (org_id, title)\n"
	");\n"
	"comment on column note.org_id is 'personal: none; keep: with the note';\n"
	"comment on column note.id is 'personal: none; keep: with the note';\n"
	"comment on column note.title is 'personal: owner; keep: until thrown away';\n"
	"comment on column note.labels is 'personal: owner; keep: until thrown away';\n"
	"comment on column note.owner_id is 'personal: owner; keep: until thrown away';\n"
	"comment on column note.closed is 'personal: none; keep: with the note';\n"
	"comment on column note.version is 'personal: none; keep: with the note';\n"
	"comment on column note.created_at is 'personal: owner; keep: with the note';\n"
	"create table outbox ( -- global\n"
	"\tid bigint generated always as identity,\n"
	"\torg_id uuid not null,\n"
	"\tconstraint outbox_key primary key (id)\n"
	");\n"
	"comment on column outbox.id is 'personal: none; keep: 30 days';\n"
	"comment on column outbox.org_id is 'personal: none; keep: 30 days';\n"
	"alter table note enable row level security;\n"},
};

const size_t migration_count = 1;

const struct migration views[] = {
	{"visible_note",
	"create or replace view visible_note with (security_invoker = true) as\n"
	"select n.org_id, n.id, n.title, n.labels, n.version, n.created_at, n.closed\n"
	"  from note n;\n"},
};

const size_t view_count = 1;

const struct migration demos[] = {
	{"notes.csv",
	"title,label\n"
	"Knots,\"rope \"\"thick\"\"\"\n"},
};

const size_t demo_count = 1;

const struct problem problems[] = {
	{"bad_request", 400,
	 {"The request is malformed", "Het verzoek is verkeerd opgebouwd", "La requête est mal formée", "Die Anfrage ist fehlerhaft aufgebaut"},
	 {NULL, NULL, NULL, NULL},
	 NULL, NULL},
	{"invalid_body", 400,
	 {"The body is not as it should be", "De inhoud is niet zoals het hoort", "Le corps n'est pas conforme", "Der Inhalt entspricht nicht den Vorgaben"},
	 {NULL, NULL, NULL, NULL},
	 NULL, NULL},
	{"not_found", 404,
	 {"There is nothing here", "Hier is niets te vinden", "Il n'y a rien ici", "Hier ist nichts zu finden"},
	 {NULL, NULL, NULL, NULL},
	 NULL, NULL},
	{"note_closed", 409,
	 {"The note is closed", "De notitie is gesloten", "La note est fermée", "Die Notiz ist geschlossen"},
	 {NULL, NULL, NULL, NULL},
	 NULL, NULL},
	{"note_title_taken", 409,
	 {"There is a note with this title", "Er is al een notitie met deze titel", "Une note porte déjà ce titre", "Es gibt schon eine Notiz mit diesem Titel"},
	 {"It is {id}.", "Het is {id}.", "C'est {id}.", "Es ist {id}."},
	 "/title", NULL},
	{"scim_invalid_syntax", 400,
	 {"The body is no SCIM message of this kind", "De inhoud is geen SCIM-bericht van deze soort", "Le corps n'est pas un message SCIM de ce type", "Der Inhalt ist keine SCIM-Nachricht dieser Art"},
	 {NULL, NULL, NULL, NULL},
	 NULL, "invalidSyntax"},
	{"stale_version", 412,
	 {"It was changed since you read it", "Het is gewijzigd nadat u het las", "Il y a eu un changement depuis votre lecture", "Es wurde geändert, seit Sie es gelesen haben"},
	 {NULL, NULL, NULL, NULL},
	 NULL, NULL},
	{"unknown_parameter", 400,
	 {"There is no such parameter", "Deze parameter bestaat niet", "Ce paramètre n'existe pas", "Diesen Parameter gibt es nicht"},
	 {NULL, NULL, NULL, NULL},
	 NULL, NULL},
};

const size_t problem_count = 8;

const struct field_text field_texts[] = {
	{"required",
	 {"is required", "is verplicht", "est obligatoire", "ist erforderlich"}},
};

const size_t field_text_count = 1;

const char openapi_json[] =
	"{"
	"\"openapi\":\"3.1.0\","
	"\"info\":{"
	"\"title\":\"Notes\","
	"\"version\":\"1.0.0\""
	"},"
	"\"servers\":["
	"{"
	"\"url\":\"/\""
	"}"
	"],"
	"\"tags\":["
	"{"
	"\"name\":\"notes\","
	"\"description\":\"What people wrote down.\""
	"}"
	"],"
	"\"components\":{"
	"\"securitySchemes\":{"
	"\"bearer\":{"
	"\"type\":\"http\","
	"\"scheme\":\"bearer\","
	"\"bearerFormat\":\"JWT\""
	"}"
	"},"
	"\"schemas\":{"
	"\"Problem\":{"
	"\"type\":\"object\","
	"\"description\":\"Why something was refused (RFC 9457).\","
	"\"required\":["
	"\"type\","
	"\"title\","
	"\"status\","
	"\"instance\""
	"],"
	"\"properties\":{"
	"\"type\":{"
	"\"type\":\"string\","
	"\"description\":\"One address for each kind of refusal; it never changes.\""
	"},"
	"\"title\":{"
	"\"type\":\"string\","
	"\"description\":\"What is the matter, in the language of the request.\""
	"},"
	"\"status\":{"
	"\"type\":\"integer\""
	"},"
	"\"detail\":{"
	"\"type\":\"string\","
	"\"description\":\"What is the matter with this request.\""
	"},"
	"\"instance\":{"
	"\"type\":\"string\","
	"\"description\":\"The Request-Id, as urn:uuid.\""
	"},"
	"\"errors\":{"
	"\"type\":\"array\","
	"\"items\":{"
	"\"type\":\"object\","
	"\"required\":["
	"\"pointer\","
	"\"code\","
	"\"detail\""
	"],"
	"\"properties\":{"
	"\"pointer\":{"
	"\"type\":\"string\","
	"\"description\":\"Where in the body (RFC 6901), or the name of the parameter.\""
	"},"
	"\"code\":{"
	"\"type\":\"string\""
	"},"
	"\"detail\":{"
	"\"type\":\"string\""
	"}"
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"Note\":{"
	"\"type\":\"object\","
	"\"required\":["
	"\"id\","
	"\"title\","
	"\"labels\","
	"\"version\","
	"\"created_at\""
	"],"
	"\"properties\":{"
	"\"id\":{"
	"\"type\":\"string\","
	"\"format\":\"uuid\""
	"},"
	"\"title\":{"
	"\"type\":\"string\""
	"},"
	"\"labels\":{"
	"\"type\":\"array\","
	"\"items\":{"
	"\"type\":\"string\""
	"}"
	"},"
	"\"version\":{"
	"\"type\":\"integer\""
	"},"
	"\"created_at\":{"
	"\"type\":\"string\","
	"\"format\":\"date-time\""
	"}"
	"}"
	"},"
	"\"NoteNew\":{"
	"\"type\":\"object\","
	"\"additionalProperties\":false,"
	"\"required\":["
	"\"title\""
	"],"
	"\"properties\":{"
	"\"title\":{"
	"\"type\":\"string\","
	"\"minLength\":1,"
	"\"maxLength\":80"
	"},"
	"\"labels\":{"
	"\"type\":\"array\","
	"\"maxItems\":9,"
	"\"items\":{"
	"\"type\":\"string\","
	"\"maxLength\":40"
	"}"
	"}"
	"}"
	"},"
	"\"NotePatch\":{"
	"\"type\":\"object\","
	"\"additionalProperties\":false,"
	"\"minProperties\":1,"
	"\"properties\":{"
	"\"title\":{"
	"\"type\":\"string\","
	"\"minLength\":1,"
	"\"maxLength\":80"
	"}"
	"}"
	"},"
	"\"NoteList\":{"
	"\"type\":\"object\","
	"\"required\":["
	"\"items\","
	"\"next\","
	"\"as_of\""
	"],"
	"\"properties\":{"
	"\"items\":{"
	"\"type\":\"array\","
	"\"items\":{"
	"\"$ref\":\"#/components/schemas/Note\""
	"}"
	"},"
	"\"next\":{"
	"\"type\":["
	"\"string\","
	"\"null\""
	"]"
	"},"
	"\"as_of\":{"
	"\"type\":\"string\","
	"\"format\":\"date-time\""
	"}"
	"}"
	"},"
	"\"ScimError\":{"
	"\"type\":\"object\","
	"\"description\":\"Why something was refused, as SCIM says it (RFC 7644).\","
	"\"required\":["
	"\"schemas\","
	"\"status\","
	"\"detail\""
	"],"
	"\"properties\":{"
	"\"schemas\":{"
	"\"type\":\"array\","
	"\"description\":\"Which message this is.\","
	"\"items\":{"
	"\"type\":\"string\","
	"\"const\":\"urn:ietf:params:scim:api:messages:2.0:Error\""
	"}"
	"},"
	"\"status\":{"
	"\"type\":\"string\","
	"\"description\":\"The HTTP status, as text.\""
	"},"
	"\"scimType\":{"
	"\"type\":\"string\","
	"\"description\":\"Which kind of fault, where SCIM has a word for it (RFC 7644, table 9).\""
	"},"
	"\"detail\":{"
	"\"type\":\"string\","
	"\"description\":\"What is the matter, in the language of the request.\""
	"}"
	"}"
	"}"
	"},"
	"\"parameters\":{"
	"\"Limit\":{"
	"\"name\":\"limit\","
	"\"in\":\"query\","
	"\"description\":\"How many items at most.\","
	"\"schema\":{"
	"\"type\":\"integer\","
	"\"minimum\":1,"
	"\"maximum\":200,"
	"\"default\":50"
	"}"
	"},"
	"\"After\":{"
	"\"name\":\"after\","
	"\"in\":\"query\","
	"\"description\":\"The `next` of the page before; nothing else in the query may change.\","
	"\"schema\":{"
	"\"type\":\"string\","
	"\"minLength\":1,"
	"\"maxLength\":1024"
	"}"
	"},"
	"\"IdempotencyKey\":{"
	"\"name\":\"Idempotency-Key\","
	"\"in\":\"header\","
	"\"description\":\"The same key with the same request gives the same reply again, for 72 hours.\","
	"\"schema\":{"
	"\"type\":\"string\","
	"\"minLength\":1,"
	"\"maxLength\":255"
	"}"
	"},"
	"\"IfMatch\":{"
	"\"name\":\"If-Match\","
	"\"in\":\"header\","
	"\"description\":\"The ETag that was read; when the version is another one by now, 412.\","
	"\"schema\":{"
	"\"type\":\"string\","
	"\"minLength\":1,"
	"\"maxLength\":255"
	"}"
	"},"
	"\"IfNoneMatch\":{"
	"\"name\":\"If-None-Match\","
	"\"in\":\"header\","
	"\"description\":\"The ETag that is known; while nothing changed, 304.\","
	"\"schema\":{"
	"\"type\":\"string\","
	"\"minLength\":1,"
	"\"maxLength\":1024"
	"}"
	"},"
	"\"AcceptLanguage\":{"
	"\"name\":\"Accept-Language\","
	"\"in\":\"header\","
	"\"description\":\"The language of labels and refusals; en, nl, fr or de.\","
	"\"schema\":{"
	"\"type\":\"string\","
	"\"maxLength\":255"
	"}"
	"}"
	"},"
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"description\":\"Names this request, here as in the log.\","
	"\"schema\":{"
	"\"type\":\"string\""
	"}"
	"},"
	"\"ETag\":{"
	"\"description\":\"The version and a hash of the body, for If-Match and If-None-Match.\","
	"\"schema\":{"
	"\"type\":\"string\""
	"}"
	"},"
	"\"Link\":{"
	"\"description\":\"Where the next page is, as rel=\\\"next\\\" (RFC 8288); absent on the last one.\","
	"\"schema\":{"
	"\"type\":\"string\""
	"}"
	"},"
	"\"Location\":{"
	"\"description\":\"Where the new thing is.\","
	"\"schema\":{"
	"\"type\":\"string\""
	"}"
	"},"
	"\"Idempotency-Replayed\":{"
	"\"description\":\"Says true when this is the reply that was given before.\","
	"\"schema\":{"
	"\"type\":\"string\","
	"\"enum\":["
	"\"true\""
	"]"
	"}"
	"},"
	"\"Content-Language\":{"
	"\"description\":\"The language of the labels that were sent.\","
	"\"schema\":{"
	"\"type\":\"string\""
	"}"
	"},"
	"\"Retry-After\":{"
	"\"description\":\"How many seconds to wait before the next try.\","
	"\"schema\":{"
	"\"type\":\"string\""
	"}"
	"},"
	"\"WWW-Authenticate\":{"
	"\"description\":\"What is wrong with the token (RFC 6750).\","
	"\"schema\":{"
	"\"type\":\"string\""
	"}"
	"}"
	"},"
	"\"examples\":{"
	"\"problem_bad_request\":{"
	"\"summary\":\"The request is malformed\","
	"\"value\":{"
	"\"type\":\"/problems/bad_request\","
	"\"title\":\"The request is malformed\","
	"\"status\":400,"
	"\"instance\":\"urn:uuid:0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\""
	"}"
	"},"
	"\"problem_invalid_body\":{"
	"\"summary\":\"The body is not as it should be\","
	"\"value\":{"
	"\"type\":\"/problems/invalid_body\","
	"\"title\":\"The body is not as it should be\","
	"\"status\":400,"
	"\"instance\":\"urn:uuid:0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\""
	"}"
	"},"
	"\"problem_not_found\":{"
	"\"summary\":\"There is nothing here\","
	"\"value\":{"
	"\"type\":\"/problems/not_found\","
	"\"title\":\"There is nothing here\","
	"\"status\":404,"
	"\"instance\":\"urn:uuid:0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\""
	"}"
	"},"
	"\"problem_note_closed\":{"
	"\"summary\":\"The note is closed\","
	"\"value\":{"
	"\"type\":\"/problems/note_closed\","
	"\"title\":\"The note is closed\","
	"\"status\":409,"
	"\"instance\":\"urn:uuid:0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\""
	"}"
	"},"
	"\"problem_note_title_taken\":{"
	"\"summary\":\"There is a note with this title\","
	"\"value\":{"
	"\"type\":\"/problems/note_title_taken\","
	"\"title\":\"There is a note with this title\","
	"\"status\":409,"
	"\"instance\":\"urn:uuid:0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\","
	"\"detail\":\"It is {id}.\","
	"\"errors\":["
	"{"
	"\"pointer\":\"/title\","
	"\"code\":\"note_title_taken\","
	"\"detail\":\"There is a note with this title\""
	"}"
	"]"
	"}"
	"},"
	"\"problem_scim_invalid_syntax\":{"
	"\"summary\":\"The body is no SCIM message of this kind\","
	"\"value\":{"
	"\"type\":\"/problems/scim_invalid_syntax\","
	"\"title\":\"The body is no SCIM message of this kind\","
	"\"status\":400,"
	"\"instance\":\"urn:uuid:0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\""
	"}"
	"},"
	"\"problem_stale_version\":{"
	"\"summary\":\"It was changed since you read it\","
	"\"value\":{"
	"\"type\":\"/problems/stale_version\","
	"\"title\":\"It was changed since you read it\","
	"\"status\":412,"
	"\"instance\":\"urn:uuid:0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\""
	"}"
	"},"
	"\"problem_unknown_parameter\":{"
	"\"summary\":\"There is no such parameter\","
	"\"value\":{"
	"\"type\":\"/problems/unknown_parameter\","
	"\"title\":\"There is no such parameter\","
	"\"status\":400,"
	"\"instance\":\"urn:uuid:0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\""
	"}"
	"},"
	"\"scim_error_bad_request\":{"
	"\"summary\":\"The request is malformed\","
	"\"value\":{"
	"\"schemas\":["
	"\"urn:ietf:params:scim:api:messages:2.0:Error\""
	"],"
	"\"status\":\"400\","
	"\"detail\":\"The request is malformed\""
	"}"
	"},"
	"\"scim_error_not_found\":{"
	"\"summary\":\"There is nothing here\","
	"\"value\":{"
	"\"schemas\":["
	"\"urn:ietf:params:scim:api:messages:2.0:Error\""
	"],"
	"\"status\":\"404\","
	"\"detail\":\"There is nothing here\""
	"}"
	"},"
	"\"scim_error_scim_invalid_syntax\":{"
	"\"summary\":\"The body is no SCIM message of this kind\","
	"\"value\":{"
	"\"schemas\":["
	"\"urn:ietf:params:scim:api:messages:2.0:Error\""
	"],"
	"\"status\":\"400\","
	"\"scimType\":\"invalidSyntax\","
	"\"detail\":\"The body is no SCIM message of this kind\""
	"}"
	"},"
	"\"scim_error_note_closed\":{"
	"\"summary\":\"The note is closed\","
	"\"value\":{"
	"\"schemas\":["
	"\"urn:ietf:params:scim:api:messages:2.0:Error\""
	"],"
	"\"status\":\"409\","
	"\"detail\":\"The note is closed\""
	"}"
	"},"
	"\"scim_error_stale_version\":{"
	"\"summary\":\"It was changed since you read it\","
	"\"value\":{"
	"\"schemas\":["
	"\"urn:ietf:params:scim:api:messages:2.0:Error\""
	"],"
	"\"status\":\"412\","
	"\"detail\":\"It was changed since you read it\""
	"}"
	"}"
	"}"
	"},"
	"\"paths\":{"
	"\"/v1/notes\":{"
	"\"get\":{"
	"\"operationId\":\"list_notes\","
	"\"summary\":\"List notes\","
	"\"description\":\"The notes of the organisation.\","
	"\"tags\":["
	"\"notes\""
	"],"
	"\"security\":["
	"{"
	"\"bearer\":["
	"\"member\""
	"]"
	"}"
	"],"
	"\"parameters\":["
	"{"
	"\"$ref\":\"#/components/parameters/Limit\""
	"},"
	"{"
	"\"$ref\":\"#/components/parameters/After\""
	"},"
	"{"
	"\"name\":\"order\","
	"\"in\":\"query\","
	"\"schema\":{"
	"\"type\":\"string\","
	"\"enum\":["
	"\"newest\","
	"\"title\""
	"],"
	"\"default\":\"newest\""
	"}"
	"},"
	"{"
	"\"name\":\"label\","
	"\"in\":\"query\","
	"\"schema\":{"
	"\"type\":\"array\","
	"\"maxItems\":9,"
	"\"items\":{"
	"\"type\":\"string\","
	"\"maxLength\":40"
	"}"
	"},"
	"\"explode\":false"
	"},"
	"{"
	"\"name\":\"since\","
	"\"in\":\"query\","
	"\"schema\":{"
	"\"type\":\"string\","
	"\"format\":\"date-time\""
	"}"
	"},"
	"{"
	"\"$ref\":\"#/components/parameters/AcceptLanguage\""
	"}"
	"],"
	"\"responses\":{"
	"\"200\":{"
	"\"description\":\"A page.\","
	"\"content\":{"
	"\"application/json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/NoteList\""
	"},"
	"\"example\":{"
	"\"items\":["
	"{"
	"\"id\":\"0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\","
	"\"title\":\"Knots\","
	"\"labels\":["
	"\"rope\""
	"],"
	"\"version\":1,"
	"\"created_at\":\"2026-11-23T12:00:00Z\""
	"}"
	"],"
	"\"next\":null,"
	"\"as_of\":\"2026-11-23T12:00:00Z\""
	"}"
	"}"
	"},"
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"Link\":{"
	"\"$ref\":\"#/components/headers/Link\""
	"},"
	"\"Content-Language\":{"
	"\"$ref\":\"#/components/headers/Content-Language\""
	"}"
	"}"
	"},"
	"\"400\":{"
	"\"description\":\"The request cannot be understood. (bad_request, unknown_parameter)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"bad_request\":{"
	"\"$ref\":\"#/components/examples/problem_bad_request\""
	"},"
	"\"unknown_parameter\":{"
	"\"$ref\":\"#/components/examples/problem_unknown_parameter\""
	"}"
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"x-hefboom\":{"
	"\"orders\":{"
	"\"newest\":["
	"\"-created_at\","
	"\"-id\""
	"],"
	"\"title\":["
	"\"title\","
	"\"id\""
	"],"
	"\"found\":["
	"\"-_rank::float8\","
	"\"-id\""
	"]"
	"}"
	"}"
	"},"
	"\"post\":{"
	"\"operationId\":\"create_note\","
	"\"summary\":\"Write a note\","
	"\"description\":\"It is there at once.\","
	"\"tags\":["
	"\"notes\""
	"],"
	"\"security\":["
	"{"
	"\"bearer\":["
	"\"member\""
	"]"
	"}"
	"],"
	"\"requestBody\":{"
	"\"required\":true,"
	"\"content\":{"
	"\"application/json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/NoteNew\""
	"},"
	"\"example\":{"
	"\"title\":\"Knots\","
	"\"labels\":["
	"\"rope\""
	"]"
	"}"
	"}"
	"}"
	"},"
	"\"responses\":{"
	"\"201\":{"
	"\"description\":\"It was written.\","
	"\"content\":{"
	"\"application/json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Note\""
	"},"
	"\"example\":{"
	"\"id\":\"0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\","
	"\"title\":\"Knots\","
	"\"labels\":["
	"\"rope\""
	"],"
	"\"version\":1,"
	"\"created_at\":\"2026-11-23T12:00:00Z\""
	"}"
	"}"
	"},"
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"ETag\":{"
	"\"$ref\":\"#/components/headers/ETag\""
	"},"
	"\"Location\":{"
	"\"$ref\":\"#/components/headers/Location\""
	"},"
	"\"Idempotency-Replayed\":{"
	"\"$ref\":\"#/components/headers/Idempotency-Replayed\""
	"},"
	"\"Content-Language\":{"
	"\"$ref\":\"#/components/headers/Content-Language\""
	"}"
	"}"
	"},"
	"\"400\":{"
	"\"description\":\"The request cannot be understood. (bad_request, invalid_body, unknown_parameter)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"bad_request\":{"
	"\"$ref\":\"#/components/examples/problem_bad_request\""
	"},"
	"\"invalid_body\":{"
	"\"$ref\":\"#/components/examples/problem_invalid_body\""
	"},"
	"\"unknown_parameter\":{"
	"\"$ref\":\"#/components/examples/problem_unknown_parameter\""
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"409\":{"
	"\"description\":\"The state of things does not allow it now. (note_title_taken)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"Retry-After\":{"
	"\"$ref\":\"#/components/headers/Retry-After\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"note_title_taken\":{"
	"\"$ref\":\"#/components/examples/problem_note_title_taken\""
	"}"
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"x-hefboom\":{"
	"\"problems\":["
	"\"note_title_taken\""
	"]"
	"},"
	"\"parameters\":["
	"{"
	"\"$ref\":\"#/components/parameters/AcceptLanguage\""
	"},"
	"{"
	"\"$ref\":\"#/components/parameters/IdempotencyKey\""
	"}"
	"]"
	"}"
	"},"
	"\"/v1/notes/{note_id}\":{"
	"\"parameters\":["
	"{"
	"\"name\":\"note_id\","
	"\"in\":\"path\","
	"\"required\":true,"
	"\"schema\":{"
	"\"type\":\"string\","
	"\"format\":\"uuid\""
	"},"
	"\"description\":\"The id of the note.\""
	"}"
	"],"
	"\"get\":{"
	"\"operationId\":\"get_note\","
	"\"summary\":\"Read a note\","
	"\"description\":\"One note.\","
	"\"tags\":["
	"\"notes\""
	"],"
	"\"security\":[],"
	"\"responses\":{"
	"\"200\":{"
	"\"description\":\"The note.\","
	"\"content\":{"
	"\"application/json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Note\""
	"},"
	"\"example\":{"
	"\"id\":\"0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\","
	"\"title\":\"Knots\","
	"\"labels\":["
	"\"rope\""
	"],"
	"\"version\":1,"
	"\"created_at\":\"2026-11-23T12:00:00Z\""
	"}"
	"}"
	"},"
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"ETag\":{"
	"\"$ref\":\"#/components/headers/ETag\""
	"},"
	"\"Content-Language\":{"
	"\"$ref\":\"#/components/headers/Content-Language\""
	"}"
	"}"
	"},"
	"\"304\":{"
	"\"description\":\"It is as If-None-Match says.\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"ETag\":{"
	"\"$ref\":\"#/components/headers/ETag\""
	"}"
	"}"
	"},"
	"\"400\":{"
	"\"description\":\"The request cannot be understood. (bad_request, unknown_parameter)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"bad_request\":{"
	"\"$ref\":\"#/components/examples/problem_bad_request\""
	"},"
	"\"unknown_parameter\":{"
	"\"$ref\":\"#/components/examples/problem_unknown_parameter\""
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"404\":{"
	"\"description\":\"There is no such thing. (not_found)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"not_found\":{"
	"\"$ref\":\"#/components/examples/problem_not_found\""
	"}"
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"x-hefboom\":{"
	"\"plan\":\"custom\""
	"},"
	"\"parameters\":["
	"{"
	"\"$ref\":\"#/components/parameters/AcceptLanguage\""
	"},"
	"{"
	"\"$ref\":\"#/components/parameters/IfNoneMatch\""
	"}"
	"]"
	"},"
	"\"patch\":{"
	"\"operationId\":\"update_note\","
	"\"summary\":\"Change a note\","
	"\"description\":\"Only what is sent is changed. From `open` to `open`; otherwise 409 `note_closed`.\","
	"\"tags\":["
	"\"notes\""
	"],"
	"\"security\":["
	"{"
	"\"bearer\":["
	"\"member\""
	"]"
	"},"
	"{"
	"\"bearer\":["
	"\"hr\""
	"]"
	"}"
	"],"
	"\"requestBody\":{"
	"\"required\":true,"
	"\"content\":{"
	"\"application/merge-patch+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/NotePatch\""
	"},"
	"\"example\":{"
	"\"title\":\"Bends\""
	"}"
	"},"
	"\"application/json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/NotePatch\""
	"},"
	"\"example\":{"
	"\"title\":\"Bends\""
	"}"
	"}"
	"}"
	"},"
	"\"responses\":{"
	"\"200\":{"
	"\"description\":\"The note as it is now.\","
	"\"content\":{"
	"\"application/json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Note\""
	"},"
	"\"example\":{"
	"\"id\":\"0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f\","
	"\"title\":\"Bends\","
	"\"labels\":["
	"\"rope\""
	"],"
	"\"version\":2,"
	"\"created_at\":\"2026-11-23T12:00:00Z\""
	"}"
	"}"
	"},"
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"ETag\":{"
	"\"$ref\":\"#/components/headers/ETag\""
	"},"
	"\"Content-Language\":{"
	"\"$ref\":\"#/components/headers/Content-Language\""
	"}"
	"}"
	"},"
	"\"400\":{"
	"\"description\":\"The request cannot be understood. (bad_request, invalid_body, unknown_parameter)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"bad_request\":{"
	"\"$ref\":\"#/components/examples/problem_bad_request\""
	"},"
	"\"invalid_body\":{"
	"\"$ref\":\"#/components/examples/problem_invalid_body\""
	"},"
	"\"unknown_parameter\":{"
	"\"$ref\":\"#/components/examples/problem_unknown_parameter\""
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"404\":{"
	"\"description\":\"There is no such thing. (not_found)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"not_found\":{"
	"\"$ref\":\"#/components/examples/problem_not_found\""
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"409\":{"
	"\"description\":\"The state of things does not allow it now. (note_closed, note_title_taken)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"Retry-After\":{"
	"\"$ref\":\"#/components/headers/Retry-After\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"note_closed\":{"
	"\"$ref\":\"#/components/examples/problem_note_closed\""
	"},"
	"\"note_title_taken\":{"
	"\"$ref\":\"#/components/examples/problem_note_title_taken\""
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"412\":{"
	"\"description\":\"It was changed in the meantime. (stale_version)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"stale_version\":{"
	"\"$ref\":\"#/components/examples/problem_stale_version\""
	"}"
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"x-hefboom\":{"
	"\"if_match\":\"required\","
	"\"problems\":["
	"\"note_title_taken\","
	"\"note_closed\""
	"]"
	"},"
	"\"parameters\":["
	"{"
	"\"$ref\":\"#/components/parameters/AcceptLanguage\""
	"},"
	"{"
	"\"$ref\":\"#/components/parameters/IfMatch\""
	"}"
	"]"
	"},"
	"\"delete\":{"
	"\"operationId\":\"delete_note\","
	"\"summary\":\"Throw a note away\","
	"\"description\":\"It cannot be had back. From `open` to `closed`; otherwise 404 `not_found`.\","
	"\"tags\":["
	"\"notes\""
	"],"
	"\"security\":["
	"{"
	"\"bearer\":["
	"\"member\""
	"]"
	"}"
	"],"
	"\"responses\":{"
	"\"204\":{"
	"\"description\":\"It is gone.\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"Content-Language\":{"
	"\"$ref\":\"#/components/headers/Content-Language\""
	"}"
	"}"
	"},"
	"\"400\":{"
	"\"description\":\"The request cannot be understood. (bad_request, unknown_parameter)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"bad_request\":{"
	"\"$ref\":\"#/components/examples/problem_bad_request\""
	"},"
	"\"unknown_parameter\":{"
	"\"$ref\":\"#/components/examples/problem_unknown_parameter\""
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"404\":{"
	"\"description\":\"There is no such thing. (not_found)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"not_found\":{"
	"\"$ref\":\"#/components/examples/problem_not_found\""
	"}"
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"x-hefboom\":{"
	"\"silent\":\"nobody follows the end of a note\""
	"},"
	"\"parameters\":["
	"{"
	"\"$ref\":\"#/components/parameters/AcceptLanguage\""
	"}"
	"]"
	"}"
	"},"
	"\"/v1/notes/count\":{"
	"\"get\":{"
	"\"operationId\":\"count_notes\","
	"\"summary\":\"Count notes\","
	"\"description\":\"How many there are.\","
	"\"tags\":["
	"\"notes\""
	"],"
	"\"security\":["
	"{"
	"\"bearer\":["
	"\"integrator\""
	"]"
	"}"
	"],"
	"\"responses\":{"
	"\"200\":{"
	"\"description\":\"The number.\","
	"\"content\":{"
	"\"application/json\":{"
	"\"schema\":{"
	"\"type\":\"object\","
	"\"required\":["
	"\"count\""
	"],"
	"\"properties\":{"
	"\"count\":{"
	"\"type\":\"integer\""
	"}"
	"}"
	"},"
	"\"example\":{"
	"\"count\":3"
	"}"
	"}"
	"},"
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"}"
	"},"
	"\"400\":{"
	"\"description\":\"The request cannot be understood. (bad_request, unknown_parameter)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/problem+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\""
	"},"
	"\"examples\":{"
	"\"bad_request\":{"
	"\"$ref\":\"#/components/examples/problem_bad_request\""
	"},"
	"\"unknown_parameter\":{"
	"\"$ref\":\"#/components/examples/problem_unknown_parameter\""
	"}"
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"x-hefboom\":{"
	"\"handler\":\"c\","
	"\"lane\":\"slow\","
	"\"scopes\":["
	"\"notes:read\""
	"]"
	"},"
	"\"parameters\":["
	"{"
	"\"$ref\":\"#/components/parameters/AcceptLanguage\""
	"}"
	"]"
	"}"
	"},"
	"\"/scim/v2/Notes\":{"
	"\"get\":{"
	"\"operationId\":\"scim_list_notes\","
	"\"summary\":\"List notes for SCIM\","
	"\"description\":\"Only what is known is looked at.\","
	"\"tags\":["
	"\"notes\""
	"],"
	"\"security\":["
	"{"
	"\"bearer\":["
	"\"integrator\""
	"]"
	"}"
	"],"
	"\"parameters\":["
	"{"
	"\"name\":\"startIndex\","
	"\"in\":\"query\","
	"\"schema\":{"
	"\"type\":\"integer\""
	"}"
	"},"
	"{"
	"\"$ref\":\"#/components/parameters/AcceptLanguage\""
	"}"
	"],"
	"\"responses\":{"
	"\"200\":{"
	"\"description\":\"A ListResponse.\","
	"\"content\":{"
	"\"application/scim+json\":{"
	"\"schema\":{"
	"\"type\":\"object\","
	"\"properties\":{"
	"\"totalResults\":{"
	"\"type\":\"integer\""
	"}"
	"}"
	"},"
	"\"example\":{"
	"\"totalResults\":3"
	"}"
	"}"
	"},"
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"Content-Language\":{"
	"\"$ref\":\"#/components/headers/Content-Language\""
	"}"
	"}"
	"},"
	"\"400\":{"
	"\"description\":\"The request cannot be understood. (bad_request)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/scim+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/ScimError\""
	"},"
	"\"examples\":{"
	"\"bad_request\":{"
	"\"$ref\":\"#/components/examples/scim_error_bad_request\""
	"}"
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"x-hefboom\":{"
	"\"handler\":\"c\","
	"\"dialect\":\"scim\""
	"}"
	"}"
	"},"
	"\"/scim/v2/Notes/{note_id}\":{"
	"\"parameters\":["
	"{"
	"\"name\":\"note_id\","
	"\"in\":\"path\","
	"\"required\":true,"
	"\"schema\":{"
	"\"type\":\"string\","
	"\"format\":\"uuid\""
	"},"
	"\"description\":\"The id of the note.\""
	"}"
	"],"
	"\"get\":{"
	"\"operationId\":\"scim_get_note\","
	"\"summary\":\"Read a note for SCIM\","
	"\"description\":\"With its version.\","
	"\"tags\":["
	"\"notes\""
	"],"
	"\"security\":["
	"{"
	"\"bearer\":["
	"\"integrator\""
	"]"
	"}"
	"],"
	"\"responses\":{"
	"\"200\":{"
	"\"description\":\"The note.\","
	"\"headers\":{"
	"\"ETag\":{"
	"\"$ref\":\"#/components/headers/ETag\""
	"},"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"Content-Language\":{"
	"\"$ref\":\"#/components/headers/Content-Language\""
	"}"
	"},"
	"\"content\":{"
	"\"application/scim+json\":{"
	"\"schema\":{"
	"\"type\":\"object\","
	"\"required\":["
	"\"displayName\""
	"],"
	"\"properties\":{"
	"\"displayName\":{"
	"\"type\":\"string\""
	"}"
	"}"
	"},"
	"\"example\":{"
	"\"displayName\":\"Knots\""
	"}"
	"}"
	"}"
	"},"
	"\"304\":{"
	"\"description\":\"It is as If-None-Match says.\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"ETag\":{"
	"\"$ref\":\"#/components/headers/ETag\""
	"}"
	"}"
	"},"
	"\"400\":{"
	"\"description\":\"The request cannot be understood. (bad_request)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/scim+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/ScimError\""
	"},"
	"\"examples\":{"
	"\"bad_request\":{"
	"\"$ref\":\"#/components/examples/scim_error_bad_request\""
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"404\":{"
	"\"description\":\"There is no such thing. (not_found)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/scim+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/ScimError\""
	"},"
	"\"examples\":{"
	"\"not_found\":{"
	"\"$ref\":\"#/components/examples/scim_error_not_found\""
	"}"
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"x-hefboom\":{"
	"\"handler\":\"c\","
	"\"dialect\":\"scim\""
	"},"
	"\"parameters\":["
	"{"
	"\"$ref\":\"#/components/parameters/AcceptLanguage\""
	"},"
	"{"
	"\"$ref\":\"#/components/parameters/IfNoneMatch\""
	"}"
	"]"
	"},"
	"\"patch\":{"
	"\"operationId\":\"scim_patch_note\","
	"\"summary\":\"Change a note for SCIM\","
	"\"description\":\"Members that are not known are ignored.\","
	"\"tags\":["
	"\"notes\""
	"],"
	"\"security\":["
	"{"
	"\"bearer\":["
	"\"integrator\""
	"]"
	"}"
	"],"
	"\"requestBody\":{"
	"\"required\":true,"
	"\"content\":{"
	"\"application/scim+json\":{"
	"\"schema\":{"
	"\"type\":\"object\","
	"\"required\":["
	"\"schemas\""
	"],"
	"\"properties\":{"
	"\"schemas\":{"
	"\"type\":\"array\","
	"\"maxItems\":9,"
	"\"items\":{"
	"\"type\":\"string\","
	"\"maxLength\":99"
	"}"
	"}"
	"}"
	"},"
	"\"example\":{"
	"\"schemas\":["
	"\"urn:ietf:params:scim:api:messages:2.0:PatchOp\""
	"]"
	"}"
	"},"
	"\"application/json\":{"
	"\"schema\":{"
	"\"type\":\"object\","
	"\"required\":["
	"\"schemas\""
	"],"
	"\"properties\":{"
	"\"schemas\":{"
	"\"type\":\"array\","
	"\"maxItems\":9,"
	"\"items\":{"
	"\"type\":\"string\","
	"\"maxLength\":99"
	"}"
	"}"
	"}"
	"},"
	"\"example\":{"
	"\"schemas\":["
	"\"urn:ietf:params:scim:api:messages:2.0:PatchOp\""
	"]"
	"}"
	"}"
	"}"
	"},"
	"\"responses\":{"
	"\"204\":{"
	"\"description\":\"It was changed.\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"Content-Language\":{"
	"\"$ref\":\"#/components/headers/Content-Language\""
	"}"
	"}"
	"},"
	"\"400\":{"
	"\"description\":\"The request cannot be understood. (bad_request, scim_invalid_syntax)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/scim+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/ScimError\""
	"},"
	"\"examples\":{"
	"\"bad_request\":{"
	"\"$ref\":\"#/components/examples/scim_error_bad_request\""
	"},"
	"\"scim_invalid_syntax\":{"
	"\"$ref\":\"#/components/examples/scim_error_scim_invalid_syntax\""
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"404\":{"
	"\"description\":\"There is no such thing. (not_found)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/scim+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/ScimError\""
	"},"
	"\"examples\":{"
	"\"not_found\":{"
	"\"$ref\":\"#/components/examples/scim_error_not_found\""
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"409\":{"
	"\"description\":\"The state of things does not allow it now. (note_closed)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"},"
	"\"Retry-After\":{"
	"\"$ref\":\"#/components/headers/Retry-After\""
	"}"
	"},"
	"\"content\":{"
	"\"application/scim+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/ScimError\""
	"},"
	"\"examples\":{"
	"\"note_closed\":{"
	"\"$ref\":\"#/components/examples/scim_error_note_closed\""
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"412\":{"
	"\"description\":\"It was changed in the meantime. (stale_version)\","
	"\"headers\":{"
	"\"Request-Id\":{"
	"\"$ref\":\"#/components/headers/Request-Id\""
	"}"
	"},"
	"\"content\":{"
	"\"application/scim+json\":{"
	"\"schema\":{"
	"\"$ref\":\"#/components/schemas/ScimError\""
	"},"
	"\"examples\":{"
	"\"stale_version\":{"
	"\"$ref\":\"#/components/examples/scim_error_stale_version\""
	"}"
	"}"
	"}"
	"}"
	"}"
	"},"
	"\"x-hefboom\":{"
	"\"handler\":\"c\","
	"\"dialect\":\"scim\","
	"\"if_match\":\"optional\","
	"\"body\":\"json\","
	"\"body_limit\":1048576,"
	"\"body_elements\":200000,"
	"\"problems\":["
	"\"note_closed\""
	"]"
	"},"
	"\"parameters\":["
	"{"
	"\"$ref\":\"#/components/parameters/AcceptLanguage\""
	"},"
	"{"
	"\"$ref\":\"#/components/parameters/IfMatch\""
	"}"
	"]"
	"}"
	"}"
	"},"
	"\"x-states\":{"
	"\"note\":{"
	"\"table\":\"note\","
	"\"states\":["
	"\"open\","
	"\"closed\""
	"],"
	"\"initial\":["
	"\"open\""
	"],"
	"\"actions\":{"
	"\"update_note\":{"
	"\"by\":["
	"\"owner\""
	"],"
	"\"from\":{"
	"\"open\":\"open\""
	"},"
	"\"refusal\":\"note_closed\","
	"\"others\":{"
	"\"colleague\":404"
	"}"
	"},"
	"\"delete_note\":{"
	"\"by\":["
	"\"reader\""
	"],"
	"\"from\":{"
	"\"open\":\"closed\""
	"}"
	"}"
	"},"
	"\"timers\":{"
	"\"close_notes\":{"
	"\"from\":{"
	"\"open\":\"closed\""
	"}"
	"}"
	"},"
	"\"besides\":{"
	"\"the owner left\":{"
	"\"from\":{"
	"\"open\":\"closed\""
	"}"
	"}"
	"},"
	"\"hidden\":{"
	"\"reader\":["
	"\"closed\""
	"]"
	"},"
	"\"aside\":{"
	"\"create_note\":\"it makes one\""
	"}"
	"}"
	"},"
	"\"x-problems\":{"
	"\"bad_request\":{"
	"\"status\":400,"
	"\"type\":\"/problems/bad_request\","
	"\"title\":{"
	"\"en\":\"The request is malformed\","
	"\"nl\":\"Het verzoek is verkeerd opgebouwd\","
	"\"fr\":\"La requête est mal formée\","
	"\"de\":\"Die Anfrage ist fehlerhaft aufgebaut\""
	"}"
	"},"
	"\"invalid_body\":{"
	"\"status\":400,"
	"\"type\":\"/problems/invalid_body\","
	"\"title\":{"
	"\"en\":\"The body is not as it should be\","
	"\"nl\":\"De inhoud is niet zoals het hoort\","
	"\"fr\":\"Le corps n'est pas conforme\","
	"\"de\":\"Der Inhalt entspricht nicht den Vorgaben\""
	"}"
	"},"
	"\"not_found\":{"
	"\"status\":404,"
	"\"type\":\"/problems/not_found\","
	"\"title\":{"
	"\"en\":\"There is nothing here\","
	"\"nl\":\"Hier is niets te vinden\","
	"\"fr\":\"Il n'y a rien ici\","
	"\"de\":\"Hier ist nichts zu finden\""
	"}"
	"},"
	"\"note_closed\":{"
	"\"status\":409,"
	"\"type\":\"/problems/note_closed\","
	"\"title\":{"
	"\"en\":\"The note is closed\","
	"\"nl\":\"De notitie is gesloten\","
	"\"fr\":\"La note est fermée\","
	"\"de\":\"Die Notiz ist geschlossen\""
	"}"
	"},"
	"\"note_title_taken\":{"
	"\"status\":409,"
	"\"type\":\"/problems/note_title_taken\","
	"\"title\":{"
	"\"en\":\"There is a note with this title\","
	"\"nl\":\"Er is al een notitie met deze titel\","
	"\"fr\":\"Une note porte déjà ce titre\","
	"\"de\":\"Es gibt schon eine Notiz mit diesem Titel\""
	"},"
	"\"detail\":{"
	"\"en\":\"It is {id}.\","
	"\"nl\":\"Het is {id}.\","
	"\"fr\":\"C'est {id}.\","
	"\"de\":\"Es ist {id}.\""
	"}"
	"},"
	"\"scim_invalid_syntax\":{"
	"\"status\":400,"
	"\"type\":\"/problems/scim_invalid_syntax\","
	"\"title\":{"
	"\"en\":\"The body is no SCIM message of this kind\","
	"\"nl\":\"De inhoud is geen SCIM-bericht van deze soort\","
	"\"fr\":\"Le corps n'est pas un message SCIM de ce type\","
	"\"de\":\"Der Inhalt ist keine SCIM-Nachricht dieser Art\""
	"},"
	"\"scimType\":\"invalidSyntax\""
	"},"
	"\"stale_version\":{"
	"\"status\":412,"
	"\"type\":\"/problems/stale_version\","
	"\"title\":{"
	"\"en\":\"It was changed since you read it\","
	"\"nl\":\"Het is gewijzigd nadat u het las\","
	"\"fr\":\"Il y a eu un changement depuis votre lecture\","
	"\"de\":\"Es wurde geändert, seit Sie es gelesen haben\""
	"}"
	"},"
	"\"unknown_parameter\":{"
	"\"status\":400,"
	"\"type\":\"/problems/unknown_parameter\","
	"\"title\":{"
	"\"en\":\"There is no such parameter\","
	"\"nl\":\"Deze parameter bestaat niet\","
	"\"fr\":\"Ce paramètre n'existe pas\","
	"\"de\":\"Diesen Parameter gibt es nicht\""
	"}"
	"}"
	"}"
	"}";

const size_t openapi_json_length = 25298;

const char docs_page[] =
	"<!doctype html>\n"
	"<html lang=\"en\">\n"
	"<head>\n"
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<title>Notes</title>\n"
	"<style>\n"
	":root { color-scheme: light dark }\n"
	"body { font: 1rem/1.5 sans-serif; max-width: 50rem; margin: auto; padding: 1rem;\n"
	"overflow-wrap: anywhere }\n"
	"pre, code { font-family: monospace; background: #8883 }\n"
	"pre { padding: .5rem; overflow-x: auto }\n"
	"article { border-top: 1px solid #999 }\n"
	"</style>\n"
	"</head>\n"
	"<body>\n"
	"<header>\n"
	"<h1>Notes</h1>\n"
	"<p>Everything that this server does. The same for programs: <a\n"
	"href=\"/openapi.json\">/openapi.json</a> (OpenAPI 3.1). The lines below work once their\n"
	"{ids} are filled in, in a shell that knows two things:</p>\n"
	"<pre tabindex=\"0\">export HEFBOOM=<span id=\"base\">http://127.0.0.1:8080</span>\n"
	"export TOKEN=$(hefboom token --org demo --person els --role member)</pre>\n"
	"<script>document.getElementById(\"base\").textContent = location.origin</script>\n"
	"</header>\n"
	"<nav aria-label=\"Operations\"><ul><li><a href=\"#list_notes\">List notes</a></li>\n"
	"<li><a href=\"#create_note\">Write a note</a></li>\n"
	"<li><a href=\"#get_note\">Read a note</a></li>\n"
	"<li><a href=\"#update_note\">Change a note</a></li>\n"
	"<li><a href=\"#delete_note\">Throw a note away</a></li>\n"
	"<li><a href=\"#count_notes\">Count notes</a></li>\n"
	"<li><a href=\"#scim_list_notes\">List notes for SCIM</a></li>\n"
	"<li><a href=\"#scim_get_note\">Read a note for SCIM</a></li>\n"
	"<li><a href=\"#scim_patch_note\">Change a note for SCIM</a></li>\n"
	"</ul></nav>\n"
	"<main>\n"
	"<h2>notes</h2>\n"
	"<article id=\"list_notes\">\n"
	"<h3><code>GET /v1/notes</code> List notes</h3>\n"
	"<p>The notes of the organisation.</p>\n"
	"<p>For: member.</p>\n"
	"<ul>\n"
	"<li><code>limit</code> in the query. How many items at most.</li>\n"
	"<li><code>after</code> in the query. The <code>next</code> of the page before; nothing else in the query may change.</li>\n"
	"<li><code>order</code> in the query. </li>\n"
	"<li><code>label</code> in the query. </li>\n"
	"<li><code>since</code> in the query. </li>\n"
	"</ul>\n"
	"<pre tabindex=\"0\">curl -sS -H \"Authorization: Bearer $TOKEN\" \\\n"
	"  \"$HEFBOOM/v1/notes\"</pre>\n"
	"</article>\n"
	"<article id=\"create_note\">\n"
	"<h3><code>POST /v1/notes</code> Write a note</h3>\n"
	"<p>It is there at once.</p>\n"
	"<p>For: member.</p>\n"
	"<p>May be refused as: <a href=\"#problem-note-title-taken\">note_title_taken</a>.</p>\n"
	"<pre tabindex=\"0\">curl -sS -H \"Authorization: Bearer $TOKEN\" \\\n"
	"  -H 'Content-Type: application/json' \\\n"
	"  -d '{\"title\": \"Knots\", \"labels\": [\"rope\"]}' \\\n"
	"  \"$HEFBOOM/v1/notes\"</pre>\n"
	"</article>\n"
	"<article id=\"get_note\">\n"
	"<h3><code>GET /v1/notes/{note_id}</code> Read a note</h3>\n"
	"<p>One note.</p>\n"
	"<p>For: everybody, without a token.</p>\n"
	"<ul>\n"
	"<li><code>note_id</code> in the path, required. The id of the note.</li>\n"
	"</ul>\n"
	"<pre tabindex=\"0\">curl -sS \\\n"
	"  \"$HEFBOOM/v1/notes/{note_id}\"</pre>\n"
	"</article>\n"
	"<article id=\"update_note\">\n"
	"<h3><code>PATCH /v1/notes/{note_id}</code> Change a note</h3>\n"
	"<p>Only what is sent is changed. From <code>open</code> to <code>open</code>; otherwise 409 <code>note_closed</code>.</p>\n"
	"<p>For: hr, member.</p>\n"
	"<ul>\n"
	"<li><code>note_id</code> in the path, required. The id of the note.</li>\n"
	"</ul>\n"
	"<p>May be refused as: <a href=\"#problem-note-title-taken\">note_title_taken</a>, <a href=\"#problem-note-closed\">note_closed</a>.</p>\n"
	"<pre tabindex=\"0\">curl -sS -X PATCH \\\n"
	"  -H \"Authorization: Bearer $TOKEN\" \\\n"
	"  -H 'If-Match: \"1.00000000\"' \\\n"
	"  -H 'Content-Type: application/merge-patch+json' \\\n"
	"  -d '{\"title\": \"Bends\"}' \\\n"
	"  \"$HEFBOOM/v1/notes/{note_id}\"</pre>\n"
	"</article>\n"
	"<article id=\"delete_note\">\n"
	"<h3><code>DELETE /v1/notes/{note_id}</code> Throw a note away</h3>\n"
	"<p>It cannot be had back. From <code>open</code> to <code>closed</code>; otherwise 404 <code>not_found</code>.</p>\n"
	"<p>For: member.</p>\n"
	"<ul>\n"
	"<li><code>note_id</code> in the path, required. The id of the note.</li>\n"
	"</ul>\n"
	"<pre tabindex=\"0\">curl -sS -X DELETE \\\n"
	"  -H \"Authorization: Bearer $TOKEN\" \\\n"
	"  \"$HEFBOOM/v1/notes/{note_id}\"</pre>\n"
	"</article>\n"
	"<article id=\"count_notes\">\n"
	"<h3><code>GET /v1/notes/count</code> Count notes</h3>\n"
	"<p>How many there are.</p>\n"
	"<p>For: integrator.</p>\n"
	"<pre tabindex=\"0\">curl -sS -H \"Authorization: Bearer $TOKEN\" \\\n"
	"  \"$HEFBOOM/v1/notes/count\"</pre>\n"
	"</article>\n"
	"<article id=\"scim_list_notes\">\n"
	"<h3><code>GET /scim/v2/Notes</code> List notes for SCIM</h3>\n"
	"<p>Only what is known is looked at.</p>\n"
	"<p>For: integrator.</p>\n"
	"<ul>\n"
	"<li><code>startIndex</code> in the query. </li>\n"
	"</ul>\n"
	"<pre tabindex=\"0\">curl -sS -H \"Authorization: Bearer $TOKEN\" \\\n"
	"  \"$HEFBOOM/scim/v2/Notes\"</pre>\n"
	"</article>\n"
	"<article id=\"scim_get_note\">\n"
	"<h3><code>GET /scim/v2/Notes/{note_id}</code> Read a note for SCIM</h3>\n"
	"<p>With its version.</p>\n"
	"<p>For: integrator.</p>\n"
	"<ul>\n"
	"<li><code>note_id</code> in the path, required. The id of the note.</li>\n"
	"</ul>\n"
	"<pre tabindex=\"0\">curl -sS -H \"Authorization: Bearer $TOKEN\" \\\n"
	"  \"$HEFBOOM/scim/v2/Notes/{note_id}\"</pre>\n"
	"</article>\n"
	"<article id=\"scim_patch_note\">\n"
	"<h3><code>PATCH /scim/v2/Notes/{note_id}</code> Change a note for SCIM</h3>\n"
	"<p>Members that are not known are ignored.</p>\n"
	"<p>For: integrator.</p>\n"
	"<ul>\n"
	"<li><code>note_id</code> in the path, required. The id of the note.</li>\n"
	"</ul>\n"
	"<p>May be refused as: <a href=\"#problem-note-closed\">note_closed</a>.</p>\n"
	"<pre tabindex=\"0\">curl -sS -X PATCH \\\n"
	"  -H \"Authorization: Bearer $TOKEN\" \\\n"
	"  -H 'Content-Type: application/scim+json' \\\n"
	"  -d '{\"schemas\": [\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"]}' \\\n"
	"  \"$HEFBOOM/scim/v2/Notes/{note_id}\"</pre>\n"
	"</article>\n"
	"<h2>Refusals</h2>\n"
	"<dl>\n"
	"<dt id=\"problem-bad-request\"><code>bad_request</code> 400</dt>\n"
	"<dd lang=\"en\">The request is malformed</dd>\n"
	"<dd lang=\"nl\">Het verzoek is verkeerd opgebouwd</dd>\n"
	"<dd lang=\"fr\">La requête est mal formée</dd>\n"
	"<dd lang=\"de\">Die Anfrage ist fehlerhaft aufgebaut</dd>\n"
	"<dt id=\"problem-invalid-body\"><code>invalid_body</code> 400</dt>\n"
	"<dd lang=\"en\">The body is not as it should be</dd>\n"
	"<dd lang=\"nl\">De inhoud is niet zoals het hoort</dd>\n"
	"<dd lang=\"fr\">Le corps n&#x27;est pas conforme</dd>\n"
	"<dd lang=\"de\">Der Inhalt entspricht nicht den Vorgaben</dd>\n"
	"<dt id=\"problem-not-found\"><code>not_found</code> 404</dt>\n"
	"<dd lang=\"en\">There is nothing here</dd>\n"
	"<dd lang=\"nl\">Hier is niets te vinden</dd>\n"
	"<dd lang=\"fr\">Il n&#x27;y a rien ici</dd>\n"
	"<dd lang=\"de\">Hier ist nichts zu finden</dd>\n"
	"<dt id=\"problem-note-closed\"><code>note_closed</code> 409</dt>\n"
	"<dd lang=\"en\">The note is closed</dd>\n"
	"<dd lang=\"nl\">De notitie is gesloten</dd>\n"
	"<dd lang=\"fr\">La note est fermée</dd>\n"
	"<dd lang=\"de\">Die Notiz ist geschlossen</dd>\n"
	"<dt id=\"problem-note-title-taken\"><code>note_title_taken</code> 409</dt>\n"
	"<dd lang=\"en\">There is a note with this title</dd>\n"
	"<dd lang=\"nl\">Er is al een notitie met deze titel</dd>\n"
	"<dd lang=\"fr\">Une note porte déjà ce titre</dd>\n"
	"<dd lang=\"de\">Es gibt schon eine Notiz mit diesem Titel</dd>\n"
	"<dt id=\"problem-scim-invalid-syntax\"><code>scim_invalid_syntax</code> 400</dt>\n"
	"<dd lang=\"en\">The body is no SCIM message of this kind</dd>\n"
	"<dd lang=\"nl\">De inhoud is geen SCIM-bericht van deze soort</dd>\n"
	"<dd lang=\"fr\">Le corps n&#x27;est pas un message SCIM de ce type</dd>\n"
	"<dd lang=\"de\">Der Inhalt ist keine SCIM-Nachricht dieser Art</dd>\n"
	"<dt id=\"problem-stale-version\"><code>stale_version</code> 412</dt>\n"
	"<dd lang=\"en\">It was changed since you read it</dd>\n"
	"<dd lang=\"nl\">Het is gewijzigd nadat u het las</dd>\n"
	"<dd lang=\"fr\">Il y a eu un changement depuis votre lecture</dd>\n"
	"<dd lang=\"de\">Es wurde geändert, seit Sie es gelesen haben</dd>\n"
	"<dt id=\"problem-unknown-parameter\"><code>unknown_parameter</code> 400</dt>\n"
	"<dd lang=\"en\">There is no such parameter</dd>\n"
	"<dd lang=\"nl\">Deze parameter bestaat niet</dd>\n"
	"<dd lang=\"fr\">Ce paramètre n&#x27;existe pas</dd>\n"
	"<dd lang=\"de\">Diesen Parameter gibt es nicht</dd>\n"
	"</dl>\n"
	"</main>\n"
	"</body>\n"
	"</html>\n";

const size_t docs_page_length = 7597;

const char docs_policy[] =
	"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-ikU17ciRN+9T72HY5esDmkmC+Aqv/o/r1snpK3mKr/0='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const size_t docs_policy_length = 172;
