#include "hefboom/link.h"

#include <libpq-fe.h>

#include "hefboom/buf.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"

enum { ARGUMENTS_MAX = 64 };

struct link {
	PGconn *connection;
	PGresult *result;
	char *error;
	char sqlstate[6];
	char *constraint;
};

/* libpq ends its messages with a line feed and may write several lines. */
static char *one_line(const char *message)
{
	char *line = memory_string(message);
	char *c;
	size_t length = strlen(line);

	while (length > 0 && (line[length - 1] == '\n'))
		line[--length] = '\0';
	for (c = line; *c != '\0'; c++) {
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	}
	return line;
}

static void link_forget(struct link *link)
{
	PQclear(link->result);
	link->result = NULL;
	free(link->error);
	link->error = NULL;
	free(link->constraint);
	link->constraint = NULL;
	link->sqlstate[0] = '\0';
}

static size_t line_of(const char *text, const char *position)
{
	size_t at = strtoul(position, NULL, 10);
	size_t line = 1;

	for (; *text != '\0' && at > 1; text++) {
		line += *text == '\n';
		/* PostgreSQL counts characters. */
		at -= ((unsigned char)text[1] & 0xc0) != 0x80;
	}
	return line;
}

/*
 * Class 22 quotes the value that it did not like, which is somebody's; in a
 * whole text of our own nothing is.
 */
static void link_fail(
    struct link *link, const PGresult *result, const char *own_text)
{
	const char *position =
	    PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message =
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *constraint =
	    PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
	struct buf text = {0};

	if (state == NULL || message == NULL) {
		link->error = one_line(PQerrorMessage(link->connection));
		return;
	}
	if (own_text == NULL && strncmp(state, "22", 2) == 0)
		message = "the database cannot read a value";
	memcpy(link->sqlstate, state, strlen(state) < 6 ? strlen(state) : 5);
	link->sqlstate[5] = '\0';
	link->constraint =
	    constraint == NULL ? NULL : memory_string(constraint);
	buf_add_format(&text, "%s (%s", message, link->sqlstate);
	if (constraint != NULL)
		buf_add_format(&text, ", %s", constraint);
	if (own_text != NULL && position != NULL)
		buf_add_format(
		    &text, ", line %zu", line_of(own_text, position));
	buf_add_char(&text, ')');
	link->error = one_line(text.bytes);
	buf_release(&text);
}

static int link_take(struct link *link, PGresult *result, const char *own_text)
{
	ExecStatusType status = PQresultStatus(result);

	link_forget(link);
	link->result = result;
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
	    status == PGRES_EMPTY_QUERY || status == PGRES_COPY_IN)
		return PQntuples(result);
	link_fail(link, result, own_text);
	return -1;
}

/* Notices are about what we did on purpose: "already exists, skipping". */
static void ignore_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

struct link *link_open(const char *url, char **error)
{
	static const char *const names[] = {"dbname", "application_name",
	    "connect_timeout", "client_encoding", NULL};
	const char *const values[] = {url, "hefboom", "10", "UTF8", NULL};
	struct link *link = memory_zero(1, sizeof(*link));
	char *reason;

	link->connection = PQconnectdbParams(names, values, 1);
	if (PQstatus(link->connection) == CONNECTION_OK) {
		PQsetNoticeReceiver(link->connection, ignore_notice, NULL);
		return link;
	}
	reason = one_line(PQerrorMessage(link->connection));
	*error = memory_format("cannot connect to the database: %s", reason);
	free(reason);
	link_close(link);
	return NULL;
}

void link_close(struct link *link)
{
	if (link == NULL)
		return;
	link_forget(link);
	PQfinish(link->connection);
	free(link);
}

static const char *option_value(
    const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword != NULL; options++) {
		if (strcmp(options->keyword, keyword) == 0 &&
		    options->val != NULL)
			return options->val;
	}
	return "";
}

static bool is_local(const char *host)
{
	return host[0] == '\0' || host[0] == '/' || host[0] == '@' ||
	    strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
	    strcmp(host, "::1") == 0;
}

/* `hosts` may be a list, as "primary,replica". */
static bool all_local(const char *hosts)
{
	char *list = memory_string(hosts);
	char *rest = list, *host;
	bool local = true;

	while (local && (host = strsep(&rest, ",")) != NULL)
		local = is_local(host);
	free(list);
	return local;
}

/* As libpq will look for it: in the url, then in the environment. */
static const char *option_of(
    const PQconninfoOption *options, const char *keyword, const char *variable)
{
	const char *value = option_value(options, keyword);
	const char *fallback = getenv(variable);

	return value[0] == '\0' && fallback != NULL ? fallback : value;
}

/* NULL: on this machine. */
static const char *elsewhere(const PQconninfoOption *options)
{
	const char *service = option_of(options, "service", "PGSERVICE");
	const char *address = option_of(options, "hostaddr", "PGHOSTADDR");
	const char *host = address[0] != '\0'
	    ? option_value(options, "host")
	    : option_of(options, "host", "PGHOST");

	/* A service's file may name any machine. */
	if (service[0] != '\0')
		return service;
	if (!all_local(address))
		return address;
	return all_local(host) ? NULL : host;
}

int link_check_url(const char *url, bool tls, char **error)
{
	char *reason = NULL;
	PQconninfoOption *options = PQconninfoParse(url, &reason);
	const char *place;
	int status = 0;

	if (options == NULL) {
		/* libpq's reason quotes the url, password and all. */
		*error = memory_string("a database url must look like "
				       "postgresql://user@host/database");
		PQfreemem(reason);
		return -1;
	}
	place = tls ? elsewhere(options) : NULL;
	if (place != NULL &&
	    strcmp(option_value(options, "sslmode"), "verify-full") != 0) {
		*error = memory_format(
		    "the database on %s is on another machine: add "
		    "sslmode=verify-full to its url, or set "
		    "HEFBOOM_DATABASE_TLS=off if the network is safe by itself",
		    place);
		status = -1;
	}
	PQconninfoFree(options);
	return status;
}

char *link_url_user(const char *url)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	const char *user;
	char *copy;

	if (options == NULL)
		return NULL;
	user = option_value(options, "user");
	copy = user[0] == '\0' ? NULL : memory_string(user);
	PQconninfoFree(options);
	return copy;
}

int link_script(struct link *link, const char *text)
{
	return link_take(link, PQexec(link->connection, text), text) < 0 ? -1
									 : 0;
}

int link_query(
    struct link *link, const char *text, int count, const char *const *values)
{
	PGresult *result = PQexecParams(
	    link->connection, text, count, NULL, values, NULL, NULL, 0);

	return link_take(link, result, NULL);
}

int link_statement(struct link *link, const struct statement *statement,
    const char *const *values)
{
	Oid types[ARGUMENTS_MAX];
	struct buf text = {0};
	PGresult *result;
	int i;

	if (statement->argument_count > ARGUMENTS_MAX)
		abort();
	for (i = 0; i < statement->argument_count; i++)
		types[i] = statement->arguments[i].type;
	for (i = 0; i < statement->piece_count; i++) {
		const struct piece *piece = &statement->pieces[i];

		if (piece->kind == PIECE_TEXT)
			buf_add_string(&text, piece->text);
		else if (piece->kind == PIECE_KEYED && piece->other != NULL)
			buf_add_string(&text, piece->other);
	}
	result = PQexecParams(link->connection, text.bytes,
	    statement->argument_count, types, values, NULL, NULL, 0);
	buf_release(&text);
	return link_take(link, result, NULL);
}

const char *link_value(struct link *link, int row, int column)
{
	if (link->result == NULL || row >= PQntuples(link->result) ||
	    column >= PQnfields(link->result) ||
	    PQgetisnull(link->result, row, column))
		return NULL;
	return PQgetvalue(link->result, row, column);
}

const char *link_error(struct link *link)
{
	return link->error == NULL ? "" : link->error;
}

const char *link_sqlstate(struct link *link)
{
	return link->sqlstate;
}

const char *link_constraint(struct link *link)
{
	return link->constraint == NULL ? "" : link->constraint;
}

int link_copy_begin(struct link *link, const char *text)
{
	return link_script(link, text);
}

int link_copy_data(struct link *link, const char *bytes, size_t length)
{
	enum { CHUNK = 1 << 20 };

	while (length > 0) {
		int part = length > CHUNK ? CHUNK : (int)length;

		if (PQputCopyData(link->connection, bytes, part) != 1) {
			link_forget(link);
			link->error =
			    one_line(PQerrorMessage(link->connection));
			return -1;
		}
		bytes += part;
		length -= (size_t)part;
	}
	return 0;
}

int link_copy_end(struct link *link)
{
	PGresult *result, *last = NULL;

	if (PQputCopyEnd(link->connection, NULL) != 1) {
		link_forget(link);
		link->error = one_line(PQerrorMessage(link->connection));
		return -1;
	}
	while ((result = PQgetResult(link->connection)) != NULL) {
		if (last == NULL)
			last = result;
		else
			PQclear(result);
	}
	return link_take(link, last, NULL) < 0 ? -1 : 0;
}
