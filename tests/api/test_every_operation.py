"""Every operation: its fixture succeeds, every reply is as the document says,
and every documented status is answered at least once in a whole session.

Mutation: leave a fixture out, document a 409 that cannot happen, add a column
to a query: the last test, the last test, the first test. Accept not told with
a 415; told of a coding: test_content_types. A body required that need not be:
test_bodies.
"""

import concurrent.futures
import json
import pathlib
import threading
import time
import uuid

import pytest

import fixtures
from harness import baked
from harness.document import SCIM
from harness.locks import locked
from harness.running import NARROW

ids = pytest.mark.parametrize('name', baked.operation_ids())
BIG = 256 * 1024


def skip_unless(condition, why):
    if not condition:
        pytest.skip(why)


@ids
def test_success(name, call):
    one = call(name)
    reply = one.send()
    reply.expect(*one.operation.success)
    if reply.status_code == 201:
        assert reply.headers['Location'], 'a 201 without Location'


@ids
def test_no_roles_needed_is_said(name, document, call):
    operation = document.operations[name]
    reply = call(name).send(as_=None)
    if operation.open:
        reply.expect(*operation.success)
    else:
        reply.expect(401, code='unauthenticated')


@ids
def test_head(name, document, call, api):
    """As GET, but for the body (RFC 9110, 9.3.2)."""
    operation = document.operations[name]
    skip_unless(operation.method == 'GET', 'no GET')
    one = call(name)
    got = one.send()
    headers = api.call('HEAD', one.target, query=one.query or None,
                       as_=one.as_, roles=one.roles, scope=one.scope,
                       headers=one.headers
                       ).expect(got.status_code).headers
    for name in ('Content-Type', 'ETag', 'Cache-Control', 'Vary', 'Link',
                 'Content-Language'):
        if name != 'Link':
            assert headers[name] == got.headers[name], name
    if '"as_of"' not in got.text:
        assert headers['Content-Length'] == str(len(got.content))


@ids
def test_options_and_other_methods(name, document, call, api):
    operation = document.operations[name]
    target = call(name).target
    methods = {other.method for other in document.operations.values()
               if other.pattern.fullmatch(target)
               and other.route == operation.route}
    if 'GET' in methods:
        methods.add('HEAD')
    for method in ('OPTIONS', 'PUT', 'DELETE', 'PATCH', 'POST', 'GET'):
        if method in methods:
            continue
        reply = api.call(method, target, as_=None)
        if method == 'OPTIONS':
            reply.expect(204)
        else:
            reply.expect(405, code='method_not_allowed')
        assert {one.strip() for one in reply.headers['Allow'].split(',')} == (
            methods | {'OPTIONS'}), reply.headers['Allow']


@ids
def test_parameters(name, document, call):
    operation = document.operations[name]
    one = call(name)
    for stranger in ('no_such_parameter', 'Limit', 'limit ', '', 'a.b'):
        if operation.scim:
            # RFC 7644 names no fault for what a server does not know.
            call(name).changed(query={stranger: '1'}).send().expect(
                *operation.success)
            continue
        reply = one.changed(query={stranger: '1'}).send()
        if '400' in operation.responses:
            reply.expect(400, code='unknown_parameter')
            assert [error['pointer'] for error in reply.json()['errors']] == [
                stranger]
    for parameter in operation.places('query'):
        schema = document.resolve(parameter['schema'])
        value = {'integer': '1', 'boolean': 'true'}.get(
            schema.get('type'), str(uuid.uuid4()))
        twice = one.changed(query={}).target + (
            f'?{parameter["name"]}={value}&{parameter["name"]}={value}')
        reply = one.world.api.call(
            one.operation.method, twice, as_=one.as_, roles=one.roles,
            scope=one.scope, json=one.json)
        reply.expect(400, code='repeated_parameter')
        if schema.get('type') in ('integer', 'boolean') or schema.get(
                'format') in ('uuid', 'date', 'date-time') or 'enum' in schema:
            for bad in ('%00', 'x', '-', '1e400', '\u0661'):
                reply = one.changed(query={parameter['name']: bad}).send()
                reply.expect(400, code='invalid_parameter')
                if operation.scim:
                    assert f': {parameter["name"]} ' in (
                        reply.json()['detail']), reply
                else:
                    assert reply.json()['errors'][0]['pointer'] == (
                        parameter['name']), reply


@ids
def test_path_parameters(name, document, call, api):
    """What cannot be an id is an id that nobody has: 404.  What cannot be
    decoded at all is 400."""
    operation = document.operations[name]
    one = call(name)
    for parameter in operation.places('path'):
        schema = document.resolve(parameter['schema'])
        skip_unless(schema.get('format') == 'uuid', 'no id')
        value = one.path[parameter['name']]
        for bad in ('x', '0', value + '0', value[:-1], '{' + value + '}',
                    value.replace('-', ''), value + ' ', "' or true --",
                    'null', '..', value[:-1] + '\u0661'):
            reply = one.changed(path={parameter['name']: bad}).send()
            reply.expect(404, code='not_found')
        for raw in ('%00', value + '%00', '%ff', '%c0%ae', '%ed%a0%80',
                    value[:-1] + '%', value[:-1] + '%4'):
            target = operation.route
            for other, text in one.path.items():
                target = target.replace(
                    '{' + other + '}',
                    raw if other == parameter['name'] else text)
            reply = api.call(operation.method, target, as_=one.as_,
                             roles=one.roles, scope=one.scope, json=one.json)
            reply.expect(400, code='bad_request')
        # Escapes that need not be are the same path (RFC 3986, 6.2.2.2).
        escaped = ''.join(f'%{ord(c):02X}' for c in value)
        target = operation.path(**{**one.path, parameter['name']: 'HERE'}
                                ).replace('HERE', escaped)
        same = api.call(operation.method, target, as_=one.as_,
                        roles=one.roles, scope=one.scope, json=one.json, query=one.query or
                        None, headers=one.headers)
        same.expect(*operation.success)
        if operation.keyed or operation.method != 'GET':
            one = call(name)
        lost = one.changed(path={parameter['name']: str(uuid.uuid4())}).send()
        if '404' in operation.responses:
            lost.expect(404)


@ids
def test_accept(name, document, call):
    operation = document.operations[name]
    skip_unless('406' in operation.responses, 'sends what it has')
    kinds = {kind for status in operation.success
             for kind in operation.responses[str(status)].get('content', {})}
    skip_unless(not kinds or kinds <= {'application/json', SCIM}, 'not JSON')
    for accept in ('text/html', 'application/xml, text/*;q=0.5',
                   'application/json;q=0', '*/*;q=0.0',
                   'application/json;q=0, */*', '*/*, application/*;q=0'):
        call(name).send(headers={'Accept': accept}).expect(
            406, code='not_acceptable')
    for accept in ('*/*', 'application/*', 'text/html, application/json;q=0.1',
                   '*/*;q=0, application/json',
                   'application/*;q=0, application/json',
                   'APPLICATION/JSON', 'text/html;q=1.0,*/*;q=0.001',
                   'application/json; charset=utf-8',
                   *([SCIM, f'{SCIM}; charset=utf-8', f'{SCIM};q=0.9, x/y']
                     if operation.scim else ())):
        call(name).send(headers={'Accept': accept}).expect(
            *operation.success)


@ids
def test_content_types(name, document, call):
    operation = document.operations[name]
    skip_unless(operation.body, 'no body')
    one = call(name)
    data = one.data or json.dumps(one.json)
    form = 'application/x-www-form-urlencoded'
    other = 'application/json' if form in operation.body else form
    for kind in ('text/plain', 'application/xml', other, 'application/jsonx',
                 'application/json;charset=latin-1', '*/*', 'json'):
        reply = one.send(json=None, data=data, content_type=kind).expect(
            415, code='unsupported_media_type')
    told = reply.headers['Accept']
    assert sorted(told.split(', ')) == sorted(operation.body)
    assert reply.headers.get('Accept-Patch') == (
        told if operation.method == 'PATCH' else None)
    reply = one.send(json=None, data=data, headers={'Content-Encoding': 'br'})
    reply.expect(415, code='unsupported_media_type')
    assert (reply.headers.get('Accept'), reply.headers['Accept-Encoding']) == (
        None, 'identity')
    for kind in operation.body:
        again = call(name)
        again.send(json=None, data=again.data or json.dumps(again.json),
                   content_type=f'{kind}; charset=UTF-8').expect(
                       *operation.success)


@ids
def test_bodies(name, document, call):
    """What is no JSON object of ours is refused, each with its own code."""
    operation = document.operations[name]
    one = call(name)
    if not operation.body:
        skip_unless(operation.method != 'GET', 'GET')
        one.send(json={'a': 1}).expect(400, code='body_not_expected')
        return
    skip_unless(any('json' in kind for kind in operation.body), 'not JSON')
    elements = operation.extra.get('body_elements', 10000)
    big = operation.extra.get('body_limit', BIG)
    unfit = ((400, 'scim_invalid_syntax') if operation.scim
             else (422, 'invalid_body'))
    deep = '{"a":' + '[' * 32 + ']' * 32 + '}'
    for data, status, code in (
            ('{', 400, 'malformed_json'), ('{"a":1,}', 400, 'malformed_json'),
            ('{"a":1} x', 400, 'malformed_json'),
            ('{"a":NaN}', 400, 'malformed_json'),
            ('{\'a\':1}', 400, 'malformed_json'),
            (b'{"a":"\xff"}', 400, 'malformed_json'),
            (b'{"a":"\xc0\xaf"}', 400, 'malformed_json'),
            (b'\xef\xbb\xbf{}', 400, 'malformed_json'),
            ('{"a":"\\ud800"}', 400, 'malformed_json'),
            ('{"a":"\\u0000"}', 400, None), (b'{"a":"\0"}', 400, None),
            ('{"a":1,"a":1}', 400, 'duplicate_key'),
            ('{"a":1,"\\u0061":1}', 400, 'duplicate_key'),
            (deep, 400, 'json_too_deep'),
            ('{"a":[' + '0,' * elements + '0]}', 400, 'json_too_many'),
            ('{"a":9007199254740993}', 400, 'number_range'),
            ('{"a":1e400}', 400, 'number_range'),
            ('[]', *unfit), ('null', 400, 'malformed_json'),
            ('"a"', 400, 'malformed_json'), ('7', 400, 'malformed_json'),
            ('{"no_such_member":1}', unfit[0],
             None if operation.scim else unfit[1]),
            (json.dumps({'a': 'x' * big}), 413, 'body_too_large')):
        reply = one.send(json=None, data=data)
        where = str(data[:40])
        assert reply.status_code == status, (where, reply)
        assert code is None or reply.code == code, (where, reply)
    known = one.json if isinstance(one.json, dict) else {}
    reply = one.send(json={**known, 'no/such~member': 1})
    if operation.scim:
        reply.expect(*operation.success)  # RFC 7643, 2.1: may be ignored
    else:
        reply.expect(422, code='invalid_body')
        assert {'pointer': '/no~1such~0member', 'code': 'unknown_property'
                }.items() <= reply.json()['errors'][0].items(), reply
    if document.resolve(operation.entry['requestBody']).get('required'):
        one.send(json=None, data=b'').expect(400, code='body_required')
    elif not operation.scim:
        empty, absent = call(name).send(json={}), call(name).send(
            json=None, data=b'')
        assert (absent.status_code, absent.code) == (
            empty.status_code, empty.code), (empty, absent)


@ids
def test_every_member_is_checked(name, document, call):
    """Each member of the body, in turn: of a wrong type, too long, and (when
    it is required) absent; the error points at it."""
    operation = document.operations[name]
    skip_unless(operation.body, 'no body')
    skip_unless(not operation.scim, 'resources are read by SCIM\'s own table')
    one = call(name)
    skip_unless(isinstance(one.json, dict), 'not an object')
    schema = document.resolve(next(iter(operation.body.values())))
    faults = []
    for member, inner in schema.get('properties', {}).items():
        inner = document.resolve(inner)
        bad = [{'no': ['object']}, 'a word', [['list']], 1.5, True, None,
               'x' * (inner.get('maxLength', 0) + 1),
               [0] * (inner.get('maxItems', 0) + 1)]
        bad = [value for value in bad if not document.fits(inner, value)]
        assert bad, member
        for value in bad:
            reply = one.send(json={**one.json, member: value})
            if reply.code != 'invalid_body' or not any(
                    error['pointer'].startswith(f'/{member}')
                    for error in reply.json()['errors']):
                faults.append(f'{member} = {str(value)[:40]}: {reply}')
    for member in schema.get('required', ()):
        body = {key: value for key, value in one.json.items()
                if key != member}
        reply = one.send(json=body)
        if reply.code != 'invalid_body' or not any(
                error['code'] == 'required' and
                error['pointer'] == f'/{member}'
                for error in reply.json()['errors']):
            faults.append(f'without {member}: {reply}')
    assert not faults, '\n'.join(faults)


@ids
def test_versions(name, document, call):
    """304 on what is known, 412 on what has changed, 428 where it counts."""
    operation = document.operations[name]
    one = call(name)
    if '304' in operation.responses:
        first = one.send()
        tag = first.etag
        strong = tag.removeprefix('W/') if operation.scim else tag
        assert strong and strong.startswith('"'), tag
        for given in (tag, strong, f'W/{strong}', f'"x", {tag}', '*',
                      f'{tag},"y"'):
            again = one.send(headers={'If-None-Match': given}).expect(304)
            assert again.etag == tag
        for given in ('"x"', 'x', strong.strip('"'), strong[:-2] + 'x"',
                      strong.replace('"', '"0', 1)):
            one.send(headers={'If-None-Match': given}).expect(
                *operation.success)
    if '412' in operation.responses:
        for given in ('"999999.00000000"', '"x"', 'x', 'W/"1.00000000"',
                      *(('W/"999999"', '"999999"', 'W/"0"', 'w/"1"')
                        if operation.scim else ()),
                      '1', '"0.00000000"', '"-1.00000000"',
                      '"99999999999999999999.00000000"',
                      '"999999.00000000", "999998.00000000"'):
            one.send(headers={'If-Match': given}).expect(
                412, code='stale_version')
        one.send(headers={'If-Match': '*'}).expect(*operation.success)
    if '428' in operation.responses:
        call(name).send(headers={'If-Match': None}).expect(
            428, code='version_required')


@ids
def test_headers(name, document, call):
    operation = document.operations[name]
    reply = call(name).send()
    if operation.open:
        return
    assert reply.headers['Cache-Control'] == 'private, no-cache', (
        reply.headers['Cache-Control'])
    vary = {one.strip().lower() for one in
            (reply.headers['Vary'] or '').split(',')}
    assert 'authorization' in vary or 'private' in (
        reply.headers['Cache-Control'])
    if 'Content-Language' in operation.responses[
            str(reply.status_code)].get('headers', {}):
        assert reply.headers['Content-Language'], 'no Content-Language'
        assert 'accept-language' in vary, reply.headers['Vary']


def test_overload(server, document, call, api, db):
    """With the pool full every operation says 503 at once, and does nothing;
    the health of the server can still be asked."""
    calls = [call(name) for name, operation in document.operations.items()
             if '503' in operation.responses and not operation.open]
    # Nobody's caller is looked up for these: they wait for the lock itself.
    links = [call(name) for name, operation in document.operations.items()
             if operation.open and 'overloaded' in operation.codes(503)]
    rows = db.counts(db.one("select id from organisation"
                            " where name = 'demo'"))
    stuck = threading.Semaphore(0)

    def wait_for_lock(client):
        client.get('/v1/me', judge=False)
        stuck.release()
    with (api.beside(**NARROW, HEFBOOM_POOL_QUEUE=1) as client,
          concurrent.futures.ThreadPoolExecutor(4) as pool, locked(server)):
        for _ in range(4):
            pool.submit(wait_for_lock, client)
        # Two wait for the lock and for a place; two were refused.
        assert stuck.acquire(timeout=10) and stuck.acquire(timeout=10)
        faults = []
        for one in calls:
            begun = time.monotonic()
            reply = one.send(client)
            if reply.status_code != 503 or time.monotonic() - begun > 4:
                faults.append(repr(reply))
        for one in links:
            one.send(client).expect(503)
        assert client.get('/healthz', as_=None).status_code == 200
        assert 'curl' in client.get('/docs', as_=None).expect(200).text
    assert not faults, '\n'.join(faults)
    assert db.counts(db.one("select id from organisation where"
                            " name = 'demo'")) == rows


@pytest.mark.last
def test_everything_was_answered(request, document, coverage, capsys):
    with capsys.disabled():
        print('\n' + coverage.table(document))
    if not whole_session(request):
        pytest.skip('not all of tests/api was run')
    wrong = coverage.missing(document, fixtures.valid)
    assert not wrong, f'{len(wrong)} missing:\n' + '\n'.join(wrong)


def whole_session(request):
    """Every file of tests/api, nothing chosen and nothing left out."""
    config = request.config
    if config.option.keyword or config.option.markexpr:
        return False
    folder = pathlib.Path(__file__).resolve().parent
    there = {path.name for path in folder.glob('test_*.py')}
    run = {item.path.name for item in request.session.items
           if item.path.parent == folder}
    chosen = any('::' in str(argument) for argument in config.args)
    return there <= run and not chosen and not getattr(
        config.option, 'lf', False)
