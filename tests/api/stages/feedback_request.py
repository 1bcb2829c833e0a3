"""Requests for feedback in every state: els asks jonas."""

RELATIONS = {'asker': {'as_': 'els'}, 'asked': {'as_': 'jonas'},
             'other': {'as_': 'piet'}}


def stage(world, state):
    import fixtures
    request = fixtures.a_request(world, world.person('jonas'))
    way = f'/v1/feedback-requests/{request}'
    if state == 'answered':
        draft = world.api.post(f'{way}/feedback', as_='jonas', json={
            'keep': f'The {world.word()}.'}).expect(201).json()['id']
        world.api.post(f'/v1/feedback/{draft}/send', as_='jonas',
                       json={'release': 'now'}).expect(200)
    elif state == 'declined':
        world.api.post(f'{way}/decline', as_='jonas', json={}).expect(200)
    elif state == 'withdrawn':
        world.api.post(f'{way}/withdraw').expect(200)
    return request


def body(world, action, object_id):
    return {'decline_feedback_request': {'reason': 'Not this week.'},
            'answer_feedback_request': {'keep': f'The {world.word()}.'}
            }.get(action)
