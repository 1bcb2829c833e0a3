"""Skills in each state: HR decides, whoever suggested one does not."""

from fixtures import plain_skill

RELATIONS = {'hr': {'as_': 'hilde', 'roles': ['hr']},
             'member': {'as_': 'els'},
             'leader': {'as_': 'an', 'roles': ['leader']},
             'admin': {'as_': 'hilde', 'roles': ['admin']}}


def stage(world, state):
    skill = plain_skill(world, roles=(
        'member' if state == 'suggested' else 'hr',))
    if state == 'deprecated':
        world.made('deprecate_skill', path={'skill_id': skill}, json={})
    if state == 'merged':
        world.made('merge_skill', path={'skill_id': skill})
    return skill


def body(world, action, object_id):
    return {'deprecate_skill': dict,
            'merge_skill': lambda: {'into_id': plain_skill(world)}}.get(
                action, lambda: None)()
