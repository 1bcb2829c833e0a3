/*
 * Mutations: upper-case digits, zeros, ff, a longer version 00, a later
 * version with anything behind, a dash forgotten: each is found here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hefboom/trace.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00f067aa0ba902b7"
#define NONE "00000000000000000000000000000000"

/* The text in memory of its own, so that a byte too many is noticed. */
static bool reads(struct trace *trace, const char *text)
{
	size_t length = strlen(text);
	char *copy = malloc(length + (length == 0));
	bool found;

	memcpy(copy, text, length);
	found = trace_read(trace, copy, length);
	free(copy);
	return found;
}

static void test_good(void **state)
{
	static const char *const good[] = {"00-" ID "-" PARENT "-01",
	    "00-" ID "-" PARENT "-00", "00-" ID "-" PARENT "-ff",
	    "01-" ID "-" PARENT "-01", "fe-" ID "-" PARENT "-01-more",
	    "cc-" ID "-" PARENT "-01-"};
	struct trace trace;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!reads(&trace, good[i]))
			fail_msg("refused: %s", good[i]);
		assert_string_equal(trace.id, ID);
		assert_string_equal(trace.parent, PARENT);
	}
}

static void test_bad(void **state)
{
	static const char *const bad[] = {"", "00", "00-" ID "-" PARENT,
	    "00-" ID "-" PARENT "-0", "00-" ID "-" PARENT "-01-",
	    "00-" ID "-" PARENT "-01-more", "00-" ID "-" PARENT "-011",
	    "ff-" ID "-" PARENT "-01", "0-" ID "-" PARENT "-01 ",
	    "00-" NONE "-" PARENT "-01", "00-" ID "-0000000000000000-01",
	    "00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT "-01",
	    "00-" ID "-00F067AA0BA902B7-01", "00-" ID "-" PARENT "-0A",
	    "0A-" ID "-" PARENT "-01", "00_" ID "-" PARENT "-01",
	    "00-" ID "_" PARENT "-01", "00-" ID "-" PARENT "_01",
	    "00-4bf92f3577b34da6a3ce929d0e0e473g-" PARENT "-01",
	    "00-" ID "-00f067aa0ba902b\"-01", "01-" ID "-" PARENT "-01more",
	    "01-" ID "-" PARENT "-01.", " 00-" ID "-" PARENT "-01"};
	struct trace trace;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (reads(&trace, bad[i]))
			fail_msg("accepted: %s", bad[i]);
		assert_string_equal(trace.id, "");
		assert_string_equal(trace.parent, "");
	}
}

static void test_span(void **state)
{
	char span[TRACE_SPAN_TEXT];

	(void)state;
	trace_span(span, "0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f");
	assert_string_equal(span, "9c005a1b2c3d4e5f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_span),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
