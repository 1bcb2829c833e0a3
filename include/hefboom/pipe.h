/*
 * pipe -- the traffic on one PostgreSQL connection, in libpq's pipeline mode.
 *
 * A pipe is a queue.  Transactions leave without waiting for one another and
 * are answered in the order they left.  Each ends with its own Sync; one that
 * fails is answered with its error, and its neighbours never notice.  What
 * must be prepared travels in front in a Sync of its own, so that a Parse
 * never stands behind somebody's error.
 *
 * What libpq could only send in part, or could not read, ends the connection:
 * half a transaction must not be followed by the next one's Sync.
 *
 * A connection that was lost is dropped and a new one built: 100 ms later at
 * first, then at doubling intervals up to 5 s, with jitter.
 *
 * Ownership.  The pool owns its pipes.  A transaction that is under way
 * belongs to its pipe until its outcome was told.
 *
 * Promise.  For every transaction that pipe_send() took, `ended` runs exactly
 * once.  ENDING_DONE is said at the Sync and never before it.
 */
#ifndef HEFBOOM_PIPE_H
#define HEFBOOM_PIPE_H

#include <stdbool.h>

struct event_base;
struct pipe;
struct transaction;

struct pipe_calls {
	/* The outcome is in transaction->outcome; its results are the
	 * pipe's and are cleared when this returns. */
	void (*ended)(struct transaction *transaction, void *context);
	/* It has room again, or has just connected. */
	void (*ready)(struct pipe *pipe, void *context);
	/* A connection could not be had, or was lost. */
	void (*lost)(struct pipe *pipe, void *context);
};

struct pipe *pipe_new(struct event_base *base, const char *url,
    const struct pipe_calls *calls, void *context);
void pipe_free(struct pipe *pipe);

bool pipe_is_ready(const struct pipe *pipe);
unsigned pipe_depth(const struct pipe *pipe); /* transactions under way */

/* Only on a pipe that is ready. */
void pipe_send(struct pipe *pipe, struct transaction *transaction);

#endif
