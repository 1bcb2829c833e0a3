"""Everybody's descriptors are taken, by clients who do not let go.

The server itself, with a descriptor limit of 256: 192 connections a worker.
tests/api/test_http_raw.py has the front alone, tests/unit/test_accept.c
accept() that fails.

Mutations (src/server_accept.c unless said), each found: the listener goes on
listening at the cap (accept_pause() deletes no event); each pause is logged
(complain()); nobody idle makes way (evict()); nobody is let in beyond the cap
(accept_last()): health is not answered; src/server.c: `connections_max` is
taken as it is: the database is not reached again.
"""

import contextlib
import os
import pathlib
import re
import resource
import socket
import subprocess
import time

import pytest

from harness.handover import server_with_people
from harness.load import Slow, asked, processor_s
from harness.waiting import eventually

LIMIT = 256
HALF = b'GET /healthz HTTP/1.1\r\nHost: a\r\n'


@pytest.fixture(scope='module')
def own():
    """Under a limit; more connections are asked for than that allows."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, before[1]))
    try:
        server = server_with_people(HEFBOOM_CONNECTIONS_MAX=100000)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield server
    assert server.stop() == []
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


class Flood:
    """Clients who send this and nothing more, until the end."""

    def __init__(self, server, count, begin, each_s=0):
        self.clients = []
        for _ in range(count):
            client = socket.create_connection((server.host, server.port))
            with contextlib.suppress(ConnectionError):
                client.sendall(begin)
            self.clients.append(client)
            time.sleep(each_s)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.close()


def descriptors(pid):
    return len(os.listdir(f'/proc/{pid}/fd'))


def full(server):
    return all(descriptors(pid) > 190
               for pid in server.named('hefboom-worker'))


def pauses(server):
    return sum(entry.get('event') == 'listener_paused'
               for entry in server.log_entries())


def answer(server, path, seconds=10, token=None):
    """(status, closed after it) of a client of its own.  The last place is for
    who asks within 25 ms: later on a busy machine, and one comes again."""
    for _ in range(20):
        with (socket.create_connection((server.host, server.port)) as client,
              contextlib.suppress(ConnectionError)):
            client.settimeout(seconds)
            client.sendall(
                f'GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: '
                f'Bearer {token}\r\n\r\n'.encode())
            head = client.recv(65536).decode(errors='replace')
            if head:
                return int(head.split()[1]), 'Connection: close' in head
    raise AssertionError(f'{path}: closed without a word, 20 times')


def check_quiet(server, seconds=3):
    """No spin, and one line a worker at the most in ten seconds."""
    workers = server.named('hefboom-worker')
    lines, before = pauses(server), processor_s(workers)
    time.sleep(seconds)
    assert processor_s(workers) - before < 0.15 * seconds
    return pauses(server) - lines


def test_health_is_answered(own):
    """Half a head each: for five seconds nobody can be sent away."""
    with Flood(own, 560, HALF):
        eventually(lambda: full(own), 5, 'there is room', 0.01)
        for path in ('/healthz', '/readyz', '/healthz'):
            begun = time.monotonic()
            status, closed = answer(own, path)
            assert status == 200
            assert closed or time.monotonic() - begun > 3
    assert pauses(own) in (1, 2)


def test_nobody_spins(own):
    """A body that does not come, for thirty seconds: no CPU, no lines."""
    body = (b'POST /v1/me/skills HTTP/1.1\r\nHost: a\r\nContent-Type: '
            b'application/json\r\nContent-Length: 9\r\n\r\n{')
    with Flood(own, 700, body):
        eventually(lambda: full(own), 10, 'there is room')
        assert check_quiet(own, 4) <= 2
        assert answer(own, '/healthz', 15)[0] == 200
        assert answer(own, '/v1/me', 15, own.token('other'))[0] == 200
    served(own)


def database_gone(server):
    user = server.connect()
    with user.cursor() as cursor:
        cursor.execute('select count(pg_terminate_backend(pid)) from'
                       " pg_stat_activity where application_name = 'hefboom'")
        assert cursor.fetchone()[0] >= 10
    user.close()


def test_the_database_is_kept(own):
    """Its descriptors are nobody else's, however many wait at the door."""
    slow = Slow(own, 700, 25, 2000, ['body'])
    try:
        eventually(lambda: full(own), 10, 'there is room')
        database_gone(own)
        token = own.token('other')
        eventually(lambda: answer(own, '/v1/me', 15, token)[0] == 200, 20,
                   'the database is not reached again')
        assert full(own)
    finally:
        slow.stop()
    served(own)


def served(server):
    """As before: kept connections, nobody refused."""
    workers = server.named('hefboom-worker')
    eventually(lambda: all(descriptors(pid) < 100 for pid in workers))

    def everybody():
        seen = asked(server, 1, 'rate', 100, ['/v1/me', '/healthz'], new=30,
                     token=server.token('other'))
        return seen['ok'] == seen['sent'] >= 90
    eventually(everybody, 60, 'not everybody is served')
    assert answer(server, '/healthz') == (200, False)


def test_idle_ones_make_way(own):
    """Each was answered once and rests: the oldest go first."""
    ask = b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'
    for _ in range(3):
        lines = pauses(own)
        with Flood(own, 700, ask, 0.002) as flood:
            for client in flood.clients:
                client.settimeout(10)
                assert client.recv(9999).startswith(b'HTTP/1.1 200 ')
            assert answer(own, '/healthz') == (200, False)
        if pauses(own) == lines:
            break
        # A worker that stalls meets many at once, none idle for 0.1 s.  It
        # would not tell of another pause before.
        time.sleep(11)
    assert pauses(own) == lines
    served(own)


def limit(pid, count):
    """As the worker's own user: that is always allowed."""
    status = pathlib.Path(f'/proc/{pid}/status').read_text()
    user, group = (int(re.search(rf'^{name}:\s+(\d+)', status, re.M)[1])
                   for name in ('Uid', 'Gid'))
    who = {} if user == os.getuid() else {
        'user': user, 'group': group, 'extra_groups': []}
    subprocess.run(['prlimit', f'--nofile={count}:{LIMIT}', '--pid',
                    str(pid)], check=True, **who)


def test_no_descriptor_at_all(own):
    """The limit sinks below what is open: accept() itself fails, and so does
    whatever the database needs."""
    workers = own.named('hefboom-worker')
    for pid in workers:
        limit(pid, 48)
    try:
        with Flood(own, 200, HALF):
            eventually(lambda: all(descriptors(pid) >= 47 for pid in workers),
                       5, step=0.01)
            assert answer(own, '/healthz')[0] == 200
            database_gone(own)
            assert check_quiet(own, 3) <= 2
        assert own.named('hefboom-worker') == workers
    finally:
        for pid in workers:
            limit(pid, LIMIT)
    served(own)
