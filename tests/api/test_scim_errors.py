"""Every refusal below /scim is an error of SCIM (RFC 7644, 3.12), whoever
finds the fault: the front, the path, the token, the operation.

Mutations: dialect_of() that knows `/scim/` in lower case only, or that takes
`/scimitar` for it; the status as a number; no scimType; English whatever is
asked; application/problem+json; the front's own refusals left in the other
dialect; what was parsed of a refused head forgotten, or taken from the message
before.
"""

import json
import re
import socket

import pytest

from harness.document import PROBLEM, SCIM, SCIM_ERROR

LANGUAGES = ('en', 'nl', 'fr', 'de')
USERS = '/scim/v2/Users'


def error(reply):
    """What an error says; that it is one, Api.judge() has seen."""
    assert reply.kind == SCIM, reply
    return reply.json()


@pytest.mark.parametrize('path', [
    '/scim', '/scim/', '/scim/v2', '/scim/v2/Nothing', '/SCIM/V2/NOTHING',
    '/scim/v3/Users', '/scim/v2/Nothing?filter=x', '/scim?x', '/scim//v2'])
@pytest.mark.parametrize('as_', [None, 'els'])
def test_unknown_paths(api, path, as_):
    reply = api.get(path, as_=as_).expect(404, code='not_found')
    assert error(reply) == {
        'schemas': [SCIM_ERROR], 'status': '404',
        'detail': 'There is nothing here'}
    assert reply.headers['Cache-Control'] == 'no-store'


@pytest.mark.parametrize('path', [
    '/scimitar', '/v1/scim', '/scim.json', '/sci', '/scimv2/Users'])
def test_what_is_not_below(api, path):
    assert api.get(path, as_=None).expect(404).kind == PROBLEM


def test_head_says_how_long_it_would_be(api):
    got = api.get('/scim/v2/Nothing', as_=None)
    head = api.call('HEAD', '/scim/v2/Nothing', as_=None).expect(404)
    assert head.headers['Content-Length'] == str(len(got.content))
    assert head.kind == SCIM


@pytest.mark.parametrize('language', LANGUAGES)
def test_in_the_language_that_was_asked_for(api, document, language):
    reply = api.get('/scim/v2/Nothing', as_=None,
                    headers={'Accept-Language': language}).expect(404)
    assert reply.headers['Content-Language'] == language
    assert error(reply)['detail'] == (
        document.problems['not_found']['title'][language])


# What the front finds by itself

def exchange(server, data):
    with socket.create_connection((server.host, server.port), 20) as wire:
        wire.sendall(data)
        got = b''
        while more := wire.recv(65536):
            got += more
    head, _, body = got.partition(b'\r\n\r\n')
    lines = head.decode().split('\r\n')
    headers = dict(line.split(': ', 1) for line in lines[1:])
    return int(lines[0].split()[1]), headers, body


LINE = b'POST /scim/v2/Users HTTP/1.1\r\nHost: a.example\r\n'


@pytest.mark.parametrize('data, status', [
    (LINE + b'Content-Length: 99999999\r\n\r\n', 413),
    (LINE + b'Transfer-Encoding: chunked\r\n\r\nno\r\n', 400),
    (LINE + b'bad header\r\n\r\n', 400),
    (LINE + b'Content-Length: x\r\n\r\n', 400),
    (LINE + b'X: ' + b'x' * 9000 + b'\r\n\r\n', 431),
    (LINE + b'A: b\r\n' * 70 + b'\r\n', 431),
    (LINE + b'Expect: tea\r\n\r\n', 417),
    (LINE + b'Transfer-Encoding: gzip\r\n\r\n', 501),
    (LINE.replace(b'/scim', b'/SciM') + b'Host: b\r\n\r\n', 400),
    (LINE.replace(b'Users', b'Users/%4') + b'\r\n', 400),
    (LINE.replace(b'Users', b'Us ers') + b'\r\n', 400),
    (LINE.replace(b'1.1', b'1.1 ') + b'\r\n', 400),
    (LINE.replace(b'POST', b'BREW') + b'\r\n', 501),
    (LINE.replace(b'POST', b'HACK') + b'\r\n', 501),
    (LINE.replace(b'1.1', b'2.0') + b'\r\n', 505)])
def test_the_front(server, data, status):
    got, headers, body = exchange(server, data)
    assert got == status, body
    assert headers['Content-Type'] == SCIM
    assert headers['X-Content-Type-Options'] == 'nosniff'
    assert int(headers['Content-Length']) == len(body)
    told = json.loads(body)
    assert told['schemas'] == [SCIM_ERROR]
    assert told['status'] == str(status)
    assert told.get('scimType') == ('invalidSyntax' if status == 400
                                    else None)


@pytest.mark.parametrize('data', [
    b'POST /v1/me HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n',
    b'GET /scim\r\nHost: a\r\n\r\n', b'/scim\r\n\r\n',
    b'GET http://a/scim HTTP/1.1\r\nHost: a\r\n\r\n',
    b'GET /v1/me HTTP/1.1\r\nHost: /scim\r\nbad\r\n\r\n'])
def test_the_front_elsewhere(server, data):
    """Also when the line that would say where cannot be read."""
    _, headers, body = exchange(server, data)
    assert headers['Content-Type'] == PROBLEM
    assert json.loads(body)['title']


def test_the_front_answers_head_without_a_body(server):
    got, headers, body = exchange(
        server, LINE.replace(b'POST', b'HEAD') + b'bad\r\n\r\n')
    assert (got, body) == (400, b'')
    assert headers['Content-Type'] == SCIM
    assert int(headers['Content-Length']) > 0


def test_the_front_hears_no_language_of_the_message_before(server):
    """The line with the fault is where that one had its language."""
    good = LINE + b'Content-Length: 0\r\nAccept-Language: nl\r\n\r\n'
    bad = good.replace(b'Language: nl', b'Language  nl')
    with socket.create_connection((server.host, server.port), 20) as wire:
        wire.sendall(good)
        got = wire.recv(65536)
        wire.sendall(bad)
        while more := wire.recv(65536):
            got += more
    assert re.findall(rb'Content-Language: (..)', got) == [b'nl', b'en'], got


def test_the_front_speaks_languages(server):
    _, headers, body = exchange(
        server, LINE + b'Accept-Language: nl\r\nbad\r\n\r\n')
    assert headers['Content-Language'] == 'nl'
    assert json.loads(body)['detail'] == (
        'Het verzoek is verkeerd opgebouwd')


# With an operation

@pytest.fixture(scope='module')
def users(document):
    if 'scim_list_users' not in document.operations:
        pytest.skip('there is no scim_list_users in this document')
    return document.operations['scim_list_users']


def test_no_token(api, users):
    reply = api.get(USERS, as_=None).expect(401, code='unauthenticated')
    assert reply.headers['WWW-Authenticate'] == 'Bearer'
    reply = api.get(USERS, token='nonsense').expect(401, code='invalid_token')
    assert 'error="invalid_token"' in reply.headers['WWW-Authenticate']
    assert error(reply)['status'] == '401'


def test_wrong_role(api, users):
    api.get(USERS, roles=['member']).expect(403, code='forbidden')


def test_wrong_method(api, users):
    reply = api.put(USERS, json={}).expect(405, code='method_not_allowed')
    assert {'GET', 'HEAD', 'OPTIONS'} <= set(
        reply.headers['Allow'].split(', '))
    assert error(reply)['status'] == '405'


def test_not_acceptable(call, users):
    reply = call('scim_list_users').send(headers={'Accept': 'text/html'})
    assert error(reply.expect(406, code='not_acceptable'))['status'] == '406'


@pytest.mark.parametrize('path', [
    '/scim/v2/users', '/SCIM/v2/USERS', '/scim/V2/Users/', '/Scim/v2/uSERS/'])
def test_any_case_and_a_slash(call, api, users, path):
    one = call('scim_list_users')
    api.get(path, as_=one.as_, roles=one.roles, scope=one.scope).expect(200)


@pytest.mark.parametrize('path', [
    '/scim/v2/Users//', '/scim//v2/Users', '/scim/v2/User', '/scim/v2/%55sers',
    '/scim/v2/Userss', '/scim/v2/Users /'])
def test_but_no_other_spelling(call, api, users, path):
    one = call('scim_list_users')
    reply = api.get(path.replace(' ', '%20'), as_=one.as_, roles=one.roles,
                    scope=one.scope)
    assert reply.status_code in (400, 404), reply


def test_media_type_of_replies(call, users):
    for accept in (None, SCIM, 'application/json', '*/*',
                   f'{SCIM}; charset=utf-8', f'application/xml, {SCIM};q=0.1'):
        reply = call('scim_list_users').send(headers={'Accept': accept})
        assert reply.expect(200).kind == SCIM


def test_bodies(call, document, users):
    if 'scim_create_user' not in document.operations:
        pytest.skip('there is no scim_create_user in this document')
    one = call('scim_create_user')
    limit = one.operation.extra['body_limit']
    for data, status, code, kind in (
            (b'{', 400, 'malformed_json', 'invalidSyntax'),
            (b'[]', 400, 'scim_invalid_syntax', 'invalidSyntax'),
            (b'{"a":1,"a":2}', 400, 'duplicate_key', 'invalidSyntax'),
            (b'', 400, 'body_required', 'invalidSyntax'),
            (b'"%s"' % (b'x' * limit), 413, 'body_too_large', None)):
        reply = one.send(json=None, data=data).expect(status, code=code)
        assert error(reply).get('scimType') == kind
    one.send(json=None, data=b'{}', content_type='text/plain').expect(
        415, code='unsupported_media_type')
    for kind in (SCIM, 'application/json', f'{SCIM}; charset=utf-8'):
        again = call('scim_create_user')
        again.send(content_type=kind).expect(201)


def test_where_a_parameter_is_wrong(call, users):
    reply = call('scim_list_users').send(
        query={'startIndex': 'x'}, headers={'Accept-Language': 'nl'})
    told = error(reply.expect(400, code='invalid_parameter'))
    assert told['scimType'] == 'invalidValue'
    assert told['detail'] == (
        'Een parameter is niet geldig: startIndex'
        ' moet van het type integer zijn')
