"""The token endpoint (RFC 6749, 4.4 and 5) and its metadata (RFC 8414).

Mutations, each tried and found by the tests named: the client's name not
compared with the secret's, use_machine_credential without its `kind`
(test_who_is_not_known), a member that may come twice
(test_what_cannot_be_read), both ways of saying who one is (the same), any
scope granted (test_scope), any number of members (test_what_cannot_be_read), a
body as large as others' (test_other_bodies), the life of the token without
that of its secret (test_the_token_ends_with_its_secret), no credential_id in
the token (test_the_token, test_clients.py test_rotation), credential_id
believed of other issuers (tests/unit/test_token_claims.c), Cache-Control left
out (the client of tests/api/harness).
"""

import base64
import json
import time
import urllib.parse

import jwt
import pytest
import yaml

from test_clients import give, make, people, revoke, shut_out

FORM = 'application/x-www-form-urlencoded'
GRANT = {'grant_type': 'client_credentials'}


def basic(name, secret):
    return {'Authorization': 'Basic ' + base64.b64encode(
        f'{name}:{secret}'.encode()).decode()}


def send(api, form, headers=None, **rest):
    data = form if isinstance(form, (str, bytes)) else (
        urllib.parse.urlencode(form))
    return api.post('/oauth/token', as_=None, data=data, content_type=FORM,
                    headers=headers, **rest)


def refused(reply, error, status=400):
    reply.expect(status)
    assert reply.json()['error'] == error, reply
    assert reply.headers['Pragma'] == 'no-cache'
    challenge = reply.headers['WWW-Authenticate']
    assert challenge is None if status == 400 else (
        challenge.startswith('Basic realm='))


@pytest.fixture(scope='module')
def client(api, worlds):
    return make(api, worlds, 'people:write', 'people:read', 'groups:write')


@pytest.fixture(scope='module')
def secret(api, client):
    return give(api, client, 'secret')['secret']


@pytest.fixture(scope='module')
def known(client, secret):
    return {'client_id': client['id'], 'client_secret': secret}


def test_the_token(api, server, client, secret, known):
    for reply in (send(api, GRANT, basic(client['id'], secret)),
                  send(api, {**GRANT, **known}),
                  send(api, {**GRANT, 'client_id': client['id']},
                       basic(client['id'], secret))):
        reply.expect(200)
        assert reply.headers['Cache-Control'] == 'no-store'
        assert reply.headers['Pragma'] == 'no-cache'
        body = reply.json()
        assert {**body, 'access_token': ''} == {
            'access_token': '', 'token_type': 'Bearer', 'expires_in': 900,
            'scope': 'groups:write people:read people:write'}
        claims = jwt.decode(body['access_token'], server.secret,
                            ['HS256'], audience='hefboom')
        assert claims['exp'] - claims['iat'] == 900
        assert abs(claims['iat'] - time.time()) < 5
        assert claims['sub'] == claims['client_id'] == client['id']
        assert (claims['iss'], claims['org'], claims['roles']) == (
            'hefboom', 'demo', ['integrator'])
        listed = api.get(f'/v1/clients/{client["id"]}/credentials',
                         roles=['admin']).json()['items']
        assert claims['credential_id'] == listed[0]['id']
        people(api, body['access_token']).expect(200)


def test_basic_is_form_encoded(api, client, secret):
    """RFC 6749, 2.3.1: name and secret are encoded before they are joined;
    the scheme is in any case."""
    encoded = ''.join(f'%{ord(letter):02x}' for letter in secret)
    header = basic(client['id'].replace('-', '%2D'), encoded)
    send(api, GRANT, header).expect(200)
    send(api, GRANT, {'Authorization': header['Authorization'].replace(
        'Basic', 'bASIC')}).expect(200)


@pytest.mark.parametrize('asked, granted', [
    ('people:read', 'people:read'), ('groups:write people:write',
                                     'groups:write people:write'),
    (' people:read  people:read ', 'people:read'),
    ('', 'groups:write people:read people:write'),
    (' ', 'groups:write people:read people:write')])
def test_scope(api, known, asked, granted):
    reply = send(api, {**GRANT, **known, 'scope': asked}).expect(200)
    assert reply.json()['scope'] == granted
    expected = 200 if 'people' in granted else 403
    people(api, reply.json()['access_token']).expect(expected)


def test_scope_is_what_the_token_may(api, known):
    token = send(api, {**GRANT, **known, 'scope': 'groups:write'}).expect(
        200).json()['access_token']
    people(api, token).expect(403, code='insufficient_scope')


@pytest.mark.parametrize('asked', [
    'skills:read', 'people:read skills:read', 'people', 'people:read,groups',
    'PEOPLE:READ', 'people:rea', 'eople:read', '"people:read"', 'x' * 1000])
def test_scopes_that_it_has_not(api, known, asked):
    refused(send(api, {**GRANT, **known, 'scope': asked}), 'invalid_scope')


def test_who_is_not_known(api, worlds, client, secret, known):
    other = make(api, worlds)
    token = give(api, client, 'token')['secret']
    there = make(api, worlds, org='other')
    for name, word in (
            (client['id'], 'hfs_wrong'), (client['id'], secret + 'A'),
            (client['id'], secret[:-1]), (client['id'], secret.upper()),
            (client['id'], token), (client['id'], "' or true--"),
            (other['id'], secret), (there['id'], secret), ('', secret),
            ('nobody', secret), (client['name'], secret),
            (client['id'].upper(), secret), (client['id'], secret + '\0x'), (client['id'], 'x' * 5000),
            (client['id'], 'é\U0001f600')):
        refused(send(api, GRANT, basic(name, word)), 'invalid_client', 401)
        if '\0' not in word:
            refused(send(api, {**GRANT, 'client_id': name,
                               'client_secret': word}), 'invalid_client', 401)
    for form in (GRANT, {**GRANT, 'client_id': client['id']},
                 {**GRANT, 'client_secret': secret},
                 {**GRANT, 'client_id': client['id'], 'client_secret': ''}):
        refused(send(api, form), 'invalid_client', 401)


@pytest.mark.parametrize('header', [
    'Basic', 'Basic ', 'Basic !!!', 'Basic YWJj', 'Basic Og==',
    'Bearer abc', 'Digest a=b', 'Basic YTpi YTpi', 'Basic YTpi====x',
    'Basic ' + base64.b64encode(b'%zz:%zz').decode(),
    'Basic ' + base64.b64encode(b'\xff:\xff').decode(),
    'Basic ' + base64.b64encode(b'a\0:b').decode()])
def test_headers_that_say_nobody(api, header):
    refused(send(api, GRANT, {'Authorization': header}),
            'invalid_client', 401)


def test_what_cannot_be_read(api, client, secret, known):
    whole = urllib.parse.urlencode({**GRANT, **known})
    for form in (
            known, '', 'grant_type', 'grant_type=', {**known, 'grant_type': ''},
            whole + '&grant_type=client_credentials', whole + '&client_id=x',
            whole + '&client_secret=' + secret, whole + '&scope=a&scope=b',
            whole + '&scope=%zz', whole + '&scope=%00', whole + '&%ff=1',
            whole + '&scope=%ff', whole + '&a=1' * 98,
            json.dumps({**GRANT, **known})):
        refused(send(api, form), 'invalid_request')
    # One way of saying who it is, not two.
    header = basic(client['id'], secret)
    refused(send(api, {**GRANT, **known}, header), 'invalid_request')
    refused(send(api, {**GRANT, 'client_id': 'x'}, header),
            'invalid_request')
    for grant in ('password', 'authorization_code', 'Client_Credentials'):
        refused(send(api, {**known, 'grant_type': grant}),
                'unsupported_grant_type')


def test_what_is_ignored(api, known):
    """RFC 6749, 3.2: unknown members, empty ones, empty pieces."""
    whole = urllib.parse.urlencode({**GRANT, **known})
    for more in ('&resource=https%3A%2F%2Fx', '&a=1&a=2', '&scope=', '&&',
                 '&scope', '&=', '&audience=x', '&a=1' * 97, '&' * 1000):
        send(api, whole + more).expect(200)


def test_other_bodies(api, known):
    api.post('/oauth/token', as_=None, json={**GRANT, **known}).expect(
        415, code='unsupported_media_type')
    api.get('/oauth/token', as_=None).expect(405)
    whole = urllib.parse.urlencode({**GRANT, **known})
    send(api, f'{whole}&a='.ljust(16384, 'x')).expect(200)
    send(api, f'{whole}&a='.ljust(16385, 'x')).expect(413)
    api.post('/oauth/token?scope=people:read', as_=None, content_type=FORM,
             data=urllib.parse.urlencode({**GRANT, **known})).expect(
                 400, code='unknown_parameter')


def test_the_token_ends_with_its_secret(api, clock, worlds):
    client = make(api, worlds)
    soon = worlds['demo'].db.one("select to_json(clock() + '10 minutes')")
    made = give(api, client, 'secret', expires_at=soon)
    form = {**GRANT, 'client_id': client['id'],
            'client_secret': made['secret']}
    assert 590 < send(api, form).expect(200).json()['expires_in'] <= 600
    clock.advance(minutes=9)
    token = send(api, form).expect(200).json()
    assert 50 < token['expires_in'] <= 60
    clock.advance(minutes=2)
    refused(send(api, form), 'invalid_client', 401)
    shut_out(people(api, token['access_token']))


def test_revoked(api, worlds):
    client = make(api, worlds)
    made = [give(api, client, 'secret') for _ in range(2)]
    forms = [{**GRANT, 'client_id': client['id'],
              'client_secret': one['secret']} for one in made]
    for form in forms:
        send(api, form).expect(200)
    revoke(api, client, made[0])
    refused(send(api, forms[0]), 'invalid_client', 401)
    send(api, forms[1]).expect(200)
    revoke(api, client)
    refused(send(api, forms[1]), 'invalid_client', 401)


def test_tokens_that_fit_nobody(api, server, worlds, client, secret):
    """Rightly signed, but for a client that is not there, or not so."""
    made, = [one for one in api.get(
        f'/v1/clients/{client["id"]}/credentials',
        roles=['admin']).json()['items'] if one['kind'] == 'secret']
    other = make(api, worlds)

    def signed(org='demo', name=client['id'], credential=made['id'],
               roles=('integrator',)):
        return server.token(org, name, roles, 'people:read', client_id=name,
                            credential_id=credential)
    people(api, signed()).expect(200)
    for token in (
            signed(org='other'), signed(org='none'), signed(name=other['id']),
            signed(credential=other['id']), signed(credential='x'),
            signed(name='x'), signed(credential=made['id'].upper()),
            signed(name=client['id'] + 'x'), signed(credential=''),
            signed(credential=7)):
        reply = people(api, token)
        reply.expect(401, code='invalid_token')
    # Whatever its roles say besides, it is nobody.
    api.get('/v1/me', token=signed(roles=('integrator', 'member'))).expect(
        403, code='forbidden')


def test_settings(server, api, client, secret):
    with api.beside(HEFBOOM_WORKERS=1, HEFBOOM_ACCESS_TOKEN_S=60) as its:
        reply = send(its, GRANT, basic(client['id'], secret)).expect(200)
        assert reply.json()['expires_in'] == 60
    result = server.command('check-config', check=False,
                            HEFBOOM_ACCESS_TOKEN_S=59)
    assert result.returncode == 2 and '60 to 86400' in result.stderr


def test_metadata(api, server, document):
    for headers, base in (
            (None, server.url), ({'Host': 'hr.example.org:8443'},
                                 'http://hr.example.org:8443')):
        found = api.get('/.well-known/oauth-authorization-server', as_=None,
                        headers=headers).expect(200).json()
        assert found == {
            'issuer': base, 'token_endpoint': base + '/oauth/token',
            'service_documentation': base + '/docs',
            'token_endpoint_auth_methods_supported': [
                'client_secret_basic', 'client_secret_post'],
            'grant_types_supported': ['client_credentials'],
            'response_types_supported': [],
            'scopes_supported': document.json['components']['schemas'][
                'Scope']['enum']}


def test_the_list_of_scopes_is_one(document, db, root):
    """The document, the operations, the table: no scope more or less."""
    scopes = document.json['components']['schemas']['Scope']['enum']
    used = {scope for one in document.operations.values() for scope in
            one.entry.get('x-hefboom', {}).get('scopes', ())}
    assert used <= set(scopes)
    check = db.one("select pg_get_constraintdef(oid) from pg_constraint"
                   " where conname = 'machine_client_scopes_known'")
    assert [word for word in check.split("'") if ':' in word
            and '::' not in word] == scopes
    assert yaml.safe_load((root / 'openapi/schemas/client.yaml').read_text())[
        'Scope']['enum'] == scopes
