"""How a valid call of each operation is made: one function an operation.

A fixture gets a World (an organisation) and returns a Call that the server
answers with the operation's documented success, as often as it is made: it
invents names, and makes what the call refers to.  It says nothing about
what the operation should do; that is the business of the resources' own
tests.  The matrices (isolation, roles, keys) are made from these calls.
"""

from harness.calls import Call

valid = {}


def fixture(*operations):
    def keep(function):
        for operation in operations:
            assert operation not in valid, operation
            valid[operation] = function
        return function
    return keep


def make(operation, world, **choices):
    """A new Call; choices overwrite its fields (as_, roles, json, ...)."""
    entry = world.api.document.operations[operation]
    call = Call(world, entry, as_=world.as_)
    for name, value in (valid[operation](world) or {}).items():
        setattr(call, name, value)
    if operation not in KEEPS_ROLES and not entry.open:
        if not set(call.roles) & set(entry.roles):
            call.roles = tuple(entry.roles[:1])
    return call.changed(**choices) if choices else call


KEEPS_ROLES = set()


# The server itself

@fixture('get_openapi', 'get_docs', 'get_healthz', 'get_readyz')
def service(world):
    return {'as_': None}


@fixture('get_docs_file')
def get_docs_file(world):
    return {'as_': None, 'path': {'file': 'index.html'}}


@fixture('get_problem')
def get_problem(world):
    return {'as_': None, 'path': {'code': 'not_found'}}


# People, teams, oneself

@fixture('get_me', 'get_organisation')
def own(world):
    return {}


@fixture('update_me')
def update_me(world):
    zones = ('Europe/Brussels', 'Europe/Amsterdam')
    world.zone = zones[getattr(world, 'zone', None) == zones[0]]
    return {'json': {'zone': world.zone}}


@fixture('list_people', 'list_teams')
def directory(world):
    return {}


@fixture('get_person')
def get_person(world):
    return {'path': {'person_id': world.person()}}


@fixture('get_team', 'list_team_people')
def team(world):
    return {'path': {'team_id': world.team()}}


@fixture('block_person')
def block_person(world):
    return {'path': {'person_id': world.stranger('blocked')}}


@fixture('unblock_person')
def unblock_person(world):
    block = make('block_person', world)
    block.path = {'person_id': world.stranger('unblocked')}
    block.send().expect(200)
    return {'path': block.path}


@fixture('list_my_blocks')
def list_my_blocks(world):
    def block():
        for name in ('blocked', 'blocked too', 'blocked as well'):
            one = make('block_person', world)
            one.path = {'person_id': world.stranger(name)}
            one.send().expect(200)
        return True
    world.once('blocks', block)
    return {}


@fixture('get_job')
def get_job(world):
    """Nothing over the API asks for a job yet, so one is put there."""
    def insert():
        return world.db.one(
            "insert into job (org_id, id, kind, state, requested_by, progress,"
            " result, finished_at) values (%s, uuid7(), 'test', 'done', %s,"
            """ '{"rows": 4000}', '{"rows": 4000}', clock())"""
            ' returning id::text', [world.org_id, world.person(world.as_)])
    return {'path': {'job_id': world.once('job', insert)}}


# The catalogue of skills

HR = {'roles': ('hr',)}


def a_group(world):
    return world.once('group', lambda: plain_skill(world, kind='group'))


def a_skill(world):
    """One that nothing is done to."""
    return world.once('skill', lambda: plain_skill(world))


def plain_skill(world, roles=('hr',), **members):
    """The id of a new one, with nothing around it."""
    entry = world.api.document.operations['create_skill']
    call = Call(world, entry, as_=world.as_, roles=roles, json={
        'labels': {'en': world.word()}, 'confirmed_new': True, **members})
    return call.send().expect(201).json()['id']


def a_survivor(world):
    """A skill with everything that a skill can have."""
    def merge():
        call = make('create_skill', world, **HR)
        call.json.update(official(world))
        survivor = call.send().expect(201).json()
        world.made('merge_skill', json={'into_id': survivor['id']})
        return survivor['id']
    return world.once('survivor', merge)


@fixture('create_skill')
def create_skill(world):
    return {'json': {
        'kind': 'method',
        'labels': {'en': world.word(), 'nl': world.word()},
        'alt_labels': {'en': [world.word()]},
        'descriptions': {'en': f'About {world.word()}.'},
        'parent_ids': [a_group(world)],
        'confirmed_new': True}}


def official(world):
    """What HR and integrations may say of a skill."""
    return {'relations': [{'type': 'requires', 'skill_id': a_skill(world)}],
            'external_refs': [{'scheme': 'internal', 'id': world.word()}]}


@fixture('list_skills')
def list_skills(world):
    a_survivor(world)
    return {}


@fixture('get_skill')
def get_skill(world):
    return {'path': {'skill_id': a_survivor(world)}}


@fixture('update_skill')
def update_skill(world):
    return {'path': {'skill_id': a_survivor(world)}, **HR,
            'json': {'descriptions': {'en': f'About {world.word()}.'},
                     'parent_ids': [a_group(world)],
                     'relations': [{'type': 'requires',
                                    'skill_id': a_skill(world)}]}}


@fixture('approve_skill')
def approve_skill(world):
    suggested = plain_skill(world, roles=('member',))
    return {'path': {'skill_id': suggested}, **HR}


@fixture('deprecate_skill')
def deprecate_skill(world):
    return {'path': {'skill_id': plain_skill(world)}, **HR,
            'json': {'successor_id': a_skill(world)}}


@fixture('merge_skill')
def merge_skill(world):
    return {'path': {'skill_id': plain_skill(world)}, **HR,
            'json': {'into_id': plain_skill(world)}}


@fixture('list_skill_merges')
def list_skill_merges(world):
    world.once('merges', lambda: [world.made('merge_skill')
                                  for _ in range(3)])
    return HR


@fixture('get_skill_merge')
def get_skill_merge(world):
    merge = world.once('merge', lambda: world.made('merge_skill')['id'])
    return {'path': {'merge_id': merge}, **HR}


@fixture('undo_skill_merge')
def undo_skill_merge(world):
    return {'path': {'merge_id': world.made('merge_skill')['id']}, **HR}


# What people say of themselves

def a_claim(world):
    """One of els's, with two pieces of evidence."""
    def make_claim():
        claim = world.made('create_my_skill')['id']
        for _ in range(3):
            world.made('add_my_evidence', path={'claim_id': claim})
        return claim
    return world.once('claim', make_claim)


@fixture('list_my_skills')
def list_my_skills(world):
    a_claim(world)
    world.once('second claim', lambda: world.made('create_my_skill'))
    return {}


@fixture('create_my_skill')
def create_my_skill(world):
    return {'json': {'skill_id': plain_skill(world), 'level': 3,
                     'interest': 4, 'can_help': 'gladly',
                     'wants_to_learn': True, 'visibility': 'org',
                     'note': f'Ask me about {world.word()}.',
                     'valid_until': '2099-12-31'}}


@fixture('get_my_skill', 'list_my_evidence')
def my_skill(world):
    return {'path': {'claim_id': a_claim(world)}}


@fixture('update_my_skill')
def update_my_skill(world):
    return {'path': {'claim_id': a_claim(world)},
            'json': {'level': 4, 'note': f'About {world.word()}.'}}


@fixture('delete_my_skill')
def delete_my_skill(world):
    return {'path': {'claim_id': world.made('create_my_skill')['id']}}


@fixture('add_my_evidence')
def add_my_evidence(world):
    return {'path': {'claim_id': world.made('create_my_skill')['id']},
            'json': {'type': 'taught', 'title': f'An evening {world.word()}',
                     'url': 'https://example.org/evening',
                     'happened_on': '2026-01-02'}}


@fixture('remove_my_evidence')
def remove_my_evidence(world):
    claim = world.made('create_my_skill')['id']
    evidence = world.made('add_my_evidence', path={'claim_id': claim})
    return {'path': {'claim_id': claim, 'evidence_id': evidence['id']}}


def a_helper(world, number):
    """A colleague's World, who has told everybody of two skills."""
    colleague = world.once(f'colleague {number}', lambda: world.seen_by(
        world.colleagues()[number]))
    a_claim(colleague)
    colleague.once('second claim', lambda: colleague.made('create_my_skill'))
    return colleague


@fixture('list_person_skills')
def list_person_skills(world):
    helper = a_helper(world, 0)
    return {'path': {'person_id': world.person(helper.as_)}}


@fixture('list_skill_people')
def list_skill_people(world):
    def claims():
        skill = plain_skill(world)
        for number in (0, 1, 2):
            claim = make('create_my_skill', a_helper(world, number))
            claim.json['skill_id'] = skill
            claim.send().expect(201)
        return skill
    return {'path': {'skill_id': world.once('helpers', claims)}}


# What colleagues saw, what one is told, the first screen

def an_endorser(world, number):
    """A colleague's World, without anything of its own."""
    return world.once(f'colleague {number}', lambda: world.seen_by(
        world.colleagues()[number]))


def endorsed(world, by, claim=None):
    """An endorsement of a claim of the world's own, new unless named."""
    claim = claim or world.made('create_my_skill')['id']
    return by.made('endorse_skill', json={'saw_in': 'other'}, path={
        'person_id': world.person(world.as_), 'claim_id': claim})


def an_endorsed_claim(world):
    def make_claim():
        claim = world.made('create_my_skill')['id']
        for number in (0, 1, 2):
            endorsed(world, an_endorser(world, number), claim)
        return claim
    return world.once('endorsed claim', make_claim)


@fixture('endorse_skill')
def endorse_skill(world):
    owner = an_endorser(world, 0)
    return {'path': {'person_id': world.person(owner.as_),
                     'claim_id': owner.made('create_my_skill')['id']},
            'json': {'saw_in': 'project', 'level_seen': 4,
                     'text': f'I saw it in {world.word()}.'}}


@fixture('list_skill_endorsements')
def list_skill_endorsements(world):
    return {'path': {'person_id': world.person(world.as_),
                     'claim_id': an_endorsed_claim(world)}}


@fixture('get_endorsement', 'withdraw_endorsement')
def own_endorsement(world):
    made = world.made('endorse_skill')
    return {'path': {'endorsement_id': made['id']}}


@fixture('hide_endorsement')
def hide_endorsement(world):
    made = endorsed(world, an_endorser(world, 0))
    return {'path': {'endorsement_id': made['id']}}


@fixture('show_endorsement')
def show_endorsement(world):
    hidden = world.made('hide_endorsement')
    return {'path': {'endorsement_id': hidden['id']}}


@fixture('list_my_notifications')
def list_my_notifications(world):
    an_endorsed_claim(world)
    return {}


@fixture('get_my_notification', 'read_my_notification')
def my_notification(world):
    an_endorsed_claim(world)
    return {'path': {'notification_id': world.some_id(
        'notification',
        f"person_id = '{world.person(world.as_)}' and actor_id is not null")}}


@fixture('read_my_notifications')
def read_my_notifications(world):
    return {'json': {'until': '2026-01-02T03:04:05Z'}}


@fixture('list_my_exchanges')
def list_my_exchanges(world):
    """What happens writes them; that is another resource's, so some are put
    there."""
    def insert():
        for number in (0, 1, 2):
            world.db.execute(
                'with made as (insert into exchange (org_id, kind, object_id,'
                " origin, happened_at) values (%s, 'informal', uuid7(),"
                " 'informal', clock() - interval '3 days') returning org_id,"
                ' id, happened_at) insert into exchange_person (org_id,'
                ' exchange_id, person_id, part, happened_at) select m.org_id,'
                " m.id, p.id, 'both', m.happened_at from made m,"
                ' unnest(%s::uuid[]) p (id)', [world.org_id, [
                    world.person(world.as_),
                    world.person(world.colleagues()[number])]])
        return True
    world.once('exchanges', insert)
    return {}


@fixture('get_home')
def get_home(world):
    list_my_notifications(world)
    return {}
