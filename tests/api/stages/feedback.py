"""Feedback in every state: els gives it to jonas, who shares it with his
leader an as soon as he can."""

RELATIONS = {'giver': {'as_': 'els'}, 'receiver': {'as_': 'jonas'},
             'reader': {'as_': 'an', 'roles': ['leader']},
             'other': {'as_': 'piet'}}


def stage(world, state):
    api = world.api
    feedback = api.post('/v1/feedback', json={
        'receiver_id': world.person('jonas'), 'keep': f'The {world.word()}.',
        'about': {'kind': 'work', 'text': world.word()}}).expect(
        201).json()['id']
    way = f'/v1/feedback/{feedback}'
    if state == 'withdrawn':
        api.post(f'{way}/withdraw').expect(200)
    elif state != 'drafted':
        api.post(f'{way}/send', json={
            'release': 'window' if state == 'sent' else 'now'}).expect(200)
    if state in ('released', 'read', 'deleted'):
        api.put(f"{way}/shares/{world.person('an')}", as_='jonas').expect(200)
    if state == 'read':
        api.post(f'{way}/read', as_='jonas').expect(200)
    elif state == 'deleted':
        api.delete(way, as_='jonas').expect(204)
    return feedback


def body(world, action, object_id):
    return {'update_feedback': {'keep': f'The {world.word()}.'},
            'send_feedback': {'release': 'now'},
            'say_feedback_usefulness': {'useful': 2, 'did': 'will_try'}
            }.get(action)
