"""Okta's "SCIM 2.0 SPEC test", step by step in its order and with its headers,
then its CRUD test as the requests that it makes Okta send.

One user is there before, with the attributes that the first step asks for.

Mutations: an empty list without totalResults; 404 for a filter that finds
nobody; a 401 or 404 as application/problem+json; userName by case; a JSON
body refused that is called application/json.
"""

import time

import pytest

from .client import ERROR, LIST, USER, holds, word
from .conftest import pasted
from .examples import okta

GET = {'Accept-Charset': 'utf-8', 'Accept': 'application/scim+json',
       'Content-Type': 'application/scim+json; charset=utf-8',
       'User-Agent': 'OKTA SCIM Integration'}
POST = {'Content-Type': 'application/json',
        'Accept': 'application/scim+json; charset=utf-8'}


@pytest.fixture(scope='module')
def scim(scim):
    return pasted(scim, 'Okta')


@pytest.fixture(scope='module')
def there(scim):
    return scim.post('/Users', okta('there@atko.com')).expect(201).json()


@pytest.fixture(scope='module')
def random():
    """Its variables."""
    first, last = 'Runscope' + word('')[1:], 'Xabcdefgh' + word('')[1:]
    return {'given': first, 'family': last, 'mail': f'{first}{last}@atko.com'}


def body(random):
    return {'schemas': [USER], 'userName': random['mail'],
            'name': {'givenName': random['given'],
                     'familyName': random['family']},
            'emails': [{'primary': True, 'value': random['mail'],
                        'type': 'work'}],
            'displayName': f'{random["given"]} {random["family"]}',
            'active': True}


def test_01_users_endpoint(scim, there):
    found = scim.get('/Users?count=1&startIndex=1', headers=GET).expect(
        200).json()
    assert found['schemas'] == [LIST] and found['Resources']
    one = found['Resources'][0]
    assert one['id'] and one['name']['familyName'] and one['userName']
    assert one['name']['givenName'] and one['emails'][0]['value']
    assert one['active'] is True


def test_02_one_user(scim, there):
    one = scim.get(f'/Users/{there["id"]}', headers=GET).expect(200).json()
    assert one['id'] == there['id'] and one['emails'][0]['value']


def by_name(scim, name, status=200):
    return scim.get(f'/Users?filter=userName eq "{name}"',
                    headers=GET).expect(status).json()


def test_03_an_unknown_user_name(scim, there):
    found = by_name(scim, 'abcdefgh@atko.com')
    assert found['schemas'] == [LIST] and found['totalResults'] == 0
    assert found['Resources'] == []


def test_04_an_unknown_id(scim, there):
    found = scim.get('/Users/010101001010101011001010101011',
                     headers=GET).expect(404).json()
    assert found['detail'] and found['schemas'] == [ERROR]


def test_05_to_09_a_new_user(scim, there, random):
    assert by_name(scim, random['mail'])['totalResults'] == 0
    sent = body(random)
    made = scim.post('/Users', sent, headers=POST).expect(201).json()
    assert holds(made, sent) and made['id']
    read = scim.get(f'/Users/{made["id"]}', headers=GET).expect(200).json()
    assert holds(read, sent)
    scim.post('/Users', sent, headers=POST).expect(409)
    found = by_name(scim, random['mail'].upper())
    assert [one['id'] for one in found['Resources']] == [made['id']]


def test_10_groups_in_600_ms(scim, there):
    """The best of several: the machine may have other things to do."""
    took = []
    for _ in range(10):
        start = time.monotonic()
        scim.get('/Groups', headers=GET).expect(200)
        took.append(time.monotonic() - start)
        if took[-1] < 0.6:
            break
    assert min(took) < 0.6


def test_11_without_a_token(scim, there, random):
    found = by_name(scim.other(token=None), random['mail'].upper(), 401)
    assert found['status'] == '401' and found['detail']
    assert found['schemas'] == [ERROR]


def test_12_404(scim, there):
    found = scim.get('/Users/00919288221112222', headers=GET).expect(
        404).json()
    assert found['status'] == '404' and found['detail']
    assert found['schemas'] == [ERROR]


@pytest.mark.parametrize('method', ['PATCH', 'PUT'])
def test_crud(scim, method):
    """Assigned, renamed, deactivated, assigned again, taken away."""
    name = word('crud') + '@atko.com'
    found = scim.get('/Users', params={
        'filter': f'userName eq "{name}"', 'startIndex': 1,
        'count': 100}).expect(200).json()
    assert found['totalResults'] == 0
    sent = okta(name, 'First', 'Last')
    made = scim.post('/Users', sent, headers=POST).expect(201).json()
    path = f'/Users/{made["id"]}'

    def change(**values):
        if method == 'PUT':
            now = scim.get(path).expect(200).json()
            scim.put(path, {**now, **values}, headers=POST).expect(200)
        else:
            scim.patch(path, {'op': 'replace', 'value': values},
                       headers=POST).expect(200, 204)
        return scim.read(made)
    now = change(name={'givenName': 'Changed', 'familyName': 'Last'})
    assert now['name']['givenName'] == 'Changed'
    assert change(active=False)['active'] is False
    found = by_name(scim, name)
    assert found['totalResults'] == 1
    assert found['Resources'][0]['active'] is False
    assert change(active=True)['active'] is True
    assert change(active=False)['active'] is False
    assert scim.read(made)['id'] == made['id']


def test_import_of_all_users(scim):
    """Pages of 100 by startIndex until totalResults are there."""
    for index in range(103):
        scim.user()
    total, found, first = None, [], 1
    while total is None or first <= total:
        page = scim.get(f'/Users?startIndex={first}&count=100',
                        headers=GET).expect(200).json()
        total, first = page['totalResults'], first + 100
        found += [one['id'] for one in page['Resources']]
    assert len(found) == len(set(found)) == total > 103
