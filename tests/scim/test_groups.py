"""Groups: what one is (RFC 7643, 4.2 and 8.4), who is in it, and that a change
of a large one costs what it changes.

Mutations: a group's name compared by case; PUT that forgets to remove, or to
add; a member twice; `excludedAttributes=members` that reads them all the same;
a PATCH that deletes all members and inserts them again, or reads them; a
reply of any size.
"""

import time

import pytest
from harness.waiting import eventually

from .client import GROUP, holds, plain, word
from .conftest import org_id
from .test_users import target

LARGE = 50_000


@pytest.fixture(scope='module')
def people(scim):
    return [scim.user(displayName=f'Person {index}')['id']
            for index in range(4)]


def test_figure_8_4(scim, people):
    name = word('Tour Guides')
    body = {
        'schemas': [GROUP], 'id': 'e9e30dba-f08f-4109-8486-d5c6a331660a',
        'displayName': name, 'members': [
            {'value': people[0], 'display': 'Babs Jensen',
             '$ref': f'https://example.com/v2/Users/{people[0]}'},
            {'value': people[1], 'display': 'Mandy Pepperidge',
             '$ref': f'https://example.com/v2/Users/{people[1]}'}],
        'meta': {'resourceType': 'Group',
                 'created': '2010-01-23T04:56:22Z',
                 'lastModified': '2011-05-13T04:42:34Z',
                 'version': 'W/"3694e05e9dff592"',
                 'location': 'https://example.com/v2/Groups/e9e30dba'}}
    answer = scim.post('/Groups', body).expect(201)
    made = answer.json()
    assert made['id'] != body['id'] and made['displayName'] == name
    assert scim.read(made) == made
    for index, one in enumerate(sorted(made['members'],
                                       key=lambda one: one['display'])):
        assert target(made, one) == f'{scim.base}/Users/{people[index]}'
        assert one == {'value': people[index], 'type': 'User',
                       'display': f'Person {index}', '$ref': one['$ref']}
    assert scim.get(answer.headers['Location']).expect(200).json() == made


@pytest.mark.parametrize('members', [None, []])
def test_a_group_of_nobody(scim, members):
    made = scim.group(members=members, externalId=word())
    assert scim.members(made) == set()
    assert holds(scim.read(made), {'displayName': made['displayName'],
                                   'externalId': made['externalId']})


@pytest.mark.parametrize('wrong', [
    {}, {'displayName': None}, {'displayName': ''}, {'displayName': 1},
    {'displayName': ['a']}, {'displayName': 'x' * 201},
    {'displayName': 'wrong members', 'members': 'all'},
    {'displayName': 'wrong members', 'members': [{'display': 'x'}]},
    {'displayName': 'wrong members', 'members': [{'value': 1}]},
    {'displayName': 'wrong members', 'members': [{'value': 'nobody'}]},
    {'displayName': 'wrong members', 'members': [
        {'value': '2819c223-7f76-453a-919d-413861904646'}]},
], ids=str)
def test_what_is_no_group(scim, wrong):
    scim.post('/Groups', {'schemas': [GROUP], **wrong}).expect(
        400, type='invalidValue')
    assert scim.find('displayName eq "wrong members"', 'Groups') == []


@pytest.mark.parametrize('spelt', [str, str.upper, str.lower])
def test_a_name_is_there_once(scim, spelt):
    """Entra: groups match by displayName, so that it must be unique."""
    name = word('Élan Vital')
    made, other = scim.group(displayName=name), scim.group()
    body = {'schemas': [GROUP], 'displayName': spelt(name)}
    refused = scim.post('/Groups', body).expect(409, type='uniqueness')
    assert refused.json()['detail'].endswith('already: displayName')
    scim.put(f'/Groups/{other["id"]}', body).expect(409, type='uniqueness')
    scim.patch(f'/Groups/{other["id"]}', {
        'op': 'replace', 'path': 'displayName',
        'value': spelt(name)}).expect(409, type='uniqueness')
    assert scim.read(other) == other
    # Its own name in another case is no other group's.
    scim.put(f'/Groups/{made["id"]}', body).expect(200)
    assert scim.read(made)['displayName'] == spelt(name)


def test_a_deleted_groups_name_is_free(scim, people):
    made = scim.group(people[0], externalId=word())
    path = f'/Groups/{made["id"]}'
    scim.delete(path).expect(204)
    for method, body in (('GET', None), ('PUT', plain(made)),
                         ('DELETE', None)):
        scim.call(method, path, json=body).expect(404)
    assert made['id'] not in [
        one['id'] for one in scim.find(None, 'Groups')]
    again = scim.group(displayName=made['displayName'],
                       externalId=made['externalId'])
    assert scim.members(again) == set()


def test_put_replaces(scim, people):
    made = scim.group(*people[:2], externalId=word())
    body = {'schemas': [GROUP], 'id': made['id'], 'displayName': word('put'),
            'members': [{'value': one} for one in people[1:3]]}
    found = scim.put(f'/Groups/{made["id"]}', body).expect(200).json()
    assert scim.read(made) == found
    assert {one['value'] for one in found['members']} == set(people[1:3])
    assert 'externalId' not in found
    assert found['meta']['version'] != made['meta']['version']
    # RFC 7644, 3.5.1: what a PUT leaves out is cleared.
    body.pop('members')
    scim.put(f'/Groups/{made["id"]}', body).expect(200)
    assert scim.members(made) == set()


def test_put_back_changes_nothing(scim, people):
    made = scim.group(*people, externalId=word())
    after = scim.put(f'/Groups/{made["id"]}', made).expect(200).json()
    assert plain(after) == plain(made)


def test_a_member_given_twice_is_there_once(scim, people):
    made = scim.group(people[0], people[0].upper(), people[0])
    assert scim.members(made) == {people[0]}
    scim.patch(f'/Groups/{made["id"]}', {
        'op': 'add', 'path': 'members',
        'value': [{'value': people[0]}]}).expect(204)
    assert scim.members(made) == {people[0]}


def test_who_works_twice_in_a_team_is_one_member(scim, csv, db):
    """As a file of people may have it; a removal ends both."""
    made, person = scim.group(), csv(scim)
    for primary in (True, False):
        db.execute('insert into employment (org_id, person_id, team_id,'
                   ' during, is_primary) values (%s, %s, %s,'
                   ' daterange(today() - 9, null), %s)',
                   [org_id(db, scim), person, made['id'], primary])
    assert scim.members(made) == {person}
    mine, = scim.read(person)['groups']
    assert mine['value'] == made['id']
    assert scim.find(f'members.value eq "{person}"', 'Groups')[0][
        'id'] == made['id']
    scim.patch(f'/Groups/{made["id"]}', {
        'op': 'remove', 'path': f'members[value eq "{person}"]'}).expect(204)
    assert scim.members(made) == set()
    assert 'groups' not in scim.read(person)


def test_members_are_users_only(scim):
    other = scim.group()
    scim.post('/Groups', {
        'schemas': [GROUP], 'displayName': word(), 'members': [
            {'value': other['id'], 'type': 'Group'}]}).expect(
        400, type='invalidValue')


def test_membership_from_both_ends(scim):
    user = scim.user()
    groups = [scim.group(user['id']) for _ in range(3)]
    found = scim.read(user)['groups']
    assert {one['value'] for one in found} == {one['id'] for one in groups}
    for one in found:
        group, = [each for each in groups if each['id'] == one['value']]
        assert one['display'] == group['displayName']
        assert target(user, one) == group['meta']['location']
        assert one['type'] == 'direct'
    scim.delete(f'/Groups/{groups[0]["id"]}').expect(204)
    assert {one['value'] for one in scim.read(user)['groups']} == {
        one['id'] for one in groups[1:]}
    scim.delete(f'/Users/{user["id"]}').expect(204)
    assert scim.members(groups[1]) == set()


@pytest.mark.parametrize('path', ['/Groups', '/Groups/{id}'])
def test_members_excluded(scim, people, path):
    """Entra reads every group so."""
    made = scim.group(people[0])
    body = scim.get(path.format(id=made['id']), params={
        'excludedAttributes': 'members'}).expect(200).json()
    for one in body.get('Resources', [body]):
        assert 'members' not in one and one['displayName'] and one['meta']


def test_only_the_name(scim, people):
    made = scim.group(people[0], externalId=word())
    body = scim.get(f'/Groups/{made["id"]}', params={
        'attributes': 'displayName'}).expect(200).json()
    assert set(body) == {'schemas', 'id', 'displayName'}


def test_versions(scim, people):
    made = scim.group(people[0])
    path = f'/Groups/{made["id"]}'
    scim.patch(path, {'op': 'add', 'path': 'members',
                      'value': [{'value': people[1]}]}).expect(204)
    now = scim.read(made)
    assert now['meta']['version'] != made['meta']['version']
    stale = {'If-Match': made['meta']['version']}
    scim.put(path, plain(now), headers=stale).expect(412)
    scim.delete(path, headers=stale).expect(412)
    assert scim.read(made) == now
    scim.get(path, headers={'If-None-Match': now['meta']['version']}).expect(
        304)


# 50,000 members

@pytest.fixture(scope='module')
def large(scim, db):
    """(a group, ids of its members): made beside the API."""
    made = scim.group(displayName=word('Everybody'))
    org = org_id(db, scim)
    db.execute(
        'with made as (insert into person (org_id, id, user_name,'
        ' display_name) select %(org)s, uuid7(), \'many-\' || n,'
        ' \'Member \' || n || repeat(\' of the large group\', 5)'
        ' from generate_series(1, %(count)s) n returning id)'
        ' insert into employment (org_id, person_id, team_id, during,'
        ' is_primary) select %(org)s, made.id, %(team)s,'
        ' daterange(today() - 100, null), false from made',
        {'org': org, 'count': LARGE, 'team': made['id']})
    db.execute('analyze person, employment')
    ids = db.column('select person_id::text from employment where org_id = %s'
                    ' and team_id = %s order by 1', [org, made['id']])
    assert len(ids) == LARGE
    return made, ids


def rows(db, scim):
    """Where each employment lies and which transaction wrote it."""
    return dict(db.execute(
        'select id, ctid::text || xmin::text from employment'
        ' where org_id = %s', [org_id(db, scim)]))


def touched(before, after):
    return len({*before.items()} ^ {*after.items()})


def counters(db):
    return db.execute(
        'select n_tup_ins + n_tup_upd + n_tup_del,'
        ' seq_tup_read + idx_tup_fetch from pg_stat_user_tables'
        " where relname = 'employment'")[0]


def test_a_patch_of_a_large_group_writes_what_it_changes(scim, db, large):
    made, ids = large
    path, one = f'/Groups/{made["id"]}', scim.user()['id']
    before = rows(db, scim)
    for operation, in_group in (
            ({'op': 'add', 'path': 'members', 'value': [{'value': one}]}, 1),
            ({'op': 'remove', 'path': f'members[value eq "{one}"]'}, 0),
            ({'op': 'Add', 'path': 'members', 'value': [{'value': one}]}, 1),
            ({'op': 'Remove', 'path': 'members',
              'value': [{'value': one}]}, 0)):
        start = time.monotonic()
        scim.patch(path, operation).expect(204)
        took = time.monotonic() - start
        after = rows(db, scim)
        assert touched(before, after) <= 2, operation
        assert took < 10, f'{operation}: {took:.1f} s'
        before = after
        assert db.one('select count(*) from scim_member where org_id = %s'
                      ' and group_id = %s and value = %s',
                      [org_id(db, scim), made['id'], one]) == in_group


def test_a_patch_of_a_large_group_reads_what_it_changes(scim, db, large):
    """PostgreSQL's own counters; a backend tells its own within 10 s."""
    made, ids = large
    users = [scim.user()['id'] for _ in range(4)]
    path = f'/Groups/{made["id"]}'
    db.execute('select pg_stat_force_next_flush()')
    time.sleep(10.5)
    before = counters(db)
    for one in users:
        scim.patch(path, {'op': 'add', 'path': 'members',
                          'value': [{'value': one}]}).expect(204)
    for one in users:
        scim.patch(path, {'op': 'remove', 'path': 'members',
                          'value': [{'value': one}]}).expect(204)

    def told():
        found = [now - then for now, then in zip(counters(db), before)]
        return found if found[0] >= 8 else None
    written, read = eventually(told, 30)
    assert written <= 24, f'{written} rows written'
    assert read < LARGE / 10, f'{read} rows read'


def test_replies_have_an_end(scim, large):
    """Above 8 MiB: tooMany, and without members all is well."""
    made, ids = large
    path = f'/Groups/{made["id"]}'
    scim.get(path).expect(400, type='tooMany')
    scim.get('/Groups', params={
        'filter': f'id eq "{made["id"]}"'}).expect(400, type='tooMany')
    without = {'excludedAttributes': 'members'}
    scim.get(path, params=without).expect(200)
    found = scim.find(f'id eq "{made["id"]}"', 'Groups', **without)
    assert [one['id'] for one in found] == [made['id']]
    # Entra's question: is somebody a member?
    found = scim.find(f'id eq "{made["id"]}" and members eq "{ids[-1]}"',
                      'Groups', **without)
    assert [one['id'] for one in found] == [made['id']]


def test_a_large_group_gets_another_name(scim, db, large):
    made, ids = large
    before = rows(db, scim)
    scim.patch(f'/Groups/{made["id"]}', {
        'op': 'replace', 'value': {'displayName': word('Everybody')}},
        params={'excludedAttributes': 'members'}).expect(200)
    assert rows(db, scim) == before


def test_many_members_in_one_patch(scim, db, large):
    made, ids = large
    other = scim.group()
    some = ids[:10_000]
    path = f'/Groups/{other["id"]}'
    scim.patch(path, {'op': 'add', 'path': 'members', 'value': [
        {'value': one} for one in some]}).expect(204)
    assert scim.members(other) == set(some)
    scim.patch(path, {'op': 'Remove', 'path': 'members', 'value': [
        {'value': one} for one in some[:9_000]]}).expect(204)
    assert scim.members(other) == set(some[9_000:])
    scim.patch(path, {'op': 'replace', 'path': 'members', 'value': [
        {'value': one} for one in ids[-2_000:]]}).expect(204)
    assert scim.members(other) == set(ids[-2_000:])
    assert db.one('select count(*) from scim_member where org_id = %s and'
                  ' group_id = %s', [org_id(db, scim), made['id']]) == LARGE


@pytest.mark.long
def test_all_of_them_in_one_patch(scim, db, large):
    made, ids = large
    other = scim.group()
    scim.patch(f'/Groups/{other["id"]}', {
        'op': 'replace', 'path': 'members',
        'value': [{'value': one} for one in ids]}, timeout=300).expect(204)
    assert db.one('select count(*) from scim_member where org_id = %s and'
                  ' group_id = %s', [org_id(db, scim), other['id']]) == LARGE
    scim.delete(f'/Groups/{other["id"]}', timeout=300).expect(204)
