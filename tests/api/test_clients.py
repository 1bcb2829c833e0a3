"""Machine clients: made by an admin, shown their secret once, refused at once.

Mutations, each tried and found by the tests named:
the lock left out of create_client_credential (test_two_of_a_kind_for_rivals),
`>= 2` as `> 2` there (test_rotation), expired ones counted, a year of five
digits taken (test_expiry), enter for enter_client in answer.c (test_rotation,
test_expiry, test_a_revoked_client, test_a_scope_taken_away), the scope left
out of enter_client (test_a_scope_taken_away), the minute left out of
use_machine_credential (test_last_use), the secret told to the outbox
(test_only_hashes), the client looked up as a person is
(test_a_person_called_like_a_client), credentials left valid by revoke_client,
its mark not asked (test_a_revoked_client), a credential of any client revoked
(test_a_credential_of_another_client), the organisation ignored by the command
(test_commands), the keys' owner by another name (test_whose_keys).
"""

import concurrent.futures
import secrets

import pytest

from harness.client import Api

ADMIN = {'as_': 'els', 'roles': ['admin']}


def make(api, worlds, *scopes, org='demo', **more):
    """A new client, as JSON."""
    return api.post('/v1/clients', **ADMIN, org=org, json={
        'name': worlds[org].word(), 'scopes': scopes or ['people:read'],
        **more}).expect(201).json()


def ask_credential(api, client, kind='token', org='demo', **more):
    return api.post(f'/v1/clients/{client["id"]}/credentials', **ADMIN,
                    org=org, json={'kind': kind, **more})


def give(api, client, kind='token', **more):
    return ask_credential(api, client, kind, **more).expect(201).json()


def bought(api, client, secret, scope=None):
    """A short-lived token."""
    form = {'grant_type': 'client_credentials', 'client_id': client['id'],
            'client_secret': secret['secret']}
    if scope:
        form['scope'] = scope
    return api.post(
        '/oauth/token', as_=None,
        content_type='application/x-www-form-urlencoded',
        data='&'.join(f'{name}={value}' for name, value in form.items())
    ).expect(200).json()['access_token']


def revoke(api, client, made=None):
    path = f'/v1/clients/{client["id"]}'
    if made:
        path += f'/credentials/{made["id"]}'
    return api.delete(path, **ADMIN).expect(204)


def people(api, token):
    return api.get('/v1/people?limit=1', token=token)


def shut_out(reply):
    reply.expect(401, code='invalid_token')
    assert 'error="invalid_token"' in reply.headers['WWW-Authenticate']


def events_of(db, client):
    return db.execute(
        'select event, actor_id is not null, body from outbox'
        ' where object_id = %s order by id', [client['id']])


@pytest.fixture
def client(api, worlds):
    return make(api, worlds)


# The client itself

def test_its_life(api, db, worlds, document):
    client = make(api, worlds, 'skills:write', 'people:read',
                  expect_every_min=90)
    assert client['scopes'] == ['people:read', 'skills:write']
    assert client['created_by'] == worlds['demo'].person('els')
    path = f'/v1/clients/{client["id"]}'
    assert api.get(path, **ADMIN).expect(200).json() == client
    tag = api.get(path, **ADMIN).etag
    changed = api.patch(path, **ADMIN, json={
        'expect_every_min': None, 'scopes': ['groups:write']},
        headers={'If-Match': tag}).expect(200).json()
    assert (changed['expect_every_min'], changed['scopes'],
            changed['version']) == (None, ['groups:write'], 2)
    api.patch(path, **ADMIN, json={'expect_every_min': 5},
              headers={'If-Match': tag}).expect(412, code='stale_version')
    renamed = api.patch(path, **ADMIN, json={
        'name': client['name'] + 'x'}).expect(200).json()
    assert renamed['scopes'] == ['groups:write']
    api.delete(path, **ADMIN, headers={'If-Match': tag}).expect(
        412, code='stale_version')
    revoke(api, client)
    gone = api.get(path, **ADMIN).expect(200).json()
    assert gone['revoked_at'] and gone['version'] == 4
    revoke(api, client)
    assert api.get(path, **ADMIN).json() == gone
    for refused in (api.patch(path, **ADMIN, json={'name': 'other'}),
                    ask_credential(api, client)):
        refused.expect(409, code='client_revoked')
    assert events_of(db, client) == [
        ('client.created', True, {}),
        ('client.updated', True, {'changed': ['expect_every_min', 'scopes']}),
        ('client.updated', True, {'changed': ['name']}),
        ('client.revoked', True, {})]


def test_names(api, worlds, client):
    def named(name, **more):
        return api.post('/v1/clients', **{**ADMIN, **more}, json={
            'name': name, 'scopes': ['people:read']})
    for same in (client['name'], client['name'].upper(),
                 client['name'].replace(' ', '  ')):
        named(same).expect(409, code='client_name_taken')
    other = make(api, worlds)
    api.patch(f'/v1/clients/{other["id"]}', **ADMIN, json={
        'name': client['name'].title()}).expect(
            409, code='client_name_taken')
    named(client['name'], org='other').expect(201)
    revoke(api, client)
    named(client['name']).expect(201)


@pytest.mark.parametrize('body, pointer', [
    ({'scopes': ['people:delete']}, '/scopes/0'),
    ({'scopes': []}, '/scopes'),
    ({'scopes': ['people:read', 'people:read']}, '/scopes/1'),
    ({'scopes': 'people:read'}, '/scopes'),
    ({'expect_every_min': 0}, '/expect_every_min'),
    ({'expect_every_min': 44641}, '/expect_every_min'),
    ({'name': ''}, '/name'), ({'name': 'x' * 101}, '/name'),
    ({'hash': 'x'}, '/hash')])
def test_what_it_may_not_be(api, client, body, pointer):
    whole = {'name': 'whatever', 'scopes': ['people:read'], **body}
    for reply in (api.post('/v1/clients', **ADMIN, json=whole),
                  api.patch(f'/v1/clients/{client["id"]}', **ADMIN,
                            json=body)):
        reply.expect(422, code='invalid_body')
        assert [error['pointer'] for error in reply.json()['errors']] == [
            pointer]


def test_lists(api, worlds, client):
    over = make(api, worlds)
    revoke(api, over)

    def listed(**query):
        return {one['id'] for one in api.pages(
            '/v1/clients', **ADMIN, query={'limit': 100, **query})}
    assert {client['id'], over['id']} <= listed()
    assert client['id'] in listed(active='true')
    assert over['id'] not in listed(active='true')
    assert over['id'] in listed(active='false', order='newest')
    assert client['id'] not in listed(active='false')


def test_a_credential_of_another_client(api, worlds, client):
    made = give(api, client)
    other = make(api, worlds)
    api.delete(f'/v1/clients/{other["id"]}/credentials/{made["id"]}',
               **ADMIN).expect(404)
    for method, path in (
            ('GET', ''), ('DELETE', ''), ('GET', '/credentials'),
            ('DELETE', f'/credentials/{made["id"]}')):
        api.call(method, f'/v1/clients/{client["id"]}{path}', **ADMIN,
                 org='other').expect(404)
    ask_credential(api, client, org='other').expect(404)
    people(api, made['secret']).expect(200)


# What it may do

def test_a_pasted_token(api, client):
    made = give(api, client)
    assert made['secret'].startswith('hfb_') and len(made['secret']) == 47
    assert made['hint'] == made['secret'][-4:]
    for _ in range(3):
        people(api, made['secret']).expect(200)
    # The scheme in any case, and no role of a person's.
    api.get('/v1/people?limit=1', as_=None, headers={
        'Authorization': f'bEARER {made["secret"]}'}).expect(200)
    for path in ('/v1/me', '/v1/clients', '/v1/goals'):
        api.get(path, token=made['secret']).expect(403, code='forbidden')
    api.get('/v1/skills', token=made['secret']).expect(
        403, code='insufficient_scope')


@pytest.mark.parametrize('scope, reads', [
    ('people:read', 'people'), ('people:write', 'people'),
    ('skills:read', 'skills'), ('skills:write', 'skills'),
    ('groups:write', None)])
def test_scopes(api, worlds, scope, reads):
    """`write` reads too, for those operations ask for one of both."""
    client = make(api, worlds, scope)
    tokens = [give(api, client)['secret'],
              bought(api, client, give(api, client, 'secret'))]
    for token in tokens:
        for kind in ('people', 'skills'):
            reply = api.get(f'/v1/{kind}?limit=1', token=token)
            if kind == reads:
                reply.expect(200)
            else:
                reply.expect(403, code='insufficient_scope')


def test_wrong_tokens(api, worlds, client):
    token = give(api, client)['secret']
    secret = give(api, client, 'secret')['secret']
    assert secret.startswith('hfs_') and len(secret) == 47
    people(api, token).expect(200)
    other = 'B' if token[20] == 'A' else 'A'
    for wrong in (
            'hfb_', 'hfb_x', 'hfb_' + secrets.token_urlsafe(32), token + 'A',
            token[:-1], token[:20] + other + token[21:], token.lower(),
            'HFB_' + token[4:], secret, 'hfb_' + secret[4:],
            'hfb_' + 'x' * 6000, token + ' x'):
        shut_out(people(api, wrong))
    people(api, token).expect(200)


def test_a_person_called_like_a_client(api, db, worlds, client):
    """Whatever HR calls somebody, no client speaks for a person."""
    secret = give(api, client, 'secret')
    someone = worlds['demo'].stranger('like a client')
    db.execute('update person set external_id = %s where id = %s',
               [client['id'], someone])
    token = bought(api, client, secret)
    api.get('/v1/me', token=token).expect(403, code='forbidden')
    assert api.get('/v1/me', as_=client['id']).expect(200).json()[
        'id'] == someone
    db.execute('update person set active = false where id = %s', [someone])
    try:
        people(api, token).expect(200)
        api.get('/v1/me', as_=client['id']).expect(
            403, code='person_inactive')
    finally:
        db.execute('update person set active = true where id = %s', [someone])


def test_whose_keys(api, db, worlds):
    client = make(api, worlds, 'skills:write')
    key = secrets.token_hex(8)
    body = {'labels': {'en': worlds['demo'].word()}, 'kind': 'method'}
    tokens = [give(api, client)['secret'],
              bought(api, client, give(api, client, 'secret'))]
    first, again = [api.post('/v1/skills', token=token, json=body, headers={
        'Idempotency-Key': key}).expect(201) for token in tokens]
    assert again.headers['Idempotency-Replayed'] == 'true'
    assert again.content == first.content
    assert db.column('select caller from idempotency_key where key = %s',
                     [key]) == [f'client {client["id"]}']


# Rotation, expiry, revocation: at once, on a connection that is kept, within
# the time for which a worker remembers who is calling.

@pytest.mark.parametrize('kind', ['token', 'secret'])
def test_rotation(api, client, kind):
    def use(made):
        if kind == 'token':
            return people(api, made['secret'])
        return people(api, bearers[made['id']])
    first, second = give(api, client, kind), give(api, client, kind)
    bearers = {} if kind == 'token' else {
        made['id']: bought(api, client, made) for made in (first, second)}
    for made in (first, second, first, second):
        use(made).expect(200)
    ask_credential(api, client, kind).expect(
        409, code='client_credentials_full')
    # Of the other kind there may be two as well.
    other = 'secret' if kind == 'token' else 'token'
    give(api, client, other)
    revoke(api, client, first)
    shut_out(use(first))
    use(second).expect(200)
    third = give(api, client, kind)
    if kind == 'secret':
        bearers[third['id']] = bought(api, client, third)
    use(third).expect(200)
    use(second).expect(200)
    revoke(api, client, first)
    ask_credential(api, client, kind).expect(
        409, code='client_credentials_full')


def test_two_of_a_kind_for_rivals(api, server, document, coverage, client):
    def one(_):
        return ask_credential(
            Api(server, document, coverage), client).status_code
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = sorted(pool.map(one, range(8)))
    assert found == [201, 201] + [409] * 6


def test_expiry(api, clock, client, worlds):
    soon = worlds['demo'].db.one("select to_json(clock() + '1 hour')")
    past = worlds['demo'].db.one("select to_json(clock() - '1 second'"
                                 '::interval)')
    ask_credential(api, client, expires_at=past).expect(
        422, code='credential_expiry_past')
    # No year has five digits, whatever is added to reach UTC.
    last = '9999-12-31T23:59:59.999999Z'
    ask_credential(api, client, expires_at=last.replace('Z', '-00:01')).expect(
        422, code='invalid_body')
    never = give(api, make(api, worlds), expires_at=last)
    assert never['expires_at'] == last
    made = give(api, client, expires_at=soon)
    secret = give(api, client, 'secret', expires_at=soon)
    short = bought(api, client, secret)
    lasting = give(api, client)
    for token in (made['secret'], lasting['secret'], short):
        people(api, token).expect(200)
    ask_credential(api, client).expect(409, code='client_credentials_full')
    clock.advance(minutes=61)
    shut_out(people(api, made['secret']))
    shut_out(people(api, short))
    people(api, lasting['secret']).expect(200)
    # What has expired makes room.
    people(api, give(api, client)['secret']).expect(200)


def test_a_revoked_client(api, worlds, db):
    client = make(api, worlds)
    tokens = [give(api, client)['secret'],
              bought(api, client, give(api, client, 'secret'))]
    for token in tokens:
        people(api, token).expect(200)
    revoke(api, client)
    for token in tokens:
        shut_out(people(api, token))
    listed = api.get(f'/v1/clients/{client["id"]}/credentials',
                     **ADMIN).expect(200).json()['items']
    assert len(listed) == 2 and all(one['revoked_at'] for one in listed)
    assert [event for event, _, _ in events_of(db, client)] == [
        'client.created', 'client.credential_created',
        'client.credential_created', 'client.revoked']
    # Either wall is enough: the client's own mark, or its credentials'.
    db.execute('update machine_credential set revoked_at = null'
               ' where client_id = %s', [client['id']])
    for token in tokens:
        shut_out(people(api, token))
    db.execute('update machine_client set revoked_at = null where id = %s',
               [client['id']])
    for token in tokens:
        people(api, token).expect(200)


def test_a_scope_taken_away(api, worlds):
    client = make(api, worlds, 'people:read', 'skills:read')
    tokens = [give(api, client)['secret'],
              bought(api, client, give(api, client, 'secret'))]
    for token in tokens:
        people(api, token).expect(200)
    api.patch(f'/v1/clients/{client["id"]}', **ADMIN, json={
        'scopes': ['skills:read']}).expect(200)
    for token in tokens:
        people(api, token).expect(403, code='insufficient_scope')
        api.get('/v1/skills?limit=1', token=token).expect(200)


# What is kept

def test_credentials_are_listed_without_secrets(api, db, client):
    made = [give(api, client), give(api, client, 'secret')]
    reply = api.get(f'/v1/clients/{client["id"]}/credentials',
                    **ADMIN).expect(200)
    for one, listed in zip(reversed(made), reply.json()['items']):
        assert one['secret'] not in reply.text
        secretless = {name: value for name, value in one.items()
                      if name not in ('secret', 'client_id')}
        assert listed == secretless
    assert events_of(db, client)[1:] == [
        ('client.credential_created', True,
         {'credential_id': one['id'], 'kind': one['kind']}) for one in made]
    revoke(api, client, made[0])
    revoke(api, client, made[0])
    assert events_of(db, client)[3:] == [
        ('client.credential_revoked', True,
         {'credential_id': made[0]['id'], 'kind': 'token'})]


def test_last_use(api, clock, client):
    secret = give(api, client, 'secret')

    def used():
        """Of the credential, and of its client."""
        path = f'/v1/clients/{client["id"]}'
        one = api.get(path, **ADMIN).json()['last_used_at']
        same = api.get(path + '/credentials', **ADMIN).json()['items'][0]
        assert same['last_used_at'] == one
        return one
    assert used() is None
    bought(api, client, secret)
    first = used()
    assert first is not None
    clock.advance(seconds=30)
    bought(api, client, secret)
    assert used() == first
    clock.advance(seconds=40)
    bought(api, client, secret)
    assert used() > first
    token = give(api, client)
    people(api, token['secret']).expect(200)
    listed = api.get(f'/v1/clients/{client["id"]}/credentials',
                     **ADMIN).json()['items']
    assert listed[0]['id'] == token['id'] and listed[0]['last_used_at']


def everything(db):
    """All of every row of ours, as text; bytes as hex."""
    for table in db.tables():
        for row in db.column(f'select t::text from "{table}" t'):
            yield table, row


def test_only_hashes(api, db, client):
    made = [give(api, client), give(api, client, 'secret')]
    tokens = [one['secret'] for one in made]
    tokens.append(bought(api, client, made[1]))
    people(api, tokens[0]).expect(200)
    people(api, tokens[2]).expect(200)
    words = [part for token in tokens for part in (
        token[4:], token[4:].encode().hex())]
    found = [table for table, row in everything(db)
             if any(word in row for word in words)]
    assert not found
    assert sum(made[0]['id'] in row for _, row in everything(db)) >= 2


def test_no_log_tells(server, api, client):
    """Neither ours, which tells all that it can, nor PostgreSQL's."""
    with api.beside(HEFBOOM_WORKERS=1, HEFBOOM_LOG_LEVEL='debug') as its:
        made = [give(its, client), give(its, client, 'secret')]
        tokens = [one['secret'] for one in made]
        tokens.append(bought(its, client, made[1]))
        for token in (tokens[0], tokens[2]):
            people(its, token).expect(200)
            shut_out(people(its, token[:-4] + 'AAAA'))
        its.post('/oauth/token', as_=None, data='grant_type=x&client_secret='
                 + tokens[1], content_type='application/x-www-form-urlencoded'
                 ).expect(400, 401)
        log = its.server.log()
        assert 'create_client_credential' in log
        assert 'create_access_token' in log
        logs = [log, server.log()] + [
            (server.data / 'data' / 'postgresql.log').read_text()]
        assert not [1 for text in logs for token in tokens
                    if token in text or token[4:40] in text]


# The command line

def test_commands(server, api, worlds, db):
    name = worlds['demo'].word()

    def client(*words, check=True):
        return server.command('client', *words, '--org', 'demo', check=check)
    made = client('create', name, '--scope', 'people:read', '--scope',
                  'groups:write', '--expect-every', 60).stdout.strip()
    kept = api.get(f'/v1/clients/{made}', **ADMIN).expect(200).json()
    assert kept['scopes'] == ['groups:write', 'people:read']
    assert (kept['expect_every_min'], kept['created_by']) == (60, None)
    token = client('token', name.upper(), '--expires', '90d').stdout.strip()
    people(api, token).expect(200)
    lines = dict(line.split('=', 1) for line in
                 client('secret', made).stdout.splitlines())
    assert lines['client_id'] == made
    short = bought(api, kept, {'secret': lines['client_secret']})
    people(api, short).expect(200)
    for there in ('token', 'revoke'):
        result = server.command('client', there, made, '--org', 'other',
                                check=False)
        assert result.returncode == 1 and 'no client' in result.stderr
    listed = [line.split('\t') for line in client('list').stdout.splitlines()]
    assert [made, name, 'groups:write people:read', 'active',
            f'token ...{token[-4:]}, secret ...'
            f'{lines["client_secret"][-4:]}'] in listed
    assert token not in str(listed)
    client('revoke', name, '--credential', token[-4:])
    shut_out(people(api, token))
    people(api, short).expect(200)
    client('revoke', name)
    shut_out(people(api, short))
    assert db.column('select event from outbox where object_id = %s'
                     ' and actor_id is null order by id', [made]) == [
        'client.created', 'client.credential_created',
        'client.credential_created', 'client.credential_revoked',
        'client.revoked']
    expires, = [one['expires_at'] for one in api.get(
        f'/v1/clients/{made}/credentials', **ADMIN).json()['items']
        if one['kind'] == 'token']
    assert db.one("select %s::timestamptz - clock() between '89 days' and"
                  " '90 days'", [expires])


@pytest.mark.parametrize('words, sentence, status', [
    (['create', 'a', '--org', 'demo'], '--scope must say', 2),
    (['create', 'a', '--org', 'demo', '--scope', 'x'],
     'there is no scope x; the scopes are people:read, ', 2),
    (['create', 'a', '--scope', 'people:read'], '--org must name', 1),
    (['create', 'a', '--scope', 'people:read', '--org', 'none'],
     'no organisation none', 1),
    (['create', 'a', '--scope', 'people:read', '--org', 'demo',
      '--expect-every', 'x'], '--expect-every must be minutes', 2),
    (['create', 'twice', '--scope', 'people:read', '--org', 'demo'],
     'Another client has this name', 1),
    (['token', 'nobody', '--org', 'demo'], 'no client nobody', 1),
    (['token', 'twice', '--org', 'demo', '--expires', 'soon'],
     '--expires must be like', 2),
    (['revoke', 'twice', '--org', 'demo', '--credential', 'none'],
     'not one valid credential', 1)])
def test_commands_that_fail(server, words, sentence, status):
    server.command('client', 'create', 'twice', '--org', 'demo', '--scope',
                   'people:read', check=False)
    result = server.command('client', *words, check=False)
    assert result.returncode == status, result.stderr
    assert result.stdout == '' and sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_third_by_command(server, worlds):
    name = worlds['demo'].word()
    server.command('client', 'create', name, '--org', 'demo', '--scope',
                   'people:read')
    for _ in range(2):
        server.command('client', 'token', name, '--org', 'demo')
    result = server.command('client', 'token', name, '--org', 'demo',
                            check=False)
    assert result.returncode == 1 and not result.stdout
    assert 'two credentials of this kind' in result.stderr
    assert 'hefboom client create' in server.command(
        'help', 'client', 'create').stdout
