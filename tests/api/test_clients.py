"""Machine clients: made by an admin, shown their secret once, refused at once.

Mutations: named beside each test that is written for them.
"""

import pytest

ADMIN = {'as_': 'els', 'roles': ['admin']}


@pytest.fixture
def client(api, worlds):
    """A new client that may read people, as JSON."""
    return make(api, worlds)


def make(api, worlds, *scopes, org='demo', **more):
    return api.post('/v1/clients', **ADMIN, org=org, json={
        'name': worlds[org].word(), 'scopes': scopes or ['people:read'],
        **more}).expect(201).json()


def credential(api, client, kind='token', org='demo', **more):
    return api.post(f'/v1/clients/{client["id"]}/credentials', **ADMIN,
                    org=org, json={'kind': kind, **more}).expect(201).json()


def people(api, token, **rest):
    return api.get('/v1/people?limit=1', token=token, **rest)


def test_a_pasted_token_works(api, client):
    made = credential(api, client)
    assert made['secret'].startswith('hfb_') and len(made['secret']) == 47
    assert made['hint'] == made['secret'][-4:]
    for _ in range(3):
        people(api, made['secret']).expect(200)
