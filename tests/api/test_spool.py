"""Large bodies on their way into a file, on the front alone.

Mutations: not to open the file (memory grows), not to close it (descriptors
stay), to forget what is behind the body, to count wrong (the room is never
given back), to write before the disk has the blocks (a full one kills).
"""

import hashlib
import os
import pathlib
import subprocess
import time

import pytest

from harness.waiting import eventually
from test_http_raw import HOST, NEXT, Front, Wire, front_echo

MIB = 1 << 20
SIZE = 40 * MIB
LONG = b'POST /spool HTTP/1.1\r\n' + HOST

pytestmark = pytest.mark.skipif(not front_echo(), reason='no front_echo')


def content(size):
    part = hashlib.sha512(b'spool').digest()
    return (part * (size // len(part) + 1))[:size]


def checksum(body):
    value = 5381
    for byte in body:
        value = (value * 33 + byte) & 0xffffffff
    return value


def anonymous(front):
    """What is the process's own, and not a file's."""
    text = pathlib.Path(f'/proc/{front.process.pid}/status').read_text()
    return int(text.split('RssAnon:')[1].split()[0]) << 10


def files(front):
    """How many have no name, and so are ours."""
    folder = pathlib.Path(f'/proc/{front.process.pid}/fd')
    return sum(os.readlink(file).endswith(' (deleted)')
               for file in folder.iterdir())


def spooled(front):
    """Bytes in them."""
    folder = pathlib.Path(f'/proc/{front.process.pid}/fd')
    return sum(file.stat().st_size for file in folder.iterdir()
               if os.readlink(file).endswith(' (deleted)'))


def length(size):
    return LONG + b'Content-Length: %d\r\n\r\n' % size


def chunks(body, size=50000):
    for start in range(0, len(body), size):
        part = body[start:start + size]
        yield b'%x\r\n' % len(part) + part + b'\r\n'
    yield b'0\r\n\r\n'


@pytest.mark.parametrize('way', ['length', 'chunks'])
def test_large(way):
    body = content(SIZE)
    with Front(spool_ms=30000) as front, Wire(front) as wire:
        memory = anonymous(front)
        if way == 'length':
            wire.send(length(SIZE)).send(body[:-1])
            last = body[-1:]
        else:
            wire.send(LONG + b'Transfer-Encoding: chunked\r\n\r\n')
            *parts, last = chunks(body)
            for part in parts:
                wire.send(part)
        time.sleep(0.3)
        assert anonymous(front) - memory < 4 * MIB
        assert files(front) == 1
        wire.send(last + NEXT)
        answer = wire.reply().json()
        assert answer['body_length'] == SIZE
        assert answer['sum'] == checksum(body)
        assert wire.reply().json()['path'] == '/healthz'
        assert files(front) == 0
        assert anonymous(front) - memory < 4 * MIB


def test_too_large():
    with Front(spool_limit=MIB) as front, Wire(front) as wire:
        wire.send(length(MIB + 1))
        assert wire.reply().status == 413


def test_too_large_in_chunks():
    with Front(spool_limit=MIB) as front, Wire(front) as wire:
        wire.send(LONG + b'Transfer-Encoding: chunked\r\n\r\n')
        wire.send(b'100001\r\n' + b'x' * 100)
        assert wire.reply().status == 413


def test_all_files_have_a_limit():
    with Front(spool_max=3 * MIB, spool_ms=20000) as front:
        with Wire(front) as one, Wire(front) as other:
            one.send(length(10 * MIB)).send(content(2 * MIB - 4000))
            eventually(lambda: spooled(front) >= 2 * MIB - 4000)
            other.send(length(10 * MIB)).send(content(MIB - 4000))
            eventually(lambda: spooled(front) >= 3 * MIB - 8000)
            other.send(content(8000))
            assert other.reply().status == 503
        for _ in range(5):
            # The room of both is there again.
            with Wire(front) as wire:
                wire.send(length(2 * MIB)).send(content(2 * MIB))
                assert wire.reply().json()['body_length'] == 2 * MIB


def test_who_leaves_takes_the_file_along():
    with Front() as front:
        for _ in range(20):
            with Wire(front) as wire:
                wire.send(length(SIZE)).send(content(MIB))
        front.wait_alone()
        assert files(front) == 0


def test_its_own_deadline():
    with Front(spool_ms=4000, body_ms=300) as front, Wire(front) as wire:
        wire.send(length(1000)).send(b'x')
        time.sleep(1)
        wire.send(content(999))
        assert wire.reply().status == 200
        wire.send(length(1000)).send(b'x')
        assert wire.reply().status == 408


def test_no_folder():
    with Front(spool='/nowhere/at/all') as front, Wire(front) as wire:
        wire.send(length(1000))
        assert wire.reply().status == 503
        with Wire(front) as other:
            other.send(NEXT)
            assert other.reply().status == 200


def test_full_disk(tmp_path):
    mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=4m', 'x',
                              tmp_path], capture_output=True)
    if mounted.returncode:
        pytest.skip('cannot mount a small disk')
    try:
        with Front(spool=tmp_path, spool_ms=20000) as front:
            with Wire(front) as wire:
                wire.send(length(8 * MIB))
                wire.send(content(5 * MIB))
                assert wire.reply().status == 503
            with Wire(front) as wire:
                wire.send(length(3 * MIB)).send(content(3 * MIB))
                assert wire.reply().json()['body_length'] == 3 * MIB
    finally:
        subprocess.run(['umount', tmp_path], check=True)
