"""The refusals of openapi/: each a generator of (mapping, key, what)."""

import os
import re

from document import LANGUAGES, Map
from statement import OIDS, type_of

ROLES = ('member', 'facilitator', 'trainer', 'leader', 'hr', 'integrator', 'admin')
ATTRIBUTES = {  # name -> values; None: any
    'lane': ('fast', 'write', 'slow'), 'plan': ('generic', 'custom', 'filtered'),
    'if_match': ('required', 'optional'),
    'sealed': (True,), 'silent': None, 'body': ('json', 'spool', 'form'), 'body_limit': None,
    'body_elements': range(1, 200001), 'orders': None, 'problems': None, 'handler': ('c',),
    'scopes': None, 'refusals': ('own',), 'dialect': ('scim',)}
BODY_LIMIT_MAX = 8 * 1024 * 1024  # of what is held in memory
SCIM_TYPES = set('''invalidFilter tooMany uniqueness mutability invalidSyntax invalidPath noTarget
    invalidValue invalidVers sensitive'''.split())  # RFC 7644, table 9
KEYWORDS = set('''type enum const properties required additionalProperties minProperties
    maxProperties items prefixItems minItems maxItems uniqueItems minLength maxLength pattern
    minimum maximum exclusiveMinimum exclusiveMaximum multipleOf oneOf anyOf allOf $ref format
    title description default examples deprecated readOnly writeOnly $comment'''.split())
FORMATS = set('date-time date time duration email uuid uri language zone name'.split())
UNBOUNDED = ('email', 'uri', 'name')
SNAKE = re.compile(r'[a-z][a-z0-9]*(_[a-z0-9]+)*$')


def is_foreign(schema):
    """Another protocol's, in files of its own: it keeps its names, and ignores what it does
    not know."""
    return os.path.basename(schema.file).startswith('scim')


def order_keys(tree, operation):
    """Order name -> [(column, type, descending)]."""
    found, row = {}, operation.row(tree.document) if operation.orders else {}
    for name, keys in operation.orders.items():
        found[name] = []
        for key in keys:
            column, _, kind = key.lstrip('-').partition('::')
            kind = kind or type_of(tree.resolve(row.get(column)) or {})
            found[name].append((column, kind, key[0] == '-'))
    return found


def order_faults(tree, o):
    orders, row = o.orders, o.row(tree.document) if o.orders else {}
    for name, keys in order_keys(tree, o).items():
        for column, kind, _ in keys:
            schema = tree.resolve(row.get(column)) or {}
            if column not in row and column[0] != '_':
                yield orders, name, "order key '%s' is no property" % column
            if 'null' in schema.get('type', ''):
                yield orders, name, "order key '%s' may be null" % column
            if kind not in OIDS:
                yield orders, name, "type '%s' of an order key is not known" % kind
        if len({descending for _, _, descending in keys}) > 1:
            yield orders, name, "order '%s' mixes directions" % name
        if not 1 <= len(keys) <= 4:
            yield orders, name, "order '%s' has %d keys, 1 to 4 will do" % (name, len(keys))


def body_faults(tree, owner, key, content, request, seen):
    """A request or a reply: a schema, an example, and every keyword enforced."""
    for body in content.values():
        if not ('example' in body or body.get('examples')):
            yield owner, key, 'no example'
        if 'schema' not in body:
            yield owner, key, 'no schema'
        yield from schema_faults(tree, body.get('schema'), request, seen)


def operation_faults(tree, o, seen):
    entry, extra = o.entry, o.extra
    if not SNAKE.match(o.name or ''):
        yield entry, 'operationId', "operationId '%s' is not snake_case" % o.name
    words = len((entry.get('summary') or '').split())
    if not 1 <= words <= 6:
        yield entry, 'summary', 'a summary of %d words, 1 to 6 will do' % words
    if 'security' not in entry:
        yield entry, None, 'no security: who may do this?'
    for role in set(o.roles) - set(ROLES):
        yield entry, 'security', "role '%s' is not known" % role
    for tag in set(entry.get('tags', [])) - {t['name'] for t in tree.document.get('tags', [])}:
        yield entry, 'tags', "tag '%s' is not known" % tag
    for key, value in extra.items():
        if key not in ATTRIBUTES:
            yield extra, key, "x-hefboom attribute '%s' is not known" % key
        elif ATTRIBUTES[key] and value not in ATTRIBUTES[key]:
            yield extra, key, "'%s' is no value of %s" % (value, key)
    if extra.get('body') == 'spool' and 'body_limit' not in extra:
        yield extra, 'body', 'spool without body_limit'
    if extra.get('body') != 'spool' and extra.get('body_limit', 0) > BODY_LIMIT_MAX:
        yield extra, 'body_limit', 'more than %d bytes are for spool' % BODY_LIMIT_MAX
    if o.scim != o.route.startswith('/scim/') or o.scim and not o.is_c:
        yield entry, None, 'dialect: scim, paths below /scim and handler: c go together'
    for code in set(o.problems) - set(tree.problems):
        yield extra, 'problems', "problem '%s' is not in problems.yaml" % code
    for name in o.placeholders:
        if o.find('path', name)[1] is None:
            yield entry, None, "no parameter for '{%s}'" % name
    if len(o.placeholders) > 4 or len(o.parameters) > 32:
        yield entry, 'parameters', 'too many parameters'
    for _, p in o.parameters:
        if p['in'] != 'header' and not (SNAKE.match(p['name']) or is_foreign(p)):
            yield p, 'name', "parameter '%s' is not snake_case" % p['name']
        if p['in'] == 'path' and p['name'] not in o.placeholders:
            yield p, 'name', "parameter '%s' is not in the route" % p['name']
        yield from schema_faults(tree, p.get('schema'), True, seen)
    if not o.successes and (o.method != 'get' or '302' not in entry.get('responses', {})):
        yield entry, 'responses', 'no success'
    for status, response in entry.get('responses', {}).items():
        if status[0] not in '23' and extra.get('refusals') != 'own':
            yield entry['responses'], status, 'bake writes the refusals, not you'
        yield from body_faults(tree, entry['responses'], status,
                               (tree.resolve(response) or {}).get('content', {}), False, seen)
    yield from body_faults(tree, entry, 'requestBody', o.request, True, seen)
    yield from order_faults(tree, o)


def schema_faults(tree, schema, request, seen):
    if not isinstance(schema, Map) or (id(schema), request) in seen:
        return
    seen.add((id(schema), request))
    if '$ref' in schema:
        target = tree.resolve(schema)
        if target is None:
            yield schema, '$ref', 'there is no %s' % schema['$ref']
        yield from schema_faults(tree, target, request, seen)
    for key in schema:
        if key not in KEYWORDS and not key.startswith('x-'):
            yield schema, key, "schema keyword '%s' is enforced by nothing" % key
    if schema.get('format', 'date') not in FORMATS:
        yield schema, 'format', "format '%s' is enforced by nothing" % schema['format']
    for name in schema.get('properties', {}):
        if not SNAKE.match(name) and not is_foreign(schema):
            yield schema['properties'], name, "property '%s' is not snake_case" % name
    if request:
        yield from bound_faults(schema)
    for key in ('properties', 'items', 'additionalProperties', 'prefixItems', 'oneOf', 'anyOf',
                'allOf'):
        part = schema.get(key)
        parts = part.values() if key == 'properties' and part else (
            part if isinstance(part, list) else [part])
        for child in parts:
            yield from schema_faults(tree, child, request, seen)


def bound_faults(schema):
    """Whatever a client can make grow has a stated limit."""
    kinds = schema.get('type', [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    fixed = 'enum' in schema or 'const' in schema
    more = schema.get('additionalProperties', True)
    if 'object' in kinds and more is not False and not is_foreign(schema) and (
            more is True or 'maxProperties' not in schema):
        yield schema, None, 'a request\'s object without additionalProperties: false'
    if 'string' in kinds and not (fixed or 'maxLength' in schema or 'pattern' in schema or
                                  schema.get('format', 'name') not in UNBOUNDED):
        yield schema, None, 'a request\'s string without a limit'
    if 'array' in kinds and 'maxItems' not in schema:
        yield schema, None, 'a request\'s array without maxItems'


def text_faults(owner, key, texts):
    """Four languages, no two the same."""
    known = {}
    for tag in LANGUAGES:
        if not texts.get(tag):
            yield owner, key, "'%s' has no text in %s" % (key, tag)
        elif texts[tag] in known:
            yield owner, key, "'%s' is the same in %s and %s" % (key, known[texts[tag]], tag)
        known[texts.get(tag)] = tag


def vocabulary_faults(tree):
    for code, problem in tree.problems.items():
        if str(problem.get('status')) not in tree.vocabulary.get('statuses', {}):
            yield tree.problems, code, "'%s' has no known status" % code
        if problem.get('scim_type') not in SCIM_TYPES | {None}:
            yield tree.problems, code, "'%s' is no scimType" % problem['scim_type']
        yield from text_faults(tree.problems, code, problem.get('title') or {})
        if 'detail' in problem:
            yield from text_faults(tree.problems, code, problem['detail'])
    for code, texts in tree.fields.items():
        yield from text_faults(tree.fields, code, texts)


def check_entries(tree):
    names, seen = {}, set()
    for schema in tree.document['components'].get('schemas', {}).values():
        for owner, key, what in schema_faults(tree, schema, False, seen):
            tree.faults.add(*owner.at(key), what)
    for o in tree.operations:
        if o.name in names:
            tree.faults.add(*o.entry.at('operationId'), "operationId '%s' is there twice" % o.name)
        names[o.name] = o
        for owner, key, what in operation_faults(tree, o, seen):
            tree.faults.add(*owner.at(key), what)
    for owner, key, what in vocabulary_faults(tree):
        tree.faults.add(*owner.at(key), what)
