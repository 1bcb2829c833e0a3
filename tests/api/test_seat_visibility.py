"""Who sees a seat, the list of them, the waiting list and one's own: every
relation of the viewer x every visibility of the session, asked of the view
itself and over the API.

Mutations, each tried and caught: `s.state = 'confirmed' and` left out of
visible_seat (participants see who waits); blocks left out of it; a facilitator
who has left in session_lead; answers for everybody in list_session_seats; my_seat
without its person; a confirmed seat not asked for in list_session_seats or in
visible_seat (whoever waits sees who comes).
"""

import pytest

from harness.cast import who
from test_session_visibility import SessionCast

# whose -> its state; all in one session
SEATS = {
    'owner': 'confirmed',
    'participant': 'confirmed',
    'external participant': 'confirmed',
    'blocks the owner': 'confirmed',
    'blocked by the owner': 'confirmed',
    'blocked by the host': 'confirmed',
    'released participant': 'released',
    'waiter': 'waiting',
    'offered': 'offered',
    'lapsed': 'lapsed',
}
ALL = set(SEATS)
COMING = {name for name, state in SEATS.items() if state == 'confirmed'}
MISSES = {'blocks the owner', 'blocked by the owner'}

# viewer -> (seats that the view shows, the status of the list when the session
# is for `team`, and for `org`)
SEES = {
    'owner': (COMING - MISSES, 200, 200),
    'host': (ALL, 200, 200),
    'facilitator': (ALL, 200, 200),
    'external facilitator': (ALL, 200, 200),
    'former facilitator': (set(), 403, 403),
    'participant': (COMING, 200, 200),
    'external participant': (COMING, 200, 200),
    'blocks the owner': (COMING - {'owner'}, 200, 200),
    'blocked by the owner': (COMING - {'owner'}, 200, 200),
    # The session is not theirs to see any more; their own seat is.
    'blocked by the host': (COMING, 404, 404),
    'released participant': ({'released participant'}, 403, 403),
    'waiter': ({'waiter'}, 403, 403),
    'offered': ({'offered'}, 403, 403),
    'lapsed': ({'lapsed'}, 404, 403),
    'teammate': (set(), 403, 403),
    'leader': (set(), 404, 403),
    'leader of the leader': (set(), 404, 403),
    'hr': (set(), 404, 403),
    'admin': (set(), 404, 403),
    'somebody else': (set(), 404, 403),
    'external trainer': (set(), 404, 404),
    'former colleague': (set(), 404, 404),
    'blocks the host': (set(), 404, 404),
    'other organisation': (set(), 404, 404),
    'machine': (set(), None, None),
}
LEADS = {'host', 'facilitator', 'external facilitator'}
ENGAGED = {'facilitator': ('facilitator', True),
           'external facilitator': ('facilitator', True),
           'former facilitator': ('facilitator', False),
           'released participant': ('participant', False),
           **{name: ('participant', True) for name in COMING | {'offered'}}}
VISIBILITIES = ('team', 'org')


class SeatCast(SessionCast):
    def leave(self):
        for column in ('seat', 'engagement'):
            self.db.execute(
                f'delete from {column} where session_id in (select id from'
                ' session where host_id = any(%s::uuid[]))',
                [list(self.people.values())])
        super().leave()


@pytest.fixture(scope='module')
def cast(server, db):
    cast = SeatCast(server, db)
    cast.surround('host', SEES)
    for name in ('owner', 'waiter', 'offered'):
        cast.employ(name, 'own', manager='leader')
    for name in ('facilitator', 'participant', 'former facilitator',
                 'released participant', 'lapsed'):
        cast.employ(name, 'elsewhere')
    for one, other in (('blocks the owner', 'owner'),
                       ('owner', 'blocked by the owner'),
                       ('host', 'blocked by the host'),
                       ('blocks the host', 'host')):
        cast.block(one, other)
    yield cast
    cast.leave()


@pytest.fixture(scope='module')
def seats(cast, db, worlds):
    """visibility -> (session, {whose: seat}), everybody's with an answer."""
    import fixtures
    made = {}
    for visibility in VISIBILITIES:
        one = fixtures.plain_session(
            worlds['demo'], 'confirmed', cast.names['host'],
            visibility=visibility)
        cast.engage(one, ENGAGED)
        made[visibility] = one, {name: db.one(
            'insert into seat (org_id, id, session_id, person_id, state,'
            ' number, answer, attendance, attendance_source, expires_at)'
            ' values (%s, uuid7(), %s, %s, %s, %s, %s,'
            " case %s when 'confirmed' then 'present' end,"
            " case %s when 'confirmed' then 'facilitator' end,"
            " case %s when 'offered' then clock() + interval '1 day' end)"
            ' returning id::text',
            [cast.org, one, cast.people[name], state, number, f'I am {name}',
             state, state, state])
            for number, (name, state) in enumerate(SEATS.items(), 1)}
        db.execute('update session set taken = %s where id = %s',
                   [len(COMING) + 1, one])
    return made


def expected(viewer, visibility):
    return SEES[viewer][1 + VISIBILITIES.index(visibility)]


def each(viewers=SEES):
    def wrap(test):
        return pytest.mark.parametrize('visibility', VISIBILITIES)(
            pytest.mark.parametrize('viewer', viewers)(test))
    return wrap


ON_THE_API = [name for name in SEES if name != 'machine']


@each()
def test_the_views(cast, seats, viewer, visibility):
    session, made = seats[visibility]
    whose = {seat: name for name, seat in made.items()}
    rows = cast.view(viewer, 'select id::text, leads from visible_seat'
                     ' where session_id = %s', [session])
    assert {whose[seat] for seat, _ in rows} == SEES[viewer][0]
    assert {leads for _, leads in rows} <= {viewer in LEADS}
    own = cast.view(viewer, 'select id::text, place from my_seat'
                    ' where session_id = %s', [session])
    assert own == ([(made[viewer], 1 if viewer == 'waiter' else 0)]
                   if viewer in SEATS else [])


@each(ON_THE_API)
def test_the_list(cast, seats, api, viewer, visibility):
    """What is there of each seat, too: who said what is for oneself and for
    whoever leads."""
    session, made = seats[visibility]
    reply = api.get(f'/v1/sessions/{session}/seats', query={'limit': 200},
                    **who(cast, viewer))
    status = expected(viewer, visibility)
    reply.expect(status)
    if status != 200:
        return
    items = {item['id']: item for item in reply.json()['items']}
    shown = SEES[viewer][0]
    assert set(items) == {made[name] for name in shown}
    for name in shown:
        item, told = items[made[name]], viewer in LEADS or name == viewer
        assert item['state'] == SEATS[name]
        assert item['answer'] == (f'I am {name}' if told else None), name
        assert (item['attendance'], item['attendance_source']) == (
            ('present', 'facilitator')
            if told and SEATS[name] == 'confirmed' else (None, None)), name
        assert (item['expires_at'] is not None) == (
            told and SEATS[name] == 'offered'), name


@each(ON_THE_API)
def test_the_waiting_list(cast, seats, api, viewer, visibility):
    session, made = seats[visibility]
    reply = api.get(f'/v1/sessions/{session}/seats',
                    query={'state': 'waiting,offered,lapsed'},
                    **who(cast, viewer))
    status = expected(viewer, visibility)
    reply.expect(status)
    if status == 200:
        assert {item['id'] for item in reply.json()['items']} == (
            {made[name] for name in ('waiter', 'offered', 'lapsed')}
            if viewer in LEADS else set())


@each(ON_THE_API)
def test_one_s_own(cast, seats, api, viewer, visibility):
    """Of every seat: as one's own it is there for its owner alone, whatever
    one leads; and of one's own there is all but the session of a host with
    whom there is a block."""
    session, made = seats[visibility]
    for name, seat in made.items():
        reply = api.get(f'/v1/me/seats/{seat}', **who(cast, viewer))
        if name != viewer:
            reply.expect(404)
            continue
        found = reply.expect(200).json()
        assert (found['session_id'], found['state'], found['answer']) == (
            session, SEATS[name], f'I am {name}')
        assert found['place'] == (1 if name == 'waiter' else None)
        assert (found['session_title'] is None) == (
            expected(viewer, visibility) == 404)
    listed = api.get('/v1/me/seats', query={'limit': 200},
                     **who(cast, viewer)).expect(200).json()['items']
    assert {item['id'] for item in listed} & set(made.values()) == (
        {made[viewer]} if viewer in SEATS else set())


@each(ON_THE_API)
def test_a_seat(cast, seats, api, viewer, visibility):
    """The refusals of what one may not do say no more than the view shows."""
    made = seats[visibility][1]
    for name, seat in made.items():
        if name == viewer:
            continue
        seen = name in SEES[viewer][0]
        for way in ('confirm', 'release'):
            api.post(f'/v1/seats/{seat}/{way}', **who(cast, viewer)).expect(
                403 if seen else 404)
        if viewer not in LEADS:
            api.put(f'/v1/seats/{seat}/attendance',
                    json={'attendance': 'no_show'},
                    **who(cast, viewer)).expect(403 if seen else 404)


def test_a_machine_reads_nobody_s_seats(cast, seats, api):
    session, made = seats['org']
    for way in (f'/v1/sessions/{session}/seats', '/v1/me/seats',
                f"/v1/me/seats/{made['owner']}"):
        for scope in ('sessions:read', 'attendance:write'):
            api.get(way, as_=cast.names['hr'], roles=['integrator'],
                    scope=scope).expect(403)
