"""provider -- an identity provider that writes an organisation of its own over
SCIM, and what became of it in the database."""

import itertools
import time

USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
WORK = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
MESSAGES = 'urn:ietf:params:scim:api:messages:2.0:'
SCOPES = 'people:read people:write groups:write'
_count = itertools.count()


class Provider:
    def __init__(self, server, api, db, org=None):
        self.server, self.api, self.db = server, api, db
        self.org = org or f'scim-{next(_count)}-{int(time.time())}'
        if org is None:
            server.command('org', 'create', self.org)
        self.id = db.one('select id from organisation where name = %s',
                         [self.org])
        # One of few leaves all the time.
        db.execute('update organisation set deactivation_share_percent = 100'
                   ' where id = %s', [self.id])

    def call(self, method, path, json=None, **more):
        return self.api.call(method, '/scim/v2' + path, json=json, **{
            'as_': 'provider', 'org': self.org, 'roles': ('integrator',),
            'scope': SCOPES, **more})

    def get(self, path, **more):
        return self.call('GET', path, **more)

    def put(self, path, json, **more):
        return self.call('PUT', path, json, **more)

    def delete(self, path, **more):
        return self.call('DELETE', path, **more)

    def post_user(self, user_name, **more):
        return self.call('POST', '/Users', {
            'schemas': [USER], 'userName': user_name, **more})

    def user(self, user_name, **more):
        """Its id."""
        return self.post_user(user_name, **more).expect(201).json()['id']

    def group(self, name, *members):
        return self.call('POST', '/Groups', {
            'schemas': [GROUP], 'displayName': name,
            'members': [{'value': one} for one in members]}).expect(
                201).json()['id']

    def patch(self, path, *operations, **more):
        return self.call('PATCH', path, {
            'schemas': [MESSAGES + 'PatchOp'],
            'Operations': list(operations)}, **more)

    def replace(self, path, attribute, value):
        return self.patch(path, {
            'op': 'replace', 'path': attribute, 'value': value})

    def bulk(self, *operations, **more):
        """The answers to its operations."""
        return self.call('POST', '/Bulk', {
            'schemas': [MESSAGES + 'BulkRequest'],
            'Operations': list(operations), **more}).expect(
                200).json()['Operations']

    def hire(self, user_name, **columns):
        """Somebody that HR's own file brought."""
        columns = {'display_name': 'Some Body', **columns}
        return self.db.one(
            'insert into person (org_id, id, user_name, '
            + ', '.join(columns) + ') values (%s, uuid7(), %s, '
            + ', '.join(['%s'] * len(columns)) + ') returning id::text',
            [self.id, user_name, *columns.values()])

    def version(self, person):
        return self.db.one('select version from person where id = %s',
                           [person])

    def changes(self, thing):
        """What the audit trail says of it: (action, names)."""
        return self.db.execute(
            'select action, changed from sync_change where object_id = %s'
            ' order by id', [thing])

    def events(self, thing):
        return self.db.column(
            'select event from outbox where object_id = %s order by id',
            [thing])

    def work(self, person):
        """(team, title, until, is_primary), the oldest first."""
        return self.db.execute(
            'select t.name, e.title, upper(e.during), e.is_primary'
            ' from employment e left join team t on t.org_id = e.org_id'
            ' and t.id = e.team_id where e.org_id = %s and e.person_id = %s'
            ' order by lower(e.during), e.is_primary', [self.id, person])
