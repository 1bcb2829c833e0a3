"""Goals in each of their states.  `other` is a teammate of the owner's, for
whom a goal of els and her companions is not there; so is any draft for
anybody, which is why companions (403) are test_goals.py's business.
"""

RELATIONS = {'owner': {'as_': 'els'}, 'other': {'as_': 'piet'}}
WAYS = {'draft': [], 'active': [], 'paused': [('pause', None)],
        'achieved': [('achieve', {'result': 'achieved'})],
        'partly': [('achieve', {'result': 'partly'})],
        'let_go': [('let-go', {'learned': 'That once is enough.'})]}
BODIES = {'achieve_goal': {'result': 'achieved'},
          'let_go_goal': {'learned': 'That it can wait.'}}


def stage(world, state):
    api, els = world.api, {**RELATIONS['owner'], 'org': world.org}
    goal = api.post('/v1/goals', json={
        'title': f'Explain {world.word()}', 'visibility': 'companions',
        'state': 'draft' if state == 'draft' else 'active'}, **els).expect(
        201).json()['id']
    for way, json in WAYS[state]:
        api.post(f'/v1/goals/{goal}/{way}', json=json, **els).expect(200)
    return goal


def body(world, action, object_id):
    return BODIES.get(action)
