/*
 * target_lookup -- names to addresses, in a thread.
 *
 * Ownership.  A lookup has two owners, its thread and whoever started it;
 * the last one frees it.
 *
 * Promise.  When the thread is done, `wake` becomes readable; before that
 * `found` is the thread's alone.
 */
#ifndef HEFBOOM_TARGET_LOOKUP_H
#define HEFBOOM_TARGET_LOOKUP_H

#include <stdatomic.h>

#include "hefboom/target.h"

struct lookup {
	atomic_int owners;
	int wake, done; /* a pipe, whose other end the thread closes */
	unsigned count;
	char *names[TARGET_HOSTS_MAX];
	/* Addresses, separated by commas; NULL: not found. */
	char *found[TARGET_HOSTS_MAX];
};

/* Copies the names.  NULL when the machine has no thread or pipe for it. */
struct lookup *lookup_start(const char *const *names, unsigned count);
void lookup_release(struct lookup *lookup);

#endif
