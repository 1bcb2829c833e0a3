"""The catalogue: labels in languages, life cycle, parents, relations.

Mutations: the guard of similar skills left out; the unique index without
`live`; normalize_label() without unaccent; the parents' trigger without its
lock (test_two_halves_of_a_cycle); `suggested_by` told to everybody; the cache
of parents not written by update_skill (test_repeats_say_the_same).
"""

import concurrent.futures
import uuid

import pytest

HR = {'as_': 'hilde', 'roles': ['hr']}
SPREADSHEETS = '01923c1b-7100-7000-8000-000000000d0d'
WORKING_TOGETHER = '01923c1b-7100-7000-8000-000000000d01'
FAX = '01923c1b-7100-7000-8000-000000000d7d'


@pytest.fixture
def add(api, worlds):
    """A new skill; labels that nobody has used unless they are given."""
    def make(status=201, as_hr=True, **members):
        members.setdefault('labels', {'en': worlds['demo'].word()})
        members.setdefault('confirmed_new', True)
        who = HR if as_hr else {'as_': 'els'}
        return api.post('/v1/skills', json=members, **who).expect(
            status).json()
    return make


def patch(api, skill, expect=200, code=None, **members):
    return api.patch(f"/v1/skills/{skill['id']}", json=members, **HR).expect(
        expect, code=code).json()


def ids(items):
    return [item['id'] for item in items]


# Life cycle

def test_a_suggestion_is_there_for_everybody(api, add):
    made = add(as_hr=False, kind='method')
    assert made['state'] == 'suggested'
    assert made['suggested_by'] is not None
    path = f"/v1/skills/{made['id']}"
    seen = api.get(path, as_='jonas').expect(200).json()
    assert seen['label'] == made['label']
    assert seen['suggested_by'] is None
    assert api.get(path, **HR).json()['suggested_by'] == made['suggested_by']
    found = api.get('/v1/skills', as_='jonas', query={'q': made['label']})
    assert ids(found.json()['items'])[0] == made['id']


def test_approve(api, add):
    made = add(as_hr=False)
    path = f"/v1/skills/{made['id']}/approve"
    api.post(path, as_='els').expect(403)
    done = api.post(path, **HR).expect(200).json()
    assert (done['state'], done['version']) == ('active', 2)
    api.post(path, **HR).expect(409, code='skill_active_already')
    api.post(f'/v1/skills/{uuid.uuid4()}/approve', **HR).expect(404)


def test_deprecate(api, add):
    old, new = add(), add()
    path = f"/v1/skills/{old['id']}/deprecate"
    api.post(path, json={'successor_id': old['id']}, **HR).expect(
        422, code='skill_successor_itself')
    api.post(path, json={'successor_id': str(uuid.uuid4())}, **HR).expect(
        422, code='skill_successor_unknown')
    api.post(path, json={'successor_id': FAX}, **HR).expect(
        409, code='successor_deprecated')
    done = api.post(path, json={'successor_id': new['id']}, **HR).expect(
        200).json()
    assert (done['state'], done['successor_id']) == ('deprecated', new['id'])
    listed = api.get('/v1/skills', query={'q': old['label']}).json()['items']
    assert old['id'] not in ids(listed)
    listed = api.get('/v1/skills', query={
        'q': old['label'], 'state': 'deprecated,suggested'}).json()['items']
    assert old['id'] in ids(listed)
    back = api.post(f"/v1/skills/{old['id']}/approve", **HR).expect(200)
    assert back.json()['successor_id'] is None


def test_only_hr_changes(api, add):
    skill = add()
    for roles in (['member'], ['leader'], ['trainer', 'member']):
        api.patch(f"/v1/skills/{skill['id']}", as_='an', roles=roles,
                  json={'kind': 'tool'}).expect(403)
    api.patch(f"/v1/skills/{skill['id']}", roles=['integrator'],
              scope='skills:read', json={'kind': 'tool'}).expect(403)
    api.patch(f"/v1/skills/{skill['id']}", roles=['integrator'],
              scope='skills:write', json={'kind': 'tool'}).expect(200)


def test_a_relation_to_nothing(add):
    add(422, relations=[{'type': 'requires', 'skill_id': str(uuid.uuid4())}])


@pytest.mark.parametrize('what', ['relations', 'external_refs'])
def test_what_shows_at_once_is_hr_s(api, add, worlds, what):
    import fixtures
    given = {what: fixtures.official(worlds['demo'])[what]}
    add(403, as_hr=False, **given)
    assert add(as_hr=False, **{what: []})['state'] == 'suggested'
    assert add(**given)[what]


def test_groups_are_hr_s(api, add, worlds):
    word = worlds['demo'].word()
    assert add(403, as_hr=False, kind='group', labels={'en': word})
    group = add(kind='group', labels={'en': word})
    # Shelves of different pillars may carry one name.
    other = add(kind='group', labels={'en': word})
    assert group['id'] != other['id']


# Labels

def test_the_language_of_a_label(api, add, worlds):
    word = worlds['demo'].word()
    skill = add(labels={'nl': f'{word} kunnen', 'fr': f'savoir {word}'},
                descriptions={'fr': 'Une chose.', 'nl': 'Een ding.'})
    path = f"/v1/skills/{skill['id']}"
    for asked, label, text in (
            ('nl', f'{word} kunnen', 'Een ding.'),
            ('fr-BE', f'savoir {word}', 'Une chose.'),
            ('de', f'{word} kunnen', 'Een ding.'),
            ('en', f'{word} kunnen', 'Een ding.')):
        seen = api.get(path, headers={'Accept-Language': asked}).json()
        assert (seen['label'], seen['description']) == (label, text), asked
        assert seen['labels'] == skill['labels']


def test_labels_are_merged_by_language(api, add, worlds):
    words = [worlds['demo'].word() for _ in range(6)]
    skill = add(labels={'en': words[0], 'nl': words[1]},
                alt_labels={'en': [words[2]], 'nl': [words[3]]})
    done = patch(api, skill, labels={'nl': None, 'fr': words[4]},
                 alt_labels={'en': [words[5], words[2]], 'nl': None})
    assert done['labels'] == {'en': words[0], 'fr': words[4]}
    assert done['alt_labels'] == {'en': [words[5], words[2]]}
    assert done['version'] == 2
    for word, found in ((words[5], True), (words[3], False)):
        items = api.get('/v1/skills', query={'q': word}).json()['items']
        assert (skill['id'] in ids(items)) == found, word
    done = patch(api, skill, alt_labels={'en': []})
    assert done['alt_labels'] == {}


@pytest.mark.parametrize('labels, code', [
    ({'en': None}, 'skill_labels_required'),
    ({'EN': 'Something'}, 'language_unknown'),
    ({'english': 'Something'}, 'language_unknown'),
    ({'de': '\ufdfa' * 20}, 'label_too_long'),
])
def test_labels_that_are_refused(api, add, labels, code):
    patch(api, add(), 422, code, labels=labels)
    if None not in labels.values():
        api.post('/v1/skills', json={
            'labels': labels, 'confirmed_new': True}).expect(422, code=code)


def test_a_name_is_one_skill_s(api, add, worlds):
    word = worlds['demo'].word()
    skill = add(labels={'en': f'Crème {word}', 'nl': word})
    reply = api.post('/v1/skills', json={
        'labels': {'en': f'  creme   {word.upper()}'.strip()},
        'confirmed_new': True}).expect(409, code='skill_name_taken')
    assert reply.json()['errors'][0]['pointer'] == '/labels'
    # The same word in another language, or as another word, is no matter.
    add(labels={'fr': f'Crème {word}'})
    other = add(alt_labels={'en': [f'Crème {word}']})
    patch(api, other, 409, 'skill_name_taken',
          labels={'en': f'CRÈME {word}'})
    patch(api, skill, labels={'en': f'Creme {word}'})


def test_similar_skills_are_offered_first(api, add, worlds):
    word = worlds['demo'].word()
    skill = add(labels={'en': f'Tuning {word} engines'})
    body = {'labels': {'en': f'tuning {word} engine'}}
    reply = api.post('/v1/skills', json=body).expect(
        409, code='similar_skills_exist').json()
    assert reply['candidates'][0] == {
        'id': skill['id'], 'label': skill['label'], 'state': 'active'}
    assert len(reply['candidates']) <= 5
    api.post('/v1/skills', json={**body, 'confirmed_new': False}).expect(409)
    api.post('/v1/skills', json={**body, 'confirmed_new': True}).expect(201)


def test_a_stale_version(api, add):
    skill = add()
    path = f"/v1/skills/{skill['id']}"
    etag = api.get(path).etag
    api.patch(path, json={'kind': 'tool'}, headers={'If-Match': etag},
              **HR).expect(200)
    for method, way, body in (
            ('PATCH', path, {'kind': 'method'}),
            ('POST', path + '/deprecate', {}),
            ('POST', path + '/merge', {'into_id': SPREADSHEETS})):
        api.call(method, way, json=body, headers={'If-Match': etag},
                 **HR).expect(412, code='stale_version')
    assert api.get(path).json()['kind'] == 'tool'


# Parents and relations

def test_parents(api, add):
    group, other = add(kind='group'), add(kind='group')
    skill = add(parent_ids=[group['id'], other['id']])
    assert sorted(ids(skill['parents'])) == sorted(
        [group['id'], other['id']])
    under = api.get('/v1/skills', query={'parent_id': group['id']})
    assert ids(under.json()['items']) == [skill['id']]
    done = patch(api, skill, parent_ids=[other['id']])
    assert done['parents'] == [{'id': other['id'], 'kind': 'group',
                                'labels': other['labels']}]
    patch(api, other, labels={'nl': f"{other['label']} nl"})
    seen = api.get(f"/v1/skills/{skill['id']}").json()['parents'][0]
    assert seen['labels']['nl'] == f"{other['label']} nl"
    patch(api, skill, 422, 'skill_parent_unknown',
          parent_ids=[str(uuid.uuid4())])
    assert ids(api.get(f"/v1/skills/{skill['id']}").json()['parents']) == [
        other['id']]


def test_browsing_from_the_top(api):
    top = api.pages('/v1/skills', query={'kind': 'group', 'top': 'true',
                                         'limit': 3})
    assert WORKING_TOGETHER in ids(top)
    below = api.get('/v1/skills', query={
        'kind': 'group', 'parent_id': WORKING_TOGETHER}).json()['items']
    assert {item['label'] for item in below} == {
        'Learning and guiding', 'Organising work'}
    assert all(item['kind'] == 'group' for item in top + below)
    everything = api.get('/v1/skills', query={'limit': 200}).json()['items']
    assert 'group' not in {item['kind'] for item in everything}


def test_no_skill_is_above_itself(api, add):
    one, two, three = add(), add(), add()
    patch(api, two, parent_ids=[one['id']])
    patch(api, three, parent_ids=[two['id']])
    patch(api, one, 409, 'skill_parent_cycle', parent_ids=[three['id']])
    patch(api, one, 409, 'skill_parent_cycle', parent_ids=[one['id']])


def test_two_halves_of_a_cycle(api, add):
    """Each half locks its own two skills, and both stand between them."""
    for _ in range(12):
        one, two, three, four = (add() for _ in range(4))
        patch(api, two, parent_ids=[three['id']])
        patch(api, four, parent_ids=[one['id']])
        halves = [(one, two), (three, four)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            replies = list(pool.map(
                lambda half: api.patch(
                    f"/v1/skills/{half[0]['id']}",
                    json={'parent_ids': [half[1]['id']]}, **HR), halves))
        assert sorted(reply.status_code for reply in replies) == [200, 409]


def test_relations(api, add):
    one, two = add(), add()
    skill = add(relations=[
        {'type': 'requires', 'skill_id': one['id']},
        {'type': 'similar', 'skill_id': two['id']}])
    assert [(x['type'], x['skill_id']) for x in skill['relations']] == [
        ('requires', one['id']), ('similar', two['id'])]
    # Resemblance goes both ways, the rest does not.
    seen = api.get(f"/v1/skills/{two['id']}").json()['relations']
    assert [(x['type'], x['skill_id']) for x in seen] == [
        ('similar', skill['id'])]
    assert api.get(f"/v1/skills/{one['id']}").json()['relations'] == []
    patch(api, skill, relations=[])
    assert api.get(f"/v1/skills/{two['id']}").json()['relations'] == []
    patch(api, skill, 422, 'skill_relation_itself', relations=[
        {'type': 'similar', 'skill_id': skill['id']}])
    patch(api, skill, 422, 'skill_relation_unknown', relations=[
        {'type': 'requires', 'skill_id': str(uuid.uuid4())}])


def test_external_ids(api, add, worlds):
    name = worlds['demo'].word()
    skill = add(external_refs=[{'scheme': 'internal', 'id': f'x:{name}'}])
    found = api.get('/v1/skills', query={'external_ref': f'internal:x:{name}'})
    assert ids(found.json()['items']) == [skill['id']]
    other = add()
    patch(api, other, 409, 'external_ref_taken',
          external_refs=[{'scheme': 'internal', 'id': f'x:{name}'}])
    patch(api, skill, external_refs=[])
    patch(api, other, external_refs=[{'scheme': 'internal',
                                      'id': f'x:{name}'}])
    api.get('/v1/skills', query={'external_ref': 'isbn:1'}).expect(400)


# Lists

@pytest.mark.parametrize('language, first, then', [
    ('nl', 'Arabisch', 'Duits'), ('fr', 'Allemand', 'Arabe'),
    ('en', 'Arabic', 'Dutch'), ('de', 'Arabisch', 'Deutsch')])
def test_the_order_of_names_is_the_language_s(api, language, first, then):
    items = api.pages('/v1/skills', query={'kind': 'language', 'limit': 4},
                      headers={'Accept-Language': language})
    spelt = [item['label'] for item in items]
    assert spelt.index(first) < spelt.index(then)
    assert len(set(ids(items))) == len(items) >= 10


def test_a_copy_is_kept_up_to_date(api, add):
    old, new = add(), add()
    as_of = api.get('/v1/skills', query={'order': 'updated'}).json()['as_of']
    api.post(f"/v1/skills/{old['id']}/merge", json={'into_id': new['id']},
             **HR).expect(201)
    changed = api.pages('/v1/skills', query={
        'order': 'updated', 'updated_since': as_of, 'limit': 50})
    states = {item['id']: item for item in changed}
    assert states[old['id']]['state'] == 'merged'
    assert states[old['id']]['merged_into'] == new['id']
    assert states[new['id']]['state'] == 'active'
    times = [item['updated_at'] for item in changed]
    assert times == sorted(times)


def test_a_default_page_has_a_second(api):
    page = api.get('/v1/skills').expect(200).json()
    assert len(page['items']) == 50
    assert page['next'] is not None


# What is kept twice

@pytest.mark.last
def test_repeats_say_the_same(db):
    """After everything that other tests did."""
    for column in ('parents', 'relations', 'external_refs', 'merged_from'):
        wrong = db.column(
            f'select s.id::text from skill s join skill_document d'
            f' on d.org_id = s.org_id and d.id = s.id'
            f' where s.{column} <> d.{column} limit 5')
        assert not wrong, (column, wrong)
    for table, view, columns in (
            ('skill_label', 'wanted_skill_label',
             'org_id, skill_id, language, normalized, kind, live'),
            ('skill_name', 'wanted_skill_name',
             'org_id, skill_id, language, sort')):
        for one, other in ((table, view), (view, table)):
            wrong = db.execute(
                f'select {columns} from {one} except'
                f' select {columns} from {other} limit 5')
            assert not wrong, (one, wrong)
