"""ha_cluster -- three machines of Patroni, etcd and PostgreSQL, each in a
network namespace of its own.

Two bridges join them: over `inner` they talk to one another (etcd, Patroni,
replication), over `outer` clients reach PostgreSQL and Patroni's REST.  So
each can be cut off from its peers, from clients, or from both.

It wants network, process and mount namespaces of its own, which end with
whoever runs it, and with them everything that was started here:

    unshare --net --mount --pid --fork --kill-child --mount-proc COMMAND
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

import psycopg2
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path('/usr/lib/postgresql/15/bin')
INNER, OUTER = '10.77.1', '10.77.2'
SCOPE = 'hefboom'
PASSWORDS = {name: f'{name}-of-the-test' for name in (
    'postgres', 'replicator', 'rewinder', 'hefboom', 'hefboom_owner')}
LOST_MAC = '02:00:00:00:00:99'
SPACES = ['unshare', '--net', '--mount', '--propagation', 'private', '--pid',
          '--fork', '--kill-child', '--mount-proc', 'sh', '-c',
          '"$@"; exit $?', 'sh']


def may_have_spaces():
    return os.geteuid() == 0 and shutil.which('unshare') is not None and (
        subprocess.run([*SPACES, 'ip', 'link', 'add', 'inner', 'type',
                        'bridge'], capture_output=True).returncode == 0)


def sh(*words, **options):
    return subprocess.run([str(word) for word in words], check=True,
                          capture_output=True, text=True, **options)


def eventually(true, seconds, what, step=0.1):
    deadline = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < deadline, f'not in {seconds} s: {what}'
        time.sleep(step)
    return value


def patroni_settings():
    """What docker/patroni.yml gives a cluster, as a mapping."""
    return yaml.safe_load((ROOT / 'docker/patroni.yml').read_text())


class Node:
    def __init__(self, cluster, number):
        self.cluster, self.number, self.name = cluster, number, f'n{number}'
        self.inner, self.outer = f'{INNER}.{number}', f'{OUTER}.{number}'
        self.folder = cluster.folder / self.name
        self.folder.mkdir(mode=0o700)
        shutil.chown(self.folder, 'postgres')
        self.settings = self.folder / 'patroni.yml'
        self.etcd = self.patroni = None
        self.holder = subprocess.Popen(
            ['unshare', '--net', '--uts', '--', 'sh', '-c',
             'hostname "$1" && exec sleep infinity', 'sh', self.name])
        spaces = f'/proc/{self.holder.pid}/ns'
        self.net, self.uts = f'{spaces}/net', f'{spaces}/uts'
        eventually(lambda: pathlib.Path(f'/proc/{self.holder.pid}/comm'
                                        ).read_text() == 'sleep\n', 5,
                   'a namespace')
        for bridge, address in (('inner', self.inner), ('outer', self.outer)):
            end = f'{bridge}{number}'
            sh('ip', 'link', 'add', end, 'type', 'veth', 'peer', 'name',
               bridge, 'netns', self.holder.pid)
            sh('ip', 'link', 'set', end, 'master', bridge, 'up')
            self.inside('ip', 'addr', 'add', f'{address}/24', 'dev', bridge)
            self.inside('ip', 'link', 'set', bridge, 'up')
        self.inside('ip', 'link', 'set', 'lo', 'up')

    def words(self, *words, user=None):
        own = (['setpriv', f'--reuid={user}', f'--regid={user}',
                '--init-groups'] if user else [])
        return ['nsenter', f'--net={self.net}', f'--uts={self.uts}', '--', *own,
                *(str(word) for word in words)]

    def inside(self, *words):
        return sh(*self.words(*words)).stdout

    def start(self, name, *words):
        with open(self.folder.parent / f'{self.name}-{name}.log', 'ab') as log:
            return subprocess.Popen(
                self.words(*words, user='postgres'), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, cwd=self.folder, env={
                    **os.environ, 'HEFBOOM_PASSWORD': PASSWORDS['hefboom'],
                    'HEFBOOM_OWNER_PASSWORD': PASSWORDS['hefboom_owner']})

    def start_etcd(self):
        scheme = self.cluster.scheme
        members = ','.join(f'n{number}={scheme}://{INNER}.{number}:2380'
                           for number in self.cluster.numbers)
        url = f'{scheme}://{self.inner}'
        self.etcd = self.start(
            'etcd', 'etcd', '--name', self.name, '--data-dir',
            self.folder / 'etcd', '--listen-peer-urls', f'{url}:2380',
            '--initial-advertise-peer-urls', f'{url}:2380',
            '--listen-client-urls', f'{url}:2379', '--advertise-client-urls',
            f'{url}:2379', '--initial-cluster', members,
            '--initial-cluster-token', SCOPE, '--initial-cluster-state', 'new',
            '--enable-v2', *self.etcd_options())

    def etcd_options(self):
        return []

    def start_patroni(self):
        self.write_settings()
        self.patroni = self.start(
            'patroni', '/usr/bin/python3', '/usr/bin/patroni', self.settings)

    def write_settings(self):
        self.settings.write_text(yaml.safe_dump(self.configuration()))
        shutil.chown(self.settings, 'postgres')

    def configuration(self):
        """docker/patroni.yml, and what its environment says there."""
        given = patroni_settings()
        changed = dict(self.cluster.changed)
        if changed.pop('restart_after_crash', False):
            given['bootstrap']['dcs']['postgresql']['parameters'][
                'restart_after_crash'] = 'on'
        given['bootstrap']['dcs'].update(changed)
        given['bootstrap']['post_init'] = str(self.cluster.roles)
        given.update(scope=SCOPE, name=self.name)
        given[self.cluster.store] = {'hosts': [f'{INNER}.{number}:2379'
                                    for number in self.cluster.numbers]}
        given['restapi'] = {'listen': '0.0.0.0:8008',
                            'connect_address': f'{self.inner}:8008'}
        given['postgresql'].update(
            listen='0.0.0.0:5432', connect_address=f'{self.inner}:5432',
            data_dir=str(self.folder / 'data'), bin_dir=str(BIN),
            pgpass=str(self.folder / 'pgpass'), authentication={
                role: {'username': user, 'password': PASSWORDS[user]}
                for role, user in (('superuser', 'postgres'),
                                   ('replication', 'replicator'),
                                   ('rewind', 'rewinder'))})
        given['postgresql']['parameters'][
            'unix_socket_directories'] = str(self.folder)
        return given

    # what runs

    def postmaster(self):
        try:
            pid = int((self.folder / 'data/postmaster.pid'
                       ).read_text().split()[0])
            comm = pathlib.Path(f'/proc/{pid}/comm').read_text()
        except (OSError, ValueError, IndexError):
            return None
        return pid if comm == 'postgres\n' else None

    def pids(self):
        """All of this machine."""
        wanted, found = os.readlink(self.net), []
        for folder in pathlib.Path('/proc').glob('[0-9]*'):
            try:
                if os.readlink(folder / 'ns/net') == wanted:
                    found.append(int(folder.name))
            except OSError:
                pass
        return [pid for pid in found if pid != self.holder.pid]

    def kill(self, *pids):
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for child in (self.etcd, self.patroni):
            if child is not None and child.pid in pids:
                child.wait()

    def kill_all(self):
        self.kill(*self.pids())
        eventually(lambda: not self.pids(), 10, f'{self.name} is dead')

    def kill_database(self):
        """Patroni and PostgreSQL with all its children; etcd lives."""
        self.kill(*(pid for pid in self.pids() if pid != self.etcd.pid))

    def backends(self, role='hefboom'):
        found = []
        for pid in self.pids():
            try:
                line = pathlib.Path(f'/proc/{pid}/cmdline').read_bytes()
            except OSError:
                continue
            if f': {role} '.encode() in line:
                found.append(pid)
        return found

    # its links

    def cut(self, *bridges):
        """Packets vanish; nobody is told."""
        for bridge in bridges:
            if bridge == 'outer':
                sh('ip', 'neigh', 'replace', self.outer, 'lladdr', LOST_MAC,
                   'dev', 'outer', 'nud', 'permanent')
            sh('ip', 'link', 'set', f'{bridge}{self.number}', 'down')

    def mend(self, *bridges):
        for bridge in bridges:
            sh('ip', 'link', 'set', f'{bridge}{self.number}', 'up')
            if bridge == 'outer':
                sh('ip', 'neigh', 'del', self.outer, 'dev', 'outer')

    def shell(self, text, **env):
        """What an operator says there, as the user of Patroni."""
        result = subprocess.run(
            self.words('env', *(f'{name}={value}' for name, value in
                                env.items()), 'sh', '-euc', text,
                       user='postgres'),
            cwd=self.folder, capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    # what it says

    def rest(self, path):
        """(status, JSON) of Patroni, as a client gets it; or (0, {})."""
        try:
            with urllib.request.urlopen(
                    f'http://{self.outer}:8008{path}', timeout=2) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, {}
        except (OSError, ValueError):
            return 0, {}

    def sql(self, text, database='postgres'):
        """By its own socket, as the superuser; rows as lists of texts."""
        result = subprocess.run(
            ['setpriv', '--reuid=postgres', '--regid=postgres',
             '--init-groups', BIN / 'psql', '-h', self.folder, '-U',
             'postgres', '-d', database, '-AtXc', text],
            capture_output=True, text=True, timeout=20)
        assert result.returncode == 0, result.stderr
        return [line.split('|') for line in result.stdout.splitlines()]


class Cluster:
    """store: etcd, or etcd3; changed: dynamic settings that differ from
    docker/patroni.yml."""

    numbers, node, scheme = (1, 2, 3), Node, 'http'

    def __init__(self, folder, store='etcd', **changed):
        self.folder, self.changed = pathlib.Path(folder), changed
        self.store = store
        self.roles = self.folder / 'patroni-roles.sh'
        shutil.copy(ROOT / 'docker/patroni-roles.sh', self.roles)
        self.roles.chmod(0o755)
        self.folder.chmod(0o755)
        sh('ip', 'link', 'set', 'lo', 'up')
        for bridge in ('inner', 'outer'):
            sh('ip', 'link', 'add', bridge, 'type', 'bridge')
            sh('ip', 'link', 'set', bridge, 'up')
        sh('ip', 'addr', 'add', f'{OUTER}.254/24', 'dev', 'outer')
        self.nodes = [self.node(self, number) for number in self.numbers]

    def start(self):
        for node in self.nodes:
            node.start_etcd()
        self.nodes[0].start_patroni()
        eventually(self.leader, 90, 'a leader')
        for node in self.nodes[1:]:
            node.start_patroni()
        self.wait_whole()

    def stop(self):
        for node in self.nodes:
            node.kill_all()

    def url(self, role, *nodes):
        hosts = ','.join(f'{node.outer}:5432' for node in nodes or self.nodes)
        return (f'postgresql://{role}:{PASSWORDS[role]}@{hosts}/hefboom'
                '?target_session_attrs=read-write')

    def replication_options(self):
        """For whoever copies the leader."""
        return ''

    def connect(self):
        connection = psycopg2.connect(
            self.url('hefboom_owner'), connect_timeout=3)
        connection.autocommit = True
        return connection

    # who is what

    def leader(self):
        for node in self.nodes:
            if node.rest('/primary')[0] == 200:
                return node
        return None

    def synchronous(self):
        """The standby that may take over."""
        for node in self.nodes:
            if node.rest('/synchronous')[0] == 200:
                return node
        return None

    def others(self, *nodes):
        return [node for node in self.nodes if node not in nodes]

    def is_whole(self):
        """A leader, and two standbys that stream, one of them synchronous."""
        leader = self.leader()
        if leader is None:
            return False
        members = leader.rest('/cluster')[1].get('members', [])
        kinds = sorted(member['role'] for member in members
                       if member.get('state') in ('running', 'streaming')
                       and not member.get('lag'))
        wanted = (['leader', 'replica', 'sync_standby'] if
                  self.changed.get('synchronous_mode', True)
                  else ['leader', 'replica', 'replica'])
        if kinds != wanted:
            return False
        try:
            rows = leader.sql('select state, sync_state from'
                              ' pg_stat_replication order by sync_state')
        except (AssertionError, subprocess.TimeoutExpired):
            return False
        return [row[0] for row in rows] == ['streaming'] * 2

    def wait_whole(self, seconds=120):
        eventually(self.is_whole, seconds, 'a whole cluster', 0.2)

    def switchover(self):
        """patronictl's; the new leader's name."""
        leader = eventually(self.leader, 30, 'a leader')
        candidate = (eventually(self.synchronous, 30, 'a synchronous one')
                     if self.changed.get('synchronous_mode', True)
                     else self.others(leader)[0])
        leader.inside(
            'setpriv', '--reuid=postgres', '--regid=postgres',
            '--init-groups', '/usr/bin/patronictl', '-c',
            leader.settings, 'switchover', '--force',
            '--master', leader.name, '--candidate', candidate.name)
        return candidate

    def tail(self, lines=30):
        return '\n'.join(
            f'== {path.name}\n' + '\n'.join(re.split(
                r'\n', path.read_text(errors='replace'))[-lines:])
            for path in sorted(self.folder.glob('*-patroni.log')))
