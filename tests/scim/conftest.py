"""What the cases stand on, beside tests/conftest.py.

scim      a Scim (client.py) in an organisation of the module's own: nobody
          is there but whom the module makes, so that totals are exact
empty     the same in an organisation of this test's own
csv       csv(user_name=..) inserts somebody as an import of people does
"""

import re
import uuid

import pytest

from .client import Scim, word


@pytest.fixture(scope='session', autouse=True)
def advertised(document):
    if '/scim/v2/ServiceProviderConfig' not in document.json['paths']:
        pytest.skip('this server has no /scim/v2/ServiceProviderConfig')


def new_organisation(server, db, name):
    server.command('org', 'create', name)
    # The brake on deactivations has tests of its own; here one of two people
    # leaves all the time.
    if db.one("select true from information_schema.columns where table_name ="
              " 'organisation' and column_name ="
              " 'deactivation_share_percent'"):
        db.execute('update organisation set deactivation_share_percent = 100'
                   ' where name = %s', [name])
    return Scim(server, name)


def pasted(scim, name):
    """The same, with a token as an identity provider keeps one for a year,
    and with the scopes that docs/scim.md tells to give it."""
    org = ('--org', scim.org)
    scim.server.command('client', 'create', name, *org, '--scope',
                        'people:write', '--scope', 'groups:write')
    return scim.other(token=scim.server.command(
        'client', 'token', name, *org, '--expires', '365d').stdout.strip())


@pytest.fixture(scope='module')
def scim(server, db, request):
    name = re.sub('[^a-z]', '', request.module.__name__.split('test_')[-1])
    return new_organisation(server, db, word(f'scim-{name}'))


@pytest.fixture
def empty(server, db):
    return new_organisation(server, db, word('scim-empty'))


def org_id(db, scim):
    return db.one('select id from organisation where name = %s', [scim.org])


@pytest.fixture
def csv(db):
    def insert(scim, **columns):
        columns = {'user_name': word('csv'), 'display_name': 'Some Body',
                   **columns}
        return str(db.one(
            'insert into person (org_id, id, ' + ', '.join(columns) + ')'
            ' values (%s, %s, ' + ', '.join(['%s'] * len(columns)) + ')'
            ' returning id::text',
            [org_id(db, scim), str(uuid.uuid4()), *columns.values()]))
    return insert
