"""What SCIM's operations do to people and teams, where a sloppy or hostile
identity provider is at the other end.

Mutations, each found here: a missing `active` taken for true; the audit of
who is sent back as shown; scim_matches() that compares a document with itself
(anybody's tombstone is adopted); person_total_add() with the part looked for
in FROM (a join runs it twice); PATCH_TRIES at 8; a tombstone that keeps its
user name; what stays of an employment forgotten (`w.until` left out); names in
`changed` of what is as it was shown.
"""

import concurrent.futures
import datetime

import pytest

from harness.provider import USER, WORK, Provider


@pytest.fixture(scope='module')
def idp(server, api, db):
    return Provider(server, api, db)


@pytest.fixture
def fresh(server, api, db):
    return Provider(server, api, db)


def at_once(function, items, clients=16):
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        return list(pool.map(function, items))


def people(db, org):
    return (db.one('select coalesce(sum(people), 0) from person_total'
                   ' where org_id = %s', [org]),
            db.one('select count(*) from person where org_id = %s'
                   ' and deleted_at is null', [org]))


# Without `active`

def test_put_without_active_keeps_a_leaver(idp):
    one = idp.user('keeps-leaver')
    idp.replace(f'/Users/{one}', 'active', 'False').expect(204)
    body = {'schemas': [USER], 'userName': 'keeps-leaver', 'title': 'T'}
    assert idp.put(f'/Users/{one}', body).expect(200).json()['active'] is False
    version = idp.version(one)
    assert idp.put(f'/Users/{one}', body).json()['active'] is False
    assert idp.version(one) == version
    assert [action for action, _ in idp.changes(one)] == [
        'created', 'deactivated', 'changed']
    body['active'] = True
    assert idp.put(f'/Users/{one}', body).json()['active'] is True


def test_patch_that_removes_active_keeps_it(idp):
    one = idp.user('removes-active')
    for active in (False, True):
        idp.replace(f'/Users/{one}', 'active', active).expect(204)
        idp.patch(f'/Users/{one}',
                  {'op': 'remove', 'path': 'active'}).expect(204)
        assert idp.get(f'/Users/{one}').json()['active'] is active


def test_post_without_active_brings_back(idp):
    one = idp.user('brings-back', externalId='back-1')
    idp.replace(f'/Users/{one}', 'active', False).expect(204)
    again = idp.post_user('brings-back-2', externalId='back-1').expect(201)
    assert again.json()['id'] == one
    assert again.json()['active'] is True
    assert idp.changes(one)[-1][0] == 'reactivated'


# What was shown, sent back

def shown(idp, name):
    """Users made in several ways, as they are shown."""
    one = {'bare': lambda: idp.user('bare'),
           'full': lambda: idp.user(
               'full', externalId='f', name={'givenName': 'F'}, title='T',
               emails=[{'value': 'f@example.org', 'primary': 'True'}],
               **{WORK: {'department': 'Full', 'manager': 'nobody'}}),
           'hired': lambda: idp.user('hired-1') if idp.hire(
               'hired-1', email='h@example.org', given_name='H') else None,
           }[name]()
    return one, idp.get(f'/Users/{one}').expect(200).json()


@pytest.mark.parametrize('name', ['bare', 'full', 'hired'])
def test_put_of_what_was_shown_changes_nothing(idp, name):
    one, body = shown(idp, name)
    before = (idp.version(one), idp.changes(one), idp.events(one))
    assert idp.put(f'/Users/{one}', body).expect(200).json() == body
    idp.patch(f'/Users/{one}', {'op': 'replace', 'value': {
        'userName': body['userName'], 'ACTIVE': 'True'}}).expect(204)
    assert (idp.version(one), idp.changes(one), idp.events(one)) == before


def test_the_audit_names_what_changed(idp):
    one = idp.user('audited')
    idp.replace(f'/Users/{one}', 'active', False).expect(204)
    idp.replace(f'/Users/{one}', 'title', 'T').expect(204)
    hired = idp.hire('audited-too', email='a@example.org')
    idp.replace(f'/Users/{hired}', 'nickName', 'N').expect(204)
    assert idp.changes(one) == [
        ('created', []), ('deactivated', ['active']), ('changed', ['title'])]
    assert idp.changes(hired) == [('adopted', ['nickName'])]


# Who is who

def test_a_newcomer_is_nobody_who_left(fresh):
    left = [fresh.user(f'left-{i}', externalId=f'left-{i}') for i in (1, 2)]
    fresh.delete(f'/Users/{left[0]}').expect(204)
    fresh.replace(f'/Users/{left[1]}', 'active', False).expect(204)
    new = fresh.user('newcomer', externalId='new', emails='n@example.org')
    assert new not in left
    assert fresh.get('/Users?filter=active eq false'.replace(' ', '%20')
                     ).json()['totalResults'] == 1


def test_the_name_of_a_tombstone_can_be_taken(fresh):
    gone = fresh.user('jan', externalId='jan-1')
    fresh.delete(f'/Users/{gone}').expect(204)
    one = fresh.user('jan.smets')
    fresh.replace(f'/Users/{one}', 'userName', 'Jan').expect(204)
    assert fresh.post_user('jan', externalId='jan-1').expect(409)
    again = fresh.user('jan.2', externalId='jan-1')
    assert again == gone


def test_one_after_the_other_at_once(fresh, db):
    """Made, deleted and made again by 16 clients: no deadlock, the same
    person each time, and exact totals."""
    def cycle(i):
        one = fresh.post_user(f'c{i % 20}', externalId=f'c{i % 20}')
        one.expect(201, 409)
        if one.status_code == 201:
            fresh.delete(f"/Users/{one.json()['id']}").expect(204, 404)
    before = db.one('select deadlocks from pg_stat_database'
                    " where datname = 'hefboom'")
    at_once(cycle, range(400))
    assert people(db, fresh.id) == (0, 0)
    assert db.one('select count(*) from person where org_id = %s',
                  [fresh.id]) == 20
    assert db.one('select count(*) from person where org_id = %s'
                  ' and user_name <> external_id', [fresh.id]) == 0
    assert db.one('select deadlocks from pg_stat_database'
                  " where datname = 'hefboom'") == before


def test_one_name_at_once_is_one_user(fresh, db):
    replies = at_once(lambda i: fresh.post_user('Same', externalId=f's{i}'),
                      range(32))
    codes = sorted(reply.status_code for reply in replies)
    assert codes == [201] + [409] * 31
    assert people(db, fresh.id) == (1, 1)


def test_patches_of_one_user_at_once(idp):
    """None is refused: nobody asked for a version."""
    one = idp.user('patched-at-once')
    at_once(lambda i: idp.patch(f'/Users/{one}', {
        'op': 'add', 'path': 'roles', 'value': [{'value': f'r{i}'}]}).expect(
            204), range(96))
    assert len(idp.get(f'/Users/{one}').json()['roles']) == 96


def test_members_of_one_group_at_once(idp):
    group = idp.group('at once')
    users = [idp.user(f'member-{i}') for i in range(32)]
    at_once(lambda one: idp.patch(f'/Groups/{group}', {
        'op': 'add', 'path': 'members', 'value': [{'value': one}]}).expect(
            204), users)
    reply = idp.get(f'/Groups/{group}')
    assert {one['value'] for one in reply.json()['members']} == set(users)
    assert reply.etag == 'W/"33"'


# Where they work

def test_a_move_keeps_the_end_of_a_contract(idp, db):
    today = db.one("select (clock() at time zone 'Europe/Brussels')::date")
    until = today + datetime.timedelta(days=30)
    one = idp.hire('temporary')
    db.execute(
        'insert into employment (org_id, person_id, title, during)'
        " values (%s, %s, 'Temp', daterange(%s, %s))",
        [idp.id, one, today - datetime.timedelta(days=30), until])
    idp.replace(f'/Users/{one}', f'{WORK}:department', 'Moved').expect(204)
    assert idp.work(one) == [(None, 'Temp', today, True),
                             ('Moved', 'Temp', until, True)]
