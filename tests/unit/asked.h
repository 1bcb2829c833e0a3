/*
 * asked -- one request without a client, and a database that answers what
 * the test says.
 *
 * Comes behind failing.h.  The test stands in front of request_submit() with
 * submit(), and ends what was sent with answer().
 *
 * Ownership.  asked_begin() owns the arena until asked_end(); results live
 * until the end of answer().
 */
#ifndef ASKED_H
#define ASKED_H

#include <libpq-fe.h>

#include "hefboom/arena.h"
#include "hefboom/config.h"
#include "hefboom/http.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/request.h"
#include "hefboom/service.h"
#include "hefboom/transaction.h"

static struct {
	struct service service;
	struct operation operation;
	struct http_head head;
	struct request request;
	struct transaction *sent; /* the last one; NULL: nothing was asked */
	const struct problem *refusal; /* of the next submit(), or NULL */
} asked;

static inline void asked_begin(void)
{
	static struct config no_limits;

	if (asked.service.config == NULL)
		asked.service.config = &no_limits;
	asked.head = (struct http_head){.header_count = 0};
	asked.request = (struct request){.service = &asked.service,
	    .head = &asked.head,
	    .operation = &asked.operation};
	arena_init(&asked.request.arena);
	asked.sent = NULL;
}

static inline void asked_end(void)
{
	arena_release(&asked.request.arena);
	free(asked.sent);
	asked.sent = NULL;
}

static inline struct http_text text_of(const char *string)
{
	return (struct http_text){string, strlen(string)};
}

static inline void asked_header(const char *name, const char *value)
{
	struct http_header *header =
	    &asked.head.headers[asked.head.header_count++];

	header->name = text_of(name);
	header->value = text_of(value);
}

static inline const struct problem *submit(
    struct request *request, struct transaction *transaction)
{
	const struct problem *refusal = asked.refusal;

	asked.refusal = NULL;
	if (refusal != NULL) {
		free(transaction);
		return refusal;
	}
	free(asked.sent);
	asked.sent = transaction;
	request->transaction = transaction;
	return &request_waiting;
}

/* A result of at most one row; NULL among its values is null. */
static inline PGresult *result_of(
    const char *const *columns, const char *const *values, int count)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc descriptions[16] = {{0}};

	for (int i = 0; i < count; i++)
		descriptions[i].name = (char *)(uintptr_t)columns[i];
	assert_int_equal(PQsetResultAttrs(result, count, descriptions), 1);
	for (int i = 0; values != NULL && i < count; i++)
		assert_int_equal(
		    PQsetvalue(result, 0, i, (char *)(uintptr_t)values[i],
			values[i] == NULL ? -1 : (int)strlen(values[i])),
		    1);
	return result;
}

/* The transaction that was sent ends so. */
static inline void answer(const struct outcome *outcome)
{
	struct transaction *sent = asked.sent;

	assert_non_null(sent);
	asked.sent = NULL;
	sent->done(sent->context, outcome);
	free(sent);
}

static inline void answer_ending(enum ending ending)
{
	struct outcome outcome = {.ending = ending};

	answer(&outcome);
}

/* What is asked with this name, or NULL. */
static inline const char *value_sent(
    int query, const char *statement, const char *argument)
{
	const struct statement *found = statement_find(statement);

	assert_non_null(found);
	for (int i = 0; i < found->argument_count; i++)
		if (strcmp(found->arguments[i].name, argument) == 0)
			return asked.sent->queries[query].values[i];
	fail_msg("%s has no %s", statement, argument);
	return NULL;
}

static inline const char *code_of(const struct problem *problem)
{
	return problem == NULL ? "" : problem->code;
}

#endif
