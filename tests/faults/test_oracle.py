"""The oracle at length: 300 kills of each kind, a million writes.

HEFBOOM_ORACLE="20000 20" asks for less; RESULTS.md has what was seen.
"""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from oracle import everything_is_killed  # noqa: E402

pytestmark = pytest.mark.long

WRITES, KILLS = map(int, os.environ.get('HEFBOOM_ORACLE',
                                        '1000000 300').split())


def test_everything_is_killed(root, monkeypatch):
    if 'asan' in os.environ.get('HEFBOOM_BIN', 'asan'):
        monkeypatch.setenv('HEFBOOM_BIN', str(root / 'build' / 'hefboom'))
    faults, wrong, counts = everything_is_killed(WRITES, KILLS)
    assert faults == [], (counts, len(faults), faults[:20])
    assert wrong == []
    assert counts['done'] >= WRITES
