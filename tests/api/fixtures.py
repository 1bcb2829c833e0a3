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

@fixture('get_root', 'get_openapi', 'get_docs', 'get_healthz', 'get_readyz',
         'get_oauth_metadata')
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
    # Somebody whose zone nobody else looks at.
    world.stranger('self')
    zones = ('Europe/Brussels', 'Europe/Amsterdam')
    world.zone = zones[getattr(world, 'zone', None) == zones[0]]
    return {'json': {'zone': world.zone}, 'as_': 'fixture-self'}


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
    # When a test has moved the clock, what had ended was purged.
    if not world.db.one('select true from job where id = %s',
                        [world.once('job', insert)]):
        del world.kept['job']
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


# Goals, alone and with companions

def a_goal(world):
    """One of els's, with everything that a goal can have."""
    def make_goal():
        goal = world.made('create_goal')['id']
        for _ in range(2):
            world.made('add_goal_check_in', path={'goal_id': goal})
        for colleague in world.colleagues()[:3]:
            world.made('invite_goal_companion', path={'goal_id': goal},
                       json={'person_id': world.person(colleague)})
        return goal
    return world.once('goal', make_goal)


def an_invitation(world):
    """(goal, user name) of a colleague who was asked along."""
    goal = world.made('create_goal')['id']
    colleague = world.colleagues()[0]
    world.made('invite_goal_companion', path={'goal_id': goal},
               json={'person_id': world.person(colleague)})
    return goal, colleague


def a_goal_template(world):
    return world.once('goal template',
                      lambda: world.made('create_goal_template')['id'])


@fixture('list_goals')
def list_goals(world):
    a_goal(world)

    def others():
        for state in ('draft', 'active'):
            call = make('create_goal', world)
            call.json['state'] = state
            call.send().expect(201)
    world.once('goals', others)
    return {}


@fixture('create_goal')
def create_goal(world):
    return {'json': {
        'title': f'Explain {world.word()} to the team in May',
        'why': f'Because of {world.word()}.', 'due_on': '2099-05-31',
        'measure': {'type': 'can_do', 'text': 'I explain it in ten minutes.'},
        'skill_ids': [a_skill(world)], 'visibility': 'org', 'state': 'active',
        'template_id': a_goal_template(world)}}


@fixture('check_goal_clarity')
def check_goal_clarity(world):
    return {'json': {'title': 'Improve myself', 'language': 'en',
                     'measure': {'type': 'none'}, 'due_on': None}}


@fixture('get_goal', 'list_goal_check_ins', 'list_goal_companions')
def goal(world):
    return {'path': {'goal_id': a_goal(world)}}


@fixture('update_goal')
def update_goal(world):
    return {'path': {'goal_id': a_goal(world)},
            'json': {'why': f'Because of {world.word()}.',
                     'skill_ids': [a_skill(world)]}}


@fixture('delete_goal', 'pause_goal')
def new_goal(world):
    return {'path': {'goal_id': world.made('create_goal')['id']}}


@fixture('activate_goal')
def activate_goal(world):
    call = make('create_goal', world)
    call.json['state'] = 'draft'
    return {'path': {'goal_id': call.send().expect(201).json()['id']}}


@fixture('achieve_goal')
def achieve_goal(world):
    return {**new_goal(world), 'json': {'result': 'partly'}}


@fixture('let_go_goal')
def let_go_goal(world):
    return {**new_goal(world), 'json': {'learned': f'A {world.word()}.'}}


@fixture('add_goal_milestone')
def add_goal_milestone(world):
    return {**new_goal(world), 'json': {'title': f'Step {world.word()}',
                                        'due_on': '2099-01-31'}}


def milestones(world):
    return [one['id'] for one in world.made(
        'get_goal', path={'goal_id': a_goal(world)})['milestones']]


@fixture('order_goal_milestones')
def order_goal_milestones(world):
    return {'path': {'goal_id': a_goal(world)},
            'json': {'milestone_ids': milestones(world)[::-1]}}


@fixture('update_goal_milestone')
def update_goal_milestone(world):
    return {'path': {'goal_id': a_goal(world),
                     'milestone_id': milestones(world)[0]},
            'json': {'done': True, 'title': f'Step {world.word()}'}}


@fixture('remove_goal_milestone')
def remove_goal_milestone(world):
    goal = world.made('create_goal')
    return {'path': {'goal_id': goal['id'],
                     'milestone_id': goal['milestones'][0]['id']}}


@fixture('add_goal_check_in')
def add_goal_check_in(world):
    return {'path': {'goal_id': a_goal_of_many(world)},
            'json': {'text': f'It goes {world.word()}.'}}


def a_goal_of_many(world):
    return world.once('goal of many', lambda: world.made('create_goal')['id'])


@fixture('invite_goal_companion')
def invite_goal_companion(world):
    colleague = world.person(world.colleagues()[1])
    return {**new_goal(world), 'json': {'person_id': colleague}}


@fixture('remove_goal_companion')
def remove_goal_companion(world):
    goal, colleague = an_invitation(world)
    return {'path': {'goal_id': goal, 'person_id': world.person(colleague)}}


@fixture('accept_goal_invitation', 'decline_goal_invitation')
def answer_goal_invitation(world):
    goal, colleague = an_invitation(world)
    return {'path': {'goal_id': goal}, 'as_': colleague}


@fixture('leave_goal')
def leave_goal(world):
    goal, colleague = an_invitation(world)
    world.made('accept_goal_invitation', path={'goal_id': goal},
               as_=colleague)
    return {'path': {'goal_id': goal}, 'as_': colleague}


@fixture('list_goal_templates')
def list_goal_templates(world):
    world.once('goal templates', lambda: [
        world.made('create_goal_template') for _ in range(3)])
    return {}


@fixture('create_goal_template')
def create_goal_template(world):
    return {**HR, 'json': {
        'title': f'Lead {world.word()}', 'language': 'en',
        'description': f'About {world.word()}.',
        'measure': {'type': 'evidence', 'text': 'A recording of it.'},
        'milestones': ['First step', 'Second step']}}


@fixture('get_goal_template')
def get_goal_template(world):
    return {'path': {'template_id': a_goal_template(world)}}


@fixture('update_goal_template')
def update_goal_template(world):
    return {**HR, 'path': {'template_id': a_goal_template(world)},
            'json': {'description': f'About {world.word()}.'}}


@fixture('delete_goal_template')
def delete_goal_template(world):
    return {**HR, 'path': {
        'template_id': world.made('create_goal_template')['id']}}


# Sessions

def a_start(world, minutes=0):
    """A local time at which nobody is expected anywhere yet."""
    import datetime
    import itertools
    import time
    counts = world.api.__dict__.setdefault(
        'session_starts', itertools.count(int(time.time()) % 900_000))
    return (datetime.datetime(2060, 1, 1) + datetime.timedelta(
        minutes=15 * next(counts) + minutes)).strftime('%Y-%m-%dT%H:%M')


def plain_session(world, state='proposed', as_=None, **members):
    """The id of a new one that nothing was done to, or was confirmed."""
    entries, as_ = world.api.document.operations, as_ or world.as_
    made = Call(world, entries['create_session'], as_=as_, json={
        'title': world.word(), 'starts_local': a_start(world), 'zone': 'UTC',
        'duration_min': 10, **members}).send().expect(201).json()['id']
    steps = {'proposed': (), 'polled': ('poll_session',),
             'confirmed': ('confirm_session',),
             'running': ('confirm_session', 'begin_session'),
             'held': ('confirm_session', 'begin_session', 'complete_session')}
    for step in steps[state]:
        bodies = {'confirm_session': {}, 'poll_session': {
            'options': [a_start(world), a_start(world)]}}
        Call(world, entries[step], as_=as_, path={'session_id': made},
             json=bodies.get(step)).send().expect(200)
    return made


def a_full_session(world):
    """One with everything that a session can have but a poll."""
    def make_session():
        made = plain_session(
            world, 'held', skill_ids=[a_skill(world)], capacity=12,
            goal_ids=[world.made('create_goal')['id']],
            description=f'About {world.word()}.', place='Room 2',
            join_url='https://meet.example.org/x', trainer_name='Ann Other',
            seat_question='What would you like to try?')
        world.made('put_session_recap', path={'session_id': made})
        return made
    return world.once('full session', make_session)


@fixture('create_session')
def create_session(world):
    return {'json': {
        'title': world.word(), 'description': f'About {world.word()}.',
        'starts_local': a_start(world), 'zone': 'UTC', 'duration_min': 10,
        'place': 'Room 2', 'capacity': 12, 'skill_ids': [a_skill(world)],
        'goal_ids': [world.made('create_goal')['id']]}}


@fixture('list_sessions')
def list_sessions(world):
    def sessions():
        made = plain_session(world)
        world.made('add_session_facilitator', path={'session_id': made})
        return made, a_full_session(world), plain_session(world)
    world.once('sessions', sessions)
    return {}


@fixture('get_session')
def get_session(world):
    return {'path': {'session_id': a_full_session(world)}}


@fixture('update_session')
def update_session(world):
    made = world.once('session to change', lambda: plain_session(world))
    return {'path': {'session_id': made},
            'json': {'title': world.word(), 'capacity': 10,
                     'skill_ids': [a_skill(world)]}}


@fixture('poll_session')
def poll_session(world):
    return {'path': {'session_id': plain_session(world)},
            'json': {'options': [a_start(world), a_start(world)]}}


def a_poll(world):
    """(session, option), with an answer."""
    def make_poll():
        made = plain_session(world, 'polled')
        option = world.db.one(
            'select id::text from session_option where session_id = %s'
            ' order by starts_local limit 1', [made])
        call = Call(world, world.api.document.operations[
            'answer_session_poll'], as_=world.as_,
            path={'session_id': made}, json={'answers': [
                {'option_id': option, 'answer': 'yes'}]})
        call.send().expect(200)
        return made, option
    return world.once('poll', make_poll)


@fixture('get_session_poll')
def get_session_poll(world):
    return {'path': {'session_id': a_poll(world)[0]}}


@fixture('answer_session_poll')
def answer_session_poll(world):
    made, option = a_poll(world)
    return {'path': {'session_id': made}, 'json': {'answers': [
        {'option_id': option, 'answer': 'if_needed'}]}}


@fixture('confirm_session')
def confirm_session(world):
    made = plain_session(world, 'polled')
    option = world.db.one(
        'select id::text from session_option where session_id = %s limit 1',
        [made])
    return {'path': {'session_id': made}, 'json': {'option_id': option}}


@fixture('begin_session')
def begin_session(world):
    return {'path': {'session_id': plain_session(world, 'confirmed')}}


@fixture('complete_session')
def complete_session(world):
    return {'path': {'session_id': plain_session(world, 'running')}}


@fixture('miss_session', 'cancel_session')
def call_off(world):
    return {'path': {'session_id': plain_session(world, 'confirmed')},
            'json': {'reason': f'Because of {world.word()}.'}}


@fixture('reschedule_session')
def reschedule_session(world):
    return {'path': {'session_id': plain_session(world, 'confirmed')},
            'json': {'starts_local': a_start(world), 'zone': 'UTC',
                     'duration_min': 10, 'place': 'Room 3',
                     'reason': f'Because of {world.word()}.'}}


@fixture('put_session_recap')
def put_session_recap(world):
    made = world.once('running session',
                      lambda: plain_session(world, 'running'))
    return {'path': {'session_id': made}, 'json': {
        'notes': f'We saw {world.word()}.', 'recap': world.word(),
        'outcomes': ['A card', 'A list']}}


@fixture('add_session_facilitator')
def add_session_facilitator(world):
    return {'path': {'session_id': plain_session(world)},
            'json': {'person_id': world.stranger('facilitator')}}


@fixture('remove_session_facilitator')
def remove_session_facilitator(world):
    made = plain_session(world)
    world.made('add_session_facilitator', path={'session_id': made})
    return {'path': {'session_id': made,
                     'person_id': world.stranger('facilitator')}}


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


def begin(world, session):
    """Time: the session runs."""
    world.db.execute("update session set state = 'running' where org_id = %s"
                     ' and id = %s', [world.org_id, session])


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


@fixture('vouch_for_seat')
def vouch_for_seat(world):
    session = a_session(world)
    a_seat(world, session)
    seat = a_seat(world, session, as_=world.colleagues()[0])['id']
    begin(world, session)
    return {'path': {'seat_id': seat}}


@fixture('import_attendance')
def import_attendance(world):
    session = a_session(world)
    a_seat(world, session)
    begin(world, session)
    return {'scope': 'attendance:write',
            'path': {'session_id': session},
            'json': {'items': [{'person_id': world.person(world.as_),
                                'attendance': 'present'}]}}


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


# Feedback

def a_giver(world, number=0):
    """A colleague's World, in which the caller is somebody to write to."""
    return world.once(f'giver {number}', lambda: world.seen_by(
        world.colleagues()[number]))


def someone(world, number=0):
    return world.person(world.colleagues()[number])


def words(world):
    return {'context': f'At {world.word()}.', 'keep': f'The {world.word()}.',
            'try_next': f'More {world.word()}.',
            'example': f'You said {world.word()}.'}


def a_draft(world, receiver=None):
    """The id of a draft of the caller's."""
    return world.made('create_feedback', json={
        'receiver_id': receiver or someone(world),
        'about': {'kind': 'skill', 'id': a_skill(world)},
        **words(world)})['id']


def given(world, receiver=None):
    """The id of feedback of the caller's that has been released."""
    return world.made('send_feedback', path={
        'feedback_id': a_draft(world, receiver)},
        json={'release': 'now'})['id']


def received(world, number=0):
    """The id of feedback that was released to the caller."""
    return given(a_giver(world, number), world.person(world.as_))


def a_request(world, asked=None):
    """The id of the caller's request to somebody.  There is a limit: all but
    the last ten that fixtures asked are closed first."""
    world.db.execute(
        "update feedback_request set state = 'withdrawn', updated_at = clock()"
        ' where id in (select id from feedback_request where org_id = %s'
        " and asker_id = %s and state = 'open' and context = 'A fixture.'"
        ' order by created_at desc, id desc offset 10)',
        [world.org_id, world.person(world.as_)])
    entry = world.api.document.operations['create_feedback_request']
    made = Call(world, entry, as_=world.as_, json={
        'to': [asked or someone(world)], 'context': 'A fixture.',
        'about': {'kind': 'work', 'text': world.word()}})
    return made.send().expect(201).json()['requests'][0]['id']


def asked_of(world):
    """The id of a request that a colleague asks of the caller."""
    return a_request(a_giver(world), world.person(world.as_))


@fixture('create_feedback_request')
def create_feedback_request(world):
    a_request(world)
    return {'json': {
        'to': [someone(world), someone(world, 1)], 'context': 'A fixture.',
        'about': {'kind': 'skill', 'id': a_skill(world),
                  'text': world.word()},
        'due_at': '2099-01-01T00:00:00Z'}}


@fixture('list_feedback_requests')
def list_feedback_requests(world):
    world.once('asked of', lambda: [asked_of(world) for _ in range(3)])
    return {'query': {'direction': 'received'}}


@fixture('get_feedback_request')
def get_feedback_request(world):
    return {'path': {'feedback_request_id': world.once(
        'request', lambda: asked_of(world))}}


@fixture('decline_feedback_request')
def decline_feedback_request(world):
    return {'path': {'feedback_request_id': asked_of(world)},
            'json': {'reason': f'No time before {world.word()}.'}}


@fixture('withdraw_feedback_request')
def withdraw_feedback_request(world):
    return {'path': {'feedback_request_id': a_request(world)}}


@fixture('answer_feedback_request')
def answer_feedback_request(world):
    return {'path': {'feedback_request_id': asked_of(world)},
            'json': words(world)}


@fixture('create_feedback')
def create_feedback(world):
    return {'json': {'receiver_id': someone(world),
                     'about': {'kind': 'skill', 'id': a_skill(world)},
                     **words(world)}}


@fixture('list_feedback')
def list_feedback(world):
    world.once('received', lambda: [received(world) for _ in range(3)])
    return {'query': {'direction': 'received'}}


@fixture('get_feedback')
def get_feedback(world):
    return {'path': {'feedback_id': world.once(
        'feedback', lambda: received(world))}}


@fixture('update_feedback')
def update_feedback(world):
    return {'path': {'feedback_id': world.once(
        'draft', lambda: a_draft(world))}, 'json': words(world)}


@fixture('send_feedback')
def send_feedback(world):
    return {'path': {'feedback_id': a_draft(world)},
            'json': {'release': 'window',
                     'window_ends_at': in_days(world, 20)}}


def in_days(world, days):
    moment = world.db.one(
        "select to_char(clock() at time zone 'UTC' + make_interval(days =>"
        """ %s), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""", [days])
    return moment


@fixture('withdraw_feedback')
def withdraw_feedback(world):
    return {'path': {'feedback_id': a_draft(world)}}


@fixture('read_feedback', 'delete_feedback')
def of_the_receiver(world):
    return {'path': {'feedback_id': received(world)}}


@fixture('say_feedback_usefulness')
def say_feedback_usefulness(world):
    return {'path': {'feedback_id': received(world)},
            'json': {'useful': 3, 'did': 'changed'}}


@fixture('share_feedback')
def share_feedback(world):
    return {'path': {'feedback_id': received(world),
                     'person_id': someone(world, 1)}}


@fixture('unshare_feedback')
def unshare_feedback(world):
    feedback = received(world)
    world.made('share_feedback', path={
        'feedback_id': feedback, 'person_id': someone(world, 1)})
    return {'path': {'feedback_id': feedback,
                     'person_id': someone(world, 1)}}


@fixture('list_feedback_shares')
def list_feedback_shares(world):
    def share():
        feedback = received(world)
        for number in (1, 2, 3):
            world.made('share_feedback', path={
                'feedback_id': feedback, 'person_id': someone(world, number)})
        return feedback
    return {'path': {'feedback_id': world.once('shares', share)}}


@fixture('list_feedback_shared_with_me')
def list_feedback_shared_with_me(world):
    def share():
        for number in (0, 1, 2):
            other = a_giver(world, number)
            feedback = given(a_giver(world, 3), world.person(other.as_))
            other.made('share_feedback', path={
                'feedback_id': feedback,
                'person_id': world.person(world.as_)})
        return True
    world.once('shared with me', share)
    return {}


@fixture('get_my_feedback_usefulness')
def get_my_feedback_usefulness(world):
    def be_useful():
        receiver = a_giver(world)
        for _ in range(5):
            receiver.made('say_feedback_usefulness', path={
                'feedback_id': given(world, world.person(receiver.as_))})
        return True
    world.once('useful', be_useful)
    return {}


QUESTIONS = [
    {'kind': 'text', 'text': {'en': 'What will you try first?'}},
    {'kind': 'choice', 'text': {'nl': 'Wat wilt u meer?'}, 'options': [
        {'nl': 'Oefenen'}, {'nl': 'Uitleg'}, {'nl': 'Pauze'}]},
    {'kind': 'scale', 'text': {'fr': 'Le rythme ?'}, 'scale_of': 'pace'},
    {'kind': 'yes_no', 'text': {'de': 'Noch einmal?'}}]


def answers(world):
    return [{'question': 1, 'text': f'The {world.word()}.'},
            {'question': 2, 'choice': 2}, {'question': 3, 'scale': 4},
            {'question': 4, 'yes_no': True}]


def a_meeting(world, host, participants, hours=-2, state='held',
              facilitators=()):
    """The id of a session of one hour that begins in so many hours; there
    where sessions are only looked at.  Nobody is kept busy by it."""
    session = world.db.one(
        'insert into session (org_id, id, title, host_id, duration_min,'
        ' state, during) values (%s, uuid7(), %s, %s, 60, %s,'
        ' tstzrange(clock() + make_interval(hours => %s),'
        ' clock() + make_interval(hours => %s))) returning id::text',
        [world.org_id, f'Session {world.word()}', host, state, hours,
         hours + 1])
    for role, people in (('host', [host]), ('facilitator', facilitators),
                         ('participant', participants)):
        for person in people:
            world.db.execute(
                'insert into engagement (org_id, session_id, person_id, role)'
                ' values (%s, %s, %s, %s)',
                [world.org_id, session, person, role])
    return session


def with_form(world, session, host):
    entry = world.api.document.operations['put_feedback_form']
    Call(world, entry, as_=host, path={'session_id': session},
         json={'questions': QUESTIONS}).send().expect(200)
    return session


def a_form(world, **more):
    """The id of a session with a form, in which the caller took part."""
    host = world.colleagues()[0]
    return with_form(world, a_meeting(
        world, world.person(host), [world.person(world.as_)], **more), host)


@fixture('get_feedback_form')
def get_feedback_form(world):
    return {'path': {'session_id': world.once(
        'form', lambda: a_form(world))}}


@fixture('put_feedback_form')
def put_feedback_form(world):
    def session():
        return with_form(world, a_meeting(
            world, world.person(world.as_), []), world.as_)
    return {'path': {'session_id': world.once('my form', session)},
            'json': {'questions': QUESTIONS}}


@fixture('give_feedback_answers')
def give_feedback_answers(world):
    return {'path': {'session_id': a_form(world)},
            'json': {'answers': answers(world)}}


def my_answers(world):
    def answer():
        call = make('give_feedback_answers', world)
        call.send().expect(201)
        return call.path['session_id']
    session = world.once('my answers', answer)
    # A test that moved the clock has closed the form, and whose answers they
    # were is forgotten then.
    if not world.db.one(
            'select answer_id is not null from feedback_answered'
            ' where session_id = %s and person_id = %s',
            [session, world.person(world.as_)]):
        del world.kept['my answers']
        session = world.once('my answers', answer)
    return session


@fixture('get_my_feedback_answers')
def get_my_feedback_answers(world):
    return {'path': {'session_id': my_answers(world)}}


@fixture('change_feedback_answers')
def change_feedback_answers(world):
    return {'path': {'session_id': my_answers(world)},
            'json': {'answers': answers(world)}}


@fixture('get_feedback_results')
def get_feedback_results(world):
    def close():
        session = with_form(world, a_meeting(
            world, world.person(world.as_), [], hours=-24 * 8), world.as_)
        import json
        for _ in range(6):
            world.db.execute(
                'insert into feedback_answer (org_id, session_id, answers)'
                ' values (%s, %s, %s)', [world.org_id, session,
                                         json.dumps(answers(world))])
        return session
    return {'path': {'session_id': world.once('results', close)}}


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


# The synchronisation, and who left

def synchronised(world, source='https://idp.example.org provisioning'):
    """A few changes and refusals of a machine's."""
    def insert():
        for action, changed in (
                ('created', []), ('changed', ['title', 'manager']),
                ('adopted', ['external_id']), ('reactivated', ['active'])):
            world.db.execute(
                'insert into sync_change (org_id, source, kind, object_id,'
                " action, changed) values (%s, %s, 'person', %s, %s, %s)",
                [world.org_id, source, world.person(world.as_), action,
                 changed])
        world.db.execute(
            'insert into sync_refusal (org_id, source, day, reason)'
            " select id, %s, (clock() at time zone zone)::date,"
            " 'person_unknown' from organisation where id = %s"
            ' on conflict do nothing', [source, world.org_id])
        return source
    return world.once(f'synchronised {source}', insert)


def unpaused(world):
    """Machines may deactivate people, whatever was tried before."""
    world.db.execute(
        'update sync_pause set released_at = clock() where org_id = %s'
        ' and released_at is null', [world.org_id])
    world.db.execute('delete from sync_deactivation where org_id = %s',
                     [world.org_id])


@fixture('get_sync_health', 'list_sync_changes')
def synchronisation(world):
    synchronised(world)
    return {}


@fixture('release_sync')
def release_sync(world):
    """The pause is put there, and stays when nobody releases it: whoever
    deactivates people over the API calls unpaused() first."""
    world.db.execute(
        'insert into sync_pause (org_id, source, deactivated, allowed)'
        " values (%s, %s, 5, 5) on conflict do nothing",
        [world.org_id, synchronised(world)])
    return {'json': {'reason': f'{world.word()} is closed.'}}


@fixture('update_organisation')
def update_organisation(world):
    world.share = 4 if getattr(world, 'share', 5) == 5 else 5
    return {'json': {'deactivation_share_percent': world.share,
                     'hr_contacts': [world.person(world.as_)]}}


def a_session_without_host(world):
    return a_session(world, host=world.stranger('gone'),
                     needs_host_since=world.db.one('select clock()'))


@fixture('list_sessions_without_host')
def list_sessions_without_host(world):
    world.once('without host', lambda: [
        a_session_without_host(world) for _ in range(3)])
    return {}


@fixture('put_session_host')
def put_session_host(world):
    return {'path': {'session_id': a_session_without_host(world)},
            'json': {'person_id': world.stranger('next host')}}


# Machine clients: an admin's alone.

def a_client(world):
    return world.made('create_client')


def plain_client(world):
    return world.once('client', lambda: a_client(world)['id'])


@fixture('list_clients')
def list_clients(world):
    world.once('client', lambda: a_client(world)['id'])
    world.once('second client', lambda: a_client(world)['id'])
    return {'roles': ('admin',)}


@fixture('create_client')
def create_client(world):
    return {'roles': ('admin',), 'json': {
        'name': world.word(), 'scopes': ['people:write', 'people:read'],
        'expect_every_min': 60}}


@fixture('get_client')
def get_client(world):
    return {'roles': ('admin',), 'path': {'client_id': plain_client(world)}}


@fixture('update_client')
def update_client(world):
    return {'roles': ('admin',), 'path': {'client_id': plain_client(world)},
            'json': {'name': world.word(), 'scopes': ['people:read'],
                     'expect_every_min': None}}


@fixture('revoke_client')
def revoke_client(world):
    return {'roles': ('admin',), 'path': {'client_id': a_client(world)['id']}}


def a_credential(world, client_id, **more):
    return make('create_client_credential', world, path={
        'client_id': client_id}, **more).send().expect(201).json()


@fixture('list_client_credentials')
def list_client_credentials(world):
    """Those of a client that has two."""
    def two():
        client_id = a_client(world)['id']
        for kind in ('secret', 'token'):
            a_credential(world, client_id, json={'kind': kind})
        return client_id
    return {'roles': ('admin',),
            'path': {'client_id': world.once('client of two', two)}}


@fixture('create_client_credential')
def create_client_credential(world):
    return {'roles': ('admin',), 'path': {'client_id': a_client(world)['id']},
            'json': {'kind': 'secret', 'expires_at': in_days(world, 90)}}


@fixture('create_access_token')
def create_access_token(world):
    made = world.once('secret', lambda: a_credential(
        world, a_client(world)['id'], json={'kind': 'secret'}))
    return {'as_': None,
            'content_type': 'application/x-www-form-urlencoded',
            'data': 'grant_type=client_credentials&client_id='
                    f'{made["client_id"]}&client_secret={made["secret"]}'}


@fixture('revoke_client_credential')
def revoke_client_credential(world):
    made = world.made('create_client_credential')
    return {'roles': ('admin',), 'path': {
        'client_id': made['client_id'], 'credential_id': made['id']}}


# SCIM

CORE = 'urn:ietf:params:scim:schemas:core:2.0:'
MESSAGES = 'urn:ietf:params:scim:api:messages:2.0:'
SCIM_SCOPES = 'people:read people:write groups:write'


def scim(**fields):
    return {'roles': ('integrator',), 'scope': SCIM_SCOPES, **fields}


def scim_user_body(world):
    return {'schemas': [CORE + 'User'],
            'userName': world.word().replace(' ', '.').lower()}


def scim_group_body(world):
    return {'schemas': [CORE + 'Group'], 'displayName': world.word()}


SCIM_BODIES = {'user': scim_user_body, 'group': scim_group_body}
SCIM_PATCHES = {'user': 'nickName', 'group': 'displayName'}


def scim_fixtures(kind):
    def made(world):
        return {'id': world.made(f'scim_create_{kind}')['id']}

    @fixture(f'scim_create_{kind}')
    def create(world):
        return scim(json=SCIM_BODIES[kind](world))

    @fixture(f'scim_replace_{kind}')
    def replace(world):
        return scim(path=made(world), json=SCIM_BODIES[kind](world))

    @fixture(f'scim_update_{kind}')
    def update(world):
        return scim(path=made(world), json={
            'schemas': [MESSAGES + 'PatchOp'],
            'Operations': [{'op': 'replace', 'path': SCIM_PATCHES[kind],
                            'value': world.word()}]})

    @fixture(f'scim_get_{kind}', f'scim_delete_{kind}')
    def one(world):
        return scim(path=made(world))

    @fixture(f'scim_list_{kind}s')
    def many(world):
        return scim()


for one_kind in SCIM_BODIES:
    scim_fixtures(one_kind)


@fixture('scim_search_users', 'scim_search_groups', 'scim_search')
def scim_search(world):
    return scim(json={'schemas': [MESSAGES + 'SearchRequest'], 'count': 2})


@fixture('scim_bulk')
def scim_bulk(world):
    return scim(json={
        'schemas': [MESSAGES + 'BulkRequest'],
        'Operations': [{'method': 'POST', 'path': '/Users', 'bulkId': 'one',
                        'data': scim_user_body(world)}]})


@fixture('scim_get_service_provider_config', 'scim_get_service_configuration',
         'scim_list_resource_types', 'scim_list_schemas')
def scim_documents(world):
    return {'as_': None}


@fixture('scim_get_resource_type')
def scim_get_resource_type(world):
    return {'as_': None, 'path': {'id': 'User'}}


@fixture('scim_get_schema')
def scim_get_schema(world):
    return {'as_': None, 'path': {'id': CORE + 'User'}}
