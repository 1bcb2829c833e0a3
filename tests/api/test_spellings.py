"""One resource has one address, and the spellings of it that RFC 3986, 6.2.2,
calls the same (docs/security.md lists them); all walls see what was decoded.

Mutations, each found here: `.` skipped in route.c, `..` taken back; a slash at
an end dropped everywhere; cases folded everywhere; `after` looked for
undecoded in reply_lines.c; O_NOFOLLOW, O_NONBLOCK left out of get_docs_file.c.
"""

import os
import re
import time
import urllib.parse
import uuid

import pytest

from harness import baked

UUID = r'[0-9a-f]{8}-[0-9a-f-]{27}'
# Encoded slashes and backslashes, once, twice, too long, too wide.
SLASHES = ['%2f', '%2F', '%252f', '%5c', '\\', '%c0%af', '%e0%80%af',
           '%ef%bc%8f', '%2f%2f', '/%2f', ';/', '%00/', '//', '/./', '/%2e/',
           '/x/../', '/x/%2e%2e/', '/x/..%2f', '/..;/', '/.;/', '/%252e/',
           '/%c0%ae/', '/%20/', '/ /'.replace(' ', '%09')]
ENDS = ['//', '/.', '/..', '/%2e', '/%2e%2e', '%2f', '%5c', '\\', '/\\', '.',
        '%2e', '..', ';', ';x=1', '%3bx', ',', '%20', '%09', '%0a', '%0d%0a',
        '%00', '%00.json', '.json', '.html', '~', '%23', '%3f', '%3fx=1',
        '%7f', '%c2%a0', '%e2%80%8b', '%ff', '%', '%2', '*', "'", ':80', '@',
        '!', '$', '/...', '/%', 'a' * 3000]
BEFORE = ['/', '//', '/.', '/./', '/%2e/', '/../', '/x/..', '/%2f', '\\',
          '/%5c', '/;', '/ '.replace(' ', '%20'), '.', 'x', '*',
          'http://127.0.0.1', 'https://127.0.0.1', '//127.0.0.1', 'file://',
          '127.0.0.1:80', 'http:', '?', '#']


def literals(route):
    """Where segments stand that are no placeholders."""
    return [i for i, segment in enumerate(route.split('/')[1:])
            if segment and '{' not in segment]


def spellings(target, route, number):
    """Other ways to write it, none of them the same address."""
    segments = target.split('/')[1:]
    words = literals(route)
    at = words[number % len(words)]

    def joined(*changed):
        parts = list(segments)
        for index, text in changed:
            parts[index] = text
        return '/' + '/'.join(parts)
    for before in BEFORE:
        yield before + target
    for slash in SLASHES:
        if at > 0:
            yield ('/' + '/'.join(segments[:at]) + slash
                   + '/'.join(segments[at:]))
    for end in ENDS:
        yield joined((at, segments[at] + end))
    for text in (f'%{ord(segments[at][0]):02x}' + segments[at][1:],
                 ''.join(f'%{ord(c):02X}' for c in segments[at]),
                 f'%25{ord(segments[at][0]):02x}' + segments[at][1:]):
        yield joined((at, text))
    if not route.lower().startswith('/scim'):
        yield target + '/'
        if segments[at].upper() != segments[at]:
            yield joined((at, segments[at].upper()))
            yield joined((at, segments[at].title()))


@pytest.mark.parametrize('part', range(6))
def test_other_spellings(part, document, api, request):
    """404 or 400, without a token: who reaches a route is asked for one."""
    tried, faults = 0, []
    every = 1 if request.config.getoption('--long') else 4
    for number, operation in enumerate(document.operations.values()):
        # / has no word to spell; its neighbours are below.
        if number % 6 != part or operation.route == '/':
            continue
        names = re.findall(r'\{(\w+)\}', operation.route)
        target = operation.path(**{
            name: {'file': 'index.html', 'code': 'not_found',
                   'token': 'x' * 43}.get(name, str(uuid.uuid4()))
            for name in names})
        for other in list(spellings(
                target, operation.route, number))[number % every::every]:
            tried += 1
            reply = api.call(operation.method, other, as_=None, judge=False)
            if reply.status_code in (401, 405):
                # The text itself fits a route: `;` is a part of an id there.
                path = other.split('?')[0]
                if not document.route_exists(path) or (
                        operation.pattern.fullmatch(path)
                        and set(re.findall(UUID, target))
                        == set(path.split('/')) & set(target.split('/'))
                        & set(re.findall(UUID, path))):
                    faults.append(f'{operation.id}: {other[-200:]} {reply}')
            elif reply.status_code not in (400, 404, 414):
                faults.append(f'{operation.id}: {other[-200:]} {reply}')
    assert not faults, f'{len(faults)}:\n' + '\n'.join(faults[:20])
    assert tried > 400


@pytest.mark.parametrize('target', ['//', '/.', '/..', '/%2f', '/;', '/%20'])
def test_beside_the_root(target, api):
    assert api.get(target, judge=False).status_code in (400, 404)


@pytest.mark.parametrize('target, status', [
    ('/' + 'a' * 4000, 404), ('/' + 'a' * 5000, 414), ('/' * 4000, 404),
    ('/..' * 1300, 404), ('/%2e%2e' * 500, 404), ('/v1' + '/me' * 1000, 404),
    ('/v1/people/' + 'a' * 4000, 404), ('/docs/' + '%2e%2e%2f' * 400, 404),
    ('/docs/' + '../' * 1000 + 'etc/passwd', 404), ('/docs/' + 'a' * 4000, 404),
    ('/scim/v2/Users/' + '../' * 1000, 404), ('/v1/me?' + 'a' * 5000, 414)])
def test_very_long(target, status, api):
    reply = api.get(target, judge=False)
    assert reply.status_code in (status, 400), reply


# The spellings that are the same address

def same(value, number):
    """An id with needless escapes, all of it escaped, in capitals."""
    return ('%' + f'{ord(value[number % 36]):02x}').join(
        [value[:number % 36], value[number % 36 + 1:]]), ''.join(
            f'%{ord(letter):02X}' for letter in value), value.upper()


def readers():
    try:
        return [one.name for one in baked.tree().operations
                if one.method == 'get' and '_id}' in one.route]
    except AssertionError:
        return ['none']


@pytest.mark.parametrize('name', readers())
def test_walls_see_what_was_decoded(name, document, call, api):
    one = call(name)
    plain = one.send().expect(200)
    names = re.findall(r'\{(\w+)\}', one.operation.route)
    for number, path in enumerate(same(one.path[names[0]], len(name))):
        target = one.operation.path(**{**one.path, names[0]: 'HERE'}).replace(
            'HERE', path)
        again = api.get(target, as_=one.as_, roles=one.roles, scope=one.scope,
                        query=one.query or None)
        again.expect(200)
        if '"as_of"' not in plain.text and 'results' not in name:
            assert again.json() == plain.json() and again.etag == plain.etag
        api.get(target, as_=None, query=one.query or None).expect(401)
        foreign = api.get(target, org='other', as_='els', roles=one.roles,
                          query=one.query or None)
        assert foreign.status_code in (401, 403, 404), foreign
        if 'member' not in one.operation.roles:
            api.get(target, roles=('member',)).expect(403)


@pytest.fixture(scope='module')
def counted(api):
    """Sixty requests a minute, and each of them in the log."""
    with api.beside(HEFBOOM_LOG_LEVEL='debug', HEFBOOM_RATE_PERSON=60,
                    HEFBOOM_WORKERS=1) as other:
        yield other


def test_rate_and_log_see_one_operation(counted, call):
    one = call('get_person')
    value = one.path['person_id']
    left, ids = [], []
    for path in (value, *same(value, 3), *same(value, 20)):
        reply = counted.get('/v1/people/' + path).expect(200)
        left.append(int(re.search(r'r=(\d+)', reply.headers['RateLimit'])[1]))
        ids.append(reply.headers['Request-Id'])
    assert left[0] - left[-1] >= len(left) - 2, left
    entries = [entry for entry in counted.server.log_entries()
               if entry.get('request') in ids]
    assert len(entries) == len(ids)
    assert {entry['operation'] for entry in entries} == {'get_person'}
    assert not [entry for entry in entries if '%' in str(entry)]


def test_a_key_belongs_to_one_spelling(call):
    """Spelt otherwise it is another request under the same key: refused,
    and not done twice."""
    one = call('create_goal')
    made = one.send().expect(201).json()['id']
    path = f'/v1/goals/{made}/check-ins'
    headers = {'Idempotency-Key': uuid.uuid4().hex}
    post = one.world.api.post
    post(path, json={'text': 'x'}, headers=headers).expect(201)
    for other in same(made, 5):
        post(f'/v1/goals/{other}/check-ins', json={'text': 'x'},
             headers=headers).expect(422, code='idempotency_key_used')
    assert len(one.world.api.get(path).json()['items']) == 1


@pytest.mark.parametrize('name', ['after', '%61fter', 'aft%65r',
                                  '%61%66%74%65%72'])
def test_links_lead_on(name, api):
    """The cursor is replaced, however its name was spelt."""
    page = api.get('/v1/people?limit=2').expect(200).json()
    seen = {item['id'] for item in page['items']}
    target = f'/v1/people?{name}={page["next"]}&limit=2'
    for _ in range(3):
        reply = api.get(target).expect(200)
        assert not seen & {item['id'] for item in reply.json()['items']}
        seen |= {item['id'] for item in reply.json()['items']}
        target = re.fullmatch(
            r'<([^>]+)>; rel="next"', reply.headers['Link'])[1]
        names = [pair.split('=')[0] for pair in urllib.parse.unquote(
            target.split('?')[1]).split('&')]
        assert sorted(names) == ['after', 'limit']


# Files of /docs

@pytest.fixture(scope='module')
def folder(server):
    docs = server.data / 'docs'
    (server.data / 'outside.txt').write_text('outside')
    (docs / 'plain.txt').write_text('plain')
    (docs / 'UPPER.txt').write_text('upper')
    (docs / 'picture.svg').write_text('<svg/>')
    (docs / '.hidden').write_text('hidden')
    (docs / 'inner').mkdir()
    (docs / 'inner' / 'a.txt').write_text('inner')
    (docs / 'link.txt').symlink_to(server.data / 'outside.txt')
    (docs / 'inside.txt').symlink_to('plain.txt')
    (docs / 'loop').symlink_to('loop')
    (docs / 'up').symlink_to('..')
    os.mkfifo(docs / 'pipe', 0o666)
    return docs


@pytest.mark.parametrize('file', [
    '.hidden', 'inner', 'inner/a.txt', 'inner%2fa.txt', 'link.txt',
    'inside.txt', 'loop', 'up', 'up/outside.txt', 'up%2foutside.txt', 'pipe',
    '..%2foutside.txt', '%2e%2e/outside.txt', '../outside.txt',
    '..%5coutside.txt', '..%255coutside.txt', '..%c0%afoutside.txt',
    'plain.txt/', 'plain.txt%2f', 'plain.txt.', 'PLAIN.TXT', 'upper.txt',
    'plain.txt%20', 'plain.txt%00', 'plain.txt%00.html', 'plain.txt;x',
    'plain.txt%0a', './plain.txt', '%2e/plain.txt', 'plain%2etxt%2f',
    '/plain.txt', '%2fetc%2fpasswd', 'C:%5cx', 'plain.txt::$DATA', '~root',
    '', '.', '%2e', '%2e%2e', '-', 'nul', 'con'])
def test_docs(file, folder, api):
    began = time.monotonic()
    reply = api.get('/docs/' + file, as_=None, judge=False)
    assert time.monotonic() - began < 10
    assert reply.status_code in (400, 404), reply
    assert reply.kind == 'application/problem+json'


def test_docs_that_are_there(folder, api):
    for file, text, kind in (
            ('plain.txt', 'plain', 'text/plain; charset=utf-8'),
            ('plain%2etxt', 'plain', 'text/plain; charset=utf-8'),
            ('UPPER.txt', 'upper', 'text/plain; charset=utf-8'),
            ('picture.svg', '<svg/>', 'image/svg+xml; charset=utf-8')):
        reply = api.get('/docs/' + file, as_=None, judge=False).expect(200)
        assert reply.text == text
        assert reply.headers['Content-Type'] == kind
