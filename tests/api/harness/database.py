"""database -- psycopg2 with less ceremony, and what a tenant's rows are."""

from .waiting import eventually


class Database:
    def __init__(self, connection):
        self.connection = connection

    def close(self):
        self.connection.close()

    def execute(self, text, values=None):
        with self.connection.cursor() as cursor:
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else []

    def one(self, text, values=None):
        """The first column of the first row, or None."""
        rows = self.execute(text, values)
        return rows[0][0] if rows else None

    def column(self, text, values=None):
        return [row[0] for row in self.execute(text, values)]

    def tables(self):
        """Every ordinary table of ours."""
        return self.column(
            "select c.relname from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = 'public' and c.relkind in ('r', 'p')"
            " and not exists (select from pg_depend d where d.objid = c.oid"
            " and d.deptype = 'e') order by 1")

    def tenant_tables(self):
        """Tables with org_id: the ones that walls stand around."""
        return self.column(
            "select c.relname from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace"
            " join pg_attribute a on a.attrelid = c.oid"
            " where n.nspname = 'public' and c.relkind in ('r', 'p')"
            " and a.attname = 'org_id' and not a.attisdropped order by 1")

    def fingerprint(self, org_id, without=()):
        """{table: (rows, hash)} of everything one organisation owns, when
        nothing is about to change it."""
        self.settle(org_id)
        found = {}
        for table in self.tenant_tables():
            if table not in without:
                found[table] = self.execute(
                    f'select count(*), md5(coalesce(string_agg(md5(t::text),'
                    f" '' order by md5(t::text)), '')) from \"{table}\" t"
                    f' where org_id = %s', [org_id])[0]
        return found

    def settle(self, *org_ids):
        """Waits until no job is due there for a while: what differs
        afterwards is the caller's own doing.  A seat that a fixture holds is
        let go five minutes later, in the middle of whatever."""
        eventually(lambda: not self.one(
            'select count(*) from timer where org_id = any(%s::uuid[]) and'
            " parked_at is null and due_at <= clock() + interval '5 seconds'",
            [list(org_ids)]), 30, 'a job is due for half a minute')

    def counts(self, org_id, without=()):
        self.settle(org_id)
        tables = [table for table in self.tenant_tables()
                  if table not in without]
        return dict(self.execute(' union all '.join(
            f"select '{table}', count(*) from \"{table}\""
            f" where org_id = %(org)s" for table in tables),
            {'org': org_id}))
