"""Statements are prepared once, and keep the plans of the tables' first sizes:
on an empty table every index looks as good as its primary key.

Mutations: without autovacuum_naptime in embedded_server.c, test_old_plans_go
fails; without the analyze of demo.c or import_people.c, the other one.
"""

import pathlib
import time
import urllib.error
import urllib.request

import pytest

from harness.database import Database
from harness.running import Server

PEOPLE = pathlib.Path(__file__).parent / 'other-people.csv'

ELS = """
insert into person (org_id, id, user_name, display_name)
select id, gen_random_uuid(), 'els', 'Els' from organisation
 where name = 'young'
"""

GROW = """
with o as (
    select id from organisation where name = 'young'
), p as (
    insert into person (org_id, id, user_name, display_name)
    select o.id, gen_random_uuid(), 'person' || i, 'Person ' || i
      from o, generate_series(1, 2000) i
    returning org_id, id, 2 as share
), k as (
    insert into skill (org_id, id, labels)
    select o.id, gen_random_uuid(), jsonb_build_object('en', 'grown ' || i)
      from o, generate_series(1, 2000) i
    returning org_id, id, labels
), n as (
    insert into skill_name (org_id, skill_id, language, sort)
    select k.org_id, k.id, l, k.labels ->> 'en'
      from k, unnest('{en,nl,fr,de}'::text[]) l
), e as (
    select e.org_id, e.id, 500 as share
      from o join person e on e.org_id = o.id
)
insert into claim (org_id, id, person_id, skill_id, level, can_help,
                   visibility)
select k.org_id, gen_random_uuid(), who.id, k.id, 1 + (random() * 4)::int,
       'gladly', (array['me', 'team', 'org'])[1 + (random() * 2)::int]
  from k
  join (select * from p union all select * from e) who
    on abs(hashtext(k.id::text || who.id)) % 1000 < share
"""


@pytest.fixture(scope='module')
def young():
    with Server().running() as server:
        server.command('org', 'create', 'young')
        yield server


def status(server, path, token):
    request = urllib.request.Request(
        server.url + path, headers={'Authorization': 'Bearer ' + token})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            reply.read()
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def test_old_plans_go(young):
    """Within 20 s of a growth that nobody announced."""
    db = Database(young.connect())
    db.execute(ELS)
    els = db.one("select id from person where user_name = 'els'")
    paths = [f'/v1/{path}limit=200' for path in (
        'me/skills?', 'me/skills?order=name&', 'me/skills?state=stated&',
        'me/skills?updated_since=2020-01-01T00:00:00Z&',
        f'people/{els}/skills?', 'people?', 'people?q=els&', 'skills?',
        'skills?q=grown&', 'teams?', 'me/blocks?')]
    token = young.token(org='young')
    before = {path: status(young, path, token) for path in paths}
    db.execute(GROW)
    # A session that has just told what it did keeps the rest for ten seconds.
    db.execute('select pg_stat_force_next_flush()')
    assert db.one('select count(*) from claim where person_id = %s',
                  [els]) > 800
    grown = time.monotonic()
    while time.monotonic() < grown + 20:
        after = {path: status(young, path, token) for path in paths}
        if set(after.values()) == {200}:
            break
        time.sleep(0.5)
    db.close()
    assert set(before.values()) == {200}, before
    assert set(after.values()) == {200}, after


def analyzed(server):
    """The tables that somebody analysed, not autovacuum."""
    db = Database(server.connect())
    found = set(db.column('select relname from pg_stat_user_tables'
                          ' where last_analyze is not null'))
    db.close()
    return found


def test_what_a_command_loads_is_analysed(young):
    """Else the first plans are those of empty tables, and are kept."""
    assert analyzed(young) == set()
    young.command('import', 'people', PEOPLE, '--org', 'young')
    assert analyzed(young) == {'person', 'team', 'employment'}
    young.command('demo', 'load')
    assert analyzed(young) > {'person', 'skill', 'skill_name', 'claim'}
