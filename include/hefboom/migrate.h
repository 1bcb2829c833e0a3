/*
 * migrate -- the schema brought up to date, forward only.
 *
 * Under an advisory lock, so that any number of programs may try at once:
 * runs each migration that was not run yet in a transaction of its own, then
 * the views (each time they differ from what was run), creates the runtime
 * role when it is absent, and grants.
 *
 * Promise.  A migration runs exactly once or not at all.  A migration that
 * was run and whose text has changed since is an error, and so is a database
 * that is newer than the program.
 */
#ifndef HEFBOOM_MIGRATE_H
#define HEFBOOM_MIGRATE_H

#include <stdbool.h>

struct link;

/*
 * The number of migrations and views that were run, or -1 with *error.
 * `runtime_role`: who gets the grants.
 */
int migrate_run(struct link *owner, const char *runtime_role, char **error);

/*
 * clock(), by which all SQL tells the time, as the machine's time; or, for a
 * server under test, as one that the owner can move for all connections at
 * once (sql/statements/test_clock.sql).  0, or -1 with *error.
 */
int migrate_clock(struct link *owner, bool test, char **error);

/*
 * For those who may not migrate: that everything was run, and that nothing
 * is there which this program does not know.  0, or -1 with *error.
 */
int migrate_check(struct link *runtime, char **error);

/*
 * That the role of this connection owns nothing, is no superuser and does
 * not pass by row-level security, which would each take down the second
 * wall between organisations.  0, or -1 with *error.
 */
int migrate_check_role(struct link *runtime, char **error);

#endif
