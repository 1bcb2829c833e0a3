"""Each refusal that an operation of SCIM lists as its own, provoked as a
client provokes it, and the answers that no other file meets.

The table is all there are: a code that is added to openapi/paths/scim.yaml
needs a row.  A refused request has changed nothing.

Mutations: `problems` of scim_update_user with scim_uniqueness (no row for
it); refuse('scim_uniqueness') left out of scim_put_group (the name's index
answers, with another code); brake_deactivation left out of scim_delete_user;
is_read_only() that is always false; SCIM_REPLY_MAX doubled;
SCIM_USER_OPERATIONS_MAX, SCIM_GROUP_FILTERS_MAX, SCIM_BULK_OPERATIONS_MAX one more, one
less; wants_resource never set for a PATCH.
"""

import pytest

import fixtures
from harness.calls import Call
from harness.machines import Org
from harness.world import World

USER = fixtures.CORE + 'User'
GROUP = fixtures.CORE + 'Group'
ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
NOBODY = '01923c1a-6f00-7000-8000-000000000a01'
TABLES = ('person', 'scim_person', 'team', 'scim_team', 'employment',
          'sync_change')


class Site(Org):
    """An organisation of its own, and a machine that may do everything."""

    def __init__(self, server, db, api, people=0):
        super().__init__(server, db, people)
        self.world = World(api, db, self.name, 'identity-provider')

    def send(self, operation, **fields):
        call = Call(self.world, self.world.api.document.operations[operation],
                    as_=self.world.as_, **fixtures.scim(**fields))
        return call.send()

    def word(self):
        return self.world.word().replace(' ', '.').lower()

    def user(self, **more):
        return self.send('scim_create_user', json=user(self.word(), **more)
                         ).expect(201).json()

    def group(self, **more):
        return self.send('scim_create_group', json=group(self.word(), **more)
                         ).expect(201).json()

    def imported(self, **columns):
        """(id, user name) of somebody whom no identity provider has told."""
        name = self.word()
        return self.put('person', user_name=name, display_name=name,
                        **columns), name

    def put(self, table, **columns):
        return self.db.one(
            f'insert into {table} (org_id, id, {", ".join(columns)}) values'
            f' (%s, uuid7(), {", ".join(["%s"] * len(columns))})'
            ' returning id::text', [self.id, *columns.values()])

    def state(self):
        """Another one as soon as a row that SCIM may write is written."""
        return [self.db.one(
            f"select md5(string_agg(t.ctid || ' ' || t.xmin, ' '"
            f' order by t.ctid)) from {table} t where org_id = %s', [self.id])
            for table in TABLES]


def user(name, **more):
    return {'schemas': [USER], 'userName': name, **more}


def group(name, **more):
    return {'schemas': [GROUP], 'displayName': name, **more}


def managed_by(person):
    return {ENTERPRISE: {'manager': {'value': person}}}


def patch(*operations):
    return {'schemas': [fixtures.MESSAGES + 'PatchOp'],
            'Operations': list(operations)}


def replace(path, value):
    return patch({'op': 'replace', 'path': path, 'value': value})


def search(**more):
    return {'json': {'schemas': [fixtures.MESSAGES + 'SearchRequest'],
                     **more}}


def at(resource, json):
    return {'path': {'id': resource['id']}, 'json': json}


@pytest.fixture(scope='module')
def site(server, db, api):
    return Site(server, db, api)


@pytest.fixture(scope='module')
def paused(server, db, api):
    """Five of twenty were let go; the sixth one stopped it."""
    site = Site(server, db, api, 20)
    for number in range(1, 6):
        site.send('scim_update_user', **leaves(site, f'p{number}')).expect(204)
    site.send('scim_update_user', **leaves(site, 'p6')).expect(
        403, code='deactivations_paused')
    return site


@pytest.fixture(scope='module')
def large(server, db, api):
    """Users of 60 KB each, and a group whose members alone are 9 MB: made as
    many requests would make them."""
    site = Site(server, db, api)
    db.execute(
        'insert into scim_person (org_id, person_id, document)'
        " select %s, p.id::uuid, jsonb_build_object('entitlements', ("
        " select jsonb_agg(jsonb_build_object('value',"
        " repeat('x', 4000) || n)) from generate_series(1, 15) n))"
        ' from unnest(%s) p (id)', [site.id, site.hire(150, 'big')])
    site.everybody = site.group()
    db.execute(
        'with member as (insert into person (org_id, id, user_name,'
        " display_name) select %s, uuid7(), 'm' || n, repeat('語', 200)"
        ' from generate_series(1, 12000) n returning org_id, id)'
        ' insert into employment (org_id, person_id, team_id, during,'
        ' is_primary) select org_id, id, %s, daterange(today(), null), false'
        ' from member', [site.id, site.everybody['id']])
    return site


# The table: how each operation comes to each of its codes

ROWS = {}


def row(code, *operations, status=400, where='site'):
    """Of a function that answers what to send, once all is there for it."""
    def keep(function):
        for operation in operations:
            assert (operation, code) not in ROWS
            ROWS[operation, code] = (function, status, where)
        return function
    return keep


@row('scim_invalid_filter', 'scim_list_users', 'scim_list_groups')
def no_filter(site):
    return {'query': {'filter': 'displayName is "x"'}}


@row('scim_invalid_filter', 'scim_search_users', 'scim_search_groups',
     'scim_search')
def no_filter_in_a_body(site):
    return search(filter='displayName is "x"')


# Bodies

@row('scim_invalid_syntax', 'scim_create_user', 'scim_create_group')
def another_schema(site):
    return {'json': {'schemas': ['urn:example:nothing'], 'userName': 'x'}}


@row('scim_invalid_syntax', 'scim_replace_user')
def another_schema_instead(site):
    return at(site.user(), another_schema(site)['json'])


@row('scim_invalid_syntax', 'scim_replace_group')
def another_schema_instead_of_a_group(site):
    return at(site.group(), another_schema(site)['json'])


@row('scim_invalid_syntax', 'scim_update_user')
def an_unknown_operation(site):
    return at(site.user(), patch({'op': 'move', 'path': 'title'}))


@row('scim_invalid_syntax', 'scim_update_group')
def an_unknown_operation_on_a_group(site):
    return at(site.group(), patch({'op': 'move', 'path': 'members'}))


@row('scim_invalid_syntax', 'scim_bulk')
def no_operations(site):
    return {'json': {'schemas': [fixtures.MESSAGES + 'BulkRequest'],
                     'Operations': {}}}


@row('scim_invalid_value', 'scim_create_user')
def no_user_name(site):
    return {'json': {'schemas': [USER], 'displayName': 'Nobody'}}


@row('scim_invalid_value', 'scim_replace_user')
def no_user_name_any_more(site):
    return at(site.user(), no_user_name(site)['json'])


@row('scim_invalid_value', 'scim_update_user')
def two_primary_values(site):
    return at(site.user(), replace('emails', [
        {'value': f'{name}@example.org', 'primary': True} for name in 'ab']))


@row('scim_invalid_value', 'scim_create_group')
def a_member_whom_nobody_knows(site):
    return {'json': group(site.word(), members=[{'value': NOBODY}])}


@row('scim_invalid_value', 'scim_replace_group')
def such_a_member_instead(site):
    made = site.group(members=[{'value': site.user()['id']}])
    return at(made, group(made['displayName'], members=[{'value': NOBODY}]))


@row('scim_invalid_value', 'scim_update_group')
def such_a_member_too(site):
    return at(site.group(), patch({'op': 'add', 'path': 'members',
                                   'value': [{'value': NOBODY}]}))


# Paths of a PATCH

@row('scim_invalid_path', 'scim_update_user')
def an_unknown_attribute(site):
    return at(site.user(), replace('favourite', 'x'))


@row('scim_invalid_path', 'scim_update_group')
def an_attribute_of_users(site):
    return at(site.group(), replace('userName', 'x'))


@row('scim_mutability', 'scim_update_user')
def an_id(site):
    return at(site.user(), replace('id', NOBODY))


@row('scim_mutability', 'scim_update_group')
def a_member_as_somebody_else(site):
    one = site.user()['id']
    return at(site.group(members=[{'value': one}]), replace(
        f'members[value eq "{one}"].value', site.user()['id']))


@row('scim_no_target', 'scim_update_user')
def an_address_that_is_not_there(site):
    return at(site.user(emails=[{'value': 'a@example.org', 'type': 'work'}]),
              replace('emails[value eq "b@example.org"].display', 'x'))


@row('scim_no_target', 'scim_update_group')
def what_is_not_said(site):
    return at(site.group(), patch({'op': 'remove'}))


# What somebody or something else has

@row('scim_uniqueness', 'scim_create_user', status=409)
def the_name_of_a_user(site):
    return {'json': user(site.user()['userName'].upper())}


@row('scim_uniqueness', 'scim_create_group', status=409)
def the_name_of_a_group(site):
    return {'json': group(site.group()['displayName'].upper())}


@row('person_user_name_taken', 'scim_create_user', status=409)
def one_by_external_id_another_by_name(site):
    """Neither is a user yet; who is meant, cannot have the other's name."""
    external_id = site.word()
    site.imported(external_id=external_id)
    _, name = site.imported()
    return {'json': user(name, externalId=external_id)}


@row('person_user_name_taken', 'scim_replace_user', status=409)
def the_name_of_another(site):
    return at(site.user(), user(site.user()['userName'].upper()))


@row('person_user_name_taken', 'scim_update_user', status=409)
def the_name_of_somebody_imported(site):
    return at(site.user(), replace('userName', site.imported()[1]))


@row('team_name_taken', 'scim_create_group', status=409)
def one_team_by_external_id_another_by_name(site):
    external_id, name = site.word(), site.word()
    site.put('team', name=site.word(), external_id=external_id)
    site.put('team', name=name)
    return {'json': group(name, externalId=external_id)}


@row('team_name_taken', 'scim_replace_group', status=409)
def the_name_of_another_group(site):
    return at(site.group(), group(site.group()['displayName'].upper()))


@row('team_name_taken', 'scim_update_group', status=409)
def the_name_of_a_team(site):
    name = site.word()
    site.put('team', name=name)
    return at(site.group(), replace('displayName', name))


# Managers

@row('manager_cycle', 'scim_create_user')
def adopted_below_who_is_below(site):
    person, name = site.imported()
    below, _ = site.imported()
    site.db.execute(
        'insert into employment (org_id, person_id, manager_id, during)'
        ' values (%s, %s, %s, daterange(today(), null))',
        [site.id, below, person])
    return {'json': user(name, **managed_by(below))}


@row('manager_cycle', 'scim_replace_user')
def below_who_is_below(site):
    above = site.user()
    below = site.user(**managed_by(above['id']))
    return at(above, user(above['userName'], **managed_by(below['id'])))


@row('manager_cycle', 'scim_update_user')
def below_oneself(site):
    one = site.user()
    return at(one, replace(f'{ENTERPRISE}:manager', {'value': one['id']}))


# The brake

def leaves(site, name):
    return at({'id': site.person(name)}, replace('active', False))


@row('deactivations_paused', 'scim_create_user', status=403, where='paused')
def adopted_as_one_who_left(site):
    return {'json': user('p7', active=False)}


@row('deactivations_paused', 'scim_replace_user', status=403, where='paused')
def replaced_by_one_who_left(site):
    return at({'id': site.person('p8')}, user('p8', active=False))


@row('deactivations_paused', 'scim_update_user', status=403, where='paused')
def one_who_leaves(site):
    return leaves(site, 'p9')


@row('deactivations_paused', 'scim_delete_user', status=403, where='paused')
def one_who_is_deleted(site):
    return {'path': {'id': site.person('p10')}}


# Too much.  JUST has for each what is just not too much.

JUST = {}


def just(operation, status=200, where='large'):
    def keep(function):
        JUST[operation] = (function, status, where)
        return function
    return keep


@row('scim_too_many', 'scim_list_users', where='large')
def a_long_page(site):
    return {'query': {'count': 200}}


@just('scim_list_users')
def a_shorter_page(site):
    return {'query': {'count': 130}}


@row('scim_too_many', 'scim_search_users', 'scim_search', where='large')
def a_long_page_by_a_body(site):
    return search(count=200)


@just('scim_search_users')
@just('scim_search')
def a_shorter_page_by_a_body(site):
    return search(count=130)


@row('scim_too_many', 'scim_list_groups', where='large')
def a_page_with_a_large_group(site):
    return {}


@just('scim_list_groups')
def a_page_without_members(site):
    return {'query': {'excludedAttributes': 'members'}}


@row('scim_too_many', 'scim_search_groups', where='large')
def a_page_with_a_large_group_by_a_body(site):
    return search()


@just('scim_search_groups')
def a_page_without_members_by_a_body(site):
    return search(excludedAttributes=['members'])


@row('scim_too_many', 'scim_get_group', where='large')
def a_large_group(site):
    return {'path': {'id': site.everybody['id']}}


@just('scim_get_group')
def a_large_group_without_members(site):
    return {**a_large_group(site), **a_page_without_members(site)}


def many_operations(site, count):
    return at(site.user(), patch(*[
        {'op': 'replace', 'path': 'title', 'value': str(number)}
        for number in range(count)]))


@row('scim_too_many', 'scim_update_user')
def more_than_a_thousand_operations(site):
    return many_operations(site, 1001)


@just('scim_update_user', 204, 'site')
def a_thousand_operations(site):
    return many_operations(site, 1000)


def many_filters(site, count):
    return at(site.group(members=[{'value': site.user()['id']}]), patch(*[
        {'op': 'remove', 'path': f'members[display sw "{number}"]'}
        for number in range(count)]))


@row('scim_too_many', 'scim_update_group')
def more_than_thirty_filters(site):
    return many_filters(site, 31)


@just('scim_update_group', 204, 'site')
def thirty_filters(site):
    return many_filters(site, 30)


def bulk(site, count):
    """Of operations that are refused, each by itself: they cost little."""
    return {'json': {'schemas': [fixtures.MESSAGES + 'BulkRequest'],
                     'Operations': [{'method': 'PUT', 'path': '/Nothing'}
                                    for _ in range(count)]}}


@row('scim_bulk_too_large', 'scim_bulk', status=413)
def more_than_a_thousand_in_bulk(site):
    return bulk(site, 1001)


@just('scim_bulk', where='site')
def a_thousand_in_bulk(site):
    return bulk(site, 1000)


@pytest.mark.parametrize('operation, code', ROWS)
def test_refusals(request, operation, code):
    function, status, where = ROWS[operation, code]
    site = request.getfixturevalue(where)
    sent = function(site)
    before = site.state()
    site.send(operation, **sent).expect(status, code=code)
    assert site.state() == before, 'something is changed'


@pytest.mark.parametrize('operation', JUST)
def test_what_is_just_not_too_much(request, operation):
    function, status, where = JUST[operation]
    site = request.getfixturevalue(where)
    site.send(operation, **function(site)).expect(status)


def test_the_table_is_complete(document):
    assert set(ROWS) == {
        (operation.id, code) for operation in document.operations.values()
        if operation.scim for code in operation.own_codes}
    assert {operation for operation, code in ROWS if code in (
        'scim_too_many', 'scim_bulk_too_large')} == set(JUST)


# Answers that nothing else asks for

def test_a_changed_user_is_answered_when_asked_for(site):
    one = site.user(title='Guide')
    sent = at(one, replace('title', 'Director'))
    got = site.send('scim_update_user', **sent, query={
        'attributes': 'title'}).expect(200).json()
    assert got == {'schemas': [USER], 'id': one['id'], 'title': 'Director'}


def test_a_changed_group_is_answered_when_asked_for(site):
    one = site.user()
    sent = at(site.group(), patch({'op': 'add', 'path': 'members',
                                   'value': [{'value': one['id']}]}))
    got = site.send('scim_update_group', **sent, query={
        'attributes': 'members'}).expect(200).json()
    assert [member['value'] for member in got['members']] == [one['id']]


def test_a_changed_group_may_be_too_large_to_answer(large):
    """What was done is never answered as if it were not: its members are
    left out.  Mutation: scim_too_many for it, as a GET says."""
    for name in (large.everybody['displayName'] + ' now',
                 large.everybody['displayName']):
        changed = large.send(
            'scim_update_group', **at(large.everybody, replace(
                'displayName', name)),
            query={'attributes': 'members,displayName'}).expect(200).json()
        assert changed['displayName'] == name
        assert 'members' not in changed
    sent = at(large.everybody, replace(
        'displayName', large.everybody['displayName']))
    large.send('scim_update_group', **sent, query={
        'excludedAttributes': 'members'}).expect(200)
    large.send('scim_update_group', **sent).expect(204)


@pytest.mark.parametrize('kind, known', [
    ('ResourceTypes', 'User'), ('Schemas', USER)])
def test_documents_that_are_none(api, kind, known):
    for name in ('Nothing', known + 's', known[:-1], known + '%20'):
        api.get(f'/scim/v2/{kind}/{name}', as_=None).expect(
            404, code='not_found')
    for name in ('%00', known + '%00', '%ff', known + '%4'):
        api.get(f'/scim/v2/{kind}/{name}', as_=None).expect(
            400, code='bad_request')
    api.get(f'/scim/v2/{kind}/{known.upper()}', as_=None).expect(200)
