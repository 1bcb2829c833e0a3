"""faulted -- a server that meets faults, clients that write down what they
were told, and what the machine pays for it.

Every client sends a read or a write, over and over: half of them have a key,
and send it again until they are answered, the others have none.  Afterwards
the database has what was answered 2xx, once; nothing of what was refused; and
at most once what nobody knew.
"""

import collections
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import threading
import time

from harness.load import processor_s
from proxy import Proxy

PAGE = os.sysconf('SC_PAGE_SIZE')
# AddressSanitizer keeps what was freed, and RSS would tell nothing.
ASAN = ('abort_on_error=0:exitcode=99:detect_leaks=1:quarantine_size_mb=1'
        ':thread_local_quarantine_size_kb=64')
PIPES = 2 + 2 + 1 + 1   # of a worker: fast, write, slow, and the pulse
SERIAL = itertools.count()

Asked = collections.namedtuple('Asked', 'at took what status code retry')
# Seconds until what was asked during a fault, until what was under way when it
# began is answered, and until everything is as before.
Limits = collections.namedtuple('Limits', 'answer first back')
# What is promised, and what a machine full of other things may take.
TIGHT = Limits(answer=1.0, first=1.2, back=5.0)
LOOSE = Limits(answer=4.0, first=5.0, back=25.0)


def code_of(body):
    try:
        return json.loads(body)['type'].rsplit('/', 1)[-1].replace('-', '_')
    except (ValueError, KeyError, TypeError):
        return None


class Client(threading.Thread):
    """Reads and writes by turns, with a pause of a few milliseconds."""

    def __init__(self, crowd, number):
        super().__init__(daemon=True)
        self.crowd, self.number = crowd, number
        self.asked, self.done, self.unknown = [], {}, set()
        self.refused, self.wrong = set(), []
        self.link = None

    def ask(self, method, path, body=None, key=None):
        headers = {'Authorization': f'Bearer {self.crowd.token}'}
        if body is not None:
            headers['Content-Type'] = 'application/json'
        if key:
            headers['Idempotency-Key'] = key
        begun = time.monotonic()
        if self.link is None:
            self.link = http.client.HTTPConnection(
                '127.0.0.1', self.crowd.port, timeout=30)
        try:
            self.link.request(method, path, body, headers)
            reply = self.link.getresponse()
            text = reply.read()
        except (OSError, http.client.HTTPException) as error:
            self.link = None
            self.wrong.append(f'{method} {path}: {error!r}')
            return 0, None, {}
        if reply.getheader('Connection') == 'close':
            self.link = None
        code = code_of(text) if reply.status >= 400 else None
        self.asked.append(Asked(begun, time.monotonic() - begun, method,
                                reply.status, code,
                                reply.getheader('Retry-After')))
        return reply.status, code, text

    def write(self):
        name = f'{self.crowd.name}-{self.number}-{next(SERIAL)}'
        again = self.number % 2 == 0
        body = json.dumps({'title': name})
        for _ in range(6000):
            status, code, text = self.ask('POST', '/v1/goals', body,
                                          name if again else None)
            if status == 201:
                self.done[name] = json.loads(text)['id']
                return
            if status == 409 and code == 'key_in_flight':
                pass
            elif status != 503:
                self.wrong.append(f'{name}: {status} {code}')
                return
            elif not again:
                kind = self.unknown if code == 'outcome_unknown' else (
                    self.refused)
                kind.add(name)
                return
            time.sleep(0.05)
            if self.crowd.hurry.is_set():
                return
        self.wrong.append(f'{name}: never answered')

    def run(self):
        while not self.crowd.stopping.is_set():
            status, code, _ = self.ask('GET', '/v1/me')
            if status not in (200, 503):
                self.wrong.append(f'GET: {status} {code}')
            if self.number % 4 != 3:
                self.write()
            time.sleep(0.01)


class Crowd:
    """Clients until the block ends; judge() is for behind it."""

    def __init__(self, server, clients=4):
        self.port, self.token = server.port, server.token()
        self.name = f'fault-{time.monotonic_ns()}'
        self.stopping, self.hurry = threading.Event(), threading.Event()
        self.clients = [Client(self, number) for number in range(clients)]

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, kind, *_):
        self.stopping.set()
        if kind is not None:
            self.hurry.set()
        for client in self.clients:
            client.join(120)
            assert not client.is_alive(), 'a client did not end'

    def asked(self, since=0, until=float('inf')):
        return [one for client in list(self.clients)
                for one in list(client.asked) if since <= one.at < until]

    def first(self, since, status):
        """When it was first answered with that, after that moment."""
        found = [one.at + one.took for one in self.asked(since)
                 if one.status == status]
        return min(found) if found else None

    def judge(self, db):
        """Nothing lost, nothing doubled, nothing of what was refused."""
        wrong = [fault for one in self.clients for fault in one.wrong]
        there = collections.Counter(dict(db.execute(
            'select title, count(*) from goal where title like %s group by 1',
            [self.name + '-%'])))
        ids = dict(db.execute('select title, id::text from goal'
                              ' where title like %s', [self.name + '-%']))
        told = collections.Counter(db.column(
            "select object_id::text from outbox where event = 'goal.created'"
            ' and object_id in (select id from goal where title like %s)',
            [self.name + '-%']))
        for client in self.clients:
            for name, identity in client.done.items():
                if there[name] != 1 or ids[name] != identity:
                    wrong.append(f'{name}: answered, {there[name]} times')
                elif told[identity] != 1:
                    wrong.append(f'{name}: {told[identity]} events')
            wrong += [f'{name}: refused, {there[name]} times'
                      for name in client.refused if there[name]]
            wrong += [f'{name}: unknown, {there[name]} times'
                      for name in client.unknown if there[name] > 1]
        assert not wrong, (len(wrong), wrong[:5])
        return {'answered': sum(len(one.done) for one in self.clients),
                'refused': sum(len(one.refused) for one in self.clients),
                'unknown': sum(len(one.unknown) for one in self.clients)}


class Faulty:
    """`hefboom serve` behind a Proxy."""

    def __init__(self, server, proxy):
        self.server, self.proxy = server, proxy
        self.pipes = 2 * PIPES + 2    # and of jobs: one, and its pulse

    def processes(self):
        return [pid for pid in self.server.children()
                if 'hefboom' in pathlib.Path(f'/proc/{pid}/comm').read_text()]

    def workers(self):
        """RSS would be that of others when one was started anew."""
        return {pid: self.rss(pid) for pid in self.processes()}

    @staticmethod
    def rss(pid):
        words = pathlib.Path(f'/proc/{pid}/statm').read_text().split()
        return int(words[1]) * PAGE

    def cpu(self):
        """Seconds of all processes together."""
        return processor_s(self.processes())

    def lines(self):
        return len(self.server.log().splitlines())

    def get(self, path, token=None, timeout=30):
        """(status, seconds, code, headers)"""
        link = http.client.HTTPConnection(
            '127.0.0.1', self.server.port, timeout=timeout)
        begun = time.monotonic()
        link.request('GET', path, headers={} if token is None else {
            'Authorization': f'Bearer {token}'})
        reply = link.getresponse()
        body = reply.read()
        link.close()
        return (reply.status, time.monotonic() - begun, code_of(body),
                reply.headers)

    def whole(self):
        return self.proxy.count >= self.pipes

    def wait(self, what, seconds):
        """How long it took; what() is asked every few milliseconds."""
        begun = time.monotonic()
        while not what():
            assert time.monotonic() - begun < seconds, what
            time.sleep(0.02)
        return time.monotonic() - begun

    def is_ready(self):
        with contextlib.suppress(OSError):
            return self.get('/readyz')[0] == 200
        return False

    def nobody_is_ready(self):
        """Each worker finds it out by itself, and any of them may be asked."""
        return not any(self.is_ready() for _ in range(8))


@contextlib.contextmanager
def faulty(server, wrapper=(), host='127.0.0.1', **settings):
    """A server on `server`'s database, by a proxy."""
    path = server.runtime_url.split()
    folder, port = path[0].split('=')[1], path[1].split('=')[1]
    with Proxy(f'{folder}/.s.PGSQL.{port}') as proxy:
        other = server.beside(
            HEFBOOM_DATABASE_URL=proxy.url.replace('127.0.0.1', host),
            ASAN_OPTIONS=ASAN, **settings)
        other.wrapper = wrapper
        other.start()
        one = Faulty(other, proxy)
        try:
            one.wait(one.whole, 30)
            yield one
        finally:
            if proxy.mode != 'pass':
                proxy.mode = 'pass'
            wrong = other.stop()
    assert wrong == [], wrong


# What is promised


def answers(crowd, limits, since, until):
    """Of that time: each a 503 with Retry-After, soon.  Their number, and
    the slowest."""
    asked = [one for one in crowd.asked(since)
             if one.at + one.took < until]
    assert asked, 'nobody asked'
    late = [one for one in asked if one.took > limits.answer]
    assert not late, (len(late), len(asked), late[:3])
    other = [one for one in asked if one.status != 503 or not (
        one.retry or '').isdigit()]
    assert not other, (len(other), len(asked), other[:3])
    return len(asked), max(one.took for one in asked)


def health(one):
    assert one.get('/healthz')[0] == 200
    status, took, code, _ = one.get('/readyz')
    assert (status, code) == (503, 'database_unavailable'), (status, code)


def recovery(one, limits, ended):
    """Seconds until it serves, and until no connection is missing."""
    one.wait(one.is_ready, limits.back)
    ready = time.monotonic() - ended
    one.wait(one.whole, limits.back)
    whole = time.monotonic() - ended
    assert whole < limits.back, whole
    return ready, whole


def outage(one, mode, seconds, limits, db, clients=4):
    """The fault for so long, under load.  What it cost."""
    token = one.server.token()
    lines = one.lines()
    with Crowd(one.server, clients) as crowd:
        one.wait(lambda: len(crowd.asked()) > 20, 30)
        begun = time.monotonic()
        one.proxy.mode = mode
        one.wait(one.nobody_is_ready, limits.first)
        time.sleep(0.5)
        health(one)
        settled = time.monotonic()
        time.sleep(min(2.0, seconds / 4))
        rss, cpu, at = one.workers(), one.cpu(), time.monotonic()
        while time.monotonic() - begun < seconds:
            time.sleep(0.2)
        spent = (one.cpu() - cpu) / (time.monotonic() - at)
        grown = max(one.rss(pid) - was for pid, was in rss.items())
        health(one)
        assert one.get('/v1/me', token)[0] == 503
        ended = time.monotonic()
        one.proxy.mode = 'pass'
        ready, whole = recovery(one, limits, ended)
        one.wait(lambda: crowd.first(ended, 201), limits.back)
        served = crowd.first(ended, 201) - ended
        time.sleep(1)
    count, slowest = answers(crowd, limits, settled, ended)
    under_way = [one for one in crowd.asked(begun - 5, settled)
                 if one.at + one.took > begun]
    first = max(asked.took for asked in under_way)
    assert first < limits.first, first
    return {'mode': mode, 'seconds': seconds, 'told_503': count,
            'slowest_s': round(slowest, 3), 'first_s': round(first, 3),
            'rss_grown_kb': grown // 1024, 'cpu': round(spent, 3),
            'log_lines': one.lines() - lines, 'ready_s': round(ready, 2),
            'served_s': round(served, 2), 'whole_s': round(whole, 2),
            'load': os.getloadavg()[0], **crowd.judge(db)}
