"""Who sees a session, its way in and its notes: every relation of the viewer x
every visibility, asked of the view itself and over the API.

Mutations: blocks read for everybody but the viewer in visible_session; the
way in for whoever was ever engaged (the released participant has it).
"""

import pytest

from test_claim_visibility import Cast, view  # noqa: F401

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
ROLES = {'leader': ['leader'], 'leader of the leader': ['leader'],
         'hr': ['hr'], 'admin': ['admin'], 'external': ['member', 'trainer']}
ENGAGED = {'facilitator': ('facilitator', True),
           'participant': ('participant', True),
           'external participant': ('participant', True),
           'released participant': ('participant', False),
           'blocked participant': ('participant', True)}
NOBODY = ('machine', 'other organisation')


class SessionCast(Cast):
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
def cast(db):
    cast = SessionCast(db)
    for team in ('own', 'second', 'elsewhere'):
        cast.team(team)
    cast.team('abroad', cast.other)
    for name in SEES:
        if name not in NOBODY:
            cast.person(name)
    cast.person('other organisation', cast.other)
    cast.employ('leader of the leader', 'elsewhere')
    cast.employ('leader', 'elsewhere', manager='leader of the leader')
    cast.employ('host', 'own', manager='leader')
    cast.employ('host', 'second', manager='leader', primary=False)
    for name in ('teammate', 'blocks the host', 'blocked by the host',
                 'blocked participant'):
        cast.employ(name, 'own')
    cast.employ('second team', 'elsewhere')
    cast.employ('second team', 'second', primary=False)
    cast.employ('former teammate', 'own', -300, -10)
    cast.employ('former teammate', 'elsewhere', -10)
    cast.employ('former colleague', 'own', -300, 0)
    for name in ('hr', 'admin', 'somebody else', 'facilitator',
                 'participant', 'released participant'):
        cast.employ(name, 'elsewhere')
    cast.employ('other organisation', 'abroad', org=cast.other)
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
        for name, (role, live) in ENGAGED.items():
            db.execute(
                'insert into engagement (org_id, session_id, person_id, role,'
                ' during, live) select org_id, id, %s, %s, during, %s'
                ' from session where id = %s',
                [cast.people[name], role, live, one])
        made[visibility] = one
    return made


def who(cast, viewer):
    return {'as_': cast.names[viewer],
            'roles': ROLES.get(viewer, ['member']),
            'org': 'other' if viewer == 'other organisation' else 'demo'}


@pytest.mark.parametrize('viewer', SEES)
def test_the_view(cast, sessions, view, viewer):  # noqa: F811
    org = cast.other if viewer == 'other organisation' else cast.org
    rows = view(org, cast.people.get(viewer),
                'select title, join_url is not null, notes is not null'
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
