"""Blocks are the blocker's secret.

Whatever the one who is blocked, or anybody else, asks of the directory and of
the blocks, the answer is the very same with and without the block.  What a
block hides (skills, help) is tested with those.

Mutations: an event in block_person; `b.blocked_id = :auth.person or` in
list_my_blocks; touching person.updated_at when somebody is blocked.
"""

import re
import uuid

import pytest

WIM = '01923c1b-7100-7000-8000-000000000a0c'
KAREL = '01923c1b-7100-7000-8000-000000000a0d'
DIRK = '01923c1b-7100-7000-8000-000000000a0f'
LUC = '01923c1b-7100-7000-8000-000000000a11'


@pytest.fixture
def no_blocks(db):
    """Dirk and Luc as they were before."""
    clean = ('delete from person_block where blocker_id = any(%s::uuid[])'
             ' or blocked_id = any(%s::uuid[])')
    both = [DIRK, LUC]
    db.execute(clean, [both, both])
    yield
    db.execute(clean, [both, both])


def test_block_and_lift(api, no_blocks):
    path = f'/v1/me/blocks/{LUC}'
    dirk = {'as_': 'dirk'}
    api.delete(path, **dirk).expect(404, code='not_found')
    first = api.put(path, **dirk).expect(200).json()
    assert first['person_id'] == LUC
    assert first['display_name'] == 'Luc Hermans'
    again = api.put(path, **dirk).expect(200).json()
    assert again == first
    listed = api.get('/v1/me/blocks', **dirk).expect(200).json()['items']
    assert listed == [first]
    api.delete(path, **dirk).expect(204)
    assert api.get('/v1/me/blocks', **dirk).json()['items'] == []
    api.delete(path, **dirk).expect(404, code='not_found')


def test_nobody_blocks_themselves(api):
    reply = api.put(f'/v1/me/blocks/{DIRK}', as_='dirk')
    reply.expect(422, code='block_not_self')


def test_nobody_blocks_who_is_not_there(api, db):
    other = db.one("select id::text from person where user_name = 'els' and"
                   " org_id <> '01923c1b-7100-7000-8000-000000000001'")
    for person in (uuid.uuid4(), other):
        api.put(f'/v1/me/blocks/{person}').expect(404, code='not_found')
        api.delete(f'/v1/me/blocks/{person}').expect(404, code='not_found')
    api.put('/v1/me/blocks/els').expect(404)


def test_lists_by_page(api, no_blocks):
    dirk = {'as_': 'dirk'}
    people = [item['id'] for item in api.pages('/v1/people', **dirk)
              if item['id'] != DIRK][:5]
    for person in people:
        api.put(f'/v1/me/blocks/{person}', **dirk).expect(200)
    listed = api.pages('/v1/me/blocks', query={'limit': 2}, **dirk)
    assert [item['person_id'] for item in listed] == people[::-1]


OBSERVER = [
    ('GET', '/v1/me'),
    ('GET', '/v1/me/blocks'),
    ('GET', '/v1/people?limit=200'),
    ('GET', '/v1/people?q=dirk'),
    ('GET', '/v1/people?q=luc'),
    ('GET', f'/v1/people/{DIRK}'),
    ('GET', f'/v1/people/{LUC}'),
    ('GET', '/v1/people?order=updated&limit=200'),
    ('GET', '/v1/people?updated_since=2020-01-01T00:00:00Z&limit=200'),
    ('GET', '/v1/teams?limit=200'),
    ('GET', '/v1/teams/01923c1b-7100-7000-8000-000000000b02/people'),
    ('DELETE', f'/v1/me/blocks/{DIRK}'),
]


def observe(api, as_, roles):
    """Everything that is answered, but for what differs by the moment."""
    seen = []
    for method, path in OBSERVER:
        reply = api.call(method, path, as_=as_, roles=roles)
        body = re.sub(r'"(as_of|instance|next)": ?("[^"]*"|null)', '',
                      reply.text)
        headers = {name: reply.headers[name] for name in
                   ('ETag', 'Content-Type', 'Cache-Control')
                   if '"as_of"' not in reply.text}
        seen.append((method, path, reply.status_code, headers, body))
    return seen


@pytest.mark.parametrize('as_, roles', [
    ('luc', ['member']), ('tom', ['member']), ('bram', ['leader']),
    ('hilde', ['hr']), ('els', ['admin'])])
def test_a_block_cannot_be_seen(api, db, no_blocks, as_, roles):
    events = db.one('select count(*) from outbox')
    before = observe(api, as_, roles)
    api.put(f'/v1/me/blocks/{LUC}', as_='dirk').expect(200)
    assert observe(api, as_, roles) == before
    assert db.one('select count(*) from outbox') == events


def test_both_may_block_each_other(api, no_blocks):
    api.put(f'/v1/me/blocks/{LUC}', as_='dirk').expect(200)
    alone = api.put(f'/v1/me/blocks/{DIRK}', as_='luc').expect(200).json()
    assert alone['display_name'] == 'Dirk Vermeulen'
    api.delete(f'/v1/me/blocks/{LUC}', as_='dirk').expect(204)
    listed = api.get('/v1/me/blocks', as_='luc').json()['items']
    assert [item['person_id'] for item in listed] == [DIRK]


def test_a_block_works_both_ways(db):
    """blocked_pair is what every visibility view asks."""
    pairs = set(db.execute(
        'select person_id::text, other_id::text from blocked_pair'
        ' where person_id = any(%s::uuid[])', [[WIM, KAREL]]))
    assert {(WIM, KAREL), (KAREL, WIM)} <= pairs


def test_a_block_is_in_the_log_of_nobody(api, server, no_blocks):
    """The path holds the id; the log does not say the path with its ids."""
    api.put(f'/v1/me/blocks/{LUC}', as_='dirk').expect(200)
    assert not [line for line in server.log().splitlines()
                if LUC in line and 'block' in line]
