"""Sessions: time as people mean it, polls, who is told, what time does.

Who sees them is test_session_visibility.py.

Mutations: local_instant() without its first look, the day before (the second
of two equal times is taken: test_clocks_that_change); `least` left out of
complete_session (test_recap_and_exchange); the engagements not moved with
the time (test_another_time_moves_everybody); the clash named whoever's it is
(test_nobody_is_in_two_places); the timers not deleted with a cancellation
(test_who_is_told_that_it_is_off); no lock before reschedule_session decides
(test_rescheduling_at_the_same_moment), or before hold_session does
(test_who_is_let_go_at_the_last_moment_met_nobody).
"""

import concurrent.futures
import contextlib
import datetime
import uuid

import pytest

import fixtures
from harness import locks
from harness.waiting import eventually

EXCEL = '01923c1b-7100-7000-8000-000000000d0e'
SPREADSHEETS = '01923c1b-7100-7000-8000-000000000d0d'


@pytest.fixture
def world(worlds):
    return worlds['demo']


@pytest.fixture
def session(api, world):
    def make(as_='els', status=201, code=None, **members):
        return api.post('/v1/sessions', as_=as_, json={
            'title': world.word(), **members}).expect(
            status, code=code).json()
    return make


@pytest.fixture
def act(api):
    def call(made, action='', json=None, as_='els', expect=(200, 201),
             code=None, method='POST', **rest):
        expect = (expect,) if isinstance(expect, int) else expect
        return api.call(method, f"/v1/sessions/{made['id']}{action}",
                        json=json, as_=as_, **rest).expect(
            *expect, code=code).json()
    return call


def start(world):
    return {'starts_local': fixtures.a_start(world), 'zone': 'UTC',
            'duration_min': 10}


def engage(db, world, made, name, role='participant'):
    db.execute('insert into engagement (org_id, session_id, person_id, role,'
               ' during) select org_id, id, %s, %s, during from session'
               ' where id = %s', [world.person(name), role, made['id']])


def told(db, world, made, name):
    return db.column('select kind from notification where object_id = %s'
                     ' and person_id = %s order by created_at, id',
                     [made['id'], world.person(name)])


# What it is

def test_what_is_not_said(session):
    made = session()
    assert {name: made[name] for name in (
        'description', 'facilitators', 'my_role', 'trainer_name', 'origin',
        'mode', 'place', 'join_url', 'zone', 'starts_local', 'starts_at',
        'ends_at', 'duration_min', 'capacity', 'taken', 'seat_question',
        'skills', 'visibility', 'state', 'rescheduled_from', 'notes',
        'recap', 'outcomes', 'version')} == {
        'description': None, 'facilitators': [], 'my_role': 'host',
        'trainer_name': None, 'origin': 'informal', 'mode': 'onsite',
        'place': None, 'join_url': None, 'zone': 'Europe/Brussels',
        'starts_local': None, 'starts_at': None, 'ends_at': None,
        'duration_min': 60, 'capacity': None, 'taken': 0,
        'seat_question': None, 'skills': [], 'visibility': 'org',
        'state': 'proposed', 'rescheduled_from': None, 'notes': None,
        'recap': None, 'outcomes': [], 'version': 1}


def test_change_and_read(api, session, act, world):
    made = session(origin='share_back', place='Room 2', capacity=8,
                   seat_question='Which call?', trainer_name='Ann Other')
    done = act(made, method='PATCH', json={
        'title': 'Another title', 'place': None, 'mode': 'online',
        'join_url': 'https://meet.example.org/y', 'capacity': None,
        'seat_question': None, 'trainer_name': None, 'visibility': 'team',
        'description': 'Words', 'skill_ids': [EXCEL]})
    assert (done['title'], done['place'], done['mode'], done['join_url'],
            done['capacity'], done['seat_question'], done['trainer_name'],
            done['visibility'], done['description'], done['version']) == (
        'Another title', None, 'online', 'https://meet.example.org/y', None,
        None, None, 'team', 'Words', 2)
    assert api.get(f"/v1/sessions/{made['id']}").json() == done
    # A skill that went up in another shows as its survivor, and is found.
    assert [x['id'] for x in done['skills']] == [SPREADSHEETS]
    for skill in (EXCEL, SPREADSHEETS):
        assert made['id'] in [x['id'] for x in api.pages(
            '/v1/sessions', query={'skill_id': skill})]
    label = act(made, method='GET', headers={'Accept-Language': 'nl'})
    assert label['skills'][0]['label'] == 'Rekenbladen'
    assert act(made, method='PATCH', json={'skill_ids': []})['skills'] == []


def test_the_origin_never_changes(session, act):
    made = session(origin='mandatory')
    act(made, method='PATCH', json={'origin': 'informal'}, expect=422,
        code='invalid_body')
    assert act(made, method='GET')['origin'] == 'mandatory'


@pytest.mark.parametrize('members', [
    {'title': ''}, {'title': 'x' * 201}, {'title': 'two\nlines'},
    {'origin': 'other'}, {'mode': 'async'}, {'visibility': 'me'},
    {'zone': 'CET'}, {'zone': 'europe'}, {'zone': ''},
    {'duration_min': 4}, {'duration_min': 1441}, {'capacity': 0},
    {'starts_local': '2027-02-29T10:00'}, {'starts_local': '2027-04-31T10:00'},
    {'starts_local': '2027-04-30T24:00'}, {'starts_local': '2027-04-30'},
    {'starts_local': '2027-04-30T10:00Z'},
    {'starts_local': '2027-04-30T10:00:30'},
    {'join_url': 'ftp://example.org'}, {'join_url': 'nowhere'},
    {'skill_ids': ['x']}, {'state': 'held'}, {'taken': 3},
    {'host_id': str(uuid.uuid4())}, {'recap': 'x'}])
def test_members_that_are_refused(session, members):
    session(status=422, code='invalid_body', **members)


def test_what_does_not_exist(session, act, world):
    made = session(**start(world))
    for members, code in (
            ({'zone': 'Europe/Bruxelles', 'starts_local': '2060-01-01T10:00'},
             'zone_unknown'),
            ({'zone': 'Foo/Bar5', 'starts_local': '2060-01-01T10:00'},
             'zone_unknown'),
            ({'skill_ids': [str(uuid.uuid4())]}, 'skills_unknown'),
            ({'starts_local': '2020-01-01T10:00'}, 'starts_in_past')):
        session(status=422, code=code, **members)
        act(made, method='PATCH', json=members, expect=422, code=code)
    assert act(made, method='GET') == made


def test_a_stale_version(api, session, act, world):
    made = session(**start(world))
    etag = api.get(f"/v1/sessions/{made['id']}").etag
    act(made, method='PATCH', json={'title': 'Faster'})
    for action, body in (('/poll', {'options': ['2060-01-01T10:00']}),
                         ('/confirm', {}), ('/cancel', {'reason': 'x'})):
        act(made, action, body, expect=412, code='stale_version',
            headers={'If-Match': etag})


# Time

@pytest.mark.parametrize('zone, local, instant', [
    ('Europe/Brussels', '2055-03-28T01:59', '2055-03-28T00:59:00Z'),
    ('Europe/Brussels', '2055-03-28T02:30', None),
    ('Europe/Brussels', '2055-03-28T03:00', '2055-03-28T01:00:00Z'),
    ('Europe/Brussels', '2055-10-31T01:59', '2055-10-30T23:59:00Z'),
    ('Europe/Brussels', '2055-10-31T02:30', '2055-10-31T00:30:00Z'),
    ('Europe/Brussels', '2055-10-31T03:00', '2055-10-31T02:00:00Z'),
    ('America/Santiago', '2055-04-03T23:30', '2055-04-04T02:30:00Z'),
    ('America/Santiago', '2055-07-01T09:00', '2055-07-01T13:00:00Z'),
    ('America/Santiago', '2055-12-01T09:00', '2055-12-01T12:00:00Z'),
    ('America/Santiago', '2055-04-04T12:00', '2055-04-04T16:00:00Z'),
    ('America/Santiago', '2055-09-05T00:30', None),
    ('Pacific/Chatham', '2055-07-01T09:00', '2055-06-30T20:15:00Z'),
    ('Pacific/Chatham', '2055-12-01T09:00', '2055-11-30T19:15:00Z'),
    ('Pacific/Chatham', '2055-09-26T03:00', None),
    ('Pacific/Chatham', '2055-04-04T03:00', '2055-04-03T13:15:00Z'),
    ('Asia/Kolkata', '2055-05-01T10:00', '2055-05-01T04:30:00Z'),
])
def test_clocks_that_change(session, zone, local, instant, db):
    """The first of two; none when there is none.  Asked of Python too."""
    import zoneinfo
    naive = datetime.datetime.fromisoformat(local)
    aware = naive.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0)
    utc = aware.astimezone(datetime.timezone.utc)
    back = utc.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)
    assert (back == naive) == (instant is not None)
    if instant is None:
        reply = session(zone=zone, starts_local=local, status=422,
                        code='local_time_missing')
        assert reply['errors'][0]['pointer'] == '/starts_local'
        return
    assert utc.strftime('%Y-%m-%dT%H:%M:%SZ') == instant
    made = session(zone=zone, starts_local=local, duration_min=5)
    db.execute('delete from engagement where session_id = %s', [made['id']])
    assert (made['starts_at'], made['starts_local'], made['zone']) == (
        instant, local, zone)


def test_a_change_to_a_time_that_is_none(session, act, world):
    made = session(**start(world))
    act(made, method='PATCH', json={
        'zone': 'Europe/Brussels', 'starts_local': '2055-03-28T02:30'},
        expect=422, code='local_time_missing')


def test_a_length_is_a_length_whatever_the_clocks_do(session):
    made = session(zone='Europe/Brussels', starts_local='2054-10-25T01:30',
                   duration_min=120)
    assert (made['starts_at'], made['ends_at']) == (
        '2054-10-24T23:30:00Z', '2054-10-25T01:30:00Z')


def test_another_zone_is_another_time(session, act):
    made = session(zone='Europe/Brussels', starts_local='2055-06-01T10:00',
                   duration_min=5)
    moved = act(made, method='PATCH', json={'zone': 'America/New_York'})
    assert (moved['starts_local'], moved['starts_at']) == (
        '2055-06-01T10:00', '2055-06-01T14:00:00Z')
    none = act(made, method='PATCH', json={'starts_local': None})
    assert (none['starts_at'], none['ends_at']) == (None, None)


def test_nobody_is_in_two_places(session, act, world, db):
    when = start(world)
    mine = session(**when)
    clash = session(status=409, code='person_busy', **when)
    assert clash['session_id'] == mine['id']
    # Somebody else's clash says no more than that.
    theirs = session(as_='jonas', **start(world))
    reply = act(theirs, '/facilitators', {'person_id': world.person('els')},
                as_='jonas')
    assert reply['facilitators'][0]['person_id'] == world.person('els')
    clash = act(theirs, method='PATCH', json=when, as_='jonas', expect=409,
                code='person_busy')
    assert 'session_id' not in clash and mine['id'] not in str(clash)
    busy = session(as_='jonas', **when)
    clash = act(busy, '/facilitators', {'person_id': world.person('els')},
                as_='jonas', expect=409, code='person_busy')
    assert mine['id'] not in str(clash)
    # Whoever is let go is free again; right behind one another is no clash.
    act(mine, '/cancel', {'reason': 'x'})
    session(**when)
    local = datetime.datetime.fromisoformat(when['starts_local'])
    session(**{**when, 'starts_local': (local + datetime.timedelta(
        minutes=10)).strftime('%Y-%m-%dT%H:%M'), 'duration_min': 5})


def test_not_even_at_the_same_moment(api, world):
    when = start(world)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: api.post('/v1/sessions', json={
            'title': f'Number {n}', **when}), range(8)))
    assert sorted(x.status_code for x in replies) == [201] + [409] * 7
    assert {x.code for x in replies if x.status_code == 409} == {
        'person_busy'}


def test_another_time_moves_everybody(session, act, world, db):
    made = session(**start(world))
    act(made, '/facilitators', {'person_id': world.person('griet')})
    engage(db, world, made, 'jonas')
    act(made, '/confirm', {})
    moved = act(made, method='PATCH', json=start(world))
    assert db.column('select distinct during = (select during from session'
                     ' where id = session_id) from engagement'
                     ' where session_id = %s', [made['id']]) == [True]
    assert moved['starts_at'] != made['starts_at']
    for name in ('griet', 'jonas'):
        assert told(db, world, made, name)[-2:] == [
            'session_confirmed', 'session_moved']
    assert told(db, world, made, 'els') == []
    # What is no other time is no news.
    act(made, method='PATCH', json={'zone': 'UTC', 'place': 'Room 9'})
    assert told(db, world, made, 'jonas').count('session_moved') == 1
    due = dict(db.execute('select kind, due_at from timer'
                          ' where object_id = %s', [made['id']]))
    begin = datetime.datetime.fromisoformat(
        moved['starts_at'].replace('Z', '+00:00'))
    assert due == {'remind_session': begin - datetime.timedelta(days=1),
                   'start_session': begin,
                   'hold_session': begin + datetime.timedelta(
                       minutes=10, hours=12)}


def test_the_time_is_fixed_while_it_is_polled_or_runs(session, act, world):
    made = session(**start(world))
    act(made, '/poll', {'options': [fixtures.a_start(world)]})
    for members in (start(world), {'duration_min': 20}, {'zone': 'UTC'}):
        act(made, method='PATCH', json=members, expect=409,
            code='session_time_fixed')
    act(made, method='PATCH', json={'title': 'A title can change'})
    confirmed = session(**start(world))
    act(confirmed, '/confirm', {})
    act(confirmed, method='PATCH', json={'starts_local': None}, expect=409,
        code='session_unplanned')
    act(confirmed, '/begin')
    act(confirmed, method='PATCH', json=start(world), expect=409,
        code='session_time_fixed')


def test_the_capacity_is_not_below_what_is_taken(session, act, db):
    made = session(capacity=8)
    db.execute('update session set taken = 5 where id = %s', [made['id']])
    act(made, method='PATCH', json={'capacity': 4}, expect=409,
        code='session_capacity_taken')
    assert act(made, method='PATCH', json={'capacity': 5})['capacity'] == 5
    assert act(made, method='PATCH', json={'capacity': None})[
        'capacity'] is None


# Who can when

def test_a_poll(session, act, world, db):
    made = session(zone='UTC', duration_min=10)
    one, two, three = (fixtures.a_start(world) for _ in range(3))
    act(made, '/confirm', {}, expect=409, code='session_unplanned')
    polled = act(made, '/poll', {'options': [one, two]})
    assert (polled['state'], polled['starts_at']) == ('polled', None)
    options = act(made, '/poll', method='GET')['options']
    assert [x['starts_local'] for x in options] == [one, two]
    first, second = (x['id'] for x in options)

    def answer(name, expect=200, code=None, **answers):
        chosen = {'first': first, 'second': second,
                  'other': str(uuid.uuid4())}
        return act(made, '/poll/answers', {'answers': [
            {'option_id': chosen[x], 'answer': y}
            for x, y in answers.items()]}, as_=name, method='PUT',
            expect=expect, code=code)
    answer('jonas', first='yes', second='no')
    answer('claire', first='if_needed')
    mine = answer('jonas', first='yes', second='yes')['options']
    assert [x['mine'] for x in mine] == ['yes', 'yes']
    assert [x['answers'] for x in mine] == [[], []], 'names, to a peer'
    answer('lore', other='yes', expect=422, code='option_unknown')
    seen = act(made, '/poll', method='GET')['options']
    assert [(x['yes'], x['if_needed'], x['no']) for x in seen] == [
        (1, 1, 0), (1, 0, 0)]
    assert [x['answer'] for x in seen[0]['answers']] in (
        ['yes', 'if_needed'], ['if_needed', 'yes'])
    # Other options: what stays keeps its answers.
    act(made, '/poll', {'options': [one, three]})
    seen = act(made, '/poll', method='GET')['options']
    assert [(x['starts_local'], x['yes']) for x in seen] == [
        (one, 1), (three, 0)]
    act(made, '/confirm', {}, expect=422, code='option_unknown')
    act(made, '/confirm', {'option_id': second}, expect=422,
        code='option_unknown')
    done = act(made, '/confirm', {'option_id': first})
    assert (done['state'], done['starts_local']) == ('confirmed', one)
    for name in ('jonas', 'claire'):
        assert told(db, world, made, name) == [
            'session_polled', 'session_confirmed']
    assert told(db, world, made, 'lore') == []
    answer('jonas', first='no', expect=409, code='session_not_polled')


def test_options_that_are_none(session, act):
    made = session(zone='Europe/Brussels')
    for option, code in (('2055-03-28T02:30', 'option_time_missing'),
                         ('2020-01-01T10:00', 'option_in_past')):
        act(made, '/poll', {'options': [option]}, expect=422, code=code)
    assert act(made, method='GET')['state'] == 'proposed'


def test_an_option_when_the_host_is_busy(session, act, world):
    other = session(**start(world))
    made = session(zone='UTC', duration_min=10)
    act(made, '/poll', {'options': [other['starts_local']]})
    option = act(made, '/poll', method='GET')['options'][0]['id']
    clash = act(made, '/confirm', {'option_id': option}, expect=409,
                code='person_busy')
    assert clash['session_id'] == other['id']


# With others

def test_facilitators(session, act, world, db, api):
    made = session(**start(world))
    griet, one = world.person('griet'), f"/v1/sessions/{made['id']}"
    done = act(made, '/facilitators', {'person_id': griet})
    assert [x['person_id'] for x in done['facilitators']] == [griet]
    assert told(db, world, made, 'griet') == ['session_facilitator_added']
    for person, status, code in (
            (griet, 409, 'engaged_already'),
            (world.person('els'), 409, 'engaged_already'),
            (world.person('roger'), 422, 'person_unknown'),
            (str(uuid.uuid4()), 422, 'person_unknown')):
        act(made, '/facilitators', {'person_id': person}, expect=status,
            code=code)
    act(made, method='PATCH', json={'title': 'Mine'}, as_='griet', expect=403)
    act(made, '/facilitators', {'person_id': world.person('lore')},
        as_='griet', expect=403)
    api.delete(f'{one}/facilitators/{griet}', as_='jonas').expect(403)
    api.delete(f'{one}/facilitators/{griet}').expect(204)
    api.delete(f'{one}/facilitators/{griet}').expect(404)
    assert told(db, world, made, 'griet')[1:] == [
        'session_facilitator_removed']
    # Whoever does not want to leaves; the host is told.
    act(made, '/facilitators', {'person_id': griet})
    api.delete(f'{one}/facilitators/{griet}', as_='griet').expect(204)
    assert told(db, world, made, 'els') == ['session_facilitator_left']
    assert act(made, method='GET')['facilitators'] == []


def test_as_many_facilitators_as_there_can_be(session, act, world, db):
    made = session()
    db.execute(
        'insert into engagement (org_id, session_id, person_id, role)'
        " select org_id, %s, id, 'facilitator' from person where org_id = %s"
        " and active and user_name not in ('els', 'an') limit 20",
        [made['id'], world.org_id])
    act(made, '/facilitators', {'person_id': world.person('an')}, expect=409,
        code='facilitators_full')
    act(made, '/cancel', {'reason': 'x'})
    act(made, '/facilitators', {'person_id': world.person('an')}, expect=409,
        code='session_closed')


def test_a_released_participant_may_become_a_facilitator(
        session, act, world, db):
    made = session(**start(world))
    engage(db, world, made, 'jonas')
    jonas = {'person_id': world.person('jonas')}
    act(made, '/facilitators', jonas, expect=409, code='engaged_already')
    db.execute('update engagement set live = false where session_id = %s'
               ' and person_id = %s', [made['id'], world.person('jonas')])
    assert act(made, '/facilitators', jonas)['facilitators']


def test_who_is_told_that_it_is_off(session, act, world, db):
    for action, kind in (('/cancel', 'session_cancelled'),
                         ('/miss', 'session_missed')):
        made = session(**start(world))
        act(made, '/facilitators', {'person_id': world.person('griet')})
        engage(db, world, made, 'jonas')
        act(made, '/confirm', {})
        act(made, action, {'reason': ' '}, expect=422, code='invalid_body')
        act(made, action, {}, expect=422, code='invalid_body')
        done = act(made, action, {'reason': 'The alarm went off.'})
        assert done['state_reason'] == 'The alarm went off.'
        for name in ('griet', 'jonas'):
            assert told(db, world, made, name)[-1] == kind
        assert db.column('select distinct live from engagement'
                         ' where session_id = %s', [made['id']]) == [False]
        assert db.one('select count(*) from timer where object_id = %s',
                      [made['id']]) == 0


# What it serves

def test_goals(session, act, world, api):
    """Who may not see a goal is not told of it by a session."""
    def goal(as_='els', **members):
        return api.post('/v1/goals', as_=as_, json={
            'title': f'Explain {world.word()}', 'state': 'active',
            **members}).expect(201).json()
    mine, shown = goal(visibility='me'), goal(visibility='org')
    theirs = goal(as_='jonas', visibility='me')
    for ids in ([str(uuid.uuid4())], [theirs['id']]):
        session(status=422, code='goals_unknown', goal_ids=ids)
    made = session(goal_ids=[mine['id'], shown['id']], capacity=3,
                   **start(world))
    assert {x['id'] for x in made['goals']} == {mine['id'], shown['id']}
    path = f"/v1/sessions/{made['id']}"
    assert api.get(path, as_='jonas').json()['goals'] == [
        {'id': shown['id'], 'title': shown['title']}]
    act(made, '/confirm', {})
    later = act(made, '/reschedule', {
        'starts_local': start(world)['starts_local'], 'reason': 'Snow.'},
        expect=201)
    assert len(later['goals']) == 2
    changed = api.patch(f"/v1/sessions/{later['id']}", json={
        'goal_ids': [mine['id']]}).expect(200).json()
    assert [x['id'] for x in changed['goals']] == [mine['id']]
    api.patch(f"/v1/sessions/{later['id']}", json={
        'goal_ids': [theirs['id']]}).expect(422, code='goals_unknown')


# Another time

def test_rescheduling(session, act, world, db, api):
    made = session(capacity=8, place='Room 2', skill_ids=[SPREADSHEETS],
                   origin='help', **start(world))
    act(made, '/facilitators', {'person_id': world.person('griet')})
    engage(db, world, made, 'lore')
    db.execute('update engagement set live = false where session_id = %s'
               ' and person_id = %s', [made['id'], world.person('lore')])
    act(made, '/confirm', {})
    api.post(f"/v1/sessions/{made['id']}/seats", as_='jonas', json={}).expect(
        201)
    when = start(world)
    next_one = act(made, '/reschedule', {
        'starts_local': when['starts_local'], 'reason': 'Two are ill.'},
        expect=201)
    assert (next_one['state'], next_one['starts_local'],
            next_one['rescheduled_from'], next_one['origin'],
            next_one['place'], next_one['capacity'],
            [x['id'] for x in next_one['skills']],
            [x['person_id'] for x in next_one['facilitators']]) == (
        'confirmed', when['starts_local'], made['id'], 'help', 'Room 2', 8,
        [SPREADSHEETS], [world.person('griet')])
    old = act(made, method='GET')
    assert (old['state'], old['rescheduled_to'], old['state_reason']) == (
        'rescheduled', next_one['id'], 'Two are ill.')
    live = db.column('select p.user_name from engagement e join person p'
                     ' on p.id = e.person_id where e.session_id = %s'
                     ' and e.live order by 1', [next_one['id']])
    assert live == ['els', 'griet', 'jonas']
    assert db.one('select count(*) from engagement where session_id = %s'
                  ' and live', [made['id']]) == 0
    assert told(db, world, next_one, 'jonas') == ['session_rescheduled']
    assert told(db, world, next_one, 'lore') == []
    assert db.column('select count(*) from timer where object_id in (%s, %s)'
                     ' group by object_id', [made['id'], next_one['id']]) == [
        3]
    act(made, '/reschedule', {'starts_local': fixtures.a_start(world)},
        expect=409, code='session_not_confirmed')
    # The chain goes on; the old time is free again.
    third = act(next_one, '/reschedule', {
        'starts_local': fixtures.a_start(world)}, expect=201)
    assert third['rescheduled_from'] == next_one['id']
    session(starts_local=made['starts_local'], zone='UTC', duration_min=5)
    act(third, '/cancel', {'reason': 'x'})
    assert act(next_one, method='GET')['rescheduled_to'] is None


def test_rescheduling_at_the_same_moment(api, session, act, world, db):
    made = session(**start(world))
    act(made, '/confirm', {})
    times = [fixtures.a_start(world) for _ in range(6)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda local: api.post(
            f"/v1/sessions/{made['id']}/reschedule",
            json={'starts_local': local}), times))
    assert sorted(x.status_code for x in replies) == [201] + [409] * 5
    assert db.one('select count(*) from session where rescheduled_from = %s',
                  [made['id']]) == 1


def test_a_new_time_that_is_none(session, act, world):
    made = session(**start(world))
    act(made, '/confirm', {})
    other = session(**start(world))
    for body, status, code in (
            ({'starts_local': '2055-03-28T02:30', 'zone': 'Europe/Brussels'},
             422, 'local_time_missing'),
            ({'starts_local': '2020-01-01T10:00'}, 422, 'starts_in_past'),
            ({'starts_local': '2060-01-01T10:00', 'zone': 'Europe/Atlantis'},
             422, 'zone_unknown'),
            ({'starts_local': other['starts_local']}, 409, 'person_busy')):
        reply = act(made, '/reschedule', body, expect=status, code=code)
        if code == 'person_busy':
            assert reply['session_id'] == other['id']
    assert act(made, method='GET')['state'] == 'confirmed'


# When it is over

def test_what_is_cancelled_stays_so(api, world, document, db, root):
    """Every action; all states and relations are openapi/states.yaml's."""
    import yaml
    from stages import session as stages
    text = (root / 'openapi' / 'states.yaml').read_text()
    actions = yaml.safe_load(text)['session']['actions']
    made = stages.stage(world, 'cancelled')
    for name, action in actions.items():
        operation = document.operations[name]
        way = operation.path(session_id=made)
        reply = api.call(operation.method, way,
                         json=stages.body(world, name, made))
        reply.expect(409, code=action['refusal'])
        if 'colleague' in action['others']:
            api.call(operation.method, way, as_='claire',
                     json=stages.body(world, name, made)).expect(403)
    api.delete(f"/v1/sessions/{made}/facilitators/{world.person('stijn')}"
               ).expect(409, code='session_closed')
    assert db.one('select state from session where id = %s',
                  [made]) == 'cancelled'


# What it brought

def test_recap_and_exchange(session, act, world, db):
    made = session(origin='buddy', **start(world))
    act(made, '/facilitators', {'person_id': world.person('griet')})
    engage(db, world, made, 'jonas')
    engage(db, world, made, 'lore')
    db.execute('update engagement set live = false where session_id = %s'
               ' and person_id = %s', [made['id'], world.person('lore')])
    recap = {'notes': 'Said', 'recap': 'Seen', 'outcomes': ['A card']}
    act(made, '/recap', recap, method='PUT', expect=409,
        code='session_not_run')
    act(made, '/confirm', {})
    act(made, '/begin', as_='griet')
    act(made, '/recap', recap, method='PUT', as_='jonas', expect=403)
    done = act(made, '/recap', recap, method='PUT', as_='griet')
    assert {x: done[x] for x in recap} == recap
    assert act(made, '/complete', as_='griet')['state'] == 'held'
    rows = db.execute(
        'select x.kind, x.origin, x.happened_at <= clock(), p.part,'
        ' o.user_name from exchange x join exchange_person p'
        ' on p.exchange_id = x.id join person o on o.id = p.person_id'
        ' where x.object_id = %s order by o.user_name', [made['id']])
    assert rows == [('session', 'buddy', True, 'both', name)
                    for name in ('els', 'griet', 'jonas')]
    cleared = act(made, '/recap', {}, method='PUT')
    assert (cleared['notes'], cleared['recap'], cleared['outcomes']) == (
        None, None, [])


# What time does

def test_a_session_runs_by_itself(session, act, world, db, clock):
    """Reminded a day before, begun, held; each once, and an exchange."""
    now = clock.now().astimezone(datetime.timezone.utc)
    local = (now + datetime.timedelta(days=400)).strftime('%Y-%m-%dT%H:%M')
    made = session(starts_local=local, zone='UTC', duration_min=5)
    engage(db, world, made, 'jonas')
    engage(db, world, made, 'lore')
    act(made, '/facilitators', {'person_id': world.person('griet')})
    off = session(as_='claire', starts_local=local, zone='UTC')
    act(off, '/confirm', {}, as_='claire')
    act(made, '/confirm', {})
    # From what is live when it is sent, not when it was set.
    db.execute('update engagement set live = false where session_id = %s'
               ' and person_id = %s', [made['id'], world.person('lore')])
    act(off, '/cancel', {'reason': 'x'}, as_='claire')
    clock.advance(days=399, hours=1)
    # Behind all that other tests left to be done in these months.
    eventually(lambda: 'session_soon' in told(db, world, made, 'jonas'), 120)
    assert 'session_soon' in told(db, world, made, 'els')
    assert 'session_soon' in told(db, world, made, 'griet')
    assert 'session_soon' not in told(db, world, made, 'lore')
    assert act(made, method='GET')['state'] == 'confirmed'
    clock.advance(hours=23, minutes=2)
    eventually(lambda: act(made, method='GET')['state'] == 'running', 120)
    clock.advance(hours=13)
    eventually(lambda: act(made, method='GET')['state'] == 'held', 120)
    people = db.column(
        'select o.user_name from exchange x join exchange_person p'
        ' on p.exchange_id = x.id join person o on o.id = p.person_id'
        ' where x.object_id = %s order by 1', [made['id']])
    assert people == ['els', 'griet', 'jonas']
    assert told(db, world, made, 'jonas').count('session_soon') == 1
    assert act(off, method='GET', as_='claire')['state'] == 'cancelled'
    assert told(db, world, off, 'claire') == []
    states = db.column("select body ->> 'state' from outbox"
                       ' where object_id = %s and event ='
                       " 'session.state_changed' order by id", [made['id']])
    # The first is 90 days old by now, and purged.
    assert states[-2:] == ['running', 'held']


def test_confirming_what_has_passed(session, act, clock):
    now = clock.now().astimezone(datetime.timezone.utc)
    local = (now + datetime.timedelta(days=3)).strftime('%Y-%m-%dT%H:%M')
    made = session(as_='manon', starts_local=local, zone='UTC')
    clock.advance(days=4)
    act(made, '/confirm', {}, as_='manon', expect=422, code='starts_in_past')


def test_events_tell_no_words(session, act, world, db):
    made = session(title='A secret title', **start(world))
    act(made, method='PATCH', json={'description': 'Secret'})
    act(made, '/cancel', {'reason': 'A secret reason'})
    events = db.execute('select event, version, body::text from outbox'
                        ' where object_id = %s order by id', [made['id']])
    assert [x[:2] for x in events] == [
        ('session.created', 1), ('session.updated', 2),
        ('session.state_changed', 3)]
    assert 'ecret' not in str(events)


# Lists

def test_lists(api, session, act, world):
    made = [session(as_='nina', **start(world)) for _ in range(3)]
    unplanned = session(as_='nina')
    act(made[0], '/confirm', {}, as_='nina')
    nina = world.person('nina')

    def found(**query):
        return [x['id'] for x in api.pages('/v1/sessions', as_='jonas',
                                           query={'host_id': nina, **query})]
    ids = [x['id'] for x in made]
    assert found()[:4] == [unplanned['id'], *ids[::-1]]
    late = {'starts_after': made[0]['starts_at']}
    assert found(order='soonest', **late) == ids
    assert found(order='soonest')[-1] == unplanned['id']
    assert found(order='soonest', starts_before=made[2]['starts_at'],
                 **late) == ids[:2]
    assert found(state='confirmed', **late) == ids[:1]
    assert found(updated_since='2199-01-01T00:00:00Z') == []
    hosted = api.pages('/v1/sessions', as_='nina', query={'mine': 'hosting'})
    assert {x['host']['person_id'] for x in hosted} == {nina}
    act(made[1], '/facilitators', {'person_id': world.person('tom')},
        as_='nina')
    engaged = {x['id'] for x in api.pages(
        '/v1/sessions', as_='tom', query={'mine': 'engaged'})}
    assert ids[1] in engaged and ids[0] not in engaged
    assert ids[1] not in {x['id'] for x in api.pages(
        '/v1/sessions', as_='tom', query={'mine': 'hosting'})}


def test_the_demonstration(api, db, world):
    """els hosts one in every state and has a second page; nothing is said
    twice."""
    page = api.get('/v1/sessions').json()
    assert len(page['items']) == 50 and page['next']
    mine = api.pages('/v1/sessions', query={
        'mine': 'hosting', 'starts_before': '2059-01-01T00:00:00Z'})
    polled = api.pages('/v1/sessions', query={
        'mine': 'hosting', 'state': 'polled'})
    states = {x['state'] for x in mine + polled
              if x['id'].startswith('01923c1b-7100')}
    assert states >= {'polled', 'cancelled', 'did_not_happen', 'rescheduled'}
    made = "select %s from session where id::text like '01923c1b-7100%%%%'"
    for what in ('title', 'description', 'recap', 'state_reason'):
        said = [x for x in db.column(made % what) if x]
        assert len(set(said)) == len(said) > 6, what
    assert db.one(made % 'count(*)') >= 70
    assert db.one('select count(*) from session s where s.state = \'held\''
                  ' and not exists (select from exchange x'
                  ' join exchange_person p on p.exchange_id = x.id'
                  ' where x.object_id = s.id)'
                  " and s.id::text like '01923c1b-7100%'") == 0


def test_who_is_let_go_at_the_last_moment_met_nobody(world, db, server):
    """While time says that it is held."""
    one = fixtures.a_meeting(
        world, world.person('bram'), [world.person('els')], hours=-14,
        state='running', facilitators=[world.person('wim')])
    rival = server.connect()
    rival.autocommit = False
    with contextlib.closing(rival):
        rival.cursor().execute(
            'select from session where id = %(one)s for no key update;'
            ' delete from engagement where session_id = %(one)s'
            " and role = 'facilitator'", {'one': one})
        db.execute('insert into timer (org_id, kind, object_id, due_at)'
                   " values (%s, 'hold_session', %s, clock())",
                   [world.org_id, one])
        locks.waited_for(db, rival)
        rival.commit()
    eventually(lambda: db.one(
        "select true from session where id = %s and state = 'held'", [one]))
    met = db.column(
        'select p.person_id::text from exchange e join exchange_person p'
        ' on p.exchange_id = e.id where e.object_id = %s', [one])
    assert set(met) == {world.person('bram'), world.person('els')}
