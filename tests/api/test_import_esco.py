"""`hefboom import esco`: the Commission's CSV layout, over and over again.

A small catalogue shows what becomes of the organisation's own; the real one
(../shared/data/esco, skipped where it is absent) how many there are and how
well they are found.

Mutations: `edited` not looked at; merged skills imported again; the reference
left out (a second run doubles everything); the search without `near`; names that
are taken as they are; the second date left out
(test_what_comes_late_is_dated_late).
"""

import csv
import itertools
import pathlib
import random

import pytest

from harness import locks

ESCO = pathlib.Path(__file__).resolve().parents[3] / 'shared/data/esco'
PEOPLE = pathlib.Path(__file__).resolve().parent / 'other-people.csv'
HR = {'as_': 'vera', 'roles': ['hr']}
URI = 'http://data.europa.eu/esco/skill/'
LANGUAGES = URI + 'e35a5936-091d-4e87-bafe-f264e55bd656'
real = pytest.mark.skipif(not ESCO.is_dir(),
                          reason='no ../shared/data/esco here')
_number = itertools.count(1)


class Catalogue:
    """A folder in ESCO's layout, and the organisation it goes into."""

    SKILL = ('conceptType,conceptUri,skillType,reuseLevel,preferredLabel,'
             'altLabels,hiddenLabels,status,modifiedDate,scopeNote,'
             'definition,inScheme,description').split(',')
    GROUP = ('conceptType,conceptUri,preferredLabel,altLabels,hiddenLabels,'
             'status,modifiedDate,scopeNote,inScheme,description,code').split(
        ',')
    COLLECTION = ('conceptType,conceptUri,skillType,reuseLevel,'
                  'preferredLabel,altLabels,description,broaderConceptUri,'
                  'broaderConceptPT').split(',')

    def __init__(self, folder, api, server):
        self.folder, self.api, self.server = folder, api, server
        self.org = f'esco-{next(_number)}'
        server.command('org', 'create', self.org)
        server.command('import', 'people', PEOPLE, '--org', self.org)
        self.skills = {
            'python': ('knowledge', 'Python', 'snakes code\nCPython', 'py'),
            'plan': ('skill/competence', 'plan work', 'make plans', ''),
            'order': ('skill/competence', 'put in order', 'tidy up', ''),
            'dutch': ('', 'Dutch', '', '')}
        self.groups = {'G1': 'organising', LANGUAGES: 'languages'}
        self.dutch = {'plan': ('werk plannen', 'plannen maken | inplannen')}
        self.broader = [('python', 'G1'), ('plan', 'G1'), ('order', 'plan'),
                        ('dutch', LANGUAGES)]
        self.relations = [('plan', 'essential', 'order'),
                          ('python', 'optional', 'plan')]
        self.status = {}
        self.write()

    @staticmethod
    def uri(name):
        return name if name.startswith('http') else URI + name

    def write(self):
        self.table('skills_en.csv', self.SKILL, [
            {'conceptUri': self.uri(name), 'skillType': kind,
             'conceptType': 'KnowledgeSkillCompetence',
             'preferredLabel': label, 'altLabels': other,
             'hiddenLabels': hidden, 'description': f'About {label}.',
             'status': self.status.get(name, 'released')}
            for name, (kind, label, other, hidden) in self.skills.items()])
        self.table('skillGroups_en.csv', self.GROUP, [
            {'conceptUri': self.uri(name), 'conceptType': 'SkillGroup',
             'preferredLabel': label, 'status': 'released'}
            for name, label in self.groups.items()])
        self.table('transversalSkillsCollection_nl.csv', self.COLLECTION, [
            {'conceptUri': self.uri(name), 'preferredLabel': label,
             'conceptType': 'KnowledgeSkillCompetence', 'altLabels': other}
            for name, (label, other) in self.dutch.items()])
        self.table('broaderRelationsSkillPillar.csv',
                   ['conceptType', 'conceptUri', 'broaderType', 'broaderUri'],
                   [{'conceptUri': self.uri(one), 'broaderUri':
                     self.uri(other)} for one, other in self.broader])
        self.table('skillSkillRelations.csv',
                   ['originalSkillUri', 'originalSkillType', 'relationType',
                    'relatedSkillType', 'relatedSkillUri'],
                   [{'originalSkillUri': self.uri(one), 'relationType': kind,
                     'relatedSkillUri': self.uri(other)}
                    for one, kind, other in self.relations])

    def table(self, name, columns, rows):
        with open(self.folder / name, 'w', newline='',
                  encoding='utf-8') as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(rows)

    def load(self, check=True):
        return self.server.command('import', 'esco', self.folder, '--org',
                                   self.org, check=check)

    def call(self, method, path, status=200, **rest):
        return self.api.call(method, path, org=self.org, **HR,
                             **rest).expect(status).json()

    def skill(self, name, **rest):
        items = self.call('GET', '/v1/skills', query={
            'external_ref': 'esco:' + self.uri(name),
            'kind': 'skill,knowledge,language,group,method,tool',
            'state': 'active,suggested,deprecated'}, **rest)['items']
        return items and self.call('GET', f"/v1/skills/{items[0]['id']}")

    def add(self, label, **members):
        return self.call('POST', '/v1/skills', 201, json={
            'labels': {'en': label}, 'confirmed_new': True, **members})

    def change(self, skill, **members):
        return self.call('PATCH', f"/v1/skills/{skill['id']}", json=members)


@pytest.fixture
def esco(tmp_path, api, server):
    tmp_path.chmod(0o755)
    return Catalogue(tmp_path, api, server)


def test_what_is_made_of_it(esco):
    report = esco.load().stdout
    assert '6 concepts; 6 new' in report
    python, plan, order, dutch = (
        esco.skill(name) for name in ('python', 'plan', 'order', 'dutch'))
    assert [x['kind'] for x in (python, plan, dutch)] == [
        'knowledge', 'skill', 'language']
    assert python['alt_labels'] == {'en': ['snakes code', 'CPython']}
    assert 'py' not in str(python['alt_labels'].get('en', [])[0])
    assert plan['labels'] == {'en': 'plan work', 'nl': 'werk plannen'}
    assert plan['alt_labels'] == {
        'en': ['make plans'], 'nl': ['plannen maken', 'inplannen']}
    assert plan['descriptions'] == {'en': 'About plan work.'}
    assert [(x['kind'], x['labels']['en']) for x in plan['parents']] == [
        ('group', 'organising')]
    assert [x['id'] for x in order['parents']] == [plan['id']]
    assert [(x['type'], x['skill_id']) for x in plan['relations']] == [
        ('requires', order['id'])]
    assert [(x['type'], x['skill_id']) for x in python['relations']] == [
        ('helped_by', plan['id'])]
    assert python['external_refs'] == [{'scheme': 'esco',
                                        'id': URI + 'python'}]
    assert (python['state'], python['suggested_by']) == ('active', None)
    # Hidden labels are found and not shown.
    found = esco.call('GET', '/v1/skills', query={'q': 'py'})['items']
    assert found[0]['id'] == python['id']


@pytest.mark.parametrize('at, column', [
    (1, 'preferredLabel'), (2, 'altLabels'), (3, 'hiddenLabels')])
@pytest.mark.parametrize('odd', ['\x1b[2J', '\u202e', '\u2028', '\ufdd0'])
def test_names_that_are_none(esco, at, column, odd):
    """As little as by the API; blanks of any kind are blanks."""
    good = esco.skills['plan']
    row = list(good)
    row[at] = f'a\tb\n{odd}c'
    esco.skills['plan'] = tuple(row)
    esco.write()
    result = esco.load(check=False)
    assert result.returncode == 1
    assert result.stderr == (f'{esco.folder}/skills_en.csv: row 3: {column}'
                             ' holds a control character\n')
    row[at] = 'a\tb\nc'
    esco.skills['plan'] = tuple(row)
    esco.write()
    esco.load()


def test_a_second_run_changes_nothing(esco, db):
    esco.load()
    org = db.one('select id from organisation where name = %s', [esco.org])
    before = db.fingerprint(org)
    assert esco.load().stdout.startswith('Nothing changed: 6 concepts.')
    assert db.fingerprint(org) == before


def test_what_comes_late_is_dated_late(esco, db, server):
    """Else who follows the list by as_of would pass by what took long."""
    esco.load()
    org = db.one('select id from organisation where name = %s', [esco.org])
    esco.skills['late'] = ('', 'coming late', '', '')
    esco.skills['plan'] = ('skill/competence', 'plan works', '', '')
    esco.write()
    since = locks.held_up(server, db, org, esco.load)
    assert {'coming late', 'plan works'} <= set(db.column(
        'select name from skill where org_id = %s and updated_at > %s'
        ' and updated_at < clock()', [org, since]))


def test_a_newer_version(esco):
    esco.load()
    order = esco.skill('order')
    esco.skills['order'] = ('skill/competence', 'put things in order',
                            'tidy up', '')
    esco.skills['sort'] = ('skill/competence', 'sort', '', '')
    esco.status['python'] = 'obsolete'
    esco.broader[2] = ('order', 'G1')
    esco.broader.append(('sort', 'plan'))
    esco.relations = [('plan', 'optional', 'sort')]
    esco.write()
    report = esco.load().stdout
    assert '1 new' in report
    now = esco.skill('order')
    assert now['id'] == order['id']
    assert now['version'] == order['version'] + 1
    assert now['label'] == 'put things in order'
    assert [x['labels']['en'] for x in now['parents']] == ['organising']
    assert [x['labels']['en'] for x in esco.skill('sort')['parents']] == [
        'plan work']
    assert [x['type'] for x in esco.skill('plan')['relations']] == [
        'helped_by']
    assert esco.skill('python')['state'] == 'deprecated'
    assert esco.skill('python')['relations'] == []
    assert esco.load().stdout.startswith('Nothing changed')


def test_what_the_organisation_changed_stays(esco):
    esco.load()
    plan, own = esco.skill('plan'), esco.add('Own shelf', kind='group')
    esco.change(plan, labels={'en': 'Plan the work', 'fr': 'Planifier'},
                alt_labels={'en': []}, descriptions={'en': None},
                kind='method', parent_ids=[own['id']], relations=[])
    esco.call('POST', f"/v1/skills/{esco.skill('dutch')['id']}/deprecate",
              json={})
    changed = {name: esco.skill(name) for name in ('plan', 'dutch')}
    assert esco.load().stdout.startswith('Nothing changed')
    # What nobody touched follows the catalogue still.
    esco.dutch['plan'] = ('werk inplannen', 'plannen maken')
    esco.write()
    assert '1 changed' in esco.load().stdout
    now = esco.skill('plan')
    assert now['labels'] == {'en': 'Plan the work', 'fr': 'Planifier',
                             'nl': 'werk inplannen'}
    for name in ('kind', 'parents', 'relations', 'descriptions'):
        assert now[name] == changed['plan'][name], name
    assert now['alt_labels'] == {'nl': ['plannen maken']}
    assert esco.skill('dutch') == changed['dutch']


def test_an_own_skill_of_the_same_name_is_joined(esco):
    own = esco.add('PYTHON', descriptions={'en': 'Ours.'}, kind='tool')
    other = esco.add('Something else')
    report = esco.load().stdout
    assert '5 new, 1 joined' in report
    python = esco.skill('python')
    assert python['id'] == own['id']
    assert (python['label'], python['description'], python['kind']) == (
        'PYTHON', 'Ours.', 'tool')
    assert python['alt_labels'] == {'en': ['snakes code', 'CPython']}
    assert [x['labels']['en'] for x in python['parents']] == ['organising']
    assert esco.call('GET', f"/v1/skills/{other['id']}") == other
    assert esco.load().stdout.startswith('Nothing changed')


def test_a_name_that_is_taken(esco):
    """The organisation renamed a concept to what another is called."""
    esco.load()
    esco.change(esco.skill('plan'), labels={'en': 'sort'})
    esco.skills['sort'] = ('skill/competence', 'sort', '', '')
    esco.write()
    report = esco.load().stdout
    assert '1 left out: other skills carry their names.' in report
    assert not esco.skill('sort')
    esco.dutch['sort'] = ('sorteren', '')
    esco.write()
    esco.load()
    assert esco.skill('sort')['labels'] == {'nl': 'sorteren'}
    assert esco.skill('sort')['alt_labels'] == {'en': ['sort']}


def test_merges_survive(esco, db):
    esco.load()
    plan, order, python = (
        esco.skill(name) for name in ('plan', 'order', 'python'))
    own = esco.add('Own thing', relations=[
        {'type': 'requires', 'skill_id': python['id']}])
    done = [esco.call('POST', f"/v1/skills/{one['id']}/merge", 201,
                      json={'into_id': other['id']})
            for one, other in ((own, order), (plan, order))]
    merged = esco.call('GET', f"/v1/skills/{plan['id']}")
    assert merged['id'] == order['id']
    org = db.one('select id from organisation where name = %s', [esco.org])
    before = db.fingerprint(org)
    report = esco.load().stdout
    assert report.startswith('Nothing changed: 6 concepts.')
    assert '1 left alone: you merged them.' in report
    assert db.fingerprint(org) == before
    # A newer version reaches the survivor, with what the merges brought.
    esco.skills['order'] = ('skill/competence', 'put in order',
                            'tidy up\nclean up', '')
    esco.write()
    assert '1 changed' in esco.load().stdout
    now = esco.call('GET', f"/v1/skills/{order['id']}")
    assert set(now['alt_labels']['en']) == {
        'tidy up', 'clean up', 'Own thing', 'plan work', 'make plans'}
    assert {(x['type'], x['skill_id']) for x in now['relations']} == {
        ('requires', python['id'])}
    for one in reversed(done):
        esco.call('POST', f"/v1/skill-merges/{one['id']}/undo")
    assert esco.skill('plan')['alt_labels'] == plan['alt_labels']
    assert esco.skill('order')['alt_labels'] == {
        'en': ['tidy up', 'clean up']}
    assert esco.load().stdout.startswith('Nothing changed')


def test_both_walls_between_organisations(esco, db):
    other = db.one("select id from organisation where name = 'demo'")
    before = db.fingerprint(other, without=['timer', 'job'])
    esco.load()
    assert db.fingerprint(other, without=['timer', 'job']) == before


@pytest.mark.parametrize('break_it, words', [
    (lambda d: (d / 'skills_en.csv').unlink(),
     ['skills_XX.csv', 'no such file']),
    (lambda d: (d / 'skillSkillRelations.csv').unlink(),
     ['skillSkillRelations.csv', 'no such file']),
    (lambda d: (d / 'skills_en.csv').write_text('conceptUri,x\na,b\n'),
     ['skills_en.csv', 'no column conceptType']),
    (lambda d: (d / 'skills_en.csv').write_text(''), ['skills_en.csv']),
    (lambda d: (d / 'skillSkillRelations.csv').open('a').write('a,"b\n'),
     ['skillSkillRelations.csv', 'row']),
    (lambda d: (d / 'skillGroups_en.csv').open('a').write('a,b\n'),
     ['skillGroups_en.csv', 'row']),
    (lambda d: [f.unlink() for f in d.iterdir()], ['skills_XX.csv']),
])
def test_a_mistake_changes_nothing(esco, db, break_it, words):
    org = db.one('select id from organisation where name = %s', [esco.org])
    before = db.fingerprint(org)
    break_it(esco.folder)
    result = esco.load(check=False)
    assert result.returncode == 1
    assert result.stdout == ''
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    for word in words:
        assert word in lines[0]
    assert db.fingerprint(org) == before


def test_other_mistakes(esco, server):
    result = server.command('import', 'esco', esco.folder / 'nowhere',
                            '--org', esco.org, check=False)
    assert result.returncode == 1 and 'nowhere' in result.stderr
    result = server.command('import', 'esco', esco.folder, '--org',
                            'nobody', check=False)
    assert result.returncode == 1 and "'nobody'" in result.stderr


# The real one

@pytest.fixture(scope='module')
def everything(server, api):
    """ESCO 1.1.1, in an organisation of its own."""
    server.command('org', 'create', 'esco')
    server.command('import', 'people', PEOPLE, '--org', 'esco')
    return server.command('import', 'esco', ESCO, '--org', 'esco').stdout


def read(name):
    with open(ESCO / name, newline='', encoding='utf-8-sig') as stream:
        return list(csv.DictReader(stream))


def labels(language):
    """{uri: its labels} as the files have them."""
    if language == 'en':
        rows, between = read('skills_en.csv'), '\n'
    else:
        known = {row['conceptUri'] for row in read('skills_en.csv')}
        rows, between = [
            row for path in sorted(ESCO.glob(f'*Collection_{language}.csv'))
            for row in read(path.name) if row['conceptUri'] in known], ' | '
    return {row['conceptUri']: [
        ' '.join(label.split()) for label in
        [row['preferredLabel'], *row['altLabels'].split(between)]
        if label.strip()] for row in rows}


@real
def test_the_whole_of_esco(everything, api, db, server):
    assert '14536 concepts; 14536 new' in everything
    org = db.one("select id from organisation where name = 'esco'")
    kinds = dict(db.execute('select kind, count(*) from skill'
                            ' where org_id = %s group by 1', [org]))
    assert kinds['group'] == len(read('skillGroups_en.csv')) == 640
    assert sum(kinds.values()) - 640 == len(read('skills_en.csv')) == 13896
    assert set(kinds) == {'group', 'knowledge', 'language', 'skill'}
    assert db.one('select count(*) from skill_label'
                  ' where org_id = %s', [org]) > 100_000
    # Each skill hangs somewhere.
    assert db.one(
        "select count(*) from skill s where org_id = %s and kind <> 'group'"
        ' and not exists (select from skill_parent p where p.org_id ='
        ' s.org_id and p.skill_id = s.id)', [org]) == 0
    top = api.pages('/v1/skills', org='esco', query={
        'kind': 'group', 'top': 'true'})
    assert {x['label'] for x in top} >= {'skills', 'knowledge'}
    before = db.fingerprint(org)
    again = server.command('import', 'esco', ESCO, '--org', 'esco').stdout
    assert again.startswith('Nothing changed: 14536 concepts.')
    assert db.fingerprint(org) == before


LETTERS = 'abcdefghijklmnopqrstuvwxyz'


def mistype(label, draw):
    """One letter more, less, other, or two exchanged."""
    at = draw.randrange(len(label))
    letter = draw.choice(LETTERS)
    kind = draw.choice(('more', 'less', 'other', 'exchanged'))
    if kind == 'more':
        return label[:at] + letter + label[at:]
    if kind == 'exchanged' and len(label) > 1:
        at = min(at, len(label) - 2)
        return label[:at] + label[at + 1] + label[at] + label[at + 2:]
    if kind == 'less' and len(label) > 1:
        return label[:at] + label[at + 1:]
    return label[:at] + letter + label[at + 1:]


def plain(label):
    import unicodedata
    return ''.join(c for c in unicodedata.normalize('NFD', label)
                   if not unicodedata.combining(c))


@real
@pytest.mark.parametrize('language, seed', [
    ('en', 1), ('en', 2), ('nl', 1), ('nl', 2)])
def test_search_finds_what_is_mistyped(everything, api, db, language, seed):
    """500 labels at random, each with one random edit or without accents:
    the skill is among the first five for 95 of 100."""
    org = db.one("select id from organisation where name = 'esco'")
    ids = dict(db.execute('select external_id, skill_id::text'
                          ' from skill_reference where org_id = %s', [org]))
    draw = random.Random(seed)
    everyone = sorted((label, uri) for uri, some in labels(language).items()
                      for label in some)
    drawn = draw.sample(everyone, 500)
    missed = []
    for label, uri in drawn:
        q = mistype(label, draw)
        if not label.isascii() and draw.random() < 0.5:
            q = plain(label)
        found = api.get('/v1/skills', org='esco', query={
            'q': q, 'limit': 5}, headers={'Accept-Language': language})
        if ids[uri] not in [x['id'] for x in found.json()['items']]:
            missed.append((label, q))
    print(f'{language}: {500 - len(missed)} of 500', missed)
    assert len(missed) <= 25, missed


@real
def test_search_without_accents(everything, api, db):
    """All labels that have accents, without."""
    org = db.one("select id from organisation where name = 'esco'")
    ids = dict(db.execute('select external_id, skill_id::text'
                          ' from skill_reference where org_id = %s', [org]))
    tried, missed = 0, []
    for language in ('en', 'nl'):
        for uri, some in labels(language).items():
            for label in some:
                if plain(label) == label or tried >= 300:
                    continue
                tried += 1
                found = api.get('/v1/skills', org='esco', query={
                    'q': plain(label), 'limit': 5},
                    headers={'Accept-Language': language})
                if ids[uri] not in [x['id'] for x in found.json()['items']]:
                    missed.append(label)
    assert tried > 20
    assert len(missed) <= tried * 0.05, missed
