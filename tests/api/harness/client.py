"""client -- one caller of the API that judges every reply it gets.

It sends the path's very bytes (nothing is normalised), keeps connections
alive (one a thread), notes operation and status for the coverage table, and
fails on a reply that the document does not allow.
"""

import contextlib
import gzip
import http.client
import json as json_module
import re
import threading
import urllib.parse

from .document import PROBLEM, SCIM, SCIM_ERROR, is_scim

REQUEST_ID = re.compile(r'[0-9A-Za-z-]{8,64}')
ETAG = re.compile(r'"(\d+)\.[0-9a-f]{8}(?:-gzip)?"')
TOKEN = object()


class Reply:
    def __init__(self, method, path, response, content):
        self.method = method
        self.path = path
        self.status_code = response.status
        self.reason = response.reason
        self.headers = response.headers
        self.raw = content
        packed = response.headers['Content-Encoding'] == 'gzip'
        self.content = gzip.decompress(content) if (
            packed and content) else content
        self.operation = None
        self.document = None

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        return json_module.loads(self.content)

    @property
    def kind(self):
        return (self.headers['Content-Type'] or '').split(';')[0].strip()

    @property
    def code(self):
        """The problem's code, or None.  SCIM's errors have no code; their
        detail begins with the title, and the rest has to fit it too."""
        if (self.kind == SCIM and self.content and self.document
                and self.status_code >= 400):
            return self.document.code_of_scim(
                self.json(), self.headers['Content-Language'] or 'en')
        if self.kind != PROBLEM or not self.content:
            return None
        return re.split(r'/|#problem-', self.json()['type'])[-1].replace(
            '-', '_')

    @property
    def etag(self):
        return self.headers['ETag']

    def expect(self, *statuses, code=None):
        assert self.status_code in statuses, (
            f'{self.method} {self.path}: {self.status_code}, '
            f'not {" or ".join(map(str, statuses))}: {self.text[:2000]}')
        if code is not None:
            assert self.code == code, f'{self.code}, not {code}: {self.text}'
        return self

    def __repr__(self):
        return (f'<{self.method} {self.path}: {self.status_code} '
                f'{self.text[:500]}>')


class Api:
    """call() is everything; get(), post(), patch(), put(), delete() are it
    with the method said.  as_=None sends no token; token='...' a given one.
    """

    def __init__(self, server, document, coverage):
        self.server = server
        self.document = document
        self.coverage = coverage
        self._threads = threading.local()

    @contextlib.contextmanager
    def beside(self, **settings):
        """That of another server on the same database, for the block."""
        with self.server.beside(**settings).running() as other:
            yield Api(other, self.document, self.coverage)

    def call(self, method, path, *, as_='els', roles=('member',), org='demo',
             scope=None, json=None, data=None, headers=None, query=None,
             token=TOKEN, content_type=None, judge=True, timeout=60):
        if query:
            path += ('&' if '?' in path else '?') + urllib.parse.urlencode(
                query)
        send = {}
        if token is TOKEN and as_ is not None:
            token = self.server.token(org, as_, tuple(roles or ()), scope)
        if token is not TOKEN and token is not None:
            send['Authorization'] = f'Bearer {token}'
        if json is not None:
            assert data is None
            data = json_module.dumps(json).encode()
        if isinstance(data, str):
            data = data.encode()
        if data is not None:
            send['Content-Type'] = content_type or (
                SCIM if is_scim(path) else
                'application/merge-patch+json' if method == 'PATCH'
                else 'application/json')
        elif method in ('POST', 'PUT', 'PATCH'):
            send['Content-Length'] = '0'
        for name, value in (headers or {}).items():
            for other in [key for key in send if key.lower() == name.lower()]:
                del send[other]
            if value is not None:
                send[name] = str(value)
        reply = self._send(method, path, send, data, timeout)
        reply.operation = self.document and self.document.match(method, path)
        reply.document = self.document
        if judge and self.document:
            self.judge(reply)
        return reply

    def get(self, path, **rest):
        return self.call('GET', path, **rest)

    def post(self, path, **rest):
        return self.call('POST', path, **rest)

    def put(self, path, **rest):
        return self.call('PUT', path, **rest)

    def patch(self, path, **rest):
        return self.call('PATCH', path, **rest)

    def delete(self, path, **rest):
        return self.call('DELETE', path, **rest)

    def pages(self, path, **rest):
        """All the items of a list, page by page."""
        items, after = [], None
        query = dict(rest.pop('query', None) or {})
        while True:
            reply = self.get(path, query={**query, **(
                {'after': after} if after else {})}, **rest).expect(200)
            items += reply.json()['items']
            after = reply.json()['next']
            if after is None:
                return items

    def _send(self, method, path, headers, data, timeout):
        for attempt in (0, 1):
            kept = getattr(self._threads, 'connection', None)
            fresh = kept is None
            if fresh:
                kept = http.client.HTTPConnection(
                    self.server.host, self.server.port, timeout=timeout)
                # The bytes of a target are the test's business.
                kept._validate_path = lambda url: None
                self._threads.connection = kept
            try:
                kept.request(method, path, body=data, headers=headers)
                response = kept.getresponse()
                content = response.read()
            except (http.client.HTTPException, OSError):
                kept.close()
                self._threads.connection = None
                if hasattr(self.server, 'check_alive'):
                    self.server.check_alive()
                # An idle connection may have been closed meanwhile.
                if fresh or attempt or kept is None:
                    raise
                continue
            if response.will_close:
                kept.close()
                self._threads.connection = None
            return Reply(method, path, response, content)
        raise AssertionError('unreachable')

    # what every reply has to satisfy

    def judge(self, reply):
        status, headers = reply.status_code, reply.headers
        where = f'{reply.method} {reply.path} -> {status}: '
        request_id = headers['Request-Id']
        assert request_id and REQUEST_ID.fullmatch(request_id), (
            where + f'Request-Id {request_id!r}')
        if headers['Content-Type']:
            assert headers['X-Content-Type-Options'] == 'nosniff', (
                where + 'no nosniff')
        assert headers['Date'], where + 'no Date'
        for name in ('Content-Type', 'ETag', 'Request-Id', 'Content-Length',
                     'Cache-Control', 'Location', 'Allow'):
            assert len(headers.get_all(name, [])) <= 1, (
                where + f'{name} twice')
        if status in (204, 304) or reply.method == 'HEAD':
            assert not reply.content, where + 'a body'
        elif reply.content:
            assert headers['Content-Type'], where + 'no Content-Type'
        operation = reply.operation
        oauth = operation is not None and operation.refuses_as_oauth(reply)
        if status == 401:
            scheme = 'Basic' if oauth else 'Bearer'
            assert (headers['WWW-Authenticate'] or '').startswith(scheme), (
                where + 'no WWW-Authenticate')
        if status in (405,):
            assert headers['Allow'], where + 'no Allow'
        if status in (429, 503):
            assert (headers['Retry-After'] or '').isdigit(), (
                where + 'no Retry-After')
        if oauth:
            assert headers['Cache-Control'] == 'no-store', where + 'stored'
        elif status >= 400 and reply.method != 'HEAD':
            if is_scim(reply.path):
                self._judge_scim_error(reply, where)
            else:
                self._judge_problem(reply, where)
        if operation is None or reply.method == 'HEAD':
            return
        self.coverage.saw(operation, status, reply.code)
        if status == 304:
            return
        assert str(status) in operation.responses, (
            where + f'undocumented for {operation.id}: {reply.text[:1500]}')
        if reply.code:
            codes = operation.codes(status)
            assert reply.code in codes, (
                where + f'{operation.id} does not list {reply.code}')
        if reply.content:
            self._judge_body(reply, operation, where)

    def _judge_scim_error(self, reply, where):
        """RFC 7644, 3.12."""
        assert reply.kind == SCIM, where + f'is {reply.kind}'
        body = reply.json()
        assert set(body) - {'scimType'} == {'schemas', 'status', 'detail'}, (
            where + str(body))
        assert body['schemas'] == [SCIM_ERROR], where + str(body)
        assert body['status'] == str(reply.status_code), where + str(body)
        assert reply.code in self.document.problems, (
            where + f'{body} is no problem of x-problems')

    def _judge_problem(self, reply, where):
        assert reply.kind == PROBLEM, where + f'is {reply.kind}'
        body = reply.json()
        for name in ('type', 'title', 'status', 'instance'):
            assert name in body, where + f'problem without {name}: {body}'
        assert body['status'] == reply.status_code, where + str(body)
        assert reply.headers['Request-Id'] in body['instance'], (
            where + f"instance {body['instance']} is not the Request-Id")
        known = self.document.problems.get(reply.code)
        assert known, where + f'{body["type"]} is not in x-problems'
        assert known['type'] == body['type'], where + str(body)
        assert known['status'] == reply.status_code, where + str(known)
        language = reply.headers['Content-Language']
        assert body['title'] == known['title'].get(language or 'en'), (
            where + f'{body["title"]!r} is not the title in {language}')
        for error in body.get('errors', ()):
            assert set(error) >= {'pointer', 'code', 'detail'}, (
                where + str(error))
            assert '{' not in error['detail'], where + str(error)
        assert '{' not in body.get('detail', ''), where + str(body)

    def _judge_body(self, reply, operation, where):
        kind, status = reply.kind, reply.status_code
        content = operation.responses[str(status)].get('content', {})
        assert kind in content, where + f'{kind} is not one of {[*content]}'
        validator = self.document.validator(operation, status, kind)
        if 'json' not in kind or validator is None:
            return
        body = reply.json()
        errors = sorted(validator.iter_errors(body), key=str)
        assert not errors, where + '; '.join(
            f'/{"/".join(map(str, error.absolute_path))}: '
            f'{error.message[:300]}' for error in errors[:5])
        if status < 300:
            self.coverage.saw_body(operation, status, body)
            if operation.scim and isinstance(body.get('meta'), dict):
                version = body['meta'].get('version')
                assert version is None or version == reply.etag, (
                    where + f'ETag {reply.etag} of version {version}')
            elif isinstance(body, dict) and 'version' in body:
                match = ETAG.fullmatch(reply.etag or '')
                assert match and int(match[1]) == body['version'], (
                    where + f"ETag {reply.etag} of version {body['version']}")
