#!/usr/bin/python3
"""ha -- the oracle against three machines of Patroni, etcd and PostgreSQL.

Writers with and without keys write through docker/haproxy.cfg to two `hefboom
serve`, which know the three PostgreSQL by a list (target_session_attrs=
read-write).  Meanwhile the leader changes, machines die, and links are cut.
After each event the writers pause, and what was answered is compared with
what is there, as oracle.py says; besides, an event tells the longest time in
which no write was answered 2xx.

It wants namespaces of its own, as ha_cluster.py says:

    unshare --net --mount --propagation private --pid --fork --kill-child \\
      --mount-proc sh -c '"$@"; exit $?' sh tests/faults/ha.py --help
"""

import argparse
import collections
import json
import os
import pathlib
import random
import secrets
import shutil
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tests' / 'api'), str(ROOT / 'tests' / 'faults')]

from cluster import needs, program  # noqa: E402
from ha_cluster import Cluster, eventually  # noqa: E402
from ha_tls import TlsCluster, let_in  # noqa: E402
from harness.database import Database  # noqa: E402
from harness.running import Server, free_port  # noqa: E402
from oracle import Oracle, Write, Writer, judge  # noqa: E402

PACE_S = 0.02
EVENTS = {}


def event(limit=None):
    """limit: of the gap, in seconds; None: the gap is told, and no more."""
    def note(function):
        EVENTS[function.__name__] = function
        function.limit = limit
        return function
    return note


def changed_hands(cluster, old):
    """Until somebody else leads; who."""
    return eventually(lambda: next(
        (node for node in cluster.others(old)
         if node.rest('/primary')[0] == 200), None), 90, 'another leader')


@event(limit=3)
def switchover(cluster, load):
    cluster.switchover()


@event(limit=3)
def leader_stopped(cluster, load):
    """Its Patroni told to stop, as before maintenance."""
    old = cluster.leader()
    old.patroni.terminate()
    assert old.patroni.wait(60) == 0
    changed_hands(cluster, old)
    old.start_patroni()


@event(limit=25)
def postmaster_killed(cluster, load):
    """PostgreSQL alone; its Patroni lives and lets a standby take over."""
    cluster.leader().kill(cluster.leader().postmaster())


@event(limit=25)
def leader_killed(cluster, load):
    """Patroni and PostgreSQL; the etcd beside them lives."""
    old = cluster.leader()
    old.kill_database()
    changed_hands(cluster, old)
    old.start_patroni()


@event(limit=25)
def leader_machine_killed(cluster, load):
    old = cluster.leader()
    old.kill_all()
    changed_hands(cluster, old)
    old.start_etcd()
    old.start_patroni()


@event(limit=25)
def leader_vanishes(cluster, load):
    """Nobody is told: no reset, no refusal, nothing."""
    old = cluster.leader()
    old.cut('inner', 'outer')
    changed_hands(cluster, old)
    load.flows()
    old.mend('inner', 'outer')


@event(limit=25)
def leader_cut_off(cluster, load):
    """From its peers; clients still reach it."""
    old = cluster.leader()
    old.cut('inner')
    changed_hands(cluster, old)
    load.flows()
    old.mend('inner')


@event(limit=25)
def leader_cut_off_crashes(cluster, load):
    """A PostgreSQL that recovers shows what no standby has; a key that is
    used again there must not be answered from it."""
    old = cluster.leader()
    old.cut('inner')
    time.sleep(0.3)
    old.kill(*old.backends()[:1])
    changed_hands(cluster, old)
    load.flows()
    old.mend('inner')


@event(limit=25)
def standby_killed(cluster, load):
    """The machine of the one that the leader waits for."""
    one = cluster.synchronous()
    one.kill_all()
    load.flows()
    one.start_etcd()
    one.start_patroni()


@event(limit=25)
def standby_vanishes(cluster, load):
    one = cluster.synchronous()
    one.cut('inner', 'outer')
    load.flows(5)
    one.mend('inner', 'outer')


@event(limit=3)
def etcd_killed(cluster, load):
    """The one beside the leader."""
    one = cluster.leader()
    one.kill(one.etcd.pid)
    time.sleep(10)
    one.start_etcd()


def tell_what_one_copy_answers(load, seconds):
    """Once what was under way is over."""
    time.sleep(2)
    before = load.done
    time.sleep(seconds)
    load.told['answered with one copy'] = load.done - before


@event()
def both_standbys_killed(cluster, load):
    """Strictly synchronous: nothing is answered until one is back."""
    others = cluster.others(cluster.leader())
    for one in others:
        one.kill_database()
    tell_what_one_copy_answers(load, 8)
    for one in others:
        one.start_patroni()


@event()
def two_machines_killed(cluster, load):
    """Nobody may lead, and nothing is answered, until one of them is back."""
    gone = [cluster.synchronous(), cluster.leader()]
    for one in gone:
        one.kill_all()
    tell_what_one_copy_answers(load, 20)
    for one in gone:
        one.start_etcd()
        one.start_patroni()
        load.flows()


class HefboomServer(Server):
    secret = secrets.token_bytes(32)


class Pair:
    """Two servers and what stands before them, as the oracle's server."""

    def __init__(self, cluster):
        path = cluster.folder / 'secret'
        path.write_bytes(HefboomServer.secret)
        self.cluster, self.port = cluster, free_port()
        self.servers = [HefboomServer(
            HEFBOOM_DATABASE_URL=cluster.url('hefboom'),
            HEFBOOM_OWNER_URL=cluster.url('hefboom_owner'),
            HEFBOOM_DATABASE_TLS='on' if cluster.scheme == 'https' else 'off',
            HEFBOOM_SECRET_FILE=path, HEFBOOM_WORKERS=2) for _ in range(2)]
        self.token = self.servers[0].token
        self.command = self.servers[0].command
        self.connect = cluster.connect

    def __enter__(self):
        for server in self.servers:
            server.start()
        self.front = program(
            needs('haproxy')[0], '-db', '-f', ROOT / 'docker/haproxy.cfg',
            port=self.port, HEFBOOM_FRONT=f'127.0.0.1:{self.port}',
            HEFBOOM_ONE=f'127.0.0.1:{self.servers[0].port}',
            HEFBOOM_TWO=f'127.0.0.1:{self.servers[1].port}')
        self.front.__enter__()
        time.sleep(1.5)
        return self

    def __exit__(self, *_):
        self.front.__exit__(None, None, None)
        self.wrong = [fault for server in self.servers
                      for fault in server.stop()]


class Paced(Writer):
    """Leaves the machine some room, and stops while it is told to."""

    def write_one(self):
        if not self.oracle.gate.is_set():
            self.resting.set()
            self.oracle.gate.wait()
            self.resting.clear()
        super().write_one()
        time.sleep(PACE_S)


class Load(Oracle):
    """The oracle's writers, and who breaks things meanwhile."""

    def __init__(self, pair, cluster, threads, seed):
        super().__init__(pair, Database(pair.connect()), 100000, 0,
                         threads, seed)
        self.cluster, self.answers = cluster, []
        self.gate, self.told = threading.Event(), {}
        self.writers = [Paced(self, n) for n in range(threads)]
        for writer in self.writers:
            writer.resting = threading.Event()
        self.gate.set()

    def answered(self):
        with self.lock:
            self.done += 1
            self.answers.append(time.monotonic())

    def flows(self, count=100):
        """Until so many more were answered."""
        goal = self.done + count
        eventually(lambda: self.done >= goal, 90, 'answers')

    def gap(self, since):
        with self.lock:
            times = list(self.answers)
        times = [since, *(now for now in times if now >= since)]
        return max(after - before for before, after in zip(times, times[1:]))

    def judged(self):
        """Faults, with all writers at rest."""
        self.gate.clear()
        for writer in self.writers:
            assert writer.resting.wait(150), 'a writer does not end'
        faults = [fault for writer in self.writers for fault in writer.faults]
        for writer in self.writers:
            writer.faults = []
        faults += self.replay_some()
        for writer in self.writers:
            writer.faults, writer.replayable = [], []
        self.stage.db = Database(self.server.connect())
        faults += judge([self.taken, *(write for writer in self.writers
                                       for write in writer.writes)],
                        self.stage.rows(), self.stage.events())
        self.stage.db.close()
        self.gate.set()
        return faults

    def begin(self):
        status, _, body = self.writers[0].connection.ask(
            self.writers[0].request('POST', '/scim/v2/Users', None, {
                'schemas': ['urn:ietf:params:scim:schemas:core:2.0:User'],
                'userName': 'taken', 'active': True}))
        assert status == 201, body
        self.taken = Write('user', 'taken', 'done', json.loads(body)['id'])
        for writer in self.writers:
            writer.start()
        self.flows()

    def end(self):
        self.killing, self.writes = False, 0
        for writer in self.writers:
            writer.join()

    def during(self, name):
        """What came of one event."""
        self.flows()
        leader = self.cluster.leader()
        self.told, begun, done = {}, time.monotonic(), self.done
        EVENTS[name](self.cluster, self)
        self.flows()
        self.cluster.wait_whole()
        self.flows()
        gap = self.gap(begun)
        took = time.monotonic() - begun
        faults = self.judged()
        return {'event': name, 'gap': round(gap, 2), 'took': round(took, 1),
                'leader': f'{leader.name} {self.cluster.leader().name}',
                'answered': self.done - done, 'load': os.getloadavg()[0],
                'faults': len(faults), 'first': faults[:3], **self.told}


def run(events, threads=12, seed=None, tell=print, tls=False, **changed):
    """[what came of each event], counts, what the servers' logs say."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='hb-ha-', dir='/tmp'))
    seed = seed if seed is not None else random.randrange(1 << 32)
    kind = TlsCluster if tls else Cluster
    results, cluster = [], kind(folder, **changed)
    try:
        cluster.start()
        with Pair(cluster) as pair:
            load = Load(pair, cluster, threads, seed)
            load.begin()
            try:
                for name in events:
                    results.append(load.during(name))
                    tell(json.dumps(results[-1]))
                strangers = let_in(cluster) if tls else []
            except BaseException:
                print(cluster.tail(), file=sys.stderr)
                raise
            finally:
                load.aborted = True
                load.gate.set()
                load.end()
        counts = sum((writer.counts for writer in load.writers),
                     collections.Counter())
        return results, {'seed': seed, **counts}, pair.wrong + strangers
    finally:
        if os.environ.get('HA_KEEP'):
            shutil.copytree(folder, os.environ['HA_KEEP'], dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns('n?'))
        cluster.stop()
        shutil.rmtree(folder)


def main():
    words = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    words.add_argument('events', nargs='*', help=', '.join(EVENTS))
    words.add_argument('--times', type=int, default=1, help='each of them')
    words.add_argument('--threads', type=int, default=12)
    words.add_argument('--seed', type=int)
    words.add_argument('--asynchronous', action='store_true',
                       help='break it: a write is answered with one copy')
    words.add_argument('--restart-after-crash', action='store_true',
                       help='break it: what no standby has is shown')
    words.add_argument('--etcd3', action='store_true',
                       help="break it: Patroni's other way to use etcd")
    words.add_argument('--tls', action='store_true',
                       help='between machines, with docker/patroni_tls.yml')
    words.add_argument('--set', action='append', default=[], metavar='ttl=30',
                       help="a setting of docker/patroni.yml's dcs")
    words = words.parse_args()
    changed = {'store': 'etcd3' if words.etcd3 else 'etcd'}
    if words.asynchronous:
        changed.update(synchronous_mode=False, synchronous_mode_strict=False)
    if words.restart_after_crash:
        changed['restart_after_crash'] = True
    for setting in words.set:
        name, value = setting.split('=')
        changed[name] = int(value)
    os.environ.setdefault('HEFBOOM_BIN', str(ROOT / 'build' / 'hefboom'))
    names = [name for name in words.events or EVENTS
             for _ in range(words.times)]
    results, counts, wrong = run(
        names, words.threads, words.seed,
        lambda text: print(text, flush=True), words.tls, **changed)
    print(json.dumps(counts))
    for fault in wrong:
        print(fault)
    lost = sum(result['faults'] for result in results)
    print(f'{lost} faults')
    return 1 if lost or wrong else 0


if __name__ == '__main__':
    sys.exit(main())
