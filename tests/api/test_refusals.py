"""Refusals that need a story of their own, so that every code that an
operation lists is answered at least once in a whole session."""

import datetime

import pytest

import fixtures
from harness.waiting import eventually


def skill(world, **members):
    return fixtures.plain_skill(world, **members)


@pytest.fixture(scope='module')
def world(worlds):
    return worlds['demo']


def test_an_external_id_is_one_skills(call):
    refs = [{'scheme': 'internal', 'id': 'only-one-skill-s'}]
    one, again = (call('create_skill', roles=['hr']) for _ in range(2))
    one.json['external_refs'] = again.json['external_refs'] = refs
    one.send().expect(201)
    again.send().expect(409, code='external_ref_taken')


@pytest.mark.parametrize('operation', ['create_skill', 'update_skill'])
@pytest.mark.parametrize('labels, code', [
    ({'english': 'A label'}, 'language_unknown'),
    ({'en': '\u00b4'}, 'label_empty'),
    ({'en': '\ufdfa' * 180}, 'label_too_long')])
def test_labels_that_are_none(call, operation, labels, code):
    one = call(operation)
    one.json['labels'] = labels
    one.send().expect(422, code=code)


@pytest.mark.parametrize('operation', ['create_my_skill', 'update_my_skill'])
def test_a_claim_that_has_ended_already(call, operation):
    one = call(operation)
    one.json['valid_until'] = str(
        datetime.date.today() - datetime.timedelta(days=2))
    one.send().expect(422, code='valid_until_past')


def test_undoing_a_merge_would_make_a_circle(call, world):
    """The child that would go back has become its old parent's parent."""
    above, survivor = skill(world), skill(world)
    merged = skill(world, parent_ids=[above])
    child = skill(world, parent_ids=[merged])
    merge = call('merge_skill', path={'skill_id': merged},
                 json={'into_id': survivor}).send().expect(201).json()
    call('update_skill', path={'skill_id': above},
         json={'parent_ids': [child]}).send().expect(200)
    reply = call('undo_skill_merge', path={'merge_id': merge['id']}).send()
    assert reply.code == 'skill_parent_cycle', reply


def test_not_ready_without_the_database(api, db):
    """Health is one thing, readiness another; and it comes back by itself."""
    others = db.column("select pid from pg_stat_activity"
                       " where usename = 'hefboom'")
    with api.beside(HEFBOOM_WORKERS=1) as small:
        try:
            db.execute('alter role hefboom connection limit 0')
            db.execute(
                'select pg_terminate_backend(pid) from pg_stat_activity'
                " where usename = 'hefboom' and pid <> all(%s)", [others])
            eventually(
                lambda: small.get('/readyz', as_=None).status_code == 503)
            small.get('/readyz', as_=None).expect(
                503, code='database_unavailable')
            small.get('/healthz', as_=None).expect(200)
            db.execute('alter role hefboom connection limit -1')
            small.server.wait_ready(30)
        finally:
            db.execute('alter role hefboom connection limit -1')
