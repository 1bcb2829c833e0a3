"""Who a new user is already: only who has its external id, user name or
e-mail, and whoever else there is stays what they are.

Mutations: scim_matches compares an external id with that user's own document;
scim_add_user makes a user in no team when the department is new; it adds one
whose external id somebody has; a read by the user name instead of the id.
"""

from .client import ENTERPRISE, USER, word


def new(**more):
    return {'schemas': [USER], 'userName': word('match'), **more}


def test_who_left_is_not_whoever_comes(empty):
    gone = empty.post('/Users', new(externalId='gone')).expect(201).json()
    idle = empty.post('/Users', new(externalId='idle',
                                    active=False)).expect(201).json()
    empty.delete(f'/Users/{gone["id"]}').expect(204)
    other = empty.post('/Users', new(externalId='other')).expect(201).json()
    assert other['id'] not in (gone['id'], idle['id'])
    assert empty.read(idle)['active'] is False
    empty.get(f'/Users/{gone["id"]}').expect(404)
    again = empty.post('/Users', new(externalId='gone')).expect(201).json()
    assert again['id'] == gone['id']


def test_a_user_name_in_another_case(empty):
    body = new(externalId='one')
    first = empty.post('/Users', body).expect(201).json()
    empty.post('/Users', {**body, 'userName': body['userName'].upper(),
                          'externalId': 'two'}).expect(409, type='uniqueness')
    empty.delete(f'/Users/{first["id"]}').expect(204)
    other = empty.post('/Users', {**body, 'externalId': 'three'})
    other = other.expect(201).json()
    assert other['id'] != first['id']
    second = empty.post('/Users', {**body, 'userName': body['userName'] + '2'})
    assert second.expect(201).json()['id'] == first['id']
    found = empty.find(f'userName eq "{body["userName"].upper()}"')
    assert [one['id'] for one in found] == [other['id']]
    assert empty.find('userName eq "nobody"') == []


def test_a_department_is_made_once(empty, db):
    for _ in range(3):
        empty.user(**{ENTERPRISE: {'department': 'Brand New'}})
    assert db.one(
        'select count(*) from team t join organisation o on o.id = t.org_id'
        " where o.name = %s and t.name = 'Brand New'", [empty.org]) == 1
    assert db.one(
        'select count(*) from employment e join team t on t.org_id = e.org_id'
        ' and t.id = e.team_id join organisation o on o.id = t.org_id'
        " where o.name = %s and t.name = 'Brand New'", [empty.org]) == 3


def test_two_with_one_external_id(empty):
    """By it both are found; a page of one of them says that there are two."""
    first = empty.user(externalId='both')
    second = empty.post('/Users', new(externalId='both')).expect(201).json()
    assert first['id'] != second['id']
    found = empty.find('externalId eq "both"', count=1)
    assert [one['id'] for one in found] == sorted([first['id'], second['id']])


def test_another_organisation_is_far(empty, scim):
    mine = empty.user(externalId='same', userName='same@example.org')
    other = scim.user(externalId='same', userName='same@example.org')
    assert mine['id'] != other['id']
    assert [one['id'] for one in empty.find('externalId eq "same"')] == [
        mine['id']]
    assert [one['id'] for one in scim.find('userName eq "SAME@example.org"')
            ] == [other['id']]
