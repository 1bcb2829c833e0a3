"""The bundled document is OpenAPI 3.1, and its examples are true.

Mutations: bake without `explode`, an example with a misspelt property, a
$ref to nowhere, a path parameter that is not required, a body of POST that is
required though nothing in it is, x-problems without `detail`, Dutch that says
u in one place, describe() left out: each fails.
"""

import functools
import json
import pathlib
import re

import jsonschema
import pytest

import bake
from harness.document import formats

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = ('get', 'put', 'post', 'delete', 'patch')
FIELDS = {'tags', 'summary', 'description', 'operationId', 'parameters',
          'requestBody', 'responses', 'security', 'deprecated'}


@functools.lru_cache(None)
def bundled():
    tree, faults = bake.bake(str(ROOT))
    assert not faults, '\n'.join(faults)
    return json.loads(json.dumps(tree.document))


@pytest.fixture(scope='module')
def document():
    return bundled()


def lookup(document, ref):
    assert ref.startswith('#/'), ref
    node = document
    for part in ref[2:].split('/'):
        node = node[part.replace('~1', '/').replace('~0', '~')]
    return node


def resolve(document, node):
    while '$ref' in node:
        node = lookup(document, node['$ref'])
    return node


def every(node, at=''):
    """All objects of the document, with where they are; not in examples."""
    if isinstance(node, dict):
        yield at, node
        for key, value in node.items():
            if key not in ('example', 'examples', 'value', 'default', 'enum',
                           'const'):
                yield from every(value, '%s/%s' % (at, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from every(value, '%s/%d' % (at, index))


def operations(document):
    for route, item in document['paths'].items():
        for method in METHODS:
            if method in item:
                yield route, item, method, item[method]


def bodies(document):
    """(where, media type, its entry) of every request and reply."""
    for route, _, method, entry in operations(document):
        places = list(entry['responses'].items())
        places.append(('request', entry.get('requestBody', {})))
        for name, place in places:
            place = resolve(document, place)
            for kind, body in place.get('content', {}).items():
                yield '%s %s %s' % (method, route, name), kind, body


def test_roots(document):
    assert re.fullmatch(r'3\.1\.\d', document['openapi'])
    assert set(document) == {'openapi', 'info', 'servers', 'tags', 'security',
                             'paths', 'components', 'x-problems', 'x-states'}
    assert set(document['components']) <= {
        'schemas', 'responses', 'parameters', 'examples', 'requestBodies',
        'headers', 'securitySchemes'}
    for group in document['components'].values():
        for name in group:
            assert re.fullmatch(r'[A-Za-z0-9._-]+', name)


def test_references(document):
    for at, node in every(document):
        if '$ref' in node and isinstance(node['$ref'], str):
            assert lookup(document, node['$ref']) is not None, at


def test_operations(document):
    ids = []
    for route, item, method, entry in operations(document):
        where = '%s %s' % (method, route)
        ids.append(entry['operationId'])
        assert {k for k in entry if not k.startswith('x-')} <= FIELDS, where
        assert all(re.fullmatch('[1-5][0-9][0-9]', status)
                   for status in entry['responses']), where
        for reply in entry['responses'].values():
            assert resolve(document, reply)['description'], where
        found = [resolve(document, p) for p in
                 item.get('parameters', []) + entry.get('parameters', [])]
        names = [(p['in'], p['name'].lower()) for p in found]
        assert len(set(names)) == len(names), where
        wanted = set(re.findall(r'\{(\w+)\}', route))
        assert wanted == {n for place, n in names if place == 'path'}, where
        for p in found:
            assert 'schema' in p and (p['in'] != 'path' or p['required'])
            if p['in'] == 'query' and p['schema'].get('type') == 'array':
                assert p['explode'] is False, where
    assert len(set(ids)) == len(ids)


def test_schemas(document):
    """Every schema is one by JSON Schema 2020-12."""
    check = jsonschema.Draft202012Validator.check_schema
    for schema in document['components']['schemas'].values():
        check(schema)
    for _, _, body in bodies(document):
        check(body['schema'])
    for at, node in every(document['paths']):
        if 'in' in node and 'schema' in node:
            check(node['schema'])


def test_examples(document):
    """Every example of a request or a reply is valid against its schema."""
    resolver = jsonschema.RefResolver('', document)
    wrong, seen = [], 0
    for where, kind, body in bodies(document):
        values = [resolve(document, e)['value']
                  for e in body.get('examples', {}).values()]
        values += [body['example']] if 'example' in body else []
        assert values, '%s %s has no example' % (where, kind)
        validator = jsonschema.Draft202012Validator(
            body['schema'], resolver=resolver, format_checker=formats)
        for value in values:
            seen += 1
            wrong += ['%s %s: %s at /%s' % (
                where, kind, error.message,
                '/'.join(map(str, error.absolute_path)))
                for error in validator.iter_errors(value)]
    assert seen > 0
    assert not wrong, '\n'.join(wrong)


def test_problems(document):
    """Each refusal is in the catalogue, under the status it has there."""
    for where, kind, body in bodies(document):
        if kind != 'application/problem+json':
            continue
        status = int(where.rsplit(' ', 1)[1])
        for code, example in body['examples'].items():
            value = resolve(document, example)['value']
            assert value['status'] == status, (where, code)
            assert document['x-problems'][code]['status'] == status
    for code, problem in document['x-problems'].items():
        assert len(set(problem['title'].values())) == 4, code
        assert problem['type'] == '/problems/' + code
        detail = problem.get('detail', dict.fromkeys(problem['title'], ''))
        assert set(detail) == set(problem['title']), code
    assert 'Retry-After' in document['x-problems']['overloaded']['detail']['en']


def test_what_goes_without_saying_is_said(document):
    for route, item, _, entry in operations(document):
        for one in (*item.get('parameters', ()), *entry.get('parameters', ())):
            one = resolve(document, one)
            assert one.get('description'), (route, one['name'])
    for name, schema in document['components']['schemas'].items():
        if name.endswith('List') and not name.startswith('Scim'):
            for member, inner in schema['properties'].items():
                assert member == 'items' or inner.get('description'), (
                    name, member)


def test_a_body_that_may_say_nothing_may_be_absent(document):
    """Nobody has to send {} to an action that asks for nothing."""
    for route, _, method, entry in operations(document):
        if method != 'post' or route.startswith('/scim'):
            continue
        request = entry.get('requestBody', {})
        for body in request.get('content', {}).values():
            needs = resolve(document, body['schema']).get('required', [])
            assert bool(needs) or not request.get('required'), route


def test_every_problem_is_raised(document):
    """No word without a use: by C, by a constraint, or by a function."""
    words = set()
    for pattern, literal in (('src/**/*.c', r'"(\w+)"'),
                             ('sql/**/*.sql', r"'(\w+)'|(?:constraint|index) (\w+)")):
        for path in ROOT.glob(pattern):
            for found in re.findall(literal, path.read_text()):
                words.update([found] if isinstance(found, str) else found)
    assert sorted(set(document['x-problems']) - words) == []


def test_one_form_of_address(document):
    """Dutch says je, as the inbox does; French vous, and German Sie."""
    formal = re.compile(r'\b(u|uw|uwe)\b', re.I)
    assert not [code for code, problem in document['x-problems'].items()
                for part in ('title', 'detail')
                if formal.search(problem.get(part, {}).get('nl', ''))]
