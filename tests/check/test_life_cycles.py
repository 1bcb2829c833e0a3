"""openapi/states.yaml, the tables and the document speak of the same states.

What the actions do is tests/api/test_states.py.

Mutations: a state left out of a table's check, of a schema's enum, of
states.yaml; `x-states` not served: each fails.
"""

import re

import pytest

import document as reader
from test_document import ROOT

MACHINES = reader.read(str(ROOT / 'openapi' / 'states.yaml'),
                       reader.Faults(str(ROOT)))
kinds = pytest.mark.parametrize('kind', MACHINES)
CHECKS = """
select pg_get_constraintdef(c.oid)
  from pg_constraint c
  join pg_attribute a
    on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
 where c.conrelid = to_regclass(%s) and c.contype = 'c'
   and a.attname = 'state'
"""


@kinds
def test_the_table_knows_these_states(kind, db):
    table = MACHINES[kind]['table']
    found = [sorted(re.findall(r"'(\w+)'::text", one))
             for one in db.column(CHECKS, [table])]
    assert found == [sorted(MACHINES[kind]['states'])], (
        f'{table} has no one check of column state with these states')


@kinds
def test_the_document_shows_these_states(kind, document):
    """In the schema that is named as the kind is: FeedbackRequest."""
    name = kind.title().replace('_', '')
    schemas = document.json['components']['schemas']
    if name not in schemas and MACHINES[kind]['table'] != kind:
        name = MACHINES[kind]['table'].title().replace('_', '')
    assert name in schemas, f'no schema {name}'
    state = document.resolve(reader.properties(
        document.json, schemas[name]).get('state', {}))
    assert sorted(state.get('enum', ())) == sorted(MACHINES[kind]['states'])


def test_the_document_has_the_machines(document):
    assert document.json['x-states'] == MACHINES


@pytest.mark.parametrize('kind, action', [
    (kind, action) for kind in MACHINES for action in MACHINES[kind]['actions']])
def test_the_description_tells(kind, action, document):
    told = document.operations[action].entry['description'].split(' From ')[-1]
    for state, then in MACHINES[kind]['actions'][action]['from'].items():
        assert f'`{state}` to `{then}`' in told
