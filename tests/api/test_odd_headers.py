"""Each header that the server reads with values that nobody expects: empty,
of commas or blanks alone, quotes that do not end, thousands of members, bytes
that are no text.  A reply, whole, by a worker that lives on; what says nothing
in a list is as good as no header.  Under AddressSanitizer nothing is leaked
for it either.

Mutations, each found: of Accept its line asked for what it says, not the
member (test_what_says_nothing); a list without a member that says something
kept in http_header_list() (by the sanitizer).
"""

import json
import socket

import pytest

LISTS = ['Accept', 'Accept-Encoding', 'Accept-Language', 'Forwarded',
         'If-None-Match', 'X-Forwarded-For']
HEADERS = LISTS + [
    'Access-Control-Request-Method', 'Authorization', 'Content-Encoding',
    'Content-Length', 'Content-Type', 'Expect', 'Host', 'Idempotency-Key',
    'If-Match', 'Origin', 'Traceparent', 'Transfer-Encoding']
SILENT = [b'', b',', b', ,\t,']
ODD = SILENT + [
    b'"', b'"\\', b'\\"', b'""', b'W/', b'W/"', b';', b';q=', b'=', b',;=,',
    b'*', b'*,*', b'for=', b'for="', b'for=[', b'[', b'[]:', b'Basic ',
    b'Bearer ', b'basic =', b'q=0', b'\xff\xfe', '\u202e'.encode(), b'%00',
    b'"' * 7001, b',' * 7000, b'a,' * 3500, b'\\' * 7001, b'a' * 7000,
    b'"\\' * 3500, b';' * 7000, b'for=1;' * 1100, b'1' * 300, b'x ' * 3000]


@pytest.fixture(scope='module')
def other(api):
    with api.beside(HEFBOOM_TRUSTED_PROXIES='127.0.0.0/8',
                    HEFBOOM_CORS_ORIGINS='https://app.example') as other:
        yield other


@pytest.fixture(scope='module')
def requests(call, other):
    """Method, path, headers and body of one request of each kind."""
    one = call('update_skill')
    bearer = ('Authorization', b'Bearer ' + other.server.token(
        'demo', one.as_, one.roles).encode())
    patch = json.dumps(one.json).encode()
    form = b'grant_type=client_credentials'
    return [
        ('GET', '/v1/me', [bearer], b''),
        ('PATCH', one.target, [
            bearer, ('Content-Type', b'application/merge-patch+json'),
            ('If-Match', b'*'), ('Content-Length', b'%d' % len(patch))],
         patch),
        ('POST', '/oauth/token', [
            ('Content-Type', b'application/x-www-form-urlencoded'),
            ('Content-Length', b'%d' % len(form))], form)]


def answered(server, request, name=None, *values):
    """Status, headers and body; the header of that name is these lines."""
    method, path, headers, body = request
    base = [('Host', b'localhost'), ('Connection', b'close'), *headers]
    lines = [pair for pair in base if pair[0] != name]
    lines += [(name, value) for value in values]
    head = f'{method} {path} HTTP/1.1\r\n'.encode() + b''.join(
        key.encode() + b': ' + value + b'\r\n' for key, value in lines)
    with socket.create_connection((server.host, server.port), 30) as client:
        client.sendall(head + b'\r\n' + body)
        reply = b''
        while chunk := client.recv(65536):
            reply += chunk
    while reply.startswith(b'HTTP/1.1 100 '):
        reply = reply.partition(b'\r\n\r\n')[2]
    return whole(reply, (method, path, name, values))


def whole(reply, why):
    head, blank, body = reply.partition(b'\r\n\r\n')
    status, *lines = head.decode('ascii').split('\r\n')
    assert blank and status.startswith('HTTP/1.1 '), (why, reply)
    headers = {}
    for line in lines:
        name, colon, value = line.partition(': ')
        assert colon and name.lower() not in headers, (why, line)
        headers[name.lower()] = value
    assert len(body) == int(headers.get('content-length', 0)), why
    return int(status.split(' ')[1]), headers, body


@pytest.mark.parametrize('name', HEADERS)
def test_a_whole_reply(name, other, requests):
    before = other.server.workers()
    for request in requests:
        for value in ODD:
            for values in [value], [value, b'x', value]:
                status, _, _ = answered(other.server, request, name, *values)
                assert status < 500 or (status, name) == (
                    501, 'Transfer-Encoding'), (request, name, values, status)
    assert other.server.workers() == before


@pytest.mark.parametrize('name', LISTS)
def test_what_says_nothing(name, other, requests):
    request = requests[0]
    changing = {'date', 'request-id', 'ratelimit'}

    def lasting(*lines):
        status, headers, body = answered(other.server, request, *lines)
        return status, {key: value for key, value in headers.items()
                        if key not in changing}, body

    expected = lasting()
    assert expected[0] == 200
    for value in SILENT:
        assert lasting(name, value) == expected, value
        assert lasting(name, value, value) == expected, value
