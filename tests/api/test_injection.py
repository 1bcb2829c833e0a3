"""Nothing that a client sends becomes a header, a line of the log or a part
of the page: CR, LF and what may be taken for them, wherever they can stand.

Mutations, each found here: an ESC taken in a value by http.c; the query
decoded in Link; a Request-Id of the client's; an origin echoed without being
looked up; the pointer of an error unescaped.
"""

import json
import re
import socket

import pytest


# What a front, a proxy or a browser may take for the end of a line.
ENCODED = ['%0d%0aX-Injected:%20yes', '%0aX-Injected:yes', '%0dX-Injected:yes',
           '%e5%98%8a%e5%98%8dX-Injected:yes', '%c2%85X-Injected:yes',
           '%e2%80%a8X-Injected:yes', '%0d%0a%0d%0a<script>x</script>',
           '%250d%250aX-Injected:yes', '%00X-Injected:yes',
           '%1b[2JX-Injected:yes', '%u000aX-Injected:yes',
           '%0b%0cX-Injected:yes', '%22%0aX-Injected:yes',
           '%3e;%20rel=%22evil%22,%3c//x%3eX-Injected:yes', '%ff%0d%0aX-Injected']
RAW = [b'a\rX-Injected: yes', b'a\nX-Injected: yes', b'a\r\n X-Injected: yes',
       b'a\r\n\tX-Injected: yes', b'a\0X-Injected: yes', b'a\x0bX-Injected',
       b'a\x1b[31mX-Injected', b'a\x7fX-Injected', b'a\x08X-Injected']
# Bytes that may stand in a value, and must not come back.
TAKEN = [b'a\xe5\x98\x8a\xe5\x98\x8dX-Injected', b'a\xc2\x85X-Injected',
         b'a%0d%0aX-Injected: yes', b'a\\r\\nX-Injected: yes',
         b'a\xff\xfeX-Injected', b'","X-Injected":"', b'"><X-Injected>',
         b'a, X-Injected; b=c', b'https://app.example.org, X-Injected',
         b'https://app.example.org X-Injected']
NAMES = {'date', 'content-type', 'content-length', 'x-content-type-options',
         'request-id', 'traceresponse', 'ratelimit', 'ratelimit-policy',
         'vary', 'cache-control', 'content-language', 'etag', 'location',
         'link', 'allow', 'www-authenticate', 'retry-after', 'connection',
         'content-encoding', 'idempotency-replayed',
         'content-security-policy', 'access-control-allow-origin',
         'access-control-expose-headers'}


@pytest.fixture(scope='module')
def watched(api):
    """Logs each request; whatever can be switched on is on."""
    with api.beside(
            HEFBOOM_LOG_LEVEL='debug', HEFBOOM_TRUSTED_PROXIES='127.0.0.1',
            HEFBOOM_CORS_ORIGINS='https://app.example.org',
            HEFBOOM_WORKERS=1) as other:
        other.server.answered = set()
        yield other
        lines = other.server.log().splitlines()
    assert not [line for line in lines if 'njected' in line.lower()
                or not isinstance(json.loads(line), dict)]
    entries = [json.loads(line) for line in lines]
    ids = [one['request'] for one in entries if 'request' in one
           and one.get('operation') != 'get_readyz']
    assert len(ids) == len(set(ids)), 'two lines for one request'
    assert set(ids) <= other.server.answered, 'a line of nobody'


class Raw:
    """One reply, byte by byte as it came."""

    def __init__(self, server, request):
        with socket.create_connection((server.host, server.port), 60) as wire:
            wire.sendall(request)
            self.bytes = b''
            while part := wire.recv(65536):
                self.bytes += part
        head, self.body = self.bytes.split(b'\r\n\r\n', 1)
        first, *lines = head.split(b'\r\n')
        self.status = int(re.fullmatch(
            rb'HTTP/1\.1 (\d{3}) [A-Za-z -]+', first)[1])
        self.headers = {}
        for line in lines:
            assert re.fullmatch(rb'[A-Za-z-]+: [\x20-\x7e]*', line), line
            name, value = line.decode().split(': ', 1)
            assert name.lower() in NAMES, line
            assert name.lower() not in self.headers, line
            self.headers[name.lower()] = value
        assert len(self.body) == int(self.headers.get('content-length', 0))
        server.answered.add(self.headers['request-id'])

    def check(self):
        """No word of it in the head; the body is JSON, or a page of ours."""
        for name, value in self.headers.items():
            # Link repeats the query as it was sent, in its escapes.
            assert name == 'link' or 'njected' not in value, (name, value)
            assert not re.search(r'[<>"]', value) or name != 'location'
        if b'json' in self.headers.get('content-type', '').encode():
            json.loads(self.body)
            assert not re.search(rb'[\x00-\x1f]', self.body.replace(
                b'\n', b'')), self.body[:300]
        elif self.body:
            assert b'njected' not in self.body
        return self


def ask(api, method, target, headers=(), body=b'', **who):
    lines = [f'{method} {target} HTTP/1.1'.encode(), b'Host: a.example',
             b'Connection: close']
    if who.get('as_', 'els'):
        token = api.server.token(
            'demo', who.get('as_', 'els'), tuple(who.get('roles', ())) or
            ('member',), who.get('scope'))
        lines.append(b'Authorization: Bearer ' + token.encode())
    lines += [name.encode() + b': ' + value for name, value in headers]
    if body or method in ('POST', 'PUT', 'PATCH'):
        lines += [b'Content-Type: application/json',
                  b'Content-Length: %d' % len(body)]
    return Raw(api.server, b'\r\n'.join(lines) + b'\r\n\r\n' + body).check()


def test_targets(document, call, watched):
    """In each place of each operation's address, one of them after the
    other."""
    for number, operation in enumerate(document.operations.values()):
        text = ENCODED[number % len(ENCODED)]
        names = re.findall(r'\{(\w+)\}', operation.route)
        targets = [operation.route + text]
        for name in names:
            targets.append(operation.path(**{
                other: '00000000-0000-7000-8000-000000000000'
                for other in names if other != name}).replace(
                    '{' + name + '}', 'x' + text))
        plain = operation.path(**{
            name: '00000000-0000-7000-8000-000000000000' for name in names})
        parameters = operation.places('query')
        chosen = parameters[number % len(parameters)]['name'] if (
            parameters) else 'x'
        targets += [f'{plain}?{chosen}={text}', f'{plain}?x{text}=1']
        for target in targets:
            ask(watched, operation.method, re.sub(r'[{}]', '', target),
                roles=('member', 'hr', 'admin'))


@pytest.mark.parametrize('text', ENCODED)
def test_links(text, watched):
    """The query comes back in Link, in the escapes in which it came."""
    plain = ask(watched, 'GET', '/v1/people?limit=1')
    assert plain.headers['link'].count('rel=') == 1
    reply = ask(watched, 'GET', '/v1/people?limit=1&q=e&q' + text + '=1')
    assert reply.status == 400
    reply = ask(watched, 'GET', '/v1/people?limit=1&team_id=' + text)
    assert reply.status == 400 and 'link' not in reply.headers
    for word in ('%65', '%0d%0ae', 'e%0d%0a', '%3e;rel=%22x%22,e'):
        reply = ask(watched, 'GET', f'/v1/people?limit=1&q={word}')
        link = reply.headers.get('link')
        assert link is None or re.fullmatch(
            r'</v1/people\?[!-;=?-~]+>; rel="next"', link)


HEADERS = ['Accept', 'Accept-Encoding', 'Accept-Language', 'Authorization',
           'Content-Type', 'Cookie', 'Expect', 'Forwarded', 'Host',
           'Idempotency-Key', 'If-Match', 'If-None-Match', 'Origin',
           'Access-Control-Request-Method', 'Referer', 'Request-Id',
           'X-Request-Id', 'User-Agent', 'X-Forwarded-For', 'X-Forwarded-Host',
           'X-Forwarded-Proto', 'X-Original-URL', 'X-HTTP-Method-Override',
           'traceparent', 'tracestate', 'X-Injected']


@pytest.mark.parametrize('name', HEADERS)
def test_header_values(name, watched):
    """What ends a line is refused by the front; the rest is not answered."""
    for number, value in enumerate(RAW):
        for before in (b'', b'00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169'
                       b'203331-01'):
            raw = (b'GET /v1/me HTTP/1.1\r\n' + (
                b'' if name == 'Host' else b'Host: a.example\r\n')
                + name.encode() + b': ' + before + value + b'\r\n\r\n')
            reply = Raw(watched.server, raw + (
                b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')).check()
            assert reply.status in (400, 417), (value, reply.bytes)
            assert reply.headers['connection'] == 'close'
    for value in TAKEN:
        if name in ('Host', 'Expect', 'Authorization'):
            continue
        for target in ('/v1/me', '/v1/people?limit=1', '/docs', '/v1/nothing'):
            reply = ask(watched, 'GET', target, [(name, value)])
            assert 'access-control-allow-origin' not in reply.headers
            assert 'traceresponse' not in reply.headers


@pytest.mark.parametrize('host', [
    b'a.example"x', b'a<b>', b'a b', b'a\\b', b'a;b', b'a,b', b'a/b', b'a?b',
    b'a#b', b'a@b', b'a%0d%0ab', b'a:80:80', b'a:x', b'[::1', b'[::1]x',
    b'\xe5\x98\x8a', b'a\'b', b'${x}', b''])
def test_hosts(host, watched):
    """It may become a part of SCIM's addresses, so it is one."""
    token = watched.server.token('demo', 'idp', ('integrator',), 'people:read')
    reply = Raw(watched.server, b'GET /scim/v2/Users?count=1 HTTP/1.1\r\n'
                b'Connection: close\r\nAuthorization: Bearer '
                + token.encode() + b'\r\nHost: ' + host + b'\r\n\r\n').check()
    if reply.status == 200:
        location = json.loads(reply.body)['Resources'][0]['meta']['location']
        assert re.fullmatch(r"http://[A-Za-z0-9.!$&'()*+,;=%_~-]+(:\d+)?"
                            r'/scim/v2/Users/[0-9a-f-]{36}', location)
    else:
        assert reply.status == 400


def test_a_client_does_not_name_its_request(watched):
    for name in ('Request-Id', 'X-Request-Id', 'X-Correlation-Id'):
        reply = ask(watched, 'GET', '/v1/me', [(name, b'mine-of-all')])
        assert 'mine-of-all' not in str(reply.headers)


def test_what_may_come_back_is_whole(watched):
    """The three headers that repeat what was sent, when it is as it should
    be."""
    trace = '0af7651916cd43dd8448eb211c80319c'
    reply = ask(watched, 'GET', '/v1/people?limit=1', [
        ('Origin', b'https://app.example.org'),
        ('traceparent', f'00-{trace}-b7ad6b7169203331-01'.encode())])
    assert reply.headers['access-control-allow-origin'] == (
        'https://app.example.org')
    assert reply.headers['traceresponse'].split('-')[1] == trace
    assert reply.headers['link'].startswith('</v1/people?limit=1&after=')


@pytest.mark.parametrize('body', [
    b'{"no\\r\\nX-Injected: yes": 1}', b'{"\\u000d\\u000aX-Injected": 1}',
    b'{"title": "\\r\\nX-Injected: yes"}', b'{"\\u2028X-Injected": 1}',
    b'{"</script><script>X-Injected": 1}', b'{"\\u001b[2JX-Injected": 1}'])
@pytest.mark.parametrize('name', [
    'create_goal', 'update_me', 'create_skill', 'scim_create_user'])
def test_bodies(name, body, document, call, watched):
    """Names of members come back in the pointers of errors, as JSON."""
    one = call(name)
    reply = ask(watched, one.operation.method, one.target, body=body,
                as_=one.as_, roles=one.roles, scope=one.scope)
    assert reply.status in (400, 422)
    assert reply.headers['x-content-type-options'] == 'nosniff'
    assert 'html' not in reply.headers['content-type']
