#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "hefboom/csv.h"
#include "hefboom/memory.h"

static struct csv *open_bytes(const char *bytes, size_t length, char **error)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	rewind(file);
	return csv_new(file, error);
}

static struct csv *open_text(const char *text)
{
	char *error = NULL;
	struct csv *csv = open_bytes(text, strlen(text), &error);

	if (csv == NULL)
		fail_msg("%s", error);
	return csv;
}

/* Opens and reads to the end; the error, or NULL.  The caller frees. */
static char *error_of_bytes(const char *bytes, size_t length)
{
	char *error = NULL;
	struct csv *csv = open_bytes(bytes, length, &error);
	int got;

	if (csv == NULL)
		return error;
	while ((got = csv_next(csv)) == 1)
		;
	if (got < 0)
		error = memory_string(csv_error(csv));
	csv_free(csv);
	return error;
}

static void assert_error(const char *text, const char *expected)
{
	char *error = error_of_bytes(text, strlen(text));

	assert_non_null(error);
	if (strstr(error, expected) == NULL)
		fail_msg("'%s' where '%s' was expected", error, expected);
	free(error);
}

static void reads_rows(void **state)
{
	struct csv *csv = open_text("id,name\r\n1,An\r\n2,Els");

	(void)state;
	assert_int_equal(csv_columns(csv), 2);
	assert_string_equal(csv_name(csv, 1), "name");
	assert_int_equal(csv_column(csv, "name"), 1);
	assert_int_equal(csv_column(csv, "Name"), -1);
	assert_int_equal(csv_next(csv), 1);
	assert_int_equal(csv_row(csv), 2);
	assert_string_equal(csv_field(csv, 0), "1");
	assert_string_equal(csv_field(csv, 1), "An");
	assert_int_equal(csv_field_length(csv, 1), 2);
	assert_int_equal(csv_next(csv), 1);
	assert_string_equal(csv_field(csv, 1), "Els");
	assert_int_equal(csv_next(csv), 0);
	assert_int_equal(csv_next(csv), 0);
	csv_free(csv);
}

static void reads_quoted_fields(void **state)
{
	struct csv *csv = open_text("a,b,c\n"
				    "\"x, \"\"y\"\"\",\"two\r\nlines\",\"\"\n"
				    ",,\n");

	(void)state;
	assert_int_equal(csv_next(csv), 1);
	assert_string_equal(csv_field(csv, 0), "x, \"y\"");
	assert_string_equal(csv_field(csv, 1), "two\r\nlines");
	assert_string_equal(csv_field(csv, 2), "");
	assert_int_equal(csv_next(csv), 1);
	assert_int_equal(csv_row(csv), 3);
	assert_string_equal(csv_field(csv, 2), "");
	assert_int_equal(csv_next(csv), 0);
	csv_free(csv);
}

static void passes_over_mark_and_takes_semicolons(void **state)
{
	struct csv *csv = open_text("\xef\xbb\xbf\"id\";name\n1;a,b\n");

	(void)state;
	assert_int_equal(csv_column(csv, "id"), 0);
	assert_int_equal(csv_next(csv), 1);
	assert_string_equal(csv_field(csv, 1), "a,b");
	csv_free(csv);
}

static void skips_blank_rows_and_counts_them(void **state)
{
	struct csv *csv = open_text("a,b\n\r\n\n1,2\n\n");

	(void)state;
	assert_int_equal(csv_next(csv), 1);
	assert_int_equal(csv_row(csv), 4);
	assert_int_equal(csv_next(csv), 0);
	csv_free(csv);
}

static void reads_one_column(void **state)
{
	struct csv *csv = open_text("a\n1;2\n\"\"\n");

	(void)state;
	assert_int_equal(csv_columns(csv), 1);
	assert_int_equal(csv_next(csv), 1);
	assert_string_equal(csv_field(csv, 0), "1;2");
	assert_int_equal(csv_next(csv), 1);
	assert_string_equal(csv_field(csv, 0), "");
	assert_int_equal(csv_next(csv), 0);
	csv_free(csv);
}

static void refuses_what_is_malformed(void **state)
{
	(void)state;
	assert_error("", "row 1: the file is empty");
	assert_error("\n\n", "the file is empty");
	assert_error("a,a\n", "row 1: columns 1 and 2 have one name");
	assert_error("a,b,b\n", "row 1: columns 2 and 3 have one name");
	assert_error("a,b,c,b\n", "row 1: columns 2 and 4 have one name");
	assert_error("a,b,a\n", "row 1: columns 1 and 3 have one name");
	assert_error("a,b\n1\n", "row 2: 1 fields, where the header has 2");
	assert_error("a,b\n\n1,2,3\n", "row 3: 3 fields, where the");
	assert_error("a\n\"1", "row 2: a quote is never closed");
	assert_error("a\n\"1\"2\n", "row 2: text behind a closing quote");
	assert_error("a\n1\"2\n", "row 2: a quote inside a field");
	assert_error("a,b\n1,2\r3,4\n", "row 2: a carriage return alone");
}

static void refuses_what_is_not_utf8(void **state)
{
	static const char *const bad[] = {"\xe9", "\xc0\xaf", "\xed\xa0\x80",
	    "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80",
	    "\xe0\x80\x80", "\xf0\x80\x80\x80"};
	static const char nul[] = "a\nx\0y\n";
	char *error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *text = memory_format("a,b\nfine,x%s\n", bad[i]);

		assert_error(text, "row 2: field 2 is not UTF-8");
		free(text);
	}
	error = error_of_bytes(nul, sizeof(nul) - 1);
	assert_non_null(error);
	free(error);
	assert_null(error_of_bytes("a\n\xe2\x82\xac\xf0\x9f\x8c\xb1\n", 10));
}

static void bounds_its_rows(void **state)
{
	struct csv *csv;
	char *error = NULL;
	char *text = memory_alloc(2 * (size_t)CSV_ROW_MAX);

	(void)state;
	memset(text, 'x', 2 * (size_t)CSV_ROW_MAX);
	memcpy(text, "a\n\"", 3);
	error = error_of_bytes(text, 2 * (size_t)CSV_ROW_MAX);
	assert_non_null(strstr(error, "row 2: longer than 1048576 bytes"));
	free(error);
	text[2] = 'x';
	error = error_of_bytes(text, 2 * (size_t)CSV_ROW_MAX);
	assert_non_null(strstr(error, "row 2: longer than 1048576 bytes"));
	free(error);
	memset(text, ',', CSV_COLUMNS_MAX + 1);
	csv = open_bytes(text, CSV_COLUMNS_MAX + 1, &error);
	assert_null(csv);
	assert_non_null(strstr(error, "more than 256 fields"));
	free(error);
	free(text);
}

static void says_why_it_cannot_open(void **state)
{
	char *error = NULL;

	(void)state;
	assert_null(csv_open("/nowhere/at/all.csv", &error));
	assert_non_null(strstr(error, "No such file"));
	free(error);
	error = NULL;
	assert_null(csv_open("/", &error));
	assert_non_null(strstr(error, "cannot be read"));
	free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_rows),
	    cmocka_unit_test(reads_quoted_fields),
	    cmocka_unit_test(passes_over_mark_and_takes_semicolons),
	    cmocka_unit_test(skips_blank_rows_and_counts_them),
	    cmocka_unit_test(reads_one_column),
	    cmocka_unit_test(refuses_what_is_malformed),
	    cmocka_unit_test(refuses_what_is_not_utf8),
	    cmocka_unit_test(bounds_its_rows),
	    cmocka_unit_test(says_why_it_cannot_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
