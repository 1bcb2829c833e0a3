"""PATCH and PUT as Okta sends them ("SCIM 2.0 protocol reference"): apps of
the catalogue use PATCH for `active` and for groups, and PUT for the rest;
apps of the integration wizard use PUT for everything.

Mutations: a value without a path ignored; `id` among a value's members
refused; a group's PUT that keeps its members; a PUT with `groups` or
`password` refused; a profile's PUT that forgets what it does not map.
"""

import pytest

from .client import GROUP, holds, plain, word
from .examples import okta
from .test_patch_rfc import op


@pytest.fixture
def user(scim):
    return scim.post('/Users', okta(
        word('test.user') + '@okta.local')).expect(201).json()


def test_create(scim, user):
    sent = okta(user['userName'])
    for name in ('groups', 'password'):
        sent.pop(name)
    assert holds(user, sent) and 'password' not in user


@pytest.mark.parametrize('value', [False, 'false'])
def test_deactivate_and_activate(scim, user, value):
    path = f'/Users/{user["id"]}'
    scim.patch(path, op('replace', value={'active': value})).expect(200, 204)
    assert scim.read(user)['active'] is False
    scim.patch(path, op('replace', value={'active': True})).expect(200, 204)
    assert plain(scim.read(user)) == plain(user)


def test_the_password_is_taken_and_forgotten(scim, user):
    path = f'/Users/{user["id"]}'
    scim.patch(path, op('replace', value={'password': 'x1!'})).expect(204)
    assert scim.read(user) == user


def test_put_the_whole_user(scim, user):
    """Read, one attribute changed, everything put back."""
    body = scim.read(user)
    body['name'] = {'givenName': 'Another', 'middleName': 'Excited',
                    'familyName': 'User'}
    body['groups'] = []
    found = scim.put(f'/Users/{user["id"]}', body).expect(200).json()
    assert holds(found, {'name': body['name'], 'emails': user['emails'],
                         'locale': 'en-US', 'active': True})
    assert scim.read(user) == found


def test_an_empty_word_is_no_value(scim, user):
    """Okta's examples have `"middleName": ""`."""
    body = scim.read(user)
    body['name'] = {'givenName': 'Test', 'middleName': '',
                    'familyName': 'User'}
    found = scim.put(f'/Users/{user["id"]}', body).expect(200).json()
    assert found['name'].get('middleName', '') == ''
    assert scim.find(f'id eq "{user["id"]}" and name.middleName pr') == []


def test_put_deactivates(scim, user):
    body = {**scim.read(user), 'active': False}
    scim.put(f'/Users/{user["id"]}', body).expect(200)
    assert scim.read(user)['active'] is False
    # The wizard's apps leave `active` out when they do not map it.
    body.pop('active')
    scim.put(f'/Users/{user["id"]}', body).expect(200)


@pytest.fixture
def group(scim, user):
    return scim.post('/Groups', {
        'schemas': [GROUP], 'displayName': word('Test SCIMv2'),
        'members': []}).expect(201).json()


def test_a_group_by_its_name(scim, group):
    name = group['displayName']
    found = scim.get('/Groups', params={
        'filter': f'displayName eq "{name}"', 'startIndex': 1,
        'count': 100}).expect(200).json()
    assert found['totalResults'] == 1
    assert found['Resources'][0]['id'] == group['id']


def test_a_groups_name_with_its_id(scim, group):
    name = word('Test SCIMv20')
    scim.patch(f'/Groups/{group["id"]}', op('replace', value={
        'id': group['id'], 'displayName': name})).expect(200, 204)
    assert scim.read(group)['displayName'] == name


def test_members_removed_and_added_at_once(scim, user, group):
    old = scim.user()['id']
    path = f'/Groups/{group["id"]}'
    scim.patch(path, op('add', 'members', [
        {'value': old, 'display': 'old@okta.local'}])).expect(200, 204)
    scim.patch(path, op('remove', f'members[value eq "{old}"]'), op(
        'add', 'members', [{'value': user['id'],
                            'display': user['userName']}])).expect(200, 204)
    assert scim.members(group) == {user['id']}


def test_a_full_push_of_the_members(scim, user, group):
    others = [scim.user()['id'] for _ in range(2)]
    path = f'/Groups/{group["id"]}'
    scim.patch(path, op('add', 'members', [{'value': others[0]}]))
    scim.patch(path, op('replace', 'members', [
        {'value': user['id'], 'display': 'test.user@okta.local'},
        {'value': others[1], 'display': 'test.user@okta.local'}])).expect(
        200, 204)
    assert scim.members(group) == {user['id'], others[1]}


def test_put_of_a_group(scim, user, group):
    """The wizard's apps put the group with all its members."""
    other = scim.user()['id']
    path = f'/Groups/{group["id"]}'
    for members in ([user['id'], other], [other], []):
        body = {'schemas': [GROUP], 'id': group['id'],
                'displayName': group['displayName'],
                'members': [{'value': one, 'display': 'x'}
                            for one in members]}
        scim.put(path, body).expect(200)
        assert scim.members(group) == set(members)


def test_delete_of_a_pushed_group(scim, user, group):
    path = f'/Groups/{group["id"]}'
    scim.patch(path, op('add', 'members', [{'value': user['id']}]))
    scim.delete(path).expect(204)
    scim.get(path).expect(404)
    assert 'groups' not in scim.read(user)
    assert scim.read(user)['active'] is True
