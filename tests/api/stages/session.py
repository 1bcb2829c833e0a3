"""session -- one in each state of its life, with somebody in each relation.

els hosts it.  `blocked` is somebody who works here and whom els blocks; a
participant's seat is put there, since seats are another resource.
"""

import fixtures

RELATIONS = {
    'host': {'as_': 'els'}, 'facilitator': {'as_': 'stijn'},
    'participant': {'as_': 'jonas'}, 'teammate': {'as_': 'benoit'},
    'colleague': {'as_': 'claire'},
    'blocked': {'as_': 'fixture-session-blocked'}}


def stage(world, state):
    """The id of a new session in that state."""
    blocked(world)
    begin = state if state in ('polled', 'confirmed', 'running') else (
        'proposed')
    if state in ('did_not_happen', 'rescheduled'):
        begin = 'confirmed'
    elif state == 'held':
        begin = 'running'
    made = fixtures.plain_session(world, begin)
    send(world, 'add_session_facilitator', made,
         {'person_id': world.person('stijn')})
    world.db.execute(
        'insert into engagement (org_id, session_id, person_id, role, during)'
        " select org_id, id, %s, 'participant', during from session"
        ' where id = %s', [world.person('jonas'), made])
    last = {'held': 'complete_session', 'did_not_happen': 'miss_session',
            'cancelled': 'cancel_session',
            'rescheduled': 'reschedule_session'}.get(state)
    if last:
        send(world, last, made, body(world, last, made))
    return made


def body(world, action, object_id):
    """The JSON that the action takes, or None."""
    option = world.db.one(
        'select id::text from session_option where session_id = %s'
        ' order by starts_local limit 1', [object_id])
    return {
        'update_session': {'title': world.word()},
        'poll_session': {'options': [fixtures.a_start(world)]},
        'answer_session_poll': {'answers': [
            {'option_id': option, 'answer': 'yes'}] if option else []},
        'confirm_session': {'option_id': option} if option else {},
        'miss_session': {'reason': 'Nobody came.'},
        'cancel_session': {'reason': 'Two of us are ill.'},
        'reschedule_session': {'starts_local': fixtures.a_start(world)},
        'put_session_recap': {'recap': world.word()},
        'add_session_facilitator': {
            'person_id': world.stranger('facilitator')},
    }.get(action)


def send(world, action, object_id, json):
    operation = world.api.document.operations[action]
    reply = world.api.call(
        operation.method, operation.path(session_id=object_id), json=json)
    return reply.expect(200, 201)


def blocked(world):
    def make():
        person = world.stranger('session-blocked')
        world.db.execute(
            'insert into employment (org_id, person_id, during)'
            " select %s, %s, daterange(today() - 9, null) where not exists"
            ' (select from employment where person_id = %s)',
            [world.org_id, person, person])
        world.db.execute(
            'insert into person_block (org_id, blocker_id, blocked_id)'
            ' values (%s, %s, %s) on conflict do nothing',
            [world.org_id, world.person(), person])
        return person
    return world.once('blocked for sessions', make)
