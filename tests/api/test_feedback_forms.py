"""What a session asks, who answers, and what its host is told.

Mutations: `n.count >= 4` for `>= 5`; `s.is_over` left out of the results;
forget_answerers forgets nothing; put_feedback_form without the form's lock
(test_a_form_waits_for_who_answers_it); give_feedback_answers not sealed
(test_no_key_keeps_who_said_what); forget_answerers without another date.
"""

import concurrent.futures
import contextlib
import datetime
import json

import pytest

import fixtures
from harness import locks
from harness.waiting import eventually

NAMES = ('els', 'jonas', 'an', 'piet', 'nina', 'felix')


@pytest.fixture(scope='module')
def world(worlds):
    return worlds['demo']


@pytest.fixture
def session(world):
    def make(people=NAMES, form=True, **more):
        made = fixtures.a_meeting(
            world, world.person('bram'), [world.person(x) for x in people],
            facilitators=[world.person('wim')], **more)
        if form:
            fixtures.with_form(world, made, 'bram')
        return made
    return make


def way(session, what):
    return f'/v1/sessions/{session}/feedback-{what}'


def give(api, session, as_='els', status=201, code=None, answers=None,
         method='POST'):
    return api.call(method, way(session, 'answers'), as_=as_, json={
        'answers': answers or [{'question': 3, 'scale': 4}]}).expect(
        status, code=code).json()


def results(api, session, as_='bram', status=200):
    return api.get(way(session, 'results'), as_=as_).expect(status).json()


def test_no_key_keeps_who_said_what(api, db, session):
    one = session()
    body = {'answers': [{'question': 1, 'text': 'Only I would say this.'}]}
    given = api.call('POST', way(one, 'answers'), as_='els', json=body,
                     headers={'Idempotency-Key': 'mine'})
    if given.status_code == 400:
        give(api, one, answers=body['answers'])
    assert not db.one('select true from idempotency_key where answer like %s',
                      ['%Only I would%'])
    given.expect(400, code='key_not_allowed')
    give(api, one, status=409, code='answers_given_already')


# The form

def test_a_form(api, session):
    one = session(form=False)
    api.get(way(one, 'form'), as_='bram').expect(404)
    give(api, one, status=404)
    body = {'questions': fixtures.QUESTIONS}
    api.put(way(one, 'form'), as_='wim', json=body).expect(403)
    api.put(way(one, 'form'), as_='els', json=body).expect(403)
    api.put(way(one, 'form'), as_='lore', json=body).expect(404)
    made = api.put(way(one, 'form'), as_='bram', json=body).expect(200).json()
    assert [x['kind'] for x in made['questions']] == [
        'text', 'choice', 'scale', 'yes_no']
    assert made['questions'][1]['options'][0] == {'nl': 'Oefenen'}
    for name in ('els', 'wim', 'bram'):
        assert api.get(way(one, 'form'), as_=name).json() == made
    api.get(way(one, 'form'), as_='lore').expect(404)
    api.get(way(one, 'form'), as_='hilde', roles=['hr']).expect(404)
    again = api.put(way(one, 'form'), as_='bram', json={
        'questions': fixtures.QUESTIONS[:1]}).expect(200).json()
    assert (again['version'], len(again['questions'])) == (2, 1)
    api.put(way(one, 'form'), as_='bram', json=body, headers={
        'If-Match': '"1.00000000"'}).expect(412, code='stale_version')
    give(api, one, answers=[{'question': 1, 'text': 'Good.'}])
    api.put(way(one, 'form'), as_='bram', json=body).expect(
        409, code='form_answered_already')


TEXT = {'en': 'Words?'}


@pytest.mark.parametrize('question', [
    {'kind': 'text'}, {'text': TEXT}, {'kind': 'text', 'text': {}},
    {'kind': 'text', 'text': {'es': 'Si'}}, {'kind': 'stars', 'text': TEXT},
    {'kind': 'choice', 'text': TEXT}, {'kind': 'scale', 'text': TEXT},
    {'kind': 'choice', 'text': TEXT, 'options': [TEXT]},
    {'kind': 'choice', 'text': TEXT, 'options': [TEXT] * 9},
    {'kind': 'text', 'text': TEXT, 'options': [TEXT, TEXT]},
    {'kind': 'yes_no', 'text': TEXT, 'scale_of': 'pace'},
    # A scale is of the session: there is none of a person.
    {'kind': 'scale', 'text': TEXT, 'scale_of': 'facilitator'},
    {'kind': 'scale', 'text': TEXT, 'scale_of': 'person'}])
def test_questions_that_are_none(api, session, question):
    api.put(way(session(form=False), 'form'), as_='bram', json={
        'questions': [question]}).expect(422, code='invalid_body')


def test_twelve_questions_at_most(api, session):
    for count, status in ((12, 200), (13, 422), (0, 422)):
        api.put(way(session(form=False), 'form'), as_='bram', json={
            'questions': [{'kind': 'text', 'text': TEXT}] * count}).expect(
            status)


# Answers

def test_answering(api, session, db):
    one = session()
    given = give(api, one, answers=[
        {'question': 4, 'yes_no': False}, {'question': 1, 'text': 'Ok.'}])
    assert [x['question'] for x in given['answers']] == [1, 4]
    give(api, one, status=409, code='answers_given_already')
    changed = give(api, one, method='PUT', status=200)
    assert api.get(way(one, 'answers')).json() == changed
    assert db.one('select count(*) from feedback_answer where session_id'
                  ' = %s', [one]) == 1
    give(api, one, as_='jonas', method='PUT', status=404)
    api.get(way(one, 'answers'), as_='jonas').expect(404)
    for name, status in (('bram', 403), ('wim', 403), ('lore', 404)):
        give(api, one, as_=name, status=status)


@pytest.mark.parametrize('answers', [
    [{'question': 5, 'text': 'x'}], [{'question': 1, 'scale': 3}],
    [{'question': 2, 'choice': 4}], [{'question': 3, 'text': 'fine'}],
    [{'question': 4, 'choice': 1}],
    [{'question': 1, 'text': 'x'}, {'question': 1, 'text': 'y'}]])
def test_answers_that_do_not_fit(api, session, answers):
    one = session()
    give(api, one, status=422, code='answer_misfits', answers=answers)
    give(api, one)
    give(api, one, status=422, code='answer_misfits', answers=answers,
         method='PUT')


@pytest.mark.parametrize('answer', [
    {'question': 1}, {'question': 1, 'text': ''}, {'text': 'x'},
    {'question': 1, 'text': 'x', 'scale': 2}, {'question': 3, 'scale': 6},
    {'question': 3, 'scale': 0}, {'question': 1, 'person_id': 'x'}])
def test_answers_that_are_none(api, session, answer):
    give(api, session(), status=422, code='invalid_body', answers=[answer])


def test_when_it_can_be_answered(api, session, db):
    give(api, session(hours=2, state='confirmed'), status=409,
         code='answers_not_open_yet')
    give(api, session(hours=-2, state='cancelled'), status=409,
         code='answers_not_open_yet')
    give(api, session(hours=0, state='running'))
    give(api, session(hours=-24 * 7 + 1))
    late = session(hours=-24 * 7 - 2)
    give(api, late, status=409, code='answers_closed')


def test_after_seven_days_nobody_knows_whose_it_was(api, session, clock, db,
                                                    world):
    one, other = session(), session(hours=100, state='confirmed')
    give(api, one)
    clock.advance(days=6)
    give(api, one, method='PUT', status=200,
         answers=[{'question': 3, 'scale': 1}])
    assert db.one('select answer_id is not null from feedback_answered'
                  ' where session_id = %s', [one])
    clock.advance(days=2)
    api.get(way(one, 'answers')).expect(404)
    give(api, one, method='PUT', status=409, code='answers_closed')
    eventually(lambda: db.one(
        'select answer_id is null from feedback_answered'
        ' where session_id = %s', [one]), 120)
    give(api, one, status=409, code='answers_given_already')
    assert db.one('select answers from feedback_answer where session_id'
                  ' = %s', [one]) == [{'question': 3, 'scale': 1}]
    assert other


def test_answerers_of_a_session_that_moved_are_forgotten_later(
        api, db, session, clock):
    """It had begun, and nobody had said so yet: its host puts it off."""
    one = session(state='confirmed')
    give(api, one)
    start = (datetime.datetime.now() + datetime.timedelta(days=3))
    api.call('PATCH', f'/v1/sessions/{one}', as_='bram', json={
        'zone': 'Europe/Brussels',
        'starts_local': start.strftime('%Y-%m-%dT03:00')}).expect(200)

    def forgotten():
        return db.one('select answer_id is null from feedback_answered'
                      ' where session_id = %s', [one])
    clock.advance(days=8)
    eventually(lambda: not db.one(
        "select true from timer where kind = 'forget_answerers' and"
        ' object_id = %s and due_at <= clock()', [one]))
    assert not forgotten()
    clock.advance(days=20)
    eventually(forgotten)


def test_an_answer_names_nobody_and_no_moment(api, session, db, world):
    one = session()
    give(api, one)
    assert db.column(
        "select column_name from information_schema.columns where table_name"
        " = 'feedback_answer' order by 1") == [
        'answers', 'id', 'org_id', 'session_id']
    # Version 4: the id is no time.
    assert db.one('select substr(id::text, 15, 1) from feedback_answer'
                  ' where session_id = %s', [one]) == '4'
    assert db.one("select count(*) from outbox where object_id = %s and"
                  " event <> 'feedback_form.set'", [one]) == 0
    assert db.one('select count(*) from notification where object_id = %s',
                  [one]) == 0


# Results

NOTHING = {'enough': False, 'count': None, 'questions': []}


def of(reply):
    return {name: reply[name] for name in NOTHING}


def test_results(api, session, clock):
    one, four = session(), session(people=NAMES[:4])
    for number, name in enumerate(NAMES):
        before = results(api, one)
        assert of(before) == NOTHING, number
        answers = [{'question': 3, 'scale': 1 + number % 2}]
        if number < 5:
            answers.append({'question': 1, 'text': f'Words {number}'})
        if number < 4:
            answers.append({'question': 2, 'choice': 1})
            give(api, four, as_=name, answers=[{'question': 3, 'scale': 2}])
        give(api, one, as_=name, answers=answers)
    assert of(results(api, one)) == NOTHING, 'while an answer may change'
    clock.advance(days=8)
    # Four answers, none, and nothing yet: no difference.
    assert of(results(api, four)) == NOTHING
    assert of(results(api, session(hours=-24 * 8))) == NOTHING
    done = results(api, one, as_='wim')
    assert (done['enough'], done['count']) == (True, 6)
    text, choice, scale, yes_no = done['questions']
    assert [x['count'] for x in scale['counts']] == [3, 3, 0, 0, 0]
    # Four chose, nobody said yes or no: no difference.
    assert choice['counts'] is None and yes_no['counts'] is None
    assert scale['texts'] is None and text['counts'] is None
    words = [f'Words {number}' for number in range(5)]
    assert sorted(text['texts']) == words
    orders = {tuple(results(api, one)['questions'][0]['texts'])
              for _ in range(12)}
    assert len(orders) > 3, 'the order means something'
    for name in NAMES:
        assert api.server and name not in json.dumps(done)


def test_who_reads_results(api, session):
    one = session()
    for name, roles, status in (
            ('bram', 'member', 200), ('wim', 'member', 200),
            ('els', 'member', 403), ('lore', 'member', 404),
            ('koen', 'leader', 404), ('hilde', 'hr', 404),
            ('veerle', 'admin', 404)):
        api.get(way(one, 'results'), as_=name, roles=[roles]).expect(status)
    assert of(results(api, one)) == NOTHING


def test_choices_and_labels(api, session, clock):
    one = session()
    for number, name in enumerate(NAMES):
        give(api, one, as_=name, answers=[
            {'question': 2, 'choice': 3 if number else 1},
            {'question': 4, 'yes_no': number > 2}])
    clock.advance(days=8)
    _, choice, _, yes_no = results(api, one)['questions']
    assert [(x['value'], x['label'], x['count']) for x in choice['counts']
            ] == [('1', {'nl': 'Oefenen'}, 1), ('2', {'nl': 'Uitleg'}, 0),
                  ('3', {'nl': 'Pauze'}, 5)]
    assert [(x['value'], x['count']) for x in yes_no['counts']] == [
        ('true', 3), ('false', 3)]


def test_a_form_waits_for_who_answers_it(api, server, world, session):
    """Its first answer is on its way when the host asks something else."""
    one = session()
    rival = server.connect()
    rival.autocommit = False
    with contextlib.closing(rival), concurrent.futures.ThreadPoolExecutor(
            1) as host:
        ask = rival.cursor()
        ask.execute('select from feedback_form where session_id = %s'
                    ' for no key update', [one])
        ask.execute(
            'with made as (insert into feedback_answer (org_id, session_id,'
            " answers) values (%(org)s, %(session)s, '[]') returning id)"
            ' insert into feedback_answered (org_id, session_id, person_id,'
            ' answer_id) select %(org)s, %(session)s, %(els)s, id from made',
            {'org': world.org_id, 'session': one,
             'els': world.person('els')})
        changed = host.submit(
            api.put, way(one, 'form'), as_='bram', json={
                'questions': fixtures.QUESTIONS[:1]})
        locks.waited_for(world.db, rival)
        rival.commit()
        changed.result().expect(409, code='form_answered_already')
