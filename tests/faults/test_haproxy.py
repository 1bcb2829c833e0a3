"""Two servers on one database behind docker/haproxy.cfg: one is killed, one
is told to stop, and no request that may be repeated fails; what was answered
is there once.

Mutations of haproxy.cfg: no `retry-on`, no `option redispatch`, no `option
http-buffer-request`, no key asked for, nobody asked whether it is ready: each
fails here.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import threading
import time
import uuid

import pytest

from cluster import needs, program
from harness.running import free_port

HAPROXY, needed = needs('haproxy')
CLIENTS = 8
pytestmark = needed


class Traffic:
    """Clients in turns of a read and a POST with a key."""

    def __init__(self, port, token):
        self.port, self.token = port, token
        self.wrong, self.made, self.read = [], [], 0
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.client)
                        for _ in range(CLIENTS)]

    def ask(self, link, method, path, body=None, **headers):
        link.request(method, path, body, {
            'Authorization': f'Bearer {self.token}', **headers})
        reply = link.getresponse()
        return reply.status, reply.read()

    def make(self, link, name):
        return self.ask(
            link, 'POST', '/v1/skills',
            json.dumps({'labels': {'en': name}, 'kind': 'method'}),
            **{'Content-Type': 'application/json',
               'Idempotency-Key': name})

    def client(self):
        link = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        while not self.stopping.is_set():
            name = f'haproxy-{uuid.uuid4()}'
            try:
                status, content = self.ask(link, 'GET', '/v1/me')
                if status != 200:
                    self.wrong.append((time.monotonic(), status, content))
                self.read += 1
                status, content = self.make(link, name)
                if status != 201:
                    self.wrong.append((time.monotonic(), status, content))
                self.made.append(name)
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append((time.monotonic(), 0, repr(error)))
                link.close()
        link.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)


@pytest.fixture
def pair(server):
    one, two = server.beside(), server.beside()
    with one.running(), two.running():
        yield one, two


@pytest.fixture
def front(root, pair):
    port = free_port()
    with program(HAPROXY, '-db', '-f', root / 'docker/haproxy.cfg', port=port,
                 HEFBOOM_FRONT=f'127.0.0.1:{port}',
                 HEFBOOM_ONE=f'127.0.0.1:{pair[0].port}',
                 HEFBOOM_TWO=f'127.0.0.1:{pair[1].port}'):
        time.sleep(1.5)
        yield port


def test_one_killed_one_drained(server, db, pair, front):
    one, two = pair
    with Traffic(front, server.token()) as traffic:
        time.sleep(1)
        before = len(traffic.made)
        one.crashes_declared = 100
        os.killpg(one.pid, signal.SIGKILL)
        one.child.wait()
        time.sleep(2)
        between = len(traffic.made)
        one.start()
        time.sleep(2)
        two.child.send_signal(signal.SIGTERM)
        assert two.child.wait(60) == 0
        time.sleep(2)
        after = len(traffic.made)
    assert not traffic.wrong, (len(traffic.wrong), traffic.wrong[:5])
    assert 0 < before < between < after
    assert db.one("""
        select count(distinct skill_id) from skill_label
        where normalized like 'haproxy%'""") == len(traffic.made)
    print(f'{traffic.read} reads, {len(traffic.made)} changes, 0 failed')


class Once:
    """Accepts, reads a request, closes without a word; counts them.  What it
    says of itself is another matter."""

    def __init__(self, ready='200 OK'):
        self.seen, self.ready = 0, ready
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                link, _ = self.socket.accept()
            except OSError:
                return
            text = link.recv(4096)
            if b'GET /readyz' in text:
                link.sendall(f'HTTP/1.1 {self.ready}\r\n'
                             'Content-Length: 0\r\n\r\n'.encode())
            else:
                self.seen += 1
            link.close()


@contextlib.contextmanager
def fronted(root, servers):
    """The port of a front before two of those."""
    port = free_port()
    with program(HAPROXY, '-db', '-f', root / 'docker/haproxy.cfg', port=port,
                 HEFBOOM_FRONT=f'127.0.0.1:{port}',
                 HEFBOOM_ONE=f'127.0.0.1:{servers[0].port}',
                 HEFBOOM_TWO=f'127.0.0.1:{servers[1].port}'):
        yield port
    for one in servers:
        one.socket.close()


def ask(port, method='GET', headers=()):
    link = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
    link.request(method, '/v1/x', '{}', dict(headers))
    status = link.getresponse().status
    link.close()
    return status


def test_who_is_not_ready_gets_nothing(root):
    """Though it accepts: its database is away, or it is about to leave."""
    servers = [Once(), Once('503 Service Unavailable')]
    with fronted(root, servers) as port:
        time.sleep(2)
        for _ in range(4):
            assert ask(port) == 502
        assert servers[0].seen == 4 * 4 and servers[1].seen == 0
        for one, ready in zip(servers, ('503 No', '200 OK')):
            one.ready = ready
        time.sleep(2)
        ask(port)
        assert servers[0].seen == 4 * 4 and servers[1].seen == 4


@pytest.mark.parametrize('method, headers, times', [
    ('GET', {}, 4), ('POST', {'Idempotency-Key': 'a'}, 4), ('POST', {}, 1),
    ('PATCH', {}, 1), ('PUT', {}, 1), ('DELETE', {}, 1),
    ('DELETE', {'Idempotency-Key': 'a'}, 1)])
def test_what_is_sent_again(root, method, headers, times):
    """A server that vanishes with the request: may it be sent again?"""
    servers = [Once(), Once()]
    with fronted(root, servers) as port:
        assert ask(port, method, headers) == 502
    assert sum(one.seen for one in servers) == times
