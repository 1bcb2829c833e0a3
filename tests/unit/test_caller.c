/*
 * Whose request it is, without a server: what each header, each answer of the
 * database and each silence of it makes of a request.
 *
 * Mutations: a scheme that only begins with Bearer; two tokens of which one is
 * taken; an organisation, a person or a client that is unknown let through;
 * somebody remembered who was not found, or longer than a minute; a
 * remembered caller told from another by the hash alone; a missing answer
 * taken for one; a key that may be new refused, or waited for twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

#include <time.h>

#include "asked.h"
#include "forge.h"
#include "caller_cache.h"
#include "hefboom/steps.h"
#include "hefboom/token.h"

INSTEAD(const struct problem *, request_submit,
    (struct request * r, struct transaction *t))
{
	return submit(r, t);
}

static struct {
	const struct problem *problem;
	int count, again;
} resumed;

INSTEAD(void, request_resume, (struct request * r, const struct problem *p))
{
	assert_ptr_equal(r, &asked.request);
	assert_null(r->transaction);
	resumed.problem = p;
	resumed.count++;
}

INSTEAD(void, request_again, (struct request * r))
{
	assert_ptr_equal(r, &asked.request);
	resumed.again++;
}

static time_t later_s;

INSTEAD(int, clock_gettime, (clockid_t clock, struct timespec *now))
{
	int status = __real_clock_gettime(clock, now);

	now->tv_sec += later_s;
	return status;
}

/* Whether the key of the next token may be new, and what waiting brings. */
static struct {
	bool unsure, waits;
	unsigned retry_s;
} keys;

INSTEAD(struct principal *, token_check,
    (struct token_checker * c, const char *t, size_t n, int64_t now,
	const char **why))
{
	if (!keys.unsure)
		return __real_token_check(c, t, n, now, why);
	*why = token_unsure;
	return NULL;
}

INSTEAD(bool, token_wait, (struct token_checker * c, struct token_waiter *w))
{
	(void)c;
	w->retry_s = keys.retry_s;
	return keys.waits;
}

static const char *ended;

INSTEAD(void, token_wait_end, (struct token_waiter * w))
{
	(void)w;
	ended = "ended";
}

static struct forge forge;

static int setup(void **state)
{
	json_t *issuers;
	char *error = NULL;

	(void)state;
	forge_init(&forge);
	forge_write(&forge, "secret", forge.secret, 32);
	issuers = forge_json(&forge,
	    "[{'issuer':'hefboom','audience':'hefboom',"
	    "'secret_file':'@/secret','algorithms':['HS256']}]");
	asked.service.tokens = token_checker_new(issuers, &error);
	json_decref(issuers);
	return asked.service.tokens == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	token_checker_free(asked.service.tokens);
	forge_release(&forge);
	return 0;
}

static int begin(void **state)
{
	(void)state;
	asked.service.callers = caller_cache_new();
	asked.operation = (struct operation){
	    .name = "get_me", .method = "GET", .roles = ROLE_MEMBER};
	later_s = 0;
	memset(&resumed, 0, sizeof(resumed));
	memset(&keys, 0, sizeof(keys));
	ended = NULL;
	return 0;
}

static int end(void **state)
{
	(void)state;
	caller_cache_free(asked.service.callers);
	caller_cache_free(NULL);
	return 0;
}

/* Claims behind `sub`: `"roles":["member"]`. */
static char *header_of(const char *subject, const char *claims)
{
	const struct signer signer = {"HS256", NULL, forge.secret, 32};
	char *text = memory_format("{\"iss\":\"hefboom\",\"aud\":\"hefboom\","
				   "\"org\":\"acme\",\"sub\":\"%s\","
				   "\"exp\":%lld,%s}",
	    subject, (long long)time(NULL) + 600, claims);
	char *token = forge_token(&signer, "{\"alg\":\"HS256\"}", text);
	char *header = memory_format("Bearer %s", token);

	free(text);
	free(token);
	return header;
}

#define MEMBER "\"roles\":[\"member\"]"
#define MACHINE "\"roles\":[\"integrator\"]"

/* A new request with this token; what the step says at once. */
static const struct problem *step(const char *subject, const char *claims)
{
	char *header = header_of(subject, claims);
	const struct problem *problem;

	asked_begin();
	asked_header(
	    "authorization", arena_string(&asked.request.arena, header));
	problem = caller_step(&asked.request);
	free(header);
	return problem;
}

static const char *const found_columns[] = {"org_id", "person_id", "active"};

#define ORG "018f0000-0000-7000-8000-00000000000a"
#define PERSON "018f0000-0000-7000-8000-00000000000b"

/* The database knows these two; NULL: it does not. */
static const char *found(const char *org, const char *person)
{
	const char *values[] = {org, person, "t"};
	struct outcome outcome = {.ending = ENDING_DONE};

	outcome.results[0] = result_of(found_columns, values, 3);
	answer(&outcome);
	PQclear(outcome.results[0]);
	return code_of(resumed.problem);
}

static void test_headers(void **state)
{
	static const struct {
		const char *first, *second, *code;
	} cases[] = {
	    {NULL, NULL, "unauthenticated"},
	    {"", NULL, "unauthenticated"},
	    {"Bear", NULL, "unauthenticated"},
	    {"Basic dTpw", NULL, "unauthenticated"},
	    {"Bearerx a.b.c", NULL, "unauthenticated"},
	    {"Bearer", NULL, "invalid_token"},
	    {"bearer  ", NULL, "invalid_token"},
	    {"BEARER   a.b.c", NULL, "invalid_token"},
	    {"Bearer hfb_", NULL, "invalid_token"},
	    {"Bearer hfb-12345", NULL, "invalid_token"},
	    {"Bearer a.b.c", "Bearer a.b.c", "invalid_token"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		asked_begin();
		if (cases[i].first != NULL)
			asked_header("authorization", cases[i].first);
		if (cases[i].second != NULL)
			asked_header("authorization", cases[i].second);
		assert_string_equal(
		    code_of(caller_step(&asked.request)), cases[i].code);
		assert_null(asked.sent);
		assert_int_equal(asked.request.roles, 0);
		/* Whom nobody asks for a token is asked for none. */
		asked.operation.roles = 0;
		assert_null(caller_step(&asked.request));
		asked.operation.roles = ROLE_MEMBER;
		asked_end();
	}
}

/* Of two none is taken, however good they are. */
static void test_two_tokens(void **state)
{
	char *header = header_of("els", MEMBER);

	(void)state;
	asked_begin();
	asked_header("authorization", header);
	asked_header("authorization", header);
	assert_string_equal(
	    code_of(caller_step(&asked.request)), "invalid_token");
	assert_null(asked.sent);
	asked_end();
	free(header);
}

static void test_a_person(void **state)
{
	(void)state;
	assert_ptr_equal(step("els", MEMBER), &request_waiting);
	assert_string_equal(
	    value_sent(0, "find_caller", "arg.issuer"), "hefboom");
	assert_string_equal(value_sent(0, "find_caller", "arg.org"), "acme");
	assert_string_equal(value_sent(0, "find_caller", "arg.subject"), "els");
	assert_string_equal(found(ORG, PERSON), "");
	assert_string_equal(asked.request.org_id, ORG);
	assert_string_equal(asked.request.person_id, PERSON);
	assert_string_equal(asked.request.caller, PERSON);
	assert_int_equal(asked.request.roles, ROLE_MEMBER);
	asked_end();
	/* Remembered for a minute, and then no longer. */
	assert_null(step("els", "\"roles\":[\"leader\"]"));
	assert_null(asked.sent);
	assert_string_equal(asked.request.org_id, ORG);
	assert_string_equal(asked.request.person_id, PERSON);
	assert_string_equal(asked.request.caller, PERSON);
	assert_int_equal(asked.request.roles, ROLE_LEADER | ROLE_MEMBER);
	asked_end();
	later_s = CALLER_SECONDS + 1;
	assert_ptr_equal(step("els", MEMBER), &request_waiting);
	asked_end();
}

static void test_nobody(void **state)
{
	static const char *const powers[] = {
	    MEMBER, "\"roles\":[]", "\"roles\":[\"member\",\"integrator\"]"};

	(void)state;
	for (size_t i = 0; i < sizeof(powers) / sizeof(powers[0]); i++)
		/* Twice: who was not found is not remembered. */
		for (int again = 0; again < 2; again++) {
			assert_ptr_equal(
			    step("who", powers[i]), &request_waiting);
			assert_string_equal(found(ORG, NULL), "caller_unknown");
			asked_end();
		}
	assert_ptr_equal(step("idp", MACHINE), &request_waiting);
	assert_string_equal(found(NULL, NULL), "caller_unknown");
	asked_end();
}

/* It needs no person, and has its keys by its name. */
static void test_a_machine(void **state)
{
	(void)state;
	assert_ptr_equal(step("idp", MACHINE), &request_waiting);
	assert_string_equal(found(ORG, NULL), "");
	assert_string_equal(asked.request.person_id, "");
	assert_string_equal(asked.request.caller, "hefboom idp");
	asked_end();
	assert_null(step("idp", "\"roles\":[\"trainer\"]"));
	assert_string_equal(asked.request.caller, "hefboom idp");
	asked_end();
	/* The same name as somebody's member: remembered, and still nobody. */
	assert_string_equal(code_of(step("idp", MEMBER)), "caller_unknown");
	asked_end();
}

/* No answer is no answer, whoever asks. */
static void no_answer(const struct problem *(*ask)(void))
{
	static const enum ending endings[] = {
	    ENDING_FAILED, ENDING_LOST, ENDING_UNSENT};

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		assert_ptr_equal(ask(), &request_waiting);
		answer_ending(endings[i]);
		assert_string_equal(
		    code_of(resumed.problem), "database_unavailable");
		assert_string_equal(asked.request.org_id, "");
		asked_end();
	}
	asked.refusal = problem_get("overloaded");
	assert_string_equal(code_of(ask()), "overloaded");
	asked_end();
}

static const struct problem *ask_person(void)
{
	return step("els", MEMBER);
}

static const struct problem *ask_token(void)
{
	asked_begin();
	asked_header("authorization", "Bearer hfb_0123456789");
	return caller_step(&asked.request);
}

#define CLIENT "018f0000-0000-7000-8000-00000000000c"
#define CREDENTIAL "018f0000-0000-7000-8000-00000000000d"

static const struct problem *ask_client(void)
{
	return step(CLIENT,
	    MACHINE ",\"client_id\":\"" CLIENT "\",\"scope\":\"people:read\","
		    "\"credential_id\":\"" CREDENTIAL "\"");
}

static void test_no_answer(void **state)
{
	(void)state;
	no_answer(ask_person);
	no_answer(ask_token);
	no_answer(ask_client);
}

static const char *const client_columns[] = {
    "org_id", "client_id", "credential_id", "scopes"};

static const char *found_client(const char *const *values)
{
	struct outcome outcome = {.ending = ENDING_DONE};

	outcome.results[0] = result_of(client_columns, values, 4);
	answer(&outcome);
	PQclear(outcome.results[0]);
	return code_of(resumed.problem);
}

static void is_client(const char *scopes)
{
	assert_string_equal(asked.request.org_id, ORG);
	assert_string_equal(asked.request.client_id, CLIENT);
	assert_string_equal(asked.request.credential_id, CREDENTIAL);
	assert_string_equal(asked.request.person_id, "");
	assert_string_equal(asked.request.caller, "client " CLIENT);
	assert_string_equal(asked.request.scopes, scopes);
	assert_int_equal(asked.request.roles, ROLE_INTEGRATOR);
}

static void test_a_token_of_ours(void **state)
{
	static const char *const values[] = {
	    ORG, CLIENT, CREDENTIAL, "groups:write"};

	(void)state;
	assert_ptr_equal(ask_token(), &request_waiting);
	/* SHA-256, never the token. */
	assert_string_equal(
	    value_sent(0, "use_machine_credential", "arg.kind"), "token");
	assert_int_equal(
	    strlen(value_sent(0, "use_machine_credential", "arg.hash")), 66);
	assert_string_equal(found_client(NULL), "invalid_token");
	assert_string_equal(asked.request.reason, "unknown or revoked");
	asked_end();
	assert_ptr_equal(ask_token(), &request_waiting);
	assert_string_equal(found_client(values), "");
	is_client("groups:write");
	asked_end();
	assert_null(ask_token());
	is_client("groups:write");
	asked_end();
}

/* What a secret bought says its own scopes, and is asked for again. */
static void test_a_bought_token(void **state)
{
	static const char *const values[] = {ORG, NULL, NULL, NULL};
	static const char *const odd[] = {"", "018f0000",
	    "018f0000-0000-7000-8000-00000000000C",
	    "018f0000x0000-7000-8000-00000000000c",
	    "018f0000-0000-7000-8000-00000000000c1"};

	(void)state;
	assert_ptr_equal(ask_client(), &request_waiting);
	assert_string_equal(
	    value_sent(0, "use_machine_client", "arg.client"), CLIENT);
	assert_string_equal(
	    value_sent(0, "use_machine_client", "arg.org"), "acme");
	assert_string_equal(
	    value_sent(0, "use_machine_client", "arg.credential"), CREDENTIAL);
	assert_string_equal(found_client(values), "");
	is_client("people:read");
	asked_end();
	assert_null(ask_client());
	is_client("people:read");
	asked_end();
	for (size_t i = 1; i < sizeof(odd) / sizeof(odd[0]); i++)
		for (int which = 0; which < 2; which++) {
			char *claims = memory_format(MACHINE
			    ",\"client_id\":\"%s\",\"credential_id\":\"%s\"",
			    which == 0 ? odd[i] : CLIENT,
			    which == 0 ? CREDENTIAL : odd[i]);

			assert_string_equal(
			    code_of(step("x", claims)), "invalid_token");
			assert_null(asked.sent);
			asked_end();
			free(claims);
		}
}

static void test_a_new_key(void **state)
{
	(void)state;
	keys.unsure = true;
	keys.retry_s = 7;
	/* Nothing will be known soon. */
	assert_string_equal(code_of(step("els", MEMBER)), "keys_unavailable");
	assert_int_equal(asked.request.retry_after_s, 7);
	asked_end();
	assert_null(ended);
	/* It waits, is told, and does not wait again. */
	keys.waits = true;
	for (int settled = 0; settled < 2; settled++) {
		assert_ptr_equal(step("els", MEMBER), &request_waiting);
		asked.request.waiter->again(asked.request.waiter->context);
		assert_int_equal(resumed.again, settled + 1);
		asked.request.waiter->settled = settled;
		assert_string_equal(code_of(caller_step(&asked.request)),
		    settled ? "invalid_token" : "keys_unavailable");
		if (settled)
			assert_string_equal(
			    asked.request.reason, "unknown key");
		else
			assert_int_equal(asked.request.retry_after_s, 7);
		asked_end();
		assert_string_equal(ended, "ended");
		ended = NULL;
	}
	/* The key has come. */
	assert_ptr_equal(step("els", MEMBER), &request_waiting);
	keys.unsure = false;
	assert_ptr_equal(caller_step(&asked.request), &request_waiting);
	assert_string_equal(found(ORG, PERSON), "");
	asked_end();
}

/* Entries of one hash are told apart by what they are. */
static void test_remembered_apart(void **state)
{
	struct caller_cache *cache = asked.service.callers;
	struct caller_key one = {"a\0b\0c", 6, 5}, same = {"a\0b\0d", 6, 5};
	struct caller_key longer = {"a\0b\0cc", 7, 5};
	struct caller_key beside = {"a\0b\0e", 6, 5 + 16384};

	(void)state;
	asked_begin();
	caller_add(cache, &one, &asked.request, NULL);
	assert_non_null(caller_find(cache, &one));
	assert_null(caller_find(cache, &same));
	assert_null(caller_find(cache, &longer));
	assert_null(caller_find(cache, &beside));
	caller_add(cache, &beside, &asked.request, "x");
	assert_string_equal(caller_find(cache, &beside)->scopes, "x");
	assert_null(caller_find(cache, &one)->scopes);
	asked_end();
}

/* The first that came leaves when there is no room, and only that one. */
static void test_remembered_so_many(void **state)
{
	struct caller_cache *cache = asked.service.callers;
	uint64_t text;
	struct caller_key key = {(char *)&text, sizeof(text), 0};

	(void)state;
	asked_begin();
	for (text = 0; text <= CALLERS_MAX; text++) {
		key.hash = text;
		caller_add(cache, &key, &asked.request, NULL);
	}
	key.hash = text = 0;
	assert_null(caller_find(cache, &key));
	key.hash = text = 1;
	assert_non_null(caller_find(cache, &key));
	key.hash = text = CALLERS_MAX;
	assert_non_null(caller_find(cache, &key));
	/* Everybody's minute is over. */
	later_s = CALLER_SECONDS + 1;
	assert_null(caller_find(cache, &key));
	key.hash = text = 1;
	assert_null(caller_find(cache, &key));
	caller_add(cache, &key, &asked.request, NULL);
	assert_non_null(caller_find(cache, &key));
	asked_end();
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ONE(test_headers),
	    ONE(test_two_tokens),
	    ONE(test_a_person),
	    ONE(test_nobody),
	    ONE(test_a_machine),
	    ONE(test_no_answer),
	    ONE(test_a_token_of_ours),
	    ONE(test_a_bought_token),
	    ONE(test_a_new_key),
	    ONE(test_remembered_apart),
	    ONE(test_remembered_so_many),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
