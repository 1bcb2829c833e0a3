"""An endorsement in each of its states: jonas's skill, which his team sees,
endorsed by els; bram works elsewhere."""

import fixtures

RELATIONS = {'endorser': {'as_': 'els'}, 'owner': {'as_': 'jonas'},
             'other': {'as_': 'bram'}}


def stage(world, state):
    """The id of a new one in that state."""
    owner, endorser = world.seen_by('jonas'), world.seen_by('els')
    claim = fixtures.make('create_my_skill', owner)
    claim.json['visibility'] = 'team'
    claim = claim.send().expect(201).json()['id']
    made = endorser.made('endorse_skill', json={
        'saw_in': 'other', 'level_seen': 3,
        'text': f'Seen {world.word()}.'}, path={
        'person_id': world.person('jonas'), 'claim_id': claim})['id']
    way = f'/v1/endorsements/{made}'
    if state == 'hidden':
        world.api.post(f'{way}/hide', as_='jonas').expect(200)
    elif state == 'withdrawn':
        world.api.delete(way, as_='els').expect(204)
    return made


def body(world, action, object_id):
    return None
