"""The n-th allocation, and the n-th system call, fails: a sample of each.

tests/faults/test_nth_failure.py goes through every n (--long).  Both run the
release, for the sanitizers have an allocator of their own.

Mutations, each tried and found: no reserve (test_route: the worker ends); a
reserve that is not filled up again (test_a_while_without_memory); its realloc
keeps the old block (list_gzip, every n); libevent's list of changes again
(docs_file: no answer); a transaction that was sent by half leaves its
connection in the pool, an error of libpq's own taken for a rollback (create:
no answer); reading on from a connection that broke meanwhile
(test_a_second_transaction_that_cannot_be_sent: the worker spins); a lost connection not closed (create); a kept answer that could
not be copied (replay: another answer); a file of /docs that cannot be opened
or read taken for a missing one, or left open (docs_file); a connection to
PostgreSQL that epoll does not take (test_jobs); a spooled body's file left
open, or mapped (test_spooled_body); a request that needs much let in when
there is little, messages and documents at the reserve's cost
(test_no_address_space).
"""

import os
import socket
import subprocess
import time

import pytest

from harness.database import Database
from harness.nth import (KINDS, Faulty, Preload, descriptors, exchange,
                         message, read_reply, release, settled,
                         settled_at_most)
from harness.nth_drive import Trial
from harness.nth_routes import ROUTES
from harness.waiting import eventually

# These meet every kind of call; the others differ in what they allocate.
SYSTEM_CALLS_OF = ('docs_file', 'create', 'replay', 'pipelined', 'scim_patch',
                   'metrics')
MIB = 1 << 20


@pytest.fixture(scope='module')
def faulty():
    server = Faulty()
    try:
        server.start()
        server.command('demo', 'load')
        yield server
    finally:
        # A file of /docs that cannot be read is our fault, and was ours.
        server.internal_declared = 10
        wrong = server.stop()
    assert not wrong, '\n'.join(wrong)


@pytest.fixture(scope='module')
def trial(faulty):
    database = Database(faulty.connect())
    yield Trial(faulty, database, most=4)
    database.close()


@pytest.mark.parametrize('name', ROUTES)
def test_route(trial, name):
    kinds = KINDS if name in SYSTEM_CALLS_OF else ['alloc']
    # The page that is packed grows by steps, each another allocation.
    trial.most = (2 if name in SYSTEM_CALLS_OF else
                  None if name == 'list_gzip' else 4)
    counts = trial.route(name, kinds)
    assert counts['alloc'] > 2


def test_a_second_transaction_that_cannot_be_sent(trial):
    """Sent while the first one's answer is read."""
    trial.most = None
    trial.route('replay', ['pq_send'])


@pytest.mark.parametrize('name', ('read', 'create', 'scim_bulk', 'docs_file'))
def test_a_while_without_memory(trial, name):
    trial.most, trial.window = 4, 25
    try:
        trial.route(name, ['alloc'])
    finally:
        trial.window = 1


def test_new_connections_to_postgresql(trial):
    trial.most = 1
    counts = trial.connecting()
    assert counts['alloc'] > 100 and counts['connect'] >= 3, counts


def test_jobs(trial):
    trial.most = 1
    counts = trial.jobs()
    assert counts['alloc'] > 10 and counts['send'] > 1, counts


# Bodies in files, on the front alone

@pytest.fixture
def front():
    preload = Preload()
    folder = release().parent
    process = subprocess.Popen(
        [folder / 'front_echo'], stdout=subprocess.PIPE, env={
            **os.environ, 'LD_PRELOAD': str(folder / 'libpreload_nth.so'),
            'HEFBOOM_NTH': preload.path})
    process.host = '127.0.0.1'
    process.port = int(process.stdout.readline().split()[1])
    process.preload = preload
    preload.watch(process.pid)
    yield process
    process.terminate()
    assert process.wait(20) == 0
    process.stdout.close()
    preload.close()


def unlinked(pid):
    """Files without a name that are still mapped."""
    with open(f'/proc/{pid}/maps') as maps:
        return sum('/#' in line for line in maps)


def test_spooled_body(front):
    one = message('POST', '/spool', {}, b'x' * (3 * MIB))
    preload = front.preload
    good, = exchange(front, [one])
    assert good.status == 200
    before, faults = None, 0
    for kind in ('open', 'mmap', 'fallocate', 'recv', 'epoll_ctl'):
        for error in KINDS[kind]:
            for n in (1, 2, 3):
                preload.arm(kind, error, n)
                replies = exchange(front, [one])
                preload.disarm()
                faults += preload.failed
                for reply in replies:
                    assert reply.status == 503 or (
                        reply.content == good.content), (kind, n, reply)
                again, = exchange(front, [one])
                assert again.content == good.content, (kind, n, again)

        def held():
            return (preload.live[0], descriptors(front.pid),
                    unlinked(front.pid))
        before = before or settled(held)
        now = settled_at_most(held, (before[0] + 2, *before[1:]))
        assert now[0] <= before[0] + 2, (kind, now)
        assert now[1] <= before[1] and now[2] <= before[2], (kind, now)
    assert faults >= 15, faults


# Without a preload's help: the system has no more

def limit(pid, size):
    """Of its address space; by somebody of its kind, or by root."""
    status = dict(line.split(':', 1) for line in open(f'/proc/{pid}/status'))
    uid, gid = (int(status[name].split()[0]) for name in ('Uid', 'Gid'))
    if size is None:
        size = (int(status['VmSize'].split()[0]) << 10)
    return subprocess.run(
        ['prlimit', f'--pid={pid}', f'--as={size}:unlimited'], user=uid,
        group=gid, extra_groups=[], capture_output=True, text=True).stderr


def unfinished(server, count):
    """Bodies that never end: each asks for memory and gives none back."""
    wires = [socket.create_connection((server.host, server.port))
             for _ in range(count)]
    head = message('POST', '/v1/goals', {'Content-Length': 250_000})
    for wire in wires:
        try:
            wire.sendall(head + b'x' * 200_000)
        except OSError:
            pass  # it was refused already
    return wires


def hungry_message(site):
    """27 KB that become 2 MB when they are read."""
    return message('POST', '/v1/goals', {
        'Authorization': f'Bearer {site.els}',
        'Content-Type': 'application/json'}, b'[' + b'{},' * 9000 + b'{}]')


def few_hungry(trial, faulty):
    """Clients of whom only the last byte is not there yet."""
    hungry = hungry_message(trial.site)
    early = [socket.create_connection((faulty.host, faulty.port), timeout=30)
             for _ in range(8)]
    for start in range(0, len(hungry) - 1, 10_000):
        for wire in early:
            wire.sendall(hungry[start:min(start + 10_000, len(hungry) - 1)])
        time.sleep(0.05)
    return early, hungry[-1:]


def starve(trial, faulty):
    """False: somebody who left gave room to one who needs much."""
    refused = trial.refused
    early, last = few_hungry(trial, faulty)
    fault = limit(trial.pid, None)
    if fault:
        pytest.skip(f'prlimit: {fault}')
    wires = unfinished(faulty, 150)
    try:
        for name in ROUTES:
            one = ROUTES[name](trial.site)
            trial.judge_write(one, trial.judge(
                one, trial.send(one, name), name), name)
        reply, = exchange(faulty, [message('GET', '/healthz')])
        assert reply.status == 200
        for wire in early:
            wire.sendall(last + message('GET', '/openapi.json'))
        replies = [read_reply(wire, b'')[0] for wire in early]
        let_in = [one for one in replies if one.status == 422]
        for reply in replies:
            if reply not in let_in:
                trial.judge_refusal(reply, 'hungry')
        trial.same_process('no address space')
        assert trial.refused > refused, 'there was room all the time'
        return not let_in
    finally:
        for wire in wires + early:
            wire.close()
        if trial.server.child_pid('worker') == trial.pid:
            limit(trial.pid, 'unlimited')


def test_no_address_space(trial, faulty):
    """What is free when somebody has left may be enough: once more then."""
    trial.watch('worker')
    for name in ROUTES:
        trial.plain(name)
    trial.watch('worker')
    for _ in range(5):
        enough = starve(trial, faulty)
        # What was in reserve is there again soon, and so is the room.
        for name in ROUTES:
            eventually(lambda: trial.judge(
                one := ROUTES[name](trial.site), trial.send(one, name), name))
        trial.pool_is_whole('afterwards')
        if enough:
            return
    raise AssertionError('who needs much is let in')
