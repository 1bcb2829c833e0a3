"""Clients that do anything: a few requests of every framing behind one
another, whole or cut anywhere, in pieces of any size, with pauses, read in
part or not at all, left by a close, a farewell or a reset.  When the last has
gone nobody is left in the server: no connection, no request, no address that
counts one too many.

RESTLESS_S asks for more seconds than 60, RESTLESS_SEED for others.  Mutations
(src/connection*.c): who has sent a part is not asked whether he has reset
(72 connections of 4,367 are left 15 s later); client_remove() left out of
connection_close() (429 for whoever comes then from there).
"""

import json
import os
import random
import socket
import struct
import threading
import time
import urllib.request

import pytest

from harness.running import free_port

pytestmark = pytest.mark.long

SECONDS = int(os.environ.get('RESTLESS_S', '60'))
SEED = int(os.environ.get('RESTLESS_SEED', '1'))
CLIENTS, ADDRESSES, GONE_S = 12, 10, 15
NEW = json.dumps({'labels': {'en': 'x' * 300}, 'kind': 'no such'}).encode()


def chunks(body, chance):
    """The body in chunks, some with an extension, and a trailer."""
    framed, at = b'', 0
    while at < len(body):
        part = body[at:at + chance.randrange(1, len(body) + 1)]
        at += len(part)
        framed += b'%x%s\r\n%s\r\n' % (
            len(part), chance.choice([b'', b';a=b']), part)
    return framed + b'0\r\nX: y\r\n\r\n'


def request(token, chance):
    def head(line, *more):
        return '\r\n'.join([
            line, 'Host: x', f'Authorization: Bearer {token}',
            f'X-Forwarded-For: 192.0.2.{chance.randrange(ADDRESSES)}',
            *more, '', '']).encode()

    new = 'POST /v1/skills HTTP/1.1', 'Content-Type: application/json'
    return chance.choice([
        lambda: head('GET /v1/skills?limit=100 HTTP/1.1'),
        lambda: head('GET /v1/skills?limit=100 HTTP/1.1',
                     'Accept-Encoding: gzip'),
        lambda: head('GET /v1/me HTTP/1.0'),
        lambda: head('GET /v1/me HTTP/1.0', 'Connection: keep-alive'),
        lambda: head('GET /openapi.json HTTP/1.1'),
        lambda: head('HEAD /docs HTTP/1.1'),
        lambda: head('GET / HTTP/1.1', 'no header'),
        lambda: head(*new, f'Content-Length: {len(NEW)}') + NEW,
        lambda: head(*new, 'Transfer-Encoding: chunked', *chance.choice(
            [[], ['Expect: 100-continue']])) + chunks(NEW, chance),
        lambda: head(*new, 'Content-Length: 200000') + b' ' * 200000,
        lambda: head(*new, 'Transfer-Encoding: chunked') + chunks(
            b' ' * 200000, chance),
    ])()


def read(wire, chance, times):
    for _ in range(times):
        try:
            if not wire.recv(chance.choice([1, 1000, 100000])):
                return
        except TimeoutError:
            return


def visit(server, token, chance):
    with socket.create_connection((server.host, server.port), 5) as wire:
        if chance.random() < 0.3:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        wire.settimeout(chance.choice([0.01, 0.05, 0.3]))
        words = b''.join(request(token, chance)
                         for _ in range(chance.randrange(1, 6)))
        if chance.random() < 0.5:
            words = words[:chance.randrange(1, len(words))]
        while words:
            words = words[wire.send(
                words[:chance.choice([1, 7, 100, 5000, 100000])]):]
            if chance.random() < 0.05:
                time.sleep(chance.random() / 50)
            if chance.random() < 0.2:
                read(wire, chance, 1)
        end = chance.choice(['close', 'farewell', 'reset'])
        if end == 'reset':
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack('ii', 1, 0))
            return
        if end == 'farewell':
            wire.shutdown(socket.SHUT_WR)
        read(wire, chance, chance.randrange(30))


def visits(server, token, seed, stop, done):
    chance = random.Random(seed)
    while time.monotonic() < stop:
        try:
            visit(server, token, chance)
        except OSError:
            pass
        done.append(seed)


def gauges(port):
    with urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics') as reply:
        lines = reply.read().decode().splitlines()
    return {name.removeprefix('hefboom_'): int(value)
            for name, _, value in (line.partition(' ') for line in lines)
            if name in ('hefboom_connections', 'hefboom_requests_in_flight')}


def test_nobody_is_left(api):
    port = free_port()
    with api.beside(
            HEFBOOM_WORKERS=1, HEFBOOM_METRICS_LISTEN=f'127.0.0.1:{port}',
            HEFBOOM_POOL_FAST=1, HEFBOOM_POOL_WRITE=1, HEFBOOM_POOL_SLOW=1,
            HEFBOOM_TRUSTED_PROXIES='127.0.0.0/8',
            HEFBOOM_PER_ADDRESS_MAX=6) as other:
        workers = other.server.workers()
        token = other.server.token('demo', 'els', ('member',))
        done, stop = [], time.monotonic() + SECONDS
        threads = [threading.Thread(target=visits, args=(
            other.server, token, f'{SEED}.{number}', stop, done))
            for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        late, began = time.monotonic() + GONE_S, time.monotonic()
        while any(left := gauges(port).values()):
            assert time.monotonic() < late, (gauges(port), len(done))
            time.sleep(0.25)
        print(f'{len(done)} visits, the last one gone after'
              f' {time.monotonic() - began:.1f} s; load average'
              f' {os.getloadavg()[0]:.1f}')
        assert not any(left)
        for number in range(ADDRESSES):
            other.get('/healthz', as_=None, headers={
                'X-Forwarded-For': f'192.0.2.{number}'}).expect(200)
        assert other.server.workers() == workers
