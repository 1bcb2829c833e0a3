"""A write is answered at its commit, and survives what comes after it.

Mutation: a reply at the last statement's result instead of at the Sync
(src/pipe.c): test_a_failure_at_the_commit answers 201 for a claim that was
rolled back.
"""

import concurrent.futures
import threading
import time

import pytest

from harness.waiting import eventually

NOTE = 'fails at the commit'


@pytest.fixture
def failing_commit(db):
    """A constraint that is only looked at when the transaction ends."""
    db.execute('''
        create function fail_at_commit() returns trigger language plpgsql as $$
        begin
            raise exception 'late' using errcode = '23514',
                  constraint = 'skill_claimed_already';
        end $$''')
    db.execute('''
        create constraint trigger fail_at_commit after insert on claim
        deferrable initially deferred for each row
        when (new.note = '%s') execute function fail_at_commit()''' % NOTE)
    yield
    db.execute('drop trigger fail_at_commit on claim')
    db.execute('drop function fail_at_commit()')


def unclaimed(api, count=1):
    mine = set()
    after = ''
    while after is not None:
        page = api.call('GET', '/v1/me/skills?limit=200' + after).json()
        mine |= {one['skill_id'] for one in page['items']}
        after = page['next'] and '&after=' + page['next']
    found = []
    after = ''
    while after is not None and len(found) < count:
        page = api.call(
            'GET', '/v1/skills?state=active&limit=200' + after).json()
        found += [one['id'] for one in page['items']
                  if one['id'] not in mine and one['kind'] != 'group']
        after = page['next'] and '&after=' + page['next']
    return found[:count]


def test_a_failure_at_the_commit(api, db, failing_commit):
    skill = unclaimed(api)[0]
    before = db.one('select count(*) from claim')
    reply = api.call('POST', '/v1/me/skills', json={
        'skill_id': skill, 'level': 2, 'note': NOTE})
    assert reply.status_code == 409, reply
    assert db.one('select count(*) from claim') == before


def test_neighbours_in_the_pipeline_never_notice(api, db, failing_commit):
    """Writes that fail at their commit, between reads and good writes."""
    skills = unclaimed(api, 12)

    def write(place):
        body = {'skill_id': skills[place], 'level': 1}
        if place % 2:
            body['note'] = NOTE
        return place, api.call('POST', '/v1/me/skills', json=body)

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(write, range(12)))
    for place, reply in replies:
        if place % 2:
            assert reply.status_code == 409, reply
        else:
            assert reply.status_code == 201, reply
            assert reply.json()['skill_id'] == skills[place]
    for place, reply in replies:
        if not place % 2:
            api.call('DELETE', '/v1/me/skills/' + reply.json()['id'])


def test_a_lost_connection_is_made_anew(api, db):
    """Every backend killed under load: reads are sent again, and no reply
    is anybody else's."""
    people = [one['id'] for one in
              api.call('GET', '/v1/people?limit=40').json()['items']]
    stop = threading.Event()
    wrong, counts = [], {}

    def read(place):
        while not stop.is_set():
            wanted = people[place]
            reply = api.call('GET', '/v1/people/' + wanted)
            counts[reply.status_code] = counts.get(reply.status_code, 0) + 1
            if reply.status_code == 200 and reply.json()['id'] != wanted:
                wrong.append((wanted, reply))
            elif reply.status_code not in (200, 503):
                wrong.append((wanted, reply))

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        work = [pool.submit(read, place) for place in range(8)]
        for _ in range(5):
            time.sleep(0.4)
            db.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                       " where usename = 'hefboom'")
        eventually(lambda: counts.get(200, 0) > 50, what=counts)
        stop.set()
        for one in work:
            one.result()
    assert not wrong, wrong[:3]
    eventually(lambda: api.call('GET', '/v1/me').status_code == 200)


def test_without_a_database(api, db):
    """503 within a second while no connection can be had, health answers,
    and it recovers alone, in every lane of every process."""
    count = "select count(*) from pg_stat_activity where usename = 'hefboom'"
    before = db.one(count)
    db.execute('alter role hefboom nologin')
    try:
        db.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                   " where usename = 'hefboom'")
        deadline = time.monotonic() + 30
        while api.call('GET', '/readyz', as_=None).status_code != 503:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        for method, path in (('GET', '/v1/me'), ('GET', '/v1/skills')):
            begun = time.monotonic()
            reply = api.call(method, path)
            assert reply.status_code == 503, reply
            assert reply.headers['Retry-After'] == '1'
            assert time.monotonic() - begun < 4
        assert api.call('GET', '/healthz', as_=None).status_code == 200
    finally:
        db.execute('alter role hefboom login')
    deadline = time.monotonic() + 30
    while db.one(count) < before:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    eventually(lambda: api.call('GET', '/v1/me').status_code == 200)
