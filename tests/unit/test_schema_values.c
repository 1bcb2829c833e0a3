#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "schema_expect.h"

static void numbers(void **state)
{
	static const struct expectation list[] = {
	    {"{'type': 'integer'}", "1.0", ""},
	    {"{'type': 'integer'}", "1e3", ""},
	    {"{'type': 'integer'}", "-0.0", ""},
	    {"{'type': 'integer'}", "1.5", " wrong_type integer"},
	    {"{'type': 'number'}", "1", ""},
	    {"{'maximum': 9007199254740992}", "9007199254740993",
		" too_large 9007199254740992"},
	    {"{'maximum': 9007199254740992.0}", "9007199254740993",
		" too_large 9.00719925474099e15"},
	    {"{'const': 1}", "1.0", ""},
	    {"{'minimum': 3}", "2.9", " too_small 3"},
	    {"{'minimum': -3}", "-3.1", " too_small -3"},
	    {"{'minimum': 2.9}", "3", ""},
	    {"{'maximum': 9223372036854775807}", "1e300",
		" too_large 9223372036854775807"},
	    {"{'minimum': 1e300}", "1", " too_small 1e300"},
	    {"{'maximum': -1e300}", "1", " too_large -1e300"},
	    {"{'const': 9007199254740993}", "9007199254740992.0",
		" not_const 9007199254740993"},
	    {"{'multipleOf': 0.01}", "0.07", ""},
	    {"{'multipleOf': 0.01}", "1.15", ""},
	    {"{'multipleOf': 0.01}", "-4.35", ""},
	    {"{'multipleOf': 0.01}", "90071992547409.91", ""},
	    {"{'multipleOf': 0.01}", "0.071", " not_multiple 0.01"},
	    {"{'multipleOf': 0.01}", "1e-300", " not_multiple 0.01"},
	    {"{'multipleOf': 0.1}", "0.30000000000000004", " not_multiple 0.1"},
	    {"{'multipleOf': 0.3}", "0.9", ""},
	    {"{'multipleOf': 0.3}", "1", " not_multiple 0.3"},
	    {"{'multipleOf': 7}", "7e22", ""},
	    {"{'multipleOf': 7}", "1e22", " not_multiple 7"},
	    {"{'multipleOf': 3}", "9007199254740990", ""},
	    {"{'multipleOf': 3}", "9007199254740991", " not_multiple 3"},
	    {"{'multipleOf': 10}", "0", ""},
	    {"{'multipleOf': 1e-300}", "1e300", ""},
	    {"{'multipleOf': 9223372036854775807}", "9223372036854775807", ""},
	    {"{'multipleOf': 9223372036854775807}", "1e19",
		" not_multiple 9223372036854775807"},
	};

	(void)state;
	EXPECT_ALL(list);
}

static void text(void **state)
{
	static const struct expectation list[] = {
	    {"{'maxLength': 2}", "'\\ud83d\\ude00\\u00e9'", ""},
	    {"{'minLength': 3}", "'\\ud83d\\ude00\\u00e9'", " too_short 3"},
	    {"{'maxLength': 2}", "'abc'", " too_long 2"},
	    {"{'pattern': '^a$'}", "'a\\n'", " no_match ^a$"},
	    {"{'pattern': '^.$'}", "'\\u00e9'", ""},
	    {"{'pattern': '^.$'}", "'\\n'", " no_match ^.$"},
	    {"{'pattern': '^\\\\d$'}", "'\\u0664'", " no_match ^\\d$"},
	    {"{'pattern': '\\\\S'}", "'\\u00a0 \\u2003\\ufeff\\u2029'",
		" no_match \\S"},
	    {"{'pattern': '[^\\\\s]'}", "'\\u3000\\u1680'", " no_match [^\\s]"},
	    {"{'pattern': '^\\\\s[\\\\s]$'}", "'\\u205f\\u202f'", ""},
	    {"{'pattern': '^\\\\s$'}", "'\\u180e'", " no_match ^\\s$"},
	    {"{'pattern': '^[\\\\S]\\\\S$'}", "'\\u00e9\\u200b'", ""},
	    {"{'pattern': '[\\\\S]'}", "'\\u2007\\t'", " no_match [\\S]"},
	    {"{'pattern': '^\\\\u00e9[^]$'}", "'\\u00e9\\n'", ""},
	    {"{'pattern': '^\\\\p{Uppercase_Letter}\\\\P{Letter}$'}",
		"'\\u00c91'", ""},
	    {"{'pattern': 'b\\\\u0000'}", "'ab\\u0000'", ""},
	    {"{'const': 'a\\u0000b'}", "'a\\u0000c'", " not_const a"},
	    {"{'pattern': '^(?:(?:a+)+x|a+b)$'}", "'aaab'", ""},
	    {"{'pattern': '^(?:(?:a+)+x|a+b)$'}", "'aaaaaaaaaaaaaaaaaaab'",
		" no_match ^(?:(?:a+)+x|a+b)$"},
	};

	(void)state;
	EXPECT_ALL(list);
}

/* Longer than what fits on the stack that compiled patterns run on. */
static void long_text(void **state)
{
	char value[20003];

	(void)state;
	memset(value, 'a', sizeof(value));
	value[0] = value[20001] = '\'';
	value[20002] = '\0';
	expect("{'pattern': '^(?:[ab]|c)+$'}", value, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(text),
	    cmocka_unit_test(long_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
