/*
 * loop -- the event base of one process, and how it is told to stop.
 *
 * Ownership.  A loop owns its base and the events made here.
 *
 * Promise.  `stop` is called once: at the first SIGTERM or SIGINT, or when
 * the lifeline (a pipe whose other end the supervisor holds) closes.
 */
#ifndef HEFBOOM_LOOP_H
#define HEFBOOM_LOOP_H

#include <stdbool.h>

struct event;
struct event_base;

typedef void loop_stop_fn(void *context);

struct loop {
	struct event_base *base;
	struct event *term, *interrupt, *lifeline;
	loop_stop_fn *stop;
	void *context;
	bool stopping;
};

void loop_init(
    struct loop *loop, int lifeline, loop_stop_fn *stop, void *context);
void loop_release(struct loop *loop);

/* Until event_base_loopexit(): 0, or 1 when the base failed. */
int loop_run(struct loop *loop);

#endif
