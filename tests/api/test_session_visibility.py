"""Who sees a session, its way in and its notes: every relation of the viewer x
every visibility, asked of the view itself and over the API.

Mutations: blocks read for everybody but the viewer in visible_session; the
way in for whoever was ever engaged (the released participant has it).
"""

import pytest

from harness.cast import Cast, who

# viewer -> (the visibilities that are seen, whether the way in is shown)
SEES = {
    'host': ({'team', 'org'}, True),
    'facilitator': ({'team', 'org'}, True),
    'participant': ({'team', 'org'}, True),
    'external participant': ({'team', 'org'}, True),
    'released participant': ({'team', 'org'}, False),
    'teammate': ({'team', 'org'}, False),
    'second team': ({'team', 'org'}, False),
    'former teammate': ({'org'}, False),
    'leader': ({'org'}, False),
    'leader of the leader': ({'org'}, False),
    'hr': ({'org'}, False),
    'admin': ({'org'}, False),
    'somebody else': ({'org'}, False),
    'external': (set(), False),
    'former colleague': (set(), False),
    'blocks the host': (set(), False),
    'blocked by the host': (set(), False),
    'blocked participant': (set(), False),
    'other organisation': (set(), False),
    'machine': (set(), False),
}
ENGAGED = {'facilitator': ('facilitator', True),
           'participant': ('participant', True),
           'external participant': ('participant', True),
           'released participant': ('participant', False),
           'blocked participant': ('participant', True)}


class SessionCast(Cast):
    def engage(self, session, engaged):
        """engaged: {name: (role, whether it still is)}"""
        for name, (role, live) in engaged.items():
            self.db.execute(
                'insert into engagement (org_id, session_id, person_id, role,'
                ' during, live) select org_id, id, %s, %s, during, %s'
                ' from session where id = %s',
                [self.people[name], role, live, session])

    def leave(self):
        people = list(self.people.values())
        made = 'select id from session where host_id = any(%s::uuid[])'
        for table, column in (
                ('engagement', 'session_id'), ('session_skill', 'session_id'),
                ('notification', 'object_id'), ('timer', 'object_id'),
                ('session', 'id')):
            self.db.execute(f'delete from {table} where {column} in ({made})',
                            [people])
        super().leave()


@pytest.fixture(scope='module')
def cast(server, db):
    cast = SessionCast(server, db)
    cast.surround('host', SEES)
    cast.employ('blocked participant', 'own')
    for name in ('facilitator', 'participant', 'released participant'):
        cast.employ(name, 'elsewhere')
    cast.block('blocks the host', 'host')
    cast.block('host', 'blocked by the host')
    cast.block('host', 'blocked participant')
    yield cast
    cast.leave()


@pytest.fixture(scope='module')
def sessions(cast, api, db, worlds):
    """One of each visibility, which is running and has everything."""
    import fixtures
    made = {}
    for visibility in ('team', 'org'):
        one = fixtures.plain_session(
            worlds['demo'], 'running', cast.names['host'], title=visibility,
            visibility=visibility, join_url='https://meet.example.org/x')
        api.put(f'/v1/sessions/{one}/recap', as_=cast.names['host'], json={
            'notes': 'Words', 'recap': 'What we saw'}).expect(200)
        cast.engage(one, ENGAGED)
        made[visibility] = one
    return made


@pytest.mark.parametrize('viewer', SEES)
def test_the_view(cast, sessions, viewer):
    rows = cast.view(
        viewer, 'select title, join_url is not null, notes is not null'
        ' from visible_session where id = any(%s::uuid[])',
        [list(sessions.values())])
    seen, inside = SEES[viewer]
    assert {row[0] for row in rows} == seen
    assert all(row[1:] == (inside, inside) for row in rows), rows


@pytest.mark.parametrize('visibility', ['team', 'org'])
@pytest.mark.parametrize('viewer', [x for x in SEES if x != 'machine'])
def test_the_api(cast, sessions, api, viewer, visibility):
    seen, inside = SEES[viewer]
    one = sessions[visibility]
    reply = api.get(f'/v1/sessions/{one}', **who(cast, viewer))
    listed = api.pages('/v1/sessions', query={
        'host_id': cast.people['host'], 'state': 'running'},
        **who(cast, viewer))
    assert (one in {x['id'] for x in listed}) == (visibility in seen)
    if visibility not in seen:
        reply.expect(404)
        api.get(f'/v1/sessions/{one}/poll', **who(cast, viewer)).expect(404)
        return
    found = reply.expect(200).json()
    assert (found['join_url'] is not None, found['notes'] is not None,
            found['recap']) == (inside, inside, 'What we saw')
    assert found['my_role'] == (
        'host' if viewer == 'host' else
        ENGAGED[viewer][0] if ENGAGED.get(viewer, (0, False))[1] else None)


def test_a_machine_asks_for_nobody_s_sessions(cast, api):
    api.get('/v1/sessions', as_=cast.names['hr'], roles=['integrator'],
            scope='sessions:read').expect(403)


def test_a_block_cannot_be_told_from_what_is_not_there(cast, sessions, api):
    """In path and body, the same answer as for an id that nobody has."""
    import uuid
    blocked = who(cast, 'blocked by the host')
    for one in (sessions['org'], str(uuid.uuid4())):
        for method, more, body in (
                ('GET', '', None), ('PATCH', '', {'title': 'x'}),
                ('GET', '/poll', None), ('POST', '/begin', None),
                ('PUT', '/poll/answers', {'answers': []})):
            api.call(method, f'/v1/sessions/{one}{more}', json=body,
                     **blocked).expect(404, code='not_found')
    told = []
    for person in (cast.people['blocks the host'], str(uuid.uuid4())):
        reply = api.post(f"/v1/sessions/{sessions['org']}/facilitators",
                         json={'person_id': person}, **who(cast, 'host'))
        told.append((reply.status_code, reply.code))
    assert told == [(422, 'person_unknown')] * 2
