"""Seats: who gets one, who waits, what time does, who sees and says what.

Mutations, each tried and caught: promotion left out of act_on_seat
(test_what_comes_free_is_offered); `l.waits or` left out of take_seat
(test_nobody_overtakes); quiet hours left out of offer_expiry (test_terms);
attendance kept in end_seat (test_attendance); the trigger session_keep_seats
left out (test_n_openings_are_for_the_first_n); enter_link where somebody has
come in before (test_a_link_enters_nobody_elses_organisation); a link without
its version (test_a_link_is_bound_to_one_version); seat_in_line not asked by
add_session_facilitator or put_session_host (test_who_waits_does_not_lead).

Of attendance: vouching without `unknown`, for oneself, by whoever was a
no_show, before the session, past a block of the host; an import over a
self_checkin, taking back what a peer said, with somebody twice, writing what
was so already, for everybody; check_in that leaves `peer` as it was.

Of old links: `<` turned round, a shorter term, a purge
that does not set its timer again.
"""

import contextlib
import re
import uuid

import pytest

from fixtures import a_seat, a_session, an_offer, begin, make
from harness.calls import Call
from harness.waiting import eventually
from harness.world import World
from stages.seat import stage


@pytest.fixture
def world(worlds):
    return worlds['demo']


@pytest.fixture
def do(world):
    """do('release_seat', seat_id=..., as_='an', json=...)"""
    def act(operation, as_='els', json=None, roles=('member',), headers=None,
            query=None, **path):
        entry = world.api.document.operations[operation]
        return Call(world, entry, as_=as_, json=json, path=path, roles=roles,
                    headers=headers or {}, query=query or {}).send()
    return act


def row(world, session):
    """(taken, seats that count, waiting) as the database has them."""
    return world.db.execute(
        'select s.taken, (select count(*) from seat t where t.org_id ='
        ' s.org_id and t.session_id = s.id and t.state in'
        " ('held', 'confirmed', 'offered')), (select count(*) from seat w"
        ' where w.org_id = s.org_id and w.session_id = s.id and w.state ='
        " 'waiting') from session s where s.org_id = %s and s.id = %s",
        [world.org_id, session])[0]


def state(world, seat):
    return world.db.one('select state from seat where id = %s', [seat])


def run_timers(world, *objects):
    world.db.execute('update timer set due_at = clock() where object_id ='
                     ' any(%s::uuid[])', [list(objects)])
    eventually(lambda: not world.db.one(
        'select count(*) from timer where object_id = any(%s::uuid[])'
        ' and due_at <= clock()', [list(objects)]),
        what='the timers were not run')


@contextlib.contextmanager
def unkept(world):
    """Sessions change and their seats do not follow."""
    world.db.execute('alter table session disable trigger session_keep_seats')
    try:
        yield
    finally:
        world.db.execute(
            'alter table session enable trigger session_keep_seats')


def lapse(world, seat):
    """Time: the term of a held or offered seat is over."""
    world.db.execute(
        "update seat set held_until = held_until - interval '2 days',"
        " expires_at = expires_at - interval '2 days' where id = %s", [seat])
    run_timers(world, seat)


def told(world, person, kind):
    return world.db.one(
        'select count(*) from notification where org_id = %s and person_id ='
        ' %s and kind = %s', [world.org_id, world.person(person), kind])


# Taking a seat

def test_a_free_seat_is_yours_at_once(world, do):
    session = a_session(world, capacity=2)
    seat = a_seat(world, session)
    assert (seat['state'], seat['place'], seat['attendance']) == (
        'confirmed', None, 'unknown')
    assert row(world, session) == (1, 1, 0)
    do('take_seat', session_id=session, json={}).expect(
        409, code='seat_taken_already')
    assert do('get_my_seat', seat_id=seat['id']).json() == seat


def test_without_a_body_and_without_a_limit(world, do):
    session = a_session(world, capacity=None)
    assert do('take_seat', session_id=session).expect(
        201).json()['state'] == 'confirmed'


def test_the_host_is_told_who_comes(world):
    """Of a seat that is sure, not of a place in the line."""
    host = world.stranger('told host')
    session = a_session(world, host=host, capacity=1)
    a_seat(world, session, as_='an')
    a_seat(world, session, as_='jonas')
    assert world.db.execute(
        'select kind, actor_id::text, object_id::text from notification'
        ' where person_id = %s', [host]) == [
            ('seat_taken', world.person('an'), session)]


def test_nobody_overtakes(world, do):
    """An opening goes to who waits, not to who comes at that moment; also
    before time has run the promotion."""
    session = a_session(world, capacity=1)
    a_seat(world, session, as_='an')
    assert a_seat(world, session)['place'] == 1
    assert a_seat(world, session, as_='piet')['place'] == 2
    with unkept(world):
        world.db.execute('update session set capacity = 9 where id = %s',
                         [session])
    newcomer = a_seat(world, session, as_='jonas')
    assert (newcomer['state'], newcomer['place']) == ('waiting', 3)
    # The hold asks for no other treatment.
    assert a_seat(world, session, as_='hilde', hold=True)['place'] == 4


def test_a_question_is_answered_first(world, do):
    session = a_session(world, seat_question='What do you bring?')
    do('take_seat', session_id=session, json={}).expect(
        422, code='seat_answer_required')
    held = a_seat(world, session, hold=True)
    do('confirm_seat', seat_id=held['id']).expect(
        422, code='seat_answer_required')
    seat = do('confirm_seat', seat_id=held['id'],
              json={'answer': 'Cake'}).expect(200).json()
    assert (seat['state'], seat['answer']) == ('confirmed', 'Cake')


@pytest.mark.parametrize('of', [
    'proposed', 'polled', 'running', 'held', 'did_not_happen', 'cancelled',
    'rescheduled'])
def test_only_a_confirmed_session_has_seats(world, do, of):
    session = a_session(world, state=of)
    reply = do('take_seat', session_id=session).expect(
        409, code='session_not_confirmed')
    assert 'session_id' not in reply.json(), 'of person_busy alone'


def test_who_leads_needs_no_seat(world, do):
    session = a_session(world, host=world.person())
    do('take_seat', session_id=session).expect(409, code='seat_not_needed')


def test_who_waits_does_not_lead(world, do):
    """With a seat, and then no facilitator any more, nobody would expect them
    there."""
    session = a_session(world, host=world.person('bram'), capacity=1)
    first = a_seat(world, session, as_='an')
    waits = a_seat(world, session)
    lead = {'json': {'person_id': world.person('els')}}
    for _ in range(2):
        do('add_session_facilitator', as_='bram', session_id=session,
           **lead).expect(409, code='engaged_already')
        world.db.execute('update session set needs_host_since = clock()'
                         ' where id = %s', [session])
        do('put_session_host', as_='hilde', roles=['hr'], session_id=session,
           **lead).expect(409, code='engaged_already')
        if state(world, waits['id']) == 'waiting':
            do('release_seat', as_='an', seat_id=first['id']).expect(200)
            assert state(world, waits['id']) == 'offered'
    do('decline_offer', offer_id=waits['id']).expect(200)
    do('add_session_facilitator', as_='bram', session_id=session,
       **lead).expect(200)


def test_nobody_is_in_two_places(world, do):
    """The problem names the caller's own other session."""
    session = a_session(world, hours=2)
    start = world.db.one("select lower(during) - clock() + interval '1 hour'"
                         ' from session where id = %s', [session])
    other = a_session(world, host=world.stranger('second host'),
                      starts=str(start.total_seconds()) + ' seconds')
    a_seat(world, session)
    reply = do('take_seat', session_id=other).expect(409, code='person_busy')
    again = a_seat(world, other, as_='an')
    do('take_seat', as_='an', session_id=session).expect(409)
    # Given up, it is in nobody's way.
    do('release_seat', as_='an', seat_id=again['id']).expect(200)
    assert a_seat(world, session, as_='an')['state'] == 'confirmed'
    assert other not in reply.text


def test_what_one_does_not_see(world, do):
    """A block between host and caller looks like no session at all."""
    host = world.stranger('blocking host')
    session = a_session(world, host=host)
    unknown = do('take_seat', session_id='0' * 8 + '-0000-0000-0000-' + '0' * 12)
    world.db.execute(
        'insert into person_block (org_id, blocker_id, blocked_id)'
        ' values (%s, %s, %s) on conflict do nothing',
        [world.org_id, host, world.person()])
    try:
        refused = do('take_seat', session_id=session)
        assert (refused.status_code, refused.code) == (
            unknown.status_code, unknown.code) == (404, 'not_found')
    finally:
        world.db.execute('delete from person_block where blocker_id = %s',
                         [host])


# Holding

def test_a_hold_ends(world, do):
    session = a_session(world, capacity=1)
    held = a_seat(world, session, hold=True)
    assert held['state'] == 'held' and row(world, session) == (1, 1, 0)
    waits = a_seat(world, session, as_='an')
    lapse(world, held['id'])
    assert state(world, held['id']) == 'released'
    assert state(world, waits['id']) == 'offered'
    do('confirm_seat', seat_id=held['id']).expect(409, code='seat_not_held')
    assert row(world, session) == (1, 1, 0)


def test_a_term_that_is_over_holds_before_its_timer_ran(world, do):
    session = a_session(world, capacity=1)
    held = a_seat(world, session, hold=True)
    world.db.execute("update seat set held_until = clock() - interval '1 s'"
                     ' where id = %s', [held['id']])
    world.db.execute("update timer set due_at = clock() + interval '1 day'"
                     ' where object_id = %s', [held['id']])
    do('confirm_seat', seat_id=held['id']).expect(409, code='seat_not_held')
    offer = an_offer(world)
    world.db.execute("update timer set due_at = clock() + interval '1 day'"
                     ' where object_id = %s', [offer])
    world.db.execute("update seat set expires_at = clock() - interval '1 s'"
                     ' where id = %s', [offer])
    do('accept_offer', offer_id=offer).expect(409, code='offer_not_open')


# Openings

def test_what_comes_free_is_offered(world, do):
    """In the same transaction, to who waits first, who is told."""
    session = a_session(world, capacity=1)
    first = a_seat(world, session, as_='an')
    mine = a_seat(world, session)
    last = a_seat(world, session, as_='piet')
    before = told(world, 'els', 'seat_offered')
    do('release_seat', as_='an', seat_id=first['id']).expect(200)
    offer = do('get_my_seat', seat_id=mine['id']).json()
    assert offer['state'] == 'offered' and offer['expires_at']
    assert offer['place'] is None
    assert told(world, 'els', 'seat_offered') == before + 1
    # The seat is kept: a newcomer waits behind piet.
    assert a_seat(world, session, as_='hilde')['place'] == 2
    assert row(world, session) == (1, 1, 2)
    accepted = do('accept_offer', offer_id=mine['id']).expect(200).json()
    assert accepted['state'] == 'confirmed' and not accepted['expires_at']
    do('accept_offer', offer_id=mine['id']).expect(409, code='offer_not_open')
    do('accept_offer', as_='piet', offer_id=last['id']).expect(
        409, code='offer_not_open')
    assert row(world, session) == (1, 1, 2)


@pytest.mark.parametrize('how', ['decline', 'lapse', 'release', 'mine'])
def test_an_offer_goes_on_to_the_next(world, do, how):
    session = a_session(world, capacity=1)
    first = a_seat(world, session, as_='an')
    mine = a_seat(world, session)
    last = a_seat(world, session, as_='piet')
    do('release_seat', as_='an', seat_id=first['id']).expect(200)
    if how == 'lapse':
        before = told(world, 'els', 'seat_offer_lapsed')
        lapse(world, mine['id'])
        assert told(world, 'els', 'seat_offer_lapsed') == before + 1
    elif how == 'decline':
        do('decline_offer', offer_id=mine['id']).expect(200)
    elif how == 'release':
        do('release_seat', seat_id=mine['id']).expect(200)
    else:
        do('release_my_seat', session_id=session).expect(204)
    assert state(world, mine['id']) == (
        'lapsed' if how == 'lapse' else 'declined')
    assert state(world, last['id']) == 'offered'
    assert row(world, session) == (1, 1, 0)


def test_n_openings_are_for_the_first_n(world, do):
    """In the transaction that makes room."""
    session = a_session(world, capacity=1)
    a_seat(world, session, as_='an')
    waits = [a_seat(world, session, as_=name)['id']
             for name in ('els', 'piet', 'hilde')]
    world.db.execute('update session set capacity = 3 where id = %s',
                     [session])
    assert [state(world, one) for one in waits] == [
        'offered', 'offered', 'waiting']
    assert row(world, session) == (3, 3, 1)
    world.db.execute("update timer set due_at = clock() where kind ="
                     " 'promote_seats' and object_id = %s", [session])
    # The timer stays for the beginning of the session.
    eventually(lambda: world.db.one(
        'select t.due_at = lower(s.during) from timer t join session s on'
        " s.id = t.object_id where t.kind = 'promote_seats' and s.id = %s",
        [session]), what='no timer')


def test_at_the_beginning_nobody_waits_any_longer(world, do):
    session = a_session(world, capacity=1)
    first = a_seat(world, session, as_='an')
    waits = a_seat(world, session)
    world.db.execute(
        "update session set during = tstzrange(clock() - interval '1 minute',"
        " clock() + interval '1 hour') where id = %s", [session])
    run_timers(world, session)
    assert state(world, waits['id']) == 'lapsed'
    do('release_seat', as_='an', seat_id=first['id']).expect(200)
    assert row(world, session) == (0, 0, 0)


def test_who_cannot_come_is_passed_by(world, do):
    session = a_session(world, capacity=1)
    first = a_seat(world, session, as_='an')
    mine, last = a_seat(world, session), a_seat(world, session, as_='piet')
    world.db.execute('update person set active = false where id = %s',
                     [world.person()])
    try:
        do('release_seat', as_='an', seat_id=first['id']).expect(200)
    finally:
        world.db.execute('update person set active = true where id = %s',
                         [world.person()])
    assert state(world, mine['id']) == 'lapsed'
    assert state(world, last['id']) == 'offered'


def test_whom_the_host_blocked_gets_no_offer_and_takes_none(world, do):
    host = world.stranger('blocking host')
    session = a_session(world, host=host, capacity=1)
    first = a_seat(world, session, as_='an')
    mine, last = a_seat(world, session), a_seat(world, session, as_='piet')
    block = ('insert into person_block (org_id, blocker_id, blocked_id)'
             ' values (%s, %s, %s)')
    world.db.execute(block, [world.org_id, host, world.person()])
    try:
        do('release_seat', as_='an', seat_id=first['id']).expect(200)
        assert state(world, mine['id']) == 'lapsed'
        assert state(world, last['id']) == 'offered'
        world.db.execute(block, [world.org_id, host, world.person('piet')])
        do('accept_offer', as_='piet', offer_id=last['id']).expect(404)
        do('decline_offer', as_='piet', offer_id=last['id']).expect(200)
    finally:
        world.db.execute('delete from person_block where blocker_id = %s',
                         [host])


def test_an_offer_into_a_clash(world, do):
    session = a_session(world, capacity=1)
    first = a_seat(world, session, as_='an')
    mine = a_seat(world, session)
    start = world.db.one('select lower(during) - clock() from session'
                         ' where id = %s', [session])
    other = a_session(world, host=world.stranger('second host'),
                      starts=str(start.total_seconds()) + ' seconds')
    a_seat(world, other)
    do('release_seat', as_='an', seat_id=first['id']).expect(200)
    do('accept_offer', offer_id=mine['id']).expect(409, code='person_busy')
    assert state(world, mine['id']) == 'offered'


@pytest.mark.parametrize('given, starts, zone, until', [
    # More than three days before: a day of waking hours, 15 of them a day.
    ('2026-11-02 09:00+01', '2026-11-20 09:00+01', 'Europe/Brussels',
     '2026-11-03 18:00+01'),
    ('2026-11-02 09:00+01', '2026-11-05 08:00+01', 'Europe/Brussels',
     '2026-11-02 13:00+01'),
    ('2026-11-02 09:00+01', '2026-11-02 20:00+01', 'Europe/Brussels',
     '2026-11-02 10:00+01'),
    ('2026-11-02 09:00+01', '2026-11-02 12:00+01', 'Europe/Brussels',
     '2026-11-02 09:15+01'),
    # Quiet hours do not count, where that person lives.
    ('2026-11-02 21:30+01', '2026-11-03 20:00+01', 'Europe/Brussels',
     '2026-11-03 07:30+01'),
    ('2026-11-02 21:00+01', '2026-11-03 20:00+01', 'Europe/Brussels',
     '2026-11-03 07:00+01'),
    ('2026-11-03 03:00+01', '2026-11-04 20:00+01', 'Europe/Brussels',
     '2026-11-03 11:00+01'),
    ('2026-11-03 03:00+01', '2026-11-04 20:00+01', 'America/New_York',
     '2026-11-03 16:00+01'),
    # A session that begins before the morning.
    ('2026-11-02 23:00+01', '2026-11-03 06:00+01', 'Europe/Brussels',
     '2026-11-03 06:00+01'),
    ('2026-11-02 09:00+01', '2026-11-02 09:05+01', 'Europe/Brussels',
     '2026-11-02 09:05+01'),
    # The night in which clocks are put back has an hour more.
    ('2026-10-24 21:30+02', '2026-10-25 20:00+01', 'Europe/Brussels',
     '2026-10-25 07:30+01'),
])
def test_terms(db, given, starts, zone, until):
    assert db.one('select offer_expiry(%s, %s, %s) = %s::timestamptz',
                  [given, starts, zone, until]), db.one(
        'select offer_expiry(%s, %s, %s)', [given, starts, zone])


def test_terms_never_end_at_night(db):
    wrong = db.execute("""
        select g, s, e from (
            select g, s, offer_expiry(g, s, 'Europe/Brussels') as e
              from generate_series('2026-03-27'::timestamptz, '2026-03-31',
                                   '17 minutes') g
             cross join lateral (values (g + interval '40 minutes'),
                 (g + interval '9 hours'), (g + interval '50 hours'),
                 (g + interval '9 days')) v (s)) t
         where e > s or e <= g
            or e < s and ((e at time zone 'Europe/Brussels')::time >= '22:00'
               or (e at time zone 'Europe/Brussels')::time < '07:00')""")
    assert not wrong, wrong[:3]


# What sessions call

@pytest.mark.parametrize('becomes', [
    'cancelled', 'rescheduled', 'did_not_happen', 'running', 'held'])
def test_seats_of_a_session_that_is_over(world, do, becomes):
    session = a_session(world, capacity=3)
    confirmed = a_seat(world, session)['id']
    held = a_seat(world, session, as_='an', hold=True)['id']
    gone = a_seat(world, session, as_='piet')['id']
    waits = a_seat(world, session, as_='hilde')['id']
    more = a_seat(world, session, as_='jonas')['id']
    do('release_seat', as_='piet', seat_id=gone).expect(200)
    assert state(world, waits) == 'offered'
    before = told(world, 'jonas', 'waiting_list_closed')
    world.db.execute('update session set state = %s where id = %s',
                     [becomes, session])
    assert state(world, more) == 'lapsed'
    stays = becomes in ('running', 'held')
    assert [state(world, one) for one in (confirmed, held, waits)] == [
        'confirmed' if stays else 'released', 'released', 'lapsed']
    assert row(world, session) == ((1, 1, 0) if stays else (0, 0, 0))
    assert told(world, 'jonas', 'waiting_list_closed') == before + 1
    mine = do('get_my_seat', seat_id=confirmed).json()
    assert mine['attendance'] == ('unknown' if stays else None)
    if stays:
        do('release_my_seat', session_id=session).expect(
            409, code='session_not_confirmed')
        do('release_seat', seat_id=confirmed).expect(
            409, code='session_not_confirmed')
    do('release_my_seat', as_='an', session_id=session).expect(404)


def test_seats_move_with_their_session(world, do):
    """Confirmed ones stay so, whoever waits keeps the place in line."""
    session = a_session(world, capacity=2)
    mine = a_seat(world, session, answer='So')
    a_seat(world, session, as_='an', hold=True)
    a_seat(world, session, as_='piet')
    a_seat(world, session, as_='hilde')
    later = a_session(world, capacity=2, rescheduled_from=session)
    world.db.execute("update session set state = 'rescheduled' where id = %s",
                     [session])
    assert row(world, session) == (0, 0, 0)
    assert state(world, mine['id']) == 'released'
    assert row(world, later) == (2, 2, 2)
    assert world.db.execute(
        'select p.user_name, s.state, s.answer from seat s join person p on'
        ' p.org_id = s.org_id and p.id = s.person_id where s.session_id = %s'
        ' order by s.number', [later]) == [
        ('els', 'confirmed', 'So'), ('an', 'offered', None),
        ('piet', 'waiting', None), ('hilde', 'waiting', None)]
    assert world.db.column(
        "select p.user_name from engagement e join person p on p.org_id ="
        ' e.org_id and p.id = e.person_id where e.session_id = %s and'
        " e.live and e.role = 'participant'", [later]) == ['els']


@pytest.mark.parametrize('operation, of', [
    ('confirm_seat', 'held'), ('accept_offer', 'offered'),
    ('decline_offer', 'offered')])
def test_a_session_that_stopped_before_its_seats_did(world, do, operation, of):
    seat = stage(world, of)
    with unkept(world):
        world.db.execute("update session set state = 'running' where id = ("
                         'select session_id from seat where id = %s)', [seat])
    name = 'offer_id' if 'offer' in operation else 'seat_id'
    do(operation, **{name: seat}).expect(409, code='session_not_confirmed')


# Who sees what

def test_who_sees_the_seats(world, do):
    session = a_session(world, host=world.person('jonas'), capacity=2)
    a_seat(world, session, answer='Mine')
    a_seat(world, session, as_='an', answer='Hers')
    waits = a_seat(world, session, as_='piet', answer='His')

    def seen(as_, **rest):
        reply = do('list_session_seats', as_=as_, session_id=session,
                   **rest).expect(200).json()['items']
        return [(one['display_name'].split()[0], one['state'], one['answer'],
                 one['attendance']) for one in reply]
    whole = seen('jonas')
    assert [one[1:] for one in whole] == [
        ('confirmed', 'Mine', 'unknown'), ('confirmed', 'Hers', 'unknown'),
        ('waiting', 'His', None)]
    assert [one[1:] for one in seen('els')] == [
        ('confirmed', 'Mine', 'unknown'), ('confirmed', None, None)]
    assert seen('jonas', query={'state': 'waiting'}) == whole[2:]
    for name, roles in (('piet', ['member']), ('hilde', ['hr']),
                        ('hilde', ['admin'])):
        do('list_session_seats', as_=name, roles=roles,
           session_id=session).expect(403)
        do('get_check_in_code', as_=name, roles=roles,
           session_id=session).expect(403)
    do('list_session_seats', session_id=waits['id']).expect(404)
    do('get_my_seat', as_='jonas', seat_id=waits['id']).expect(404)
    world.db.execute(
        'insert into engagement (org_id, session_id, person_id, role, during)'
        " select org_id, id, %s, 'facilitator', during from session"
        ' where id = %s', [world.person('hilde'), session])
    assert seen('hilde') == whole


def test_a_block_hides_participants_from_each_other(world, do):
    session = a_session(world, host=world.person('jonas'))
    for name in ('els', 'an', 'piet'):
        a_seat(world, session, as_=name)
    world.db.execute(
        'insert into person_block (org_id, blocker_id, blocked_id)'
        ' values (%s, %s, %s)',
        [world.org_id, world.person('an'), world.person('els')])
    try:
        counts = {name: len(do('list_session_seats', as_=name,
                               session_id=session).json()['items'])
                  for name in ('els', 'an', 'piet', 'jonas')}
    finally:
        world.db.execute('delete from person_block where blocker_id = %s',
                         [world.person('an')])
    assert counts == {'els': 2, 'an': 2, 'piet': 3, 'jonas': 3}


@pytest.mark.parametrize('operation', [
    'confirm_seat', 'release_seat', 'accept_offer', 'decline_offer'])
def test_a_seat_is_its_owners(world, do, operation):
    seat = stage(world, 'offered' if 'offer' in operation else
                 'held' if operation == 'confirm_seat' else 'confirmed')
    name = 'offer_id' if 'offer' in operation else 'seat_id'
    do(operation, as_='jonas', **{name: seat}).expect(403)
    do(operation, as_='piet', **{name: seat}).expect(404)
    do(operation, as_='hilde', roles=['hr'], **{name: seat}).expect(404)


# States

ALL = ('held', 'confirmed', 'waiting', 'offered', 'released', 'left',
       'declined', 'lapsed')


@pytest.mark.parametrize('of', ALL)
def test_every_state(world, do, of):
    """Each action from each state, as states.yaml has it."""
    for operation, refusal, goes in (
            ('confirm_seat', 'seat_not_held', {'held': 'confirmed'}),
            ('release_seat', 'seat_not_live', {
                'held': 'released', 'confirmed': 'released',
                'waiting': 'left', 'offered': 'declined'}),
            ('accept_offer', 'offer_not_open', {'offered': 'confirmed'}),
            ('decline_offer', 'offer_not_open', {
                'offered': 'declined', 'waiting': 'left'})):
        seat = stage(world, of)
        assert state(world, seat) == of
        name = 'offer_id' if 'offer' in operation else 'seat_id'
        reply = do(operation, **{name: seat})
        if of in goes:
            assert reply.expect(200).json()['state'] == goes[of]
        else:
            reply.expect(409, code=refusal)
            assert state(world, seat) == of
    reply = do('set_attendance', as_='jonas', json={'attendance': 'present'},
               seat_id=stage(world, of))
    if of == 'confirmed':
        assert reply.expect(200).json()['attendance'] == 'present'
    else:
        reply.expect(409, code='seat_not_confirmed')


@pytest.mark.parametrize('operation, of', [
    ('confirm_seat', 'held'), ('release_seat', 'confirmed'),
    ('accept_offer', 'offered'), ('decline_offer', 'offered'),
    ('set_attendance', 'confirmed'), ('release_my_seat', 'confirmed')])
def test_versions(world, do, operation, of):
    seat = stage(world, of)
    path = {'offer_id' if 'offer' in operation else 'seat_id': seat}
    if operation == 'release_my_seat':
        path = {'session_id': world.db.one(
            'select session_id::text from seat where id = %s', [seat])}
    body = {'attendance': 'excused'} if operation == 'set_attendance' else None
    as_ = 'jonas' if body else 'els'
    do(operation, as_=as_, json=body, headers={
        'If-Match': '"77.00000000"'}, **path).expect(412)
    assert state(world, seat) == of
    do(operation, as_=as_, json=body, **path).expect(200, 204)


def test_again_after_giving_up(world, do):
    session = a_session(world, capacity=1)
    seat = a_seat(world, session)
    do('release_my_seat', session_id=session).expect(204)
    again = a_seat(world, session)
    assert again['state'] == 'confirmed' and again['id'] != seat['id']
    assert row(world, session) == (1, 1, 0)
    do('release_my_seat', session_id=session).expect(204)
    do('release_my_seat', session_id=session).expect(404)


# Attendance

def test_attendance(world, do):
    session = a_session(world, host=world.person('jonas'))
    seat = a_seat(world, session)
    other = a_seat(world, session, as_='an')
    for value, source in (('no_show', 'facilitator'), ('unknown', None),
                          ('excused', 'facilitator')):
        reply = do('set_attendance', as_='jonas', seat_id=seat['id'],
                   json={'attendance': value}).expect(200).json()
        assert (reply['attendance'], reply['attendance_source']) == (
            value, source)
    do('set_attendance', seat_id=seat['id'],
       json={'attendance': 'present'}).expect(403)
    do('set_attendance', seat_id=other['id'],
       json={'attendance': 'present'}).expect(403)
    do('set_attendance', as_='piet', seat_id=seat['id'],
       json={'attendance': 'present'}).expect(404)
    gone = do('release_seat', seat_id=seat['id']).expect(200).json()
    assert (gone['attendance'], gone['attendance_source']) == (None, None)


def test_checking_in(world, do):
    session = a_session(world, host=world.person('jonas'))
    seat = a_seat(world, session)
    code = do('get_check_in_code', as_='jonas',
              session_id=session).expect(200).json()['code']
    assert re.fullmatch('[A-Z2-9]{6}', code)
    another = a_session(world, host=world.person('jonas'))
    assert do('get_check_in_code', as_='jonas',
              session_id=another).json()['code'] != code
    do('get_check_in_code', session_id=session).expect(403)
    wrong = 'AAAAAA' if code != 'AAAAAA' else 'BBBBBB'
    do('check_in', session_id=session, json={'code': wrong}).expect(
        422, code='check_in_code_wrong')
    do('check_in', as_='an', session_id=session, json={'code': code}).expect(
        403)
    world.db.execute("update session set state = 'running' where id = %s",
                     [session])
    here = do('check_in', session_id=session, json={
        'code': code.lower()}).expect(200).json()
    assert (here['attendance'], here['attendance_source']) == (
        'present', 'self_checkin')
    # Once more says nothing new.
    assert do('check_in', session_id=session, json={
        'code': code}).expect(200).json() == here
    world.db.execute("update session set state = 'held' where id = %s",
                     [session])
    do('check_in', session_id=session, json={'code': code}).expect(
        409, code='check_in_closed')
    assert seat['id'] == here['id']


def attendance(world, seat):
    return world.db.execute(
        'select attendance, attendance_source, version from seat'
        ' where org_id = %s and id = %s', [world.org_id, seat])[0]


def events(world, seat):
    """(actor, body) of what was told of its attendance."""
    return world.db.execute(
        'select actor_id::text, body from outbox where org_id = %s and'
        " object_id = %s and event = 'seat.updated' order by id",
        [world.org_id, seat])


@pytest.fixture
def room(world):
    """A session of jonas's with els, an and piet, which runs."""
    session = a_session(world, host=world.person('jonas'))
    seats = {name: a_seat(world, session, as_=name)['id']
             for name in ('els', 'an', 'piet')}
    begin(world, session)
    return session, seats


def test_a_fellow_participant_vouches(world, do, room):
    _, seats = room
    do('vouch_for_seat', as_='an', seat_id=seats['els']).expect(204)
    assert attendance(world, seats['els']) == ('present', 'peer', 2)
    # Once more, and by somebody else, says nothing new.
    for name in ('an', 'piet'):
        do('vouch_for_seat', as_=name, seat_id=seats['els']).expect(204)
    assert attendance(world, seats['els']) == ('present', 'peer', 2)
    assert events(world, seats['els']) == [
        (world.person('an'), {'changed': ['attendance']})]
    mine = do('get_my_seat', seat_id=seats['els']).json()
    assert (mine['attendance'], mine['attendance_source']) == (
        'present', 'peer')
    # Whoever leads has the last word, and may take it back.
    do('set_attendance', as_='jonas', seat_id=seats['els'],
       json={'attendance': 'excused'}).expect(200)
    do('vouch_for_seat', as_='an', seat_id=seats['els']).expect(204)
    assert attendance(world, seats['els'])[:2] == ('excused', 'facilitator')


@pytest.mark.parametrize('said', ['present', 'excused', 'no_show'])
@pytest.mark.parametrize('source', ['facilitator', 'self_checkin', 'import',
                                    'peer'])
def test_a_fellow_overrules_nobody_and_learns_nothing(
        world, do, room, said, source):
    session, seats = room
    world.db.execute('update seat set attendance = %s, attendance_source = %s'
                     ' where id = %s', [said, source, seats['els']])
    untold = do('vouch_for_seat', as_='an', seat_id=seats['piet']).expect(204)
    told = do('vouch_for_seat', as_='an', seat_id=seats['els']).expect(204)
    assert told.text == untold.text
    assert {*told.headers} == {*untold.headers}
    assert attendance(world, seats['els']) == (said, source, 1)
    seen = {one['id']: one for one in do(
        'list_session_seats', as_='an', session_id=session).json()['items']}
    assert seen[seats['els']]['attendance'] is None


def test_who_vouches(world, do, room):
    session, seats = room
    seat = seats['els']
    do('vouch_for_seat', seat_id=seat).expect(403, code='forbidden')
    do('vouch_for_seat', as_='jonas', seat_id=seat).expect(403)
    do('vouch_for_seat', as_='hilde', seat_id=seat).expect(404)
    do('vouch_for_seat', as_='hilde', roles=['hr'], seat_id=seat).expect(404)
    for said in ('excused', 'no_show'):
        do('set_attendance', as_='jonas', seat_id=seats['an'],
           json={'attendance': said}).expect(200)
        do('vouch_for_seat', as_='an', seat_id=seat).expect(
            409, code='witness_absent')
    for one, other in (('piet', 'els'), ('els', 'piet'), ('jonas', 'piet')):
        world.db.execute(
            'insert into person_block (org_id, blocker_id, blocked_id)'
            ' values (%s, %s, %s)',
            [world.org_id, world.person(one), world.person(other)])
        try:
            do('vouch_for_seat', as_='piet', seat_id=seat).expect(404)
        finally:
            world.db.execute('delete from person_block where blocker_id = %s'
                             ' and blocked_id = %s',
                             [world.person(one), world.person(other)])
    assert attendance(world, seat) == ('unknown', None, 1)
    do('vouch_for_seat', as_='piet', seat_id=seat).expect(204)


@pytest.mark.parametrize('of', ['confirmed', 'running', 'held'])
def test_when_one_vouches(world, do, of):
    session = a_session(world, host=world.person('jonas'))
    seat = a_seat(world, session)['id']
    a_seat(world, session, as_='an')
    world.db.execute('update session set state = %s where id = %s',
                     [of, session])
    reply = do('vouch_for_seat', as_='an', seat_id=seat)
    if of == 'confirmed':
        reply.expect(409, code='session_not_run')
    else:
        reply.expect(204)
    assert attendance(world, seat)[0] == (
        'unknown' if of == 'confirmed' else 'present')


@pytest.fixture
def machine(world):
    """machine(session, ('els', 'present'), ...) -> results in order"""
    entry = world.api.document.operations['import_attendance']

    def send(session, *items, scope='attendance:write', **headers):
        return Call(world, entry, as_='a-machine', roles=('integrator',),
                    scope=scope, path={'session_id': session}, json={
            'items': [{'person_id': world.person(name) if len(name) < 36
                       else name, 'attendance': said}
                      for name, said in items]}, headers=headers).send()
    return send


def results(reply):
    told = reply.expect(200).json()
    found = [one['result'] for one in told['items']]
    assert told['applied'] == found.count('applied')
    return found


def test_an_import_of_attendance(world, do, room, machine):
    session, seats = room
    nobody = '0' * 8 + '-0000-0000-0000-' + '0' * 12
    assert results(machine(
        session, ('piet', 'no_show'), ('hilde', 'present'), (nobody, 'present'),
        ('els', 'present'), ('an', 'unknown'))) == [
            'applied', 'no_seat', 'no_seat', 'applied', 'applied']
    assert attendance(world, seats['piet']) == ('no_show', 'import', 2)
    assert attendance(world, seats['els']) == ('present', 'import', 2)
    assert attendance(world, seats['an']) == ('unknown', None, 1)
    assert events(world, seats['els']) == [(None, {'changed': ['attendance']})]
    assert events(world, seats['an']) == []
    # The next one corrects it, and may take it back.
    assert results(machine(session, ('piet', 'excused'), ('els', 'unknown'))
                   ) == ['applied'] * 2
    assert attendance(world, seats['piet']) == ('excused', 'import', 3)
    assert attendance(world, seats['els']) == ('unknown', None, 3)
    # Again the same changes nothing and tells nothing.
    assert results(machine(session, ('piet', 'excused'))) == ['applied']
    assert attendance(world, seats['piet']) == ('excused', 'import', 3)
    assert len(events(world, seats['piet'])) == 2


SAID = ('unknown', 'present', 'excused', 'no_show')


@pytest.mark.parametrize('source', ['facilitator', 'self_checkin', 'peer',
                                    'import'])
def test_what_an_import_replaces(world, do, room, machine, source):
    """Every attendance that somebody said x every one that is brought."""
    session, seats = room
    for before in SAID[1:]:
        for brought in SAID:
            world.db.execute(
                'update seat set attendance = %s, attendance_source = %s,'
                ' version = 1 where id = %s', [before, source, seats['els']])
            stays = before != brought and (
                source in ('facilitator', 'self_checkin')
                or source == 'peer' and brought == 'unknown')
            assert results(machine(session, ('els', brought))) == [
                'kept' if stays else 'applied'], (before, brought)
            assert attendance(world, seats['els']) == (
                (before, source, 1) if stays or before == brought else
                (brought, 'import' if brought != 'unknown' else None, 2))


def test_who_checks_in_says_so_themselves(world, do, room, machine):
    """Also after others said it: an import takes it from nobody then."""
    session, seats = room
    code = world.db.one('select code from session_code where org_id = %s'
                        ' and session_id = %s', [world.org_id, session])
    do('vouch_for_seat', as_='an', seat_id=seats['els']).expect(204)
    machine(session, ('piet', 'present')).expect(200)
    do('set_attendance', as_='jonas', seat_id=seats['an'],
       json={'attendance': 'present'}).expect(200)
    for name, source in (('els', 'self_checkin'), ('piet', 'self_checkin'),
                         ('an', 'facilitator')):
        for _ in range(2):
            here = do('check_in', as_=name, session_id=session,
                      json={'code': code}).expect(200).json()
            assert here['attendance_source'] == source
        assert here['version'] == (2 if name == 'an' else 3)
    assert results(machine(session, ('els', 'no_show'), ('piet', 'no_show'),
                           ('an', 'no_show'))) == ['kept'] * 3


def test_an_import_that_is_refused(world, do, room, machine):
    session, seats = room
    machine(session, ('els', 'present'), ('an', 'present'),
            ('els', 'no_show')).expect(422, code='attendance_said_twice')
    machine(session, ('els', 'present'), ('els', 'present')).expect(
        422, code='attendance_said_twice')
    machine(session, ('els', 'late')).expect(422, code='invalid_body')
    machine(session).expect(422, code='invalid_body')
    machine(session, ('els', 'present'), scope='sessions:write').expect(
        403, code='insufficient_scope')
    machine(seats['els'], ('els', 'present')).expect(404)
    for of in ('proposed', 'polled', 'confirmed', 'did_not_happen',
               'cancelled', 'rescheduled'):
        machine(a_session(world, state=of), ('els', 'present')).expect(
            409, code='session_not_run')
    for roles in ('member', 'leader', 'hr', 'admin'):
        do('import_attendance', as_='jonas', roles=[roles], session_id=session,
           json={'items': [{'person_id': world.person(),
                            'attendance': 'present'}]}).expect(403)
    assert attendance(world, seats['els']) == ('unknown', None, 1)


def test_an_import_sent_again(world, room, machine):
    """Under its key it happens once: what was said since stays."""
    session, seats = room
    key = {'Idempotency-Key': str(uuid.uuid4())}
    first = machine(session, ('els', 'present'), **key).expect(200)
    machine(session, ('els', 'excused')).expect(200)
    again = machine(session, ('els', 'present'), **key).expect(200)
    assert again.text == first.text
    assert again.headers['Idempotency-Replayed'] == 'true'
    assert attendance(world, seats['els']) == ('excused', 'import', 3)


def test_an_import_of_another_organisation(world, worlds, room, machine):
    session, seats = room
    other = World(world.api, world.db, 'other')
    entry = world.api.document.operations['import_attendance']
    Call(other, entry, as_='a-machine', roles=('integrator',),
         scope='attendance:write', path={'session_id': session},
         json={'items': [{'person_id': world.person(),
                          'attendance': 'no_show'}]}).send().expect(404)
    assert results(machine(session, (other.person(), 'present'))) == [
        'no_seat']
    assert attendance(world, seats['els']) == ('unknown', None, 1)


# Links

def links(do, seat, as_='els'):
    reply = do('create_seat_links', as_=as_, seat_id=seat).expect(200).json()
    return {one['action']: one['token'] for one in reply['links']}


def by_link(do, token, **rest):
    return do('use_link', as_=None, token=token, **rest)


@pytest.mark.parametrize('of, actions', [
    ('held', {'confirm': 'confirmed', 'release': 'released'}),
    ('confirmed', {'release': 'released'}), ('waiting', {'decline': 'left'}),
    ('offered', {'accept': 'confirmed', 'decline': 'declined'})])
def test_links_do_what_they_say(world, do, of, actions):
    assert set(links(do, stage(world, of))) == set(actions)
    for action, becomes in actions.items():
        seat = stage(world, of)
        token = links(do, seat)[action]
        for _ in range(2):
            shown = do('get_link', as_=None, token=token).expect(200).json()
            assert (shown['action'], shown['state']) == (action, of)
        assert state(world, seat) == of, 'GET acted'
        assert by_link(do, token).expect(200).json()['state'] == becomes
        assert state(world, seat) == becomes
        by_link(do, token).expect(409, code='link_over')
        do('get_link', as_=None, token=token).expect(409, code='link_over')
    for other in ('released', 'left', 'declined', 'lapsed'):
        do('create_seat_links', seat_id=stage(world, other)).expect(
            409, code='seat_not_live')


@pytest.mark.parametrize('of, action, code', [
    ('offered', 'accept', 'offer_not_open'),
    ('held', 'confirm', 'seat_not_held')])
def test_a_link_is_no_longer_than_its_seat(world, do, of, action, code):
    """Also when time has not run yet what it will do to the seat."""
    seat = stage(world, of)
    token = links(do, seat)[action]
    world.db.execute(
        "update seat set held_until = held_until - interval '30 days',"
        " expires_at = expires_at - interval '30 days' where id = %s", [seat])
    by_link(do, token).expect(409, code=code)
    assert state(world, seat) == of


def test_a_link_keeps_nobody_in_two_places(world, do):
    seat = stage(world, 'offered')
    token = links(do, seat)['accept']
    other = a_session(world, host=world.stranger('second host'))
    world.db.execute(
        'insert into engagement (org_id, session_id, person_id, role, during)'
        " select %s, %s, %s, 'facilitator', s.during from session s"
        ' join seat t on t.session_id = s.id where t.id = %s',
        [world.org_id, other, world.person(), seat])
    try:
        by_link(do, token).expect(409, code='person_busy')
    finally:
        world.db.execute('delete from engagement where session_id = %s'
                         " and role = 'facilitator'", [other])
    assert state(world, seat) == 'offered'


def test_who_waited_without_an_answer_gives_it_with_the_offer(world, do):
    session = a_session(world, capacity=1, seat_question='What do you bring?')
    first = a_seat(world, session, as_='an', answer='Tea.')
    seat = a_seat(world, session, hold=True)
    assert seat['state'] == 'waiting'
    do('release_seat', as_='an', seat_id=first['id']).expect(200)
    do('accept_offer', offer_id=seat['id']).expect(
        422, code='seat_answer_required')
    assert do('accept_offer', offer_id=seat['id'],
              json={'answer': 'Milk.'}).expect(200).json()['answer'] == 'Milk.'


def test_a_link_is_bound_to_one_version(world, do):
    session = a_session(world, host=world.person('jonas'))
    seat = a_seat(world, session)['id']
    token = links(do, seat)['release']
    do('set_attendance', as_='jonas', seat_id=seat,
       json={'attendance': 'excused'}).expect(200)
    do('get_link', as_=None, token=token).expect(409, code='link_over')
    by_link(do, token).expect(409, code='link_over')
    assert state(world, seat) == 'confirmed'


def test_a_link_ends(world, do, clock):
    seat = a_seat(world)['id']
    token = links(do, seat)['release']
    newer = links(do, seat)['release']
    do('get_link', as_=None, token=token).expect(404)
    clock.advance(days=400)
    by_link(do, newer).expect(409, code='link_over')


def test_old_links_are_purged(world, do, worlds):
    """30 days after they ended, in each organisation, whether or not
    somebody makes new ones."""
    kept = a_seat(world)['id'], a_seat(world)['id']
    gone, elsewhere = a_seat(world)['id'], a_seat(World(
        world.api, world.db, 'other'))['id']
    for seat in (*kept, gone):
        links(do, seat)
    do_there = Call(worlds['other'], world.api.document.operations[
        'create_seat_links'], path={'seat_id': elsewhere})
    do_there.send().expect(200)
    for seat, age in ((kept[1], 29), (gone, 31), (elsewhere, 31)):
        world.db.execute('update seat_link set expires_at = clock() -'
                         " %s * interval '1 day' where seat_id = %s",
                         [age, seat])

    def left():
        return set(world.db.column(
            'select seat_id::text from seat_link where seat_id = any('
            '%s::uuid[])', [[*kept, gone, elsewhere]]))
    world.db.execute("update timer set due_at = clock() where kind ="
                     " 'purge_seat_links' and org_id = %s", [world.org_id])
    eventually(lambda: gone not in left(), what='the link is still there')
    assert left() == {*kept, elsewhere}
    assert world.db.one("select due_at > clock() + interval '50 minutes' from"
                        " timer where kind = 'purge_seat_links' and org_id ="
                        ' %s', [world.org_id])


def test_the_token_is_not_kept(world, do):
    token = links(do, a_seat(world)['id'])['release']
    for table in world.db.tenant_tables():
        assert not world.db.one(
            f'select count(*) from "{table}" t where t::text like %s',
            [f'%{token[:32]}%'])
    assert token not in world.api.server.log()


def test_a_link_that_nobody_has(world, do):
    for token in ('0' * 64, 'f' * 64):
        do('get_link', as_=None, token=token).expect(404)
        by_link(do, token).expect(404)
    for token in ('0' * 63, 'F' * 64, 'x'):
        do('get_link', as_=None, token=token).expect(404)


def test_a_link_of_somebody_inactive(world, do):
    token = links(do, a_seat(world)['id'])['release']
    world.db.execute('update person set active = false where id = %s',
                     [world.person()])
    try:
        do('get_link', as_=None, token=token).expect(404)
        by_link(do, token).expect(404)
    finally:
        world.db.execute('update person set active = true where id = %s',
                         [world.person()])


def test_a_link_enters_nobody_elses_organisation(world, server, do):
    """Where somebody has come in, no token leads elsewhere; and the next
    transaction of the connection is nobody's."""
    token = links(do, a_seat(world)['id'])['release']
    connection = server.connect(server.runtime_url)
    connection.autocommit = False
    with connection.cursor() as cursor:
        cursor.execute("select set_config('hefboom.org', %s, true)",
                       ['00000000-0000-0000-0000-000000000001'])
        cursor.execute('select enter_link(%s)', [token])
        assert cursor.fetchone()[0] is None
        connection.rollback()
        cursor.execute('select enter_link(%s)', [token])
        assert cursor.fetchone()[0] is not None
        cursor.execute('select count(*) from seat')
        assert cursor.fetchone()[0] > 0
        connection.rollback()
        cursor.execute('select count(*) from seat')
        assert cursor.fetchone()[0] == 0
    connection.close()


def test_links_refuse_as_the_operations_do(world, do):
    seat = stage(world, 'held')
    session = world.db.one('select session_id from seat where id = %s', [seat])
    world.db.execute("update session set seat_question = 'Why?' where id = %s",
                     [session])
    token = links(do, seat)['confirm']
    by_link(do, token).expect(422, code='seat_answer_required')
    # A refusal uses nothing up.
    assert by_link(do, token, json={'answer': 'So'}).expect(
        200).json()['state'] == 'confirmed'

    token = links(do, seat)['release']
    world.db.execute("update session set state = 'running' where id = %s",
                     [session])
    by_link(do, token).expect(409, code='session_not_confirmed')


# My seats

def test_my_seats(world, do):
    mine = make('list_my_seats', world.seen_by('an'))
    seat = stage(world, 'waiting')
    items = do('list_my_seats', query={'state': 'waiting'}).expect(
        200).json()['items']
    [one] = [one for one in items if one['id'] == seat]
    assert one['place'] == 1 and one['session_title']
    assert {one['state'] for one in items} == {'waiting'}
    theirs = mine.send().expect(200).json()['items']
    assert seat not in {one['id'] for one in theirs}
    first = do('list_my_seats', query={'order': 'updated'}).json()['items']
    assert [one['updated_at'] for one in first] == sorted(
        one['updated_at'] for one in first)


def test_a_place_never_goes_back(world, do):
    session = a_session(world, capacity=1)
    a_seat(world, session, as_='an')
    ahead = a_seat(world, session, as_='piet')
    mine = a_seat(world, session)
    places = [mine['place']]
    a_seat(world, session, as_='hilde')
    places.append(do('get_my_seat', seat_id=mine['id']).json()['place'])
    do('decline_offer', as_='piet', offer_id=ahead['id']).expect(200)
    places.append(do('get_my_seat', seat_id=mine['id']).json()['place'])
    assert places == [2, 2, 1]
    # Who left and comes again is last.
    assert a_seat(world, session, as_='piet')['place'] == 3
