"""places -- where in a request an id stands, and what may be put there.

The document says where: parameters and members of bodies whose format is
uuid, also those that a fixture leaves out.  PostgreSQL's catalogue says what
kind of thing each names.  Nothing here is said for one operation alone; what
neither can say is in NAMED, and a place of unknown kind is an error.
"""

import copy
import dataclasses
import functools
import re
import uuid

UUID = re.compile(
    r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')
# Stems (`to`, `offer_id`) that neither a table nor a foreign key has.
NAMED = {'to': ('person',), 'hr_contacts': ('person',), 'offer': ('seat',),
         'object': ('person', 'team'), 'about': ('session', 'skill'),
         'Users': ('person',),
         'Groups': ('team',)}
# An id that is no table's primary key: (table, column).
COLUMNS = {'ask': ('feedback_request', 'ask_id')}
# What HR alone may say is said by HR.
AS = {'create_skill': {'roles': ('hr',)}}
# Each item of the body is judged by itself; what became of it is told.
ITEM_BY_ITEM = {'import_attendance'}


@dataclasses.dataclass(frozen=True)
class Place:
    where: str              # path, query, body
    steps: tuple            # (name,), or the way into the body; '*' is an item
    beside: tuple = ()      # members that stand with it: (('kind', 'skill'),)

    @property
    def name(self):
        return next(step for step in reversed(self.steps) if step != '*')

    def __str__(self):
        said = ''.join(f' {name}={value}' for name, value in self.beside)
        return f'{self.where} {"/".join(self.steps)}{said}'


class Catalogue:
    """What PostgreSQL knows of our tables."""

    def __init__(self, db):
        self.db = db
        self.columns = {}
        for table, column, kind in db.execute(
                'select c.relname, a.attname, format_type(a.atttypid, null)'
                ' from pg_class c join pg_attribute a on a.attrelid = c.oid'
                " where c.relnamespace = 'public'::regnamespace"
                " and c.relkind in ('r', 'p') and a.attnum > 0"
                ' and not a.attisdropped order by 1, a.attnum'):
            self.columns.setdefault(table, {})[column] = kind
        self.views = set(db.column(
            "select relname from pg_class where relkind = 'v' and"
            " relnamespace = 'public'::regnamespace"))
        # {(table, column): table}, but for org_id.
        self.references = {}
        for table, column, other in db.execute(
                'select k.conrelid::regclass::text, a.attname,'
                ' k.confrelid::regclass::text from pg_constraint k'
                ' join pg_attribute a on a.attrelid = k.conrelid'
                " and a.attnum = any (k.conkey) where k.contype = 'f'"
                " and a.attname <> 'org_id'"):
            self.references[table, column] = other
        self.kinds = [table for table, columns in self.columns.items()
                      if columns.get('id') == 'uuid' and 'org_id' in columns]

    def parents(self, table):
        """{column: table} of what rows of a table belong to."""
        return {column: other for (one, column), other
                in self.references.items() if one == table}

    @functools.lru_cache(None)
    def named(self, stem):
        """The tables that an id of that name may be in."""
        if stem in NAMED:
            return NAMED[stem]
        found = [table for table in self.kinds if table == stem]
        found = found or [table for table in self.kinds
                          if table.endswith('_' + stem)]
        return tuple(found or sorted({
            other for (_, column), other in self.references.items()
            if column == stem + '_id' and other in self.kinds}))

    def kind(self, operation, place):
        """(table, column) pairs of what a place names; never none."""
        for name, value in place.beside:
            if value in self.columns:
                return [(value, 'id')]
        stem = re.sub(r'_ids?$', '', place.name)
        if operation.scim and place.name == 'id':
            stem = operation.route.split('/')[3]
        if stem in COLUMNS:
            return [COLUMNS[stem]]
        tables = self.named(stem)
        assert tables, (f'{operation.id}: no table is known for {place}; say'
                        ' in harness/places.py what it names')
        return [(table, 'id') for table in tables]


def schema_of(operation):
    """Of the JSON body, or None."""
    for kind, schema in operation.body.items():
        if 'json' in kind:
            return operation.document.resolve(schema)
    return None


def levels(document, schema, steps=()):
    """(steps, schema) of a schema and everything in it, resolved; `*` is an
    item of an array, a member of a map is left to `additionalProperties`."""
    if not isinstance(schema, dict):
        return
    schema = document.resolve(schema)
    yield steps, schema
    for word in ('allOf', 'anyOf', 'oneOf'):
        for part in schema.get(word, ()):
            yield from levels(document, part, steps)
    for name, part in schema.get('properties', {}).items():
        yield from levels(document, part, (*steps, name))
    yield from levels(document, schema.get('items'), (*steps, '*'))


def is_id(document, schema):
    return isinstance(schema, dict) and document.resolve(
        schema).get('format') == 'uuid'


def of_operation(operation, tables=()):
    """Every place of an id.  An `id` beside a `kind` is one place for each
    kind that is among the tables."""
    document, found = operation.document, []
    for parameter in operation.parameters:
        schema = document.resolve(parameter['schema'])
        if parameter['in'] in ('path', 'query') and (
                is_id(document, schema)
                or is_id(document, schema.get('items'))):
            found.append(Place(parameter['in'], (parameter['name'],)))
    kinds = {}
    for steps, schema in levels(document, schema_of(operation)):
        for value in schema.get('properties', {}).get('kind', {}).get(
                'enum', ()) if isinstance(
                    schema.get('properties', {}).get('kind'), dict) else ():
            kinds.setdefault(steps, []).append(value)
    for steps, schema in levels(document, schema_of(operation)):
        if not is_id(document, schema):
            continue
        beside = [value for value in kinds.get(steps[:-1], ())
                  if value in tables] if steps[-1] == 'id' else []
        for choice in [(('kind', one),) for one in beside] or [()]:
            place = Place('body', steps, choice)
            if place not in found:
                found.append(place)
    return found


def read(call, place):
    """What stands there in a call, or None."""
    if place.where != 'body':
        return getattr(call, place.where).get(place.name)
    value = call.json
    for step in place.steps:
        if step == '*':
            value = value[0] if value else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return None
    return value


def put(call, place, value):
    """A copy with another value there, and all around it as it was; what was
    not there at all is made as small as its schema allows."""
    if place.where != 'body':
        return call.changed(**{place.where: {place.name: value}})
    other = call.changed()
    document = call.operation.document
    schema = schema_of(call.operation)
    other.json = _put(document, schema, other.json, place.steps, value)
    node = other.json
    for step in place.steps[:-1]:
        node = node[0 if step == '*' else step]
    if place.beside:
        node.update(place.beside)
    return other


def _part(document, schema, step):
    schema = document.resolve(schema)
    if step == '*':
        return schema['items']
    for part in (schema, *(document.resolve(one) for word in (
            'allOf', 'anyOf', 'oneOf') for one in schema.get(word, ()))):
        if step in part.get('properties', {}):
            return part['properties'][step]
    raise LookupError(step)


def _put(document, schema, node, steps, value):
    if not steps:
        return value
    if node is None:
        node = smallest(document, schema)
    inner = _part(document, schema, steps[0])
    if steps[0] == '*':
        first = node[0] if node else None
        return [_put(document, inner, first, steps[1:], value), *node[1:]]
    return {**node, steps[0]: _put(document, inner, node.get(steps[0]),
                                   steps[1:], value)}


def smallest(document, schema):
    """The least that a schema takes."""
    schema = document.resolve(schema)
    for part in schema.get('allOf', ()):
        return smallest(document, part)
    for word in ('const', 'default', 'example'):
        if word in schema:
            return copy.deepcopy(schema[word])
    if 'enum' in schema:
        return schema['enum'][0]
    kind = schema.get('type', 'object')
    kind = kind if isinstance(kind, str) else kind[0]
    if kind == 'object':
        return {name: smallest(document, schema['properties'][name])
                for name in schema.get('required', ())}
    if kind == 'array':
        return [smallest(document, schema['items'])
                for _ in range(schema.get('minItems', 0))]
    return {'string': 'x' * schema.get('minLength', 1), 'boolean': True,
            'integer': schema.get('minimum', 1),
            'number': schema.get('minimum', 1)}[kind]


def refusals(call, place):
    """The statuses of an id that nobody has; 200 is an empty list."""
    if call.operation.scim:
        return (404, 400)
    if place.where == 'body':
        return (200,) if call.operation.id in ITEM_BY_ITEM else (404, 422)
    return (404,) if place.where == 'path' else (404, 200)


def told(reply, *ids):
    """What a reply says, without what is this very request's."""
    text = reply.text.replace(reply.headers['Request-Id'], 'REQUEST')
    for one in ids:
        text = text.replace(one, 'ID')
    text = re.sub(r'"as_of": ?"[^"]+"', '"as_of":""', text)
    headers = {name.lower(): value for name, value in reply.headers.items()
               if name.lower() in ('content-type', 'content-language',
                                   'cache-control', 'allow')}
    names = {name.lower() for name in reply.headers} - {'date', 'connection'}
    return reply.status_code, text, headers, names


def distinguished(call, found, tried):
    """Where (a place of those found) and by what (an id of those that
    tried(place) yields) a reply differs from that to an invented one."""
    faults = []
    for place in found:
        invented = str(uuid.uuid4())
        reply = put(call, place, invented).send()
        if reply.status_code not in refusals(call, place):
            faults.append(f'{place} invented: {reply}')
            continue
        if reply.status_code == 200 and place.where == 'query':
            assert reply.json()['items'] == [], (place, reply)
        expected = told(reply, invented)
        for what, value in tried(place):
            again = put(call, place, value).send()
            if told(again, value) != expected:
                faults.append(f'{place} {what} {value}: {again}\n'
                              f'  an invented one: {reply}')
    return faults


def written(db, org_id, without=()):
    """{table: (rows, youngest)} of an organisation: differs after any insert,
    update or delete, and costs one look at each table."""
    return {table: rest for table, *rest in db.execute(' union all '.join(
        f"select '{table}', count(*), max(xmin::text::bigint)"
        f' from "{table}" where org_id = %(org)s'
        for table in db.tenant_tables() if table not in without),
        {'org': org_id})}
