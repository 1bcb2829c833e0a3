"""nth_routes -- a request of each kind, and what it may come to.

Site      the server under the preload, its organisation, tokens and client
ROUTES    {name: function of a Site}, which makes a new Try each time
"""

import base64
import dataclasses
import itertools
import json
import time
import typing
import urllib.parse

import jwt

from .nth import exchange, message

APP = 'https://app.example.org'
CORE = 'urn:ietf:params:scim:schemas:core:2.0:'
CALLS = 'urn:ietf:params:scim:api:messages:2.0:'
MERGE = 'application/merge-patch+json'
FORM = 'application/x-www-form-urlencoded'
_count = itertools.count(int(time.time() * 1000) % 10_000_000_000)


@dataclasses.dataclass
class Try:
    messages: list
    statuses: tuple
    # What each reply is equal to, as far as it must be: a function of it.
    essence: typing.Callable = lambda reply: None
    # How often the write is there: each of them 0, or each of them 1.
    written: typing.Optional[typing.Callable] = None
    pipelined: bool = False
    # May be sent again when nobody knows, and is then done once.
    repeats: bool = False
    # Fails unless what a reply says is so: for one with parts of its own.
    proves: typing.Optional[typing.Callable] = None
    process: str = 'worker'
    port: typing.Optional[int] = None


def word():
    return f'nth{next(_count)}'


def body_of(reply):
    return reply.content


def items_of(reply):
    return reply.json()['items'], bool(reply.json()['next'])


def resources_of(reply):
    return reply.json()['totalResults'], reply.json()['Resources']


def send(site, method, target, body=None, status=200, who=None, **more):
    """One message; `more` are fields of Try, or header lines."""
    fields = {field.name for field in dataclasses.fields(Try)}
    headers = {} if who is None else {'Authorization': f'Bearer {who}'}
    headers.update({name.replace('_', '-'): value for name, value
                    in more.items() if name not in fields})
    if body is not None and not isinstance(body, bytes):
        headers.setdefault('Content-Type', 'application/json')
        body = json.dumps(body).encode()
    return Try([message(method, target, headers, body)], (status,),
               **{name: value for name, value in more.items()
                  if name in fields})


class Site:
    def __init__(self, server, db):
        self.server, self.db = server, db
        self.org = db.one("select id from organisation where name = 'demo'")
        self.els = server.token()
        self.hr = server.token(person='hilde', roles=('hr',))
        self.scim = server.token(
            person='els', roles=('integrator',),
            scope='people:read people:write groups:write')
        self.client = self._command('client', 'create', 'nth', '--scope',
                                    'people:read', '--scope', 'people:write')
        self.secret = self._command('client', 'secret', 'nth')
        self.machine = self._command('client', 'token', 'nth')
        self.kept = {}

    def _command(self, *words):
        result = self.server.command(*words, '--org', 'demo')
        return result.stdout.split()[-1].split('=')[-1]

    def counts(self, *queries):
        """What each query counts, of this organisation."""
        return lambda: tuple(
            self.db.one(text, {'org': self.org, **values})
            for text, values in queries)

    @property
    def skill(self):
        if 'skill' not in self.kept:
            reply, = exchange(self.server, send(
                self, 'POST', '/v1/skills', {
                    'labels': {'en': word()}, 'kind': 'method',
                    'confirmed_new': True}, who=self.hr).messages)
            self.kept['skill'] = reply.json()['id']
        return self.kept['skill']

    def a_user(self):
        """The id of somebody whom SCIM made."""
        reply, = exchange(self.server, scim_create(self).messages)
        assert reply.status == 201, reply
        return reply.json()['id']


# The server itself

def healthz(site):
    return send(site, 'GET', '/healthz', essence=body_of)


def readyz(site):
    return send(site, 'GET', '/readyz', essence=body_of)


def openapi(site):
    return send(site, 'GET', '/openapi.json', essence=body_of)


def openapi_gzip(site):
    return send(site, 'GET', '/openapi.json', essence=body_of,
                Accept_Encoding='gzip')


def docs_file(site):
    return send(site, 'GET', '/docs/index.html', essence=body_of)


def problem_page(site):
    return send(site, 'GET', '/problems/not_found', essence=body_of)


def oauth_metadata(site):
    return send(site, 'GET', '/.well-known/oauth-authorization-server',
                essence=body_of)


# Reads

def read(site):
    return send(site, 'GET', '/v1/me', who=site.els, essence=body_of)


def skills_list(site):
    return send(site, 'GET', '/v1/skills?limit=20', who=site.els,
                essence=items_of)


def list_gzip(site):
    return send(site, 'GET', '/v1/skills?limit=50', who=site.els,
                Accept_Encoding='gzip')


def next_page(site):
    if 'after' not in site.kept:
        reply, = exchange(site.server, skills_list(site).messages)
        site.kept['after'] = urllib.parse.quote(reply.json()['next'])
    return send(site, 'GET', f'/v1/skills?limit=20&after={site.kept["after"]}',
                who=site.els, essence=items_of)


def search(site):
    return send(site, 'GET', '/v1/skills?q=onderhandlen&limit=3',
                who=site.els, essence=items_of, Accept_Language='nl')


# Who asks

def own_token(site, **claims):
    now = int(time.time())
    return jwt.encode({
        'iss': 'hefboom', 'aud': 'hefboom', 'sub': 'els', 'org': 'demo',
        'roles': ['member'], 'iat': now, 'exp': now + 600, 'jti': word(),
        **claims}, site.server.secret, algorithm='HS256')


def new_token(site):
    return send(site, 'GET', '/v1/me', who=own_token(site), essence=body_of)


def forged_token(site):
    head, body, _ = own_token(site).split('.')
    return send(site, 'GET', '/v1/me', status=401,
                who=f'{head}.{body}.{"A" * 43}')


def machine_token(site):
    return send(site, 'GET', '/v1/people?limit=3', who=site.machine,
                essence=items_of)


def access_token(site):
    basic = base64.b64encode(f'{site.client}:{site.secret}'.encode()).decode()
    return send(site, 'POST', '/oauth/token', b'grant_type=client_credentials',
                Content_Type=FORM, Authorization=f'Basic {basic}')


def no_scope(site):
    return send(site, 'GET', '/v1/clients', who=site.els, status=403)


# Writes

def create(site):
    title = word()
    goal = 'select id from goal where org_id = %(org)s and title = %(title)s'
    values = {'title': title}
    return send(
        site, 'POST', '/v1/goals', {'title': f'Explain {title}'}, 201,
        who=site.els, Idempotency_Key=title, repeats=True,
        written=site.counts(
            (f"select count(*) from ({goal}) g",
             {'title': f'Explain {title}'}),
            ('select count(*) from idempotency_key where org_id = %(org)s'
             ' and key = %(title)s and answer is not null', values),
            (f"select count(*) from outbox where org_id = %(org)s and event ="
             f" 'goal.created' and object_id in ({goal})",
             {'title': f'Explain {title}'})))


def replay(site):
    """The answer that was kept."""
    if 'replay' not in site.kept:
        site.kept['replay'] = create(site)
        exchange(site.server, site.kept['replay'].messages)
    return dataclasses.replace(site.kept['replay'], essence=body_of)


def update(site):
    path = f'/v1/skills/{site.skill}'
    reply, = exchange(site.server, send(
        site, 'GET', path, who=site.els).messages)
    text = word()
    return send(site, 'PATCH', path, {'descriptions': {'en': f'On {text}.'}},
                who=site.hr, Content_Type=MERGE,
                If_Match=reply.headers['etag'],
                written=site.counts((
                    'select count(*) from skill where org_id = %(org)s'
                    " and id = %(skill)s and descriptions->>'en' = %(text)s",
                    {'skill': site.skill, 'text': f'On {text}.'})))


def stale(site):
    return send(site, 'PATCH', f'/v1/skills/{site.skill}',
                {'descriptions': {'en': 'Too late.'}}, 412, who=site.hr,
                Content_Type=MERGE, If_Match='"0.00000000"')


# What is refused

def unknown_path(site):
    return send(site, 'GET', '/v1/nothing', status=404, who=site.els)


def unknown_row(site):
    return send(site, 'GET', f'/v1/skills/{site.org}', status=404,
                who=site.els)


def bad_json(site):
    return send(site, 'POST', '/v1/goals', b'{"title": ', 400, who=site.els,
                Content_Type='application/json')


def invalid_body(site):
    return send(site, 'POST', '/v1/goals', {'title': 5, 'x': [1] * 40}, 422,
                who=site.els)


def bad_request(site):
    return Try([b'GET /healthz HTTP/1.1\r\n\r\n'], (400,))


# Connections

def kept_alive(site):
    one, = read(site).messages
    two, = healthz(site).messages
    return Try([one, two, one], (200, 200, 200), essence=body_of)


def pipelined(site):
    return dataclasses.replace(kept_alive(site), pipelined=True)


def large_body(site):
    """More than one read brings."""
    filler = json.dumps({'title': 'x' * 200_000}).encode()
    return send(site, 'POST', '/v1/goals', filler, 422, who=site.els,
                Content_Type='application/json')


def preflight(site):
    return send(site, 'OPTIONS', '/v1/me', status=204, Origin=APP,
                Access_Control_Request_Method='PATCH')


# SCIM

def scim_json(site, method, target, body=None, **more):
    return send(site, method, '/scim/v2' + target, body, who=site.scim,
                Content_Type='application/scim+json', **more)


def person_count(site, name):
    return (
        'select count(*) from person where org_id = %(org)s'
        ' and user_name = %(name)s', {'name': name})


def scim_create(site):
    name = word()
    return scim_json(site, 'POST', '/Users', {
        'schemas': [CORE + 'User'], 'userName': name, 'displayName': name,
        'emails': [{'value': f'{name}@example.org', 'primary': True}]},
        status=201, written=site.counts(person_count(site, name)))


def scim_patch(site):
    user = site.kept.setdefault('user', None) or site.a_user()
    site.kept['user'] = user
    name = word()
    return scim_json(site, 'PATCH', f'/Users/{user}', {
        'schemas': [CALLS + 'PatchOp'], 'Operations': [
            {'op': 'Replace', 'path': 'displayName', 'value': name},
            {'op': 'Add', 'path': 'emails[type eq "work"].value',
             'value': f'{name}@example.org'}]},
        status=204, written=site.counts((
            'select count(*) from person where org_id = %(org)s'
            ' and id = %(user)s and display_name = %(name)s',
            {'user': user, 'name': name})))


def scim_filter(site):
    text = urllib.parse.quote(
        'userName sw "e" and (active eq true or not (displayName pr))')
    return scim_json(site, 'GET', f'/Users?filter={text}&count=3',
                     essence=resources_of)


def scim_bad_filter(site):
    text = urllib.parse.quote('userName eq "e" and (')
    return scim_json(site, 'GET', f'/Users?filter={text}', status=400)


def scim_bulk(site):
    names = [word(), word()]

    def proves(reply):
        for name, part in zip(names, reply.json()['Operations']):
            count, = site.counts(person_count(site, name))()
            assert part['status'] in ('201', '500', '503'), part
            assert count == 1 or part['status'] != '201', part
    return scim_json(site, 'POST', '/Bulk', {
        'schemas': [CALLS + 'BulkRequest'], 'Operations': [
            {'method': 'POST', 'path': '/Users', 'bulkId': name,
             'data': {'schemas': [CORE + 'User'], 'userName': name}}
            for name in names]}, proves=proves)


def scim_schemas(site):
    return scim_json(site, 'GET', '/Schemas', essence=body_of)


# The jobs process

def metrics(site):
    return send(site, 'GET', '/metrics', process='jobs',
                port=site.server.metrics_port)


ROUTES = {one.__name__: one for one in (
    healthz, readyz, openapi, openapi_gzip, docs_file, problem_page,
    oauth_metadata, read, skills_list, list_gzip, next_page, search,
    new_token, forged_token, machine_token, access_token, no_scope, create,
    replay, update, stale, unknown_path, unknown_row, bad_json, invalid_body,
    bad_request, kept_alive, pipelined, large_body, preflight, scim_create,
    scim_patch, scim_filter, scim_bad_filter, scim_bulk, scim_schemas,
    metrics)}
