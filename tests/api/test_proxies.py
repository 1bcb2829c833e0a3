"""Trusted proxies: whom a request comes from, for the log and for the cap
(forwarded.h, server.h).

Mutations: the header believed of anybody, the other header believed; the cap
counting the proxy; a client never counted off again; a refusal of the front
without Retry-After; a setting not checked; the header read from its front.
"""

import concurrent.futures
import contextlib
import socket
import threading

import pytest

from harness.locks import locked
from harness.waiting import eventually


@pytest.fixture
def started(api):
    with contextlib.ExitStack() as servers:
        yield lambda **settings: servers.enter_context(api.beside(
            HEFBOOM_LOG_LEVEL='debug', HEFBOOM_WORKERS=1, **settings))


def origin(api, **headers):
    reply = api.get('/healthz', as_=None, headers={
        name.replace('_', '-'): value for name, value in headers.items()})
    entry, = [entry for entry in api.server.log_entries()
              if entry.get('request') == reply.headers['Request-Id']]
    return entry['from']


def test_nobody_is_believed_by_default(started):
    api = started()
    assert origin(api) == '127.0.0.1'
    assert origin(api, X_Forwarded_For='192.0.2.1') == '127.0.0.1'
    assert origin(api, Forwarded='for=192.0.2.1') == '127.0.0.1'


def test_x_forwarded_for(started):
    api = started(HEFBOOM_TRUSTED_PROXIES='10.0.0.0/8, 127.0.0.0/8')
    assert origin(api) == '127.0.0.1'
    assert origin(api, X_Forwarded_For='192.0.2.1') == '192.0.2.1'
    assert origin(api, X_Forwarded_For='6.6.6.6, 192.0.2.1, 10.1.1.1'
                  ) == '192.0.2.1'
    assert origin(api, X_Forwarded_For='2001:db8::1') == '2001:db8::1'
    assert origin(api, X_Forwarded_For='naughty "words"') == '127.0.0.1'
    # A client's quote that does not end hides nothing behind it.
    assert origin(api, X_Forwarded_For='", 192.0.2.1') == '192.0.2.1'
    # What the proxy does not write, a client may have written.
    assert origin(api, Forwarded='for=6.6.6.6') == '127.0.0.1'
    assert 'naughty' not in api.server.log()


def test_forwarded(started):
    api = started(HEFBOOM_TRUSTED_PROXIES='127.0.0.1',
                  HEFBOOM_PROXY_HEADER='forwarded')
    assert origin(api, Forwarded='for=192.0.2.1;proto=https') == '192.0.2.1'
    assert origin(api, Forwarded='for="[2001:db8::1]:80"') == '2001:db8::1'
    assert origin(api, Forwarded='for=", for="[2001:db8::1]"'
                  ) == '2001:db8::1'
    assert origin(api, X_Forwarded_For='6.6.6.6') == '127.0.0.1'


def pending(server, client):
    """A connection with a request that stays under way: it needs a table
    that the test has locked."""
    wire = socket.create_connection((server.host, server.port), 10)
    token = server.token('demo', 'els', ('member',), None)
    wire.sendall((f'GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: '
                  f'{client}\r\nAuthorization: Bearer {token}\r\n\r\n'
                  ).encode())
    return wire


def test_the_cap_is_of_clients_not_of_proxies(started, db):
    """One connection is allowed to each address; a proxy may have many."""
    api = started(HEFBOOM_TRUSTED_PROXIES='127.0.0.1',
                  HEFBOOM_PER_ADDRESS_MAX=1)
    server = api.server
    api.get('/v1/me', headers={'X-Forwarded-For': '192.0.2.1'}).expect(200)
    # Reads wait for this lock, so requests stay under way.
    with locked(server):
        wires = [pending(server, '192.0.2.1'), pending(server, '192.0.2.2'),
                 pending(server, '2001:db8::1')]
        # A fourth of the first address, of its /64; not of others.
        for client in ('192.0.2.1', '2001:db8::2'):
            ask = {'as_': None, 'headers': {'X-Forwarded-For': client}}
            eventually(lambda: api.get('/v1/nothing', **ask
                                       ).status_code != 404)
            reply = api.get('/v1/nothing', **ask)
            reply.expect(429, code='too_many_requests')
            assert reply.headers['Retry-After'] == '1'
        for client in ('192.0.2.3', '2001:db8:0:1::1', None):
            api.get('/v1/nothing', as_=None, headers={
                'X-Forwarded-For': client}).expect(404)
    for wire in wires:
        wire.settimeout(20)
        assert wire.recv(100).startswith(b'HTTP/1.1 '), 'no reply'
        wire.close()
    # They are over, and so is what was counted.
    for _ in range(5):
        for client in ('192.0.2.1', '192.0.2.2', '2001:db8::1'):
            api.get('/v1/me', headers={'X-Forwarded-For': client}).expect(200)


def test_who_leaves_is_counted_off(started):
    api = started(HEFBOOM_TRUSTED_PROXIES='127.0.0.1',
                  HEFBOOM_PER_ADDRESS_MAX=1)
    for _ in range(20):
        pending(api.server, '192.0.2.7').close()
    eventually(lambda: api.get('/v1/me', headers={
        'X-Forwarded-For': '192.0.2.7'}).status_code == 200)


def test_others_are_capped_by_connections(started):
    api = started(HEFBOOM_TRUSTED_PROXIES='10.0.0.0/8',
                  HEFBOOM_PER_ADDRESS_MAX=3)
    answered = threading.Barrier(8)

    def ask(_):
        with socket.create_connection((api.server.host, api.server.port),
                                      10) as wire:
            try:
                wire.sendall(b'GET /healthz HTTP/1.1\r\nHost: x\r\n'
                             b'X-Forwarded-For: 192.0.2.1\r\n\r\n')
                first = wire.recv(100)
            except ConnectionError:
                first = b''
            answered.wait(60)
            return first
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(ask, range(8)))
    assert sum(reply.startswith(b'HTTP/1.1 200') for reply in replies) == 3


@pytest.mark.parametrize('flag, wrong', [
    ('--trusted-proxies', '10.0.0.1/8'), ('--trusted-proxies', 'proxy'),
    ('--trusted-proxies', '*'), ('--proxy-header', 'x-real-ip')])
def test_wrong_settings(server, flag, wrong):
    result = server.command('check-config', flag, wrong, check=False)
    assert result.returncode != 0
    assert flag[2:].replace('-', '_') in result.stderr
