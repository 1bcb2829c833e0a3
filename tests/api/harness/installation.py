"""installation -- a server as an operator keeps it, and the commands of
docs/operations.md.

Promise.  A block of the page that begins with ```sh NAME or ```sql NAME is run
as it stands there, by the user whose the server is, in a shell that ends at the
first failure.
"""

import os
import pathlib
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

from harness.running import (
    ROOT, binary, environment, free_port, quick_folder)

BIN = pathlib.Path('/usr/lib/postgresql/15/bin')


def blocks():
    """{name: text} of what the page names."""
    return dict(re.findall(
        r'^```(?:sh|sql) ([\w-]+)\n(.*?)^```',
        (ROOT / 'docs/operations.md').read_text(), re.M | re.S))


def shell_blocks(*names, more=''):
    """For `sh -euc`."""
    said = blocks()
    return '\n'.join([said[name] for name in names] + [more])


class Installation:
    """In a folder of its own, which close() takes away."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(
            prefix='hb-op-', dir=quick_folder(300)))
        self.folder.chmod(0o755)
        # Debian's, whom PostgreSQL may run as.
        self.user = (pwd.getpwnam('postgres').pw_name if os.geteuid() == 0
                     else None)
        shutil.copy(binary(), self.folder / 'hefboom')
        self.backup = self.folder / 'backup'
        self.backup.mkdir()
        for path in (self.backup, self.folder):
            if self.user:
                shutil.chown(path, self.user)
        self.data, self.port = self.folder / 'data', free_port()
        self.child, self.until, self.more, self.others = None, '', {}, []

    @property
    def env(self):
        return environment(
            HOME=self.folder, BACKUP=self.backup,
            HEFBOOM_DATA=self.data, HEFBOOM_WORKERS=1,
            HEFBOOM_LISTEN=f'127.0.0.1:{self.port}', UNTIL=self.until,
            **self.more)

    def ask(self, *words):
        return subprocess.run(
            [str(word) for word in words], env=self.env, user=self.user,
            cwd=self.folder, capture_output=True, text=True, timeout=120,
            stdin=subprocess.DEVNULL)

    def run(self, *words):
        result = self.ask(*words)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout.strip()

    def block(self, *names, more=''):
        """What the page says, by its names; what that printed."""
        return self.run('sh', '-euc', shell_blocks(*names, more=more))

    def sql(self, text):
        """On the embedded PostgreSQL."""
        return self.block(
            'where', more=f'psql -d hefboom -Atc {shlex.quote(text)}')

    def names(self):
        return self.sql('select name from organisation order by name').split()

    def create(self, name):
        self.run(self.folder / 'hefboom', 'org', 'create', name)

    # the server

    def start(self):
        with open(self.folder / 'log', 'ab') as log:
            self.child = subprocess.Popen(
                [self.folder / 'hefboom', 'serve'], env=self.env, stdout=log,
                stderr=log, user=self.user, cwd=self.folder,
                stdin=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 60
        while self.ask(self.folder / 'hefboom', 'ready').returncode != 0:
            assert time.monotonic() < deadline, self.log()
            assert self.child.poll() is None, self.log()
            time.sleep(0.1)

    def log(self):
        return (self.folder / 'log').read_text()[-2000:]

    def stop(self):
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            assert self.child.wait(60) == 0

    # somebody else's PostgreSQL

    def cluster(self, name, *options, hba=''):
        """Its folder, where its socket is, and its port; it runs."""
        folder, port = self.folder / name, free_port()
        self.run(BIN / 'initdb', '-D', folder, '-U', 'postgres',
                 '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8')
        if hba:
            (folder / 'pg_hba.conf').write_text(hba)
        self.others.append(folder)
        said = ' '.join(f'-c {option}' for option in (
            f'port={port}', f'unix_socket_directories={folder}', *options))
        self.run(BIN / 'pg_ctl', '-D', folder, '-w', '-l', folder / 'log',
                 '-o', said, 'start')
        return folder, port

    def close(self):
        try:
            self.stop()
        finally:
            for folder in self.others:
                self.ask(BIN / 'pg_ctl', '-D', folder, '-m', 'fast', 'stop')
            shutil.rmtree(self.folder, ignore_errors=True)
