"""Every operation's SQL against its response schema: what the last statement
returns, as PQdescribePrepared tells, is what the document promises.

Mutations: rename a column, `count(*)::text`, leave a column out: refused.
"""

import json

import pytest

from harness import baked
from harness.libpq import Plain, Refused

JSON_TYPES = {
    16: 'boolean', 20: 'integer', 21: 'integer', 23: 'integer',
    700: 'number', 701: 'number', 1700: 'number', 25: 'string',
    1043: 'string', 2950: 'string', 1184: 'string', 1082: 'string',
    1083: 'string', 1007: 'array', 1009: 'array', 1016: 'array',
    2951: 'array',
}
FORMATS = {2950: 'uuid', 1184: 'date-time', 1082: 'date', 1083: 'time'}
RESERVED = {'_refuse', '_etag', '_location', '_status'}
JSON_OIDS = (114, 3802)


@pytest.fixture(scope='module')
def plain(server):
    connection = Plain(server.runtime_url)
    yield connection
    connection.close()


def faults_of(columns, operation, document):
    """Sentences about columns [(name, oid)] and a reply's schema."""
    properties = operation.row(document)
    shown = {name: oid for name, oid in columns if not name.startswith('_')}
    faults = []
    if len(shown) != sum(not name.startswith('_') for name, _ in columns):
        faults.append('a column is there twice')
    for name in sorted(set(shown) - set(properties)):
        faults.append(f'column {name} is no property')
    for name in sorted(set(properties) - set(shown)):
        faults.append(f'property {name} is no column')
    for name, oid in shown.items():
        if name in properties:
            fault = mismatch(oid, properties[name], document)
            if fault:
                faults.append(f'{name}: {fault}')
    keys = {key for order in operation.keys.values() for key, _, _ in order}
    hidden = {name for name, _ in columns if name.startswith('_')}
    for name in sorted(keys - set(shown) - hidden):
        faults.append(f'order by {name}, which is no column')
    return faults


def mismatch(oid, schema, document):
    schema = resolved(schema, document)
    kinds = schema.get('type')
    kinds = [kinds] if isinstance(kinds, str) else list(kinds or ())
    for word in ('oneOf', 'anyOf'):
        for part in schema.get(word, ()):
            part = resolved(part, document)
            kind = part.get('type', [])
            kinds += [kind] if isinstance(kind, str) else kind
    if oid in JSON_OIDS:
        plain = set(kinds) & {'string', 'integer', 'number', 'boolean'}
        return f'json, but {kinds}' if plain or not kinds else None
    kind = JSON_TYPES.get(oid)
    if kind is None:
        return f'type {oid} is not known to this test'
    if kind not in kinds and not (
            kind == 'integer' and 'number' in kinds):
        return f'is {kind}, promised {kinds}'
    wanted = schema.get('format')
    if kind == 'string' and FORMATS.get(oid) != wanted and (
            wanted in FORMATS.values() or oid in FORMATS):
        return f'has format {FORMATS.get(oid)}, promised {wanted}'
    return None


def resolved(schema, document):
    import document as reading
    return reading.resolve(document, schema) or {}


@pytest.mark.parametrize('name', baked.operation_ids())
def test_columns(name, plain):
    operation = baked.operation(name)
    if not operation.statements:
        pytest.skip('C')
    tree = baked.tree()
    faults = []
    for statement in operation.statements:
        last = statement is operation.statements[-1]
        for text in baked.texts(operation, statement):
            where = f'{text.name} {text.choice}: '
            try:
                columns = plain.describe(
                    plain.prepare(text.text, text.types))
            except Refused as refused:
                faults.append(f'{where}{refused}\n{text.text}')
                continue
            if last:
                faults += [where + fault for fault in
                           faults_of(columns, operation, tree.document)]
    assert not faults, '\n'.join(faults)


def test_statements_of_c_code_are_valid(server):
    plain = Plain(server.owner_url)
    try:
        faults = [f'{text.name}: {outcome}' for text, outcome in
                  baked.prepared_for_c(plain)
                  if isinstance(outcome, Refused)]
    finally:
        plain.close()
    assert not faults, '\n'.join(faults)


def test_every_response_property_is_required():
    """Always present, null when empty: a frontend need not ask twice."""
    tree = baked.tree()
    faults = []
    for operation in tree.operations:
        # SCIM leaves out what is not assigned (RFC 7643, 2.5).
        if operation.scim:
            continue
        for status in operation.successes:
            response = resolved(operation.entry['responses'][status],
                                tree.document)
            for entry in response.get('content', {}).values():
                faults += [f'{operation.name}: {name}' for name in
                           optional(entry.get('schema'), tree.document)]
    assert not faults, '\n'.join(sorted(set(faults)))


def optional(schema, document, path=''):
    """Properties that a reply may lack, nested ones too."""
    schema = resolved(schema, document)
    properties = dict(schema.get('properties', {}))
    required = set(schema.get('required', ()))
    for part in schema.get('allOf', ()):
        part = resolved(part, document)
        properties.update(part.get('properties', {}))
        required |= set(part.get('required', ()))
    for name in properties:
        if name not in required:
            yield f'{path}/{name}'
        yield from optional(properties[name], document, f'{path}/{name}')
    if 'items' in schema:
        yield from optional(schema['items'], document, path)


@pytest.mark.parametrize('columns, sentence', [
    ([('id', 2950), ('name', 25), ('extra', 25)], 'extra is no property'),
    ([('id', 2950)], 'name is no column'),
    ([('id', 25), ('name', 25)], 'format'),
    ([('id', 2950), ('name', 20)], 'promised'),
    ([('id', 2950), ('name', 25), ('_refuse', 2278)], None),
])
def test_the_check_itself(columns, sentence):
    class Operation:
        keys = {}

        @staticmethod
        def row(document):
            return {'id': {'type': 'string', 'format': 'uuid'},
                    'name': {'type': ['string', 'null']}}
    faults = json.dumps(faults_of(columns, Operation, {}))
    assert (sentence in faults) if sentence else faults == '[]'
