"""A client sets what the document says that it may set, and nothing else.

For each operation that writes: every column of every table that it writes
(from its SQL, the functions which that calls, and PostgreSQL's catalogue),
every member of its reply, and names that are the engine's, sent as one more
member at each level of the body, in snake_case, camelCase and other case.
Each is named in the refusal, and no row changes.  What a schema does take of
what is usually the server's to decide is pinned in MAY_SET.

Columns are tried as query parameters too, and each method under every name of
headers and parameters that other servers take for it.

Mutations: unknown members refused only at the top (schema_object.c) or
ignored (test_members); unknown query parameters ignored (input.c: test_query);
X-HTTP-Method-Override taken for the method (route.c:
test_a_method_is_what_it_says); `host_id` added to SessionNew
(test_what_a_client_may_set).
"""

import re

import pytest

import fixtures
from harness import baked, places
from harness.places import Place, written

WRITES = re.compile(r'\b(?:insert\s+into|update|delete\s+from)\s+(\w+)', re.I)
# Names that some server, framework or language would take.
EXTRA = {'_id', '_links', '_etag', '_status', '_refuse', '_location',
         '_method', 'roles', 'role', 'scope', 'scopes', 'org', 'tenant',
         'organisation', 'auth', 'auth.org', 'auth.person', 'is_admin',
         '__proto__', 'constructor', 'prototype', '$set', '@type', ''}
# What is the server's to decide, wherever a schema does not say otherwise.
DECIDED = re.compile(r'(^|_)(id|ids|by|at|state|version|roles?|scopes|source'
                     r'|taken|lot|hash|active|number|rank)$')
# What a client may say of it all the same, and where.  A new one is looked at
# first: a reference is tried by test_object_level.py, a state is one of the
# initial ones of openapi/states.yaml, a time is about what will be.
MAY_SET = {
    'about/id': 'create_feedback create_feedback_request',
    'answers/*/option_id': 'answer_session_poll',
    'due_at': 'create_feedback_request',
    'expires_at': 'create_client_credential',
    'external_refs/*/id': 'create_skill update_skill',
    'goal_ids': 'create_session update_session',
    'into_id': 'merge_skill',
    'items/*/person_id': 'import_attendance',
    'milestone_ids': 'order_goal_milestones',
    'option_id': 'confirm_session',
    'parent_ids': 'create_skill update_skill',
    'person_id':
        'add_session_facilitator invite_goal_companion put_session_host',
    'receiver_id': 'create_feedback',
    'relations/*/skill_id': 'create_skill update_skill',
    'scopes': 'create_client update_client',
    'skill_id': 'create_my_skill',
    'skill_ids': 'create_goal create_session update_goal update_session',
    'state': 'create_goal',
    'successor_id': 'deprecate_skill',
    'template_id': 'create_goal',
    'window_ends_at': 'send_feedback'}
ENGINES = ('timer',)
QUIET = {'timer', 'outbox', 'notification', 'idempotency_key'}
OVERRIDES = ('X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override')


@pytest.fixture(scope='module')
def functions(db):
    return dict(db.execute(
        'select proname, prosrc from pg_proc p'
        " where pronamespace = 'public'::regnamespace and not exists (select"
        " from pg_depend d where d.objid = p.oid and d.deptype = 'e')"))


def written_by(name, catalogue, functions):
    """The tables that an operation writes, through functions too."""
    source = baked.operation(name).source
    texts, found, seen = [source.text] if source else [], set(), set()
    while texts:
        text = texts.pop()
        found |= set(WRITES.findall(text)) & set(catalogue.columns)
        for called in set(re.findall(r'\b(\w+)\s*\(', text)):
            if called in functions and called not in seen:
                seen.add(called)
                texts.append(functions[called])
    return found


def names_for(operation, catalogue, functions):
    """Everything that somebody might hope to set."""
    names = set(EXTRA)
    for table in written_by(operation.id, catalogue, functions):
        names |= set(catalogue.columns[table])
    for status in operation.success:
        schema = operation.response_schema(status)
        for steps, level in places.levels(operation.document, schema or {}):
            names |= set(level.get('properties', {}))
    return names


def variants(name):
    yield name
    camel = re.sub(r'_(\w)', lambda match: match[1].upper(), name)
    for other in (camel, name.title(), name.upper()):
        if other != name:
            yield other


def writers(scim=False):
    try:
        return [one.name for one in baked.tree().operations
                if one.method != 'get' and one.scim == scim]
    except AssertionError:
        return []


def objects(operation):
    """{steps: names that it has} of each object in the body, but for maps,
    whose keys are the client's own."""
    found = {}
    document = operation.document
    for steps, schema in places.levels(document,
                                       places.schema_of(operation)):
        if 'properties' in schema:
            found.setdefault(steps, set()).update(schema['properties'])
    return found


def chunks(names, size=16):
    names = sorted(names)
    for at in range(0, len(names), size):
        yield names[at:at + size]


def pointer(steps, name):
    return ''.join('/' + ('0' if step == '*' else step)
                   for step in steps) + '/' + name.replace(
                       '~', '~0').replace('/', '~1')


def value_for(kind, world):
    """One that the column would take."""
    return {'uuid': world.person(), 'boolean': True, 'integer': 99,
            'bigint': 99, 'smallint': 2, 'date': '2020-01-01', 'jsonb': {},
            'text[]': ['x'], 'timestamp with time zone':
            '2020-01-01T00:00:00Z'}.get(kind, 'x')


@pytest.mark.parametrize('name', writers())
def test_members(name, worlds, catalogue, functions, document):
    operation, here = document.operations[name], worlds['other']
    if places.schema_of(operation) is None:
        pytest.skip('no JSON')
    one = fixtures.make(name, here)
    kinds = {column: kind for table in written_by(name, catalogue, functions)
             for column, kind in catalogue.columns[table].items()}
    here.db.settle(here.org_id)
    rows, faults, levels = written(here.db, here.org_id, ENGINES), [], 0
    for steps, known in objects(operation).items():
        hoped = {other for inner in (
            *names_for(operation, catalogue, functions), *known)
            for other in variants(inner)} - known
        node = places.read(one, Place('body', steps)) if steps else one.json
        if node is None:
            node = places.smallest(document, level_of(operation, steps))
        levels += 1
        for some in chunks(hoped):
            body = {**{other: value_for(kinds.get(other), here)
                       for other in some}, **node}
            call = (places.put(one, Place('body', steps), body) if steps
                    else one.changed(json=body))
            reply = call.send()
            told_of = {error['pointer'] for error in reply.json().get(
                'errors', ()) if error['code'] == 'unknown_property'}
            missed = {pointer(steps, other) for other in some} - told_of
            if reply.code != 'invalid_body' or missed:
                faults.append(f'{"/".join(steps)} {sorted(missed)}: {reply}')
    assert levels, 'no level was tried'
    assert not faults, '\n'.join(faults)
    assert written(here.db, here.org_id, ENGINES) == rows
    one.send().expect(*operation.success)


def level_of(operation, steps):
    for found, schema in places.levels(operation.document,
                                       places.schema_of(operation)):
        if found == steps and 'properties' in schema:
            return schema
    raise LookupError(steps)


def test_what_a_client_may_set(document, catalogue, functions):
    """Of columns whose names say that the server decides them."""
    found = {}
    for operation in document.operations.values():
        if operation.scim or places.schema_of(operation) is None:
            continue
        for steps, known in objects(operation).items():
            names = {name for name in known if DECIDED.search(name)}
            for name in names:
                found.setdefault('/'.join((*steps, name)), set()).add(
                    operation.id)
    assert {name: ' '.join(sorted(operations)) for name, operations
            in found.items()} == MAY_SET


@pytest.mark.parametrize('name', baked.operation_ids())
def test_query(name, worlds, catalogue, functions, document):
    """No column, and nothing that the body holds, is a parameter as well."""
    operation, here = document.operations[name], worlds['other']
    if operation.scim or '400' not in operation.responses:
        pytest.skip('takes none, and says nothing of them')
    one = fixtures.make(name, here)
    known = {parameter['name'] for parameter in operation.places('query')}
    hoped = {'org_id', 'person_id', 'roles', '_method', 'auth.org'}
    hoped |= {step for steps, _ in places.levels(
        document, places.schema_of(operation)) for step in steps[:1]}
    for table in written_by(name, catalogue, functions) - QUIET:
        hoped |= {column for column in catalogue.columns[table]
                  if DECIDED.search(column)}
    rows, faults = None, []
    if operation.method != 'GET':
        here.db.settle(here.org_id)
        rows = written(here.db, here.org_id, ENGINES)
    for other in sorted(hoped - known):
        reply = one.changed(query={other: 'x'}).send()
        if reply.status_code != 400 or reply.code not in (
                'unknown_parameter', None):
            faults.append(f'{other}: {reply}')
    assert not faults, '\n'.join(faults)
    if rows:
        assert written(here.db, here.org_id, ENGINES) == rows


@pytest.mark.parametrize('name', writers() + writers(scim=True))
def test_a_method_is_what_it_says(name, worlds, document, api):
    """GET, and POST where there is one, at the address of each write, with
    the write's own method and body under other names."""
    operation, here = document.operations[name], worlds['other']
    one = fixtures.make(name, here)
    without = ENGINES + (('sync_refusal',) if operation.scim else ())
    here.db.settle(here.org_id)
    rows = written(here.db, here.org_id, without)

    def ask(method, **more):
        return api.call(method, one.target, as_=one.as_, roles=one.roles,
                        org=here.org, scope=one.scope, **more)
    taken = {other.method for other in document.operations.values()
             if other.route == operation.route}
    for method in {'GET', 'POST'} - ({'POST'} & taken):
        plain = ask(method)
        reply = ask(method, headers={header: operation.method
                                     for header in OVERRIDES})
        assert (reply.status_code, reply.code) == (
            plain.status_code, plain.code), reply
        reply = ask(method, query={'_method': operation.method})
        assert reply.status_code in (400, plain.status_code), reply
    assert written(here.db, here.org_id, without) == rows
    if operation.method == 'POST':
        one.send(headers={header: 'DELETE' for header in OVERRIDES}
                 ).expect(*operation.success)


def test_who_asks_is_said_by_the_token_alone(api):
    """Not by headers that proxies set for others."""
    plain = api.get('/v1/me').expect(200)
    for name in ('X-User', 'X-Remote-User', 'Remote-User', 'X-User-Id',
                 'X-Forwarded-User', 'X-Org-Id', 'X-Tenant', 'X-Tenant-Id',
                 'X-Roles', 'X-Person', 'From', 'X-Original-URL',
                 'X-Rewrite-URL'):
        for value in ('hilde', 'admin', '/v1/clients'):
            reply = api.get('/v1/me', headers={name: value}).expect(200)
            assert reply.content == plain.content, name
    api.get('/v1/clients', headers={'X-Roles': 'admin'}).expect(
        403, code='forbidden')
