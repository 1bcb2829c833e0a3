"""Who sees what somebody says of themselves: every relation of the viewer x
every visibility, asked of the view itself and over the API.

Mutations: each line of visible_claim left out; `during @> today()` left out
of present_employment; a role that opens the view.
"""

import pytest

import fixtures
from harness.cast import Cast, who

# viewer -> what of the owner's claims there is to see
SEES = {
    'owner': {'me', 'team', 'org'},
    'teammate': {'team', 'org'},
    'second team': {'team', 'org'},  # shares a team that is not the first
    'former teammate': {'org'},
    'future teammate': {'org'},
    'leader': {'org'},
    'leader of the leader': {'org'},
    'hr': {'org'},
    'admin': {'org'},
    'somebody else': {'org'},
    'external': set(),  # in the directory, without employment today
    'former colleague': set(),  # whose employment is over
    'blocks the owner': set(),  # and is a teammate
    'blocked by the owner': set(),  # and is a teammate
    'other organisation': set(),
    'machine': set(),
}
ON_THE_API = [name for name in SEES if name != 'machine']
VISIBILITIES = ('me', 'team', 'org')


@pytest.fixture(scope='module')
def cast(server, db):
    cast = Cast(server, db)
    cast.surround('owner', SEES)
    cast.block('blocks the owner', 'owner')
    cast.block('owner', 'blocked by the owner')
    yield cast
    cast.leave()


@pytest.fixture(scope='module')
def claims(cast, api, worlds):
    """One of the owner's claims of each visibility, with evidence."""
    made = {}
    for visibility in VISIBILITIES:
        skill = fixtures.plain_skill(worlds['demo'])
        owner = {'as_': cast.names['owner']}
        claim = api.post('/v1/me/skills', json={
            'skill_id': skill, 'level': 4, 'can_help': 'gladly',
            'visibility': visibility, 'note': visibility}, **owner).expect(
            201).json()
        api.post(f"/v1/me/skills/{claim['id']}/evidence", json={
            'type': 'built', 'title': 'A thing'}, **owner).expect(201)
        made[visibility] = claim
    return made


@pytest.mark.parametrize('viewer', SEES)
def test_the_view(cast, claims, viewer):
    for table, column in (('visible_claim', 'id'),
                          ('visible_claim_evidence', 'claim_id')):
        rows = cast.view(viewer, f'select {column}::text from {table}'
                         f' where {column} = any(%s::uuid[])',
                         [[claim['id'] for claim in claims.values()]])
        seen = {name for name, claim in claims.items()
                if (claim['id'],) in rows}
        assert seen == SEES[viewer], table


@pytest.mark.parametrize('viewer', ON_THE_API)
def test_a_person_s_skills(cast, claims, api, viewer):
    reply = api.get(f"/v1/people/{cast.people['owner']}/skills",
                    **who(cast, viewer))
    if viewer == 'other organisation':
        reply.expect(404)
        return
    items = reply.expect(200).json()['items']
    assert {item['note'] for item in items} == SEES[viewer]
    assert all(len(item['evidence']) == 1 for item in items)


@pytest.mark.parametrize('visibility', VISIBILITIES)
@pytest.mark.parametrize('viewer', ON_THE_API)
def test_who_can_help(cast, claims, api, viewer, visibility):
    claim = claims[visibility]
    reply = api.get(f"/v1/skills/{claim['skill_id']}/people",
                    **who(cast, viewer))
    if viewer == 'other organisation':
        reply.expect(404)
        return
    items = reply.expect(200).json()['items']
    assert [item['id'] for item in items] == (
        [claim['id']] if visibility in SEES[viewer] else [])


def test_a_machine_asks_for_nobody_s_skills(cast, api):
    for way in (f"/v1/people/{cast.people['owner']}/skills",
                '/v1/me/skills'):
        api.get(way, as_=cast.names['hr'], roles=['integrator'],
                scope='skills:read').expect(403)


def test_a_block_cannot_be_told_from_silence(cast, api):
    """What one who is blocked gets is what there is to get of somebody who
    says nothing."""
    blocked = who(cast, 'blocked by the owner')
    hidden = api.get(f"/v1/people/{cast.people['owner']}/skills", **blocked)
    silent = api.get(f"/v1/people/{cast.people['leader']}/skills", **blocked)
    one, other = hidden.expect(200).json(), silent.expect(200).json()
    assert one['items'] == other['items'] == []
    assert one['next'] is other['next'] is None


def test_who_left_is_not_offered(cast, claims, api, db):
    claim = claims['org']
    way = f"/v1/skills/{claim['skill_id']}/people"
    mate = who(cast, 'teammate')
    assert len(api.get(way, **mate).json()['items']) == 1
    db.execute('update person set active = false where id = %s',
               [cast.people['owner']])
    try:
        assert api.get(way, **mate).expect(200).json()['items'] == []
    finally:
        db.execute('update person set active = true where id = %s',
                   [cast.people['owner']])


def test_a_change_of_visibility_works_at_once(cast, claims, api):
    claim, owner = claims['org'], who(cast, 'owner')
    way = f"/v1/skills/{claim['skill_id']}/people"
    for visibility, count in (('me', 0), ('team', 0), ('org', 1)):
        api.patch(f"/v1/me/skills/{claim['id']}",
                  json={'visibility': visibility}, **owner).expect(200)
        found = api.get(way, **who(cast, 'hr')).json()['items']
        assert len(found) == count
