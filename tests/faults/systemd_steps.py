#!/usr/bin/python3
"""systemd_steps.py BUILD [FOLDER] -- the installed unit under a real systemd.

`meson install` from the folder BUILD into a Debian made by debootstrap, which
is then booted in namespaces of its own: its systemd is process 1 there, and
starts the service with all its sandboxing.  Root, with mounts of its own:

    unshare --mount --propagation private tests/faults/systemd_steps.py build
"""

import pathlib
import subprocess
import sys
import time

from containers import (ROOT, Container, Stage, bare, instructions, say, sh,
                        workshop)

# What a container engine gives a systemd; the service's own /dev is made of it.
BOOT = r'''
set -e
ip link set lo up
cd "$1"
umount -R -l dev proc
mount -t proc proc proc
mount -t sysfs sysfs sys
for name in run tmp dev; do mount -t tmpfs tmpfs $name; done
mkdir dev/pts dev/shm dev/mqueue dev/hugepages
for name in null zero full random urandom tty; do
	touch dev/$name
	mount --bind /dev/$name dev/$name
done
mount -t tmpfs tmpfs dev/shm
mount -t mqueue mqueue dev/mqueue
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
touch dev/console
mount -t tmpfs tmpfs sys/fs/cgroup
mkdir sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd ||
	mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --make-rprivate /
mkdir -p .old
pivot_root . .old
exec env -i container=hefboom PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . \
	/bin/sh -c 'umount -l /.old; exec /lib/systemd/systemd'
'''
UNIT = '/usr/local/lib/systemd/system/hefboom.service'
WANTS = '/etc/systemd/system/multi-user.target.wants'


def prepare(cache, work, build):
    stage = Stage(work / 'debian', [bare(cache, 'debian:12')])
    stages = 0
    for word, rest in instructions(ROOT / 'docker/Dockerfile'):
        stages += word == 'FROM'
        if word == 'RUN' and stages == 1:
            stage.run(rest)
    stage.run('apt-get update && apt-get install -y --no-install-recommends '
              'curl systemd dbus')
    sh('meson', 'install', '-C', build, '--no-rebuild', '--quiet',
       '--destdir', stage.root)
    stage.run(f'systemd-sysusers && mkdir -p {WANTS} && ln -s {UNIT} {WANTS} '
              '&& ln -sf /lib/systemd/system/multi-user.target '
              '/etc/systemd/system/default.target')
    return stage


class Machine:
    def __init__(self, stage):
        self.log = open(stage.work / 'boot', 'ab')
        self.child = subprocess.Popen(
            ['unshare', '--pid', '--mount', '--net', '--uts', '--ipc',
             '--cgroup', '--fork', '--kill-child', 'bash', '-c', BOOT, 'bash',
             str(stage.root)], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log)
        self.first = None
        Container.running.append(self)

    def end(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()

    def run(self, *words, check=True):
        if self.first is None:
            self.first = pathlib.Path(
                f'/proc/{self.child.pid}/task/{self.child.pid}/children'
            ).read_text().strip()
        place = f'/proc/{self.first}/root'
        result = subprocess.run(
            ['nsenter', '-t', self.first, '-p', '-m', '-n', '-u', '-i',
             f'--root={place}', f'--wd={place}', '--', *words],
            capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if check and result.returncode != 0:
            sys.exit(f'{words}: {result.stdout}{result.stderr}')
        return result.stdout.strip()

    def hefboom(self, *words):
        """As docs/operations.md has it."""
        return self.run('runuser', '-u', 'hefboom', '--', 'env',
                        'HEFBOOM_DATA=/var/lib/hefboom',
                        '/usr/local/bin/hefboom', *words)

    def until(self, text, *words):
        deadline = time.monotonic() + 60
        while text not in self.run(*words, check=False):
            if time.monotonic() > deadline or self.child.poll() is not None:
                sys.exit(f'no {text}:' + self.run(
                    'systemctl', 'status', '--no-pager', 'hefboom',
                    check=False))
            time.sleep(0.2)


def check(machine):
    journal = ('journalctl', '-u', 'hefboom', '--no-pager', '-o', 'cat')
    time.sleep(1)
    machine.until('active', 'systemctl', 'is-active', 'hefboom')
    machine.until('"serving"', *journal)
    machine.hefboom('ready')
    machine.hefboom('demo', 'load')
    pid = machine.run('systemctl', 'show', '-P', 'MainPID', 'hefboom')
    status = machine.run('cat', f'/proc/{pid}/status')
    for line in ('NoNewPrivs:\t1', 'Seccomp:\t2', 'CapBnd:\t0000000000000000'):
        assert line in status, status
    machine.run('systemctl', 'reload', 'hefboom')
    machine.until('"reloaded"', *journal)
    machine.hefboom('ready')
    machine.run('systemctl', 'restart', 'hefboom')
    machine.until('{"state":"ready"}', 'curl', '-s',
                  'http://127.0.0.1:8080/readyz')
    machine.run('systemctl', 'stop', 'hefboom')
    end = machine.run('systemctl', 'show', 'hefboom', '-P', 'Result', '-P',
                      'ExecMainStatus').split()
    assert end == ['success', '0'], end
    score = machine.run('systemd-analyze', 'security', 'hefboom',
                        '--no-pager').splitlines()[-1]
    say(score.lstrip('→ '))


ASKING = r'''
failed=0
for i in $(seq 400); do
	curl -sf -m 30 -o /dev/null http://127.0.0.1:8080/healthz ||
		failed=$((failed + 1))
	sleep 0.01
done
echo "$failed failed"
'''


def check_socket(machine):
    """systemd listens: it starts the service for the first client, and nobody
    is refused while that is restarted or becomes another program."""
    machine.run('systemctl', 'start', 'hefboom.socket')
    assert machine.run('systemctl', 'is-active', 'hefboom',
                       check=False) == 'inactive'
    machine.until('{"state":"ready"}', 'curl', '-s', '-m', '30',
                  'http://127.0.0.1:8080/readyz')
    for order in (('restart', 'hefboom'),
                  ('kill', '--kill-whom=main', '-s', 'USR2', 'hefboom')):
        unit = f'asking-{order[0]}'
        said = ('journalctl', '-u', unit, '-o', 'cat')
        machine.run('systemd-run', f'--unit={unit}', '-q', 'sh', '-c', ASKING)
        time.sleep(1)
        machine.run('systemctl', *order)
        machine.until(' failed', *said)
        assert '\n0 failed' in '\n' + machine.run(*said), machine.run(*said)
        say(f'400 requests, 0 failed: systemctl {order[0]}')
    machine.until('"upgraded"', 'journalctl', '-u', 'hefboom', '--no-pager',
                  '-o', 'cat')
    machine.run('systemctl', 'stop', 'hefboom.socket', 'hefboom')


def main():
    with workshop(2) as (cache, work):
        machine = Machine(prepare(cache, work, sys.argv[1]))
        check(machine)
        check_socket(machine)


if __name__ == '__main__':
    main()
