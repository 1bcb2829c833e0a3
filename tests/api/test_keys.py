"""Idempotency keys, of every POST that honours them, from /openapi.json.

Mutations: the key taken in the last statement instead of first (the
operation's own unique constraint then answers: test_again fails); the splice
left out (the answer is null: test_again); the hash without the path
(test_other_path); `caller` left out of the key (test_somebody_elses_key); a
key inserted before the transaction (test_a_refusal_is_not_kept); `for key
share` left out of read_key (test_again_waits_for_the_standbys).
"""

import concurrent.futures
import uuid

import pytest

from harness import baked
from harness.waiting import eventually


def keyed_ids():
    try:
        return [one.name for one in baked.tree().operations if one.keyed]
    except AssertionError:
        return []


def posts(sealed):
    try:
        return [one.name for one in baked.tree().operations
                if one.method == 'post' and not one.keyed
                and one.sealed is sealed]
    except AssertionError:
        return []


def new_key():
    return f'test-{uuid.uuid4()}'


def with_key(one, key, **changes):
    return one.changed(headers={'Idempotency-Key': key}, **changes)


def same(first, again):
    """The same bytes, said to be a repetition."""
    assert again.status_code == first.status_code, (first, again)
    assert again.content == first.content, (first, again)
    assert again.headers['Idempotency-Replayed'] == 'true'
    for name in ('ETag', 'Location', 'Content-Type', 'Content-Language'):
        assert again.headers[name] == first.headers[name], name


def test_the_document_says_which(document):
    assert {one.id for one in document.operations.values()
            if one.keyed} == set(keyed_ids())


@pytest.fixture(scope='module')
def rows(worlds):
    return lambda org='demo': worlds[org].db.counts(worlds[org].org_id)


@pytest.mark.parametrize('name', keyed_ids())
def test_again(name, call, worlds):
    world = worlds['other']
    one = with_key(call(name, 'other'), new_key())
    first = one.send()
    first.expect(*one.operation.success)
    assert first.headers['Idempotency-Replayed'] is None
    before = world.db.fingerprint(world.org_id)
    for _ in range(3):
        same(first, one.send())
    assert world.db.fingerprint(world.org_id) == before


@pytest.mark.parametrize('name', keyed_ids())
def test_twenty_at_once(name, call, rows):
    """One effect; each of the twenty gets it, or is told to wait."""
    single = with_key(call(name, 'other'), new_key())
    before = rows('other')
    single.send().expect(*single.operation.success)
    effect = difference(before, rows('other'))

    one = with_key(call(name, 'other'), new_key())
    before = rows('other')
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        replies = [future.result() for future in
                   [pool.submit(one.send) for _ in range(20)]]
    done = [reply for reply in replies if reply.status_code < 300]
    assert done, replies
    for reply in replies:
        if reply.status_code >= 300:
            reply.expect(409, code='key_in_flight')
            assert reply.headers['Retry-After'].isdigit()
    assert len({reply.content for reply in done}) == 1
    assert sum(reply.headers['Idempotency-Replayed'] is None
               for reply in done) == 1, 'not exactly one was the first'
    assert difference(before, rows('other')) == effect
    same(done[0], one.send())


@pytest.mark.parametrize('name', keyed_ids())
def test_a_key_in_flight(name, call, worlds, server):
    """Where nothing else is a 409; of the others one answers for all."""
    world, one = worlds['other'], call(name, 'other')
    if one.operation.codes(409) != {'key_in_flight'}:
        pytest.skip('has another 409, and these two seconds are enough')
    key, rival = new_key(), server.connect()
    rival.autocommit = False
    try:
        with rival.cursor() as cursor:
            cursor.execute(
                'insert into idempotency_key (org_id, caller, key, hash)'
                " values (%s, %s, %s, '')",
                [world.org_id, world.person(one.as_), key])
        reply = with_key(one, key).send()
        reply.expect(409, code='key_in_flight')
        assert reply.headers['Retry-After'].isdigit()
    finally:
        rival.close()
    with_key(one, key).send().expect(*one.operation.success)


def difference(before, after):
    return {table: after[table] - count for table, count in before.items()
            if after[table] != count}


@pytest.mark.parametrize('name', keyed_ids())
def test_other_request_under_the_same_key(name, call, rows):
    key = new_key()
    one = with_key(call(name), key)
    one.send().expect(*one.operation.success)
    other = with_key(call(name), key)
    before = rows()
    if other.json != one.json or other.path != one.path:
        other.send().expect(422, code='idempotency_key_used')
    if one.json:
        # The same members in another order are other bytes.
        spaced = one.changed(json=None, data=b' ' + _dump(one.json))
        spaced.send().expect(422, code='idempotency_key_used')
    if one.operation.parameter('If-Match'):
        one.changed(headers={'If-Match': '"999.00000000"'}).send().expect(
            422, code='idempotency_key_used')
    assert rows() == before


def _dump(value):
    import json
    return json.dumps(value).encode()


def test_other_path(call, document):
    """One key for two operations with equal bodies."""
    names = keyed_ids()
    if len(names) < 2:
        pytest.skip('one keyed operation only')
    key = new_key()
    first = with_key(call(names[0]), key)
    first.send().expect(*first.operation.success)
    for name in names[1:]:
        with_key(call(name), key, as_=first.as_).changed(
            as_=first.as_, roles=tuple({*first.roles, *call(name).roles})
        ).send().expect(422, code='idempotency_key_used')


@pytest.mark.parametrize('name', keyed_ids())
def test_somebody_elses_key(name, call, worlds):
    """Keys are each caller's own, also across organisations."""
    key = new_key()
    one = with_key(call(name), key)
    reply = one.send().expect(*one.operation.success)
    there = with_key(call(name, 'other'), key).send()
    there.expect(*one.operation.success)
    assert there.headers['Idempotency-Replayed'] is None
    someone = another_person(worlds['demo'], one.as_)
    theirs = with_key(call(name), key, as_=someone).send()
    assert theirs.code not in ('idempotency_key_used', 'key_in_flight')
    assert theirs.headers['Idempotency-Replayed'] is None
    same(reply, one.send())


def another_person(world, than):
    return world.db.one(
        'select user_name from person where org_id = %s and active'
        ' and deleted_at is null and user_name <> %s'
        ' order by user_name limit 1', [world.org_id, than])


@pytest.mark.parametrize('name', keyed_ids())
def test_a_refusal_is_not_kept(name, call, rows):
    key = new_key()
    one = with_key(call(name), key)
    before = rows()['idempotency_key']
    if one.json is not None:
        one.changed(json={**one.json, 'no_such_member': 1}).send().expect(422)
    if one.operation.path and '{' in one.operation.route:
        lost = one.changed(path={place['name']: str(uuid.uuid4())
                                 for place in one.operation.places('path')})
        lost.send().expect(404)
    assert rows()['idempotency_key'] == before
    one.send().expect(*one.operation.success)


def test_after_kill_of_the_workers(call, server):
    calls = [with_key(call(name), new_key()) for name in keyed_ids()]
    first = [one.send().expect(*one.operation.success) for one in calls]
    server.kill_workers()
    for one, reply in zip(calls, first):
        same(reply, one.send())


def test_again_waits_for_the_standbys(call, db):
    """A standby that is away: what it may lack is not answered either."""
    one = with_key(call('create_goal'), new_key())
    first = one.send().expect(201)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        db.execute("alter system set synchronous_standby_names = 'nobody'")
        try:
            db.execute('select pg_reload_conf()')
            eventually(lambda: db.one('show synchronous_standby_names'), 60,
                       'the setting')
            again = pool.submit(one.send)
            with pytest.raises(concurrent.futures.TimeoutError):
                again.result(2)
        finally:
            db.execute('alter system reset synchronous_standby_names')
            db.execute('select pg_reload_conf()')
        same(first, again.result(30))


def test_the_unique_constraint_would_have_answered(call, document):
    """Shows that test_again proves something: without a key, at least one
    operation refuses the same request when it comes again."""
    refused = []
    for name in keyed_ids():
        one = call(name)
        one.send().expect(*one.operation.success)
        if one.send().status_code in (409, 422):
            refused.append(name)
    assert refused, 'no keyed operation refuses its own repetition'


@pytest.mark.parametrize('key', [
    '', ' ', 'a b', 'x' * 256, 'caf\u00e9', 'a\tb', '\u007f'])
def test_keys_that_are_none(key, call):
    one = call(keyed_ids()[0])
    reply = one.send(headers={'Idempotency-Key': key.encode('latin-1')
                              .decode('latin-1')})
    reply.expect(400)
    assert reply.code in ('invalid_key', 'bad_request'), reply


@pytest.mark.parametrize('key', ['x', 'x' * 255, '"quoted"', '!~', "';--"])
def test_keys_at_the_limits(key, call, db):
    one = with_key(call(keyed_ids()[0]), key)
    db.execute('delete from idempotency_key where key = %s', [key])
    first = one.send().expect(*one.operation.success)
    same(first, one.send())


def test_after_72_hours_the_key_is_free(call, clock, db):
    """Kept for 72 hours; afterwards the jobs process forgets it."""
    one = with_key(call(keyed_ids()[0]), new_key())
    first = one.send().expect(*one.operation.success)
    clock.advance(hours=71)
    same(first, one.send())


@pytest.mark.parametrize('name', posts(sealed=False))
def test_c_operations_ignore_a_key(name, call):
    """As SCIM's: whoever repeats such a call finds what it did."""
    reply = call(name).send(headers={'Idempotency-Key': new_key()})
    reply.expect(*reply.operation.success)
    assert reply.headers['Idempotency-Replayed'] is None


@pytest.mark.parametrize('name', posts(sealed=True))
def test_sealed_operations_refuse_a_key(name, call):
    call(name).send(headers={'Idempotency-Key': new_key()}).expect(
        400, code='key_not_allowed')


def test_a_key_of_other_methods_is_no_matter(api):
    """GET is idempotent by itself (RFC 9110, 9.2.2)."""
    reply = api.get('/v1/me', headers={'Idempotency-Key': new_key()})
    reply.expect(200)
    assert reply.headers['Idempotency-Replayed'] is None
