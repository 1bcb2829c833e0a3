/*
 * metrics -- what a machine has done and is doing, in Prometheus's format.
 *
 * Counters are the machine's; they live in the shared mapping and go on when
 * processes are replaced.  What is so at this moment each process writes into
 * a place of its own, twice a second; the places of those that died are left
 * out, and given away again.
 *
 * Ownership.  Plain memory without pointers, zeroed to begin.
 *
 * Limits.  Labels are operationIds, lanes and words of this file, never what
 * a client sent: METRICS_OPERATIONS series a class of status, at most.
 *
 * Promise.  All access is atomic; counting never waits.
 */
#ifndef HEFBOOM_METRICS_H
#define HEFBOOM_METRICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "hefboom/operation.h"

struct buf;

enum {
	METRICS_OPERATIONS = 1024,
	METRICS_PROCESSES = 1024,
	METRICS_STEPS = 12, /* of a histogram, the last without a bound */
};

enum metrics_class { CLASS_2XX, CLASS_3XX, CLASS_4XX, CLASS_5XX, CLASSES };
enum metrics_policy { POLICY_PERSON, POLICY_CLIENT, POLICY_FAILED, POLICIES };
enum metrics_work { WORK_TIMER, WORK_JOB, WORKS };

typedef _Atomic uint64_t counter;

struct metrics_times {
	counter steps[METRICS_STEPS]; /* each without those before it */
	counter sum_us;
};

struct metrics_process {
	_Atomic int pid; /* 0: nobody's */
	_Atomic unsigned connections, requests, waiting;
	_Atomic unsigned ready[LANES], busy[LANES]; /* of the pool */
	atomic_bool database_up;
};

struct metrics {
	/* The last operation: none, or none that is known. */
	counter requests[METRICS_OPERATIONS + 1][CLASSES];
	struct metrics_times times[LANES];
	counter limited[POLICIES];
	counter done[WORKS], failed[WORKS];
	struct metrics_process processes[METRICS_PROCESSES];
};

/* A reply to a request; `operation` may be NULL. */
void metrics_count(struct metrics *metrics, const struct operation *operation,
    int status, int64_t took_us);

void metrics_add(counter *total);

/* A place for this process, or NULL when there are too many. */
struct metrics_process *metrics_join(struct metrics *metrics);
void metrics_leave(struct metrics_process *process);

void metrics_write(struct buf *out, const struct metrics *metrics);

#endif
