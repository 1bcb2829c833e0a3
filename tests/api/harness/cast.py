"""cast -- people of every relation to somebody, for tests of who sees what.

Each has a name that tells the relation: 'owner', 'teammate', 'blocks the
owner'.  `machine` is nobody, `other organisation` somebody of another one.
"""

import uuid

# What comes with a relation; the others are members.
ROLES = {
    **{name: ['leader'] for name in (
        'leader', 'leader of the leader', 'leader of the giver',
        'shared-with leader')},
    'hr': ['hr'], 'admin': ['admin'],
    **{name: ['member', 'trainer'] for name in (
        'external', 'external trainer', 'external facilitator',
        'companion outside')},
}
# (team, first and last day, manager, is it the first)
JOBS = {
    'leader of the leader': [('elsewhere',)],
    'leader': [('elsewhere', -100, None, 'leader of the leader')],
    'teammate': [('own', -100, None, 'leader')],
    'second team': [('elsewhere',), ('second', -100, None, None, False)],
    'former teammate': [('own', -300, -10), ('elsewhere', -10)],
    'future teammate': [('elsewhere', -100, 10), ('own', 10)],
    'former colleague': [('own', -300, 0)],
    **{name: [('elsewhere',)] for name in ('hr', 'admin', 'somebody else')},
    **{name: [('own',)] for name in (
        'blocks the owner', 'blocked by the owner', 'blocks the host',
        'blocked by the host')},
}


def who(cast, viewer):
    """Arguments of api.call()."""
    return {'as_': cast.names[viewer],
            'roles': ROLES.get(viewer, ['member']),
            'org': 'other' if viewer == 'other organisation' else 'demo'}


class Cast:
    """People of every relation, made for these tests and gone after them."""

    def __init__(self, server, db):
        self.server, self.db = server, db
        self.org = db.one("select id from organisation where name = 'demo'")
        self.other = db.one("select id from organisation where name = 'other'")
        self.people, self.names, self.teams = {}, {}, {}

    def surround(self, owner, viewers):
        """Who is usual has the usual job; the owner, who is one of the
        viewers, one in two teams of the leader's."""
        for team in ('own', 'second', 'elsewhere'):
            self.team(team)
        self.team('abroad', self.other)
        for name in viewers:
            if name == 'other organisation':
                self.person(name, self.other)
            elif name != 'machine':
                self.person(name)
        self.employ('other organisation', 'abroad', org=self.other)
        self.employ(owner, 'own', manager='leader')
        self.employ(owner, 'second', manager='leader', primary=False)
        for name in viewers:
            for job in JOBS.get(name, ()):
                self.employ(name, *job)

    def person(self, name, org=None):
        spelt = f'cast-{uuid.uuid4().hex[:12]}'
        self.names[name] = spelt
        self.people[name] = self.db.one(
            'insert into person (org_id, id, user_name, display_name)'
            ' values (%s, uuid7(), %s, %s) returning id::text',
            [org or self.org, spelt, f'Cast {name}'])

    def team(self, name, org=None):
        self.teams[name] = self.db.one(
            'insert into team (org_id, id, name) values (%s, uuid7(), %s)'
            ' returning id::text', [org or self.org, f'{name} {uuid.uuid4()}'])

    def employ(self, name, team, first=-100, last=None, manager=None,
               primary=True, org=None):
        self.db.execute(
            'insert into employment (org_id, person_id, team_id, manager_id,'
            ' during, is_primary) values (%s, %s, %s, %s,'
            ' daterange(today() + %s::int, today() + %s::int), %s)',
            [org or self.org, self.people[name], self.teams[team],
             manager and self.people[manager], first, last, primary])

    def block(self, one, other):
        self.db.execute(
            'insert into person_block (org_id, blocker_id, blocked_id)'
            ' values (%s, %s, %s)',
            [self.org, self.people[one], self.people[other]])

    def view(self, viewer, text, values):
        """What the server's own role reads for somebody."""
        org = self.other if viewer == 'other organisation' else self.org
        connection = self.server.connect(self.server.runtime_url)
        connection.autocommit = False
        with connection.cursor() as cursor:
            cursor.execute("select set_config('hefboom.org', %s, true), "
                           "set_config('hefboom.person', %s, true), "
                           "set_config('plan_cache_mode', %s, true)",
                           [org, self.people.get(viewer),
                            'force_generic_plan'])
            cursor.execute(text, values)
            rows = cursor.fetchall()
        connection.close()
        return rows

    def leave(self):
        people, db = list(self.people.values()), self.db
        claims = 'select id from claim where person_id = any(%s::uuid[])'
        db.execute(f'delete from claim_evidence where claim_id in ({claims})',
                   [people])
        db.execute(f'delete from timer where object_id in ({claims})',
                   [people])
        for table, columns in (
                ('claim', ['person_id']), ('employment', ['person_id']),
                ('person_block', ['blocker_id', 'blocked_id']),
                ('person', ['id'])):
            for column in columns:
                db.execute(f'delete from {table}'
                           f' where {column} = any(%s::uuid[])', [people])
        db.execute('delete from team where id = any(%s::uuid[])',
                   [list(self.teams.values())])
