"""What goes by age is found by an index, or stands first: an hourly purge does
not read all that is kept.

Mutation: in purge_outbox the time asked beside the organisation, in the order
of the ids: found.
"""

import re

import pytest

from check.test_tenant_plans import explain, scans
from harness import baked
from harness.libpq import Plain


@pytest.fixture(scope='module')
def plans(server):
    """name -> plan of each purge, as if what it keeps were very much."""
    plain = Plain(server.owner_url)
    try:
        plain.execute("set plan_cache_mode = 'force_generic_plan'")
        plain.execute('set enable_seqscan = off')
        yield {text.name: explain(plain, outcome, len(text.types))['Plan']
               for text, outcome in baked.prepared_for_c(plain)
               if text.name.startswith('purge_')}
    finally:
        plain.close()


def has_index(db, table, column):
    """By organisation and then that; on few rows any index is as good."""
    return db.one('select true from pg_indexes where tablename = %s'
                  ' and indexdef like %s limit 1',
                  [table, f'%%(org_id, {column}%%'])


def test_a_purge_reads_what_is_old(plans, db):
    assert len(plans) >= 6
    faults = [f'{name}: {table}: {node["Filter"]}'
              for name, plan in plans.items()
              for table, _, node in scans(plan)
              for column in re.findall(r'(\w+) <', node.get('Filter', ''))
              if not has_index(db, table, column)]
    assert not faults, '\n'.join(faults)
