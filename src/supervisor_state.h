/*
 * supervisor_state -- what the parts of the supervisor share.
 */
#ifndef HEFBOOM_SUPERVISOR_STATE_H
#define HEFBOOM_SUPERVISOR_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "hefboom/config.h"
#include "hefboom/embedded.h"
#include "hefboom/user.h"

/* How much longer than its own deadline a worker may take to leave. */
enum { GRACE_MS = 2000 };

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
	char **words; /* what the program is called by: program serve flags */
	int flag_count; /* in words, from the third on */
	struct config config;
	struct user user;
	struct embedded *embedded; /* NULL beside an external database */
	struct embedded_kept kept; /* before it was resumed */
	struct child database;
	struct child *children; /* the workers, then jobs */
	unsigned child_count;
	int lifeline[2];
	unsigned next; /* child to replace; child_count: no reload under way */
	bool reload_again;
	bool learns; /* a secret, which the next reload signs with */
	bool upgrade; /* as soon as no reload is under way */
	bool stopping;
	bool inherited; /* from the program before this one */
	bool returned; /* that one could not go on */
	int previous; /* its executable while it may have to return, or -1 */
};

/* The places, with nobody in them yet. */
void supervisor_children(struct supervisor *supervisor);

/*
 * The places, with one socket a worker: those of LISTEN_FDS, else new ones,
 * all on one address.  0, or -1 with *error.
 */
int supervisor_listen(struct supervisor *supervisor, char **error);

/* That it listens to streams.  0 or -errno. */
int supervisor_check_socket(int descriptor);

/*
 * Tries the program's file as it is now, and becomes it: the same process,
 * with the same children, sockets, lifeline and PostgreSQL.  Returns when
 * that cannot be, having logged why and changed nothing.
 */
void supervisor_upgrade(struct supervisor *supervisor);

/* Becomes the previous program again; returns when there is none. */
void supervisor_return(struct supervisor *supervisor);

/*
 * Takes what the program before this one left in the same process: 1, 0 when
 * there was none, -1 with *error.
 */
int supervisor_inherit(struct supervisor *supervisor, char **error);

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

/*
 * As they are by now, for a program that runs already: to be released.  0, or
 * -1 with *error.
 */
int settings_read(
    struct supervisor *supervisor, struct config *fresh, char **error);

void child_start(struct supervisor *supervisor, struct child *child);

/* SIGTERM now, SIGKILL after that time. */
void child_tell(struct child *child, pid_t pid, int wait_ms);

/* Reads settings and keys, and begins to replace who serves. */
void reload(struct supervisor *supervisor);
void reload_step(struct supervisor *supervisor);
/* The new one died before the old one was told to go. */
void reload_give_up(struct supervisor *supervisor, struct child *child);
/* The old one has gone. */
void child_left(struct supervisor *supervisor, struct child *child);

/* Notes the death and when to start again; `status` is waitpid's. */
void child_died(struct child *child, int status);

#endif
