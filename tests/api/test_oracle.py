"""What was answered against what is there, while everything is killed.

The short version of tests/faults/test_oracle.py: twenty kills of each kind
and 20,000 acknowledged writes; HEFBOOM_ORACLE="3000 3" asks for less.  The
first tests show that the oracle sees each kind of fault.

Mutations: the reply leaves at the last statement's result instead of at the
Sync (src/pipe.c); keys ignored (src/negotiate.c); the reply to the
next of its kind in the pipe (src/pipe.c): each is found here.
"""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'faults'))

from oracle import (KINDS, VICTIMS, Write,  # noqa: E402
                    everything_is_killed, judge)

WRITES, KILLS = map(int, os.environ.get('HEFBOOM_ORACLE', '20000 20').split())


def judged(writes, goals, events=None):
    nothing = {kind: [] for kind in KINDS}
    if events is None:
        events = [identity for _, identity in goals]
    return judge([Write('goal', *write) for write in writes],
                 {**nothing, 'goal': goals}, {**nothing, 'goal': events})


def test_it_is_content():
    assert judged([('a', 'done', '1'), ('b', 'refused', None),
                   ('c', 'unknown', None), ('d', 'unknown', None),
                   ('e', 'once', None)],
                  [('a', '1'), ('d', '4'), ('e', '5')]) == []


@pytest.mark.parametrize('said, writes, goals, events', [
    ('there is none', [('a', 'done', '1')], [], None),
    ('there is', [('a', 'done', '1')], [('a', '2')], None),
    ('2 times', [('a', 'done', '1')], [('a', '1'), ('a', '2')], None),
    ('2 times', [('a', 'unknown', None)], [('a', '1'), ('a', '2')], None),
    ('refused, and is there', [('a', 'refused', None)], [('a', '1')], None),
    ('nobody wrote it', [], [('a', '1')], None),
    ('is not', [('a', 'once', None)], [], None),
    ('0 events', [('a', 'done', '1')], [('a', '1')], []),
    ('2 events', [('a', 'done', '1')], [('a', '1')], ['1', '1']),
    ('0 rows', [('a', 'refused', None)], [], ['1']),
])
def test_it_sees(said, writes, goals, events):
    wrong = judged(writes, goals, events)
    assert wrong and said in wrong[0], wrong


def test_everything_is_killed():
    faults, wrong, counts = everything_is_killed(WRITES, KILLS)
    assert faults == [], (counts, len(faults), faults[:20])
    assert wrong == []
    assert counts['done'] >= WRITES
    assert counts['killed'] == dict.fromkeys(VICTIMS, KILLS)
    for outcome in ('refused', 'reads', 'replays'):
        assert counts[outcome] > WRITES / 100, counts
