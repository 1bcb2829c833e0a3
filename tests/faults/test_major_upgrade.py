"""A new major version of PostgreSQL as docs/operations.md has it, its commands
as they stand there, from 15 to 15 (Debian 12 has no other): a new cluster that
takes over by logical replication, and the embedded one by pg_upgrade.

Mutations: sequences not set; the settings of `alter system` not taken along;
the new cluster not moved into place: each fails here.
"""

import subprocess

import pytest

from harness.installation import BIN, Installation

pytestmark = pytest.mark.skipif(
    not BIN.exists(), reason='PostgreSQL 15 is not where Debian puts it')


@pytest.fixture
def installation():
    installation = Installation()
    try:
        installation.start()
        installation.create('first')
        yield installation
    finally:
        installation.close()


def test_to_a_new_cluster(installation):
    folder, port = installation.cluster('newer', 'listen_addresses=')
    newer = f'host={folder} port={port}'
    installation.sql('alter system set wal_level = logical')
    installation.stop()
    installation.start()
    where = installation.block('where', more='echo "$PGHOST"')
    new = f'{newer} user=postgres dbname=postgres'
    installation.more = {
        'OLD': f'host={where} user=hefboom_owner dbname=hefboom', 'NEW': new}
    installation.block('where', 'major-begin')
    installation.create('second')
    installation.sql("select setval(format('%I.%I', schemaname, sequencename),"
                     ' 41) from pg_sequences')
    before = installation.sql(
        'select sequencename, last_value from pg_sequences'
        ' where last_value is not null order by 1')
    assert before
    installation.block('where', 'major-end')
    installation.stop()
    installation.more = {
        f'HEFBOOM_{name}': f'{newer} user={user} dbname=hefboom'
        for name, user in (('DATABASE_URL', 'hefboom'),
                           ('OWNER_URL', 'hefboom_owner'))}
    installation.more['HEFBOOM_SECRET_FILE'] = installation.data / 'secret'
    after = installation.run(
        'psql', '-d', f'{new} dbname=hefboom', '-Atc',
        'select sequencename, last_value from pg_sequences'
        ' where last_value is not null order by 1')
    assert after == before
    installation.start()
    installation.create('third')
    assert installation.run(
        'psql', '-d', f'{new} dbname=hefboom', '-Atc',
        'select name from organisation order by name'
    ).split() == ['first', 'second', 'third']


def identity(installation):
    return installation.sql('select system_identifier from pg_control_system()')


@pytest.mark.parametrize('how', ('', '--link'))
def test_the_embedded_one(installation, how):
    """And back again, where nothing was linked."""
    installation.sql("alter system set archive_timeout = '5min'")
    old = identity(installation)
    installation.stop()
    installation.more = {'OLD_BIN': BIN, 'NEW_BIN': BIN, 'HOW': how,
                         'HEFBOOM_POSTGRES_BIN': BIN}
    installation.block('major-embedded')
    installation.start()
    installation.block('where', 'major-embedded-after')
    assert identity(installation) != old
    installation.create('second')
    assert installation.names() == ['first', 'second']
    assert installation.sql('show archive_timeout') == '5min'
    assert installation.sql('show data_checksums') == 'on'
    assert installation.sql("select count(*) > 0 from pg_stats"
                            " where tablename = 'organisation'") == 't'
    if not how:
        installation.stop()
        installation.block('major-embedded-back')
        installation.start()
        assert identity(installation) == old
        assert installation.names() == ['first']


def test_the_wrong_version(installation):
    """Says what is wrong, and does nothing to the folder."""
    installation.stop()
    version = installation.data / 'postgresql/PG_VERSION'
    version.write_text('14\n')
    said = subprocess.run(
        [installation.folder / 'hefboom', 'serve'], env=installation.env,
        user=installation.user, cwd=installation.folder, text=True,
        capture_output=True, timeout=60)
    assert said.returncode == 1
    assert 'incompatible with server' in said.stderr, said.stderr
    version.write_text('15\n')
    installation.start()
    assert installation.names() == ['first']
