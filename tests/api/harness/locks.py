"""locks -- what takes as long as we like, without any CPU."""

import contextlib
import os
import signal
import threading
import time


@contextlib.contextmanager
def stopped(pid):
    """Somebody else has to do its work."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def locked(server, table='person'):
    """Who needs the table waits, by `person` everybody who is looked for."""
    lock = server.connect()
    lock.autocommit = False
    with contextlib.closing(lock):
        lock.cursor().execute(f'lock table {table} in access exclusive mode')
        yield
        lock.rollback()


class Held:
    """Nobody reads what the synchronisation was refused, but between two
    locks of `seconds` each.  Only get_sync_health reads it."""

    def __init__(self, server, seconds, between=0.02):
        self.seconds, self.between = seconds, between
        self.connection = server.connect()
        self.connection.autocommit = False
        self.over = threading.Event()
        self.first = threading.Event()
        self.thread = threading.Thread(target=self.hold)
        self.thread.start()
        assert self.first.wait(20)

    def hold(self):
        with self.connection.cursor() as cursor:
            while not self.over.is_set():
                # It waits as everybody does, and must not be given up.
                cursor.execute('set local lock_timeout = 0;'
                               ' lock table sync_refusal'
                               ' in access exclusive mode')
                self.first.set()
                self.over.wait(self.seconds)
                self.connection.commit()
                time.sleep(self.between)

    def end(self):
        self.over.set()
        self.thread.join()
        self.connection.close()
