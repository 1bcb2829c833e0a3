"""What clients hear while PostgreSQL is away, slow or full of trouble.
"""
import pathlib
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'faults'))

from faulted import LOOSE, faulty, outage  # noqa: E402


@pytest.fixture(scope='module')
def one(server):
    with faulty(server) as one:
        yield one


@pytest.mark.parametrize('mode, seconds', [
    ('refuse', 12), ('cut', 5), ('stall', 5), ('forget', 6)])
def test_gone_and_back(one, db, mode, seconds):
    found = outage(one, mode, seconds, LOOSE, db)
    print(found)
