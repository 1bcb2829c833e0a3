"""What reminds somebody of a goal: a month without a sign of life, and its
last day.  Derived when the time has come from what is live then.

Mutations, each tried and caught: `reminded_at` not asked for (a reminder an
hour); not written by the job; `state = 'active'` or `deleted_at` left out of
goal_reminder; the signed_at of near_at left out (who names a day this week is
told of it at once); a last day that is over; the day in UTC; an owner who is
inactive; a job that does not set its timer again, or does not lock;
activate_goal or create_goal without a timer; in update_goal the timer kept, or
put off.
"""

import datetime
import threading

import pytest

from harness import baked
from harness.libpq import Plain
from harness.waiting import eventually
from stages import goal as stages

SILENT, NEAR = 'goal_silent', 'goal_due_soon'


@pytest.fixture
def world(worlds):
    return worlds['demo']


@pytest.fixture
def goal(api, world):
    def make(as_='els', **members):
        members.setdefault('title', f'Explain {world.word()}')
        return api.post('/v1/goals', as_=as_, json=members).expect(
            201).json()['id']
    return make


@pytest.fixture
def told(world):
    """The kinds that were told of a goal, first to last."""
    def read(goal):
        return [tuple(row) for row in world.db.execute(
            'select kind, person_id::text from notification where org_id = %s'
            ' and object_id = %s and actor_id is null order by created_at',
            [world.org_id, goal])]
    return read


@pytest.fixture
def due(world):
    def read(goal):
        return world.db.one(
            'select due_at from timer where org_id = %s and object_id = %s'
            " and kind = 'remind_goal'", [world.org_id, goal])
    return read


@pytest.fixture
def run(world):
    """The timer as if its time had come."""
    def act(goal):
        world.db.execute(
            'update timer set due_at = clock() where org_id = %s and object_id'
            " = %s and kind = 'remind_goal'", [world.org_id, goal])
        eventually(lambda: not world.db.one(
            'select count(*) from timer where org_id = %s and object_id = %s'
            " and kind = 'remind_goal' and (due_at <= clock() or"
            ' leased_until is not null)', [world.org_id, goal]),
            what='the timer was not run')
    return act


def age(world, goal, days):
    """So many days ago everything that it remembers happened."""
    world.db.execute(
        "update goal set signed_at = signed_at - %s * interval '1 day',"
        " reminded_at = reminded_at - %s * interval '1 day' where org_id = %s"
        ' and id = %s', [days, days, world.org_id, goal])


def the_day(world, days):
    return world.db.one('select (today() + %s)::text', [days])


def test_a_month_of_silence(world, api, goal, told, run):
    """Once, and once more after the next sign of life."""
    one = goal()
    els = world.person()
    run(one)
    age(world, one, 29)
    run(one)
    assert told(one) == []
    age(world, one, 2)
    version = api.get(f'/v1/goals/{one}').json()['version']
    run(one)
    assert told(one) == [(SILENT, els)]
    assert api.get(f'/v1/goals/{one}').json()['version'] == version
    for days in (0, 40, 400):
        age(world, one, days)
        run(one)
        assert told(one) == [(SILENT, els)], days
    api.post(f'/v1/goals/{one}/check-ins', json={'text': 'So.'}).expect(201)
    run(one)
    age(world, one, 29)
    run(one)
    assert told(one) == [(SILENT, els)]
    age(world, one, 2)
    run(one)
    run(one)
    assert told(one) == [(SILENT, els)] * 2


def test_the_last_day(world, api, goal, told, run):
    one = goal(due_on=the_day(world, 20))
    run(one)
    age(world, one, 12)
    assert told(one) == []
    world.db.execute('update goal set due_on = today() + 6 where id = %s',
                     [one])
    run(one)
    run(one)
    assert told(one) == [(NEAR, world.person())]
    # Another day, another reminder; not for who has just named it.
    api.patch(f'/v1/goals/{one}', json={'due_on': the_day(world, 5)}).expect(
        200)
    run(one)
    assert told(one) == [(NEAR, world.person())]
    api.patch(f'/v1/goals/{one}', json={'due_on': the_day(world, 30)}).expect(
        200)
    age(world, one, 25)
    world.db.execute('update goal set due_on = today() + 5 where id = %s',
                     [one])
    run(one)
    assert told(one) == [(NEAR, world.person())] * 2


def test_both_at_once_are_one(world, goal, told, run):
    """After a night, or a month, without a jobs process."""
    one = goal()
    age(world, one, 35)
    world.db.execute('update goal set due_on = today() where id = %s', [one])
    run(one)
    run(one)
    assert told(one) == [(NEAR, world.person())]
    late = goal()
    age(world, late, 35)
    world.db.execute('update goal set due_on = today() - 1 where id = %s',
                     [late])
    run(late)
    assert told(late) == [(SILENT, world.person())]


@pytest.mark.parametrize('state', ['draft', 'paused', 'achieved', 'partly',
                                   'let_go', 'deleted'])
def test_what_does_not_remind(world, api, told, due, run, state):
    """Its timer goes too; taken up again it has one."""
    one = stages.stage(world, 'active' if state == 'deleted' else state)
    before = told(one)
    if state == 'deleted':
        api.call('DELETE', f'/v1/goals/{one}').expect(204)
    world.db.execute(
        "insert into timer (org_id, kind, object_id, due_at) values (%s,"
        " 'remind_goal', %s, clock() + interval '1 day')"
        ' on conflict do nothing', [world.org_id, one])
    age(world, one, 45)
    world.db.execute('update goal set due_on = today() + 2 where id = %s',
                     [one])
    run(one)
    assert told(one) == before
    assert due(one) is None
    if state in ('draft', 'paused', 'let_go'):
        api.post(f'/v1/goals/{one}/activate').expect(200)
        run(one)
        assert told(one) == before
        age(world, one, 31)
        run(one)
        assert len(told(one)) == len(before) + 1


def test_when(world, api, db, goal, due):
    """A month after the last sign, or at eight on the seventh day before,
    where the owner is; a change puts it earlier, never off."""
    person = world.stranger('new yorker')
    db.execute("update person set zone = 'America/New_York' where id = %s",
               [person])

    def at(days):
        return db.one("select (today() + %s + time '08:00') at time zone"
                      " 'America/New_York'", [days])
    me = {'as_': 'fixture-new yorker'}
    one = goal(**me)
    month = db.one("select signed_at + interval '30 days' from goal"
                   ' where id = %s', [one])
    assert due(one) == month
    api.patch(f'/v1/goals/{one}', json={'due_on': the_day(world, 20)},
              **me).expect(200)
    assert due(one) == at(13)
    api.patch(f'/v1/goals/{one}', json={'due_on': None}, **me).expect(200)
    assert due(one) == at(13), 'the job will see that it was too early'
    assert due(goal(due_on=the_day(world, 12), **me)) == at(5)
    soon = due(goal(due_on=the_day(world, 3), **me))
    assert soon - month < datetime.timedelta(minutes=5)
    draft = goal(state='draft', **me)
    assert due(draft) is None
    api.post(f'/v1/goals/{draft}/activate', **me).expect(200)
    assert due(draft) >= month


def test_where_the_owner_lives(world, api, db, goal, told, run):
    """The same moment is eight in one zone and not yet in another."""
    told_in = {}
    hours = db.one("select extract(hour from clock() at time zone 'UTC')::int")
    for name, shift in (('ahead', 1), ('behind', -1)):
        person = world.stranger(name)
        # A zone where it is now an hour past, or before, eight.
        offset = (8 + shift - hours + 12) % 24 - 12
        db.execute('update person set zone = %s where id = %s',
                   [f"Etc/GMT{'-' if offset >= 0 else '+'}{abs(offset)}",
                    person])
        one = goal(as_=f'fixture-{name}')
        age(world, one, 20)
        local = db.one('select (clock() at time zone zone)::date from person'
                       ' where id = %s', [person])
        db.execute('update goal set due_on = %s where id = %s',
                   [local + datetime.timedelta(days=7), one])
        run(one)
        told_in[name] = [kind for kind, _ in told(one)]
    assert told_in == {'ahead': [NEAR], 'behind': []}


def test_somebody_who_is_away(world, db, goal, told, due, run):
    """HR made them inactive: told when they are back."""
    person = world.stranger('away')
    one = goal(as_='fixture-away')
    age(world, one, 40)
    db.execute('update person set active = false where id = %s', [person])
    try:
        run(one)
        assert told(one) == [] and due(one)
    finally:
        db.execute('update person set active = true where id = %s', [person])
    run(one)
    assert told(one) == [(SILENT, person)]


def test_in_the_inbox(world, api, goal, run):
    """The owner's alone, in four languages, by the title of the moment."""
    one = goal(visibility='org')
    age(world, one, 31)
    run(one)
    title = f'Renamed {world.word()}'
    api.patch(f'/v1/goals/{one}', json={'title': title}).expect(200)
    texts = set()
    for language in ('en', 'nl', 'fr', 'de'):
        [item] = [item for item in api.get(
            f'/v1/me/notifications?kind={SILENT}', headers={
                'Accept-Language': language}).expect(200).json()['items']
            if item['object'] == {'kind': 'goal', 'id': one}]
        assert title in item['text'] and item['actor'] is None
        texts.add(item['text'])
    assert len(texts) == 4
    # What was told at once is told to no one else.
    assert world.db.column(
        'select distinct person_id::text from notification where object_id ='
        ' %s', [one]) == [world.person()]


def test_many_jobs_at_once_remind_once(world, server, goal, told):
    """Whoever runs the job beside the jobs process finds it told."""
    one = goal()
    age(world, one, 31)
    statements = [text for job in baked.tree().jobs
                  if job.name.split('.')[0] == 'remind_goal'
                  for text in baked.texts(None, job)]

    def work():
        plain = Plain(server.runtime_url)
        try:
            plain.execute('begin')
            plain.execute(f"select set_config('hefboom.org',"
                          f" '{world.org_id}', true)")
            for text in statements:
                plain.run(plain.prepare(text.text, text.types), text.values({
                    'auth.org': world.org_id, 'arg.object_id': one,
                    'arg.timer_id': '0' * 8 + '-0000-0000-0000-' + '0' * 12}))
            plain.execute('commit')
        finally:
            plain.close()
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told(one) == [(SILENT, world.person())]
