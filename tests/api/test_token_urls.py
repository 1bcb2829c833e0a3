"""Keys by URL: an identity provider of ours, its rotations and its faults.

What the addresses' rules say of each address is tests/unit/test_fetch.c; here
they are met through names and spellings, by a server that would answer.

Mutations: those of DEVELOPERS.md, "Keys by URL", each found by one to three
of these tests; asked again after 5 s for keys that nobody has
(token_source.h; test_rotation); a fetch that fails forgets the keys
(token_source.c; test_source_down).
"""

import concurrent.futures
import http.client
import json
import signal
import socket
import subprocess
import threading
import time

import pytest

from harness.idp import Idp, Key, jwks, make_authority
from harness.waiting import eventually

KEY = Key('first')
OTHER = Key('other')


def ask(server, token, path='/v1/me'):
    connection = http.client.HTTPConnection(server.host, server.port,
                                            timeout=20)
    try:
        connection.request('GET', path, headers={
            'Authorization': f'Bearer {token}'} if token else {})
        reply = connection.getresponse()
        return reply.status, reply.headers, json.loads(reply.read())
    finally:
        connection.close()


def status(server, token):
    return ask(server, token)[0]


def everywhere(server, token, times=12):
    """What all workers say: each new connection may be another's."""
    return {status(server, token) for _ in range(times)}


def unavailable(server, token):
    code, headers, body = ask(server, token)
    assert code == 503, (code, body)
    assert body['type'].replace('-', '_').endswith('keys_unavailable'), body
    return int(headers['Retry-After'])


def reasons(server, issuer):
    return [entry['reason'] for entry in server.log_entries()
            if entry.get('event') == 'keys_not_fetched'
            and entry['issuer'] == issuer]


@pytest.fixture(scope='module')
def folder(server):
    """Workers read from it, as whom they became."""
    folder = server.data / 'idp'
    folder.mkdir(mode=0o755)
    return folder


@pytest.fixture(scope='module')
def authority(folder):
    return make_authority(folder)


@pytest.fixture(scope='module')
def idp(folder, authority):
    idp = Idp(folder, authority).start()
    yield idp
    idp.stop()


@pytest.fixture(scope='module')
def stranger(folder):
    """Whose certificate nobody knows."""
    idp = Idp(folder, make_authority(folder, 'stranger')).start()
    yield idp
    idp.stop()


@pytest.fixture(scope='module')
def misnamed(folder, authority):
    idp = Idp(folder, authority, names=('idp.example',)).start()
    yield idp
    idp.stop()


def drip(handler):
    handler.send_response(200)
    handler.send_header('Content-Type', 'application/json')
    handler.send_header('Content-Length', '100000')
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b' ')
        time.sleep(0.1)


def flood(handler):
    handler.send_response(200)
    handler.send_header('Content-Type', 'application/json')
    handler.send_header('Connection', 'close')
    handler.end_headers()
    for _ in range(2000):
        handler.wfile.write(b' ' * 65536)


def flood_headers(handler):
    handler.send_response(200)
    for number in range(2000):
        handler.send_header(f'X-{number}', 'x' * 60)
    handler.end_headers()


def fixed(body, **how):
    return lambda handler: handler.reply(body, **how)


def weak():
    return json.dumps({'keys': [{**KEY.jwk, 'x': 'AA'}]}).encode()


def crowd():
    return json.dumps({'keys': [{**KEY.jwk, 'kid': str(number)}
                                for number in range(101)]}).encode()


# name: (what /NAME answers, a word of the reason)
BAD = {
    'drip': (drip, 'timed out'),
    'flood': (flood, 'too long'),
    'headers': (flood_headers, 'too long'),
    'long': (jwks(KEY) + b' ' * 262144, 'size|too long'),
    'redirect': (lambda handler: handler.reply(
        b'', status=302, Location='/good'), 'redirect'),
    'status': (fixed(jwks(KEY), status=500), 'another status'),
    'html': (fixed(jwks(KEY), kind='text/html'), 'not application/json'),
    'json': (b'{"keys":[', 'no JSON object'),
    'twice': (b'{"keys":[],' + jwks(KEY)[1:], 'no JSON object'),
    'list': (b'[]', 'no JSON object'),
    'empty': (b'', 'no JSON object'),
    'none': (b'{"keys":[]}', 'no key'),
    'weak': (weak(), 'no valid public key'),
    'crowd': (crowd(), 'more than 100 keys'),
}
# name: the discovery document's (issuer, jwks_uri) and a word of the reason
BAD_DOCUMENTS = {
    'wrong': ('https://another.example', '/good', 'its issuer is another'),
    'slash': ('slash/', '/good', 'its issuer is another'),
    'nowhere': ('nowhere', None, 'no jwks_uri'),
    'file': ('file', 'file:///etc/passwd', 'begin with https'),
    'inside': ('inside', 'https://10.0.0.1/jwks', 'not allowed'),
    'metadata': ('metadata', 'http://169.254.169.254/', 'not allowed'),
    'bounced': ('bounced', '/redirect', 'redirect'),
}
GOOD = ('good', 'rotating', 'storm', 'down', 'slow', 'gone',
        'reloaded')


def issuer(name, **where):
    return {'issuer': name, 'audience': 'hefboom', 'organisations': ['demo'],
            'algorithms': ['ES256'], **where}


def write_issuers(path, issuers):
    path.write_text(json.dumps(issuers))
    return path


@pytest.fixture(scope='module')
def fetching(server, folder, idp, stranger, misnamed):
    issuers = []
    for name, (answer, _) in BAD.items():
        idp.serve(f'/{name}', answer)
        issuers.append(issuer(name, jwks_url=idp.url(f'/{name}')))
    for name, (says, where, _) in BAD_DOCUMENTS.items():
        where = where and (idp.url(where) if where[0] == '/' else where)
        idp.serve(f'/d/{name}', json.dumps(
            {'issuer': says, **({'jwks_uri': where} if where else {})}
        ).encode())
        issuers.append(issuer(name, discovery_url=idp.url(f'/d/{name}')))
    for name in GOOD:
        idp.serve(f'/{name}', jwks(KEY))
        issuers.append(issuer(name, jwks_url=idp.url(f'/{name}')))
    idp.serve('/d/discovered', json.dumps(
        {'issuer': 'discovered', 'jwks_uri': idp.url('/good')}).encode())
    issuers.append(issuer('discovered',
                          discovery_url=idp.url('/d/discovered')))
    issuers.append(issuer('plain', jwks_url=idp.plain('/good')))
    for name, other in (('stranger', stranger), ('misnamed', misnamed)):
        other.serve('/good', jwks(KEY))
        issuers.append(issuer(name, jwks_url=other.url('/good')))
    issuers.append(issuer('closed', jwks_url='https://127.0.0.1:1/'))
    second = server.beside(
        HEFBOOM_ISSUERS=write_issuers(folder / 'issuers.json', issuers),
        HEFBOOM_FETCH_NETWORKS='127.0.0.1', HEFBOOM_WORKERS=2,
        HEFBOOM_FETCH_CA=folder / 'authority.pem',
        https_proxy='http://127.0.0.1:1', http_proxy='http://127.0.0.1:1',
        all_proxy='http://127.0.0.1:1')
    with second.running():
        yield second


@pytest.mark.parametrize('name', ['good', 'discovered', 'plain'])
def test_found(fetching, name):
    eventually(lambda: everywhere(fetching, KEY.token(name)) == {200}, 60)
    assert status(fetching, OTHER.token(name, kid='first')) == 401


REASONS = {**{name: reason for name, (_, reason) in BAD.items()},
           **{name: reason for name, (_, _, reason) in BAD_DOCUMENTS.items()},
           'stranger': 'certificate', 'misnamed': 'certificate|subject',
           'closed': 'connect|refused'}


@pytest.mark.parametrize('name', REASONS)
def test_bad_source(fetching, name):
    """Nothing is taken from it, and nobody can say whether a token is good."""
    eventually(lambda: reasons(fetching, name), 60)
    reason = reasons(fetching, name)[0]
    assert any(word in reason for word in REASONS[name].split('|')), reason
    unavailable(fetching, KEY.token(name))
    assert status(fetching, KEY.token('good')) == 200


def test_what_would_be_refused_causes_nothing(fetching, idp):
    """A token that would not do by its claims, whoever signed it."""
    eventually(lambda: everywhere(fetching, KEY.token('good')) == {200}, 60)
    before = idp.hits('/good')
    late = int(time.time()) - 100
    for token in (OTHER.token('good', exp=late), OTHER.token('good', aud='x'),
                  OTHER.token('good', org='other'), OTHER.token('good', sub=7),
                  # Made long before the set was fetched.
                  OTHER.token('good', age=3600)):
        assert status(fetching, token) == 401
    assert idp.hits('/good') == before


def test_rotation(fetching, idp):
    """A new key serves at once; what has left serves no longer."""
    old, new = Key('old'), Key('new')
    first = KEY.token('rotating', age=3600)
    eventually(lambda: everywhere(fetching, first) == {200}, 60)
    assert idp.hits('/rotating') == 1
    idp.serve('/rotating', jwks(KEY, old, new))
    asked = time.monotonic()
    assert everywhere(fetching, new.token('rotating')) == {200}
    assert everywhere(fetching, first) == {200}
    assert idp.hits('/rotating') == 2
    idp.serve('/rotating', jwks(new))
    # Asked a moment ago: nobody can say, and nobody is sent to log in.
    assert 1 <= unavailable(fetching, OTHER.token('rotating')) <= 30
    assert everywhere(fetching, first) == {200}
    # In thirty seconds nobody asks again, by whichever worker.
    number = 0
    while time.monotonic() < asked + 26:
        number += 1
        unavailable(fetching, OTHER.token('rotating', kid=f'k{number}'))
        time.sleep(0.2)
    assert idp.hits('/rotating') == 2
    time.sleep(max(0, asked + 29 - time.monotonic()))
    # What is due within the three seconds is waited for; who comes so early
    # that these end with the half minute may be told 503.
    eventually(lambda: status(fetching, OTHER.token('rotating')) == 401, 15)
    assert idp.hits('/rotating') == 3
    eventually(lambda: everywhere(fetching, first) == {401})
    assert everywhere(fetching, old.token('rotating', age=3600)) == {401}
    assert everywhere(fetching, new.token('rotating')) == {200}
    assert idp.hits('/rotating') == 3


def test_storm(fetching, idp):
    """A thousand keys that nobody has: one fetch, and good tokens pass."""
    good = KEY.token('storm')
    eventually(lambda: everywhere(fetching, good) == {200}, 60)
    tokens = [OTHER.token('storm', kid=f'k{number}')
              for number in range(1000)]
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = pool.map(lambda token: status(fetching, token), tokens)
        slowest = 0
        for _ in range(20):
            start = time.monotonic()
            assert status(fetching, good) == 200
            slowest = max(slowest, time.monotonic() - start)
        found = list(found)
    assert set(found) <= {401, 503} and 401 in found, set(found)
    assert slowest < 5
    # One at the start, and one in each thirty seconds.
    assert 2 <= idp.hits('/storm') <= 2 + (time.monotonic() - began) // 30


def test_source_down(fetching, idp):
    eventually(lambda: everywhere(fetching, KEY.token('down')) == {200}, 60)
    idp.serve('/down', fixed(b'', status=503))
    unavailable(fetching, OTHER.token('down'))
    assert idp.hits('/down') == 2
    assert everywhere(fetching, KEY.token('down', jti='2')) == {200}


def test_slow_source(fetching, idp):
    """Who waits for a key holds up nobody else."""
    eventually(lambda: everywhere(fetching, KEY.token('slow')) == {200}, 60)
    new = Key('new')
    asked, over, told = (threading.Event() for _ in range(3))

    def slowly(handler):
        asked.set()
        over.wait(2.5)
        told.set()
        handler.reply(jwks(KEY, new))

    idp.serve('/slow', slowly)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        waiting = [pool.submit(status, fetching, new.token('slow', jti=str(i)))
                   for i in range(8)]
        assert asked.wait(20)
        for _ in range(10):
            assert status(fetching, KEY.token('slow')) == 200
        assert not told.is_set(), 'they waited for the source'
        assert not any(one.done() for one in waiting)
        over.set()
        assert [one.result() for one in waiting] == [200] * 8
    assert idp.hits('/slow') == 2


def test_clients_that_left(fetching, idp):
    """They are not told of the key that they waited for."""
    eventually(lambda: everywhere(fetching, KEY.token('gone')) == {200}, 60)
    new, held = Key('new'), threading.Event()

    def slowly(handler):
        held.wait(10)
        handler.reply(jwks(KEY, new))

    idp.serve('/gone', slowly)
    for number in range(20):
        head = (f'GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer '
                f'{new.token("gone", jti=str(number))}\r\n\r\n')
        with socket.create_connection((fetching.host, fetching.port)) as one:
            one.sendall(head.encode())
            time.sleep(0.02)
    eventually(lambda: idp.hits('/gone') > 1)
    assert idp.hits('/gone') == 2
    held.set()
    assert everywhere(fetching, new.token('gone')) == {200}


def test_reload(fetching, idp):
    """SIGHUP reads keys again."""
    token = KEY.token('reloaded', age=3600)
    eventually(lambda: everywhere(fetching, token) == {200}, 60)
    idp.serve('/reloaded', jwks(OTHER))
    fetching.child.send_signal(signal.SIGHUP)
    eventually(lambda: everywhere(fetching, token) == {401}, 60)
    eventually(lambda: 'reloaded' in {
        entry.get('event') for entry in fetching.log_entries()}, 60)
    assert everywhere(fetching, OTHER.token('reloaded', age=3600)) == {200}


def test_restart_without_the_source(server, folder, authority):
    idp = Idp(folder, authority).start()
    idp.serve('/jwks', jwks(KEY))
    path = write_issuers(folder / 'restart.json', [
        issuer('kept', jwks_url=idp.url('/jwks')),
        issuer('unseen', jwks_url=idp.url('/unseen'))])
    running = server.beside(
        HEFBOOM_ISSUERS=path, HEFBOOM_FETCH_NETWORKS='127.0.0.0/8',
        HEFBOOM_FETCH_CA=folder / 'authority.pem')
    wrong = []
    try:
        running.start()
        eventually(lambda: everywhere(running, KEY.token('kept')) == {200}, 60)
        wrong += running.stop(keep_data=True)
        idp.stop()
        running.start()
        assert everywhere(running, KEY.token('kept')) == {200}
        unavailable(running, KEY.token('unseen'))
        unavailable(running, OTHER.token('kept'))
        wrong += running.stop(keep_data=True)
        # A kept file that is none is no file.
        kept = list((running.data / 'data' / 'keys').iterdir())
        assert len(kept) == 1
        kept[0].write_bytes(b'{"keys":')
        running.start()
        unavailable(running, KEY.token('kept'))
        # It comes back, and the next who asks has it.
        idp.start()
        idp.serve('/unseen', jwks(OTHER))
        eventually(lambda: status(running, OTHER.token('unseen')) == 200, 60)
    finally:
        wrong += running.stop()
        idp.stop()
    assert not wrong, '\n'.join(wrong)


INSIDE = ['localhost', '127.0.0.1', '127.1', '2130706433', '0x7f000001',
          '0177.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]',
          '0.0.0.0', '[::]', '[64:ff9b::7f00:1]']


def test_inside_is_refused(server, folder, authority):
    """Without the setting nothing but the Internet's addresses is asked."""
    idp = Idp(folder, authority, names=('127.0.0.1', 'localhost')).start()
    path = write_issuers(folder / 'inside.json', [
        issuer(host, jwks_url=idp.url('/jwks', host)) for host in INSIDE])
    idp.serve('/jwks', jwks(KEY))
    for networks in (None, '127.0.0.2,10.0.0.0/8'):
        second = server.beside(
            HEFBOOM_ISSUERS=path, HEFBOOM_FETCH_NETWORKS=networks,
            HEFBOOM_FETCH_CA=folder / 'authority.pem', HEFBOOM_WORKERS=1)
        with second.running():
            for host in INSIDE:
                eventually(lambda: reasons(second, host), 60)
                assert 'not allowed' in reasons(second, host)[0], host
                unavailable(second, KEY.token(host))
    idp.stop()
    assert idp.hits() == 0


NAMES = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef int resolve_fn(const char *, const char *, const struct addrinfo *,
    struct addrinfo **);

int getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **found)
{
	resolve_fn *real = (resolve_fn *)dlsym(RTLD_NEXT, "getaddrinfo");

	if (node != NULL && strcmp(node, "slow.example") == 0)
		sleep(25);
	if (node != NULL && strcmp(node, "inside.example") == 0)
		node = "10.0.0.1";
	return real(node, service, hints, found);
}
"""


def test_slow_names(server, folder):
    """A resolver that hangs holds up nobody, at its time limit neither."""
    (folder / 'names.c').write_text(NAMES)
    subprocess.run(['gcc', '-shared', '-fPIC', '-o', folder / 'names.so',
                    folder / 'names.c', '-ldl'], check=True)
    path = write_issuers(folder / 'names.json', [
        issuer('slow', jwks_url='https://slow.example/'),
        issuer('inside', jwks_url='https://inside.example/')])
    second = server.beside(
        HEFBOOM_ISSUERS=path, HEFBOOM_WORKERS=1,
        LD_PRELOAD=folder / 'names.so',
        ASAN_OPTIONS='abort_on_error=0:exitcode=99:detect_leaks=1'
        ':verify_asan_link_order=0')
    with second.running():
        slowest = 0
        while not reasons(second, 'slow'):
            at = time.monotonic()
            assert status(second, server.token()) == 200
            slowest = max(slowest, time.monotonic() - at)
            time.sleep(0.02)
        assert slowest < 4, slowest
        assert 'timed out' in reasons(second, 'slow')[0].lower()
        assert 'not allowed' in reasons(second, 'inside')[0]
        assert status(second, server.token()) == 200
        at = time.monotonic()
    assert time.monotonic() - at < 12


@pytest.mark.parametrize('where, networks, word', [
    ({'jwks_url': 'http://idp.example/'}, None, 'http without'),
    ({'jwks_url': 'http://idp.example/'}, '10.0.0.0/8', None),
    ({'jwks_url': 'https://idp.example/'}, '10.0.0.0/33', 'no network'),
    ({'jwks_url': 'https://u:p@idp.example/'}, None, 'a user'),
    ({'jwks_url': 'ftp://idp.example/'}, None, 'https://'),
    ({'discovery_url': 'https://idp.example/'}, None, None),
    ({'discovery_url': 'https://idp.example/', 'jwks_file': '/x'}, None,
     'is needed'),
    ({'jwks_url': 'https://idp.example/', 'algorithms': ['HS256']}, None,
     'do not go together'),
])
def test_configuration(server, tmp_path, where, networks, word):
    path = write_issuers(tmp_path / 'issuers.json', [issuer('x', **where)])
    result = server.command('check-config', check=False, HEFBOOM_ISSUERS=path,
                            HEFBOOM_FETCH_NETWORKS=networks)
    assert (result.returncode != 0) == (word is not None), result.stderr
    assert word is None or word in result.stderr
