"""orphans -- what a supervisor that was killed leaves behind has a parent.

Inside `with buried():` that is us, and we bury at once, as an init does.  A
container's first process may take seconds for it, and PostgreSQL takes a
postmaster that nobody buried for one that lives.
"""

import contextlib
import ctypes
import os
import pathlib
import threading

PR_SET_CHILD_SUBREAPER = 36
NAMES = ('postgres', 'hefboom-worker', 'hefboom-jobs')


def set_subreaper(on):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), 'PR_SET_CHILD_SUBREAPER')


def orphans():
    """By name: our own children are supervisors and commands."""
    for task in pathlib.Path('/proc/self/task').iterdir():
        with contextlib.suppress(OSError):
            for pid in (task / 'children').read_text().split():
                with contextlib.suppress(OSError):
                    name = pathlib.Path(f'/proc/{pid}/comm').read_text()
                    if name.strip() in NAMES:
                        yield int(pid)


def bury():
    for pid in orphans():
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


@contextlib.contextmanager
def buried():
    ended = threading.Event()

    def work():
        while not ended.wait(0.02):
            bury()
    thread = threading.Thread(target=work, daemon=True)
    set_subreaper(1)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        set_subreaper(0)
        bury()
