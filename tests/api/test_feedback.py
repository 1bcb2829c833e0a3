"""Feedback: asked for, drafted, sent, released at once or in a blind window,
read, found useful, shared, deleted.  Who sees it is
test_feedback_visibility.py.

Mutations: the lock on both people left out of send_feedback (both sides of a
pair wait on: test_two_who_send_at_once); `> 21` for `> 20`; a word not
cleared by delete_feedback; `n >= 4` for `n >= 5` in the summary.
"""

import concurrent.futures
import time
import uuid

import pytest

import fixtures
from harness.waiting import eventually

WORDS = {'keep': 'You waited.', 'try_next': 'Ask twice.',
         'example': 'On Monday.', 'context': 'At the desk.'}


@pytest.fixture(scope='module')
def world(worlds):
    return worlds['demo']


@pytest.fixture
def draft(api, world):
    def make(to='jonas', as_='els', status=201, code=None, **members):
        members = {'about': {'kind': 'work', 'text': world.word()},
                   **WORDS, **members}
        return api.post('/v1/feedback', as_=as_, json={
            'receiver_id': world.person(to), **members}).expect(
            status, code=code).json()
    return make


@pytest.fixture
def send(api):
    def send(one, as_='els', status=200, code=None, **members):
        return api.post(f"/v1/feedback/{one['id']}/send", as_=as_, json={
            'release': 'now', **members}).expect(status, code=code).json()
    return send


@pytest.fixture
def ask(api, world):
    def make(*to, as_='els', status=201, code=None, **members):
        return api.post('/v1/feedback-requests', as_=as_, json={
            'to': [world.person(name) for name in to or ('jonas',)],
            'context': 'A fixture.',
            'about': {'kind': 'work', 'text': world.word()}, **members}
            ).expect(status, code=code).json()
    return make


@pytest.fixture(autouse=True)
def none_is_open(db, world):
    db.execute("update feedback_request set state = 'withdrawn' where"
               " state = 'open' and context = 'A fixture.'")


def act(api, one, action, as_='els', status=200, code=None, body=None):
    return api.post(f"/v1/feedback/{one['id']}/{action}", as_=as_, json=body
                    ).expect(status, code=code).json()


def path(one):
    return f"/v1/feedback/{one['id']}"


def told(db, one):
    """(kind, who is told, by whom), in order."""
    rows = db.execute(
        'select n.kind, p.user_name, a.user_name, n.object_kind, n.params'
        ' from notification n join person p on p.org_id = n.org_id'
        ' and p.id = n.person_id left join person a on a.org_id = n.org_id'
        ' and a.id = n.actor_id where n.object_id = %s order by n.id',
        [one['id']])
    assert all(row[4] == {} for row in rows)
    return [(row[0], row[1], row[2]) for row in rows]


# Drafts

def test_a_draft(api, draft, world, db):
    made = draft()
    assert {name: made[name] for name in (
        'relation', 'state', 'release', 'sent_at', 'released_at', 'read_at',
        'usefulness', 'advice', 'version', 'request_id', 'deleted_at')} == {
        'relation': 'giver', 'state': 'drafted', 'release': None,
        'sent_at': None, 'released_at': None, 'read_at': None,
        'usefulness': None, 'advice': [], 'version': 1, 'request_id': None,
        'deleted_at': None}
    done = api.patch(path(made), json={'keep': None, 'example': None,
                                       'try_next': 'Wait.'}
                     ).expect(200).json()
    assert (done['keep'], done['try_next'], done['context'],
            done['advice'], done['version']) == (
        None, 'Wait.', 'At the desk.', ['no_example'], 2)
    assert api.get(path(made)).json() == done
    api.get(path(made), as_='jonas').expect(404)
    assert told(db, made) == []


def test_what_it_may_be_about(draft, world, api, db):
    skill = fixtures.a_skill(world)
    made = draft(about={'kind': 'skill', 'id': skill, 'text': 'The end'})
    assert (made['about']['id'], made['about']['text']) == (skill, 'The end')
    assert made['about']['title']
    merge = world.made('merge_skill')
    assert draft(about={'kind': 'skill', 'id': merge['from_id']})['about'][
        'id'] == merge['into_id']
    unknown = str(uuid.uuid4())
    for kind in ('skill', 'session'):
        draft(about={'kind': kind, 'id': unknown}, status=422,
              code='about_unknown')
    for about in ({'kind': 'skill'}, {'kind': 'session', 'text': 'x'},
                  {'kind': 'work'}, {'kind': 'work', 'id': unknown},
                  {'kind': 'work', 'text': 'x', 'id': unknown},
                  {'kind': 'person', 'id': unknown}, {'kind': 'work',
                                                      'text': 'x' * 201}):
        draft(about=about, status=422, code='invalid_body')


def test_a_session_that_both_know(draft, ask, world):
    people = {name: world.person(name) for name in (
        'els', 'jonas', 'an', 'piet')}
    session = fixtures.a_meeting(world, people['an'],
                                 [people['els'], people['jonas']])
    about = {'kind': 'session', 'id': session}
    assert draft(about=about)['about']['title'].startswith('Session')
    draft(about=about, to='an')
    draft(about=about, to='piet', status=422, code='about_unknown')
    draft(about=about, to='els', as_='piet', status=422, code='about_unknown')
    ask('jonas', 'an', about=about)
    ask('jonas', 'piet', about=about, status=422, code='about_unknown')
    ask('jonas', as_='piet', about=about, status=422, code='about_unknown')


@pytest.mark.parametrize('members', [
    {'keep': ''}, {'keep': 'x' * 2001}, {'try_next': 3}, {'rating': 4},
    {'score': 1}, {'level': 3}, {'state': 'released'}, {'useful': 3},
    {'receiver_id': 'els'}])
def test_members_that_are_refused(draft, members):
    draft(status=422, code='invalid_body', **members)


def test_whom_one_can_write_to(draft, send, ask, world, db):
    """Not oneself, nor who is gone, nor where a block stands: one answer."""
    db.execute('insert into person_block (org_id, blocker_id, blocked_id)'
               ' values (%s, %s, %s)', [world.org_id, world.person('piet'),
                                        world.person('lore')])
    try:
        for to, as_ in (('els', 'els'), ('roger', 'els'), ('piet', 'lore'),
                        ('lore', 'piet')):
            draft(to=to, as_=as_, status=422, code='person_unknown')
            ask(to, as_=as_, status=422, code='person_unknown')
        ask('jonas', 'piet', as_='lore', status=422, code='person_unknown')
        waiting = draft(to='jonas', as_='lore')
        db.execute('insert into person_block (org_id, blocker_id, blocked_id)'
                   ' values (%s, %s, %s)', [world.org_id,
                                            world.person('jonas'),
                                            world.person('lore')])
        send(waiting, as_='lore', status=422, code='person_unknown')
    finally:
        db.execute('delete from person_block where org_id = %s and'
                   ' %s in (blocker_id, blocked_id)',
                   [world.org_id, world.person('lore')])


def test_nothing_in_it_measures_a_person(document):
    """The only numbers: a version, and what the receiver says of the words;
    in what hosts ask, the scale is of the session."""
    allowed = {'version', 'useful', 'median', 'changed', 'will_try',
               'disagree', 'talked', 'question', 'choice', 'scale', 'number',
               'count'}
    found = set()

    def walk(node, name=''):
        if isinstance(node, dict):
            kinds = node.get('type', [])
            kinds = [kinds] if isinstance(kinds, str) else kinds
            if {'integer', 'number'} & set(kinds):
                found.add(name)
            for key, inner in node.items():
                for one, value in (inner.items() if key == 'properties'
                                   else [(name, inner)]):
                    walk(value, one)
        elif isinstance(node, list):
            for inner in node:
                walk(inner, name)
    schemas = document.json
    for name, schema in schemas['components']['schemas'].items():
        if name.startswith(('Feedback', 'Form')):
            walk(schema)
    assert found == allowed


# Sending

def test_sent_and_released_in_one(api, draft, send, db, world):
    made = send(draft())
    assert (made['state'], made['release'], made['window_ends_at']) == (
        'released', 'now', None)
    assert made['sent_at'] == made['released_at'] is not None
    theirs = api.get(path(made), as_='jonas').expect(200).json()
    assert (theirs['relation'], theirs['release'], theirs['sent_at'],
            theirs['advice']) == ('receiver', None, None, [])
    assert told(db, made) == [('feedback_received', 'jonas', 'els')]
    assert db.execute(
        'select e.kind, e.origin, p.part, n.user_name from exchange e'
        ' join exchange_person p on p.org_id = e.org_id'
        ' and p.exchange_id = e.id join person n on n.org_id = p.org_id'
        ' and n.id = p.person_id where e.object_id = %s order by 3',
        [made['id']]) == [('feedback', 'informal', 'giver', 'els'),
                          ('feedback', 'informal', 'receiver', 'jonas')]


def test_an_exchange_has_the_origin_of_its_session(draft, send, world, db):
    people = [world.person('els'), world.person('jonas')]
    session = fixtures.a_meeting(world, world.person('an'), people)
    db.execute("update session set origin = 'programme' where id = %s",
               [session])
    made = send(draft(about={'kind': 'session', 'id': session}))
    assert db.one('select origin from exchange where object_id = %s',
                  [made['id']]) == 'programme'


def test_something_has_to_be_said(api, draft, send):
    made = draft(keep=None, try_next=None)
    assert send(made, status=422, code='feedback_empty')
    api.patch(path(made), json={'keep': 'Your calm.', 'example': None}
              ).expect(200)
    done = send(made)
    assert done['advice'] == ['no_example', 'no_next_step']
    assert done['state'] == 'released', 'advice hinders nothing'


def test_after_release_it_stays_as_it_is(api, draft, send):
    made = send(draft())
    api.patch(path(made), json={'keep': 'Other words.'}).expect(
        409, code='feedback_not_drafted')
    send(made, status=409, code='feedback_not_drafted')
    act(api, made, 'withdraw', status=409, code='feedback_not_withdrawable')
    api.delete(path(made)).expect(403)
    assert api.get(path(made), as_='jonas').json()['keep'] == WORDS['keep']


def test_withdrawn_before_release(api, draft, send, db):
    one, two = draft(), send(draft(), release='window')
    for made in (one, two):
        assert act(api, made, 'withdraw')['state'] == 'withdrawn'
        api.get(path(made), as_='jonas').expect(404)
        act(api, made, 'withdraw', status=409,
            code='feedback_not_withdrawable')
        assert told(db, made) == []
        assert db.one('select count(*) from timer where object_id = %s',
                      [made['id']]) == 0


def test_a_stale_version(api, draft, send):
    made = draft()
    etag = api.get(path(made)).etag
    api.patch(path(made), json={'keep': 'Newer.'}).expect(200)
    for method, way, body in (
            ('PATCH', '', {'keep': 'Mine.'}), ('POST', '/withdraw', None),
            ('POST', '/send', {'release': 'now'})):
        api.call(method, path(made) + way, json=body,
                 headers={'If-Match': etag}).expect(412, code='stale_version')


# The window

def test_the_window_is_blind_until_both_have_sent(api, draft, send, db,
                                                  world):
    about = {'kind': 'skill', 'id': fixtures.a_skill(world)}
    mine = send(draft(about=about), release='window')
    assert mine['state'] == 'sent' and mine['window_ends_at']
    api.get(path(mine), as_='jonas').expect(404)
    other = send(draft(), release='window')  # about something else
    theirs = draft(to='els', as_='jonas', about=about)
    unrelated = send(draft(to='els', as_='an', about=about), as_='an',
                     release='window')
    assert api.get(path(mine)).json()['state'] == 'sent'
    theirs = send(theirs, as_='jonas', release='window')
    mine = api.get(path(mine)).json()
    assert mine['state'] == theirs['state'] == 'released'
    assert mine['released_at'] == theirs['released_at']
    assert api.get(path(mine), as_='jonas').json()['keep']
    assert api.get(path(theirs)).json()['keep']
    assert told(db, mine) == [('feedback_received', 'jonas', 'els')]
    assert told(db, theirs) == [('feedback_received', 'els', 'jonas')]
    for one, name in ((other, 'els'), (unrelated, 'an')):
        assert api.get(path(one), as_=name).json()['state'] == 'sent'
    assert db.one("select count(*) from timer where kind ="
                  " 'release_feedback' and object_id in (%s, %s)",
                  [mine['id'], theirs['id']]) == 0


def test_who_sends_at_once_opens_the_other_s_window(draft, send, api, world):
    words = world.word()
    mine = send(draft(about={'kind': 'work', 'text': words}),
                release='window')
    theirs = send(draft(to='els', as_='jonas', about={
        'kind': 'work', 'text': words.upper()}), as_='jonas')
    mine = api.get(path(mine)).json()
    assert mine['state'] == theirs['state'] == 'released'
    assert mine['released_at'] == theirs['released_at']


def test_the_window_ends(api, draft, send, clock, db, world):
    ends = fixtures.in_days(world, 3)
    made = send(draft(), release='window', window_ends_at=ends)
    assert made['window_ends_at'].startswith(ends[:-1])
    clock.advance(days=2)
    api.get(path(made), as_='jonas').expect(404)
    clock.advance(days=2)
    eventually(lambda: api.get(path(made)).json()['state'] == 'released', 120)
    assert api.get(path(made), as_='jonas').expect(200)
    assert told(db, made) == [('feedback_received', 'jonas', 'els')]
    assert db.one('select count(*) from exchange where object_id = %s',
                  [made['id']]) == 1


@pytest.mark.parametrize('members', [
    {'days': -1}, {'days': 31}, {'days': 5, 'release': 'now'}])
def test_windows_that_are_none(draft, send, world, members):
    ends = fixtures.in_days(world, members['days'])
    send(draft(), status=422, code='window_outside', window_ends_at=ends,
         release=members.get('release', 'window'))


def test_two_who_send_at_once(api, draft, world, server):
    """Each time both are released, never none.  Both are held up where their
    own is sent already and the other's not yet looked for."""
    holder = server.connect()
    holder.autocommit = False
    try:
        for _ in range(6):
            about = {'kind': 'work', 'text': world.word()}
            pair = [(draft(about=about), 'els'),
                    (draft(to='els', as_='jonas', about=about), 'jonas')]
            holder.cursor().execute('lock table timer in exclusive mode')
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                sent = [pool.submit(act, api, one, 'send', as_=name,
                                    body={'release': 'window'})
                        for one, name in pair]
                time.sleep(0.3)
                holder.rollback()
            assert all(one.result() for one in sent)
            done = [api.get(path(one), as_=name).json()
                    for one, name in pair]
            assert [one['state'] for one in done] == ['released'] * 2
            assert done[0]['released_at'] == done[1]['released_at']
    finally:
        holder.close()


# The receiver's

def test_read_and_useful(api, draft, send, db):
    made = send(draft())
    done = act(api, made, 'read', as_='jonas')
    assert done['state'] == 'read' and done['read_at']
    assert act(api, made, 'read', as_='jonas') == done, 'once is enough'
    assert api.get(path(made)).json()['state'] == 'read'
    body = {'useful': 0, 'did': 'disagree'}
    act(api, made, 'usefulness', as_='jonas', body=body)
    act(api, made, 'usefulness', as_='jonas', body={'useful': 3,
                                                    'did': 'talked'})
    assert api.get(path(made)).json()['usefulness'] == {
        'useful': 3, 'did': 'talked'}
    assert told(db, made) == [('feedback_received', 'jonas', 'els'),
                              ('feedback_useful', 'els', 'jonas')]
    for action, json in (('read', None), ('usefulness', body)):
        act(api, made, action, status=403, body=json)
        act(api, made, action, as_='piet', status=404, body=json)


@pytest.mark.parametrize('body', [
    {'useful': 4, 'did': 'changed'}, {'useful': -1, 'did': 'changed'},
    {'useful': 2}, {'did': 'changed'}, {'useful': 2, 'did': 'ignored'},
    {'useful': 2.5, 'did': 'changed'}])
def test_usefulness_that_is_none(api, draft, send, body):
    act(api, send(draft()), 'usefulness', as_='jonas', status=422,
        code='invalid_body', body=body)


def test_the_summary_needs_five(api, draft, send, db, world):
    """For the giver alone; below five it tells nothing."""
    db.execute('update feedback set useful = null, did = null, useful_at ='
               ' null where giver_id = %s', [world.person('bram')])
    for number, useful in enumerate((3, 0, 2, 3, 1, 3)):
        summary = api.get('/v1/me/feedback-usefulness', as_='bram').json()
        if number < 5:
            assert summary == {'enough': False, 'median': None, 'did': None}
        else:
            assert summary == {'enough': True, 'median': 2, 'did': {
                'changed': 0, 'will_try': 5, 'disagree': 0, 'talked': 0}}
        made = send(draft(as_='bram'), as_='bram')
        act(api, made, 'usefulness', as_='jonas',
            body={'useful': useful, 'did': 'will_try'})
    for roles in (['leader'], ['hr'], ['admin']):
        mine = api.get('/v1/me/feedback-usefulness', as_='koen', roles=roles)
        assert mine.json()['median'] is None


def test_shared_and_no_longer(api, draft, send, world):
    made = send(draft())
    leader = {'as_': 'an', 'roles': ['leader']}
    way = f"{path(made)}/shares/{world.person('an')}"
    api.get(path(made), **leader).expect(404)
    first = api.put(way, as_='jonas').expect(200).json()
    assert api.put(way, as_='jonas').json() == first, 'once'
    seen = api.get(path(made), **leader).expect(200).json()
    assert (seen['relation'], seen['keep']) == ('reader', WORDS['keep'])
    assert made['id'] in [x['id'] for x in api.pages(
        '/v1/me/shared-feedback', **leader)]
    for method, target in (('PUT', way), ('DELETE', way)):
        api.call(method, target).expect(403)
        api.call(method, target, **leader).expect(403)
        api.call(method, target, as_='piet').expect(404)
    api.delete(way, as_='jonas').expect(204)
    api.delete(way, as_='jonas').expect(404)
    api.get(path(made), **leader).expect(404)


def test_with_whom_one_can_share(api, draft, send, world, db):
    made = send(draft())
    share = path(made) + '/shares/'
    for name in ('jonas', 'roger'):
        api.put(share + world.person(name), as_='jonas').expect(404)
    api.put(share + world.person('els'), as_='jonas').expect(
        409, code='shared_with_giver')
    db.execute('insert into feedback_share (org_id, feedback_id, person_id)'
               ' select org_id, %s, id from person where org_id = %s'
               " and user_name not in ('els', 'jonas', 'hilde') and active"
               ' limit 50', [made['id'], world.org_id])
    api.put(share + world.person('hilde'), as_='jonas').expect(
        409, code='feedback_shares_full')


def test_deleted_by_its_receiver(api, draft, send, world, db):
    made = send(draft())
    api.put(f"{path(made)}/shares/{world.person('an')}", as_='jonas')
    act(api, made, 'usefulness', as_='jonas', body={'useful': 1,
                                                    'did': 'talked'})
    as_of = api.get('/v1/feedback', query={'direction': 'given'}).json()[
        'as_of']
    api.delete(path(made), as_='jonas').expect(204)
    api.delete(path(made), as_='jonas').expect(404)
    for name, direction in (('els', 'given'), ('jonas', 'received')):
        api.get(path(made), as_=name).expect(404)
        query = {'direction': direction}
        assert made['id'] not in [x['id'] for x in api.pages(
            '/v1/feedback', as_=name, query=query)]
        stone = [x for x in api.pages('/v1/feedback', as_=name, query={
            **query, 'updated_since': as_of, 'order': 'updated'})
            if x['id'] == made['id']][0]
        assert stone['deleted_at'] and stone['state'] == 'deleted'
        assert [stone[name] for name in (*WORDS, 'usefulness')] == [None] * 5
    assert db.one('select count(*) from feedback_share where feedback_id'
                  ' = %s', [made['id']]) == 0


def test_events_tell_no_words(api, draft, send, db):
    made = draft(keep='A secret word')
    api.patch(path(made), json={'try_next': 'Another secret'}).expect(200)
    send(made)
    events = db.execute('select event, body::text from outbox where'
                        ' object_id = %s order by id', [made['id']])
    assert [x[0] for x in events] == [
        'feedback.created', 'feedback.updated', 'feedback.sent',
        'feedback.released']
    assert 'ecret' not in str(events)


# Requests

def request_of(api, ask, **members):
    made = ask(**members)
    return made['requests'][0]


def test_asking_several(api, ask, world, db):
    made = ask('jonas', 'an', 'nina', due_at='2099-01-01T00:00:00Z')
    assert {x['asked_name'] for x in made['requests']} == {
        'Jonas Maes', 'An Janssens', 'Nina Becker'}
    mine = api.pages('/v1/feedback-requests', query={
        'direction': 'asked', 'ask_id': made['id']})
    assert {x['id'] for x in mine} == {x['id'] for x in made['requests']}
    theirs = [x for x in api.pages('/v1/feedback-requests', as_='nina', query={
        'direction': 'received', 'state': 'open'})
        if x['id'] in {y['id'] for y in made['requests']}]
    assert len(theirs) == 1 and theirs[0]['ask_id'] is None
    assert 'Jonas' not in str(theirs), 'nobody sees who else was asked'
    assert told(db, theirs[0]) == [('feedback_requested', 'nina', 'els')]


@pytest.mark.parametrize('members, code', [
    ({'to': []}, 'invalid_body'), ({'about': {'kind': 'work'}},
                                   'invalid_body'),
    ({'due_at': '2020-01-01T00:00:00Z'}, 'due_at_past'),
    ({'to': [str(uuid.uuid4())]}, 'person_unknown'),
    ({'to': [str(uuid.uuid4()) for _ in range(11)]}, 'invalid_body'),
    ({'about': {'kind': 'skill', 'id': str(uuid.uuid4())}},
     'about_unknown')])
def test_requests_that_are_refused(ask, members, code):
    ask(status=422, code=code, **members)


def test_one_person_spelt_twice_is_asked_once(ask, world):
    jonas = world.person('jonas')
    assert len(ask(to=[jonas, jonas.upper()])['requests']) == 1


def test_twenty_are_open_at_most(api, ask, world, db):
    names = ('an', 'jonas', 'piet', 'nina', 'felix', 'greta', 'bram', 'wim',
             'claire', 'hugo')
    lore = {'as_': 'griet'}
    db.execute("update feedback_request set state = 'withdrawn' where"
               ' asker_id = %s', [world.person('griet')])
    first = ask(*names, **lore)
    ask(*names[:9], **lore)
    ask('an', 'jonas', status=409, code='feedback_requests_full', **lore)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: api.post(
            '/v1/feedback-requests', **lore, json={
                'to': [world.person('an')], 'context': 'A fixture.',
                'about': {'kind': 'work', 'text': 'x'}}), range(6)))
    assert sorted(x.status_code for x in replies) == [201] + [409] * 5
    one = first['requests'][0]
    api.post(f"/v1/feedback-requests/{one['id']}/withdraw", **lore).expect(
        200)
    ask('an', **lore)


def test_answering(api, ask, send, db, world):
    one = request_of(api, ask)
    way = f"/v1/feedback-requests/{one['id']}"
    made = api.post(f'{way}/feedback', as_='jonas', json=WORDS).expect(
        201).json()
    assert (made['request_id'], made['receiver_id']) == (
        one['id'], world.person('els'))
    api.post(f'{way}/feedback', as_='jonas', json=WORDS).expect(
        409, code='feedback_given_already')
    assert api.get(way).json()['feedback_id'] is None, 'a draft is unseen'
    assert api.get(way, as_='jonas').json()['feedback_id'] == made['id']
    api.post(f'{way}/feedback', json=WORDS).expect(403)
    send(made, as_='jonas', release='window')
    assert api.get(way).json()['state'] == 'open', 'nor that it waits'
    act(api, made, 'withdraw', as_='jonas')
    again = api.post(f'{way}/feedback', as_='jonas', json=WORDS).expect(
        201).json()
    send(again, as_='jonas')
    done = api.get(way).json()
    assert (done['state'], done['feedback_id']) == ('answered', again['id'])
    api.post(f'{way}/feedback', as_='jonas', json=WORDS).expect(
        409, code='feedback_request_not_open')
    for action, name in (('decline', 'jonas'), ('withdraw', 'els')):
        api.post(f'{way}/{action}', as_=name, json={} if name == 'jonas'
                 else None).expect(409, code='feedback_request_not_open')


def test_declining(api, ask, db):
    for reason in (None, 'I was on leave.'):
        one = request_of(api, ask)
        way = f"/v1/feedback-requests/{one['id']}"
        api.post(f'{way}/decline', json={}).expect(403)
        api.post(f'{way}/decline', as_='piet', json={}).expect(404)
        done = api.post(f'{way}/decline', as_='jonas',
                        json={'reason': reason}).expect(200).json()
        assert (done['state'], done['reason']) == ('declined', reason)
        assert told(db, one) == [('feedback_requested', 'jonas', 'els'),
                                 ('feedback_declined', 'els', 'jonas')]
        assert api.get(way).json()['reason'] == reason


def test_withdrawing_a_request(api, ask, send):
    """Who had begun may still send: then nobody had asked."""
    one = request_of(api, ask)
    way = f"/v1/feedback-requests/{one['id']}"
    made = api.post(f'{way}/feedback', as_='jonas', json=WORDS).json()
    api.post(f'{way}/withdraw', as_='jonas').expect(403)
    assert api.post(f'{way}/withdraw').expect(200).json()[
        'state'] == 'withdrawn'
    send(made, as_='jonas')
    assert api.get(way).json()['state'] == 'withdrawn'
    assert api.get(path(made)).json()['keep'] == WORDS['keep']


# Every state x every action x every relation, as states.yaml says

def machines(root):
    import yaml
    return yaml.safe_load((root / 'openapi' / 'states.yaml').read_text())


@pytest.mark.parametrize('kind', ['feedback', 'feedback_request'])
def test_the_state_machine(kind, root, world, document, db):
    import importlib
    machine = machines(root)[kind]
    stages = importlib.import_module(f'stages.{kind}')
    tried = 0
    for action, rule in machine['actions'].items():
        operation = document.operations[action]
        for state in machine['states']:
            for relation, who in stages.RELATIONS.items():
                one = stages.stage(world, state)
                assert state_of(db, machine, one) == state
                reply = world.api.call(
                    operation.method, operation.path(**{f'{kind}_id': one}),
                    json=stages.body(world, action, one), **who)
                hidden = machine.get('hidden', {}).get(relation, ())
                after = state
                where = f'{action} {state} {relation}: {reply}'
                if state in hidden:
                    assert reply.status_code == 404, where
                elif relation not in rule['by']:
                    assert reply.status_code == rule['others'][relation], where
                elif state in rule['from']:
                    assert reply.status_code < 300, where
                    after = rule['from'][state]
                else:
                    assert (reply.status_code, reply.code) == (
                        409, rule['refusal']), where
                assert state_of(db, machine, one) == after, where
                tried += 1
    assert tried == len(machine['actions']) * len(machine['states']) * len(
        stages.RELATIONS)


def state_of(db, machine, one):
    return db.one(f"select state from {machine['table']} where id = %s",
                  [one])


@pytest.mark.parametrize('kind', ['feedback', 'feedback_request'])
def test_sql_has_the_same_states(kind, root, db):
    machine = machines(root)[kind]
    text = db.one('select pg_get_constraintdef(oid) from pg_constraint'
                  ' where conname = %s', [f'{kind}_state_known'])
    import re
    assert set(re.findall("'([a-z_]+)'", text)) == set(machine['states'])


def test_what_is_told_has_words(db):
    kinds = ('feedback_requested', 'feedback_received', 'feedback_declined',
             'feedback_useful')
    rows = db.execute('select kind, language, text from notification_text'
                      ' where kind = any(%s)', [list(kinds)])
    assert {row[:2] for row in rows} == {
        (kind, language) for kind in kinds
        for language in ('en', 'nl', 'fr', 'de')}
    assert all('{actor}' in text and '{title}' in text for *_, text in rows)


# Lists

def test_filters(api, draft, send, world):
    about = {'kind': 'skill', 'id': fixtures.plain_skill(world)}
    made = [send(draft(about=about, to=to)) for to in ('jonas', 'nina')]
    draft(about=about, to='nina')
    for query, count in (({}, 3), ({'state': 'drafted'}, 1),
                         ({'state': 'released,read'}, 2),
                         ({'person_id': world.person('nina')}, 2),
                         ({'person_id': str(uuid.uuid4())}, 0)):
        found = api.pages('/v1/feedback', query={
            'direction': 'given', 'about_id': about['id'], **query})
        assert len(found) == count, query
    newest = api.pages('/v1/feedback', query={
        'direction': 'given', 'about_id': about['id'],
        'state': 'released'})
    assert [x['id'] for x in newest] == [x['id'] for x in reversed(made)]
    api.get('/v1/feedback').expect(400)
    api.get('/v1/feedback-requests').expect(400)


# The demonstration

def test_els_has_an_example_of_every_state(db, world):
    """As it was loaded: a test that moves the clock ends windows."""
    els = world.person('els')
    loaded = "case when release = 'window' then 'sent' else state end"
    for table, state, mine, theirs in (
            ('feedback', loaded, 'giver_id', 'receiver_id'),
            ('feedback_request', 'state', 'asker_id', 'asked_id')):
        states = db.one('select pg_get_constraintdef(oid) from pg_constraint'
                        ' where conname = %s', [f'{table}_state_known'])
        for column in (mine, theirs):
            found = db.column(
                f'select distinct {state} from {table} where {column} = %s'
                " and id::text like '01923c1b-7100-7000-8000-000000000%%'",
                [els])
            assert all(f"'{one}'" in states for one in found)
            assert len(found) == states.count("'::text"), (table, column)


def test_no_sentence_occurs_twice(db):
    texts = db.column(
        'select unnest(array[context, keep, try_next, example]) from feedback'
        " where id::text like '01923c1b-7100-7000-8000-000000000%%'"
        ' union all select unnest(array[context, reason])'
        ' from feedback_request'
        " where id::text like '01923c1b-7100-7000-8000-000000000%%'")
    texts = [text for text in texts if text]
    assert len(texts) == len(set(texts)) > 120
