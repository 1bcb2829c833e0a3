"""handover -- a load of clients, and a server changing hands under it.

load    tests/faults/handover_load.c, beside the program under test
Binary  the program's file, which an upgrade replaces
"""

import collections
import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import time

from .running import Server, binary
from .waiting import eventually

PIDFD_GETFD = 438
LIBC = ctypes.CDLL(None, use_errno=True)
Failure = collections.namedtuple('Failure', 'kind address why ms')


class Load:
    """Clients from now on, many of whom have been answered when it is made;
    stop() says what they saw."""

    def __init__(self, server, rate, kept, org='demo', person='els'):
        self.server = server
        self.out = server.data / f'load-{time.monotonic_ns()}'
        user = server.connect()
        with user.cursor() as cursor:
            cursor.execute('select p.id::text from person p'
                           ' join organisation o on o.id = p.org_id'
                           ' where o.name = %s and p.active limit 3', [org])
            people = [row[0] for row in cursor.fetchall()]
        user.close()
        # One in four asks the database.
        words = 3 * len(people) * ['/healthz', 'alive']
        for one in people:
            words += [f'/v1/people/{one}', one]
        self.child = subprocess.Popen(
            [binary().parent / 'handover_load', server.host, str(server.port),
             str(rate), str(kept), '3600', *words],
            env={'TOKEN': server.token(org, person), 'ASAN_OPTIONS':
                 os.environ.get('ASAN_OPTIONS', '')},
            stdout=open(self.out, 'w'))
        wait_for(lambda: 'begun\n' in self.out.read_text())

    def stop(self):
        """(failures, {new, kept, failed, behind, ms, slowest_ms})"""
        self.child.terminate()
        self.child.wait(60)
        failures, seen = [], {}
        for line in self.out.read_text().splitlines():
            words = line.split()
            if words[0] == 'failed':
                failures.append(Failure(*words[1:]))
            elif words[0] == 'done':
                seen = dict(zip(words[1::2], map(int, words[2::2])))
        assert seen, 'the clients ended badly'
        return failures, seen


class Binary:
    """Files of its own that a server is started from."""

    def __init__(self):
        self.real = binary()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='hb-', dir='/tmp'))
        self.path = self.folder / 'hefboom'
        self.settings = self.folder / 'settings'
        self.replace()
        load = self.real.parent / 'handover_load'
        (self.folder / 'handover_load').symlink_to(load)

    def put(self, make):
        """As packages do it: beside it, then moved over it."""
        draft = self.folder / 'draft'
        make(draft)
        draft.chmod(0o755)
        draft.rename(self.path)

    def replace(self):
        self.put(lambda draft: shutil.copy(self.real, draft))

    def script(self, text):
        """A program that does `text` first, and then is the real one."""
        self.put(lambda draft: draft.write_text(
            f'#!/bin/sh\n{text}\nexec {self.real} "$@"\n'))

    def remove(self):
        shutil.rmtree(self.folder)


def serving(server):
    return server.named('hefboom-worker') | server.named('hefboom-jobs')


def wait_for(what, seconds=60):
    return eventually(what, seconds, step=0.01)


def hand_over(server, number, event='reloaded'):
    """A signal, and how long it took until everybody is somebody else."""
    before = serving(server)
    seen = server.log().count(f'"{event}"')
    begun = time.monotonic()
    server.child.send_signal(number)
    wait_for(lambda: server.log().count(f'"{event}"') > seen)
    if event == 'reloaded':
        assert not before & serving(server)
    return time.monotonic() - begun


def sockets(pid):
    """Those of another process, each until the next one."""
    process = os.pidfd_open(pid)
    for number in os.listdir(f'/proc/{pid}/fd'):
        copy = LIBC.syscall(PIDFD_GETFD, process, int(number), 0)
        if copy < 0 or not stat.S_ISSOCK(os.fstat(copy).st_mode):
            if copy >= 0:
                os.close(copy)
            continue
        with socket.socket(fileno=copy) as one:
            if one.family == socket.AF_INET:
                yield one
    os.close(process)


def ends(pid):
    """
    (addresses of the clients whom a process has accepted, how many wait at
    its doors).  By its own descriptors: the system's table of connections
    takes seconds to read when there are many.
    """
    accepted, waiting = set(), 0
    for one in sockets(pid):
        if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            # tcpi_unacked: of a listener, those who wait.
            waiting += struct.unpack_from('I', one.getsockopt(
                socket.IPPROTO_TCP, socket.TCP_INFO, 104), 24)[0]
            continue
        with contextlib.suppress(OSError):
            accepted.add('%s:%d' % one.getpeername())
    return accepted, waiting


def crash(server, seconds=0.3):
    """
    Stops a worker, lets clients come, and kills it: the addresses of whom it
    had accepted, and how many waited at its door.  Clients take their time to
    come where the machine is busy.
    """
    pid = sorted(server.named('hefboom-worker'))[0]
    server.crashes_declared += 1
    os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for _ in range(10):
        accepted, waiting = ends(pid)
        if waiting > 5:
            break
        time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: pid not in serving(server)
             and len(server.named('hefboom-worker')) == 2)
    return accepted, waiting


def server_with_people(org='other', **settings):
    server = Server(**settings)
    server.start()
    server.command('org', 'create', org)
    server.command('import', 'people', pathlib.Path(__file__).parents[1]
                   / 'other-people.csv', '--org', org)
    return server
