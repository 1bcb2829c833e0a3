"""Who sees feedback and who sees a request for it: every relation of the
viewer x every state, asked of the views themselves and over the API.

Mutations: `f.released_at is not null` left out for the receiver; a word left
in a tombstone; a reader told the state, the version or the time of what
became of it; the receiver the version on paper; an id of UUIDv7.
"""

import pytest

from harness.cast import Cast, who
from harness.waiting import eventually

STATES = ('drafted', 'sent', 'released', 'read', 'withdrawn', 'deleted')
TOLD = {'released', 'read'}
# viewer -> states in which there is something to see (tombstones apart)
SEES = {
    'giver': {'drafted', 'sent', 'released', 'read', 'withdrawn'},
    'receiver': TOLD,
    'shared-with leader': TOLD,
    'shared-with colleague': TOLD,
    'blocked by the giver, shared with': set(),
    'blocks the receiver, shared with': set(),
    'no longer shared with': set(),
    'leader': set(),
    'leader of the leader': set(),
    'leader of the giver': set(),
    'teammate': set(),
    'hr': set(),
    'admin': set(),
    'colleague': set(),
    'blocked by the receiver': set(),
    'other organisation': set(),
    'machine': set(),
}
SHARED = [name for name in SEES if 'hared' in name and 'no longer' not in name]
ON_THE_API = [name for name in SEES if name != 'machine']
ALSO_TOMBSTONES = {'giver', 'receiver'}
REQUEST_STATES = ('open', 'answered', 'declined', 'withdrawn')


class FeedbackCast(Cast):
    def leave(self):
        ids = ('select id from feedback where giver_id = any(%s::uuid[])'
               ' or receiver_id = any(%s::uuid[])')
        people = list(self.people.values())
        for text in (f'delete from feedback_share where feedback_id in ({ids})',
                     f'delete from timer where object_id in ({ids})'):
            self.db.execute(text, [people, people])
        for table, column in (
                ('exchange_person', 'person_id'),
                ('notification', 'person_id'), ('notification', 'actor_id'),
                ('feedback', 'giver_id'), ('feedback', 'receiver_id'),
                ('feedback_request', 'asker_id'),
                ('feedback_request', 'asked_id'),
                ('feedback_share', 'person_id')):
            self.db.execute(f'delete from {table} where {column}'
                            ' = any(%s::uuid[])', [people])
        super().leave()


@pytest.fixture(scope='module')
def cast(server, db):
    cast = FeedbackCast(server, db)
    cast.surround('receiver', SEES)
    cast.employ('leader of the giver', 'elsewhere')
    cast.employ('giver', 'elsewhere', manager='leader of the giver')
    cast.employ('shared-with leader', 'elsewhere',
                manager='leader of the leader')
    for name in ('shared-with colleague', 'blocked by the giver, shared with',
                 'blocks the receiver, shared with', 'no longer shared with',
                 'colleague', 'blocked by the receiver'):
        cast.employ(name, 'elsewhere')
    yield cast
    cast.leave()


@pytest.fixture(scope='module')
def feedback(cast, api):
    """{state: id}; released ones are shared with whom the table says."""
    giver, receiver = who(cast, 'giver'), who(cast, 'receiver')
    made = {}
    for state in STATES:
        one = api.post('/v1/feedback', json={
            'receiver_id': cast.people['receiver'], 'keep': f'secret {state}',
            'context': f'secret {state}', 'example': f'secret {state}',
            'about': {'kind': 'work', 'text': f'secret {state}'}},
            **giver).expect(201).json()['id']
        way, made[state] = f'/v1/feedback/{one}', one
        api.patch(way, json={'try_next': 'secret'}, **giver).expect(200)
        if state == 'withdrawn':
            api.post(f'{way}/withdraw', **giver).expect(200)
        elif state != 'drafted':
            api.post(f'{way}/send', **giver, json={
                'release': 'window' if state == 'sent' else 'now'}).expect(200)
        if state in (*TOLD, 'deleted'):
            for name in (*SHARED, 'no longer shared with'):
                api.put(f'{way}/shares/{cast.people[name]}', **receiver
                        ).expect(200)
            api.delete(f"{way}/shares/{cast.people['no longer shared with']}",
                       **receiver).expect(204)
        if state == 'read':
            api.post(f'{way}/usefulness', **receiver, json={
                'useful': 3, 'did': 'changed'}).expect(200)
        if state == 'deleted':
            api.delete(way, **receiver).expect(204)
    cast.block('giver', 'blocked by the giver, shared with')
    cast.block('blocks the receiver, shared with', 'receiver')
    cast.block('receiver', 'blocked by the receiver')
    return made


@pytest.mark.parametrize('viewer', SEES)
def test_the_view(cast, feedback, viewer):
    rows = cast.view(
        viewer, 'select state, relation, keep, context, example, about_text,'
        ' useful, release, created_at = shown_at, did, version,'
        ' updated_at = shown_at, id::text'
        ' from visible_feedback where id = any(%s::uuid[])',
        [list(feedback.values())])
    ids = {one: state for state, one in feedback.items()}
    found = {ids[row[12]]: row for row in rows}
    tombstone = found.pop('deleted', None)
    assert set(found) == SEES[viewer]
    assert (tombstone is not None) == (viewer in ALSO_TOMBSTONES)
    if tombstone:
        assert 'secret' not in str(tombstone)
        assert tombstone[2:5] == (None, None, None)
    relation = {'giver': 'giver', 'receiver': 'receiver'}.get(
        viewer, 'reader')
    for state, row in found.items():
        assert row[1] == relation
        # What became of it is the giver's and the receiver's.
        assert row[6] == (3 if state == 'read' and relation != 'reader'
                          else None)
        # How it was sent, and how long it was on paper, is the giver's.
        assert (row[7] is None) == (relation != 'giver'
                                    or state in ('drafted', 'withdrawn'))
        assert relation == 'giver' or row[8]
        untouched = state == 'released' or relation == 'reader'
        assert row[0] == ('released' if relation == 'reader' else state)
        if relation != 'giver':
            assert (row[10] == 1) == row[11] == untouched
        # A UUIDv7 says when it was begun.
        assert row[12][14] == '4'


@pytest.mark.parametrize('state', STATES)
@pytest.mark.parametrize('viewer', ON_THE_API)
def test_reading_one(cast, feedback, api, viewer, state):
    reply = api.get(f'/v1/feedback/{feedback[state]}', **who(cast, viewer))
    if state in SEES[viewer]:
        assert reply.expect(200).json()['keep'] == f'secret {state}'
    else:
        reply.expect(404)


@pytest.mark.parametrize('viewer', ON_THE_API)
def test_the_lists(cast, feedback, api, viewer):
    ids = {one: state for state, one in feedback.items()}
    for way, query, of in (
            ('/v1/feedback', {'direction': 'given'}, {'giver'}),
            ('/v1/feedback', {'direction': 'received'}, {'receiver'}),
            ('/v1/me/shared-feedback', {}, set(SHARED))):
        items = api.pages(way, query=query, **who(cast, viewer))
        assert {ids[item['id']] for item in items} == (
            SEES[viewer] if viewer in of else set())


@pytest.mark.parametrize('viewer', ON_THE_API)
def test_with_whom_it_is_shared(cast, feedback, api, viewer):
    """The receiver alone knows; the others who see it may not ask."""
    reply = api.get(f"/v1/feedback/{feedback['read']}/shares",
                    **who(cast, viewer))
    if viewer == 'receiver':
        assert {item['person_id'] for item in reply.expect(
            200).json()['items']} == {cast.people[name] for name in SHARED}
    else:
        reply.expect(403 if 'read' in SEES[viewer] else 404)


@pytest.fixture(scope='module')
def requests(cast, feedback, api):
    """{state: id}: the receiver asks the giver, and others of the cast."""
    asker, asked = who(cast, 'receiver'), who(cast, 'giver')
    made = {}
    for state in REQUEST_STATES:
        reply = api.post('/v1/feedback-requests', **asker, json={
            'to': [cast.people['giver'], cast.people['colleague']],
            'about': {'kind': 'work', 'text': state}}).expect(201).json()
        one = [x['id'] for x in reply['requests']
               if x['asked_id'] == cast.people['giver']][0]
        way, made[state] = f'/v1/feedback-requests/{one}', one
        if state == 'declined':
            api.post(f'{way}/decline', **asked, json={
                'reason': 'no time'}).expect(200)
        elif state == 'withdrawn':
            api.post(f'{way}/withdraw', **asker).expect(200)
        elif state == 'answered':
            draft = api.post(f'{way}/feedback', **asked, json={
                'try_next': 'less'}).expect(201).json()['id']
            api.post(f'/v1/feedback/{draft}/send', **asked,
                     json={'release': 'now'}).expect(200)
    return made


@pytest.mark.parametrize('viewer', SEES)
def test_the_view_of_requests(cast, requests, viewer):
    rows = cast.view(
        viewer, 'select state, relation, ask_id from visible_feedback_request'
        ' where id = any(%s::uuid[])', [list(requests.values())])
    sees = {'receiver': 'asker', 'giver': 'asked'}
    assert {row[0] for row in rows} == (
        set(REQUEST_STATES) if viewer in sees else set())
    for _, relation, ask in rows:
        assert relation == sees[viewer]
        assert (ask is not None) == (relation == 'asker')


@pytest.mark.parametrize('viewer', ON_THE_API)
def test_reading_a_request(cast, requests, api, viewer):
    for one in requests.values():
        api.get(f'/v1/feedback-requests/{one}', **who(cast, viewer)).expect(
            200 if viewer in ('receiver', 'giver') else 404)


def test_a_block_hides_a_request_from_who_is_asked(cast, requests, api, db):
    way = f"/v1/feedback-requests/{requests['open']}"
    for blocker, blocked in (('giver', 'receiver'), ('receiver', 'giver')):
        cast.block(blocker, blocked)
        try:
            api.get(way, **who(cast, 'giver')).expect(404)
            api.post(f'{way}/decline', json={}, **who(cast, 'giver')
                     ).expect(404)
            assert api.get(way, **who(cast, 'receiver')).json()[
                'state'] == 'open'
        finally:
            db.execute('delete from person_block where blocker_id = %s and'
                       ' blocked_id = %s', [cast.people[blocker],
                                            cast.people[blocked]])


@pytest.mark.parametrize('blocker, blocked', [
    ('giver', 'receiver'), ('receiver', 'giver')])
def test_what_was_released_stays_after_a_block(
        cast, feedback, api, db, clock, blocker, blocked):
    """It is the receiver's.  What comes after the block does not come."""
    giver, receiver = who(cast, 'giver'), who(cast, 'receiver')
    late = api.post('/v1/feedback', **giver, json={
        'receiver_id': cast.people['receiver'], 'keep': 'too late',
        'about': {'kind': 'work', 'text': f'late {blocker}'}}).json()['id']
    api.post(f'/v1/feedback/{late}/send', **giver, json={
        'release': 'window'}).expect(200)
    cast.block(blocker, blocked)
    try:
        api.get(f"/v1/feedback/{feedback['released']}", **receiver).expect(200)
        clock.advance(days=8)
        eventually(lambda: api.get(f'/v1/feedback/{late}', **giver).json()[
            'state'] == 'released', 120)
        api.get(f'/v1/feedback/{late}', **receiver).expect(404)
        assert db.one('select count(*) from notification where object_id'
                      ' = %s', [late]) == 0
        assert db.one('select count(*) from exchange where object_id = %s',
                      [late]) == 0
    finally:
        db.execute('delete from person_block where blocker_id = %s and'
                   ' blocked_id = %s', [cast.people[blocker],
                                        cast.people[blocked]])
