"""Who sees what somebody says of themselves: every relation of the viewer x
every visibility, asked of the view itself and over the API.

Mutations: each line of visible_claim left out; `during @> today()` left out
of present_employment; a role that opens the view.
"""

import uuid

import pytest

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
ROLES = {'leader': ['leader'], 'leader of the leader': ['leader'],
         'hr': ['hr'], 'admin': ['admin'], 'external': ['member', 'trainer']}
ON_THE_API = [name for name in SEES if name != 'machine']
VISIBILITIES = ('me', 'team', 'org')


class Cast:
    """People of every relation, made for these tests and gone after them."""

    def __init__(self, db):
        self.db = db
        self.org = db.one("select id from organisation where name = 'demo'")
        self.other = db.one("select id from organisation where name = 'other'")
        self.people, self.names, self.teams = {}, {}, {}

    def person(self, name, org=None):
        spelt = f'cast-{uuid.uuid4().hex[:12]}'
        self.names[name] = spelt
        self.people[name] = self.db.one(
            'insert into person (org_id, id, user_name, display_name)'
            ' values (%s, uuid7(), %s, %s) returning id::text',
            [org or self.org, spelt, f'Cast {name}'])

    def team(self, name, org=None):
        self.teams[name] = self.db.one(
            'insert into team (org_id, id, name) values (%s, uuid7(), %s)'
            ' returning id::text', [org or self.org, f'{name} {uuid.uuid4()}'])

    def employ(self, name, team, first=-100, last=None, manager=None,
               primary=True, org=None):
        self.db.execute(
            'insert into employment (org_id, person_id, team_id, manager_id,'
            ' during, is_primary) values (%s, %s, %s, %s,'
            ' daterange(today() + %s::int, today() + %s::int), %s)',
            [org or self.org, self.people[name], self.teams[team],
             manager and self.people[manager], first, last, primary])

    def block(self, one, other):
        self.db.execute(
            'insert into person_block (org_id, blocker_id, blocked_id)'
            ' values (%s, %s, %s)',
            [self.org, self.people[one], self.people[other]])

    def leave(self):
        people, db = list(self.people.values()), self.db
        claims = 'select id from claim where person_id = any(%s::uuid[])'
        db.execute(f'delete from claim_evidence where claim_id in ({claims})',
                   [people])
        db.execute(f'delete from timer where object_id in ({claims})',
                   [people])
        for table, columns in (
                ('claim', ['person_id']), ('employment', ['person_id']),
                ('person_block', ['blocker_id', 'blocked_id']),
                ('person', ['id'])):
            for column in columns:
                db.execute(f'delete from {table}'
                           f' where {column} = any(%s::uuid[])', [people])
        db.execute('delete from team where id = any(%s::uuid[])',
                   [list(self.teams.values())])


@pytest.fixture(scope='module')
def cast(db):
    cast = Cast(db)
    for team in ('own', 'second', 'elsewhere'):
        cast.team(team)
    cast.team('abroad', cast.other)
    for name in SEES:
        if name not in ('machine', 'other organisation'):
            cast.person(name)
    cast.person('other organisation', cast.other)
    cast.employ('leader of the leader', 'elsewhere')
    cast.employ('leader', 'elsewhere', manager='leader of the leader')
    cast.employ('owner', 'own', manager='leader')
    cast.employ('owner', 'second', manager='leader', primary=False)
    cast.employ('teammate', 'own', manager='leader')
    cast.employ('second team', 'elsewhere')
    cast.employ('second team', 'second', primary=False)
    cast.employ('former teammate', 'own', -300, -10)
    cast.employ('former teammate', 'elsewhere', -10)
    cast.employ('future teammate', 'elsewhere', -100, 10)
    cast.employ('future teammate', 'own', 10)
    cast.employ('former colleague', 'own', -300, 0)
    for name in ('hr', 'admin', 'somebody else'):
        cast.employ(name, 'elsewhere')
    for name in ('blocks the owner', 'blocked by the owner'):
        cast.employ(name, 'own')
    cast.employ('other organisation', 'abroad', org=cast.other)
    cast.block('blocks the owner', 'owner')
    cast.block('owner', 'blocked by the owner')
    yield cast
    cast.leave()


@pytest.fixture(scope='module')
def claims(cast, api, worlds):
    """One of the owner's claims of each visibility, with evidence."""
    made = {}
    for visibility in VISIBILITIES:
        skill = api.post('/v1/skills', as_='hilde', roles=['hr'], json={
            'labels': {'en': worlds['demo'].word()},
            'confirmed_new': True}).expect(201).json()['id']
        owner = {'as_': cast.names['owner']}
        claim = api.post('/v1/me/skills', json={
            'skill_id': skill, 'level': 4, 'can_help': 'gladly',
            'visibility': visibility, 'note': visibility}, **owner).expect(
            201).json()
        api.post(f"/v1/me/skills/{claim['id']}/evidence", json={
            'type': 'built', 'title': 'A thing'}, **owner).expect(201)
        made[visibility] = claim
    return made


@pytest.fixture(scope='module')
def view(server):
    """The view as the server's own role sees it for somebody."""
    connection = server.connect(server.runtime_url)
    connection.autocommit = False

    def look(org, person, text, values):
        with connection.cursor() as cursor:
            cursor.execute("select set_config('hefboom.org', %s, true), "
                           "set_config('hefboom.person', %s, true), "
                           "set_config('plan_cache_mode', %s, true)",
                           [org, person, 'force_generic_plan'])
            cursor.execute(text, values)
            rows = cursor.fetchall()
        connection.rollback()
        return rows
    yield look
    connection.close()


def who(cast, viewer):
    return {'as_': cast.names[viewer],
            'roles': ROLES.get(viewer, ['member']),
            'org': 'other' if viewer == 'other organisation' else 'demo'}


@pytest.mark.parametrize('viewer', SEES)
def test_the_view(cast, claims, view, viewer):
    org = cast.other if viewer == 'other organisation' else cast.org
    person = cast.people.get(viewer)
    for table, column in (('visible_claim', 'id'),
                          ('visible_claim_evidence', 'claim_id')):
        rows = view(org, person,
                    f'select {column}::text from {table}'
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
