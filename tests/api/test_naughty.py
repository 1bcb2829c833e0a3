"""Texts that break things elsewhere, in every free text that a client may
write: kept byte for byte and read again, or refused with the name of the
member.  Also as filters, tokens, headers, files and SCIM's strings.

With --long every text in every operation, else each in some, in turn.

Mutations, each found here: bidi overrides, noncharacters, a blank at an end
taken by schema_name.c; `btrim()` around a goal's why in create_goal.sql; C1 in
a title, overrides in names taken from SCIM, in what SCIM states no length of,
on the second line of an address; a title of two lines (scim/value.c); 255
bytes of a token's subject; any character from a file; a key of two words taken
by negotiate.c; ids of other catalogues that are no names.
tests/unit/test_schema_values.c: blanks beyond ASCII in patterns.
"""

import itertools
import json
import time
import urllib.parse
import zlib

import pytest

from harness import baked, naughty
from harness.document import Document
from harness.naughty import TEXTS
from harness.provider import Provider

# Nobody else may have that name; the text is the beginning of it.
UNIQUE = {('create_skill', 'labels'), ('update_skill', 'labels'),
          ('create_skill', 'external_refs'), ('update_skill', 'external_refs'),
          ('create_client', 'name'), ('update_client', 'name')}
# What trims, normalises, unescapes or fills in changes one of these.
ALWAYS = [' \t a\r\nb\u2028 e\u0301 \u202e\ufb01 %s \\n &lt; \u200b ',
          'e\u0301 \ufb01 \u212b  <b>"\'\\ %s $1 {limit} &amp; \U0001f600',
          'ends in a blank\u00a0']
# Nothing is kept; whoever gives up a seat by link is shown none of it.
UNREAD = {'check_goal_clarity', 'use_link'}


class Member:
    """A place for free text in a body, and which texts fit there."""

    def __init__(self, at, schema):
        self.at, self.schema = at, schema

    @property
    def pointer(self):
        return '/' + '/'.join(map(str, self.at))

    def fits(self, text):
        schema = self.schema
        if not schema.get('minLength', 0) <= len(text) <= (
                schema['maxLength']):
            return False
        if schema.get('format') == 'name':
            return naughty.is_name(text)
        return schema.get('pattern') is None or any(
            not letter.isspace() and letter != '\ufeff' for letter in text)


def members(document, schema, at=()):
    schema = document.resolve(schema)
    kinds = schema.get('type', ()) if isinstance(schema, dict) else ()
    if 'string' in kinds and schema.get('format', 'name') == 'name' and (
            'enum' not in schema and schema.get('maxLength', 0) > 6
            and schema.get('pattern', '\\S') in ('\\S', '[^\\s]')):
        yield Member(at, schema)
    elif 'array' in kinds:
        yield from members(document, schema.get('items', {}), (*at, 0))
    elif 'object' in kinds:
        for name, inner in schema.get('properties', {}).items():
            yield from members(document, inner, (*at, name))
        if isinstance(schema.get('additionalProperties'), dict):
            yield from members(document, schema['additionalProperties'],
                               (*at, 'en'))


def put(value, at, text):
    if not at:
        return text
    if isinstance(at[0], int):
        value = list(value) if isinstance(value, list) and value else [None]
        return [put(value[0], at[1:], text), *value[1:]]
    value = dict(value) if isinstance(value, dict) else {}
    value[at[0]] = put(value.get(at[0]), at[1:], text)
    return value


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)


def writers(document):
    """(operation, its members), of those that take free text."""
    for operation in document.operations.values():
        if operation.body and not operation.scim and any(
                'json' in kind for kind in operation.body):
            found = list(members(
                document, next(iter(operation.body.values()))))
            if found:
                yield operation, found


def prepared(one):
    """The body into which texts are put."""
    body = one.json
    if one.operation.id in ('create_skill', 'update_skill'):
        one.roles = ('hr',)
        body['external_refs'] = [{'scheme': 'internal',
                                  'id': f'x {next(_count)}'}]
    if one.operation.id == 'put_feedback_form':
        body['questions'] = sorted(
            body['questions'], key=lambda asked: asked['kind'] != 'choice')
        assert body['questions'][0]['kind'] == 'choice'
    if one.operation.id in ('create_feedback', 'create_feedback_request'):
        body['about'] = {'kind': 'work', 'text': 'x'}
    return body


def at_place(value, at):
    """What stands there, or None."""
    for step in at:
        if isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


def readers(one, reply):
    """The objects that show what was just written, to whoever wrote it."""
    document, api = one.operation.document, one.world.api
    made = reply.json() if reply.content else {}
    if one.operation.id == 'create_feedback_request':
        for made in made['requests']:
            yield api.get(f'/v1/feedback-requests/{made["id"]}').json()
            api.post(f'/v1/feedback-requests/{made["id"]}/withdraw').expect(
                200)
    parts = one.target.split('/')
    targets = [reply.headers['Location'] or '/', f'/v1/me/seats/{made.get("id")}']
    targets += ['/'.join(parts[:end]) for end in range(len(parts), 2, -1)]
    for target in targets:
        operation = document.match('GET', target)
        if operation is None:
            continue
        query = {'limit': 200} if operation.is_list else None
        if operation.parameter('order') and operation.is_list:
            orders = document.resolve(
                operation.parameter('order')['schema'])['enum']
            query['order'] = 'newest' if 'newest' in orders else orders[0]
        got = api.get(target, as_=one.as_, roles=one.roles, query=query)
        if got.status_code == 200 and operation.is_list:
            yield from (item for item in got.json()['items']
                        if item.get('id', 0) == made.get('id'))
        elif got.status_code == 200:
            yield got.json()


def kept(one, reply, texts):
    """Each text where it was put, or at least there, byte for byte."""
    if one.operation.id in UNREAD:
        return
    shown = ([reply.json()] if reply.content else []) + list(
        readers(one, reply))
    made = shown[0].get('id') if shown else None
    for member, text in texts.items():
        for value in shown:
            if value.get('id') != made:
                continue
            there = at_place(value, member.at)
            assert not isinstance(there, str) or there == text, (
                f'{member.pointer}: {text!a} became {there!a}')
        assert any(text in strings(value) for value in shown), (
            f'{member.pointer}: {text!a} is shown nowhere')


def send(call, operation, texts):
    one = call(operation)
    body = prepared(one)
    for member, text in texts.items():
        body = put(body, member.at, text)
    return one, one.send(json=body)


def spelt(operation, member, text, number):
    if (operation, member.at[0]) in UNIQUE:
        return f'{text} {number}'
    return text


def try_text(call, operation, found, text, number):
    texts = {member: spelt(operation, member, text, number)
             for member in found}
    bad = {member for member, text in texts.items() if not member.fits(text)}
    one, reply = send(call, operation, texts)
    if bad:
        reply.expect(422, code='invalid_body')
        errors = {error['pointer'] for error in reply.json()['errors']}
        assert errors == {member.pointer for member in bad}, (
            errors, text.encode())
        texts = {member: text for member, text in texts.items()
                 if member not in bad}
        if not texts:
            return
        one, reply = send(call, operation, texts)
    reply.expect(*one.operation.success)
    kept(one, reply, texts)


def writer_ids():
    try:
        return [operation.id for operation, _ in
                writers(Document(baked.tree().document))]
    except AssertionError:
        return ['none']


WRITERS = writer_ids()
_count = itertools.count(int(time.time()))


@pytest.fixture
def some(request):
    """some(3): a third of the texts, another one for each test; with --long
    all of them."""
    first = zlib.crc32(request.node.name.encode())
    whole = request.config.getoption('--long')
    return lambda part: TEXTS if whole else TEXTS[first % part::part]


@pytest.mark.parametrize('name', WRITERS)
def test_every_free_text(name, document, call, request):
    found = dict((one.id, members) for one, members in writers(document))[name]
    texts = [text for _, text in TEXTS]
    if not request.config.getoption('--long'):
        texts = ALWAYS + texts[WRITERS.index(name)::len(WRITERS)]
    faults = []
    for text in texts:
        try:
            try_text(call, name, found, text, next(_count))
        except AssertionError as fault:
            faults.append(f'{text!a}: {fault}')
    assert not faults, f'{len(faults)}:\n' + '\n'.join(faults[:12])
    assert len(WRITERS) > 30 and len(texts) >= 6


def test_all_of_them_at_once(call):
    """One long text of many lines, up to the last character that fits."""
    lines = '\n'.join(text for kind, text in TEXTS if kind != 'long')
    for start in range(0, len(lines), 2000):
        text = lines[start:start + 2000]
        one = call('create_goal')
        one.json['why'] = text
        made = one.send().expect(201).json()
        assert made['why'] == text
        assert one.world.api.get('/v1/goals/' + made['id']).json()[
            'why'] == text


# Found by its filter

def test_external_refs(api, some):
    hr = {'as_': 'hilde', 'roles': ('hr',)}
    for kind, text in some(4):
        word = f'{text} {next(_count)}'
        reply = api.post('/v1/skills', json={
            'labels': {'en': f'Ref {next(_count)}'}, 'confirmed_new': True,
            'external_refs': [{'scheme': 'internal', 'id': word}]}, **hr)
        if not naughty.is_name(word) or len(word) > 400:
            reply.expect(422, code='invalid_body')
            continue
        made = reply.expect(201).json()
        found = api.get('/v1/skills', query={
            'external_ref': 'internal:' + word}).expect(200).json()['items']
        assert [one['id'] for one in found] == [made['id']], (kind, word)


@pytest.mark.parametrize('path, name', [
    ('/v1/people', 'q'), ('/v1/skills', 'q'), ('/v1/skills', 'external_ref'),
    ('/v1/sync/changes', 'source')])
def test_words_of_queries(path, name, api, some):
    """Whatever is looked for, it is looked for or is no parameter."""
    who = {'as_': 'hilde', 'roles': ('hr', 'admin')}
    for kind, text in some(2):
        reply = api.get(path, query={name: text}, **who)
        assert reply.status_code in (200, 400), reply
        if reply.status_code == 400:
            reply.expect(400, code='invalid_parameter')
            assert reply.json()['errors'][0]['pointer'] == name
        elif path == '/v1/skills' and name == 'q' and '%' in text:
            assert len(reply.json()['items']) < 40, 'a wildcard'


# SCIM

@pytest.fixture(scope='module')
def idp(server, api, db):
    return Provider(server, api, db)


def plain(text):
    """What SCIM and files take: no character that no name has."""
    return naughty.is_name('a' + text + 'a')


@pytest.mark.parametrize('attribute, path, most', [
    ('displayName', '/Users', 200), ('externalId', '/Users', 200),
    ('title', '/Users', 4096), ('userType', '/Users', 4096),
    ('profileUrl', '/Users', 4096), ('nickName', '/Users', 200),
    ('displayName', '/Groups', 200)])
def test_scim(attribute, path, most, idp, some):
    for kind, text in some(3):
        body = {attribute: text}
        if path == '/Users':
            body['userName'] = f'naughty-{next(_count)}'
        if path == '/Groups' or attribute == 'externalId':
            body[attribute] = text = f'{text} {next(_count)}'
        reply = idp.call('POST', path, body)
        if len(text) > most or not plain(text):
            reply.expect(400, code='scim_invalid_value')
            assert f'{attribute}: ' in reply.json()['detail']
            continue
        reply.expect(201)
        shown = idp.get(f'{path}/{reply.json()["id"]}').json()
        assert reply.json()[attribute] == shown[attribute] == text
        escaped = json.dumps(text)
        listed = idp.get(f'{path}?filter=' + urllib.parse.quote(
            f'{attribute} eq {escaped}')).expect(200).json()['Resources']
        assert shown['id'] in [one['id'] for one in listed], ascii(text)
        for one in listed:
            assert one[attribute].casefold() == text.casefold(), ascii(text)


@pytest.mark.parametrize('lists, part, lines', [
    ('addresses', 'formatted', True), ('addresses', 'streetAddress', True),
    ('addresses', 'locality', False), ('roles', 'value', False),
    ('phoneNumbers', 'value', False)])
def test_scim_parts(lists, part, lines, idp, some):
    """The same inside of lists; an address is written on several lines."""
    for kind, text in some(3):
        reply = idp.call('POST', '/Users', {
            'userName': f'naughty-{next(_count)}', lists: [{part: text}]})
        lined = text.translate({9: 'a', 10: 'a', 13: 'a'}) if lines else text
        if not plain(lined):
            reply.expect(400, code='scim_invalid_value')
            assert f'{lists}.{part}: ' in reply.json()['detail']
            continue
        made = reply.expect(201).json()
        assert made[lists][0][part] == text


def test_scim_user_names(idp, some):
    """Also as the subject of a token, which is the way back: also of 200
    letters, which may be 800 bytes."""
    for kind, text in [*some(3), ('long', '\U0001f600' * 185)]:
        name = f'{text}{next(_count)}'
        reply = idp.call('POST', '/Users', {'userName': name})
        if len(name) > 200 or not plain(text):
            reply.expect(400, code='scim_invalid_value')
            continue
        made = reply.expect(201).json()
        assert made['userName'] == name
        token = idp.server.token(idp.org, name)
        me = idp.api.get('/v1/me', token=token).expect(200).json()
        assert (me['id'], me['user_name']) == (made['id'], name)


# Files

def test_csv(server, db, tmp_path):
    """Kept as it is in quotes, but for blanks at its ends; a file with what
    no name has changes nothing."""
    tmp_path.chmod(0o755)
    org = f'naughty-{next(_count)}'
    server.command('org', 'create', org)
    path = tmp_path / 'people.csv'

    def bring(texts, check=True):
        rows = ['user_name,given_name,family_name,title,team']
        for number, text in enumerate(texts):
            quoted = '"' + text.replace('"', '""') + '"'
            rows.append(f'n{number},Given,{quoted},{quoted},Team')
        path.write_bytes('\n'.join(rows).encode() + b'\n')
        return server.command('import', 'people', path, '--org', org,
                              check=check)
    fitting = [text for _, text in TEXTS
               if plain(text.strip()) and 0 < len(text.strip()) <= 100]
    bring(fitting)
    found = dict(db.execute(
        'select p.user_name, p.family_name from person p'
        ' join organisation o on o.id = p.org_id where o.name = %s', [org]))
    titles = dict(db.execute(
        'select p.user_name, e.title from person p'
        ' join organisation o on o.id = p.org_id join employment e'
        ' on e.org_id = p.org_id and e.person_id = p.id'
        ' where o.name = %s', [org]))
    for number, text in enumerate(fitting):
        assert found[f'n{number}'] == text.strip(' \t\r\n\v\f'), ascii(text)
        assert titles[f'n{number}'] == text.strip(' \t\r\n\v\f')
    for kind, text in TEXTS:
        if kind not in ('bidi', 'noncharacters', 'controls'):
            continue
        refused = bring(['fine', text + 'x'], check=False)
        assert refused.returncode != 0, ascii(text)
        assert refused.stderr.count('\n') <= 2 and not [
            letter for letter in refused.stderr
            if letter != '\n' and not naughty.is_name(f'a{letter}a')]
    assert db.one('select count(*) from person p join organisation o'
                  ' on o.id = p.org_id where o.name = %s', [org]) == len(
                      fitting)


# Tokens and headers

def test_claims(server, api, some):
    """Whoever is not there is not there: no text is somebody."""
    for _, text in some(2):
        for claims in ({'person': text}, {'org': text}, {'roles': (text,)},
                       {'jti': text}, {'scope': text}):
            statuses = {'jti': (200,), 'scope': (200, 401)}.get(
                [*claims][0], (401, 403))
            reply = api.get('/v1/me', token=server.token(**claims))
            assert reply.status_code in statuses, (claims, reply)


@pytest.mark.parametrize('header, statuses', [
    ('Idempotency-Key', (201, 400)), ('If-Match', (201, 400)),
    ('traceparent', (201,)), ('tracestate', (201,)), ('Origin', (201,)),
    ('Accept-Language', (201,)), ('User-Agent', (201,)), ('Referer', (201,)),
    ('Cookie', (201,)), ('If-None-Match', (201,)), ('X-Request-Id', (201,)),
    ('Accept', (201, 406)), ('Content-Type', (415,))])
def test_headers(header, statuses, call, some):
    """Bytes above 0x7f are bytes; none of it comes back in another header."""
    for kind, text in some(4):
        raw = text.encode().decode('latin-1')
        if any(byte < 32 and byte != 9 or byte == 127
               for byte in text.encode()) or len(text) > 900:
            continue
        reply = call('create_goal').send(headers={header: raw})
        assert reply.status_code in statuses, (ascii(text), reply)
        if header == 'Idempotency-Key':
            visible = text and all(
                33 <= byte <= 126 for byte in text.encode())
            stripped = text.strip(' \t')
            assert (reply.status_code == 201) == bool(visible or (
                stripped and all(33 <= byte <= 126
                                 for byte in stripped.encode())))
        for name, value in reply.headers.items():
            assert len(raw.strip()) < 4 or raw.strip() not in value or (
                name in ('Vary', 'Cache-Control')), (name, value)
