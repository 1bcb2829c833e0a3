/*
 * Mutation: the T written into whatever stands there, of a year of five digits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/shape.h"

/* A result of one column, as PostgreSQL would send it. */
static PGresult *result_of(const char *name, Oid type, const char *value)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc column = {.name = (char *)(uintptr_t)name, .typid = type};

	assert_int_equal(PQsetResultAttrs(result, 1, &column), 1);
	assert_int_equal(PQsetvalue(result, 0, 0, (char *)(uintptr_t)value,
			     value == NULL ? -1 : (int)strlen(value)),
	    1);
	return result;
}

static void row_is(Oid type, const char *value, const char *expected)
{
	PGresult *result = result_of("x", type, value);
	struct buf out = {0};

	shape_row(&out, result, 0);
	assert_string_equal(out.bytes, expected);
	buf_release(&out);
	PQclear(result);
}

static void test_types(void **state)
{
	(void)state;
	row_is(16, "t", "{\"x\":true}");
	row_is(16, "f", "{\"x\":false}");
	row_is(20, "-9007199254740991", "{\"x\":-9007199254740991}");
	row_is(23, "7", "{\"x\":7}");
	row_is(701, "0.25", "{\"x\":0.25}");
	row_is(701, "NaN", "{\"x\":null}");
	row_is(701, "-Infinity", "{\"x\":null}");
	row_is(1700, "1.50", "{\"x\":1.50}");
	row_is(25, "a \"b\"", "{\"x\":\"a \\\"b\\\"\"}");
	row_is(25, "", "{\"x\":\"\"}");
	row_is(25, NULL, "{\"x\":null}");
	row_is(3802, "{\"a\": [1]}", "{\"x\":{\"a\": [1]}}");
	row_is(1082, "2026-11-23", "{\"x\":\"2026-11-23\"}");
}

static void test_times(void **state)
{
	(void)state;
	row_is(
	    1184, "2026-11-23 12:00:00+00", "{\"x\":\"2026-11-23T12:00:00Z\"}");
	row_is(1184, "2026-11-23 12:00:00.123456+00",
	    "{\"x\":\"2026-11-23T12:00:00.123456Z\"}");
	row_is(1184, "infinity", "{\"x\":null}");
	/* RFC 3339 has no such year, though an offset leads there. */
	row_is(1184, "10000-01-01 14:59:59+00", "{\"x\":null}");
	/* A connection that is not in UTC must not tell a wrong time. */
	row_is(1184, "2026-11-23 12:00:00+01", "{\"x\":null}");
}

static void test_arrays(void **state)
{
	(void)state;
	row_is(1009, "{}", "{\"x\":[]}");
	row_is(1009, "{a,\"b c\",NULL,\"NULL\",\"q\\\"\\\\,}\"}",
	    "{\"x\":[\"a\",\"b c\",null,\"NULL\",\"q\\\"\\\\,}\"]}");
	row_is(1016, "{1,2,NULL}", "{\"x\":[1,2,null]}");
}

static void test_reserved_columns(void **state)
{
	PGresult *result = result_of("_status", 23, "201");
	struct buf out = {0};

	(void)state;
	shape_row(&out, result, 0);
	assert_string_equal(out.bytes, "{}");
	assert_string_equal(shape_value(result, 0, "_status"), "201");
	assert_null(shape_value(result, 0, "status"));
	assert_null(shape_value(result, 1, "_status"));
	buf_clear(&out);
	shape_rows(&out, result, 0);
	assert_string_equal(out.bytes, "[]");
	buf_release(&out);
	PQclear(result);
}

static void test_records(void **state)
{
	const char *values[4];
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_int_equal(
	    shape_record(&arena, "(1,\"a \"\"b\"\" \\\\c\",,\"\")", values, 4),
	    4);
	assert_string_equal(values[0], "1");
	assert_string_equal(values[1], "a \"b\" \\c");
	assert_null(values[2]);
	assert_string_equal(values[3], "");
	assert_int_equal(shape_record(&arena, "(t)", values, 4), 1);
	assert_int_equal(shape_record(&arena, "(1,2", values, 4), -1);
	assert_int_equal(shape_record(&arena, "1", values, 4), -1);
	assert_int_equal(shape_record(&arena, "(1,2,3,4,5)", values, 4), -1);
	assert_int_equal(
	    shape_record(&arena, "(\"{\"\"a\"\": \"\"(,)\"\"}\",x)", values, 4),
	    2);
	assert_string_equal(values[0], "{\"a\": \"(,)\"}");
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_arrays),
	    cmocka_unit_test(test_reserved_columns),
	    cmocka_unit_test(test_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
