"""My skills, their evidence, and who can help.

Who sees them is test_claim_visibility.py.

Mutations: `c.person_id = :auth.person` left out of the guard of
update_my_skill; the timer not set; the lot drawn from the name; a claim that
went stale still among the helpers; the note left in a tombstone.
"""

import concurrent.futures
import datetime
import uuid

import pytest

import fixtures
from harness.waiting import eventually

HR = {'as_': 'hilde', 'roles': ['hr']}
SPREADSHEETS = '01923c1b-7100-7000-8000-000000000d0d'
EXCEL = '01923c1b-7100-7000-8000-000000000d0e'
FAX = '01923c1b-7100-7000-8000-000000000d7d'
GROUP = '01923c1b-7100-7000-8000-000000000d01'
CARE = '01923c1b-7100-7000-8000-000000000b01'


@pytest.fixture
def skill(worlds):
    return lambda: fixtures.plain_skill(worlds['demo'])


@pytest.fixture
def claim(api, skill):
    def make(as_='els', status=201, code=None, **members):
        members.setdefault('level', 3)
        if 'skill_id' not in members:
            members['skill_id'] = skill()
        return api.post('/v1/me/skills', as_=as_, json=members).expect(
            status, code=code).json()
    return make


def path(claim, more=''):
    return f"/v1/me/skills/{claim['id']}{more}"


def change(api, claim, as_='els', expect=200, code=None, **members):
    return api.patch(path(claim), as_=as_, json=members).expect(
        expect, code=code).json()


# One of mine

def test_what_is_not_said(claim):
    made = claim(level=2)
    assert {name: made[name] for name in (
        'interest', 'can_help', 'wants_to_learn', 'visibility', 'source',
        'state', 'note', 'valid_until', 'evidence', 'deleted_at',
        'version')} == {
        'interest': None, 'can_help': 'no', 'wants_to_learn': False,
        'visibility': 'team', 'source': 'self', 'state': 'stated',
        'note': None, 'valid_until': None, 'evidence': [],
        'deleted_at': None, 'version': 1}


def test_change_and_read(api, claim):
    made = claim(note='Ask me.', interest=4)
    done = change(api, made, level=5, note=None, interest=None,
                  can_help='gladly', wants_to_learn=True, visibility='me')
    assert (done['level'], done['note'], done['interest'],
            done['can_help'], done['wants_to_learn'], done['visibility'],
            done['version']) == (5, None, None, 'gladly', True, 'me', 2)
    assert api.get(path(made)).json() == done
    listed = api.get('/v1/me/skills', query={'skill_id': made['skill_id']})
    assert listed.json()['items'] == [done]


@pytest.mark.parametrize('members', [
    {'level': 0}, {'level': 6}, {'level': 2.5}, {'level': '3'},
    {'level': None}, {'interest': 5}, {'interest': -1}, {'can_help': 'yes'},
    {'visibility': 'world'}, {'note': ''}, {'note': 'x' * 1001},
    {'valid_until': 'tomorrow'}, {'valid_until': '2026-02-30'},
    {'source': 'peer'}, {'state': 'evidenced'}, {'lot': 1},
    {'person_id': str(uuid.uuid4())}])
def test_members_that_are_refused(api, claim, skill, members):
    api.post('/v1/me/skills', json={'skill_id': skill(), 'level': 3,
                                    **members}).expect(
        422, code='invalid_body')
    change(api, claim(), expect=422, code='invalid_body', **members)


def test_skills_that_cannot_be_claimed(api, claim):
    claim(status=422, code='skill_unknown', skill_id=str(uuid.uuid4()))
    claim(status=409, code='skill_deprecated', skill_id=FAX)
    claim(status=409, code='skill_is_group', skill_id=GROUP)


def test_a_suggested_skill_can_be_claimed(api, claim, worlds):
    made = api.post('/v1/skills', json={
        'labels': {'en': worlds['demo'].word()}, 'confirmed_new': True},
        as_='jonas').expect(201).json()
    assert made['state'] == 'suggested'
    claim(skill_id=made['id'])


def test_a_skill_is_claimed_once(api, claim):
    made = claim()
    reply = claim(status=409, code='skill_claimed_already',
                  skill_id=made['skill_id'])
    assert reply['claim_id'] == made['id']
    api.delete(path(made)).expect(204)
    again = claim(skill_id=made['skill_id'])
    assert again['id'] != made['id']


def test_a_skill_is_claimed_once_at_the_same_time(api, skill):
    body = {'skill_id': skill(), 'level': 3}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(
            lambda _: api.post('/v1/me/skills', json=body), range(8)))
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 7


def test_a_merged_skill_is_its_survivor(api, claim, db):
    db.execute("delete from claim c using person p where p.id = c.person_id"
               " and p.user_name = 'lore' and c.skill_id in (%s, %s)"
               ' and p.org_id = c.org_id', [SPREADSHEETS, EXCEL])
    made = claim(as_='lore', skill_id=EXCEL)
    assert made['skill_id'] == SPREADSHEETS
    listed = api.get('/v1/me/skills', as_='lore', query={'skill_id': EXCEL})
    assert [x['id'] for x in listed.json()['items']] == [made['id']]


def test_other_people_s_are_not_mine(api, claim):
    made = claim(visibility='org')
    jonas = {'as_': 'jonas'}
    for roles in (['member'], ['leader'], ['hr'], ['admin']):
        api.get(path(made), as_='an', roles=roles).expect(404)
    api.patch(path(made), json={'level': 1}, **jonas).expect(404)
    api.delete(path(made), **jonas).expect(404)
    evidence = {'type': 'built', 'title': 'Mine'}
    api.post(path(made, '/evidence'), json=evidence, **jonas).expect(404)
    api.get(path(made, '/evidence'), **jonas).expect(404)
    assert api.get(path(made)).json() == made


def test_a_stale_version(api, claim):
    made = claim()
    etag = api.get(path(made)).etag
    change(api, made, level=4)
    for method, body in (('PATCH', {'level': 5}), ('DELETE', None)):
        api.call(method, path(made), json=body,
                 headers={'If-Match': etag}).expect(412, code='stale_version')
    assert api.get(path(made)).json()['level'] == 4


def test_a_tombstone(api, claim, db):
    made = claim(level=4, note='Words', interest=3, valid_until='2099-01-01')
    api.post(path(made, '/evidence'), json={
        'type': 'built', 'title': 'A thing'}).expect(201)
    as_of = api.get('/v1/me/skills').json()['as_of']
    api.delete(path(made)).expect(204)
    api.get(path(made)).expect(404)
    api.delete(path(made)).expect(404)
    listed = {x['id'] for x in api.pages('/v1/me/skills')}
    assert made['id'] not in listed
    changed = api.pages('/v1/me/skills', query={
        'updated_since': as_of, 'order': 'updated'})
    stone = [x for x in changed if x['id'] == made['id']][0]
    assert stone['deleted_at'] is not None
    assert (stone['state'], stone['note'], stone['interest'],
            stone['evidence'], stone['version']) == (
        'retired', None, None, [], 3)
    assert db.one('select count(*) from timer where object_id = %s',
                  [made['id']]) == 0


def test_events_tell_no_words(api, claim, db):
    made = claim(note='A secret word')
    change(api, made, note='Another secret')
    api.delete(path(made)).expect(204)
    events = db.execute('select event, version, body::text from outbox'
                        ' where object_id = %s order by id', [made['id']])
    assert [x[:2] for x in events] == [
        ('claim.created', 1), ('claim.updated', 2), ('claim.deleted', 3)]
    assert 'secret' not in str(events)


# Orders and filters

def test_lists_of_mine(api, claim, worlds):
    for _ in range(3):
        claim(as_='nina', can_help='gladly', wants_to_learn=True)
    nina = {'as_': 'nina', 'roles': ['member']}
    items = api.pages('/v1/me/skills', query={'limit': 2}, **nina)
    assert len(items) > 4
    newest = api.pages('/v1/me/skills', query={'order': 'newest'}, **nina)
    made = [x['created_at'] for x in newest]
    assert made == sorted(made, reverse=True)
    assert {x['id'] for x in newest} == {x['id'] for x in items}
    for query, keep in (
            ({'can_help': 'gladly'}, lambda x: x['can_help'] == 'gladly'),
            ({'can_help': 'no,sparingly'},
             lambda x: x['can_help'] != 'gladly'),
            ({'wants_to_learn': 'true'}, lambda x: x['wants_to_learn']),
            ({'state': 'evidenced,stale'},
             lambda x: x['state'] != 'stated')):
        found = api.pages('/v1/me/skills', query=query, **nina)
        assert {x['id'] for x in found} == {
            x['id'] for x in items if keep(x)}, query


# Evidence

def test_evidence(api, claim):
    made = claim(visibility='org')
    first = api.post(path(made, '/evidence'), json={
        'type': 'taught', 'title': 'An evening',
        'url': 'https://example.org/x', 'happened_on': '2026-01-31'}).expect(
        201).json()
    second = api.post(path(made, '/evidence'), json={
        'type': 'course', 'title': 'A course'}).expect(201).json()
    assert second['url'] is None
    now = api.get(path(made)).json()
    assert (now['state'], now['version']) == ('evidenced', 3)
    assert [x['id'] for x in now['evidence']] == [second['id'], first['id']]
    listed = api.get(path(made, '/evidence')).json()['items']
    assert listed == [second, first]
    for one, state in ((first, 'evidenced'), (second, 'stated')):
        api.delete(path(made, f"/evidence/{one['id']}")).expect(204)
        assert api.get(path(made)).json()['state'] == state
    api.delete(path(made, f"/evidence/{first['id']}")).expect(404)


def test_evidence_that_is_refused(api, claim, db):
    made = claim()
    tomorrow = datetime.date.today() + datetime.timedelta(days=2)
    for body, code in (
            ({'type': 'built', 'title': 'x',
              'happened_on': str(tomorrow)}, 'evidence_in_future'),
            ({'type': 'dreamt', 'title': 'x'}, 'invalid_body'),
            ({'type': 'built'}, 'invalid_body'),
            ({'type': 'built', 'title': 'x', 'url': 'nowhere'},
             'invalid_body'),
            ({'type': 'built', 'title': 'two\nlines'}, 'invalid_body')):
        api.post(path(made, '/evidence'), json=body).expect(422, code=code)
    db.execute(
        'insert into claim_evidence (org_id, id, claim_id, type, title,'
        " happened_on) select org_id, uuid7(), id, 'built', 'x', today()"
        ' from claim, generate_series(1, 50) where id = %s', [made['id']])
    api.post(path(made, '/evidence'), json={
        'type': 'built', 'title': 'one more'}).expect(
        409, code='evidence_full')


# Validity

def test_a_claim_goes_stale(api, claim, clock):
    today = clock.now().astimezone(datetime.timezone.utc).date()
    last = today + datetime.timedelta(days=3)
    made = claim(can_help='gladly', visibility='org', valid_until=str(last))
    claim(as_='jonas', skill_id=made['skill_id'], can_help='gladly',
          visibility='org', valid_until=str(last))
    helpers = f"/v1/skills/{made['skill_id']}/people"
    change(api, made, expect=422, code='valid_until_past',
           valid_until=str(today - datetime.timedelta(days=1)))
    assert len(api.get(helpers).json()['items']) == 2
    # Jonas changes his mind; the timer follows.
    his = api.get('/v1/me/skills', as_='jonas', query={
        'skill_id': made['skill_id']}).json()['items'][0]
    change(api, his, as_='jonas', valid_until=None)
    clock.advance(days=5)
    stale = eventually(lambda: api.get('/v1/me/skills', query={
        'skill_id': made['skill_id'], 'state': 'stale'}).json()['items'], 120)
    assert stale[0]['id'] == made['id']
    left = api.get(helpers).json()['items']
    assert [x['id'] for x in left] == [his['id']]
    # It can still be seen, and freshened up.
    shown = api.pages(f"/v1/people/{left[0]['person_id']}/skills")
    assert his['id'] in [x['id'] for x in shown]
    later = today + datetime.timedelta(days=90)
    fresh = change(api, made, valid_until=str(later))
    assert (fresh['state'], fresh['valid_until']) == ('stated', str(later))
    assert len(api.get(helpers).json()['items']) == 2


# Who can help

def test_who_can_help(api, claim, skill):
    one = skill()
    levels = {'jonas': 3, 'griet': 5, 'rachid': 4, 'benoit': 5, 'nina': 1}
    for name, level in levels.items():
        claim(as_=name, skill_id=one, level=level, visibility='org',
              can_help='gladly' if level > 3 else 'sparingly')
    claim(as_='an', skill_id=one, level=5, visibility='org')
    claim(as_='lore', skill_id=one, level=5, visibility='me',
          can_help='gladly')
    way = f'/v1/skills/{one}/people'
    found = api.pages(way, query={'limit': 2})
    assert [x['level'] for x in found] == [5, 5, 4, 3, 1]
    assert found == api.get(way).json()['items']
    for query, count in (({'min_level': 4}, 3), ({'can_help': 'gladly'}, 3),
                         ({'can_help': 'sparingly'}, 2),
                         ({'team_id': CARE}, 4),
                         ({'team_id': str(uuid.uuid4())}, 0)):
        assert len(api.get(way, query=query).json()['items']) == count, query
    assert set(found[0]) == {
        'id', 'person_id', 'display_name', 'level', 'can_help', 'state',
        'note', 'updated_at'}, 'no more is said of a person'
    api.get(way, query={'can_help': 'no'}).expect(400)
    api.get(f'/v1/skills/{uuid.uuid4()}/people').expect(404)


def test_a_lot_decides_between_equals(api, claim, skill, db):
    """Neither who was first nor who is first in the alphabet."""
    one = skill()
    names = ['amelie', 'benoit', 'bram', 'camille', 'claire', 'dirk',
             'fatima', 'felix', 'griet', 'hugo', 'jonas', 'karel']
    for name in names:
        claim(as_=name, skill_id=one, visibility='org', can_help='gladly')
    way = f'/v1/skills/{one}/people'
    first = [x['display_name'] for x in api.get(way).json()['items']]
    again = [x['display_name'] for x in api.get(way, as_='tom').json()[
        'items']]
    assert first == again
    assert first != sorted(first) and first != sorted(first, reverse=True)
    made = db.column(
        'select p.display_name from claim c join person p on p.id ='
        ' c.person_id where c.skill_id = %s order by c.id', [one])
    assert first not in (made, made[::-1])


def test_the_demonstration_has_help(api):
    found = api.pages(f'/v1/skills/{SPREADSHEETS}/people',
                      query={'limit': 20})
    assert len(found) >= 25
    # A merged id asks for the survivor's.
    assert found == api.pages(f'/v1/skills/{EXCEL}/people')


def test_a_colleague_s_skills(api, claim, worlds):
    made = claim(as_='griet', visibility='org', note='Mornings.')
    griet = worlds['demo'].person('griet')
    items = api.pages(f'/v1/people/{griet}/skills', query={'limit': 3})
    seen = [x for x in items if x['id'] == made['id']][0]
    assert seen['note'] == 'Mornings.'
    assert 'visibility' not in seen and 'version' not in seen
    german = api.pages(f'/v1/people/{griet}/skills',
                       headers={'Accept-Language': 'de'})
    labels = [x['skill_label'] for x in german]
    assert len(labels) == len(items)
    api.get(f'/v1/people/{uuid.uuid4()}/skills').expect(404)
