"""Errors (RFC 7644, 3.12): for everything below /scim one body, whose status
is a string, as application/scim+json -- also where no operation is.

Every answer in this suite is judged so by client.py; here stand the ways to
get each status.

Mutations: application/problem+json for a 401, or for a path that is none; a
status that is a number; a scimType left out; a 405 without Allow; a body of
text/plain read; a 413 from below that closes without an answer.
"""

import uuid

import pytest

from .client import (GROUP, PATCH_OP, SCIM, USER, judge_error, word)


def error(answer, status, type=None):
    answer.expect(status)
    assert answer.kind == SCIM
    judge_error(answer.json(), status)
    assert answer.type == type, answer


# 400

@pytest.mark.parametrize('method, path, body, type', [
    ('POST', '/Users', '{', 'invalidSyntax'),
    ('POST', '/Users', '{"userName":"a","userName":"b"}', 'invalidSyntax'),
    ('POST', '/Users', '[' * 200 + ']' * 200, 'invalidSyntax'),
    ('POST', '/Users', '{"schemas":["%s"]}' % USER, 'invalidValue'),
    ('POST', '/Groups', '{"schemas":["%s"]}' % GROUP, 'invalidValue'),
    ('PATCH', '/Users/{id}', '{', 'invalidSyntax'),
    ('PATCH', '/Users/{id}', '{"schemas":["%s"],"Operations":[{"op":"add",'
     '"path":"nothing","value":"x"}]}' % PATCH_OP, 'invalidPath'),
    ('PATCH', '/Users/{id}', '{"schemas":["%s"],"Operations":[{"op":"remove"'
     '}]}' % PATCH_OP, 'noTarget'),
    ('PATCH', '/Users/{id}', '{"schemas":["%s"],"Operations":[{"op":"add",'
     '"path":"id","value":"x"}]}' % PATCH_OP, 'mutability'),
    ('PUT', '/Users/{id}', '{"schemas":["%s"]}' % USER, 'invalidValue'),
    ('POST', '/Bulk', '{', 'invalidSyntax'),
])
def test_400(scim, method, path, body, type):
    path = path.format(id=scim.user()['id'])
    error(scim.call(method, path, data=body.encode()), 400, type)


@pytest.mark.parametrize('body', [b'\xff', b'{"userName": "\xff"}',
                                  b'{"userName": "\xc0\x80"}',
                                  b'\x00', b'{"userName": "\xed\xa0\x80"}'])
def test_400_of_what_is_no_utf_8(scim, body):
    error(scim.post('/Users', data=body), 400, 'invalidSyntax')


def test_400_of_a_filter(scim):
    error(scim.get('/Users', params={'filter': 'x'}), 400, 'invalidFilter')


# 401

@pytest.mark.parametrize('path', [
    '/Users', '/Groups', '/Users/2819c223-7f76-453a-919d-413861904646',
    '/users?filter=userName%20eq%20%22x%22'])
@pytest.mark.parametrize('token', [None, 'nonsense', 'a.b.c', ''])
def test_401(scim, path, token):
    error(scim.other(token=token).get(path), 401)


@pytest.mark.parametrize('header', [
    'Basic dXNlcjpwYXNz', 'Bearer', 'Bearer  ', 'bearer x', 'x'])
def test_401_of_other_schemes(scim, header):
    error(scim.other(token=None).get(
        '/Users', headers={'Authorization': header}), 401)


def test_401_of_a_token_that_is_over(scim, server):
    old = server.token(scim.org, 'identity-provider', ('integrator',),
                       'people:read', ttl=-600)
    error(scim.other(token=old).get('/Users'), 401)


@pytest.mark.parametrize('method', ['POST', 'PUT', 'PATCH', 'DELETE'])
def test_401_comes_before_the_body(scim, method):
    path = '/Users' if method == 'POST' else f'/Users/{uuid.uuid4()}'
    error(scim.other(token=None).call(method, path, data=b'{'), 401)


# 403

@pytest.mark.parametrize('scopes, method, path', [
    (('people:read',), 'POST', '/Users'),
    (('people:read',), 'DELETE', '/Users/{id}'),
    (('people:read', 'people:write'), 'POST', '/Groups'),
    (('groups:write',), 'POST', '/Users'),
    (('skills:read',), 'GET', '/Users'),
])
def test_403(scim, scopes, method, path):
    path = path.format(id=scim.user()['id'])
    body = {'POST': {'schemas': [USER], 'userName': word(),
                     'displayName': word()}}.get(method)
    error(scim.scoped(*scopes).call(method, path, json=body), 403)


# 404

@pytest.mark.parametrize('path', [
    '/Users/00919288221112222', '/Users/010101001010101011001010101011',
    f'/Users/{uuid.uuid4()}', f'/Groups/{uuid.uuid4()}', '/Groups/x',
    '/Users/..%2fGroups', "/Users/'or'1", '/Users/' + 'x' * 500,
    '/Users/2819c223-7f76-453a-919d-413861904646/emails',
    '/Nothing', f'/{uuid.uuid4()}', '/Users2', '/Users/.nothing', '/Me/x'])
def test_404(scim, path):
    error(scim.get(path), 404)


@pytest.mark.parametrize('path', ['/Users/%00', '/Users/%ff', '/%00'])
def test_paths_that_are_no_text(scim, path):
    scim.get(path).expect(400, 404)


@pytest.mark.parametrize('path', ['/scim', '/scim/v2', '/scim/v2/',
                                  '/scim/v1/Users', '/scim/v3/Users',
                                  '/SCIM/V2/Nothing', '/scim/nothing'])
def test_404_where_no_operation_is(scim, server, path):
    error(scim.get(server.url + path), 404)


@pytest.mark.parametrize('method, body', [
    ('PUT', {'schemas': [USER], 'userName': 'somebody'}),
    ('PATCH', {'schemas': [PATCH_OP], 'Operations': [
        {'op': 'replace', 'value': {'active': False}}]}),
    ('DELETE', None)])
@pytest.mark.parametrize('kind', ['Users', 'Groups'])
@pytest.mark.parametrize('name', [str(uuid.uuid4()), 'nobody'])
def test_404_of_a_change(scim, method, body, kind, name):
    if body and kind == 'Groups':
        body = {'schemas': [GROUP], 'displayName': 'x'} if (
            method == 'PUT') else {**body, 'Operations': [
                {'op': 'replace', 'value': {'displayName': 'x'}}]}
    error(scim.call(method, f'/{kind}/{name}', json=body), 404)


@pytest.mark.parametrize('method', ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
def test_me_is_not_here(scim, method):
    """RFC 7644, 3.11: 501 where a server has none; 404 is what most say."""
    scim.call(method, '/Me', json=None if method in ('GET', 'DELETE')
              else {'schemas': [USER]}).expect(404, 501)


# 405

@pytest.mark.parametrize('method, path', [
    ('PUT', '/Users'), ('PATCH', '/Users'), ('DELETE', '/Users'),
    ('PUT', '/Groups'), ('DELETE', '/Groups'), ('POST', '/Users/{id}'),
    ('POST', '/Groups/{id}'), ('GET', '/Bulk'), ('PUT', '/Bulk'),
    ('DELETE', '/Bulk'), ('PUT', '/.search'), ('DELETE', '/Users/.search'),
    ('DELETE', '/users'), ('POST', '/serviceConfiguration')])
def test_405(scim, method, path):
    path = path.format(id=scim.user()['id'])
    error(scim.call(method, path, json=None if method in ('GET', 'DELETE')
                    else {'schemas': [USER]}), 405)


# 406, 415

@pytest.mark.parametrize('accept', [
    SCIM, SCIM + '; charset=utf-8', 'application/json', '*/*',
    'application/*', 'application/json, text/plain, */*', None,
    f'{SCIM}, application/json;q=0.9'])
def test_what_may_be_asked_for(scim, accept):
    scim.get('/Users', headers={'Accept': accept}).expect(200)


@pytest.mark.parametrize('accept', ['text/html', 'application/xml',
                                    'application/scim+xml'])
def test_406_or_the_only_form_there_is(scim, accept):
    """RFC 9110, 15.5.7 lets a server send what it has."""
    scim.get('/Users', headers={'Accept': accept}).expect(200, 406)


@pytest.mark.parametrize('kind', [
    SCIM, 'application/json', SCIM + '; charset=utf-8',
    'application/scim+json;charset=UTF-8', 'application/json; charset=utf-8',
    'APPLICATION/SCIM+JSON'])
def test_what_may_be_sent(scim, kind):
    body = {'schemas': [USER], 'userName': word()}
    made = scim.post('/Users', body, headers={'Content-Type': kind})
    made.expect(201)
    scim.patch(f'/Users/{made.json()["id"]}', {
        'op': 'add', 'path': 'title', 'value': 'x'},
        headers={'Content-Type': kind}).expect(204)


@pytest.mark.parametrize('kind', [
    'text/plain', 'application/xml', 'application/x-www-form-urlencoded',
    'multipart/form-data', 'application/merge-patch+json',
    'application/json-patch+json', 'json'])
def test_415(scim, kind):
    body = {'schemas': [USER], 'userName': word()}
    error(scim.post('/Users', body, headers={'Content-Type': kind}), 415)
    assert scim.find(f'userName eq "{body["userName"]}"') == []


# 409, 412, 413

def test_409(scim):
    made = scim.user()
    error(scim.post('/Users', {
        'schemas': [USER], 'userName': made['userName']}), 409, 'uniqueness')
    group = scim.group()
    error(scim.post('/Groups', {
        'schemas': [GROUP], 'displayName': group['displayName']}), 409,
        'uniqueness')


@pytest.mark.parametrize('kind', ['Users', 'Groups'])
def test_412(scim, kind):
    made = scim.user() if kind == 'Users' else scim.group()
    answer = scim.delete(f'/{kind}/{made["id"]}',
                         headers={'If-Match': 'W/"77777"'})
    answer.expect(412)
    assert answer.type in (None, 'invalidVers')


@pytest.mark.parametrize('method, path', [
    ('POST', '/Users'), ('POST', '/Groups'), ('POST', '/Bulk'),
    ('PUT', '/Users/{id}'), ('PATCH', '/Users/{id}'), ('POST', '/.search')])
def test_413(scim, method, path):
    path = path.format(id=scim.user()['id'])
    body = b'{"userName": "' + b'x' * (8 * 1024 * 1024) + b'"}'
    answer = scim.other().call(method, path, data=body)
    answer.expect(413)


def test_just_below_the_limit(scim):
    """8 MiB less some bytes is read, and then judged by what it says."""
    body = (b'{"schemas": ["%s"], "userName": "%s", "unknown": "'
            % (USER.encode(), word().encode()))
    body += b'x' * (8 * 1024 * 1024 - len(body) - 2) + b'"}'
    assert len(body) == 8 * 1024 * 1024
    scim.post('/Users', data=body).expect(201, 400)


# Nothing of the inside

@pytest.mark.parametrize('path', ["/Users/'", '/Users?filter=id%20eq%20"\'"',
                                  '/Users?count=x'])
def test_nothing_of_the_inside_is_told(scim, path):
    answer = scim.get(path)
    for told in ('select', 'SELECT', 'org_id', 'src/', '.c:', 'ERROR:',
                 'relation', 'postgres'):
        assert told not in answer.text or answer.status == 200
