"""/metrics (metrics.h, scrape.h): what a machine did and is doing.

Mutations: a table for each worker; the path as a label; a class of status
counted as another; a bucket that is not cumulative; dead processes counted;
the rate's refusals not counted; served on the public listener; on one that
nobody asked for; postgresql_up always 1; a counter without _total, a metric
without its HELP, a count in milliseconds (test_the_format, and promtool).
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from harness.client import Api
from harness.handover import sockets
from harness.locks import locked, stopped
from harness.running import Server, free_port
from harness.waiting import eventually


def until(condition, what, seconds=20):
    return eventually(condition, seconds, what)


as_root = pytest.mark.skipif(os.geteuid() != 0,
                             reason='whose sockets they are only root sees')
SAMPLE = re.compile(r'([a-z_]+)(?:\{([^}]*)\})? (\S+)')


@pytest.fixture(scope='module')
def watched(api):
    port = free_port()
    with api.beside(HEFBOOM_METRICS_LISTEN=f'127.0.0.1:{port}',
                    HEFBOOM_RATE_CLIENT=2, HEFBOOM_WORKERS=2) as other:
        other.server.metrics = f'http://127.0.0.1:{port}/metrics'
        until(lambda: scrape(other.server), 'no /metrics')
        yield other


def scrape(server):
    try:
        with urllib.request.urlopen(server.metrics, timeout=10) as reply:
            assert reply.headers['Content-Type'] == (
                'text/plain; version=0.0.4; charset=utf-8')
            return reply.read().decode()
    except OSError:
        return None


def samples(api):
    """{(name, labels): value}"""
    found = {}
    for line in scrape(api.server).splitlines():
        if not line.startswith('#'):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            assert (name, labels) not in found, line
            found[name, labels] = float(value)
    return found


def requests(found, operation, status):
    return found.get(('hefboom_requests_total',
                      f'operation="{operation}",status="{status}"'), 0)


def test_requests_are_counted_by_operation_and_class(watched):
    before = samples(watched)
    for _ in range(20):
        watched.get('/v1/me').expect(200)
    tag = watched.get('/v1/me').etag
    watched.get('/v1/me', headers={'If-None-Match': tag}).expect(304)
    watched.get('/v1/me', as_=None).expect(401)
    watched.get('/v1/people?limit=0').expect(400)
    watched.get('/v1/nothing/naughty-words').expect(404)
    watched.get('/v1/people/0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f').expect(404)
    watched.patch('/v1/me', data=b'x' * 300000).expect(413)
    after = samples(watched)

    def more(operation, status):
        return (requests(after, operation, status)
                - requests(before, operation, status))
    assert more('get_me', '2xx') == 21
    assert more('get_me', '3xx') == 1
    assert more('get_me', '4xx') == 1
    assert more('list_people', '4xx') == 1
    assert more('get_person', '4xx') == 1
    assert more('none', '4xx') == 2


def test_durations(watched):
    before = samples(watched)
    for _ in range(10):
        watched.get('/v1/me').expect(200)
    after = samples(watched)
    name = 'hefboom_request_duration_seconds'
    counts = [value for (one, labels), value in after.items()
              if one == f'{name}_bucket' and 'lane="fast"' in labels]
    assert len(counts) == 12
    assert counts == sorted(counts)
    assert counts[-1] == after[f'{name}_count', 'lane="fast"']
    added = [after[key] - before[key] for key in (
        (f'{name}_count', 'lane="fast"'), (f'{name}_sum', 'lane="fast"'))]
    assert added[0] == 10
    assert 0 < added[1] < 60


def test_nothing_that_a_client_sent(watched, document):
    """Operations, lanes and words of ours: no path, no query, no name."""
    for path in ('/v1/nothing/naughty', '/naughty?naughty=1', '/v1/me?naughty',
                 '/scim/v2/Users/naughty', '/v1/people?q=naughty'):
        for method in ('GET', 'POST', 'OPTIONS'):
            watched.call(method, path, json={'naughty': 1} if
                         method == 'POST' else None, judge=False)
    text = scrape(watched.server)
    assert 'naughty' not in text and '/' not in re.sub('# .*', '', text)
    operations = set(re.findall(r'operation="([^"]*)"', text))
    assert operations <= set(document.operations) | {'none'}
    assert set(re.findall(r'status="([^"]*)"', text)) <= {
        '2xx', '3xx', '4xx', '5xx'}
    assert set(re.findall(r'([a-z_]+)="', text)) == {
        'operation', 'status', 'lane', 'le', 'policy', 'kind', 'outcome',
        'version'}


def test_rate_refusals(watched, server):
    token = server.command('token', '--org', 'demo', '--client', 'counted',
                           '--scope', 'people:read').stdout.strip()
    key = ('hefboom_rate_limited_total', 'policy="client"')
    before = samples(watched)[key]
    statuses = [watched.get('/scim/v2/Users?count=1', token=token).status_code
                for _ in range(5)]
    assert statuses.count(429) == 3
    assert samples(watched)[key] == before + 3


def test_what_is_so_now(watched):
    found = until(
        lambda: (now := samples(watched))['hefboom_workers', None] == 2
        and now['hefboom_pool_connections', 'lane="fast"'] == 4
        and now['hefboom_connections', None] >= 1 and now,
        'no two workers with a client')
    assert found['hefboom_postgresql_up', None] == 1
    assert found['hefboom_pool_connections', 'lane="write"'] == 4
    assert found['hefboom_pool_waiting', None] == 0
    assert found['hefboom_build_info', 'version="0.1.0"'] == 1


def test_a_crash_loses_no_count(watched):
    watched.get('/v1/me').expect(200)
    before = requests(samples(watched), 'get_me', '2xx')
    watched.server.kill_workers()
    found = until(lambda: (now := samples(watched))[
        'hefboom_workers', None] == 2 and now, 'no two workers again')
    assert requests(found, 'get_me', '2xx') == before


def test_requests_under_way(watched):
    """Seen while a table is locked, with the pool's transactions."""
    token = watched.server.token('demo', 'els', ('member',), None)

    def flying(count):
        found = samples(watched)
        return (found['hefboom_requests_in_flight', None] == count
                == found['hefboom_pool_transactions', 'lane="fast"'])
    seen = False
    # Nobody waits for a lock for longer than two seconds.
    for _ in range(5):
        with contextlib.ExitStack() as wires, locked(watched.server):
            for _ in range(5):
                wire = wires.enter_context(socket.create_connection(
                    (watched.server.host, watched.server.port), 10))
                wire.sendall(
                    f'GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: '
                    f'Bearer {token}\r\n\r\n'.encode())
            end = time.monotonic() + 3
            while not seen and time.monotonic() < end:
                seen = flying(5)
        until(lambda: flying(0), 'none under way')
        if seen:
            return
    raise AssertionError('five requests were never under way')


def test_the_public_listener_has_none(watched, api):
    for one in (watched, api):
        one.get('/metrics', as_=None).expect(404)


@as_root
def test_without_the_setting_there_is_none(server, watched):
    """The one listener of each process is the setting's."""
    def doors(one):
        return {link.getsockname()[1] for pid in (
            one.pid, *one.named('hefboom-worker'), *one.named('hefboom-jobs'))
            for link in sockets(pid) if link.getsockopt(
                socket.SOL_SOCKET, socket.SO_ACCEPTCONN)}
    assert doors(server) == {server.port}
    port = int(watched.server.settings[
        'HEFBOOM_METRICS_LISTEN'].split(':')[1])
    assert doors(watched.server) == {watched.server.port, port}


@pytest.mark.parametrize('method, path, status', [
    ('POST', '', 405), ('GET', '/x', 404), ('HEAD', '', 200),
    ('DELETE', '', 405)])
def test_other_requests(watched, method, path, status):
    ask = urllib.request.Request(watched.server.metrics + path, method=method)
    try:
        with urllib.request.urlopen(ask, timeout=10) as reply:
            assert reply.status == status and reply.read() == b''
    except urllib.error.HTTPError as error:
        assert error.code == status
        assert status != 405 or error.headers['Allow'] == 'GET, HEAD'
    assert scrape(watched.server)


def test_the_format(watched):
    """What promtool asks for, where there is none: of each metric one HELP and
    one TYPE before all of its samples, together, by the rules of names."""
    kinds, helped, seen, last = {}, set(), [], None
    for line in scrape(watched.server).splitlines():
        words = line.split(' ')
        if words[:2] == ['#', 'HELP']:
            assert len(words) > 3 and words[2] not in helped, line
            helped.add(words[2])
        elif words[:2] == ['#', 'TYPE']:
            assert words[2] not in kinds, line
            kinds[words[2]] = words[3]
        else:
            name = SAMPLE.fullmatch(line)[1]
            base = re.sub('_(bucket|sum|count)$', '', name)
            base = base if kinds.get(base) == 'histogram' else name
            if base != last:
                assert base not in seen, line
                seen.append(base)
            last = base
    assert set(seen) <= set(kinds) == helped
    assert set(kinds.values()) == {'counter', 'gauge', 'histogram'}
    for name, kind in kinds.items():
        assert name.endswith('_total') == (kind == 'counter'), name
        assert not re.search('_(milli|micro)?(ms|us|milliseconds|minutes|kb|'
                             'kilobytes)(_|$)', name), name


def test_promtool(watched):
    if not shutil.which('promtool'):
        pytest.skip('no promtool')
    watched.get('/v1/me').expect(200)
    result = subprocess.run(
        ['promtool', 'check', 'metrics'], input=scrape(watched.server),
        capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (0, '', '')


def test_jobs_are_counted(watched, server, db):
    def done():
        return sum(value for (name, labels), value in samples(watched).items()
                   if name == 'hefboom_jobs_total' and 'done' in labels)
    before = done()
    # The other server's jobs process would take some of them.
    with stopped(*server.named('hefboom-jobs')):
        db.execute("update timer set due_at = clock() where id in"
                   " (select id from timer where parked_at is null"
                   " order by due_at limit 5)")
        until(lambda: done() > before, 'none was done', 60)


def test_the_database_is_gone(server, document, coverage):
    port = free_port()
    other = Server(HEFBOOM_METRICS_LISTEN=f'127.0.0.1:{port}',
                   HEFBOOM_WORKERS=1).start()
    other.metrics = f'http://127.0.0.1:{port}/metrics'
    api = Api(other, document, coverage)
    try:
        key = 'hefboom_postgresql_up', None
        until(lambda: scrape(other) and samples(api)[key] == 1, 'up')
        connection = other.connect()
        connection.cursor().execute(
            'alter database hefboom connection limit 0')
        connection.cursor().execute('alter role hefboom nologin')
        connection.cursor().execute(
            'select pg_terminate_backend(pid) from pg_stat_activity'
            " where usename = 'hefboom'")
        connection.close()
        until(lambda: samples(api)[key] == 0, 'down')
    finally:
        other.stop()
