"""What docs/security.md says of the service as a whole and no other test
shows: types of bodies, no redirects, no other protocols.

Mutations, each found here: `text/html` without its charset in get_docs_file.c;
a Location on what is read, in reply.c.
"""

import json
import re
import socket

import pytest

from harness import baked

TEXTUAL = re.compile(r'text/|.*\+xml$|.*/xml$')


def check(reply):
    """RFC 9110, 8.3: the type is what the body is, and says its charset
    where that could be another one."""
    if not reply.content:
        return
    kind = reply.headers['Content-Type']
    assert kind, reply
    media, *parameters = [part.strip() for part in kind.split(';')]
    if 'json' in media:
        json.loads(reply.content)
        reply.content.decode()
    elif TEXTUAL.match(media):
        assert parameters == ['charset=utf-8'], (reply, kind)
        reply.content.decode()
        assert media != 'text/html' or (
            reply.content.lstrip()[:9].lower() == b'<!doctype')
    else:
        raise AssertionError(f'{kind} of {reply}')
    assert reply.headers['X-Content-Type-Options'] == 'nosniff'


def readers():
    try:
        return [one.name for one in baked.tree().operations
                if one.method == 'get']
    except AssertionError:
        return ['none']


@pytest.mark.parametrize('name', readers())
def test_bodies_are_of_their_type(name, call):
    """And nothing leads elsewhere but / and /docs, to pages of this server:
    who asks without TLS is not helped along."""
    one = call(name)
    replies = [one.send(), one.send(as_=None),
               one.changed(query={'no_such_thing': '1'}).send(),
               one.send(headers={'Accept': 'x/y'}, judge=False),
               one.send(headers={'X-Forwarded-Proto': 'http',
                                 'Forwarded': 'proto=http'}, judge=False)]
    for reply in replies:
        check(reply)
        if 300 <= reply.status_code < 400 and reply.status_code != 304:
            assert reply.headers['Location'] == {
                'get_root': '/docs', 'get_docs': '/docs/index.html'}[name]
        else:
            assert not reply.headers['Location']
        assert 'Refresh' not in reply.headers


def test_changes_lead_nowhere(document, api):
    """What is refused, of every other operation; what succeeds is judged
    wherever it is called, and documents no redirect."""
    for operation in document.operations.values():
        if operation.method == 'GET':
            continue
        assert not [status for status in operation.responses
                    if status[0] == '3'], operation.id
        target = re.sub(r'\{\w+\}', 'x', operation.route)
        for reply in (api.call(operation.method, target, as_=None),
                      api.call(operation.method, target, data=b'{',
                               roles=('member', 'hr', 'admin'))):
            assert reply.status_code >= 400, reply
            check(reply)


@pytest.mark.parametrize('lines', [
    b'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13'
    b'\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
    b'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n'
    b'HTTP2-Settings: AAMAAABkAAQAAP__\r\n',
    b'Upgrade: TLS/1.0\r\nConnection: Upgrade\r\n'])
@pytest.mark.parametrize('path', ['/healthz', '/openapi.json', '/v1/me',
                                  '/ws', '/socket', '/graphql'])
def test_no_other_protocol(path, lines, server):
    """An Upgrade is not heard (RFC 9110, 7.8): the reply is HTTP/1.1."""
    with socket.create_connection((server.host, server.port), 30) as wire:
        wire.sendall(b'GET ' + path.encode() + b' HTTP/1.1\r\nHost: a\r\n'
                     + lines + b'\r\n')
        head = wire.recv(65536).split(b'\r\n\r\n')[0].lower()
    assert re.match(rb'http/1\.1 (200|401|404) ', head), head
    assert b'upgrade' not in head and b'sec-websocket' not in head


def test_no_query_language(api):
    for path in ('/graphql', '/v1/graphql', '/graphiql', '/v1/query', '/odata'):
        for method in ('GET', 'POST'):
            api.call(method, path, json={'query': '{__schema{types{name}}}'}
                     if method == 'POST' else None).expect(404)
