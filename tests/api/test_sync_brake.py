"""The brake on deactivations by machines: how many are let through, when it
pauses, and that only an admin lets them go on.

Mutations tried, each found here: `>=` to `>` in brake_deactivation (the sixth
goes through); the share not asked (`allowed` always five); the lock left out
(two at once go through); the pause not looked at (it ends with the hour); the
release not looked at in brake_state (a release changes nothing); the lookup
of who created somebody left out, or without its source, or without its hour;
pause_deactivations without looking whether it is still so (a late note pauses
again), without `on conflict` (the second note fails); people counted at every
call; who is inactive counted; contacts added to what they were.
"""

import concurrent.futures
import contextlib

import psycopg2
import pytest

from harness.machines import SOURCE, Org, leave
from harness.waiting import eventually


@pytest.fixture
def small(server, db):
    """20 people and a boss: five per cent are one, so it is five."""
    return Org(server, db, 20)


@pytest.fixture
def admin(api, small):
    def call(method, path, **more):
        return api.call(method, path, **{
            'as_': 'boss1', 'org': small.name, 'roles': ['admin'], **more})
    return call


def paused(org, admin):
    """The organisation after its brake was met and noted."""
    for _ in range(5):
        assert org.deactivate() is None
    assert org.deactivate()
    org.note()
    return admin('GET', '/v1/sync/health').json()['deactivations']


def test_five_in_an_hour_always(small):
    for _ in range(5):
        assert small.deactivate() is None
    before = small.active()
    assert small.deactivate() == (
        'deactivations_paused', '{"allowed": 5, "deactivated": 5}')
    assert small.deactivate(deleted=True)[0] == 'deactivations_paused'
    assert small.active() == before


def test_a_share_of_the_people(server, db):
    """203 and a boss: ten in an hour, of those who were there before."""
    org = Org(server, db, 203)
    for _ in range(10):
        assert org.deactivate() is None
    assert org.deactivate() == (
        'deactivations_paused', '{"allowed": 10, "deactivated": 10}')


def test_the_share_is_the_organisations(small, admin):
    assert admin('GET', '/v1/organisation').json()[
        'deactivation_share_percent'] == 5
    reply = admin('PATCH', '/v1/organisation',
                  json={'deactivation_share_percent': 33.5}).expect(200)
    assert reply.json()['deactivation_share_percent'] == 33.5
    for _ in range(7):
        assert small.deactivate() is None
    assert small.deactivate()[1] == '{"allowed": 7, "deactivated": 7}'
    admin('PATCH', '/v1/organisation',
          json={'deactivation_share_percent': 100}).expect(200)
    while small.next():
        assert small.deactivate() is None
    assert small.active() == 1
    small.hire(20, 'pnew')
    admin('PATCH', '/v1/organisation',
          json={'deactivation_share_percent': 0}).expect(200)
    assert small.deactivate()[1] == '{"allowed": 5, "deactivated": 20}'


@pytest.mark.parametrize('share', [-0.1, 100.1, '5', None])
def test_a_share_that_is_none(admin, share):
    admin('PATCH', '/v1/organisation',
          json={'deactivation_share_percent': share}).expect(422)


def test_settings_are_an_admins(admin, small):
    for roles in (['hr'], ['leader'], ['member'], ['integrator']):
        admin('PATCH', '/v1/organisation', roles=roles,
              json={'deactivation_share_percent': 50}).expect(403)
    before = admin('GET', '/v1/organisation')
    admin('PATCH', '/v1/organisation', headers={'If-Match': '"9.0"'},
          json={'deactivation_share_percent': 50}).expect(
              412, code='stale_version')
    same = admin('PATCH', '/v1/organisation',
                 json={'deactivation_share_percent': 5.0}).expect(200)
    assert same.json()['version'] == before.json()['version']
    assert admin('GET', '/v1/organisation').json() == before.json()
    for nobody in (small.next()[:-4] + '0000', None):
        if nobody is None:
            nobody = small.next()
            small.db.execute('update person set active = false where id = %s',
                             [nobody])
        admin('PATCH', '/v1/organisation', json={'hr_contacts': [nobody]}
              ).expect(422, code='hr_contact_unknown')


def test_contacts_are_replaced(admin, small):
    one, two = small.person('p1'), small.person('p2')

    def contacts(*ids):
        reply = admin('PATCH', '/v1/organisation',
                      json={'hr_contacts': list(ids)}).expect(200).json()
        return [each['person_id'] for each in reply['hr_contacts']], reply[
            'version']
    assert contacts(one) == ([one], 2)
    assert contacts(two) == ([two], 3)
    assert contacts(two) == ([two], 3)
    assert sorted(contacts(one, two)[0]) == sorted([one, two])
    admin('PATCH', '/v1/organisation', json={}).expect(200)
    assert contacts() == ([], 5)
    assert small.db.column(
        "select body from outbox where org_id = %s and event ="
        " 'organisation.updated'", [small.id]) == [
            {'changed': ['hr_contacts']}] * 4


def test_what_was_undone_does_not_count(small):
    for _ in range(8):
        with contextlib.suppress(ZeroDivisionError), \
                small.machine() as cursor:
            leave(cursor, small.id, small.next(), SOURCE)
            raise ZeroDivisionError
    assert small.active() == 21
    for _ in range(5):
        assert small.deactivate() is None


def test_several_in_one_statement(small):
    """Each counts, also for the next of the same statement."""
    with pytest.raises(psycopg2.Error, match='deactivations_paused'), \
            small.machine() as cursor:
        cursor.execute(
            'select brake_deactivation(%s, %s) from generate_series(1, 6)',
            [small.id, SOURCE])


def test_the_hour_goes_by(small, clock):
    """Nobody noted a pause: then it is the count alone."""
    assert small.deactivate() is None
    clock.advance(minutes=30)
    for _ in range(4):
        assert small.deactivate() is None
    assert small.deactivate()
    clock.advance(minutes=31)
    assert small.deactivate() is None
    assert small.deactivate()
    clock.advance(minutes=61)
    assert small.deactivate() is None
    left = small.db.one('select count(*) from sync_deactivation'
                        ' where org_id = %s', [small.id])
    assert left == 1, 'what no longer counts is not kept'


def test_a_test_user_is_taken_back(small, clock):
    """Whom the same machine created within the hour does not count."""
    def created(name, source=SOURCE):
        person = small.hire(1, name)[0]
        small.db.execute(
            'insert into sync_change (org_id, source, kind, object_id,'
            " action) values (%s, %s, 'person', %s, 'created')",
            [small.id, source, person])
        return person
    young = [created(f'young{n}-') for n in range(9)]
    others = created('others', 'somebody else')
    late = created('late')
    for person in young[:6]:
        assert small.deactivate(person, deleted=True) is None
    assert small.deactivate(young[6]) is None
    for _ in range(5):
        assert small.deactivate() is None
    assert small.deactivate(others, deleted=True)
    assert small.deactivate(young[7], deleted=True) is None, 'while it is met'
    small.note()
    assert small.deactivate(young[8], deleted=True) is None, 'while paused'
    clock.advance(minutes=61)
    assert small.deactivate(late, deleted=True), 'it is no test user any more'


def test_who_is_gone_already_does_not_count(small):
    """A deletion thirty days after the deactivation, for instance."""
    gone = [small.next()]
    assert small.deactivate(gone[0]) is None
    more = small.hire(10, 'gone')
    small.db.execute('update person set active = false where id = any'
                     ' (%s::uuid[])', [more])
    for person in gone + more:
        assert small.deactivate(person, deleted=True) is None
    for _ in range(4):
        assert small.deactivate() is None
    assert small.deactivate()


def test_two_at_once(small):
    """The sixth waits for the fifth, and is then refused."""
    for _ in range(4):
        assert small.deactivate() is None
    fifth, sixth = small.db.column(
        "select id::text from person where org_id = %s and active"
        " and user_name <> 'boss1' limit 2", [small.id])
    with concurrent.futures.ThreadPoolExecutor() as pool:
        with small.machine() as cursor:
            leave(cursor, small.id, fifth, SOURCE)
            rival = pool.submit(small.deactivate, sixth)
            eventually(lambda: rival.done() or small.db.one(
                "select count(*) from pg_locks where locktype = 'advisory'"
                ' and not granted'), what='it does not wait')
            assert not rival.done()
        assert rival.result(20)[0] == 'deactivations_paused'


def test_another_organisation_is_not_concerned(small, server, db, admin):
    assert paused(small, admin)['paused']
    other = Org(server, db, 20)
    assert other.deactivate() is None


def test_a_pause_stays_until_it_is_released(small, admin, clock):
    boss = small.person('boss1')
    admin('PATCH', '/v1/organisation',
          json={'hr_contacts': [boss, small.person('p9')]}).expect(200)
    seen = paused(small, admin)
    assert (seen['paused'], seen['paused_by'], seen['deactivated'],
            seen['allowed'], seen['share_percent'], seen['released_at']) == (
        True, SOURCE, 5, 5, 5, None)
    small.note('another machine')
    again = admin('GET', '/v1/sync/health').json()['deactivations']
    assert (again['paused_by'], again['paused_at']) == (
        SOURCE, seen['paused_at'])
    clock.advance(hours=30)
    assert small.deactivate()[0] == 'deactivations_paused'
    assert admin('GET', '/v1/sync/health').json()[
        'deactivations']['deactivated'] == 0
    for roles in (['hr'], ['member'], ['integrator']):
        admin('POST', '/v1/sync/release', roles=roles,
              json={'reason': 'Because.'}).expect(403)
    admin('POST', '/v1/sync/release', json={}).expect(422)
    admin('POST', '/v1/sync/release', json={'reason': ' '}).expect(422)
    over = admin('POST', '/v1/sync/release',
                 json={'reason': 'The shop is closed.'}).expect(200).json()
    assert (over['source'], over['deactivated'], over['allowed'],
            over['paused_at'], over['reason']) == (
        SOURCE, 5, 5, seen['paused_at'], 'The shop is closed.')
    admin('POST', '/v1/sync/release', json={'reason': 'Again.'}).expect(
        409, code='deactivations_not_paused')
    then = admin('GET', '/v1/sync/health').json()['deactivations']
    assert (then['paused'], then['paused_at'], then['paused_by'],
            then['released_at']) == (False, None, None, over['released_at'])
    assert small.deactivate() is None
    assert small.db.execute(
        "select event, object_id, actor_id::text, body from outbox where"
        " org_id = %s and event like 'sync.%%' order by id", [small.id]) == [
        ('sync.paused', small.id, None,
         {'source': SOURCE, 'deactivated': 5, 'allowed': 5}),
        ('sync.released', small.id, boss, {})]
    told = admin('GET', '/v1/me/notifications').json()['items']
    assert [(each['kind'], each['object']) for each in told] == [
        ('sync_paused', {'kind': 'organisation', 'id': str(small.id)})]
    assert small.name in told[0]['text']


def test_counting_begins_anew(small, admin):
    paused(small, admin)
    admin('POST', '/v1/sync/release', json={'reason': 'Yes.'}).expect(200)
    for _ in range(5):
        assert small.deactivate() is None
    assert small.deactivate()


def test_a_late_note_pauses_nothing(small, admin):
    """Refused before the release, noted after it."""
    paused(small, admin)
    admin('POST', '/v1/sync/release', json={'reason': 'Yes.'}).expect(200)
    small.note()
    assert not admin('GET', '/v1/sync/health').json()[
        'deactivations']['paused']
    assert small.deactivate() is None


def test_people_are_counted_once_an_hour(server, db):
    """Not at all below five; of 100,000 a count takes 10 ms and more."""
    org = Org(server, db, 300)
    for _ in range(7):
        assert org.deactivate() is None
    org.hire(100, 'new')
    for _ in range(5):
        assert org.deactivate() is None
    counts = db.column('select people from sync_deactivation where org_id'
                       ' = %s order by id', [org.id])
    assert counts == [None] * 5 + [301] * 7
