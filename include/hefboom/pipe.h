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
 * first, then at doubling intervals, with jitter; pipe_hurry() cuts a wait
 * short.  Connecting may take long, but no step of it more than 2.5 s.
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
#include <stdint.h>

struct event_base;
struct pipe;
struct target;
struct transaction;

struct pipe_calls {
	/* The outcome is in transaction->outcome; its results are the
	 * pipe's and are cleared when this returns. */
	void (*ended)(struct transaction *transaction, void *context);
	/* It has room again, or has just connected. */
	void (*ready)(struct pipe *pipe, void *context);
	/* A connection could not be had, or was lost. */
	void (*lost)(struct pipe *pipe, const char *why, void *context);
};

struct pipe_settings {
	const char *url;
	struct target *target; /* of that url; borrowed */
	unsigned backoff_max_ms; /* and half as much jitter */
};

struct pipe *pipe_new(struct event_base *base,
    const struct pipe_settings *settings, const struct pipe_calls *calls,
    void *context);
void pipe_free(struct pipe *pipe);

bool pipe_is_ready(const struct pipe *pipe);
unsigned pipe_depth(const struct pipe *pipe); /* transactions under way */

/* When it was last heard of (monotonic; 0: never). */
int64_t pipe_heard_ms(const struct pipe *pipe);
/* Since when it owes an answer and has said nothing; 0: it owes none. */
int64_t pipe_owes_ms(const struct pipe *pipe);
/*
 * Why its connection is good for nothing, or NULL.  "forgotten": nobody
 * acknowledges what is sent, be it a keepalive, and another was heard since.
 * "read-only": the url asks for a server that takes writes, and this one does
 * not any more; the pipe is not ready then, and nothing is under way.  To be
 * asked at each tick.
 */
const char *pipe_doubt(struct pipe *pipe, int64_t heard_ms);

/* Connects at once if it waits to; or only if it waits for an address. */
void pipe_hurry(struct pipe *pipe);
void pipe_found(struct pipe *pipe);
/* Drops the connection, if there is one; all under way is ENDING_LOST. */
void pipe_give_up(struct pipe *pipe, const char *why);
/*
 * All under way is told ENDING_LOST now; the connection stays, and what it
 * still answers is not looked at.
 */
void pipe_abandon(struct pipe *pipe);

/* Only on a pipe that is ready. */
void pipe_send(struct pipe *pipe, struct transaction *transaction);

#endif
