"""baked -- the tree as src/bake compiled it: the same texts and the same
arguments that the program sends, for tests that speak to PostgreSQL alone.
"""

import functools
import itertools
import json
import pathlib

import bake

ROOT = pathlib.Path(__file__).resolve().parents[3]


@functools.lru_cache(None)
def tree(root=str(ROOT)):
    baked, faults = bake.bake(root)
    assert not faults, '\n'.join(faults)
    return baked


def operations(kind=None):
    """The operations that are SQL, of the whole tree."""
    return [one for one in tree().operations if one.statements]


def operation_ids():
    """For parametrizing at collection; empty while the tree is broken."""
    try:
        return [one.name for one in tree().operations]
    except AssertionError:
        return []


def operation(name):
    return next(one for one in tree().operations if one.name == name)


def _optional_indexes(statement):
    return sorted({piece[1] for piece in statement.pieces
                   if piece[0] == 'OPTIONAL'})


class Text:
    """One text of a statement, as some request makes the engine send it."""

    def __init__(self, statement, text, arguments, choice):
        self.name = statement.name
        self.text = text
        # [(source, name, oid)], in order.
        self.arguments = arguments
        self.choice = choice

    @property
    def types(self):
        return [oid for _, _, oid in self.arguments]

    def values(self, given):
        """Positional values from {argument name: text}."""
        return [given.get(name) for _, name, _ in self.arguments]


def texts(operation, statement, every=True):
    """All the texts of a statement: per order first and next page, with all
    and without any optional line, with and without a key."""
    has = {piece[0] for piece in statement.pieces}
    orders = list(operation.keys.items()) if (
        operation is not None and {'PAGE', 'ORDER'} & has) else [(None, None)]
    pages = ('first', 'next') if 'PAGE' in has else ('first',)
    optional = _optional_indexes(statement)
    chosen = [(), tuple(optional)] if optional else [()]
    if every and optional:
        chosen += [(one,) for one in optional if (one,) not in chosen]
    keyed = (False, True) if 'KEYED' in has else (False,)
    for order, page, lines, key in itertools.product(
            orders, pages, chosen, keyed):
        yield render(operation, statement, order, page, lines, key)


def render(operation, statement, order=(None, None), page='first', lines=(),
           key=False):
    name, keys = order
    arguments = [(source, spelt, oid)
                 for source, index, oid, spelt in statement.arguments
                 if source != 'CURSOR']
    first_cursor = len(arguments) + 1
    out = []
    for kind, index, text, other in statement.pieces:
        if kind == 'TEXT':
            out.append(text)
        elif kind == 'OPTIONAL':
            out.append(text if index in lines else '\n')
        elif kind == 'KEYED':
            out.append(text if key else other or '')
        elif kind == 'PAGE':
            if page == 'first':
                out.append('true')
            else:
                columns = ', '.join(text + column for column, _, _ in keys)
                numbers = ', '.join(f'${first_cursor + n}'
                                    for n in range(len(keys)))
                sign = '<' if keys[0][2] else '>'
                out.append(f'({columns}) {sign} ({numbers})')
        elif kind == 'ORDER':
            out.append(', '.join(
                f'{text}{column}{" desc" if down else ""}'
                for column, _, down in keys))
    if page == 'next':
        from statement import OIDS
        arguments = arguments + [('CURSOR', f'cursor.{n}', OIDS[kind])
                                 for n, (_, kind, _) in enumerate(keys)]
    choice = {'order': name, 'page': page, 'key': key, 'lines': lines}
    return Text(statement, ''.join(out), arguments, choice)


def given_by(call, org_id, person_id, new_id, roles=('member',),
             language='en'):
    """The arguments of a Call (harness.calls), by name, as text."""
    given = {'auth.org': org_id, 'auth.person': person_id,
             'auth.roles': '{' + ','.join(roles) + '}',
             'auth.language': language, 'new.id': new_id, 'limit': '51',
             'caller': str(person_id), 'key': 'a-key'}
    if call.json is not None:
        given['body'] = json.dumps(call.json)
    for name, value in call.path.items():
        given[f'path.{name}'] = str(value)
    for parameter in call.operation.parameters:
        name, place = parameter['name'], parameter['in']
        schema = call.operation.document.resolve(parameter.get('schema', {}))
        value = schema.get('default')
        if place == 'query':
            value = call.query.get(name, value)
        elif place == 'header':
            name = name.lower().replace('-', '_')
            value = call.headers.get(parameter['name'], value)
        else:
            continue
        if value is not None:
            if schema.get('type') == 'array':
                value = value if isinstance(value, str) else ','.join(value)
                value = '{' + value + '}'
            elif isinstance(value, bool):
                value = 'true' if value else 'false'
            given[f'{place}.{name}'] = str(value)
    return given


def prepared_for_c(plain):
    """Every text of sql/statements and sql/jobs with its prepared name, or
    the refusal.  What imports need of temporary tables is made before, in a
    transaction that the caller rolls back."""
    from harness.libpq import Refused
    plain.execute('begin')
    found = [text for statement in tree().statements + tree().jobs
             for text in texts(None, statement)]
    makes_tables = [text for text in found
                    if 'create temp table' in text.text]
    # Those that make tables out of nothing go before those that select.
    makes_tables.sort(key=lambda text: ('_tables' not in text.name,
                                        text.name))
    for text in makes_tables:
        plain.run(plain.prepare(text.text, text.types),
                  [None] * len(text.types))
    for text in found:
        if text in makes_tables:
            continue
        plain.execute('savepoint before')
        try:
            yield text, plain.prepare(text.text, text.types)
        except Refused as refused:
            plain.execute('rollback to before')
            yield text, refused
