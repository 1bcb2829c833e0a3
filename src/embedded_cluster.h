/*
 * embedded_cluster -- the folders and the process behind embedded.c.
 *
 * <data>            0711 under root, else 0700
 *   lock            byte 0: whoever runs the server; byte 1: its users
 *   pg_hba.conf     who may connect as what
 *   pg_ident.conf
 *   postgresql      the cluster, 0700, its user's
 *   postgresql.log
 *   secret
 *
 * Locks are fcntl's: they die with their holder and are not inherited by
 * the workers, which may outlive a supervisor for a moment.
 */
#ifndef HEFBOOM_EMBEDDED_CLUSTER_H
#define HEFBOOM_EMBEDDED_CLUSTER_H

#include <stdbool.h>
#include <sys/types.h>

#include "hefboom/user.h"

struct config;

struct embedded {
	struct user user;
	char *data;
	char *folder; /* <data>/postgresql */
	char *sockets;
	char *programs; /* folder of initdb and postgres */
	char *runtime_url;
	char *owner_url;
	char *log;
	off_t said; /* where in it the words of the server begin */
	unsigned connections_max;
	int lock; /* descriptor of <data>/lock */
	bool owner; /* byte 0 is ours */
	bool transient; /* dies with this program */
	pid_t pid; /* the server: our child, or adopted */
	bool adopted;
};

enum lock_byte { LOCK_OWNER, LOCK_USERS };

/* 0, -EAGAIN when somebody else holds it, or -errno. */
int cluster_lock(
    struct embedded *embedded, enum lock_byte byte, short type, bool wait);
/* Who holds byte 0; 0: nobody; -1: somebody of another container. */
pid_t cluster_locked_by(struct embedded *embedded);

/*
 * The data folder, absolute, and what its paths follow from; opens the lock
 * unless there is one.
 */
int cluster_open(
    struct embedded *embedded, const struct config *config, char **error);
void cluster_release(struct embedded *embedded);

/* Everything that must be there before the server can start. */
int cluster_prepare(struct embedded *embedded, char **error);

/* Runs a program as the cluster's user and waits for it. 0 or -1. */
int cluster_run(struct embedded *embedded, char *const *words, char **error);

/* Starts the server.  0, or -1 with *error. */
int cluster_spawn(struct embedded *embedded, char **error);

/* Waits until it answers; -1 with *error when it will not. */
int cluster_wait(struct embedded *embedded, char **error);

/* The server that an earlier supervisor left, or 0. */
pid_t cluster_find(const struct embedded *embedded);

/*
 * At home in the cluster's folder, and its user's.  One that has ended is not,
 * buried or not: its parent, when we are not it, may take its time.
 */
bool cluster_has(const struct embedded *embedded, long pid);

/*
 * After the death of the server: ends what is left of it at once.  A new one
 * cannot start before the last query of the old one has, and no client hears
 * of that query's end.
 */
void cluster_end_orphans(const struct embedded *embedded);

/* Makes the database when it is absent.  0 or -1. */
int cluster_create_database(struct embedded *embedded, char **error);

#endif
