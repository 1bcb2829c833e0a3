#include "hefboom/transaction.h"

#include <libpq-fe.h>

#include "hefboom/memory.h"

static const char *error_field(const struct outcome *outcome, int field)
{
	const char *text = PQresultErrorField(outcome->error, field);

	return text == NULL ? "" : text;
}

const char *outcome_sqlstate(const struct outcome *outcome)
{
	return error_field(outcome, PG_DIAG_SQLSTATE);
}

const char *outcome_message(const struct outcome *outcome)
{
	return error_field(outcome, PG_DIAG_MESSAGE_PRIMARY);
}

struct transaction *transaction_new(
    enum lane lane, transaction_done_fn *done, void *context)
{
	struct transaction *transaction = memory_zero(1, sizeof(*transaction));

	transaction->lane = lane;
	transaction->done = done;
	transaction->context = context;
	return transaction;
}

void outcome_release(struct outcome *outcome)
{
	for (int i = 0; i < TRANSACTION_QUERIES_MAX; i++)
		PQclear(outcome->results[i]);
	PQclear(outcome->error);
	*outcome = (struct outcome){0};
}

void transaction_free(struct transaction *transaction)
{
	outcome_release(&transaction->outcome);
	PQclear(transaction->unprepared);
	free(transaction);
}

void transaction_renew(struct transaction *transaction)
{
	outcome_release(&transaction->outcome);
	PQclear(transaction->unprepared);
	transaction->unprepared = NULL;
}
