"""Joiners, movers, leavers: what is told of them, and what becomes of what
hangs on somebody who left, by whatever way.

Mutations tried, each found here: the trigger only for `active`, or only for
`deleted_at`; the job without `leaver` for seats (who is back loses them);
promote_seats left out; the session given to the facilitator who came last, or
to one who left too; `needs_host_since is null` left out (told twice); HR told
beside the leader; goals hidden of everybody; an invitation left open; a
request of the leaver's declined instead of withdrawn; notifications without
their wall; person.moved for every changed employment, or for the one who
lost theirs; person.left of whoever changed; a session that began handed on;
who helped to run one left there; their answers to a poll left; HR may give any
session another host.
"""

import itertools
import time

import pytest

import fixtures
from harness.calls import Call
from harness.waiting import eventually
from harness.world import World

HEADER = ('external_id,user_name,given_name,family_name,team,'
          'manager_external_id,title,start_on,end_on,active').split(',')
PEOPLE = {name: {'external_id': f'E-{name}', 'user_name': name,
                 'given_name': name.title(), 'family_name': 'Janssens',
                 'team': 'Care', 'manager_external_id': 'E-max',
                 'start_on': '2020-01-01'}
          for name in ('lea', 'jonas', 'nina', 'stijn', 'tom', 'hilde')}
PEOPLE['max'] = {**PEOPLE['lea'], 'external_id': 'E-max', 'user_name': 'max',
                 'given_name': 'Max', 'manager_external_id': ''}
_count = itertools.count()


class Company(World):
    """A new organisation; lea is the one who leaves."""

    def __init__(self, server, api, db, folder):
        name = f'leaver-{next(_count)}-{int(time.time())}'
        server.command('org', 'create', name)
        super().__init__(api, db, name, 'lea')
        self.server, self.folder = server, folder
        self.put(*PEOPLE)
        self.id = self.org_id

    def person(self, user_name='lea'):
        return super().person(user_name)

    def put(self, *names, **changed):
        """Imports these people, with other columns."""
        path = self.folder / 'people.csv'
        path.write_text('\n'.join([','.join(HEADER)] + [
            ','.join({**PEOPLE[name], **changed}.get(column, '')
                     for column in HEADER) for name in names]) + '\n')
        self.server.command('import', 'people', path, '--org', self.org)

    def ask(self, operation, as_, json=None, status=(200, 201, 204), code=None,
            roles=('member',), headers=None, **path):
        """What an operation answers to somebody of the organisation."""
        entry = self.api.document.operations[operation]
        if entry.entry.get('x-hefboom', {}).get('if_match'):
            headers = {'If-Match': '*', **(headers or {})}
        reply = Call(self, entry, as_=as_, json=json, path=path, roles=roles,
                     headers=headers or {}).send().expect(
            *([status] if isinstance(status, int) else status), code=code)
        return reply.json() if reply.content else None

    def leave(self, way='sql', name='lea'):
        if way == 'csv':
            self.put(name, active='false')
        else:
            self.db.execute(
                'update person set ' + {
                    'sql': 'active = false',
                    'deleted': "deleted_at = clock(), display_name = ''",
                }[way] + ' where org_id = %s and user_name = %s',
                [self.id, name])
        self.handed_over(name)

    def handed_over(self, name='lea'):
        eventually(lambda: self.db.one(
            'select count(*) from timer where org_id = %s and object_id = %s'
            " and kind = 'hand_over_leaver'",
            [self.id, self.person(name)]) == 0, 120,
            what='the timer is still there')

    def state(self, table, made):
        return self.db.one(f'select state from "{table}" where org_id = %s'
                           ' and id = %s', [self.id, made])

    def told(self, name, *kinds):
        """[(kind, object)] of those kinds that somebody reads."""
        found = self.ask('list_my_notifications', name)['items']
        return [(each['kind'], each['object']['id']) for each in found
                if each['kind'] in kinds]

    def events(self, pattern):
        return self.db.execute(
            'select event, object_id::text, body from outbox where org_id ='
            ' %s and event like %s order by id', [self.id, pattern])

    def prints(self):
        """All that there is but the clockwork."""
        return self.db.fingerprint(self.id, without=('timer', 'job'))


@pytest.fixture
def company(server, api, db, tmp_path):
    tmp_path.chmod(0o755)
    return Company(server, api, db, tmp_path)


def seat_of(company, session, name):
    return fixtures.a_seat(company, session, as_=name)['id']


# Seats

@pytest.mark.parametrize('way', ['csv', 'sql', 'deleted'])
def test_seats_go_to_whoever_waits(company, way):
    nina = company.person('nina')
    full = fixtures.a_session(company, host=nina, capacity=1)
    seat = seat_of(company, full, 'lea')
    waiting = seat_of(company, full, 'jonas')
    company.leave(way)
    assert company.state('seat', seat) == 'released'
    assert company.state('seat', waiting) == 'offered'
    assert company.told('jonas', 'seat_offered') == [('seat_offered', waiting)]
    assert company.db.one('select taken from session where id = %s',
                          [full]) == 1
    assert company.db.one(
        'select live from engagement where session_id = %s and person_id ='
        ' %s', [full, company.person()]) is False
    assert ('seat.ended', seat, {'session_id': full, 'state': 'released'}
            ) in company.events('seat.ended')


def test_every_way_to_a_seat_ends(company):
    nina = company.person('nina')
    hold, full, offered, past, running, late = (
        fixtures.a_session(company, host=nina, capacity=1) for _ in range(6))
    held = fixtures.a_seat(company, hold, as_='lea', hold=True)['id']
    seat_of(company, full, 'jonas')
    waits = seat_of(company, full, 'lea')
    first = seat_of(company, offered, 'tom')
    offer = seat_of(company, offered, 'lea')
    company.ask('release_seat', 'tom', seat_id=first)
    kept = [seat_of(company, one, 'lea') for one in (past, running, late)]
    assert [company.state('seat', one) for one in (held, waits, offer)] == [
        'held', 'waiting', 'offered']
    company.db.execute(
        "update session set state = 'held', during = tstzrange(clock() -"
        " interval '3 days', clock() - interval '2 days') where id = %s",
        [past])
    for one, state in ((running, 'running'), (late, 'confirmed')):
        company.db.execute(
            'update session set state = %s, during = tstzrange(clock() -'
            " interval '1 minute', clock() + interval '1 hour')"
            ' where id = %s', [state, one])
    company.leave()
    assert [company.state('seat', one) for one in (held, waits, offer)] == [
        'released', 'left', 'declined']
    assert [company.state('seat', one) for one in kept] == [
        'confirmed'] * 3, 'what was is not made undone'
    assert company.db.column(
        'select taken from session where id = any (%s::uuid[]) order by'
        ' taken', [[hold, full, offered]]) == [0, 0, 1]


# Sessions that the leaver hosts or helps to run

def helped_by(company, session, *names):
    for name in names:
        company.ask('add_session_facilitator', 'lea', session_id=session,
                    json={'person_id': company.person(name)})


@pytest.mark.parametrize('state', ['proposed', 'polled', 'confirmed'])
def test_a_session_goes_to_the_first_facilitator(company, state):
    session = fixtures.plain_session(company, state)
    helped_by(company, session, 'tom', 'stijn', 'jonas')
    # Tom has left as well, and his own turn comes later.
    company.db.execute(
        'begin; update person set active = false where id = %s; update timer'
        " set due_at = clock() + interval '1 day' where object_id = %s;"
        ' commit', [company.person('tom')] * 2)
    company.leave()
    found = company.ask('get_session', 'stijn', session_id=session)
    assert found['host']['display_name'] == 'Stijn Janssens'
    assert (found['my_role'], found['state']) == ('host', state)
    assert [each['display_name'] for each in found['facilitators']] == [
        'Jonas Janssens', 'Tom Janssens']
    assert company.told('stijn', 'session_given', 'session_without_host') == [
        ('session_given', session)]
    assert not company.told('max', 'session_without_host')
    assert company.ask('list_sessions_without_host', 'hilde', roles=['hr']
                       )['items'] == []
    company.ask('update_session', 'stijn', session_id=session,
                json={'title': 'Now mine'})


def test_a_session_that_began_stays_the_leavers(company):
    session = fixtures.plain_session(company, 'running')
    helped_by(company, session, 'stijn')
    company.leave()
    assert str(company.db.one('select host_id from session where id = %s',
                              [session])) == company.person()
    assert not company.told('stijn', 'session_given')


@pytest.mark.parametrize('contacts', [['hilde'], []])
def test_nobody_to_take_it_on(company, contacts):
    """HR's contacts are told, where there are none the leader."""
    company.ask('update_organisation', 'max', roles=['admin'], json={
        'hr_contacts': [company.person(name) for name in contacts]})
    session = fixtures.plain_session(company, 'confirmed')
    guest = seat_of(company, session, 'jonas')
    company.leave()
    for name in ('hilde', 'max'):
        assert company.told(name, 'session_without_host') == (
            [('session_without_host', session)]
            if [name] == (contacts or ['max']) else []), name
    row, = company.ask('list_sessions_without_host', 'hilde',
                       roles=['hr'])['items']
    assert (row['id'], row['host']['display_name'], row['taken'],
            row['state']) == (session, 'Lea Janssens', 1, 'confirmed')
    assert company.state('seat', guest) == 'confirmed', 'it is not off'
    version = row['version']

    def give(name, status=204, code=None, as_='hilde', roles=('hr',), **more):
        company.ask('put_session_host', as_, roles=roles, status=status,
                    code=code, session_id=session, **{
                        'json': {'person_id': company.person(name)}, **more})
    give('stijn', 403, as_='stijn', roles=['member'])
    give('stijn', 412, 'stale_version',
         headers={'If-Match': f'"{version - 1}.0"'})
    give('lea', 422, 'person_unknown')
    give('jonas', 409, 'engaged_already')
    during = company.db.one('select during from session where id = %s',
                            [session])
    busy = fixtures.a_session(company, host=company.person('tom'))
    company.db.execute('update engagement set during = %s'
                       ' where session_id = %s', [str(during), busy])
    give('tom', 409, 'person_busy')
    give('stijn', headers={'If-Match': f'"{version}.0"'})
    give('stijn', 404)
    found = company.ask('get_session', 'stijn', session_id=session)
    assert (found['my_role'], found['version']) == ('host', version + 1)
    assert company.told('stijn', 'session_host_asked') == [
        ('session_host_asked', session)]
    assert company.ask('list_sessions_without_host', 'hilde', roles=['hr']
                       )['items'] == []
    company.ask('cancel_session', 'stijn', session_id=session,
                json={'reason': 'Too few of us.'})


def test_who_helped_to_run_it(company):
    session = fixtures.plain_session(company, 'confirmed', as_='nina')
    company.ask('add_session_facilitator', 'nina', session_id=session,
                json={'person_id': company.person()})
    polled = fixtures.plain_session(company, 'polled', as_='nina')
    option = company.db.one('select id::text from session_option where'
                            ' session_id = %s limit 1', [polled])
    for name in ('lea', 'jonas'):
        company.ask('answer_session_poll', name, session_id=polled, json={
            'answers': [{'option_id': option, 'answer': 'yes'}]})
    company.leave()
    found = company.ask('get_session', 'nina', session_id=session)
    assert found['facilitators'] == []
    assert company.told('nina', 'session_facilitator_left') == [
        ('session_facilitator_left', session)]
    assert [str(one) for one in company.db.column(
        'select person_id from session_answer where session_id = %s',
        [polled])] == [company.person('jonas')]


# Goals, companions, requests, feedback

def goal_of(company, name, visibility='org'):
    return company.ask('create_goal', name, json={
        'title': f'Explain {company.word()}', 'visibility': visibility,
        'due_on': '2099-01-01', 'state': 'active'})['id']


def along(company, goal, owner, name, accept=True):
    company.ask('invite_goal_companion', owner, goal_id=goal,
                json={'person_id': company.person(name)})
    if accept:
        company.ask('accept_goal_invitation', name, goal_id=goal)


def companions(company, goal):
    return dict(company.db.execute(
        'select p.user_name, c.state from goal_companion c join person p on'
        ' p.org_id = c.org_id and p.id = c.person_id where c.goal_id = %s',
        [goal]))


def test_goals_are_kept_for_their_owner(company):
    goal, nobodys = goal_of(company, 'lea'), goal_of(company, 'lea', 'team')
    hers, asked = goal_of(company, 'nina'), goal_of(company, 'nina')
    along(company, goal, 'lea', 'jonas')
    along(company, goal, 'lea', 'tom', accept=False)
    along(company, hers, 'nina', 'lea')
    along(company, hers, 'nina', 'stijn')
    along(company, asked, 'nina', 'lea', accept=False)
    company.leave()
    assert company.db.execute(
        'select visibility, state, deleted_at from goal where id = any'
        ' (%s::uuid[])', [[goal, nobodys]]) == [('me', 'active', None)] * 2
    assert company.db.column('select visibility from goal where id = any'
                             ' (%s::uuid[])', [[hers, asked]]) == ['org'] * 2
    assert companions(company, goal) == {'jonas': 'removed', 'tom': 'removed'}
    assert companions(company, hers) == {'lea': 'left', 'stijn': 'accepted'}
    assert companions(company, asked) == {'lea': 'removed'}
    assert company.told('jonas', 'goal_owner_left') == [
        ('goal_owner_left', goal)]
    assert not company.told('tom', 'goal_owner_left'), 'never came along'
    assert sorted(company.told('nina', 'goal_companion_left',
                               'goal_companion_declined')) == sorted([
        ('goal_companion_left', hers), ('goal_companion_declined', asked)])
    assert not company.told('stijn', 'goal_owner_left', 'goal_companion_left')
    company.ask('get_goal', 'jonas', status=404, goal_id=goal)
    assert sorted(company.events('goal.companion_%')[-4:], key=str) == sorted([
        ('goal.companion_removed', goal,
         {'person_id': company.person('jonas')}),
        ('goal.companion_removed', goal,
         {'person_id': company.person('tom')}),
        ('goal.companion_left', hers, {'person_id': company.person()}),
        ('goal.companion_removed', asked, {'person_id': company.person()}),
    ], key=str)


def test_requests_are_closed(company):
    def asks(name, whom):
        return company.ask('create_feedback_request', name, json={
            'to': [company.person(whom)], 'context': 'A talk.',
            'about': {'kind': 'work', 'text': company.word()}}
            )['requests'][0]['id']
    hers, of_her, others = (asks('lea', 'nina'), asks('nina', 'lea'),
                            asks('nina', 'jonas'))
    company.leave()
    assert [company.state('feedback_request', each)
            for each in (hers, of_her, others)] == [
        'withdrawn', 'declined', 'open']
    assert company.told('nina', 'feedback_declined') == [
        ('feedback_declined', of_her)]
    company.ask('answer_feedback_request', 'nina', status=409,
                code='feedback_request_not_open', feedback_request_id=hers,
                json={})


@pytest.mark.parametrize('way', ['sql', 'deleted'])
def test_feedback_stays_with_its_receiver(company, way, clock):
    def gives(release):
        made = company.ask('create_feedback', 'lea', json={
            'receiver_id': company.person('nina'), 'keep': 'You waited.',
            'about': {'kind': 'work', 'text': company.word()}})['id']
        company.ask('send_feedback', 'lea', feedback_id=made,
                    json={'release': release})
        return made
    now, later = gives('now'), gives('window')
    claim = company.ask('create_my_skill', 'nina', json={
        'skill_id': fixtures.a_skill(company), 'level': 3,
        'can_help': 'gladly', 'visibility': 'org'})['id']
    given = company.ask(
        'endorse_skill', 'lea', person_id=company.person('nina'),
        claim_id=claim,
        json={'saw_in': 'other', 'text': 'It was clear.'})['id']
    company.leave(way)
    assert company.ask('get_feedback', 'nina', feedback_id=now
                       )['keep'] == 'You waited.'
    assert company.state('endorsement', given) == 'given'
    clock.advance(days=30)
    eventually(lambda: company.state('feedback', later) == 'released', 120)
    assert company.ask('get_feedback', 'nina', feedback_id=later
                       )['keep'] == 'You waited.'


# Not a leaver, not twice, not told

def trail(company):
    """What hangs on lea: a bit of everything."""
    session = fixtures.a_session(company, host=company.person('nina'))
    seat_of(company, session, 'lea')
    fixtures.plain_session(company, 'confirmed')
    along(company, goal_of(company, 'lea'), 'lea', 'jonas')
    company.ask('create_feedback_request', 'nina', json={
        'to': [company.person()], 'context': 'A talk.',
        'about': {'kind': 'work', 'text': company.word()}})


def test_who_is_back_by_then(company):
    trail(company)
    before = company.prints()
    del before['person']
    company.db.execute("begin; update person set active = false where id ="
                       f" '{company.person()}'; update person set active ="
                       f" true where id = '{company.person()}'; commit")
    company.handed_over()
    after = company.prints()
    del after['person']
    assert after == before


def test_twice_is_once(company):
    trail(company)
    company.leave()
    before = company.prints()
    company.db.execute(
        'insert into timer (org_id, kind, object_id, due_at)'
        " values (%s, 'hand_over_leaver', %s, clock())",
        [company.id, company.person()])
    company.handed_over()
    assert company.prints() == before


def test_others_are_left_alone(company):
    """Whatever else changes about somebody sets no timer."""
    trail(company)
    before = company.prints()
    for change in ("display_name = 'Lea', version = 9", 'active = true',
                   'deleted_at = null'):
        company.db.execute(f'update person set {change} where id = %s',
                           [company.person()])
        assert company.db.one(
            "select count(*) from timer where kind = 'hand_over_leaver'"
            ' and org_id = %s', [company.id]) == 0, change
    after = company.prints()
    del before['person'], after['person']
    assert after == before


def test_nothing_is_told_to_who_left(company):
    company.leave()

    def tell(name):
        company.db.execute(
            'insert into notification (org_id, person_id, kind, object_kind,'
            " object_id) values (%s, %s, 'session_soon', 'session', uuid7())",
            [company.id, company.person(name)])
        return company.db.one('select count(*) from notification where org_id'
                              ' = %s and person_id = %s',
                              [company.id, company.person(name)])
    assert (tell('lea'), tell('jonas')) == (0, 1)


def test_rehired(company):
    """The same person, with what was theirs; what was handed on stays so."""
    goal = goal_of(company, 'lea')
    seat = seat_of(company, fixtures.a_session(
        company, host=company.person('nina')), 'lea')
    company.leave('csv')
    company.ask('get_me', 'lea', status=403, code='person_inactive')
    who = company.person()
    company.put('lea', active='true')
    assert company.ask('get_me', 'lea')['id'] == who
    mine = company.ask('get_goal', 'lea', goal_id=goal)
    assert (mine['visibility'], mine['state']) == ('me', 'active')
    assert company.state('seat', seat) == 'released'
    assert company.ask('get_my_seat', 'lea', seat_id=seat)['id'] == seat


# What is told

def told_of(company, name='lea'):
    """[(event, body)] of somebody, from the outbox, but of updates."""
    return [(event, body) for event, object_id, body in
            company.events('person.%')
            if object_id == company.person(name) and event != 'person.updated']


def test_joiners_movers_leavers(company):
    expected = [('person.created', {})]
    assert told_of(company) == expected
    company.put('lea')
    company.put('lea', title='Adviser')
    assert told_of(company) == expected, 'a title is no move'
    company.put('lea', team='Shop')
    expected.append(('person.moved', {'changed': ['team']}))
    company.put('lea', team='Shop', manager_external_id='E-nina')
    expected.append(('person.moved', {'changed': ['manager']}))
    assert told_of(company) == expected
    company.put('lea', start_on='2024-01-01')
    expected.append(('person.moved', {'changed': ['team', 'manager']}))
    assert told_of(company) == expected, 'a new employment'
    company.put('lea', start_on='2024-01-01', active='false')
    expected.append(('person.left', {'how': 'deactivated'}))
    company.put('lea', start_on='2024-01-01', active='false')
    assert told_of(company) == expected
    company.put('lea', start_on='2024-01-01', active='true')
    expected.append(('person.returned', {}))
    company.put('lea', start_on='2024-01-01', end_on='2024-12-31')
    assert told_of(company) == expected, 'nowhere is no other place'
    assert told_of(company, 'jonas') == [('person.created', {})]
    version = company.db.one('select version from person where id = %s',
                             [company.person()])
    assert company.db.one(
        'select max(version) from outbox where org_id = %s and object_id ='
        ' %s', [company.id, company.person()]) == version
