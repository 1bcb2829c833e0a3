"""Who serves changes, and clients never notice: SIGHUP, SIGUSR2, crashes.

The short version of tests/faults/test_handover.py, which has the numbers.

Mutations: a generation that opens its sockets anew (src/supervisor_child.c);
no drain (src/server.c: server_drain() ends at once); quiet clients closed
unheard (src/connection.c); core dumps of children allowed
(src/supervisor_child.c); settings_fault() left out of the upgrade
(src/supervisor_handover.c), check_fixed() of it (src/supervisor_reload.c);
LISTEN_PID not looked at, more sockets than workers left alone
(src/supervisor_listen.c): each fails here.
"""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from harness.handover import (Binary, Load, crash, ends, hand_over, serving,
                              server_with_people, wait_for)
from harness.running import binary, environment, free_port, is_running


@pytest.fixture(scope='module')
def file():
    """The program's file, for the whole module."""
    before = os.environ.get('HEFBOOM_BIN')
    file = Binary()
    os.environ['HEFBOOM_BIN'] = str(file.path)
    yield file
    if before is None:
        del os.environ['HEFBOOM_BIN']
    else:
        os.environ['HEFBOOM_BIN'] = before
    file.remove()


@pytest.fixture(scope='module')
def own(file):
    file.settings.touch()
    server = server_with_people(
        HEFBOOM_CONFIG=file.settings,
        HEFBOOM_METRICS_LISTEN=f'127.0.0.1:{free_port()}')
    yield server
    assert server.stop() == []


@pytest.fixture
def load(own, file):
    """Clients during the test; none of them may fail, but for whom a worker
    had accepted that the test has killed."""
    file.replace()
    clients = Load(own, 200, 10, 'other')
    clients.lost = set()
    yield clients
    failures, seen = clients.stop()
    assert [one for one in failures if one.address not in clients.lost] == []
    assert seen['new'] > 20 and seen['kept'] > 5, seen


def get(server, path='/healthz'):
    with urllib.request.urlopen(server.url + path, timeout=30) as reply:
        return reply.status


def test_nobody_notices(own, load, file):
    """Not of new settings, nor of a new file; the folder stays locked."""
    database = own.named('postgres')
    hand_over(own, signal.SIGHUP)
    file.replace()
    hand_over(own, signal.SIGUSR2)
    assert own.named('postgres') == database
    for pid in {own.pid} | serving(own):
        assert os.stat(f'/proc/{pid}/exe').st_ino == file.path.stat().st_ino
    said = own.command('serve', check=False, HEFBOOM_LISTEN='127.0.0.1:0')
    assert f'another hefboom (process {own.pid}) already' in said.stderr


def test_what_is_under_way_is_finished(own):
    """Half of a request, to each worker; the rest while they leave.  Its head
    may take five seconds: a machine that needs them has another try."""
    for _ in range(5):
        reloads = own.log().count('"reloaded"')
        clients = [socket.create_connection((own.host, own.port))
                   for _ in range(8)]
        begun = time.monotonic()
        for client in clients:
            client.sendall(b'GET /healthz HTTP/1.1\r\nHost: a\r\n')
        time.sleep(0.3)
        before = own.named('hefboom-worker')
        own.child.send_signal(signal.SIGHUP)
        wait_for(lambda: own.named('hefboom-worker') - before)
        time.sleep(1)
        for client in clients:
            client.sendall(b'\r\n')
        in_time = time.monotonic() - begun < 4.5
        for client in clients:
            client.settimeout(20)
            said = client.recv(9999)
            assert said.startswith(b'HTTP/1.1 200 ') or not in_time, said
            client.close()
        wait_for(lambda: not before & own.named('hefboom-worker'))
        wait_for(lambda: own.log().count('"reloaded"') > reloads)
        if in_time:
            return
    pytest.skip('the machine is too busy to be quicker than five seconds')


ASK = b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'


def quiet_clients(own):
    """The workers, clients who have been served, and when the first of them
    may have said its last word.  A few at a time, for who has once heard many
    at once (libevent's table grows) will again."""
    workers = own.named('hefboom-worker')
    clients = [socket.create_connection((own.host, own.port))
               for _ in range(240)]
    for _ in range(2):
        heard = time.monotonic()
        for first in range(0, len(clients), 20):
            for client in clients[first:first + 20]:
                client.sendall(ASK)
            for client in clients[first:first + 20]:
                client.settimeout(20)
                assert client.recv(9999).startswith(b'HTTP/1.1 200 ')
    return workers, clients, heard


def tell(pids, number):
    """Some may have left."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def test_who_was_not_listened_to_is_answered(own):
    """
    A worker that leaves closes whoever has been quiet for a second: not whom
    it had no time to listen to.  More than it hears at once, so that its
    clock comes between them.  On a machine that takes more than that second
    to begin, they have been quiet, and are rightly closed: once more then.
    """
    for _ in range(20):
        reloads = own.log().count('"reloaded"')
        workers, clients, heard = quiet_clients(own)
        own.child.send_signal(signal.SIGHUP)
        wait_for(lambda: own.named('hefboom-worker') - workers)
        time.sleep(0.45)
        tell(workers, signal.SIGSTOP)
        in_time = time.monotonic() - heard < 0.95
        try:
            if in_time:
                for client in clients:
                    client.sendall(ASK)
                time.sleep(1.3)
        finally:
            tell(workers, signal.SIGCONT)
        for client in clients:
            assert not in_time or client.recv(9999).startswith(
                b'HTTP/1.1 200 ')
            client.close()
        wait_for(lambda: own.log().count('"reloaded"') > reloads)
        if in_time:
            return
    pytest.skip('the machine is too busy to be quicker than a second')


def upgraded(server):
    """As the second program in its process."""
    started = max(server.log().rfind('"serving"'), 0)
    if server.log().rfind('"upgraded"') < started:
        hand_over(server, signal.SIGUSR2)


def test_two_orders_at_once(own, load):
    """The second waits for the first, and is not forgotten."""
    seen = own.log().count('"reloaded"')
    for number in (signal.SIGHUP, signal.SIGUSR2, signal.SIGHUP):
        own.child.send_signal(number)
        time.sleep(0.1)
    wait_for(lambda: own.log().count('"reloaded"') >= seen + 2)
    assert own.log().count('"upgraded"')


def test_the_lifeline_stays(own):
    """Everybody leaves when the supervisor of the second program dies."""
    upgraded(own)
    others = serving(own)
    own.crashes_declared += 1
    database, = own.named('postgres')
    own.child.kill()
    own.child.wait()
    wait_for(lambda: not any(map(is_running, others)), 30)
    own.start()
    assert '"postgresql_adopted"' in own.log()
    assert pathlib.Path(f'/proc/{database}').exists()


# upgrades that cannot be

def test_a_file_that_does_not_run(own, load, file):
    before = serving(own)
    file.put(lambda draft: draft.write_text('no program'))
    hand_over(own, signal.SIGUSR2, 'upgrade_refused')
    assert serving(own) == before


def test_settings_that_it_refuses(own, load, file):
    before = serving(own)
    file.script('HEFBOOM_WORKERS=many; export HEFBOOM_WORKERS')
    hand_over(own, signal.SIGUSR2, 'upgrade_refused')
    assert serving(own) == before


def test_a_setting_that_only_the_new_program_knows(own, load, file):
    """The old one could not go on with it, if it had to."""
    before = serving(own)
    text = file.real.read_bytes()
    assert text.count(b'\0rate_failed\0')
    file.put(lambda draft: draft.write_bytes(
        text.replace(b'\0rate_failed\0', b'\0rate_missed\0')))
    file.settings.write_text('rate_missed = 5\n')
    hand_over(own, signal.SIGUSR2, 'upgrade_refused')
    file.settings.write_text('')
    assert serving(own) == before


@pytest.mark.parametrize('text', [
    'user = nobody-of-that-name\n',
    'database_url = postgresql://a@localhost/b\nsecret_file = {secret}\n'])
def test_settings_that_need_a_restart(own, load, file, text):
    """check-config does not know what they were."""
    if os.geteuid() != 0 and text.startswith('user'):
        pytest.skip('only root becomes somebody else')
    before = serving(own)
    file.settings.write_text(
        text.format(secret=own.data / 'data' / 'secret'))
    hand_over(own, signal.SIGUSR2, 'upgrade_refused')
    hand_over(own, signal.SIGHUP, 'reload_refused')
    file.settings.write_text('')
    assert serving(own) == before


def returns(server):
    """The new program cannot go on: it hands everything back."""
    database = server.named('postgres')
    seen = server.log().count('"reloaded"')
    hand_over(server, signal.SIGUSR2, 'returned')
    wait_for(lambda: server.log().count('"reloaded"') > seen)
    assert server.named('postgres') == database


def test_a_program_that_does_not_start(own, load, file):
    """Nor would the old one, by now: but it runs, and goes on."""
    user = own.connect()
    with user.cursor() as cursor:
        cursor.execute('insert into hefboom_migration (name, hash)'
                       " values ('9999_later', '')")
        returns(own)
        cursor.execute('delete from hefboom_migration'
                       " where name = '9999_later'")
    user.close()
    assert 'newer than this program' in own.log()


def test_a_program_that_speaks_another_version(own, load, file):
    def other(draft):
        text = file.real.read_bytes()
        assert text.count(b'hefboom-handover-1') == 1
        draft.write_bytes(text.replace(b'handover-1', b'handover-2'))
    file.put(other)
    returns(own)


def test_workers_that_die_at_once(own, load):
    """Then the old program goes on, and so do those it started.  Who has
    lived for 0.3 s has not died at once: once more then."""
    for _ in range(5):
        before = own.named('hefboom-worker')
        seen = own.log().count('"returned"')
        reloaded = own.log().count('"reloaded"')
        own.child.send_signal(signal.SIGUSR2)
        wait_for(lambda: own.named('hefboom-worker') - before)
        for pid in own.named('hefboom-worker') - before:
            own.crashes_declared += 1
            os.kill(pid, signal.SIGSTOP)
            load.lost |= ends(pid)[0]
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: own.log().count('"reloaded"') > reloaded)
        if own.log().count('"returned"') > seen:
            return
    raise AssertionError('the old program did not go on')


# crashes

def test_a_crash_costs_what_was_accepted(own):
    clients = Load(own, 200, 20, 'other')
    accepted, waiting = crash(own)
    time.sleep(0.3)
    failures, seen = clients.stop()
    assert waiting > 5, 'nobody waited at its door'
    assert {one.address for one in failures} <= accepted, failures
    assert seen['new'] > 50


# keys

def test_sighup_reads_the_keys_again(own):
    def asked(token):
        request = urllib.request.Request(own.url + '/v1/me', headers={
            'Authorization': f'Bearer {token}'})
        try:
            with urllib.request.urlopen(request) as reply:
                return reply.status
        except urllib.error.HTTPError as error:
            return error.code
    old = own.token('other')
    assert asked(old) == 200
    path = own.data / 'data' / 'secret'
    path.write_bytes(os.urandom(32))
    own._tokens.clear()
    fresh = own.token('other')
    assert asked(old) == 200 and asked(fresh) == 401
    hand_over(own, signal.SIGHUP)
    assert asked(old) == 401 and asked(fresh) == 200


def test_the_database_is_watched_on(own):
    upgraded(own)
    postmaster = own.data / 'data' / 'postgresql' / 'postmaster.pid'
    database = int(postmaster.read_text().split()[0])
    # While the old backends live, others are started in vain.
    own.crashes_declared += 100
    os.kill(database, signal.SIGKILL)
    wait_for(lambda: own.named('postgres') - {database})
    own.wait_ready()


def scraped(server):
    """{name and labels: value}, of whoever of the machine answers.  Who has
    taken the place of another may be about to listen."""
    url = f'http://{server.settings["HEFBOOM_METRICS_LISTEN"]}/metrics'

    def text():
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(url, timeout=30) as reply:
                return reply.read().decode()
    lines = wait_for(text).splitlines()
    return {name: float(value) for name, value in (
        line.rsplit(' ', 1) for line in lines if line[0] != '#')}


def test_an_upgrade_counts_anew(own):
    """Its mapping is new, and all who serve are in it."""
    health = 'hefboom_requests_total{operation="get_healthz",status="2xx"}'
    hand_over(own, signal.SIGHUP)
    for _ in range(5):
        get(own)
    wait_for(lambda: scraped(own)['hefboom_workers'] == 2)
    before = scraped(own)
    assert before[health] >= 5
    hand_over(own, signal.SIGHUP)
    assert scraped(own)[health] >= before[health]
    hand_over(own, signal.SIGUSR2)
    wait_for(lambda: scraped(own)['hefboom_workers'] == 2)
    assert health not in scraped(own)
    get(own)
    assert scraped(own)[health] == 1


# sockets of systemd

def activated(own, descriptors, pid='$$', count=None):
    """Started as systemd does it: what it listens on is there from 3 on."""
    def pass_on():
        kept = [os.dup(one) for one in descriptors]
        for number, one in enumerate(kept):
            os.dup2(one, 3 + number)
    settings = {**own.settings, 'HEFBOOM_LISTEN':
                f'127.0.0.1:{free_port()}'}
    with open(own.log_path, 'ab') as log:
        return subprocess.Popen(
            ['/bin/sh', '-c', f'LISTEN_PID={pid} LISTEN_FDS='
             f'{len(descriptors) if count is None else count}'
             ' exec "$0" serve', binary()],
            env=environment(**settings), stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True, preexec_fn=pass_on,
            close_fds=False), settings['HEFBOOM_LISTEN']


@pytest.fixture
def stopped(own):
    assert own.stop(keep_data=True) == []
    yield own
    if own.child.poll() is not None:
        own.start()


def listener():
    return socket.create_server(('127.0.0.1', 0), backlog=100)


def test_sockets_of_systemd(stopped):
    """One socket, two workers; who came before the start is answered."""
    own, door = stopped, listener()
    port, own.port = own.port, door.getsockname()[1]
    own.url = f'http://127.0.0.1:{own.port}'
    early = socket.create_connection(door.getsockname())
    early.sendall(b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
    own.child, unused = activated(own, [door.fileno()])
    try:
        early.settimeout(60)
        assert early.recv(999).startswith(b'HTTP/1.1 200 ')
        own.wait_ready()
        own.wait_whole()
        assert len(own.workers()) == 2
        with pytest.raises(OSError):
            socket.create_connection(('127.0.0.1', int(unused.split(':')[1])))
        clients = Load(own, 100, 4, 'other')
        hand_over(own, signal.SIGUSR2)
        hand_over(own, signal.SIGHUP)
        failures, seen = clients.stop()
        assert failures == [] and seen['new'] > 20
        # What it leaves behind is systemd's, and still takes clients.
        own.child.terminate()
        assert own.child.wait(60) == 0
        late = socket.create_connection(door.getsockname())
        late.sendall(b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
        own.child, _ = activated(own, [door.fileno()])
        late.settimeout(60)
        assert late.recv(999).startswith(b'HTTP/1.1 200 ')
        own.child.terminate()
        assert own.child.wait(60) == 0
    finally:
        own.port = port
        own.url = f'http://127.0.0.1:{port}'


def test_more_sockets_than_workers(stopped):
    doors = [listener() for _ in range(3)]
    own = stopped
    own.child, _ = activated(own, [door.fileno() for door in doors])
    for door in doors:
        with socket.create_connection(door.getsockname()) as client:
            client.sendall(b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
            client.settimeout(60)
            assert client.recv(999).startswith(b'HTTP/1.1 200 ')
    own.child.terminate()
    assert own.child.wait(60) == 0


@pytest.mark.parametrize('count', ['0', '-1', '1x', '257', ''])
def test_numbers_that_are_none(stopped, count):
    with listener() as door:
        stopped.child, _ = activated(stopped, [door.fileno()], count=count)
        assert stopped.child.wait(60) == 1
    assert 'LISTEN_FDS is no number' in stopped.log()[-300:]


def test_descriptors_that_do_not_listen(stopped):
    plain = socket.socket()
    datagrams = socket.socket(type=socket.SOCK_DGRAM)
    with open('/dev/null') as null, listener() as door:
        for one in (plain, datagrams, null):
            stopped.child, _ = activated(
                stopped, [door.fileno(), one.fileno()])
            assert stopped.child.wait(60) == 1
            assert 'descriptor 4 is no listening' in stopped.log()[-300:]


def test_sockets_of_another_process(stopped):
    """Variables that a parent left: they are not for us."""
    with listener() as door:
        stopped.child, address = activated(stopped, [door.fileno()], pid=1)

        def is_there():
            try:
                with urllib.request.urlopen(f'http://{address}/healthz',
                                            timeout=5):
                    return True
            except OSError:
                return False
        wait_for(is_there)
        stopped.child.terminate()
        assert stopped.child.wait(60) == 0
