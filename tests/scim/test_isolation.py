"""Walls: another organisation's ids are those of nobody, wherever they stand,
and tell nothing; each scope opens what it names; people have no business here.
All about the other organisation is asked twice: with both walls, and with the
policies off, when the predicates alone must hold.

Mutations: a list, a read or a write without `:auth.org`; a manager or
member of another organisation linked, or its name told; a filter over all
organisations; `people:read` that writes; `people:write` that makes groups; an
admin let in without a scope.
"""

import pytest

from .client import (BULK, ENTERPRISE, GROUP, PATCH_OP, SEARCH, USER, plain,
                     word)
from .conftest import new_organisation, org_id
from .test_patch_rfc import op


@pytest.fixture(scope='module')
def other(server, db):
    """An organisation beside, its user and its group."""
    return new_organisation(server, db, word('scim-beside'))


@pytest.fixture(scope='module')
def theirs(other):
    user = other.user(userName=word('their-secret'), externalId='their-ext',
                      displayName='Their Secret',
                      emails=[{'value': 'secret@example.com'}])
    group = other.group(user['id'], displayName='Their Secret Group')
    return user, group


@pytest.fixture(scope='module', params=['both walls', 'no policies'])
def walls(request, db):
    tables = db.column(
        "select relname from pg_class where relrowsecurity and"
        " relnamespace = 'public'::regnamespace")
    if request.param == 'both walls':
        yield
        return
    for table in tables:
        db.execute(f'alter table "{table}" disable row level security')
    yield
    for table in tables:
        db.execute(f'alter table "{table}" enable row level security')


@pytest.fixture
def before(db, walls, other, theirs):
    """Nothing of theirs has changed when the test is over."""
    org = org_id(db, other)
    kept = db.fingerprint(org)
    yield
    assert db.fingerprint(org) == kept


def nothing_told(answer):
    assert 'Secret' not in answer.text and 'secret' not in answer.text


@pytest.mark.parametrize('kind', ['Users', 'Groups'])
@pytest.mark.parametrize('method', ['GET', 'PUT', 'PATCH', 'DELETE'])
def test_their_ids_in_a_path(scim, theirs, before, kind, method):
    path = f'/{kind}/{theirs[kind == "Groups"]["id"]}'
    body = {'PUT': {'schemas': [USER if kind == 'Users' else GROUP],
                    'userName': word(), 'displayName': word()},
            'PATCH': {'schemas': [PATCH_OP], 'Operations': [
                op('replace', 'displayName', 'Mine')]}}.get(method)
    answer = scim.call(method, path, json=body).expect(404)
    nothing_told(answer)


@pytest.mark.parametrize('where', ['POST', 'PUT', 'add', 'replace',
                                   'remove', 'filter'])
def test_their_users_are_no_members(scim, theirs, before, where):
    user = theirs[0]['id']
    mine = scim.user()
    group = scim.group(mine['id'])
    path, members = f'/Groups/{group["id"]}', [{'value': user}]
    body = {'schemas': [GROUP], 'displayName': word(), 'members': members}
    if where == 'POST':
        answer = scim.post('/Groups', body).expect(400)
    elif where == 'PUT':
        answer = scim.put(path, body).expect(400)
    elif where == 'filter':
        answer = scim.patch(path, op(
            'remove', f'members[value eq "{user}"]')).expect(204)
    else:
        answer = scim.patch(path, op(where, 'members', members)).expect(
            *((204,) if where == 'remove' else (400,)))
    nothing_told(answer)
    assert scim.members(group) == {mine['id']}


@pytest.mark.parametrize('where', ['POST', 'PUT', 'PATCH', 'Bulk'])
def test_their_users_are_no_managers(scim, db, theirs, before, where):
    """Refused, or kept as a word that says nothing."""
    extension = {ENTERPRISE: {'manager': {'value': theirs[0]['id']}}}
    mine = scim.user()
    body = {'schemas': [USER], 'userName': word(), **extension}
    if where == 'POST':
        answer = scim.post('/Users', body)
    elif where == 'PUT':
        answer = scim.put(f'/Users/{mine["id"]}', body)
    elif where == 'PATCH':
        answer = scim.patch(f'/Users/{mine["id"]}', op(
            'add', f'{ENTERPRISE}:manager', theirs[0]['id']))
    else:
        answer = scim.post('/Bulk', {'schemas': [BULK], 'Operations': [
            {'method': 'POST', 'path': '/Users', 'bulkId': 'a',
             'data': body}]})
    nothing_told(answer)
    nothing_told(scim.get('/Users', params={'count': 200}))
    assert db.one('select count(*) from employment where org_id = %s and'
                  ' manager_id = %s', [org_id(db, scim),
                                       theirs[0]['id']]) == 0


@pytest.mark.parametrize('filter', [
    'userName sw "their-secret"', 'externalId eq "their-ext"',
    'emails.value eq "secret@example.com"', 'displayName co "Secret"',
    'id eq "{user}"', 'groups.value eq "{group}"',
    'id eq "{user}" or userName pr', 'not (userName eq "x")',
    f'{ENTERPRISE}:manager.value eq "{{user}}"'])
def test_their_values_in_a_filter(scim, theirs, before, filter):
    user, group = (one['id'] for one in theirs)
    filter = filter.replace('{user}', user).replace('{group}', group)
    answer = scim.get('/Users', params={'filter': filter}).expect(200)
    nothing_told(answer)
    assert user not in [one['id'] for one in answer.json()['Resources']]
    answer = scim.post('/Users/.search', {
        'schemas': [SEARCH], 'filter': filter}).expect(200)
    nothing_told(answer)


@pytest.mark.parametrize('filter', [
    'displayName eq "Their Secret Group"', 'id eq "{group}"',
    'members.value eq "{user}"', 'members[value eq "{user}"]',
    'displayName pr'])
def test_their_groups_in_a_filter(scim, theirs, before, filter):
    user, group = (one['id'] for one in theirs)
    filter = filter.replace('{user}', user).replace('{group}', group)
    nothing_told(scim.get('/Groups', params={'filter': filter}).expect(200))
    nothing_told(scim.post('/.search', {
        'schemas': [SEARCH], 'filter': filter}).expect(200))


def test_lists_and_totals_are_ones_own(empty, theirs, before):
    for path in ('/Users', '/Groups'):
        answer = empty.get(path).expect(200)
        assert answer.json()['totalResults'] == 0
    assert empty.post('/.search', {'schemas': [SEARCH]}).expect(
        200).json()['totalResults'] == 0


def test_their_names_are_free(scim, theirs, before):
    """A name is taken in one organisation, and nobody is adopted over the
    wall."""
    user, group = theirs
    made = scim.user(userName=user['userName'], externalId='their-ext',
                     emails=[{'value': 'secret@example.com'}])
    assert made['id'] != user['id']
    mine = scim.group(displayName=group['displayName'])
    assert mine['id'] != group['id'] and scim.members(mine) == set()
    scim.delete(f'/Users/{made["id"]}').expect(204)
    scim.delete(f'/Groups/{mine["id"]}').expect(204)


def test_their_ids_in_a_job(scim, theirs, before):
    user, group = (one['id'] for one in theirs)
    answer = scim.post('/Bulk', {'schemas': [BULK], 'Operations': [
        {'method': 'DELETE', 'path': f'/Users/{user}'},
        {'method': 'DELETE', 'path': f'/Groups/{group}'},
        {'method': 'PATCH', 'path': f'/Groups/{group}', 'data': {
            'schemas': [PATCH_OP], 'Operations': [op('remove', 'members')]}},
        {'method': 'PUT', 'path': f'/Users/{user}', 'data': {
            'schemas': [USER], 'userName': word()}}]}).expect(200)
    assert [one['status'] for one in answer.json()['Operations']] == (
        ['404'] * 4)
    nothing_told(answer)


def test_a_version_of_theirs_helps_nobody(scim, theirs, before):
    user = theirs[0]
    scim.delete(f'/Users/{user["id"]}', headers={
        'If-Match': user['meta']['version']}).expect(404)
    scim.get(f'/Users/{user["id"]}', headers={
        'If-None-Match': user['meta']['version']}).expect(404)


# Scopes

READ, WRITE, GROUPS = 'people:read', 'people:write', 'groups:write'
# Who writes may see what is written.
CALLS = {
    'read a user': ('GET', '/Users/{user}', None, {READ, WRITE}),
    'list users': ('GET', '/Users', None, {READ, WRITE}),
    'read a group': ('GET', '/Groups/{group}', None, {READ, GROUPS}),
    'list groups': ('GET', '/Groups', None, {READ, GROUPS}),
    'search users': ('POST', '/Users/.search', {'schemas': [SEARCH]},
                     {READ, WRITE}),
    'search groups': ('POST', '/Groups/.search', {'schemas': [SEARCH]},
                      {READ, GROUPS}),
    'search': ('POST', '/.search', {'schemas': [SEARCH]}, {READ}),
    'make a user': ('POST', '/Users', {'schemas': [USER], 'userName': 'x'},
                    {WRITE}),
    'put a user': ('PUT', '/Users/{user}', {
        'schemas': [USER], 'userName': 'y'}, {WRITE}),
    'patch a user': ('PATCH', '/Users/{user}', {
        'schemas': [PATCH_OP], 'Operations': [op('add', 'title', 'x')]},
        {WRITE}),
    'delete a user': ('DELETE', '/Users/{user}', None, {WRITE}),
    'make a group': ('POST', '/Groups', {
        'schemas': [GROUP], 'displayName': 'x'}, {GROUPS}),
    'put a group': ('PUT', '/Groups/{group}', {
        'schemas': [GROUP], 'displayName': 'y'}, {GROUPS}),
    'patch a group': ('PATCH', '/Groups/{group}', {
        'schemas': [PATCH_OP], 'Operations': [op('remove', 'members')]},
        {GROUPS}),
    'delete a group': ('DELETE', '/Groups/{group}', None, {GROUPS}),
}


def attempt(scim, caller, name):
    """A call of the table with new things; bodies with names of their own."""
    method, path, body, scopes = CALLS[name]
    user = scim.user()
    group = scim.group(user['id'])
    if body and {'userName', 'displayName'} & set(body):
        key = 'userName' if 'userName' in body else 'displayName'
        body = {**body, key: word()}
    answer = caller.call(method, path.format(
        user=user['id'], group=group['id']), json=body)
    return answer, user, group


@pytest.mark.parametrize('name', CALLS)
@pytest.mark.parametrize('scope', [READ, WRITE, GROUPS, 'skills:read'])
def test_each_scope_opens_what_it_names(scim, name, scope):
    answer, user, group = attempt(scim, scim.scoped(scope), name)
    if scope in CALLS[name][3]:
        answer.expect(200, 201, 204)
    else:
        answer.expect(403)
        assert plain(scim.read(user)) == plain(user)
        assert scim.members(group) == {user['id']}


@pytest.mark.parametrize('name', CALLS)
@pytest.mark.parametrize('roles', [
    ('member',), ('leader',), ('hr',), ('admin',),
    ('member', 'leader', 'hr', 'admin')], ids='-'.join)
def test_people_have_no_business_here(scim, server, name, roles):
    person = scim.user()
    token = server.token(scim.org, person['userName'], roles)
    answer, user, group = attempt(scim, scim.other(token=token), name)
    answer.expect(403)
    nothing_told(answer)
    assert scim.members(group) == {user['id']}


def test_a_machine_without_scopes(scim, server):
    token = server.token(scim.org, 'bare', ('integrator',))
    for path in ('/Users', '/Groups'):
        scim.other(token=token).get(path).expect(403)


def test_a_token_of_another_organisation_opens_that_one(scim, other, theirs):
    mine = scim.user()
    other.get(f'/Users/{mine["id"]}').expect(404)
    assert other.get(f'/Users/{theirs[0]["id"]}').expect(200)
