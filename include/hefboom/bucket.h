/*
 * bucket -- how often somebody may ask, counted for all processes at once.
 *
 * The generic cell rate algorithm: one instant a caller, until which its
 * quota is spent.  `quota` requests may come at once, and come back evenly
 * over BUCKET_WINDOW_S; who was quiet for a window has them all again.
 *
 * Ownership.  A table is plain memory without pointers, zeroed to begin, so
 * it may lie in a mapping that processes share; all access is atomic.
 *
 * Limits.  BUCKET_SETS * BUCKET_WAYS callers.  When a set is full, who has
 * spent least makes room and begins anew; one that has spent nothing is tried
 * first, and loses nothing.
 *
 * Promise.  Never waits and never fails.  Two processes that make room for
 * the same caller at the same instant may give it a few requests too many.
 */
#ifndef HEFBOOM_BUCKET_H
#define HEFBOOM_BUCKET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BUCKET_SETS = 8192, BUCKET_WAYS = 8, BUCKET_WINDOW_S = 60 };

struct bucket {
	_Atomic uint64_t key; /* 0: nobody */
	_Atomic int64_t spent_until; /* ns */
};

struct bucket_table {
	struct bucket buckets[BUCKET_SETS][BUCKET_WAYS];
};

struct bucket_state {
	unsigned remaining; /* requests that may come at once */
	unsigned full_s; /* until all of the quota is there again */
	unsigned retry_s; /* of a refusal: until the next one is allowed */
};

/* Of whom, as a number; never 0. */
uint64_t bucket_key(const char *text, size_t length);

struct bucket_order {
	uint64_t key;
	unsigned quota; /* requests a window, not 0 */
	unsigned count; /* how many are taken; more than the quota are it */
};

/*
 * Takes as many requests, or refuses them all: false.  `now` is monotonic, in
 * ns; it may be older than what others asked with.
 */
bool bucket_take(struct bucket_table *table, const struct bucket_order *order,
    int64_t now, struct bucket_state *state);

/* Whether it would; takes nothing, and makes nobody known. */
bool bucket_has(struct bucket_table *table, const struct bucket_order *order,
    int64_t now, struct bucket_state *state);

#endif
