/*
 * What a head says under a name: once, several times, not at all; the members
 * of its lists.
 *
 * Mutations: the first of two lines taken for the only one, or of two that
 * touch; a NULL for what is not there; names compared with case, by their first
 * letter alone, up to the shorter or to the longer one's end, without the last
 * letter; only the first line walked, each other one, one again and again; an
 * empty line without a member; another separator, one that is kept; commas in
 * quotes that part, though they should not, and that do not, though they
 * should; a backslash that hides nothing, or that does outside of quotes;
 * quotes that never end; blanks, a tab left before or behind; the line not
 * told; words compared with case, paths without; a start beyond the text's end,
 * or stepped over in place; a list of empty members kept, though nothing is
 * told of it, joined without a comma, with its empty members.  From its end:
 * the lines, the members in their order; one line alone; an empty one given, or
 * taken for the front; a blank left; an escaped quote counted, a letter behind
 * a backslash, a quote behind two that is not; quotes counted though they
 * should not be; from the front.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

#include "hefboom/buf.h"
#include "hefboom/http_header.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct http_head head;

static struct http_text text_of(const char *string)
{
	return (struct http_text){string, strlen(string)};
}

static void add(const char *name, const char *value)
{
	struct http_header *header = &head.headers[head.header_count++];

	header->name = text_of(name);
	header->value = text_of(value);
}

static int begin(void **state)
{
	(void)state;
	head.header_count = 0;
	return 0;
}

static void expect(const char *name, enum http_times times, const char *value)
{
	struct http_text found = {NULL, 9};

	assert_int_equal(http_header_read(&head, name, &found), times);
	assert_non_null(found.bytes);
	assert_int_equal(found.length, strlen(value));
	assert_memory_equal(found.bytes, value, found.length);
}

static void test_read(void **state)
{
	(void)state;
	expect("If-Match", HTTP_ABSENT, "");
	add("Host", "h");
	add("If-Match", "\"1\"");
	add("X", "1");
	add("Empty", "");
	expect("if-match", HTTP_ONCE, "\"1\"");
	expect("IF-MATCH", HTTP_ONCE, "\"1\"");
	expect("if-matc", HTTP_ABSENT, "");
	expect("if-matcg", HTTP_ABSENT, "");
	expect("if-matches", HTTP_ABSENT, "");
	expect("empty", HTTP_ONCE, "");
	expect("", HTTP_ABSENT, "");
	add("x", "2");
	expect("X", HTTP_REPEATED, "");
	expect("x", HTTP_REPEATED, "");
	add("x", "3");
	expect("x", HTTP_REPEATED, "");
	expect("host", HTTP_ONCE, "h");
	head.header_count = 0;
	add("x", "1");
	add("x", "2");
	expect("x", HTTP_REPEATED, "");
	/* What stands behind a name in the head is none of it. */
	head.header_count = 1;
	head.headers[0].name = (struct http_text){"Age", 2};
	expect("age", HTTP_ABSENT, "");
	expect("ag", HTTP_ONCE, "1");
}

static void test_texts(void **state)
{
	struct http_text text = text_of("Bearer x");

	(void)state;
	assert_true(http_text_is(text, "bearer X"));
	assert_false(http_text_is(text, "bearer"));
	assert_false(http_text_is(text, "bearer xy"));
	assert_true(http_text_equals(text, "Bearer x"));
	assert_false(http_text_equals(text, "bearer x"));
	assert_false(http_text_equals(text, "Bearer "));
	assert_false(http_text_equals(text, "Bearer x, y"));
	assert_false(http_text_skip(&text, "basic"));
	assert_false(http_text_skip(&text, "Bearer x, y"));
	assert_false(http_text_skip(&(struct http_text){"Bearer", 3}, "Bear"));
	assert_int_equal(text.length, 8);
	assert_true(http_text_skip(&text, "bEARER"));
	assert_true(http_text_equals(text, " x"));
	assert_true(http_text_equals(http_text_trim(text), "x"));
	assert_true(
	    http_text_equals(http_text_trim(text_of("\t a\t b \t")), "a\t b"));
	assert_true(http_text_equals(http_text_trim(text_of("\t \t")), ""));
	assert_true(
	    http_text_equals(http_text_trim(text_of("\nx\n")), "\nx\n"));
	assert_true(http_text_skip(&text, " X"));
	assert_true(http_text_skip(&text, ""));
	assert_int_equal(text.length, 0);
}

/* The members of "list", each in brackets. */
static void expect_members(enum http_quotes quotes, const char *expected)
{
	struct http_members members = http_members(&head, "list", quotes);
	struct http_text member;
	struct buf found = {0};

	while (http_member_next(&members, &member)) {
		assert_true(member.bytes >= members.line.bytes);
		assert_true(member.bytes + member.length <=
		    members.line.bytes + members.line.length);
		buf_add_format(
		    &found, "[%.*s]", (int)member.length, member.bytes);
	}
	assert_false(http_member_next(&members, &member));
	assert_string_equal(found.length == 0 ? "" : found.bytes, expected);
	buf_release(&found);
}

static void test_members(void **state)
{
	static const struct {
		const char *value, *plain, *quoted; /* NULL: the same */
	} cases[] = {
	    {"a", "[a]", NULL},
	    {"a,b", "[a][b]", NULL},
	    {"a \t,\t b;c , d", "[a][b;c][d]", NULL},
	    {"a b", "[a b]", NULL},
	    {"", "[]", NULL},
	    {",", "[]", NULL},
	    {", ,a,,b,", "[][][a][][b]", NULL},
	    {"*", "[*]", NULL},
	    {"\"a,b\",c", "[\"a][b\"][c]", "[\"a,b\"][c]"},
	    {"x=\"a,b\" ,c", "[x=\"a][b\"][c]", "[x=\"a,b\"][c]"},
	    {"a,\"b\",c", "[a][\"b\"][c]", NULL},
	    {"\"a\\\",b\",c", "[\"a\\\"][b\"][c]", "[\"a\\\",b\"][c]"},
	    {"\"a\\\\\",b", "[\"a\\\\\"][b]", NULL},
	    {"a\\,\"b\"", "[a\\][\"b\"]", NULL},
	    {"a\\\",b\",c", "[a\\\"][b\"][c]", "[a\\\",b\"][c]"},
	    {"\"a,b", "[\"a][b]", "[\"a,b]"},
	    {"a,\"b,\\", "[a][\"b][\\]", "[a][\"b,\\]"},
	};

	(void)state;
	expect_members(HTTP_PLAIN, "");
	expect_members(HTTP_QUOTED, "");
	for (size_t i = 0; i < COUNT(cases); i++) {
		head.header_count = 0;
		add("list", cases[i].value);
		expect_members(HTTP_PLAIN, cases[i].plain);
		expect_members(HTTP_QUOTED,
		    cases[i].quoted == NULL ? cases[i].plain : cases[i].quoted);
	}
}

/* RFC 9110, 5.3: one list, in their order, whatever stands between them. */
static void test_lines(void **state)
{
	(void)state;
	add("lis", "x");
	add("List", "a, b");
	add("lists", "y");
	add("list", "");
	add("other", "z");
	add("LIST", "c,");
	add("list", "d");
	add("host", "h");
	expect_members(HTTP_PLAIN, "[a][b][][c][d]");
	expect_members(HTTP_QUOTED, "[a][b][][c][d]");
	/* Quotes end where their line does. */
	head.header_count = 0;
	add("list", "\"a,b");
	add("list", "c,d\"");
	expect_members(HTTP_QUOTED, "[\"a,b][c][d\"]");
}

static void test_line(void **state)
{
	struct http_members members;
	struct http_text member;

	(void)state;
	add("list", "a, b");
	add("list", "*");
	members = http_members(&head, "list", HTTP_PLAIN);
	assert_non_null(members.line.bytes);
	for (int i = 0; i < 2; i++) {
		assert_true(http_member_next(&members, &member));
		assert_true(http_text_equals(members.line, "a, b"));
	}
	assert_true(http_member_next(&members, &member));
	assert_true(http_text_equals(members.line, "*"));
	assert_false(http_member_next(&members, &member));
}

static void expect_last(enum http_quotes quotes, const char *expected)
{
	struct http_members members = http_members(&head, "list", quotes);
	struct http_text member;
	struct buf found = {0};

	while (http_member_last(&members, &member)) {
		assert_true(member.bytes >= members.line.bytes);
		assert_true(member.bytes + member.length <=
		    members.line.bytes + members.line.length);
		buf_add_format(
		    &found, "[%.*s]", (int)member.length, member.bytes);
	}
	assert_false(http_member_last(&members, &member));
	assert_string_equal(found.length == 0 ? "" : found.bytes, expected);
	buf_release(&found);
}

static void test_last(void **state)
{
	static const struct {
		const char *value, *plain, *quoted; /* NULL: the same */
	} cases[] = {
	    {"", "", NULL},
	    {" , ,", "", NULL},
	    {"a", "[a]", NULL},
	    {", ,a \t,, b ,", "[b][a]", NULL},
	    {"\"a,b\",c", "[c][b\"][\"a]", "[c][\"a,b\"]"},
	    {"a,x=\"b,c\"", "[c\"][x=\"b][a]", "[x=\"b,c\"][a]"},
	    {"a,\"b\\\",c\"", "[c\"][\"b\\\"][a]", "[\"b\\\",c\"][a]"},
	    {"a,\"b\\\\\"", "[\"b\\\\\"][a]", NULL},
	    {"a,\"b,\\c\"", "[\\c\"][\"b][a]", "[\"b,\\c\"][a]"},
	    {"\", a, b", "[b][a][\"]", NULL},
	    {"x=\", a=\"b\"", "[a=\"b\"][x=\"]", NULL},
	    {"x=\"\\, a=\"b\"", "[a=\"b\"][x=\"\\]", NULL},
	};

	(void)state;
	expect_last(HTTP_QUOTED, "");
	for (size_t i = 0; i < COUNT(cases); i++) {
		head.header_count = 0;
		add("list", cases[i].value);
		expect_last(HTTP_PLAIN, cases[i].plain);
		expect_last(HTTP_QUOTED,
		    cases[i].quoted == NULL ? cases[i].plain : cases[i].quoted);
	}
	head.header_count = 0;
	add("list", "a,b");
	add("other", "x");
	add("list", "");
	add("LIST", "c,\"d");
	add("lis", "y");
	add("list", "e");
	add("host", "h");
	expect_last(HTTP_QUOTED, "[e][c,\"d][b][a]");
	expect_last(HTTP_PLAIN, "[e][\"d][c][b][a]");
}

static void test_cut(void **state)
{
	struct http_text rest = text_of("a;x=\"1;2\";y=3"), one;

	(void)state;
	one = http_text_cut(&rest, ';', HTTP_QUOTED);
	assert_true(http_text_equals(one, "a"));
	assert_true(http_text_equals(rest, "x=\"1;2\";y=3"));
	one = http_text_cut(&rest, ';', HTTP_QUOTED);
	assert_true(http_text_equals(one, "x=\"1;2\""));
	one = http_text_cut(&rest, ';', HTTP_QUOTED);
	assert_true(http_text_equals(one, "y=3"));
	assert_int_equal(rest.length, 0);
	one = http_text_cut(&rest, ';', HTTP_QUOTED);
	assert_int_equal(one.length, 0);
}

static void expect_list(const char *expected)
{
	char *list = http_header_list(&head, "list");

	if (expected == NULL)
		assert_null(list);
	else
		assert_string_equal(list, expected);
	free(list);
}

/* What is asked for here is freed, or the sanitizer and valgrind tell. */
static void test_list(void **state)
{
	(void)state;
	expect_list(NULL);
	add("list", "");
	expect_list(NULL);
	add("List", " , ,");
	expect_list(NULL);
	add("list", "nl, ,en;q=0.5");
	add("other", "de");
	expect_list("nl,en;q=0.5");
	add("list", "");
	add("LIST", "fr");
	expect_list("nl,en;q=0.5,fr");
}

#define ONE(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ONE(test_read),
	    ONE(test_texts),
	    ONE(test_members),
	    ONE(test_lines),
	    ONE(test_line),
	    ONE(test_last),
	    ONE(test_cut),
	    ONE(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
