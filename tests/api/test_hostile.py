"""What a hostile client found: races, odd texts and what they may not break.

Mutations: the successor left unlocked in deprecate_skill; `= :path.skill_id`
alone in update_skill's first statement; named skills left unlocked in
create_skill; `left(..., 200)` taken out of wanted_skill_name; After's maxLength
at 1024; the pattern of EvidenceNew's url.
"""

import concurrent.futures
import json
import threading
import time
import urllib.parse
import uuid

import pytest

from harness.locks import who_waits_for
from harness.waiting import eventually

HR = {'as_': 'hilde', 'roles': ('hr',)}
JONAS = '01923c1b-7100-7000-8000-000000000a03'
ELS = '01923c1b-7100-7000-8000-000000000a01'


def name():
    return 'hostile ' + uuid.uuid4().hex


@pytest.fixture
def skill(api):
    def make(label=None, **rest):
        body = {'labels': {'en': label or name()}, 'confirmed_new': True}
        return api.post('/v1/skills', json=body | rest,
                        **HR).expect(201).json()['id']
    return make


def together(*calls):
    """The replies of calls that were made at once."""
    start = threading.Barrier(len(calls))

    def run(call):
        start.wait()
        return call()
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def statuses(replies):
    return sorted(reply.status_code for reply in replies)


def test_two_skills_never_succeed_one_another(api, skill):
    for _ in range(4):
        one, two = skill(), skill()
        replies = together(*(
            lambda skill=skill, other=other: api.post(
                f'/v1/skills/{skill}/deprecate',
                json={'successor_id': other}, **HR)
            for skill, other in ((one, two), (two, one))))
        assert statuses(replies) == [200, 409]


def test_no_successor_whose_survivor_is_deprecated(api, skill):
    gone, survivor, other = skill(), skill(), skill()
    api.post(f'/v1/skills/{gone}/merge', json={'into_id': survivor},
             **HR).expect(201)
    api.post(f'/v1/skills/{survivor}/deprecate', json={}, **HR).expect(200)
    api.post(f'/v1/skills/{other}/deprecate', json={'successor_id': gone},
             **HR).expect(409, code='successor_deprecated')


@pytest.fixture
def deadlocks_stay(db):
    """Nobody dissolves one; who waits for it gives up, as for any lock."""
    def settle(what):
        db.execute(f'alter system {what}')
        db.execute('select pg_reload_conf()')
        time.sleep(0.3)
    settle("set deadlock_timeout = '5min'")
    yield
    settle('reset deadlock_timeout')


def test_skills_related_crosswise_at_once(api, skill, deadlocks_stay):
    for _ in range(4):
        one, two = skill(), skill()
        replies = together(*(
            lambda skill=skill, other=other: api.patch(
                f'/v1/skills/{skill}', json={'relations': [
                    {'type': 'similar', 'skill_id': other}]}, **HR)
            for skill, other in ((one, two), (two, one)) * 3))
        assert statuses(replies) == [200] * 6
        for skill_id, other in ((one, two), (two, one)):
            found = api.get(f'/v1/skills/{skill_id}').json()['relations']
            assert [r['skill_id'] for r in found] == [other]


@pytest.mark.parametrize('way', ['create', 'update'])
def test_a_parent_that_is_being_merged(api, skill, server, db, way):
    gone, survivor = skill(), skill()
    child = skill() if way == 'update' else None
    holder = server.connect()
    holder.autocommit = False
    cursor = holder.cursor()
    cursor.execute('select 1 from skill_label where skill_id = %s for update',
                   [gone])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        merge = pool.submit(
            lambda: api.post(f'/v1/skills/{gone}/merge',
                             json={'into_id': survivor}, **HR))
        merging, = eventually(lambda: who_waits_for(db, holder.info.backend_pid))
        if way == 'update':
            below = pool.submit(
                lambda: api.patch(f'/v1/skills/{child}',
                                  json={'parent_ids': [gone]}, **HR))
        else:
            below = pool.submit(
                lambda: api.post('/v1/skills', json={
                    'labels': {'en': name()}, 'confirmed_new': True,
                    'parent_ids': [gone]}, **HR))
        eventually(lambda: who_waits_for(db, merging) or below.done())
        holder.rollback()
        merge.result().expect(201)
        made = below.result().expect(200, 201).json()
    holder.close()
    assert [parent['id'] for parent in made['parents']] == [survivor]


def pages(api, path, **rest):
    """The ids of every page, in their order."""
    found, after = [], ''
    while True:
        page = api.get(path + after, **rest).expect(200).json()
        found += [item['id'] for item in page['items']]
        if page['next'] is None:
            return found
        after = '&after=' + urllib.parse.quote(page['next'])


@pytest.mark.parametrize('letter, times', [
    ('\ufdfa', 12), ('\U00020000', 180)])
def test_labels_as_long_as_they_get_do_not_end_a_list(
        api, skill, letter, times):
    parent = skill('aa ' + name(), kind='group')
    made = {skill(letter * times + f'{i:020d}', parent_ids=[parent])
            for i in range(3)}
    found = pages(api, f'/v1/skills?parent_id={parent}&limit=1')
    assert sorted(found) == sorted(made)
    found = pages(api, '/v1/skills?q=' + urllib.parse.quote(letter * 5)
                  + f'&parent_id={parent}&limit=1')
    assert sorted(found) == sorted(made)


@pytest.mark.parametrize('url', [
    'javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd',
    'http:///x', 'mailto:els@demo.example'])
def test_evidence_links_to_the_web_only(api, skill, url):
    claim = api.post('/v1/me/skills', json={
        'skill_id': skill(), 'level': 2}).expect(201).json()
    path = f'/v1/me/skills/{claim["id"]}/evidence'
    body = {'type': 'built', 'title': 'A boat', 'url': url}
    refused = api.post(path, json=body).expect(422, code='invalid_body')
    assert refused.json()['errors'][0]['pointer'] == '/url'
    for good in ('https://example.org/a?b#c', 'HTTP://x', None):
        api.post(path, json=body | {'url': good}).expect(201)


def test_a_merge_and_claims_at_once(api, db, skill):
    people = ('els', 'jonas', 'an', 'lore')
    for _ in range(3):
        gone, survivor = skill(), skill()
        replies = together(
            lambda: api.post(f'/v1/skills/{gone}/merge',
                             json={'into_id': survivor}, **HR),
            *(lambda who=who, wanted=wanted: api.post(
                '/v1/me/skills', json={'skill_id': wanted, 'level': 2},
                as_=who) for who in people for wanted in (gone, survivor)))
        replies[0].expect(201)
        for reply in replies[1:]:
            assert (reply.status_code == 201
                    or reply.code == 'skill_claimed_already'), reply
        assert db.one('select count(*) from claim where skill_id = %s'
                      ' and merge_id is null', [gone]) == 0
        assert db.one('select count(*) from claim where skill_id = %s'
                      ' and merge_id is null', [survivor]) == len(people)


def test_the_same_suggestion_twenty_times_at_once(api, db):
    label = name()
    replies = together(*[lambda: api.post('/v1/skills', json={
        'labels': {'en': label}, 'confirmed_new': True})] * 20)
    assert statuses(replies) == [201] + [409] * 19
    assert db.one("select count(*) from skill where labels ->> 'en' = %s",
                  [label]) == 1


def test_a_block_shows_in_lists_as_nothing_at_all(api, skill):
    wanted = skill()
    api.post('/v1/me/skills', as_='jonas', json={
        'skill_id': wanted, 'level': 4, 'can_help': 'gladly',
        'visibility': 'org'}).expect(201)
    unused = skill()
    api.put(f'/v1/me/blocks/{ELS}', as_='jonas').expect(200)
    try:
        hidden = api.get(f'/v1/skills/{wanted}/people').expect(200)
        nobody = api.get(f'/v1/skills/{unused}/people').expect(200)
        for reply in (hidden, nobody):
            body = reply.json()
            body.pop('as_of')
            assert body == {'items': [], 'next': None}
            assert reply.headers['Link'] is None
        skills = api.get(f'/v1/people/{JONAS}/skills').expect(200).json()
        assert skills['items'] == []
        api.delete(f'/v1/me/blocks/{JONAS}').expect(404, code='not_found')
    finally:
        api.delete(f'/v1/me/blocks/{ELS}', as_='jonas').expect(204)


def test_evidence_of_others_by_way_of_an_own_claim(api, skill, db):
    wanted = skill()
    claims = {who: api.post('/v1/me/skills', as_=who, json={
        'skill_id': wanted, 'level': 2, 'visibility': 'org',
    }).expect(201).json()['id'] for who in ('els', 'jonas')}
    evidence = api.post(
        f'/v1/me/skills/{claims["jonas"]}/evidence', as_='jonas',
        json={'type': 'built', 'title': 'A boat'}).expect(201).json()['id']
    for claim in claims.values():
        api.delete(f'/v1/me/skills/{claim}/evidence/{evidence}').expect(404)
    assert db.one('select count(*) from claim_evidence where id = %s',
                  [evidence]) == 1


def test_a_suggestion_names_its_author_to_the_author_and_hr_only(api):
    made = api.post('/v1/skills', json={
        'labels': {'en': name()}, 'confirmed_new': True}).expect(201).json()
    path = f'/v1/skills/{made["id"]}'
    for who, roles, seen in (
            ('els', ('member',), ELS), ('an', ('leader',), None),
            ('jonas', ('member',), None), ('hilde', ('hr',), ELS)):
        reply = api.get(path, as_=who, roles=roles).expect(200)
        assert reply.json()['suggested_by'] == seen


def test_a_claim_put_aside_goes_with_its_owner_s_wish(api, skill):
    """A merge puts one of two claims aside: it shows as a tombstone, and
    deleting the other one takes its words too, whatever HR undoes later."""
    hr = {'as_': 'hilde', 'roles': ['hr']}
    gone, stays = skill(), skill()
    aside = api.post('/v1/me/skills', json={
        'skill_id': gone, 'level': 5, 'visibility': 'org',
        'note': 'what I wrote'}).expect(201).json()
    kept = api.post('/v1/me/skills', json={
        'skill_id': stays, 'level': 1}).expect(201).json()
    as_of = api.get('/v1/me/skills?limit=1').json()['as_of']
    merge = api.post(f'/v1/skills/{gone}/merge', json={'into_id': stays},
                     **hr).expect(200, 201).json()
    changed = {one['id']: one for one in api.get(
        '/v1/me/skills?limit=200&updated_since='
        + urllib.parse.quote(as_of)).expect(200).json()['items']}
    assert changed[aside['id']]['deleted_at'] is not None
    api.delete('/v1/me/skills/' + kept['id']).expect(204)
    merge_id = merge.get('merge_id') or merge['id']
    api.post(f'/v1/skill-merges/{merge_id}/undo', **hr).expect(200)
    for path in ('/v1/me/skills?limit=200', f'/v1/skills/{gone}/people'):
        assert 'what I wrote' not in api.get(path).expect(200).text
    api.get('/v1/me/skills/' + aside['id']).expect(404)


@pytest.mark.parametrize('member', ['level', 'interest'])
def test_three_point_zero_is_an_integer(api, skill, member):
    body = {'skill_id': skill(), 'level': 2, member: 3}
    text = json.dumps(body).replace(f'"{member}": 3', f'"{member}": 3.0')
    made = api.call('POST', '/v1/me/skills', data=text.encode(),
                    content_type='application/json').expect(201).json()
    assert made[member] == 3
    api.call('PATCH', '/v1/me/skills/' + made['id'],
             data=f'{{"{member}": 2.0}}'.encode(),
             content_type='application/json').expect(200)
