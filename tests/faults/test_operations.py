"""The commands of docs/operations.md, as they stand there: a dump restored into
a new folder, a base backup brought forward to a moment, and a new cluster that
takes over by logical replication.

Mutations: pg_hba.conf without its line for replication; the secret left out;
no `recovery_target_time` (what came after is there too); sequences not set:
each fails here.
"""

import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import time

import pytest

from cluster import unprivileged
from harness.running import binary, environment, free_port

pytestmark = pytest.mark.skipif(
    not pathlib.Path('/usr/lib/postgresql/15/bin').exists(),
    reason='PostgreSQL 15 is not where Debian puts it')


class Installation:
    """A server, and a shell, of the same unprivileged user."""

    def __init__(self, root, folder):
        folder.chmod(0o755)
        for parent in folder.parents:
            if parent.stat().st_uid == os.geteuid() and parent != pathlib.Path(
                    '/') and parent.name.startswith('pytest'):
                parent.chmod(0o755)
        self.blocks = dict(re.findall(
            r'^```sh ([\w-]+)\n(.*?)^```', (root / 'docs/operations.md'
                                           ).read_text(), re.M | re.S))
        self.folder, self.user = folder, unprivileged()
        shutil.copy(binary(), folder / 'hefboom')
        self.backup = folder / 'backup'
        self.backup.mkdir()
        self.own(self.backup)
        self.own(folder)
        self.data, self.port, self.child = folder / 'data', free_port(), None
        self.more = {}

    def own(self, path):
        if self.user:
            shutil.chown(path, self.user)

    @property
    def env(self):
        return environment(
            HEFBOOM_DATA=self.data, BACKUP=self.backup, HEFBOOM_WORKERS=1,
            HEFBOOM_LISTEN=f'127.0.0.1:{self.port}',
            UNTIL=getattr(self, 'until', ''), **self.more)

    def run(self, *words):
        result = subprocess.run(
            [str(word) for word in words], env=self.env, user=self.user,
            cwd=self.folder, capture_output=True, text=True, timeout=120,
            stdin=subprocess.DEVNULL)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout.strip()

    def block(self, *names, more=''):
        """What the page says, by its names."""
        return self.run('sh', '-euc', '\n'.join(
            [self.blocks[name] for name in names] + [more]))

    def sql(self, text):
        return self.block(
            'where', more=f'psql -d hefboom -Atc {shlex.quote(text)}')

    def start(self):
        with open(self.folder / 'log', 'ab') as log:
            self.child = subprocess.Popen(
                [self.folder / 'hefboom', 'serve'], env=self.env, stdout=log,
                stderr=log, user=self.user, cwd=self.folder,
                stdin=subprocess.DEVNULL, start_new_session=True)
        self.wait()

    def wait(self):
        deadline = time.monotonic() + 60
        while subprocess.run([self.folder / 'hefboom', 'ready'], env=self.env,
                             capture_output=True).returncode != 0:
            assert time.monotonic() < deadline, (
                self.folder / 'log').read_text()[-2000:]
            assert self.child.poll() is None
            time.sleep(0.1)

    def stop(self):
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            assert self.child.wait(60) == 0

    def create(self, name):
        self.run(self.folder / 'hefboom', 'org', 'create', name)

    def names(self):
        return self.sql('select name from organisation order by name').split()


@pytest.fixture
def installation(root, tmp_path):
    installation = Installation(root, tmp_path)
    installation.start()
    installation.create('first')
    yield installation
    installation.stop()


def test_dump_and_restore(installation):
    installation.block('where', 'dump')
    secret = (installation.data / 'secret').read_bytes()
    installation.stop()
    installation.data = installation.folder / 'elsewhere'
    installation.block('restore-secret')
    installation.start()
    assert installation.names() == []
    installation.block('where', 'restore')
    installation.stop()
    installation.start()
    assert installation.names() == ['first']
    assert (installation.data / 'secret').read_bytes() == secret
    # The runtime role still owns nothing and may still read.
    assert installation.sql(
        'set role hefboom; select count(*) from skill') == 'SET\n0'


def test_to_a_point_in_time(installation):
    installation.block('where', 'archive')
    installation.stop()
    installation.start()
    installation.block('where', 'base')
    installation.create('second')
    installation.until = installation.sql('select clock_timestamp()')
    time.sleep(0.1)
    installation.create('third')
    assert installation.names() == ['first', 'second', 'third']
    installation.stop()
    installation.run('sh', '-euc', 'PATH=/usr/lib/postgresql/15/bin:$PATH\n'
                     + installation.blocks['back'])
    installation.start()
    assert installation.names() == ['first', 'second']


@pytest.fixture
def newer(installation):
    """Another cluster, as the next major version would be."""
    folder, port = installation.folder / 'newer', free_port()
    bin_ = '/usr/lib/postgresql/15/bin'
    installation.run(f'{bin_}/initdb', '-D', folder, '-U', 'postgres',
                     '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8')
    installation.run(
        f'{bin_}/pg_ctl', '-D', folder, '-w', '-l', folder / 'log', '-o',
        f'-p {port} -c listen_addresses= -c unix_socket_directories={folder}',
        'start')
    yield f'host={folder} port={port}'
    installation.run(f'{bin_}/pg_ctl', '-D', folder, '-m', 'fast', 'stop')


def test_to_a_new_cluster(installation, newer):
    installation.sql('alter system set wal_level = logical')
    installation.stop()
    installation.start()
    where = installation.block('where', more='echo "$PGHOST"')
    new = f'{newer} user=postgres dbname=postgres'
    installation.more = {
        'OLD': f'host={where} user=hefboom_owner dbname=hefboom', 'NEW': new}
    installation.block('where', 'major-begin')
    installation.create('second')
    installation.sql("select setval(format('%I.%I', schemaname, sequencename),"
                     ' 41) from pg_sequences')
    before = installation.sql(
        'select sequencename, last_value from pg_sequences'
        ' where last_value is not null order by 1')
    assert before
    installation.block('where', 'major-end')
    installation.stop()
    installation.more = {
        f'HEFBOOM_{name}': f'{newer} user={user} dbname=hefboom'
        for name, user in (('DATABASE_URL', 'hefboom'),
                           ('OWNER_URL', 'hefboom_owner'))}
    installation.more['HEFBOOM_SECRET_FILE'] = installation.data / 'secret'
    after = installation.run(
        'psql', '-d', f'{new} dbname=hefboom', '-Atc',
        'select sequencename, last_value from pg_sequences'
        ' where last_value is not null order by 1')
    assert after == before
    installation.start()
    installation.create('third')
    assert installation.run(
        'psql', '-d', f'{new} dbname=hefboom', '-Atc',
        'select name from organisation order by name'
    ).split() == ['first', 'second', 'third']
