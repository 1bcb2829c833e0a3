"""10,000 slow connections of five kinds, and a good client among them.

The numbers, and how to run it alone, are in RESULTS.md; the short version is
tests/api/test_slow_clients.py, which names the mutations.  SLOW_COUNT asks
for fewer, SLOW_P99_MS allows for a machine that is busy.
"""

import os
import time

import pytest

from harness.handover import server_with_people
from harness.load import (Asking, Slow, check_closed, check_good, memory,
                          release)

pytestmark = pytest.mark.long

COUNT = int(os.environ.get('SLOW_COUNT', '10000'))
P99_MS = int(os.environ.get('SLOW_P99_MS', '50'))


@pytest.fixture(scope='module')
def own(root):
    with release(root):
        server = server_with_people()
        yield server
        assert server.stop() == []


def test_ten_thousand(own):
    point = ['/v1/me', '/readyz']
    token = own.token('other')
    alone = Asking(own, 10, 'rate', 200, point, 30, token).result()
    slow = Slow(own, COUNT, 45, 2000)
    # Those at the door have been let in.
    time.sleep(2)
    good = Asking(own, 35, 'rate', 200, point, 30, token).result()
    workers = sorted(own.named('hefboom-worker'))
    print(f'load average {os.getloadavg()[0]:.1f}')
    for what, one in (('alone', alone), (f'among {COUNT}', good)):
        print(what, one)
    print('a worker, MB now and at the most:',
          [memory(pid) for pid in workers])
    found = slow.result()
    for kind, one in found.items():
        print(kind, one)
    print('afterwards:', [memory(pid) for pid in workers])
    check_closed(found)
    check_good(good, P99_MS)
    assert all(memory(pid)[1] < 96 for pid in workers)
