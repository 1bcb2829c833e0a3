/*
 * What SCIM's dialect is: errors as RFC 7644 has them, media types and weak
 * versions.  Against the real vocabulary.
 *
 * Mutations: W/ not cut off; "3" only with a hash; a hash in SCIM; the
 * status as a number; a title without its errors; "/scimx" in the dialect.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/http.h"
#include "hefboom/operation.h"
#include "hefboom/problem_document.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/schema.h"
#include "hefboom/steps.h"

#define ERROR "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],"

static void expect_written(
    const struct problem_document *document, const char *wanted)
{
	struct buf out = {0};

	problem_write(&out, document);
	buf_add_char(&out, '\0');
	assert_string_equal(out.bytes, wanted);
	buf_release(&out);
}

static void test_errors(void **state)
{
	struct schema_error second = {
	    .pointer = "/b", .code = "required", .limit = "b"};
	struct schema_error first = {.pointer = "count",
	    .code = "wrong_type",
	    .limit = "integer",
	    .next = &second};
	struct problem_document document = {
	    .problem = problem_get("not_found"), .dialect = DIALECT_SCIM};

	(void)state;
	expect_written(&document,
	    ERROR "\"status\":\"404\",\"detail\":\"There is nothing here\"}");
	document.language = LANGUAGE_NL;
	expect_written(&document,
	    ERROR "\"status\":\"404\",\"detail\":\"Hier is niets te vinden\"}");
	document.language = LANGUAGE_EN;
	document.problem = problem_get("invalid_parameter");
	document.errors = &first;
	expect_written(&document,
	    ERROR "\"status\":\"400\",\"scimType\":\"invalidValue\","
		  "\"detail\":\"A parameter is not valid: count must be of "
		  "type integer; /b is required\"}");
	second.pointer = "";
	document.errors = &second;
	expect_written(&document,
	    ERROR "\"status\":\"400\",\"scimType\":\"invalidValue\","
		  "\"detail\":\"A parameter is not valid: is required\"}");
	document.errors = NULL;
	document.problem = problem_get("scim_invalid_filter");
	document.parameters = "{\"detail\":\"a \\\"quote\\\" at {3}\"}";
	expect_written(&document,
	    ERROR "\"status\":\"400\",\"scimType\":\"invalidFilter\","
		  "\"detail\":\"The filter cannot be understood: a "
		  "\\\"quote\\\" at {3}\"}");
	document.problem = problem_get("internal");
	document.parameters = NULL;
	expect_written(&document,
	    ERROR "\"status\":\"500\",\"detail\":\"Something went wrong on our "
		  "side. It was logged under the Request-Id.\"}");
}

static void test_ours_is_as_it_was(void **state)
{
	struct problem_document document = {
	    .problem = problem_get("malformed_json"),
	    .id = "1",
	    .parameters = "{\"offset\":7,\"detail\":\"x\",\"why\":null}"};

	(void)state;
	expect_written(&document,
	    "{\"type\":\"/problems/malformed_json\",\"title\":\"The body is "
	    "not JSON\",\"status\":400,"
	    "\"detail\":\"Reading ended at byte 7.\","
	    "\"instance\":\"urn:uuid:1\",\"offset\":7}");
}

static void test_every_problem_can_be_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < problem_count; i++) {
		struct problem_document document = {
		    .problem = &problems[i], .dialect = DIALECT_SCIM};
		struct buf out = {0};
		json_t *error;

		problem_write(&out, &document);
		error = json_loadb(
		    out.bytes, out.length, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(error);
		assert_int_equal(
		    strtol(json_string_value(json_object_get(error, "status")),
			NULL, 10),
		    problems[i].status);
		json_decref(error);
		buf_release(&out);
	}
}

static void test_where(void **state)
{
	static const char *const inside[] = {
	    "/scim", "/scim/", "/scim/v2/Users", "/SCIM/v2", "/sCiM"};
	static const char *const outside[] = {
	    "", "/", "/sci", "/scimx", "/scim.x", "/v1/scim", "scim/"};

	(void)state;
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
		assert_int_equal(
		    dialect_of(inside[i], strlen(inside[i])), DIALECT_SCIM);
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		assert_int_equal(dialect_of(outside[i], strlen(outside[i])),
		    DIALECT_PROBLEM);
}

static void test_refused_by_a_connection(void **state)
{
	struct refusal refusal = {"request_timeout", "fr", DIALECT_SCIM};
	struct buf headers = {0}, body = {0};
	int status = 0;

	(void)state;
	reply_refuse(&refusal, &headers, &body, &status);
	buf_add_char(&headers, '\0');
	assert_int_equal(status, 408);
	assert_non_null(
	    strstr(headers.bytes, "Content-Type: application/scim+json\r\n"));
	assert_memory_equal(body.bytes, ERROR "\"status\":\"408\"",
	    strlen(ERROR "\"status\":\"408\""));
	buf_release(&headers);
	buf_release(&body);
}

/* Of a message with one header: its problem's code, or its version. */
static const char *negotiated(
    enum dialect dialect, const char *name, const char *value)
{
	static char version[32];
	struct operation operation = {.method = "PATCH",
	    .dialect = dialect,
	    .body = BODY_JSON,
	    .replies_json = true};
	struct http_head head = {.header_count = 1};
	struct request request = {.head = &head, .operation = &operation};
	const struct problem *problem;

	head.headers[0].name = (struct http_text){name, strlen(name)};
	head.headers[0].value = (struct http_text){value, strlen(value)};
	if (strcmp(name, "content-type") == 0) {
		request.body = "{}";
		request.body_length = 2;
	}
	arena_init(&request.arena);
	problem = negotiate_step(&request);
	snprintf(version, sizeof(version), "%s",
	    request.if_match == NULL ? "" : request.if_match);
	arena_release(&request.arena);
	return problem == NULL ? version : problem->code;
}

static void test_versions(void **state)
{
	static const struct {
		const char *header, *scim, *ours;
	} cases[] = {
	    {"W/\"3\"", "3", "-1"},
	    {"\"3\"", "3", "-1"},
	    {"\"3.0a1b2c3d\"", "-1", "3"},
	    {"W/\"3.0a1b2c3d\"", "-1", "-1"},
	    {"*", "", ""},
	    {"3", "-1", "-1"},
	    {"W/3", "-1", "-1"},
	    {"w/\"3\"", "-1", "-1"},
	    {"W/W/\"3\"", "-1", "-1"},
	    {"W/", "-1", "-1"},
	    {"W/\"\"", "-1", "-1"},
	    {"\"3x\"", "-1", "-1"},
	    {"\"-3\"", "-1", "-1"},
	    {"W/\"999999999999999999\"", "999999999999999999", "-1"},
	    {"W/\"9999999999999999999\"", "-1", "-1"},
	    {"W/\"3\", W/\"7\", \"5\"", "7", "-1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(
		    negotiated(DIALECT_SCIM, "if-match", cases[i].header),
		    cases[i].scim);
		assert_string_equal(
		    negotiated(DIALECT_PROBLEM, "if-match", cases[i].header),
		    cases[i].ours);
	}
}

static void test_media_types(void **state)
{
	static const struct {
		const char *name, *value, *scim, *ours;
	} cases[] = {
	    {"accept", "application/scim+json", "", "not_acceptable"},
	    {"accept", "application/scim+json;charset=utf-8", "",
		"not_acceptable"},
	    {"accept", "application/json", "", ""},
	    {"accept", "application/problem+json", "not_acceptable", ""},
	    {"accept", "application/*", "", ""},
	    {"accept", "*/*", "", ""},
	    {"accept", "text/html, application/scim+json;q=0.1", "",
		"not_acceptable"},
	    {"accept", "application/scim+json;q=0", "not_acceptable",
		"not_acceptable"},
	    {"content-type", "application/scim+json", "",
		"unsupported_media_type"},
	    {"content-type", "Application/SCIM+JSON; charset=UTF-8", "",
		"unsupported_media_type"},
	    {"content-type", "application/scim+json; charset=latin-1",
		"unsupported_media_type", "unsupported_media_type"},
	    {"content-type", "application/json", "", ""},
	    {"content-type", "text/plain", "unsupported_media_type",
		"unsupported_media_type"},
	    {"idempotency-key", "a key that is none", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(
		    negotiated(DIALECT_SCIM, cases[i].name, cases[i].value),
		    cases[i].scim);
		assert_string_equal(
		    negotiated(DIALECT_PROBLEM, cases[i].name, cases[i].value),
		    cases[i].ours);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_ours_is_as_it_was),
	    cmocka_unit_test(test_every_problem_can_be_one),
	    cmocka_unit_test(test_where),
	    cmocka_unit_test(test_refused_by_a_connection),
	    cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_media_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
