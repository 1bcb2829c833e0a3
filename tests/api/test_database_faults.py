"""What clients hear while PostgreSQL is away, silent, slow or read-only, and
how long the server needs afterwards: with limits that a busy machine keeps
too.  tests/faults/test_database_faults.py has the long ones, and the tight.

Mutations: silence that nobody notices; what is under way not told of it;
connections that are silent kept (src/pool_pulse.c); no connection of its own
to ask on, so that a slow statement is silence; a patience of 0.2 s; a line of
log for each refusal, for each lost connection; reads not sent again, writes
sent again (src/pool.c; those without a key meet themselves, which the oracle's
kills do not show: a backend that is killed has hardly ever committed); an
unknown outcome told as nothing done
(src/answer.c); /readyz that does not look; 25006 as a fault of ours; libpq
looks names up; the last address forgotten (src/target.c); work under way left
to its lease (src/jobs/jobs.c); what nobody acknowledges waited for, keepalives
of every 30 s, others not looked at (src/pipe_doubt.c); what became read-only
kept, the others not asked (src/pool_pulse.c); all or none of a request's
statements taken for unprepared when one was (src/pipe.c): each fails here.
"""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import sys
import threading
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'faults'))

from disk import Ballast, as_root, small_disk  # noqa: E402
from faulted import (LOOSE, PIPES, Crowd, Faulty, faulty,  # noqa: E402
                     outage)
from harness.handover import sockets  # noqa: E402
from harness.locks import locked, stopped  # noqa: E402
from harness.waiting import eventually  # noqa: E402
from names import NAME, Names, longest, needs_names  # noqa: E402
from test_jobs_process import add_timer, jobs_pid  # noqa: E402


@pytest.fixture(scope='module')
def one(server):
    with faulty(server) as one:
        yield one


@pytest.mark.parametrize('mode, seconds', [
    ('refuse', 12), ('cut', 3), ('stall', 4), ('forget', 5)])
def test_gone_and_back(one, server, db, worlds, mode, seconds):
    org = worlds['demo'].org_id
    with stopped(jobs_pid(server)):
        found = outage(one, mode, seconds, LOOSE, db)
        timer = add_timer(db, org, 'purge_idempotency_keys')
        eventually(lambda: not db.one(
            'select true from timer where id = %s and due_at <= clock()',
            [timer]), what='the jobs process did not come back')
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
            [timer]), 30, 'it waits for its lease')


def test_a_slow_statement_is_no_silence(one, server):
    """Nothing is heard for longer than a silence may last."""
    found = []
    token = server.token()
    one.get('/v1/me', token)
    with locked(server):
        asking = threading.Thread(
            target=lambda: found.append(one.get('/v1/me', token)))
        asking.start()
        # Not two seconds, for so long nobody waits for a lock.
        time.sleep(1.1)
        assert found == [] and one.get('/readyz')[0] == 200
    asking.join(30)
    assert found[0][0] == 200 and found[0][1] > 1, found


def all_serve(one):
    """Of those who accept, each was met by one of so many."""
    token = one.server.token()
    one.wait(lambda: all(one.get('/v1/me', token)[0] == 200
                         for _ in range(10)), LOOSE.back)


def test_what_could_not_be_prepared(server):
    """A migration's lock was there first: some of a request's statements are
    prepared then, one is not, and those behind it were not tried."""
    other = server.beside(HEFBOOM_WORKERS=1, HEFBOOM_POOL_WRITE=1,
                          HEFBOOM_DATABASE_URL=server.runtime_url)
    headers = {'Authorization': f'Bearer {server.token()}',
               'Content-Type': 'application/json'}

    def write(title):
        link = http.client.HTTPConnection('127.0.0.1', other.port, timeout=30)
        link.request('POST', '/v1/goals', json.dumps({'title': title}),
                     {**headers, 'Idempotency-Key': title})
        with contextlib.closing(link):
            return link.getresponse().status
    other.start()
    try:
        with locked(server, 'goal_milestone'):
            assert write('not-prepared') == 503
        assert [write(f'prepared-{n}') for n in range(3)] == 3 * [201]
    finally:
        assert other.stop() == []


def test_some_connections_are_lost(one, db):
    """Beside others that live: nobody acknowledges what is sent there, which
    no slow statement causes.  Reads are answered by another connection, writes
    are unknown, and it does not take the 10 s of a request."""
    one.proxy.count_anew()
    with Crowd(one.server, 4) as crowd:
        one.wait(lambda: len(crowd.asked()) > 100, 30)
        begun = time.monotonic()
        one.proxy.lose_some(2)
        one.wait(lambda: not one.whole(), 15)
        whole = one.wait(one.whole, LOOSE.back)
        time.sleep(0.5)
    asked = crowd.asked(begun - 1)
    met = [one for one in asked if one.took > 0.4]
    print({'met': met, 'whole_s': round(whole, 2),
           'load': os.getloadavg()[0], **crowd.judge(db)})
    assert met, 'nobody met one'
    assert max(one.took for one in met) < 2 * LOOSE.answer, met
    assert {one.status for one in asked if one.what == 'GET'} <= {200, 503}


def test_all_connections_are_lost(one):
    """Those are made anew on which nobody has asked anything, too."""
    token = one.server.token()
    one.get('/v1/me', token)
    one.proxy.lose_some(one.pipes)
    slowest = longest(lambda: one.get('/healthz'), 1)
    assert slowest < 4, slowest
    one.wait(one.whole, LOOSE.back)
    all_serve(one)


def test_lost_after_it_was_asked(one, server, db):
    """What was acknowledged is asked again where somebody lives, though the
    statement may take its time: keepalives tell."""
    lock, waiting, found = server.connect(), set(), []
    lock.autocommit = False
    token = one.server.token()
    one.get('/v1/me', token)

    def waits():
        waiting.update(db.column("""
            select pid from pg_stat_activity where usename = 'hefboom'
            and wait_event_type = 'Lock'"""))
        return len(waiting)
    try:
        lock.cursor().execute('lock table person in access exclusive mode')
        one.proxy.count_anew()
        asking = threading.Thread(
            target=lambda: found.append(one.get('/v1/me', token)))
        with stopped(jobs_pid(one.server)):
            asking.start()
            one.wait(waits, 15)
            one.proxy.lose_some(1)
            one.wait(lambda: waits() > 1, 15)
        lock.rollback()
        asking.join(20)
    finally:
        lock.close()
    print(found, os.getloadavg()[0])
    assert found[0][0] == 200 and found[0][1] < 8, found
    one.wait(one.whole, LOOSE.back)


def test_all_are_lost_for_a_moment(one):
    """Who asks is told; the connections go on.  1.7 s after it was first sent
    Linux tries once more; a machine that is too busy to be back by then has
    another try, too."""
    token = one.server.token()
    for _ in range(8):
        one.wait(one.whole, LOOSE.back)
        links = one.proxy.lose_some(one.pipes)
        begun = time.monotonic()
        assert one.get('/v1/me', token)[0] == 503
        time.sleep(max(0, begun + 1 - time.monotonic()))
        one.proxy.find(links)
        if time.monotonic() - begun < 1.5:
            break
    all_serve(one)
    one.wait(one.whole, LOOSE.back)
    assert {link for link in one.proxy.links if not link.forgotten} == set(
        links), 'some were made anew'


KEPT = {(socket.SOL_SOCKET, socket.SO_KEEPALIVE): 1,
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE): 1,
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL): 1,
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT): 10,
        (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT): 10000}


@as_root
def test_connections_are_kept_alive(one):
    """As the sockets themselves say."""
    one.wait(one.whole, LOOSE.back)
    for pid in one.server.named('hefboom-worker'):
        found = [{option: link.getsockopt(*option) for option in KEPT}
                 for link in sockets(pid)
                 if not link.getsockopt(socket.SOL_SOCKET,
                                        socket.SO_ACCEPTCONN)
                 and link.getpeername()[1] == one.proxy.port]
        assert found == [KEPT] * PIPES, found


def test_replies_are_cut_in_the_middle(one, db):
    """Reads are answered all the same; of writes nobody knows, and the key
    tells.  Without one they are there once or not at all, which is what the
    database is asked at the end."""
    with Crowd(one.server, 2) as crowd:
        for number in range(100):
            if number >= 24 and 'outcome_unknown' in {
                    one.code for one in crowd.asked()}:
                break
            before = one.proxy.breaks
            one.proxy.mode = 'break'
            one.wait(lambda: one.proxy.breaks > before, 30)
            time.sleep(0.15)
            # What was cut twice is not sent again.
            one.wait(one.whole, LOOSE.back)
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
    eventually(lambda: write().status_code == 201)
    assert db.one('select count(*) from goal where title = %s',
                  [body['title']]) == 1


def test_only_who_takes_writes_will_do(server, db):
    """target_session_attrs=read-write holds as long as a connection lives:
    whoever routes by /readyz is told of one that became read-only, and of one
    that is not any more.  Without it, reads are served (above)."""
    other = server.beside(
        HEFBOOM_WORKERS=1, HEFBOOM_DATABASE_URL=server.runtime_url
        + ' target_session_attrs=read-write')
    other.start()
    one = Faulty(other, None)
    try:
        db.execute('alter system set default_transaction_read_only = on')
        db.execute('select pg_reload_conf()')
        one.wait(lambda: not one.is_ready(), 15)
        assert one.get('/readyz')[2] == 'database_unavailable'
        assert one.get('/healthz')[0] == 200
        one.wait(lambda: one.get('/v1/me', other.token())[0] == 503, 15)
        assert '"why":"read-only"' in other.log()
        db.execute('alter system reset default_transaction_read_only')
        db.execute('select pg_reload_conf()')
        one.wait(lambda: one.get('/v1/me', other.token())[0] == 200,
                 LOOSE.back)
        one.wait(one.is_ready, LOOSE.back)
    finally:
        db.execute('alter system reset default_transaction_read_only')
        db.execute('select pg_reload_conf()')
        wrong = other.stop()
    assert wrong == [], wrong


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
        # The resolver tries again after 5 s, and gives up after 10.
        assert slowest < 4, slowest
        assert names.asked > 0
        one.wait(one.whole, LOOSE.back)
        assert time.monotonic() - begun < 9
        assert one.get('/v1/me', token)[0] == 200
        # Those who know nothing yet wait for the name, and say so.
        names.delay = 4
        os.kill(one.server.pid, signal.SIGHUP)
        slowest = longest(lambda: one.get('/healthz'), 6)
        assert slowest < 3, slowest
        one.wait(one.is_ready, LOOSE.back)
        assert one.get('/v1/me', token)[0] == 200
