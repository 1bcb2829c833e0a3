#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "hefboom/arena.h"
#include "hefboom/schema.h"

/* JSON with ' in place of ", for the sake of the reader. */
static void expect_all(
    const char *format, bool expected, const char *const *texts)
{
	struct schema_set *set = schema_set_new();
	json_t *document = json_pack("{ss}", "format", format), *value;
	const struct schema *schema;
	const struct schema_error *error;
	struct arena arena;
	char *complaint;

	schema = schema_compile(set, document, "", &complaint);
	if (schema == NULL)
		fail_msg("%s", complaint);
	for (; *texts != NULL; texts++) {
		arena_init(&arena);
		value = json_string(*texts);
		assert_non_null(value);
		error = schema_validate(schema, value, &arena);
		if ((error == NULL) != expected)
			fail_msg("%s: \"%s\"", format, *texts);
		json_decref(value);
		arena_release(&arena);
	}
	json_decref(document);
	schema_set_free(set);
}

#define GOOD(format, ...)                                                      \
	expect_all(format, true, (const char *const[]){__VA_ARGS__, NULL})
#define BAD(format, ...)                                                       \
	expect_all(format, false, (const char *const[]){__VA_ARGS__, NULL})

static void times(void **state)
{
	(void)state;
	GOOD("date", "2024-02-29", "2000-02-29", "9999-12-31");
	BAD("date", "2023-02-29", "1900-02-29", "0000-01-01", "2024-1-1");
	GOOD("date-time", "2026-11-23T18:30:00Z", "2026-11-23t18:30:00.5z",
	    "2026-11-23T18:30:00+15:59", "2015-06-30T23:59:60Z",
	    "2015-07-01T08:59:60+09:00");
	BAD("date-time", "2026-11-23T18:30:00", "2026-11-23 18:30:00Z",
	    "2026-11-23T18:30Z", "2026-11-23T18:30:00.Z",
	    "2026-11-23T18:30:00+16:00", "2026-11-23T18:30:60Z",
	    "0000-11-23T18:30:00Z", "2026-11-23T18:30:00+1:00", "", "2026",
	    "2026-11-23T", "2026-11-23T18:30:00Zx", "2026-11-23T18:30:00,5Z");
	/* Of the years that four digits write, in UTC and in microseconds. */
	GOOD("date-time", "9999-12-31T23:59:59.999999Z",
	    "9999-12-31T23:59:59.99999949Z", "9999-12-31T23:59:59+00:01",
	    "9999-12-31T08:00:59-15:59", "9999-12-30T23:59:60Z",
	    "9999-12-30T23:59:59.9999999Z", "0001-01-01T00:00:00Z",
	    "0001-01-01T00:00:00-00:01", "0001-01-01T15:59:00+15:59");
	BAD("date-time", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59.9999995Z",
	    "9999-12-31T23:59:00-00:01", "9999-12-31T08:01:00-15:59",
	    "9999-12-31T08:00:60-15:59", "0001-01-01T00:00:00+00:01",
	    "0001-01-01T15:58:59.9+15:59");
	GOOD("time", "18:30:00Z", "23:59:60Z", "00:59:60+01:00");
	BAD("time", "18:30", "18:30:00", "24:00:00Z", "18:30:00+24:00");
	GOOD("duration", "P1D", "PT1H30M", "P1Y2M3DT4H5M6S", "P52W");
	BAD("duration", "P", "PT", "P1W1D", "P1DT", "p1d", "P1H", "P1Y1D");
}

static void addresses(void **state)
{
	(void)state;
	GOOD("email", "els@example.org", "e+l.s'@a-b.example", "a@b",
	    "\"a\\\"b\"@example.org", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]",
	    "1234567890123456789012345678901234567890123456789012345678901234"
	    "@example.org");
	BAD("email", "", "@", "a@", "@b", "a", "a@b@c", "a b@c", "a@b c",
	    "a@-b", "a@b-", "a@b-.c", "a@b..c", "a@.b", "a@b.", "\"a@b",
	    "\"a\"b@c", "\"a\\", "a@[", "a@[]", "a@[1.2.3]", "a@[IPv6:]",
	    "a@[IPv6:1.2.3.4]", "a\n@b", "a@b\n", "\xc3\xa9@b", "a@\xc3\xa9",
	    "12345678901234567890123456789012345678901234567890123456789012345"
	    "@example.org");
	GOOD("uri", "https://example.org/a?b#c", "mailto:a@b", "urn:a:b",
	    "http://[::1]:80/", "http://[v1.a:b]/", "x:", "file:///a/b",
	    "http://a:/", "http://u:p@h:1", "a+b-c.1:x");
	BAD("uri", "", ":", "a", "//a", "1a:b", "http://a:b", "http://[::1",
	    "http://[::g]", "http://a/%", "http://a/%1", "http://a/%1g",
	    "http://a/ b", "http://a/\xc3\xa9", "http://a#b#c", "http://[v.a]",
	    "http://[v1.]", "http://[v1]", "http://a\\b", "http://[::1]a",
	    "javascript", "http://a@b@c/");
}

static void tags(void **state)
{
	(void)state;
	GOOD("uuid", "0191d0b2-7c4e-7d3a-8b1f-0123456789aB");
	BAD("uuid", "0191d0b27c4e7d3a8b1f0123456789ab", "",
	    "{0191d0b2-7c4e-7d3a-8b1f-0123456789ab}",
	    "0191d0b2-7c4e-7d3a-8b1f-0123456789ag");
	GOOD("language", "nl", "nl-BE", "zh-Hant-TW", "es-419", "gsw");
	BAD("language", "", "n", "nl_BE", "nl-", "-nl", "nl--BE", "dutch",
	    "nl-B", "nl-123456789", "n1", "nl-\xc3\xa9",
	    "nl-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd");
	GOOD("zone", "Europe/Brussels", "America/Argentina/Buenos_Aires", "UTC",
	    "Etc/GMT+5", "America/Port-au-Prince");
	BAD("zone", "", "Europe", "Europe/", "/Europe/Brussels",
	    "Europe//Brussels", "europe/brussels", "Europe/Bruges",
	    "../zoneinfo/UTC", "posix/UTC", "right/UTC", "posixrules",
	    "localtime", "zone.tab", "tzdata.zi", "leapseconds", "Factory",
	    "Europe/Brussels ", ".", "..", "Europe/../UTC", "+01:00");
	GOOD("json-pointer", "", "/", "/a~0b~1c/0");
	BAD("json-pointer", "a", "/~", "/~2", "#/a");
}

static void names(void **state)
{
	(void)state;
	GOOD("name", "Els", "a", "Jos\xc3\xa9 O'Neill-d'\xc3\x89on, jr.",
	    "\xe5\xbc\xa0\xe4\xb8\x89",
	    "a\xc2\xa0"
	    "b",
	    "a  b",
	    "\xd7\x90\xe2\x80\x8f!"
	    "a",
	    "\xf0\x9f\x91\xa9\xe2\x80\x8d"
	    "\xf0\x9f\x94\xac",
	    "\xe2\x9d\xa4\xef\xb8\x8f", "e\xcc\x81", "a\xc2\xad", "<b>", "${x}",
	    "'; drop table");
	BAD("name", "", " ", " a", "a ", "\xc2\xad", "\xcc\x81",
	    "\xe2\x80\x8f\xe2\x80\x8d", "\xef\xb8\x8f",
	    "\xc2\xa0"
	    "a",
	    "a\xe3\x80\x80", "a\xe2\x80\x8b", "a\nb", "a\tb", "a\r", "\x1b[31m",
	    "a\x7f",
	    "a\xc2\x85"
	    "b",
	    "a\xe2\x80\xa8"
	    "b",
	    "a\xe2\x80\xae"
	    "b",
	    "\xe2\x80\xaa"
	    "b",
	    "a\xe2\x81\xa6"
	    "b",
	    "a\xef\xbf\xbe", "a\xef\xb7\x90",
	    "a\xf0\x9f\xbf\xbf"
	    "b",
	    "\xef\xbb\xbf"
	    "a",
	    "a\xf4\x8f\xbf\xbf"
	    "b");
}

static void expect_parameter(
    const char *schema_text, const char *text, const char *expected)
{
	struct schema_set *set = schema_set_new();
	json_t *document = json_loads(schema_text, JSON_DECODE_ANY, NULL);
	const struct schema *schema;
	json_t *value;
	char *complaint, *dump;

	schema = schema_compile(set, document, "", &complaint);
	assert_non_null(schema);
	value = schema_parameter(schema, text);
	assert_non_null(value);
	dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	if (strcmp(dump, expected) != 0)
		fail_msg("%s as %s: %s", text, schema_text, dump);
	free(dump);
	json_decref(value);
	json_decref(document);
	schema_set_free(set);
}

static void integers(void **state)
{
	static const char schema[] = "{\"type\": \"integer\"}";

	(void)state;
	expect_parameter(schema, "0", "0");
	expect_parameter(schema, "-12", "-12");
	expect_parameter(schema, "9007199254740992", "9007199254740992");
	expect_parameter(schema, "9007199254740993", "\"9007199254740993\"");
	expect_parameter(
	    schema, "99999999999999999999", "\"99999999999999999999\"");
	expect_parameter(schema, "1.0", "\"1.0\"");
	expect_parameter(schema, "1e3", "\"1e3\"");
	expect_parameter(schema, "+1", "\"+1\"");
	expect_parameter(schema, "01", "\"01\"");
	expect_parameter(schema, " 1", "\" 1\"");
	expect_parameter(schema, "1 ", "\"1 \"");
	expect_parameter(schema, "-", "\"-\"");
	expect_parameter(schema, "", "\"\"");
	expect_parameter("{\"type\": [\"null\", \"integer\"]}", "1", "1");
}

static void parameters(void **state)
{
	static const char list[] =
	    "{\"type\": \"array\", \"items\": {\"type\": \"integer\"}}";
	static const char by_reference[] =
	    "{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"allOf\": "
	    "[{\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/b\"}}]}, "
	    "\"b\": {\"type\": \"boolean\"}}}";

	(void)state;
	expect_parameter("{\"type\": \"number\"}", "1.5e1", "15.0");
	expect_parameter("{\"type\": \"number\"}", "7", "7");
	expect_parameter("{\"type\": \"number\"}", "1e400", "\"1e400\"");
	expect_parameter("{\"type\": \"number\"}", "1e17", "\"1e17\"");
	expect_parameter("{\"type\": \"number\"}", "nan", "\"nan\"");
	expect_parameter("{\"type\": \"number\"}", "1 ", "\"1 \"");
	expect_parameter("{\"type\": \"boolean\"}", "true", "true");
	expect_parameter("{\"type\": \"boolean\"}", "True", "\"True\"");
	expect_parameter("{\"type\": \"string\"}", "true", "\"true\"");
	expect_parameter("true", "1", "\"1\"");
	expect_parameter("{\"type\": \"string\"}", "a,b", "\"a,b\"");
	expect_parameter("{\"type\": \"string\"}", "\xff", "null");
	expect_parameter(list, "1,x,-3", "[1,\"x\",-3]");
	expect_parameter(list, "1,", "[1,\"\"]");
	expect_parameter(list, "", "[\"\"]");
	expect_parameter(by_reference, "true,false,0", "[true,false,\"0\"]");
	expect_parameter("{\"type\": \"array\"}", "a,1", "[\"a\",\"1\"]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(times),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(tags),
	    cmocka_unit_test(names),
	    cmocka_unit_test(integers),
	    cmocka_unit_test(parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
