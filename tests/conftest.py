"""What both suites share: the running server with `demo` and a second
organisation `other`, its callers and its database.

server    the program; url, host, port, pid, data, secret, token(), command()
api       api.call('GET', '/v1/me', as_='els', roles=['member'], org='demo');
          with api.beside(HEFBOOM_WORKERS=1) as other: another server's
document  /openapi.json, with its operations
db        db.execute(), db.one(), db.column() as the owner; autocommit
catalogue what PostgreSQL knows of our tables (harness/places.py)
clock     clock.advance(days=1) moves the server's time
call      call('get_skill') makes a valid call of an operation (fixtures.py)
"""

import json
import pathlib
import sys
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
for folder in ('src/bake', 'tests/api'):
    sys.path.insert(0, str(ROOT / folder))

from harness.client import Api  # noqa: E402
from harness.clock import Clock  # noqa: E402
from harness.coverage import Coverage  # noqa: E402
from harness.database import Database  # noqa: E402
from harness.document import Document  # noqa: E402
from harness.places import Catalogue  # noqa: E402
from harness.running import Server  # noqa: E402
from harness.world import World  # noqa: E402

OTHER_PEOPLE = ROOT / 'tests' / 'api' / 'other-people.csv'


def pytest_addoption(parser):
    parser.addoption('--long', action='store_true',
                     help='also run the tests marked long')


def pytest_configure(config):
    config.addinivalue_line('markers', 'long: minutes, not seconds')
    config.addinivalue_line('markers', 'last: judges the whole session')


def pytest_collection_modifyitems(config, items):
    if not config.getoption('--long'):
        skip = pytest.mark.skip(reason='only with --long')
        for item in items:
            if item.get_closest_marker('long'):
                item.add_marker(skip)
    items.sort(key=lambda item: item.get_closest_marker('last') is not None)


@pytest.fixture(scope='session')
def root():
    return ROOT


@pytest.fixture(scope='session')
def server():
    with Server().running() as server:
        server.command('demo', 'load')
        server.command('org', 'create', 'other')
        server.command('import', 'people', OTHER_PEOPLE, '--org', 'other')
        yield server


@pytest.fixture(scope='session')
def document(server):
    with urllib.request.urlopen(server.url + '/openapi.json') as reply:
        return Document(json.load(reply))


@pytest.fixture(scope='session')
def coverage():
    return Coverage()


@pytest.fixture(scope='session')
def api(server, document, coverage):
    return Api(server, document, coverage)


@pytest.fixture(scope='session')
def database_url(server):
    return server.owner_url


@pytest.fixture(scope='session')
def db(server):
    database = Database(server.connect())
    yield database
    database.close()


@pytest.fixture(scope='session')
def catalogue(db):
    return Catalogue(db)


@pytest.fixture
def clock(server, db):
    clock = Clock(server, db)
    yield clock
    clock.reset()


@pytest.fixture(scope='session')
def worlds(api, db):
    """A World an organisation: where fixtures make what a call needs."""
    import fixtures
    found = {org: World(api, db, org) for org in ('demo', 'other')}
    for world in found.values():
        for operation in ('list_my_skills', 'list_skill_people',
                          'list_skill_merges', 'get_skill'):
            fixtures.make(operation, world)
    return found


@pytest.fixture(scope='session')
def call(worlds):
    import fixtures

    def make(operation, org='demo', **choices):
        return fixtures.make(operation, worlds[org], **choices)
    return make
