/*
 * What a request's headers ask for and bring: Accept, Content-Type, bodies
 * where none belongs, keys, versions.
 *
 * Mutations: q=0 taken for a yes; the last range for the most exact one; any
 * charset, any coding taken; a key of 256 characters, with a blank, or twice;
 * the oldest of several versions, of several lines the first alone; a `*` in
 * any line; a comma or a semicolon in quotes taken for one in Accept; an empty
 * line or member of it for a range; a body that nobody asked for ignored.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

#include "asked.h"
#include "hefboom/steps.h"

static int begin(void **state)
{
	(void)state;
	asked_begin();
	asked.operation = (struct operation){
	    .name = "x", .method = "POST", .replies_json = true};
	return 0;
}

static int end(void **state)
{
	(void)state;
	asked_end();
	return 0;
}

static const char *negotiated(void)
{
	return code_of(negotiate_step(&asked.request));
}

/* With one header, which then is taken away again. */
static const char *with(const char *name, const char *value)
{
	const char *code;

	asked_header(name, value);
	code = negotiated();
	asked.head.header_count--;
	return code;
}

static void test_accept(void **state)
{
	static const char *const good[] = {"", ",", "\t, ,,", "*/*",
	    "application/json", ", text/html , , */*,,", "application/*",
	    "application/problem+json", "APPLICATION/JSON", "text/html, */*",
	    "text/html;q=0.9,application/json;q=0.1",
	    " \tapplication/json \t; q=1", "application/json;q=0.001",
	    "application/json;charset=utf-8",
	    "application/json;q=", "application/json;;q=1",
	    "*/*;q=0, application/json", "application/*;q=0,application/json",
	    "application/json,*/*;q=0",
	    "application/json;q=0, application/problem+json",
	    "application/problem+json, application/json;q=0",
	    "application/json;x=\"a,b;q=0\"", "text/html;x=\",;\\\"\", */*"};
	static const char *const bad[] = {"text/html", "application/jso",
	    "application/json;q=0", "application/json;q=0.000",
	    "application/json; x=1; Q=0", "*/*;q=0", "text/*",
	    "application/scim+json", "*/*, application/json;q=0",
	    "application/*, application/json;q=0", ";q=1", ", text/html,",
	    "text/html;x=\"a, */*\"", "*/*;x=\"a;b\";q=0",
	    "application/json;q=0, */*"};

	(void)state;
	assert_string_equal(negotiated(), "");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_string_equal(with("accept", good[i]), "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strcmp(with("Accept", bad[i]), "not_acceptable") != 0)
			fail_msg("taken: %s", bad[i]);
	/* Two lines that are empty ask for nothing. */
	asked_header("accept", "");
	assert_string_equal(with("accept", ""), "");
	assert_string_equal(with("accept", "text/html"), "not_acceptable");
	asked.head.header_count = 0;
	/* Of several headers one is enough. */
	asked_header("accept", "text/html");
	assert_string_equal(with("accept", "application/json"), "");
	assert_string_equal(negotiated(), "not_acceptable");
	/* A page goes to whoever asks for it. */
	asked.operation.replies_json = false;
	assert_string_equal(negotiated(), "");
	asked.operation.replies_json = true;
	asked.operation.dialect = DIALECT_SCIM;
	assert_string_equal(with("accept", "application/scim+json"), "");
	assert_string_equal(
	    with("accept", "application/problem+json"), "not_acceptable");
}

static void body(const char *text)
{
	asked.request.body = text;
	asked.request.body_length = strlen(text);
}

static void test_no_body(void **state)
{
	static const char *const empty[] = {"", "{}", " {} ", "\t{}\t", "  "};
	static const char *const not_empty[] = {
	    "[]", "{ }", "x", "{}{}", "\n{}"};

	(void)state;
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		body(empty[i]);
		asked.operation.method = "POST";
		assert_string_equal(negotiated(), "");
		asked.operation.method = "GET";
		assert_string_equal(negotiated(),
		    strchr(empty[i], '{') == NULL ? "" : "body_not_expected");
	}
	asked.operation.method = "POST";
	for (size_t i = 0; i < sizeof(not_empty) / sizeof(not_empty[0]); i++) {
		body(not_empty[i]);
		assert_string_equal(negotiated(), "body_not_expected");
	}
}

static void test_body(void **state)
{
	static const struct {
		const char *type;
		enum body_kind kind;
		bool taken;
	} cases[] = {
	    {"application/json", BODY_JSON, true},
	    {"Application/JSON ; Charset=UTF-8", BODY_JSON, true},
	    {"application/json;charset=\"utf-8\"", BODY_JSON, true},
	    {"application/json;charset=", BODY_JSON, true},
	    {"application/json;boundary=x;y", BODY_JSON, true},
	    {"application/json;boundary=xyz", BODY_JSON, true},
	    {"application/json;charset=latin1", BODY_JSON, false},
	    {"application/json;charset=utf-16", BODY_JSON, false},
	    {"application/json;x=y;charset=utf-16", BODY_JSON, false},
	    {"application/jsonx", BODY_JSON, false},
	    {"text/json", BODY_JSON, false},
	    {"", BODY_JSON, false},
	    {"application/merge-patch+json", BODY_JSON, false},
	    {"application/merge-patch+json", BODY_MERGE_PATCH, true},
	    {"application/json", BODY_MERGE_PATCH, true},
	    {"text/plain", BODY_MERGE_PATCH, false},
	    {"application/x-www-form-urlencoded", BODY_FORM, true},
	    {"application/json", BODY_FORM, false},
	    {"application/scim+json", BODY_JSON, false},
	    {"text/csv", BODY_SPOOL, true},
	};

	(void)state;
	body("{}");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *code;

		asked.operation.body = cases[i].kind;
		code = with("content-type", cases[i].type);
		if (strcmp(code,
			cases[i].taken ? "" : "unsupported_media_type") != 0)
			fail_msg("%s: %s", cases[i].type, code);
	}
	asked.operation.body = BODY_JSON;
	assert_string_equal(negotiated(), "unsupported_media_type");
	asked_header("content-type", "application/json");
	assert_string_equal(
	    with("content-type", "application/json"), "unsupported_media_type");
	assert_string_equal(with("content-encoding", "identity"), "");
	assert_string_equal(
	    with("content-encoding", "gzip"), "unsupported_media_type");
	asked_header("content-encoding", "identity");
	assert_string_equal(
	    with("content-encoding", "identity"), "unsupported_media_type");
	asked.operation.dialect = DIALECT_SCIM;
	asked.head.header_count = 0;
	assert_string_equal(with("content-type", "application/scim+json"), "");
	/* Without a body no header says anything about one. */
	body("");
	assert_string_equal(with("content-type", "text/html"), "");
	asked.operation.body_required = true;
	assert_string_equal(
	    with("content-type", "application/json"), "body_required");
}

static void test_keys(void **state)
{
	char longest[257];

	(void)state;
	memset(longest, 'k', sizeof(longest));
	longest[256] = '\0';
	/* Where it changes nothing it is nothing. */
	assert_string_equal(with("idempotency-key", "a b"), "");
	assert_null(asked.request.key);
	asked.operation.keyed = true;
	assert_string_equal(with("Idempotency-Key", "!k~"), "");
	assert_string_equal(asked.request.key, "!k~");
	assert_string_equal(with("idempotency-key", longest), "invalid_key");
	longest[255] = '\0';
	assert_string_equal(with("idempotency-key", longest), "");
	assert_int_equal(strlen(asked.request.key), 255);
	assert_string_equal(with("idempotency-key", ""), "invalid_key");
	assert_string_equal(with("idempotency-key", "a b"), "invalid_key");
	assert_string_equal(with("idempotency-key", "a\x7f"), "invalid_key");
	assert_string_equal(with("idempotency-key", "\xc3\xa9"), "invalid_key");
	asked_header("idempotency-key", "a");
	assert_string_equal(with("idempotency-key", "a"), "invalid_key");
	asked.operation.sealed = true;
	assert_string_equal(negotiated(), "key_not_allowed");
}

static void test_versions(void **state)
{
	static const struct {
		const char *tag, *version;
	} cases[] = {
	    {"\"3.0a1b2c3d\"", "3"},
	    {"\"3.\"", "3"},
	    {"\"3333333333\"", "-1"},
	    {"\"3.x\", \"12.y\",\"7.z\"", "12"},
	    {"\"999999999999999999.a\"", "999999999999999999"},
	    {"\"9999999999999999999.a\"", "-1"},
	    {"\"\"", "-1"},
	    {"\"3\"", "-1"},
	    {"\"3", "-1"},
	    {"3.a\"", "-1"},
	    {"\"x.a\"", "-1"},
	    {"\"33\"", "-1"},
	    {"", "-1"},
	    {"*, *", "-1"},
	    {"*, \"3.a\"", "3"},
	    {"\"3.a,b\"", "-1"},
	    {"W/\"3.a\"", "-1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(with("if-match", cases[i].tag), "");
		assert_string_equal(asked.request.if_match, cases[i].version);
	}
	asked.request.if_match = NULL;
	assert_string_equal(with("if-match", "*"), "");
	assert_null(asked.request.if_match);
	assert_string_equal(negotiated(), "");
	asked_header("if-match", "\"3.a\"");
	assert_string_equal(with("if-match", "\"12.a\""), "");
	assert_string_equal(asked.request.if_match, "12");
	assert_string_equal(with("if-match", "*"), "");
	assert_string_equal(asked.request.if_match, "3");
	asked.head.header_count = 0;
	asked.operation.if_match_required = true;
	assert_string_equal(negotiated(), "version_required");
	assert_string_equal(with("if-match", "*"), "");
	asked.operation.dialect = DIALECT_SCIM;
	assert_string_equal(with("if-match", "W/\"3\""), "");
	assert_string_equal(asked.request.if_match, "3");
	assert_string_equal(with("if-match", "W/"), "");
	assert_string_equal(asked.request.if_match, "-1");
	assert_string_equal(with("if-match", "w/\"3\""), "");
	assert_string_equal(asked.request.if_match, "-1");
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ONE(test_accept),
	    ONE(test_no_body),
	    ONE(test_body),
	    ONE(test_keys),
	    ONE(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
