"""SQL files compiled: parameters, pages, orders, optional lines, keys."""

import os
import re

OIDS = {
    'uuid': 2950, 'text': 25, 'bigint': 20, 'int8': 20, 'int': 23, 'integer': 23, 'int4': 23,
    'float8': 701, 'bool': 16, 'boolean': 16, 'timestamptz': 1184, 'date': 1082, 'jsonb': 3802,
    'json': 114, 'numeric': 1700, 'interval': 1186, 'time': 1083, 'timestamp': 1114, 'bytea': 17,
    'daterange': 3912, 'tstzrange': 3910, 'xid8': 5069, 'uuid[]': 2951, 'text[]': 1009,
    'bigint[]': 1016, 'int[]': 1007, 'float8[]': 1022, 'bool[]': 1000, 'date[]': 1182,
    'timestamptz[]': 1185}
FIXED = {
    'auth.org': ('AUTH_ORG', 'uuid'), 'auth.person': ('AUTH_PERSON', 'uuid'),
    'auth.roles': ('AUTH_ROLES', 'text[]'), 'auth.language': ('AUTH_LANGUAGE', 'text'),
    'new.id': ('NEW_ID', 'uuid'), 'new.undated': ('NEW_UNDATED', 'uuid'),
    'body': ('BODY', 'jsonb'), 'limit': ('LIMIT', 'bigint'), 'if_match': ('IF_MATCH', 'bigint')}
STATEMENTS_MAX = 28  # the engine's own come besides (TRANSACTION_QUERIES_MAX)
VERBS = ('select', 'insert', 'update', 'delete', 'values', 'merge')
TOKEN = re.compile(r"""
  (?P<blank>\s+)
| (?P<optional>/\*\?\s*[\w.]+\s*\*/)
| (?P<comment>--[^\n]*|/\*.*?\*/)
| (?P<string>[eE]'(?:\\.|[^'\\]|'')*'|'(?:[^']|'')*')
| (?P<dollar>(\$\w*\$).*?\6)
| (?P<quoted>"(?:[^"]|"")*")
| (?P<cast>::)
| (?P<parameter>:[a-z_]\w*(?:\.\w+)*(?:\(\w+\))?)
| (?P<word>[A-Za-z_]\w*)
| (?P<number>\d[\d.]*)
| (?P<other>.)
""", re.X | re.S)
AS = re.compile(r':as\(\w+\)')
KEPT = """
), _kept as (
	update idempotency_key set answer = (_reply.*)::text
	  from _reply
	 where idempotency_key.org_id = $%d
	   and idempotency_key.caller = $%d
	   and idempotency_key.key = $%d
)
select _reply.* from _reply"""


class Token:
    def __init__(self, kind, text, line, group):
        self.kind, self.text, self.line, self.group = kind, text, line, group
        self.word = text.lower() if kind == 'word' else None


def tokens(text, line=1):
    """A list of Token; `group` is the parentheses that it stands in."""
    found, groups = [], [()]
    for match in TOKEN.finditer(text):
        text = match.group()
        if text == ')' and len(groups) > 1:
            groups.pop()
        found.append(Token(match.lastgroup, text, line, groups[-1]))
        if text == '(':
            groups.append(groups[-1] + (len(found),))
        line += text.count('\n')
    return found


def solid(part):
    return [t for t in part if t.kind not in ('blank', 'comment', 'optional')]


def spelt(part):
    return [t.word or t.text for t in part]


class Source:
    """A SQL file: its text, its first comment, its statements."""

    def __init__(self, path):
        with open(path, encoding='utf-8') as stream:
            self.text = stream.read()
        self.path, self.used = path, set()
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.remark, self.parts, part = '', [], []
        for token in tokens(self.text) + [Token('other', ';', 0, ())]:
            if token.kind == 'comment':
                self.remark = self.remark or token.text
            elif token.text != ';' or token.kind != 'other':
                if part or token.kind != 'blank':
                    part.append(token)
            elif part:
                self.parts.append(part[:-1] if part[-1].kind == 'blank' else part)
                part = []


def splice(sources, faults):
    """`:as(get_note)` becomes the one statement of get_note.sql."""
    parts = {source.name: [list(part) for part in source.parts] for source in sources}
    for source in sources:
        for part in source.parts:
            for i in [i for i, t in enumerate(part) if AS.fullmatch(t.text)][::-1]:
                at, found = part[i], parts.get(part[i].text[4:-1], [])
                if len(found) != 1:
                    faults.add(source.path, at.line, '%s: no file of one statement' % at.text)
                part[i:i + 1] = [
                    Token(t.kind, t.text, at.line, at.group + tuple((i, g) for g in t.group))
                    for t in (found[0] if len(found) == 1 else [])]


class Statement:
    """Its pieces [kind, index, text, other]; arguments (source, index, oid, name)."""

    def __init__(self, name):
        self.name, self.pieces, self.arguments, self.cursor_at = name, [], [], 0

    def text(self, text):
        if self.pieces and self.pieces[-1][0] == 'TEXT':
            self.pieces[-1][2] += text
        else:
            self.pieces.append(['TEXT', 0, text, None])

    def argument(self, source, index, kind, name):
        """Its $n."""
        names = [argument[3] for argument in self.arguments]
        if name not in names:
            names.append(name)
            self.arguments.append((source, index, OIDS.get(kind, 25), name))
        return names.index(name) + 1


def type_of(schema):
    """The SQL type of a parameter's or a property's schema."""
    kind = schema.get('type', 'string')
    if isinstance(kind, list):
        kind = next((k for k in kind if k != 'null'), 'string')
    if kind == 'array':
        inner = type_of(schema.get('items') or {}) + '[]'
        return inner if inner in OIDS else 'text[]'
    if kind == 'string':
        kind = schema.get('format')
    return {'uuid': 'uuid', 'date-time': 'timestamptz', 'date': 'date', 'integer': 'bigint',
            'number': 'float8', 'boolean': 'bool', 'object': 'jsonb'}.get(kind, 'text')


class Compiler:
    """Compiles one file for one operation (or for none: C code's)."""

    def __init__(self, source, faults, operation=None, resolve=None):
        self.source, self.faults, self.options = source, faults, set()
        self.operation, self.resolve = operation, resolve
        self.is_list = operation is not None and bool(operation.orders)

    def refuse(self, token, what):
        self.faults.add(self.source.path, token.line, what)

    def run(self):
        statements = []
        for i, part in enumerate(self.source.parts):
            name = self.source.name + ('.%d' % (i + 1) if i else '')
            last = i + 1 == len(self.source.parts)
            statements.append(self.statement(Statement(name), part, last))
        if not 1 <= len(statements) <= STATEMENTS_MAX:
            self.faults.add(self.source.path, 1, '%d statements, 1 to %d will do'
                            % (len(statements), STATEMENTS_MAX))
        if len(self.options) > 6:
            self.faults.add(self.source.path, 1, '%d optional names, at most 6' % len(self.options))
        return statements

    def statement(self, statement, part, last):
        keyed = last and self.operation is not None and self.operation.keyed
        own = main_at(part) if keyed else None
        i = 0
        while i < len(part):
            if i == own:
                start = ', _reply as (\n' if i else 'with _reply as (\n'
                statement.pieces.append(['KEYED', 0, start, ''])
            if part[i].kind == 'optional':
                i = self.optional(statement, part, i)
                continue
            mark = re.fullmatch(r':(page|order)(?:\((\w+)\))?', part[i].text)
            if part[i].kind != 'parameter':
                statement.text(part[i].text)
            elif mark:
                self.source.used.add(mark.group(1))
                if not last or not self.is_list:
                    self.refuse(part[i], '%s outside the last statement of a list' % part[i].text)
                prefix = mark.group(2) + '.' if mark.group(2) else ''
                statement.pieces.append([mark.group(1).upper(), 0, prefix, None])
            else:
                statement.text('$%d' % self.number(statement, part, i))
            i += 1
        if keyed:
            statement.pieces.append(['KEYED', 0, KEPT % tuple(
                statement.argument(*argument) for argument in (
                    ('AUTH_ORG', 0, 'uuid', 'auth.org'), ('CALLER', 0, 'text', 'caller'),
                    ('KEY', 0, 'text', 'key'))), ''])
        if last and self.is_list:
            self.cursor(statement, part)
        return statement

    def optional(self, statement, part, i):
        """The rest of a line behind a query parameter's mark."""
        mark, text = part[i], ''
        name = mark.text[3:-2].strip()
        place, _, rest = name.partition('.')
        index = self.operation.find(place, rest)[0] if self.operation else None
        if index is None or place != 'query':
            self.refuse(mark, "'%s' is no query parameter" % name)
        if i == 0 or '\n' not in part[i - 1].text:
            self.refuse(mark, 'an optional mark begins its line')
        self.source.used.add(name)
        self.options.add(name)
        i += 1
        while i < len(part) and '\n' not in part[i].text:
            is_parameter = part[i].kind == 'parameter'
            text += '$%d' % self.number(statement, part, i) if is_parameter else part[i].text
            i += 1
        statement.pieces.append(['OPTIONAL', index or 0, text.lstrip(), None])
        return i

    def number(self, statement, part, i):
        """The $n of a parameter, which is entered in the arguments."""
        name = part[i].text[1:]
        place, _, rest = name.partition('.')
        self.source.used.add(name)
        if name in FIXED and (self.operation or place in ('auth', 'new')):
            if name == 'body' and self.operation.body is None:
                self.refuse(part[i], ':body, but there is no requestBody')
            if name == 'limit' and not self.is_list:
                self.refuse(part[i], ':limit, but this is no list')
            return statement.argument(FIXED[name][0], 0, FIXED[name][1], name)
        if place == 'arg' and rest and self.operation is None:
            cast = ''.join(t.text for t in part[i + 1:i + 5])
            kind = re.match(r'(?:::(\w+(?:\[\])?))?', cast).group(1) or 'text'
            if kind not in OIDS:
                self.refuse(part[i], "type '%s' of %s is not known" % (kind, part[i].text))
            count = len([a for a in statement.arguments if a[0] == 'ARG'])
            return statement.argument('ARG', count, kind, name)
        index, parameter = self.operation.find(place, rest) if self.operation else (None, None)
        if parameter is None:
            self.refuse(part[i], 'no parameter %s' % part[i].text)
            return 1
        if place == 'path' and rest in self.operation.placeholders:
            index = self.operation.placeholders.index(rest)
        kind = type_of(self.resolve(parameter.get('schema')) or {})
        return statement.argument(place.upper(), index, kind, name)

    def cursor(self, statement, part):
        """A list's cursor comes last, as wide as its widest order."""
        for wanted in sorted({'page', 'order', 'limit'} - self.source.used):
            self.refuse(part[0], 'a list without :%s' % wanted)
        statement.cursor_at = len(statement.arguments) + 1
        for i in range(max(len(keys) for keys in self.operation.orders.values())):
            statement.arguments.append(('CURSOR', i, 0, 'cursor.%d' % i))


def main_at(part):
    """Where a statement's own verb stands, behind its `with` list."""
    if part[0].word != 'with':
        return 0
    return next((i for i, token in enumerate(part)
                 if not token.group and token.word in VERBS), 0)
