"""nth -- the n-th allocation or system call of one process fails.

Preload   arms preload_nth (tests/faults/preload_nth.c) in a process
Faulty    a server under it, with one worker
exchange  raw requests on one connection; the replies that came back
"""

import contextlib
import errno
import json
import mmap
import os
import re
import socket
import struct
import tempfile
import time

import pytest

from .running import ROOT, Server, binary, free_port

# As in preload_nth.h; what each call fails with.
#
# libpq takes a send() that fails for the end of the connection, which the
# next recv() will tell; after ENOBUFS it never would.  Such a connection says
# nothing any more, and that is another test's business.
KINDS = {
    'alloc': ['ENOMEM'],
    'recv': ['EINTR', 'ECONNRESET', 'ENOMEM'],
    # libpq's.  Ours is the one below.
    'send': ['EINTR', 'EAGAIN', 'EPIPE', 'ECONNRESET'],
    'sendmsg': ['EINTR', 'ENOBUFS', 'EPIPE'],
    'read': ['EINTR', 'EIO'],
    'write': ['EINTR', 'ENOSPC', 'EIO'],
    'accept': ['EMFILE', 'ECONNABORTED', 'ENOMEM'],
    'socket': ['EMFILE', 'ENOBUFS'],
    'connect': ['EAGAIN', 'ECONNREFUSED'],
    'epoll_ctl': ['ENOMEM', 'ENOSPC'],
    'epoll_wait': ['EINTR'],
    'open': ['EMFILE', 'EIO'],
    'mmap': ['ENOMEM'],
    'random': ['EINTR'],
    'fallocate': ['ENOSPC', 'EINTR'],
    'poll': ['EINTR', 'ENOMEM'],
    'pq_send': ['ENOMEM'],
    'pq_result': ['ENOMEM'],
    'pq_copy': ['ENOMEM'],
}
LAYOUT = struct.Struct(f'=qqQQQQ{len(KINDS)}Qiii')
NONE = -1


def release():
    """The one without sanitizers: two who replace malloc do not mix."""
    path = ROOT / 'build' / 'hefboom'
    given = binary()
    for one in (given, path):
        if (one.parent / 'libpreload_nth.so').exists():
            return one
    pytest.skip('no build/libpreload_nth.so: ./dev build')


class Preload:
    def __init__(self):
        file, self.path = tempfile.mkstemp(prefix='hb-nth-', dir='/tmp')
        os.fchmod(file, 0o666)
        os.truncate(file, mmap.PAGESIZE)
        self.map = mmap.mmap(file, mmap.PAGESIZE)
        os.close(file)
        self._put(8 + 8 + 32 + 8 * len(KINDS), 'iii', 0, NONE, 0)

    def _put(self, at, form, *values):
        struct.pack_into('=' + form, self.map, at, *values)

    def _get(self):
        return LAYOUT.unpack_from(self.map)

    def close(self):
        self.map.close()
        os.unlink(self.path)

    def watch(self, pid):
        self.disarm()
        self._put(8 + 8 + 32 + 8 * len(KINDS), 'i', pid)

    def arm(self, kind, error, first, window=1):
        self._put(16, 'QQQQ', first, window, 0, 0)
        self._put(16 + 32 + 8 * len(KINDS) + 4, 'ii',
                  [*KINDS].index(kind), getattr(errno, error))

    def disarm(self):
        self._put(16 + 32 + 8 * len(KINDS) + 4, 'i', NONE)

    @property
    def failed(self):
        return self._get()[5]

    @property
    def live(self):
        """(blocks, bytes) more than when watch() was called."""
        return self._get()[:2]

    @property
    def calls(self):
        return dict(zip(KINDS, self._get()[6:6 + len(KINDS)]))


class Faulty(Server):
    def __init__(self, **settings):
        self.preload = Preload()
        program = release()
        self.metrics_port = free_port()
        super().__init__(
            LD_PRELOAD=program.parent / 'libpreload_nth.so',
            HEFBOOM_NTH=self.preload.path, HEFBOOM_WORKERS=1,
            HEFBOOM_METRICS_LISTEN=f'127.0.0.1:{self.metrics_port}',
            HEFBOOM_CORS_ORIGINS='https://app.example.org', **settings)
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv('HEFBOOM_BIN', str(program))

    def stop(self, keep_data=False):
        wrong = super().stop(keep_data)
        self.patch.undo()
        self.preload.close()
        return wrong

    def child_pid(self, name):
        """The pid of hefboom-NAME, or None."""
        return next(iter(self.named(f'hefboom-{name}')), None)


def descriptors(pid):
    return len(os.listdir(f'/proc/{pid}/fd'))


class Closed(Exception):
    pass


class Raw:
    """A reply as the client in client.py keeps it."""

    def __init__(self, status, headers, content):
        self.status, self.headers, self.content = status, headers, content

    def json(self):
        return json.loads(self.content)

    def __repr__(self):
        return f'<{self.status} {self.headers} {self.content[:300]!r}>'


def read_reply(wire, rest, head=False):
    while b'\r\n\r\n' not in rest:
        part = wire.recv(65536)
        if not part:
            raise Closed(bytes(rest))
        rest += part
    top, _, rest = rest.partition(b'\r\n\r\n')
    lines = top.decode('latin-1').split('\r\n')
    match = re.fullmatch(r'HTTP/1\.1 (\d{3}) .*', lines[0])
    assert match, lines
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(':')
        assert colon, lines
        headers[name.lower()] = value.strip()
    status = int(match[1])
    length = int(headers.get('content-length', 0))
    if head or status in (204, 304):
        length = 0
    while len(rest) < length:
        part = wire.recv(65536)
        if not part:
            raise Closed(top + rest)
        rest += part
    return Raw(status, headers, rest[:length]), rest[length:]


def exchange(server, messages, pipelined=False, port=None, timeout=30):
    """Sends each when the one before was answered, or all at once.  The
    replies; fewer than messages when the connection was closed."""
    replies, rest = [], b''
    with contextlib.suppress(ConnectionError, Closed), socket.create_connection(
            (server.host, port or server.port), timeout=timeout) as wire:
        if pipelined:
            wire.sendall(b''.join(messages))
        for message in messages:
            if not pipelined:
                wire.sendall(message)
            reply, rest = read_reply(wire, rest)
            replies.append(reply)
    return replies


def message(method, target, headers=None, body=None):
    lines = [f'{method} {target} HTTP/1.1', 'Host: localhost']
    lines += [f'{name}: {value}' for name, value in (headers or {}).items()]
    if body is not None:
        lines.append(f'Content-Length: {len(body)}')
    return '\r\n'.join(lines).encode() + b'\r\n\r\n' + (body or b'')


def settled(read, seconds=3):
    """What read() gives when it has not changed for 50 ms: of a process that
    has a processor to itself, what it comes to."""
    last, since = read(), time.monotonic()
    end = since + seconds
    while time.monotonic() < end and time.monotonic() - since < 0.05:
        time.sleep(0.01)
        now = read()
        if now != last:
            last, since = now, time.monotonic()
    return last


def settled_at_most(read, most, seconds=10):
    """The same, of numbers that have as long to come down to so much."""
    end = time.monotonic() + seconds
    while True:
        found = settled(read)
        if time.monotonic() > end or all(
                one <= limit for one, limit in zip(found, most)):
            return found


