"""Bulk (RFC 7644, 3.7) in the shapes that go wrong.

Mutations, each found here: only the nearest waiter looked at again after its
turn (a chain of four is refused); the id of a path taken from behind its last
slash (a reference that names nothing is followed); no location in a refusal.
"""

import itertools

import pytest

from harness.provider import WORK, Provider

_count = itertools.count()


@pytest.fixture(scope='module')
def idp(server, api, db):
    return Provider(server, api, db)


def user(bulk_id, manager=None, **more):
    data = {'userName': f'bulk-{next(_count)}', **more}
    if manager:
        data[WORK] = {'manager': {'value': f'bulkId:{manager}'}}
    return {'method': 'POST', 'path': '/Users', 'bulkId': bulk_id,
            'data': data}


def group(bulk_id, *members):
    return {'method': 'POST', 'path': '/Groups', 'bulkId': bulk_id, 'data': {
        'displayName': f'bulk {next(_count)}',
        'members': [{'value': f'bulkId:{one}'} for one in members]}}


def title(path, **more):
    return {'method': 'PATCH', 'path': path, 'data': {'Operations': [
        {'op': 'replace', 'path': 'title', 'value': 'T'}]}, **more}


def statuses(answers):
    return [one['status'] for one in answers]


@pytest.mark.parametrize('length', [2, 4, 60])
def test_a_chain_of_managers_from_below(idp, length):
    """Each waits for the next one."""
    answers = idp.bulk(*[user(str(i), str(i + 1)) for i in range(length - 1)],
                       user(str(length - 1)))
    assert statuses(answers) == ['201'] * length
    ids = [one['location'].rsplit('/', 1)[1] for one in answers]
    shown = idp.get(f'/Users/{ids[0]}').json()
    assert shown[WORK]['manager']['value'] == ids[1]


def test_two_chains_to_one(idp):
    answers = idp.bulk(group('g', 'a', 'b', 'c'), user('a', 'c'),
                       user('b', 'a'), user('c'))
    assert statuses(answers) == ['201'] * 4


def test_a_circle_and_who_waits_for_it(idp):
    answers = idp.bulk(group('g', 'x'), user('x', 'a'), user('a', 'b'),
                       user('b', 'c'), user('c', 'a'), user('z'))
    assert statuses(answers) == ['409'] * 5 + ['201']


@pytest.mark.parametrize('path, status', [
    ('/Users/bulkId:u', '200'), ('users/BULKID:u', '200'),
    ('/Users/bulkId:a/b', '409'), ('/Users/bulkId:x/bulkId:u', '409'),
    ('/Users/bulkId:', '409'), ('/Users//bulkId:u', '404'),
    ('/Groups/bulkId:u', '404'), ('/bulkId:u', '400'), ('bulkId:u', '400'),
    ('', '400'), ('/', '400'), ('/Users/', '400'), ('/Users', '400'),
    ('/Users/x/y', '404'), ('/Bulk', '400'), ('/Me', '400')])
def test_paths(idp, path, status):
    change = title(path)
    if path.startswith('/Groups'):
        change['data']['Operations'][0]['path'] = 'displayName'
    assert statuses(idp.bulk(user('u'), change)) == ['201', status]


def test_a_slash_in_a_bulk_id(idp):
    assert statuses(idp.bulk(title('/Users/bulkId:a/b'), user('a/b'))) == [
        '200', '201']


def test_a_refusal_tells_where(idp):
    """RFC 7644, 3.7.3: location, but for a POST that failed."""
    one = idp.user('bulk-told')
    nobody = '01923c1b-7100-7000-8000-00000000ffff'
    answers = idp.bulk(
        title(f'/Users/{one}', version='W/"9"'), title(f'/Users/{nobody}'),
        {'method': 'PUT', 'path': f'/Users/{one}'}, user('u', userName=''),
        {'method': 'DELETE', 'path': f'/Users/{one}', 'version': 'W/"1"'})
    assert statuses(answers) == ['412', '404', '400', '400', '204']
    assert [one.get('location', '').rsplit('/', 1)[-1]
            for one in answers] == [one, nobody, one, '', one]
