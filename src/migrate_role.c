#include "hefboom/migrate.h"

#include "hefboom/link.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"

/* NULL when the role is as weak as it should be. */
static const char strength[] =
    "select r.rolname, case"
    "	when r.rolsuper then 'is a superuser'"
    "	when r.rolbypassrls then 'passes by row-level security'"
    "	when r.rolcreaterole then 'may make roles'"
    "	when exists (select from pg_database d"
    "		where d.datname = current_database()"
    "		and pg_has_role(r.oid, d.datdba, 'member'))"
    "		then 'owns the database'"
    "	when exists (select from pg_namespace n"
    "		where n.nspname = 'public'"
    "		and pg_has_role(r.oid, n.nspowner, 'member'))"
    "		then 'owns the schema'"
    "	when exists (select from pg_class c"
    "		where c.relnamespace = 'public'::regnamespace"
    "		and pg_has_role(r.oid, c.relowner, 'member'))"
    "		then 'owns tables'"
    "	when exists (select from pg_proc p"
    "		where p.pronamespace = 'public'::regnamespace"
    "		and pg_has_role(r.oid, p.proowner, 'member'))"
    "		then 'owns functions'"
    "	end"
    "  from pg_roles r where r.rolname = current_user";

int migrate_check_role(struct link *runtime, char **error)
{
	if (link_query(runtime, strength, 0, NULL) != 1) {
		*error = memory_format(
		    "cannot tell what the database role may do: %s",
		    link_error(runtime));
		return -1;
	}
	if (link_value(runtime, 0, 1) == NULL)
		return 0;
	*error = memory_format("the database role %s %s; the server must run "
			       "as one that owns nothing, or organisations "
			       "are not kept apart",
	    link_value(runtime, 0, 0), link_value(runtime, 0, 1));
	return -1;
}

/* As short as this, PostgreSQL puts its body where it is called. */
static const char machine_clock[] =
    "create or replace function clock() returns timestamptz"
    " language sql stable parallel safe as 'select now()';"
    "drop table if exists test_clock;";

int migrate_clock(struct link *owner, bool test, char **error)
{
	static const char is_machine[] =
	    "select from pg_proc where proname = 'clock'"
	    " and btrim(prosrc) = 'select now()'"
	    " and to_regclass('test_clock') is null";
	int status;

	if (test)
		status =
		    link_statement(owner, statement_find("test_clock"), NULL);
	else if (link_query(owner, is_machine, 0, NULL) == 1)
		return 0;
	else
		status = link_script(owner, machine_clock);
	if (status >= 0)
		return 0;
	*error = memory_format("cannot set the clock: %s", link_error(owner));
	return -1;
}
