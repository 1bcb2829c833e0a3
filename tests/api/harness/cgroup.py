"""cgroup -- a bound on the memory of processes, where this machine allows it.

Version 1 and version 2 of the kernel's interface.
"""

import contextlib
import os
import pathlib

import pytest

ROOT = pathlib.Path('/sys/fs/cgroup')


def own_group(controller):
    """The folder of the group that this process is in."""
    for line in pathlib.Path('/proc/self/cgroup').read_text().splitlines():
        _, names, path = line.split(':', 2)
        if controller in names.split(','):
            return ROOT / (controller or '.') / path.lstrip('/')
    return None


class Memory:
    """What is started within inside() has no more than `limit` bytes."""

    def __init__(self, name, limit):
        self.first = (ROOT / 'memory').is_dir()
        self.home = own_group('memory' if self.first else '')
        parent = ROOT / 'memory' if self.first else ROOT
        self.folder = parent / f'{name}-{os.getpid()}'
        names = ('memory.limit_in_bytes',) if self.first else (
            'memory.max', 'memory.swap.max')
        try:
            self.folder.mkdir()
            (self.folder / names[0]).write_text(str(limit))
            for other in names[1:]:
                (self.folder / other).write_text('0')
        except OSError as error:
            with contextlib.suppress(OSError):
                self.folder.rmdir()
            pytest.skip(f'no group with a limit can be made here: {error}')

    def _move(self, folder):
        (folder / 'cgroup.procs').write_text(str(os.getpid()))

    @contextlib.contextmanager
    def inside(self):
        self._move(self.folder)
        try:
            yield
        finally:
            self._move(self.home)

    def members(self):
        return {int(pid) for pid in
                (self.folder / 'cgroup.procs').read_text().split()}

    def peak(self):
        """The most that was used, in MB, buffers of sockets and of the
        kernel included as it counts them."""
        name = 'memory.max_usage_in_bytes' if self.first else 'memory.peak'
        return int((self.folder / name).read_text()) / (1 << 20)

    def kills(self):
        name = 'memory.oom_control' if self.first else 'memory.events'
        words = (self.folder / name).read_text().split()
        return int(dict(zip(words[::2], words[1::2]))['oom_kill'])

    def remove(self):
        self.folder.rmdir()
