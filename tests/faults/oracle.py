#!/usr/bin/python3
"""oracle -- what was answered, against what is there.

Writers send claims, goals, seats and SCIM users, each with a nonce of its
own, with and without keys; meanwhile everything that can be killed is killed
at random points: workers, jobs, the supervisor (which is then started again),
backends and the postmaster.  At the end each answer is compared with the
database:

  2xx       the row is there, once, under the id that was answered, with its
            nonce, and its event is in the outbox, once
  refused   no row and no event, also when the refusal came at the commit
  unknown   (no reply, or 503) at most once; when it was sent again under its
            key until it was answered: once, and each reply the same bytes
  besides   nothing that nobody wrote

and each reply holds the nonce of its own request, whatever fails around it in
the same pipeline.  judge() is what decides, and knows of no server.

    tests/faults/oracle.py --writes 20000 --kills 20
"""

import argparse
import collections
import contextlib
import itertools
import json
import os
import pathlib
import random
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'api'))

from harness.orphans import buried  # noqa: E402

KINDS = ('goal', 'claim', 'seat', 'user')
VICTIMS = ('worker', 'jobs', 'supervisor', 'backend', 'postmaster')
PATIENCE_S = 120
EVENTS = {'goal': 'goal.created', 'claim': 'claim.created',
          'seat': 'seat.created', 'user': 'person.created'}
ROWS = {'goal': 'select title, id::text from goal where org_id = %s',
        'claim': 'select note, id::text from claim where org_id = %s',
        'seat': 'select answer, id::text from seat where org_id = %s',
        'user': 'select user_name, id::text from person where org_id = %s'
                " and (user_name like 'n%%' or user_name = 'taken')"}
# What a constraint that is looked at when the transaction ends raises.
LATE = {'goal': ('goal', 'title', 'goal_due_on_past'),
        'claim': ('claim', 'note', 'skill_claimed_already'),
        'seat': ('seat', 'answer', 'seat_taken_already'),
        'user': ('person', 'user_name', 'person_user_name_taken')}

Write = collections.namedtuple('Write', 'kind nonce outcome id')
# outcome: done (id), refused, unknown, once (it is there; its id unknown)


def judge(writes, rows, events):
    """
    What is wrong, as sentences.  rows: {kind: [(nonce, id)]}; events: {kind:
    [id]}.
    """
    wrong = []
    known = {kind: {} for kind in rows}
    for write in writes:
        known[write.kind][write.nonce] = write
    for kind, found in rows.items():
        there = collections.defaultdict(list)
        for nonce, identity in found:
            there[nonce].append(identity)
        told = collections.Counter(events[kind])
        for nonce, identities in there.items():
            if nonce not in known[kind]:
                wrong.append(f'{kind} {nonce}: nobody wrote it')
            if len(identities) > 1:
                wrong.append(f'{kind} {nonce}: {len(identities)} times')
        for nonce, write in known[kind].items():
            wrong += fault_of(write, there.get(nonce, []))
        present = {identity for _, identity in found}
        for identity in present | set(told):
            if told[identity] != (identity in present):
                wrong.append(f'{kind} {identity}: {told[identity]} events,'
                             f' {int(identity in present)} rows')
    return wrong


def fault_of(write, there):
    name = f'{write.kind} {write.nonce}'
    if write.outcome == 'done' and write.id not in there:
        return [f'{name}: answered as {write.id}, there is {there or "none"}']
    if write.outcome == 'once' and not there:
        return [f'{name}: answered as there, and is not']
    if write.outcome == 'refused' and there:
        return [f'{name}: refused, and is there']
    return []


def room(writes):
    """Megabytes of rows, indexes and log."""
    return 1000 + writes // 250


class Lost(Exception):
    """The connection ended before the reply did."""


class Connection:
    """HTTP/1.1 in as few steps as it takes; made again when it is lost."""

    def __init__(self, port):
        self.port, self.socket = port, None

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def connect(self):
        end = time.monotonic() + PATIENCE_S
        while self.socket is None:
            try:
                self.socket = socket.create_connection(
                    ('127.0.0.1', self.port), 10)
                self.socket.setsockopt(
                    socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def ask(self, request):
        """(status, head, body), or Lost."""
        self.connect()
        try:
            self.socket.sendall(request)
            data = b''
            while (end := data.find(b'\r\n\r\n')) < 0:
                data += self.part()
            head = data[:end].lower()
            length = int(head.split(b'content-length: ', 1)[1].split(
                b'\r\n', 1)[0])
            body = data[end + 4:]
            while len(body) < length:
                body += self.part()
        except OSError as error:
            self.close()
            raise Lost from error
        except Lost:
            self.close()
            raise
        if b'connection: close' in head:
            self.close()
        return int(head[9:12]), head, body

    def part(self):
        part = self.socket.recv(65536)
        if not part:
            raise Lost
        return part


class Stage:
    """An organisation with people, skills and sessions enough."""

    def __init__(self, server, db, writes, seed):
        self.server, self.db, self.random = server, db, random.Random(seed)
        self.org = f'oracle-{time.monotonic_ns()}'
        server.command('org', 'create', self.org)
        self.id = db.one('select id from organisation where name = %s',
                         [self.org])
        side = int((writes / 2) ** 0.5) + 40
        self.people = self.column(
            'insert into person (org_id, id, user_name, display_name)'
            " select %s, uuid7(), 'p' || n, 'Some Body' from"
            ' generate_series(1, %s) n returning user_name', side)
        self.skills = self.column(
            'insert into skill (org_id, id, labels) select %s, uuid7(),'
            " jsonb_build_object('en', 'Skill number ' || n) from"
            ' generate_series(1, %s) n returning id::text', side)
        host = self.column(
            'insert into person (org_id, id, user_name, display_name)'
            " select %s, uuid7(), 'host', 'The Host' from"
            ' generate_series(1, %s) returning id::text', 1)[0]
        self.sessions = self.column(
            'insert into session (org_id, id, title, state, zone,'
            ' duration_min, host_id, during) select %s, uuid7(),'
            " 'About ' || n, 'confirmed', 'Europe/Brussels', 5, '" + host
            + "', tstzrange(t.at, t.at + interval '5 min') from"
            ' generate_series(1, %s) n cross join lateral (select'
            " date_trunc('hour', clock()) + interval '2 days'"
            " + n * interval '10 min' as at) t returning id::text", side)
        db.execute(
            'insert into engagement (org_id, session_id, person_id, role,'
            " during) select org_id, id, host_id, 'host', during from session"
            ' where org_id = %s', [self.id])
        team = db.one('insert into team (org_id, id, name) values'
                      " (%s, uuid7(), 'Everybody') returning id", [self.id])
        db.execute(
            'insert into employment (org_id, person_id, team_id, during)'
            " select org_id, id, %s, daterange('2020-01-01', null)"
            ' from person where org_id = %s', [team, self.id])
        db.execute('analyze')
        self.pairs = {kind: self.shuffled(things) for kind, things in (
            ('claim', self.skills), ('seat', self.sessions))}
        self.lock = threading.Lock()
        self.add_late()

    def column(self, text, count):
        return self.db.column(text, [self.id, count])

    def shuffled(self, things):
        """Each person with each thing, once."""
        pairs = list(itertools.product(self.people, things))
        self.random.shuffle(pairs)
        return pairs

    def pair(self, kind):
        with self.lock:
            return self.pairs[kind].pop()

    def add_late(self):
        self.db.execute('''
            create or replace function fail_late() returns trigger
            language plpgsql as $$
            begin
                raise exception '%', tg_argv[0] using errcode = 'HB000',
                      detail = jsonb_build_object('nonce',
                          to_jsonb(new) ->> tg_argv[1])::text;
            end $$''')
        for table, column, code in LATE.values():
            self.db.execute(f'''
                create constraint trigger fail_late after insert on {table}
                deferrable initially deferred for each row
                when (new.{column} like 'nlate%')
                execute function fail_late('{code}', '{column}')''')

    def rows(self):
        return {kind: [row for row in self.db.execute(text, [self.id])
                       if row[0] is not None] for kind, text in ROWS.items()}

    def events(self):
        found = {}
        for kind, event in EVENTS.items():
            found[kind] = self.db.column(
                'select object_id::text from outbox where org_id = %s'
                ' and event = %s', [self.id, event])
        return found


class Writer(threading.Thread):
    """Writes one thing after the other, and keeps what it was told."""

    def __init__(self, oracle, number):
        super().__init__(daemon=True)
        self.oracle, self.stage = oracle, oracle.stage
        self.random = random.Random(f'{oracle.seed} {number}')
        self.connection = Connection(oracle.server.port)
        self.names = (f'{number}x{n}' for n in itertools.count())
        self.writes, self.faults = [], []
        self.counts = collections.Counter()
        self.replayable = []

    def run(self):
        try:
            while not self.oracle.enough():
                self.write_one()
        except Exception as error:
            self.faults.append(f'a writer ended: {error!r}')
        self.connection.close()

    # requests

    def request(self, method, path, person, body=None, key=None):
        scim = path.startswith('/scim')
        token = self.oracle.token(None if scim else person)
        text = b'' if body is None else json.dumps(body).encode()
        head = [f'{method} {path} HTTP/1.1', 'Host: localhost',
                f'Authorization: Bearer {token}']
        if body is not None:
            kind = 'scim+json' if scim else 'json'
            head += [f'Content-Type: application/{kind}',
                     f'Content-Length: {len(text)}']
        if key:
            head.append(f'Idempotency-Key: {key}')
        return '\r\n'.join(head + ['', '']).encode() + text

    def make(self, kind, nonce, bad):
        """(path, person, body, id's member); bad is refused by SQL."""
        person = self.random.choice(self.stage.people)
        if kind == 'goal':
            body = {'title': nonce}
            if bad:
                body['due_on'] = '2001-01-01'
            return '/v1/goals', person, body
        if kind == 'user':
            return '/scim/v2/Users', person, {
                'schemas': ['urn:ietf:params:scim:schemas:core:2.0:User'],
                'userName': 'taken' if bad else nonce, 'externalId': f'x{nonce}',
                'displayName': nonce, 'active': True}
        lost = '01900000-0000-7000-8000-000000000000'
        if kind == 'claim':
            person, skill = self.stage.pair('claim')
            return '/v1/me/skills', person, {
                'skill_id': lost if bad else skill, 'level': 2, 'note': nonce}
        person, session = self.stage.pair('seat')
        return (f'/v1/sessions/{lost if bad else session}/seats', person,
                {'answer': nonce})

    # one write

    def write_one(self):
        dice = self.random.random()
        if dice < 0.1 and self.writes:
            self.read_one()
            return
        kind = self.random.choices(KINDS, (50, 20, 12, 18))[0]
        way = self.random.choices(('good', 'late', 'soon'), (84, 8, 8))[0]
        nonce = f'n{way}{next(self.names)}'
        path, person, body = self.make(kind, nonce, way == 'soon')
        key = None
        if kind != 'user' and self.random.random() < 0.5:
            key = f'oracle-{nonce}'
        request = self.request('POST', path, person, body, key)
        again = key or (kind == 'user' and self.random.random() < 0.5)
        outcome, identity, reply = self.settle(
            kind, nonce, way, request, key, again)
        self.writes.append(Write(kind, nonce, outcome, identity))
        self.counts[outcome] += 1
        if outcome == 'done':
            self.oracle.answered()
            if key and self.random.random() < 0.1:
                self.replayable.append((request, reply))
                self.replay(request, reply)

    def settle(self, kind, nonce, way, request, key, again):
        """Asked until the answer is a definite one, when it may be."""
        end = time.monotonic() + PATIENCE_S
        asked = 0
        while time.monotonic() < end:
            asked += 1
            try:
                status, _, body = self.connection.ask(request)
            except Lost:
                status, body = 0, b''
            if status == 201:
                self.check(nonce.encode() in body, status, body, nonce)
                return 'done', json.loads(body)['id'], (status, body)
            if status == 409 and b'key_in_flight' in body:
                time.sleep(0.02)
                continue
            if 400 <= status < 500:
                return self.refused(
                    kind, nonce, way, status, body, key, asked), None, None
            self.counts[f'unknown {status}'] += 1
            if status not in (0, 503):
                self.faults.append(f'{nonce}: {status} {body[:300]!r}')
            if not again:
                return 'unknown', None, None
            time.sleep(0.1)
        self.faults.append(f'{nonce}: no answer in {PATIENCE_S} s')
        return 'unknown', None, None

    def refused(self, kind, nonce, way, status, body, key, asked):
        if way == 'late':
            code = LATE[kind][2].encode()
            self.check(kind == 'user' and status == 409
                       or code in body and nonce.encode() in body,
                       status, body, nonce)
        elif way == 'soon':
            wanted = {'goal': b'goal_due_on_past', 'claim': b'skill_unknown',
                      'seat': b'not_found', 'user': b'uniqueness'}[kind]
            self.check(wanted in body, status, body, nonce)
        elif kind == 'user' and status == 409 and asked > 1:
            return 'once'
        else:
            self.faults.append(f'{nonce}: {status} {body[:300]!r}')
        return 'refused'

    def check(self, mine, status, body, nonce):
        if not mine:
            self.faults.append(
                f"{nonce} got somebody else's: {status} {body[:300]!r}")

    def replay(self, request, reply):
        """The same key again: the same bytes, and it says so."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            with contextlib.suppress(Lost):
                status, head, body = self.connection.ask(request)
                if status != 503 and b'key_in_flight' not in body:
                    break
            time.sleep(0.02)
        self.counts['replays'] += 1
        if (status, body) != reply or b'idempotency-replayed: true' not in head:
            self.faults.append(
                f'replayed otherwise: {reply!r} {status} {head!r} {body!r}')

    def read_one(self):
        """Somebody's name, between the writes of the same worker."""
        person = self.random.choice(self.stage.people)
        with contextlib.suppress(Lost):
            status, _, body = self.connection.ask(
                self.request('GET', '/v1/me', person))
            if status == 200:
                self.check(f'"user_name":"{person}"'.encode() in body, status,
                           body, person)
                self.counts['reads'] += 1
            elif status != 503:
                self.faults.append(f'read: {status} {body[:200]!r}')


class Oracle:
    def __init__(self, server, db, writes, kills, threads=16, seed=None,
                 victims=VICTIMS):
        self.server, self.db = server, db
        self.writes, self.kills, self.victims = writes, kills, victims
        self.seed = seed if seed is not None else random.randrange(1 << 32)
        self.random = random.Random(self.seed)
        self.stage = Stage(server, db, writes, self.seed)
        self.writers = [Writer(self, n) for n in range(threads)]
        self.lock, self.done, self.killing = threading.Lock(), 0, True
        self.tokens, self.killed = {}, collections.Counter()
        self.aborted = False

    def token(self, person):
        if person not in self.tokens:
            self.tokens[person] = self.server.token(
                self.stage.org, person, ttl=86400) if person else (
                self.server.token(
                    self.stage.org, 'identity-provider', ('integrator',),
                    'people:read people:write groups:write', ttl=86400))
        return self.tokens[person]

    def answered(self):
        with self.lock:
            self.done += 1

    def enough(self):
        return self.aborted or (
            self.done >= self.writes and not self.killing)

    # deaths

    def kill_one(self, victim):
        """True when there was one to kill."""
        pids = getattr(self, f'{victim}s')()
        if not pids:
            return False
        # While the old backends live, a new postmaster is started in vain.
        self.server.crashes_declared += 100
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.random.choice(pids), signal.SIGKILL)
        if victim == 'supervisor':
            self.server.child.wait()
            self.server.start()
        return True

    def workers(self):
        return list(self.server.named('hefboom-worker'))

    def jobss(self):
        return list(self.server.named('hefboom-jobs'))

    def supervisors(self):
        return [self.server.pid]

    def postmasters(self):
        path = self.server.data / 'data' / 'postgresql' / 'postmaster.pid'
        try:
            pid = int(path.read_text().split()[0])
            comm = pathlib.Path(f'/proc/{pid}/comm').read_text()
        except (OSError, ValueError, IndexError):
            return []
        return [pid] if comm == 'postgres\n' else []

    def backends(self):
        """Those of the server's own role."""
        found = []
        for pid in self.postmasters():
            with contextlib.suppress(OSError):
                for child in self.server.children(pid).items():
                    if 'postgres: hefboom hefboom' in child[1]:
                        found.append(child[0])
        return found

    def kill_all(self):
        order = list(self.victims) * self.kills
        self.random.shuffle(order)
        goals = sorted(self.random.uniform(0, self.writes) for _ in order)
        for victim, goal in zip(order, goals):
            end = time.monotonic() + 20
            while self.done < goal and time.monotonic() < end:
                time.sleep(0.002)
            while not self.kill_one(victim):
                if time.monotonic() > end + PATIENCE_S:
                    raise RuntimeError(f'no {victim} in {PATIENCE_S} s')
                time.sleep(0.01)
            self.killed[victim] += 1
            if os.environ.get('ORACLE_TELL'):
                print(f'{time.monotonic():.1f} {victim} at {self.done}',
                      flush=True)

    def run(self):
        """Faults, and what was done."""
        with buried():
            return self.run_and_judge()

    def run_and_judge(self):
        begun = time.monotonic()
        status, _, body = self.writers[0].connection.ask(
            self.writers[0].request('POST', '/scim/v2/Users', None, {
                'schemas': ['urn:ietf:params:scim:schemas:core:2.0:User'],
                'userName': 'taken', 'active': True}))
        assert status == 201, body
        taken = Write('user', 'taken', 'done', json.loads(body)['id'])
        for writer in self.writers:
            writer.start()
        try:
            self.kill_all()
        except BaseException:
            self.aborted = True
            raise
        finally:
            self.killing = False
            for writer in self.writers:
                writer.join()
        self.server.wait_ready()
        took = time.monotonic() - begun
        faults = [fault for writer in self.writers for fault in writer.faults]
        faults += self.replay_some()
        faults += self.unexpected_deaths()
        self.db.close()
        self.db.connection = self.server.connect()
        faults += judge([taken, *(write for writer in self.writers
                                  for write in writer.writes)],
                        self.stage.rows(), self.stage.events())
        counts = sum((writer.counts for writer in self.writers),
                     collections.Counter())
        return faults, {'seed': self.seed, 'seconds': round(took, 1),
                        'killed': dict(self.killed), **counts}

    def unexpected_deaths(self):
        """Whoever did not die by our hand."""
        return [f'died by itself: {entry}'
                for entry in self.server.log_entries()
                if str(entry.get('event')).endswith('_died')
                and entry.get('how') != 'signal 9'
                and entry['event'] != 'postgresql_died']

    def replay_some(self):
        """Keys of long ago, after all that died since."""
        writer = self.writers[0]
        before = len(writer.faults)
        chosen = [one for other in self.writers for one in other.replayable]
        for request, reply in self.random.sample(
                chosen, min(300, len(chosen))):
            writer.replay(request, reply)
        return writer.faults[before:]


def everything_is_killed(writes, kills, *more):
    """On a server of its own.  (faults, what the log says, counts)"""
    from harness.database import Database
    from harness.running import Server, quick_folder
    server = Server(base=quick_folder(room(writes)))
    try:
        server.start()
        oracle = Oracle(server, Database(server.connect()), writes, kills,
                        *more)
        faults, counts = oracle.run()
        print(json.dumps(counts))
    finally:
        wrong = server.stop()
    return faults, wrong, counts


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    words = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    words.add_argument('--writes', type=int, default=20000)
    words.add_argument('--kills', type=int, default=20, help='of each kind')
    words.add_argument('--threads', type=int, default=16)
    words.add_argument('--seed', type=int)
    words = words.parse_args()
    os.environ.setdefault('HEFBOOM_BIN', str(root / 'build' / 'hefboom'))
    faults, wrong, _ = everything_is_killed(
        words.writes, words.kills, words.threads, words.seed)
    for fault in (faults + wrong)[:50]:
        print(fault)
    print(f'{len(faults)} faults')
    return 1 if faults or wrong else 0


if __name__ == '__main__':
    sys.exit(main())
