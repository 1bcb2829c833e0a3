"""cluster -- other people's programs."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import time

import pytest


def needs(name):
    """Debian keeps daemons out of a plain user's PATH."""
    path = shutil.which(name, path='/usr/sbin:' + os.environ['PATH'])
    return path, pytest.mark.skipif(
        path is None,
        reason=f'{name} is not installed; ./dev test --long installs it')


@contextlib.contextmanager
def program(*words, port, user=None, **env):
    """Runs until the block ends; serves when the block begins."""
    child = subprocess.Popen(
        [str(word) for word in words], env={**os.environ, **env},
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        user=user)
    try:
        deadline = time.monotonic() + 10
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(('127.0.0.1', port)) == 0:
                    break
            assert child.poll() is None, child.stderr.read()
            assert time.monotonic() < deadline, f'{words[0]} does not listen'
            time.sleep(0.02)
        yield child
    finally:
        child.terminate()
        child.wait(10)


def unprivileged():
    """Whom a daemon that refuses root may run as."""
    return pwd.getpwnam('postgres').pw_name if os.geteuid() == 0 else None
