"""names -- a name server of our own that takes its time, and a place where
programs ask nobody else."""

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import threading
import time

import pytest

NAME = 'pg.hefboom.test'
ADDRESS = '127.11.53.53'    # its own, so that port 53 is free


def may_have_its_own_names():
    """None, or why not."""
    if os.geteuid() != 0 or not shutil.which('unshare'):
        return 'only root may give programs another /etc/resolv.conf'
    tried = subprocess.run(['unshare', '-m', 'true'], capture_output=True)
    return None if tried.returncode == 0 else 'no mount namespaces here'


needs_names = pytest.mark.skipif(may_have_its_own_names() is not None,
                                 reason=str(may_have_its_own_names()))


class Names:
    """UDP, IPv4 addresses of NAME; `delay` seconds, or None: no answer."""

    def __init__(self, folder):
        self.folder, self.addresses, self.delay = folder, ['127.0.0.1'], 0
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ADDRESS, 53))
        self.socket.settimeout(0.2)
        self.closing = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.thread.join()
        self.socket.close()

    def serve(self):
        while not self.closing.is_set():
            try:
                question, client = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            self.asked += 1
            if self.delay is not None:
                threading.Timer(self.delay, self.answer,
                                [question, client]).start()

    def answer(self, question, client):
        end = question.index(b'\0', 12)
        labels, at = [], 12
        while at < end:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind = struct.unpack('>H', question[end + 1:end + 3])[0]
        known = '.'.join(labels).lower() == NAME
        found = self.addresses if known and kind == 1 else []
        # RFC 1035, 4.1: a response, authoritative, of no or one question.
        head = question[:2] + struct.pack(
            '>HHHHH', 0x8580 | (0 if known else 3), 1, len(found), 0, 0)
        body = b''.join(b'\xc0\x0c' + struct.pack('>HHIH', 1, 1, 0, 4)
                        + socket.inet_aton(one) for one in found)
        with contextlib.suppress(OSError):
            self.socket.sendto(head + question[12:end + 5] + body, client)

    @property
    def wrapper(self):
        """Words before a program's: it asks this server for names."""
        path = self.folder / 'resolv.conf'
        path.write_text(f'nameserver {ADDRESS}\n'
                        'options timeout:5 attempts:2\n')
        return ('unshare', '-m', 'sh', '-c',
                f'mount --bind {path} /etc/resolv.conf && exec "$@"', 'sh')


def longest(ask, seconds):
    """The slowest of calls one after the other, for so long."""
    slowest, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.monotonic()
        ask()
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(0.01)
    return slowest
