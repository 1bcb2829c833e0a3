/* Against the real vocabulary, as baked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "hefboom/operation.h"
#include "hefboom/problem.h"

static void test_finds_every_problem(void **state)
{
	(void)state;
	for (size_t i = 0; i < problem_count; i++)
		assert_ptr_equal(problem_find(problems[i].code), &problems[i]);
	assert_null(problem_find(""));
	assert_null(problem_find("aaaa"));
	assert_null(problem_find("zzzz"));
	assert_null(problem_find("not_foun"));
	assert_null(problem_find("not_found_"));
}

static void test_unknown_is_internal(void **state)
{
	(void)state;
	assert_string_equal(problem_get("not_found")->code, "not_found");
	assert_string_equal(problem_get("no_such_code")->code, "internal");
	assert_int_equal(problem_get("no_such_code")->status, 500);
}

static void test_sorted_and_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < problem_count; i++) {
		const struct problem *problem = &problems[i];

		assert_in_range(problem->status, 400, 599);
		if (i > 0)
			assert_true(
			    strcmp(problems[i - 1].code, problem->code) < 0);
		for (int one = 0; one < LANGUAGES; one++)
			for (int two = 0; two < one; two++)
				assert_string_not_equal(
				    problem->title[one], problem->title[two]);
	}
}

static void test_field_texts(void **state)
{
	/* What schema.h promises to say. */
	static const char *const codes[] = {"wrong_type", "not_in_enum",
	    "not_const", "required", "unknown_property", "too_few_properties",
	    "too_many_properties", "too_few_items", "too_many_items",
	    "not_unique", "too_short", "too_long", "no_match", "too_small",
	    "too_large", "not_multiple", "no_alternative", "many_alternatives",
	    "bad_format"};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_non_null(field_text_find(codes[i]));
	assert_null(field_text_find("wrong"));
}

static void test_language(void **state)
{
	static const struct {
		const char *header;
		enum language expected;
	} cases[] = {
	    {NULL, LANGUAGE_EN},
	    {"", LANGUAGE_EN},
	    {"nl", LANGUAGE_NL},
	    {"nl-BE", LANGUAGE_NL},
	    {"NL-be", LANGUAGE_NL},
	    {"nld", LANGUAGE_EN},
	    {"n", LANGUAGE_EN},
	    {"es", LANGUAGE_EN},
	    {"es, fr;q=0.3", LANGUAGE_FR},
	    {"de;q=0.5, fr;q=0.9, nl;q=0.1", LANGUAGE_FR},
	    {"de, fr", LANGUAGE_DE},
	    {"fr, de", LANGUAGE_FR},
	    {"de;q=0.8,fr;q=0.8", LANGUAGE_DE},
	    {"fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", LANGUAGE_FR},
	    {"nl-BE;q=0.2, nl;q=0.9, de;q=0.5", LANGUAGE_NL},
	    /* The tag itself says more than one of its variants. */
	    {"nl;q=0.1, nl-BE;q=0.9, de;q=0.5", LANGUAGE_DE},
	    {"*", LANGUAGE_EN},
	    {"*;q=0.5, fr", LANGUAGE_FR},
	    {"en;q=0, *", LANGUAGE_NL},
	    {"en;q=0, *;q=0", LANGUAGE_EN},
	    {"de;q=0", LANGUAGE_EN},
	    {"de;q=0.000, fr;q=0.001", LANGUAGE_FR},
	    {"de ; q=0.4 ,\tfr ; q=0.5", LANGUAGE_FR},
	    {",,, fr ,,", LANGUAGE_FR},
	    /* What cannot be understood is passed over. */
	    {"de;q=1.5, fr;q=0.1", LANGUAGE_FR},
	    {"de;q=0.1234, fr;q=0.1", LANGUAGE_FR},
	    {"de;q=, fr;q=0.1", LANGUAGE_FR},
	    {"de;level=1, fr;q=0.1", LANGUAGE_FR},
	    {"de fr, nl;q=0.1", LANGUAGE_NL},
	    {"de;q=0.5;q=1, nl;q=0.1", LANGUAGE_NL},
	    {";;;,===", LANGUAGE_EN},
	    {"fr;", LANGUAGE_EN},
	    {"fr;q", LANGUAGE_EN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (language_choose(cases[i].header) != cases[i].expected)
			fail_msg("\"%s\" chose %s", cases[i].header,
			    language_tags[language_choose(cases[i].header)]);
}

static void test_statements(void **state)
{
	(void)state;
	for (size_t i = 0; i < statement_count; i++)
		assert_ptr_equal(
		    statement_find(statements[i].name), &statements[i]);
	for (size_t i = 0; i < job_count; i++)
		assert_ptr_equal(job_find(jobs[i].name), &jobs[i]);
	assert_null(statement_find("no_such_statement"));
	assert_null(job_find("enter"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_finds_every_problem),
	    cmocka_unit_test(test_unknown_is_internal),
	    cmocka_unit_test(test_sorted_and_whole),
	    cmocka_unit_test(test_field_texts),
	    cmocka_unit_test(test_language),
	    cmocka_unit_test(test_statements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
