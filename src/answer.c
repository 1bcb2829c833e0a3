#include "hefboom/answer.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdbool.h>

#include "hefboom/arena.h"
#include "hefboom/arguments.h"
#include "hefboom/service.h"
#include "hefboom/operation.h"
#include "hefboom/pool.h"
#include "hefboom/problem.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/shape.h"
#include "hefboom/steps.h"
#include "hefboom/text.h"

enum { ENTER = 0, TAKE_KEY = 1, COLUMNS_MAX = 64 };

static int add_query(struct transaction *transaction, const struct text *text,
    const char *const *values)
{
	assert(transaction->query_count < TRANSACTION_QUERIES_MAX);
	transaction->queries[transaction->query_count] =
	    (struct query){.text = text, .values = values};
	return transaction->query_count++;
}

/* {people:read,people:write}, or NULL: scopes have no letter to be quoted. */
static const char *scopes_text(struct request *request)
{
	const char *const *scope = request->operation->scopes;
	const char *text = "{";

	if (scope == NULL || *scope == NULL)
		return NULL;
	for (; *scope != NULL; scope++)
		text = arena_format(&request->arena, "%s%s%s", text, *scope,
		    scope[1] == NULL ? "}" : ",");
	return text;
}

static void add_enter(struct request *request, struct transaction *transaction)
{
	const struct operation *operation = request->operation;
	bool client = request->client_id[0] != '\0';
	const struct statement *statement =
	    statement_find(client ? "enter_client" : "enter");
	bool custom = operation->custom_plan == UINT32_MAX ||
	    (operation->custom_plan & request->given) != 0;
	struct named pairs[] = {
	    {"arg.lane_ms",
		arena_format(&request->arena, "%u", lane_ms[operation->lane])},
	    {"arg.plan", custom ? "force_custom_plan" : "force_generic_plan"},
	    {"arg.client", request->client_id},
	    {"arg.credential", request->credential_id},
	    {"arg.scopes", client ? scopes_text(request) : NULL}, {NULL, NULL}};

	add_query(transaction, text_plain(statement),
	    arguments_named(request, statement, pairs));
}

static bool only_reads(const struct request *request)
{
	return strcmp(request->operation->method, "GET") == 0;
}

struct transaction *answer_begin(
    struct request *request, transaction_done_fn *done, void *context)
{
	struct transaction *transaction =
	    transaction_new(request->operation->lane, done, context);

	transaction->reads_only = only_reads(request);
	add_enter(request, transaction);
	return transaction;
}

int answer_add(struct request *request, struct transaction *transaction,
    const char *name, const struct named *pairs)
{
	static const struct named none[] = {{NULL, NULL}};
	const struct statement *statement = statement_find(name);
	int last = 0;

	assert(statement != NULL);
	for (int part = 2; statement != NULL; part++) {
		last = add_query(transaction, text_plain(statement),
		    arguments_named(
			request, statement, pairs == NULL ? none : pairs));
		statement = statement_find(
		    arena_format(&request->arena, "%s.%d", name, part));
	}
	return last;
}

int answer_add_text(struct transaction *transaction, const struct text *text,
    const char *const *values)
{
	int number = add_query(transaction, text, values);

	assert(text->name == NULL);
	transaction->queries[number].unnamed = true;
	return number;
}

void answer_next(struct request *request, struct transaction *transaction)
{
	const struct problem *problem = request_submit(request, transaction);

	if (problem != &request_waiting)
		reply_problem(request, problem);
}

const struct problem *answer_read_fault(
    struct request *request, const struct outcome *outcome)
{
	switch (outcome->ending) {
	case ENDING_DONE:
		return NULL;
	case ENDING_FAILED:
		return problem_of_error(request, outcome->error);
	case ENDING_LATE:
		return problem_get("overloaded");
	default:
		return problem_get("database_unavailable");
	}
}

const struct problem *answer_fault(
    struct request *request, const struct outcome *outcome)
{
	if (outcome->ending == ENDING_LOST && !only_reads(request))
		return problem_get("outcome_unknown");
	return answer_read_fault(request, outcome);
}

/* A statement about the request's key: take_key, settle_key, read_key. */
static void add_key(
    struct request *request, struct transaction *transaction, const char *name)
{
	struct named pairs[] = {{"arg.caller", request->caller},
	    {"arg.key", request->key}, {"arg.hash", request->key_hash},
	    {NULL, NULL}};

	answer_add(request, transaction, name, pairs);
}

static struct variant variant_of(const struct request *request)
{
	return (struct variant){.order = request->order,
	    .next = request->has_cursor,
	    .keyed = request->key != NULL,
	    .given = request->given};
}

static void add_statements(
    struct request *request, struct transaction *transaction)
{
	const struct operation *operation = request->operation;
	struct variant variant = variant_of(request);

	for (int i = 0; i < operation->statement_count; i++) {
		const struct statement *statement = &operation->statements[i];

		add_query(transaction, text_find(statement, &variant),
		    arguments_of(request, statement));
	}
}

/* The stored row as a result again: the columns were described anew. */
static PGresult *rebuild(
    struct request *request, const PGresult *columns, const char *answer)
{
	const char *values[COLUMNS_MAX] = {NULL};
	PGresult *result;
	int count;

	count = shape_record(&request->arena, answer, values, COLUMNS_MAX);
	if (count != PQnfields(columns))
		return NULL;
	result = PQcopyResult(columns, PG_COPYRES_ATTRS);
	for (int i = 0; result != NULL && i < count; i++) {
		char *value = values[i] == NULL
		    ? NULL
		    : arena_string(&request->arena, values[i]);

		if (!PQsetvalue(result, 0, i, value,
			value == NULL ? -1 : (int)strlen(value))) {
			PQclear(result);
			return NULL;
		}
	}
	return result;
}

/* What the row of a used key says. */
static void replay(struct request *request, const struct outcome *outcome)
{
	const PGresult *row = outcome->results[2];
	const char *hash = shape_value(row, 0, "hash");
	const char *answer = shape_value(row, 0, "answer");
	PGresult *result;

	/* It was there a moment ago: its transaction is being undone. */
	if (hash == NULL || answer == NULL) {
		reply_problem(request, problem_get("key_in_flight"));
		return;
	}
	if (strcmp(hash, request->key_hash) != 0) {
		reply_problem(request, problem_get("idempotency_key_used"));
		return;
	}
	result = rebuild(request, outcome->results[1], answer);
	if (result == NULL) {
		reply_problem(request, problem_get("internal"));
		return;
	}
	reply_again(request, result);
	PQclear(result);
}

static void on_stored(void *context, const struct outcome *outcome)
{
	struct request *request = context;
	const struct problem *problem;

	request->transaction = NULL;
	if (outcome->ending == ENDING_LOST)
		problem = problem_get("database_unavailable");
	else
		problem = answer_fault(request, outcome);
	if (problem == NULL)
		replay(request, outcome);
	else
		reply_problem(request, problem);
}

static void ask_for_stored(struct request *request)
{
	const struct operation *operation = request->operation;
	struct variant variant = variant_of(request);
	struct transaction *transaction =
	    answer_begin(request, on_stored, request);

	transaction->reads_only = true;
	add_query(transaction,
	    text_find(&operation->statements[operation->statement_count - 1],
		&variant),
	    NULL);
	transaction->queries[1].describe = true;
	add_key(request, transaction, "read_key");
	answer_next(request, transaction);
}

static bool is_about_key(
    const struct request *request, const struct outcome *outcome)
{
	return request->key != NULL && outcome->failed == TAKE_KEY;
}

static void on_failed(struct request *request, const struct outcome *outcome)
{
	const char *state =
	    PQresultErrorField(outcome->error, PG_DIAG_SQLSTATE);

	if (is_about_key(request, outcome) && state != NULL) {
		if (strcmp(state, "23505") == 0) {
			ask_for_stored(request);
			return;
		}
		if (strcmp(state, "55P03") == 0) {
			reply_problem(request, problem_get("key_in_flight"));
			return;
		}
	}
	reply_problem(request, problem_of_error(request, outcome->error));
}

static void on_outcome(void *context, const struct outcome *outcome)
{
	struct request *request = context;

	request->transaction = NULL;
	if (outcome->ending == ENDING_DONE)
		reply_outcome(request, outcome);
	else if (outcome->ending == ENDING_FAILED)
		on_failed(request, outcome);
	else
		reply_problem(request, answer_fault(request, outcome));
}

const struct problem *answer_step(struct request *request)
{
	const struct operation *operation = request->operation;
	struct transaction *transaction;

	if (operation->kind == OPERATION_C)
		return operation->handler(request);
	transaction = answer_begin(request, on_outcome, request);
	if (request->key != NULL)
		add_key(request, transaction, "take_key");
	add_statements(request, transaction);
	if (request->key != NULL)
		add_key(request, transaction, "settle_key");
	return request_submit(request, transaction);
}
