"""`hefboom ready`, which containers and scripts ask: 0 only when the server at
the address of HEFBOOM_LISTEN says 200 to /readyz.

Mutations: any status taken for ready; any reply taken for HTTP; no deadline:
each fails here.
"""

import contextlib
import socket
import subprocess
import threading
import time

import pytest

from harness.running import binary, environment, free_port


def ask(address):
    return subprocess.run([binary(), 'ready', '--listen', address], text=True,
                          env=environment(), capture_output=True, timeout=30)


@contextlib.contextmanager
def listener(reply):
    """Answers with `reply`; None: accepts, and says nothing."""
    with socket.create_server(('127.0.0.1', 0)) as door:
        over = threading.Event()

        def serve():
            link, _ = door.accept()
            with link:
                link.recv(4096)
                if reply is None:
                    over.wait(20)
                else:
                    link.sendall(reply)
        thread = threading.Thread(target=serve)
        thread.start()
        yield '127.0.0.1:%d' % door.getsockname()[1]
        over.set()
        thread.join()


@pytest.mark.parametrize('host', ['127.0.0.1', '0.0.0.0'])
def test_ready(server, host):
    result = ask(f'{host}:{server.port}')
    assert (result.returncode, result.stdout, result.stderr) == (0, '', '')


@pytest.mark.parametrize('reply, sentence', [
    (b'HTTP/1.1 503 Service Unavailable\r\n\r\n', 'is not ready: 503'),
    (b'HTTP/1.1 404 Not Found\r\n\r\n', 'is not ready: 404'),
    (b'SSH-2.0-OpenSSH 200 ', 'does not answer: Protocol error'),
    (b'HTTP/1.1 2', 'does not answer: Connection reset'),
    (b'', 'does not answer: Connection reset')])
def test_not_ready(reply, sentence):
    with listener(reply) as address:
        result = ask(address)
    assert result.returncode == 1 and result.stdout == ''
    assert result.stderr == f'hefboom: {address} {sentence}' + (
        ' by peer\n' if sentence.endswith('reset') else '\n')


def test_nobody():
    result = ask(f'127.0.0.1:{free_port()}')
    assert result.returncode == 1
    assert 'does not answer: Connection refused' in result.stderr


def test_somebody_who_says_nothing():
    begun = time.monotonic()
    with listener(None) as address:
        result = ask(address)
        assert time.monotonic() - begun < 10
    assert result.returncode == 1 and 'does not answer' in result.stderr


def test_no_address():
    """That is a wrong setting, not a server that does not answer."""
    result = ask('nowhere')
    assert result.returncode == 2
    assert 'listen must be an address and a port' in result.stderr
