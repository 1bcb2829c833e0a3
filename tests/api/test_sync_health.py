"""How a synchronisation fares, as admin, HR and integrators read it, and the
audit trail of what which machine changed.

Mutations tried, each found here: midnight in UTC instead of where the
organisation is; the day of a refusal in UTC; refusals of every day; the count
of a refusal set to one again; `source` not looked at in the counts; what a
client used left out of its last call; a revoked client that is waited for;
the optional line of `object_id` without its effect; a purge after 300 days.
"""

import datetime

import pytest

from harness.machines import SOURCE, Org
from harness.waiting import eventually

NOTHING = dict.fromkeys(
    ['created', 'adopted', 'changed', 'deactivated', 'reactivated', 'deleted',
     'restored'], 0)


@pytest.fixture
def org(server, db):
    return Org(server, db, 3)


@pytest.fixture
def read(api, org):
    def get(path='/v1/sync/health', roles=('hr',), status=200, **query):
        return api.get(path, as_='boss1', org=org.name, roles=list(roles),
                       query=query).expect(status).json()
    return get


@pytest.fixture
def change(db, org):
    def insert(action='changed', source=SOURCE, changed=(), kind='person',
               object_id=None, at='clock()'):
        return db.one(
            'insert into sync_change (org_id, source, kind, object_id,'
            f' action, changed, created_at) values (%s, %s, %s, %s, %s, %s,'
            f' {at}) returning id::text', [
                org.id, source, kind, object_id or org.person('p1'), action,
                list(changed)])
    return insert


def test_nothing_yet(read, org, db):
    found = read()
    assert found['sources'] == []
    assert found['deactivations'] == {
        'paused': False, 'paused_at': None, 'paused_by': None,
        'deactivated': 0, 'allowed': 5, 'share_percent': 5,
        'released_at': None}
    assert found['today'] == str(db.one(
        "select (clock() at time zone 'Europe/Brussels')::date"))


@pytest.mark.parametrize('zone', ['Pacific/Auckland', 'America/Los_Angeles'])
def test_today_is_the_organisations(read, change, org, db, zone):
    db.execute('update organisation set zone = %s where id = %s',
               [zone, org.id])
    midnight = (f"date_trunc('day', clock() at time zone '{zone}')"
                f" at time zone '{zone}'")
    for action in ('created', 'created', 'deactivated', 'restored'):
        change(action, at=midnight)
    change('deleted', at=midnight + " - interval '1 second'")
    change('adopted', source='another')
    org.note(reason='person_unknown')
    db.execute("update sync_refusal set day = day - 1, count = 40"
               ' where org_id = %s', [org.id])
    org.note(reason='person_unknown')
    found = read()
    assert found['today'] == str(db.one(
        'select (clock() at time zone %s)::date', [zone]))
    other, one = found['sources']
    assert (other['source'], one['source']) == ('another', SOURCE)
    assert one['today'] == {
        **NOTHING, 'created': 2, 'deactivated': 1, 'restored': 1}
    assert one['refused'] == 1
    assert other['today'] == {**NOTHING, 'adopted': 1}
    assert (other['refused'], other['refusals']) == (0, [])
    assert db.one("select max(day)::text from sync_refusal where org_id = %s",
                  [org.id]) == found['today']


def test_refusals_say_why(read, org, clock):
    for _ in range(3):
        org.note(reason='person_user_name_taken', scim_type='uniqueness')
    org.note(reason='manager_cycle')
    clock.advance(seconds=7)
    org.note(reason='person_user_name_taken', scim_type='uniqueness')
    one, = read()['sources']
    assert one['refused'] == 5
    assert [(each['reason'], each['scim_type'], each['count'])
            for each in one['refusals']] == [
        ('person_user_name_taken', 'uniqueness', 4),
        ('manager_cycle', None, 1)]
    first, second = (datetime.datetime.fromisoformat(each['last_at'][:-1])
                     for each in one['refusals'])
    assert (first - second).total_seconds() >= 7
    assert one['last_call_at'] == one['refusals'][0]['last_at']
    assert one['last_change_at'] is None
    assert not one['overdue']


@pytest.fixture
def client(api, org, db):
    """A managed client, which never called."""
    made = api.post('/v1/clients', as_='boss1', org=org.name, roles=['admin'],
                    json={'name': 'HR system', 'scopes': ['people:write'],
                          'expect_every_min': 90}).expect(201).json()
    db.execute(
        'insert into machine_credential (org_id, id, client_id, kind, hash,'
        " hint) values (%s, uuid7(), %s, 'token', sha256(%s), 'abcd')",
        [org.id, made['id'], made['id'].encode()])
    return made['id']


def test_a_client_goes_by_its_name(read, change, org, db, client, clock):
    def found():
        return read()['sources'][0]
    never = found()
    assert (never['source'], never['name']) == (
        f'client {client}', 'HR system')
    assert (never['last_call_at'], never['next_expected_at'],
            never['expect_every_min'], never['overdue']) == (
        None, None, 90, False)
    change(source=f'client {client}', at="clock() - interval '2 hours'")
    assert found()['last_call_at'] == found()['last_change_at']
    assert found()['overdue']
    used = db.one('update machine_credential set last_used_at = clock()'
                  ' where client_id = %s returning instant(last_used_at)',
                  [client])
    called = found()
    assert called['last_call_at'] == used
    due = (datetime.datetime.fromisoformat(called['next_expected_at'][:-1])
           - datetime.datetime.fromisoformat(used[:-1]))
    assert due == datetime.timedelta(minutes=90)
    assert not called['overdue']
    clock.advance(minutes=89)
    assert not found()['overdue']
    clock.advance(minutes=2)
    assert found()['overdue']
    row, = read('/v1/sync/changes')['items']
    assert row['source_name'] == 'HR system'
    db.execute('update machine_client set revoked_at = clock() where id = %s',
               [client])
    assert (found()['expect_every_min'], found()['overdue']) == (None, False)
    assert found()['name'] == 'HR system', 'what it did stays'


def test_a_revoked_client_that_did_nothing(read, db, client):
    db.execute('update machine_client set revoked_at = clock() where id = %s',
               [client])
    assert read()['sources'] == []


def test_another_organisation_sees_none_of_it(server, db, api, change, org):
    change()
    org.note(reason='person_unknown')
    other = Org(server, db, 1)
    assert api.get('/v1/sync/health', as_='boss1', org=other.name,
                   roles=['admin']).json()['sources'] == []
    assert api.get('/v1/sync/changes', as_='boss1', org=other.name,
                   roles=['admin']).json()['items'] == []


def test_who_may_read(read):
    for roles in (['member'], ['leader'], ['facilitator']):
        read(roles=roles, status=403)
        read('/v1/sync/changes', roles=roles, status=403)
    read(roles=['admin'])
    read('/v1/sync/changes', roles=['integrator'], status=403)


def test_the_audit_trail(read, change, org, db):
    team = db.one("insert into team (org_id, id, name) values (%s, uuid7(),"
                  " 'Care') returning id::text", [org.id])
    other = org.person('p2')
    ids = [change('created', at="clock() - interval '3 hours'"),
           change('changed', changed=['title', 'manager'],
                  at="clock() - interval '2 hours'"),
           change('changed', kind='team', object_id=team, source='another'),
           change('deleted', object_id=other)]
    db.execute("update person set deleted_at = clock(), display_name = ''"
               ' where id = %s', [other])

    def listed(**query):
        return [each['id'] for each in
                read('/v1/sync/changes', **query)['items']]
    assert listed(order='oldest')[:2] == ids[:2]
    assert listed()[2:] == ids[1::-1]
    assert listed(source=SOURCE, order='oldest') == ids[:2] + ids[3:]
    assert listed(source='nobody') == []
    assert listed(kind='team') == [ids[2]]
    assert listed(object_id=other) == [ids[3]]
    assert listed(action='created,deleted') == [ids[3], ids[0]]
    since = db.one("select instant(clock() - interval '1 hour')")
    assert sorted(listed(since=since)) == sorted(ids[2:])
    rows = {each['id']: each for each in read('/v1/sync/changes')['items']}
    assert rows[ids[1]]['changed'] == ['title', 'manager']
    assert [rows[each]['object_name'] for each in ids] == [
        'Some Body', 'Some Body', 'Care', None]
    assert rows[ids[2]]['source_name'] == 'another'
    page = read('/v1/sync/changes', limit=3)
    assert [each['id'] for each in page['items']] + listed(
        limit=3, after=page['next']) == listed()


def test_it_is_kept_for_400_days(read, change, org, db):
    young = change(at="clock() - interval '399 days'")
    for _ in range(3):
        change(at="clock() - interval '401 days'")
    for age in (399, 401):
        db.execute(
            'insert into sync_refusal (org_id, source, day, reason) values'
            " (%s, 'x', today() - %s, 'not_found')", [org.id, age])
    db.execute("update timer set due_at = clock() where org_id = %s"
               " and kind = 'purge_sync'", [org.id])

    def left():
        return [each['id'] for each in read('/v1/sync/changes')['items']]
    eventually(lambda: left() == [young], what='the old are still there')
    assert db.column('select today() - day from sync_refusal where org_id'
                     ' = %s', [org.id]) == [399]
    assert db.one("select due_at > clock() + interval '50 minutes' from timer"
                  " where org_id = %s and kind = 'purge_sync'", [org.id])
