"""What the jobs process does by itself: timers, jobs, and their failures.

Mutations: a lease that never ends (test_a_lease_that_ran_out), a purge
without `org_id` (test_purges_stay_at_home), no limit of attempts
(test_a_timer_that_always_fails), no restart (test_kill).
"""

import os
import signal
import time

import pytest

from harness.locks import stopped
from harness.waiting import eventually


@pytest.fixture
def orgs(worlds):
    return {name: world.org_id for name, world in worlds.items()}


def jobs_pid(server):
    found = [pid for pid in server.children() if server._is_jobs(pid)]
    return found[0] if found else None


def add_timer(db, org, kind, **columns):
    columns = {'org_id': org, 'kind': kind, **columns}
    names = ', '.join(columns)
    places = ', '.join(['%s'] * len(columns))
    return db.one(
        f'insert into timer (object_id, due_at, {names})'
        f' values (uuid7(), clock(), {places}) returning id',
        list(columns.values()))


def make_due(db, kind):
    """Now, whatever an earlier test's clock has left behind."""
    db.execute('update timer set due_at = clock() where kind = %s', [kind])


def add_key(db, org, key, age):
    db.execute('insert into idempotency_key (org_id, caller, key, hash,'
               " answer, created_at) values (%s, 'x', %s, 'x', '(x)',"
               ' clock() - %s::interval)', [org, key, age])


def keys(db, org):
    return set(db.column('select key from idempotency_key where org_id = %s'
                         " and caller = 'x'", [org]))


def test_each_organisation_is_swept(db, orgs, root):
    sweeps = {path.stem for path in (root / 'sql/jobs').glob('purge_*.sql')}
    assert len(sweeps) >= 5
    for org in orgs.values():
        kinds = set(db.column('select kind from timer where org_id = %s',
                              [org]))
        assert sweeps <= kinds, sweeps - kinds


def test_keys_are_forgotten_after_72_hours(db, orgs, clock):
    for org in orgs.values():
        db.execute("delete from idempotency_key where caller = 'x'")
    for org in orgs.values():
        add_key(db, org, 'old', '71 hours')
        add_key(db, org, 'young', '10 minutes')
    clock.advance(hours=3)
    make_due(db, 'purge_idempotency_keys')
    for org in orgs.values():
        eventually(lambda org=org: keys(db, org) == {'young'},
                   what='the old key is still there')
    db.execute("delete from idempotency_key where caller = 'x'")


def test_outbox_and_jobs_are_kept_as_long_as_said(db, orgs, clock):
    org = orgs['other']
    for age, name in (('89 days', 'young'), ('91 days', 'old')):
        db.execute('insert into outbox (org_id, event, object_id,'
                   ' created_at) values (%s, %s, uuid7(),'
                   ' clock() - %s::interval)', [org, f'test.{name}', age])
    for age, name in (('29 days', 'young'), ('31 days', 'old')):
        db.execute('insert into job (org_id, id, kind, state, finished_at)'
                   " values (%s, uuid7(), %s, 'done',"
                   ' clock() - %s::interval)', [org, f'test_{name}', age])
    clock.advance(hours=2)
    make_due(db, 'purge_outbox')
    make_due(db, 'purge_jobs')

    def left():
        return (db.column('select event from outbox where org_id = %s'
                          " and event like 'test.%%'", [org]),
                db.column('select kind from job where org_id = %s'
                          " and kind like 'test\\_%%'", [org]))
    eventually(lambda: left() == (['test.young'], ['test_young']),
               what='still there, or too much gone')
    db.execute("delete from outbox where event like 'test.%'")
    db.execute("delete from job where kind like 'test\\_%'")


def test_purges_stay_at_home(db, orgs, clock):
    """A timer of one organisation touches nothing of another."""
    demo, other = orgs['demo'], orgs['other']
    db.execute("update timer set due_at = clock() + interval '10 years'"
               " where org_id = %s and kind = 'purge_idempotency_keys'",
               [demo])
    try:
        add_key(db, demo, 'theirs', '80 hours')
        add_key(db, other, 'ours', '80 hours')
        db.execute('update timer set due_at = clock() where org_id = %s'
                   " and kind = 'purge_idempotency_keys'", [other])
        eventually(lambda: not keys(db, other), what='not swept')
        assert keys(db, demo) == {'theirs'}
    finally:
        db.execute("delete from idempotency_key where caller = 'x'")
        db.execute("update timer set due_at = clock() where org_id = %s"
                   " and kind = 'purge_idempotency_keys'", [demo])


def test_a_timer_that_always_fails(db, orgs, clock, server):
    """Tried later and later, twelve times; then it waits for a person."""
    timer = add_timer(db, orgs['other'], 'no_such_kind')

    def row():
        return db.execute('select attempts, last_error, parked_at,'
                          ' leased_until, due_at - clock() from timer'
                          ' where id = %s', [timer])[0]
    try:
        waits = []
        for attempt in range(1, 13):
            eventually(lambda a=attempt: row()[0] == a and not row()[3],
                       what=f'no attempt {attempt}')
            waits.append(row()[4].total_seconds())
            clock.advance(hours=2)
        attempts, error, parked, _, _ = row()
        assert error == '42883' and parked is not None
        assert waits[0] < 15 and waits[1] < waits[4] < waits[8] <= 3600
        clock.advance(days=2)
        time.sleep(1.2)
        assert row()[0] == 12, 'a parked timer was tried again'
    finally:
        db.execute('delete from timer where id = %s', [timer])


def test_a_job_that_always_fails(db, orgs, clock):
    """Five attempts; its state and problem are there to be read."""
    job = db.one("insert into job (org_id, id, kind) values (%s, uuid7(),"
                 " 'no_such_kind') returning id", [orgs['other']])

    def row():
        return db.execute('select state, attempts, problem, finished_at'
                          ' from job where id = %s', [job])[0]
    try:
        for attempt in range(1, 6):
            eventually(lambda a=attempt: row()[1] == a and
                       row()[0] != 'running', what=f'no attempt {attempt}')
            clock.advance(minutes=10)
        state, attempts, problem, finished = row()
        assert (state, attempts, problem) == ('failed', 5, '42883')
        assert finished is not None
    finally:
        db.execute('delete from job where id = %s', [job])


def test_a_lease_that_ran_out(db, orgs):
    """Whoever took it is dead: when the lease ends it is taken again."""
    timer = db.one(
        "select id from timer where org_id = %s and kind = 'purge_jobs'",
        [orgs['other']])
    db.execute("update timer set due_at = clock(), attempts = 3, turn = 7,"
               " leased_until = clock() + interval '1 hour'"
               ' where id = %s', [timer])
    time.sleep(1.2)
    assert db.one('select turn from timer where id = %s', [timer]) == 7
    db.execute("update timer set leased_until = clock() -"
               " interval '1 second' where id = %s", [timer])
    eventually(lambda: db.execute(
        'select turn, attempts, leased_until from timer where id = %s',
        [timer])[0] == (8, 0, None), what='it was not taken over')


def test_kill(db, orgs, server):
    """kill -9 of the jobs process: another one goes on."""
    pid = jobs_pid(server)
    assert pid, server.children()
    server.crashes_declared += 4
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: jobs_pid(server) not in (None, pid), 60,
               'it was not started again')
    add_key(db, orgs['other'], 'old', '80 hours')
    db.execute("update timer set due_at = clock() where org_id = %s"
               " and kind = 'purge_idempotency_keys'", [orgs['other']])
    eventually(lambda: not keys(db, orgs['other']), 60,
               'the new one does nothing')


def test_two_that_take_do_not_take_the_same(db, server, orgs):
    """FOR UPDATE SKIP LOCKED: any number of machines may run one."""
    import threading
    ids = {str(add_timer(db, orgs['other'], 'no_such_kind',
                         parked_at='2000-01-01')) for _ in range(60)}
    taken, lock = [], threading.Lock()

    def take():
        connection = server.connect()
        with connection.cursor() as cursor:
            while True:
                cursor.execute('select id::text from take_timers(7, 600)')
                rows = [row[0] for row in cursor.fetchall()]
                if not rows:
                    break
                with lock:
                    taken.extend(rows)
        connection.close()
    with stopped(jobs_pid(server)):
        try:
            db.execute("update timer set parked_at = null where kind ="
                       " 'no_such_kind'")
            threads = [threading.Thread(target=take) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(taken) == len(set(taken)) and set(taken) >= ids
        finally:
            db.execute("delete from timer where kind = 'no_such_kind'")
            # What was due besides is nobody's any more.
            db.execute('update timer set leased_until = null where id = any'
                       ' (%s::uuid[])', [taken])
