"""machines -- an organisation of its own, and what a synchronisation does to
it, as the statements of SCIM do it."""

import contextlib
import itertools
import time

import psycopg2

from . import baked
from .libpq import Plain

SOURCE = 'https://idp.example.org provisioning'
_count = itertools.count()


class Org:
    """A new organisation with that many people, and machines that let them
    go; each deactivation is a transaction of its own."""

    def __init__(self, server, db, people):
        self.server, self.db = server, db
        self.name = f'brake-{next(_count)}-{int(time.time())}'
        server.command('org', 'create', self.name)
        self.id = db.one('select id from organisation where name = %s',
                         [self.name])
        self.hire(people, 'p')
        self.hire(1, 'boss')

    def hire(self, people, name):
        return self.db.column(
            'insert into person (org_id, id, user_name, display_name)'
            " select %s, uuid7(), %s || n, 'Some Body'"
            ' from generate_series(1, %s) n returning id::text',
            [self.id, name, people])

    def person(self, user_name):
        return self.db.one('select id::text from person where org_id = %s'
                           ' and user_name = %s', [self.id, user_name])

    def next(self):
        return self.db.one(
            "select id::text from person where org_id = %s and active"
            " and user_name like 'p%%' order by user_name limit 1", [self.id])

    @contextlib.contextmanager
    def machine(self):
        """A cursor in the organisation, as the program's own role."""
        connection = psycopg2.connect(self.server.runtime_url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("select set_config('hefboom.org', %s, true)",
                               [str(self.id)])
                yield cursor
        finally:
            connection.close()

    def deactivate(self, person=None, source=SOURCE, deleted=False):
        """The refusal's code and parameters, or None."""
        person = person or self.next()
        try:
            with self.machine() as cursor:
                leave(cursor, self.id, person, source, deleted)
        except psycopg2.Error as error:
            assert error.pgcode == 'HB000', error
            return error.diag.message_primary, error.diag.message_detail
        return None

    def note(self, source=SOURCE, reason='deactivations_paused',
             scim_type=None):
        """What is done after a refusal, in a transaction of its own."""
        plain = Plain(self.server.runtime_url)
        try:
            plain.execute('begin')
            plain.execute("select set_config('hefboom.org',"
                          f" '{self.id}', true)")
            for statement in baked.tree().statements:
                if statement.name.split('.')[0] == 'note_refusal':
                    for text in baked.texts(None, statement):
                        plain.run(plain.prepare(text.text, text.types),
                                  text.values({
                                      'auth.org': str(self.id),
                                      'arg.source': source,
                                      'arg.reason': reason,
                                      'arg.scim_type': scim_type}))
            plain.execute('commit')
        finally:
            plain.close()

    def active(self):
        return self.db.one('select count(*) from person where org_id = %s'
                           ' and active and deleted_at is null', [self.id])


def leave(cursor, org, person, source, deleted=False):
    """As the statements of SCIM do it: brake, change, tell."""
    cursor.execute('select brake_deactivation(%s, %s, %s)',
                   [org, source, person])
    if deleted:
        cursor.execute('update person set deleted_at = clock()'
                       ' where org_id = %s and id = %s', [org, person])
    else:
        cursor.execute('update person set active = false'
                       ' where org_id = %s and id = %s', [org, person])
    cursor.execute(
        'insert into sync_change (org_id, source, kind, object_id, action,'
        " changed) values (%s, %s, 'person', %s, %s, '{active}')",
        [org, source, person, 'deleted' if deleted else 'deactivated'])
