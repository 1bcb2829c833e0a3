"""PATCH by the figures and the sentences of RFC 7644, 3.5.2.

Each row: what the user has, the operations, what it has afterwards (None: not
there), or what is wrong with them.  A refused PATCH has changed nothing.

Mutations: add to a list that replaces it; the same value added twice; replace
of a filtered path that makes an element (3.5.2.3 says noTarget); a removed
last value that leaves `[]`; operations kept although a later one failed; a
new primary value that leaves the old one; a read-only attribute written
silently.
"""

import pytest

from .client import (ENTERPRISE, GROUP, PATCH_OP, USER, holds, plain, word)

WORK = {'value': 'bjensen@example.com', 'type': 'work', 'primary': True}
HOME = {'value': 'babs@jensen.org', 'type': 'home'}
ADDRESSES = [{'type': 'work', 'streetAddress': '100 Universal City Plaza',
              'locality': 'Hollywood', 'region': 'CA', 'postalCode': '91608',
              'country': 'US', 'primary': True},
             {'type': 'home', 'locality': 'Hollywood', 'country': 'US'}]
START = {'displayName': 'Barbara Jensen', 'title': 'Guide',
         'name': {'givenName': 'Barbara', 'familyName': 'Jensen'},
         'emails': [WORK, HOME], 'addresses': ADDRESSES}
NEW_ADDRESS = {'type': 'work', 'streetAddress': '911 Universal City Plaza',
               'locality': 'Hollywood', 'region': 'CA',
               'postalCode': '91608', 'country': 'US', 'primary': True,
               'formatted': '911 Universal City Plaza\nHollywood, CA'}


def op(kind, path=None, value=None, **more):
    found = {'op': kind, **more}
    if path is not None:
        found['path'] = path
    if value is not None:
        found['value'] = value
    return found


DONE = [
    # 3.5.2.1 Add
    ('figure 3.5.2.1: a value without a path',
     [op('add', value={'emails': [{'value': 'b2@example.com',
                                   'type': 'other'}], 'nickname': 'Babs'})],
     {'emails': [WORK, HOME, {'value': 'b2@example.com', 'type': 'other'}],
      'nickName': 'Babs'}),
    ('add an attribute that is not there',
     [op('add', 'nickName', 'Babs')], {'nickName': 'Babs'}),
    ('add to a single value replaces it',
     [op('add', 'title', 'Director')], {'title': 'Director'}),
    ('add to a complex attribute keeps its other parts',
     [op('add', 'name', {'middleName': 'Jane'})],
     {'name': {'givenName': 'Barbara', 'familyName': 'Jensen',
               'middleName': 'Jane'}}),
    ('add to a list',
     [op('add', 'emails', [{'value': 'c@example.com'}])],
     {'emails': [WORK, HOME, {'value': 'c@example.com'}]}),
    ('add one value that is no list to a list',
     [op('add', 'emails', {'value': 'c@example.com'})],
     {'emails': [WORK, HOME, {'value': 'c@example.com'}]}),
    ('add what is there already',
     [op('add', 'emails', [dict(WORK)])], {'emails': [WORK, HOME]}),
    ('add to a part of a selected element',
     [op('add', 'emails[type eq "home"].display', 'At home')],
     {'emails': [WORK, {**HOME, 'display': 'At home'}]}),
    ('a new primary value takes the place of the old one (3.5.2)',
     [op('add', 'emails', [{'value': 'p@example.com', 'primary': True}])],
     {'emails': [{**WORK, 'primary': False}, HOME,
                 {'value': 'p@example.com', 'primary': True}]}),
    ('add to the extension',
     [op('add', f'{ENTERPRISE}:department', 'Care')],
     {ENTERPRISE: {'department': 'Care'}, 'schemas': [USER, ENTERPRISE]}),
    ('add the extension whole',
     [op('add', value={ENTERPRISE: {'costCenter': '12'}})],
     {ENTERPRISE: {'costCenter': '12'}}),
    ('a path with the urn of the core schema',
     [op('add', f'{USER}:name.familyName', 'Smith')],
     {'name': {'givenName': 'Barbara', 'familyName': 'Smith'}}),
    # 3.5.2.2 Remove
    ('remove a single value', [op('remove', 'title')], {'title': None}),
    ('remove what is not there',
     [op('remove', 'nickName')], {'nickName': None, 'title': 'Guide'}),
    ('remove a part', [op('remove', 'name.givenName')],
     {'name': {'familyName': 'Jensen'}}),
    ('remove all of a list', [op('remove', 'emails')], {'emails': None}),
    ('figure 3.5.2.2: remove by a filter of two terms',
     [op('remove', 'emails[type eq "work" and value ew "example.com"]')],
     {'emails': [HOME]}),
    ('remove every element that a filter finds',
     [op('remove', 'emails[value co "@"]')], {'emails': None}),
    ('remove a part of a selected element',
     [op('remove', 'addresses[type eq "work"].region')],
     {'addresses': [{key: value for key, value in ADDRESSES[0].items()
                     if key != 'region'}, ADDRESSES[1]]}),
    ('remove elements that no filter finds',
     [op('remove', 'emails[type eq "other"]')], {'emails': [WORK, HOME]}),
    ('remove, then add: figure of 3.5.2.2 with two operations',
     [op('remove', 'emails[type eq "home"]'),
      op('add', 'emails', [{'value': 'n@example.com', 'type': 'home'}])],
     {'emails': [WORK, {'value': 'n@example.com', 'type': 'home'}]}),
    # 3.5.2.3 Replace
    ('figure 3.5.2.3: an element by a filter',
     [op('replace', 'addresses[type eq "work"]', NEW_ADDRESS)],
     {'addresses': [NEW_ADDRESS, ADDRESSES[1]]}),
    ('figure 3.5.2.3: a part of an element',
     [op('replace', 'addresses[type eq "work"].streetAddress',
         '1010 Broadway Ave')],
     {'addresses': [{**ADDRESSES[0], 'streetAddress': '1010 Broadway Ave'},
                    ADDRESSES[1]]}),
    ('figure 3.5.2.3: several attributes without a path',
     [op('replace', value={
         'emails': [{'value': 'bjensen@example.com', 'type': 'work',
                     'primary': True},
                    {'value': 'babs@jensen.org', 'type': 'home'}],
         'nickname': 'Babs'})],
     {'emails': [WORK, HOME], 'nickName': 'Babs', 'title': 'Guide'}),
    ('replace a list', [op('replace', 'emails', [HOME])],
     {'emails': [HOME]}),
    ('replace what is not there adds it',
     [op('replace', 'nickName', 'Babs')], {'nickName': 'Babs'}),
    ('replace a complex attribute keeps the parts it does not name',
     [op('replace', 'name', {'familyName': 'Smith'})],
     {'name': {'givenName': 'Barbara', 'familyName': 'Smith'}}),
    ('replace a part of every selected element',
     [op('replace', 'addresses[country eq "US"].country', 'USA')],
     {'addresses': [{**one, 'country': 'USA'} for one in ADDRESSES]}),
    ('replace a part of all elements (no filter)',
     [op('replace', 'addresses.country', 'BE')],
     {'addresses': [{**one, 'country': 'BE'} for one in ADDRESSES]}),
    ('operations one after the other (3.5.2)',
     [op('add', 'nickName', 'One'), op('replace', 'nickName', 'Two'),
      op('remove', 'title'), op('add', 'title', 'Three')],
     {'nickName': 'Two', 'title': 'Three'}),
    ('an element made by one operation, selected by the next',
     [op('add', 'emails', [{'value': 'n@example.com', 'type': 'other'}]),
      op('replace', 'emails[type eq "other"].display', 'New')],
     {'emails': [WORK, HOME, {'value': 'n@example.com', 'type': 'other',
                              'display': 'New'}]}),
    ('remove the extension', [
        op('add', f'{ENTERPRISE}:costCenter', '1'),
        op('remove', ENTERPRISE)], {ENTERPRISE: None, 'schemas': [USER]}),
    ('unknown members of a value without a path are ignored',
     [op('add', value={'favourite': 'blue', 'nickName': 'Babs'})],
     {'nickName': 'Babs'}),
]


@pytest.mark.parametrize('name, operations, expected', DONE,
                         ids=[row[0] for row in DONE])
def test_done(scim, name, operations, expected):
    made = scim.user(**START)
    answer = scim.patch(f'/Users/{made["id"]}', *operations).expect(204)
    assert not answer.content
    found = scim.read(made)
    assert holds(found, expected), found
    untouched = {key: value for key, value in plain(made).items()
                 if key not in expected and key != 'schemas'}
    assert holds(found, untouched), 'something else was changed'
    assert not set(plain(found)) - set(plain(made)) - set(expected)


WRONG = [
    ('replace where a filter finds nothing (3.5.2.3)',
     [op('replace', 'emails[value eq "nobody@example.com"]',
         {'value': 'x@example.com'})], 'noTarget'),
    ('replace a part where a filter finds nothing (3.5.2.3)',
     [op('replace', 'emails[value co "nobody"].display', 'x')], 'noTarget'),
    ('replace where a filter of two terms finds nothing',
     [op('replace', 'emails[type eq "home" and value ew "example.com"]',
         {'value': 'x@example.com'})], 'noTarget'),
    ('remove without a path (3.5.2.2)', [op('remove')], 'noTarget'),
    ('remove without a path, with a value',
     [op('remove', value={'title': 'Guide'})], 'noTarget'),
    ('remove a required attribute', [op('remove', 'userName')], None),
    ('replace a required attribute by nothing',
     [op('replace', 'userName', '')], 'invalidValue'),
    ('replace the id', [op('replace', 'id', 'x')], 'mutability'),
    ('replace meta', [op('replace', 'meta.created', '2011-01-01T00:00:00Z')],
     'mutability'),
    ('add to groups', [op('add', 'groups', [{'value': 'x'}])], 'mutability'),
    ('replace the name of a manager',
     [op('replace', f'{ENTERPRISE}:manager.displayName', 'x')],
     'mutability'),
    ('an unknown attribute', [op('add', 'favourite', 'x')], 'invalidPath'),
    ('an unknown part', [op('add', 'name.favourite', 'x')], 'invalidPath'),
    ('an unknown schema',
     [op('add', 'urn:example:nothing:x', 'x')], 'invalidPath'),
    ('an unknown attribute of the extension',
     [op('add', f'{ENTERPRISE}:nothing', 'x')], 'invalidPath'),
    ('an open bracket', [op('add', 'emails[type eq "work"', 'x')],
     'invalidPath'),
    ('a bad filter', [op('add', 'emails[type is "work"].value', 'x')], None),
    ('a filter of a single value', [op('add', 'title[value pr]', 'x')],
     None),
    ('an empty path', [op('add', '', 'x')], None),
    ('a path with a dot at its end', [op('add', 'name.', 'x')],
     'invalidPath'),
    ('a JSON pointer', [op('add', '/name/givenName', 'x')], 'invalidPath'),
    ('a word for a boolean', [op('replace', 'active', 'perhaps')],
     'invalidValue'),
    ('an object for a word', [op('replace', 'title', {'a': 1})],
     'invalidValue'),
    ('a word for a list', [op('replace', 'addresses', 'x')], 'invalidValue'),
    ('a word without a path', [op('add', value='x')], None),
    ('add without a value', [op('add', 'title')], None),
    ('an unknown op', [op('move', 'title', 'x')], None),
    ('no op', [{'path': 'title', 'value': 'x'}], None),
    ('an op that is no word', [op(1, 'title', 'x')], None),
    ('a path that is no word', [{'op': 'add', 'path': 1, 'value': 'x'}],
     None),
    ('an operation that is no object', ['add'], None),
    ('the second fails', [op('replace', 'title', 'Changed'),
                          op('add', 'favourite', 'x')], 'invalidPath'),
    ('the first fails', [op('add', 'favourite', 'x'),
                         op('replace', 'title', 'Changed')], 'invalidPath'),
]


@pytest.mark.parametrize('name, operations, type', WRONG,
                         ids=[row[0] for row in WRONG])
def test_refused(scim, name, operations, type):
    made = scim.user(**START)
    scim.patch(f'/Users/{made["id"]}', *operations).expect(400, type=type)
    assert scim.read(made) == made


@pytest.mark.parametrize('body', [
    {}, {'schemas': [PATCH_OP]}, {'schemas': [PATCH_OP], 'Operations': []},
    {'schemas': [PATCH_OP], 'Operations': {}},
    {'schemas': [PATCH_OP], 'Operations': None},
    {'schemas': [PATCH_OP], 'Operations': 'add'},
    {'userName': 'x'}, [], [{'op': 'add', 'path': 'title', 'value': 'x'}]],
    ids=str)
def test_no_patch_at_all(scim, body):
    made = scim.user(**START)
    scim.call('PATCH', f'/Users/{made["id"]}', json=body).expect(400)
    assert scim.read(made) == made


@pytest.mark.parametrize('params, has, lacks', [
    ({'attributes': 'nickName'}, 'nickName', 'title'),
    ({'attributes': 'nickName,userName'}, 'userName', 'title'),
    ({'excludedAttributes': 'title'}, 'nickName', 'title')])
def test_the_resource_when_attributes_are_asked(scim, params, has, lacks):
    """3.5.2: 200 and the resource, or 204; 200 when something is asked."""
    made = scim.user(**START)
    answer = scim.patch(f'/Users/{made["id"]}', op(
        'add', 'nickName', 'Babs'), params=params).expect(200)
    assert answer.json()[has] and lacks not in answer.json()
    assert answer.json()['id'] == made['id']


def test_the_version_goes_up_with_a_change(scim):
    made = scim.user(**START)
    path = f'/Users/{made["id"]}'
    scim.patch(path, op('add', 'nickName', 'Babs')).expect(204)
    changed = scim.read(made)
    assert changed['meta']['version'] != made['meta']['version']
    # 3.5.2.1: what is there already SHOULD NOT change lastModified.
    scim.patch(path, op('add', 'nickName', 'Babs')).expect(204)
    assert scim.read(made)['meta'] == changed['meta']


# Groups: 3.5.2.1, 3.5.2.2, 3.5.2.3

@pytest.fixture
def people(scim):
    return [scim.user(displayName=f'Member {index}')['id']
            for index in range(4)]


GROUP_ROWS = [
    ('figure 3.5.2.1: add a member', [0], lambda p: [op('add', 'members', [
        {'display': 'Babs Jensen', 'value': p[1],
         '$ref': f'https://example.com/v2/Users/{p[1]}'}])], [0, 1]),
    ('add one who is there', [0], lambda p: [op('add', 'members', [
        {'value': p[0]}, {'value': p[1]}, {'value': p[1]}])], [0, 1]),
    ('figure 3.5.2.2: remove one by a filter', [0, 1],
     lambda p: [op('remove', f'members[value eq "{p[0]}"]')], [1]),
    ('remove two by a filter', [0, 1, 2], lambda p: [op(
        'remove', f'members[value eq "{p[0]}" or value eq "{p[2]}"]')], [1]),
    ('remove by another filter', [0, 1, 2],
     lambda p: [op('remove', 'members[display ew "1"]')], [0, 2]),
    ('remove one who is not there', [0],
     lambda p: [op('remove', f'members[value eq "{p[1]}"]')], [0]),
    ('figure 3.5.2.2: remove all', [0, 1],
     lambda p: [op('remove', 'members')], []),
    ('figure 3.5.2.2: remove one and add one', [0, 1], lambda p: [
        op('remove', f'members[value eq "{p[0]}"]'),
        op('add', 'members', [{'value': p[2]}])], [1, 2]),
    ('figure 3.5.2.2: replace all the members in one operation', [0, 1],
     lambda p: [op('remove', 'members'), op('add', 'members', [
         {'value': p[2]}, {'value': p[3]}])], [2, 3]),
    ('figure 3.5.2.3: replace all members', [0, 1],
     lambda p: [op('replace', 'members', [{'value': p[1]},
                                          {'value': p[3]}])], [1, 3]),
    ('replace all members by nobody', [0, 1],
     lambda p: [op('replace', 'members', [])], []),
    ('add and remove the same one', [0], lambda p: [
        op('add', 'members', [{'value': p[1]}]),
        op('remove', f'members[value eq "{p[1]}"]')], [0]),
    ('remove and add the same one', [0], lambda p: [
        op('remove', f'members[value eq "{p[0]}"]'),
        op('add', 'members', [{'value': p[0]}])], [0]),
    ('members without a path', [0],
     lambda p: [op('add', value={'members': [{'value': p[1]}]})], [0, 1]),
    ('replace without a path', [0],
     lambda p: [op('replace', value={'members': [{'value': p[1]}]})], [1]),
    ('a path with its urn', [0],
     lambda p: [op('add', f'{GROUP}:members', [{'value': p[1]}])], [0, 1]),
]


@pytest.mark.parametrize('name, before, operations, after', GROUP_ROWS,
                         ids=[row[0] for row in GROUP_ROWS])
def test_members(scim, people, name, before, operations, after):
    made = scim.group(*(people[index] for index in before))
    scim.patch(f'/Groups/{made["id"]}', *operations(people)).expect(204)
    assert scim.members(made) == {people[index] for index in after}


@pytest.mark.parametrize('operation', [
    op('add', 'members', [{'value': 'nobody'}]),
    op('add', 'members', [{'value': 1}]),
    op('add', 'members', [{'display': 'x'}]),
    op('add', 'favourite', 'x'), op('remove'), op('replace', 'id', 'x'),
    op('remove', 'displayName'), op('replace', 'displayName', ''),
    op('remove', 'members[value is "x"]'), op('replace', 'members[', [])],
    ids=str)
def test_groups_refuse(scim, people, operation):
    made = scim.group(people[0], externalId=word())
    scim.patch(f'/Groups/{made["id"]}', op(
        'add', 'members', [{'value': people[1]}]), operation).expect(400)
    assert scim.read(made) == made
