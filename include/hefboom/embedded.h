/*
 * embedded -- the private PostgreSQL of a machine that has none configured.
 *
 * A cluster in <data>/postgresql, reachable only through a unix socket in a
 * short folder of mode 0700, never by TCP.  PostgreSQL never runs as root:
 * started by root, the cluster belongs to the unprivileged user of the
 * configuration, who then may connect as the runtime role only.
 *
 * Ownership.  The supervisor owns the server process: it is its child, or
 * was adopted when an earlier supervisor left it running.
 *
 * Promise.  embedded_start() returns when the server answers queries, also
 * after kill -9 of everything; two supervisors never start it twice on one
 * folder.  Nothing that was committed is lost (fsync stays on).
 */
#ifndef HEFBOOM_EMBEDDED_H
#define HEFBOOM_EMBEDDED_H

#include <stdbool.h>
#include <sys/types.h>

struct config;
struct embedded;

/*
 * initdb when new, start or adopt.  NULL with *error (free it).  SIGTERM and
 * SIGINT, when the caller has blocked them, end the wait.
 */
struct embedded *embedded_start(const struct config *config, char **error);

/*
 * What a program that becomes another one leaves to it: the lock, which an
 * open descriptor holds across execve(), and the server, which stays its
 * child (0: there is none at the moment).
 */
struct embedded_kept {
	int lock;
	pid_t server;
	bool adopted;
};
struct embedded_kept embedded_keep(const struct embedded *embedded);

/*
 * As embedded_start(), with what was kept.  On failure that still belongs to
 * the caller, and the server runs on.
 */
struct embedded *embedded_resume(
    const struct config *config, struct embedded_kept *kept, char **error);

/*
 * For a command beside a running server or without one: uses the running
 * server, else starts it (embedded_stop() then stops it again, once nobody
 * else uses it; so does the end of this program, however it comes).
 */
struct embedded *embedded_use(const struct config *config, char **error);

/* Fast shutdown of what was started or adopted here; frees. */
void embedded_stop(struct embedded *embedded);

const char *embedded_runtime_url(const struct embedded *embedded);
const char *embedded_owner_url(const struct embedded *embedded);

/* The child to watch, or 0 when it was adopted. */
pid_t embedded_pid(const struct embedded *embedded);

bool embedded_alive(const struct embedded *embedded);

/* Says that its death was seen (waitpid), so that no signal goes astray. */
void embedded_lost(struct embedded *embedded);

/*
 * After its death: ends its backends and starts it anew, without waiting.
 * While one of them lives, the new one dies too, and is started again a
 * little later.  0, or -1 with *error.
 */
int embedded_restart(struct embedded *embedded, char **error);

/* That there is a cluster in the folder at all. */
bool embedded_exists(const struct config *config);

#endif
