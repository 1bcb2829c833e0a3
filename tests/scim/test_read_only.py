"""What is not a client's to set: read-only attributes, every column of the
tables behind a resource, and attributes that other servers give a meaning.

RFC 7644, 3.3 and 3.5.1: read-only attributes are ignored by POST and PUT;
3.5.2: a PATCH whose path names one is a fault of mutability.  What is sent
beside what is there already changes no row at all.

Mutations: read-only attributes read like any other (resource.c), or changed by
PATCH like any other (patch.c).
"""

import json
import re

import pytest

from .client import ENTERPRISE, GROUP, USER, word
from .conftest import org_id
from .test_patch_rfc import op

TABLES = {'User': ('person', 'scim_person', 'employment', 'login_identity',
                   'machine_client'),
          'Group': ('team', 'scim_team', 'employment')}
PATHS = {'User': '/Users', 'Group': '/Groups'}
OWN = {'User': USER, 'Group': GROUP}
UNKNOWN = 'urn:ietf:params:scim:schemas:extension:unknown:2.0:User'
FOREIGN = '01923c1b-7100-7000-8000-00000000dead'
META = {'created': '1999-01-01T00:00:00Z', 'version': 'W/"99"',
        'lastModified': '1999-01-01T00:00:00Z', 'resourceType': 'Admin',
        'location': 'https://example.com/x'}


@pytest.fixture(scope='module')
def attributes(scim):
    """{kind: {name in lower case: mutability}} of what is advertised."""
    found = {'User': {}, 'Group': {}}
    for schema in scim.get('/Schemas').expect(200).json()['Resources']:
        kind = 'Group' if schema['id'] == GROUP else 'User'
        found[kind].update({one['name'].lower(): one['mutability']
                            for one in schema['attributes']})
    return found


@pytest.fixture(scope='module')
def strangers(db, attributes):
    """{kind: names} of columns that are no attribute, in both spellings."""
    found = {}
    for kind, tables in TABLES.items():
        columns = db.column(
            'select distinct column_name::text from information_schema.columns'
            ' where table_name = any(%s)', [list(tables)])
        both = set(columns) | {re.sub(
            r'_(\w)', lambda match: match[1].upper(), name)
            for name in columns}
        assert {'org_id', 'version', 'deletedAt'} <= both
        found[kind] = sorted(
            name for name in both if name.lower() not in
            {*attributes[kind], 'schemas', 'externalid', 'id', 'meta'})
    return found


def rows(db, scim):
    """All that the organisation has, but for refusals, and when a group was
    last put."""
    org = org_id(db, scim)
    return db.fingerprint(org, without=('sync_refusal', 'scim_team')), (
        db.execute('select team_id, is_group, external_id, created_at from'
                   ' scim_team where org_id = %s order by 1', [org]))


def hoped(names):
    """More for a body than a client may say."""
    values = {name: FOREIGN if name.lower().endswith('id') else 7
              for name in names}
    return {**values, 'id': FOREIGN, 'meta': META, '_id': FOREIGN,
            '__proto__': {'active': True}, 'isAdmin': True,
            UNKNOWN: values, ENTERPRISE + ':orgId': FOREIGN}


def made(scim, kind):
    if kind == 'User':
        user = scim.user(**{ENTERPRISE: {'department': word('read-only')}})
        scim.group(user['id'])
        return scim.read(user)
    return scim.group(scim.user()['id'])


@pytest.mark.parametrize('kind', PATHS)
def test_put_beside_what_is_there(scim, db, strangers, kind):
    one = made(scim, kind)
    path, before = f'{PATHS[kind]}/{one["id"]}', rows(db, scim)
    for more in (hoped(strangers[kind]), {ENTERPRISE: {
            **one.get(ENTERPRISE, {}), **hoped(strangers[kind])}},
            {'groups': [{'value': FOREIGN}]} if kind == 'User' else {}):
        # What is sent last counts where both name the same.
        scim.put(path, {**one, **more}).expect(200)
        assert rows(db, scim) == before, more
    assert scim.read(one) == one


@pytest.mark.parametrize('kind', PATHS)
def test_post_makes_what_it_would_make(scim, db, strangers, kind):
    name = {'User': 'userName', 'Group': 'displayName'}[kind]
    plain, other = ({'schemas': [OWN[kind]], name: word()} for _ in range(2))
    one = scim.post(PATHS[kind], plain).expect(201).json()
    two = scim.post(PATHS[kind], {
        **other, **hoped(strangers[kind]),
        'groups': [{'value': FOREIGN}]}).expect(201).json()
    assert two['id'] != FOREIGN and two['meta']['version'] == 'W/"1"'
    assert two['meta']['created'] >= one['meta']['created']
    for table in TABLES[kind]:
        columns = db.column(
            'select column_name::text from information_schema.columns where'
            ' table_name = %s', [table])
        key = next((column for column in (f'{kind.lower()}_id', 'person_id',
                                          'team_id', 'id')
                    if column in columns and (
                        column != 'id' or table in ('person', 'team'))), None)
        if key is None:
            continue
        found = []
        for made in (one, two):
            text = json.dumps(db.execute(
                f'select to_jsonb(t) from "{table}" t where {key} = %s',
                [made['id']]), sort_keys=True)
            for old, new in ((made['id'], 'ID'),
                             (made[name].split('-')[-1], 'NUMBER')):
                text = text.replace(old, new)
            found.append(re.sub(r'\d{4}-\d\d-\d\dT[\d:.+]+', 'TIME', re.sub(
                r'"(id|lot)": ("[^"]*"|-?\d+)', r'"\1": 0', text)))
        assert found[0] == found[1], table


@pytest.mark.parametrize('kind', PATHS)
def test_patch(scim, db, strangers, attributes, kind):
    """By path, each name is refused; beside each other, all are ignored."""
    one = made(scim, kind)
    path, before = f'{PATHS[kind]}/{one["id"]}', rows(db, scim)
    names = [*strangers[kind], 'id', 'meta', 'meta.created', 'meta.version',
             'schemas', f'{UNKNOWN}:admin', f'{ENTERPRISE}:org_id']
    names += [name for name, mutability in attributes[kind].items()
              if mutability == 'readOnly']
    for name in names:
        for verb in ('add', 'replace', 'remove'):
            answer = scim.patch(path, op(verb, name, None if verb == 'remove'
                                         else FOREIGN))
            assert answer.status == 400 or rows(db, scim) == before, (
                name, answer)
    more = hoped(strangers[kind])
    for verb in ('add', 'replace'):
        answer = scim.patch(path, {'op': verb, 'value': more})
        assert answer.status in (200, 204, 400), answer
    assert rows(db, scim) == before
    assert scim.read(one) == one


def test_read_only_parts(scim, db):
    """`display` and `$ref` of members and managers are the server's."""
    leader, user = scim.user(displayName='The Leader'), scim.user()
    group = scim.group(user['id'])
    scim.patch(f'/Users/{user["id"]}', op('add', f'{ENTERPRISE}:manager', {
        'value': leader['id'], 'displayName': 'Somebody Else',
        '$ref': f'../Users/{FOREIGN}'})).expect(204)
    manager = scim.read(user)[ENTERPRISE]['manager']
    assert manager == {'value': leader['id'], 'displayName': 'The Leader',
                       '$ref': f'../Users/{leader["id"]}'}
    scim.patch(f'/Groups/{group["id"]}', op('add', 'members', [{
        'value': leader['id'], 'display': 'Somebody Else', 'type': 'Admin',
        '$ref': f'../Users/{FOREIGN}'}]))
    for member in scim.read(group)['members']:
        assert member['display'] in ('The Leader', user['displayName'])
        assert member['$ref'] == f'../Users/{member["value"]}'


def test_roles_open_nothing(scim, server, api):
    """Words that an identity provider keeps; what a caller may do is said by
    his token and by nothing else."""
    words = [{'value': role, 'primary': role == 'admin'} for role in
             ('hr', 'admin', 'integrator', 'people:write')]
    user = scim.user(roles=words, entitlements=words, userType='admin')
    assert {one['value'] for one in scim.read(user)['roles']} >= {'admin'}
    token = server.token(scim.org, user['userName'], ('member',))
    for path in ('/v1/clients', '/v1/sync/health', '/scim/v2/Users',
                 '/v1/sessions-without-host'):
        api.get(path, as_=None, token=token).expect(403, code='forbidden')
    me = api.get('/v1/me', as_=None, token=token).expect(200).json()
    assert me['roles'] == ['member']
