"""Lists (RFC 7644, 3.4.2): pages with exact totals, what one wants to see of
each resource (3.9), and the same by POST (3.4.3).

Mutations: a total of the page; a page that begins one too late; an order that
is not total; `count` without its limit; `count=0` taken for none; a negative
one refused; `attributes` that leaves `id` out, or needs the case; a
`.search` at the root that finds only users; a startIndex beyond what SQL can
add up.
"""

import pytest

from .client import (ENTERPRISE, GROUP, LIST, SEARCH, USER, word)

PEOPLE = 230


@pytest.fixture(scope='module')
def people(scim, csv_many):
    """Ids of everybody, and two groups."""
    ids = csv_many(PEOPLE - 2)
    ids += [scim.user(
        userName=name, title='Tour Guide', displayName=name,
        name={'givenName': 'A', 'familyName': 'B', 'middleName': 'C'},
        emails=[{'value': f'{name}@example.com', 'type': 'work'},
                {'value': f'{name}@home.test', 'type': 'home'}],
        **{ENTERPRISE: {'employeeNumber': name, 'costCenter': '1'}}
    )['id'] for name in ('alpha', 'beta')]
    return ids


@pytest.fixture(scope='module')
def groups(scim, people):
    return [scim.group(people[-1], displayName=name)['id']
            for name in ('Blue', 'Red')]


@pytest.fixture(scope='module')
def csv_many(db, scim):
    def insert(count):
        return db.column(
            'insert into person (org_id, id, user_name, display_name)'
            ' select o.id, uuid7(), \'many-\' || n, \'Many \' || n'
            ' from organisation o, generate_series(1, %s) n'
            ' where o.name = %s returning id::text', [count, scim.org])
    return insert


def page(scim, **params):
    return scim.get('/Users', params=params).expect(200).json()


@pytest.mark.parametrize('path', ['/Users', '/Groups'])
def test_nobody(empty, path):
    body = empty.get(path).expect(200).json()
    assert body == {'schemas': [LIST], 'totalResults': 0, 'startIndex': 1,
                    'itemsPerPage': 0, 'Resources': []}


@pytest.mark.parametrize('params, first, size', [
    ({}, 1, 100),
    ({'count': 10}, 1, 10),
    ({'startIndex': 1, 'count': 10}, 1, 10),
    ({'startIndex': 221, 'count': 10}, 221, 10),
    ({'startIndex': 226, 'count': 10}, 226, 5),
    ({'startIndex': 230, 'count': 10}, 230, 1),
    ({'startIndex': 231, 'count': 10}, 231, 0),
    ({'startIndex': 100000, 'count': 10}, 100000, 0),
    ({'startIndex': 0, 'count': 3}, 1, 3),
    ({'startIndex': -5, 'count': 3}, 1, 3),
    ({'count': 0}, 1, 0),
    ({'count': -1}, 1, 0),
    ({'count': 200}, 1, 200),
    ({'count': 201}, 1, 200),
    ({'count': 1000000}, 1, 200),
    ({'startIndex': 31, 'count': 200}, 31, 200),
    ({'startIndex': 32, 'count': 200}, 32, 199),
], ids=str)
def test_pages(scim, people, params, first, size):
    body = page(scim, **params)
    assert body['totalResults'] == PEOPLE
    assert len(body['Resources']) == body['itemsPerPage'] == size
    # RFC 7644, 3.4.2.4: less than 1 is interpreted as 1.
    assert body['startIndex'] == first


@pytest.mark.parametrize('name', ['count', 'startIndex'])
@pytest.mark.parametrize('value', [
    '', 'x', '1.5', '1e3', '99999999999999999999', '0x10', '1 or 1=1'])
def test_what_is_no_number(scim, people, name, value):
    answer = scim.get('/Users', params={name: value}).expect(200, 400)
    assert answer.status == 400 or answer.json()['totalResults'] == PEOPLE
    assert answer.status == 200 or answer.type in (None, 'invalidValue',
                                                   'invalidSyntax')


@pytest.mark.parametrize('path', ['', '/Users', '/Groups'])
def test_a_page_at_the_end_of_all_numbers(empty, path):
    """As text, which a .search takes for a number where a name is in another
    case than the document's."""
    empty.user()
    body = empty.post(f'{path}/.search', {
        'schemas': [SEARCH], 'startindex': str(2 ** 63 - 1), 'count': 200,
    }).expect(200).json()
    assert body['Resources'] == []


@pytest.mark.parametrize('count', [7, 50, 100, 200])
def test_everybody_exactly_once(scim, people, count):
    found, first = [], 1
    while first <= PEOPLE:
        body = page(scim, startIndex=first, count=count)
        assert body['totalResults'] == PEOPLE and body['Resources']
        found += [one['id'] for one in body['Resources']]
        first += len(body['Resources'])
    assert sorted(found) == sorted(people)


def test_names_of_parameters_as_they_are_sent(scim, people):
    """Okta: GET /Users?startIndex=1&count=2, and with a filter."""
    body = page(scim, filter='userName sw "many-1"', startIndex=3, count=2)
    exact = len([n for n in range(1, PEOPLE - 1) if str(n)[0] == '1'])
    assert body['totalResults'] == exact
    assert body['itemsPerPage'] == 2


def test_totals_follow_who_comes_and_goes(empty, csv):
    def total(filter=None):
        params = {'count': 0, **({'filter': filter} if filter else {})}
        return empty.get('/Users', params=params).expect(
            200).json()['totalResults']
    first = empty.user()
    csv(empty)
    assert total() == 2
    empty.post('/Users', {'schemas': [USER],
                          'userName': first['userName']}).expect(409)
    assert total() == 2
    empty.patch(f'/Users/{first["id"]}', {
        'op': 'replace', 'value': {'active': False}}).expect(204)
    assert total() == 2 and total('active eq true') == 1
    empty.delete(f'/Users/{first["id"]}').expect(204)
    assert total() == 1 and total('active eq false') == 0
    empty.user(userName=first['userName'])
    assert total() == 2


# What one wants to see of it

ALWAYS = {'schemas', 'id'}
SEEN = [
    ({'attributes': 'userName'}, {'userName'}),
    ({'attributes': 'username'}, {'userName'}),
    ({'attributes': 'userName,title'}, {'userName', 'title'}),
    ({'attributes': ' userName , title '}, {'userName', 'title'}),
    ({'attributes': f'{USER}:userName'}, {'userName'}),
    ({'attributes': f'{ENTERPRISE}:employeeNumber'}, {ENTERPRISE}),
    ({'attributes': ENTERPRISE}, {ENTERPRISE}),
    ({'attributes': 'emails'}, {'emails'}),
    ({'attributes': 'emails.value'}, {'emails'}),
    ({'attributes': 'name.givenName'}, {'name'}),
    ({'attributes': 'meta'}, {'meta'}),
    ({'attributes': 'meta.location'}, {'meta'}),
    ({'attributes': 'groups'}, {'groups'}),
    ({'attributes': 'active'}, {'active'}),
    ({'attributes': 'nothing'}, set()),
    ({'attributes': 'id'}, set()),
    ({'attributes': 'nickName'}, set()),
    ({'excludedAttributes': 'emails,name,groups,meta,active,displayName'},
     {'userName', 'title', ENTERPRISE}),
    ({'excludedAttributes': f'{ENTERPRISE},EMAILS,name,groups,meta,active,'
                            'displayName,title'}, {'userName'}),
    # `id` is always returned, whatever is excluded.
    ({'excludedAttributes': f'id,schemas,{ENTERPRISE},emails,name,groups,'
                            'meta,active,displayName,title'}, {'userName'}),
]


@pytest.mark.parametrize('params, names', SEEN, ids=[str(one[0])
                                                     for one in SEEN])
def test_attributes(scim, people, groups, params, names):
    one = scim.get(f'/Users/{people[-1]}', params=params).expect(200).json()
    assert set(one) == ALWAYS | names
    assert one['id'] == people[-1]
    listed = page(scim, filter='userName eq "beta"', **params)
    assert listed['Resources'] == [one]
    found = scim.post('/Users/.search', {
        'schemas': [SEARCH], 'filter': 'userName eq "beta"',
        **{name: [each.strip() for each in value.split(',')]
           for name, value in params.items()}}).expect(200).json()
    assert found['Resources'] == [one]


def test_parts_of_attributes(scim, people):
    path = f'/Users/{people[-1]}'

    def seen(**params):
        return scim.get(path, params=params).expect(200).json()
    assert seen(attributes='emails.type')['emails'] == [
        {'type': 'work'}, {'type': 'home'}]
    assert seen(attributes='name.givenName')['name'] == {'givenName': 'A'}
    assert seen(excludedAttributes='name.givenName')['name'] == {
        'familyName': 'B', 'middleName': 'C'}
    assert seen(attributes=f'{ENTERPRISE}:costCenter')[ENTERPRISE] == {
        'costCenter': '1'}
    assert set(seen(excludedAttributes='meta.version')['meta']) == {
        'resourceType', 'created', 'lastModified', 'location'}


def test_attributes_of_what_is_made(scim, people):
    """RFC 7644, 3.9: also of POST and PUT."""
    body = {'schemas': [USER], 'userName': word(), 'title': 'x'}
    made = scim.post('/Users', body, params={
        'attributes': 'title'}).expect(201)
    assert set(made.json()) == {'schemas', 'id', 'title'}
    assert made.headers['Location'].endswith(made.json()['id'])
    path = f'/Users/{made.json()["id"]}'
    assert 'title' not in scim.put(path, body, params={
        'excludedAttributes': 'title'}).expect(200).json()
    scim.delete(path).expect(204)


# RFC 7644, 3.4.3: by POST

def search(scim, path, **body):
    return scim.post(f'{path}/.search', {'schemas': [SEARCH], **body}).expect(
        200).json()


def test_search_for_users(scim, people):
    body = search(scim, '/Users', filter='title eq "Tour Guide"',
                  startIndex=1, count=10)
    assert {one['userName'] for one in body['Resources']} == {
        'alpha', 'beta'}
    assert body['totalResults'] == 2 and body['startIndex'] == 1


@pytest.mark.parametrize('params', [
    {}, {'count': 0}, {'count': 3}, {'startIndex': 229, 'count': 10},
    {'startIndex': -1, 'count': 2}, {'count': 500}, {'count': -3}], ids=str)
def test_search_is_what_get_is(scim, people, params):
    assert search(scim, '/Users', **params) == page(scim, **params)


def test_figure_3_4_3_search_at_the_root(scim, people, groups):
    """Users and groups in one list."""
    body = search(scim, '', attributes=['displayName', 'userName'],
                  filter='displayName sw "b"', startIndex=1, count=10)
    kinds = {(one.get('userName'), one['displayName'], *one['schemas'])
             for one in body['Resources']}
    assert (None, 'Blue', GROUP) in kinds
    assert any(one[:2] == ('beta', 'beta') for one in kinds)
    assert body['totalResults'] == 2


def test_everything_of_the_root_exactly_once(scim, people, groups):
    found, first = [], 1
    while True:
        body = search(scim, '', startIndex=first, count=90)
        assert body['totalResults'] == PEOPLE + 2
        found += [one['id'] for one in body['Resources']]
        first += body['itemsPerPage']
        if not body['Resources']:
            break
    assert sorted(found) == sorted(people + groups)


def test_search_at_the_root_by_kind(scim, people, groups):
    body = search(scim, '', filter='meta.resourceType eq "Group"')
    assert {one['id'] for one in body['Resources']} == set(groups)
    body = search(scim, '', filter='meta.resourceType eq "User"', count=0)
    assert body['totalResults'] == PEOPLE


def test_search_for_groups_without_members(scim, people, groups):
    body = search(scim, '/Groups', excludedAttributes=['members'])
    assert {one['id'] for one in body['Resources']} == set(groups)
    assert all('members' not in one for one in body['Resources'])


@pytest.mark.parametrize('path', ['', '/Users', '/Groups'])
@pytest.mark.parametrize('body', [
    [], 'x', {'schemas': [SEARCH], 'filter': 1},
    {'schemas': [SEARCH], 'filter': 'userName is'},
    {'schemas': [SEARCH], 'count': 'many'},
    {'schemas': [SEARCH], 'startIndex': {}},
    {'schemas': [SEARCH], 'attributes': {'a': 1}},
    {'schemas': [SEARCH], 'attributes': [1]}], ids=str)
def test_what_is_no_search(scim, people, path, body):
    scim.post(f'{path}/.search', body).expect(400)


@pytest.mark.parametrize('params', [
    {'sortBy': 'userName'}, {'sortBy': 'userName',
                             'sortOrder': 'descending'}])
def test_sort_is_not_advertised_and_does_no_harm(scim, people, params):
    body = page(scim, **params)
    assert body['totalResults'] == PEOPLE


def test_parameters_that_nobody_knows(scim, people):
    assert page(scim, favourite='blue')['totalResults'] == PEOPLE
