"""Many at once for few seats: exactly full, nobody twice, nobody overtaken.

Mutations: in take_seat, the lock left out, or put into the statement that
decides (`for no key update` in the insert's select): two sign-ups count the
same seats, and the test fails.  Also promotion left out of act_on_seat, and
`order by w.number desc` in promote_seats.
"""

import concurrent.futures
import contextlib
import http.client
import os
import random
import signal
import threading
import time
import uuid

import psycopg2
import pytest

from fixtures import a_session
from harness.client import Api
from harness.database import Database
from harness.running import Server
from harness.world import World

PATIENCE_S = 60


class Race:
    """Racers of their own, sessions, and what was answered to whom."""

    def __init__(self, world, racers, sessions, capacity, seed):
        self.world, self.api, self.db = world, world.api, world.db
        self.capacity, self.random = capacity, random.Random(seed)
        tag = uuid.uuid4().hex[:8]
        self.names = [f'racer-{tag}-{place}' for place in range(racers)]
        self.db.execute(
            'insert into person (org_id, id, user_name, display_name)'
            ' select %s, uuid7(), n, n from unnest(%s) n',
            [world.org_id, self.names])
        self.db.execute(
            'insert into employment (org_id, person_id, team_id, during)'
            " select p.org_id, p.id, %s, daterange('2020-01-01', null)"
            ' from person p where p.org_id = %s and p.user_name = any(%s)',
            [world.team(), world.org_id, self.names])
        host = world.stranger('race host')
        self.sessions = [a_session(world, host=host, capacity=capacity)
                         for _ in range(sessions)]
        self.seats = {}
        self.given_up = set()

    def ask(self, method, path, as_, expected, json=None, key=None):
        """Sent again, under its key, until the answer is a definite one."""
        headers = {'Idempotency-Key': key} if key else None
        end = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                reply = self.api.call(method, path, as_=as_, json=json,
                                      headers=headers)
                if reply.status_code in expected:
                    return reply
                assert reply.status_code == 503 or (
                    reply.code == 'key_in_flight'), reply
            assert time.monotonic() < end, (method, path, as_)
            time.sleep(0.02)

    def sign_up(self, session, name):
        key = f'race-{uuid.uuid4()}'
        path = f'/v1/sessions/{session}/seats'
        first = self.ask('POST', path, name, (201,), {}, key)
        seat = first.json()
        if self.random.random() < 0.3:
            again = self.ask('POST', path, name, (201,), {}, key)
            assert again.content == first.content
        assert self.seats.setdefault((session, name), seat['id']) == seat['id']
        if self.random.random() < 0.25:
            self.given_up.add(seat['id'])
            self.ask('POST', f"/v1/seats/{seat['id']}/release", name, (200,),
                     key=f'race-{uuid.uuid4()}')

    def answer(self, seat, name):
        """An offer, accepted or declined."""
        what = 'accept' if self.random.random() < 0.7 else 'decline'
        self.ask('POST', f'/v1/offers/{seat}/{what}', name, (200,),
                 key=f'race-{uuid.uuid4()}')

    def together(self, work, threads):
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            for one in [pool.submit(*item) for item in work]:
                one.result()

    def run(self, threads=24):
        work = [(self.sign_up, session, name) for session in self.sessions
                for name in self.names]
        self.random.shuffle(work)
        self.together(work, threads)
        self.check()
        rounds = 0
        while offers := self.db.execute(
                'select s.id::text, p.user_name from seat s join person p'
                ' on p.org_id = s.org_id and p.id = s.person_id where'
                " s.state = 'offered' and s.session_id = any(%s::uuid[])",
                [self.sessions]):
            self.together([(self.answer, *one) for one in offers], threads)
            self.check()
            rounds += 1
            assert rounds < 100
        return rounds

    def check(self):
        mine = [self.sessions]
        count = self.db.execute(
            "select s.id::text, s.taken, count(t.id) filter (where t.state in"
            " ('held', 'confirmed', 'offered')), count(t.id) filter (where"
            " t.state = 'waiting'), count(t.id), max(t.number),"
            " count(t.id) filter (where t.state = 'confirmed')"
            ' from session s left join seat t on t.org_id = s.org_id and'
            ' t.session_id = s.id where s.id = any(%s::uuid[]) group by s.id,'
            ' s.taken', mine)
        for session, taken, seats, waiting, rows, last, confirmed in count:
            assert taken == seats <= self.capacity, session
            assert not waiting or taken == self.capacity, (
                f'{session}: {self.capacity - taken} free, {waiting} wait')
            assert rows == last == len(self.names), (
                'a sign-up more or less than there were')
            live = self.db.one(
                'select count(*) from engagement where session_id = %s'
                " and role = 'participant' and live", [session])
            assert live == confirmed, session
        assert len(self.seats) == len(self.sessions) * len(self.names)
        assert set(self.seats.values()) == set(self.db.column(
            'select id::text from seat where session_id = any(%s::uuid[])',
            mine))
        overtaken = self.db.execute(
            'select w.id, t.id from seat w join seat t on t.session_id ='
            ' w.session_id and t.number > w.number and t.state in'
            " ('held', 'confirmed', 'offered') where w.state = 'waiting'"
            ' and w.session_id = any(%s::uuid[]) limit 1', mine)
        assert not overtaken, overtaken
        twice = self.db.execute(
            'select session_id, person_id from seat where session_id ='
            ' any(%s::uuid[]) group by 1, 2 having count(*) > 1', mine)
        assert not twice, twice
        # Every offer to who was first, each once, and told to that person.
        wrong = self.db.execute(
            "with told as (select n.object_id, s.session_id, s.number,"
            ' n.person_id = s.person_id as right, row_number() over (partition'
            ' by s.session_id order by o.id) as turn, row_number() over'
            ' (partition by s.session_id order by s.number) as line'
            ' from notification n join seat s on s.org_id = n.org_id and'
            ' s.id = n.object_id join outbox o on o.org_id = n.org_id and'
            " o.object_id = s.id and o.event = 'seat.offered'"
            " where n.kind = 'seat_offered' and s.session_id ="
            ' any(%s::uuid[])) select object_id, turn, line from told'
            ' where not "right" or turn <> line', mine)
        assert not wrong, wrong[:3]


def test_two_hundred_for_sixty_seats(worlds):
    race = Race(worlds['demo'], racers=40, sessions=5, capacity=12, seed=1)
    rounds = race.run()
    assert rounds, 'nothing was offered'
    assert race.given_up


def test_the_last_seat(worlds):
    """Twenty at once for one: one has it, nineteen wait in line."""
    race = Race(worlds['demo'], racers=20, sessions=1, capacity=1, seed=2)
    race.random.random = lambda: 0.9
    race.together([(race.sign_up, race.sessions[0], name)
                   for name in race.names], 20)
    race.check()
    states = race.db.column('select state from seat where session_id = %s'
                            ' order by number', race.sessions)
    assert states == ['confirmed'] + ['waiting'] * 19


@pytest.fixture
def own(document, coverage):
    """A server whose database may crash without other tests noticing."""
    with Server().running() as server:
        server.command('demo', 'load')
        yield server


class Patient(Database):
    """Comes back after the database's own crash."""

    def __init__(self, server):
        super().__init__(server.connect())
        self.server = server

    def execute(self, text, values=None):
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                return super().execute(text, values)
            except psycopg2.Error as error:
                lost = not error.pgcode or error.pgcode[:2] in ('57', '08')
                if not lost or time.monotonic() > end:
                    raise
                time.sleep(0.2)
                with contextlib.suppress(psycopg2.OperationalError):
                    self.connection = self.server.connect()


def kill(server, stop, counts):
    """Now a worker, now a backend, by turns, with kill -9."""
    dice = random.Random(3)
    killer = Patient(server)
    turn = 0
    while not stop.wait(dice.uniform(1.0, 3.0)):
        turn += 1
        with contextlib.suppress(ProcessLookupError):
            if turn % 3:
                pids = server.workers()
                if len(pids) < 2:
                    continue
                server.crashes_declared += 8
                os.kill(dice.choice(pids), signal.SIGKILL)
                counts['worker'] += 1
                continue
            pids = killer.column('select pid from pg_stat_activity where'
                                 " usename = 'hefboom'")
            if not pids:
                continue
            if turn % 9:
                killer.execute('select pg_terminate_backend(%s)',
                               [dice.choice(pids)])
            else:
                os.kill(dice.choice(pids), signal.SIGKILL)
            counts['backend'] += 1
    killer.close()


@pytest.mark.long
def test_five_thousand_with_kills(own, document, coverage):
    api = Api(own, document, coverage)
    world = World(api, Patient(own), 'demo')
    race = Race(world, racers=50, sessions=100, capacity=30, seed=4)
    stop, counts = threading.Event(), {'worker': 0, 'backend': 0}
    killer = threading.Thread(target=kill, args=(own, stop, counts))
    killer.start()
    try:
        race.run(threads=32)
    finally:
        stop.set()
        killer.join()
    assert counts['worker'] > 5 and counts['backend'] > 2, counts
    own.wait_ready(60)
    race.check()
