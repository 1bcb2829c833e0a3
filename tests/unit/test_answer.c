/*
 * An operation and its transaction: what is sent for it, in whose name, and
 * what each end of it becomes.
 *
 * Mutations: enter for a client too, or without its scopes; a key's row that
 * is not there yet, of another request or of other columns replayed; a lost
 * read, or replay, called unknown; a lost write called nothing done; a
 * statement of a sequence left out; a quote or a backslash of an array not
 * escaped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

#include "asked.h"
#include "hefboom/answer.h"
#include "hefboom/arguments.h"
#include "hefboom/reply.h"
#include "hefboom/steps.h"
#include "hefboom/text.h"
#include "hefboom/token.h"

INSTEAD(const struct problem *, request_submit,
    (struct request * r, struct transaction *t))
{
	return submit(r, t);
}

/* How the request was answered: a problem's code, or with what. */
static const char *said;

INSTEAD(void, reply_problem, (struct request * r, const struct problem *p))
{
	assert_ptr_equal(r, &asked.request);
	assert_null(said);
	said = p->code;
}

INSTEAD(void, reply_outcome, (struct request * r, const struct outcome *o))
{
	(void)r, (void)o;
	assert_null(said);
	said = "outcome";
}

INSTEAD(void, reply_again, (struct request * r, PGresult *result))
{
	(void)r;
	assert_null(said);
	assert_string_equal(PQgetvalue(result, 0, 0), "a");
	assert_int_equal(PQgetisnull(result, 0, 1), 1);
	said = "again";
}

/* The SQLSTATE of every error here: none has come from a server. */
static const char *state_said;

INSTEAD(char *, PQresultErrorField, (const PGresult *result, int field))
{
	(void)result;
	return field == PG_DIAG_SQLSTATE ? (char *)(uintptr_t)state_said : NULL;
}

/* clang-format off */
FAILING(int, PQsetvalue, (PGresult *r, int t, int f, char *v, int l), (r, t, f, v, l), 0)
FAILING(PGresult *, PQcopyResult, (const PGresult *r, int flags), (r, flags), NULL)
/* clang-format on */

static int begin(void **state)
{
	(void)state;
	said = state_said = NULL;
	fail_at(NULL, 0);
	asked_begin();
	asked.operation = (struct operation){
	    .name = "get_me", .method = "GET", .lane = LANE_FAST};
	snprintf(asked.request.org_id, UUID_TEXT, "org");
	snprintf(asked.request.person_id, UUID_TEXT, "person");
	return 0;
}

static int end(void **state)
{
	(void)state;
	asked_end();
	return 0;
}

static void unused(void *context, const struct outcome *outcome)
{
	(void)context, (void)outcome;
}

static const char *entered(const char *statement, const char *argument)
{
	free(asked.sent);
	asked.sent = answer_begin(&asked.request, unused, NULL);
	return value_sent(0, statement, argument);
}

static void test_a_client_enters_with_its_scopes(void **state)
{
	static const char *const none[] = {NULL};
	static const char *const two[] = {"people:read", "people:write", NULL};

	(void)state;
	assert_string_equal(entered("enter", "arg.plan"), "force_generic_plan");
	assert_string_equal(entered("enter", "arg.lane_ms"), "2000");
	asked.operation.scopes = two;
	snprintf(asked.request.client_id, UUID_TEXT, "client");
	snprintf(asked.request.credential_id, UUID_TEXT, "credential");
	assert_string_equal(entered("enter_client", "arg.client"), "client");
	assert_string_equal(
	    entered("enter_client", "arg.credential"), "credential");
	assert_string_equal(entered("enter_client", "arg.scopes"),
	    "{people:read,people:write}");
	asked.operation.scopes = none;
	assert_null(entered("enter_client", "arg.scopes"));
	asked.operation.scopes = NULL;
	assert_null(entered("enter_client", "arg.scopes"));
}

static void test_plans(void **state)
{
	(void)state;
	asked.operation.custom_plan = 4;
	asked.request.given = 3;
	assert_string_equal(entered("enter", "arg.plan"), "force_generic_plan");
	asked.request.given = 6;
	assert_string_equal(entered("enter", "arg.plan"), "force_custom_plan");
	asked.operation.custom_plan = UINT32_MAX;
	asked.request.given = 0;
	assert_string_equal(entered("enter", "arg.plan"), "force_custom_plan");
}

static void test_faults(void **state)
{
	static const struct {
		enum ending ending;
		const char *state, *read, *write;
	} cases[] = {
	    {ENDING_DONE, NULL, "", ""},
	    {ENDING_FAILED, "40001", "overloaded", "overloaded"},
	    {ENDING_FAILED, NULL, "database_unavailable",
		"database_unavailable"},
	    {ENDING_LOST, NULL, "database_unavailable", "outcome_unknown"},
	    {ENDING_UNSENT, NULL, "database_unavailable",
		"database_unavailable"},
	    {(enum ending)99, NULL, "database_unavailable",
		"database_unavailable"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outcome outcome = {.ending = cases[i].ending};

		state_said = cases[i].state;
		asked.operation.method = "GET";
		assert_string_equal(
		    code_of(answer_fault(&asked.request, &outcome)),
		    cases[i].read);
		asked.operation.method = "POST";
		assert_string_equal(
		    code_of(answer_fault(&asked.request, &outcome)),
		    cases[i].write);
	}
}

/* The last part of a file that has several, and what all of them want. */
static int parts_of(const char *name, struct named *pairs)
{
	const struct statement *statement = statement_find(name);
	int parts = 0, count = 0;

	while (statement != NULL) {
		for (int i = 0; i < statement->argument_count; i++)
			pairs[count++] =
			    (struct named){statement->arguments[i].name, "1"};
		parts++;
		statement = statement_find(arena_format(
		    &asked.request.arena, "%s.%d", name, parts + 1));
	}
	pairs[count] = (struct named){NULL, NULL};
	return parts;
}

/* The statements of a file that has several go together, in their order. */
static void test_sequences(void **state)
{
	struct transaction *transaction =
	    answer_begin(&asked.request, unused, NULL);
	struct named pairs[64];
	const char *name = NULL;
	int parts, last;

	(void)state;
	for (size_t i = 0; i < statement_count && name == NULL; i++)
		if (strstr(statements[i].name, ".2") != NULL)
			name = arena_copy(&asked.request.arena,
			    statements[i].name, strlen(statements[i].name) - 2);
	assert_non_null(name);
	parts = parts_of(name, pairs);
	assert_true(parts > 1);
	last = answer_add(&asked.request, transaction, name, pairs);
	assert_int_equal(last, parts);
	assert_int_equal(transaction->query_count, parts + 1);
	assert_ptr_equal(
	    transaction->queries[1].text, text_plain(statement_find(name)));
	asked.sent = transaction;
}

/* Without pairs the request's own values are all that there is. */
static void test_without_pairs(void **state)
{
	struct transaction *transaction =
	    answer_begin(&asked.request, unused, NULL);
	const struct statement *statement = statements;
	const struct statement *end_of_all = statements + statement_count;

	(void)state;
	while (statement < end_of_all &&
	    (statement->argument_count != 1 ||
		statement->arguments[0].source != SOURCE_AUTH_ORG))
		statement++;
	assert_true(statement < end_of_all);
	answer_add(&asked.request, transaction, statement->name, NULL);
	assert_string_equal(transaction->queries[1].values[0], "org");
	asked.sent = transaction;
}

static void test_refused_on_the_way(void **state)
{
	(void)state;
	answer_next(&asked.request, answer_begin(&asked.request, unused, NULL));
	assert_null(said);
	asked.refusal = problem_get("overloaded");
	answer_next(&asked.request, answer_begin(&asked.request, unused, NULL));
	assert_string_equal(said, "overloaded");
}

/* An operation of the real vocabulary that honours keys. */
static void ask_with_key(void)
{
	const struct operation *operation = operations;

	while (operation->kind != OPERATION_SQL || !operation->keyed ||
	    operation->statement_count == 0)
		operation++;
	asked.request.operation = operation;
	asked.request.body = "{}";
	asked.request.body_length = 2;
	asked.request.key = "k";
	asked.request.key_hash = "h";
	asked.request.caller = "c";
	assert_ptr_equal(answer_step(&asked.request), &request_waiting);
	assert_string_equal(value_sent(1, "take_key", "arg.key"), "k");
	assert_string_equal(value_sent(1, "take_key", "arg.caller"), "c");
	assert_string_equal(value_sent(1, "take_key", "arg.hash"), "h");
}

static const char *failed(int query, const char *sqlstate)
{
	struct outcome outcome = {.ending = ENDING_FAILED, .failed = query};

	said = NULL;
	state_said = sqlstate;
	ask_with_key();
	answer(&outcome);
	return said == NULL ? "asks" : said;
}

static void test_ends(void **state)
{
	(void)state;
	ask_with_key();
	answer_ending(ENDING_DONE);
	assert_string_equal(said, "outcome");
	said = NULL;
	ask_with_key();
	answer_ending(ENDING_LOST);
	assert_string_equal(said, "outcome_unknown");
	assert_string_equal(failed(0, "23505"), "internal");
	assert_string_equal(failed(2, "23505"), "internal");
	assert_string_equal(failed(1, NULL), "database_unavailable");
	assert_string_equal(failed(1, "53100"), "database_unavailable");
	assert_string_equal(failed(1, "55P03"), "key_in_flight");
	assert_string_equal(failed(1, "23505"), "asks");
}

/* Without a key the same query is another, and its error too. */
static void test_ends_without_a_key(void **state)
{
	struct outcome outcome = {.ending = ENDING_FAILED, .failed = 1};

	(void)state;
	state_said = "55P03";
	assert_ptr_equal(answer_step(&asked.request), &request_waiting);
	answer(&outcome);
	assert_string_not_equal(said, "key_in_flight");
}

/* What the row of a key says that was used. */
static const char *replayed(const char *hash, const char *answer_text)
{
	static const char *const columns[] = {"hash", "answer"};
	static const char *const own[] = {"a", "b"};
	const char *row[] = {hash, answer_text};
	struct outcome outcome = {.ending = ENDING_DONE};

	assert_string_equal(failed(1, "23505"), "asks");
	assert_string_equal(value_sent(2, "read_key", "arg.key"), "k");
	assert_true(asked.sent->reads_only);
	outcome.results[1] = result_of(own, NULL, 2);
	outcome.results[2] = result_of(columns, row, 2);
	answer(&outcome);
	PQclear(outcome.results[1]);
	PQclear(outcome.results[2]);
	return said;
}

static void test_replays(void **state)
{
	(void)state;
	assert_string_equal(replayed("h", "(a,)"), "again");
	assert_string_equal(replayed("h", NULL), "key_in_flight");
	assert_string_equal(replayed(NULL, NULL), "key_in_flight");
	assert_string_equal(replayed("x", "(a,)"), "idempotency_key_used");
	/* The reply's columns are others by now. */
	assert_string_equal(replayed("h", "(a)"), "internal");
	assert_string_equal(replayed("h", "a,b"), "internal");
	fail_at("PQcopyResult", 0);
	assert_string_equal(replayed("h", "(a,)"), "internal");
	/* Behind the two of the key's row. */
	fail_at("PQsetvalue", 2);
	assert_string_equal(replayed("h", "(a,)"), "internal");
	fail_at("PQsetvalue", 3);
	assert_string_equal(replayed("h", "(a,)"), "internal");
}

static void test_no_replay(void **state)
{
	(void)state;
	assert_string_equal(failed(1, "23505"), "asks");
	answer_ending(ENDING_LOST);
	assert_string_equal(said, "database_unavailable");
	assert_string_equal(failed(1, "23505"), "asks");
	state_said = "57P01";
	answer_ending(ENDING_FAILED);
	assert_string_equal(said, "database_unavailable");
}

static const struct problem *handled(struct request *request)
{
	assert_ptr_equal(request, &asked.request);
	return problem_get("not_found");
}

static void test_a_function(void **state)
{
	(void)state;
	asked.operation.kind = OPERATION_C;
	asked.operation.handler = handled;
	assert_string_equal(code_of(answer_step(&asked.request)), "not_found");
	assert_null(asked.sent);
}

static const char *value_of(enum source source, uint8_t index, uint32_t type)
{
	const struct argument argument = {source, index, type, "x"};
	const struct statement statement = {
	    .name = "s", .arguments = &argument, .argument_count = 1};

	return arguments_of(&asked.request, &statement)[0];
}

enum { TEXT = 25, TEXT_ARRAY = 1009 };

static void test_arguments(void **state)
{
	static const struct order_key order_keys[] = {{"name", TEXT}};
	static const struct order order = {"name", order_keys, 1, false};
	struct request *request = &asked.request;

	(void)state;
	request->parameters[0] = "a,b\"c\\d";
	request->path[0] = "p";
	assert_string_equal(value_of(SOURCE_QUERY, 0, TEXT), "a,b\"c\\d");
	assert_string_equal(
	    value_of(SOURCE_QUERY, 0, TEXT_ARRAY), "{\"a\",\"b\\\"c\\\\d\"}");
	assert_string_equal(value_of(SOURCE_HEADER, 0, TEXT), "a,b\"c\\d");
	assert_null(value_of(SOURCE_HEADER, 1, TEXT));
	assert_string_equal(value_of(SOURCE_PATH, 0, TEXT), "p");
	assert_string_equal(value_of(SOURCE_AUTH_ORG, 0, TEXT), "org");
	assert_string_equal(value_of(SOURCE_AUTH_PERSON, 0, TEXT), "person");
	request->person_id[0] = '\0';
	assert_null(value_of(SOURCE_AUTH_PERSON, 0, TEXT));
	request->roles = ROLE_MEMBER | ROLE_HR;
	assert_string_equal(
	    value_of(SOURCE_AUTH_ROLES, 0, TEXT), "{member,hr}");
	assert_string_equal(value_of(SOURCE_AUTH_LANGUAGE, 0, TEXT), "en");
	assert_null(value_of(SOURCE_BODY, 0, TEXT));
	request->body = "[1]x";
	request->body_length = 3;
	assert_string_equal(value_of(SOURCE_BODY, 0, TEXT), "[1]");
	assert_ptr_equal(value_of(SOURCE_BODY, 0, TEXT), request->body_text);
	assert_string_equal(value_of(SOURCE_NEW_ID, 0, TEXT), request->new_id);
	assert_string_equal(value_of(SOURCE_NEW_ID, 0, TEXT), request->new_id);
	assert_int_equal(request->new_id[14], '7');
	request->new_id[0] = '\0';
	assert_int_equal(value_of(SOURCE_NEW_UNDATED, 0, TEXT)[14], '4');
	request->if_match = "7";
	assert_string_equal(value_of(SOURCE_IF_MATCH, 0, TEXT), "7");
	request->limit = 20;
	assert_string_equal(value_of(SOURCE_LIMIT, 0, TEXT), "21");
	request->key = "k";
	request->caller = "c";
	assert_string_equal(value_of(SOURCE_KEY, 0, TEXT), "k");
	assert_string_equal(value_of(SOURCE_CALLER, 0, TEXT), "c");
	/* The cursor's keys, as many as the order has. */
	request->cursor[0] = "first";
	request->cursor[1] = "stale";
	assert_null(value_of(SOURCE_CURSOR, 0, TEXT));
	request->has_cursor = true;
	assert_null(value_of(SOURCE_CURSOR, 0, TEXT));
	request->order = &order;
	assert_string_equal(value_of(SOURCE_CURSOR, 0, TEXT), "first");
	assert_null(value_of(SOURCE_CURSOR, 1, TEXT));
}

static void forgotten(void)
{
	value_of(SOURCE_ARG, 0, TEXT);
}

static void unheard_of(void)
{
	value_of((enum source)99, 0, TEXT);
}

/* What only C code can give must be given: null would be an answer. */
static void test_forgotten_arguments(void **state)
{
	(void)state;
	assert_int_equal(end_of(forgotten), SIGABRT);
	assert_int_equal(end_of(unheard_of), SIGABRT);
}

static const char *allowed(uint32_t wanted, uint32_t roles, const char *scopes)
{
	asked.operation.roles = wanted;
	asked.request.roles = roles;
	asked.request.scopes = scopes;
	return code_of(access_step(&asked.request));
}

static void test_access(void **state)
{
	static const char *const none[] = {NULL};
	static const char *const two[] = {"people:read", "people:write", NULL};
	const uint32_t both = ROLE_MEMBER | ROLE_INTEGRATOR;

	(void)state;
	assert_string_equal(allowed(0, 0, ""), "");
	assert_string_equal(allowed(ROLE_HR, 0, ""), "forbidden");
	assert_string_equal(allowed(ROLE_HR, ROLE_MEMBER, ""), "forbidden");
	assert_string_equal(allowed(both, ROLE_MEMBER, ""), "");
	/* Without scopes of its own an operation is anybody's of the role. */
	assert_string_equal(allowed(both, ROLE_INTEGRATOR, ""), "");
	asked.operation.scopes = none;
	assert_string_equal(allowed(both, ROLE_INTEGRATOR, ""), "");
	asked.operation.scopes = two;
	assert_string_equal(
	    allowed(both, ROLE_INTEGRATOR, ""), "insufficient_scope");
	assert_string_equal(
	    allowed(both, ROLE_INTEGRATOR, "people:rea"), "insufficient_scope");
	assert_string_equal(
	    allowed(both, ROLE_INTEGRATOR, "x people:write"), "");
	assert_string_equal(allowed(both, both, ""), "");
}

static void test_scopes(void **state)
{
	static const struct {
		const char *scopes, *scope;
		bool among;
	} cases[] = {
	    {"", "a", false},
	    {"a", "a", true},
	    {"a", "", false},
	    {"ab", "a", false},
	    {"ba", "a", false},
	    {"ab a", "a", true},
	    {"ba a", "a", true},
	    {"b a c", "a", true},
	    {"a:read a", "a", true},
	    {"aa", "a", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(scope_among(cases[i].scopes, cases[i].scope),
		    cases[i].among);
	for (const char *const *name = scope_names; *name != NULL; name++)
		assert_true(scope_exists(*name));
	assert_false(scope_exists("people"));
	assert_int_equal(role_find("hr"), ROLE_HR);
	assert_int_equal(role_find("HR"), 0);
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ONE(test_a_client_enters_with_its_scopes),
	    ONE(test_plans),
	    ONE(test_faults),
	    ONE(test_sequences),
	    ONE(test_without_pairs),
	    ONE(test_refused_on_the_way),
	    ONE(test_ends),
	    ONE(test_ends_without_a_key),
	    ONE(test_replays),
	    ONE(test_no_replay),
	    ONE(test_a_function),
	    ONE(test_arguments),
	    ONE(test_forgotten_arguments),
	    ONE(test_access),
	    ONE(test_scopes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
