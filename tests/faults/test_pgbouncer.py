"""Every operation through PgBouncer in session mode, as docker/pgbouncer.ini
has it.  PgBouncer does not pass on what a client asks for as it connects, so
that the role's own settings have to say it.

Mutations: `pool_mode = transaction` (statements prepared elsewhere); no
`ignore_startup_parameters` (no connection at all); the role without its time
zone or DateStyle in migrate.c: each fails here.
"""

import re

import pytest

from cluster import needs, program, unprivileged
from harness import baked
from harness.client import Api
from harness.running import free_port

PGBOUNCER, needed = needs('pgbouncer')
pytestmark = needed
PASSWORD = 'carried-by-nobody'


def configuration(root, folder, port, server):
    """Ours, with the addresses and files of this test."""
    text = (root / 'docker/pgbouncer.ini').read_text()
    where = re.match(r'host=(\S+) port=(\d+)', server.runtime_url)
    for old, new in (
            ('host=127.0.0.1 port=5432', f'host={where[1]} port={where[2]}'),
            ('/etc/pgbouncer/userlist.txt', str(folder / 'userlist.txt')),
            ('listen_port = 6432', f'listen_port = {port}')):
        assert old in text, old
        text = text.replace(old, new)
    (folder / 'pgbouncer.ini').write_text(text)
    (folder / 'userlist.txt').write_text(f'"hefboom" "{PASSWORD}"\n')
    return folder / 'pgbouncer.ini'


@pytest.fixture(scope='module')
def bounced(root, server, db):
    port = free_port()
    folder = server.data / 'pgbouncer'
    folder.mkdir(mode=0o755)
    # Whatever else a database is set to.
    db.execute("alter database hefboom set timezone = 'Asia/Kathmandu'")
    db.execute("alter database hefboom set datestyle = 'German'")
    try:
        with program(PGBOUNCER, configuration(root, folder, port, server),
                     port=port, user=unprivileged()):
            through = server.beside(
                HEFBOOM_WORKERS=1, HEFBOOM_DATABASE_URL='postgresql:'
                f'//hefboom:{PASSWORD}@127.0.0.1:{port}/hefboom')
            with through.running():
                yield through
    finally:
        db.execute('alter database hefboom reset all')


@pytest.fixture(scope='module')
def api_through(bounced, document, coverage):
    return Api(bounced, document, coverage)


def words(reply, server):
    """What a reply says, wherever its server is; results come shuffled."""
    return sorted(reply.text.replace(server.url, '').split('"'))


@pytest.mark.parametrize('name', baked.operation_ids())
def test_every_operation(name, api_through, bounced, server, call):
    one = call(name)
    reply = one.send(api_through)
    reply.expect(*one.operation.success)
    if one.operation.method == 'GET' and '"as_of"' not in reply.text:
        assert words(reply, bounced) == words(one.send(), server)


@pytest.mark.parametrize('name, value', [
    ('TimeZone', 'UTC'), ('DateStyle', 'ISO'), ('IntervalStyle', 'iso_8601'),
    ('lock_timeout', '2s'), ('client_min_messages', 'error'),
    ('idle_in_transaction_session_timeout', '10s')])
def test_the_role_says_what_connections_cannot(db, name, value):
    settings = db.one("select setconfig from pg_db_role_setting s"
                      " join pg_roles r on r.oid = s.setrole"
                      " where r.rolname = 'hefboom'")
    assert f'{name}={value}' in settings
