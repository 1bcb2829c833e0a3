"""Seats in every state, as somebody had them made."""

from fixtures import a_seat, a_session, begin
from harness.calls import Call

RELATIONS = {'owner': {'as_': 'els'}, 'host': {'as_': 'jonas'},
             'fellow': {'as_': 'an'}, 'other': {'as_': 'piet'}}


def act(world, operation, seat, as_='els', name='seat_id'):
    return Call(world, world.api.document.operations[operation], as_=as_,
                path={name: seat}).send().expect(200).json()


def stage(world, state):
    host = world.person('jonas')
    if state in ('held', 'confirmed', 'released'):
        session = a_session(world, host=host)
        a_seat(world, session, as_='an')
        seat = a_seat(world, session, as_='els', hold=state == 'held')['id']
        if state == 'released':
            act(world, 'release_seat', seat)
        return seat
    session = a_session(world, host=host, capacity=1)
    first = a_seat(world, session, as_='an')['id']
    seat = a_seat(world, session, as_='els')['id']
    if state == 'left':
        act(world, 'decline_offer', seat, name='offer_id')
    elif state != 'waiting':
        act(world, 'release_seat', first, as_='an')
    if state == 'declined':
        act(world, 'decline_offer', seat, name='offer_id')
    if state == 'lapsed':
        world.db.execute("update seat set expires_at = clock() - interval"
                         " '1 minute' where org_id = %s and id = %s",
                         [world.org_id, seat])
        world.db.execute('select expire_seat(%s, %s, %s)',
                         [world.org_id, seat, 'offered'])
    return seat


def body(world, action, object_id):
    if action == 'set_attendance':
        return {'attendance': 'present'}
    if action == 'vouch_for_seat':
        session = world.db.one(
            'select session_id::text from seat where org_id = %s and id = %s'
            " and state = 'confirmed'", [world.org_id, object_id])
        if session:
            begin(world, session)
    return None
