#include "hefboom/pipe.h"

#include <assert.h>
#include <event2/event.h>
#include <libpq-fe.h>
#include <stdint.h>

#include "hefboom/clock.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/text.h"
#include "hefboom/transaction.h"
#include "pipe_connection.h"

static void end_first(struct pipe *pipe, enum ending ending)
{
	struct transaction *transaction = pipe->first;

	pipe->first = transaction->next;
	if (pipe->first == NULL)
		pipe->last = &pipe->first;
	transaction->next = NULL;
	pipe->depth--;
	transaction->outcome.ending = ending;
	pipe->calls->ended(transaction, pipe->context);
}

void pipe_fail_all(struct pipe *pipe)
{
	while (pipe->first != NULL) {
		/* A COMMIT may have happened whose answer did not arrive. */
		outcome_release(&pipe->first->outcome);
		end_first(pipe, ENDING_LOST);
	}
}

void pipe_abandon(struct pipe *pipe)
{
	const struct outcome lost = {.ending = ENDING_LOST};
	struct transaction *transaction = pipe->first;

	/* None of them is freed here: `done` may cancel, never remove. */
	for (; transaction != NULL; transaction = transaction->next) {
		transaction_done_fn *done = transaction->done;

		transaction->done = NULL;
		if (done != NULL)
			done(transaction->context, &lost);
	}
}

/*
 * Takes the result.  Behind one that failed the others did not happen; some
 * may be there already, and only those that are not are prepared again.
 */
static void take_parse(
    struct pipe *pipe, struct transaction *transaction, PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const struct text *text;

	/* 42P05: it is there already, which is what we wanted. */
	if (transaction->parses == 0 ||
	    PQresultStatus(result) == PGRES_COMMAND_OK ||
	    (state != NULL && strcmp(state, "42P05") == 0)) {
		PQclear(result);
		return;
	}
	text = transaction->queries[__builtin_ctz(transaction->parses)].text;
	prepared_set(pipe, text, false);
	if (PQresultStatus(result) != PGRES_FATAL_ERROR) {
		PQclear(result);
		return;
	}
	log_event(LOG_ERROR, "prepare_failed", "sqlstate", state, "statement",
	    text->name, "message",
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), NULL);
	PQclear(transaction->unprepared);
	transaction->unprepared = result;
}

static void take_error(
    struct pipe *pipe, struct transaction *transaction, PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	struct outcome *outcome = &transaction->outcome;

	if (outcome->error != NULL) {
		PQclear(result);
		return;
	}
	/* Why it is not there says more than that it is not. */
	if (state != NULL && strcmp(state, "26000") == 0 &&
	    transaction->unprepared != NULL) {
		PQclear(result);
		result = transaction->unprepared;
		transaction->unprepared = NULL;
		state = NULL;
	}
	outcome->error = result;
	outcome->failed = transaction->at;
	if (state == NULL || transaction->at >= transaction->query_count ||
	    transaction->queries[transaction->at].unnamed)
		return;
	if (strcmp(state, "26000") == 0 || strcmp(state, "0A000") == 0)
		prepared_forget(pipe,
		    transaction->queries[transaction->at].text,
		    state[0] == '0');
}

static void take_result(struct pipe *pipe, PGresult *result)
{
	struct transaction *transaction = pipe->first;

	transaction->seen = true;
	if (transaction->parsing) {
		take_parse(pipe, transaction, result);
		return;
	}
	switch (PQresultStatus(result)) {
	case PGRES_FATAL_ERROR:
		take_error(pipe, transaction, result);
		return;
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		if (transaction->at < transaction->query_count) {
			PQclear(transaction->outcome.results[transaction->at]);
			transaction->outcome.results[transaction->at] = result;
			return;
		}
		PQclear(result);
		return;
	default: /* PGRES_PIPELINE_ABORTED and the like */
		PQclear(result);
		return;
	}
}

/* The end of one query's results. */
static void take_end(struct transaction *transaction)
{
	if (transaction->seen && transaction->parsing)
		transaction->parses &= transaction->parses - 1;
	else if (transaction->seen)
		transaction->at++;
	transaction->seen = false;
}

static void take_sync(struct pipe *pipe)
{
	struct transaction *transaction = pipe->first;

	transaction->seen = false;
	if (transaction->parsing) {
		transaction->parsing = false;
		return;
	}
	end_first(pipe,
	    transaction->outcome.error == NULL ? ENDING_DONE : ENDING_FAILED);
}

/* libpq could not read what came; what PostgreSQL did is not known. */
static bool is_own_error(const PGresult *result)
{
	return result != NULL && PQresultStatus(result) == PGRES_FATAL_ERROR &&
	    PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL;
}

static void pipe_read(struct pipe *pipe)
{
	PGresult *result;

	/* What an outcome sends in its turn may break the pipe. */
	while (pipe->state == PIPE_READY && pipe->first != NULL &&
	    !PQisBusy(pipe->connection)) {
		result = PQgetResult(pipe->connection);
		if (PQstatus(pipe->connection) == CONNECTION_BAD ||
		    is_own_error(result)) {
			PQclear(result);
			pipe_lose(pipe, "connection closed");
			return;
		}
		if (result == NULL) {
			take_end(pipe->first);
		} else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			take_sync(pipe);
		} else {
			take_result(pipe, result);
		}
	}
}

static void pipe_flush(struct pipe *pipe)
{
	int left = PQflush(pipe->connection);

	if (left < 0)
		pipe_lose(pipe, "cannot write");
	else if (!pipe_watch(pipe, left > 0 ? EV_READ | EV_WRITE : EV_READ))
		pipe_lose(pipe, "no events");
}

void pipe_on_socket(evutil_socket_t descriptor, short what, void *context)
{
	struct pipe *pipe = context;
	unsigned before = pipe->depth;

	(void)descriptor;
	if (pipe->state == PIPE_CONNECTING) {
		pipe_poll(pipe);
		return;
	}
	if (pipe->state != PIPE_READY)
		return;
	if (what & EV_READ) {
		if (PQconsumeInput(pipe->connection) != 1) {
			pipe_lose(pipe, "connection closed");
			return;
		}
		pipe->heard_ms = clock_ms();
	}
	/* Also what libpq has read because it could not write. */
	pipe_read(pipe);
	if (pipe->state == PIPE_READY && (what & EV_WRITE))
		pipe_flush(pipe);
	if (pipe->state == PIPE_READY && pipe->depth < before)
		pipe->calls->ready(pipe, pipe->context);
}

/* True when something went out that must be answered by a Sync of its own. */
static bool send_parses(struct pipe *pipe, struct transaction *transaction)
{
	transaction->parses = 0;
	for (int i = 0; i < transaction->query_count; i++) {
		const struct text *text = transaction->queries[i].text;

		if (transaction->queries[i].unnamed || prepared_has(pipe, text))
			continue;
		if (PQsendPrepare(pipe->connection, prepared_name(pipe, text),
			text->sql, text->count, text->types) != 1)
			break;
		prepared_set(pipe, text, true);
		transaction->parses |= UINT32_C(1) << i;
	}
	return transaction->parses != 0;
}

static bool send_query(struct pipe *pipe, const struct query *query)
{
	const struct text *text = query->text;

	if (query->unnamed)
		return PQsendQueryParams(pipe->connection, text->sql,
			   text->count, text->types, query->values, NULL, NULL,
			   0) == 1;
	if (query->describe)
		return PQsendDescribePrepared(
			   pipe->connection, prepared_name(pipe, text)) == 1;
	return PQsendQueryPrepared(pipe->connection, prepared_name(pipe, text),
		   text->count, query->values, NULL, NULL, 0) == 1;
}

static bool send_queries(struct pipe *pipe, struct transaction *transaction)
{
	for (int i = 0; i < transaction->query_count; i++)
		if (!send_query(pipe, &transaction->queries[i]))
			return false;
	return PQpipelineSync(pipe->connection) == 1;
}

/* What the socket does not take yet is for later. */
static bool send_off(struct pipe *pipe)
{
	int left = PQflush(pipe->connection);

	return left == 0 || (left > 0 && pipe_watch(pipe, EV_READ | EV_WRITE));
}

void pipe_send(struct pipe *pipe, struct transaction *transaction)
{
	bool sent = true;

	assert(pipe->state == PIPE_READY);
	transaction->at = 0;
	transaction->seen = false;
	transaction->next = NULL;
	*pipe->last = transaction;
	pipe->last = &transaction->next;
	if (pipe->depth++ == 0)
		pipe->asked_ms = clock_ms();
	transaction->parsing = send_parses(pipe, transaction);
	if (transaction->parsing)
		sent = PQpipelineSync(pipe->connection) == 1;
	if (sent)
		sent = send_queries(pipe, transaction);
	/*
	 * Half of it must never be followed by the next one's Sync.  Told
	 * here, `ended` would run from within the caller's submission.
	 */
	if (!sent || !send_off(pipe))
		pipe_break(pipe);
}

struct pipe *pipe_new(struct event_base *base,
    const struct pipe_settings *settings, const struct pipe_calls *calls,
    void *context)
{
	struct pipe *pipe = memory_zero(1, sizeof(*pipe));

	pipe->base = base;
	pipe->url = memory_string(settings->url);
	pipe->target = settings->target;
	pipe->backoff_max_ms = settings->backoff_max_ms;
	pipe->calls = calls;
	pipe->context = context;
	pipe->backoff_ms = BACKOFF_FIRST_MS;
	pipe->last = &pipe->first;
	pipe->timer = event_new(base, -1, 0, pipe_on_timer, pipe);
	assert(pipe->timer != NULL);
	event_active(pipe->timer, EV_TIMEOUT, 0);
	return pipe;
}

void pipe_free(struct pipe *pipe)
{
	if (pipe == NULL)
		return;
	if (pipe->connection != NULL)
		pipe_drop(pipe);
	pipe_fail_all(pipe);
	event_free(pipe->timer);
	free(pipe->prepared);
	free(pipe->url);
	free(pipe);
}

bool pipe_is_ready(const struct pipe *pipe)
{
	return pipe->state == PIPE_READY && !pipe->unfit;
}

int64_t pipe_heard_ms(const struct pipe *pipe)
{
	return pipe->heard_ms;
}

int64_t pipe_owes_ms(const struct pipe *pipe)
{
	if (pipe->depth == 0)
		return 0;
	return pipe->asked_ms > pipe->heard_ms ? pipe->asked_ms
					       : pipe->heard_ms;
}

unsigned pipe_depth(const struct pipe *pipe)
{
	return pipe->depth;
}
