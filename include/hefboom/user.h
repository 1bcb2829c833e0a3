/*
 * user -- who a program started by root becomes.
 *
 * PostgreSQL refuses to run as root, and what talks to the world should not:
 * both become the same unprivileged user, who owns the embedded cluster.
 * Started by anybody else, everything runs as that one.
 *
 * Ownership.  A struct user owns its name.
 */
#ifndef HEFBOOM_USER_H
#define HEFBOOM_USER_H

#include <stdbool.h>
#include <sys/types.h>

struct user {
	uid_t uid;
	gid_t gid;
	char *name; /* NULL when the machine knows none */
};

/* `wanted` counts only for root.  0, or -1 with *error. */
int user_find(struct user *user, const char *wanted, char **error);
void user_release(struct user *user);

/* For good: groups, group, user.  0 or -errno; nothing when it is us. */
int user_become(const struct user *user);

/* Whether that one may enter the folder `path`; tried, not reckoned. */
bool user_may_enter(const struct user *user, const char *path);

#endif
