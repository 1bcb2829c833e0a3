"""The conventions that are no operation's own (api.md): languages, ids of
requests, addresses, the document itself.  What holds of every operation is in
test_every_operation.py, what holds of every list in test_lists.py.

Mutations: a title copied from one language to another; `en` sent whatever is
asked; one Request-Id for a whole connection; `..` resolved in a path.
"""

import http.client
import json
import re
import urllib.parse
import uuid

import pytest
import yaml

LANGUAGES = ('en', 'nl', 'fr', 'de')


# Languages

def test_no_two_languages_of_a_title_are_equal(document):
    assert len(document.problems) > 30
    for code, problem in document.problems.items():
        titles = problem['title']
        assert set(titles) == set(LANGUAGES), code
        assert len(set(titles.values())) == 4, (code, titles)
        assert all(text.strip() == text and text for text in
                   titles.values()), (code, titles)


def test_details_and_fields_are_in_four_languages(root):
    text = (root / 'openapi' / 'problems.yaml').read_text()
    vocabulary = yaml.safe_load(text)
    texts = {f'{code}.detail': problem['detail'] for code, problem
             in vocabulary['problems'].items() if problem.get('detail')}
    texts.update(vocabulary['fields'])
    for name, languages in texts.items():
        assert set(languages) == set(LANGUAGES), name
        assert len(set(languages.values())) == 4, (name, languages)
        words = [sorted(re.findall(r'\{\w+\}', text))
                 for text in languages.values()]
        assert all(one == words[0] for one in words), (name, languages)


@pytest.mark.parametrize('asked, given', [
    (None, 'en'), ('', 'en'), ('*', 'en'), ('nl', 'nl'), ('NL', 'nl'),
    ('nl-BE', 'nl'), ('fr-CA, en;q=0.5', 'fr'), ('ja', 'en'),
    ('ja, de;q=0.3', 'de'), ('en;q=0.1, de', 'de'), ('nl;q=0, fr;q=0.1', 'fr'),
    ('de;q=0.5,fr;q=0.501', 'fr'), ('nlx', 'en'), ('x' * 200, 'en'),
    ('de;q=high, fr', 'fr'), (';;,,=', 'en'), ('en-US,en;q=0.9,nl;q=0.8',
                                               'en')])
def test_problems_follow_accept_language(api, document, asked, given):
    headers = {} if asked is None else {'Accept-Language': asked}
    reply = api.get('/v1/nothing', as_=None, headers=headers).expect(404)
    assert reply.headers['Content-Language'] == given
    assert reply.json()['title'] == (
        document.problems['not_found']['title'][given])


def test_the_errors_of_fields_follow_too(api):
    details = {language: api.get(
        '/v1/people?limit=0', headers={'Accept-Language': language}
    ).expect(400).json()['errors'][0]['detail'] for language in LANGUAGES}
    assert len(set(details.values())) == 4, details
    assert all('1' in text for text in details.values()), details


def test_labels_follow_and_the_etag_differs(call):
    """One version in two languages is two bodies, hence two entity tags; both
    name the version that If-Match asks for."""
    one = call('get_skill')
    replies = {language: one.send(headers={'Accept-Language': language})
               .expect(200) for language in ('en', 'nl')}
    labels = {reply.json()['label'] for reply in replies.values()}
    tags = {reply.etag for reply in replies.values()}
    versions = {reply.json()['version'] for reply in replies.values()}
    assert len(labels) == 2 and len(tags) == 2 and len(versions) == 1
    for language, reply in replies.items():
        assert reply.headers['Content-Language'] == language
        assert 'accept-language' in reply.headers['Vary'].lower()
        one.send(headers={'Accept-Language': language,
                          'If-None-Match': reply.etag}).expect(304)
    one.send(headers={'Accept-Language': 'nl', 'If-None-Match':
                      replies['en'].etag}).expect(200)


# What names a request

def test_every_request_has_an_id_of_its_own(api):
    ids = [api.get('/v1/me').headers['Request-Id'] for _ in range(20)]
    ids += [api.get('/v1/nothing').headers['Request-Id'] for _ in range(20)]
    assert len(set(ids)) == 40
    assert all(uuid.UUID(one).version == 7 for one in ids)
    assert api.get('/v1/me', headers={'Request-Id': 'mine'}
                   ).headers['Request-Id'] != 'mine'


# Addresses

@pytest.mark.parametrize('path', [
    '/v1', '/v1/', '/v1/me/', '//v1/me', '/v1//me', '/V1/me', '/v1/Me',
    '/v1/me/..', '/v1/people/../me', '/v1/./me', '/v1/people/%2e%2e/me',
    '/v2/me', '/v1/me.json', '/v1/me;x=1', '/v1/%6De%2F', '/v1%2Fme',
    '/v1/people%2F', '/.git/config', '/etc/passwd', '/v1/me%20',
    '/v1/nothing?limit=0', '/' + 'a/' * 40, '/v1/\\me'])
def test_unknown_paths(api, path):
    """404 with a problem, also without a token: nothing is given away."""
    for as_ in (None, 'els'):
        reply = api.get(path, as_=as_)
        assert (reply.status_code, reply.code) in (
            (404, 'not_found'), (400, 'bad_request')), reply
        if '%' not in path and '\\' not in path:
            reply.expect(404)


def test_a_literal_segment_may_be_escaped(api):
    """RFC 3986, 6.2.2.2, asks of us only one consistent answer."""
    reply = api.get('/v1/%6De')
    assert reply.status_code in (200, 404), reply


def test_unknown_paths_say_it_for_every_method(api):
    for method in ('POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'):
        reply = api.call(method, '/v1/nothing', as_=None)
        assert reply.status_code == 404, reply


@pytest.mark.parametrize('method', ['TRACE', 'CONNECT', 'PROPFIND', 'get',
                                    'PATCHY'])
def test_unknown_methods(api, method):
    reply = api.call(method, '/v1/me')
    assert reply.status_code in (400, 405, 501), reply


# Queries

@pytest.mark.parametrize('query, status', [
    ('', 200), ('&', 200), ('limit=5&', 200), ('limit=%35', 200),
    ('limit', 400), ('limit=', 400), ('=5', 400), ('limit=5;after=x', 400),
    ('Limit=5', 400), ('limit%00=5', 400), ('limit=5%00', 400),
    ('limit=%', 400), ('limit=%zz', 400), ('q=%ff', 400), ('q=%c0%af', 400),
    ('q=%ed%a0%80', 400), ('limit=5&limit=5', 400),
    ('limit=5&%6cimit=6', 400), ('q=a+b', 200), ('q=%F0%9F%A7%A9', 200),
    ('q=' + 'x' * 3000, 400), ("q='%3B--", 200), ('q=%25%5F%5C', 200)])
def test_queries(api, query, status):
    api.get('/v1/people?' + query).expect(status)


# One's own entry, for what needs a thing that can be changed

@pytest.fixture
def me(api):
    before = api.get('/v1/me').expect(200)
    yield before
    api.patch('/v1/me', json={name: before.json()[name]
                              for name in ('language', 'zone')}).expect(200)


def test_etag_and_if_match(api, me):
    tag = me.etag
    assert re.fullmatch(r'"\d+\.[0-9a-f]{8}"', tag)
    language = 'fr' if me.json()['language'] != 'fr' else 'de'
    changed = api.patch('/v1/me', json={'language': language},
                        headers={'If-Match': tag}).expect(200)
    assert changed.json()['version'] == me.json()['version'] + 1
    assert changed.etag != tag
    assert api.get('/v1/me').etag == changed.etag
    # The version counts, not the hash: labels differ by language.
    stale = api.patch('/v1/me', json={'language': 'nl'},
                      headers={'If-Match': tag})
    stale.expect(412, code='stale_version')
    version = changed.json()['version']
    other_hash = f'"{version}.00000000"'
    api.patch('/v1/me', json={'language': language},
              headers={'If-Match': other_hash}).expect(200)
    for given, statuses in (
            ('*', (200,)), (f'W/{changed.etag}', (412,)),
            ('nonsense', (412,)), ('', (400, 412)),
            (f'"{version}"', (412,)), (f'"{version}.', (412,)),
            (f'"{version - 1}.00000000", "x"', (412,)),
            (f'"x", {changed.etag}', (200, 412)),
            (f'{changed.etag}, "x"', (200, 412)),
            (f'"{version - 1}.00000000", {changed.etag}', (200, 412))):
        reply = api.patch('/v1/me', json={'language': language},
                          headers={'If-Match': given})
        assert reply.status_code in statuses, (given, reply)


def lines(api, name, *values):
    connection = http.client.HTTPConnection(
        api.server.host, api.server.port, timeout=30)
    connection.putrequest('GET', '/v1/me')
    connection.putheader('Authorization', f'Bearer {api.server.token()}')
    for value in values:
        connection.putheader(name, value)
    connection.endheaders()
    with connection.getresponse() as reply:
        return reply.status


def test_several_lines_are_one_list(api, me):
    assert lines(api, 'If-None-Match', '"1.0"', me.etag) == 304
    assert lines(api, 'If-None-Match', me.etag, '"1.0"') == 304
    assert lines(api, 'If-None-Match', '"1.0"', '"2.0"') == 200


def test_a_patch_that_changes_nothing(api, me):
    """No new version, so that others' If-Match still holds."""
    for body in ({}, {'language': me.json()['language']}):
        again = api.patch('/v1/me', json=body).expect(200)
        assert again.json()['version'] == me.json()['version']
        assert again.etag == me.etag


def test_null_and_absent_are_told_apart(api, me):
    """RFC 7396: null removes; what cannot be without is a 422 there."""
    reply = api.patch('/v1/me', json={'language': None})
    reply.expect(422, code='invalid_body')
    assert reply.json()['errors'][0]['pointer'] == '/language'
    api.patch('/v1/me', json={'zone': 'Europe/Paris'}).expect(200)
    after = api.get('/v1/me').json()
    assert after['language'] == me.json()['language']
    assert after['zone'] == 'Europe/Paris'


@pytest.mark.parametrize('kind', [
    'application/merge-patch+json', 'application/json',
    'application/merge-patch+json; charset=utf-8'])
def test_media_types_of_patches(api, kind):
    api.patch('/v1/me', json={}, content_type=kind).expect(200)
    api.patch('/v1/me', json={}, content_type='application/json-patch+json'
              ).expect(415)


def test_conditional_get(api, me):
    known = api.get('/v1/me', headers={'If-None-Match': me.etag}).expect(304)
    assert known.etag == me.etag
    assert known.headers['Cache-Control'] == me.headers['Cache-Control']
    assert known.headers['Vary'] == me.headers['Vary']
    head = api.call('HEAD', '/v1/me', headers={'If-None-Match': me.etag})
    assert head.status_code == 304
    changed = api.patch('/v1/me', json={
        'zone': 'Europe/Rome' if me.json()['zone'] != 'Europe/Rome'
        else 'Europe/Lisbon'}).expect(200)
    again = api.get('/v1/me', headers={'If-None-Match': me.etag}).expect(200)
    assert again.etag == changed.etag


def test_members_that_a_client_may_not_set(api, me):
    for name in ('id', 'version', 'org_id', 'created_at', 'updated_at',
                 'active', 'roles', 'user_name', '_etag', '_status',
                 '_refuse', '__proto__'):
        reply = api.patch('/v1/me', json={name: me.json().get(name, 'x')})
        reply.expect(422, code='invalid_body')
        assert reply.json()['errors'][0]['code'] == 'unknown_property'
        assert reply.json()['errors'][0]['pointer'] == f'/{name}'
    assert api.get('/v1/me').etag == me.etag


# The document and what else is open

def test_the_document(api, document):
    reply = api.get('/openapi.json', as_=None).expect(200)
    assert reply.kind in ('application/json', 'application/openapi+json')
    assert reply.json()['openapi'].startswith('3.1.')
    assert reply.json() == document.json
    again = api.get('/openapi.json', as_=None,
                    headers={'If-None-Match': reply.etag or '"x"'})
    assert again.status_code == (304 if reply.etag else 200)


def test_every_example_fits_its_schema(document):
    """Of requests and replies: what people copy has to work."""
    import jsonschema
    from harness.document import formats
    resolver = jsonschema.RefResolver('', document.json)
    faults, count = [], 0
    for operation in document.operations.values():
        body = document.resolve(operation.entry.get('requestBody', {}))
        contents = [('request', body.get('content', {}))]
        contents += [(status, reply.get('content', {}))
                     for status, reply in operation.responses.items()]
        for where, content in contents:
            for kind, entry in content.items():
                examples = [document.resolve(one).get('value') for one in
                            entry.get('examples', {}).values()]
                examples += [entry['example']] if 'example' in entry else []
                if not examples and str(where)[0] == '2' and 'json' in kind:
                    faults.append(f'{operation.id} {where}: no example')
                for example in examples:
                    count += 1
                    errors = jsonschema.Draft202012Validator(
                        entry.get('schema', {}), resolver=resolver,
                        format_checker=formats).iter_errors(example)
                    faults += [f'{operation.id} {where}: {error.message}'
                               for error in errors]
    assert not faults, '\n'.join(faults)
    assert count > len(document.operations)


def test_summaries_are_imperatives_of_six_words(document):
    for operation in document.operations.values():
        summary = operation.entry['summary']
        assert 1 <= len(summary.split()) <= 6, (operation.id, summary)
        assert not summary.endswith('.'), (operation.id, summary)
        assert operation.entry.get('description'), operation.id
        assert operation.entry.get('tags'), operation.id


def test_names_are_spelled_as_agreed(document):
    """snake_case properties and parameters, kebab-case segments, and the
    words of api.md; SCIM's names are its own."""
    banned = {'tz', 'timezone', 'tenant', 'tenant_id', 'location', 'status',
              'duration'}
    faults = []
    for operation in document.operations.values():
        if operation.scim:
            continue
        for segment in operation.route.split('/'):
            if segment and not re.fullmatch(
                    r'\{[a-z][a-z0-9_]*\}|\.?[a-z0-9][a-z0-9.-]*', segment):
                faults.append(operation.route)
        for parameter in operation.parameters:
            if parameter['in'] != 'header' and not re.fullmatch(
                    r'[a-z][a-z0-9_]*', parameter['name']):
                faults.append(f'{operation.id}: {parameter["name"]}')
    for name, schema in document.json['components']['schemas'].items():
        if name == 'Problem' or name.startswith('Scim'):
            continue
        for one in schema.get('properties', {}):
            if not re.fullmatch(r'[a-z][a-z0-9_]*', one) or one in banned:
                faults.append(f'{name}.{one}')
    assert not faults, faults


@pytest.mark.parametrize('path', ['/healthz', '/readyz', '/docs'])
def test_what_is_open(api, path):
    for as_ in (None, 'els'):
        reply = api.get(path, as_=as_).expect(200, 302)
        assert reply.headers['Request-Id']
    api.call('HEAD', path, as_=None).expect(200, 302)


@pytest.mark.parametrize('path', [
    '/docs/nothing.html', '/docs/..', '/docs/..%2f..%2fetc%2fpasswd',
    '/docs/%2e%2e', '/docs/.hidden', '/docs/a/b', '/docs/index.html%00',
    '/problems/nothing', '/problems/', '/problems/..%2fx'])
def test_what_is_open_has_walls(api, path):
    reply = api.get(path, as_=None)
    assert reply.status_code in (400, 404), reply
    if '%00' not in path:
        reply.expect(404, code='not_found')


def test_the_type_of_every_problem_leads_somewhere(api, document):
    """`type` is an address, and what is there explains the problem."""
    for code, problem in document.problems.items():
        address = urllib.parse.urlparse(problem['type'])
        reply = api.get(address.path, as_=None).expect(200)
        if address.fragment:
            assert f'id="{address.fragment}"' in reply.text, code
        else:
            assert reply.json()['code'] == code
            assert reply.json()['title'] == problem['title']


# Text as it was sent

NAUGHTY = [
    "Robert'); drop table skill;--", '"', "''", '\\', '\\u0041', '%s%d%n',
    '${7*7}', '{{7*7}}', '<script>alert(1)</script>', '&amp;',
    'NULL', 'null', 'undefined', 'true', 'NaN', '0', '-1', '1e400', '()',
    'a\tb', 'a\nb', 'a\r\nb', '\u00e9', 'e\u0301', '\u00df', '\u0130i',
    '\u4f60\u597d', '\u0627\u0644\u0633\u0644\u0627\u0645',
    '\U0001f469\u200d\U0001f4bb', '\U0001d54f', '\ufffd', '\ue000',
    'Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d', '{"a":1}', '{a,b}',
    '{NULL}', '"quoted","list"', '\u2028\u2029', '\u00a0x\u00a0',
    '$1', ':auth.org', '/*? query.q */', '--', '/* x', "E'\\n'", '()"',
    'x' * 900, '\u20ac' * 300]


def free_text(document):
    """(POST operation, member) of plain text that its reply repeats."""
    for operation in document.operations.values():
        if (operation.method != 'POST' or 201 not in operation.success
                or operation.scim):
            continue
        body = document.resolve(operation.body.get('application/json', {}))
        reply = document.resolve(operation.response_schema(201) or {})
        for name, schema in body.get('properties', {}).items():
            schema = document.resolve(schema)
            kinds = schema.get('type', ())
            kinds = [kinds] if isinstance(kinds, str) else kinds
            if ('string' in kinds and 'format' not in schema
                    and 'enum' not in schema and 'pattern' not in schema
                    and name in reply.get('properties', {})
                    and schema.get('maxLength', 0) >= 900):
                yield operation.id, name


def test_text_comes_back_as_it_was_sent(document, call):
    found = list(free_text(document))
    assert found, 'no operation takes free text'
    for operation, member in found:
        for text in NAUGHTY:
            one = call(operation)
            one.json[member] = text
            reply = one.send()
            reply.expect(201)
            assert reply.json()[member] == text, (operation, text)
            assert json.loads(reply.content)[member] == text


def test_names_refuse_what_cannot_be_seen(document, call):
    """Format `name`: no controls, no bidi overrides, no noncharacters."""
    for operation in document.operations.values():
        if operation.method != 'POST' or not operation.body:
            continue
        body = document.resolve(operation.body.get('application/json', {}))
        for name, schema in body.get('properties', {}).items():
            if document.resolve(schema).get('format') != 'name':
                continue
            one = call(operation.id)
            for bad in ('a\x01b', 'a\x7fb', 'a\x85b', 'a\u202eb', 'a\u2066b',
                        'a\ufffeb', 'a\U0001ffffb', ' a', 'a ', 'a\nb'):
                one.json[name] = bad
                reply = one.send().expect(422, code='invalid_body')
                assert reply.json()['errors'][0]['pointer'] == f'/{name}'
