"""Every list, from /openapi.json: limits, pages, cursors, `Link`, orders,
`as_of` and tombstones.

Mutations: `<` written for `<=` in `:page` or an order that is not total (a
row lost or twice: test_pages); `after` not bound to the filter
(test_cursors); as_of taken after the snapshot (test_no_change_is_lost); the
teammates' sessions left out of session_near, and a limit of one in the first
half of list_goals (test_a_list_has_what_reading_has); states that are not
distinct (test_a_value_asked_for_twice_is_one).
"""

import base64
import datetime
import json
import re
import threading
import time
import uuid

import pytest

from harness import baked


def list_ids():
    try:
        return [one.name for one in baked.tree().operations if one.orders]
    except AssertionError:
        return []


lists = pytest.mark.parametrize('name', list_ids())


def fetch(one, **query):
    return one.changed(query=query).send().expect(200).json()


def pages(one, limit):
    """Every item, by following `next`."""
    items, after = [], {}
    while True:
        page = fetch(one, limit=limit, **after)
        assert len(page['items']) <= limit
        items += page['items']
        if page['next'] is None:
            return items
        assert len(page['items']) == limit, 'a short page that is not last'
        after = {'after': page['next']}


def test_lists_are_lists(document):
    for operation in document.operations.values():
        assert operation.is_list == (operation.id in list_ids()), operation


@lists
def test_limits(name, call):
    one = call(name)
    assert len(fetch(one)['items']) <= 50
    for good in (1, 2, 200):
        assert len(fetch(one, limit=good)['items']) <= good
    for bad in ('0', '201', '-1', '1.5', 'ten', '', '1e2', '0x10',
                '99999999999999999999', ' 5', '+5', '%30'):
        reply = one.changed(query={'limit': bad}).send()
        reply.expect(400, code='invalid_parameter')
        assert reply.json()['errors'][0]['pointer'] == 'limit'


@lists
def test_pages(name, call, document):
    """Page by page in each order: every row once, and in that order."""
    one = call(name)
    order = document.operations[name].parameter('order')
    orders = document.resolve(order['schema'])['enum'] if order else [None]
    found = {}
    for chosen in orders:
        ordered = one.changed(query={'order': chosen} if chosen else {})
        whole = pages(ordered, 200)
        keys = [identity(item) for item in whole]
        assert len(set(keys)) == len(keys), 'a row came twice'
        found[chosen] = set(keys)
        few = ordered
        if len(whole) > 60:
            # In sevens the first pages only; the whole would take long.
            after = {}
            seen = []
            for _ in range(5):
                page = fetch(few, limit=7, **after)
                seen += [identity(item) for item in page['items']]
                after = {'after': page['next']}
            assert seen == keys[:35]
        else:
            assert [identity(item) for item in pages(few, 7)] == keys
    assert len({frozenset(keys) for keys in found.values()}) == 1, (
        'an order shows other rows than another')


def identity(item):
    return item.get('id') or json.dumps(item, sort_keys=True)


@lists
def test_link(name, call, api):
    one = call(name)
    reply = one.changed(query={'limit': 1}).send().expect(200)
    after = reply.json()['next']
    assert after, 'the fixture makes no second page'
    match = re.fullmatch(r'<([^>]+)>; *rel="next"', reply.headers['Link'])
    assert match, reply.headers['Link']
    following = api.get(match[1], as_=one.as_, roles=one.roles).expect(200)
    assert following.json()['items'] == fetch(
        one, limit=1, after=after)['items']
    items = pages(one, 200)
    if len(items) <= 200:
        last = one.changed(query={'limit': 200}).send().expect(200)
        assert last.headers['Link'] is None and last.json()['next'] is None


@lists
def test_cursors(name, call, document):
    """Opaque, sealed, bound: what was altered, or made for another order or
    filter, is refused; and a cursor shows nothing of what it holds."""
    one = call(name).changed(query={'limit': 1})
    first = fetch(one)
    after = first['next']
    raw = base64.urlsafe_b64decode(after + '=' * (-len(after) % 4))
    for value in first['items'][0].values():
        if isinstance(value, str) and len(value) > 5:
            assert value.encode() not in raw
    assert after != fetch(one)['next'], 'a cursor has no nonce'
    bad = [after[:-1] + ('A' if after[-1] != 'A' else 'B'), after[1:],
           after[:-4], 'A' * len(after), after + 'A', after + '=', 'x',
           after.swapcase(), 'null', after.replace(after[8], '*', 1)]
    bad += [after[:at] + ('A' if after[at] != 'A' else 'B') + after[at + 1:]
            for at in range(0, len(after), 7)]
    for text in bad:
        reply = one.changed(query={'after': text}).send()
        reply.expect(400, code='invalid_cursor')
    reply = one.changed(query={'after': ''}).send()
    assert reply.status_code == 400, reply
    order = document.operations[name].parameter('order')
    if order:
        for other in document.resolve(order['schema'])['enum'][1:]:
            one.changed(query={'after': after, 'order': other}).send(
                ).expect(400, code='invalid_cursor')
    for place in document.operations[name].places('query'):
        if place['name'] in ('limit', 'after', 'order', *one.query):
            continue
        value = some_value(document.resolve(place['schema']), document,
                           place.get('example'))
        reply = one.changed(query={'after': after, place['name']: value}
                            ).send()
        reply.expect(400, code='invalid_cursor')
    # Another size of page is no other list.
    fetch(one.changed(query={'limit': 3}), after=after)


@lists
def test_a_cursor_belongs_to_the_values_of_its_filters(name, call, document):
    tried = 0
    for place in document.operations[name].places('query'):
        schema = document.resolve(place['schema'])
        first, second = two_values(schema, document)
        if place['name'] in ('limit', 'after', 'order') or not first:
            continue
        one = call(name).changed(query={'limit': 1, place['name']: first})
        after = fetch(one)['next']
        if after is None:
            continue
        tried += 1
        fetch(one, after=after)
        one.changed(query={'after': after, place['name']: second}).send(
            ).expect(400, code='invalid_cursor')
    if name in updated_since_ids():
        assert tried, 'no filter leaves a second page'


@lists
def test_a_value_asked_for_twice_is_one(name, call, document):
    one = call(name).changed(query={'limit': 200})
    for place in document.operations[name].places('query'):
        schema = document.resolve(place['schema'])
        items = document.resolve(schema.get('items', {}))
        for value in items.get('enum', ()):
            once, twice = ([identity(item) for item in fetch(
                one, **{place['name']: text})['items']]
                for text in (value, f'{value},{value}'))
            assert once == twice, f'{place["name"]}={value}'


def two_values(schema, document):
    """Two valid values, the first of which leaves many rows, or (None, _)."""
    if schema.get('format') == 'date-time':
        return '2000-01-01T00:00:00Z', '2000-01-02T00:00:00Z'
    if schema.get('type') == 'boolean':
        return 'true', 'false'
    if schema.get('type') == 'array':
        values = document.resolve(schema['items']).get('enum', [None])
        return values[0], values[-1]
    if 'enum' in schema:
        return schema['enum'][0], schema['enum'][-1]
    return None, None


def some_value(schema, document, example=None):
    if 'pattern' in schema:
        return example
    if 'enum' in schema:
        return schema['enum'][-1]
    if 'default' in schema and schema.get('type') == 'boolean':
        return json.dumps(not schema['default'])
    if schema.get('type') == 'array':
        return some_value(document.resolve(schema['items']), document)
    return {'uuid': str(uuid.uuid4()), 'date': '2026-01-01',
            'date-time': '2020-01-01T00:00:00Z', 'language': 'nl'}.get(
        schema.get('format'), {'integer': '1', 'boolean': 'true'}.get(
            schema.get('type'), 'hef'))


@lists
def test_as_of(name, call):
    """Now less the longest write, 10 s; the same clock as updated_at."""
    before = datetime.datetime.now(datetime.timezone.utc)
    as_of = datetime.datetime.fromisoformat(
        fetch(call(name))['as_of'].replace('Z', '+00:00'))
    age = (before - as_of).total_seconds()
    assert 5 < age < 15, age


def updated_since_ids():
    try:
        return [one.name for one in baked.tree().operations
                if one.orders and one.find('query', 'updated_since')[1]]
    except AssertionError:
        return []


@pytest.mark.parametrize('name', updated_since_ids())
def test_updated_since(name, call, clock):
    one = call(name)
    assert pages(one.changed(query={
        'updated_since': '2000-01-01T00:00:00Z'}), 200)
    assert fetch(one, updated_since='2199-01-01T00:00:00Z')['items'] == []
    for bad in ('yesterday', '2026-13-01T00:00:00Z', '2026-01-01',
                '2026-01-01T00:00:00', '2026-01-01 00:00:00Z'):
        one.changed(query={'updated_since': bad}).send().expect(
            400, code='invalid_parameter')
    as_of = fetch(one)['as_of']
    clock.advance(minutes=1)
    later = fetch(one, updated_since=as_of)
    assert later['as_of'] > as_of


def test_no_change_is_lost(call, document):
    """Somebody follows a list by `as_of` while others write: after the last
    write every row has been seen in its last version."""
    create, listing = follow_pair(document)
    written, stop = {}, threading.Event()

    def write():
        while not stop.is_set():
            reply = call(create).send()
            if reply.status_code < 300:
                body = reply.json()
                written[body['id']] = body['version']
    writers = [threading.Thread(target=write, daemon=True) for _ in range(4)]
    one, seen = call(listing), {}
    since = follow(one, {}, seen)
    for writer in writers:
        writer.start()
    try:
        end = time.monotonic() + 4
        while time.monotonic() < end:
            since = follow(one, {'updated_since': since}, seen)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    follow(one, {'updated_since': since}, seen)
    assert written
    lost = {key: version for key, version in written.items()
            if seen.get(key, -1) < version}
    assert not lost, f'{len(lost)} of {len(written)} were lost'


def follow(one, query, seen):
    """Reads all the pages into seen; the as_of of the first."""
    first, after = None, {}
    while True:
        page = fetch(one, limit=200, **query, **after)
        first = first or page['as_of']
        seen.update({item['id']: item['version'] for item in page['items']})
        if page['next'] is None:
            return first
        after = {'after': page['next']}


def follow_pair(document):
    """A POST that makes what a list with updated_since shows."""
    for name in updated_since_ids():
        listing = document.operations[name]
        for other in document.operations.values():
            if (other.method == 'POST' and other.route == listing.route):
                return other.id, name
    pytest.skip('no list with updated_since beside its POST')


FILTERED = {
    'session': ('/v1/sessions', 'newest soonest updated', {
        'state': lambda x: x['state'], 'host_id': lambda x:
        x['host']['person_id'], 'skill_id': lambda x:
        [s['id'] for s in x['skills']]}),
    'goal': ('/v1/goals', 'newest due updated', {
        'state': lambda x: x['state'], 'person_id': lambda x: x['person_id'],
        'part': lambda x: x['part'], 'skill_id': lambda x:
        [s['skill_id'] for s in x['skills']]})}


@pytest.mark.parametrize('viewer', ['els', 'nina', 'tom', 'piet', 'an'])
@pytest.mark.parametrize('kind', FILTERED)
def test_a_list_has_what_reading_has(api, db, worlds, kind, viewer):
    """Lists of sessions and goals look for keys in two places; reading one by
    one asks nobody but the view.  Each filter, each order."""
    path, orders, filters = FILTERED[kind]
    ids = db.column(f'select id from {kind} where org_id = %s',
                    [worlds['demo'].org_id])
    replies = [api.get(f'{path}/{one}', as_=viewer) for one in ids]
    read = {one.json()['id']: one.json() for one in replies
            if one.status_code == 200}
    assert read

    def listed(**query):
        items = [x['id'] for x in api.pages(
            path, as_=viewer, query={'limit': 7, **query})]
        assert len(items) == len(set(items))
        return set(items)
    for order in orders.split():
        assert listed(order=order) == set(read)
    for name, value in filters.items():
        values = {}
        for one in read.values():
            found = value(one)
            for each in found if isinstance(found, list) else [found]:
                values.setdefault(each, set()).add(one['id'])
        for each in list(values)[:8]:
            if each != 'none':
                assert listed(**{name: each}) == values[each], (name, each)
    both = listed(state='active,paused' if kind == 'goal'
                  else 'confirmed,held')
    assert both == {x for x, y in read.items() if y['state'] in (
        'active', 'paused', 'confirmed', 'held')}
