"""A SCIM filter is true of a document where its SQL is true of the row.

Random filters over random people and groups, in memory (scim_filter_matches)
and in PostgreSQL (scim_filter_sql), the rows with the columns of the views.
The third witness is a reading of RFC 7644 in this file, so that both cannot
be wrong in the same way.  Mutations in src/scim/filter_sql.c: `not` without
`is not true`; `ne` as `= false`; another collation; `%`, `_`, `\\` not escaped;
no lower() around the parameter; `or not exists` left out; > as >=; `pr` as
`is not null`; an id in capitals.  In filter_match.c: lower case of ASCII
alone; `ne` false of what is absent.  In filter_read.c: `or` before `and`.  In
filter_time.c: microseconds cut off.  Each is found.
"""

import datetime
import json
import random
import subprocess
import uuid

import psycopg2
import pytest

from harness.running import binary

CORE = 'urn:ietf:params:scim:schemas:core:2.0:'
ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
ORG = str(uuid.UUID(int=1))
FILTERS = 2000

# Texts near each other: in case, in order, in what LIKE means.
TEXTS = ['a', 'A', 'b', 'B', 'ab', 'aB', 'Ba', 'a%b', 'a_b', 'a\\b', '%', '_',
         '\\', 'é', 'É', 'aé', 'AÉ', 'ß', 'ẞ', 'ss', 'Σ', 'σ', 'ς', 'İ', 'i',
         'ı', "o'a", '"a"', 'z', 'Z', '~', '[', '\U00010400', '\U00010428',
         'work', 'WORK', 'home', 'a b', '', ' ', 'null', 'True', '$1']
TIMES = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000001Z',
         '2025-12-31T23:59:59.999999Z', '2026-01-01T01:00:00+01:00',
         '2026-03-01T12:00:00Z', '0001-01-01T00:00:00Z']
SAID_TIMES = TIMES + ['2026-01-01T00:00:00', '2026-01-01t00:00:00.0000005z',
                      '2025-12-31T23:59:59.9999999Z',
                      '2025-12-31T16:00:00.0000014-08:00',
                      '9999-12-31T23:59:59Z']
IDS = [str(uuid.UUID(int=n << 64 | 0xabcdef)) for n in range(1, 9)]

# name: (type, exact); a dict has parts, in a list it is multi-valued.
TEXT, EXACT, BOOLEAN, TIME = 'text', 'exact', 'boolean', 'time'
PLURAL = [{'value': TEXT, 'display': TEXT, 'type': TEXT, 'primary': BOOLEAN}]
USER = {
    'id': EXACT, 'externalId': EXACT, 'userName': TEXT, 'displayName': TEXT,
    'name': {'formatted': TEXT, 'familyName': TEXT, 'givenName': TEXT,
             'middleName': TEXT},
    'nickName': TEXT, 'profileUrl': EXACT, 'title': TEXT, 'active': BOOLEAN,
    'meta': {'resourceType': EXACT, 'created': TIME, 'lastModified': TIME,
             'version': EXACT},
    'emails': PLURAL, 'phoneNumbers': PLURAL,
    'photos': [{**PLURAL[0], 'value': EXACT}],
    'addresses': [{'locality': TEXT, 'country': TEXT, 'type': TEXT,
                   'primary': BOOLEAN}],
    'groups': [{'value': EXACT, 'display': TEXT, 'type': TEXT}],
    'schemas': [EXACT],
}
EXTENSION = {'department': TEXT, 'employeeNumber': TEXT,
             'manager': {'value': TEXT}}
GROUP = {
    'id': EXACT, 'displayName': TEXT,
    'meta': {'resourceType': EXACT, 'created': TIME, 'lastModified': TIME},
    'members': [{'value': EXACT, 'display': TEXT, 'type': TEXT}],
    'schemas': [EXACT],
}
SAID_IDS = IDS + [one.upper() for one in IDS[:4]] + [IDS[0] + ' ', '{}']
KNOWN = {'id': SAID_IDS, 'schemas': [CORE + 'User', CORE + 'Group', ENTERPRISE],
         'resourceType': ['User', 'Group', 'user'], 'value': SAID_IDS,
         'version': ['W/"1"', 'W/"2"', 'w/"1"']}
# The parts that are columns or constants: filled from the tables.
FROM_ROWS = ('id', 'meta', 'active', 'groups', 'members', 'schemas')


# Random documents, and the tables that hold the same.

def some(chance, make, often=0.6):
    return make() if chance.random() < often else None


def compact(value):
    """As scim_resource_read leaves it: no null, nothing empty."""
    if isinstance(value, dict):
        value = {name: compact(part) for name, part in value.items()}
        return {n: v for n, v in value.items() if v not in (None, {}, [])}
    if isinstance(value, list):
        return [v for v in map(compact, value) if v not in (None, {}, [])]
    return value


def value_of(chance, kind):
    if kind == BOOLEAN:
        return chance.random() < 0.5
    return chance.choice(TEXTS)


def shaped(chance, shape):
    if isinstance(shape, dict):
        return {name: some(chance, lambda: shaped(chance, part), 0.5)
                for name, part in shape.items()}
    if isinstance(shape, list):
        return [shaped(chance, shape[0])
                for _ in range(chance.choice((0, 1, 1, 2, 3)))]
    return value_of(chance, shape)


def user(chance, number):
    own = {name: shape for name, shape in USER.items()
           if name not in FROM_ROWS}
    person = shaped(chance, own)
    person[ENTERPRISE] = some(chance, lambda: shaped(chance, EXTENSION))
    person |= {
        'id': IDS[number % len(IDS)] if number < len(IDS)
        else str(uuid.UUID(int=number)),
        'active': chance.random() < 0.7,
        'meta': {'resourceType': 'User', 'version': f'W/"{number % 3}"',
                 'created': chance.choice(TIMES),
                 'lastModified': chance.choice(TIMES)}}
    return compact(person)


def group(chance, number, people):
    members = chance.sample(people, chance.choice((0, 1, 2, 5)))
    return compact({
        'id': IDS[-1 - number % len(IDS)] if number < 4
        else str(uuid.UUID(int=1000 + number)),
        'displayName': chance.choice(TEXTS),
        'meta': {'resourceType': 'Group', 'created': chance.choice(TIMES),
                 'lastModified': chance.choice(TIMES)},
        'members': [{'value': person['id'], 'type': 'User',
                     'display': person.get('displayName')}
                    for person in members]})


def world(chance):
    people = [user(chance, number) for number in range(60)]
    groups = [group(chance, number, people) for number in range(25)]
    for person in people:
        person['groups'] = [
            compact({'value': one['id'], 'type': 'direct',
                     'display': one.get('displayName')})
            for one in groups for member in one.get('members', ())
            if member['value'] == person['id']]
    return [compact(person) for person in people], groups


TABLES = """
create temporary table scim_user (org_id uuid, id uuid, user_name text,
  external_id text, display_name text, given_name text, family_name text,
  active boolean, created_at timestamptz, updated_at timestamptz,
  version bigint, resource_type text, emails jsonb, stored jsonb,
  document jsonb);
create temporary table scim_group (org_id uuid, id uuid, display_name text,
  external_id text, created_at timestamptz, updated_at timestamptz,
  version bigint, resource_type text);
create temporary table scim_member (org_id uuid, group_id uuid, value uuid,
  display text);
"""


def fill(cursor, people, groups):
    cursor.execute(TABLES)
    for person in people:
        stored = {name: value for name, value in person.items()
                  if name not in ('id', 'meta', 'groups')}
        # What is in no column is in `stored` alone: none without it.
        if not set(stored) - {'userName', 'externalId', 'displayName',
                              'active', 'emails', 'name'} and not (
                set(stored.get('name', ())) - {'familyName', 'givenName'}):
            stored = None
        meta, name = person['meta'], person.get('name', {})
        cursor.execute(
            'insert into scim_user values'
            ' (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)',
            (ORG, person['id'], person.get('userName'),
             person.get('externalId'), person.get('displayName'),
             name.get('givenName'), name.get('familyName'), person['active'],
             meta['created'], meta['lastModified'], meta['version'][3:-1],
             'User', json.dumps(person.get('emails', [])),
             stored and json.dumps(stored), json.dumps(person)))
    for one in groups:
        cursor.execute(
            'insert into scim_group values (%s, %s, %s, null, %s, %s, 1, %s)',
            (ORG, one['id'], one.get('displayName'), one['meta']['created'],
             one['meta']['lastModified'], 'Group'))
        for member in one.get('members', ()):
            cursor.execute('insert into scim_member values (%s, %s, %s, %s)',
                           (ORG, one['id'], member['value'],
                            member.get('display')))


# Random filters, as trees; their text; and what they mean.

def literal(chance, name, kind):
    if kind == BOOLEAN:
        return chance.choice((True, False))
    if kind == TIME:
        return chance.choice(SAID_TIMES)
    if name in KNOWN and chance.random() < 0.7:
        return chance.choice(KNOWN[name])
    return chance.choice(TEXTS)


def comparison(chance, path, kind):
    """(op, path, value): the path is names without the URN."""
    operators = {BOOLEAN: ['eq', 'ne'],
                 TIME: ['eq', 'ne', 'gt', 'ge', 'lt', 'le']}
    op = chance.choice(['pr', 'null', 'not null'] + 3 * operators.get(
        kind, ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']))
    return (op, path, kind, literal(chance, path[-1], kind))


def term(chance, shape):
    name = chance.choice(list(shape))
    kind = shape[name]
    parts = kind[0] if isinstance(kind, list) else kind
    if not isinstance(parts, dict):
        return comparison(chance, (name,), parts)
    if isinstance(kind, list) and chance.random() < 0.4:
        return ('element', name, tree(chance, parts, 2))
    if chance.random() < 0.2:
        return ('pr', (name,), None, None)
    part = chance.choice(list(parts))
    return comparison(chance, (name, part), parts[part])


def tree(chance, shape, depth):
    kind = chance.choice(('and', 'or', 'not', 'term', 'term'))
    if depth == 0 or kind == 'term':
        return term(chance, shape)
    if kind == 'not':
        return ('not', tree(chance, shape, depth - 1))
    return (kind, tree(chance, shape, depth - 1),
            tree(chance, shape, depth - 1))


RANK = {'or': 0, 'and': 1}


def swapped(chance, text):
    return ''.join(chance.choice((c.lower(), c.upper())) for c in text)


def literal_text(chance, value):
    if isinstance(value, bool):
        text = str(value)
        return f'"{text}"' if chance.random() < 0.3 else swapped(chance, text)
    if value.isalnum() and value not in ('null', '') and chance.random() < 0.3:
        return value
    return json.dumps(value, ensure_ascii=chance.random() < 0.5)


def path_text(chance, path, is_compared):
    name = '.'.join(path)
    if path[0] in EXTENSION:
        urn = ENTERPRISE + ':' if chance.random() < 0.7 else ''
    else:
        urn = ''
    if is_compared and path[1:] == ('value',) and chance.random() < 0.3:
        name = path[0]
    return swapped(chance, urn + name)


def text_of(chance, node, rank=0):
    """With as few parentheses as the precedence needs, mostly."""
    if node[0] in RANK:
        own = RANK[node[0]]
        text = (f'{text_of(chance, node[1], own)} {swapped(chance, node[0])} '
                f'{text_of(chance, node[2], own)}')
        return f'({text})' if own < rank or chance.random() < 0.1 else text
    if node[0] == 'not':
        return (swapped(chance, 'not') + chance.choice(('', ' '))
                + f'({text_of(chance, node[1])})')
    if node[0] == 'element':
        return f'{swapped(chance, node[1])}[{text_of(chance, node[2])}]'
    op, path, _, value = node
    name = path_text(chance, path, op not in ('pr', 'null', 'not null'))
    if op == 'pr':
        return f'{name} {swapped(chance, op)}'
    if op in ('null', 'not null'):
        return f'{name} {"ne" if op == "not null" else "eq"} null'
    return f'{name} {swapped(chance, op)} {literal_text(chance, value)}'


def instant(text):
    """Microseconds, to the nearest."""
    text = text.upper()
    zone = datetime.timezone.utc
    if text[-6] in '+-':
        sign = -1 if text[-6] == '-' else 1
        zone = datetime.timezone(sign * datetime.timedelta(
            hours=int(text[-5:-3]), minutes=int(text[-2:])))
        text = text[:-6]
    text, _, fraction = text.rstrip('Z').partition('.')
    ticks = (int((fraction + '0' * 7)[:7]) + 5) // 10
    start = datetime.datetime.fromisoformat(text).replace(tzinfo=zone)
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (start - epoch) // datetime.timedelta(microseconds=1) + ticks


def lower(text):
    """A letter at a time, as the C library does it."""
    def one(c):
        return 'i' if c == 'İ' else c.lower() if len(c.lower()) == 1 else c
    return ''.join(map(one, text))


def is_true(op, kind, value, wanted):
    """Of one value, maybe None."""
    if op == 'ne':
        return not is_true('eq', kind, value, wanted)
    if value is None:
        return False
    if kind == TEXT:
        value, wanted = lower(value).encode(), lower(wanted).encode()
    elif kind == EXACT:
        value, wanted = value.encode(), wanted.encode()
    elif kind == TIME:
        value, wanted = instant(value), instant(wanted)
    return {'eq': lambda: value == wanted, 'co': lambda: wanted in value,
            'sw': lambda: value.startswith(wanted),
            'ew': lambda: value.endswith(wanted),
            'gt': lambda: value > wanted, 'ge': lambda: value >= wanted,
            'lt': lambda: value < wanted, 'le': lambda: value <= wanted}[op]()


def has(value):
    if isinstance(value, dict):
        return any(map(has, value.values()))
    if isinstance(value, list):
        return any(map(has, value))
    return value is not None and value != ''


def found(document, name):
    if name == 'schemas':
        kind = document['meta']['resourceType']
        return [CORE + kind] + [ENTERPRISE] * (ENTERPRISE in document)
    if name in EXTENSION:
        document = document.get(ENTERPRISE, {})
    return document.get(name)


def means(node, document):
    if node[0] == 'and':
        return means(node[1], document) and means(node[2], document)
    if node[0] == 'or':
        return means(node[1], document) or means(node[2], document)
    if node[0] == 'not':
        return not means(node[1], document)
    if node[0] == 'element':
        return any(means(node[2], element)
                   for element in found(document, node[1]) or ())
    op, path, kind, wanted = node
    value = found(document, path[0])
    if not isinstance(value, list):
        value = (value or {}).get(path[1]) if len(path) == 2 else value
        values = [value]
    else:
        values = [one.get(path[1]) if len(path) == 2 else one
                  for one in value]
    if op == 'pr' or op == 'not null':
        return has(values)
    if op == 'null':
        return not has(values)
    if not values:
        return op == 'ne'
    return any(is_true(op, kind, one, wanted) for one in values)


# The three of them.

def answers(kind, documents, asks):
    program = binary().with_name('scim_filter_reader')
    lines = [json.dumps(documents)]
    lines += [json.dumps({'kind': kind, **ask}) for ask in asks]
    reply = subprocess.run([program], input='\n'.join(lines),
                           stdout=subprocess.PIPE, text=True, check=True,
                           timeout=120)
    replies = [json.loads(line) for line in reply.stdout.splitlines()]
    assert len(replies) == len(asks)
    return replies


@pytest.fixture(scope='module')
def tables(database_url):
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("set time zone 'Asia/Tokyo'")
    people, groups = world(random.Random(7644))
    fill(cursor, people, groups)
    yield cursor, people, groups
    connection.close()


def selected(cursor, query, values):
    """With real parameters, of types that PostgreSQL finds."""
    cursor.execute('prepare filtered as ' + query)
    try:
        marks = ', '.join(['%s'] * len(values))
        cursor.execute('execute filtered' + (f' ({marks})' if values else ''),
                       values or None)
        return [row[0] for row in cursor.fetchall()]
    finally:
        cursor.execute('deallocate filtered')


def compare(cursor, view, documents, trees, replies, texts):
    faults = []
    mixed = 0
    for node, reply, text in zip(trees, replies, texts):
        assert 'why' not in reply, (text, reply)
        rows = set(selected(
            cursor, f'select u.id::text from {view} u where {reply["sql"]}',
            reply['values']))
        for document, ours in zip(documents, reply['matches']):
            three = (means(node, document), ours, document['id'] in rows)
            if len(set(three)) > 1:
                faults.append(f'{text}: meaning, memory, SQL: {three} of '
                              f'{document}')
        mixed += len(set(reply['matches'])) == 2
    assert not faults, f'{len(faults)}\n' + '\n'.join(faults[:5])
    assert mixed > len(trees) / 3


@pytest.mark.parametrize('kind', ['User', 'Group'])
def test_memory_and_sql_agree(tables, kind):
    cursor, people, groups = tables
    chance = random.Random(3422 + len(kind))
    documents = people if kind == 'User' else groups
    shape = {**USER, **EXTENSION} if kind == 'User' else GROUP
    trees = [tree(chance, shape, 3) for _ in range(FILTERS)]
    texts = [text_of(chance, node) for node in trees]
    replies = answers(kind, documents, [{'filter': text} for text in texts])
    compare(cursor, f'scim_{kind.lower()}', documents, trees, replies, texts)


def test_elements_agree(tables):
    """The filter of a path, on the elements and on the rows behind them."""
    cursor, _, groups = tables
    chance = random.Random(352)
    where = max(groups, key=lambda one: len(one.get('members', ())))
    trees = [tree(chance, GROUP['members'][0], 3) for _ in range(500)]
    texts = [f'members[{text_of(chance, node)}]' for node in trees]
    replies = answers('Group', where['members'],
                      [{'path': text} for text in texts])
    for node, reply, text in zip(trees, replies, texts):
        rows = set(selected(
            cursor, f"""select m.value::text from scim_member m
                         where m.group_id = '{where["id"]}'
                           and {reply['sql']}""", reply['values']))
        for member, ours in zip(where['members'], reply['matches']):
            three = (means(node, member), ours, member['value'] in rows)
            assert len(set(three)) == 1, (text, three, member)
