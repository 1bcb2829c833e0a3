"""Who sees an endorsement: every relation of the viewer to the owner of the
skill x every visibility of the skill x every state, and blocks between any
two of the three; asked of the view itself and over the API.

Mutations: what is hidden shown as what is given; the block between owner and
endorser left out of visible_endorsement.
"""

import pytest

import fixtures
from harness.cast import Cast, who
from test_claim_visibility import SEES, VISIBILITIES

STATES = ('given', 'hidden', 'withdrawn')
# The endorser is one more viewer, who works elsewhere.
VIEWERS = [*SEES, 'endorser']


def sees(viewer, visibility, state):
    if viewer == 'endorser':
        return True
    if viewer == 'owner':
        return True
    return state == 'given' and visibility in SEES[viewer]


class Endorsed(Cast):
    def leave(self):
        people = list(self.people.values())
        for table, columns in (
                ('notification', ['person_id', 'actor_id']),
                ('endorsement', ['person_id', 'endorser_id'])):
            for column in columns:
                self.db.execute(f'delete from {table}'
                                f' where {column} = any(%s::uuid[])', [people])
        super().leave()


@pytest.fixture(scope='module')
def cast(server, db):
    cast = Endorsed(server, db)
    cast.surround('owner', [*VIEWERS, 'blocked by the endorser'])
    for name in ('endorser', 'blocked by the endorser'):
        cast.employ(name, 'own')
    cast.block('blocks the owner', 'owner')
    cast.block('owner', 'blocked by the owner')
    cast.block('endorser', 'blocked by the endorser')
    yield cast
    cast.leave()


@pytest.fixture(scope='module')
def made(cast, api, worlds):
    """(visibility, state) -> an endorsement; the claim is narrowed after."""
    found = {}
    owner, endorser = who(cast, 'owner'), who(cast, 'endorser')
    for visibility in VISIBILITIES:
        for state in STATES:
            skill = fixtures.plain_skill(worlds['demo'])
            claim = api.post('/v1/me/skills', json={
                'skill_id': skill, 'level': 4, 'visibility': 'org'},
                **owner).expect(201).json()['id']
            one = api.post(
                f"/v1/people/{cast.people['owner']}/skills/{claim}"
                '/endorsements', json={'saw_in': 'other', 'text': 'So it is.'},
                **endorser).expect(201).json()['id']
            if state == 'hidden':
                api.post(f'/v1/endorsements/{one}/hide', **owner).expect(200)
            elif state == 'withdrawn':
                api.delete(f'/v1/endorsements/{one}', **endorser).expect(204)
            api.patch(f'/v1/me/skills/{claim}', **owner,
                      json={'visibility': visibility}).expect(200)
            found[visibility, state] = (claim, one)
    return found


@pytest.mark.parametrize('viewer', [*VIEWERS, 'blocked by the endorser'])
def test_the_view(cast, made, viewer):
    rows = cast.view(viewer, 'select id::text from visible_endorsement'
                     ' where id = any(%s::uuid[])',
                     [[one for _, one in made.values()]])
    seen = {key for key, (_, one) in made.items() if (one,) in rows}
    assert seen == {key for key in made
                    if viewer != 'blocked by the endorser'
                    and sees(viewer, *key)}


@pytest.mark.parametrize('viewer', [
    *(name for name in VIEWERS if name != 'machine'),
    'blocked by the endorser'])
def test_the_api(cast, made, api, viewer):
    someone = who(cast, viewer)
    for (visibility, state), (claim, one) in made.items():
        is_seen = (viewer != 'blocked by the endorser'
                   and sees(viewer, visibility, state))
        api.get(f'/v1/endorsements/{one}', **someone).expect(
            200 if is_seen else 404)
        claim_seen = visibility in ({'team', 'org'} if viewer in (
            'endorser', 'blocked by the endorser') else SEES[viewer])
        reply = api.get(f"/v1/people/{cast.people['owner']}/skills/{claim}"
                        '/endorsements', **someone)
        if not claim_seen:
            reply.expect(404)
            continue
        assert [item['id'] for item in reply.expect(200).json()['items']] == (
            [one] if is_seen and state != 'withdrawn' else [])


def test_a_block_between_owner_and_endorser(cast, made, api, db):
    """Then nobody sees it but the endorser, who can still take it back; and
    it does not count."""
    claim, one = made['org', 'given']
    way = f"/v1/people/{cast.people['owner']}/skills/{claim}/endorsements"

    def look():
        return [(name, api.get(f'/v1/endorsements/{one}', **who(
            cast, name)).status_code) for name in (
                'owner', 'teammate', 'endorser')]

    def count():
        return api.get(f'/v1/me/skills/{claim}', **who(
            cast, 'owner')).json()['endorsement_count']
    assert [status for _, status in look()] == [200, 200, 200]
    assert count() == 1
    cast.block('owner', 'endorser')
    try:
        assert [status for _, status in look()] == [404, 404, 200]
        assert count() == 0
        assert api.get(way, **who(cast, 'teammate')).json()['items'] == []
        api.get(way, **who(cast, 'endorser')).expect(404)
    finally:
        db.execute('delete from person_block where blocked_id = %s',
                   [cast.people['endorser']])
