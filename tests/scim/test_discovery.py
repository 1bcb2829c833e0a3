"""What the server says of itself (RFC 7643, 5-8; RFC 7644, 4), and that all of
it is so: each advertised attribute goes in and comes out, and no other one.

Mutations: `sort` advertised; a schema left out of the list; the alias with
another body; routes matched by case; a filter on discovery ignored; `nickName`
dropped when a body is read; `title` kept out of PUT; `x509Certificates`
stored; the extension left out of `schemas`; a number taken for a string.
"""

import uuid

import pytest

from .client import ENTERPRISE, GROUP, LIST, USER, holds, plain, word
from .examples import IGNORED

ENDPOINTS = ('ServiceProviderConfig', 'ResourceTypes', 'Schemas')
CORE = 'urn:ietf:params:scim:schemas:core:2.0:'
TYPES = {'string', 'boolean', 'dateTime', 'reference', 'complex'}


def test_service_provider_config(scim):
    body = scim.get('/ServiceProviderConfig').expect(200).json()
    assert body['schemas'] == [CORE + 'ServiceProviderConfig']
    assert body['patch'] == {'supported': True}
    assert body['bulk'] == {'supported': True, 'maxOperations': 1000,
                            'maxPayloadSize': 8 * 1024 * 1024}
    assert body['filter'] == {'supported': True, 'maxResults': 200}
    assert body['changePassword'] == {'supported': False}
    assert body['sort'] == {'supported': False}
    assert body['etag'] == {'supported': True}
    assert body['meta']['resourceType'] == 'ServiceProviderConfig'
    assert body['meta']['location'] == (
        scim.base + '/ServiceProviderConfig')


def test_authentication_schemes(scim):
    schemes = scim.get('/ServiceProviderConfig').expect(200).json()[
        'authenticationSchemes']
    assert {one['type'] for one in schemes} == {'oauthbearertoken', 'oauth2'}
    for one in schemes:
        assert one['name'] and one['description']


def test_entras_name_of_the_configuration(scim):
    ours = scim.get('/ServiceProviderConfig').expect(200)
    entra = scim.get('/serviceConfiguration').expect(200)
    assert entra.json() == ours.json()


def test_resource_types(scim):
    body = scim.get('/ResourceTypes').expect(200).json()
    assert body['schemas'] == [LIST] and body['totalResults'] == 2
    user, group = body['Resources']
    assert user['schemas'] == [CORE + 'ResourceType']
    assert (user['id'], user['name'], user['endpoint'], user['schema']) == (
        'User', 'User', '/Users', USER)
    assert user['schemaExtensions'] == [
        {'schema': ENTERPRISE, 'required': False}]
    assert (group['id'], group['endpoint'], group['schema']) == (
        'Group', '/Groups', GROUP)
    for one in (user, group):
        assert one['meta'] == {
            'resourceType': 'ResourceType',
            'location': f'{scim.base}/ResourceTypes/{one["id"]}'}


def test_schemas(scim):
    body = scim.get('/Schemas').expect(200).json()
    found = {one['id']: one for one in body['Resources']}
    assert {USER, GROUP, ENTERPRISE} <= set(found)
    assert len(found) == body['totalResults']
    for name, one in found.items():
        assert one['name'] and one['description'] and one['attributes']
        assert one['meta']['resourceType'] == 'Schema'
        assert one['meta']['location'] == f'{scim.base}/Schemas/{name}'
    # Entra's collection looks for these words of RFC 7643, 8.7.1.
    assert found[USER]['description'] == 'User Account'


def walk(attributes):
    for one in attributes:
        yield one
        yield from walk(one.get('subAttributes', ()))


def test_every_attribute_is_described_in_full(scim):
    for schema in scim.get('/Schemas').expect(200).json()['Resources']:
        for one in walk(schema['attributes']):
            where = f'{schema["id"]} {one["name"]}'
            assert one['type'] in TYPES | {'integer', 'decimal'}, where
            assert isinstance(one['multiValued'], bool), where
            assert isinstance(one['required'], bool), where
            assert one['description'], where
            assert one['mutability'] in (
                'readOnly', 'readWrite', 'immutable', 'writeOnly'), where
            assert one['returned'] in (
                'always', 'never', 'default', 'request'), where
            assert one['uniqueness'] in ('none', 'server', 'global'), where
            if one['type'] in ('string', 'reference'):
                assert isinstance(one['caseExact'], bool), where
            assert ('subAttributes' in one) == (one['type'] == 'complex')
            if one['type'] == 'reference':
                assert one['referenceTypes'], where


@pytest.mark.parametrize('name, about', [
    ('userName', {'required': True, 'caseExact': False,
                  'uniqueness': 'server', 'mutability': 'readWrite'}),
    ('groups', {'mutability': 'readOnly', 'multiValued': True}),
    ('active', {'type': 'boolean', 'multiValued': False}),
    ('emails', {'type': 'complex', 'multiValued': True}),
    ('profileUrl', {'type': 'reference'}),
])
def test_what_rfc_7643_says_of_a_user(scim, name, about):
    attributes = {one['name']: one for one in scim.get(
        f'/Schemas/{USER}').expect(200).json()['attributes']}
    assert about.items() <= attributes[name].items()


@pytest.mark.parametrize('name', [
    'password', 'ims', 'x509Certificates'])
def test_what_is_not_kept_is_not_advertised(scim, name):
    schema = scim.get(f'/Schemas/{USER}').expect(200).json()
    assert name not in [one['name'] for one in schema['attributes']]


@pytest.mark.parametrize('endpoint', ['ResourceTypes', 'Schemas'])
def test_each_by_its_id_and_its_location(scim, endpoint):
    for one in scim.get(f'/{endpoint}').expect(200).json()['Resources']:
        path = f'/{endpoint}/{one["id"]}'
        assert scim.get(path).expect(200).json() == one
        assert scim.get(one['meta']['location']).expect(200).json() == one


@pytest.mark.parametrize('path', [
    '/ResourceTypes/Users', '/ResourceTypes/nothing',
    f'/ResourceTypes/{uuid.uuid4()}', '/Schemas/nothing',
    f'/Schemas/{uuid.uuid4()}', f'/Schemas/{USER}s',
    f'/ServiceProviderConfig/{uuid.uuid4()}'])
def test_ids_that_are_not_there(scim, path):
    scim.get(path).expect(404)


@pytest.mark.parametrize('path', [
    '/serviceproviderconfig', '/SERVICEPROVIDERCONFIG', '/resourcetypes',
    '/ResourceTypes/User', '/resourcetypes/User', '/schemas',
    f'/SCHEMAS/{USER}', '/serviceconfiguration', '/users', '/USERS',
    '/groups', '/GrOuPs'])
def test_paths_without_regard_to_case(scim, path):
    scim.get(path).expect(200)


@pytest.mark.parametrize('endpoint', ENDPOINTS)
def test_discovery_needs_no_token(scim, endpoint):
    """RFC 7643, 5: publicly accessible without prior authentication."""
    with_token = scim.get(f'/{endpoint}').expect(200).json()
    without = scim.other(token=None).get(f'/{endpoint}').expect(200).json()
    assert without == with_token


@pytest.mark.parametrize('endpoint', ENDPOINTS)
def test_a_filter_is_refused(scim, endpoint):
    """RFC 7644, 4: to prevent that clients think it did something."""
    reply = scim.get(f'/{endpoint}', params={'filter': 'id pr'}).expect(403)
    assert reply.json()['detail'] == (
        'You may not do this: there is nothing to filter here')


@pytest.mark.parametrize('endpoint', ENDPOINTS)
def test_other_parameters_are_ignored(scim, endpoint):
    whole = scim.get(f'/{endpoint}').expect(200).json()
    asked = scim.get(f'/{endpoint}', params={
        'startIndex': 2, 'count': 1, 'attributes': 'id',
        'sortBy': 'id', 'sortOrder': 'descending'}).expect(200).json()
    assert asked == whole


@pytest.mark.parametrize('method', ['POST', 'PUT', 'PATCH', 'DELETE'])
@pytest.mark.parametrize('endpoint', ENDPOINTS)
def test_discovery_is_only_read(scim, endpoint, method):
    body = None if method == 'DELETE' else {'schemas': []}
    scim.call(method, f'/{endpoint}', json=body).expect(405)


# What is advertised is what is stored.

def writable(attributes):
    return [one for one in attributes if one['mutability'] != 'readOnly']


def value_of(one, turn, parent=''):
    """Some value of an attribute; another one each turn."""
    name = one['name']
    if one['type'] == 'complex':
        value = {part['name']: value_of(part, turn, name)
                 for part in writable(one['subAttributes'])}
        return [value] if one['multiValued'] else value
    if one['type'] == 'boolean':
        return name == 'primary' or turn % 2 == 0
    if one['type'] == 'reference':
        return f'https://example.com/{parent}/{name}/{turn}'
    if one.get('canonicalValues'):
        return one['canonicalValues'][turn % len(one['canonicalValues'])]
    if parent == 'emails' and name == 'value':
        return f'{word("e")}.{turn}@example.com'
    if name in ('preferredLanguage', 'locale'):
        return ('en-US', 'nl-BE')[turn % 2]
    if name == 'timezone':
        return ('America/Los_Angeles', 'Europe/Brussels')[turn % 2]
    return word(f'{parent}{name}{turn}')


@pytest.fixture(scope='module')
def advertised_of_user(scim):
    """(urn, attribute): all that a client may write of a user."""
    found = []
    for urn in (USER, ENTERPRISE):
        schema = scim.get(f'/Schemas/{urn}').expect(200).json()
        found += [(urn, one) for one in writable(schema['attributes'])]
    return found


def generated(advertised, turn, manager):
    body = {'schemas': [USER, ENTERPRISE], 'externalId': word('ext'),
            ENTERPRISE: {}}
    for urn, one in advertised:
        value = value_of(one, turn)
        if one['name'] == 'manager':
            value = {'value': manager}
        (body if urn == USER else body[ENTERPRISE])[one['name']] = value
    return body


def test_every_attribute_comes_back(scim, advertised_of_user):
    manager = scim.user()['id']
    body = generated(advertised_of_user, 0, manager)
    assert len(body) > 15 and len(body[ENTERPRISE]) == 6
    made = scim.post('/Users', body).expect(201).json()
    assert holds(made, body)
    assert holds(scim.read(made), body)
    other = generated(advertised_of_user, 1, manager)
    replaced = scim.put(f'/Users/{made["id"]}', other).expect(200).json()
    assert holds(replaced, other)
    assert holds(scim.read(made), other)


def test_everything_in_a_resource_is_advertised(scim, advertised_of_user):
    def check(value, attributes, where):
        known = {one['name']: one for one in attributes}
        assert set(value) <= set(known), f'{where}: {sorted(value)}'
        for name, inner in value.items():
            parts = known[name].get('subAttributes')
            assert isinstance(inner, list) == known[name]['multiValued']
            for one in inner if isinstance(inner, list) else [inner]:
                if parts:
                    check(one, parts, f'{where}.{name}')

    manager = scim.user(displayName='The Manager')['id']
    made = scim.post('/Users', generated(
        advertised_of_user, 0, manager)).expect(201).json()
    scim.group(made['id'])
    whole = scim.read(made)
    assert whole['groups'] and whole[ENTERPRISE]['manager']['displayName']
    extension = whole.pop(ENTERPRISE)
    for name in ('schemas', 'id', 'externalId', 'meta'):
        whole.pop(name)
    for urn, value in ((USER, whole), (ENTERPRISE, extension)):
        schema = scim.get(f'/Schemas/{urn}').expect(200).json()
        check(value, schema['attributes'], urn)


def test_nothing_else_is_stored(scim):
    unknown = {'favouriteColour': 'blue', 'urn:example:own': {'a': 1},
               **IGNORED}
    made = scim.user(displayName='No More', **unknown)
    again = scim.read(made)
    assert not set(unknown) & set(again)
    assert made == again


def path_of(urn, one):
    return one['name'] if urn == USER else f'{urn}:{one["name"]}'


def part(resource, urn, one):
    inner = resource if urn == USER else resource.get(ENTERPRISE, {})
    return inner.get(one['name'])


@pytest.mark.parametrize('op', ['add', 'replace'])
def test_patch_writes_every_attribute(scim, advertised_of_user, op):
    manager = scim.user()['id']
    made = scim.user()
    for turn, (urn, one) in enumerate(advertised_of_user):
        value = value_of(one, turn)
        if one['name'] == 'manager':
            value = {'value': manager}
        scim.patch(f'/Users/{made["id"]}', {
            'op': op, 'path': path_of(urn, one),
            'value': value}).expect(204)
        assert holds(part(scim.read(made), urn, one), value), one['name']


def test_patch_removes_every_attribute_but_the_required(
        scim, advertised_of_user):
    manager = scim.user()['id']
    made = scim.post('/Users', generated(
        advertised_of_user, 0, manager)).expect(201).json()
    for urn, one in advertised_of_user:
        if one['required'] or one['name'] in ('active', 'displayName'):
            continue
        assert part(made, urn, one) is not None
        scim.patch(f'/Users/{made["id"]}', {
            'op': 'remove', 'path': path_of(urn, one)}).expect(204)
        assert part(scim.read(made), urn, one) is None, one['name']
    left = plain(scim.read(made))
    assert ENTERPRISE not in left and left['schemas'] == [USER]


def test_a_value_of_another_type_is_refused(scim, advertised_of_user):
    """RFC 7644, 3.12: invalidValue."""
    for urn, one in advertised_of_user:
        if one['name'] == 'manager':
            continue
        if one['multiValued']:
            wrong = [1, [True], [[]], {'type': {'value': 'x'}}]
        elif one['type'] == 'complex':
            wrong = ['a word', 1, True]
        elif one['type'] == 'boolean':
            wrong = ['perhaps', 1, {}, ['true', 'false']]
        else:
            wrong = [True, {'a': 'x'}, ['a', 'b']]
        for value in wrong:
            inner = {one['name']: value}
            body = {'schemas': [USER], 'userName': word(),
                    **(inner if urn == USER else {ENTERPRISE: inner})}
            answer = scim.post('/Users', body)
            assert (answer.status, answer.type) == (400, 'invalidValue'), (
                f'{one["name"]}: {value!r}: {answer}')
