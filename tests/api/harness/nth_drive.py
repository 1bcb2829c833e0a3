"""nth_drive -- one route after another with its n-th call failing.

Promise.  Trial.route() fails unless after every n the process is the same,
the replies are right, or well-formed refusals by 500 or 503, or the
connection was closed; the next request of the same kind is answered, every
connection to PostgreSQL is there and idle, a write is there wholly or not at
all, and there if it was answered so; and unless in the end nothing more is
allocated or open than requests without faults would have left.
"""

import json
import time

from .nth import KINDS, descriptors, exchange, settled, settled_at_most
from .nth_routes import ROUTES, Site
from .waiting import eventually

PROBLEMS = ('application/problem+json', 'application/scim+json',
            'application/json')
# What libpq and libevent may keep larger than before, in blocks.
SLACK = 3
SYSTEM_CALLS = [kind for kind in KINDS if kind != 'alloc']
# Of the connection to PostgreSQL, while it is made.
CONNECTING = ('alloc', 'socket', 'connect', 'send', 'recv', 'epoll_ctl',
              'epoll_wait', 'poll', 'open', 'random', 'pq_send')
WORKING = ('alloc', 'send', 'recv', 'epoll_wait', 'pq_send', 'pq_result')
PURGE = 'purge_idempotency_keys'


def sample(count, most):
    """All, or the first, the last and some between."""
    if most is None or count <= most:
        return list(range(1, count + 1))
    step = (count - 1) / max(most - 1, 1)
    return sorted({1 + round(step * i) for i in range(most)})


class Trial:
    def __init__(self, server, db, most=None, window=1):
        self.server, self.db, self.preload = server, db, server.preload
        self.site = Site(server, db)
        self.most, self.window = most, window
        self.faults = self.closed = self.refused = 0
        self.watch('worker')
        self.backends = settled(self.idle)

    def watch(self, name):
        self.pid, self.name = self.server.child_pid(name), name
        self.preload.watch(self.pid)

    # The pool, as PostgreSQL sees it

    def connections(self, state):
        return self.db.one(
            "select count(*) from pg_stat_activity where usename = 'hefboom'"
            f" and application_name = 'hefboom' and state {state}")

    def idle(self):
        return self.connections("= 'idle'")

    def pool_is_whole(self, where):
        eventually(lambda: self.idle() == self.backends
                   and not self.connections("<> 'idle'"), 30,
                   f'{where}: {self.idle()} idle connections, not '
                   f'{self.backends}')

    # What must hold

    def send(self, one, where):
        try:
            return exchange(self.server, one.messages, one.pipelined, one.port)
        except TimeoutError:
            raise AssertionError(f'{where}: no answer') from None

    def same_process(self, where):
        assert self.server.child_pid(self.name) == self.pid, (
            f'{where}: the process ended:\n' + self.server.log()[-1500:])

    def judge(self, one, replies, where, essences=None):
        """False when somebody was refused or cut off."""
        well = len(replies) == len(one.messages)
        self.closed += not well
        for number, reply in enumerate(replies):
            if reply.status != one.statuses[number]:
                well = False
                self.judge_refusal(reply, where)
                continue
            if essences is not None:
                assert one.essence(reply) == essences[number], (
                    f'{where}: another answer: {reply}')
            if one.proves is not None:
                one.proves(reply)
        return well

    def judge_refusal(self, reply, where):
        self.refused += 1
        assert reply.status in (500, 503), f'{where}: {reply}'
        assert reply.headers['content-type'] in PROBLEMS, (where, reply)
        body = json.loads(reply.content)
        if 'error' not in body:
            assert int(body['status']) == reply.status, (where, reply)
        if reply.status == 503:
            assert reply.headers['retry-after'].isdigit(), (where, reply)

    def judge_write(self, one, well, where):
        if one.written is None:
            return
        counts = one.written()
        assert set(counts) in ({0}, {1}), f'{where}: half done: {counts}'
        if well:
            assert set(counts) == {1}, f'{where}: answered and not there'
        if one.repeats:
            replies = self.send(one, where)
            assert [reply.status for reply in replies] == [*one.statuses], (
                where, replies)
            counts = one.written()
            assert set(counts) == {1}, f'{where}: repeated: {counts}'

    def plain(self, name, where=None, essences=None):
        """A request without a fault, which must be answered well."""
        one = ROUTES[name](self.site)
        replies = self.send(one, where or name)
        assert self.judge(one, replies, where or name, essences), (
            f'{where or name}: then {replies}')
        return one, replies

    def once(self, name, kind, error, n, essences):
        where = f'{name}: {kind} {n} and {self.window - 1} more, {error}'
        one = ROUTES[name](self.site)
        self.preload.arm(kind, error, n, self.window)
        try:
            replies = self.send(one, where)
        finally:
            self.preload.disarm()
        self.faults += self.preload.failed > 0
        self.same_process(where)
        # What nobody waited for may still be done.
        self.pool_is_whole(where)
        self.judge_write(one, self.judge(one, replies, where, essences), where)
        self.plain(name, where, essences)

    def held(self):
        return self.preload.live[0], descriptors(self.pid)

    def still(self):
        """Blocks and descriptors when nothing moves."""
        return settled(self.held)

    def warm(self, name):
        """The replies' essences, how many calls of each kind one request
        makes, and how many blocks stay after it."""
        for _ in range(2):
            one, replies = self.plain(name)
            essences = [one.essence(reply) for reply in replies]
            self.once(name, 'alloc', 'ENOMEM', 1 << 40, essences)
        one = ROUTES[name](self.site)
        start, calls = self.still(), self.preload.calls
        self.send(one, name)
        end = self.still()
        return essences, {kind: self.preload.calls[kind] - calls[kind]
                          for kind in KINDS}, max(end[0] - start[0], 0)

    def route(self, name, kinds=KINDS):
        """{kind: how many calls of it a request makes}"""
        process = ROUTES[name](self.site).process
        if process != self.name:
            self.watch(process)
        essences, counts, growth = self.warm(name)
        series = [(kind, error, n) for kind in kinds for error in KINDS[kind]
                  for n in sample(counts[kind], self.most)]
        # What grew once, and then no more, had been met for the first time.
        for again in (False, True):
            blocks, files = self.still()
            for fault in series:
                self.once(name, *fault, essences)
            # Each fault is up to three requests.
            most = blocks + growth * 3 * len(series) + SLACK
            more, open_now = settled_at_most(
                self.held, (most, files), 10 if again else 1)
            if more <= most:
                break
            assert not again, (f'{name}: {more - blocks} blocks more after '
                               f'{len(series)} faults')
        _, open_now = settled_at_most(self.held, (most, files))
        # Fewer: one was on its way out when they were counted first.
        assert open_now <= files, (
            f'{name}: {open_now - files} descriptors more')
        return {kind: counts[kind] for kind in kinds}

    # Connections to PostgreSQL, made anew

    def cut(self):
        gone = [pid for pid, _ in self.db.execute(
            'select pid, pg_terminate_backend(pid) from pg_stat_activity'
            " where usename = 'hefboom' and application_name = 'hefboom'")]
        # Whoever is still to end would be counted as the pool's.
        eventually(lambda: not self.db.one(
            'select count(*) from pg_stat_activity where pid = any(%s)',
            [gone]), 30, 'backends that were told to end are there')

    def reconnect(self, where):
        self.cut()
        self.pool_is_whole(where)
        self.plain('read', where)

    def connecting(self):
        """{kind: calls} of a connection that is made, with each failing."""
        self.watch('worker')
        for _ in range(2):
            self.reconnect('connecting')
        calls = self.preload.calls
        self.reconnect('connecting')
        counts = {kind: self.preload.calls[kind] - calls[kind]
                  for kind in CONNECTING}
        blocks, files = self.still()
        for kind, count in counts.items():
            for error in KINDS[kind]:
                for n in sample(count, self.most):
                    where = f'connecting: {kind} {n}, {error}'
                    self.preload.arm(kind, error, n, self.window)
                    self.cut()
                    self.pool_is_whole(where)
                    self.preload.disarm()
                    self.faults += self.preload.failed > 0
                    self.same_process(where)
                    self.plain('read', where)
        for _ in range(2):
            self.reconnect('connecting')
        self.nothing_more(blocks, files)
        return counts

    def nothing_more(self, blocks, files):
        more, open_now = settled_at_most(self.held, (blocks + SLACK, files))
        assert more - blocks <= SLACK, f'{more - blocks} blocks more'
        assert open_now <= files, f'{open_now - files} descriptors more'

    # The loop of the jobs process

    def give_work(self):
        """A key so old that it is to be forgotten."""
        self.db.execute(
            'insert into idempotency_key (org_id, caller, key, hash,'
            " created_at) values (%s, 'nth', uuid7()::text, 'x',"
            " clock() - interval '80 hours')", [self.site.org])
        self.make_due()

    def make_due(self):
        self.db.execute(
            'update timer set due_at = clock(), leased_until = null,'
            ' parked_at = null, attempts = 0'
            ' where org_id = %s and kind = %s', [self.site.org, PURGE])

    def is_done(self):
        return not self.db.one(
            'select count(*) from idempotency_key where org_id = %s'
            " and caller = 'nth'", [self.site.org]) and not self.db.one(
            'select count(*) from timer where org_id = %s and kind = %s'
            ' and leased_until > clock()', [self.site.org, PURGE])

    def work(self, where):
        self.give_work()
        eventually(self.is_done, 30, f'{where}: it was not done')

    def work_anew(self):
        """A connection keeps what its longest queue needed."""
        self.cut()
        for _ in range(3):
            self.work('jobs')

    def one_job(self, where):
        """A lease need not be waited for, whoever lost it."""
        self.give_work()
        end = time.monotonic() + 3
        while not self.is_done() and time.monotonic() < end:
            time.sleep(0.02)
        self.preload.disarm()
        self.make_due()
        eventually(self.is_done, 30, f'{where}: it was not done')

    def jobs(self):
        self.watch('jobs')
        self.work_anew()
        calls = self.preload.calls
        self.work('jobs')
        counts = {kind: self.preload.calls[kind] - calls[kind]
                  for kind in WORKING}
        self.work_anew()
        blocks, files = self.still()
        for kind, count in counts.items():
            for error in KINDS[kind]:
                for n in sample(count, self.most):
                    where = f'jobs: {kind} {n}, {error}'
                    self.preload.arm(kind, error, n, self.window)
                    self.one_job(where)
                    self.faults += self.preload.failed > 0
                    self.same_process(where)
                    self.pool_is_whole(where)
        # Its one connection, made anew without anybody who listens to it.
        for n in (1, 2, 3, 4):
            where = f'jobs: epoll_ctl {n} of a new connection'
            self.preload.arm('epoll_ctl', 'ENOMEM', n)
            self.cut()
            self.one_job(where)
            self.faults += self.preload.failed > 0
            self.same_process(where)
        self.work_anew()
        self.nothing_more(blocks, files)
        self.watch('worker')
        return counts

    def sums(self):
        return (f'{self.faults} faults, {self.refused} answered 500 or 503, '
                f'{self.closed} cut off')
