"""The processes and the database below them: started, killed, started again.

Mutations: leave out the lock (two supervisors), the retry while old backends
live (kill -9 of the postmaster), O_EXCL of the secret, the check of the
runtime role, recovery_init_sync_method or another setting; streams_open() of
src/main.c; own_issuer()'s fault; the holder of a lock who has no number taken
for nobody; the settings that main.c read kept; the environment, too: each fails
here.
"""

import contextlib
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

import psycopg2
import pytest

from harness.handover import serving, wait_for
from harness.orphans import buried, bury, set_subreaper
from harness.running import (Server, binary, environment, free_port,
                             is_running)

ROOT = os.geteuid() == 0
ASK = b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'


def idle(**settings):
    """A server that is not started."""
    server = Server(**settings)
    server.log_path.touch()
    server.crashes_declared = 1000
    return server


@pytest.fixture(scope='module')
def first():
    """A folder that has been started in once, to be copied."""
    server = idle()
    server.command('migrate')
    server.command('token', '--org', 'x', '--client', 'x', check=False)
    yield folder(server)
    server.stop()


@pytest.fixture
def new():
    """A server of this test's own; what it breaks is its."""
    server = idle()
    yield server
    assert server.stop() == []


@pytest.fixture
def own(new, first):
    """The same with a cluster, which takes a while to make."""
    subprocess.run(['cp', '-a', first, folder(new)], check=True)
    return new


@pytest.fixture
def started(own):
    return own.start()


@pytest.fixture
def burying():
    """No time is lost to whoever would bury what a supervisor leaves."""
    with buried():
        yield


def folder(server):
    return server.data / 'data'


def get(server, path='/readyz'):
    with urllib.request.urlopen(server.url + path, timeout=30) as reply:
        return reply.status


def below(pid):
    """pid and everything it started, however deep."""
    found = [pid]
    for one in found:
        try:
            found += map(int, pathlib.Path(
                f'/proc/{one}/task/{one}/children').read_text().split())
        except OSError:
            pass
    return found


def owner(path):
    return pwd.getpwuid(path.stat().st_uid).pw_name


def fails(server, *words, **settings):
    """serve says one sentence and ends with 1."""
    result = server.command(*(words or ['serve']), check=False, timeout=120,
                            **settings)
    assert result.returncode == 1, result.stdout + result.stderr
    said = [line for line in result.stderr.splitlines()
            if line.startswith('hefboom: ')]
    assert len(said) == 1, result.stderr
    return said[0]


def mark(server):
    server.command('org', 'create', 'kept')


def is_marked(server):
    connection = server.connect()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from organisation"
                       " where name = 'kept'")
        count = cursor.fetchone()[0]
    connection.close()
    return count == 1


# folders

def test_modes(started):
    def mode(name):
        return stat.S_IMODE((folder(started) / name).stat().st_mode)
    assert mode('') == (0o711 if ROOT else 0o700)
    assert mode('secret') == 0o600
    assert mode('postgresql') == 0o700
    assert mode('postgresql.log') == 0o600
    if ROOT:
        assert owner(folder(started)) == 'root'
        assert owner(folder(started) / 'secret') == 'root'
        assert owner(folder(started) / 'postgresql') == 'postgres'


def test_never_by_tcp(started):
    connection = started.connect()
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('listen_addresses'),"
                       " current_setting('unix_socket_directories')")
        addresses, sockets = cursor.fetchone()
    connection.close()
    assert addresses == ''
    about = os.lstat(sockets)
    assert stat.S_ISDIR(about.st_mode)
    assert stat.S_IMODE(about.st_mode) == 0o700
    assert len(sockets) <= 90


def test_settings_are_in_effect(started):
    """What differs from PostgreSQL's defaults, as it says itself: the words
    on its command line could be overruled, or not be understood."""
    connection = started.connect()
    with connection.cursor() as cursor:
        cursor.execute("select name, setting from pg_settings"
                       " where source = 'command line'")
        found = dict(cursor.fetchall())
    connection.close()
    expected = {
        'recovery_init_sync_method': 'syncfs', 'jit': 'off',
        'shared_buffers': '16384', 'random_page_cost': '1.1',
        'autovacuum_naptime': '5', 'log_statement': 'none',
        'log_min_error_statement': 'panic', 'log_parameter_max_length': '0',
        'log_parameter_max_length_on_error': '0',
        'log_error_verbosity': 'terse'}
    assert {name: found.get(name) for name in expected} == expected


def who(pid):
    """Users and groups; nobody's when it has ended meanwhile."""
    try:
        status = pathlib.Path(f'/proc/{pid}/status').read_text()
    except OSError:
        return []
    return [number for line in status.splitlines()
            if line.startswith(('Uid:', 'Gid:', 'Groups:'))
            for number in line.split()[1:]]


@pytest.mark.skipif(not ROOT, reason='only root becomes somebody else')
def test_without_standard_streams(own):
    """What is opened instead of them would have the log written into it."""
    own.settings['HEFBOOM_WORKERS'] = 1
    own.wrapper = ['/bin/sh', '-c', 'exec "$0" "$@" <&- >&- 2>&-']
    own.start()
    for pid in {own.pid} | serving(own):
        assert {os.readlink(f'/proc/{pid}/fd/{number}')
                for number in range(3)} == {'/dev/null'}


def test_a_path_that_is_no_text(own):
    """Tokens that name the secret's file would be nobody's."""
    odd = own.data / os.fsdecode(b'\xff')
    folder(own).rename(odd)
    own.settings['HEFBOOM_DATA'] = odd
    assert 'must be written in UTF-8' in fails(own)


def test_nobody_serves_as_root(started):
    """Each is root's for a moment, until it has become somebody else."""
    wait_for(lambda: not any('0' in who(pid)
                             for pid in below(started.pid)[1:]), 10)
    assert len(below(started.pid)) > 4


@pytest.mark.skipif(not ROOT, reason='only root has another user at hand')
def test_workers_user_is_not_the_owner(started):
    result = subprocess.run(
        ['runuser', '-u', 'postgres', '--', 'psql', started.owner_url,
         '-c', 'select 1'], capture_output=True, text=True)
    assert result.returncode != 0
    assert 'peer' in result.stderr.lower()


def test_a_path_of_120_characters():
    parent = tempfile.mkdtemp(prefix='hb-', dir='/tmp')
    os.chmod(parent, 0o755)
    try:
        path = parent + '/' + 'long folder ' * 9
        path = path[:119] + 'x'
        server = idle(HEFBOOM_DATA=path)
        server.start()
        assert get(server) == 200
        assert pathlib.Path(path, 'postgresql').is_dir()
        assert server.stop() == []
    finally:
        shutil.rmtree(parent, ignore_errors=True)


@pytest.mark.skipif(not ROOT, reason='only root has closed folders')
def test_a_folder_that_postgres_cannot_reach():
    with tempfile.TemporaryDirectory(prefix='hb-', dir='/tmp') as closed:
        server = idle(HEFBOOM_DATA=closed + '/data')
        assert 'cannot reach' in fails(server)
        server.stop()


@pytest.mark.skipif(not ROOT, reason='only root has closed folders')
def test_docs_that_workers_cannot_reach():
    with tempfile.TemporaryDirectory(prefix='hb-', dir='/tmp') as closed:
        server = idle(HEFBOOM_DOCS=closed + '/docs')
        os.mkdir(closed + '/docs')
        pathlib.Path(closed, 'docs', 'index.html').touch()
        said = fails(server)
        assert 'cannot reach' in said and 'HEFBOOM_DOCS' in said
        server.stop()


def test_a_socket_folder_that_is_not_ours(own):
    own.start()
    sockets = own.owner_url.split()[0].removeprefix('host=')
    own.stop(keep_data=True)
    with tempfile.TemporaryDirectory() as elsewhere:
        os.symlink(elsewhere, sockets)
        try:
            assert 'must be a folder of mode 700' in fails(own)
        finally:
            os.unlink(sockets)
    os.mkdir(sockets, 0o755)
    if ROOT:
        shutil.chown(sockets, 'postgres')
    try:
        assert 'must be a folder of mode 700' in fails(own)
    finally:
        os.rmdir(sockets)


def test_no_programs(new):
    assert 'there is no /none/initdb; set HEFBOOM_POSTGRES_BIN' in fails(
        new, HEFBOOM_POSTGRES_BIN='/none')


def test_initdb_that_died_half_way(new):
    draft = folder(new) / 'postgresql.new' / 'base'
    draft.mkdir(parents=True)
    (draft / 'half').write_text('half')
    if ROOT:
        shutil.chown(draft.parent, 'postgres')
        shutil.chown(draft, 'postgres')
    new.start()
    assert not draft.parent.exists()


def test_logs_hold_no_words(started):
    connection = started.connect()
    with connection.cursor() as cursor:
        for statement in ("select 'my secret words'::uuid",
                          "select 'my secret words' from nowhere",
                          'do $$ begin raise warning $w$my secret words$w$;'
                          ' end $$'):
            try:
                cursor.execute(statement)
            except psycopg2.Error:
                pass
    connection.close()
    log = (folder(started) / 'postgresql.log').read_text()
    assert 'ready to accept' in log
    assert 'my secret words' not in log


# life

def test_second_start_keeps_the_data(own):
    own.start()
    mark(own)
    secret = own.secret
    assert own.stop(keep_data=True) == []
    assert not list(folder(own).rglob('postmaster.pid'))
    begun = time.monotonic()
    own.start()
    took = time.monotonic() - begun
    assert is_marked(own)
    assert own.secret == secret
    assert took < 3 or 'asan' in str(binary())


def test_kill_9_of_everything(burying, own):
    own.start()
    mark(own)
    for _ in range(3):
        for pid in below(own.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        own.child.wait()
        own.start()
        assert is_marked(own)


def test_kill_9_of_the_supervisor(burying, own):
    """Workers leave with their lifeline; PostgreSQL is adopted."""
    own.start()
    mark(own)
    others = serving(own)
    database, = own.named('postgres')
    own.child.kill()
    own.child.wait()
    wait_for(lambda: not any(map(is_running, others)))
    assert is_running(database)
    own.start()
    assert is_marked(own)
    assert is_running(database)
    assert any(entry.get('event') == 'postgresql_adopted'
               for entry in own.log_entries())
    os.kill(database, signal.SIGKILL)
    wait_for(lambda: own.named('postgres'))
    own.wait_ready()
    assert is_marked(own)


def test_nobody_keeps_the_port(burying, own):
    """Workers may have half a minute to finish what is under way: the next
    supervisor does not wait for that.  Mutation: they keep the socket."""
    own.start()
    with contextlib.ExitStack() as clients:
        for _ in range(8):
            client = clients.enter_context(
                socket.create_connection((own.host, own.port)))
            client.settimeout(60)
            client.sendall(ASK)
            assert client.recv(4096).startswith(b'HTTP/1.1 200 ')
            client.sendall(b'POST /v1/goals HTTP/1.1\r\nHost: a\r\n'
                           b'Content-Length: 9\r\n\r\n')
        before = serving(own)
        own.child.kill()
        own.child.wait()
        own.start()
        assert any(map(is_running, before)), 'nothing was under way'
        assert get(own) == 200
    wait_for(lambda: not any(map(is_running, before)))


def test_adopted_server_is_stopped(burying, own):
    own.start()
    database, = own.named('postgres')
    own.child.kill()
    own.child.wait()
    own.start()
    assert own.stop(keep_data=True) == []
    assert not is_running(database)


def test_adopted_server_that_nobody_buries(own):
    """Whose child it has become takes its time.  Mutation: who has not been
    buried is taken for alive."""
    own.start()
    set_subreaper(1)
    try:
        own.child.kill()
        own.child.wait()
        own.start()
        assert own.stop(keep_data=True) == []
    finally:
        set_subreaper(0)
        bury()


def test_kill_9_of_postgresql(started):
    mark(started)
    for _ in range(2):
        database, = started.named('postgres')
        os.kill(database, signal.SIGKILL)
        begun = time.monotonic()
        wait_for(lambda: started.named('postgres') not in (set(), {database}))
        wait_for(lambda: is_marked_now(started), 30)
        started.wait_ready()
        assert time.monotonic() - begun < 45


def is_marked_now(server):
    try:
        return is_marked(server)
    except (psycopg2.Error, AssertionError, IndexError):
        return False


def test_kill_9_of_each_worker(started):
    """Each comes back, and the port is never without somebody."""
    for pid in serving(started):
        before = len(started.children())
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not is_running(pid)
                 and len(started.children()) == before)
        assert get(started, '/healthz') == 200


def test_a_worker_that_keeps_dying_is_started_later_and_later(started):
    def deaths():
        return started.log().count('"worker_died"')
    begun = time.monotonic()
    while time.monotonic() < begun + 2 or deaths() < 4:
        assert time.monotonic() < begun + 60, deaths()
        for pid in started.named('hefboom-worker'):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.005)
    # Of each, after no time, 0.1 s, 0.2 s, 0.4 s, ...
    assert deaths() <= 20 + (time.monotonic() - begun - 2) // 0.8
    wait_for(lambda: len(started.named('hefboom-worker')) == 2)


def test_sigterm_ends_all(started):
    pids = below(started.pid)
    started.child.send_signal(signal.SIGTERM)
    assert started.child.wait(60) == 0
    assert not any(map(is_running, pids))


def is_answered_meanwhile(server, stop):
    """A request under way when stop() is called; then all must end."""
    with socket.create_connection((server.host, server.port)) as client:
        client.settimeout(60)
        # Who has been answered has been let in.
        client.sendall(ASK)
        assert client.recv(4096).startswith(b'HTTP/1.1 200 ')
        client.sendall(ASK[:-2])
        time.sleep(0.2)
        stop()
        time.sleep(0.3)
        client.sendall(ASK[-2:])
        reply = b''
        while part := client.recv(4096):
            reply += part
    assert reply.startswith(b'HTTP/1.1 200 ')
    assert b'Connection: close' in reply
    assert server.child.wait(60) == 0


def test_sigterm_drains(started):
    is_answered_meanwhile(
        started, lambda: started.child.send_signal(signal.SIGTERM))


def test_sigint_to_the_group(started):
    """As a terminal does it: everybody gets it, the supervisor acts."""
    pids = below(started.pid)
    database, = started.named('postgres')
    assert os.getpgid(database) != started.pid
    is_answered_meanwhile(
        started, lambda: os.killpg(started.pid, signal.SIGINT))
    assert not any(map(is_running, pids))


def test_sigterm_while_starting(new):
    with open(new.log_path, 'ab') as log:
        new.child = subprocess.Popen(
            [binary(), 'serve'], env=environment(**new.settings),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True)
    wait_for(lambda: list(folder(new).glob('postgresql*')))
    new.child.send_signal(signal.SIGTERM)
    # It was told to, and did not fail.  Mutation: 1 as for any other reason.
    assert new.child.wait(60) == 0
    time.sleep(0.2)
    assert not list(folder(new).glob('postgresql/postmaster.pid'))
    new.start()


# reload

def test_sighup_drops_nothing(started):
    before = serving(started)
    failures, answered, done = [], [], threading.Event()

    def ask():
        while not done.is_set():
            try:
                answered.append(get(started, '/healthz'))
            except (urllib.error.URLError, OSError) as error:
                failures.append(repr(error))
    clients = [threading.Thread(target=ask) for _ in range(4)]
    for client in clients:
        client.start()
    for _ in range(3):
        seen = started.log().count('"reloaded"')
        started.child.send_signal(signal.SIGHUP)
        wait_for(lambda: started.log().count('"reloaded"') > seen)
    done.set()
    for client in clients:
        client.join()
    assert failures == []
    assert len(answered) > 100
    after = serving(started)
    assert len(after) == len(before) and not after & before


def test_sighup_reads_the_settings_again(own):
    path = own.data / 'settings'
    path.write_text('log_level = notice\n')
    own.settings['HEFBOOM_CONFIG'] = path
    own.start()
    path.write_text('log_level = loud\n')
    own.child.send_signal(signal.SIGHUP)
    wait_for(lambda: 'reload_refused' in own.log())
    workers = own.named('hefboom-worker')
    assert get(own) == 200
    path.write_text('log_level = debug\n')
    own.child.send_signal(signal.SIGHUP)
    wait_for(lambda: '"reloaded"' in own.log())
    assert not workers & own.named('hefboom-worker')


# two at once

def test_sighup_keeps_the_folder(own, tmp_path):
    """Or it would sign with the secret of another one."""
    settings = tmp_path / 'settings'
    settings.write_text(f'data = {own.settings.pop("HEFBOOM_DATA")}\n')
    own.settings['HEFBOOM_CONFIG'] = settings
    own.start()
    other = tmp_path / 'other'
    other.mkdir()
    (other / 'secret').write_bytes(os.urandom(32))
    (other / 'secret').chmod(0o600)
    settings.write_text(f'data = {other}\n')
    own.child.send_signal(signal.SIGHUP)
    wait_for(lambda: '"reload_refused"' in own.log())
    assert 'HEFBOOM_DATA cannot change' in own.log()


def test_two_supervisors_on_one_folder(started):
    said = fails(started, HEFBOOM_LISTEN=f'127.0.0.1:{free_port()}')
    assert f'another hefboom (process {started.pid}) already uses' in said
    assert get(started) == 200


def test_two_on_one_port(started, own):
    other = idle(HEFBOOM_LISTEN=own.settings['HEFBOOM_LISTEN'])
    assert 'cannot listen on' in fails(other)
    other.stop()
    assert get(started) == 200


def test_two_commands_without_a_server(new):
    """The second uses the first one's database, which waits for it."""
    children = [subprocess.Popen(
        [binary(), 'org', 'create', f'org{number}'],
        env=environment(**new.settings), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True) for number in range(4)]
    said = [child.communicate(timeout=120)[0] for child in children]
    assert [child.returncode for child in children] == [0] * 4, said
    assert not list(folder(new).rglob('postmaster.pid'))


def test_a_command_in_another_container(started):
    """It cannot know who holds the lock, and asked again without end."""
    apart = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']
    if subprocess.run([*apart, 'true'], stderr=subprocess.DEVNULL).returncode:
        pytest.skip('no namespaces of processes here')
    subprocess.run([*apart, binary(), 'org', 'create', 'apart'], check=True,
                   env=environment(**started.settings), timeout=60,
                   stdout=subprocess.DEVNULL)


def test_a_command_that_is_killed_leaves_nothing(own):
    own.command('migrate')
    child = subprocess.Popen(
        [binary(), 'import', 'people', '/dev/stdin', '--org', 'none'],
        env=environment(**own.settings), stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pids = folder(own) / 'postgresql' / 'postmaster.pid'
    wait_for(pids.exists)
    child.kill()
    child.wait()
    child.stdin.close()
    wait_for(lambda: not pids.exists())


# beside an external database

class External:
    """A cluster as somebody else would run one, on a socket."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='hx-', dir='/tmp'))
        self.bin = pathlib.Path('/usr/lib/postgresql/15/bin')
        if ROOT:
            shutil.chown(self.folder, 'postgres')
        self.cluster = self.folder / 'pg'
        self.run('initdb', '-D', self.cluster, '-U', 'boss', '-A', 'trust',
                 '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync')
        self.run('pg_ctl', '-D', self.cluster, '-w', '-l',
                 self.folder / 'log', '-o',
                 f"-c listen_addresses='' -c fsync=off"
                 f' -c unix_socket_directories={self.folder}', 'start')
        self.psql('postgres', 'create role keeper login createrole',
                  'create role server login',
                  'create database apart owner keeper')

    def run(self, program, *words):
        become = ['runuser', '-u', 'postgres', '--'] if ROOT else []
        subprocess.run([*become, self.bin / program, *words], check=True,
                       stdout=subprocess.DEVNULL, cwd='/')

    def url(self, user, database='apart'):
        return f'postgresql://{user}@/{database}?host={self.folder}'

    def psql(self, database, *statements):
        connection = psycopg2.connect(self.url('boss', database))
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    def stop(self):
        self.run('pg_ctl', '-D', self.cluster, '-m', 'immediate', 'stop')
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope='module')
def external():
    external = External()
    yield external
    external.stop()


@pytest.fixture
def apart(external):
    """A server that is to use it."""
    server = idle(HEFBOOM_DATABASE_URL=external.url('server'),
                    HEFBOOM_OWNER_URL=external.url('keeper'))
    path = server.data / 'shared-secret'
    path.write_bytes(os.urandom(32))
    path.chmod(0o600)
    server.settings['HEFBOOM_SECRET_FILE'] = path
    yield server
    server.settings.setdefault('HEFBOOM_OWNER_URL', external.url('keeper'))
    assert server.stop() == []


def test_external(apart):
    apart.start()
    apart.command('demo', 'load')
    token = apart.command('token', '--org', 'demo', '--person', 'els',
                          '--role', 'member').stdout.strip()
    request = urllib.request.Request(
        apart.url + '/v1/me', headers={'Authorization': f'Bearer {token}'})
    with urllib.request.urlopen(request) as reply:
        assert json.load(reply)['user_name'] == 'els'
    assert not folder(apart).exists()
    assert apart.named('postgres') == set()


def held(pid, word):
    """How often the memory of a process holds the word."""
    count = 0
    with open(f'/proc/{pid}/maps') as maps, \
            open(f'/proc/{pid}/mem', 'rb') as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith('rw') or '[v' in line:
                continue
            first, last = (int(end, 16) for end in span.split('-'))
            memory.seek(first)
            with contextlib.suppress(OSError):
                count += memory.read(last - first).count(word)
    return count


@pytest.mark.skipif(not ROOT, reason='only root reads it')
@pytest.mark.skipif('asan' in str(binary()), reason='it keeps what was freed')
@pytest.mark.parametrize('where', ['environment', 'file'])
def test_workers_do_not_hold_the_owner_s_password(apart, where):
    """Nor do those of a reload, for which it is read again."""
    secret = b'open-' + os.urandom(8).hex().encode()
    url = (apart.settings.pop('HEFBOOM_OWNER_URL')
           + f'&password={secret.decode()}')
    if where == 'file':
        apart.settings['HEFBOOM_CONFIG'] = apart.data / 'settings'
        apart.settings['HEFBOOM_CONFIG'].write_text(f'owner_url = {url}\n')
    else:
        apart.settings['HEFBOOM_OWNER_URL'] = url
    apart.start()
    assert bool(held(apart.pid, secret)) == (where == 'environment')
    assert not any(held(pid, secret) for pid in serving(apart))
    apart.child.send_signal(signal.SIGHUP)
    wait_for(lambda: '"reloaded"' in apart.log())
    assert not any(held(pid, secret) for pid in serving(apart))


def test_external_without_the_owner(apart):
    """Who may not migrate serves what somebody else has migrated."""
    apart.command('migrate')
    del apart.settings['HEFBOOM_OWNER_URL']
    assert 'HEFBOOM_TEST_CLOCK needs HEFBOOM_OWNER_URL' in fails(apart)
    apart.settings['HEFBOOM_TEST_CLOCK'] = 0
    apart.start()
    assert get(apart) == 200
    assert 'HEFBOOM_OWNER_URL must name' in fails(apart, 'migrate')


def test_external_that_is_not_migrated(apart, external):
    external.psql('postgres', 'create database bare owner keeper')
    del apart.settings['HEFBOOM_OWNER_URL']
    apart.settings.update(HEFBOOM_DATABASE_URL=external.url('server', 'bare'),
                          HEFBOOM_TEST_CLOCK=0)
    assert 'lacks migration 0001' in fails(apart)


def test_external_in_another_encoding(apart, external):
    """Mutation: the check of migrate.c left out."""
    external.psql('postgres', "create database old owner keeper encoding"
                  " 'LATIN1' locale 'C' template template0")
    apart.settings.update(HEFBOOM_DATABASE_URL=external.url('server', 'old'),
                          HEFBOOM_OWNER_URL=external.url('keeper', 'old'))
    assert "encoded in LATIN1: create it with encoding 'UTF8'" in fails(apart)
    assert 'encoded in LATIN1' in fails(apart, 'migrate')


def test_external_that_is_newer(apart, external):
    apart.command('migrate')
    external.psql('apart', "insert into hefboom_migration (name, hash)"
                           " values ('9999_later', '')")
    try:
        assert 'newer than this program: it has migration 9999' in fails(apart)
        del apart.settings['HEFBOOM_OWNER_URL']
        apart.settings['HEFBOOM_TEST_CLOCK'] = 0
        assert 'newer than this program' in fails(apart)
    finally:
        external.psql('apart', "delete from hefboom_migration"
                               " where name = '9999_later'")


def test_external_with_a_migration_that_changed(apart, external):
    apart.command('migrate')
    change = "update hefboom_migration set hash = '%s' || hash" \
             " where name like '0001%%'"
    external.psql('apart', change % 'x')
    try:
        assert 'was run with another text' in fails(apart)
    finally:
        external.psql('apart', "update hefboom_migration"
                               " set hash = substr(hash, 2)"
                               " where name like '0001%'")


def test_views_that_cannot_be_replaced_in_place(apart, external):
    """create or replace cannot drop a column; then all are made anew."""
    apart.command('migrate')
    before = columns(external, 'teammate')
    external.psql(
        'apart', "update hefboom_migration set hash = 'other'"
        " where name = 'view:teammate'",
        'drop view public.teammate cascade',
        'create view public.teammate as select 1 as odd',
        'alter view public.teammate owner to keeper')
    assert columns(external, 'teammate') == {'odd'}
    assert 'were run' in apart.command('migrate').stdout
    assert columns(external, 'teammate') == before
    assert apart.command('migrate').stdout.startswith('The database is up')


def test_two_migrate_at_once(apart, external):
    external.psql('postgres', 'create database twice owner keeper')
    apart.settings.update(
        HEFBOOM_DATABASE_URL=external.url('server', 'twice'),
        HEFBOOM_OWNER_URL=external.url('keeper', 'twice'))
    children = [subprocess.Popen(
        [binary(), 'migrate'], env=environment(**apart.settings),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(3)]
    said = sorted(child.communicate(timeout=120)[0] for child in children)
    assert [child.returncode for child in children] == [0] * 3, said
    assert 'were run' in said[0]
    assert said[1] == said[2] == 'The database is up to date.\n'


def columns(external, view):
    connection = psycopg2.connect(external.url('boss'))
    with connection.cursor() as cursor:
        cursor.execute('select column_name from information_schema.columns'
                       ' where table_name = %s', [view])
        found = {row[0] for row in cursor.fetchall()}
    connection.close()
    return found


def test_external_owner_alone(apart):
    del apart.settings['HEFBOOM_DATABASE_URL']
    assert 'needs HEFBOOM_DATABASE_URL' in fails(apart)


def test_external_needs_a_secret(apart):
    del apart.settings['HEFBOOM_SECRET_FILE']
    assert 'HEFBOOM_SECRET_FILE' in fails(apart)


@pytest.mark.parametrize('before, after, said', [
    ('alter role server superuser', 'alter role server nosuperuser',
     'is a superuser'),
    ('alter role server bypassrls', 'alter role server nobypassrls',
     'passes by row-level security'),
    ('alter role server createrole', 'alter role server nocreaterole',
     'may make roles'),
    ('grant keeper to server', 'revoke keeper from server',
     'owns the database'),
    ('create role hand login; grant hand to server;'
     ' alter table public.organisation owner to hand',
     'alter table public.organisation owner to keeper;'
     ' revoke hand from server; drop owned by hand; drop role hand',
     'owns tables'),
    ('alter function public.clock() owner to server',
     'alter function public.clock() owner to keeper', 'owns functions'),
])
def test_a_role_that_is_too_strong(apart, external, before, after, said):
    apart.command('migrate')
    # The owner would only take back what is about to be given.
    apart.settings['HEFBOOM_TEST_CLOCK'] = 0
    url = apart.settings.pop('HEFBOOM_OWNER_URL')
    external.psql('apart', *before.split('; '))
    try:
        assert f'the database role server {said}' in fails(apart)
    finally:
        external.psql('apart', *after.split('; '))
    apart.settings['HEFBOOM_OWNER_URL'] = url


def test_external_that_is_gone(apart):
    apart.settings['HEFBOOM_DATABASE_URL'] = 'postgresql://a@/b?host=/none'
    apart.settings['HEFBOOM_OWNER_URL'] = 'postgresql://a@/b?host=/none'
    assert 'cannot connect to the database' in fails(apart)


def test_remote_without_tls(apart):
    apart.settings['HEFBOOM_DATABASE_URL'] = 'postgresql://a:hush@10.0.0.1/b'
    said = fails(apart)
    assert 'add sslmode=verify-full' in said and 'hush' not in said
