"""The n-th allocation, system call or word of libpq's fails: every n.

The numbers, and how to run it alone, are in RESULTS.md; the short version is
tests/api/test_nth_failure.py, which names the mutations.
"""

import time

import pytest

from harness.database import Database
from harness.nth import KINDS, Faulty
from harness.nth_drive import Trial
from harness.nth_routes import ROUTES

pytestmark = pytest.mark.long
# A document of many parts: every n of them is the same line of code.
MOST = 300


@pytest.fixture(scope='module')
def trial():
    server = Faulty()
    database = None
    try:
        server.start()
        server.command('demo', 'load')
        database = Database(server.connect())
        yield Trial(server, database, most=MOST)
    finally:
        if database is not None:
            database.close()
        # A file of /docs that cannot be read, a kept answer that cannot be
        # copied: those are faults of ours, and are logged.
        server.internal_declared = 1000
        wrong = server.stop()
    assert not wrong, '\n'.join(wrong)


def run(trial, what, go):
    before = trial.faults, trial.refused, trial.closed
    begin = time.monotonic()
    counts = go()
    faults, refused, closed = (now - then for now, then in zip(
        (trial.faults, trial.refused, trial.closed), before))
    print(f'\n| {what} | {counts.get("alloc", 0)} | '
          f'{sum(counts.values()) - counts.get("alloc", 0)} | {faults} | '
          f'{refused} | {closed} | {time.monotonic() - begin:.0f} s |')
    assert faults > 0


@pytest.mark.parametrize('name', ROUTES)
def test_route(trial, name):
    run(trial, name, lambda: trial.route(name, KINDS))


@pytest.mark.parametrize('name', ROUTES)
def test_a_while_without_memory(trial, name):
    trial.window = 25
    try:
        run(trial, f'{name}, 25 running',
            lambda: trial.route(name, ['alloc']))
    finally:
        trial.window = 1


def test_new_connections_to_postgresql(trial):
    run(trial, 'connecting', trial.connecting)


def test_jobs(trial):
    run(trial, 'jobs', trial.jobs)
