#!/usr/bin/python3
"""dev_steps.py [FOLDER] -- ./dev on a bare Debian 12, as root and as somebody
with sudo.

In a folder made by debootstrap, with nothing but a copy of this tree: `./dev
build` and `run`, the packages of all else that ./dev can do, every program and
library that the tests ask for, and a program of each kind of build.  Then that
Debian is booted: none of the daemons that the long tests start runs there, and
none is enabled.  FOLDER as docker_steps.py has it, which this is like:

    unshare --mount --propagation private tests/faults/dev_steps.py
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from containers import (PATH, ROOT, Container, Stage, bare, copy_context, say,
                        sh, workshop)
from systemd_steps import Machine

DAEMONS = ('etcd', 'haproxy', 'patroni', 'pgbouncer', 'prometheus')
# What Debian gives somebody who is not root.
PLAIN_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games'
# A program of each kind of build, which is enough to miss a package.
BUILDS = (
    ('build-asan', 'gcc', '-Db_sanitize=address,undefined', 'test_route'),
    ('build-fuzz', 'clang-14', '-Dfuzz=true -Db_sanitize=address,undefined',
     'fuzz_http'),
    ('build-coverage', 'clang-14', '-Dcoverage=true', 'test_route'))


class Bare(Stage):
    """A machine on which nobody installed anything yet."""

    def __init__(self, work, cache, user):
        super().__init__(work, [bare(cache, 'debian:12')])
        # No container: whatever Debian starts is started.
        (self.root / 'usr/sbin/policy-rc.d').unlink()
        kept = cache / 'archives'
        kept.mkdir(exist_ok=True)
        sh('mount', '--bind', kept, self.root / 'var/cache/apt/archives')
        self.home = '/root'
        if user != 'root':
            self.home = f'/home/{user}'
            self.run('apt-get update && apt-get install -y '
                     '--no-install-recommends sudo && '
                     f'useradd -m -s /bin/bash {user} && '
                     f'echo "{user} ALL=(ALL) NOPASSWD: ALL" '
                     f'>/etc/sudoers.d/{user}')
            self.env['PATH'] = PLAIN_PATH
        self.env['HOME'] = self.home
        self.folder, self.user = f'{self.home}/hefboom', user
        copy_context(self.root / self.folder[1:])
        if user != 'root':
            sh('chroot', self.root, 'chown', '-R', f'{user}:{user}',
               self.folder)

    def words(self, command, user=None, extra=()):
        return super().words(command, user,
                             {'HOME': self.home, **dict(extra)}.items())

    def dev(self, *words):
        begun = time.monotonic()
        self.run(' '.join(('./dev', *words)))
        say(f'{self.user}: ./dev {" ".join(words)}: '
            f'{time.monotonic() - begun:.0f} s')

    def running(self):
        """Of this folder, outside of namespaces of their own."""
        found = []
        for place in pathlib.Path('/proc').glob('[0-9]*'):
            try:
                if os.readlink(place / 'root').startswith(str(self.root)):
                    found.append((place / 'comm').read_text().strip())
            except OSError:
                pass
        return found


def check_run(stage):
    """The first of README's two commands, and Ctrl-C."""
    serving = Container(stage, ['./dev', 'run'])
    output = stage.work / 'output'
    deadline = time.monotonic() + 120
    while 'Ctrl-C stops all of it.' not in output.read_text():
        if serving.child.poll() is not None or time.monotonic() > deadline:
            sys.exit(output.read_text()[-3000:])
        time.sleep(0.2)
    token = re.search(r'els, a member:\n(\S+)', output.read_text())[1]
    assert serving.get('/v1/me', token) == '200'
    assert serving.stop('SIGINT') == 0, output.read_text()[-1000:]
    say(f'{stage.user}: ./dev run serves, and ends')


def check_programs(stage):
    """What the tests ask for by name: they would skip without it."""
    asked = set()
    for path in (ROOT / 'tests').rglob('*.py'):
        asked |= set(re.findall(r"\b(?:needs|tool|shutil\.which)\('([\w-]+)'\)",
                                path.read_text()))
    # Nothing is installed for pictures of the pages.
    asked -= {'chromium', 'chromium-browser'}
    assert {'haproxy', 'pgbouncer', 'promtool'} <= asked, asked
    asked |= {'etcd', 'patroni', 'patronictl', 'openssl', 'jq', 'valgrind',
              'clang-14', 'wrk', 'npm'}
    missing = [name for name in sorted(asked)
               if shutil.which(name, path=':'.join(
                   str(stage.root / place[1:]) for place in PATH.split(':')))
               is None]
    assert not missing, missing
    say(f'{stage.user}: {len(asked)} programs are there')


def check_tests(stage):
    """Each module of the tests can be loaded."""
    for suite in ('check', 'api', 'scim', 'faults'):
        stage.run('PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q '
                  f'-p no:cacheprovider --collect-only tests/{suite} '
                  '>/tmp/said || { tail -20 /tmp/said; exit 1; }')
    if stage.user != 'root':
        return
    for folder, compiler, options, target in BUILDS:
        stage.run(f'CC={compiler} meson setup {folder} -Doptimization=1 '
                  f'{options} && ninja -C {folder} {target}')
    stage.run('command -v llvm-profdata-14 && llvm-cov-14 --version')


def check_rest(stage):
    """The machine starts again: no daemon with it."""
    assert stage.running() == [], stage.running()
    assert not (stage.root / 'usr/sbin/policy-rc.d').exists()
    for name in DAEMONS:
        said = subprocess.run(
            ['chroot', stage.root, 'systemctl', 'is-enabled', name],
            capture_output=True, text=True).stdout.strip()
        assert said == 'disabled', (name, said)
    machine = Machine(stage)
    try:
        time.sleep(1)
        deadline = time.monotonic() + 60
        while machine.run('systemctl', 'is-system-running', check=False
                          ) not in ('running', 'degraded'):
            assert time.monotonic() < deadline, 'it does not boot'
            time.sleep(0.5)
        units = machine.run('systemctl', 'list-units', '--plain', '--all',
                            '--no-legend', '--type=service')
        assert 'systemd-journald.service' in units, units
        for line in units.splitlines():
            name, _, state, *_ = line.split()
            assert (name.partition('.')[0].partition('@')[0] not in DAEMONS
                    or state == 'inactive'), line
        processes = machine.run('sh', '-c', 'cat /proc/[0-9]*/comm',
                                check=False).split()
        assert not {*DAEMONS, 'postgres'} & set(processes), processes
    finally:
        machine.end()
    say(f'{stage.user}: booted with {len(processes)} processes, none of them '
        'a daemon of the tests')


def check(stage):
    stage.dev('build')
    check_run(stage)
    for what in ('test', 'long', 'coverage', 'lint', 'fuzz', 'bench'):
        stage.dev('packages', what)
    before = (stage.work / 'log').stat().st_size
    stage.dev('packages', 'test', 'long', 'coverage', 'lint', 'bench')
    said = (stage.work / 'log').read_bytes()[before:].decode()
    assert 'Installing' not in said, said
    check_programs(stage)
    check_tests(stage)
    check_rest(stage)


def main():
    with workshop() as (cache, work):
        for user in ('root', 'somebody'):
            check(Bare(work / user, cache, user))


if __name__ == '__main__':
    main()
