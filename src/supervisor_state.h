/*
 * supervisor_state -- what the parts of the supervisor share.
 */
#ifndef HEFBOOM_SUPERVISOR_STATE_H
#define HEFBOOM_SUPERVISOR_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "hefboom/config.h"
#include "hefboom/log.h"
#include "hefboom/user.h"

struct embedded;

/* A place in which one process at a time serves, and who is in it. */
struct child {
	const char *kind; /* "worker", "jobs" */
	int socket; /* -1 for jobs */
	pid_t pid; /* 0: nobody */
	pid_t leaving; /* of the generation before, drained */
	int64_t started_ms;
	int64_t start_at_ms; /* when nobody is in it */
	int64_t kill_at_ms; /* of who was told to stop; 0: nobody */
	unsigned deaths; /* in a row */
};

struct supervisor {
	struct config config;
	struct user user;
	struct embedded *embedded; /* NULL beside an external database */
	struct child database;
	struct child *children; /* the workers, then jobs */
	unsigned child_count;
	int lifeline[2];
	unsigned next; /* child to replace; child_count: no reload under way */
	bool reload_again;
	bool stopping;
};

int64_t now_ms(void);
enum log_level config_log_level(const struct config *config);

/* One socket a worker, all on one address. 0, or -1 with *error. */
int supervisor_listen(struct supervisor *supervisor, char **error);

/*
 * A database that is there, up to date and safe to serve from; afterwards
 * config->database_url is set and owner_url is not.  0, or -1 with *error.
 */
int supervisor_database(struct supervisor *supervisor, char **error);

/* For a config that was read again. */
int supervisor_take_urls(
    struct supervisor *supervisor, struct config *config, char **error);

/*
 * Workers read the renderer of /docs as whom they became; where there is
 * none, they have a page of their own.
 */
int supervisor_check_docs(const struct supervisor *supervisor,
    const struct config *config, char **error);

/* A core dump would hold tokens, keys and people's words. 0 or -1. */
int supervisor_forbid_dumps(void);

void child_start(struct supervisor *supervisor, struct child *child);

/* Notes the death and when to start again; `status` is waitpid's. */
void child_died(struct child *child, int status);

#endif
