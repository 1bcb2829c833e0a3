"""A burst waits at the door; what lasts is refused.

Mutations: nobody stays at the door (src/worker.c: no crowd); they stay there
for ever (src/server_accept.c: no STUCK_MS; no BURST_MS); a turn takes 64
whatever room there is: each fails here.
"""

import collections
import contextlib
import select
import socket
import threading
import time

import pytest

from harness.locks import locked
from harness.running import NARROW

QUEUE = 16


@pytest.fixture(scope='module')
def small(server):
    small = server.beside(**NARROW, HEFBOOM_POOL_QUEUE=QUEUE)
    with small.running():
        yield small


class Clients:
    """A connection and a request each; what they were told, and when."""

    def __init__(self, server, token, count):
        self.server, self.begun = server, time.monotonic()
        self.request = (
            f'GET /v1/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n'
            f'Authorization: Bearer {token}\r\n\r\n').encode()
        self.waiting = []
        self.told, self.after = collections.Counter(), []
        self.add(count)

    def add(self, count):
        for _ in range(count):
            client = socket.create_connection(
                (self.server.host, self.server.port))
            client.sendall(self.request)
            self.waiting.append(client)

    def seconds(self):
        return time.monotonic() - self.begun

    def listen(self, seconds):
        """Until all were told something, or for so long."""
        end = time.monotonic() + seconds
        while self.waiting and (left := end - time.monotonic()) > 0:
            for client in select.select(self.waiting, [], [], left)[0]:
                self.told[client.recv(99)[9:12].decode()] += 1
                self.after.append(self.seconds())
                self.waiting.remove(client)
                client.close()
        return self.told


@contextlib.contextmanager
def slowly(server, seconds, lockers=1):
    """Who looks for somebody waits for so long; with two that take turns only
    one is let through in between."""
    ended = threading.Event()

    def work():
        lock = server.connect()
        lock.autocommit = False
        with contextlib.closing(lock):
            while not ended.is_set():
                lock.cursor().execute(
                    'lock table person in access exclusive mode')
                time.sleep(seconds)
                lock.rollback()
    threads = [threading.Thread(target=work) for _ in range(lockers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def test_a_burst_is_waited_out(server, small):
    """Four times as many as may wait; a machine may stall once or twice."""
    with slowly(server, 0.005):
        for _ in range(3):
            clients = Clients(small, server.token(), 4 * QUEUE)
            if clients.listen(30) == {'200': 4 * QUEUE}:
                break
    assert clients.told == {'200': 4 * QUEUE}


def test_what_does_not_move_is_refused(server, small):
    """Before those who wait are too late; a machine may stall once or twice."""
    for _ in range(3):
        with locked(server):
            clients = Clients(small, server.token(), 10 * QUEUE)
            while clients.told['503'] < 8 * QUEUE and clients.seconds() < 30:
                clients.listen(0.2)
            assert clients.told['503'] >= 8 * QUEUE, clients.told
            # Nor do those who come now stay there.
            late = Clients(small, server.token(), QUEUE)
            while late.told['503'] < QUEUE / 2 and late.seconds() < 30:
                late.listen(0.2)
            assert late.told['503'] >= QUEUE / 2, late.told
        late.listen(30)
        clients.listen(30)
        if min(clients.after) < 1.6:
            break
    assert 0.3 < min(clients.after) < 1.6


def test_what_lasts_is_refused(server, small):
    """Somebody comes for everybody who was answered, again and again, and
    that is more than can be done on any machine."""
    clients = Clients(small, server.token(), 0)
    with slowly(server, 0.04, 2):
        while not clients.told['503'] and clients.seconds() < 15:
            clients.add(4 * QUEUE - len(clients.waiting))
            clients.listen(0.02)
    assert clients.told['503'] and clients.told['200'], clients.told
    assert clients.seconds() > 0.4
    clients.listen(30)
    assert not clients.waiting and clients.told.keys() == {'200', '503'}
