"""Goals, their milestones, check-ins, companions and templates.

Who sees them is test_goal_visibility.py; their words test_goal_clarity.py.

Mutations: `achieved` left out of what has ended; a check-in that touches
updated_at; the lock of invite_goal_companion left out; `declined` asked again;
the block left out of invite_goal_companion; the survivor not looked for in
goal_skill_label.
"""

import concurrent.futures
import datetime
import re
import uuid

import pytest
import yaml

from stages import goal as stages

HR = {'as_': 'hilde', 'roles': ['hr']}
JONAS = {'as_': 'jonas'}
PIET = {'as_': 'piet'}
SPREADSHEETS = '01923c1b-7100-7000-8000-000000000d0d'
EXCEL = '01923c1b-7100-7000-8000-000000000d0e'


@pytest.fixture
def world(worlds):
    return worlds['demo']


@pytest.fixture
def goal(api, world):
    def make(as_='els', status=201, code=None, **members):
        members.setdefault('title', f'Explain {world.word()}')
        return api.post('/v1/goals', as_=as_, json=members).expect(
            status, code=code).json()
    return make


def path(goal, more=''):
    return f"/v1/goals/{goal['id']}{more}"


def read(api, goal, as_='els'):
    return api.get(path(goal), as_=as_).expect(200).json()


def change(api, goal, as_='els', expect=200, code=None, **members):
    return api.patch(path(goal), as_=as_, json=members).expect(
        expect, code=code).json()


def act(api, goal, action, expect=200, code=None, as_='els', **json):
    return api.post(path(goal, f'/{action}'), as_=as_,
                    json=json or None).expect(expect, code=code).json()


def invite(api, world, goal, name='jonas', expect=201, code=None, as_='els'):
    return api.post(path(goal, '/companions'), as_=as_, json={
        'person_id': world.person(name)}).expect(expect, code=code).json()


def told(db, world, goal, name):
    return db.column('select kind from notification where object_id = %s'
                     " and object_kind = 'goal' and person_id = %s"
                     ' order by id', [goal['id'], world.person(name)])


# One goal

def test_what_is_not_said(goal):
    made = goal()
    assert {name: made[name] for name in (
        'why', 'due_on', 'measure', 'skills', 'milestones', 'visibility',
        'template_id', 'state', 'part', 'health', 'learned', 'ended_at',
        'version', 'deleted_at', 'person_name')} == {
        'why': None, 'due_on': None,
        'measure': {'type': 'none', 'text': None}, 'skills': [],
        'milestones': [], 'visibility': 'companions', 'template_id': None,
        'state': 'active', 'part': 'owner', 'health': 'on_track',
        'learned': None, 'ended_at': None, 'version': 1, 'deleted_at': None,
        'person_name': 'Els Peeters'}


def test_change_and_read(api, goal):
    made = goal(why='For fun.', due_on='2099-01-01', skill_ids=[EXCEL],
                measure={'type': 'can_do', 'text': 'I do it.'})
    assert [x['skill_id'] for x in made['skills']] == [SPREADSHEETS]
    done = change(api, made, title='Another', why=None, due_on=None,
                  skill_ids=[], measure={'type': 'evidence'},
                  visibility='org')
    assert (done['title'], done['why'], done['due_on'], done['skills'],
            done['measure'], done['visibility'], done['version']) == (
        'Another', None, None, [], {'type': 'evidence', 'text': 'I do it.'},
        'org', 2)
    assert change(api, made, measure={'text': None})['measure'] == {
        'type': 'evidence', 'text': None}
    assert change(api, made, measure={'type': 'none', 'text': 'x'})[
        'measure'] == {'type': 'none', 'text': None}
    assert change(api, made, title='The last one') == read(api, made)


@pytest.mark.parametrize('members', [
    {'title': ''}, {'title': 'x' * 201}, {'title': 'two\nlines'},
    {'title': None}, {'why': ''}, {'why': 'x' * 2001},
    {'due_on': '2026-02-30'}, {'measure': {'type': 'kpi'}},
    {'measure': {'type': 'can_do', 'text': ''}}, {'measure': None},
    {'skill_ids': [EXCEL, EXCEL]}, {'skill_ids': ['x']},
    {'skill_ids': [str(uuid.uuid4()) for _ in range(11)]},
    {'visibility': 'world'}, {'state': 'achieved'}, {'health': 'stuck'},
    {'learned': 'Much'}, {'person_id': str(uuid.uuid4())},
    {'rating': 5}, {'score': 1}, {'progress': 50}])
def test_members_that_are_refused(api, goal, world, members):
    api.post('/v1/goals', json={'title': 'A goal', **members}).expect(
        422, code='invalid_body')
    change(api, goal(), expect=422, code='invalid_body', **members)


def test_what_does_not_exist(api, goal, world):
    yesterday = str(datetime.date.today() - datetime.timedelta(days=2))
    skill = {'skill_ids': [EXCEL, str(uuid.uuid4())]}
    goal(status=422, code='goal_skill_unknown', **skill)
    goal(status=422, code='goal_due_on_past', due_on=yesterday)
    goal(status=422, code='goal_template_unknown',
         template_id=str(uuid.uuid4()))
    made = goal()
    change(api, made, expect=422, code='goal_skill_unknown', **skill)
    change(api, made, expect=422, code='goal_due_on_past', due_on=yesterday)
    assert read(api, made) == made


def test_a_merged_skill_is_its_survivor(api, goal, world, call):
    """Also when it is merged later; two that become one are one."""
    import fixtures
    one, other = (fixtures.plain_skill(world) for _ in range(2))
    made = goal(skill_ids=[one, other], visibility='org')
    assert {x['skill_id'] for x in made['skills']} == {one, other}
    call('merge_skill', path={'skill_id': one},
         json={'into_id': other}).send().expect(201)
    assert [x['skill_id'] for x in read(api, made)['skills']] == [other]
    for asked in (one, other):
        found = api.get('/v1/goals', query={'skill_id': asked}).json()['items']
        assert [x['id'] for x in found] == [made['id']]
    label = {x: api.get(path(made), headers={'Accept-Language': x}).json()[
        'skills'][0]['label'] for x in ('en', 'nl')}
    wanted = api.get(f'/v1/skills/{SPREADSHEETS}').json()['labels']
    again = change(api, made, skill_ids=[SPREADSHEETS])
    assert again['skills'][0]['label'] == wanted['en']
    assert label['en'] == label['nl'], 'the only one that it has'
    assert api.get(path(made), headers={'Accept-Language': 'nl'}).json()[
        'skills'][0]['label'] == wanted['nl']


def test_a_stale_version(api, goal):
    made = goal()
    etag = api.get(path(made)).etag
    change(api, made, why='Changed.')
    for method, more, body in (
            ('PATCH', '', {'why': 'Mine'}), ('DELETE', '', None),
            ('POST', '/pause', None), ('POST', '/activate', None),
            ('POST', '/achieve', {'result': 'partly'}),
            ('POST', '/let-go', {'learned': 'x'}),
            ('PUT', '/milestones/order', {'milestone_ids': []})):
        api.call(method, path(made, more), json=body, headers={
            'If-Match': etag}).expect(412, code='stale_version')
    assert read(api, made)['state'] == 'active'


def test_a_tombstone(api, goal, world, db):
    made = goal(title='Secret title', why='Secret', visibility='org',
                measure={'type': 'can_do', 'text': 'Secret'},
                skill_ids=[EXCEL])
    api.post(path(made, '/milestones'), json={'title': 'Secret'}).expect(201)
    api.post(path(made, '/check-ins'), json={'text': 'Secret'}).expect(201)
    invite(api, world, made)
    as_of = api.get('/v1/goals').json()['as_of']
    api.delete(path(made), **JONAS).expect(403, code='forbidden')
    api.delete(path(made)).expect(204)
    for reply in (api.get(path(made)), api.delete(path(made)),
                  api.get(path(made, '/check-ins')),
                  api.get(path(made, '/companions')),
                  api.post(path(made, '/pause')),
                  api.post(path(made, '/accept'), **JONAS)):
        reply.expect(404)
    for who in ({}, JONAS, {'as_': 'nina'}):
        listed = api.pages('/v1/goals', query={'limit': 200}, **who)
        assert made['id'] not in {x['id'] for x in listed}
        changed = api.pages('/v1/goals', query={
            'updated_since': as_of, 'order': 'updated'}, **who)
        stone = [x for x in changed if x['id'] == made['id']][0]
        assert stone['deleted_at'] and 'Secret' not in str(stone)
    for table in ('goal_check_in', 'goal_milestone', 'goal_skill'):
        assert db.one(f'select count(*) from {table} where goal_id = %s',
                      [made['id']]) == 0


def test_events_tell_no_words(api, goal, world, db):
    made = goal(why='A secret word')
    change(api, made, why='Another secret')
    api.post(path(made, '/check-ins'), json={'text': 'Secret'}).expect(201)
    api.post(path(made, '/milestones'), json={'title': 'Secret'}).expect(201)
    invite(api, world, made)
    act(api, made, 'accept', as_='jonas')
    act(api, made, 'leave', as_='jonas')
    act(api, made, 'let-go', learned='Secret')
    api.delete(path(made)).expect(204)
    events = db.execute('select event, body::text from outbox'
                        ' where object_id = %s order by id', [made['id']])
    assert [x[0] for x in events] == [
        'goal.created', 'goal.updated', 'goal.checked_in', 'goal.updated',
        'goal.companion_invited', 'goal.companion_accepted',
        'goal.companion_left', 'goal.updated', 'goal.deleted']
    assert 'ecret' not in str(events)


# States

ACTIONS = {'activate': ('activate_goal', None), 'pause': ('pause_goal', None),
           'achieve': ('achieve_goal', {'result': 'achieved'}),
           'let-go': ('let_go_goal', {'learned': 'That it can wait.'})}


@pytest.fixture(scope='module')
def machine(root):
    text = (root / 'openapi' / 'states.yaml').read_text()
    return yaml.safe_load(text)['goal']


@pytest.mark.parametrize('state', stages.WAYS)
@pytest.mark.parametrize('action', ACTIONS)
def test_every_state_and_action(api, world, machine, state, action):
    """The owner as the table says; a companion 403, a draft is not there."""
    operation, body = ACTIONS[action]
    rule = machine['actions'][operation]
    made = {'id': stages.stage(world, state)}
    assert body == stages.body(world, operation, made['id'])
    before = read(api, made)
    assert before['state'] == state
    way = path(made, f'/{action}')
    api.post(way, json=body, **PIET).expect(404)
    if state != 'draft':
        change(api, made, visibility='team')
        api.post(way, json=body, **PIET).expect(403, code='forbidden')
    reply = api.post(way, json=body)
    if state in rule['from']:
        after = reply.expect(200).json()
        assert after['state'] == rule['from'][state] == read(
            api, made)['state']
    else:
        reply.expect(409, code=rule['refusal'])
        assert read(api, made)['state'] == state


@pytest.mark.parametrize('action', ACTIONS)
def test_a_companion_may_not(api, world, goal, action):
    made = goal()
    invite(api, world, made)
    for part in ('invited', 'companion'):
        assert read(api, made, 'jonas')['part'] == part
        api.post(path(made, f'/{action}'), json=ACTIONS[action][1],
                 **JONAS).expect(403, code='forbidden')
        if part == 'invited':
            act(api, made, 'accept', as_='jonas')
    assert read(api, made)['state'] == 'active'


def test_how_it_ends(api, goal):
    made = goal()
    partly = act(api, made, 'achieve', result='partly')
    assert (partly['state'], partly['health']) == ('partly', None)
    assert partly['ended_at'] is not None
    left = goal()
    let_go = act(api, left, 'let-go', learned='It can wait.')
    assert (let_go['learned'], let_go['state']) == ('It can wait.', 'let_go')
    again = act(api, left, 'activate')
    assert (again['state'], again['ended_at'], again['learned'],
            again['health']) == ('active', None, 'It can wait.', 'on_track')
    for learned in ('', ' ', 'x' * 2001, None):
        api.post(path(left, '/let-go'), json={'learned': learned}).expect(
            422, code='invalid_body')


def ended(api, goal, state):
    made = goal(visibility='me')
    step = api.post(path(made, '/milestones'), json={'title': 'A step'}
                    ).expect(201).json()
    if state == 'let_go':
        act(api, made, 'let-go', learned='x')
    else:
        act(api, made, 'achieve', result=state)
    return made, step


@pytest.mark.parametrize('state', ['achieved', 'partly', 'let_go'])
def test_what_has_ended_stays(api, goal, state):
    made, step = ended(api, goal, state)
    change(api, made, expect=409, code='goal_ended', title='Another')
    change(api, made, expect=409, code='goal_ended', why=None,
           visibility='org')
    one = path(made, f"/milestones/{step['id']}")
    for method, way, body in (
            ('POST', path(made, '/milestones'), {'title': 'More'}),
            ('PATCH', one, {'done': True}), ('DELETE', one, None),
            ('PUT', path(made, '/milestones/order'),
             {'milestone_ids': [step['id']]})):
        api.call(method, way, json=body).expect(409, code='goal_ended')
    api.post(path(made, '/check-ins'), json={'text': 'Hello'}).expect(
        409, code='goal_not_active')
    assert change(api, made, visibility='org')['visibility'] == 'org'


# Health

def test_health_is_silence(api, world, goal, clock):
    made, paused = goal(), goal()
    act(api, paused, 'pause')
    invite(api, world, made)
    act(api, made, 'accept', as_='jonas')
    seen = []
    for days in (0, 13, 2, 14, 2, 28, 2):
        clock.advance(days=days)
        now = read(api, made)
        seen.append(now['health'])
        assert read(api, made, 'jonas')['health'] == now['health']
        assert read(api, paused)['health'] is None
    assert seen == ['on_track', 'on_track', 'slow', 'slow', 'stuck', 'stuck',
                    'not_updated']
    before = read(api, made)
    tag = api.get(path(made)).etag
    api.post(path(made, '/check-ins'), json={'text': 'Here I am.'}).expect(201)
    after = read(api, made)
    assert after == {**before, 'health': 'on_track'}, (
        'a check-in tells colleagues nothing')
    assert api.get(path(made)).etag != tag
    clock.advance(days=20)
    assert act(api, paused, 'activate')['health'] == 'on_track'
    assert read(api, made)['health'] == 'slow'
    api.post(path(made, '/milestones'), json={'title': 'On'}).expect(201)
    assert read(api, made)['health'] == 'on_track'


def test_health_is_not_for_colleagues(api, world, goal):
    made = goal(visibility='org')
    invite(api, world, made)
    for name, roles in (('jonas', ['member']), ('an', ['leader']),
                        ('hilde', ['hr']), ('hilde', ['admin']),
                        ('piet', ['member'])):
        seen = api.get(path(made), as_=name, roles=roles).expect(200).json()
        assert seen['health'] is None, name
        for more in ('/check-ins', '/companions'):
            api.get(path(made, more), as_=name, roles=roles).expect(
                403, code='forbidden')


FORBIDDEN = re.compile(
    'rating|score|percent|progress|rank|grade|weight|points|apprais|review'
    '|stars|approv|manager|leader|kpi')


def test_nothing_to_appraise_with(document, db):
    """No column of a goal's tables and no property of its schemas."""
    columns = db.column("select column_name from information_schema.columns"
                        " where table_schema = 'public'"
                        " and table_name like 'goal%%'")
    assert len(columns) > 40
    names = set(columns)

    def walk(node):
        if isinstance(node, dict):
            names.update(node.get('properties', {}))
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)
    walk([schema for name, schema in
          document.json['components']['schemas'].items()
          if name.startswith('Goal')])
    assert 'health' in names and 'done_on' in names
    assert not [name for name in names if FORBIDDEN.search(name)]


# Milestones

def test_milestones(api, goal):
    made = goal()
    steps = [api.post(path(made, '/milestones'), json={
        'title': f'Step {n}', 'due_on': '2099-01-01'}).expect(201).json()
        for n in range(3)]
    ids = [x['id'] for x in steps]
    assert [x['id'] for x in read(api, made)['milestones']] == ids
    turned = api.put(path(made, '/milestones/order'), json={
        'milestone_ids': ids[::-1]}).expect(200).json()
    assert [x['id'] for x in turned['milestones']] == ids[::-1]
    for wrong in (ids[:2], ids + [str(uuid.uuid4())], []):
        api.put(path(made, '/milestones/order'), json={
            'milestone_ids': wrong}).expect(422, code='goal_milestones_differ')
    one = path(made, f'/milestones/{ids[0]}')
    done = api.patch(one, json={'done': True, 'due_on': None}).expect(
        200).json()
    assert done['done_on'] and done['due_on'] is None and done['version'] == 2
    kept = api.patch(one, json={'title': 'New'}).expect(200).json()
    assert (kept['done_on'], kept['title']) == (done['done_on'], 'New')
    assert api.patch(one, json={'done': False}).json()['done_on'] is None
    for method, body in (('PATCH', {'done': True}), ('DELETE', None)):
        api.call(method, one, json=body, headers={
            'If-Match': '"1.00000000"'}).expect(412, code='stale_version')
    before = read(api, made)['version']
    api.delete(one).expect(204)
    api.delete(one).expect(404)
    now = read(api, made)
    assert [x['id'] for x in now['milestones']] == [ids[2], ids[1]]
    assert now['version'] == before + 1


def test_milestones_of_another_goal(api, goal):
    made, other = goal(), goal()
    step = api.post(path(made, '/milestones'), json={'title': 'A'}).json()
    one = path(other, f"/milestones/{step['id']}")
    api.patch(one, json={'done': True}).expect(404)
    api.delete(one).expect(404)
    mine = path(made, f"/milestones/{step['id']}")
    change(api, made, visibility='org')
    api.patch(mine, json={'done': True}, **JONAS).expect(403)
    api.delete(mine, **JONAS).expect(403)
    api.post(path(made, '/milestones'), json={'title': 'B'}, **JONAS).expect(
        403)
    assert len(read(api, made)['milestones']) == 1


def test_thirty_milestones(api, goal):
    made = goal()

    def add(_):
        return api.post(path(made, '/milestones'), json={'title': 'A step'})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(add, range(34)))
    assert sorted(x.status_code for x in replies) == [201] * 30 + [409] * 4
    add(0).expect(409, code='goal_milestones_full')


# Check-ins

def test_check_ins(api, world, goal, db):
    made = goal(visibility='org')
    invite(api, world, made)
    texts = ['One', 'Two', 'Three']
    for text in texts[:2]:
        api.post(path(made, '/check-ins'), json={'text': text}).expect(201)
    act(api, made, 'accept', as_='jonas')
    api.post(path(made, '/check-ins'), json={'text': 'Three'}).expect(201)
    for who in ({}, JONAS):
        found = api.pages(path(made, '/check-ins'), query={'limit': 2}, **who)
        assert [x['text'] for x in found] == texts[::-1]
    api.post(path(made, '/check-ins'), json={'text': 'Mine'}, **JONAS).expect(
        403, code='forbidden')
    assert told(db, world, made, 'jonas') == [
        'goal_companion_invited', 'goal_checked_in']
    for text in ('', '  ', 'x' * 2001):
        api.post(path(made, '/check-ins'), json={'text': text}).expect(
            422, code='invalid_body')
    act(api, made, 'pause')
    api.post(path(made, '/check-ins'), json={'text': 'Rest'}).expect(
        409, code='goal_not_active')


# Companions

def test_companions(api, world, goal, db):
    made = goal()
    for name in ('jonas', 'griet', 'benoit'):
        asked = invite(api, world, made, name)
        assert (asked['state'], asked['version']) == ('invited', 1)
    assert read(api, made, 'jonas')['part'] == 'invited'
    assert act(api, made, 'accept', as_='jonas')['state'] == 'accepted'
    assert act(api, made, 'accept', as_='griet')['state'] == 'accepted'
    assert act(api, made, 'decline', as_='benoit')['state'] == 'declined'
    api.get(path(made), as_='benoit').expect(404)
    mine = api.pages(path(made, '/companions'), query={'limit': 1})
    assert {x['display_name']: x['state'] for x in mine} == {
        'Jonas Maes': 'accepted', 'Griet Van den Broeck': 'accepted',
        'Benoît Dubois': 'declined'}
    his = api.pages(path(made, '/companions'), **JONAS)
    assert {x['display_name'] for x in his} == {
        'Jonas Maes', 'Griet Van den Broeck'}
    assert sorted(told(db, world, made, 'els')) == [
        'goal_companion_accepted', 'goal_companion_accepted',
        'goal_companion_declined']
    act(api, made, 'achieve', result='achieved')
    assert told(db, world, made, 'griet') == [
        'goal_companion_invited', 'goal_achieved']
    assert told(db, world, made, 'benoit') == ['goal_companion_invited']
    invite(api, world, made, 'lore', 409, 'goal_not_under_way')


def test_who_can_be_asked(api, world, goal, db):
    made = goal()
    gone = str(uuid.uuid4())
    db.execute('insert into person_block (org_id, blocker_id, blocked_id)'
               ' values (%s, %s, %s) on conflict do nothing',
               [world.org_id, world.person('tom'), world.person('els')])
    try:
        for person in (gone, world.person('els'), world.person('roger'),
                       world.person('tom'), world.person('ingrid')):
            reply = api.post(path(made, '/companions'), json={
                'person_id': person}).expect(422, code='person_unknown')
            assert reply.json()['title'] == (
                'That person is not one you can name here')
    finally:
        db.execute('delete from person_block where blocker_id = %s'
                   ' and blocked_id = %s',
                   [world.person('tom'), world.person('els')])
    invite(api, world, made, 'tom')
    invite(api, world, made, 'tom', 409, 'companion_already')
    act(api, made, 'accept', as_='tom')
    invite(api, world, made, 'tom', 409, 'companion_already')
    invite(api, world, made, 'jonas', 403, 'forbidden', as_='tom')
    invite(api, world, made, 'jonas', 404, 'not_found', as_='piet')
    invite(api, world, goal(visibility='me'), 'jonas', 409, 'goal_private')
    invite(api, world, goal(state='draft'), 'jonas', 409,
           'goal_not_under_way')


def test_answers(api, world, goal):
    made = goal(visibility='org')
    for action in ('accept', 'decline', 'leave'):
        act(api, made, action, 403, 'forbidden', as_='jonas')
        act(api, made, action, 403, 'forbidden')
    invite(api, world, made)
    act(api, made, 'leave', 403, 'forbidden', as_='jonas')
    act(api, made, 'accept', as_='jonas')
    for action in ('accept', 'decline'):
        act(api, made, action, 409, 'invitation_answered', as_='jonas')
    assert act(api, made, 'leave', as_='jonas')['state'] == 'left'
    assert invite(api, world, made)['version'] == 4
    act(api, made, 'decline', as_='jonas')
    invite(api, world, made, 'jonas', 409, 'companion_declined')
    act(api, made, 'accept', 403, 'forbidden', as_='jonas')
    invite(api, world, made, 'griet')
    act(api, made, 'let-go', learned='x')
    act(api, made, 'accept', 409, 'goal_not_under_way', as_='griet')
    act(api, made, 'decline', as_='griet')


def test_parting(api, world, goal, db):
    made = goal()
    one = path(made, f"/companions/{world.person('jonas')}")
    api.delete(one).expect(404)
    invite(api, world, made)
    act(api, made, 'accept', as_='jonas')
    api.delete(one, **JONAS).expect(403, code='forbidden')
    api.delete(one, headers={'If-Match': '"1.00000000"'}).expect(
        412, code='stale_version')
    api.delete(one).expect(204)
    api.delete(one).expect(404)
    api.get(path(made), **JONAS).expect(404)
    assert told(db, world, made, 'jonas') == [
        'goal_companion_invited', 'goal_companion_removed']
    assert invite(api, world, made)['state'] == 'invited'


def test_a_block_parts_companions(api, world, goal, db):
    made = goal()
    invite(api, world, made)
    act(api, made, 'accept', as_='jonas')
    invite(api, world, made, 'griet')
    act(api, made, 'accept', as_='griet')
    for pair, hidden in ((('jonas', 'els'), 'els'),
                         (('griet', 'jonas'), 'griet')):
        db.execute('insert into person_block (org_id, blocker_id, blocked_id)'
                   ' values (%s, %s, %s)',
                   [world.org_id, *map(world.person, pair)])
        try:
            if hidden == 'els':
                api.get(path(made), **JONAS).expect(404)
                act(api, made, 'leave', 404, as_='jonas')
            else:
                seen = api.pages(path(made, '/companions'), **JONAS)
                assert [x['display_name'] for x in seen] == ['Jonas Maes']
            mine = api.pages(path(made, '/companions'))
            assert len(mine) == (1 if hidden == 'els' else 2)
            api.post(path(made, '/check-ins'), json={'text': 'On'}).expect(201)
        finally:
            db.execute('delete from person_block where blocker_id = %s'
                       ' and blocked_id = %s', [*map(world.person, pair)])
    assert told(db, world, made, 'jonas').count('goal_checked_in') == 1
    assert told(db, world, made, 'griet').count('goal_checked_in') == 2


def test_twenty_companions_at_once(api, world, goal, db):
    made = goal()
    people = [name for name in db.column(
        'select user_name from person where org_id = %s and active'
        " and user_name <> 'els' and user_name !~ '^(fixture|cast)-'"
        ' order by user_name limit 24', [world.org_id])]

    def ask(name):
        return api.post(path(made, '/companions'), json={
            'person_id': world.person(name)})
    for name in people:
        world.person(name)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(ask, people))
    assert sorted(x.status_code for x in replies) == [201] * 20 + [409] * 4
    assert {x.code for x in replies} == {None, 'companions_full'}


# Templates

def test_templates(api, goal, world):
    body = {'title': f'Lead {world.word()}', 'language': 'nl',
            'measure': {'type': 'evidence', 'text': 'A report'},
            'milestones': ['One', 'Two']}
    for roles in (['member'], ['leader'], ['admin']):
        api.post('/v1/goal-templates', json=body, roles=roles).expect(403)
    made = api.post('/v1/goal-templates', json=body, **HR).expect(201).json()
    way = f"/v1/goal-templates/{made['id']}"
    assert api.get(way).json() == made
    taken = goal(template_id=made['id'])
    assert taken['measure'] == body['measure']
    assert [x['title'] for x in taken['milestones']] == ['One', 'Two']
    own = goal(template_id=made['id'], measure={'type': 'none'})
    assert own['measure'] == {'type': 'none', 'text': None}
    done = api.patch(way, json={'milestones': [], 'description': 'About.',
                                'measure': {'type': 'none'}}, **HR).expect(
        200).json()
    assert (done['milestones'], done['description'], done['measure']) == (
        [], 'About.', {'type': 'none', 'text': None})
    for language, there in (('nl,en', True), ('fr', False)):
        found = api.pages('/v1/goal-templates', query={'language': language})
        assert (made['id'] in {x['id'] for x in found}) is there
    for method, json in (('PATCH', {'title': 'x'}), ('DELETE', None)):
        api.call(method, way, json=json, headers={
            'If-Match': '"1.00000000"'}, **HR).expect(
            412, code='stale_version')
        api.call(method, way, json=json).expect(403)
    api.delete(way, **HR).expect(204)
    api.get(way).expect(404)
    goal(status=422, code='goal_template_unknown', template_id=made['id'])
    assert read(api, taken)['milestones'] == taken['milestones']
    assert made['id'] not in {x['id'] for x in api.pages('/v1/goal-templates')}


# Lists and the demonstration

def test_lists(api, world, goal):
    due = [None, '2099-03-01', '2098-01-01', None, '2099-02-01']
    made = [goal(as_='nina', due_on=day) for day in due]
    nina = {'as_': 'nina', 'query': {'person_id': world.person('nina'),
                                     'limit': 2}}
    newest = api.pages('/v1/goals', **nina)
    times = [x['created_at'] for x in newest]
    assert times == sorted(times, reverse=True)
    nina['query']['order'] = 'due'
    days = [x['due_on'] or '9999' for x in api.pages('/v1/goals', **nina)]
    assert days == sorted(days) and days[-2:] == ['9999'] * 2
    act(api, made[0], 'pause', as_='nina')
    nina['query']['state'] = 'paused,let_go'
    assert made[0]['id'] in {x['id'] for x in api.pages('/v1/goals', **nina)}
    assert {x['state'] for x in api.pages('/v1/goals', **nina)} <= {
        'paused', 'let_go'}


def test_my_part(api, world, goal):
    asked, along, neither = (goal(visibility='org') for _ in range(3))
    for one in (asked, along):
        invite(api, world, one, 'emre')
    act(api, along, 'accept', as_='emre')
    mine = goal(as_='emre')
    for part, ids in (('invited', {asked['id']}), ('companion', {along['id']}),
                      ('owner', {mine['id']}),
                      ('owner,companion', {mine['id'], along['id']})):
        found = api.pages('/v1/goals', as_='emre', query={'part': part})
        assert ids <= {x['id'] for x in found}
        assert {x['part'] for x in found} == set(part.split(','))
        assert neither['id'] not in {x['id'] for x in found}


def test_the_demonstration_has_goals(api, db, world):
    loaded = ("id::text like '01923c1b-7100-7000-8000-00000006%%'"
              " and deleted_at is null")
    assert db.one(f'select count(*) from goal where {loaded}') >= 40
    mine = db.execute('select state, count(*) from goal where person_id = %s'
                      f' and {loaded} group by 1', [world.person('els')])
    assert {x[0] for x in mine} == set(stages.WAYS)
    page = api.get('/v1/goals', query={'limit': 20}).json()
    assert page['next'], 'a second page'
    for column, table in (('title', 'goal'), ('why', 'goal'),
                          ('measure_text', 'goal'), ('learned', 'goal')):
        assert db.one(
            f'select count({column}) - count(distinct {column}) from {table}'
            f' where {loaded}') == 0, column
    fit = f"goal_id in (select id from goal where {loaded})"
    for column, table in (('text', 'goal_check_in'),
                          ('title', 'goal_milestone')):
        assert db.one(
            f'select count({column}) - count(distinct {column}) from {table}'
            f' where {fit}') == 0, table
    els = f"{fit} and goal_id in (select id from goal where person_id = %s)"
    for table in ('goal_check_in', 'goal_milestone', 'goal_companion'):
        assert db.one(f'select count(*) from {table} where {els}',
                      [world.person('els')]) >= 5, table
