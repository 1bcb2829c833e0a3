/*
 * supervisor -- `hefboom serve`: the process that starts all the others.
 *
 * It opens the listening sockets once, one a worker, or takes those that
 * systemd passes on (sd_listen_fds(3)); every generation of workers inherits
 * them, so that a crash or a reload drops no connection.  It runs the
 * embedded PostgreSQL, migrates, and then waits for signals:
 *
 * SIGTERM, SIGINT   workers drain, then PostgreSQL stops; exit 0
 * SIGHUP            settings and keys are read again, worker by worker; twice
 *                   for a new secret, which all know before one signs with it
 * SIGUSR2           the same with the program's file as it is by now
 * SIGCHLD           what died is started again: at once the first time,
 *                   later and later when it keeps dying
 *
 * Upgrade.  The process stays: it becomes the new program (execve), which
 * finds the sockets, the lifeline, the lock of the data folder, PostgreSQL
 * and the old workers where they were, migrates, and replaces worker by
 * worker.  The file is tried before (`check-config`), and the settings must be
 * such as both programs understand.  When the new one does not start, does not
 * understand what it was left, or its first worker dies at once, the old one,
 * kept open, goes on in its place.  An order that comes during a reload is
 * carried out after it.
 *
 * Ownership.  The supervisor owns its children, the sockets and the writing
 * end of the lifeline, a pipe that closes when it dies, however it dies.
 *
 * Promise.  No client's byte is read here.  The number of sockets, their
 * addresses and the data folder are fixed at start; a reload with settings
 * that are wrong, and an upgrade that fails, change nothing.  A worker that
 * is killed costs what it had accepted; who waited at its door is served by
 * the next.  Started by root, the children become somebody else.
 */
#ifndef HEFBOOM_SUPERVISOR_H
#define HEFBOOM_SUPERVISOR_H

/* The flags of `serve`, for config_read().  The exit status. */
int supervisor_run(int flag_count, char **flags);

#endif
