/*
 * demo -- the organisation `demo`, invented, to try things on.
 *
 * Promise.  Loading it twice changes nothing.
 */
#ifndef HEFBOOM_DEMO_H
#define HEFBOOM_DEMO_H

struct link;

/* The exit status: 0, or 1 with one sentence on stderr. */
int demo_load(struct link *link);

#endif
