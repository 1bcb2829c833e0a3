"""Each header that the server reads, sent twice and three times: a reply, by
a worker that lives on.

Mutation: If-Match, or If-None-Match, looked up as if there could be one line
of it: each ends a worker.  Accept-Language read of one line only; the lines
joined without a comma.
"""

import json
import socket

import pytest

# name, value, what a GET and what a PATCH is then answered (200 unless said)
HEADERS = {
    'Accept': ('application/json', 200, 200),
    'Accept-Encoding': ('gzip', 200, 200),
    'Accept-Language': ('nl', 200, 200),
    'Authorization': ('Bearer x', 401, 401),
    'Connection': ('close', 200, 200),
    'Content-Encoding': ('identity', 200, 415),
    'Content-Type': ('application/json', 200, 415),
    'Expect': ('100-continue', 200, 200),
    'Forwarded': ('for=192.0.2.1', 200, 200),
    'Host': ('localhost', 400, 400),
    'Idempotency-Key': ('k', 200, 200),
    'If-Match': ('"1.00000000"', 200, 412),
    'If-None-Match': ('"1.00000000"', 200, 200),
    'Origin': ('https://app.example', 200, 200),
    'Access-Control-Request-Method': ('GET', 200, 200),
    'Prefer': ('return=minimal', 200, 200),
    'Traceparent': ('00-' + 32 * 'a' + '-' + 16 * 'b' + '-01', 200, 200),
    'X-Forwarded-For': ('192.0.2.1', 200, 200),
}


def answered(server, method, path, headers, body=b''):
    """The head of the answer, on a connection of its own."""
    lines = [f'{method} {path} HTTP/1.1']
    lines += [f'{name}: {value}' for name, value in headers]
    with socket.create_connection((server.host, server.port), 30) as client:
        client.sendall('\r\n'.join([*lines, '', '']).encode() + body)
        reply = b''
        while chunk := client.recv(65536):
            reply += chunk
    head = [part for part in reply.split(b'\r\n\r\n')
            if not part.startswith(b'HTTP/1.1 100 ')][0]
    assert head.startswith(b'HTTP/1.1 '), (method, path, headers, reply)
    return head.decode() + '\r\n'


def sent(*request):
    return int(answered(*request).split(' ')[1])


def repeated(name, value, times, first):
    """The headers of `first`, and in place of this one so many."""
    rest = [pair for pair in first if pair[0].lower() != name.lower()]
    return rest + [(name, value)] * times


@pytest.fixture(scope='module')
def change(call):
    """A PATCH that needs a version, and says `*`."""
    one = call('update_skill')
    return one, [('Authorization', 'Bearer ' + one.world.api.server.token(
        'demo', one.as_, one.roles)),
        ('Content-Type', 'application/merge-patch+json'), ('If-Match', '*')]


@pytest.mark.parametrize('times', [2, 3])
@pytest.mark.parametrize('name', HEADERS)
def test_no_worker_ends(name, times, server, change):
    value, read, written = HEADERS[name]
    one, headers = change
    before = server.workers()
    base = [('Host', 'localhost'), ('Connection', 'close'), headers[0]]
    for path in '/openapi.json', '/v1/me', one.target:
        open_to_all = path == '/openapi.json' and name == 'Authorization'
        assert sent(server, 'GET', path, repeated(
            name, value, times, base)) == (200 if open_to_all else read)
    body = json.dumps(one.json).encode()
    base += headers[1:] + [('Content-Length', len(body))]
    assert sent(server, 'PATCH', one.target,
                repeated(name, value, times, base), body) == written
    assert server.workers() == before


@pytest.mark.parametrize('lines, language', [
    (['nl;q=0.1', 'fr'], 'fr'), (['nl', 'fr;q=0.1'], 'nl'),
    (['', 'de'], 'de'), (['en;q=0.1, nl;q=0.2', 'de;q=0.3', 'xx'], 'de'),
    (['nl;q=0', 'xx'], 'en')])
@pytest.mark.parametrize('hosts', [1, 2])
def test_languages_are_one_list(lines, language, hosts, server):
    """RFC 9110, 5.3; of what is refused before it is a request, too."""
    reply = answered(server, 'GET', '/v1/nothing', [
        *hosts * [('Host', 'localhost')], ('Connection', 'close'),
        *(('Accept-Language', line) for line in lines)])
    assert f'\r\ncontent-language: {language}\r\n' in reply.lower(), reply
