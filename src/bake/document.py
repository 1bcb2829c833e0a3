"""The API document: openapi/ read with line numbers and put together."""

import os
import re

import yaml

METHODS = ('get', 'post', 'put', 'patch', 'delete')
SCIM = 'application/scim+json'
LANGUAGES = ('en', 'nl', 'fr', 'de')
NUMBER = '-+0123456789'


class Faults:
    """What is wrong with the tree; each a line `file:line: what`."""

    def __init__(self, root):
        self.root, self.lines = root, set()

    def add(self, file, line, what):
        self.lines.add((os.path.relpath(file, self.root), line, what))

    def report(self):
        return ['%s:%d: %s' % fault for fault in sorted(self.lines)]


class Map(dict):
    """A mapping that knows where it and its keys were written."""

    def __init__(self, file, line):
        super().__init__()
        self.file, self.line, self.lines = file, line, {}

    def at(self, key=None):
        return self.file, self.lines.get(key, self.line)


class Loader(getattr(yaml, 'CSafeLoader', yaml.SafeLoader)):
    """YAML 1.2's core types: no dates, no `yes`, no 18:30 as a number."""

    yaml_implicit_resolvers = {}

    def construct_map(self, node):
        mapping = Map(self.name, node.start_mark.line + 1)
        for key, value in node.value:
            mapping.lines[key.value] = key.start_mark.line + 1
            if key.value in mapping:
                self.faults.add(*mapping.at(key.value), "'%s' is there twice" % key.value)
            mapping[key.value] = self.construct_object(value, deep=True)
        return mapping


Loader.add_constructor('tag:yaml.org,2002:map', Loader.construct_map)
for tag, pattern, first in (
        ('null', 'null|~|', ['n', '~', '']), ('bool', 'true|false', 'tf'),
        ('int', '[-+]?(0|[1-9][0-9]*)', NUMBER),
        ('float', r'[-+]?[0-9]+(\.[0-9]+([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)', NUMBER)):
    Loader.add_implicit_resolver('tag:yaml.org,2002:' + tag,
                                 re.compile('^(%s)$' % pattern), list(first))


def read(path, faults):
    """A file's mapping; empty when the file is absent or broken."""
    mapping = None
    if os.path.exists(path):
        with open(path, encoding='utf-8') as stream:
            loader = Loader(stream)
            loader.name, loader.faults = path, faults
            try:
                mapping = loader.get_single_data()
            except yaml.MarkedYAMLError as error:
                faults.add(path, error.problem_mark.line + 1, 'not YAML: %s' % error.problem)
    if mapping is not None and not isinstance(mapping, Map):
        faults.add(path, 1, 'not a mapping')
    return mapping if isinstance(mapping, Map) else Map(path, 1)


def files(root, folder, suffix):
    """Every file of a folder and its folders, in a fixed order."""
    found = []
    for path, folders, names in os.walk(os.path.join(root, folder)):
        folders.sort()
        found += [os.path.join(path, n) for n in sorted(names) if n.endswith(suffix)]
    return found


def by_need(paths):
    """SQL files in order, but each behind those whose names it mentions."""
    words, ordered, left = {}, [], list(paths)
    for path in paths:
        with open(path, encoding='utf-8') as stream:
            words[path] = set(re.findall(r'\w+', stream.read()))
    while left:
        names = {os.path.splitext(os.path.basename(p))[0]: p for p in left}
        free = [p for p in left if all(names[w] == p for w in words[p] & set(names))] or left
        ordered.append(free[0])
        left.remove(free[0])
    return ordered


def escape(name):
    return name.replace('~', '~0').replace('/', '~1')


def resolve(document, node):
    """What a $ref stands for (the node itself without one), or None."""
    for _ in range(20):
        if not isinstance(node, dict) or '$ref' not in node:
            return node
        parts, node = str(node['$ref']).split('/')[1:], document
        for part in parts:
            part = part.replace('~1', '/').replace('~0', '~')
            node = node.get(part) if isinstance(node, dict) else None
    return None


def properties(document, schema):
    """Name -> schema, $ref and allOf followed."""
    schema = resolve(document, schema) or {}
    found = dict(schema.get('properties', {}))
    for part in schema.get('allOf', []):
        found.update(properties(document, part))
    return found


def media(content):
    """(type, entry) of what counts in a content map: its JSON, or its only one."""
    for kind in ('application/json', 'application/merge-patch+json', SCIM, *content):
        if kind in content:
            return kind, content[kind]
    return None, {}


class Operation:
    """One entry of openapi/paths."""

    def __init__(self, document, route, method, item):
        self.entry, self.route, self.method = item[method], route, method
        self.name = self.entry.get('operationId')
        self.file, self.line = item.at(method)
        self.extra = self.entry.get('x-hefboom') or {}
        self.is_c = self.extra.get('handler') == 'c'
        self.scim = self.extra.get('dialect') == 'scim'
        self.form = self.extra.get('body') == 'form'
        self.sealed = self.extra.get('sealed') is True
        self.keyed = method == 'post' and not self.sealed and not self.is_c
        self.if_match = self.extra.get('if_match') == 'required'
        self.orders = self.extra.get('orders') or {}
        self.problems = self.extra.get('problems') or []
        self.placeholders = re.findall(r'\{(\w+)\}', route)
        self.statements, self.source = [], None
        self.successes = [s for s in self.entry.get('responses', {}) if s[0] == '2']
        self.status = int(self.successes[0]) if self.successes else 200
        content = self.entry.get('responses', {}).get(str(self.status), {}).get('content')
        self.replies_json = content is None or bool({'application/json', SCIM} & set(content))
        self.roles = sorted({role for choice in self.entry.get('security') or []
                             for role in choice.get('bearer', [])})
        base = '/paths/' + escape(route)
        self.pointer, self.parameters = '%s/%s' % (base, method), []
        for place, owner in ((base, item), (self.pointer, self.entry)):
            for i, parameter in enumerate(owner.get('parameters', [])):
                pointer = parameter.get('$ref', '#%s/parameters/%d' % (place, i))[1:]
                parameter = resolve(document, parameter)
                if parameter:
                    self.parameters.append((pointer, parameter))
        self.request = (self.entry.get('requestBody') or {}).get('content', {})
        self.body_kind, body = media(self.request)
        self.body = body.get('schema')

    def find(self, place, name):
        """(index, parameter) of :place.name, or (None, None)."""
        for i, (_, parameter) in enumerate(self.parameters):
            spelt = parameter['name']
            if place == 'header':
                spelt = spelt.lower().replace('-', '_')
            if parameter['in'] == place and spelt == name:
                return i, parameter
        return None, None

    def body_pointer(self):
        if self.body is None:
            return None
        where = '#%s/requestBody/content/%s/schema' % (self.pointer, escape(self.body_kind))
        return self.body.get('$ref', where)[1:]

    def reply(self, document):
        """The properties of the documented success."""
        response = resolve(document, self.entry.get('responses', {}).get(str(self.status))) or {}
        return properties(document, media(response.get('content', {}))[1].get('schema'))

    def row(self, document):
        """The properties of a row: of an item when this is a list."""
        found = self.reply(document)
        if self.orders:
            found = properties(document, (resolve(document, found.get('items')) or {}).get('items'))
        return found


def bundle(root, faults):
    """The whole document, and its operations."""
    base = os.path.join(root, 'openapi')
    document = read(os.path.join(base, 'openapi.yaml'), faults)
    document['paths'] = {}
    components = document.setdefault('components', {})
    for name in ('common.yaml', 'scim.yaml'):
        shared = read(os.path.join(base, name), faults)
        for kind in ('schemas', *shared):
            components.setdefault(kind, {}).update(shared.get(kind) or {})
    for path in files(root, 'openapi/schemas', '.yaml'):
        schemas = read(path, faults)
        for name in set(schemas) & set(components['schemas']):
            faults.add(*schemas.at(name), "schema '%s' is there twice" % name)
        components['schemas'].update(schemas)
    shapes, operations = set(), []
    for path in files(root, 'openapi/paths', '.yaml'):
        paths = read(path, faults)
        for route, item in paths.items():
            shape = re.sub(r'\{\w+\}', '{}', route)
            if shape in shapes:
                faults.add(*paths.at(route), "route '%s' is there twice" % route)
            shapes.add(shape)
            document['paths'][route] = item
            operations += [(route, method, item) for method in METHODS if method in item]
    return document, [Operation(document, *operation) for operation in operations]
