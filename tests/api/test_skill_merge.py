"""Merging two skills, and undoing it.

The dump test is the promise: after a merge and its undoing every row of the
organisation is what it was, but for `updated_at`, `version`, and the journals
(skill_merge, skill_merge_entry, outbox, idempotency_key).

Mutations: any statement of undo_skill_merge left out; the lock in
create_my_skill left out (test_claims_while_merging); claims of both skills
merged instead of put aside; `later_merge_first` left out.
"""

import concurrent.futures
import uuid

import pytest

HR = {'as_': 'hilde', 'roles': ['hr']}
JOURNALS = ('skill_merge', 'skill_merge_entry', 'outbox', 'idempotency_key',
            'job')


@pytest.fixture
def add(api, worlds):
    def make(**members):
        members.setdefault('labels', {'en': worlds['demo'].word()})
        return api.post('/v1/skills', json={
            'confirmed_new': True, **members}, **HR).expect(201).json()
    return make


@pytest.fixture
def claim(api):
    def make(as_, skill, **members):
        members = {'level': 3, 'visibility': 'org', **members}
        return api.post('/v1/me/skills', as_=as_, json={
            'skill_id': skill['id'], **members}).expect(201).json()
    return make


def merge(api, gone, stays, status=201, code=None):
    return api.post(f"/v1/skills/{gone['id']}/merge",
                    json={'into_id': stays['id']}, **HR).expect(
        status, code=code).json()


def undo(api, done, status=200, code=None):
    return api.post(f"/v1/skill-merges/{done['id']}/undo", **HR).expect(
        status, code=code).json()


def read(api, skill):
    return api.get(f"/v1/skills/{skill['id']}").expect(200).json()


def mine(api, as_):
    return {x['id']: x for x in api.pages('/v1/me/skills', as_=as_)}


def dump(db, org='demo'):
    """Every row of an organisation, without what a merge may leave."""
    rows = {}
    for table in db.tenant_tables():
        if table in JOURNALS:
            continue
        where = "and kind = 'expire_claim'" if table == 'timer' else ''
        rows[table] = db.column(
            f"select (to_jsonb(t) - 'updated_at' - 'version')::text"
            f' from "{table}" t where org_id = (select id from organisation'
            f' where name = %s) {where} order by 1', [org])
    return rows


def differences(before, after):
    return {table: (sorted(set(before[table]) - set(after[table]))[:3],
                    sorted(set(after[table]) - set(before[table]))[:3])
            for table in before if before[table] != after[table]}


@pytest.fixture
def tangle(api, add, claim):
    """Two skills with everything around them that a merge can touch."""
    gone = add()
    word = gone['label']
    api.patch(f"/v1/skills/{gone['id']}", **HR, json={
        'labels': {'nl': f'{word} nl', 'ca': f'{word} ca'},
        'alt_labels': {'nl': [f'{word} ook nl'],
                       'en': [f'{word} too', f'{word} and too']}}).expect(200)
    stays = add(alt_labels={'en': [f'{word} too']})
    group, child, both, other, old = (
        add(kind='group'), add(), add(), add(), add())
    for skill, members in (
            (gone, {'parent_ids': [group['id']], 'relations': [
                {'type': 'requires', 'skill_id': other['id']},
                {'type': 'helped_by', 'skill_id': old['id']},
                {'type': 'similar', 'skill_id': stays['id']}]}),
            (stays, {'relations': [
                {'type': 'requires', 'skill_id': other['id']}]}),
            (child, {'parent_ids': [gone['id']]}),
            (both, {'parent_ids': [gone['id'], stays['id']]}),
            (other, {'relations': [
                {'type': 'helped_by', 'skill_id': gone['id']},
                {'type': 'helped_by', 'skill_id': stays['id']}]})):
        api.patch(f"/v1/skills/{skill['id']}", json=members, **HR).expect(200)
    api.post(f"/v1/skills/{old['id']}/deprecate",
             json={'successor_id': gone['id']}, **HR).expect(200)
    before = add()
    merge(api, before, gone)
    claims = {
        'only gone': claim('els', gone, valid_until='2099-01-01'),
        'both, gone': claim('jonas', gone, level=5),
        'both, stays': claim('jonas', stays, level=1),
        'only stays': claim('griet', stays),
        'private': claim('nina', gone, visibility='me', note='Mine.'),
    }
    deleted = claim('felix', gone)
    api.delete(f"/v1/me/skills/{deleted['id']}", as_='felix').expect(204)
    return {'gone': gone, 'stays': stays, 'child': child, 'both': both,
            'other': other, 'old': old, 'group': group, 'before': before,
            'claims': claims, 'word': word}


def test_a_merge(api, tangle):
    gone, stays = tangle['gone'], tangle['stays']
    done = merge(api, gone, stays)
    assert (done['from_id'], done['into_id']) == (gone['id'], stays['id'])
    assert set(done) == {
        'id', 'from_id', 'from_label', 'into_id', 'into_label', 'merged_by',
        'undone_by', 'undone_at', 'version', 'created_at', 'updated_at'}
    # Each id that ever was answers with the survivor.
    seen = read(api, gone)
    assert seen == read(api, stays) == read(api, tangle['before'])
    assert seen['id'] == stays['id']
    assert set(seen['merged_from']) == {gone['id'], tangle['before']['id']}
    # Labels are other words for the survivor, each once.
    word = tangle['word']
    assert sorted(seen['alt_labels']['en']) == sorted(
        [f'{word} too', f'{word} and too', word, tangle['before']['label']])
    assert seen['alt_labels']['nl'] == [f'{word} nl', f'{word} ook nl']
    assert seen['alt_labels']['ca'] == [f'{word} ca']
    assert seen['labels'] == stays['labels']
    found = api.get('/v1/skills', query={'q': f'{word} and too'}).json()
    assert found['items'][0]['id'] == stays['id']
    assert gone['id'] not in [x['id'] for x in found['items']]
    # Around it.
    assert [x['id'] for x in read(api, tangle['child'])['parents']] == [
        stays['id']]
    assert [x['id'] for x in read(api, tangle['both'])['parents']] == [
        stays['id']]
    assert [(x['type'], x['skill_id'])
            for x in read(api, tangle['other'])['relations']] == [
        ('helped_by', stays['id'])]
    assert [(x['type'], x['skill_id']) for x in seen['relations']] == [
        ('helped_by', tangle['old']['id']),
        ('requires', tangle['other']['id'])]
    assert read(api, tangle['old'])['successor_id'] == stays['id']


def test_claims_move(api, tangle, db):
    gone, stays, claims = tangle['gone'], tangle['stays'], tangle['claims']
    done = merge(api, gone, stays)
    els = mine(api, 'els')[claims['only gone']['id']]
    assert (els['skill_id'], els['version']) == (stays['id'], 2)
    jonas = mine(api, 'jonas')
    assert claims['both, gone']['id'] not in jonas
    kept = jonas[claims['both, stays']['id']]
    assert (kept['level'], kept['version']) == (1, 1)
    private = mine(api, 'nina')[claims['private']['id']]
    assert (private['visibility'], private['skill_id']) == (
        'me', stays['id'])
    way = f"/v1/me/skills/{claims['both, gone']['id']}"
    for method, body in (('GET', None), ('PATCH', {'level': 1}),
                         ('DELETE', None)):
        api.call(method, way, as_='jonas', json=body).expect(404)
    undo(api, done)
    jonas = mine(api, 'jonas')
    assert jonas[claims['both, gone']['id']]['level'] == 5
    assert jonas[claims['both, gone']['id']]['skill_id'] == gone['id']
    assert jonas[claims['both, stays']['id']]['skill_id'] == stays['id']
    events = db.column(
        'select event from outbox where object_id = %s order by id',
        [claims['only gone']['id']])
    assert events == ['claim.created', 'claim.updated', 'claim.updated']


def test_undone_nothing_is_left(api, db, tangle):
    before = dump(db)
    done = merge(api, tangle['gone'], tangle['stays'])
    assert differences(before, dump(db)), 'nothing happened'
    undone = undo(api, done)
    assert undone['undone_at'] is not None and undone['version'] == 2
    assert differences(before, dump(db)) == {}
    undo(api, done, 409, 'merge_undone_already')
    # Again, the other way round.
    undo(api, merge(api, tangle['stays'], tangle['gone']))
    assert differences(before, dump(db)) == {}


def test_the_demonstration_s_merges_can_be_undone(api, db):
    before = dump(db)
    merges = api.pages('/v1/skill-merges', **HR)
    demo = [x for x in merges
            if x['id'].startswith('01923c1b') and not x['undone_at']]
    assert len(demo) == 3
    for done in demo:
        undo(api, done)
    for done in reversed(demo):
        merge(api, {'id': done['from_id']}, {'id': done['into_id']})
    after = dump(db)
    # The claims that stand aside name the merge that put them there.
    assert set(differences(before, after)) == {'claim'}


def test_what_people_changed_since_is_kept(api, db, add, claim, tangle):
    gone, stays, claims = tangle['gone'], tangle['stays'], tangle['claims']
    done = merge(api, gone, stays)
    api.patch(f"/v1/me/skills/{claims['only gone']['id']}", as_='els',
              json={'level': 5, 'note': 'Since then'}).expect(200)
    api.delete(f"/v1/me/skills/{claims['both, stays']['id']}",
               as_='jonas').expect(204)
    again = claim('jonas', stays, level=4)
    late = claim('piet', gone)
    assert late['skill_id'] == stays['id']
    undo(api, done)
    els = mine(api, 'els')[claims['only gone']['id']]
    assert (els['level'], els['note'], els['skill_id']) == (
        5, 'Since then', gone['id'])
    jonas = mine(api, 'jonas')
    # Deleted with the one that it stood aside for, words and all.
    assert claims['both, gone']['id'] not in jonas
    assert db.one('select note from claim where id = %s',
                  [claims['both, gone']['id']]) is None
    assert jonas[again['id']]['skill_id'] == stays['id']
    assert mine(api, 'piet')[late['id']]['skill_id'] == stays['id']


def test_what_hr_changed_since_is_kept(api, add, tangle):
    gone, stays = tangle['gone'], tangle['stays']
    done = merge(api, gone, stays)
    word, child = tangle['word'], tangle['child']
    api.patch(f"/v1/skills/{stays['id']}", **HR, json={
        'alt_labels': {'en': ['something new', f'{word} and too']}}).expect(
        200)
    api.patch(f"/v1/skills/{child['id']}",
              json={'parent_ids': []}, **HR).expect(200)
    undo(api, done)
    assert read(api, stays)['alt_labels']['en'] == ['something new']
    assert read(api, child)['parents'] == []
    assert read(api, gone)['alt_labels']['en'] == [
        f'{word} too', f'{word} and too', tangle['before']['label']]


def test_the_last_merge_is_undone_first(api, db, add, claim):
    one, two, three, four = add(), add(), add(), add()
    for skill in (one, two, four):
        claim('els', skill)
    claim('jonas', one)
    before = dump(db)
    first = merge(api, one, two)
    second = merge(api, two, three)
    third = merge(api, four, three)
    assert read(api, one)['id'] == three['id']
    reply = undo(api, first, 409, 'later_merge_first')
    assert reply['merge_id'] in (second['id'], third['id'])
    reply = undo(api, second, 409, 'later_merge_first')
    assert reply['merge_id'] == third['id']
    undo(api, third)
    undo(api, second)
    assert read(api, one)['id'] == two['id']
    undo(api, first)
    assert differences(before, dump(db)) == {}


def test_merges_that_do_not_touch_are_undone_in_any_order(api, db, add):
    pairs = [(add(), add()) for _ in range(3)]
    before = dump(db)
    done = [merge(api, gone, stays) for gone, stays in pairs]
    for one in done:
        undo(api, one)
    assert differences(before, dump(db)) == {}


def test_a_name_that_was_taken_since(api, add):
    gone, stays = add(), add()
    done = merge(api, gone, stays)
    taken = add(labels={'en': gone['label']})
    reply = undo(api, done, 409, 'merge_name_taken')
    assert reply['skill_id'] == taken['id']
    assert taken['id'] in reply['detail']
    api.patch(f"/v1/skills/{taken['id']}", **HR, json={
        'labels': {'en': f"{gone['label']} by another"}}).expect(200)
    undo(api, done)


def test_merges_that_are_refused(api, add):
    one, two = add(), add()
    group, gone, merged = add(kind='group'), add(), add()
    merge(api, merged, two)
    api.post(f"/v1/skills/{gone['id']}/deprecate", json={}, **HR).expect(200)
    for stays, status, code in (
            (one, 422, 'skill_merge_itself'), (group, 409,
                                               'merge_kinds_differ'),
            ({'id': str(uuid.uuid4())}, 422, 'merge_target_unknown'),
            (merged, 409, 'skill_merged'), (gone, 409, 'skill_deprecated')):
        merge(api, one, stays, status, code)
    reply = merge(api, merged, one, 409, 'skill_merged')
    assert reply['into_id'] == two['id']
    merge(api, {'id': str(uuid.uuid4())}, one, 404)
    for roles in (['member'], ['leader']):
        api.post(f"/v1/skills/{one['id']}/merge", as_='an', roles=roles,
                 json={'into_id': two['id']}).expect(403)
    for way, body in (('', {'kind': 'tool'}),):
        api.patch(f"/v1/skills/{merged['id']}{way}", json=body, **HR).expect(
            409, code='skill_merged')
    for way, body in (('/approve', None), ('/deprecate', {})):
        api.post(f"/v1/skills/{merged['id']}{way}", json=body, **HR).expect(
            409, code='skill_merged')


def test_a_merge_that_would_bend_the_tree(api, add):
    top, middle, bottom = add(), add(), add()
    for skill, parent in ((middle, top), (bottom, middle)):
        api.patch(f"/v1/skills/{skill['id']}",
                  json={'parent_ids': [parent['id']]}, **HR).expect(200)
    merge(api, top, bottom, 409, 'skill_parent_cycle')
    assert [x['id'] for x in read(api, middle)['parents']] == [top['id']]
    # A child may swallow its parent, and a parent its child.
    done = merge(api, middle, bottom)
    assert read(api, bottom)['parents'] == []
    undo(api, done)
    assert [x['id'] for x in read(api, bottom)['parents']] == [middle['id']]


def test_claims_while_merging(api, db, add):
    """Whoever claims while it merges has the survivor, or was moved."""
    names = ['els', 'jonas', 'nina', 'felix', 'griet', 'piet', 'lore', 'tom']
    for _ in range(6):
        gone, stays = add(), add()

        def act(name):
            if name is None:
                return merge(api, gone, stays)
            return api.post('/v1/me/skills', as_=name, json={
                'skill_id': gone['id'], 'level': 3}).expect(201).json()
        with concurrent.futures.ThreadPoolExecutor(9) as pool:
            list(pool.map(act, names[:4] + [None] + names[4:]))
        assert db.one('select count(*) from claim where skill_id = %s',
                      [gone['id']]) == 0
        assert db.one('select count(*) from claim where skill_id = %s'
                      ' and merge_id is null', [stays['id']]) == len(names)


def test_two_merges_at_once(api, db, add):
    """a into b while b goes into a, or into c: one of them is refused, or
    both happened one after the other."""
    for _ in range(8):
        one, two, three = add(), add(), add()
        pairs = [(one, two), (two, one), (two, three)]
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            replies = list(pool.map(
                lambda pair: api.post(
                    f"/v1/skills/{pair[0]['id']}/merge",
                    json={'into_id': pair[1]['id']}, **HR), pairs))
        for reply in replies:
            reply.expect(201, 409)
        chained = db.one(
            'select count(*) from skill s join skill i on i.org_id = s.org_id'
            " and i.id = s.merged_into and i.state = 'merged'")
        assert chained == 0
