/*
 * link -- one synchronous PostgreSQL connection, for commands and migrations.
 *
 * The server never waits for the database; the command line may.
 *
 * Ownership.  A link owns its connection and its last result: strings that
 * link_value() returned live until the next call on the link.
 *
 * Promise.  Errors are one sentence with the SQLSTATE and the constraint's
 * name, without people's words; after a failure link_error() tells.
 */
#ifndef HEFBOOM_LINK_H
#define HEFBOOM_LINK_H

#include <stdbool.h>
#include <stddef.h>

struct link;
struct statement;

/* NULL and *error (free it) when there is no connection. */
struct link *link_open(const char *url, char **error);
void link_close(struct link *link);

/*
 * Whether a url may be used: one that leaves the machine must say
 * sslmode=verify-full, or anybody on the way can read what people wrote.
 * 0, or -1 with *error, which never shows the url's password.
 */
int link_check_url(const char *url, bool tls, char **error);

/* The role that a url names, to free(), or NULL. */
char *link_url_user(const char *url);

/* Several statements, no parameters. 0 or -1. */
int link_script(struct link *link, const char *text);

/* One statement with text parameters (NULL is null).  Rows, or -1. */
int link_query(
    struct link *link, const char *text, int count, const char *const *values);

/* A baked statement (sql/statements); values in its arguments' order. */
int link_statement(struct link *link, const struct statement *statement,
    const char *const *values);

const char *link_value(struct link *link, int row, int column); /* or NULL */
const char *link_error(struct link *link);
const char *link_sqlstate(struct link *link); /* "" when none */
const char *link_constraint(struct link *link); /* "" when none */

/* copy ... from stdin; the text format.  Each 0 or -1. */
int link_copy_begin(struct link *link, const char *text);
int link_copy_data(struct link *link, const char *bytes, size_t length);
int link_copy_end(struct link *link);

#endif
