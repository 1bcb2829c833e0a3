#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hefboom/operation.h"
#include "hefboom/text.h"

static const struct order_key keys[] = {{"created_at", 1184}, {"id", 2950}};
static const struct order newest = {"newest", keys, 2, true};
static const struct order oldest = {"oldest", keys, 2, false};

static const struct piece pieces[] = {
    {PIECE_TEXT, 0, "select s.id from skill s where s.org_id = $1 and ", NULL},
    {PIECE_PAGE, 0, "s.", NULL},
    {PIECE_OPTIONAL, 2, " and s.state = $2", NULL},
    {PIECE_OPTIONAL, 5, " and s.kind = $3", NULL},
    {PIECE_TEXT, 0, " order by ", NULL},
    {PIECE_ORDER, 0, "s.", NULL},
};
static const struct argument arguments[] = {
    {SOURCE_AUTH_ORG, 0, 2950, "auth.org"},
    {SOURCE_QUERY, 2, 25, "query.state"},
    {SOURCE_QUERY, 5, 25, "query.kind"},
    {SOURCE_CURSOR, 0, 0, "cursor"},
    {SOURCE_CURSOR, 1, 0, "cursor"},
};
static const struct statement list = {
    "list_skills", pieces, 6, arguments, 5, 4};

static void test_first_page(void **state)
{
	struct variant variant = {.order = &newest, .given = 1u << 2};
	const struct text *text = text_find(&list, &variant);

	(void)state;
	assert_string_equal(text->sql,
	    "select s.id from skill s where s.org_id = $1 and true and "
	    "s.state = $2 order by s.created_at desc, s.id desc");
	assert_string_equal(text->name, "list_skills:newest:4");
	assert_int_equal(text->count, 5);
}

static void test_next_page(void **state)
{
	struct variant variant = {.order = &oldest, .next = true};
	const struct text *text = text_find(&list, &variant);

	(void)state;
	assert_string_equal(text->sql,
	    "select s.id from skill s where s.org_id = $1 and "
	    "(s.created_at, s.id) > ($4, $5) order by s.created_at, s.id");
	assert_int_equal(text->types[3], 1184);
	assert_int_equal(text->types[4], 2950);
}

static void test_same_variant_same_text(void **state)
{
	struct variant one = {.order = &newest, .given = 1u << 5};
	struct variant same = {.order = &newest, .given = 1u << 5 | 1u << 9};
	struct variant other = {.order = &newest, .next = true};

	(void)state;
	/* A parameter that the statement does not look at changes nothing. */
	assert_ptr_equal(text_find(&list, &one), text_find(&list, &same));
	assert_ptr_not_equal(text_find(&list, &one), text_find(&list, &other));
	assert_int_not_equal(
	    text_find(&list, &one)->id, text_find(&list, &other)->id);
}

static void test_what_the_program_has_fits(void **state)
{
	char *error = NULL;

	(void)state;
	assert_int_equal(text_check(&error), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first_page),
	    cmocka_unit_test(test_next_page),
	    cmocka_unit_test(test_same_variant_same_text),
	    cmocka_unit_test(test_what_the_program_has_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
