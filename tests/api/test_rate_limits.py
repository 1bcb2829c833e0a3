"""Rates (bucket.h): how often a person, and a machine client, may ask.

Mutations: the step left out; put behind the one for roles, behind the one for
keys; one bucket for everybody, or for machines of one name; a table for each
worker; a token bought from another bucket than it is used from; people counted
with the clients' quota; Retry-After as the whole window; a failure that is not
counted; a look-up in spite of failures; one bucket of failures for all
addresses; tokens and Bulk for nothing.
"""

import concurrent.futures
import contextlib
import re
import time

import pytest

from harness import baked

POLICY = re.compile(r'"(person|client)";q=(\d+);w=60')
LEFT = re.compile(r'"(person|client)";r=(\d+);t=(\d+)')


@pytest.fixture
def limited(api):
    """limited(rate_person=5): an Api; each has buckets of its own."""
    with contextlib.ExitStack() as started:
        yield lambda **rates: started.enter_context(api.beside(**{
            f'HEFBOOM_{name.upper()}': value for name, value in
            rates.items()}))


def left(reply):
    """(policy, quota, remaining, seconds until all is there again)"""
    policy = POLICY.fullmatch(reply.headers['RateLimit-Policy'])
    now = LEFT.fullmatch(reply.headers['RateLimit'])
    assert policy and now, reply.headers.items()
    assert policy[1] == now[1]
    return policy[1], int(policy[2]), int(now[2]), int(now[3])


def test_a_person(limited):
    api = limited(rate_person=6)
    replies = [api.get('/v1/me') for _ in range(8)]
    assert [reply.status_code for reply in replies] == [200] * 6 + [429] * 2
    assert [left(reply)[2] for reply in replies] == [5, 4, 3, 2, 1, 0, 0, 0]
    assert left(replies[0])[:2] == ('person', 6)
    assert 1 <= left(replies[0])[3] <= 10
    refused = replies[-1].expect(429, code='too_many_requests')
    assert 1 <= int(refused.headers['Retry-After']) <= 10
    assert refused.headers['Cache-Control'] == 'no-store'
    # Another person has a quota of their own.
    api.get('/v1/me', as_='hilde').expect(200)


@pytest.mark.parametrize('language', ['nl', 'fr', 'de'])
def test_in_four_languages(limited, document, language):
    api = limited(rate_person=1)
    api.get('/v1/me')
    reply = api.get('/v1/me', headers={'Accept-Language': language})
    reply.expect(429, code='too_many_requests')
    assert reply.json()['title'] == document.problems[
        'too_many_requests']['title'][language]


def test_after_retry_after(limited):
    """One more is there every five seconds."""
    api = limited(rate_person=12)
    for _ in range(12):
        api.get('/v1/me').expect(200)
    refused = api.get('/v1/me').expect(429)
    time.sleep(int(refused.headers['Retry-After']))
    api.get('/v1/me').expect(200)
    api.get('/v1/me').expect(429)


def test_workers_share(limited):
    """Connections of two workers, one quota."""
    api = limited(rate_person=40, workers=2)
    assert len(api.server.workers()) == 2
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(
            lambda _: api.get('/v1/me').status_code, range(120)))
    more = 1 + (time.monotonic() - began) * 40 / 60
    assert 40 <= statuses.count(200) <= 40 + more, statuses
    assert statuses.count(429) == 120 - statuses.count(200)


def test_a_crash_forgives_nothing(limited):
    api = limited(rate_person=2)
    for _ in range(2):
        api.get('/v1/me').expect(200)
    api.server.kill_workers()
    api.get('/v1/me').expect(429)


def test_what_counts(limited, call):
    """Whatever was asked by somebody we know: refused, repeated or not."""
    api = limited(rate_person=6)
    one = call('create_skill')
    for _ in range(2):
        one.send(api, as_='els', headers={'Idempotency-Key': 'again'}
                 ).expect(201)
    api.get('/v1/people?limit=0').expect(400)
    api.get('/v1/clients').expect(403)
    api.patch('/v1/me', json={'id': 'x'}).expect(422)
    # Not: what is nobody's, and what is no operation.
    for _ in range(10):
        api.get('/v1/nothing').expect(404)
        api.get('/v1/me', as_=None).expect(401)
        api.get('/v1/me', token='a.b.c').expect(401)
        api.call('OPTIONS', '/v1/me').expect(204)
        for path in ('/healthz', '/readyz', '/problems/not_found'):
            reply = api.get(path).expect(200)
            assert reply.headers['RateLimit'] is None
    assert left(api.get('/v1/me').expect(200))[2] == 0


def test_machine_clients(limited, server):
    api = limited(rate_person=1, rate_client=3)
    users = '/scim/v2/Users?count=1'
    for name in ('rate one', 'rate two'):
        token = server.command(
            'token', '--org', 'demo', '--client', name,
            '--scope', 'people:write').stdout.strip()
        statuses = [api.get(users, token=token) for _ in range(4)]
        assert [one.status_code for one in statuses] == [200] * 3 + [429]
        assert left(statuses[0])[:2] == ('client', 3)
        # SCIM's dialect.
        statuses[-1].expect(429, code='too_many_requests')


def test_machines_of_one_name(limited, server):
    """Whatever other organisations call theirs."""
    api = limited(rate_client=3)
    tokens = [server.command(
        'token', '--org', org, '--client', 'rate same', '--scope',
        'people:write').stdout.strip() for org in ('demo', 'other')]
    statuses = [[api.get('/scim/v2/Users?count=1', token=token).status_code
                 for _ in range(4)] for token in tokens]
    assert statuses == [[200] * 3 + [429]] * 2


def test_a_managed_client(limited, server):
    server.command('client', 'create', 'rated', '--org', 'demo',
                   '--scope', 'people:read')
    tokens = [server.command('client', 'token', 'rated', '--org', 'demo'
                             ).stdout.split()[-1] for _ in range(2)]
    api = limited(rate_client=3)
    # Two tokens of one client are one caller.
    statuses = [api.get('/scim/v2/Users?count=1', token=tokens[i % 2]
                        ).status_code for i in range(5)]
    assert statuses == [200] * 3 + [429] * 2


def test_oauth_tokens_are_counted(limited, call):
    api = limited(rate_client=2)
    one = call('create_access_token')
    statuses = [one.send(api).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    refused = one.send(api).expect(429, code='too_many_requests')
    assert left(refused)[:2] == ('client', 2)


def test_a_token_and_its_use_are_one_callers(limited, call):
    api = limited(rate_client=2)
    one = call('create_access_token')
    token = one.send(api).expect(200).json()['access_token']
    users = '/scim/v2/Users?count=1'
    assert left(api.get(users, token=token))[2] == 0
    one.send(api).expect(429)


def failed(reply):
    assert re.fullmatch('"failed";q=5;w=60',
                        reply.headers['RateLimit-Policy'])
    assert 1 <= int(reply.headers['Retry-After']) <= 60


def test_failures_of_an_address(limited, server):
    api = limited(rate_failed=5)
    spare = server.command('token', '--org', 'demo', '--person', 'els',
                           '--role', 'member').stdout.strip()
    api.get('/v1/me').expect(200)
    for i in range(5):
        api.get('/v1/me', token=f'a.b.{i}').expect(401, code='invalid_token')
    failed(api.get('/v1/me', token='a.b.c').expect(
        429, code='too_many_requests'))
    # Nobody is locked out by it: known before or not.
    api.get('/v1/me').expect(200)
    api.get('/v1/me', token=spare).expect(200)
    # Who says nothing of himself has not failed.
    api.get('/v1/me', as_=None).expect(401, code='unauthenticated')


def ask_badly(api, number, client):
    return api.get('/v1/me', token=f'a.b.{number}', headers={
        'X-Forwarded-For': client})


def test_another_address_has_not_failed(limited):
    """Behind a proxy that is believed: each client's is its own."""
    api = limited(rate_failed=5, trusted_proxies='127.0.0.1')
    for i in range(5):
        ask_badly(api, i, '192.0.2.1').expect(401)
    failed(ask_badly(api, 5, '192.0.2.1').expect(429))
    for client in ('192.0.2.2', '2001:db8::1'):
        ask_badly(api, 6, client).expect(401, code='invalid_token')
    failed(ask_badly(api, 7, '192.0.2.1').expect(429))


def test_an_address_that_is_only_said_helps_nobody(limited):
    api = limited(rate_failed=5)
    for i in range(5):
        ask_badly(api, i, f'192.0.2.{i}').expect(401)
    failed(ask_badly(api, 5, '192.0.2.9').expect(429))


def test_a_secret_is_not_looked_up(limited, server):
    """Behind a failing address even a right one is refused, until it is
    known."""
    server.command('client', 'create', 'guessed', '--org', 'demo',
                   '--scope', 'people:read')
    right = [server.command('client', 'token', 'guessed', '--org', 'demo'
                            ).stdout.split()[-1] for _ in range(2)]
    users = '/scim/v2/Users?count=1'
    api = limited(rate_failed=5, workers=1)
    api.get(users, token=right[0]).expect(200)
    for i in range(5):
        api.get(users, token='hfb_' + 'x' * 40 + str(i)).expect(401)
    failed(api.get(users, token=right[1]).expect(429))
    api.get(users, token=right[0]).expect(200)


def test_wrong_client_secrets(limited, call):
    api = limited(rate_failed=5)
    for i in range(5):
        reply = api.call('POST', '/oauth/token', as_=None,
            headers={'Content-Type': 'application/x-www-form-urlencoded'},
            data='grant_type=client_credentials&client_id=x'
                 f'&client_secret=wrong{i}')
        assert reply.status_code == 401
        assert reply.json()['error'] == 'invalid_client'
    failed(call('create_access_token').send(api).expect(
        429, code='too_many_requests'))


def test_bulk_counts_its_operations(limited, server):
    token = server.command(
        'token', '--org', 'demo', '--client', 'rate bulk',
        '--scope', 'people:write').stdout.strip()
    api = limited(rate_client=10)

    def bulk(count):
        return api.call('POST', '/scim/v2/Bulk', token=token, json={
            'schemas': ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
            'Operations': [{'method': 'DELETE', 'path':
                            f'/Users/00000000-0000-4000-8000-00000000000{i}'}
                           for i in range(count)]})
    reply = bulk(6).expect(200)
    assert left(reply)[2] == 4
    # It takes one for itself, and has not begun.
    refused = bulk(6).expect(429, code='too_many_requests')
    assert left(refused)[2] == 3
    bulk(3).expect(200)
    bulk(1).expect(429)


def test_off(limited):
    api = limited(rate_person=0)
    reply = api.get('/v1/me').expect(200)
    assert reply.headers['RateLimit'] is None
    assert reply.headers['RateLimit-Policy'] is None


def test_by_default_there_is_room(api):
    policy, quota, _, _ = left(api.get('/v1/me').expect(200))
    assert (policy, quota) == ('person', 1200000)


@pytest.fixture(scope='module')
def spent(api):
    with api.beside(HEFBOOM_RATE_PERSON=1, HEFBOOM_RATE_CLIENT=1) as other:
        yield other


@pytest.mark.parametrize('name', baked.operation_ids())
def test_every_operation(name, document, call, spent):
    """Who has nothing left is refused by each, in its dialect; what is open
    to everybody is not counted."""
    one = call(name)
    operation = document.operations[name]
    replies = [one.send(spent) for _ in range(2)]
    if operation.open and name != 'create_access_token':
        assert all(reply.status_code != 429 for reply in replies)
    else:
        replies[1].expect(429, code='too_many_requests')
