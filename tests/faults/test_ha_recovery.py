"""A cluster of Patroni goes back to a point in time as docs/operations.md says,
after its leader's machine was lost, and is whole again.

Mutations of the page: no `recovery_target_time` (what came after is there);
`archive_mode=on` (what the lost leader did not archive is missing, and the
moment is not reached); `ha-forget` left out; each fails here.  A wait that ends
with `recovery.signal`, before PostgreSQL is in production, does in one of five
runs: what came after is there.
"""

import pathlib

import pytest

from cluster import needs
from test_ha import in_spaces

pytestmark = [
    pytest.mark.long,
    *(needs(name)[1] for name in ('etcd', 'patroni', 'ip')),
    pytest.mark.skipif(
        not pathlib.Path('/usr/lib/postgresql/15/bin').exists(),
        reason='PostgreSQL 15 is not where Debian puts it')]


@pytest.mark.parametrize('more', ((), ('--tls',)))
def test_back_to_a_moment(root, more):
    done = in_spaces(root, 'ha_recovery.py', *more, seconds=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
