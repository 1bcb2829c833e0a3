"""With its policies a look-up of SCIM still goes by more of an index than the
organisation: of 100,000 people it reads those whom it wants.

Mutations: `u.id = coalesce(...)` without a subselect in scim_read_user; the
user name compared in scim_find_users instead of by person_named: found.
"""

import re

import pytest

from check.test_tenant_plans import explain, scans
from harness import baked
from harness.libpq import Plain

LARGE = {'person', 'scim_person', 'employment', 'team', 'scim_team'}


@pytest.fixture(scope='module')
def plans(server, db):
    """name -> plan of each statement, as the runtime role's generic plan."""
    plain = Plain(server.runtime_url)
    found = {}
    try:
        for text in (text for statement in baked.tree().statements
                     for text in baked.texts(None, statement)
                     if text.name.startswith('scim_')):
            plain.execute("set plan_cache_mode = 'force_generic_plan'")
            plain.execute('set enable_seqscan = off')
            found[text.name] = explain(
                plain, plain.prepare(text.text, text.types),
                len(text.types))['Plan']
    finally:
        plain.close()
    return found


def faults(plan):
    """Where a column equals what a policy does not let an index look for."""
    return [f'{node["Node Type"]} of {table}: {node["Filter"]}'
            for table, _, node in scans(plan) if table in LARGE and re.search(
                r'\w+ = (COALESCE|CASE|\w+\()|\(lower\(\w+\) = ',
                node.get('Filter', ''))]


def test_each_look_up_has_its_index(plans):
    assert {'scim_add_user', 'scim_read_user', 'scim_find_users'} <= set(plans)
    found = {name: faults(plan) for name, plan in plans.items()}
    assert not any(found.values()), found


def test_the_check_itself(server):
    plain = Plain(server.runtime_url)
    try:
        plain.execute("set plan_cache_mode = 'force_generic_plan'")
        plain.execute('set enable_seqscan = off')
        slow = plain.prepare('select p.id from person p where p.org_id = $1'
                             ' and lower(p.user_name) = lower($2)', [2950, 25])
        assert faults(explain(plain, slow, 2)['Plan'])
    finally:
        plain.close()
