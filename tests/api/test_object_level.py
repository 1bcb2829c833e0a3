"""Whatever id a caller sends, wherever it stands, the answer is the one that
an id nobody has gets, unless the thing is his to reach.

Every place of an id is taken from /openapi.json and what it names from
PostgreSQL's catalogue (harness/places.py), and each is tried with things of
another organisation, things that the caller may not see, what is deleted,
things of another kind, and things that belong to something else.  The answer
is the same bytes, and no row changes anywhere.  A new operation, member or
table is tried without a word here, or fails the first test.

els of the small organisation `other` asks; `demo` is the foreign one.

Mutations, each found by the tests named: a filter of get_my_notification, of
remove_my_evidence's claim, of what is deleted in get_goal_template, get_person
and create_session left out (test_ids); `forbidden` in invite_goal_companion
(test_writes_to_what_is_anothers); who works here not asked in
session_in_sight.sql (test_an_outsider_finds_nothing, 15); the block in
invite_goal_companion (test_somebody_who_blocks_the_caller); what is deleted in
get_goal (test_what_was_deleted_is_nobodys); a cursor not bound to its person
(test_cursors, 27); list_my_skills that shows others' by skill_id
(test_filters_show_nothing_more); any link, any session's code, any client's
secret, any reference of a scheme (the last five); a new member `host_id`
(test_ids[create_session], unasked).
"""

import base64
import json
import re
import urllib.parse
import uuid

import pytest

import fixtures
from harness import baked, places
from harness.places import told, written

# Whoever may call the operations that take its id may see all of its rows.
SEEN_BY_ALL = {
    'person': 'the directory is everybody\'s', 'team': 'as is who is where',
    'skill': 'there is one catalogue', 'skill_merge': 'all are HR\'s',
    'goal_template': 'they are there to be found',
    'machine_client': 'an admin sees all of them',
    'machine_credential': 'and all that they have'}
OWNERS = ('person_id', 'requested_by')
# What happened to those who are gone is what one asks there.
ASKS_WHAT_WAS = {'list_sync_changes'}
# Jobs lease and end timers by themselves.
BUSY = ('timer',)
BURGLAR = 'fixture-burglar'
WALLED = 'fixture-walled'


# The scene

@pytest.fixture(scope='module')
def here(worlds):
    """els's organisation, where others have what she may not see, somebody
    blocks her, and something of hers of every kind is deleted."""
    world = worlds['other']
    world.once('object level', lambda: scene(world))
    return world


@pytest.fixture(scope='module')
def there(worlds, document, catalogue):
    """The foreign one, with something of each kind to be tried."""
    world = worlds['demo']
    for operation in document.operations.values():
        for place in places.of_operation(operation, catalogue.columns):
            for table, _ in catalogue.kind(operation, place):
                if not world.some_id(table):
                    fixtures.make(operation.id, world)
    return world


def employ(world, user_name, team=None):
    """The id of somebody who works here today, in a team or in none."""
    person = world.stranger(user_name.removeprefix('fixture-'))
    world.db.execute(
        'insert into employment (org_id, person_id, team_id, during)'
        ' select %(org)s, %(person)s, %(team)s, daterange(today() - 9, null)'
        ' where not exists (select from employment'
        ' where person_id = %(person)s)',
        {'org': world.org_id, 'person': person, 'team': team})
    return person


def scene(world):
    walled = employ(world, WALLED)
    for name in (WALLED, 'tom'):
        hide(world.seen_by(name))
    world.db.execute(
        'insert into person_block (org_id, blocker_id, blocked_id)'
        ' values (%s, %s, %s) on conflict do nothing',
        [world.org_id, walled, world.person()])
    for kind in ('my_skill', 'goal', 'feedback', 'goal_template'):
        fixtures.make(f'delete_{kind}', world).send().expect(204)
    for name, table in (('deleted', 'person'), ('closed', 'team')):
        world.once(f'{name} {table}', lambda: tombstone(world, table))
    return True


def tombstone(world, table):
    name = 'display_name' if table == 'person' else 'name'
    more = (', user_name', ', active') if table == 'person' else ('', '')
    values = (f", 'gone-{uuid.uuid4()}'", ', false') if more[0] else ('', '')
    return world.db.one(
        f'insert into "{table}" (org_id, id, {name}{"".join(more)},'
        f' deleted_at) values (%s, uuid7(), %s{"".join(values)}, clock())'
        ' returning id::text', [world.org_id, world.word()])


def hide(world):
    """Of every kind something that only this one person sees, and what he
    shows to all, which a block hides."""
    for visibility in ('me', 'team', 'org'):
        made = world.made('create_my_skill', json={
            'skill_id': fixtures.plain_skill(world), 'level': 3,
            'visibility': visibility})
        world.made('add_my_evidence', path={'claim_id': made['id']})
    for visibility, state in (('me', 'active'), ('companions', 'active'),
                              ('org', 'draft'), ('org', 'active')):
        goal = world.made('create_goal', json={
            'title': world.word(), 'visibility': visibility, 'state': state})
        world.made('add_goal_milestone', path={'goal_id': goal['id']})
    for visibility in ('team', 'org'):
        fixtures.plain_session(world, 'polled', visibility=visibility)
        fixtures.plain_session(world, 'confirmed', visibility=visibility)
    mate = next(name for name in world.colleagues() if name != 'els')
    friend = world.person(mate)
    fixtures.a_draft(world, friend)
    fixtures.given(world, friend)
    fixtures.a_request(world, friend)
    made = fixtures.endorsed(world, world.seen_by(mate))
    world.made('update_my_skill', path={'claim_id': made['claim_id']},
               json={'visibility': 'me'})
    fixtures.a_seat(world, fixtures.a_session(world))
    fixtures.make('get_job', world)


# What may stand in a place

def unseen(catalogue, world, table, as_='els'):
    """One row of each kind that somebody may not see."""
    db, columns = world.db, catalogue.columns[table]
    shades = ', '.join(f't.{one}' for one in ('visibility', 'state', 'kind')
                       if one in columns) or 't.org_id'
    view = f'visible_{table}'
    if view in catalogue.views:
        where = (f'not exists (select from {view} v where v.org_id = t.org_id'
                 ' and v.id = t.id)')
    else:
        where = hidden_where(catalogue, table)
        if where is None:
            return []
    return db.column(
        "select set_config('hefboom.org', %(org)s, true),"
        " set_config('hefboom.person', %(me)s, true);"
        f' select distinct on ({shades}) t.id::text from "{table}" t'
        f' where t.org_id = %(org)s and {where} order by {shades}, t.id desc',
        {'org': world.org_id, 'me': world.person(as_)})


def hidden_where(catalogue, table):
    """Without a view of its own: what is somebody else's, or hangs on what
    is hidden.  None when everybody sees all of it."""
    columns = catalogue.columns[table]
    for column, parent in catalogue.parents(table).items():
        if f'visible_{parent}' in catalogue.views:
            return (f'not exists (select from visible_{parent} v where'
                    f' v.org_id = t.org_id and v.id = t.{column})')
    for column in OWNERS:
        if column in columns:
            return f't.{column} <> %(me)s'
    return None


def of_others(catalogue, world, table):
    """What is somebody else's, seen or not."""
    for column in OWNERS:
        if column in catalogue.columns[table]:
            return world.db.column(
                f'select id::text from "{table}" where org_id = %s'
                f' and {column} <> %s order by id desc limit 2',
                [world.org_id, world.person(world.as_)])
    return []


def elsewhere(catalogue, call, place, table):
    """Rows that hang on something else than what the path named before."""
    for column, parent in catalogue.parents(table).items():
        for other in before(call.operation, place):
            if parent != table and (parent, 'id') in catalogue.kind(
                    call.operation, other):
                yield from hanging(catalogue, call, table, column, parent,
                                   call.path[other.name])


def hanging(catalogue, call, table, column, parent, value):
    """The youngest row of another parent, and of another of the caller's."""
    db, org = call.world.db, call.world.org_id
    query = (f'select id::text from "{table}" where org_id = %s'
             f' and {column} <> %s {{}} order by id desc limit 1')
    yield from db.column(query.format(''), [org, value])
    if 'person_id' in catalogue.columns[parent]:
        yield from db.column(query.format(
            f' and {column} in (select id from "{parent}" where org_id = %s'
            ' and person_id = %s)'), [org, value, org,
                                      call.world.person(call.as_)])


def before(operation, place):
    """The ids of the path that lead to a place."""
    for other in places.of_operation(operation):
        if other == place or other.where != 'path':
            return
        yield other


def parent_of_another(catalogue, call, place, table):
    """Another one of the kind, when the path goes on to what is in it."""
    for other in places.of_operation(call.operation):
        if other.where == 'path' and other != place and any(
                parent == table for child, _ in catalogue.kind(
                    call.operation, other)
                for parent in catalogue.parents(child).values()):
            yield from call.world.db.column(
                f'select id::text from "{table}" where org_id = %s'
                ' and id::text <> %s order by id desc limit 1',
                [call.world.org_id, call.path[place.name]])


def tried(catalogue, call, place, foreign):
    """(what, id) of all that has to look invented in a place."""
    world, db = call.world, call.world.db
    pairs = catalogue.kind(call.operation, place)
    tables = {table for table, _ in pairs}
    own = places.read(call, place)
    for table, column in pairs:
        for value in db.column(
                f'select {column}::text from "{table}" where org_id = %s'
                ' order by id desc limit 1', [foreign.org_id]):
            yield f'{table} of the other organisation', value
        if column == 'id':
            for value in unseen(catalogue, world, table, call.as_):
                if 'integrator' not in call.roles:
                    yield f'{table} that is hidden', value
            for value in elsewhere(catalogue, call, place, table):
                yield f'{table} of something else', value
            if place.where == 'path':
                for value in parent_of_another(catalogue, call, place, table):
                    yield f'another {table}', value
            if call.operation.route.startswith('/v1/me/'):
                for value in of_others(catalogue, world, table):
                    yield f'{table} of somebody else', value
        if 'deleted_at' in catalogue.columns[table] and column == 'id' and (
                call.operation.id not in ASKS_WHAT_WAS):
            for value in db.column(
                    f'select id::text from "{table}" where org_id = %s and'
                    ' deleted_at is not null order by id desc limit 1',
                    [world.org_id]):
                yield f'{table} that is deleted', value
    yield 'the organisation', world.org_id
    yield 'nobody', str(uuid.UUID(int=0))
    for table in catalogue.kinds:
        if table not in tables:
            value = world.some_id(table)
            if value and value != own:
                yield f'a {table}', value


# The matrix

def asked(name, here):
    return fixtures.make(name, here, **places.AS.get(name, {}))


def with_ids():
    """Operations in whose call an id can stand."""
    try:
        return [one.name for one in baked.tree().operations
                if '{' in one.route or one.method != 'get' or one.orders]
    except AssertionError:
        return []


def test_every_place_names_something(document, catalogue):
    seen = 0
    for operation in document.operations.values():
        for place in places.of_operation(operation, catalogue.columns):
            assert catalogue.kind(operation, place)
            seen += 1
    assert seen > 150


def test_there_is_something_to_try_of_every_kind(
        document, catalogue, here, there):
    faults = []
    for operation in document.operations.values():
        for place in places.of_operation(operation, catalogue.columns):
            for table, column in catalogue.kind(operation, place):
                if column == 'id' and table not in SEEN_BY_ALL and not unseen(
                        catalogue, here, table):
                    faults.append(f'{place}: els sees every {table}')
                if not there.some_id(table):
                    faults.append(f'there is no {table} in demo')
                if table in SEEN_BY_ALL and (
                        f'visible_{table}' in catalogue.views):
                    faults.append(f'{table} has a view')
                if 'deleted_at' in catalogue.columns[table]:
                    if not here.some_id(table, 'deleted_at is not null'):
                        faults.append(f'no {table} is deleted')
    assert not faults, '\n'.join(sorted(set(faults)))


@pytest.mark.parametrize('name', with_ids())
def test_ids(name, here, there, catalogue, document):
    operation = document.operations[name]
    found = places.of_operation(operation, catalogue.columns)
    if not found:
        pytest.skip('no id')
    one = asked(name, here)
    without = BUSY + (('sync_refusal',) if operation.scim else ())
    here.db.settle(here.org_id, there.org_id)
    rows = written(here.db, here.org_id, without)
    foreign = written(here.db, there.org_id, BUSY)
    faults = places.distinguished(
        one, found, lambda place: tried(catalogue, one, place, there))
    changed = [table for org, kept, left in (
        (here, rows, without), (there, foreign, BUSY))
        for table, row in written(here.db, org.org_id, left).items()
        if kept[table] != row]
    assert not faults, '\n'.join(faults)
    assert not changed, changed
    one.send().expect(*operation.success)


# Others in the same organisation

# Where the thing in the path is not what is acted upon: anybody who sees it
# may do this for himself.
FOR_ANYBODY = {'endorse_skill', 'take_seat', 'answer_session_poll'}
HR_TOO = {'get_job'}


def owned(operation, catalogue):
    """Whether its path names something that is not everybody's."""
    return any(table not in SEEN_BY_ALL
               for place in places.of_operation(operation)
               if place.where == 'path'
               for table, _ in catalogue.kind(operation, place))


def of_members():
    try:
        return [one.name for one in baked.tree().operations
                if '{' in one.route]
    except AssertionError:
        return []


@pytest.mark.parametrize('name', of_members())
def test_an_outsider_finds_nothing(name, here, catalogue, document):
    """Somebody who works nowhere, whatever his roles: what is another's is
    what nobody has, also where the thing is shown to all who work here."""
    operation = document.operations[name]
    if not owned(operation, catalogue) or 'member' not in operation.roles:
        pytest.skip('everybody\'s, or no member\'s')
    here.stranger('outsider')
    one = fixtures.make(name, here)
    nowhere = one.changed(path={
        place.name: str(uuid.uuid4())
        for place in places.of_operation(operation) if place.where == 'path'
        and any(table not in SEEN_BY_ALL
                for table, _ in catalogue.kind(operation, place))})
    here.db.settle(here.org_id)
    rows, faults = written(here.db, here.org_id, BUSY), []
    for roles in (('member', 'leader', 'facilitator', 'trainer'),
                  ('hr', 'admin')):
        if 'hr' in roles and name in HR_TOO:
            continue
        reply = one.send(as_='fixture-outsider', roles=roles)
        other = nowhere.send(as_='fixture-outsider', roles=roles)
        other.expect(404)
        if told(reply, *one.path.values()) != told(
                other, *nowhere.path.values()):
            faults.append(f'{roles}: {reply}\n  nothing: {other}')
    assert not faults, '\n'.join(faults)
    assert written(here.db, here.org_id, BUSY) == rows
    one.send().expect(*operation.success)


@pytest.mark.parametrize('name', of_members())
def test_writes_to_what_is_anothers(name, here, catalogue, document):
    """A teammate sees more, and may do no more, whatever his roles."""
    operation = document.operations[name]
    if (operation.method == 'GET' or 'member' not in operation.roles
            or not owned(operation, catalogue)):
        pytest.skip('no write to what somebody owns')
    employ(here, BURGLAR, here.db.one(
        'select team_id from employment where person_id = %s',
        [here.person()]))
    one = fixtures.make(name, here)
    if name in FOR_ANYBODY:
        one.send(as_=BURGLAR).expect(*operation.success)
        return
    here.db.settle(here.org_id)
    rows, faults = written(here.db, here.org_id, BUSY), []
    for role in ('member', 'leader', 'hr', 'admin'):
        reply = one.send(as_=BURGLAR, roles=(role,))
        if reply.status_code not in (403, 404, 409):
            faults.append(f'{role}: {reply}')
    assert not faults, '\n'.join(faults)
    assert written(here.db, here.org_id, BUSY) == rows
    one.send().expect(*operation.success)


# The directory is everybody's, so that his skills are an empty page; HR and
# machines act for all; and who blocks names whom he likes.
BLOCKS_ARE_NO_MATTER = {
    'get_person', 'list_person_skills', 'block_person', 'unblock_person',
    'put_session_host', 'import_attendance', 'update_organisation',
    'list_sync_changes', 'scim_get_user', 'scim_replace_user',
    'scim_update_user', 'scim_delete_user'}


@pytest.mark.parametrize('name', with_ids())
def test_somebody_who_blocks_the_caller(name, here, catalogue, document):
    """Is nobody, wherever els would do something with him."""
    found = [place for place in places.of_operation(
        document.operations[name], catalogue.columns)
        if ('person', 'id') in catalogue.kind(
            document.operations[name], place)]
    if not found or name in BLOCKS_ARE_NO_MATTER:
        pytest.skip('no person, or no matter')
    one, walled = asked(name, here), here.person(WALLED)
    assert one.as_ == 'els'
    for place in found:
        invented = str(uuid.uuid4())
        nobody = places.put(one, place, invented).send()
        reply = places.put(one, place, walled).send()
        assert told(reply, walled) == told(nobody, invented), (place, reply)


# What is no more

# A second time is a matter of states, or what was revoked is still shown.
REMAINS = {'withdraw_endorsement', 'revoke_client',
           'revoke_client_credential', 'release_my_seat'}


def deleting():
    try:
        return [one.name for one in baked.tree().operations
                if one.method == 'delete' and one.name not in REMAINS]
    except AssertionError:
        return []


@pytest.mark.parametrize('name', deleting())
def test_what_was_deleted_is_nobodys(name, here, document):
    """Whatever one does at its address or below."""
    operation = document.operations[name]
    gone = fixtures.make(name, here)
    # Made first: some of them make anew what is about to go.
    below = [fixtures.make(other.id, here, path=gone.path, as_=gone.as_,
                           roles=gone.roles)
             for other in document.operations.values()
             if other.route.startswith(operation.route)
             and {one['name'] for one in other.places('path')}
             == set(gone.path) and not (
                 other.method == 'PUT' and other.route == operation.route)]
    gone.send().expect(204, 200)
    last = [place for place in places.of_operation(operation)
            if place.where == 'path'][-1]
    faults = []
    for one in below:
        invented = str(uuid.uuid4())
        nothing = places.put(one, last, invented).send().expect(404)
        reply = one.send()
        if told(reply, gone.path[last.name]) != told(nothing, invented):
            faults.append(f'{one.operation}: {reply}\n  nobody: {nothing}')
    assert below, 'nothing was asked'
    assert not faults, '\n'.join(faults)


# Cursors

def lists():
    try:
        return [one.name for one in baked.tree().operations if one.orders]
    except AssertionError:
        return []


def next_of(call):
    return call.changed(query={'limit': 1}).send().expect(200).json()['next']


@pytest.mark.parametrize('name', lists())
def test_cursors(name, here, worlds, document):
    """Anybody else's is of as little use as one that nobody made: another
    organisation's, another person's, another list's, and each with a bit
    turned; a page later than that is refused, not empty."""
    one = fixtures.make(name, here)
    after = next_of(one)
    assert after, 'the fixture makes no second page'
    one.changed(query={'after': after}).send().expect(200)
    made_up = one.changed(query={'after': 'A' * len(after)}).send()
    made_up.expect(400, code='invalid_cursor')
    foreign = {
        'another organisation': next_of(fixtures.make(name, worlds['demo'])),
        'another list': next_of(fixtures.make(
            'list_teams' if name != 'list_teams' else 'list_people', here)),
        'half of it': after[:len(after) // 2], 'its end': after[4:],
        'one more': after + 'AAAA'}
    raw = bytearray(base64.urlsafe_b64decode(after + '=' * (-len(after) % 4)))
    for at in (0, 1, len(raw) // 2, len(raw) - 1):
        turned = bytearray(raw)
        turned[at] ^= 1
        foreign[f'bit of {at}'] = base64.urlsafe_b64encode(
            turned).rstrip(b'=').decode()
    faults = []
    for what, value in foreign.items():
        reply = one.changed(query={'after': value}).send()
        if told(reply) != told(made_up):
            faults.append(f'{what}: {reply}')
    other = one.changed(query={'after': after}).send(as_='jan')
    if told(other) != told(made_up) and other.status_code != 404:
        faults.append(f'of els, to jan: {other}')
    assert not faults, '\n'.join(faults)


# Filters

@pytest.mark.parametrize('name', lists())
def test_filters_show_nothing_more(name, here, catalogue, document):
    """Whatever id is filtered by, the rows are among those of the list that
    is not filtered."""
    operation = document.operations[name]
    filters = [place for place in places.of_operation(
        operation, catalogue.columns) if place.where == 'query']
    if not filters:
        pytest.skip('no filter by id')
    one, shown = fixtures.make(name, here), 0
    direction = operation.parameter('direction')
    for query in [{'direction': value} for value in document.resolve(
            direction['schema'])['enum']] if direction else [{}]:
        one = one.changed(query=query)
        items = whole(one)
        everything = {identity(item) for item in items}
        for place in filters:
            for value in worth_trying(catalogue, one, place, items):
                found = {identity(item) for item in whole(
                    places.put(one, place, value))}
                shown += len(found)
                assert found <= everything, (query, place, value)
    assert shown, 'no filter finds anything'


def worth_trying(catalogue, call, place, items):
    """Ids that the list names, that columns of this name hold, and the
    youngest of the kind."""
    db, org = call.world.db, [call.world.org_id]
    named, found = set(places.UUID.findall(json.dumps(items))), set()
    for table, column in catalogue.kind(call.operation, place):
        ids = db.column(f'select distinct {column}::text from "{table}"'
                        f' where org_id = %s and {column} is not null'
                        ' order by 1 desc', org)
        found |= set(ids[:10]) | set(sorted(named & set(ids))[:20])
        for other, columns in catalogue.columns.items():
            if place.name in columns and 'org_id' in columns:
                found |= set(ids) & set(db.column(
                    f'select distinct {place.name}::text from "{other}"'
                    ' where org_id = %s order by 1 limit 10', org))
    return sorted(found)


def whole(call):
    return call.world.api.pages(
        call.target, query={**call.query, 'limit': 200}, as_=call.as_,
        roles=call.roles, org=call.world.org)


def identity(item):
    return item.get('id') or json.dumps(item, sort_keys=True)


# Names that are no uuid: tokens, codes, clients, references

SPOKEN = re.compile(r'(^|_)(id|ref|code|token|key|source)$')
# Words of the client's own, which refer to nothing of ours.
NO_REFERENCE = {'external_refs/*/id'}
TRIED_BELOW = {'token', 'code', 'external_ref', 'source'}


def test_no_other_reference_is_forgotten(document):
    """What else sounds like a reference is one of those tried below."""
    found = set()
    for operation in document.operations.values():
        if operation.open and 'token' not in operation.route:
            continue
        named = [((one['name'],), document.resolve(one['schema']))
                 for one in operation.parameters if one['in'] != 'header']
        named += places.levels(document, places.schema_of(operation))
        found |= {'/'.join(steps) for steps, schema in named
                  if steps and SPOKEN.search(steps[-1])
                  and schema.get('format') != 'uuid'
                  and schema.get('type') not in ('array', 'object')}
    assert found - NO_REFERENCE == TRIED_BELOW


@pytest.mark.parametrize('name', ['get_link', 'use_link'])
def test_links(name, here):
    """A link is its own key: what is not exactly it is nothing."""
    one = fixtures.make(name, here)
    token = one.path['token']
    nothing = one.changed(path={'token': 'a' * len(token)}).send().expect(404)
    for at in range(0, len(token), 5):
        text = token[:at] + f'{int(token[at], 16) ^ 1:x}' + token[at + 1:]
        reply = one.changed(path={'token': text}).send()
        assert told(reply, text) == told(nothing, 'a' * len(token)), text
    for text in (token[:-1], token + 'a', token.upper(), token[::-1] + ' ',
                 str(here.some_id('seat')), str(here.org_id)):
        one.changed(path={'token': text}).send().expect(
            404, code='not_found')
    one.send().expect(200)


def test_codes_are_of_one_session(here, worlds, document):
    """Another session's code, of either organisation, is as good as none."""
    one = fixtures.make('check_in', here)
    wrong = one.changed(json={'code': 'AAAAAA'}).send()
    assert wrong.status_code == 422, wrong
    for world in worlds.values():
        for code in world.db.column(
                'select code from session_code where org_id = %s and'
                ' session_id <> %s and code <> %s order by session_id desc'
                ' limit 3', [world.org_id, one.path['session_id'],
                             one.json['code'].upper()]):
            assert told(one.changed(json={'code': code}).send()) == told(
                wrong), code
    one.send().expect(200)


def test_references_of_the_other(here, there):
    """By `scheme:id`, and by the name of a source."""
    fixtures.make('get_skill', there)
    reference = there.db.one(
        "select scheme || ':' || external_id from skill_reference"
        " where org_id = %s and scheme = 'internal' limit 1", [there.org_id])
    source = fixtures.synchronised(there, 'https://theirs.example.org scim')
    assert reference and source
    for name, parameter, value in (
            ('list_skills', 'external_ref', reference),
            ('list_sync_changes', 'source', source)):
        one = fixtures.make(name, here)
        for text in (value, 'internal:nobody'):
            reply = one.changed(query={parameter: text}).send().expect(200)
            assert reply.json()['items'] == [], reply


def test_clients_of_others(here, worlds):
    """One client's name with another's secret, of either organisation."""
    mine, theirs = (fixtures.make('create_access_token', worlds[org])
                    for org in ('other', 'demo'))
    one, other = (dict(urllib.parse.parse_qsl(call.data))
                  for call in (mine, theirs))
    nobody = mine.changed(data=urllib.parse.urlencode(
        {**one, 'client_id': str(uuid.uuid4())})).send().expect(401)
    for form in ({**one, 'client_id': other['client_id']},
                 {**other, 'client_id': one['client_id']},
                 {**one, 'client_id': str(here.org_id)}):
        reply = mine.changed(data=urllib.parse.urlencode(form)).send()
        assert told(reply) == told(nobody), form
    mine.send().expect(200)
