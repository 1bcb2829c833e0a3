"""bake: one small tree, what becomes of it, and each way to get it wrong.

The golden file is made by
	src/bake/bake.py --root tests/check/bake/tree --out tests/check/bake/operations.c
and read before it is committed.
"""

import os
import shutil
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TREE = os.path.join(HERE, 'bake', 'tree')
BAKE = os.path.join(ROOT, 'src', 'bake')
sys.path.insert(0, BAKE)

import bake  # noqa: E402
import write  # noqa: E402

NOTES = 'openapi/paths/notes.yaml'
SCIM = 'openapi/paths/scim.yaml'
SCHEMA = 'openapi/schemas/note.yaml'
PROBLEMS = 'openapi/problems.yaml'
TABLES = 'sql/migrations/0001_notes.sql'
VIEW = 'sql/views/visible_note.sql'
LIST = 'sql/queries/notes/list_notes.sql'
GET = 'sql/queries/notes/get_note.sql'
CREATE = 'sql/queries/notes/create_note.sql'
UPDATE = 'sql/queries/notes/update_note.sql'
DELETE = 'sql/queries/notes/delete_note.sql'
COUNT = 'sql/statements/count_notes_of.sql'
JOB = 'sql/jobs/close_notes.sql'
STATES = 'openapi/states.yaml'

LAST = '''select refuse(seen.problem) as _refuse, changed.id, changed.title,
       changed.labels, changed.version, changed.created_at
  from seen
  left join changed on true'''
SINCE = '      - {name: since, in: query, schema: {type: string, format: date-time}}\n'

# (name, [(file, what was there or None for all of it, what is there)],
#  the lines that bake says).  A file that becomes None is removed.
CASES = [
    ('sql_missing', [(GET, None, None)],
     ["openapi/paths/notes.yaml:51: no sql/queries/*/get_note.sql"]),
    ('sql_orphan', [('sql/queries/notes/get_nota.sql', None, 'select 1')],
     ["sql/queries/notes/get_nota.sql:1: no operation 'get_nota'"]),
    ('sql_twice', [('sql/queries/other/get_note.sql', None, 'select 1')],
     ["sql/queries/other/get_note.sql:1: 'get_note' is there twice"]),
    ('sql_empty', [(GET, None, '-- nothing\n')],
     ["openapi/paths/notes.yaml:52: parameter 'note_id' is used by nothing",
      "sql/queries/notes/get_note.sql:1: 0 statements, 1 to 28 will do"]),
    ('as_nobody', [(UPDATE, LAST, ':as(get_nota)')],
     ["sql/queries/notes/update_note.sql:23: :as(get_nota): no file of one statement"]),
    ('as_several', [(LIST, None, ':as(update_note)')],
     ["sql/queries/notes/list_notes.sql:1: :as(update_note): no file of one statement"]),
    ('as_itself', [(GET, None, ':as(get_note)')],
     ["openapi/paths/notes.yaml:52: parameter 'note_id' is used by nothing",
      "sql/queries/notes/get_note.sql:1: no parameter :as(get_note)"]),
    ('as_is_judged', [(UPDATE, LAST, ':as(get_note)'), (GET, 'visible_note', 'note')],
     ["sql/queries/notes/get_note.sql:2: bare 'note' where visible_note is",
      "sql/queries/notes/update_note.sql:23: bare 'note' where visible_note is"]),
    ('parameter_misspelt', [(GET, ':path.note_id', ':path.nota_id or n.id = :path.note_id')],
     ["sql/queries/notes/get_note.sql:3: no parameter :path.nota_id"]),
    ('parameter_of_c_in_query', [(GET, ':path.note_id', ':path.note_id and n.id = :arg.id')],
     ["sql/queries/notes/get_note.sql:3: no parameter :arg.id"]),
    ('parameter_unused', [(LIST, '\t   /*? query.since */ and n.created_at >= :query.since\n', '')],
     ["openapi/paths/notes.yaml:8: parameter 'since' is used by nothing"]),
    ('body_unused', [(CREATE, ":body ->> 'title'", "''"), (CREATE, ":body -> 'labels'", "'[]'")],
     ["openapi/paths/notes.yaml:33: the body is used by nothing"]),
    ('body_absent', [(GET, ':path.note_id', ":path.note_id and :body is null")],
     ["sql/queries/notes/get_note.sql:3: :body, but there is no requestBody"]),
    ('if_match_unused', [(UPDATE, 'stale(:if_match, n.version)', 'n.closed')],
     ["openapi/paths/notes.yaml:85: no :if_match in update_note.sql"]),
    ('limit_outside_list', [(GET, ':path.note_id', ':path.note_id limit :limit')],
     ["sql/queries/notes/get_note.sql:3: :limit, but this is no list"]),
    ('page_outside_list', [(GET, ':path.note_id', ':path.note_id and :page(n)')],
     ["sql/queries/notes/get_note.sql:3: :page(n) outside the last statement of a list"]),
    ('list_without_page', [(LIST, ' where :page(s)\n', '')],
     ["sql/queries/notes/list_notes.sql:2: a list without :page"]),
    ('argument_type', [(COUNT, '::timestamptz', '::moment')],
     ["sql/statements/count_notes_of.sql:3: type 'moment' of :arg.since is not known"]),
    ('tenant_parameter', [(GET, 'n.org_id = :auth.org', 'n.org_id is not null')],
     ["sql/queries/notes/get_note.sql:2: 'visible_note' without :auth.org"]),
    ('tenant_predicate', [(UPDATE, '(n.org_id, n.id) = (seen.org_id, seen.id)', 'n.id = seen.id')],
     ["sql/queries/notes/update_note.sql:13: 'note' without its org_id"]),
    ('tenant_selected', [(GET, 'select n.id,', 'select n.org_id,'), (GET, 'n.org_id = :auth.org', "n.title = :auth.org::text")],
     ["sql/queries/notes/get_note.sql:2: 'visible_note' without its org_id"]),
    ('tenant_in_row', [(UPDATE, '(n.org_id, n.id) = (seen.org_id, seen.id)', '(n.org_id, n.id) is not null')],
     ["sql/queries/notes/update_note.sql:13: 'note' without its org_id"]),
    ('tenant_schema', [(GET, 'visible_note n', 'public.visible_note n')],
     ["sql/queries/notes/get_note.sql:2: a table is named without its schema"]),
    ('tenant_join', [(GET, ' where', '  join outbox o on o.id = n.version\n where')],
     ["sql/queries/notes/get_note.sql:3: 'outbox' without its org_id"]),
    ('tenant_comma', [(GET, 'visible_note n', 'visible_note n, outbox o')],
     ["sql/queries/notes/get_note.sql:2: 'outbox' without its org_id"]),
    ('tenant_insert', [(CREATE, '(org_id, id, title, labels, owner_id)', '(id, title, labels, owner_id)')],
     ["sql/queries/notes/create_note.sql:2: 'note' without its org_id"]),
    ('tenant_in_job', [(JOB, ' where n.org_id = :auth.org;', ' where n.org_id = n.org_id;')],
     ["sql/jobs/close_notes.sql:3: 'note' without :auth.org"]),
    ('view_forgotten', [(GET, 'from visible_note n', 'from note n')],
     ["sql/queries/notes/get_note.sql:2: bare 'note' where visible_note is"]),
    ('view_joined', [(LIST, '\t where', '\t  join note m on m.org_id = n.org_id\n\t where')],
     ["sql/queries/notes/list_notes.sql:7: bare 'note' where visible_note is"]),
    ('view_in_statement', [(COUNT, 'visible_note', 'note')],
     ["sql/statements/count_notes_of.sql:2: bare 'note' where visible_note is"]),
    ('view_beside_lock', [(UPDATE, 'from visible_note n\n', 'from note n\n')],
     ["sql/queries/notes/update_note.sql:10: bare 'note' where visible_note is"]),
    ('keyword', [(SCHEMA, 'title: {type: string}', 'title: {type: string, contentEncoding: x}')],
     ["openapi/schemas/note.yaml:6: schema keyword 'contentEncoding' is enforced by nothing"]),
    ('keyword_inline', [(NOTES, 'count: {type: integer}', 'count: {type: integer, nullable: true}')],
     ["openapi/paths/notes.yaml:108: schema keyword 'nullable' is enforced by nothing"]),
    ('format', [(SCHEMA, 'format: uuid', 'format: uuid4')],
     ["openapi/schemas/note.yaml:5: format 'uuid4' is enforced by nothing"]),
    ('problem_not_written', [(NOTES, 'problems: [note_title_taken]', 'problems: [note_taken]')],
     ["openapi/paths/notes.yaml:47: problem 'note_taken' is not in problems.yaml"]),
    ('problem_not_listed', [(NOTES, '[note_title_taken, note_closed]', '[note_title_taken]')],
     ["openapi/states.yaml:9: 'note_closed' (closed) is no problem of update_note",
      "sql/queries/notes/update_note.sql:7: problem 'note_closed' is not in the operation's problems"]),
    ('problem_refused', [(GET, 'select n.id', "select refuse('note_lost') as _refuse, n.id")],
     ["sql/queries/notes/get_note.sql:1: problem 'note_lost' is not in the operation's problems"]),
    ('problem_not_raised', [(NOTES, 'x-hefboom: {plan: custom}', 'x-hefboom: {problems: [note_closed]}')],
     ["openapi/paths/notes.yaml:64: problem 'note_closed' is raised by nothing"]),
    ('event_unknown', [(CREATE, "'note.created'", "'note.made'")],
     ["sql/queries/notes/create_note.sql:10: event 'note.made' is not in events.yaml"]),
    ('event_missing', [(NOTES, '    x-hefboom: {silent: nobody follows the end of a note}\n', '')],
     ["openapi/paths/notes.yaml:87: delete_note changes note without an event; or say 'silent'"]),
    ('event_though_silent', [(NOTES, '      problems: [note_title_taken]\n', "      problems: [note_title_taken]\n      silent: hush\n")],
     ["openapi/paths/notes.yaml:48: silent, but there is an event"]),
    ('get_changes', [(GET, None, 'delete from note n where n.org_id = :auth.org and n.id = :path.note_id returning n.id')],
     ["openapi/paths/notes.yaml:51: a GET changes note"]),
    ('now', [(GET, ':path.note_id', ':path.note_id and n.created_at < now()')],
     ["sql/queries/notes/get_note.sql:3: now: SQL asks clock()"]),
    ('current_timestamp', [(JOB, 'closed = true', 'at = CURRENT_TIMESTAMP')],
     ["sql/jobs/close_notes.sql:3: current_timestamp: SQL asks clock()"]),
    ('now_in_view', [(VIEW, 'from note n;', 'from note n where n.created_at < now();')],
     ["sql/views/visible_note.sql:3: now: SQL asks clock()"]),
    ('now_in_function', [(TABLES, 'create table note', 'create function late() returns boolean language sql as $$\n\tselect now() > clock()\n$$;\ncreate table note')],
     ["sql/migrations/0001_notes.sql:4: now: SQL asks clock()"]),
    ('c_missing', [('src/handlers/count_notes.c', 'count_notes(', 'count_nodes(')],
     ["openapi/paths/notes.yaml:97: no function count_notes() in src/handlers/count_notes.c"]),
    ('operation_twice', [(NOTES, 'operationId: get_note', 'operationId: list_notes'), (GET, None, None)],
     ["openapi/paths/notes.yaml:52: operationId 'list_notes' is there twice"]),
    ('route_twice', [('openapi/paths/more.yaml', None, '/v1/notes/{id}: {}\n')],
     ["openapi/paths/notes.yaml:48: route '/v1/notes/{note_id}' is there twice"]),
    ('schema_twice', [('openapi/schemas/more.yaml', None, 'Note: {type: object}\n')],
     ["openapi/schemas/note.yaml:1: schema 'Note' is there twice"]),
    ('key_twice', [(SCHEMA, 'NotePatch:\n', 'NotePatch:\n  type: object\n')],
     ["openapi/schemas/note.yaml:19: 'type' is there twice"]),
    ('not_yaml', [(SCHEMA, 'Note:\n', 'Note: [\n')],
     ["openapi/schemas/note.yaml:3: not YAML: did not find expected ',' or ']'"]),
    ('select_all', [(GET, 'select n.id, n.title, n.labels, n.version, n.created_at', 'select *')],
     ["sql/queries/notes/get_note.sql:1: columns are named, not *"]),
    ('select_all_of', [(GET, 'select n.id,', 'select n.*,')],
     ["sql/queries/notes/get_note.sql:1: columns are named, not *"]),
    ('returning_all', [(DELETE, 'n.id as _id', '*')],
     ["sql/queries/notes/delete_note.sql:4: columns are named, not *"]),
    ('offset', [(LIST, 'limit :limit', 'limit :limit offset 20')],
     ["sql/queries/notes/list_notes.sql:13: offset: pages go by :page"]),
    ('count_in_list', [(LIST, '\tselect n.id', 'select count(*) over () as _all, n.id')],
     ["sql/queries/notes/list_notes.sql:4: count(*) in a list"]),
    ('attribute', [(NOTES, '{plan: custom}', '{plans: custom}')],
     ["openapi/paths/notes.yaml:64: x-hefboom attribute 'plans' is not known"]),
    ('attribute_value', [(NOTES, '{plan: custom}', '{plan: generical}')],
     ["openapi/paths/notes.yaml:64: 'generical' is no value of plan"]),
    ('spool_without_limit', [(NOTES, '{plan: custom}', '{body: spool}')],
     ["openapi/paths/notes.yaml:64: spool without body_limit"]),
    ('limit_of_memory', [(SCIM, 'body_limit: 1048576', 'body_limit: 8388609')],
     ["openapi/paths/scim.yaml:55: more than 8388608 bytes are for spool"]),
    ('elements', [(SCIM, 'body_elements: 200000', 'body_elements: 200001')],
     ["openapi/paths/scim.yaml:56: '200001' is no value of body_elements"]),
    ('dialect_elsewhere', [(SCIM, '/scim/v2/Notes:', '/v1/scim/Notes:')],
     ["openapi/paths/scim.yaml:3: dialect: scim, paths below /scim and handler: c go together"]),
    ('dialect_forgotten', [(SCIM, '    x-hefboom: {handler: c, dialect: scim}\n/', '    x-hefboom: {handler: c}\n/'), ('src/handlers/scim_list_notes.c', None, 'x scim_list_notes(struct request *request)\n{')],
     ["openapi/paths/scim.yaml:3: dialect: scim, paths below /scim and handler: c go together"]),
    ('dialect_in_sql', [(SCIM, '    x-hefboom: {handler: c, dialect: scim}\n/', '    x-hefboom: {dialect: scim}\n/'), ('sql/queries/notes/scim_list_notes.sql', None, 'select 1')],
     ["openapi/paths/scim.yaml:3: dialect: scim, paths below /scim and handler: c go together"]),
    ('dialect_function', [('src/scim/notes.c', 'scim_get_note(', 'scim_get_node(')],
     ["openapi/paths/scim.yaml:21: no function scim_get_note() in src/scim"]),
    ('scim_type', [(PROBLEMS, 'invalidSyntax', 'invalidSintax')],
     ["openapi/problems.yaml:57: 'invalidSintax' is no scimType"]),
    ('order_key', [(NOTES, 'title: [title, id]', 'title: [name, id]')],
     ["openapi/paths/notes.yaml:26: order key 'name' is no property"]),
    ('order_null', [(SCHEMA, '    title: {type: string}', '    title: {type: [string, "null"]}')],
     ["openapi/paths/notes.yaml:26: order key 'title' may be null"]),
    ('order_type', [(NOTES, '-_rank::float8', '-_rank::double')],
     ["openapi/paths/notes.yaml:26: type 'double' of an order key is not known"]),
    ('order_mixed', [(NOTES, '[-created_at, -id]', '[-created_at, id]')],
     ["openapi/paths/notes.yaml:26: order 'newest' mixes directions"]),
    ('order_long', [(NOTES, '[title, id]', '[title, id, title, id, title]')],
     ["openapi/paths/notes.yaml:26: order 'title' has 5 keys, 1 to 4 will do"]),
    ('optional_lines', [
        (NOTES, SINCE, SINCE + ''.join(
            '      - {name: by_%s, in: query, schema: {type: boolean}}\n' % word
            for word in 'abcde')),
        (LIST, ' where :page(s)\n', ' where :page(s)\n' + ''.join(
            '   /*? query.by_%s */ and :query.by_%s\n' % (word, word)
            for word in 'abcde'))],
     ["sql/queries/notes/list_notes.sql:1: 7 optional names, at most 6"]),
    ('optional_name', [(LIST, '/*? query.label */', '/*? query.lapel */')],
     ["sql/queries/notes/list_notes.sql:8: 'query.lapel' is no query parameter"]),
    ('optional_place', [(LIST, '/*? query.label */ and', 'and /*? query.label */')],
     ["sql/queries/notes/list_notes.sql:8: an optional mark begins its line"]),
    ('operation_name', [(NOTES, 'operationId: count_notes', 'operationId: countNotes'), ('src/handlers/countNotes.c', None, 'x countNotes(struct request *request)\n{')],
     ["openapi/paths/notes.yaml:98: operationId 'countNotes' is not snake_case"]),
    ('parameters_many', [(NOTES, '    parameters:\n', '    parameters:\n' + "      - $ref: '#/components/parameters/Limit'\n" * 28)],
     ["openapi/paths/notes.yaml:8: too many parameters"]),
    ('success_missing', [(NOTES, "      '204': {description: It is gone.}\n", "      '302': {description: Elsewhere.}\n")],
     ["openapi/paths/notes.yaml:93: no success"]),
    ('schema_missing', [(NOTES, '            schema: {type: object, required: [count], properties: {count: {type: integer}}}\n', '')],
     ["openapi/paths/notes.yaml:104: no schema"]),
    ('not_mapping', [(SCHEMA, None, '- Note\n')],
     ["openapi/schemas/note.yaml:1: not a mapping"]),
    ('summary_long', [(NOTES, 'summary: Read a note', 'summary: Read a note as it is now')],
     ["openapi/paths/notes.yaml:53: a summary of 7 words, 1 to 6 will do"]),
    ('example_missing', [(NOTES, '            example: {count: 3}\n', '')],
     ["openapi/paths/notes.yaml:104: no example"]),
    ('example_missing_in_request', [(NOTES, '          example: {title: Bends}\n', '')],
     ["openapi/paths/notes.yaml:71: no example"]),
    ('request_open', [(SCHEMA, 'NoteNew:\n  type: object\n  additionalProperties: false\n', 'NoteNew:\n  type: object\n')],
     ["openapi/schemas/note.yaml:11: a request's object without additionalProperties: false"]),
    ('request_unbounded', [(SCHEMA, 'items: {type: string, maxLength: 40}', 'items: {type: string}')],
     ["openapi/schemas/note.yaml:16: a request's string without a limit"]),
    ('request_format', [(SCHEMA, 'items: {type: string, maxLength: 40}', 'items: {type: string, format: name}')],
     ["openapi/schemas/note.yaml:16: a request's string without a limit"]),
    ('request_array', [(SCHEMA, 'maxItems: 9, ', '')],
     ["openapi/schemas/note.yaml:16: a request's array without maxItems"]),
    ('parameter_unbounded', [(NOTES, 'schema: {type: string, enum: [newest, title], default: newest}', 'schema: {type: string}')],
     ["openapi/paths/notes.yaml:11: a request's string without a limit"]),
    ('reference', [(SCHEMA, "#/components/schemas/Note'", "#/components/schemas/Nota'")],
     ["openapi/paths/notes.yaml:26: order key 'created_at' is no property",
      "openapi/paths/notes.yaml:26: order key 'id' is no property",
      "openapi/paths/notes.yaml:26: order key 'title' is no property",
      "openapi/schemas/note.yaml:27: there is no #/components/schemas/Nota"]),
    ('property_case', [(SCHEMA, '    version: {type: integer}', '    rowVersion: {type: integer}')],
     ["openapi/schemas/note.yaml:8: property 'rowVersion' is not snake_case"]),
    ('parameter_case', [(NOTES, '{name: since,', '{name: sinceWhen,')],
     ["openapi/paths/notes.yaml:13: parameter 'sinceWhen' is not snake_case"]),
    ('placeholder', [(NOTES, '/v1/notes/{note_id}:', '/v1/notes/{id}:')],
     ["openapi/paths/notes.yaml:50: parameter 'note_id' is not in the route",
      "openapi/paths/notes.yaml:52: no parameter for '{id}'",
      "openapi/paths/notes.yaml:66: no parameter for '{id}'",
      "openapi/paths/notes.yaml:88: no parameter for '{id}'"]),
    ('role', [(NOTES, '{bearer: [hr]}', '{bearer: [boss]}')],
     ["openapi/paths/notes.yaml:70: role 'boss' is not known"]),
    ('security_missing', [(NOTES, '    security: []\n', '')],
     ["openapi/paths/notes.yaml:52: no security: who may do this?"]),
    ('tag', [(NOTES, 'tags: [notes]\n    security: []', 'tags: [nodes]\n    security: []')],
     ["openapi/paths/notes.yaml:55: tag 'nodes' is not known"]),
    ('refusal_by_hand', [(NOTES, "'204': {description: It is gone.}", "'204': {description: It is gone.}\n      '404': {description: No.}")],
     ["openapi/paths/notes.yaml:95: bake writes the refusals, not you"]),
    ('title_same', [(PROBLEMS, 'fr: La note est fermée', 'fr: The note is closed')],
     ["openapi/problems.yaml:42: 'note_closed' is the same in en and fr"]),
    ('title_missing', [(PROBLEMS, '      de: Die Notiz ist geschlossen\n', '')],
     ["openapi/problems.yaml:42: 'note_closed' has no text in de"]),
    ('detail_missing', [(PROBLEMS, '      nl: Het is {id}.\n', '')],
     ["openapi/problems.yaml:29: 'note_title_taken' has no text in nl"]),
    ('field_missing', [(PROBLEMS, '    nl: is verplicht\n', '')],
     ["openapi/problems.yaml:7: 'required' has no text in nl"]),
    ('status_unknown', [(PROBLEMS, 'status: 412', 'status: 499')],
     ["openapi/problems.yaml:49: 'stale_version' has no known status"]),
    ('enum', [(TABLES, 'create table note', "create type mood as enum ('glad');\ncreate table note")],
     ["sql/migrations/0001_notes.sql:3: a native enum; write text with a check"]),
    ('key_order', [(TABLES, 'primary key (org_id, id)', 'primary key (id, org_id)')],
     ["sql/migrations/0001_notes.sql:3: the primary key of 'note' does not begin with org_id"]),
    ('key_inline', [(TABLES, '\tconstraint note_key primary key (org_id, id),\n', ''), (TABLES, '\tid uuid not null,', '\tid uuid primary key,')],
     ["sql/migrations/0001_notes.sql:3: the primary key of 'note' does not begin with org_id"]),
    ('key_of_no_tenant', [(TABLES, ' -- global', '')],
     ["sql/migrations/0001_notes.sql:23: table 'outbox' has no row level security",
      "sql/migrations/0001_notes.sql:23: the primary key of 'outbox' does not begin with org_id"]),
    ('wall_missing', [(TABLES, 'alter table note enable row level security;\n', '')],
     ["sql/migrations/0001_notes.sql:3: table 'note' has no row level security"]),
    ('label_missing', [(TABLES, "comment on column note.title is 'personal: owner; keep: until thrown away';\n", '')],
     ["sql/migrations/0001_notes.sql:6: column note.title has no comment 'personal: owner|subject|none; keep: ...'"]),
    ('label_form', [(TABLES, 'personal: owner; keep: with the note', 'personal: somebody; keep: a while')],
     ["sql/migrations/0001_notes.sql:11: column note.created_at has no comment 'personal: owner|subject|none; keep: ...'"]),
    ('label_of_added', [('sql/migrations/0002_more.sql', None, 'alter table note add column mood text;\n')],
     ["sql/migrations/0002_more.sql:1: column note.mood has no comment 'personal: owner|subject|none; keep: ...'"]),
    ('constraint_nameless', [(TABLES, 'constraint note_title_taken unique', 'constraint note_title_taken unique (org_id, labels), unique')],
     ["sql/migrations/0001_notes.sql:13: a constraint without a name"]),
    ('constraint_inline', [(TABLES, 'title text not null', "title text not null check (title <> '')")],
     ["sql/migrations/0001_notes.sql:6: a constraint without a name"]),
    ('constraint_added', [('sql/migrations/0002_more.sql', None, 'alter table note add check (version > 0);\n')],
     ["sql/migrations/0002_more.sql:1: a constraint without a name"]),
    ('unique_everywhere', [(TABLES, 'unique (org_id, title)', 'unique (title)')],
     ["sql/migrations/0001_notes.sql:13: 'note_title_taken' reaches across organisations"]),
    ('unique_index_everywhere', [('sql/migrations/0002_more.sql', None, 'create unique index note_title on note (title);\n')],
     ["sql/migrations/0002_more.sql:1: 'note_title' reaches across organisations"]),
    ('unique_index_name', [('sql/migrations/0002_more.sql', None, 'create unique index title_once on note (org_id, title);\n')],
     ["sql/migrations/0002_more.sql:1: constraint 'title_once' is neither a problem nor note_..."]),
    ('reference_everywhere', [(TABLES, 'constraint note_title_taken', 'constraint note_owner foreign key (owner_id) references person (id),\n\tconstraint note_title_taken')],
     ["sql/migrations/0001_notes.sql:13: 'note_owner' reaches across organisations"]),
    ('constraint_name', [(TABLES, 'constraint note_key', 'constraint key_of_note')],
     ["sql/migrations/0001_notes.sql:12: constraint 'key_of_note' is neither a problem nor note_..."]),
    ('life_unknown', [(STATES, '  aside:', '  asides:')],
     ["openapi/states.yaml:20: 'asides' is missing, unknown or of another type"]),
    ('life_unknown_below', [(STATES, 'refusal:', 'refuses:')],
     ["openapi/states.yaml:9: 'refuses' is missing, unknown or of another type"]),
    ('life_incomplete', [(STATES, '      by: [owner]\n', '')],
     ["openapi/states.yaml:7: 'by' is missing, unknown or of another type"]),
    ('life_type', [(STATES, 'from: {open: open}', 'from: [open]')],
     ["openapi/states.yaml:8: 'from' is missing, unknown or of another type"]),
    ('life_empty', [(STATES, None, 'note:\n')],
     ["openapi/states.yaml:1: 'note' is missing, unknown or of another type"]),
    ('life_action_unknown', [(STATES, 'update_note', 'amend_note')],
     ["openapi/states.yaml:6: no operation 'amend_note' with {note_id} in its path"]),
    ('life_action_elsewhere', [(STATES, 'update_note:', 'create_note:'), (STATES, '      refusal: note_closed\n', '      refusal: not_found\n')],
     ["openapi/states.yaml:6: no operation 'create_note' with {note_id} in its path"]),
    ('life_state_unknown', [(STATES, '{open: open}', '{ajar: open, open: open}')],
     ["openapi/states.yaml:3: 'ajar' is no state, or nothing leads to it"]),
    ('life_next_unknown', [(STATES, '{open: open}', '{open: ajar}')],
     ["openapi/states.yaml:3: 'ajar' is no state, or nothing leads to it"]),
    ('life_next_of_many', [(STATES, '{open: open}', '{open: [open, closed]}')],
     ["openapi/states.yaml:8: 'open' is missing, unknown or of another type"]),
    ('life_next_of_timer_unknown', [(STATES, 'close_notes: {from: {open: closed}}', 'close_notes: {from: {open: shut}}')],
     ["openapi/states.yaml:3: 'shut' is no state, or nothing leads to it"]),
    ('life_unreachable', [(STATES, '[open, closed]', '[open, closed, lost]'), (STATES, '      refusal: note_closed\n', "      refusal: {closed: note_closed, lost: not_found}\n"), (STATES, '[closed]', '[closed, lost]')],
     ["openapi/states.yaml:3: 'lost' is no state, or nothing leads to it"]),
    ('life_initial_unknown', [(STATES, '[open]', '[open, ajar]')],
     ["openapi/states.yaml:3: 'ajar' is no state, or nothing leads to it"]),
    ('life_timer', [(STATES, 'close_notes:', 'shut_notes:')],
     ["openapi/states.yaml:15: no sql/jobs/shut_notes.sql"]),
    ('life_refusal_undeclared', [(STATES, 'note_closed', 'note_shut')],
     ["openapi/states.yaml:9: 'note_shut' (closed) is no problem of update_note"]),
    ('life_refusal_missing', [(STATES, '      refusal: note_closed\n', '')],
     ["openapi/states.yaml:7: 'None' (closed) is no problem of update_note"]),
    ('life_refusal_of_one_state', [(STATES, 'note_closed', '{ajar: note_closed}')],
     ["openapi/states.yaml:9: 'None' (closed) is no problem of update_note"]),
    ('life_refusal_not_hidden', [(STATES, 'reader: [closed]', 'reader: [open]')],
     ["openapi/states.yaml:12: 'None' (closed) is no problem of delete_note"]),
    ('life_other_may', [(STATES, 'colleague: 404', 'owner: 404')],
     ["openapi/states.yaml:10: 'owner' may, or 404 is no refusal"]),
    ('life_other_succeeds', [(STATES, 'colleague: 404', 'colleague: 204')],
     ["openapi/states.yaml:10: 'colleague' may, or 204 is no refusal"]),
]


def change(tree, edits):
    for name, old, new in edits:
        path = os.path.join(tree, name)
        if new is None:
            os.remove(path)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if old is not None:
            with open(path, encoding='utf-8') as stream:
                text = stream.read()
            assert old in text, 'the fixture has no %r' % old
            new = text.replace(old, new, 1)
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(new)


@pytest.mark.parametrize('edits,lines', [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])
def test_refusal(tmp_path, edits, lines):
    tree = str(tmp_path / 'tree')
    shutil.copytree(TREE, tree)
    change(tree, edits)
    assert bake.bake(tree)[1] == lines


def test_golden():
    tree, faults = bake.bake(TREE)
    assert faults == []
    with open(os.path.join(HERE, 'bake', 'operations.c'), encoding='utf-8') as stream:
        assert write.render(tree) == stream.read()


def test_as(tmp_path):
    """It is the same as to write it out."""
    written = []
    with open(os.path.join(TREE, GET), encoding='utf-8') as stream:
        get = stream.read().rstrip(';\n')
    for number, text in enumerate((':as(get_note)', get)):
        tree = str(tmp_path / str(number))
        shutil.copytree(TREE, tree)
        change(tree, [(UPDATE, LAST, text)])
        baked, _ = bake.bake(tree)
        written.append(write.render(baked))
    assert written[0] == written[1]


def test_filtered_plan(tmp_path):
    """The bits of what filters, without limit, after and order; and one
    parameter may have any number of lines."""
    tree = str(tmp_path / 'tree')
    shutil.copytree(TREE, tree)
    change(tree, [
        (NOTES, '    x-hefboom:\n      orders', '    x-hefboom:\n      plan: filtered\n      orders'),
        (LIST, ' where :page(s)\n', ' where :page(s)\n' + '   /*? query.label */ and true\n' * 7)])
    baked, faults = bake.bake(tree)
    assert faults == []
    assert '.custom_plan = 0x18,' in write.render(baked)
