/*
 * pool -- a worker's connections to PostgreSQL, in lanes.
 *
 * Fast reads, writes and slow reports have connections of their own, so that
 * a report never stands in front of a point read.
 *
 * Ownership.  The pool owns pipes and the transactions it accepted.
 *
 * Limits.  `depth` transactions under way on a connection, `queue` waiting
 * in a lane; what waits in one lane takes no place of another.  Nothing waits
 * longer than 2 s for a fast read, 3 s for a write, 4 s for a report, so that
 * under overload what is done is not done for clients who have left.  A queue
 * that is full, or so slow that one more would wait half as long, takes no
 * more: pool_submit() refuses at once.
 *
 * Promise.  As transaction.h says.  When no connection of a lane can be had,
 * what waits for it ends as ENDING_UNSENT within a second; when PostgreSQL
 * says nothing at all any more, what is under way ends as ENDING_LOST within a
 * second.  A statement that takes long is no silence: one more connection is
 * there to ask.  A connection that is forgotten while others live is given up
 * within a second of the last byte sent there, 1.4 s of the last acknowledged
 * (pipe.h).  The log hears of losses once in 10 s.
 */
#ifndef HEFBOOM_POOL_H
#define HEFBOOM_POOL_H

#include <stdbool.h>

#include "hefboom/operation.h"
#include "hefboom/transaction.h"

struct event_base;
struct pool;

struct pool_settings {
	const char *url;
	unsigned pipes[LANES];
	unsigned depth;
	unsigned queue;
	/* A connection that owes an answer for longer is given up. */
	unsigned stuck_ms;
};

struct pool *pool_new(
    struct event_base *base, const struct pool_settings *settings);
void pool_free(struct pool *pool);

enum submission { SUBMITTED, POOL_FULL, POOL_DOWN };

/* Takes the transaction, also when it refuses it. */
enum submission pool_submit(struct pool *pool, struct transaction *transaction);

/* Its `done` will not run; what is waiting is not sent any more. */
void transaction_cancel(struct pool *pool, struct transaction *transaction);

struct pool_use {
	unsigned ready[LANES]; /* connections that are up */
	unsigned busy[LANES]; /* transactions under way on them */
	unsigned waiting;
};

/* How many wait in the fuller lane, reports apart, and the most that may. */
unsigned pool_waiting(const struct pool *pool, unsigned *most);

void pool_count(const struct pool *pool, struct pool_use *use);

bool pool_is_up(const struct pool *pool);
bool pool_is_whole(const struct pool *pool); /* no connection is missing */

/* How long a statement of this lane may take. */
extern const unsigned lane_ms[LANES];

#endif
