"""containers -- what a container engine does, in folders made by debootstrap.

workshop      where: the folder that is kept, and one that goes at the end
build         a Dockerfile carried out, a stage upon another as overlays
Container     what starts there, as the first process of its own process and
              network namespaces

Root, with mounts of its own, which end with it:

    unshare --mount --propagation private tests/faults/docker_steps.py
"""

import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASES = {'debian:12': 'bookworm'}
PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
# Of the machine: how its package clients trust the network.
TRUST = ('NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'HTTP_PROXY', 'HTTPS_PROXY')


def sh(*words, **options):
    return subprocess.run([str(word) for word in words], check=True,
                          **options)


def say(*words):
    print('==', *words, flush=True)


def instructions(path):
    """(word, rest) of each, comments and line ends taken out."""
    text = re.sub(r'^#.*\n', '', path.read_text(), flags=re.M)
    for line in re.sub(r'\\\n', ' ', text).splitlines():
        if line.strip():
            word, rest = line.split(None, 1)
            yield word.upper(), rest.strip()


class Stage:
    """An overlay and what the file said about it."""

    mounted = []  # taken down at the end, whatever happened

    def __init__(self, work, lower, like=None):
        work.mkdir()
        for name in ('upper', 'scratch', 'root'):
            (work / name).mkdir()
        self.work, self.root = work, work / 'root'
        self.lower = [work / 'upper', *lower]
        self.env = dict(like.env) if like else {'PATH': PATH}
        self.folder, self.user = '/', 'root'
        self.entry, self.command, self.health = [], [], None
        self.volumes, self.stop = [], 'SIGTERM'
        lowers = ':'.join(str(path) for path in lower)
        sh('mount', '-t', 'overlay', 'overlay', '-o',
           f'lowerdir={lowers},upperdir={work}/upper,'
           f'workdir={work}/scratch', self.root)
        self.mounted.append(self.root)
        sh('mount', '--rbind', '/dev', self.root / 'dev')
        sh('mount', '-t', 'proc', 'proc', self.root / 'proc')

    def words(self, command, user=None, extra=()):
        env = {**self.env, 'HOME': '/root', **dict(extra)}
        return ['chroot', f'--userspec={user or self.user}', str(self.root),
                '/usr/bin/env', '-i',
                *(f'{name}={value}' for name, value in env.items()),
                'sh', '-c', f'cd {self.folder} && exec "$@"', 'sh', *command]

    def run(self, command):
        say('RUN', ' '.join(command.split())[:100])
        shutil.copy('/etc/resolv.conf', self.root / 'etc/resolv.conf')
        trust = {name: os.environ[name] for name in TRUST
                 if name in os.environ}
        for path in trust.values():
            if path.startswith('/'):
                inside = self.root / path.lstrip('/')
                inside.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, inside)
        with open(self.work / 'log', 'ab') as log:
            status = subprocess.run(
                self.words(['sh', '-c', command], extra=trust), stdout=log,
                stderr=log, stdin=subprocess.DEVNULL).returncode
        if status != 0:
            sys.exit((self.work / 'log').read_text()[-3000:])

    def copy(self, rest, stages):
        words = rest.split()
        source = ROOT
        if words[0].startswith('--from='):
            source = stages[words.pop(0)[7:]].root
        *names, target = words
        to = self.root / self.folder.lstrip('/') / target.lstrip('/')
        for name in names:
            path = source / name.lstrip('/')
            to.parent.mkdir(parents=True, exist_ok=True)
            if path == ROOT:
                copy_context(to)
            elif path.is_dir():
                shutil.copytree(path, to)
            else:
                shutil.copy2(path, to)

    def size(self):
        """Of what the file added to Debian, in MB."""
        return sum(int(subprocess.run(
            ['du', '-smx', path], capture_output=True, text=True,
            check=True).stdout.split()[0]) for path in self.lower[:-1])


def copy_context(to):
    """The context less .dockerignore, as the engine sends it."""
    ignored = (ROOT / '.dockerignore').read_text().split()
    sh('tar', '-C', ROOT, *(f'--exclude=./{name}' for name in ignored), '-cf',
       to.with_suffix('.tar'), '.')
    to.mkdir(exist_ok=True)
    sh('tar', '-C', to, '-xf', to.with_suffix('.tar'), '--no-same-owner')
    to.with_suffix('.tar').unlink()


def bare(cache, image):
    folder = cache / RELEASES[image]
    if not (folder / 'complete').exists():
        say('debootstrap', RELEASES[image])
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        sh('debootstrap', '--variant=minbase', RELEASES[image], folder,
           stdout=subprocess.DEVNULL)
        # As in Debian's image: no package starts anything.
        policy = folder / 'usr/sbin/policy-rc.d'
        policy.write_text('#!/bin/sh\nexit 101\n')
        policy.chmod(0o755)
        (folder / 'complete').touch()
    return folder


def build(path, cache, work):
    stages, stage = {}, None
    for word, rest in instructions(path):
        if word == 'FROM':
            image, _, name = rest.partition(' AS ')
            like = stages.get(image)
            stage = Stage(work / str(len(stages)), like.lower if like
                          else [bare(cache, image)], like)
            stages[name or 'last'] = stage
        elif word == 'RUN':
            stage.run(rest)
        elif word == 'COPY':
            stage.copy(rest, stages)
        elif word == 'ENV':
            stage.env.update(item.split('=', 1) for item in shlex.split(rest))
        elif word == 'WORKDIR':
            stage.folder = rest
            (stage.root / rest.lstrip('/')).mkdir(parents=True, exist_ok=True)
        elif word == 'USER':
            stage.user = rest
        elif word == 'VOLUME':
            stage.volumes.append(rest)
        elif word == 'STOPSIGNAL':
            stage.stop = rest
        elif word == 'HEALTHCHECK':
            stage.health = json.loads(rest.partition('CMD ')[2])
        elif word == 'ENTRYPOINT':
            stage.entry = json.loads(rest)
        elif word == 'CMD':
            stage.command = json.loads(rest)
        elif word != 'EXPOSE':
            sys.exit(f'{word}: what does that do?')
    return stages


def heeds_interrupts():
    """Whoever is started in the background ignores them, and so would all
    that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Container:
    """A first process, its descendants, its network."""

    running = []  # killed at the end, whatever happened

    def __init__(self, stage, words, user=None, beside=None, **env):
        self.stage, self.user, self.env = stage, user or stage.user, env
        net = (['nsenter', '-n', '-t', str(beside.first), '--'] if beside
               else ['unshare', '--net', '--'])
        up = '' if beside else 'ip link set lo up && '
        self.log = open(stage.work / 'output', 'ab')
        self.child = subprocess.Popen(
            [*net, 'unshare', '--mount', '--pid', '--fork', '--kill-child',
             'sh', '-c', f'{up}mount -t proc proc "$0"/proc && exec "$@"',
             str(stage.root), *stage.words(words, self.user, env.items())],
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
            preexec_fn=heeds_interrupts)
        self.first = self._first()
        self.running.append(self)

    def _first(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.child.poll() is None:
            children = pathlib.Path(
                f'/proc/{self.child.pid}/task/{self.child.pid}/children'
            ).read_text().split()
            if children:
                return int(children[0])
            time.sleep(0.01)
        sys.exit('the container did not start')

    def inside(self, *words, user=None, check=True):
        """As `docker exec` does; what it printed."""
        result = subprocess.run(
            ['nsenter', '-t', str(self.first), '-n', '-p', '--',
             *self.stage.words(words, user or self.user, self.env.items())],
            capture_output=True, text=True)
        if check and result.returncode != 0:
            sys.exit(f'{words}: {result.stdout}{result.stderr}')
        return result

    def wait(self, words, user=None, seconds=60):
        """Until the health check is content, and how long that took."""
        begun = time.monotonic()
        while self.inside(*words, user=user, check=False).returncode != 0:
            if (self.child.poll() is not None
                    or time.monotonic() - begun > seconds):
                sys.exit((self.stage.work / 'output').read_text()[-3000:])
            time.sleep(0.1)
        return time.monotonic() - begun

    def get(self, path, token=None):
        """From outside, over the container's network."""
        header = ['-H', f'Authorization: Bearer {token}'] if token else []
        return subprocess.run(
            ['nsenter', '-t', str(self.first), '-n', '--', 'curl', '-s',
             '-o', '/dev/null', '-w', '%{http_code}', *header,
             f'http://127.0.0.1:8080{path}'],
            capture_output=True, text=True).stdout

    def users(self):
        """Of all that runs in it."""
        found, todo = {}, [self.first]
        while todo:
            pid = todo.pop()
            place = pathlib.Path(f'/proc/{pid}')
            found[(place / 'comm').read_text().strip()] = place.stat().st_uid
            todo += map(int, (place / 'task' / str(pid) / 'children'
                              ).read_text().split())
        return found

    def stop(self, name):
        os.kill(self.first, getattr(signal, name))
        return self.child.wait(100)

    def end(self):
        """With all its descendants: --kill-child does not reach one that has
        changed its user."""
        if self.child.poll() is None:
            os.kill(self.first, signal.SIGKILL)
            self.child.wait()


@contextlib.contextmanager
def workshop(number=1):
    """(cache, work): the folder that the program's word of that number names,
    or /var/tmp/hefboom-docker, keeps the bare Debian for the next time; one in
    it goes at the end, with all that runs and is mounted there."""
    cache = pathlib.Path((sys.argv + ['/var/tmp/hefboom-docker'])[number])
    cache.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(dir=cache))
    work.chmod(0o755)
    try:
        yield cache, work
        say('passed')
    finally:
        for one in Container.running:
            one.end()
        for root in reversed(Stage.mounted):
            subprocess.run(['umount', '-R', '-l', root], check=False)
        # What is still mounted is the machine's /dev.
        if str(work) not in pathlib.Path('/proc/self/mountinfo').read_text():
            shutil.rmtree(work, ignore_errors=True)
