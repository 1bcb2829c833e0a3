/*
 * transaction -- statements that leave together, before one Sync.
 *
 * Ownership.  The pool owns a transaction from pool_submit() until its
 * `done` returns or it was cancelled; values are borrowed until then, for
 * they are sent again when PostgreSQL says that nothing happened.
 *
 * Promise.  `done` runs exactly once, from the loop, never from within
 * pool_submit(); after transaction_cancel() it does not run at all.
 */
#ifndef HEFBOOM_TRANSACTION_H
#define HEFBOOM_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "hefboom/operation.h"

struct pg_result;
struct text;

enum { TRANSACTION_QUERIES_MAX = 32 };

struct query {
	const struct text *text;
	const char *const *values;
	bool describe; /* ask for the columns instead of the rows */
	/* Not prepared; its text is not looked at once it was sent. */
	bool unnamed;
};

enum ending {
	ENDING_DONE, /* committed: the Sync was answered */
	ENDING_FAILED, /* rolled back: `error` says why */
	ENDING_LOST, /* the connection went: committed or not, who knows */
	ENDING_UNSENT, /* no connection: nothing happened */
	ENDING_LATE, /* waited too long for its turn: nothing happened */
};

struct outcome {
	enum ending ending;
	struct pg_result *results[TRANSACTION_QUERIES_MAX]; /* borrowed */
	struct pg_result *error; /* borrowed */
	int failed; /* which query; query_count when at the commit */
};

/* Clears its results and its error. */
void outcome_release(struct outcome *outcome);

/* Of its error: "" when there is none. */
const char *outcome_sqlstate(const struct outcome *outcome);
const char *outcome_message(const struct outcome *outcome);

typedef void transaction_done_fn(void *context, const struct outcome *outcome);

struct transaction {
	struct query queries[TRANSACTION_QUERIES_MAX];
	int query_count;
	enum lane lane;
	bool reads_only; /* may be sent again after a lost connection */
	transaction_done_fn *done; /* NULL: cancelled */
	void *context;

	/* The pool's and the pipe's own. */
	struct transaction *next;
	int64_t since_us; /* when it began to wait */
	struct outcome outcome;
	int at; /* the query whose results are arriving */
	bool parsing, seen, retried, queued;
	uint32_t parses; /* bit i: query i is being prepared */
	struct pg_result *unprepared; /* why a Parse failed */
};

struct transaction *transaction_new(
    enum lane lane, transaction_done_fn *done, void *context);
/* Only of one that no pool has. */
void transaction_free(struct transaction *transaction);
/* As before it was sent. */
void transaction_renew(struct transaction *transaction);

#endif
