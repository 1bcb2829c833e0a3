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


# Seats

def a_session(world, host=None, capacity=12, state='confirmed', starts=None,
              hours=1, **columns):
    """The id of a new session that overlaps with no other of these."""
    host = host or world.stranger('host')
    if starts is None:
        slot = world.db.one(
            'select count(*) from session where org_id = %s', [world.org_id])
        starts = f'{60 * 24 + 2 * slot} hours'
    during = world.db.one(
        "select tstzrange(t.at, t.at + %s * interval '1 hour')::text"
        " from (select date_trunc('minute', clock()) + %s::interval as at) t",
        [hours, starts])
    columns = {'title': f'About {world.word()}', 'state': state,
               'capacity': capacity, 'zone': 'Europe/Brussels',
               'duration_min': hours * 60, 'host_id': host,
               'during': during, **columns}
    session = world.db.one(
        f'insert into session (org_id, id, {", ".join(columns)})'
        f' values (%s, uuid7(){", %s" * len(columns)}) returning id::text',
        [world.org_id, *columns.values()])
    world.db.execute(
        'insert into engagement (org_id, session_id, person_id, role, during)'
        " values (%s, %s, %s, 'host', %s)",
        [world.org_id, session, host, during])
    return session


def a_seat(world, session=None, as_=None, **body):
    """What take_seat answers to somebody, els when nobody is named."""
    entry = world.api.document.operations['take_seat']
    call = Call(world, entry, as_=as_ or world.as_, json=body,
                path={'session_id': session or a_session(world)})
    return call.send().expect(201).json()


def a_seat_led(world):
    """A colleague's seat in a session of els's."""
    session = a_session(world, host=world.person(world.as_))
    return session, a_seat(world, session, as_=world.colleagues()[0])


def an_offer(world):
    """Els's, after somebody else has given up the only seat."""
    session = a_session(world, capacity=1)
    first = a_seat(world, session, as_=world.colleagues()[0])
    offer = a_seat(world, session)
    entry = world.api.document.operations['release_seat']
    Call(world, entry, as_=world.colleagues()[0],
         path={'seat_id': first['id']}).send().expect(200)
    return offer['id']


def a_link(world):
    """The token of a link that gives up a seat of els's."""
    return world.made('create_seat_links')['links'][0]['token']


@fixture('take_seat')
def take_seat(world):
    return {'path': {'session_id': a_session(world)},
            'json': {'answer': f'About {world.word()}'}}


@fixture('list_session_seats')
def list_session_seats(world):
    def fill():
        session = a_session(world, host=world.person(world.as_))
        for colleague in world.colleagues()[:3]:
            a_seat(world, session, as_=colleague, answer=world.word())
        return session
    return {'path': {'session_id': world.once('seats', fill)}}


@fixture('release_my_seat')
def release_my_seat(world):
    return {'path': {'session_id': a_seat(world)['session_id']}}


@fixture('get_check_in_code')
def get_check_in_code(world):
    session = world.once('led', lambda: a_session(
        world, host=world.person(world.as_)))
    return {'path': {'session_id': session}}


@fixture('check_in')
def check_in(world):
    session = a_seat(world)['session_id']
    code = world.db.one('select code from session_code where org_id = %s'
                        ' and session_id = %s', [world.org_id, session])
    return {'path': {'session_id': session}, 'json': {'code': code.lower()}}


@fixture('list_my_seats')
def list_my_seats(world):
    world.once('my seats', lambda: [a_seat(world) for _ in range(3)])
    return {}


@fixture('get_my_seat')
def get_my_seat(world):
    return {'path': {'seat_id': world.once(
        'my seat', lambda: a_seat(world)['id'])}}


@fixture('create_seat_links', 'release_seat')
def own_seat(world):
    return {'path': {'seat_id': a_seat(world)['id']}}


@fixture('confirm_seat')
def confirm_seat(world):
    return {'path': {'seat_id': a_seat(world, hold=True)['id']},
            'json': {'answer': f'About {world.word()}'}}


@fixture('set_attendance')
def set_attendance(world):
    return {'path': {'seat_id': a_seat_led(world)[1]['id']},
            'json': {'attendance': 'excused'}}


@fixture('accept_offer')
def accept_offer(world):
    return {'path': {'offer_id': an_offer(world)},
            'json': {'answer': f'About {world.word()}'}}


@fixture('decline_offer')
def decline_offer(world):
    return {'path': {'offer_id': an_offer(world)}}


@fixture('get_link')
def get_link(world):
    return {'as_': None, 'path': {'token': a_link(world)}}


@fixture('use_link')
def use_link(world):
    return {'as_': None, 'path': {'token': a_link(world)}, 'json': {}}
