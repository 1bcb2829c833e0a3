/*
 * pool_state -- what pool.c and pool_pulse.c know of a pool.
 *
 * The one has the lanes, the other finds out whether PostgreSQL answers.
 */
#ifndef HEFBOOM_POOL_STATE_H
#define HEFBOOM_POOL_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "hefboom/pool.h"

/* As many as the settings allow. */
enum { PIPES_MAX = 64, POOL_TICK_MS = 100 };

struct event;
struct pipe;
struct target;

struct lane_queue {
	struct pool *pool;
	struct pipe *pipes[PIPES_MAX];
	unsigned pipe_count;
	struct transaction *first, **last; /* waiting, oldest first */
	unsigned waiting;
	int64_t wait_us;
	int64_t took_us; /* when the last was taken, or the first came */
	int64_t pace_us; /* how long it takes from one to the next, smoothed */
	unsigned lost; /* connections lost since one was last ready */
	unsigned ticks; /* without any connection that is ready */
};

struct pool {
	struct event *tick;
	struct target *target;
	struct lane_queue lanes[LANES];
	unsigned depth;
	unsigned waiting_max; /* in a lane */
	unsigned stuck_ms;

	struct pipe *pulse;
	bool asked; /* the pulse has not answered yet */
	int64_t asked_ms;
	unsigned overdue; /* ticks in a row */
	bool silent; /* nothing that was asked is answered */
	bool awake; /* the others were told that one has connected */

	int64_t told_ms; /* when the log was last told of a loss */
	unsigned losses; /* since then */
	bool told; /* and not yet that all are back */
};

/* pool.c */
void lane_give_up(struct lane_queue *lane);
/* With each connection of a lane. */
void pool_each(struct pool *pool, void (*act)(struct pipe *pipe));

/* pool_pulse.c */
void pulse_look(struct pool *pool); /* at each tick */
void pulse_heard(struct pool *pool); /* a pipe is ready: somebody answered */
void pulse_note_lost(struct pool *pool, const char *why);

#endif
