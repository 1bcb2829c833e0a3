#!/usr/bin/python3
"""ha_recovery -- three machines of Patroni brought back to a point in time, by
the commands of docs/operations.md, while Hefboom goes on asking.

Between the base backup and the moment the leader's machine is lost with all that
it had, also what it had not archived; so recovery follows from one timeline to
the next, and needs what a standby archived.  It wants namespaces of its own, as ha_cluster.py says.
"""

import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tests' / 'api'), str(ROOT / 'tests' / 'faults')]

from ha import HefboomServer, changed_hands  # noqa: E402
from ha_cluster import (  # noqa: E402
    INNER, PASSWORDS, Cluster, eventually)
from ha_tls import TlsCluster  # noqa: E402
from harness.installation import shell_blocks  # noqa: E402


class Operator:
    """Does what the page says, on a node."""

    def __init__(self, cluster):
        self.cluster, self.until = cluster, ''
        self.backup = cluster.folder / 'backup'
        self.backup.mkdir()
        shutil.chown(self.backup, 'postgres')
        self.archive = cluster.folder / 'archive.sh'
        shutil.copy(ROOT / 'docker/archive.sh', self.archive)
        hosts = ','.join(f'{INNER}.{number}' for number in cluster.numbers)
        self.leading = (f'host={hosts} user=replicator '
                        f'password={PASSWORDS["replicator"]} '
                        'target_session_attrs=read-write'
                        + cluster.replication_options())

    def does(self, node, *names):
        return node.shell(
            shell_blocks(*names), BACKUP=self.backup, ARCHIVE=self.archive,
            PATRONI=node.settings, DATA=node.folder / 'data',
            UNTIL=self.until, LEADING=self.leading,
            PATH='/usr/lib/postgresql/15/bin:' + os.environ['PATH'])


def serves(server):
    try:
        with urllib.request.urlopen(server.url + '/readyz', timeout=5) as said:
            return said.status == 200
    except (urllib.error.URLError, OSError):
        return False


def names(cluster):
    return [row[0] for row in cluster.leader().sql(
        'select name from organisation order by name', 'hefboom')]


def stop_patroni(node):
    node.patroni.terminate()
    assert node.patroni.wait(60) == 0


def archiver(node):
    for pid in node.pids():
        try:
            line = pathlib.Path(f'/proc/{pid}/cmdline').read_bytes()
        except OSError:
            continue
        if b': archiver' in line:
            return pid
    return None


def lose(cluster):
    """The leader's machine, which archives no more; an empty one comes."""
    old = cluster.leader()
    os.kill(eventually(lambda: archiver(old), 10, 'an archiver'),
            signal.SIGSTOP)
    old.sql('select pg_switch_wal()')
    old.sql('create table of_another_segment()')
    cluster.wait_whole()
    old.kill_all()
    changed_hands(cluster, old)
    shutil.rmtree(old.folder / 'data')
    old.start_etcd()
    old.start_patroni()
    cluster.wait_whole()


def forget_segments(node):
    """What the new leader has of the old one's: wal_keep_size and more pass."""
    def first():
        return node.sql("select min(substr(name, 9)) from pg_ls_waldir()"
                        " where name ~ '^[0-9A-F]{24}$'")[0][0]
    before = first()

    def passed():
        for _ in range(8):
            node.sql("select pg_logical_emit_message(true, 'x', 'x')")
            node.sql('select pg_switch_wal()')
        node.sql('checkpoint')
        return first() > before
    eventually(passed, 60, 'what was kept is gone', 1)


def go_back(cluster, operator):
    last = cluster.leader()
    for node in (*cluster.others(last), last):
        stop_patroni(node)
    operator.does(last, 'back')
    operator.does(last, 'ha-forget')
    last.start_patroni()
    eventually(cluster.leader, 60, 'a leader')
    assert cluster.leader() is last
    for node in cluster.others(last):
        operator.does(node, 'ha-aside')
        node.start_patroni()
    cluster.wait_whole()


def copy_anew(cluster):
    """The page's `reinit`, of the standby that nobody waits for."""
    leader = cluster.leader()
    node, = cluster.others(leader, cluster.synchronous())
    mark = node.folder / 'data/pg_stat_tmp/of_the_copy_before'
    mark.touch()
    leader.shell(f'patronictl -c "$PATRONI" reinit hefboom {node.name} --force',
                 PATRONI=leader.settings)
    eventually(lambda: not mark.exists(), 30, 'another copy')
    cluster.wait_whole()


def live_and_go_back(cluster, server):
    operator = Operator(cluster)
    create = lambda name: server.command('org', 'create', name)  # noqa: E731
    create('a')
    operator.does(cluster.leader(), 'ha-archive')
    cluster.wait_whole()
    for node in cluster.nodes:
        assert node.sql('show archive_mode') == [['always']]
    operator.does(cluster.nodes[2], 'ha-base')
    create('b')
    lose(cluster)
    forget_segments(cluster.leader())
    create('c')
    operator.until = cluster.leader().sql('select clock_timestamp()')[0][0]
    time.sleep(0.1)
    create('d')
    assert names(cluster) == list('abcd')
    pid, begun = server.pid, time.monotonic()
    go_back(cluster, operator)
    print(f'back after {time.monotonic() - begun:.1f} s, load '
          f'{os.getloadavg()[0]:.0f}')
    eventually(lambda: serves(server), 10, 'the server goes on')
    assert server.pid == pid and server.child.poll() is None
    assert names(cluster) == list('abc'), names(cluster)
    create('e')
    for node in cluster.nodes:
        eventually(lambda: [row[0] for row in node.sql(
            'select name from organisation order by name', 'hefboom')]
            == list('abce'), 10, f'{node.name} has it')
    # All of it goes on: a backup of the new history, the next leader.
    shutil.rmtree(operator.backup / 'base')
    operator.does(cluster.nodes[2], 'ha-base')
    left = cluster.leader()
    cluster.switchover()
    changed_hands(cluster, left)
    cluster.wait_whole()
    create('f')
    copy_anew(cluster)
    for node in cluster.nodes:
        assert node.sql('select failed_count from pg_stat_archiver') == [['0']]


def main():
    os.environ.setdefault('HEFBOOM_BIN', str(ROOT / 'build' / 'hefboom'))
    folder = pathlib.Path(tempfile.mkdtemp(prefix='hb-back-', dir='/tmp'))
    cluster = (TlsCluster if '--tls' in sys.argv else Cluster)(folder)
    try:
        cluster.start()
        secret = folder / 'secret'
        secret.write_bytes(HefboomServer.secret)
        server = HefboomServer(
            HEFBOOM_DATABASE_URL=cluster.url('hefboom'),
            HEFBOOM_OWNER_URL=cluster.url('hefboom_owner'),
            HEFBOOM_DATABASE_TLS='on' if '--tls' in sys.argv else 'off',
            HEFBOOM_SECRET_FILE=secret)
        server.start()
        try:
            live_and_go_back(cluster, server)
        except BaseException:
            for path in folder.glob('backup/*.log'):
                print(path.read_text(), file=sys.stderr)
            print(cluster.tail(), file=sys.stderr)
            raise
        finally:
            wrong = server.stop()
        print('\n'.join(wrong))
        return 1 if wrong else 0
    finally:
        cluster.stop()
        shutil.rmtree(folder)


if __name__ == '__main__':
    sys.exit(main())
