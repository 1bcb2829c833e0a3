"""Who sees a goal: every relation of the viewer x every visibility, asked of
the view itself and over the API; and drafts, which are their owner's alone.

Mutations: drafts for companions; companions who see a goal of `me`;
goal_companion read without its state; health for whoever is invited.
"""

import pytest

from harness.cast import Cast, who

SEES = {
    'owner': {'me', 'companions', 'team', 'org'},
    'companion': {'companions', 'team', 'org'},
    'invited': {'companions', 'team', 'org'},
    'declined': {'org'},
    'left': {'org'},
    'removed': {'org'},
    'companion outside': {'companions', 'team', 'org'},  # no employment today
    'teammate': {'team', 'org'},
    'second team': {'team', 'org'},
    'former teammate': {'org'},
    'future teammate': {'org'},
    'leader': {'org'},
    'leader of the leader': {'org'},
    'hr': {'org'},
    'admin': {'org'},
    'somebody else': {'org'},
    'external': set(),
    'former colleague': set(),
    'blocks the owner': set(),  # a teammate and companion
    'blocked by the owner': set(),  # a teammate and companion
    'other organisation': set(),
    'machine': set(),
}
INSIDE = {'owner', 'companion', 'companion outside'}
COMPANIONS = {
    'companion': 'accepted', 'invited': 'invited', 'declined': 'declined',
    'left': 'left', 'removed': 'removed', 'companion outside': 'accepted',
    'blocks the owner': 'accepted', 'blocked by the owner': 'accepted'}
PARTS = {'owner': 'owner', 'companion': 'companion', 'invited': 'invited',
         'companion outside': 'companion'}
ON_THE_API = [name for name in SEES if name != 'machine']
VISIBILITIES = ('me', 'companions', 'team', 'org')


class GoalCast(Cast):
    def leave(self):
        people = list(self.people.values())
        goals = 'select id from goal where person_id = any(%s::uuid[])'
        for table in ('goal_check_in', 'goal_milestone', 'goal_companion',
                      'goal_skill'):
            self.db.execute(
                f'delete from {table} where goal_id in ({goals})', [people])
        self.db.execute('delete from goal where person_id = any(%s::uuid[])',
                        [people])
        self.db.execute('delete from notification'
                        ' where person_id = any(%s::uuid[])'
                        ' or actor_id = any(%s::uuid[])', [people, people])
        super().leave()


@pytest.fixture(scope='module')
def cast(server, db):
    cast = GoalCast(server, db)
    cast.surround('owner', SEES)
    for name in ('companion', 'invited', 'declined', 'left', 'removed'):
        cast.employ(name, 'elsewhere')
    yield cast
    cast.leave()


@pytest.fixture(scope='module')
def goals(cast, api, db):
    """Of each visibility one goal, with a check-in and all companions; and
    one draft."""
    made, owner = {}, who(cast, 'owner')
    for visibility in VISIBILITIES:
        goal = api.post('/v1/goals', json={
            'title': f'Goal {visibility}', 'visibility': 'companions'},
            **owner).expect(201).json()
        way = f"/v1/goals/{goal['id']}"
        api.post(f'{way}/check-ins', json={'text': visibility},
                 **owner).expect(201)
        for name, state in COMPANIONS.items():
            api.post(f'{way}/companions', json={
                'person_id': cast.people[name]}, **owner).expect(201)
            if state in ('accepted', 'left'):
                api.post(f'{way}/accept', **who(cast, name)).expect(200)
            if state == 'left':
                api.post(f'{way}/leave', **who(cast, name)).expect(200)
            if state == 'declined':
                api.post(f'{way}/decline', **who(cast, name)).expect(200)
            if state == 'removed':
                api.delete(f'{way}/companions/{cast.people[name]}',
                           **owner).expect(204)
        api.patch(way, json={'visibility': visibility}, **owner).expect(200)
        made[visibility] = goal
    cast.block('blocks the owner', 'owner')
    cast.block('owner', 'blocked by the owner')
    return made


@pytest.mark.parametrize('viewer', SEES)
def test_the_view(cast, goals, viewer):
    ids = [goal['id'] for goal in goals.values()]
    rows = cast.view(
        viewer, 'select id::text, part, health from visible_goal'
        ' where id = any(%s::uuid[])', [ids])
    assert {name for name, goal in goals.items()
            if goal['id'] in {row[0] for row in rows}} == SEES[viewer]
    assert {row[1] for row in rows} <= {PARTS.get(viewer, 'none')}
    assert {row[2] for row in rows} <= {
        'on_track' if viewer in INSIDE else None}
    for table in ('visible_goal_check_in', 'visible_goal_companion'):
        rows = cast.view(viewer, f'select goal_id::text from {table}'
                         ' where goal_id = any(%s::uuid[])', [ids])
        seen = {name for name, goal in goals.items()
                if (goal['id'],) in rows}
        assert seen == (SEES[viewer] if viewer in INSIDE else set()), table


@pytest.mark.parametrize('viewer', ON_THE_API)
def test_over_the_api(cast, goals, api, viewer):
    me = who(cast, viewer)
    listed = api.pages('/v1/goals', query={
        'person_id': cast.people['owner']}, **me)
    assert {item['visibility'] for item in listed} == SEES[viewer]
    for visibility, goal in goals.items():
        way = f"/v1/goals/{goal['id']}"
        sees = visibility in SEES[viewer]
        reply = api.get(way, **me).expect(200 if sees else 404)
        for more in ('/check-ins', '/companions'):
            inner = api.get(way + more, **me)
            inner.expect(404 if not sees else
                         200 if viewer in INSIDE else 403)
        if sees:
            seen = reply.json()
            assert seen in listed
            assert seen['part'] == PARTS.get(viewer, 'none')
            assert (seen['health'] is not None) is (viewer in INSIDE)
        if viewer != 'owner':
            for method, more, body in (
                    ('PATCH', '', {'title': 'Mine'}), ('DELETE', '', None),
                    ('POST', '/check-ins', {'text': 'Mine'}),
                    ('POST', '/milestones', {'title': 'Mine'})):
                api.call(method, way + more, json=body, **me).expect(
                    403 if sees else 404)


@pytest.mark.parametrize('visibility', VISIBILITIES)
def test_nobody_sees_a_draft(cast, goals, api, db, visibility):
    """Whatever its visibility, and whoever came along before (which no
    operation allows, and the view does not rely on)."""
    draft = api.post('/v1/goals', json={
        'title': 'Draft', 'visibility': visibility, 'state': 'draft'},
        **who(cast, 'owner')).expect(201).json()
    for name, state in COMPANIONS.items():
        db.execute('insert into goal_companion (org_id, goal_id, person_id,'
                   ' state) values (%s, %s, %s, %s)',
                   [cast.org, draft['id'], cast.people[name], state])
    for viewer in SEES:
        rows = cast.view(viewer, 'select id from visible_goal where id = %s',
                         [draft['id']])
        assert len(rows) == (viewer == 'owner'), viewer
        if viewer in ON_THE_API:
            api.get(f"/v1/goals/{draft['id']}", **who(cast, viewer)).expect(
                200 if viewer == 'owner' else 404)
    api.delete(f"/v1/goals/{draft['id']}", **who(cast, 'owner')).expect(204)


def test_a_tombstone_goes_where_the_goal_was(cast, goals, api):
    """Nobody learns from it that there was a goal they could not see."""
    owner = who(cast, 'owner')
    goal = api.post('/v1/goals', json={
        'title': 'Gone', 'visibility': 'team'}, **owner).expect(201).json()
    api.delete(f"/v1/goals/{goal['id']}", **owner).expect(204)
    for viewer in ON_THE_API:
        items = api.pages('/v1/goals', query={
            'updated_since': goal['created_at'], 'order': 'updated'},
            **who(cast, viewer))
        assert (goal['id'] in {item['id'] for item in items}) is (
            viewer in ('owner', 'teammate', 'second team')), viewer


def test_machines_have_no_goals(cast, api):
    for way in ('/v1/goals', '/v1/goal-templates'):
        api.get(way, as_=cast.names['hr'], roles=['integrator'],
                scope='skills:read').expect(403)


def test_who_left_is_not_shown(cast, goals, api, db):
    way = f"/v1/goals/{goals['org']['id']}"
    db.execute('update person set active = false where id = %s',
               [cast.people['owner']])
    try:
        for viewer in ('companion', 'teammate', 'hr'):
            api.get(way, **who(cast, viewer)).expect(404)
    finally:
        db.execute('update person set active = true where id = %s',
                   [cast.people['owner']])
