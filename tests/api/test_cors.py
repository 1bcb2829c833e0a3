"""CORS (cors.h): which web pages may read replies.

Mutations: no lines on refusals, on those of the front; any Origin allowed; no
Vary; the methods of another path; a preflight that needs a token; one of no
path refused, or granted to anybody.
"""

import pytest

APP = 'https://app.example.org'
OTHER = 'http://localhost:3000'


@pytest.fixture(scope='module')
def web(api):
    with api.beside(HEFBOOM_CORS_ORIGINS=f'{APP}, {OTHER}',
                    HEFBOOM_WORKERS=1) as other:
        yield other


def names(text):
    return {one.strip().lower() for one in (text or '').split(',')}


def cors(reply):
    return {name: value for name, value in reply.headers.items()
            if name.lower().startswith('access-control')}


def read_by_page(web, path, method='GET', origin=APP, **rest):
    reply = web.call(method, path, headers={'Origin': origin}, **rest)
    assert reply.headers['Access-Control-Allow-Origin'] == origin, (
        reply, reply.headers.items())
    assert 'origin' in names(reply.headers['Vary'])
    assert reply.headers['Access-Control-Allow-Credentials'] is None
    shown = names(reply.headers['Access-Control-Expose-Headers'])
    assert shown >= {'request-id', 'etag', 'link', 'location', 'retry-after',
                     'ratelimit', 'ratelimit-policy'}
    return reply


@pytest.mark.parametrize('origin', [APP, OTHER])
def test_pages_on_the_list(web, origin):
    reply = read_by_page(web, '/v1/me', origin=origin).expect(200)
    assert names(reply.headers['Vary']) >= {
        'accept', 'accept-language', 'authorization', 'origin'}


def test_every_kind_of_reply(web):
    """What a page may not read it cannot explain to its user."""
    tag = read_by_page(web, '/v1/me').etag
    read_by_page(web, '/v1/people').expect(200)
    read_by_page(web, '/v1/me', as_=None).expect(401)
    read_by_page(web, '/v1/nothing').expect(404)
    read_by_page(web, '/v1/me', 'DELETE').expect(405)
    read_by_page(web, '/v1/me', 'PATCH', json={'id': 1}).expect(422)
    read_by_page(web, '/v1/me', 'PATCH', json={}).expect(200)
    read_by_page(web, '/openapi.json').expect(200)
    read_by_page(web, '/healthz').expect(200)
    read_by_page(web, '/scim/v2/Nothing', as_=None).expect(404)
    # Of the front, which knows no operation.
    read_by_page(web, '/v1/me', 'PATCH', data=b'x' * 300000).expect(413)
    reply = web.get('/v1/me', headers={'Origin': APP, 'If-None-Match': tag})
    reply.expect(304)
    assert reply.headers['Access-Control-Allow-Origin'] == APP


@pytest.mark.parametrize('origin', [
    'https://app.example.com', 'https://evil.org', 'null', '*',
    'http://app.example.org', 'https://app.example.org:444',
    'https://app.example.org.evil.org', f'{APP} {OTHER}'])
def test_strangers(web, origin):
    for method in ('GET', 'OPTIONS'):
        reply = web.call(method, '/v1/me', headers={
            'Origin': origin, 'Access-Control-Request-Method': 'GET'})
        reply.expect(200, 204)
        assert cors(reply) == {}
        assert 'origin' in names(reply.headers['Vary'])


def test_without_origin(web):
    reply = web.get('/v1/me').expect(200)
    assert cors(reply) == {}
    assert 'origin' in names(reply.headers['Vary'])


def preflight(web, path, method, origin=APP):
    return web.call('OPTIONS', path, as_=None, headers={
        'Origin': origin, 'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'authorization, content-type'})


def test_preflights_of_every_operation(web, document):
    for operation in document.operations.values():
        path = operation.path(**{
            parameter['name']: '0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f'
            for parameter in operation.places('path')})
        reply = preflight(web, path, operation.method).expect(204)
        allowed = names(reply.headers['Access-Control-Allow-Methods'])
        assert operation.method.lower() in allowed
        assert allowed == names(reply.headers['Allow'])
        headers = names(reply.headers['Access-Control-Allow-Headers'])
        assert headers >= {'authorization', 'content-type', 'if-match',
                           'idempotency-key', 'traceparent'}
        assert 0 < int(reply.headers['Access-Control-Max-Age']) <= 7200


def test_a_preflight_of_nothing(web):
    """Chromium: "does not have HTTP ok status", and the page's fetch throws
    as if there were no server; so that the page may see the 404 itself."""
    reply = preflight(web, '/v1/nothing', 'PUT').expect(204)
    assert 'put' in names(reply.headers['Access-Control-Allow-Methods'])
    assert reply.headers['Access-Control-Allow-Origin'] == APP
    read_by_page(web, '/v1/nothing', 'PUT').expect(404)
    preflight(web, '/v1/nothing', 'PUT', origin='https://evil.org').expect(404)
    web.call('OPTIONS', '/v1/nothing', headers={'Origin': APP}).expect(404)


def test_off_unless_set(api):
    reply = api.get('/v1/me', headers={'Origin': APP}).expect(200)
    assert cors(reply) == {}
    assert 'origin' not in names(reply.headers['Vary'])
    assert cors(preflight(api, '/v1/me', 'GET').expect(204)) == {}


@pytest.mark.parametrize('wrong', ['*', 'https://a.example/', 'a.example',
                                   'null', 'https://a.example:443'])
def test_wrong_settings(server, wrong):
    result = server.command('check-config', '--cors-origins', wrong,
                            check=False)
    assert result.returncode != 0
    assert 'cors_origins' in result.stderr
