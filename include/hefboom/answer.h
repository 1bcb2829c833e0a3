/*
 * answer -- how an operation runs its statements.
 *
 * SQL operations need nothing of this.  A C operation runs files of
 * sql/statements, and texts that it wrote itself, in the same kind of
 * transaction: `enter` is its first query, one Sync its end.
 *
 *	struct transaction *transaction = answer_begin(request, done, context);
 *
 *	answer_add(request, transaction, "scim_find_user", pairs);
 *	return request_submit(request, transaction);
 *
 * In done(), request->transaction = NULL comes first; then one reply, or a
 * further transaction by answer_next().  A retry is the pool's: a text and its
 * values stay until done() was called.
 *
 * Ownership.  Values and texts of one's own live in the request's arena.
 */
#ifndef HEFBOOM_ANSWER_H
#define HEFBOOM_ANSWER_H

#include "hefboom/transaction.h"

struct named;
struct problem;
struct request;
struct text;

/*
 * Of the operation's lane; results[0] is enter's.  That of a GET only reads;
 * of a POST that does too, set transaction->reads_only.
 */
struct transaction *answer_begin(
    struct request *request, transaction_done_fn *done, void *context);

/*
 * A file of sql/statements, all of its statements; pairs as in
 * arguments_named(), NULL for none.  Returns the number of its last one: that
 * of its result in the outcome.
 */
int answer_add(struct request *request, struct transaction *transaction,
    const char *statement, const struct named *pairs);

/*
 * A text without a name: it is not prepared, and planned as the operation's
 * `plan` says.  Returns the number of its result.
 */
int answer_add_text(struct transaction *transaction, const struct text *text,
    const char *const *values);

/* From within done(): takes the transaction, and replies if it is refused. */
void answer_next(struct request *request, struct transaction *transaction);

/*
 * NULL when it is committed, else what to reply.  A change whose connection
 * was lost is `outcome_unknown`.
 */
const struct problem *answer_fault(
    struct request *request, const struct outcome *outcome);

/* The same for what changed nothing, whatever the request is to do. */
const struct problem *answer_read_fault(
    struct request *request, const struct outcome *outcome);

#endif
