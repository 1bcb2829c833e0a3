"""locks -- what takes as long as we like, without any CPU."""

import concurrent.futures
import contextlib
import os
import signal
import threading
import time

from .waiting import eventually


def who_waits_for(db, pid):
    """The backends that wait for what that one has locked."""
    return db.column('select pid from pg_stat_activity'
                     ' where %s = any(pg_blocking_pids(pid))', [pid])


def is_waited_for(db, connection):
    return bool(who_waits_for(db, connection.info.backend_pid))


def waited_for(db, connection, seconds=20):
    eventually(lambda: is_waited_for(db, connection), seconds,
               'nobody waits for the lock')


def held_up(server, db, org_id, work):
    """Runs an import that waits for a second after it began; since when it
    did not."""
    rival = server.connect()
    rival.autocommit = False
    with contextlib.closing(rival), concurrent.futures.ThreadPoolExecutor(
            1) as importing:
        rival.cursor().execute('select pg_advisory_xact_lock('
                               "hashtextextended('import ' || %s, 0))",
                               [org_id])
        done = importing.submit(work)
        waited_for(db, rival)
        time.sleep(1)
        since = db.one('select clock()')
        rival.commit()
        done.result()
    return since


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
