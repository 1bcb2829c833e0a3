"""The demonstration: els meets an example of every state, lists go on where
that is believable, months of activity, no sentence twice, three languages.

Mutations, each tried and caught: els's lapsed seat left out of 0009_seats.sql;
a check-in copied from another goal; `peer` for `import`; the notifications of
0010_news.sql left out; sessions of the last ten weeks alone.
"""

import collections
import datetime
import re

import pytest
import requests

from harness.database import Database
from harness.running import Server

# Whose words they are, in which columns; an array or an object is read as text.
WORDS = {
    'session': 'title description recap state_reason outcomes notes',
    'goal': 'title why measure_text learned', 'goal_check_in': 'text',
    'goal_milestone': 'title', 'goal_template': 'title description',
    # What it is about has one name in a question and its answer.
    'feedback': 'context keep try_next example did',
    'feedback_request': 'context reason',
    'claim': 'note', 'claim_evidence': 'title', 'endorsement': 'text',
    'feedback_answer': 'answers', 'feedback_form': 'questions',
}
TELLTALE = {'nl': r'\b(de|het|een|niet|ik)\b', 'en': r'\b(the|and|is|of|my)\b',
            'fr': r'\b(le|la|les|des|une|est)\b'}


@pytest.fixture(scope='module')
def shown():
    """A server on which nobody has done anything yet."""
    with Server().running() as server:
        server.command('demo', 'load')
        yield server


@pytest.fixture(scope='module')
def rows(shown):
    return Database(shown.connect())


@pytest.fixture(scope='module')
def get(shown):
    token = shown.token('demo', 'els', ('member',))

    def read(path, **query):
        reply = requests.get(shown.url + path, params=query, headers={
            'Authorization': f'Bearer {token}', 'Accept-Language': 'nl'})
        assert reply.status_code == 200, (path, reply.text)
        return reply.json()
    return read


@pytest.fixture(scope='module')
def every(get):
    def read(path, **query):
        items, after = [], {}
        while True:
            page = get(path, limit=200, **after, **query)
            items += page['items']
            if not page['next']:
                return items
            after = {'after': page['next']}
    return read


def of(shown, kind):
    document = requests.get(shown.url + '/openapi.json').json()
    return set(document['x-states'][kind]['states'])


def test_els_meets_every_state(shown, get, every):
    me = get('/v1/me')['id']
    met = {
        'session': {item['state'] for item in every('/v1/sessions')},
        'seat': {item['state'] for item in every('/v1/me/seats')},
        'goal': {item['state'] for item in every('/v1/goals')
                 if item['person_id'] == me},
        'skill': {item['state'] for item in every(
            '/v1/skills', state='suggested,active,deprecated,merged')},
        'feedback': {item['state'] for way in ('given', 'received')
                     for item in every('/v1/feedback', direction=way)},
        'feedback_request': {
            item['state'] for way in ('asked', 'received')
            for item in every('/v1/feedback-requests', direction=way)},
        # A claim that was given up is a tombstone.
        'claim': {'retired', *(item['state']
                               for item in every('/v1/me/skills'))},
    }
    # A withdrawn endorsement is in no list, a deleted feedback of the
    # receiver's neither.
    missing = {kind: of(shown, kind) - states for kind, states in met.items()}
    missing['feedback'] -= {'deleted'}
    assert not any(missing.values()), missing
    roles = {item['my_role'] for item in every('/v1/sessions')}
    assert roles == {'host', 'facilitator', 'participant', None}
    assert {item['part'] for item in every('/v1/goals')} == {
        'owner', 'companion', 'invited', 'none'}
    assert {item['health'] for item in every('/v1/goals')
            if item['part'] == 'owner'} == {
        'on_track', 'slow', 'stuck', 'not_updated', None}


def test_els_meets_every_attendance(every, rows):
    mine = {(item['attendance'], item['attendance_source'])
            for item in every('/v1/me/seats')}
    assert mine == {
        (None, None), ('unknown', None), ('present', 'self_checkin'),
        ('present', 'peer'), ('present', 'import'),
        ('excused', 'facilitator'), ('no_show', 'facilitator')}
    # Nobody was a no_show by the word of a peer.
    assert rows.one("select count(*) from seat where attendance_source ="
                    " 'peer' and attendance <> 'present'") == 0


@pytest.mark.parametrize('path', ['/v1/sessions', '/v1/me/notifications',
                                  '/v1/people', '/v1/skills'])
def test_lists_have_a_second_page(get, path):
    first = get(path)
    assert len(first['items']) == 50
    second = get(path, after=first['next'])['items']
    assert second and {item['id'] for item in second}.isdisjoint(
        item['id'] for item in first['items'])


def test_what_els_is_told_is_whole(every):
    """In words, of things that are there; some of it not read yet."""
    items = every('/v1/me/notifications')
    assert all('…' not in item['text'] for item in items)
    assert not [item['text'] for item in items if 'Iemand' in item['text']]
    unread = [item for item in items if item['read_at'] is None]
    assert 0 < len(unread) < len(items) / 2
    assert len({item['kind'] for item in items}) >= 18
    assert {'goal_silent', 'session_soon', 'session_cancelled', 'seat_taken',
            'seat_offer_lapsed'} <= {item['kind'] for item in items}


def test_a_form_with_answers_and_one_to_answer(get, every):
    mine = [item for item in every('/v1/sessions', state='held')
            if item['my_role'] == 'host']
    results = get(f"/v1/sessions/{mine[0]['id']}/feedback-results")
    assert results['enough'] and results['count'] == 6
    assert [len(one['texts'] or ()) for one in results['questions']] == [
        0, 0, 0, 6]


def test_some_months_of_activity(rows):
    """Never two weeks of four months without a session or a check-in."""
    gap = rows.one("""
        select max(t.at - before) from (
            select at, lag(at, 1, clock() - interval '120 days')
                       over (order by at) as before
              from (select lower(during) as at from session
                     where state = 'held'
                    union all select created_at from goal_check_in
                    union all select clock()) t
             where at between clock() - interval '120 days' and clock()) t""")
    assert gap < datetime.timedelta(days=14), gap
    for table in ('goal', 'feedback', 'endorsement', 'claim', 'seat'):
        days = rows.one('select extract(day from clock() - min(created_at))'
                        f' from {table}')
        assert days > 70, (table, days)


@pytest.fixture(scope='module')
def words(rows):
    """(where, text) of everything that somebody wrote."""
    found = []
    for table, columns in WORDS.items():
        there = set(rows.column(
            'select column_name from information_schema.columns where'
            ' table_name = %s', [table]))
        assert there, table
        for column in set(columns.split()) & there:
            found += [(f'{table}.{column}', text) for text in rows.column(
                f'select {column}::text from "{table}"'
                f' where {column} is not null')]
    assert len(found) > 500
    return found


def test_no_sentence_occurs_twice(words):
    """Of three words or more; a form's answers hold numbers, too."""
    seen = collections.defaultdict(list)
    for where, text in words:
        for sentence in re.split(r'(?<=[.!?])\s+|"|\n', text):
            sentence = sentence.strip(' .,:[]{}').lower()
            if len(re.findall(r'\w+', sentence)) >= 3:
                seen[sentence].append(where)
    twice = {sentence: where for sentence, where in seen.items()
             if len(where) > 1}
    assert not twice, '\n'.join(f'{len(where)} x {sentence}: {set(where)}'
                                for sentence, where in twice.items())


def test_in_three_languages(words):
    texts = [text for _, text in words if len(text) > 30]
    for language, pattern in TELLTALE.items():
        share = sum(bool(re.search(pattern, text)) for text in texts)
        assert share > len(texts) / 10, (language, share, len(texts))
