"""client -- an identity provider that judges every answer that it gets.

Every answer has to be what RFC 7644 says of all of them: its media type,
SCIM's error body, a ListResponse that counts what it holds, resources with
id, schemas and meta and without nulls, Location and ETag that agree with meta.
"""

import itertools
import json as json_module
import re
import time
import urllib.parse

import requests

SCIM = 'application/scim+json'
USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
MESSAGES = 'urn:ietf:params:scim:api:messages:2.0:'
LIST = MESSAGES + 'ListResponse'
ERROR = MESSAGES + 'Error'
PATCH_OP = MESSAGES + 'PatchOp'
SEARCH = MESSAGES + 'SearchRequest'
BULK = MESSAGES + 'BulkRequest'
BULKED = MESSAGES + 'BulkResponse'

SCOPES = 'people:read people:write groups:write'
SCIM_TYPES = {'invalidFilter', 'tooMany', 'uniqueness', 'mutability',
              'invalidSyntax', 'invalidPath', 'noTarget', 'invalidValue',
              'invalidVers', 'sensitive'}
INSTANT = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z')
KINDS = {'Users': ('User', USER), 'Groups': ('Group', GROUP)}
OURS = object()

_count = itertools.count(int(time.time()) % 1_000_000)


def word(start='user'):
    """A name that is new in every organisation, on every call."""
    return f'{start}-{next(_count)}'


def has_null(node):
    if isinstance(node, dict):
        return any(value is None or has_null(value)
                   for value in node.values())
    return isinstance(node, list) and any(
        value is None or has_null(value) for value in node)


class Answer:
    def __init__(self, response, method, path):
        self.status = response.status_code
        self.headers = response.headers
        self.content = response.content
        self.method, self.path = method, path

    def json(self):
        return json_module.loads(self.content)

    @property
    def text(self):
        return self.content.decode()

    @property
    def kind(self):
        return self.headers.get('Content-Type', '').split(';')[0].strip()

    @property
    def type(self):
        """The error's scimType, or None."""
        return self.status >= 400 and self.json().get('scimType') or None

    def expect(self, *statuses, type=None):
        assert self.status in statuses, (
            f'{self}, not {" or ".join(map(str, statuses))}')
        if type is not None:
            assert self.type == type, f'{self} is {self.type}, not {type}'
        return self

    def __repr__(self):
        return (f'<{self.method} {self.path[:300]}: {self.status} '
                f'{self.content[:600]!r}>')


class Scim:
    """Calls /scim/v2 of one organisation, as a machine with all scopes."""

    def __init__(self, server, org, token=OURS):
        self.server, self.org = server, org
        self.base = server.url + '/scim/v2'
        self.token = token
        if token is OURS:
            self.token = server.token(
                org, 'identity-provider', ('integrator',), SCOPES)
        self._session = requests.Session()
        self._session.trust_env = False

    def other(self, token=OURS):
        """On a connection of its own; with another token, None for none."""
        return Scim(self.server, self.org,
                    self.token if token is OURS else token)

    def scoped(self, *scopes):
        return self.other(self.server.token(
            self.org, 'narrow-provider', ('integrator',), ' '.join(scopes)))

    def call(self, method, path, json=None, data=None, params=None,
             headers=None, judge=True, timeout=60):
        send = {'Accept': SCIM}
        if self.token is not None:
            send['Authorization'] = f'Bearer {self.token}'
        if json is not None:
            data = json_module.dumps(json).encode()
        if data is not None:
            send['Content-Type'] = SCIM
        send.update(headers or {})
        url = path if path.startswith('http') else self.base + path
        if params:
            # %20 for blanks, as identity providers send them.
            url += '?' + urllib.parse.urlencode(
                params, quote_via=urllib.parse.quote)
        response = self._session.request(
            method, url, data=data, timeout=timeout, allow_redirects=False,
            headers={name: value for name, value in send.items()
                     if value is not None})
        self.server.check_alive()
        answer = Answer(response, method, url.replace(self.base, ''))
        if judge:
            # Asked in the query, or in the body of a search.
            asked = 'ttributes=' in url or isinstance(json, dict) and {
                'attributes', 'excludedAttributes'} & set(json)
            self.judge(answer, bool(asked))
        return answer

    def get(self, path, **rest):
        return self.call('GET', path, **rest)

    def post(self, path, json=None, **rest):
        return self.call('POST', path, json=json, **rest)

    def put(self, path, json=None, **rest):
        return self.call('PUT', path, json=json, **rest)

    def delete(self, path, **rest):
        return self.call('DELETE', path, **rest)

    def patch(self, path, *operations, **rest):
        """patch('/Users/..', {'op': ..}, ..) or json=, data=."""
        if operations:
            rest['json'] = {'schemas': [PATCH_OP],
                            'Operations': list(operations)}
        return self.call('PATCH', path, **rest)

    # what most tests begin with

    def user(self, **more):
        """A new user, as it came back."""
        body = {'schemas': [USER], 'userName': word(), **more}
        return self.post('/Users', body).expect(201).json()

    def group(self, *members, **more):
        body = {'schemas': [GROUP], 'displayName': word('group'), **more}
        if members:
            body['members'] = [{'value': one} for one in members]
        return self.post('/Groups', body).expect(201).json()

    def read(self, resource, **params):
        """Anew, by id or as it was read before."""
        kind = 'Users'
        if isinstance(resource, dict):
            kind = resource['meta']['resourceType'] + 's'
            resource = resource['id']
        return self.get(f'/{kind}/{resource}', params=params).expect(
            200).json()

    def find(self, filter, kind='Users', **params):
        """All that a filter finds, over all pages."""
        found, first = [], 1
        while True:
            body = self.get(f'/{kind}', params={
                **({'filter': filter} if filter else {}),
                'startIndex': first, **params}).expect(200).json()
            found += body['Resources']
            first += body['itemsPerPage']
            if not body['itemsPerPage'] or first > body['totalResults']:
                assert len(found) == body['totalResults']
                return found

    def members(self, group):
        """Ids of a group's members."""
        if isinstance(group, dict):
            group = group['id']
        found = [member['value'] for member in self.get(
            f'/Groups/{group}').expect(200).json().get('members', [])]
        assert len(found) == len(set(found)), 'a member twice'
        return set(found)

    # what every answer has to satisfy

    def judge(self, answer, partial):
        if answer.status in (204, 304):
            assert not answer.content, f'{answer}: a body'
            return
        assert answer.status < 500, answer
        if not answer.content:
            raise AssertionError(f'{answer}: no body')
        assert answer.kind == SCIM, f'{answer} is {answer.kind}'
        body = answer.json()
        assert not has_null(body), f'{answer}: a null'
        if answer.status >= 400:
            judge_error(body, answer.status)
            if answer.status == 401:
                assert answer.headers['WWW-Authenticate'].startswith('Bearer')
            if answer.status == 405:
                assert answer.headers['Allow'], answer
            return
        if body['schemas'] == [LIST]:
            judge_list(body)
            for resource in body['Resources']:
                judge_resource(resource, self.base, partial)
        elif USER in body['schemas'] or GROUP in body['schemas']:
            judge_resource(body, self.base, partial)
            if 'meta' in body and 'version' in body['meta']:
                assert answer.headers['ETag'] == body['meta']['version']
            if answer.status == 201 and partial:
                assert answer.headers['Location'].endswith('/' + body['id'])
            elif answer.status == 201:
                assert answer.headers['Location'] == body['meta']['location']


def judge_error(body, status):
    assert body['schemas'] == [ERROR], body
    assert body['status'] == str(status), f'{body} of a {status}'
    assert isinstance(body['detail'], str) and body['detail'], body
    assert '{' not in body['detail'], f'{body}: a template'
    assert set(body) <= {'schemas', 'status', 'detail', 'scimType'}, body
    assert body.get('scimType', 'tooMany') in SCIM_TYPES, body


def judge_list(body):
    for name in ('totalResults', 'startIndex', 'itemsPerPage'):
        assert type(body[name]) is int, f'{name} of {str(body)[:300]}'
    assert body['itemsPerPage'] == len(body['Resources'])
    assert body['totalResults'] >= len(body['Resources'])
    assert body['startIndex'] >= 1
    assert set(body) == {'schemas', 'totalResults', 'startIndex',
                         'itemsPerPage', 'Resources'}


def judge_resource(body, base, partial=False):
    if not {USER, GROUP} & set(body['schemas']):
        return
    name, schema, kind = ('User', USER, 'Users') if (
        USER in body['schemas']) else ('Group', GROUP, 'Groups')
    assert isinstance(body['id'], str) and body['id'], body
    assert len(set(body['schemas'])) == len(body['schemas']), body
    assert set(body['schemas']) <= {schema, ENTERPRISE}, body
    assert (ENTERPRISE in body['schemas']) or ENTERPRISE not in body, (
        f'{body}: an extension that schemas does not name')
    if partial:
        return
    meta = body['meta']
    assert meta['resourceType'] == name, meta
    assert meta['location'] == f'{base}/{kind}/{body["id"]}', meta
    assert INSTANT.fullmatch(meta['created']), meta
    assert INSTANT.fullmatch(meta['lastModified']), meta
    assert re.fullmatch(r'W/"\d+"', meta['version']), meta
    assert body['userName' if name == 'User' else 'displayName'], body
    if name == 'User':
        assert isinstance(body['active'], bool), body


def plain(resource):
    """A resource without what the server alone decides."""
    return {name: value for name, value in resource.items()
            if name not in ('id', 'meta', 'groups')}


def without_case(node):
    """Names of attributes in lower case, all the way down."""
    if isinstance(node, dict):
        return {name.lower(): without_case(value)
                for name, value in node.items()}
    if isinstance(node, list):
        return [without_case(value) for value in node]
    return node


def holds(resource, expected):
    """Is what was sent there, as it was sent?  None: it is not there."""
    if isinstance(expected, dict):
        return isinstance(resource, dict) and all(
            name not in resource if value is None
            else name in resource and holds(resource[name], value)
            for name, value in expected.items())
    if isinstance(expected, list):
        return (isinstance(resource, list)
                and len(resource) == len(expected)
                and all(holds(one, other)
                        for one, other in zip(resource, expected)))
    return resource == expected and type(resource) is type(expected)
