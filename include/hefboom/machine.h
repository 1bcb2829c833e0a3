/*
 * machine -- what is the machine's and not a process's.
 *
 * One anonymous mapping, made by the supervisor before its first fork and
 * shared by every generation of workers: it holds no pointers, and is read
 * and written by atomics only.  An upgrade begins a new one: counters begin at
 * 0 and buckets full, as at a restart; processes of the program before keep
 * theirs until they have gone.
 *
 * Promise.  What a process that crashes had written stays; nothing in it can
 * be left half-done.
 */
#ifndef HEFBOOM_MACHINE_H
#define HEFBOOM_MACHINE_H

#include "hefboom/bucket.h"
#include "hefboom/metrics.h"

struct machine {
	struct bucket_table callers;
	struct metrics metrics;
};

/* The mapping, made at the first call; NULL and errno when it cannot be. */
struct machine *machine_get(void);

#endif
