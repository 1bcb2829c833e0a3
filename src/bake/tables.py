"""The refusals of sql/migrations, and what they make."""

import re

from sql import CLOCKS
from statement import Source, solid, spelt, tokens

GLOBAL = ('organisation', 'migration')  # tables that stand above organisations
CONSTRAINTS = ('primary', 'unique', 'check', 'exclude', 'foreign', 'references')
LABEL = re.compile(r"'personal: (owner|subject|none); keep: .+")
PHRASE = "comment 'personal: owner|subject|none; keep: ...'"


class Table:
    def __init__(self, name, source, token):
        self.name, self.source, self.token = name, source, token
        self.columns, self.key, self.labels, self.walled = {}, None, set(), False
        around = '\n'.join(source.text.split('\n')[max(0, token.line - 2):token.line])
        self.is_global = name in GLOBAL or '-- global' in around


def inside(part):
    """The tokens of a statement and of the bodies quoted in it."""
    for token in solid(part):
        yield token
        if token.kind == 'dollar':
            mark = token.text[:token.text.index('$', 1) + 1]
            yield from inside(tokens(token.text[len(mark):-len(mark)], token.line))


def items(part, group):
    """A list's items; the commas of inner parentheses do not count."""
    item = []
    for token in part:
        if token.text == ',' and token.group == group:
            yield item
            item = []
        elif token.group[:len(group)] == group:
            item.append(token)
    yield item


class Tables:
    """Tables by name, the names of views and constraints, all literals."""

    def __init__(self, tree):
        self.tree, self.tables, self.views = tree, {}, set()
        self.constraints, self.literals = set(), set()
        for path in tree.migrations + tree.views:
            source = Source(path)
            if path in tree.views and 'org_id' in source.text:
                self.views.add(source.name)
            for part in source.parts:
                self.statement(source, solid(part))
        for table in self.tables.values():
            self.check(table)

    def tenants(self):
        """Tables and views whose rows belong to an organisation."""
        return self.views | {n for n, t in self.tables.items() if 'org_id' in t.columns}

    def refuse(self, source, token, what):
        self.tree.faults.add(source.path, token.line, what)

    def statement(self, source, part):
        words = [w for w in spelt(part)[:12] if w not in ('if', 'not', 'exists', 'only')]
        is_clock = 'function' in words[:4] and {'clock', 'clock_by_now'} & set(words[:5])
        for token in inside(part):
            if token.kind == 'string':
                self.literals.add(token.text[1:-1])
            if token.word in CLOCKS - {'clock_timestamp'} and not is_clock:
                self.refuse(source, token, '%s: SQL asks clock()' % token.word)
        if words[:2] == ['create', 'type'] and 'enum' in words:
            self.refuse(source, part[0], 'a native enum; write text with a check')
        elif words[:2] == ['create', 'table']:
            table = self.tables[words[2]] = Table(words[2], source, part[0])
            at = spelt(part).index('(') + 1
            for item in items(part[at:], part[at].group):
                self.item(source, table, item, part[at].group)
        elif words[:3] == ['create', 'unique', 'index'] and words[5] in self.tables:
            self.name(source, part[0], self.tables[words[5]], words[3])
            if 'org_id' not in spelt(part):
                self.refuse(source, part[0], "'%s' reaches across organisations" % words[3])
        elif words[:2] == ['alter', 'table'] and words[2] in self.tables:
            if words[3:7] == ['enable', 'row', 'level', 'security']:
                self.tables[words[2]].walled = True
            for item in items(part[spelt(part).index(words[2]) + 1:], ()):
                added = [w for w in spelt(item)[:5] if w not in ('column', 'if', 'not', 'exists')]
                if added[:1] == ['add']:
                    at = spelt(item).index(added[1])
                    self.item(source, self.tables[words[2]], item[at:], ())
        elif words[:3] == ['comment', 'on', 'column'] and words[3] in self.tables:
            if LABEL.match(part[-1].text):
                self.tables[words[3]].labels.add(words[5])

    def item(self, source, table, item, group):
        """A column, or a constraint; a constraint must have a name."""
        words, name = spelt(item), None
        if words[0] not in CONSTRAINTS + ('constraint',):
            table.columns[words[0]] = (source, item[0])
        for i, token in enumerate(item):
            if token.group == group and token.word == 'constraint':
                name = words[i + 1]
                self.name(source, token, table, name)
            elif token.group == group and token.word in CONSTRAINTS:
                if token.word == 'primary':
                    table.key = words[i + 3] if words[i + 2:i + 3] == ['('] else words[0]
                elif name is None:
                    self.refuse(source, token, 'a constraint without a name')
                if token.word in ('unique', 'foreign') and 'org_id' not in words \
                        and not table.is_global:
                    self.refuse(source, token, "'%s' reaches across organisations" % name)
                name = name if token.word == 'foreign' else None

    def name(self, source, token, table, name):
        self.constraints.add(name)
        if name not in self.tree.problems and not name.startswith(table.name + '_'):
            self.refuse(source, token, "constraint '%s' is neither a problem nor %s_..."
                        % (name, table.name))

    def check(self, table):
        if not table.is_global and table.key != 'org_id':
            self.refuse(table.source, table.token,
                        "the primary key of '%s' does not begin with org_id" % table.name)
        if 'org_id' in table.columns and not (table.is_global or table.walled):
            self.refuse(table.source, table.token,
                        "table '%s' has no row level security" % table.name)
        for column in sorted(set(table.columns) - table.labels):
            self.refuse(*table.columns[column], 'column %s.%s has no %s'
                        % (table.name, column, PHRASE))
