"""What one is told, what one exchanged, and the first screen.

Mutations: `n.person_id = :auth.person` left out of read_my_notification; the
block left out of notification_card; `until` left out of
read_my_notifications; purge_notifications looking at created_at alone; the
blocked left among the others of list_my_exchanges; `g.live` left out of
get_home.
"""

import datetime
import json
import re
import urllib.request
import uuid

import pytest
from harness.running import Server
from harness.waiting import eventually

LANGUAGES = ('en', 'nl', 'fr', 'de')


@pytest.fixture
def reader(db, worlds):
    """Somebody new with a team of one; all of theirs goes with them."""
    world, made = worlds['demo'], []

    def make(name='Reader Somebody'):
        spelt = f'reader-{uuid.uuid4().hex[:12]}'
        made.append(db.one(
            'insert into person (org_id, id, user_name, display_name)'
            ' values (%s, uuid7(), %s, %s) returning id::text',
            [world.org_id, spelt, name]))
        db.execute('insert into employment (org_id, person_id, team_id,'
                   ' during) values (%s, %s, %s, daterange(today() - 9, null)'
                   ')', [world.org_id, made[-1], world.team()])
        return spelt
    yield make
    for table, columns in (
            ('notification', ('person_id', 'actor_id')),
            ('endorsement', ('person_id', 'endorser_id')),
            ('exchange_person', ('person_id',)),
            ('engagement', ('person_id',)), ('claim', ('person_id',)),
            ('employment', ('person_id',)),
            ('person_block', ('blocker_id', 'blocked_id'))):
        for column in columns:
            db.execute(f'delete from {table} where {column}'
                       ' = any(%s::uuid[])', [made])
    db.execute('delete from engagement where session_id in (select id from'
               ' session where host_id = any(%s::uuid[]))', [made])
    db.execute('delete from session where host_id = any(%s::uuid[])', [made])
    db.execute('delete from person where id = any(%s::uuid[])', [made])


@pytest.fixture
def tell(db, api, worlds):
    """A notification put there: of a skill of the reader's, by an actor."""
    world, claims = worlds['demo'], {}

    def make(reader, actor=None, kind='skill_endorsed', ago=0, read=None,
             object_kind='claim', object_id=None):
        if reader not in claims:
            skill = api.post('/v1/skills', as_='hilde', roles=['hr'], json={
                'labels': {language: f'{language} {world.word()}'
                           for language in LANGUAGES},
                'confirmed_new': True}).expect(201).json()
            claims[reader] = (skill, api.post('/v1/me/skills', as_=reader, json={
                'skill_id': skill['id'], 'level': 2}).expect(201).json()['id'])
        return db.one(
            'insert into notification (org_id, person_id, kind, object_kind,'
            ' object_id, actor_id, read_at, created_at, updated_at) values'
            " (%s, %s, %s, %s, %s, %s, clock() - %s * interval '1 day',"
            " clock() - %s * interval '1 day', clock() - %s * interval"
            " '1 day') returning id::text",
            [world.org_id, world.person(reader), kind, object_kind,
             object_id or claims[reader][1], actor and world.person(actor),
             read, ago, ago])
    make.skill = lambda reader: claims[reader][0]
    return make


def inbox(api, reader, language=None, **query):
    headers = {'Accept-Language': language} if language else {}
    return api.get('/v1/me/notifications', as_=reader, query=query,
                   headers=headers).expect(200).json()['items']


def ids(items):
    return [item['id'] for item in items]


# What one is told

def test_an_endorsement_tells_its_owner(api, worlds, reader):
    world, owner = worlds['demo'], reader()
    skill = world.made('create_skill')
    claim = api.post('/v1/me/skills', as_=owner, json={
        'skill_id': skill['id'], 'level': 2, 'visibility': 'org'}).expect(
            201).json()['id']
    api.post(f'/v1/people/{world.person(owner)}/skills/{claim}/endorsements',
             as_='els', json={'saw_in': 'other'}).expect(201)
    [item] = inbox(api, owner)
    assert item['kind'] == 'skill_endorsed' and item['read_at'] is None
    assert item['object'] == {'kind': 'claim', 'id': claim}
    assert item['actor'] == {'person_id': world.person('els'),
                             'display_name': 'Els Peeters'}
    assert claim not in str(inbox(api, 'els', limit='200'))


def test_a_skill_that_goes_stale_tells_its_owner(api, db, worlds, reader,
                                                 clock):
    owner, world = reader(), worlds['demo']
    today = datetime.date.fromisoformat(str(db.one('select today()')))
    claim = api.post('/v1/me/skills', as_=owner, json={
        'skill_id': world.made('create_skill')['id'], 'level': 2,
        'valid_until': str(today)}).expect(201).json()['id']
    clock.advance(hours=25)
    items = eventually(lambda: inbox(api, owner), 120, 'no notification')
    assert [(item['kind'], item['actor'], item['object']['id'])
            for item in items] == [('skill_stale', None, claim)]
    home = api.get('/v1/me/home', as_=owner).expect(200).json()
    assert [(one['kind'], one['object']['id'])
            for one in home['asked_of_me']] == [('skill_stale', claim)]


def test_four_languages(tell, reader, api):
    me = reader()
    tell(me, 'jonas')
    seen = set()
    for language in LANGUAGES:
        [item] = inbox(api, me, language)
        assert 'Jonas Maes' in item['text']
        assert tell.skill(me)['labels'][language] in item['text']
        seen.add(item['text'])
    assert len(seen) == 4


def test_things_are_called_as_they_are_now(tell, reader, api):
    me = reader()
    one = tell(me, 'jonas')
    skill = tell.skill(me)
    name = f"Renamed {skill['labels']['en']} {{actor}} %s %1$s"
    api.patch(f"/v1/skills/{skill['id']}", as_='hilde', roles=['hr'],
              json={'labels': {**skill['labels'], 'en': name}}).expect(200)
    text = api.get(f'/v1/me/notifications/{one}', as_=me, headers={
        'Accept-Language': 'en'}).expect(200).json()['text']
    assert text == f'Jonas Maes endorsed your skill “{name}”.'


def test_a_blocked_actor_has_no_name(tell, reader, api, db, worlds):
    world, me, other = worlds['demo'], reader(), reader('Nameless {title}')
    one = tell(me, other)
    way = f'/v1/me/notifications/{one}'
    before = api.get(way, as_=me).expect(200).json()
    assert 'Nameless {title}' in before['text'] and before['actor']
    for blocker, blocked in ((me, other), (other, me)):
        api.put(f'/v1/me/blocks/{world.person(blocked)}',
                as_=blocker).expect(200)
        after = api.get(way, as_=me, headers={
            'Accept-Language': 'nl'}).expect(200).json()
        assert after['actor'] is None
        assert after['text'].startswith('Iemand ')
        home = api.get('/v1/me/home', as_=me).expect(200)
        assert 'Nameless' not in home.text
        api.delete(f'/v1/me/blocks/{world.person(blocked)}',
                   as_=blocker).expect(204)
    assert api.get(way, as_=me).json() == before


def test_what_may_not_be_seen_has_no_title(tell, reader, api, db, worlds):
    world, me, host = worlds['demo'], reader(), reader('Host')
    session = db.one(
        'insert into session (org_id, id, title, host_id, duration_min,'
        " visibility) values (%s, uuid7(), 'About secrets', %s, 30, 'org')"
        ' returning id::text', [world.org_id, world.person(host)])
    one = tell(me, 'jonas', object_kind='session', object_id=session)
    way = f'/v1/me/notifications/{one}'
    assert 'About secrets' in api.get(way, as_=me).json()['text']
    db.execute('insert into person_block (org_id, blocker_id, blocked_id)'
               ' values (%s, %s, %s)', [
                   world.org_id, world.person(host), world.person(me)])
    assert '“…”' in api.get(way, as_=me, headers={
        'Accept-Language': 'en'}).json()['text']


# Read and unread

def test_newest_first_and_filters(tell, reader, api):
    me = reader()
    old = tell(me, 'jonas', ago=9, read=8)
    middle = tell(me, kind='skill_stale', ago=5)
    new = tell(me, 'an', ago=1)
    assert ids(inbox(api, me)) == [new, middle, old]
    assert ids(inbox(api, me, order='updated')) == [old, middle, new]
    assert ids(inbox(api, me, unread='true')) == [new, middle]
    assert ids(inbox(api, me, unread='false')) == [old]
    assert ids(inbox(api, me, kind='skill_stale')) == [middle]
    assert ids(inbox(api, me, kind='skill_stale,skill_endorsed',
                     limit='2')) == [new, middle]
    assert inbox(api, me, kind='no_such') == []


def test_read_one(tell, reader, api):
    me = reader()
    one, other = tell(me, 'jonas', ago=2), tell(me, 'an', ago=1)
    as_of = api.get('/v1/me/notifications', as_=me).json()['as_of']
    way = f'/v1/me/notifications/{one}'
    for name in ('an', 'jonas', 'hilde'):
        api.post(f'{way}/read', as_=name).expect(404)
        api.get(way, as_=name).expect(404)
    assert api.get(way, as_=me).json()['read_at'] is None
    read = api.post(f'{way}/read', as_=me).expect(200).json()
    assert read['read_at'] and read['version'] == 2
    assert api.post(f'{way}/read', as_=me).expect(200).json() == read
    assert ids(inbox(api, me, unread='true')) == [other]
    assert ids(inbox(api, me, updated_since=as_of)) == [one]


def test_read_all_until(tell, reader, api):
    me = reader()
    old, middle = tell(me, ago=3), tell(me, ago=2)
    foreign = reader()
    theirs = tell(foreign, ago=3)
    until = inbox(api, me)[0]['created_at']
    new = tell(me, ago=1)
    way = '/v1/me/notifications/read-all'
    reply = api.post(way, as_=me, json={'until': until}).expect(200)
    assert reply.json() == {'read_count': 2}
    assert ids(inbox(api, me, unread='true')) == [new]
    assert ids(inbox(api, me, unread='false')) == [middle, old]
    assert ids(inbox(api, foreign, unread='true')) == [theirs]
    assert api.post(way, as_=me, json={'until': until}).json() == {
        'read_count': 0}
    for bad in ({}, {'until': None}, {'until': 'now'}, {'until': until,
                                                        'kind': 'x'}):
        api.post(way, as_=me, json=bad).expect(422, code='invalid_body')


def test_what_was_read_long_ago_is_purged(tell, reader, api, db, clock,
                                          worlds):
    me = reader()
    kept = [tell(me, ago=400), tell(me, ago=400, read=179)]
    tell(me, ago=400, read=181)
    kinds = db.column("select kind from timer where object_id in ("
                      "select id from organisation) and kind = "
                      "'purge_notifications'")
    assert len(kinds) >= 2, 'an organisation without the timer'
    db.execute("update timer set due_at = clock() - interval '1 minute'"
               " where kind = 'purge_notifications'")
    eventually(lambda: len(inbox(api, me)) == 2, what='it is still there')
    assert set(ids(inbox(api, me))) == set(kept)


# What one exchanged

def exchange(db, world, kind, days, object_id=None, **people):
    one = db.one(
        'insert into exchange (org_id, kind, object_id, origin, happened_at)'
        " values (%s, %s, coalesce(%s, uuid7()), 'help', clock() -"
        " %s * interval '1 day') returning id::text",
        [world.org_id, kind, object_id, days])
    for person, part in people.items():
        db.execute(
            'insert into exchange_person (org_id, exchange_id, person_id,'
            " part, happened_at) values (%s, %s, %s, %s, clock() -"
            " %s * interval '1 day')",
            [world.org_id, one, world.person(person.replace('_', '-')), part,
             days])
    return one


def test_exchanges(reader, api, db, worlds):
    world, me, other = worlds['demo'], reader(), reader('Third Party')
    key, third = me.replace('-', '_'), other.replace('-', '_')
    session = db.one(
        'insert into session (org_id, id, title, host_id, duration_min)'
        " values (%s, uuid7(), 'Seen together', %s, 30) returning id::text",
        [world.org_id, world.person(me)])
    try:
        one = exchange(db, world, 'help', 9, jonas='giver',
                       **{key: 'receiver'})
        two = exchange(db, world, 'session', 2, session, an='receiver',
                       **{key: 'giver', third: 'receiver'})
        exchange(db, world, 'informal', 1, an='both', jonas='both')
        way = '/v1/me/exchanges'
        items = api.get(way, as_=me).expect(200).json()['items']
        assert ids(items) == [two, one]
        assert items[0]['object'] == {'kind': 'session', 'id': session,
                                      'title': 'Seen together'}
        assert items[1]['object']['title'] is None
        assert [item['part'] for item in items] == ['giver', 'receiver']
        assert [[o['display_name'] for o in item['others']]
                for item in items] == [['An Janssens', 'Third Party'],
                                       ['Jonas Maes']]
        query = {'person_id': world.person('jonas')}
        assert ids(api.get(way, as_=me, query=query).json()['items']) == [one]
        query = {'kind': 'session,feedback'}
        assert ids(api.get(way, as_=me, query=query).json()['items']) == [two]
        api.put(f'/v1/me/blocks/{world.person(me)}', as_=other).expect(200)
        items = api.get(way, as_=me).expect(200).json()['items']
        assert [o['display_name'] for o in items[0]['others']] == [
            'An Janssens']
        query = {'person_id': world.person(other)}
        assert api.get(way, as_=me, query=query).json()['items'] == []
    finally:
        db.execute('delete from exchange_person where exchange_id in (select'
                   ' exchange_id from exchange_person where person_id = %s)',
                   [world.person(me)])


# The first screen

def test_home_is_what_the_lists_say(api):
    home = api.get('/v1/me/home').expect(200).json()
    me = api.get('/v1/me').json()
    assert {name: home['me'][name] for name in home['me']} == {
        name: me[name] for name in home['me']}
    assert home['teams'] == me['teams']
    assert home['notifications'] == inbox(api, 'els', limit='5')
    unread = inbox(api, 'els', unread='true', limit='200')
    assert home['unread_count'] == min(100, len(unread))
    mine = api.pages('/v1/me/skills')
    for state in ('stated', 'evidenced', 'stale'):
        assert home['skills'][state] == sum(
            claim['state'] == state for claim in mine)
    assert len(home['skills']['items']) == 5
    newest = sorted(mine, key=lambda c: (c['updated_at'], c['id']))[::-1][:5]
    assert ids(home['skills']['items']) == ids(newest)


def test_home_and_its_etag(api, tell, reader):
    me = reader()
    one = tell(me, 'jonas')
    first = api.get('/v1/me/home', as_=me).expect(200)
    known = {'If-None-Match': first.etag}
    api.get('/v1/me/home', as_=me, headers=known).expect(304)
    api.post(f'/v1/me/notifications/{one}/read', as_=me).expect(200)
    again = api.get('/v1/me/home', as_=me, headers=known).expect(200)
    assert again.etag != first.etag
    assert (first.json()['unread_count'],
            again.json()['unread_count']) == (1, 0)


def test_unread_is_counted_to_a_hundred(api, tell, reader, db):
    me = reader()
    one = tell(me, 'jonas')
    db.execute('insert into notification (org_id, person_id, kind,'
               ' object_kind, object_id) select org_id, person_id, kind,'
               ' object_kind, object_id from notification,'
               ' generate_series(1, 120) where id = %s', [one])
    home = api.get('/v1/me/home', as_=me).expect(200).json()
    assert home['unread_count'] == 100 and len(home['notifications']) == 5


def test_home_s_sessions(api, db, worlds, reader):
    """Where one is expected now or next, soonest first; nothing that is over,
    let go or off."""
    world, me, host = worlds['demo'], reader(), reader('Host')

    def session(name, hours, state='confirmed', live=True):
        during = ("tstzrange(clock() + %s * interval '1 hour',"
                  " clock() + %s * interval '1 hour' + interval '30 minutes')")
        one = db.one(
            'insert into session (org_id, id, title, host_id, duration_min,'
            f' state, during, zone) values (%s, uuid7(), %s, %s, 30, %s,'
            f" {during}, 'Europe/Brussels') returning id", [
                world.org_id, name, world.person(host), state, hours, hours])
        db.execute(
            'insert into engagement (org_id, session_id, person_id, role,'
            f" during, live) values (%s, %s, %s, 'participant', {during}, %s)",
            [world.org_id, one, world.person(me), hours, hours, live])
        return one
    session('over', -2)
    session('off', 5, 'cancelled', live=False)
    session('let go', 8, live=False)
    session('held already', 11, 'held')
    session('now', -0.25, 'running')
    for hours in (90, 30, 60, 120, 150):
        session(f'in {hours}', hours)
    home = api.get('/v1/me/home', as_=me).expect(200).json()
    assert [one['title'] for one in home['next_sessions']] == [
        'now', 'in 30', 'in 60', 'in 90', 'in 120']
    one = home['next_sessions'][0]
    assert (one['role'], one['state'], one['zone']) == (
        'participant', 'running', 'Europe/Brussels')
    assert re.fullmatch(r'[\d-]+T[\d:.]+Z', one['starts_at'])


def test_the_demonstration_fills_the_inbox():
    """On a server of its own: others move the clock, and the purge follows."""
    items, after = [], ''
    with Server().running() as server:
        server.command('demo', 'load')
        while after is not None:
            request = urllib.request.Request(
                f'{server.url}/v1/me/notifications?limit=50{after}',
                headers={'Authorization': 'Bearer ' + server.token()})
            with urllib.request.urlopen(request) as reply:
                page = json.load(reply)
            items += page['items']
            after = page['next'] and '&after=' + page['next']
    assert len(items) > 50, 'no second page'
    texts = [item['text'] for item in items]
    assert len(set(texts)) == len(texts), 'a sentence occurs twice'
