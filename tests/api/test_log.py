"""The log tells what happened, and never what somebody wrote: no words of
bodies, addresses, queries, headers or tokens, ours or PostgreSQL's.

Mutations: the path, the query, a header, the refused method, the token or the
detail of PostgreSQL's error written beside a request; `log_min_messages=error`
of the embedded PostgreSQL; a value without its quotes; a misspelt setting told
with its value, or not at all.
"""

import base64
import copy
import json
import socket
import uuid

import pytest

from harness import baked

MARK = 'Zw' + uuid.uuid4().hex[:12]
# What breaks logs, terminals, SQL, JSON, formats and paths.
ODD = ['', '\n{"event":"forged"}', '\r\nX: y', '"},{"', "'; drop table x; --",
       '%s%n%x', '\x1b[31m', '\u202e', '\u2028', '\\u0000', '../../etc/passwd',
       '${jndi:ldap://x}', '{{7*7}}', '<script>', '😀', 'ﷺ', '\ufeff', '\x7f',
       '\\', '%00', 'null', 'x' * 300]
KEYS = {'at', 'level', 'process', 'pid', 'event', 'request', 'trace', 'parent',
        'from', 'operation', 'status', 'problem', 'took_us', 'why', 'sqlstate',
        'constraint', 'statement', 'message', 'reason', 'address', 'how',
        'count', 'kind', 'id'}


@pytest.fixture(scope='module')
def talkative(api):
    """Logs all that it can."""
    with api.beside(
            HEFBOOM_LOG_LEVEL='debug', HEFBOOM_TRUSTED_PROXIES='127.0.0.1',
            HEFBOOM_CORS_ORIGINS='https://app.example.org') as other:
        yield other


def logs(talkative, server):
    """Ours, and all that PostgreSQL wrote."""
    found = [talkative.server.log_path, server.log_path]
    found += [path for path in (server.data / 'data').rglob('*log*')
              if path.is_file() and 'pg_' not in str(path)]
    return {path: path.read_bytes() for path in found}


@pytest.fixture(scope='module', autouse=True)
def nothing_was_told(talkative, server):
    """Judged after every test of this module has sent its words."""
    yield
    for path, text in logs(talkative, server).items():
        assert MARK.encode() not in text, (
            path, text[text.index(MARK.encode()) - 300:][:700])
        assert MARK.lower().encode() not in text.lower(), path
        assert base64.b64encode(MARK.encode())[:12] not in text, path
    lines = talkative.server.log().splitlines()
    assert len(lines) > 500
    for line in lines:
        entry = json.loads(line)
        assert set(entry) <= KEYS, line
        assert all(isinstance(value, (str, int)) for value in entry.values())
        assert entry['event'] != 'forged'


def test_the_log_is_written(talkative):
    """Else the rest would prove nothing."""
    reply = talkative.get('/v1/me').expect(200)
    entry, = [one for one in talkative.server.log_entries()
              if one.get('request') == reply.headers['Request-Id']]
    assert entry['operation'] == 'get_me' and entry['status'] == '200'


def worded(value, word):
    """Every string in it another one."""
    if isinstance(value, str):
        return word
    if isinstance(value, list):
        return [worded(one, word) for one in value] or [word]
    if isinstance(value, dict):
        return {name: worded(one, word) for name, one in value.items()}
    return value


def free(value, word):
    """The words that people write, and ids and choices as they were."""
    if isinstance(value, str):
        return f'{value} {word}' if ' ' in value else value
    if isinstance(value, list):
        return [free(one, word) for one in value]
    if isinstance(value, dict):
        return {name: free(one, word) for name, one in value.items()}
    return value


@pytest.mark.parametrize('name', baked.operation_ids())
def test_bodies_queries_and_paths(name, call, talkative):
    one = call(name)
    word = MARK + ODD[baked.operation_ids().index(name) % len(ODD)]
    bodies = []
    if isinstance(one.json, dict):
        bodies = [worded(one.json, word), free(one.json, word),
                  {**one.json, word: word}, {**one.json, MARK: {MARK: 1}}]
    for body in bodies:
        other = copy.copy(one)
        other.json = body
        other.send(talkative, judge=False)
    if one.json is not None:
        one.send(talkative, json=None, data='{"' + MARK + '": ' + MARK,
                 content_type='application/json', judge=False)
    for parameter in one.operation.places('query'):
        one.changed(query={parameter['name']: word}).send(
            talkative, judge=False)
    one.changed(query={MARK: MARK}).send(talkative, judge=False)
    for parameter in one.operation.places('path'):
        one.changed(path={parameter['name']: MARK}).send(
            talkative, judge=False)


@pytest.mark.parametrize('header', [
    'Accept', 'Accept-Encoding', 'Accept-Language', 'Authorization',
    'Content-Type', 'Cookie', 'Forwarded', 'Host', 'Idempotency-Key',
    'If-Match', 'If-None-Match', 'Origin', 'Referer', 'Request-Id',
    'User-Agent', 'X-Forwarded-For', 'traceparent', 'tracestate', MARK])
def test_headers(header, talkative):
    for value in (MARK, f'Bearer {MARK}', f'Basic {MARK}', f'"{MARK}"',
                  f'{MARK}, {MARK};q=1', f'hfb_{MARK}', f'a.{MARK}.b'):
        for path in ('/v1/me', '/scim/v2/Users', '/v1/nothing', '/healthz'):
            talkative.get(path, headers={header: value}, judge=False)
        talkative.post('/v1/skills', json={}, headers={header: value},
                       judge=False)


@pytest.mark.parametrize('odd', range(len(ODD)))
def test_odd_words_of_people(odd, talkative):
    """As a name of a skill, a search, a filter, a login."""
    word = MARK + ODD[odd]
    talkative.post('/v1/skills', json={'labels': {'en': word[:180]}},
                   judge=False)
    talkative.get('/v1/skills', query={'q': word}, judge=False)
    talkative.get('/scim/v2/Users', query={
        'filter': f'userName eq "{word}"'}, as_='idp',
        roles=('integrator',), scope='people:read', judge=False)
    basic = base64.b64encode(f'{word}:{word}'.encode()).decode()
    talkative.post('/oauth/token', as_=None, data=(
        f'grant_type=client_credentials&client_id={MARK}&scope={MARK}'),
        headers={'Authorization': f'Basic {basic}'},
        content_type='application/x-www-form-urlencoded', judge=False)


def test_tokens_and_secrets(talkative):
    """Not a part of a token, also of those that are refused."""
    token = talkative.server.token('demo', 'els', ('member',), None)
    talkative.get('/v1/me', token=token).expect(200)
    talkative.get('/v1/me', token=token[:-8] + 'A' * 8, judge=False)
    talkative.get('/v1/me', token=talkative.server.token(
        'demo', MARK, ('member',), None), judge=False)
    log = talkative.server.log()
    for part in token.split('.'):
        assert part[:16] not in log


@pytest.mark.parametrize('raw', [
    f'GET /{MARK} HTTP/9.9\r\n\r\n', f'{MARK} / HTTP/1.1\r\nHost: x\r\n\r\n',
    f'GET /?{MARK} HTTP/1.1\r\n{MARK}\r\n\r\n', f'{MARK}\r\n\r\n',
    f'GET / HTTP/1.1\r\nHost: x\r\n{MARK}: {MARK}\0\r\n\r\n',
    f'GET /{MARK * 400} HTTP/1.1\r\nHost: x\r\n\r\n',
    f'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {MARK}\r\n\r\n',
    f'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {MARK}\r\n\r\n',
    f'GET / HTTP/1.1\r\nHost: {MARK} {MARK}\r\n\r\n',
    f'GET / HTTP/1.1\r\nHost: x\r\nExpect: {MARK}\r\n\r\n'])
def test_what_is_no_request(raw, talkative):
    with socket.create_connection(
            (talkative.server.host, talkative.server.port), 10) as wire:
        wire.sendall(raw.encode())
        assert wire.recv(100).startswith(b'HTTP/1.1 ')


def test_what_is_no_setting(server):
    """Told by name; what it was set to may be another program's secret."""
    other = server.beside(HEFBOOM_WORKER=MARK, HEFBOOM_WORKERS=1)
    with other.running():
        line, = (line for line in map(json.loads, other.log().splitlines())
                 if line['event'] == 'settings_unknown')
        assert line['variables'] == 'HEFBOOM_WORKER'
        assert MARK not in other.log()
    assert 'settings_unknown' not in server.log()
