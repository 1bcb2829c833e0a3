/*
 * worker -- the two kinds of process that a supervisor forks.
 *
 * A worker serves clients on one inherited listening socket; the jobs
 * process does what time and other processes leave to be done.  Both are one
 * thread around one event_base.
 *
 * Promise.  Both return an exit status: 0 after SIGTERM or when the lifeline
 * (a pipe from the supervisor) closes, 1 when they cannot start.  What is in
 * flight at a SIGTERM is finished first: requests within config->drain_ms, a
 * job within 5 s; a worker lets its socket go at once.
 */
#ifndef HEFBOOM_WORKER_H
#define HEFBOOM_WORKER_H

struct config;

/* Settings that only those understand who use them.  0, or -1 with *error. */
int worker_check(const struct config *config, char **error);

/* Compiles what workers share; before the fork.  0, or -1 with *error. */
int worker_prepare(const struct config *config, char **error);

int worker_run(const struct config *config, int listening_socket, int lifeline);
int jobs_run(const struct config *config, int lifeline);

#endif
