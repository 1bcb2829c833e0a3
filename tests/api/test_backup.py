"""Backup and restore as docs/operations.md has them, its commands as they stand
there: of the embedded PostgreSQL by a dump and to a point in time, of an
external one by a dump, over TLS, with the roles that the page makes.

Mutations: pg_hba.conf without its line for replication; the secret left out;
no `recovery_target_time` (what came after is there too); `owner hefboom_owner`
left out of the external restore; a root certificate that signed nothing; a wait
that does not look whether PostgreSQL is still there; a dump without its umask:
each fails here.
"""

import re
import secrets
import shutil
import time

import pytest

from harness.installation import BIN, Installation, blocks
from harness.running import ROOT

pytestmark = pytest.mark.skipif(
    not BIN.exists(), reason='PostgreSQL 15 is not where Debian puts it')
PASSWORD = 'of-the-test'


@pytest.fixture
def installation():
    installation = Installation()
    yield installation
    installation.close()


def modes(installation):
    return {one.name: one.stat().st_mode & 0o777
            for one in installation.backup.iterdir()}


def test_dump_and_restore(installation):
    installation.start()
    installation.create('first')
    installation.block('where', 'dump')
    assert modes(installation) == {'hefboom.dump': 0o600, 'secret': 0o600}
    secret = (installation.data / 'secret').read_bytes()
    installation.stop()
    installation.data = installation.folder / 'elsewhere'
    installation.block('restore-secret')
    installation.start()
    assert installation.names() == []
    installation.block('where', 'restore')
    installation.stop()
    installation.start()
    assert installation.names() == ['first']
    assert (installation.data / 'secret').read_bytes() == secret
    # The runtime role still owns nothing and may still read.
    assert installation.sql(
        'set role hefboom; select count(*) from skill') == 'SET\n0'


def test_to_a_point_in_time(installation):
    installation.start()
    installation.create('first')
    installation.more['ARCHIVE'] = shutil.copy(
        ROOT / 'docker/archive.sh', installation.folder)
    installation.block('where', 'archive')
    installation.stop()
    installation.start()
    installation.block('where', 'base')
    installation.create('second')
    installation.until = installation.sql('select clock_timestamp()')
    time.sleep(0.1)
    installation.create('third')
    assert installation.names() == ['first', 'second', 'third']
    installation.stop()
    data = installation.data / 'postgresql'
    installation.more['DATA'] = data
    until, installation.until = installation.until, '2999-01-01'
    with pytest.raises(AssertionError):
        installation.block('back')
    assert 'before configured recovery target' in (
        installation.backup / 'recovery.log').read_text()
    shutil.rmtree(data)
    data.with_name('postgresql.before').rename(data)
    installation.until = until
    installation.block('back')
    installation.start()
    assert installation.names() == ['first', 'second']


def certify(installation, key, certificate):
    installation.run(
        'openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out',
        certificate, '-days', '2', '-subj', '/CN=database', '-addext',
        'subjectAltName=IP:127.0.0.1')


def external(installation):
    """A PostgreSQL elsewhere: TLS, passwords; connection strings."""
    key, certificate = (installation.folder / name for name in (
        'server.key', 'server.crt'))
    certify(installation, key, certificate)
    folder, port = installation.cluster(
        'external', 'listen_addresses=127.0.0.1', 'ssl=on',
        f'ssl_key_file={key}', f'ssl_cert_file={certificate}',
        'password_encryption=scram-sha-256',
        hba='local all postgres trust\n'
            'hostssl all all 127.0.0.1/32 scram-sha-256\n')
    admin = f'host={folder} port={port} user=postgres dbname=postgres'
    said = blocks()
    roles = re.sub(r"'\.\.\.'", f"'{PASSWORD}'",
                   said['external-roles'] + said['external-settings'])
    # Each by itself: a database is not made inside of a transaction.
    for statement in roles.split(';\n'):
        if statement.strip():
            installation.run('psql', '-q', '-d', admin, '-c', statement)
    urls = {name: f'postgresql://{role}:{PASSWORD}@127.0.0.1:{port}/hefboom'
                  f'?sslmode=verify-full&sslrootcert={certificate}'
            for name, role in (('DATABASE_URL', 'hefboom'),
                               ('OWNER_URL', 'hefboom_owner'))}
    return admin, urls


def test_of_an_external_one(installation):
    admin, urls = external(installation)
    secret = installation.folder / 'secret'
    secret.write_bytes(secrets.token_bytes(32))
    secret.chmod(0o644)
    installation.more = {
        **{f'HEFBOOM_{name}': url for name, url in urls.items()},
        'HEFBOOM_SECRET_FILE': secret, 'ADMIN': admin}
    installation.start()
    installation.create('first')
    installation.block('external-dump')
    assert modes(installation) == {'hefboom.dump': 0o600}
    installation.create('second')
    # With the server running: its connections end, and it makes new ones.
    installation.block('external-restore')
    installation.stop()
    installation.start()
    ask = ('psql', '-d', urls['OWNER_URL'], '-Atc')
    assert installation.run(
        *ask, 'select name from organisation').split() == ['first']
    installation.create('third')
    # As the roles were made, whatever Hefboom itself asks for.
    assert installation.run('psql', '-d', urls['DATABASE_URL'], '-Atc',
                            'show statement_timeout') == '30s'


def test_somebody_elses_certificate(installation):
    _, urls = external(installation)
    other = installation.folder / 'other.crt'
    certify(installation, installation.folder / 'other.key', other)
    installation.more = {
        f'HEFBOOM_{name}': url.replace('server.crt', 'other.crt')
        for name, url in urls.items()}
    refused = installation.ask(installation.folder / 'hefboom', 'migrate')
    assert refused.returncode != 0
    assert 'certificate verify failed' in refused.stderr
