"""hefboom import people: once, again, with every mistake a file can have.

Mutations: `coalesce(i.email, p.email)` turned round (a file wins over what it
leaves empty); a commit before the employments (a half import); the faults of
a later row hidden by the first one; a column called by its name, whatever
that would do to a terminal; what stays taken from what was there before the row
was free (test_what_somebody_else_just_wrote_stays); import_people_date left out
(test_what_comes_late_is_dated_late).
"""

import concurrent.futures
import contextlib
import datetime
import itertools
import time

import pytest

from harness import locks

HEADER = ('external_id,user_name,given_name,family_name,email,language,zone,'
          'country,team,team_parent,manager_external_id,title,start_on,'
          'end_on,primary,active').split(',')
_count = itertools.count()


@pytest.fixture
def org(server):
    """A new organisation."""
    name = f'import-{next(_count)}-{int(time.time())}'
    server.command('org', 'create', name)
    return name


@pytest.fixture
def put(server, org, tmp_path):
    """put(rows) imports them; a row is a mapping or a line of text."""
    tmp_path.chmod(0o755)

    def run(rows, header=HEADER, check=True, encoding='utf-8'):
        lines = [','.join(header)]
        for row in rows:
            lines.append(row if isinstance(row, str) else ','.join(
                str(row.get(name, '')) for name in header))
        path = tmp_path / 'people.csv'
        path.write_bytes('\n'.join(lines).encode(encoding) + b'\n')
        return server.command('import', 'people', path, '--org', org,
                              check=check)
    return run


@pytest.fixture
def people(db, org):
    def read(*columns):
        return dict((row[0], row[1:]) for row in db.execute(
            f'select user_name, {", ".join(columns)} from person where org_id'
            ' = (select id from organisation where name = %s)', [org]))
    return read


@pytest.fixture
def employments(db, org):
    def read():
        return db.execute(
            'select p.user_name, t.name, m.user_name, e.title,'
            ' lower(e.during), upper(e.during), e.is_primary'
            ' from employment e join person p on p.id = e.person_id'
            ' left join team t on t.id = e.team_id'
            ' left join person m on m.id = e.manager_id'
            ' where e.org_id = (select id from organisation where name = %s)'
            ' order by 1, 7 desc, 5', [org])
    return read


def person(number, **more):
    return {'external_id': f'E{number}', 'user_name': f'user{number}',
            'given_name': f'Given{number}', 'family_name': f'Family{number}',
            **more}


THREE = [
    person(1, team='Care', team_parent='Operations', manager_external_id='E2',
           title='Adviser', start_on='2023-09-01', language='nl',
           zone='Europe/Brussels', country='BE', email='one@example.org'),
    person(2, team='Care', manager_external_id='E3', start_on='2020-01-01'),
    person(3, team='Operations', start_on='2019-01-01', language='fr'),
]
DAY = datetime.date.fromisoformat


def test_once_and_again(put, people, employments, db, org):
    report = put(THREE).stdout
    assert '3 new' in report and 'Teams: 2 new' in report
    found = people('display_name', 'language', 'zone', 'country', 'email',
                   'active', 'joined_on', 'version')
    assert found['user1'] == (
        'Given1 Family1', 'nl', 'Europe/Brussels', 'BE', 'one@example.org',
        True, DAY('2023-09-01'), 1)
    assert found['user3'][1:3] == ('fr', 'Europe/Brussels')
    assert employments() == [
        ('user1', 'Care', 'user2', 'Adviser', DAY('2023-09-01'), None, True),
        ('user2', 'Care', 'user3', None, DAY('2020-01-01'), None, True),
        ('user3', 'Operations', None, None, DAY('2019-01-01'), None, True)]
    parent = db.one(
        'select u.name from team t join team u on u.id = t.parent_id where'
        " t.name = 'Care' and t.org_id = (select id from organisation where"
        ' name = %s)', [org])
    assert parent == 'Operations'
    before = db.fingerprint(db.one(
        'select id from organisation where name = %s', [org]))
    assert put(THREE).stdout.startswith('Nothing changed')
    assert put(THREE[::-1]).stdout.startswith('Nothing changed')
    after = db.fingerprint(db.one(
        'select id from organisation where name = %s', [org]))
    assert after == before


def test_events(put, db, org):
    put(THREE)
    put([person(1, email='new@example.org')])

    def told():
        return sorted(db.execute(
            'select event, version, body from outbox where org_id = (select'
            ' id from organisation where name = %s)', [org]), key=str)
    assert told() == sorted([
        ('person.created', 1, {})] * 3 + [('team.created', 1, {})] * 2
        + [('person.updated', 2, {'changed': ['email']})], key=str)


def test_empty_is_not_delete(put, people, employments):
    put(THREE)
    before = people('email', 'country', 'language', 'version')
    rows = employments()
    report = put([{'external_id': 'E1'}, {'external_id': 'E2'}]).stdout
    assert report.startswith('Nothing changed')
    assert people('email', 'country', 'language', 'version') == before
    assert employments() == rows


def test_who_is_absent_is_left_alone(put, people):
    put(THREE)
    put([person(4)])
    assert [active for active, in people('active').values()] == [True] * 4


def test_change(put, people, employments):
    put(THREE)
    report = put([person(1, family_name='Wed', active='no', language='de')])
    assert '1 changed' in report.stdout
    assert people('display_name', 'active', 'language', 'version')[
        'user1'] == ('Given1 Wed', False, 'de', 2)


def test_a_transfer_ends_what_was_before(put, employments, people):
    put(THREE)
    put([person(1, team='Sales', manager_external_id='E3',
                start_on='2025-03-01')])
    assert employments()[:2] == [
        ('user1', 'Care', 'user2', 'Adviser', DAY('2023-09-01'),
         DAY('2025-03-01'), True),
        ('user1', 'Sales', 'user3', None, DAY('2025-03-01'), None, True)]
    assert people('version', 'joined_on')['user1'] == (2, DAY('2023-09-01'))


def test_without_a_start_the_present_one_is_corrected(put, employments):
    put(THREE)
    put([person(1, title='Senior adviser', end_on='2099-12-31')])
    assert employments()[0] == (
        'user1', 'Care', 'user2', 'Senior adviser', DAY('2023-09-01'),
        DAY('2100-01-01'), True)


def test_several_employments(put, employments):
    rows = [*THREE, {'external_id': 'E1', 'team': 'Council', 'primary': 'no',
                     'start_on': '2024-01-01', 'end_on': '2024-12-31'}]
    put(rows)
    assert employments()[:2] == [
        ('user1', 'Care', 'user2', 'Adviser', DAY('2023-09-01'), None, True),
        ('user1', 'Council', None, None, DAY('2024-01-01'),
         DAY('2025-01-01'), False)]
    assert put(rows).stdout.startswith('Nothing changed')


def test_known_by_user_name_alone(put, people):
    header = ['family_name', 'user_name', 'given_name']
    put([{'user_name': 'solo', 'given_name': 'So', 'family_name': 'Lo'}],
        header)
    # HR's number comes later, and it is the same person.
    put([{'external_id': 'E77', 'user_name': 'Solo'}])
    assert people('external_id', 'display_name', 'version') == {
        'Solo': ('E77', 'So Lo', 2)}


def test_names_as_they_are_written(put, people):
    put([person(1, given_name='"Zoë, ""Zo"""', family_name="'t Hooft\\N")])
    assert people('given_name', 'family_name')['user1'] == (
        'Zoë, "Zo"', "'t Hooft\\N")


@pytest.mark.parametrize('rows, errors', [
    ([person(1, manager_external_id='E9')],
     ["row 2: manager_external_id 'E9' is nobody in this file or the"
      ' organisation']),
    ([person(1, manager_external_id='E1')],
     ['row 2: nobody is their own manager']),
    ([person(1, manager_external_id='E2'),
      person(2, manager_external_id='E3'),
      person(3, manager_external_id='E1'), person(4)],
     [f'row {row}: the managers lead back to the person' for row in (2, 3, 4)]
     ),
    ([{'given_name': 'No', 'family_name': 'Body'}],
     ['row 2: external_id and user_name are both empty']),
    ([{'external_id': 'E1', 'given_name': 'New'}],
     ['row 2: user_name is empty, and nobody has this external_id yet']),
    ([{'external_id': 'E1', 'user_name': 'new'}],
     ['row 2: given_name and family_name are both empty']),
    ([person(1), person(2, user_name='USER1')],
     ["row 3: user_name 'USER1' is also row 2's"]),
    ([person(1), person(1, family_name='Else')],
     ['row 3: family_name differs from row 2']),
    ([person(1, language='es')], ["row 2: language 'es' is not one of en"]),
    ([person(1, zone='Belgium')], ["row 2: zone 'Belgium' is no IANA"]),
    ([person(1, country='be')], ["row 2: country 'be' is not two capital"]),
    ([person(1, email='nobody')], ["row 2: email 'nobody' is not an e-mail"]),
    ([person(1, start_on='2023-02-29')],
     ["row 2: start_on '2023-02-29' is not a date"]),
    ([person(1, start_on='01/02/2023')], ['is not a date']),
    ([person(1, start_on='2023-02-01', end_on='2023-01-31')],
     ['row 2: end_on is before the start']),
    ([person(1, primary='maybe')], ["row 2: primary 'maybe' is not true or"]),
    ([person(1, active='x')], ["row 2: active 'x' is not true or false"]),
    ([person(1, given_name='x' * 100)],
     ['row 2: given_name is longer than 99 characters']),
    ([person(1, given_name='A\x07B')], ['row 2: it holds a control char']),
    ([person(1, given_name='A\u202eB')], ['row 2: it holds a control char']),
    ([person(1, team_parent='Up')], ['row 2: team_parent is given, but no']),
    ([person(1, team='A', team_parent='a')],
     ["row 2: team 'A' is its own team_parent"]),
    ([person(1, team='A', team_parent='B'),
      person(2, team='A', team_parent='C')],
     ["team 'A' has another team_parent in another row"]),
    ([person(1, team='A', team_parent='B'),
      person(2, team='B', team_parent='A')],
     ['the team_parents lead in a circle']),
    ([person(1, start_on='2023-01-01', team='A'),
      person(1, start_on='2024-01-01', team='B')],
     ['row 3: it is primary at the same time as row 2']),
    ([person(1, start_on='2023-01-01', primary='no', team='A'),
      person(1, start_on='2023-01-01', primary='no', team='A')],
     ['row 3: it is the same employment as row 2']),
    (['E1,user1,Given'], ['row 2: 3 fields, where the header has 16']),
    (['E1,"user1'], ['row 2: a quote is never closed']),
    ([person(1, country='XXX'), person(2, language='xx'),
      person(3, start_on='soon')],
     ['row 2: country', 'row 3: language', 'row 4: start_on']),
])
def test_mistakes(put, people, rows, errors, db, org):
    result = put(rows, check=False)
    assert result.returncode == 1, result.stdout
    for error in errors:
        assert error in result.stderr, result.stderr
    assert len(result.stderr.splitlines()) == len(errors), result.stderr
    assert people('id') == {}
    assert db.one('select count(*) from team where org_id = (select id from'
                  ' organisation where name = %s)', [org]) == 0


def test_mistakes_about_who_is_there(put, people):
    put([*THREE, {**person(4), 'external_id': ''}])
    before = people('external_id', 'version')
    result = put([person(9, user_name='user3')], check=False)
    assert "row 2: user_name 'user3' is somebody else's" in result.stderr
    result = put([person(3, manager_external_id='E1')], check=False)
    assert ('row 2: the managers lead back to the person' in result.stderr)
    result = put([person(1, start_on='2020-01-01', team='Care')], check=False)
    assert ('row 2: it is primary at the same time as an employment that'
            ' starts on 2023-09-01' in result.stderr)
    assert people('external_id', 'version') == before


def test_the_first_mistakes_only(put):
    result = put([person(n, country='?') for n in range(50)], check=False)
    lines = result.stderr.splitlines()
    assert len(lines) == 21 and lines[-1].endswith('and more')


@pytest.mark.parametrize('header, error', [
    (['external_id', 'salary'], "there is no column 'salary'; the columns"),
    (['external_id', 'external_id'], 'columns 1 and 2 have one name'),
    (['"\x1b[2J\n"'] * 2, 'columns 1 and 2 have one name'),
    (['given_name'], 'a column external_id or user_name is needed'),
    (['external_id', ''], "there is no column ''"),
])
def test_headers(put, header, error):
    result = put([], header, check=False)
    assert result.returncode == 1 and error in result.stderr, result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.rstrip('\n').isprintable()


def test_other_encodings_are_refused(put, people):
    result = put([person(1, given_name='Zoë')], check=False,
                 encoding='latin-1')
    assert result.returncode == 1
    assert 'row 2: field 3 is not UTF-8' in result.stderr
    assert people('id') == {}


def test_nobody_to_import_for(server, tmp_path):
    path = tmp_path / 'people.csv'
    path.write_text('user_name\n')
    result = server.command('import', 'people', path, '--org', 'nowhere',
                            check=False)
    assert result.returncode == 1
    assert "There is no organisation 'nowhere'" in result.stderr
    result = server.command('import', 'people', tmp_path / 'none.csv',
                            '--org', 'demo', check=False)
    assert result.returncode == 1
    assert 'No such file' in result.stderr


def test_an_empty_file(put):
    assert put([]).stdout.startswith('Nothing changed: 0 rows')


def test_many(put, people):
    """Ten thousand rows, managers behind those they lead."""
    rows = [person(n, team=f'Team {n // 9}', start_on='2020-01-01',
                   **({'manager_external_id': f'E{n // 9 + 1}'}
                      if n > 1 and n // 9 + 1 < n else {}))
            for n in range(10000, 0, -1)]
    began = time.monotonic()
    put(rows)
    assert time.monotonic() - began < 30
    assert len(people('id')) == 10000
    assert put(rows).stdout.startswith('Nothing changed')


def test_what_somebody_else_just_wrote_stays(put, people, server, db, org):
    """The file leaves the address empty; SCIM is writing it meanwhile."""
    put(THREE)
    rival = server.connect()
    rival.autocommit = False
    with contextlib.closing(rival), concurrent.futures.ThreadPoolExecutor(
            1) as importing:
        rival.cursor().execute(
            "update person set email = 'new@example.org', version ="
            " version + 1 where user_name = 'user1' and org_id = (select id"
            ' from organisation where name = %s)', [org])
        done = importing.submit(put, [person(1, given_name='Other')])
        locks.waited_for(db, rival)
        rival.commit()
        done.result()
    assert people('given_name', 'email', 'display_name', 'version')[
        'user1'] == ('Other', 'new@example.org', 'Other Family1', 3)


def test_what_comes_late_is_dated_late(put, server, db, org):
    """Else who follows a list by as_of would pass by what took long."""
    put(THREE)
    org_id = db.one('select id from organisation where name = %s', [org])
    since = locks.held_up(server, db, org_id, lambda: put([
        person(1, given_name='Other'), person(4, team='Late')]))
    for table, name in (('person', 'user_name'), ('team', 'name')):
        assert set(db.column(
            f'select {name} from {table} where org_id = %s and updated_at > %s'
            ' and updated_at < clock()', [org_id, since])) == {
                'person': {'user1', 'user4'}, 'team': {'Late'}}[table]
