"""Bodies, queries and headers made to cost more than they are: each is a
clean refusal in bounded time and memory, for every operation that takes a
body, and whoever comes next is served by the same worker.

Mutations, each found here: depth, values uncounted and a name twice taken in
json.c; a number of any length; pointers of any length, two thousand errors;
Content-Encoding not looked at; a million operations in a Bulk, in a PATCH;
visits of a PATCH uncounted; filters of any depth, of any count of terms; a
Bulk's references looked through anew each time; a body's JSON not freed; large
bodies unlimited, never counted off.
tests/unit/test_flood.c: a seed that everybody knows.
"""

import concurrent.futures
import gzip
import json
import pathlib
import re
import time
import urllib.parse
import uuid
import zlib

import pytest

from harness.provider import MESSAGES, USER
from harness.running import binary

BIG = 256 * 1024
PATCH, BULK = MESSAGES + 'PatchOp', MESSAGES + 'BulkRequest'
ASAN = 'asan' in str(binary())
# How long one answer may take, on a machine that does other things too.
PATIENCE_S = 20
IDP = {'as_': 'idp', 'roles': ('integrator',),
       'scope': 'people:write groups:write'}


@pytest.fixture(scope='module')
def one(api):
    """A server of one worker, whose memory is looked at."""
    with api.beside(
            HEFBOOM_WORKERS=1,
            # What was freed shall be free.
            ASAN_OPTIONS='abort_on_error=0:exitcode=99:detect_leaks=1:'
            'quarantine_size_mb=0:thread_local_quarantine_size_kb=0'
    ) as other:
        other.worker, = other.server.workers()
        yield other
        assert other.server.workers() == [other.worker], 'it died on the way'


def memory(api, name='VmRSS'):
    text = pathlib.Path(f'/proc/{api.worker}/status').read_text()
    return int(re.search(name + r':\s+(\d+)', text)[1]) << 10


def quick(send, *statuses, code=None, longest=64 << 10):
    """One reply as it should be: soon, short, and a refusal."""
    began = time.monotonic()
    reply = send()
    took = time.monotonic() - began
    where = f'{reply.method} {reply.path[:60]}'
    assert took < PATIENCE_S, (where, took)
    assert len(reply.raw) <= longest, (where, len(reply.raw))
    reply.expect(*statuses)
    if code is not None:
        assert reply.code in (code if isinstance(code, tuple) else (code,)), (
            where, reply.text[:300])
    return reply


# Every body

def numbers():
    for text in ('1e400', '-1e400', '1e-401', '1e99999999999999999999',
                 '9' * 200000, '0.' + '0' * 200000 + '1', '-' + '1' * 1001,
                 '1e' + '0' * 2000 + '1', '9007199254740993'):
        yield '{"a":%s}' % text, 400, 'number_range'


def malformed():
    for text in ('"\\ud800"', '"\\udfff\\ud800"', '"\\ud83d\\u0041"',
                 '"\\ud83d', '"\\u0000"', '"a\\u0000b"', '"\\u"', '"\\uD8"',
                 '"' + '\\' * 99999, '"' + 'x' * 200000, '-', '1.', '+1',
                 '"' + '\\ud800' * 30000 + '"'):
        yield '{"a":%s}' % text, 400, 'malformed_json'
    for text in ('{"\\u0000":1}', ',' * 200000, '[' + ',' * 200000 + ']',
                 ' ' * 200000, ' ' * 200000 + '{', '{' * 30, '}' * 200000,
                 ':' * 200000, '{"a"' * 30, '[' * 31 + '{' * 1):
        yield text, 400, 'malformed_json'
    yield b'{"a":"\0"}', 400, 'malformed_json'
    yield b'\xfe\xff' + '{}'.encode('utf-16-be'), 400, 'malformed_json'
    yield b'{"a":"' + b'\xf0\x9f' * 9999 + b'"}', 400, 'malformed_json'
    yield b'{"a":"\xf7\xbf\xbf\xbf"}', 400, 'malformed_json'


def deep():
    for text in ('[' * 200000, '{"a":' * 40000, '[{"a":' * 33, '[' * 33,
                 '{"a":' + '[' * 32 + ']' * 32 + '}',
                 '[' * 33 + ']' * 33, '{"a":["' + '[' * 99 + '",' + '[' * 40):
        yield text, 400, 'json_too_deep'


def many(elements):
    for one in ('{}', '[]', '0', '""', 'null', '[[]]', '"x"', '{"a":0}'):
        count = elements // (2 if one in ('[[]]', '{"a":0}') else 1)
        yield '{"a":[' + (one + ',') * count + one + ']}', 400, (
            'json_too_many')
    yield '[' + '{},' * ((BIG - 3) // 3) + '0', 400, (
        'json_too_many', 'malformed_json')
    yield '{' + ','.join(f'"{i}":{i}' for i in range(elements)) + '}', 400, (
        'json_too_many')


def twice():
    yield '{"a":1,"a":1}', 400, 'duplicate_key'
    yield '{"a":[[{"b":1,"\\u0062":2}]]}', 400, 'duplicate_key'
    yield '{' + ','.join(f'"{i}":0' for i in range(5000)) + ',"0":0}', 400, (
        'duplicate_key')
    yield json.dumps({'k' * 9999: 1})[:-1] + ',"' + 'k' * 9999 + '":2}', 400, (
        'duplicate_key')


def unknown():
    """JSON as it should be, and nothing of ours: 422, or SCIM's 400."""
    yield '{' + ','.join(f'"{i}":0' for i in range(9000)) + '}'
    yield json.dumps({'k' * 250000: 1})
    yield json.dumps({'a': 'x' * 250000})
    yield json.dumps({'a': '[' * 100000 + '{' * 100000})
    yield json.dumps({'a': '\\u0000' * 9999})
    yield '{"":{"":{"":{"":[[[[{"":""}]]]]}}}}'
    yield '{"__proto__":{"constructor":{"prototype":1}}}'
    yield '{"a":' + '[' * 30 + ']' * 30 + '}'
    yield '[' + '{},' * 9000 + '{}]'


def operations_with_json(document):
    return [operation for operation in document.operations.values()
            if any('json' in kind for kind in operation.body)]


@pytest.fixture(scope='module')
def made(document, call):
    """A valid call of each operation that takes JSON."""
    found = {operation: call(operation.id)
             for operation in operations_with_json(document)}
    assert len(found) > 55
    return found


def bombs_of(operation, number):
    """All of them for some operations, one of each kind for the others."""
    elements = operation.extra.get('body_elements', 10000)
    kinds = [list(numbers()), list(malformed()), list(deep()), list(twice()),
             list(many(elements))]
    unfit = (400, None) if operation.scim else (422, 'invalid_body')
    kinds.append([(data, *unfit) for data in unknown()])
    if operation.id in ('create_goal', 'update_me', 'scim_bulk'):
        return [bomb for kind in kinds for bomb in kind]
    return [kind[(number + step) % len(kind)]
            for kind in kinds for step in (0, 1)]


def test_every_body(made, one):
    """What is refused before an operation is asked."""
    faults = []
    for number, (operation, valid) in enumerate(made.items()):
        for data, status, code in bombs_of(operation, number):
            try:
                quick(lambda: valid.send(one, json=None, data=data), status,
                      code=code)
            except AssertionError as fault:
                faults.append(f'{operation.id} {data[:30]!r}: {fault}')
        one.get('/healthz', as_=None).expect(200)
    assert not faults, f'{len(faults)}:\n' + '\n'.join(faults[:20])


def compressed():
    plain = b'{"a":"' + b'x' * (16 << 20) + b'"}'
    packed = gzip.compress(plain, 9)
    yield 'gzip', packed
    yield 'x-gzip', packed
    yield 'deflate', zlib.compress(plain, 9)
    yield 'gzip, gzip', gzip.compress(packed)
    yield 'identity, gzip', packed
    yield 'br', b'\x8b\x03\x80\x03'
    yield 'zstd', b'\x28\xb5\x2f\xfd'
    yield 'Gzip', packed
    yield '', b'{}'
    yield 'gzip;q=0', packed


def test_no_body_is_unpacked(made, one):
    """415, whoever says it; what is not said is no JSON."""
    bombs = list(compressed())
    for operation, valid in made.items():
        before = memory(one)
        for coding, data in bombs:
            quick(lambda: valid.send(one, json=None, data=data, headers={
                'Content-Encoding': coding}), 415,
                code='unsupported_media_type')
        quick(lambda: valid.send(one, json=None, data=bombs[0][1]), 400,
              code='malformed_json')
        assert memory(one) - before < 12 << 20, operation.id


def places(document, schema, found, at=()):
    """Where a schema takes an array, a map or a text: what to put there."""
    schema = document.resolve(schema)
    if not isinstance(schema, dict):
        return found
    kinds = schema.get('type', ())
    if 'array' in kinds:
        found.append((at, ['\u202e'] * 5000))
        found.append((at, [{}] * 9000))
        found.append((at, list(range(9000))))
        places(document, schema.get('items', {}), found, (*at, 0))
    elif 'object' in kinds or 'properties' in schema:
        found.append((at, {f'k{i}': 1 for i in range(9000)}))
        found.append((at, {'k' * 99999: ['\u202e'] * 30, 'l' * 99999: 1}))
        found.append((at, {'/~' * 9999: {'/~' * 9999: [[1]] * 40}}))
        for name, inner in schema.get('properties', {}).items():
            places(document, inner, found, (*at, name))
        if isinstance(schema.get('additionalProperties'), dict):
            places(document, schema['additionalProperties'], found,
                   (*at, 'en'))
    elif 'string' in kinds:
        found.append((at, 'x' * 200000))
        found.append((at, '\u0301' * 60000))
    for word in ('anyOf', 'oneOf', 'allOf'):
        for inner in schema.get(word, ()):
            places(document, inner, found, at)
    return found


def put(value, at, bomb):
    """A copy of the body with the bomb in that place."""
    if not at:
        return bomb
    if isinstance(at[0], int):
        return [put(value[0] if isinstance(value, list) and value else None,
                    at[1:], bomb)]
    value = dict(value) if isinstance(value, dict) else {}
    value[at[0]] = put(value.get(at[0]), at[1:], bomb)
    return value


def test_every_place_of_every_body(document, made, one):
    """A bomb where the schema expects something smaller of its kind: 422,
    at most twenty errors, and never more words than were sent."""
    tried = 0
    for number, (operation, valid) in enumerate(made.items()):
        if operation.scim:
            continue
        schema = next(iter(operation.body.values()))
        for at, bomb in places(document, schema, [])[number % 3::3]:
            body = put(valid.json, at, bomb)
            reply = quick(lambda: valid.send(one, json=body), 422, 413,
                          code=('invalid_body', 'body_too_large'))
            assert len(reply.json().get('errors', ())) <= 20
            tried += 1
    assert tried > 130


# SCIM takes more of everything

def user(**members):
    return {'schemas': [USER], 'userName': 'bomb', **members}


def operation(**members):
    return {'schemas': [PATCH], 'Operations': [
        {'op': 'add', 'path': 'title', 'value': 'x', **members}]}


def bulk(operations, **members):
    return {'schemas': [BULK], 'Operations': operations, **members}


SCIM_BODIES = {
    'emails': ('POST', '/Users', user(emails=[
        {'value': f'{i}@x.example'} for i in range(5000)])),
    'name': ('POST', '/Users', user(name={'familyName': 'x' * 4097})),
    'display': ('POST', '/Users', user(displayName='x' * 4000000)),
    'schemas': ('POST', '/Users', {**user(), 'schemas': ['x'] * 90000}),
    'patch_many': ('PATCH', '/Users/{id}', {
        'schemas': [PATCH], 'Operations': operation()['Operations'] * 40000}),
    'patch_visits': ('PATCH', '/Users/{id}', {
        'schemas': [PATCH], 'Operations': [
            {'op': 'add', 'path': 'emails', 'value': [
                {'value': f'{i}@x.example', 'type': f't{i}'}
                for i in range(100)]}] + [
            {'op': 'remove', 'path': 'emails[' + ' or '.join(
                f'type eq "{j}"' for j in range(40)) + ']'}] * 500}),
    'path_long': ('PATCH', '/Users/{id}', operation(path='a' * 4000000)),
    'path_dots': ('PATCH', '/Users/{id}', operation(path='a.' * 100000)),
    'path_urns': ('PATCH', '/Users/{id}', operation(path='urn:' * 100000)),
    'path_brackets': ('PATCH', '/Users/{id}', operation(
        path='emails' + '[type eq "x"]' * 9999)),
    'path_nested': ('PATCH', '/Users/{id}', operation(
        path='emails[' + '(' * 9999 + 'type eq "x"' + ')' * 9999 + ']')),
    'path_not': ('PATCH', '/Users/{id}', operation(
        path='emails[' + 'not (' * 500 + 'type eq "x"' + ')' * 500 + ']')),
    'path_terms': ('PATCH', '/Users/{id}', operation(
        path='emails[' + ' or '.join(['type eq "x"'] * 51) + ']')),
    'path_empty': ('PATCH', '/Users/{id}', operation(path='emails[]')),
    'group_filters': ('PATCH', '/Groups/{id}', {
        'schemas': [PATCH], 'Operations': [
            {'op': 'remove', 'path': f'members[display eq "{i}"]'}
            for i in range(9999)]}),
    'group_name': ('POST', '/Groups', {'displayName': 'x' * 4000000}),
    'bulk_many': ('POST', '/Bulk', bulk([
        {'method': 'DELETE', 'path': '/Users/x'}] * 1001)),
    'bulk_more': ('POST', '/Bulk', bulk([
        {'method': 'DELETE', 'path': '/Users/x'}] * 60000)),
    'bulk_empty': ('POST', '/Bulk', bulk([{}] * 999)),
    'bulk_ids': ('POST', '/Bulk', bulk([
        {'method': 'POST', 'path': '/Users', 'bulkId': 'x'}] * 999)),
    'search_filter': ('POST', '/.search', {'filter': 'a' * 262145}),
    'search_terms': ('POST', '/Users/.search', {
        'filter': ' or '.join(['title eq "x"'] * 51)}),
    'search_nested': ('POST', '/Users/.search', {
        'filter': '(' * 2000 + 'title pr' + ')' * 2000}),
    'search_not': ('POST', '/Users/.search', {
        'filter': 'not (' * 21 + 'title pr' + ')' * 21}),
    'search_names': ('POST', '/Users/.search', {
        'attributes': ['x' * 200] * 900}),
}


@pytest.fixture(scope='module')
def ids(call):
    return {'/Users/{id}': call('scim_update_user').path['id'],
            '/Groups/{id}': call('scim_update_group').path['id']}


@pytest.mark.parametrize('name', SCIM_BODIES)
def test_scim(name, one, ids):
    method, path, body = SCIM_BODIES[name]
    path = path.replace('{id}', ids.get(path, ''))
    reply = quick(lambda: one.call(method, '/scim/v2' + path, json=body,
                                   **IDP), 400, 413)
    assert len(reply.json()['detail']) < 2000


def test_references_in_circles(one):
    """Nine hundred that wait for one another, each with much to look at."""
    lines = [{'method': 'POST', 'path': '/Groups', 'bulkId': str(i), 'data': {
        'displayName': f'bomb {i}', 'members': [{'value': 'x'}] * 90 + [
            {'value': f'bulkId:{(i + 1) % 900}'}]}} for i in range(900)]
    began = time.monotonic()
    reply = quick(lambda: one.post('/scim/v2/Bulk', json=bulk(lines), **IDP),
                  200, longest=1 << 20)
    assert time.monotonic() - began < 8
    assert {line['status'] for line in reply.json()['Operations']} == {'409'}


def test_memory_is_given_back(one):
    """The largest that may be sent, again and again, also side by side."""
    nothing = '"x":[' + '{},' * 180000 + '{}]'
    text = ('{"schemas":["%s"],"userName":" ",%s}' % (USER, nothing)).encode()
    lines = json.dumps(bulk([{'method': 'POST', 'path': '/Users',
                              'bulkId': 'a', 'data': {'userName': ' '}}]))
    lines = lines[:-1] + ',' + nothing + '}'

    def send(number):
        path, data = (('/Users', text), ('/Bulk', lines))[number % 2]
        quick(lambda: one.post('/scim/v2' + path, data=data, **IDP), 400, 200)
    for number in range(4):
        send(number)
    before, peak = memory(one), memory(one, 'VmHWM')
    for number in range(6):
        send(number)
    assert memory(one) - before < 24 << 20
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(8)))
    # Side by side they are read one after the other, and one is kept the
    # longer that waits for the database.
    allowed = (160 << 20) * (3 if ASAN else 1)
    assert memory(one, 'VmHWM') - peak < allowed, (
        memory(one, 'VmHWM') - peak)
    assert memory(one) - before < allowed


def test_large_bodies_side_by_side(one):
    """Eight are worked on at once, however long each of them takes."""
    lines = [{'method': 'DELETE', 'path': f'/Users/{uuid.uuid4()}'}] * 200
    text = json.dumps(bulk(lines))[:-1] + ',"x":[' + '{},' * 150000 + '{}]}'
    before = memory(one)

    def send(_):
        return quick(lambda: one.post('/scim/v2/Bulk', data=text, **IDP),
                     200, 503, longest=1 << 20).status_code
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(send, range(16)))
    assert found.count(200) >= 8 and 503 in found, found
    assert send(0) == send(1) == 200
    assert memory(one) - before < (600 << 20) * (3 if ASAN else 1)


# Queries

@pytest.mark.parametrize('query, status', [
    ('&' * 4000, 200), ('=' * 3900, 400), ('%' * 3900, 400),
    ('&'.join(['limit=1'] * 400), 400), ('limit=' + '9' * 3800, 400),
    ('limit=' + '1e' * 1900, 400), ('limit=-' + '0' * 3800, 400),
    ('limit=' + '0' * 3800 + '1', 400), ('q=' + '%25' * 100, 200),
    ('q=' + '%25_' * 25 + '%5C' * 25, 200), ('q=' + 'a+' * 50, 200),
    ('q=' + '%F0%9F%98%80' * 100, 200), ('q=' + '%CC%81' * 100, 200),
    ('q=' + '%EF%B7%BA' * 100, 200), ('q=' + 'x' * 3800, 400),
    ('after=' + 'A' * 2048, 400), ('after=' + '%F0%9F%98%80' * 320, 400),
    ('&'.join(f'x{i}=1' for i in range(500)), 400),
    ('q=' + '(' * 100, 200), ("q=" + "'" * 100, 200), ('q=' + '*' * 100, 200),
    ('q=' + '!%26|' * 20, 200), ('q=' + '%3A*' * 30, 200)])
@pytest.mark.parametrize('path', ['/v1/people', '/v1/skills'])
def test_queries(path, query, status, one):
    quick(lambda: one.get(f'{path}?{query}'), status, longest=512 << 10)


FILTERS = {
    'nested': '(' * 21 + 'title pr' + ')' * 21,
    'not': 'not (' * 21 + 'title pr' + ')' * 21,
    'terms': ' or '.join(['id pr'] * 51),
    'text': 'title eq "' + 'x' * 3900 + '"',
    'open': 'title eq "' + '\\' * 999,
    'parens': '(' * 3900, 'words': ' '.join(['and'] * 900),
    'brackets': 'emails[' * 300, 'number': 'active eq ' + '9' * 3000,
    'dots': 'a' + '.a' * 1900, 'urn': 'urn:' * 950 + ' pr',
    'escapes': 'title eq "' + '\\ud800' * 300 + '"',
    'quotes': '"' * 1300, 'blanks': ' ' * 1300, 'nul': 'title eq "\\u0000"',
    'in': 'emails[type eq "x" and emails[type eq "x"]]',
}


@pytest.mark.parametrize('name', FILTERS)
def test_filters(name, one):
    for path in ('/Users', '/Groups'):
        text = urllib.parse.quote(FILTERS[name], safe=" ()[]:.'").replace(
            ' ', '+')
        reply = quick(lambda: one.get(
            f'/scim/v2{path}?filter={text}', **IDP), 200, 400)
        assert name == 'text' or reply.code == 'scim_invalid_filter', reply


def test_wildcards_are_no_patterns(one):
    """What LIKE would have to try again and again."""
    for word in ('%25' * 999, '_%25' * 600, 'a%25' * 600, '%5C%25' * 500):
        for sign in ('co', 'sw', 'ew'):
            quick(lambda: one.get('/scim/v2/Users?filter=displayName+'
                                  f'{sign}+%22{word}%22', **IDP), 200, 400)


def test_attributes(one):
    for text in ('a,' * 1900, ',' * 3900, 'id,' * 1200, 'a.' * 1900,
                 'urn:' * 900, 'emails[' * 500):
        quick(lambda: one.get('/scim/v2/Users?count=1&attributes=' + text,
                              **IDP), 200, 400)


# Headers

LONG = 7000
HEADERS = {
    'Accept': ('*/*;q=0,' * (LONG // 8), 'application/json;' + 'q;' * 3000,
               ',' * LONG, ';' * LONG, 'application/json' + ';a="' * 1700),
    'Accept-Language': ('nl;q=0.1,' * (LONG // 9), '*' * LONG, ',' * LONG,
                        'x-' * (LONG // 2), 'en;q=' + '9' * LONG),
    'Accept-Encoding': ('gzip;q=0,' * (LONG // 9), ',' * LONG, '*' * LONG,
                        'gzip;q=0.' + '9' * LONG),
    'Authorization': ('Bearer ' + 'a.' * (LONG // 2), 'Bearer ' + '.' * LONG,
                      'Bearer ' * (LONG // 7), 'Bearer hfb_' + 'x' * LONG,
                      'Bearer ' + 'A' * LONG + '.e30.e30'),
    'Content-Type': ('application/json;' + 'charset=utf-8;' * (LONG // 14),
                     'application/' + 'json' * (LONG // 4), ';' * LONG),
    'Cookie': ('a=b;' * (LONG // 4),),
    'Forwarded': ('for=1.1.1.1,' * (LONG // 12), 'for="' * 1400),
    'Idempotency-Key': ('x' * LONG, ',' * LONG),
    'If-Match': ('"1.00000000",' * (LONG // 13), ',' * LONG, '"' * LONG,
                 '"' + '9' * LONG + '.00000000"'),
    'If-None-Match': ('"x",' * (LONG // 4), ',' * LONG, 'W/' * (LONG // 2)),
    'Origin': ('https://' + 'a.' * (LONG // 2),),
    'X-Forwarded-For': ('1.1.1.1,' * (LONG // 8),),
    'traceparent': ('00-' + 'a' * LONG, '00-' * (LONG // 3)),
    'tracestate': ('a=b,' * (LONG // 4),),
}


@pytest.mark.parametrize('name', HEADERS)
def test_headers(name, one):
    for value in HEADERS[name]:
        for method, path, body in (
                ('GET', '/v1/me', None), ('GET', '/openapi.json', None),
                ('POST', '/v1/goals', b'{}'), ('PATCH', '/v1/me', b'{}'),
                ('GET', '/scim/v2/Users?count=1', None)):
            who = IDP if 'scim' in path else {}
            reply = quick(lambda: one.call(
                method, path, data=body, headers={name: value}, **who),
                200, 304, 400, 401, 406, 412, 415, 422, 431,
                longest=2 << 20)
            assert reply.status_code != 200 or name != 'Authorization' or (
                path == '/openapi.json'), value[:40]
    one.get('/v1/me').expect(200)


def test_sixty_of_them(one):
    names = {f'X-{i}': 'y' * 80 for i in range(55)}
    one.get('/v1/me', headers=names).expect(200)


def test_forms(one):
    """/oauth/token reads no JSON, and little of anything."""
    def send(data):
        return one.post('/oauth/token', as_=None, data=data,
                        content_type='application/x-www-form-urlencoded')

    for data in ('&' * 200000, 'a=1&' * 50000, 'grant_type=' + '%' * 99999,
                 'grant_type=' + 'x' * 200000, '%61=1&' * 40000,
                 '&'.join(f'a{i}=1' for i in range(20000)),
                 'client_id=' * 20000, '\0' * 200000):
        quick(lambda: send(data), 413)
        quick(lambda: send(data[:16384]), 400, 401)
    one.get('/v1/me').expect(200)
