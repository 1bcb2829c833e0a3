"""Patroni with etcd on three machines, in synchronous mode, under the oracle:
ten switchovers, and everything that ha.py can break.  What was answered is
there; the gaps are those of RESULTS.md, on a machine with time for it.

Mutations, each of which loses answered writes and is found here:
--asynchronous with leader_cut_off (1,560 faults); --etcd3 with leader_cut_off
(723: a leader that comes back takes the key from its successor);
--restart-after-crash with leader_cut_off_crashes and read_key without its lock
(1: PostgreSQL shows, and a replay answers, what no standby has).  A pool that
always tries the first host first: leader_vanishes, no answer in 90 s.

With certificates, each let in who should not be: `hostssl` made `host`;
`clientcert`, `verify_client` left out; etcd without its trusted authority; both
files of Patroni in the other order (patroni-tls.yml).

HEFBOOM_HA="leader_cut_off switchover" asks for those events alone.
"""

import json
import os
import pathlib
import subprocess

import pytest

from cluster import needs
from ha import EVENTS
from ha_cluster import SPACES, may_have_spaces

ALL = 10 * ['switchover'] + [one for one in EVENTS if one != 'switchover']
ORDER = os.environ.get('HEFBOOM_HA', ' '.join(ALL)).split()
# The machine that tests share with others is no measure of a gap.
PATIENCE = 4


pytestmark = [
    pytest.mark.long,
    *(needs(name)[1] for name in ('etcd', 'patroni', 'haproxy', 'ip')),
    pytest.mark.skipif(
        not pathlib.Path('/usr/lib/postgresql/15/bin').exists(),
        reason='PostgreSQL 15 is not where Debian puts it')]


def in_spaces(root, script, *words, seconds):
    """What a script of ours did in namespaces of its own, by the release."""
    if not may_have_spaces():
        pytest.skip('no namespaces of our own, or no bridge in them')
    env = dict(os.environ)
    if 'asan' in env.get('HEFBOOM_BIN', 'asan'):
        env['HEFBOOM_BIN'] = str(root / 'build' / 'hefboom')
    done = subprocess.run(
        [*SPACES, root / 'tests/faults' / script, *words], env=env,
        capture_output=True, text=True, timeout=seconds)
    print(done.stdout)
    return done


def run(root, *words, events):
    done = in_spaces(root, 'ha.py', *words, *events,
                     seconds=200 + 120 * len(events))
    assert done.returncode == 0, (done.stdout[-3000:], done.stderr[-3000:])
    found = [json.loads(line) for line in done.stdout.splitlines()
             if line.startswith('{"event"')]
    assert [one['event'] for one in found] == list(events)
    assert not [one for one in found if one['faults']]
    slow = [one for one in found if EVENTS[one['event']].limit
            and one['gap'] > EVENTS[one['event']].limit * PATIENCE]
    assert slow == []
    return found


def test_nothing_is_lost(root):
    found = run(root, events=ORDER)
    assert not [one for one in found if one.get('answered with one copy')]


def test_with_certificates(root):
    """Between machines and to Hefboom, and nobody gets in without one."""
    run(root, '--tls', events=('switchover', 'leader_machine_killed'))
