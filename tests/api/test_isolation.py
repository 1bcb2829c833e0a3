"""No organisation reaches another's row: every id in path, query, body and
cursor, of every operation, from /openapi.json.  An id of another organisation
is answered with the very same reply as an id that nobody has.

Each matrix is also run with either wall off: with the policies disabled, the
`:auth.org` predicates alone must hold; with `:auth.org` bound to the other
organisation, the policies alone.

Mutations: leave `org_id = :auth.org` out of one file (found with the policies
off), drop one policy (found with the predicates turned), both (found by the
plain matrix).
"""

import contextlib
import uuid

import pytest

from harness import baked, places
from harness.libpq import Plain, Refused
from harness.places import UUID


# The walls

@contextlib.contextmanager
def policies_off(db):
    tables = db.column(
        "select relname from pg_class where relrowsecurity and"
        " relnamespace = 'public'::regnamespace")
    for table in tables:
        db.execute(f'alter table "{table}" disable row level security')
    try:
        yield
    finally:
        for table in tables:
            db.execute(f'alter table "{table}" enable row level security')


def foreign_ids(catalogue, mine, theirs, place):
    """(what, id) of everything that must look invented; what else must is
    test_object_level.py's."""
    value = None if place.beside else places.read(theirs, place)
    for table, column in catalogue.kind(mine.operation, place):
        value = value or mine.world.db.one(
            f'select {column}::text from "{table}" where org_id = %s'
            ' order by id desc limit 1', [theirs.world.org_id])
    if value:
        yield 'of the other organisation', value
    yield 'nobody has', str(uuid.UUID(int=0))
    yield 'the organisation itself', mine.world.org_id


def everything_of(db, org_id):
    """All the uuids of an organisation's rows."""
    found = set()
    for table, column in db.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and data_type = 'uuid'"):
        if table in db.tenant_tables():
            found |= set(db.column(
                f'select distinct "{column}"::text from "{table}"'
                f' where org_id = %s and "{column}" is not null', [org_id]))
    return found


def lists():
    try:
        return [one.name for one in baked.tree().operations if one.orders]
    except AssertionError:
        return []


def first_cursor(one):
    reply = one.changed(query={'limit': 1}).send().expect(200)
    after = reply.json()['next']
    assert after, (f'{one.operation.id}: the fixture makes no second page in'
                   f' {one.world.org}')
    return after


class Matrix:
    @pytest.mark.parametrize('name', baked.operation_ids())
    def test_ids_of_others(self, name, call, worlds, document, catalogue):
        """Foreign, invented: one and the same answer."""
        there = worlds['other']
        found = places.of_operation(document.operations[name],
                                    catalogue.columns)
        if not found:
            return
        theirs = call(name, 'other')
        mine = call(name, **places.AS.get(name, {}))
        before = there.db.fingerprint(there.org_id)
        faults = places.distinguished(
            mine, found,
            lambda place: foreign_ids(catalogue, mine, theirs, place))
        if there.db.fingerprint(there.org_id) != before:
            faults.append('rows of the other organisation changed')
        assert not faults, '\n'.join(faults)

    def test_no_reply_names_anything_of_the_other(self, worlds, call, document,
                                                  db):
        """Every GET, every page of two, in both organisations."""
        for org in worlds:
            for operation in document.operations.values():
                if operation.method == 'GET':
                    call(operation.id, org).send()
        ids = {org: everything_of(db, world.org_id)
               for org, world in worlds.items()}
        assert not ids['demo'] & ids['other']
        for org, foreign in (('demo', ids['other']), ('other', ids['demo'])):
            for operation in document.operations.values():
                if operation.method != 'GET' or operation.open:
                    continue
                one = call(operation.id, org)
                if operation.is_list:
                    one = one.changed(query={'limit': 200})
                reply = one.send()
                seen = set(UUID.findall(reply.text)) & foreign
                assert not seen, (operation.id, org, seen)

    @pytest.mark.parametrize('name', lists())
    def test_cursors_of_others(self, name, call, document):
        one = call(name).changed(query={'limit': 1})
        after = first_cursor(one)
        one.changed(query={'after': after}).send().expect(200)
        foreign = first_cursor(call(name, 'other'))
        one.changed(query={'after': foreign}).send().expect(
            400, code='invalid_cursor')
        for other in lists():
            if other != name:
                one.changed(query={'after': first_cursor(call(other))}
                            ).send().expect(400, code='invalid_cursor')


class TestBothWalls(Matrix):
    pass


class TestPoliciesOff(Matrix):
    """The `:auth.org` predicates alone."""

    @pytest.fixture(scope='class', autouse=True)
    def policies_off(self, db):
        with policies_off(db):
            yield


def test_nobody_is_in_an_organisation_without_entering_it(server, db):
    """The policies fail closed: without the setting there are no rows, and
    none can be written."""
    plain = Plain(server.runtime_url)
    try:
        for entering in ('', "set hefboom.org = ''",
                         'begin; set local hefboom.org = '
                         "'00000000-0000-0000-0000-000000000000'; commit"):
            if entering:
                plain.execute(entering)
            for table in [*db.tenant_tables(), 'organisation']:
                assert plain.execute(f'select count(*) from "{table}"') == [
                    ('0',)], (table, entering)
    finally:
        plain.close()


def test_the_server_owns_nothing(server, db):
    plain = Plain(server.runtime_url)
    try:
        [(user, superuser, bypass, create_role, create_db)] = plain.execute(
            'select rolname, rolsuper, rolbypassrls, rolcreaterole,'
            ' rolcreatedb from pg_roles where rolname = current_user')
        assert (superuser, bypass, create_role, create_db) == ('f',) * 4
        assert db.one('select count(*) from pg_class where relowner = '
                      '(select oid from pg_roles where rolname = %s)',
                      [user]) == 0
        for text in ('create table public.mine (x int)',
                     'alter table person disable row level security',
                     'drop policy own_organisation on person',
                     'set role postgres',
                     'set session_replication_role = replica'):
            with pytest.raises(Refused):
                plain.execute(text)
    finally:
        plain.close()


@pytest.mark.parametrize('name', baked.operation_ids())
def test_policies_alone(name, server, worlds, call, db):
    """The predicates turned: entered in `demo`, but every `:auth.org` of the
    statements is the other organisation, and so is every id."""
    operation = baked.operation(name)
    if not operation.statements:
        pytest.skip('C')
    here, there = worlds['demo'], worlds['other']
    theirs = call(name, 'other')
    given = baked.given_by(theirs, there.org_id, there.person(),
                           str(uuid.uuid4()), theirs.roles)
    foreign = everything_of(db, there.org_id)
    before = db.fingerprint(there.org_id)
    plain = Plain(server.runtime_url)
    try:
        plain.execute('begin')
        plain.run(plain.prepare(
            "select set_config('hefboom.org', $1, true), "
            "set_config('hefboom.person', $2, true)", [25, 25]),
            [here.org_id, here.person()])
        try:
            rows = []
            for statement in operation.statements:
                text = plain_text(operation, statement, theirs)
                rows = plain.run(plain.prepare(text.text, text.types),
                                 text.values(given))
            shown = [column for column, _ in plain.columns]
            seen = {value for row in rows for column, value in zip(shown, row)
                    if value and set(UUID.findall(value)) & foreign
                    and value != given.get('path.' + column)}
            plain.execute('commit')
        except Refused as refused:
            assert refused.sqlstate in ('HB000', '42501', '23503', '23514',
                                        '55000'), refused
            seen = set()
            plain.execute('rollback')
    finally:
        plain.close()
    assert not seen, seen
    assert db.fingerprint(there.org_id) == before


def plain_text(operation, statement, one):
    order = next(iter(operation.keys.items()), (None, None))
    lines = [index for index, (_, parameter)
             in enumerate(operation.parameters)
             if parameter['in'] == 'query' and parameter['name'] in one.query]
    return baked.render(operation, statement, order, 'first', lines)
