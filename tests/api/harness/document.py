"""document -- /openapi.json read as the tests need it.

Replies are judged more strictly than the document asks of a client: an
object with `properties` may hold no other ones.
"""

import copy
import datetime
import re
import urllib.parse
import uuid

import jsonschema

METHODS = ('get', 'put', 'post', 'delete', 'patch')
PROBLEM = 'application/problem+json'
SCIM = 'application/scim+json'
SCIM_ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'


def is_scim(path):
    """Whatever is below /scim, in any case, speaks SCIM's dialect."""
    return re.match(r'/scim(/|\?|$)', path, re.I) is not None

formats = jsonschema.FormatChecker(formats=())
INSTANT = re.compile(
    r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z')


@formats.checks('date-time')
def is_instant(value):
    """RFC 3339, and always in UTC with a Z."""
    if not isinstance(value, str):
        return True
    if not INSTANT.fullmatch(value):
        return False
    try:
        datetime.datetime.fromisoformat(value[:19])
    except ValueError:
        return False
    return True


@formats.checks('date', raises=ValueError)
def is_date(value):
    return not isinstance(value, str) or bool(
        len(value) == 10 and datetime.date.fromisoformat(value))


@formats.checks('uuid', raises=ValueError)
def is_uuid(value):
    return not isinstance(value, str) or str(uuid.UUID(value)) == value


@formats.checks('uri')
def is_uri(value):
    return not isinstance(value, str) or bool(
        re.fullmatch(r'[a-z][a-z0-9+.-]*:[^\s]*', value))


@formats.checks('email')
def is_email(value):
    return not isinstance(value, str) or bool(
        re.fullmatch(r'[^@\s]+@[^@\s]+', value))


@formats.checks('language')
def is_language(value):
    return not isinstance(value, str) or bool(
        re.fullmatch(r'[a-z]{2,3}(-[A-Za-z0-9]{2,8})*', value))


@formats.checks('zone')
def is_zone(value):
    return not isinstance(value, str) or bool(
        re.fullmatch(r'[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*', value))


@formats.checks('name')
def is_name(value):
    return not isinstance(value, str) or not re.search(
        '[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]'
        r'|^\s|\s$', value)


def _refs_inside_all_of(node, found):
    if isinstance(node, dict):
        for part in node.get('allOf', ()):
            if isinstance(part, dict) and '$ref' in part:
                found.add(part['$ref'])
        for value in node.values():
            _refs_inside_all_of(value, found)
    elif isinstance(node, list):
        for value in node:
            _refs_inside_all_of(value, found)


def _close(node, pointer, open_refs):
    """Every object schema refuses what it does not name."""
    if isinstance(node, list):
        for index, value in enumerate(node):
            _close(value, f'{pointer}/{index}', open_refs)
        return
    if not isinstance(node, dict):
        return
    in_all_of = re.search(r'/allOf/\d+$', pointer)
    if (isinstance(node.get('properties'), dict)
            and 'additionalProperties' not in node
            and not in_all_of and pointer not in open_refs):
        node['unevaluatedProperties'] = False
    for name, value in node.items():
        if name in ('example', 'examples', 'enum', 'const', 'default'):
            continue
        _close(value, f'{pointer}/{name}', open_refs)


class Operation:
    def __init__(self, document, route, method, entry, shared):
        self.document = document
        self.id = entry['operationId']
        self.method = method.upper()
        self.route = route
        self.entry = entry
        self.parameters = [document.resolve(one) for one in
                           [*shared, *entry.get('parameters', ())]]
        self.responses = {status: document.resolve(reply) for status, reply
                          in entry.get('responses', {}).items()}
        pattern = re.escape(route).replace(r'\{', '{').replace(r'\}', '}')
        pattern = re.sub(r'\{[^}]+\}', '([^/]+)', pattern)
        self.extra = entry.get('x-hefboom', {})
        self.scim = self.extra.get('dialect') == 'scim'
        self.pattern = (re.compile(pattern + '/?', re.I) if self.scim
                        else re.compile(pattern))
        security = entry.get('security', document.json.get('security'))
        self.roles = [role for item in security or ()
                      for role in item.get('bearer', ())]
        self.open = not security

    def __repr__(self):
        return self.id

    def places(self, place):
        return [one for one in self.parameters if one['in'] == place]

    def parameter(self, name):
        for one in self.parameters:
            if one['name'].lower() == name.lower():
                return one
        return None

    @property
    def body(self):
        """{content type: schema} of the request."""
        content = self.document.resolve(
            self.entry.get('requestBody', {})).get('content', {})
        return {kind: entry.get('schema', {})
                for kind, entry in content.items()}

    def codes(self, status):
        """The problems that the document lists for a status."""
        content = self.responses.get(str(status), {}).get('content', {})
        kind = SCIM if self.scim else PROBLEM
        return set(content.get(kind, {}).get('examples', {}))

    def refuses_as_oauth(self, reply):
        """RFC 6749, 5.2, instead of a problem."""
        content = self.responses.get(str(reply.status_code), {}).get(
            'content', {})
        return (reply.status_code >= 400 and reply.kind in content
                and reply.kind not in (PROBLEM, SCIM))

    @property
    def own_codes(self):
        """Refusals of the operation's own, not the engine's."""
        return set(self.extra.get('problems', ()))

    @property
    def keyed(self):
        return self.parameter('Idempotency-Key') is not None

    @property
    def is_list(self):
        return self.parameter('after') is not None

    @property
    def success(self):
        """The documented statuses of a call that is as it should be."""
        return sorted(int(status) for status in self.responses
                      if status[0] in '23' and status != '304')

    def path(self, **values):
        text = self.route
        for name, value in values.items():
            text = text.replace('{' + name + '}',
                                urllib.parse.quote(str(value), safe=''))
        return text

    def response_schema(self, status, kind=None):
        kind = kind or (SCIM if self.scim else 'application/json')
        reply = self.responses.get(str(status), {})
        content = reply.get('content', {})
        return content.get(kind, {}).get('schema')


class Document:
    def __init__(self, text_as_json):
        self.json = text_as_json
        self.problems = self.json.get('x-problems', {})
        self.operations = {}
        for route, item in self.json['paths'].items():
            shared = item.get('parameters', ())
            for method in METHODS:
                if method in item:
                    operation = Operation(
                        self, route, method, item[method], shared)
                    self.operations[operation.id] = operation
        self._strict = copy.deepcopy(self.json)
        # RFC 9457, 3.2: a problem may have members of its own.
        refs = {'#/components/schemas/Problem'}
        _refs_inside_all_of(self._strict, refs)
        components = self._strict.get('components', {})
        _close(components, '#/components', refs)
        _close(self._strict['paths'], '#/paths', refs)
        self._resolver = jsonschema.RefResolver('', self._strict)
        self._validators = {}

    def resolve(self, node):
        while isinstance(node, dict) and '$ref' in node:
            node = self.lookup(node['$ref'])
        return node

    def lookup(self, ref):
        node = self.json
        for part in ref.lstrip('#').split('/')[1:]:
            part = urllib.parse.unquote(part)
            node = node[part.replace('~1', '/').replace('~0', '~')]
        return node

    def fits(self, schema, value):
        return jsonschema.Draft202012Validator(
            schema, resolver=self._resolver,
            format_checker=formats).is_valid(value)

    def code_of_scim(self, error, language):
        """The problem that an error of SCIM tells of: its detail begins with
        the problem's title."""
        found = [code for code, known in self.problems.items()
                 if str(known['status']) == error.get('status')
                 and known.get('scimType') == error.get('scimType')
                 and re.match(re.escape(known['title'][language])
                              + r'(: |\. |$)', error.get('detail', ''))]
        return max(found, key=lambda code: len(
            self.problems[code]['title'][language]), default=None)

    def match(self, method, path):
        """The operation of a request, HEAD counted as GET; or None."""
        path = path.split('?')[0]
        method = 'GET' if method == 'HEAD' else method
        fits = [operation for operation in self.operations.values()
                if operation.pattern.fullmatch(path)]
        # A literal segment goes before a placeholder, whatever the method.
        literal = min((one.route.count('{') for one in fits), default=0)
        return next((one for one in fits if one.method == method
                     and one.route.count('{') == literal), None)

    def route_exists(self, path):
        path = path.split('?')[0]
        return any(operation.pattern.fullmatch(path)
                   for operation in self.operations.values())

    def validator(self, operation, status, kind):
        """Of a reply's body, or None when the document gives no schema."""
        name = (operation.id, status, kind)
        if name not in self._validators:
            reply = (self._strict['paths'][operation.route]
                     [operation.method.lower()]['responses'][str(status)])
            while '$ref' in reply:
                _, reply = self._resolver.resolve(reply['$ref'])
            schema = reply.get('content', {}).get(kind, {}).get('schema')
            self._validators[name] = schema and (
                jsonschema.Draft202012Validator(
                    schema, resolver=self._resolver,
                    format_checker=formats))
        return self._validators[name]
