"""What SCIM's operations do to people and teams, where a sloppy or hostile
identity provider is at the other end.

Mutations, each found here: a missing `active` taken for true; the audit of
who is sent back as shown; scim_matches() that compares a document with itself
(anybody's tombstone is adopted); person_total_add() with the part looked for
in FROM (a join runs it twice); PATCH_TRIES at 8; a tombstone that keeps its
user name; what stays of an employment forgotten (`w.until` left out); names in
`changed` of what is as it was shown; own_email without looking at the document;
a team's external id left out of scim_put_group's `kept`; is_department always
false; the group of a department not refused to PATCH; choices 3 and 4 of
find_caller the other way round; the brake left out of scim_put_user, or of
scim_delete_user; `note()` that returns false; the person left out of
scim_put_user's brake; who lost a team, or a parent, not told by
scim_put_group or scim_delete_group (test_who_loses_a_team_has_moved); leaders with whoever is deleted; the department
not locked (test_a_department_that_is_just_deleted).
"""

import concurrent.futures
import contextlib
import datetime
import itertools
import time
import urllib.parse

import psycopg2
import pytest

from harness import locks
from harness.provider import MESSAGES, USER, WORK, Provider
from harness.waiting import eventually


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
    idp.delete(f'/Users/{one}').expect(204)
    again = idp.post_user('brings-back-2', externalId='back-1').expect(201)
    assert again.json()['id'] == one
    assert again.json()['active'] is True
    assert idp.changes(one)[-1][0] == 'restored'


def test_a_leaver_s_user_name_may_be_somebody_else_s(idp):
    """Another external id says so; without one it is the same person.

    Mutation: is_same left out of scim_match(): the newcomer has the leaver's
    goals and feedback.
    """
    one = idp.user('reused', externalId='reused-1')
    idp.delete(f'/Users/{one}').expect(204)
    other = idp.post_user('reused', externalId='reused-2').expect(201).json()
    assert other['id'] != one
    idp.delete(f'/Users/{other["id"]}').expect(204)
    again = idp.post_user('Reused').expect(201).json()
    assert again['id'] == other['id']


def test_an_external_id_of_somebody_inactive_is_no_name(idp):
    """Entra's own collection gives several people the same one."""
    one = idp.user('sleeps', externalId='shared-1')
    idp.replace(f'/Users/{one}', 'active', False).expect(204)
    other = idp.post_user('wakes', externalId='shared-1').expect(201)
    assert other.json()['id'] != one


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


# What HR knew before

HR = ('select display_name, given_name, family_name, email, language, zone,'
      ' country, external_id from person where id = %s')


def test_what_scim_never_said_stays(idp, db):
    one = idp.hire('known', display_name='Kim Known', given_name='Kim',
                   family_name='Known', email='kim@example.org',
                   language='fr', zone='Europe/Paris', country='FR',
                   external_id='K-1')
    before = db.execute(HR, [one])
    assert idp.user('KNOWN', externalId='guid-1') == one
    for body in ({'title': 'A'}, {'title': 'B', 'nickName': 'K'}, {}):
        body = {'userName': 'known', 'externalId': 'guid-1', **body}
        reply = idp.put(f'/Users/{one}', body).expect(200).json()
        assert db.execute(HR, [one]) == before
        assert reply['emails'][0]['value'] == 'kim@example.org'
    body['emails'] = [{'value': 'k@example.org'}]
    idp.put(f'/Users/{one}', body).expect(200)
    del body['emails']
    assert 'emails' not in idp.put(f'/Users/{one}', body).json()


def test_a_team_of_hr_keeps_what_it_had(idp, db):
    team = db.one("insert into team (org_id, id, name, external_id) values"
                  " (%s, uuid7(), 'Known team', 'T-1') returning id::text",
                  [idp.id])
    one = idp.hire('in-known-team')
    db.execute('insert into employment (org_id, person_id, team_id, during)'
               ' values (%s, %s, %s, daterange(%s, null))',
               [idp.id, one, team, datetime.date(2020, 1, 1)])
    before = idp.get(f'/Groups/{team}').json()
    assert before['externalId'] == 'T-1'
    other = idp.user('comes-to-known-team')
    for op in ('add', 'remove'):
        idp.patch(f'/Groups/{team}', {'op': op, 'path': 'members', 'value': [
            {'value': other}]}).expect(204)
    after = idp.put(f'/Groups/{team}', before).expect(200).json()
    assert {**after, 'meta': 0} == {**before, 'meta': 0}
    assert idp.changes(team) == [
        ('adopted', ['members']), ('changed', ['members'])]
    assert idp.work(one) == [('Known team', None, None, True)]


def test_a_group_that_is_a_department(idp):
    one = idp.user('in-department', **{WORK: {'department': 'Both'}})
    group = idp.group('both', one)
    assert idp.group('both-ways') != group
    idp.delete(f'/Groups/{group}').expect(204)
    assert idp.work(one) == [('both', None, None, True)]
    for reply in (idp.get(f'/Groups/{group}'), idp.delete(f'/Groups/{group}'),
                  idp.replace(f'/Groups/{group}', 'displayName', 'x'),
                  idp.put(f'/Groups/{group}', {'displayName': 'x'})):
        reply.expect(404)
    assert idp.group('Both') == group
    assert 'members' not in idp.get(f'/Groups/{group}').json()


def test_a_deleted_group_is_gone(idp, api):
    one = idp.user('in-deleted')
    group = idp.group('Deleted', one)
    idp.delete(f'/Groups/{group}').expect(204)
    me = {'as_': 'in-deleted', 'org': idp.org}
    for path in (f'/v1/teams/{group}', f'/v1/teams/{group}/people'):
        api.get(path, **me).expect(404)
    assert group not in [team['id'] for team in api.pages('/v1/teams', **me)]
    assert api.get(f'/v1/people/{one}', **me).json()['teams'] == []
    assert idp.events(group)[-1] == 'team.deleted'
    assert idp.group('Deleted') != group


@pytest.mark.parametrize('known', [False, True])
def test_a_department_that_is_just_deleted(idp, server, known):
    """Whoever comes to it, new or from elsewhere, finds another one."""
    name = f'doomed-{known}'
    team, body = idp.group(name), {WORK: {'department': name}}
    one = idp.user(f'in-{name}') if known else None
    rival = server.connect()
    rival.autocommit = False
    with contextlib.closing(rival), concurrent.futures.ThreadPoolExecutor(
            1) as coming:
        rival.cursor().execute(
            'update team set deleted_at = clock() where id = %s', [team])
        done = coming.submit(
            idp.put, f'/Users/{one}', {'userName': f'in-{name}', **body}
        ) if known else coming.submit(idp.post_user, f'in-{name}', **body)
        eventually(lambda: done.done() or locks.is_waited_for(idp.db, rival))
        rival.commit()
        one = done.result().expect(200, 201).json()['id']
    assert idp.db.one(
        'select t.name from employment e join team t on t.id = e.team_id and'
        ' t.deleted_at is null where e.person_id = %s', [one]) == name


def known_team(idp, name, *people, **columns):
    """A team that HR's own file brought, where these people work."""
    team = idp.db.one(
        'insert into team (org_id, id, name, parent_id) values (%s, uuid7(),'
        ' %s, %s) returning id::text', [idp.id, name, columns.get('parent')])
    for one in people:
        idp.db.execute(
            'insert into employment (org_id, person_id, team_id, during)'
            " values (%s, %s, %s, daterange('2020-01-01', null))",
            [idp.id, one, team])
    return team


def told(idp, thing):
    return idp.db.execute('select event, body from outbox where object_id = %s'
                          ' order by id', [thing])


def test_who_loses_a_team_has_moved(idp):
    """Its sub-teams too, as they do by a file."""
    stays, goes = (idp.hire(f'{what}-with-team') for what in ('stays', 'goes'))
    team = known_team(idp, 'Above', stays, goes)
    below = known_team(idp, 'Below', parent=team)
    idp.patch(f'/Groups/{team}', {'op': 'remove', 'path': 'members', 'value': [
        {'value': goes}]}).expect(204)
    assert told(idp, goes) == [('person.moved', {'changed': ['team']})]
    assert told(idp, stays) == []
    idp.delete(f'/Groups/{team}').expect(204)
    assert told(idp, stays) == [('person.moved', {'changed': ['team']})]
    assert told(idp, below) == [('team.updated', {'changed': ['parent_id']})]


def test_a_leader_who_is_deleted_leads_nobody(idp, api):
    """Nobody else is told the name of whoever is no more."""
    boss, deputy = idp.user('boss-to-go'), idp.user('boss-to-stay')
    for name, lead in (('led-by-one', boss), ('led-by-other', deputy)):
        idp.user(name, **{WORK: {'department': f'Of {name}',
                                 'manager': {'value': lead}}})

    def leaders(name):
        me = api.get('/v1/me', as_=name, org=idp.org).expect(200).json()
        team = api.get(f"/v1/teams/{me['teams'][0]['team_id']}", as_=name,
                       org=idp.org).expect(200).json()
        assert me['leaders'] == team['leaders']
        return [one['person_id'] for one in me['leaders']]
    idp.delete(f'/Users/{boss}').expect(204)
    idp.replace(f'/Users/{deputy}', 'active', False).expect(204)
    assert (leaders('led-by-one'), leaders('led-by-other')) == ([], [deputy])


# Callers

def test_whose_token_it_is(idp, api):
    def me(subject):
        reply = api.get('/v1/me', as_=subject, org=idp.org)
        return reply.json().get('id') or reply.code
    first = idp.user('token-1', externalId='ext-1')
    idp.put(f'/Users/{first}',
            {'userName': 'token-1', 'externalId': 'ext-2'}).expect(200)
    second = idp.user('token-2', externalId='ext-1')
    assert [me('ext-1'), me('ext-2'), me('Token-1')] == [
        second, first, first]
    idp.replace(f'/Users/{first}', 'active', 'False').expect(204)
    assert [me('ext-1'), me('ext-2'), me('token-1')] == [
        second, 'person_inactive', 'person_inactive']
    idp.delete(f'/Users/{second}').expect(204)
    assert me('token-2') in ('caller_unknown', 'person_inactive')


# The brake, and what is told

def test_each_way_out_meets_the_brake(fresh, api, db):
    db.execute('update organisation set deactivation_share_percent = 0'
               ' where id = %s', [fresh.id])
    ids = [fresh.hire(f'brake-{i}') for i in range(12)]
    for one in ids[:5]:
        fresh.replace(f'/Users/{one}', 'active', False).expect(204)
    paused = {'code': 'deactivations_paused'}
    fresh.replace(f'/Users/{ids[5]}', 'active', 'False').expect(403, **paused)
    fresh.put(f'/Users/{ids[6]}', {'userName': 'brake-6', 'active': False}
              ).expect(403, **paused)
    fresh.delete(f'/Users/{ids[7]}').expect(403, **paused)
    fresh.post_user('brake-8', active=False).expect(403, **paused)
    answer, = fresh.bulk({'method': 'DELETE', 'path': f'/Users/{ids[9]}'})
    assert answer['status'] == '403'
    # Who left already, leaves nobody.
    fresh.put(f'/Users/{ids[0]}', {'userName': 'brake-0', 'active': False}
              ).expect(200)
    fresh.delete(f'/Users/{ids[0]}').expect(204)
    assert db.one('select count(*) from person where org_id = %s and active',
                  [fresh.id]) == 7
    health = api.get('/v1/sync/health', as_='brake-11', org=fresh.org,
                     roles=['admin']).expect(200).json()
    source, = health['sources']
    assert source['today']['deactivated'] == 5
    assert source['today']['deleted'] == 1
    assert [(one['reason'], one['count']) for one in source['refusals']] == [
        ('deactivations_paused', 5)]


def test_a_test_user_is_taken_back(fresh, db):
    """By deactivating too: Okta never deletes."""
    db.execute('update organisation set deactivation_share_percent = 0'
               ' where id = %s', [fresh.id])
    users = [fresh.user(f'young-{i}') for i in range(7)]
    for one in users[:6]:
        fresh.replace(f'/Users/{one}', 'active', False).expect(204)
        fresh.replace(f'/Users/{one}', 'active', True).expect(204)
    fresh.put(f'/Users/{users[6]}', {'userName': 'young-6', 'active': False}
              ).expect(200)
    old = [fresh.hire(f'old-{i}') for i in range(6)]
    for one in old[:5]:
        fresh.replace(f'/Users/{one}', 'active', False).expect(204)
    fresh.replace(f'/Users/{old[5]}', 'active', False).expect(
        403, code='deactivations_paused')


def test_what_is_told_of_a_life(idp):
    one = idp.user('lives', externalId='life')
    idp.replace(f'/Users/{one}', f'{WORK}:department', 'Life').expect(204)
    for active in (False, False, True):
        idp.replace(f'/Users/{one}', 'active', active).expect(204)
    idp.delete(f'/Users/{one}').expect(204)
    assert idp.user('lives', externalId='life') == one
    assert [action for action, _ in idp.changes(one)] == [
        'created', 'changed', 'deactivated', 'reactivated', 'deleted',
        'restored']
    assert [event for event in idp.events(one)
            if event != 'person.updated'] == [
        'person.created', 'person.moved', 'person.left', 'person.returned',
        'person.left', 'person.returned']


# Other organisations

def test_ids_of_another_organisation(idp, fresh):
    foreign = fresh.user('foreign')
    group = fresh.group('Foreign', foreign)
    mine = idp.group('Mine')
    idp.patch(f'/Groups/{mine}', {'op': 'add', 'path': 'members', 'value': [
        {'value': foreign}]}).expect(400, code='scim_invalid_value')
    one = idp.user('has-foreign-boss', **{WORK: {'manager': foreign}})
    assert 'displayName' not in idp.get(
        f'/Users/{one}').json()[WORK]['manager']
    assert idp.work(one) == []
    for path, body in ((f'/Users/{foreign}', {'userName': 'x'}),
                       (f'/Groups/{group}', {'displayName': 'x'})):
        idp.get(path).expect(404)
        idp.put(path, body).expect(404)
        idp.replace(path, 'displayName', 'x').expect(404)
        idp.delete(path).expect(404)
    assert fresh.get(f'/Users/{foreign}').json()['userName'] == 'foreign'


# Versions

@pytest.mark.parametrize('kind', ['Users', 'Groups'])
def test_versions(idp, kind):
    one = (idp.user('versioned') if kind == 'Users'
           else idp.group('Versioned'))
    path, body = f'/{kind}/{one}', {
        'userName': 'versioned', 'displayName': 'Versioned!'}
    change = {'op': 'replace', 'path': 'displayName', 'value': 'V'}
    stale = {'headers': {'If-Match': 'W/"9"'}}
    idp.put(path, body, **stale).expect(412)
    idp.patch(path, change, **stale).expect(412)
    idp.delete(path, **stale).expect(412)
    assert idp.patch(path, change, headers={'If-Match': '*'}).expect(
        204).etag == 'W/"2"'
    idp.put(path, body, headers={'If-Match': 'W/"2"'}).expect(200)
    for tag, status in (('W/"3"', 304), ('*', 304), ('W/"2"', 200)):
        idp.get(path, headers={'If-None-Match': tag}).expect(status)
    idp.delete(path, headers={'If-Match': 'W/"3"'}).expect(204)


# Filters

LITERALS = {
    'string': ('"x"', '"%_"', 'null'),
    'reference': ('"x"',), 'complex': ('"x"',),
    'boolean': ('true', '"False"', '"x"', 'null'),
    'dateTime': ('"2011-05-13T04:42:34Z"', '2015-10-10T00:00', '"x"',
                 '"0000-00-00T00:00:00Z"', '"9999-12-31T23:59:60Z"')}
LITERAL = {type: itertools.cycle(all) for type, all in LITERALS.items()}
OPERATORS = ('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le')
SHARED = [('id', 'string'), ('externalId', 'string'), ('schemas', 'string'),
          ('meta', 'complex'), ('meta.resourceType', 'string'),
          ('meta.created', 'dateTime'), ('meta.lastModified', 'dateTime'),
          ('meta.location', 'reference'), ('meta.version', 'string')]


def terms(schemas):
    """Every attribute with every operator, also in brackets."""
    found = [(f'{name} {{}}', type) for name, type in SHARED]
    for schema in schemas:
        start = '' if ':core:' in schema['id'] else schema['id'] + ':'
        for attribute in schema['attributes']:
            name = start + attribute['name']
            found.append((name + ' {}', attribute['type']))
            for part in attribute.get('subAttributes', ()):
                found.append((f"{name}.{part['name']} {{}}", part['type']))
                if attribute['multiValued']:
                    found.append(
                        (f"{name}[{part['name']} {{}}]", part['type']))
    for term, type in found:
        yield term.format('pr')
        for operator in OPERATORS:
            for literal in (LITERALS[type] if type == 'dateTime'
                            else [next(LITERAL[type])]):
                yield term.format(f'{operator} {literal}')


@pytest.mark.parametrize('kind', ['User', 'Group'])
def test_no_filter_fails_in_the_database(server, api, db, kind):
    demo = Provider(server, api, db, 'demo')
    schemas = [one for one in demo.get('/Schemas').json()['Resources']
               if one['id'].endswith(':' + kind)]
    every = list(terms(schemas))
    assert len(every) > (200 if kind == 'Group' else 800)
    seen = set()
    for number, term in enumerate(every):
        query = urllib.parse.urlencode({'filter': term, 'count': 1})
        reply = demo.get(f'/{kind}s?{query}').expect(200, 400)
        seen.add(reply.status_code)
        if reply.status_code == 400:
            assert reply.code == 'scim_invalid_filter', term
        elif number % 7 == 0:
            demo.call('POST', '/.search', {
                'schemas': [MESSAGES + 'SearchRequest'], 'count': 1,
                'filter': f'not ({term})'}).expect(200)
    assert seen == {200, 400}


def test_what_is_shown_of_the_hired_is_found(server, api, db):
    demo = Provider(server, api, db, 'demo')
    one = next(one for one in demo.get('/Users?count=200').json()['Resources']
               if 'manager' in one.get(WORK, {}) and 'title' in one)
    for term in (f'title eq "{one["title"]}"',
                 f'{WORK}:department eq "{one[WORK]["department"]}"',
                 f'{WORK}:manager.value eq "{one[WORK]["manager"]["value"]}"',
                 f'emails.value eq "{one["emails"][0]["value"]}"',
                 f'groups.value eq "{one["groups"][0]["value"]}"',
                 f'preferredLanguage eq "{one["preferredLanguage"]}"'):
        query = urllib.parse.urlencode({'filter': term, 'count': 200})
        found = demo.get('/Users?' + query).expect(200).json()['Resources']
        assert one['id'] in [other['id'] for other in found], term


def test_after_a_statement_that_failed(idp, server):
    """A list's text is unnamed; its connection serves the next one."""
    query = '/Users?' + urllib.parse.urlencode({'filter': 'title co "x"'})
    idp.get(query).expect(200)
    held = psycopg2.connect(server.owner_url)
    try:
        held.cursor().execute('lock table scim_person')
        start = time.monotonic()
        replies = at_once(lambda _: idp.get(query), range(4), 4)
        assert {reply.status_code for reply in replies} == {503}
        assert time.monotonic() - start > 1
    finally:
        held.close()
    for _ in range(20):
        idp.get(query).expect(200)
        idp.get('/Users?count=0').expect(200)
