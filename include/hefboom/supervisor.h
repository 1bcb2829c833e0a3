/*
 * supervisor -- `hefboom serve`: the process that starts all the others.
 *
 * It opens the listening sockets once, one a worker; every generation of
 * workers inherits them, so that a crash or a reload drops no connection.
 * It runs the embedded PostgreSQL, migrates, and then waits for signals:
 *
 * SIGTERM, SIGINT   workers drain, then PostgreSQL stops; exit 0
 * SIGHUP            settings and keys are read again, worker by worker
 * SIGCHLD           what died is started again: at once the first time,
 *                   later and later when it keeps dying
 *
 * Ownership.  The supervisor owns its children, the sockets and the writing
 * end of the lifeline, a pipe that closes when it dies, however it dies.
 *
 * Promise.  No client's byte is read here.  The number of sockets and the
 * address are fixed at start; a reload with settings that are wrong changes
 * nothing.  Started by root, the children become somebody else.
 */
#ifndef HEFBOOM_SUPERVISOR_H
#define HEFBOOM_SUPERVISOR_H

/* The flags of `serve`, for config_read().  The exit status. */
int supervisor_run(int flag_count, char **flags);

#endif
