"""disk -- one that is small, and something to fill it with."""

import contextlib
import os
import subprocess

import pytest

as_root = pytest.mark.skipif(os.geteuid() != 0, reason='only root may mount')


@contextlib.contextmanager
def small_disk(folder, megabytes):
    subprocess.run(['mount', '-t', 'tmpfs', '-o',
                    f'size={megabytes}m,mode=0711', 'tmpfs', folder],
                   check=True)
    try:
        yield
    finally:
        subprocess.run(['umount', '-l', folder], check=True)


class Ballast:
    def __init__(self, folder):
        self.path = folder / 'ballast'

    def fill(self):
        with contextlib.suppress(OSError), open(self.path, 'ab') as file:
            while True:
                file.write(b'\0' * 65536)
                file.flush()

    def drop(self):
        self.path.unlink()
