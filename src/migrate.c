#include "hefboom/migrate.h"

#include "hefboom/buf.h"
#include "hefboom/link.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"

/* Any number, as long as every release uses the same. */
#define LOCK "7296453119"

static const char bookkeeping[] =
    "create table if not exists hefboom_migration ("
    "	name text primary key,"
    "	hash text not null,"
    "	run_at timestamptz not null default now());"
    "comment on table hefboom_migration is 'what migrate has run';"
    "comment on column hefboom_migration.name is"
    "	'personal: none; keep: always';"
    "comment on column hefboom_migration.hash is"
    "	'personal: none; keep: always';"
    "comment on column hefboom_migration.run_at is"
    "	'personal: none; keep: always';";

/* Views and grants stand in the same table, under names with a colon. */
static const char unknown[] =
    "select name from hefboom_migration"
    " where name !~ ':' and name <> all ($1::text[]) order by name limit 1";

static const char compare[] =
    "select hash = encode(sha256(convert_to($2, 'UTF8')), 'hex')"
    "  from hefboom_migration where name = $1";

static const char remember[] =
    "insert into hefboom_migration (name, hash)"
    " values ($1, encode(sha256(convert_to($2, 'UTF8')), 'hex'))"
    " on conflict (name) do update"
    "   set hash = excluded.hash, run_at = now()";

/*
 * What the server may do; @ is its role, quoted.  Functions are for everybody
 * unless their migration says otherwise.  An owner who may not alter
 * roles leaves the timeouts to whoever made the role.
 */
static const char grants[] =
    "revoke create on schema public from public;"
    "grant usage on schema public to @;"
    "grant select, insert, update, delete on all tables in schema public"
    "	to @;"
    "grant usage on all sequences in schema public to @;"
    "revoke all on hefboom_migration from @;"
    "grant select on hefboom_migration to @;"
    "alter default privileges in schema public"
    "	grant select, insert, update, delete on tables to @;"
    "alter default privileges in schema public"
    "	grant usage on sequences to @;"
    "do $$ begin"
    "	alter role @ set statement_timeout = '30s';"
    "	alter role @ set lock_timeout = '2s';"
    "	alter role @ set idle_in_transaction_session_timeout = '10s';"
    "	alter role @ set timezone = 'UTC';"
    "	alter role @ set datestyle = 'ISO';"
    "	alter role @ set intervalstyle = 'iso_8601';"
    "	alter role @ set client_min_messages = 'error';"
    "exception when insufficient_privilege then null;"
    "end $$;";

enum seen { SEEN_NEVER, SEEN_SAME, SEEN_OTHER };

static int fail(struct link *link, const char *what, char **error)
{
	*error = memory_format("%s: %s", what, link_error(link));
	return -1;
}

static int seen(struct link *link, const char *name, const char *text)
{
	const char *values[] = {name, text};
	int rows = link_query(link, compare, 2, values);

	if (rows < 0)
		return -1;
	if (rows == 0)
		return SEEN_NEVER;
	return link_value(link, 0, 0)[0] == 't' ? SEEN_SAME : SEEN_OTHER;
}

static int note(struct link *link, const char *name, const char *text)
{
	const char *values[] = {name, text};

	return link_query(link, remember, 2, values) < 0 ? -1 : 0;
}

/* In a transaction; its error survives the rollback, as *error. */
static int commit_or_undo(
    struct link *link, int status, const char *name, char **error)
{
	if (status == 0 && link_script(link, "commit") == 0)
		return 0;
	*error = memory_format("%s failed: %s", name, link_error(link));
	link_script(link, "rollback");
	return -1;
}

static int migration_run(
    struct link *link, const struct migration *migration, char **error)
{
	int status = seen(link, migration->name, migration->text);

	if (status < 0)
		return fail(link, "cannot read what was migrated", error);
	if (status == SEEN_SAME)
		return 0;
	if (status == SEEN_OTHER) {
		*error = memory_format("migration %s was run with another "
				       "text; changes belong in a new one",
		    migration->name);
		return -1;
	}
	status = link_script(link, "begin");
	if (status == 0)
		status = link_script(link, migration->text);
	if (status == 0)
		status = note(link, migration->name, migration->text);
	return commit_or_undo(link, status, migration->name, error) < 0 ? -1
									: 1;
}

static char *view_note_name(const struct migration *view)
{
	return memory_format("view:%s", view->name);
}

static int view_create(struct link *link, const struct migration *view)
{
	char *name = view_note_name(view);
	int status = link_script(link, view->text);

	if (status == 0)
		status = note(link, name, view->text);
	free(name);
	return status;
}

/* Those that differ.  *at ends as the one that failed. */
static int views_replace(struct link *link, size_t *at, int *count)
{
	for (*at = 0; *at < view_count; ++*at) {
		const struct migration *view = &views[*at];
		char *name = view_note_name(view);
		int status = seen(link, name, view->text);

		free(name);
		if (status == SEEN_SAME)
			continue;
		if (status < 0 || view_create(link, view) < 0)
			return -1;
		++*count;
	}
	return 0;
}

static int views_recreate(struct link *link, size_t *at, int *count)
{
	size_t i;

	for (i = view_count; i > 0; i--) {
		char *text = memory_format(
		    "drop view if exists %s cascade", views[i - 1].name);
		int status = link_script(link, text);

		free(text);
		if (status < 0)
			return -1;
	}
	for (*at = 0; *at < view_count; ++*at) {
		if (view_create(link, &views[*at]) < 0)
			return -1;
	}
	*count = (int)view_count;
	return 0;
}

/*
 * `create or replace` refuses to lose or rename a column (42P16); then all
 * views are made anew, in one transaction: readers see the old or the new.
 */
static int views_run(struct link *link, char **error)
{
	int count = 0;
	size_t at = 0;
	int status = link_script(link, "begin");

	if (status == 0)
		status = views_replace(link, &at, &count);
	if (status < 0 && strcmp(link_sqlstate(link), "42P16") == 0) {
		status = link_script(link, "rollback; begin");
		if (status == 0)
			status = views_recreate(link, &at, &count);
	}
	if (commit_or_undo(link, status,
		at < view_count ? views[at].name : "the views", error) < 0)
		return -1;
	return count;
}

static int role_create(struct link *link, const char *role, char **quoted)
{
	const char *values[] = {role};
	int rows = link_query(link,
	    "select quote_ident($1), exists ("
	    "select from pg_roles where rolname = $1)",
	    1, values);
	char *text;
	int status = 0;

	if (rows < 0)
		return -1;
	*quoted = memory_string(link_value(link, 0, 0));
	if (link_value(link, 0, 1)[0] == 't')
		return 0;
	text = memory_format("create role %s login", *quoted);
	status = link_script(link, text);
	free(text);
	return status;
}

static char *grants_text(const char *quoted)
{
	struct buf text = {0};
	const char *c;

	for (c = grants; *c != '\0'; c++) {
		if (*c == '@')
			buf_add_string(&text, quoted);
		else
			buf_add_char(&text, *c);
	}
	return buf_take(&text, NULL);
}

static int grants_run(
    struct link *link, const char *role, bool changed, char **error)
{
	char *quoted = NULL, *name, *text;
	int status = role_create(link, role, &quoted);

	if (status < 0) {
		free(quoted);
		return fail(link, "cannot make the runtime role", error);
	}
	name = memory_format("grants:%s", role);
	text = grants_text(quoted);
	status = seen(link, name, text);
	if (status >= 0 && (changed || status != SEEN_SAME)) {
		status = link_script(link, "begin");
		if (status == 0)
			status = link_script(link, text);
		if (status == 0)
			status = note(link, name, text);
		status = commit_or_undo(link, status, "granting", error);
	} else if (status < 0)
		fail(link, "cannot read what was granted", error);
	free(quoted);
	free(name);
	free(text);
	return status < 0 ? -1 : 0;
}

/* A database that is newer than the program. */
static int check_unknown(struct link *link, char **error)
{
	struct buf names = {0};
	const char *values[1];
	size_t i;
	int rows;

	buf_add_char(&names, '{');
	for (i = 0; i < migration_count; i++)
		buf_add_format(
		    &names, "%s%s", i == 0 ? "" : ",", migrations[i].name);
	buf_add_char(&names, '}');
	values[0] = names.bytes;
	rows = link_query(link, unknown, 1, values);
	buf_release(&names);
	if (rows < 0)
		return fail(link, "cannot read what was migrated", error);
	if (rows == 0)
		return 0;
	*error = memory_format("the database is newer than this program: it "
			       "has migration %s",
	    link_value(link, 0, 0));
	return -1;
}

/* Everybody's words come as UTF-8, and must fit. */
static int check_encoding(struct link *link, char **error)
{
	if (link_query(
		link, "select current_setting('server_encoding')", 0, NULL) < 0)
		return fail(link, "cannot read the encoding", error);
	if (strcmp(link_value(link, 0, 0), "UTF8") == 0)
		return 0;
	*error = memory_format("the database is encoded in %s: create it with "
			       "encoding 'UTF8' template template0",
	    link_value(link, 0, 0));
	return -1;
}

static int run_locked(struct link *owner, const char *role, char **error)
{
	int count = 0, status;
	size_t i;

	if (check_encoding(owner, error) < 0)
		return -1;
	if (link_script(owner, bookkeeping) < 0)
		return fail(owner, "cannot keep book of migrations", error);
	if (check_unknown(owner, error) < 0)
		return -1;
	for (i = 0; i < migration_count; i++) {
		status = migration_run(owner, &migrations[i], error);
		if (status < 0)
			return -1;
		count += status;
	}
	status = views_run(owner, error);
	if (status < 0)
		return -1;
	count += status;
	if (grants_run(owner, role, count > 0, error) < 0)
		return -1;
	return count;
}

int migrate_run(struct link *owner, const char *runtime_role, char **error)
{
	int count;

	if (link_script(owner, "select pg_advisory_lock(" LOCK ")") < 0)
		return fail(owner, "cannot lock the database", error);
	count = run_locked(owner, runtime_role, error);
	link_script(owner, "select pg_advisory_unlock(" LOCK ")");
	return count;
}

int migrate_check(struct link *runtime, char **error)
{
	size_t i;
	int status;

	for (i = 0; i < migration_count; i++) {
		status = seen(runtime, migrations[i].name, migrations[i].text);
		if (status == SEEN_SAME)
			continue;
		*error = memory_format("the database lacks migration %s: set "
				       "HEFBOOM_OWNER_URL, or run hefboom "
				       "migrate with it",
		    migrations[i].name);
		return -1;
	}
	return check_unknown(runtime, error);
}
