"""100 handovers at 2,000 new connections a second, and crashes under load.

The numbers, and how to run it alone, are in RESULTS.md; the short version is
tests/api/test_handover.py, which names the mutations.
"""

import collections
import os
import random
import signal
import time

import pytest

from harness.handover import (Binary, Load, crash, hand_over,
                              server_with_people)

pytestmark = pytest.mark.long

RATE = int(os.environ.get('HANDOVER_RATE', '2000'))
HANDOVERS = int(os.environ.get('HANDOVERS', '100'))
CRASHES = int(os.environ.get('HANDOVER_CRASHES', '20'))
# How long a worker is stopped before it is killed.
STOPPED_S = float(os.environ.get('HANDOVER_STOPPED', '2'))


@pytest.fixture(scope='module')
def file(root):
    """The release: the sanitizers' program does not serve 2,000 a second."""
    before = os.environ.get('HEFBOOM_BIN')
    release = root / 'build' / 'hefboom'
    if before is None or 'asan' in before:
        os.environ['HEFBOOM_BIN'] = str(release)
    file = Binary()
    os.environ['HEFBOOM_BIN'] = str(file.path)
    yield file
    os.environ.pop('HEFBOOM_BIN')
    if before is not None:
        os.environ['HEFBOOM_BIN'] = before
    file.remove()


@pytest.fixture(scope='module')
def own(file):
    server = server_with_people()
    yield server
    assert server.stop() == []


def tell(root, text):
    print(text)
    with open(root / 'build' / 'handover.txt', 'a') as out:
        out.write(text + '\n')


def kinds(failures):
    return ''.join(f'{count} failed: {why}; ' for why, count in
                   collections.Counter(one.why for one in failures).items())


def test_handovers(own, file, root):
    clients = Load(own, RATE, 40, 'other')
    time.sleep(1)
    took = []
    orders = [signal.SIGHUP, signal.SIGUSR2] * (HANDOVERS // 2)
    random.shuffle(orders)
    for number in orders:
        if number == signal.SIGUSR2:
            file.replace()
        took.append(hand_over(own, number))
    failures, seen = clients.stop()
    tell(root, f'{kinds(failures)}{len(orders)} handovers, {sum(took) / len(took):.2f} s each,'
         f' {seen}')
    assert failures == []
    assert seen['behind'] == 0
    assert seen['new'] > 0.95 * RATE * seen['ms'] / 1000


def test_crashes(own, root):
    """Only who had been accepted by the worker that was killed fails; who
    waited at its door is served by the next, and nobody is told 503 for it.
    """
    clients = Load(own, RATE, 40, 'other')
    time.sleep(1)
    accepted, waited = set(), 0
    for _ in range(CRASHES):
        some, waiting = crash(own, STOPPED_S)
        accepted |= some
        waited += waiting
        # Who lived for less than ten seconds is started later each time.
        time.sleep(10.5)
    failures, seen = clients.stop()
    strangers = [one for one in failures if one.address not in accepted]
    tell(root, f'{CRASHES} crashes: {len(accepted)} accepted, {len(failures)}'
         f' failed, {len(strangers)} strangers among them,'
         f' {kinds(failures)}{waited} waited at the door, {seen}')
    assert strangers == []
    assert waited > CRASHES
