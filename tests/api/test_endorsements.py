"""Endorsements of a colleague's skill: what they stand on, one for a pair,
hidden by the owner, withdrawn by the endorser, through merges.

Who sees them is test_endorsement_visibility.py.

Mutations: the 24 months left out of endorse_skill; the hiding not kept by it;
the endorsements not deleted with the claim; the wrong one of owner and
endorser in hide_endorsement.
"""

import concurrent.futures
import uuid

import pytest

import fixtures

HR = {'as_': 'hilde', 'roles': ['hr']}


@pytest.fixture
def skill(worlds):
    return lambda: fixtures.plain_skill(worlds['demo'])


@pytest.fixture
def claim(api, skill):
    """One of jonas's."""
    def make(visibility='org', as_='jonas', **members):
        return api.post('/v1/me/skills', as_=as_, json={
            'skill_id': members.pop('skill_id', None) or skill(),
            'level': 3, 'visibility': visibility}).expect(201).json()['id']
    return make


@pytest.fixture
def endorse(api, worlds):
    world = worlds['demo']

    def call(claim, as_='els', owner='jonas', status=201, code=None,
             **members):
        members.setdefault('saw_in', 'other')
        return api.post(f'/v1/people/{world.person(owner)}/skills/{claim}'
                        '/endorsements', as_=as_, json=members).expect(
                            status, code=code).json()
    return call


@pytest.fixture
def exchange(db, worlds):
    """An exchange of some people, so many days ago; gone after the test."""
    world, made = worlds['demo'], []

    def make(days, *people):
        one = db.one(
            'insert into exchange (org_id, kind, object_id, origin,'
            " happened_at) values (%s, 'help', uuid7(), 'help', clock() -"
            " %s * interval '1 day') returning id", [world.org_id, days])
        for person in people:
            db.execute(
                'insert into exchange_person (org_id, exchange_id, person_id,'
                " part, happened_at) values (%s, %s, %s, 'both', clock() -"
                " %s * interval '1 day')",
                [world.org_id, one, world.person(person), days])
        made.append(one)
        return one
    yield make
    for one in made:
        db.execute('delete from endorsement where exchange_id = %s', [one])
        db.execute('delete from exchange_person where exchange_id = %s',
                   [one])
        db.execute('delete from exchange where id = %s', [one])


def listed(api, worlds, claim, as_='els', **query):
    return api.get(
        f"/v1/people/{worlds['demo'].person('jonas')}/skills/{claim}"
        '/endorsements', as_=as_, query=query).expect(200).json()['items']


def count(api, claim):
    return api.get(f'/v1/me/skills/{claim}', as_='jonas').json()[
        'endorsement_count']


# What it stands on

def test_without_an_exchange(endorse, claim):
    """youssef works in another team and never met jonas."""
    mine = claim()
    for saw_in in ('session', 'feedback', 'help'):
        endorse(mine, as_='youssef', saw_in=saw_in, status=409,
                code='exchange_missing')
    made = endorse(mine, as_='youssef', saw_in='project', level_seen=4,
                   text='He did it twice.')
    assert (made['grounded'], made['fresh'], made['state'],
            made['level_seen'], made['text'], made['version']) == (
        False, True, 'given', 4, 'He did it twice.', 1)


@pytest.mark.parametrize('saw_in', ['session', 'feedback', 'help'])
def test_with_an_exchange(endorse, claim, exchange, saw_in):
    exchange(700, 'youssef', 'jonas', 'katrin')
    made = endorse(claim(), as_='youssef', saw_in=saw_in)
    assert made['grounded'] and made['saw_in'] == saw_in


def test_an_exchange_of_longer_ago(endorse, claim, exchange):
    exchange(740, 'youssef', 'jonas')
    endorse(claim(), as_='youssef', saw_in='help', status=409,
            code='exchange_missing')


def test_an_exchange_with_others(endorse, claim, exchange):
    exchange(10, 'youssef', 'katrin')
    exchange(10, 'jonas', 'katrin')
    endorse(claim(), as_='youssef', saw_in='help', status=409,
            code='exchange_missing')


def test_other_is_not_grounded_even_with_an_exchange(endorse, claim,
                                                     exchange):
    exchange(10, 'youssef', 'jonas')
    assert not endorse(claim(), as_='youssef', saw_in='other')['grounded']


def test_not_oneself(endorse, claim, db, worlds):
    mine = claim()
    endorse(mine, as_='jonas', status=422, code='endorsement_not_self')
    with pytest.raises(Exception, match='endorsement_not_self'):
        db.execute(
            'insert into endorsement (org_id, id, claim_id, person_id,'
            " endorser_id, saw_in) select org_id, uuid7(), id, person_id,"
            " person_id, 'other' from claim where id = %s", [mine])


@pytest.mark.parametrize('members', [
    {'saw_in': 'lift'}, {'saw_in': None}, {'level_seen': 0},
    {'level_seen': 6}, {'level_seen': 2.5}, {'text': ''},
    {'text': 'x' * 1001}, {'state': 'given'}, {'grounded': True}])
def test_members_that_are_refused(endorse, claim, members):
    endorse(claim(), status=422, code='invalid_body', **members)


def test_a_claim_that_one_does_not_see(endorse, claim, api):
    endorse(claim('me'), status=404)
    endorse(claim('team'), as_='youssef', status=404)
    endorse(str(uuid.uuid4()), status=404)
    mine = claim()
    endorse(mine, owner='an', status=404)
    api.delete(f'/v1/me/skills/{mine}', as_='jonas').expect(204)
    endorse(mine, status=404)


# One for a pair

def test_one_at_a_time(endorse, claim, api):
    mine = claim()
    made = endorse(mine)
    reply = endorse(mine, status=409, code='endorsement_given_already')
    assert reply['endorsement_id'] == made['id']
    endorse(mine, as_='piet')
    assert count(api, mine) == 2
    api.delete(f"/v1/endorsements/{made['id']}").expect(204)
    assert count(api, mine) == 1
    again = endorse(mine, text='Still so.')
    assert again['id'] != made['id'] and count(api, mine) == 2


def test_one_at_the_same_time(endorse, claim, api, worlds):
    way = (f"/v1/people/{worlds['demo'].person('jonas')}/skills/{claim()}"
           '/endorsements')
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: api.post(
            way, json={'saw_in': 'other'}), range(8)))
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 7


# Its life

def test_hidden_and_shown(endorse, claim, api, worlds):
    mine = claim()
    way = f"/v1/endorsements/{endorse(mine, text='Well.')['id']}"
    for as_, status in (('els', 403), ('piet', 403), ('jonas', 200)):
        api.post(f'{way}/hide', as_=as_).expect(status)
    api.post(f'{way}/hide', as_='jonas').expect(
        409, code='endorsement_not_given')
    assert listed(api, worlds, mine, 'piet') == []
    assert [item['state'] for item in listed(api, worlds, mine, 'jonas')] == [
        'hidden']
    assert count(api, mine) == 0
    api.post(f'{way}/show', as_='piet').expect(404)
    api.post(f'{way}/show', as_='els').expect(403)
    shown = api.post(f'{way}/show', as_='jonas').expect(200).json()
    assert (shown['state'], shown['version'], shown['text']) == (
        'given', 3, 'Well.')
    api.post(f'{way}/show', as_='jonas').expect(
        409, code='endorsement_not_hidden')
    assert listed(api, worlds, mine, 'piet') == [shown]


def test_giving_again_does_not_undo_the_hiding(endorse, claim, api, worlds,
                                               db):
    mine = claim()
    way = f"/v1/endorsements/{endorse(mine)['id']}"
    api.post(f'{way}/hide', as_='jonas').expect(200)
    api.delete(way).expect(204)
    again = endorse(mine, text='Once more.')
    assert again['state'] == 'hidden'
    assert listed(api, worlds, mine, 'piet') == [] and count(api, mine) == 0
    assert db.one('select count(*) from notification where object_id = %s',
                  [mine]) == 1
    api.post(f"/v1/endorsements/{again['id']}/show", as_='jonas').expect(200)
    assert count(api, mine) == 1


def test_withdrawn(endorse, claim, api, worlds, db):
    mine = claim()
    made = endorse(mine, text='Words.', level_seen=5)
    way = f"/v1/endorsements/{made['id']}"
    api.delete(way, as_='jonas').expect(403)
    api.delete(way, as_='piet').expect(403)
    api.delete(way).expect(204)
    api.delete(way).expect(409, code='endorsement_withdrawn')
    api.get(way, as_='piet').expect(404)
    left = api.get(way).expect(200).json()
    assert (left['state'], left['text'], left['level_seen']) == (
        'withdrawn', None, None)
    api.post(f'{way}/hide', as_='jonas').expect(
        409, code='endorsement_not_given')
    for as_ in ('els', 'jonas', 'piet'):
        assert listed(api, worlds, mine, as_) == []
    assert db.one("select count(*) from outbox where body::text like"
                  " '%%Words.%%'") == 0


def test_versions(endorse, claim, api):
    made = endorse(claim())
    way = f"/v1/endorsements/{made['id']}"
    etag = api.get(way, as_='jonas').etag
    api.post(f'{way}/hide', as_='jonas',
             headers={'If-Match': etag}).expect(200)
    api.post(f'{way}/show', as_='jonas',
             headers={'If-Match': etag}).expect(412, code='stale_version')


def test_it_ages(endorse, claim, api, worlds, db):
    mine = claim()
    made = endorse(mine)
    newer = endorse(mine, as_='piet')
    for ago, fresh in (('23 months', True), ('25 months', False)):
        db.execute('update endorsement set created_at = clock() -'
                   ' %s::interval where id = %s', [ago, made['id']])
        items = listed(api, worlds, mine)
        assert [(item['id'], item['fresh']) for item in items] == [
            (newer['id'], True), (made['id'], fresh)]
        assert count(api, mine) == 1 + fresh
    assert [item['id'] for item in listed(
        api, worlds, mine, fresh='false')] == [made['id']]
    # Not twice, but anew.
    endorse(mine, status=409, code='endorsement_given_already')
    api.delete(f"/v1/endorsements/{made['id']}").expect(204)
    assert endorse(mine)['fresh'] and count(api, mine) == 2


def test_nothing_follows_from_it(endorse, claim, api):
    """State, level and version of the claim are what they were."""
    mine = claim()
    before = api.get(f'/v1/me/skills/{mine}', as_='jonas').json()
    endorse(mine, level_seen=5)
    after = api.get(f'/v1/me/skills/{mine}', as_='jonas').json()
    assert after.pop('endorsement_count') == 1
    assert before.pop('endorsement_count') == 0
    assert after == before


# With the claim

def test_deleted_with_the_claim(endorse, claim, api, db):
    mine = claim()
    made = endorse(mine)
    api.delete(f'/v1/me/skills/{mine}', as_='jonas').expect(204)
    api.get(f"/v1/endorsements/{made['id']}").expect(404)
    assert db.one('select count(*) from endorsement where id = %s',
                  [made['id']]) == 0


def merge(api, gone, stays):
    return api.post(f'/v1/skills/{gone}/merge', json={'into_id': stays},
                    **HR).expect(201).json()['id']


def undo(api, one):
    api.post(f'/v1/skill-merges/{one}/undo', **HR).expect(200)


def test_through_a_merge_that_moves(endorse, claim, skill, api):
    gone, stays = skill(), skill()
    mine = claim(skill_id=gone)
    made = endorse(mine)
    one = merge(api, gone, stays)
    assert api.get(f'/v1/me/skills/{mine}', as_='jonas').json()[
        'skill_id'] == stays
    assert api.get(f"/v1/endorsements/{made['id']}",
                   as_='piet').expect(200).json() == made
    undo(api, one)
    assert count(api, mine) == 1


def test_through_a_merge_that_puts_aside(endorse, claim, skill, api):
    gone, stays = skill(), skill()
    aside, kept = claim(skill_id=gone), claim(skill_id=stays)
    made, other = endorse(aside), endorse(kept, as_='piet')
    one = merge(api, gone, stays)
    api.get(f"/v1/endorsements/{made['id']}", as_='piet').expect(404)
    api.get(f"/v1/endorsements/{made['id']}").expect(200)
    assert count(api, kept) == 1
    undo(api, one)
    assert count(api, aside) == 1 and count(api, kept) == 1
    assert api.get(f"/v1/endorsements/{made['id']}",
                   as_='piet').expect(200).json() == made
    again = merge(api, gone, stays)
    assert again
    api.delete(f'/v1/me/skills/{kept}', as_='jonas').expect(204)
    for one in (made, other):
        api.get(f"/v1/endorsements/{one['id']}").expect(404)
