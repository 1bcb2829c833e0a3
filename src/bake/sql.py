"""The refusals of sql/: tenants, visibility, clocks, events, codes."""

import os
import re

from document import files
from replies import conditions
from statement import solid, spelt

CLOCKS = set('''now current_timestamp current_date current_time localtime localtimestamp
    transaction_timestamp statement_timestamp timeofday clock_timestamp'''.split())
ENGINE = {'outbox', 'idempotency_key'}  # what a change writes besides
NO_ALIAS = set('''where set on join left right inner cross full group order limit for values
    select using union returning natural window having as lateral default overriding'''.split())
EVENT = re.compile(r"'([a-z_]+\.[a-z_]+)'$")
ANY_KEY = {'still_in_use', 'reference_not_found'}  # raised by any foreign key


class Check:
    """One file of queries, statements or jobs."""

    def __init__(self, tree, tables, source, folder, operation=None):
        self.tree, self.tables, self.source, self.operation = tree, tables, source, operation
        self.tenants = tables.tenants()
        self.visible = {name[8:] for name in tables.views if name.startswith('visible_')}
        self.crosses = folder != 'queries' and source.remark.startswith('-- global: ')
        self.sees_all = self.crosses or folder == 'jobs' or (
            folder == 'statements' and source.remark.startswith('-- sees everything: '))
        self.changes, self.raised, self.literals = set(), {}, set()

    def refuse(self, token, what):
        self.tree.faults.add(self.source.path, token.line, what)

    def run(self):
        for part in self.source.parts:
            part = solid(part)
            words = spelt(part)
            for i, token in enumerate(part):
                self.token(part, words, i, token)
                self.code(part, words, i)
            for found in self.references(part, words):
                self.reference(part, *found)
        if self.operation is not None:
            self.declared()

    def token(self, part, words, i, token):
        behind = words[i + 1] if i + 1 < len(words) else ''
        if token.word in CLOCKS and (token.word[:5] in ('curre', 'local') or behind == '('):
            self.refuse(token, '%s: SQL asks clock()' % token.word)
        elif token.word == 'offset':
            self.refuse(token, 'offset: pages go by :page')
        elif token.word == 'public' and behind == '.':
            self.refuse(token, 'a table is named without its schema')
        elif words[i] == '*' and words[i - 1] in ('select', 'returning', 'distinct', '.', ','):
            self.refuse(token, 'columns are named, not *')
        elif words[max(0, i - 2):i + 1] == ['count', '(', '*'] and \
                self.operation is not None and self.operation.orders:
            self.refuse(token, 'count(*) in a list')
        elif token.kind == 'string':
            self.literals.add(token.text[1:-1])

    def references(self, part, words):
        """(token before, verb, table, alias) wherever a table is named."""
        for i, token in enumerate(part[:-1]):
            name, behind = words[i + 1], words[i + 2:i + 4]
            verb = words[i - 1] if i and words[i] in ('into', 'from') else words[i]
            if words[i] not in ('from', 'join', 'using', 'update', 'into', ',') \
                    or name not in self.tenants | {'organisation'} \
                    or behind[:1] in (['.'], ['(']) and words[i] != 'into' or verb == 'distinct':
                continue
            alias = behind[-1] if behind[:1] == ['as'] else (behind or ['.'])[0]
            named = re.match('[a-z_]', alias) and alias not in NO_ALIAS
            if words[i] != ',' or named and behind[0] != 'as':
                yield token, verb, name, alias if named else name

    def reference(self, part, token, verb, name, alias):
        if verb in ('insert', 'merge', 'update', 'delete'):
            self.changes.add(name)
        if name == 'outbox' and verb == 'insert':
            for literal in part:
                event = EVENT.match(literal.text) if literal.kind == 'string' else None
                if event and event.group(1) not in self.tree.events:
                    self.refuse(literal, "event '%s' is not in events.yaml" % event.group(1))
        makes = 'insert into organisation' in ' '.join(spelt(part))
        if not self.crosses and not makes:
            if ':auth.org' not in spelt(part):
                self.refuse(token, "'%s' without :auth.org" % name)
            elif name in self.tenants and not self.bound(part, token, verb, alias):
                self.refuse(token, "'%s' without its org_id" % name)
        if name in self.visible and token.text in ('from', 'join', ',') and verb != 'delete':
            level = ' '.join(t.text for t in part if t.group == token.group)
            if not self.sees_all and 'for no key update' not in level:
                self.refuse(token, "bare '%s' where visible_%s is" % (name, name))

    def bound(self, part, token, verb, alias):
        """Whether the table's org_id is compared (or inserted) where it is named."""
        scope = [t for t in part if t.group[:len(token.group)] == token.group]
        words = spelt(scope)
        for i, word in enumerate(words):
            start = i - 2 if words[i - 1] == '.' else i
            if word != 'org_id' or start < i and words[start] != alias:
                continue
            inner = [n for n, t in enumerate(scope)
                     if t.group[:len(scope[i].group)] == scope[i].group]
            in_row = scope[i].group != token.group and words[inner[0] - 1] == '('
            around = [words[start - 1], words[(i + 1) % len(words)]]
            if in_row:  # (a.org_id, a.id) = (b.org_id, b.id); using (org_id, id)
                around += [words[inner[0] - 2], words[(inner[-1] + 2) % len(words)]]
            if verb == 'insert' or '=' in around or 'using' in around or 'in' in around:
                return True
        return False

    def code(self, part, words, i):
        """The literals of refuse('...') and of `case ... end as problem`."""
        if words[i:i + 2] == ['refuse', '('] and part[i + 2].kind == 'string':
            self.raised.setdefault(words[i + 2][1:-1], part[i + 2])
        if words[i:i + 3] == ['end', 'as', 'problem']:
            depth = 1
            while depth and i:
                i -= 1
                depth += {'end': 1, 'case': -1}.get(words[i], 0)
                if words[i] in ('then', 'else') and part[i + 1].kind == 'string':
                    self.raised.setdefault(words[i + 1][1:-1], part[i + 1])

    def declared(self):
        """What the entry says against what the file does."""
        o, faults, used = self.operation, self.tree.faults, self.source.used
        so = conditions(o)
        standard = {code for code, p in self.tree.problems.items() if so & set(p.get('when', ()))}
        for code, token in self.raised.items():
            if code not in standard.union(o.problems):
                self.refuse(token, "problem '%s' is not in the operation's problems" % code)
        may = self.literals | self.tables.constraints | self.tables.literals | standard | ANY_KEY
        for code in set(o.problems) - may:
            faults.add(*o.extra.at('problems'), "problem '%s' is raised by nothing" % code)
        for _, p in o.parameters:
            name = '%s.%s' % (p['in'], p['name'].lower().replace('-', '_'))
            if name not in used and p['name'] not in ('limit', 'after', 'order'):
                faults.add(*o.entry.at('parameters'), "parameter '%s' is used by nothing"
                           % p['name'])
        if o.body is not None and 'body' not in used:
            faults.add(*o.entry.at('requestBody'), 'the body is used by nothing')
        if 'if_match' in o.extra and 'if_match' not in used:
            faults.add(*o.extra.at('if_match'), 'no :if_match in %s.sql' % o.name)
        changes, told = ', '.join(sorted(self.changes - ENGINE)), 'outbox' in self.changes
        if changes and o.method == 'get':
            faults.add(o.file, o.line, 'a GET changes %s' % changes)
        elif changes and not told and 'silent' not in o.extra:
            faults.add(o.file, o.line, "%s changes %s without an event; or say 'silent'"
                       % (o.name, changes))
        elif told and 'silent' in o.extra:
            faults.add(*o.extra.at('silent'), 'silent, but there is an event')


def holds_function(tree, o):
    """In src/handlers a file of its name holds it, in src/scim any file."""
    paths = files(tree.root, 'src/scim', '.c') if o.scim else [
        p for p in files(tree.root, 'src/handlers', '.c')
        if os.path.basename(p) == '%s.c' % o.name]
    return any(re.search(r'\b%s\(struct request \*\w+\)\n\{' % o.name,
                         open(path, encoding='utf-8').read()) for path in paths)


def check_files(tree):
    """Each operation has its file or its function, each file its operation."""
    names = {}
    for source in tree.sources['queries']:
        if source.name in names:
            tree.faults.add(source.path, 1, "'%s' is there twice" % source.name)
        names[source.name] = source
    for o in tree.operations:
        if not o.is_c and o.name not in names:
            tree.faults.add(o.file, o.line, 'no sql/queries/*/%s.sql' % o.name)
        elif o.is_c and not holds_function(tree, o):
            tree.faults.add(o.file, o.line, 'no function %s() in %s' % (
                o.name, 'src/scim' if o.scim else 'src/handlers/%s.c' % o.name))
    for name in set(names) - {o.name for o in tree.operations if not o.is_c}:
        tree.faults.add(names[name].path, 1, "no operation '%s'" % name)


def check_sql(tree, tables):
    by_name = {o.name: o for o in tree.operations if not o.is_c}
    for folder, sources in tree.sources.items():
        for source in sources:
            operation = by_name.get(source.name) if folder == 'queries' else None
            Check(tree, tables, source, folder, operation).run()
