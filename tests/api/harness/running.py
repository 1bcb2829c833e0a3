"""running -- a server of our own, with its folder, its log and its database.

Promise.  stop() says everything that the log says against the server:
sanitizer reports, problems called internal, workers that died unannounced.
"""

import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import jwt
import psycopg2
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
START_S = 120
# One connection a lane, and one statement at a time.
NARROW = {'HEFBOOM_DOCS': None, 'HEFBOOM_WORKERS': 1, 'HEFBOOM_POOL_FAST': 1,
          'HEFBOOM_POOL_WRITE': 1, 'HEFBOOM_POOL_SLOW': 1,
          'HEFBOOM_POOL_DEPTH': 1}
SANITIZER = re.compile(
    r'AddressSanitizer|LeakSanitizer|runtime error:|UndefinedBehavior'
    r'|Assertion .* failed')


def binary():
    """HEFBOOM_BIN, else the sanitized build, else the release."""
    given = os.environ.get('HEFBOOM_BIN')
    if given:
        return pathlib.Path(given).resolve()
    for folder in ('build-asan', 'build'):
        path = ROOT / folder / 'hefboom'
        if path.exists():
            return path
    raise RuntimeError('no hefboom: build it, or set HEFBOOM_BIN')


_given = set()


def free_port():
    """
    Each once, and none that the system gives to whoever connects: it would be
    taken by a client before somebody listens there.
    """
    first = int(pathlib.Path(
        '/proc/sys/net/ipv4/ip_local_port_range').read_text().split()[0])
    for _ in range(10000):
        port = random.SystemRandom().randrange(first // 2, first)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(('127.0.0.1', port))
            if port not in _given:
                _given.add(port)
                return port
    raise RuntimeError('no port is free')


def quick_folder(megabytes):
    """
    Memory when there is room for three times that, else /tmp.  fsync stays
    on, and whoever dies by kill -9 leaves the same there as on a disk.
    """
    with contextlib.suppress(OSError):
        room = os.statvfs('/dev/shm')
        free = dict(line.split(':', 1) for line in pathlib.Path(
            '/proc/meminfo').read_text().splitlines())['MemAvailable']
        if (min(room.f_bavail * room.f_frsize, int(free.split()[0]) << 10)
                > 3 * megabytes << 20 and os.access('/dev/shm', os.W_OK)):
            return '/dev/shm'
    return '/tmp'


def stat_of(pid):
    """The fields of /proc/PID/stat, from the state on."""
    text = pathlib.Path(f'/proc/{pid}/stat').read_text()
    return text.rpartition(')')[2].split()


def is_running(pid):
    """Whoever only waits to be buried is not."""
    try:
        return stat_of(pid)[0] != 'Z'
    except OSError:
        return False


def environment(**settings):
    """Ours, without settings that the caller's shell may hold."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith('HEFBOOM_')}
    env.update({
        'ASAN_OPTIONS': 'abort_on_error=0:exitcode=99:detect_leaks=1',
        'UBSAN_OPTIONS': 'print_stacktrace=1',
    })
    env.update({name: str(value) for name, value in settings.items()
                if value is not None})
    return env


class Server:
    """
    `hefboom serve` in a new folder below `base`; settings are HEFBOOM_...
    names.
    """

    host = '127.0.0.1'
    wrapper = ()    # words before the program's, of what becomes it

    def __init__(self, base='/tmp', **settings):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix='hb-', dir=base))
        # PostgreSQL runs as another user when we are root.
        self.data.chmod(0o755)
        self.port = free_port()
        self.url = f'http://{self.host}:{self.port}'
        self.log_path = self.data / 'server.log'
        # Stands for the renderer of /docs, which is not installed here.
        docs = self.data / 'docs'
        docs.mkdir()
        (docs / 'index.html').write_text('<!doctype html><title>x</title>')
        self.settings = {
            'HEFBOOM_DOCS': docs,
            'HEFBOOM_LISTEN': f'{self.host}:{self.port}',
            'HEFBOOM_DATA': self.data / 'data',
            'HEFBOOM_TEST_CLOCK': 1,
            'HEFBOOM_WORKERS': 2,
            **settings,
        }
        self.crashes_declared = 0
        self.internal_declared = 0
        self.child = None
        self._tokens = {}
        self._socket = None

    # life

    def start(self):
        with open(self.log_path, 'ab') as log:
            self.child = subprocess.Popen(
                [*self.wrapper, binary(), 'serve'], env=environment(**self.settings),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        try:
            self.wait_ready()
            self.wait_whole()
        except RuntimeError:
            self.child.kill()
            raise
        return self

    @property
    def pid(self):
        return self.child.pid

    def wait_ready(self, seconds=START_S):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.child.poll() is not None:
                raise RuntimeError(
                    f'hefboom serve ended with {self.child.returncode}:\n'
                    + self.log()[-3000:])
            try:
                with urllib.request.urlopen(
                        self.url + '/readyz', timeout=5) as reply:
                    if reply.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.05)
        raise RuntimeError('not ready in time:\n' + self.log()[-3000:])

    def wait_whole(self, seconds=START_S):
        """One worker is enough to be ready: until all are who they become."""
        workers = int(self.settings.get('HEFBOOM_WORKERS') or 1)
        deadline = time.monotonic() + seconds
        while (len(self.named('hefboom-worker')) < workers
               or not self.named('hefboom-jobs')):
            if time.monotonic() > deadline:
                raise RuntimeError(f'who is there: {self.children()}\n'
                                   + self.log()[-3000:])
            time.sleep(0.01)

    def check_alive(self):
        """Ends the session when the server has: all else would be noise."""
        if self.child and self.child.poll() is not None:
            pytest.exit(f'hefboom serve ended with {self.child.returncode}:\n'
                        + self.log()[-3000:], 3)

    @contextlib.contextmanager
    def running(self):
        """Serves until the block ends; nothing may be wrong with it then."""
        try:
            yield self.start()
        finally:
            wrong = self.stop()
        assert not wrong, '\n'.join(wrong)

    def beside(self, **settings):
        """Another server on the same database; not started."""
        other = Server(**{
            'HEFBOOM_DATABASE_URL': self.runtime_url,
            'HEFBOOM_OWNER_URL': self.owner_url,
            'HEFBOOM_SECRET_FILE': self.data / 'data' / 'secret',
            **settings})
        other.token = self.token
        return other

    def stop(self, keep_data=False):
        """SIGTERM; a list of what was wrong."""
        wrong = []
        if self.child and self.child.poll() is not None:
            if self.child.returncode != 0 and not self.crashes_declared:
                wrong.append(f'ended with {self.child.returncode} by itself')
        elif self.child:
            self.child.send_signal(signal.SIGTERM)
            try:
                status = self.child.wait(timeout=60)
                if status != 0:
                    wrong.append(f'ended with {status} after SIGTERM')
            except subprocess.TimeoutExpired:
                wrong.append('did not end within 60 s after SIGTERM')
                self.child.kill()
                self.child.wait()
        wrong += self.complaints()
        if not keep_data:
            if wrong:
                kept = pathlib.Path(tempfile.gettempdir()) / (
                    self.data.name + '.log')
                shutil.copy(self.log_path, kept)
                wrong.append(f'the log is kept in {kept}')
            shutil.rmtree(self.data, ignore_errors=True)
        return wrong

    # the log

    def log(self):
        return self.log_path.read_text(errors='replace')

    def log_entries(self):
        """The log's JSON lines."""
        entries = []
        for line in self.log().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                entries.append(entry)
        return entries

    def complaints(self):
        lines = self.log().splitlines()
        wrong = []
        reports = [number for number, line in enumerate(lines)
                   if SANITIZER.search(line)]
        if reports:
            first = reports[0]
            wrong.append('sanitizer or assertion:\n'
                         + '\n'.join(lines[first:first + 40]))
        internal = [line for line in lines
                    if re.search(r'"(code|problem)":\s*"internal"', line)]
        if len(internal) > self.internal_declared:
            wrong.append(f'{len(internal)} internal problems, first: '
                         + internal[0])
        crashes = [line for line in lines
                   if re.search(r'"event":\s*"\w*(crash|died|killed)\w*"',
                                line)]
        if len(crashes) > self.crashes_declared:
            wrong.append(f'{len(crashes)} crashes, '
                         f'{self.crashes_declared} declared: {crashes[0]}')
        return wrong

    # processes

    def children(self, pid=None):
        """The direct children of the supervisor: {pid: command line}."""
        pid = pid or self.pid
        found = {}
        text = pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text()
        for child in text.split():
            try:
                line = pathlib.Path(f'/proc/{child}/cmdline').read_bytes()
            except OSError:
                continue
            found[int(child)] = line.replace(b'\0', b' ').decode().strip()
        return found

    def named(self, name):
        """Pids of the direct children of that name."""
        found = set()
        for pid in self.children():
            with contextlib.suppress(OSError):
                comm = pathlib.Path(f'/proc/{pid}/comm').read_text()
                if comm.strip() == name:
                    found.add(pid)
        return found

    def workers(self):
        """Pids of the workers (they answer clients; jobs does not)."""
        listening = set()
        for pid in self.children():
            if self._holds_socket(pid) and not self._is_jobs(pid):
                listening.add(pid)
        return sorted(listening)

    def _is_jobs(self, pid):
        try:
            words = (pathlib.Path(f'/proc/{pid}/comm').read_text()
                     + pathlib.Path(f'/proc/{pid}/cmdline').read_text())
        except OSError:
            return False
        return 'jobs' in words

    def _holds_socket(self, pid):
        if 'postgres' in self.children().get(pid, ''):
            return False
        inodes = set()
        for line in pathlib.Path('/proc/net/tcp').read_text().splitlines()[1:]:
            field = line.split()
            if (field[3] == '0A'
                    and int(field[1].split(':')[1], 16) == self.port):
                inodes.add(field[9])
        try:
            for entry in pathlib.Path(f'/proc/{pid}/fd').iterdir():
                target = os.readlink(entry)
                if target.startswith('socket:[') and target[8:-1] in inodes:
                    return True
        except OSError:
            pass
        return False

    def kill_workers(self):
        """kill -9 of every worker; declared, so that the log may say so."""
        pids = self.workers()
        assert pids, 'no workers found'
        self.crashes_declared += 8 * len(pids)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            now = self.workers()
            if len(now) == len(pids) and not set(now) & set(pids):
                self.wait_ready(30)
                return pids
            time.sleep(0.05)
        raise AssertionError('the workers did not come back')

    # commands

    def command(self, *words, check=True, timeout=300, **settings):
        """`hefboom WORDS` beside the running server."""
        result = subprocess.run(
            [binary(), *map(str, words)],
            env=environment(**{**self.settings, **settings}),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=timeout)
        report = result.stdout + result.stderr
        assert not SANITIZER.search(report), report[-4000:]
        if check:
            assert result.returncode == 0, (
                f'hefboom {" ".join(map(str, words))}: {report[-2000:]}')
        return result

    # the database

    @property
    def owner_url(self):
        """A connection string for libpq, of the role that owns all."""
        if 'HEFBOOM_OWNER_URL' in self.settings:
            return self.settings['HEFBOOM_OWNER_URL']
        return self._url('owner')

    @property
    def runtime_url(self):
        if 'HEFBOOM_DATABASE_URL' in self.settings:
            return self.settings['HEFBOOM_DATABASE_URL']
        return self._url('runtime')

    def _url(self, role):
        # The same for as long as the folder is; the file comes and goes, and
        # is written line by line.
        if self._socket is None:
            path = self.data / 'data' / 'postgresql' / 'postmaster.pid'
            try:
                lines = path.read_text().splitlines()
            except FileNotFoundError:
                lines = []
            assert len(lines) > 4 and lines[4], 'PostgreSQL is not there yet'
            self._socket = f'host={lines[4].strip()} port={lines[3]}'
        user = {'owner': 'hefboom_owner', 'runtime': 'hefboom'}[role]
        return f'{self._socket} dbname=hefboom user={user}'

    def connect(self, url=None):
        connection = psycopg2.connect(url or self.owner_url)
        connection.autocommit = True
        return connection

    # tokens

    @property
    def secret(self):
        return (self.data / 'data' / 'secret').read_bytes()

    def token(self, org='demo', person='els', roles=('member',), scope=None,
              ttl=3600, **claims):
        """A token as the installation itself issues them."""
        name = (org, person, tuple(roles or ()), scope, ttl,
                tuple(sorted(claims.items())))
        if name not in self._tokens:
            now = int(time.time())
            body = {'iss': 'hefboom', 'aud': 'hefboom', 'sub': person,
                    'org': org, 'roles': list(roles or ()), 'iat': now,
                    'exp': now + ttl}
            if scope:
                body['scope'] = scope
            body.update(claims)
            self._tokens[name] = jwt.encode(
                {key: value for key, value in body.items()
                 if value is not None}, self.secret, algorithm='HS256')
        return self._tokens[name]
