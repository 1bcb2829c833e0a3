"""Users: the figures of RFC 7643, 8.1-8.3, and of RFC 7644, 3.3-3.6; who is
who when several systems tell of the same person.

Mutations: `userName` compared by case; the unique index without the deleted
ones left out (no rehire); an unowned person not adopted, or adopted by an
address that two people share; read-only `id` taken from the body; a PUT that
merges; If-Match ignored; a deactivated user left out of lists, or whose token
goes on working; `displayName` of a manager taken from the body.
"""

import copy
import threading
import urllib.parse

import pytest

from .client import ENTERPRISE, USER, holds, plain, word
from .conftest import org_id
from .examples import (EXTENSION, FULL, IGNORED, MINIMAL, READ_ONLY,
                       enterprise)


# RFC 7643, 8

def test_figure_8_1_minimal(empty):
    made = empty.post('/Users', MINIMAL).expect(201).json()
    assert made['userName'] == 'bjensen@example.com'
    assert made['active'] is True
    assert made['schemas'] == [USER]
    assert empty.read(made) == made


def test_figure_8_2_full(empty):
    made = empty.post(
        '/Users', {**FULL, **IGNORED, **READ_ONLY}).expect(201).json()
    assert holds(made, FULL)
    assert not set(made) & set(IGNORED)
    assert made['id'] != READ_ONLY['id'] and 'groups' not in made
    assert made['meta']['created'] > '2026'
    assert empty.read(made) == made


def test_figure_8_3_enterprise(empty):
    john = empty.user(displayName='John Smith')
    body = enterprise(john['id'])
    made = empty.post('/Users', body).expect(201).json()
    assert holds(made, body)
    assert set(made['schemas']) == {USER, ENTERPRISE}
    manager = made[ENTERPRISE]['manager']
    assert manager['displayName'] == 'John Smith'
    assert manager['$ref'].endswith(f'/Users/{john["id"]}')
    assert empty.read(made) == made


def test_what_is_sent_comes_back_as_it_was_sent(scim):
    """Entra: values are stored in the format in which they were sent."""
    body = {
        'name': {'givenName': '  Zoë ', 'familyName': "O'Malley-d’Ys"},
        'phoneNumbers': [{'value': '55555555555', 'type': 'work'},
                         {'value': 'tel:+1-201-555-0123', 'type': 'work'}],
        'addresses': [{'formatted': 'a\nb\r\nc', 'country': 'be'}],
        'title': 'Ingénieur 🛠 "senior" \\ <b>', 'nickName': '\u202fx'}
    assert holds(scim.read(scim.user(**body)), body)


# RFC 7644, 3.3

def test_create(scim):
    answer = scim.post('/Users', {
        'schemas': [USER], 'userName': word('bjensen'), 'externalId': word(),
        'name': {'formatted': 'Ms. Barbara J Jensen III',
                 'familyName': 'Jensen', 'givenName': 'Barbara'}}).expect(201)
    made = answer.json()
    assert scim.get(answer.headers['Location']).expect(200).json() == made
    assert made['meta']['created'] == made['meta']['lastModified']
    assert holds(made, {'name': {'formatted': 'Ms. Barbara J Jensen III'}})


@pytest.mark.parametrize('spelt', [
    lambda name: name, str.upper, str.lower, str.title])
def test_a_user_name_is_there_once_whatever_the_case(scim, spelt):
    name = word('Élodie.mc') + '@Example.com'
    made = scim.user(userName=name)
    body = {'schemas': [USER], 'userName': spelt(name)}
    refused = scim.post('/Users', body).expect(409, type='uniqueness')
    assert refused.json()['detail'].endswith('already: userName')
    assert len(scim.find(f'userName eq "{name}"')) == 1
    other = scim.user()
    scim.put(f'/Users/{other["id"]}', body).expect(409, type='uniqueness')
    scim.patch(f'/Users/{other["id"]}', {
        'op': 'replace', 'path': 'userName',
        'value': spelt(name)}).expect(409, type='uniqueness')
    assert scim.read(other) == other
    # One's own name in another case is none of anybody else's.
    scim.put(f'/Users/{made["id"]}', body).expect(200)
    assert scim.read(made)['userName'] == spelt(name)


@pytest.mark.parametrize('wrong', [
    {}, {'userName': None}, {'userName': ''}, {'userName': '   '},
    {'userName': 12}, {'userName': ['a']}, {'userName': {'value': 'a'}},
    {'userName': 'x' * 201}, {'userName': 'a\u0001b'}, {'USERNAMES': 'x'}],
    ids=str)
def test_a_user_needs_a_user_name(scim, wrong):
    scim.post('/Users', {'schemas': [USER], **wrong}).expect(
        400, type='invalidValue')


@pytest.mark.parametrize('body', [
    '', '{', '[]', '"user"', 'null', '1', '{"userName": "a", }',
    '{"userName": tre}', '{"userName": "a" "b"}', '{"userName": "\x01"}',
    '{"userName": "a"} {}', '{"userName": "\\ud800"}'])
def test_a_body_that_is_no_object(scim, body):
    before = scim.find(None)
    scim.post('/Users', data=body.encode()).expect(400, type='invalidSyntax')
    assert scim.find(None) == before


def test_names_of_attributes_in_any_case(scim):
    """RFC 7643, 2.1."""
    name = word()
    made = scim.post('/Users', {
        'SCHEMAS': [USER.upper()], 'USERNAME': name,
        'Name': {'FAMILYNAME': 'Jensen'}, 'DisplayName': 'Babs',
        'emails': [{'Primary': True, 'TYPE': 'work', 'Value': 'a@b.org'}],
        ENTERPRISE.lower(): {'Department': 'Care'}}).expect(201).json()
    assert holds(made, {
        'userName': name, 'name': {'familyName': 'Jensen'},
        'displayName': 'Babs', ENTERPRISE: {'department': 'Care'},
        'emails': [{'primary': True, 'type': 'work', 'value': 'a@b.org'}]})


def test_null_and_empty_are_unassigned(scim):
    """RFC 7643, 2.5."""
    made = scim.user(title=None, emails=[], nickName=None, roles=[], name={},
                     addresses=[{'country': None, 'formatted': 'here'}])
    assert not {'title', 'emails', 'nickName', 'roles'} & set(made)
    assert made['addresses'] == [{'formatted': 'here'}]


@pytest.mark.parametrize('value, expected', [
    (True, True), (False, False), ('True', True), ('False', False),
    ('true', True), ('FALSE', False)])
def test_booleans_as_words(scim, value, expected):
    made = scim.user(active=value, emails=[
        {'value': 'x@example.com', 'primary': value}])
    assert made['active'] is expected
    assert made['emails'][0]['primary'] is expected
    assert scim.read(made) == made


def test_a_second_primary_value_is_refused(scim):
    """RFC 7643, 2.4: true no more than once."""
    scim.post('/Users', {
        'schemas': [USER], 'userName': word(), 'emails': [
            {'value': 'a@example.com', 'primary': True},
            {'value': 'b@example.com', 'primary': True}]}).expect(
        400, type='invalidValue')


def test_schemas_that_nobody_knows(scim):
    made = scim.user(schemas=[USER, 'urn:example:other'])
    assert made['schemas'] == [USER]


# Managers and departments

def test_a_manager_is_a_person(scim):
    boss = scim.user(displayName='The Boss')
    for given in (boss['id'], {'value': boss['id']},
                  {'value': boss['id'], 'displayName': 'Forged',
                   '$ref': 'https://example.com/forged'}):
        made = scim.user(**{ENTERPRISE: {'manager': given}})
        manager = scim.read(made)[ENTERPRISE]['manager']
        assert manager['value'] == boss['id']
        assert manager['displayName'] == 'The Boss'
        assert target(made, manager) == boss['meta']['location']
    scim.patch(f'/Users/{boss["id"]}', {
        'op': 'replace', 'path': 'displayName', 'value': 'New Name'})
    assert scim.read(made)[ENTERPRISE]['manager']['displayName'] == 'New Name'


def test_a_manager_that_nobody_is(scim, db):
    """Entra's collection has "SuzzyQ": kept as it was sent, and leads
    nobody."""
    for name in ('SuzzyQ', '2819c223-7f76-453a-919d-413861904646'):
        made = scim.user(**{ENTERPRISE: {'manager': {'value': name}}})
        manager = scim.read(made)[ENTERPRISE]['manager']
        assert manager['value'] == name and 'displayName' not in manager
        assert db.column('select manager_id from employment where org_id = %s'
                         ' and person_id = %s and manager_id is not null',
                         [org_id(db, scim), made['id']]) == []


def test_a_circle_of_managers_is_refused(scim):
    first = scim.user()
    second = scim.user(**{ENTERPRISE: {'manager': first['id']}})
    third = scim.user(**{ENTERPRISE: {'manager': second['id']}})
    for boss in (first, second, third):
        answer = scim.patch(f'/Users/{first["id"]}', {
            'op': 'add', 'path': f'{ENTERPRISE}:manager',
            'value': boss['id']})
        answer.expect(400, type='invalidValue')
    assert ENTERPRISE not in scim.read(first)


def target(resource, reference):
    """Where a $ref leads, seen from its resource (RFC 7643, 2.3.7)."""
    return urllib.parse.urljoin(resource['meta']['location'],
                                reference['$ref'])


def team(db, scim, user):
    """The name of the team of somebody's primary employment today."""
    return db.column(
        'select t.name from employment e join team t on t.org_id = e.org_id'
        ' and t.id = e.team_id where e.org_id = %s and e.person_id = %s and'
        ' e.is_primary and e.during @> today()',
        [org_id(db, scim), user['id']])


def test_a_department_is_a_team(scim, db):
    """By its name, made once, and none of the provider's groups."""
    name = word('Tour Operations')
    body = {ENTERPRISE: {**EXTENSION, 'department': name}}
    made, other = scim.user(**body), scim.user(**body)
    shouted = scim.user(**{ENTERPRISE: {'department': name.upper()}})
    assert [team(db, scim, one) for one in (made, other, shouted)] == (
        [[name]] * 3)
    assert scim.read(shouted)[ENTERPRISE]['department'] == name.upper()
    assert scim.find(f'displayName eq "{name}"', 'Groups') == []
    assert 'groups' not in scim.read(made)


def test_who_changes_department_changes_team(scim, db):
    old, new = word('Old'), word('New')
    made = scim.user(**{ENTERPRISE: {'department': old}})
    assert team(db, scim, made) == [old]
    path = f'{ENTERPRISE}:department'
    scim.patch(f'/Users/{made["id"]}', {
        'op': 'replace', 'path': path, 'value': new}).expect(204)
    assert team(db, scim, made) == [new]
    assert scim.read(made)[ENTERPRISE]['department'] == new
    scim.patch(f'/Users/{made["id"]}', {
        'op': 'remove', 'path': path}).expect(204)
    assert team(db, scim, made) == []


def test_a_department_and_a_group_of_one_name(scim, db):
    """One team, and two ways to be in it that know nothing of each other."""
    group = scim.group(displayName=word('Care'))
    made = scim.user(**{ENTERPRISE: {'department': group['displayName']}})
    assert team(db, scim, made) == [group['displayName']]
    assert scim.members(group) == set() and 'groups' not in scim.read(made)
    path = f'/Groups/{group["id"]}'
    scim.patch(path, {'op': 'add', 'path': 'members',
                      'value': [{'value': made['id']}]}).expect(204)
    mine, = scim.read(made)['groups']
    assert (mine['value'], mine['display']) == (
        group['id'], group['displayName'])
    assert target(made, mine) == group['meta']['location']
    scim.patch(path, {'op': 'remove', 'path': 'members'}).expect(204)
    assert team(db, scim, made) == [group['displayName']]


# RFC 7644, 3.4.1: a known resource

def test_read_and_not_modified(scim):
    made = scim.user()
    answer = scim.get(f'/Users/{made["id"]}').expect(200)
    assert answer.json() == made
    scim.get(f'/Users/{made["id"]}', headers={
        'If-None-Match': answer.headers['ETag']}).expect(304)
    scim.get(f'/Users/{made["id"]}', headers={
        'If-None-Match': 'W/"999999"'}).expect(200)


@pytest.mark.parametrize('upper', [True, False])
def test_an_id_in_upper_case_is_another_one_or_the_same(scim, upper):
    made = scim.user()
    name = made['id'].upper() if upper else made['id']
    answer = scim.get(f'/Users/{name}').expect(200, 404)
    assert answer.status == 404 or answer.json()['id'] == made['id']
    assert upper or answer.status == 200


# RFC 7644, 3.5.1: replaced

def test_figure_3_5_1_replace(empty):
    made = empty.post('/Users', FULL).expect(201).json()
    body = {
        'schemas': [USER], 'id': made['id'], 'userName': 'bjensen',
        'externalId': 'bjensen',
        'name': {'formatted': 'Ms. Barbara J Jensen III',
                 'familyName': 'Jensen', 'givenName': 'Barbara',
                 'middleName': 'Jane'},
        'roles': [],
        'emails': [{'value': 'bjensen@example.com'},
                   {'value': 'babs@jensen.org'}]}
    answer = empty.put(f'/Users/{made["id"]}', body).expect(200)
    found = answer.json()
    assert empty.read(made) == found
    assert holds(found, {**body, 'roles': None, 'title': None,
                         'nickName': None, 'addresses': None})
    assert found['meta']['created'] == made['meta']['created']
    assert found['meta']['version'] != made['meta']['version']
    assert found['meta']['lastModified'] >= made['meta']['lastModified']


def test_everything_put_back_changes_nothing(scim):
    """Okta's integrations of one's own: the whole user, as it was read."""
    boss = scim.user()
    body = enterprise(boss['id'])
    made = scim.post('/Users', {
        **body, 'userName': word(), 'externalId': word()}).expect(201).json()
    scim.group(made['id'])
    before = scim.read(made)
    assert len(before['groups']) == 1
    after = scim.put(f'/Users/{made["id"]}', before).expect(200).json()
    assert plain(after) == plain(before)
    assert after['groups'] == before['groups']


def test_put_of_what_a_csv_brought_changes_nothing(scim, csv):
    person = csv(scim, given_name='An', family_name='Peeters',
                 display_name='An Peeters', email=f'{word()}@example.com',
                 language='nl')
    before = scim.read(person)
    after = scim.put(f'/Users/{person}', before).expect(200).json()
    assert plain(after) == plain(before)


def test_read_only_attributes_are_ignored(scim):
    made = scim.user()
    group = scim.group()
    forged = {**copy.deepcopy(READ_ONLY),
              'groups': [{'value': group['id']}]}
    after = scim.put(f'/Users/{made["id"]}', {
        **plain(made), **forged, 'nickName': 'x'}).expect(200).json()
    assert after['id'] == made['id'] and 'groups' not in after
    assert after['meta']['created'] == made['meta']['created']
    assert scim.members(group) == set()


def test_put_without_a_user_name(scim):
    made = scim.user()
    scim.put(f'/Users/{made["id"]}', {
        'schemas': [USER], 'displayName': 'x'}).expect(
        400, type='invalidValue')
    assert scim.read(made) == made


def test_put_makes_nobody(scim):
    scim.put('/Users/2819c223-7f76-453a-919d-413861904646', {
        'schemas': [USER], 'userName': word()}).expect(404)


# RFC 7644, 3.14: versions

@pytest.mark.parametrize('method', ['PUT', 'PATCH', 'DELETE'])
def test_a_stale_version(scim, method):
    made = scim.user()
    old = made['meta']['version']
    scim.patch(f'/Users/{made["id"]}', {
        'op': 'add', 'path': 'nickName', 'value': 'New'}).expect(204)
    now = scim.read(made)
    assert now['meta']['version'] != old
    body = {'PUT': {**plain(now), 'nickName': 'Mine'}, 'PATCH': {
        'schemas': ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        'Operations': [{'op': 'remove', 'path': 'nickName'}]}}.get(method)
    path = f'/Users/{made["id"]}'
    scim.call(method, path, json=body,
              headers={'If-Match': old}).expect(412)
    assert scim.read(made) == now
    scim.call(method, path, json=body,
              headers={'If-Match': now['meta']['version']}).expect(200, 204)


def test_any_version(scim):
    made = scim.user()
    scim.put(f'/Users/{made["id"]}', plain(made),
             headers={'If-Match': '*'}).expect(200)


# Leaving and coming back

def test_soft_delete(scim):
    """Okta never deletes; Entra reads a disabled user again."""
    made = scim.user()
    name = made['userName']
    scim.patch(f'/Users/{made["id"]}', {
        'op': 'replace', 'path': 'active', 'value': False}).expect(204)
    assert scim.read(made)['active'] is False
    for filter, count in ((f'userName eq "{name}"', 1),
                          (f'userName eq "{name}" and active eq false', 1),
                          (f'userName eq "{name}" and active eq true', 0),
                          (f'userName eq "{name}" and active eq "False"', 1)):
        found = scim.find(filter)
        assert len(found) == count, filter
        assert all(one['active'] is False for one in found)
    assert made['id'] in [one['id'] for one in scim.find(None)]
    # Somebody shut out still owns the name.
    scim.post('/Users', {'schemas': [USER], 'userName': name}).expect(
        201, 409)
    assert len(scim.find(f'userName eq "{name}"')) == 1
    scim.put(f'/Users/{made["id"]}', {
        **plain(made), 'active': True}).expect(200)
    assert scim.read(made)['active'] is True


def test_a_leavers_token_is_refused_at_once(scim, api):
    made = scim.user()

    def me():
        return api.get('/v1/me', as_=made['userName'],
                       org=scim.org).status_code
    assert me() == 200
    scim.patch(f'/Users/{made["id"]}', {
        'op': 'Replace', 'path': 'active', 'value': 'False'}).expect(204)
    assert me() in (401, 403)
    scim.patch(f'/Users/{made["id"]}', {
        'op': 'replace', 'value': {'active': True}}).expect(204)
    assert me() == 200
    scim.delete(f'/Users/{made["id"]}').expect(204)
    assert me() in (401, 403)


def test_delete(scim):
    """RFC 7644, 3.6: 404 for everything afterwards."""
    made = scim.user()
    path = f'/Users/{made["id"]}'
    scim.delete(path).expect(204)
    scim.get(path).expect(404)
    scim.put(path, plain(made)).expect(404)
    scim.patch(path, {'op': 'add', 'path': 'nickName',
                      'value': 'x'}).expect(404)
    scim.delete(path).expect(404)
    assert scim.find(f'userName eq "{made["userName"]}"') == []
    assert made['id'] not in [one['id'] for one in scim.find(None)]


@pytest.mark.parametrize('by', ['userName', 'externalId'])
def test_who_comes_back_is_the_same_person(scim, db, by):
    """RFC 7644, 3.6 frees the name; the person keeps what is theirs."""
    made = scim.user(externalId=word('hr'), nickName='Before')
    scim.delete(f'/Users/{made["id"]}').expect(204)
    again = {'schemas': [USER], 'userName': word(), 'nickName': 'After'}
    again[by] = made[by]
    back = scim.post('/Users', again).expect(201).json()
    assert back['id'] == made['id']
    assert back['active'] is True and back['nickName'] == 'After'
    assert scim.read(made) == back
    assert scim.find(f'{by} eq "{made[by]}"') == [back]


def test_one_comes_back_once(scim):
    made = scim.user(externalId=word('hr'))
    scim.delete(f'/Users/{made["id"]}').expect(204)
    body = {'schemas': [USER], 'userName': made['userName'],
            'externalId': made['externalId']}
    assert scim.post('/Users', body).expect(201).json()['id'] == made['id']
    scim.post('/Users', body).expect(409, type='uniqueness')


# Who a file brought is adopted, and never made a second time.

def adopting(scim, csv, by):
    """A person of a file, and a body that means the same one by one thing."""
    mail = f'{word()}@example.com'
    columns = {'external_id': word('E'), 'user_name': word('csv'),
               'email': mail}
    person = csv(scim, **columns)
    body = {'schemas': [USER], 'userName': word('idp')}
    if by == 'external id':
        body['externalId'] = columns['external_id']
    elif by == 'user name':
        body['userName'] = columns['user_name'].upper()
    else:
        body['emails'] = [{'value': mail.upper(), 'type': 'work',
                           'primary': True}]
    return person, body


WAYS = ['external id', 'user name', 'address']


@pytest.mark.parametrize('by', WAYS)
def test_adoption(scim, csv, db, by):
    person, body = adopting(scim, csv, by)
    count = len(scim.find(None))
    made = scim.post('/Users', body).expect(201).json()
    assert made['id'] == person
    assert made['userName'] == body['userName']
    assert len(scim.find(None)) == count
    scim.post('/Users', body).expect(409, type='uniqueness')
    assert len(scim.find(None)) == count


@pytest.mark.parametrize('by', WAYS)
def test_who_is_adopted_is_not_adopted_again(scim, csv, by):
    """Another user with the same address, or number, is another one."""
    person, body = adopting(scim, csv, by)
    assert scim.post('/Users', body).expect(201).json()['id'] == person
    other = scim.post('/Users', {**body, 'userName': word('other')})
    other.expect(201)
    assert other.json()['id'] != person


@pytest.mark.parametrize('by', WAYS)
def test_at_the_same_time(scim, csv, by):
    person, body = adopting(scim, csv, by)
    count = len(scim.find(None))
    answers = together(scim, [body] * 6)
    assert sorted(one.status for one in answers) == [201] + [409] * 5
    made, = [one.json() for one in answers if one.status == 201]
    assert made['id'] == person and len(scim.find(None)) == count


def test_two_systems_adopt_one_person(scim, csv):
    """At once by number and by address: the first has it."""
    mail, number = f'{word()}@example.com', word('E')
    person = csv(scim, external_id=number, email=mail)
    count = len(scim.find(None))
    answers = together(scim, [
        {'schemas': [USER], 'userName': word('a'), 'externalId': number},
        {'schemas': [USER], 'userName': word('b'),
         'emails': [{'value': mail, 'primary': True}]}])
    assert [one.status for one in answers] == [201, 201]
    found = [one.json()['id'] for one in answers]
    assert found.count(person) == 1
    assert len(scim.find(None)) == count + 1


def together(scim, bodies):
    answers = [None] * len(bodies)
    gate = threading.Barrier(len(bodies))

    def send(index, one):
        gate.wait()
        answers[index] = one.post('/Users', bodies[index])
    threads = [threading.Thread(target=send, args=(index, scim.other()))
               for index in range(len(bodies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answers)
    return answers


def test_new_users_at_the_same_time(scim):
    name = word()
    answers = together(scim, [{'schemas': [USER], 'userName': spelt}
                              for spelt in (name, name.upper()) * 4])
    assert sorted(one.status for one in answers) == [201] + [409] * 7
    for one in answers:
        assert one.status == 201 or one.type == 'uniqueness'
    assert len(scim.find(f'userName eq "{name}"')) == 1


def test_an_address_that_two_share_says_nothing(scim, csv):
    mail = f'{word()}@example.com'
    people = {csv(scim, email=mail), csv(scim, email=mail)}
    made = scim.user(emails=[{'value': mail, 'primary': True}])
    assert made['id'] not in people


def test_the_number_goes_before_name_and_address(scim, csv):
    mail, number = f'{word()}@example.com', word('E')
    by_number = csv(scim, external_id=number)
    by_mail = csv(scim, email=mail)
    made = scim.user(externalId=number,
                     emails=[{'value': mail, 'primary': True}])
    assert made['id'] == by_number
    assert scim.read(by_mail)['id'] == by_mail


@pytest.mark.parametrize('method', ['PUT', 'PATCH'])
def test_a_change_adopts_too(scim, csv, method):
    """A provider that found somebody by a filter and wrote it owns it."""
    name, number = word('csv'), word('E')
    person = csv(scim, user_name=name, external_id=number)
    if method == 'PUT':
        scim.put(f'/Users/{person}', {**plain(scim.read(person)),
                                      'nickName': 'x'}).expect(200)
    else:
        scim.patch(f'/Users/{person}', {
            'op': 'add', 'path': 'nickName', 'value': 'x'}).expect(204)
    found = scim.read(person)
    assert (found['nickName'], found['externalId']) == ('x', number)
    scim.post('/Users', {'schemas': [USER], 'userName': name}).expect(
        409, type='uniqueness')


def test_who_was_shut_out_before_comes_back_in(scim, csv):
    number = word('E')
    person = csv(scim, external_id=number, active=False)
    made = scim.user(externalId=number)
    assert made['id'] == person and made['active'] is True


def test_a_person_of_a_file_is_a_user(scim, csv, db):
    mail = f'{word()}@example.com'
    person = csv(scim, external_id=word('E'), given_name='An', email=mail,
                 family_name='Peeters', display_name='An Peeters')
    found = scim.read(person)
    assert holds(found, {
        'name': {'givenName': 'An', 'familyName': 'Peeters'},
        'displayName': 'An Peeters', 'active': True})
    assert found['emails'][0]['value'] == mail
    assert org_id(db, scim) and scim.find(
        f'externalId eq "{found["externalId"]}"') == [found]
