/*
 * /oauth/token without a server: how a client says who it is, and what each
 * answer of the database makes of it.
 *
 * Mutations: a member twice, or both ways of saying who one is, taken; Basic
 * told by its first letters; base64url taken for base64; a NUL that ends a
 * name early; any grant, another client, more scopes, an expired secret
 * granted; half a token handed over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

#include "asked.h"
#include "handlers/token_request.h"
#include "hefboom/config.h"
#include "hefboom/reply.h"
#include "hefboom/token.h"

handler_fn create_access_token;

INSTEAD(const struct problem *, request_submit,
    (struct request * r, struct transaction *t))
{
	return submit(r, t);
}

static char said[512];
static int status_said;

INSTEAD(void, reply_problem, (struct request * r, const struct problem *p))
{
	(void)r;
	snprintf(said, sizeof(said), "%s", p->code);
}

INSTEAD(void, reply_content, (struct request * r, const struct content *c))
{
	const struct content *content = c;

	(void)r;
	assert_non_null(
	    strstr(content->headers, "Cache-Control: no-store\r\n"));
	assert_int_equal(
	    strstr(content->headers, "WWW-Authenticate: Basic") != NULL,
	    content->status == 401);
	status_said = content->status;
	snprintf(
	    said, sizeof(said), "%.*s", (int)content->length, content->bytes);
}

INSTEAD(char *, PQresultErrorField, (const PGresult *result, int field))
{
	(void)result, (void)field;
	return NULL;
}

/* clang-format off */
FAILING(char *, token_issue, (const unsigned char *s, size_t n, const struct token_order *o), (s, n, o), NULL)
/* clang-format on */

static struct config config = {.access_token_s = 900};

static int begin(void **state)
{
	(void)state;
	asked_begin();
	asked.service.config = &config;
	asked.operation =
	    (struct operation){.name = "create_access_token", .method = "POST"};
	said[0] = '\0';
	status_said = 0;
	fail_at(NULL, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	asked_end();
	return 0;
}

#define GRANT "grant_type=client_credentials"
#define WHO "&client_id=c&client_secret=s"

static struct token_request read_form(
    const char *form, const char *header, const char **error)
{
	struct token_request request = {0};

	asked.head.header_count = 0;
	if (header != NULL)
		asked_header("authorization", header);
	asked.request.body = form;
	asked.request.body_length = strlen(form);
	*error = token_request_read(&asked.request, &request);
	return request;
}

static void test_forms(void **state)
{
	static const struct {
		const char *form, *error;
	} cases[] = {
	    {GRANT WHO, NULL},
	    {"&&" GRANT "&" WHO "&", NULL},
	    {GRANT WHO "&other=1&other=2", NULL},
	    {"gr%61nt_type=client_credentials" WHO, NULL},
	    {GRANT WHO "&scope=&scope=a", NULL}, /* RFC 6749, 3.2: omitted */
	    {GRANT WHO "&scope&scope=a", NULL},
	    {GRANT WHO "&scope=a&scope=b", "invalid_request"},
	    {GRANT WHO "&scope=%zz", "invalid_request"},
	    {GRANT WHO "&%zz=a", "invalid_request"},
	    {GRANT WHO "&" GRANT, "invalid_request"},
	    {"", "invalid_request"},
	    {"client_id=c&client_secret=s", "invalid_request"},
	    {"grant_type=" WHO, "invalid_request"},
	    {GRANT, "invalid_client"},
	    {GRANT "&client_id=c", "invalid_client"},
	    {GRANT "&client_secret=s", "invalid_client"},
	    {"grant_type=password" WHO, "unsupported_grant_type"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *error;
		struct token_request request =
		    read_form(cases[i].form, NULL, &error);

		if (cases[i].error == NULL) {
			assert_null(error);
			assert_string_equal(request.client_id, "c");
			assert_string_equal(request.client_secret, "s");
			continue;
		}
		if (error == NULL || strcmp(error, cases[i].error) != 0)
			fail_msg("%s: %s", cases[i].form, error);
		assert_non_null(request.why);
	}
}

static void test_basic(void **state)
{
	static const struct {
		const char *header, *form, *error;
	} cases[] = {
	    {"Basic Yzpz", GRANT, NULL}, /* c:s */
	    {"bASIC Yzpz", GRANT, NULL},
	    {"Basic Yzpz", GRANT "&client_id=c", NULL},
	    {"Basic YyUzYTpz", GRANT, NULL}, /* c%3a:s */
	    {"Basic YzpzMQ==", GRANT, NULL}, /* c:s1 */
	    {"Basic Yzo+Pz8/", GRANT, NULL}, /* c:>??? */
	    {"Basic Yzpz", GRANT "&client_id=d", "invalid_request"},
	    {"Basic Yzpz", GRANT "&client_secret=s", "invalid_request"},
	    {"Basic Yzo-Pz8_", GRANT, "invalid_client"},
	    {"Basic Yzo_Pz8_", GRANT, "invalid_client"},
	    {"Basic Yzp", GRANT, "invalid_client"},
	    {"Basic YzpzAA==", GRANT, "invalid_client"}, /* c:s and NUL */
	    {"Basic Y3M=", GRANT, "invalid_client"}, /* no colon */
	    {"Basic ====", GRANT, "invalid_client"},
	    {"Basic ", GRANT, "invalid_client"},
	    {"Basic JXp6OnM=", GRANT, "invalid_client"}, /* %zz:s */
	    {"Basic czoleno=", GRANT, "invalid_client"}, /* s:%zz */
	    {"Bearer abcdef", GRANT, "invalid_client"},
	    {"BearerYzpz", GRANT, "invalid_client"},
	    {"BasicXYzpz", GRANT, "invalid_client"},
	    {"Basi", GRANT, "invalid_client"},
	    {"Basic Yzpz", "client_id=c", "invalid_request"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *error;
		struct token_request request =
		    read_form(cases[i].form, cases[i].header, &error);

		if (cases[i].error == NULL) {
			assert_null(error);
			assert_int_equal(request.client_id[0], 'c');
			assert_non_null(request.client_secret);
			continue;
		}
		if (error == NULL || strcmp(error, cases[i].error) != 0)
			fail_msg("%s: %s", cases[i].header, error);
	}
}

static void test_two_headers(void **state)
{
	struct token_request request = {0};

	(void)state;
	asked_header("authorization", "Basic Yzpz");
	asked_header("Authorization", "Basic Yzpz");
	asked.request.body = GRANT;
	asked.request.body_length = strlen(GRANT);
	assert_string_equal(
	    token_request_read(&asked.request, &request), "invalid_request");
}

static const struct problem *ask(const char *form)
{
	asked.head.header_count = 0;
	asked.request.body = form;
	asked.request.body_length = strlen(form);
	return create_access_token(&asked.request);
}

/* What the client gets when the database has found this. */
static void found(const char *form, const char *const *values)
{
	static const char *const columns[] = {
	    "client_id", "org", "credential_id", "scopes", "left_s", "org_id"};
	struct outcome outcome = {.ending = ENDING_DONE};

	assert_ptr_equal(ask(form), &request_waiting);
	assert_string_equal(
	    value_sent(0, "use_machine_credential", "arg.kind"), "secret");
	outcome.results[0] = result_of(columns, values, 6);
	answer(&outcome);
	PQclear(outcome.results[0]);
	assert_null(asked.request.transaction);
}

static void test_granted(void **state)
{
	static const struct {
		const char *asked, *granted;
	} cases[] = {
	    {"", "\"scope\":\"people:read groups:write\""},
	    {"&scope=+", "\"scope\":\"people:read groups:write\""},
	    {"&scope=groups:write", "\"scope\":\"groups:write\""},
	    {"&scope=+groups:write++people:read+groups:write+",
		"\"scope\":\"groups:write people:read\""},
	};
	const char *values[] = {
	    "c", "acme", "x", "people:read groups:write", NULL, "o"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *form = memory_format(GRANT WHO "%s", cases[i].asked);

		found(form, values);
		assert_non_null(strstr(said, cases[i].granted));
		assert_non_null(strstr(said, "\"expires_in\":900"));
		assert_non_null(strstr(said, "\"access_token\":\"ey"));
		free(form);
	}
	/* It ends with the secret that bought it, if that is sooner. */
	values[4] = "901";
	found(GRANT WHO, values);
	assert_non_null(strstr(said, "\"expires_in\":900"));
	values[4] = "1";
	found(GRANT WHO, values);
	assert_non_null(strstr(said, "\"expires_in\":1,"));
}

static void test_refused(void **state)
{
	static const char *const cases[][6] = {
	    {NULL, "acme", "x", "people:read", NULL, "o"},
	    {"c", "acme", "x", NULL, NULL, "o"},
	    {"d", "acme", "x", "people:read", NULL, "o"},
	    {"c", "acme", "x", "people:read", "0", "o"},
	    {"c", "acme", "x", "people:read", "-5", "o"},
	};
	static const char *const good[] = {
	    "c", "acme", "x", "people:read", NULL, "o"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		found(GRANT WHO, cases[i]);
		assert_int_equal(status_said, 401);
		assert_non_null(strstr(said, "\"invalid_client\""));
	}
	found(GRANT WHO, NULL);
	assert_non_null(strstr(said, "\"invalid_client\""));
	found(GRANT WHO "&scope=people:read+people:write", good);
	assert_int_equal(status_said, 400);
	assert_non_null(strstr(said, "\"invalid_scope\""));
	fail_at("token_issue", 0);
	found(GRANT WHO, good);
	assert_string_equal(said, "internal");
	assert_ptr_equal(ask("grant_type=x" WHO), &request_waiting);
	assert_null(asked.sent);
	assert_non_null(strstr(said, "\"unsupported_grant_type\""));
}

static void test_no_answer(void **state)
{
	static const enum ending endings[] = {
	    ENDING_FAILED, ENDING_LOST, ENDING_UNSENT};

	(void)state;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		said[0] = '\0';
		assert_ptr_equal(ask(GRANT WHO), &request_waiting);
		answer_ending(endings[i]);
		assert_string_equal(said, "database_unavailable");
	}
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ONE(test_forms),
	    ONE(test_basic),
	    ONE(test_two_headers),
	    ONE(test_granted),
	    ONE(test_refused),
	    ONE(test_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
