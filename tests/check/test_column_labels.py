"""Every column of every table says whose it is and how long it is kept:
export, erasure and the catalogue of personal matters are made from that.

Mutation: `comment on column skill.kind is null` in the database.
"""

import re

LABEL = re.compile(r'personal: (owner|subject|none); keep: \S.*')
COLUMNS = """
select c.relname || '.' || a.attname, col_description(c.oid, a.attnum)
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid
 where n.nspname = 'public' and c.relkind in ('r', 'p')
   and a.attnum > 0 and not a.attisdropped
   and not exists (select from pg_depend d
                    where d.objid = c.oid and d.deptype = 'e')
"""


def unlabelled(db):
    return {name: label for name, label in db.execute(COLUMNS)
            if not LABEL.fullmatch(label or '')}


def test_every_column_has_a_label(db):
    assert db.execute(COLUMNS), 'no tables'
    assert not unlabelled(db)


def test_the_check_itself(db):
    db.execute('create table unlabelled (org_id uuid)')
    try:
        assert list(unlabelled(db)) == ['unlabelled.org_id']
    finally:
        db.execute('drop table unlabelled')


def test_keys_and_policies(db):
    """Each tenant table: the primary key, every unique index and every
    foreign key begin with org_id, and a policy stands before it."""
    faults = []
    for table in db.tenant_tables():
        for name, kind, columns in db.execute(
                "select conname, contype, (select array_agg(attname::text"
                " order by n) from unnest(conkey) with ordinality k(a, n)"
                " join pg_attribute on attrelid = conrelid and attnum = a)"
                " from pg_constraint where conrelid = %s::regclass"
                " and contype in ('p', 'u', 'f')", [table]):
            if 'org_id' not in columns and table != 'organisation':
                faults.append(f'{table}.{name} ({kind}): {columns}')
        for name, definition in db.execute(
                "select indexrelid::regclass::text, pg_get_indexdef("
                "indexrelid) from pg_index where indrelid = %s::regclass"
                " and indisunique", [table]):
            if 'org_id' not in definition:
                faults.append(f'{table}: {definition}')
        enabled, forced = db.execute(
            'select relrowsecurity, relforcerowsecurity from pg_class'
            ' where oid = %s::regclass', [table])[0]
        if not enabled or forced:
            faults.append(f'{table}: row security {enabled}/{forced}')
        policies = db.execute(
            'select pg_get_expr(polqual, polrelid), polcmd,'
            ' pg_get_expr(polwithcheck, polrelid) from pg_policy'
            ' where polrelid = %s::regclass', [table])
        if not any("current_setting('hefboom.org'" in (using or '')
                   and "NULLIF(" in using for using, *_ in policies):
            faults.append(f'{table}: policies {policies}')
    assert not faults, '\n'.join(faults)
