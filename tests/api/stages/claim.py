"""What somebody says of a skill, in each state; a stale one has evidence."""

import uuid

EVIDENCE = {'type': 'taught', 'title': 'An evening'}
RELATIONS = {'owner': {'as_': 'els'},
             'colleague': {'as_': 'jonas'},
             'leader': {'as_': 'an', 'roles': ['leader']},
             'hr': {'as_': 'hilde', 'roles': ['hr']}}


def stage(world, state):
    claim = world.made('create_my_skill')['id']
    if state in ('evidenced', 'stale'):
        world.made('add_my_evidence', path={'claim_id': claim}, json=EVIDENCE)
    if state == 'stale':
        world.db.execute("update claim set state = 'stale', valid_until ="
                         ' today() - 1 where id = %s', [claim])
        world.db.execute('delete from timer where object_id = %s', [claim])
    if state == 'retired':
        world.made('delete_my_skill', path={'claim_id': claim})
    return claim


def body(world, action, object_id):
    return EVIDENCE if action == 'add_my_evidence' else None


def path(world, action, object_id):
    """Which evidence, where there is any."""
    return {'evidence_id': world.some_id(
        'claim_evidence', f"claim_id = '{object_id}'") or uuid.uuid4()}
