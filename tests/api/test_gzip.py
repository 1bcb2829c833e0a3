"""gzip (src/reply_coding.h): what leaves packed, and what never does.

Mutations: packed unasked; the ETag the same for both; If-None-Match with the
packed one's not known; no Vary; HEAD with the length of what is not packed;
POST packed; no minimum; a stale document kept.  That a sealed operation is no
GET is what keeps it plain; its own condition in coding_is_possible() is a
second wall, and not missed here.
"""

import gzip

import pytest

from harness import baked

ASKED = {'Accept-Encoding': 'gzip, deflate, br'}
LEAST = 1024


def gets():
    return [one.name for one in baked.tree().operations
            if one.method == 'get'] or ['none']


def names(text):
    return {one.strip().lower() for one in (text or '').split(',')}


@pytest.mark.parametrize('name', gets())
def test_what_is_read(name, call):
    """The same bytes, packed when there are enough of them."""
    one = call(name)
    plain = one.send(headers={'Accept-Encoding': None})
    packed = one.send(headers=ASKED)
    packed.expect(plain.status_code)
    assert plain.headers['Content-Encoding'] is None
    assert int(plain.headers['Content-Length'] or 0) == len(plain.raw)
    assert len(packed.raw) == int(packed.headers['Content-Length'] or 0)
    # A refusal names its request, so that no two of them are the same.
    is_same = '"as_of"' not in plain.text and plain.status_code < 400
    if is_same:
        # Answers of a survey come in another order each time.
        assert sorted(packed.content) == sorted(plain.content)
    shrinks = any(word in plain.kind for word in ('json', 'text/'))
    if plain.status_code == 200 and len(plain.raw) >= LEAST and shrinks:
        assert packed.headers['Content-Encoding'] == 'gzip'
        assert len(packed.raw) < len(plain.raw)
        if plain.etag and not plain.etag.startswith('W/'):
            assert packed.etag == plain.etag[:-1] + '-gzip"'
    else:
        assert packed.headers['Content-Encoding'] is None
        assert packed.raw is packed.content
        assert packed.etag == plain.etag
    if plain.status_code == 200:
        for reply in (plain, packed):
            assert 'accept-encoding' in names(reply.headers['Vary'])
    head = one.world.api.call(
        'HEAD', one.target, query=one.query or None, as_=one.as_,
        roles=one.roles, scope=one.scope, headers={**one.headers, **ASKED})
    assert head.etag == packed.etag
    assert head.headers['Content-Encoding'] == (
        packed.headers['Content-Encoding'])
    # ... and as gzip that order is a matter of a byte.
    if is_same and name != 'get_feedback_results':
        assert head.headers['Content-Length'] == (
            packed.headers['Content-Length'])


@pytest.mark.parametrize('name', [
    one.name for one in baked.tree().operations if one.method != 'get'])
def test_what_is_changed(name, call):
    """Replies to changes are small, or hold a secret."""
    reply = call(name).send(headers=ASKED)
    assert reply.headers['Content-Encoding'] is None
    assert 'accept-encoding' not in names(reply.headers['Vary'])


def test_sealed_operations(document, call):
    sealed = [one for one in document.operations.values()
              if one.extra.get('sealed')]
    assert len(sealed) >= 4
    assert 'GET' not in {operation.method for operation in sealed}
    for operation in sealed:
        reply = call(operation.id).send(headers=ASKED)
        assert reply.headers['Content-Encoding'] is None, operation.id
        assert 'accept-encoding' not in names(reply.headers['Vary'])


def test_problems_are_not(api):
    api.get('/v1/people?limit=0', headers=ASKED).expect(400)
    reply = api.get('/v1/people?' + '&'.join(
        f'x{i}=1' for i in range(60)), headers=ASKED).expect(400)
    assert reply.headers['Content-Encoding'] is None


def versioned(document, call):
    """Calls of single things of more than 1 KiB, with their ETag."""
    for operation in document.operations.values():
        if operation.method != 'GET' or operation.scim:
            continue
        one = call(operation.id)
        reply = one.send()
        if reply.status_code == 200 and reply.etag and (
                len(reply.raw) >= LEAST):
            yield one, reply


def test_if_none_match(document, call):
    tried = 0
    for one, plain in versioned(document, call):
        packed = one.send(headers=ASKED).expect(200)
        assert packed.headers['Content-Encoding'] == 'gzip'
        for tag in (packed.etag, f'"x", {packed.etag}', f'W/{packed.etag}',
                    '*'):
            again = one.send(headers={**ASKED, 'If-None-Match': tag})
            again.expect(304)
            assert again.headers['Content-Encoding'] is None
            if tag != '*':
                assert again.etag == packed.etag
        # Who has the plain one may go on using it.
        again = one.send(headers={**ASKED, 'If-None-Match': plain.etag})
        assert again.expect(304).etag == plain.etag
        # Who does not ask for gzip is not told to use it.
        one.send(headers={'If-None-Match': packed.etag}).expect(200)
        one.send(headers={**ASKED, 'If-None-Match': '"0.0-gzip"'}).expect(200)
        tried += 1
    assert tried >= 2, 'nothing of more than 1 KiB has an ETag'


def test_if_match(api):
    """The version counts, whichever representation it was read from."""
    me = api.get('/v1/me').expect(200)
    tag = me.etag[:-1] + '-gzip"'
    api.patch('/v1/me', json={'language': me.json()['language']},
              headers={'If-Match': tag}).expect(200)
    stale = f'"{me.json()["version"] + 7}.00000000-gzip"'
    api.patch('/v1/me', json={'language': me.json()['language']},
              headers={'If-Match': stale}).expect(412)


@pytest.mark.parametrize('asked, packed', [
    ('gzip', True), ('x-gzip', True), ('*', True), ('br;q=1, gzip;q=0.8', True),
    ('gzip;q=0', False), ('identity', False), ('br', False), ('', False),
    ('gzip;q=0.1, identity', False)])
def test_who_asks(api, asked, packed):
    reply = api.get('/openapi.json', as_=None,
                    headers={'Accept-Encoding': asked}).expect(200)
    assert (reply.headers['Content-Encoding'] == 'gzip') == packed


def test_the_document_is_packed_once(api):
    replies = [api.get('/openapi.json', as_=None, headers=ASKED)
               for _ in range(8)]
    assert len({reply.raw for reply in replies}) == 1
    assert len(replies[0].raw) < len(replies[0].content) / 8
    page = api.get('/problems/not_found', as_=None, headers=ASKED)
    assert page.json()['code'] == 'not_found'


def test_off(api):
    with api.beside(HEFBOOM_GZIP_LEVEL=0, HEFBOOM_WORKERS=1) as other:
        reply = other.get(
            '/openapi.json', as_=None, headers=ASKED).expect(200)
        assert reply.headers['Content-Encoding'] is None
        assert 'accept-encoding' not in names(reply.headers['Vary'])


def test_it_is_gzip(api):
    """RFC 1952: one member, nothing behind it."""
    raw = api.get('/openapi.json', as_=None, headers=ASKED).raw
    assert raw[:3] == b'\x1f\x8b\x08'
    assert gzip.decompress(raw)[:1] == b'{'
