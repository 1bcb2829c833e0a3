"""traceparent in, traceresponse and the log out (trace.h).

Mutations: the parent's id sent back for ours; a trace made for who sent none;
the log without it; what is malformed written to the log; two lines taken.
"""

import re
import secrets

import pytest

RESPONSE = re.compile(r'00-([0-9a-f]{32})-([0-9a-f]{16})-00')


@pytest.fixture(scope='module')
def talkative(api):
    """Logs every request."""
    with api.beside(HEFBOOM_LOG_LEVEL='debug', HEFBOOM_WORKERS=1) as other:
        yield other


def logged(api, reply):
    return [entry for entry in api.server.log_entries()
            if entry.get('request') == reply.headers['Request-Id']
            and entry['event'] == 'request']


@pytest.mark.parametrize('path, status', [
    ('/v1/me', 200), ('/v1/people?limit=0', 400), ('/v1/nothing', 404),
    ('/healthz', 200), ('/scim/v2/Nothing', 404), ('/openapi.json', 200)])
def test_in_and_out(talkative, path, status):
    trace, parent = secrets.token_hex(16), 'a' + secrets.token_hex(8)[1:]
    reply = talkative.get(path, headers={
        'traceparent': f'00-{trace}-{parent}-01', 'tracestate': 'a=b'})
    reply.expect(status)
    match = RESPONSE.fullmatch(reply.headers['traceresponse'])
    assert match[1] == trace
    # Our part is named as the request is.
    assert match[2] == reply.headers['Request-Id'].replace('-', '')[-16:]
    assert match[2] != parent
    entry, = logged(talkative, reply)
    assert (entry['trace'], entry['parent']) == (trace, parent)


def test_without(talkative):
    reply = talkative.get('/v1/me').expect(200)
    assert reply.headers['traceresponse'] is None
    entry, = logged(talkative, reply)
    assert 'trace' not in entry and 'parent' not in entry


@pytest.mark.parametrize('wrong', [
    '00-XYZXYZXYZXYZXYZXYZXYZXYZXYZXYZXY-00f067aa0ba902b7-01',
    '00-' + '0' * 32 + '-00f067aa0ba902b7-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra',
    'naughty","level":"error', 'x' * 3000])
def test_malformed(talkative, wrong):
    before = len(talkative.server.log())
    reply = talkative.get('/v1/me', headers={'traceparent': wrong})
    reply.expect(200)
    assert reply.headers['traceresponse'] is None
    entry, = logged(talkative, reply)
    assert 'trace' not in entry
    assert wrong[:40] not in talkative.server.log()[before:]


def test_two_of_them(talkative):
    import socket
    one = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    two = '00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    server = talkative.server
    with socket.create_connection((server.host, server.port), 10) as wire:
        wire.sendall((f'GET /healthz HTTP/1.1\r\nHost: x\r\ntraceparent: {one}'
                      f'\r\ntraceparent: {two}\r\nConnection: close\r\n\r\n'
                      ).encode())
        reply = b''
        while True:
            more = wire.recv(4096)
            if not more:
                break
            reply += more
    assert b'200 OK' in reply and b'traceresponse' not in reply
