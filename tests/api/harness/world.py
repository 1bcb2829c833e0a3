"""world -- one organisation as a fixture sees it: its people by name, things
made on demand, and words that nobody has used before."""

import itertools
import time

# Also unlike those of another session on the same data.
_count = itertools.count(int(time.time()) % 10_000_000)


class World:
    def __init__(self, api, db, org, as_='els'):
        self.api = api
        self.db = db
        self.org = org
        # Who makes what a fixture needs, and whose it then is.
        self.as_ = as_
        self._people = {}
        self.kept = {}

    def seen_by(self, user_name):
        """The same organisation, with somebody else's things."""
        return World(self.api, self.db, self.org, user_name)

    def once(self, name, make):
        """What make() gave when it was first asked for."""
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def word(self):
        """A name that is new in every organisation, on every call."""
        return f'{_letters(next(_count))} {_letters(next(_count))}'

    @property
    def org_id(self):
        return self.db.one(
            'select id from organisation where name = %s', [self.org])

    def person(self, user_name='els'):
        """The id of somebody of this organisation."""
        if user_name not in self._people:
            self._people[user_name] = str(self.db.one(
                'select id from person where org_id = %s'
                ' and user_name = %s', [self.org_id, user_name]))
        return self._people[user_name]

    def colleagues(self):
        """User names of others who work here today, and whom nobody blocks."""
        return self.once('colleagues', lambda: self.db.column(
            'select distinct p.user_name from person p'
            ' join employment e on e.org_id = p.org_id'
            ' and e.person_id = p.id and e.during @> today()'
            ' where p.org_id = %s and p.active and p.deleted_at is null'
            " and p.user_name <> %s and p.user_name !~ '^fixture-'"
            ' and not exists (select from person_block b where'
            ' b.org_id = p.org_id and p.id in (b.blocker_id, b.blocked_id))'
            ' order by 1 limit 5', [self.org_id, self.as_]))

    def team(self):
        """A team in which several people work today."""
        return self.once('team', lambda: self.db.one(
            'select team_id::text from employment where org_id = %s'
            ' and during @> today() and team_id is not null'
            ' group by 1 having count(distinct person_id) > 1'
            ' order by count(*) desc, 1 limit 1', [self.org_id]))

    def stranger(self, name='stranger'):
        """Somebody who is there for fixtures alone: whom one may block, or
        change, without another test noticing."""
        def insert():
            return self.db.one(
                'insert into person (org_id, id, user_name, display_name)'
                ' values (%s, uuid7(), %s, %s) returning id::text',
                [self.org_id, f'fixture-{name}', f'Fixture {name.title()}'])
        return self.once(f'stranger {name}', lambda: self.db.one(
            'select id::text from person where org_id = %s'
            ' and user_name = %s', [self.org_id, f'fixture-{name}'])
            or insert())

    def some_id(self, table, where='true'):
        """The id of any row of a table, or None."""
        return self.db.one(
            f'select id::text from "{table}" where org_id = %s'
            f' and {where} order by id desc limit 1', [self.org_id])

    def made(self, operation, **choices):
        """What a valid call of an operation answers, as JSON."""
        import fixtures
        reply = fixtures.make(operation, self, **choices).send()
        assert reply.status_code < 300, reply
        return reply.json() if reply.content else None


def _letters(number):
    """A number as a pronounceable word, unlike that of its neighbours:
    whoever suggests a skill is first shown those that are nearly so."""
    syllables = [c + v for c in 'bdfgklmnprstvz' for v in 'aeiou']
    mixed = number * 2654435761 % len(syllables) ** 4
    text = ''
    for _ in range(4):
        mixed, rest = divmod(mixed, len(syllables))
        text += syllables[rest]
    return text.title()
