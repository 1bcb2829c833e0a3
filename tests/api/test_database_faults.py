"""What clients hear while PostgreSQL is away, silent, slow or read-only, and
how long the server needs afterwards: with limits that a busy machine keeps
too.  tests/faults/test_database_faults.py has the long ones, and the tight.

Mutations: silence that nobody notices; what is under way not told of it;
connections that are silent kept (src/pool_pulse.c); no connection of its own
to ask on, so that a slow statement is silence; a patience of 0.2 s; a line of
log for each refusal, for each lost connection; reads not sent again, writes
sent again (src/pool.c); an unknown outcome told as nothing done
(src/answer.c); /readyz that does not look; 25006 as a fault of ours; libpq
looks names up; the last address forgotten (src/target.c); work under way left
to its lease (src/jobs/jobs.c): each fails here.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import sys
import threading
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'faults'))

from disk import Ballast, as_root, small_disk  # noqa: E402
from faulted import LOOSE, Crowd, faulty, outage  # noqa: E402
from harness.locks import locked  # noqa: E402
from harness.waiting import eventually  # noqa: E402
from names import NAME, Names, longest, needs_names  # noqa: E402
from test_jobs_process import add_timer, jobs_pid  # noqa: E402


@pytest.fixture(scope='module')
def one(server):
    with faulty(server) as one:
        yield one


@contextlib.contextmanager
def stopped(pid):
    """Somebody else has to do its work."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize('mode, seconds', [
    ('refuse', 12), ('cut', 3), ('stall', 4), ('forget', 5)])
def test_gone_and_back(one, server, db, worlds, mode, seconds):
    org = worlds['demo'].org_id
    with stopped(jobs_pid(server)):
        found = outage(one, mode, seconds, LOOSE, db)
        timer = add_timer(db, org, 'purge_idempotency_keys')
        eventually(lambda: not db.one(
            'select true from timer where id = %s and due_at <= clock()',
            [timer]), 10, 'the jobs process did not come back')
    print(found)
    assert found['rss_grown_kb'] < 4096, found
    assert found['cpu'] < 0.6, found
    assert found['log_lines'] < 40, found


def test_work_under_way_keeps_its_turn(one, server, db, worlds):
    """A timer whose connection is lost is done again at once, not when its
    lease of a minute has ended."""
    with stopped(jobs_pid(server)):
        with locked(server, 'idempotency_key'):
            timer = add_timer(db, worlds['demo'].org_id,
                              'purge_idempotency_keys')
            eventually(lambda: db.one("""
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where usename = 'hefboom' and wait_event_type = 'Lock'"""))
        eventually(lambda: not db.one(
            'select true from timer where id = %s and due_at <= clock()',
            [timer]), 10, 'it waits for its lease')


def test_a_slow_statement_is_no_silence(one, server):
    """Nothing is heard for longer than a silence may last."""
    found = []
    token = server.token()
    one.get('/v1/me', token)
    with locked(server):
        asking = threading.Thread(
            target=lambda: found.append(one.get('/v1/me', token)))
        asking.start()
        time.sleep(1.5)
        assert found == [] and one.get('/readyz')[0] == 200
    asking.join(10)
    assert found[0][0] == 200 and found[0][1] > 1.4, found


def test_replies_are_cut_in_the_middle(one, db):
    """Reads are answered all the same; of writes nobody knows, and the key
    tells.  That is what the database is asked at the end."""
    with Crowd(one.server, 2) as crowd:
        for _ in range(12):
            before = one.proxy.breaks
            one.proxy.mode = 'break'
            one.wait(lambda: one.proxy.breaks > before, 10)
            time.sleep(0.15)
        asked = crowd.asked()
        one.wait(one.whole, LOOSE.back)
    print(crowd.judge(db))
    reads = {one.status for one in asked if one.what == 'GET'}
    writes = {one.code for one in asked if one.what == 'POST'}
    assert reads == {200}, reads
    assert 'outcome_unknown' in writes, writes


def test_everything_takes_a_third_of_a_second(one):
    """Each packet, both ways; nothing is taken for lost."""
    token = one.server.token()
    silences = one.server.log().count('"why":"no answer"')
    one.proxy.delay = 0.3
    try:
        end = time.monotonic() + 4
        while time.monotonic() < end:
            status, took, *_ = one.get('/v1/me', token)
            assert status == 200 and took < LOOSE.answer, (status, took)
        # And connections are made, step by step.
        one.proxy.mode = 'cut'
        one.proxy.mode = 'pass'
        one.wait(lambda: one.get('/v1/me', token)[0] == 200, LOOSE.back)
    finally:
        one.proxy.delay = 0
    one.wait(one.whole, LOOSE.back)
    assert one.server.log().count('"why":"no answer"') == silences


def test_read_only(api, db, server):
    """Reads go on, people's and machines', also of clients that have not been
    here yet, whose use cannot be noted; writes are 503, and the same key makes
    them afterwards.  Mutation: their use noted all the same."""
    server.command('client', 'create', 'read-only', '--org', 'demo',
                   '--scope', 'people:read')
    opaque = server.command('client', 'token', 'read-only', '--org', 'demo'
                            ).stdout.split()[-1]
    machine = dict(as_='fault-idp', roles=['integrator'],
                   scope='people:read people:write')
    body = {'title': f'read-only {time.monotonic_ns()}'}
    key = {'Idempotency-Key': body['title'].replace(' ', '-')}

    def write():
        return api.post('/v1/goals', json=body, headers=key)
    db.execute('alter system set default_transaction_read_only = on')
    try:
        db.execute('select pg_reload_conf()')
        eventually(lambda: write().status_code == 503)
        reply = write().expect(503, code='database_unavailable')
        assert reply.headers['Retry-After'] == '1'
        api.get('/v1/me').expect(200)
        api.get('/v1/goals').expect(200)
        api.get('/scim/v2/Users?count=1', **machine).expect(200)
        api.get('/scim/v2/Users?count=1', token=opaque).expect(200)
        api.get('/readyz', as_=None).expect(200)
    finally:
        db.execute('alter system reset default_transaction_read_only')
        db.execute('select pg_reload_conf()')
    eventually(lambda: write().status_code == 201, 5)
    assert db.one('select count(*) from goal where title = %s',
                  [body['title']]) == 1


@as_root
def test_a_table_cannot_grow(api, db, server):
    """53100: its writes are 503 and nothing of them is there; reads and other
    writes go on; with room again, the same key makes it."""
    folder = server.data / 'small'
    folder.mkdir()
    fault = f'full-{time.monotonic_ns()}'

    def write(number):
        return api.post('/v1/goals', headers={
            'Idempotency-Key': f'{fault}-{number}'}, json={
                'title': f'{fault} {number}', 'why': 'x' * 1500})
    with small_disk(folder, 4):
        shutil.chown(folder, 'postgres')
        db.execute(f"create tablespace small location '{folder}'")
        db.execute('alter table goal set tablespace small')
        try:
            ballast = Ballast(folder)
            ballast.fill()
            for number in range(200):
                reply = write(number)
                if reply.status_code != 201:
                    break
            reply.expect(503, code='database_unavailable')
            assert reply.headers['Retry-After'] == '1'
            api.get('/v1/goals').expect(200)
            api.get('/readyz', as_=None).expect(200)
            ballast.drop()
            write(number).expect(201)
        finally:
            db.execute('alter table goal set tablespace pg_default')
            db.execute('drop tablespace small')
    assert db.one('select count(*) from goal where title like %s',
                  [fault + ' %']) == number + 1


@pytest.fixture
def names(tmp_path):
    tmp_path.chmod(0o755)
    with Names(tmp_path) as names:
        yield names


@needs_names
def test_names_take_their_time(server, names):
    """A resolver that hangs keeps nobody waiting; where the database was is
    remembered."""
    with faulty(server, names.wrapper, NAME,
                HEFBOOM_DATABASE_TLS='off') as one:
        token = one.server.token()
        assert names.asked > 0
        time.sleep(1.1)    # for so long an answer is good
        names.delay = None
        names.asked = 0
        one.proxy.mode = 'cut'
        one.proxy.mode = 'pass'
        begun = time.monotonic()
        slowest = longest(lambda: one.get('/healthz'), 3)
        assert slowest < 1.5, slowest
        assert names.asked > 0
        one.wait(one.whole, LOOSE.back)
        # The resolver itself gives up after 10 s.
        assert time.monotonic() - begun < 7
        assert one.get('/v1/me', token)[0] == 200
        # Those who know nothing yet wait for the name, and say so.
        names.delay = 2.5
        os.kill(one.server.pid, signal.SIGHUP)
        slowest = longest(lambda: one.get('/healthz'), 4)
        assert slowest < 1.5, slowest
        one.wait(one.is_ready, LOOSE.back)
        assert one.get('/v1/me', token)[0] == 200
