#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hefboom/buf.h"
#include "hefboom/json.h"

#define NO_OFFSET ((size_t)-1)

struct expectation {
	const char *text;
	enum json_fault fault;
	size_t offset;
};

/* The bytes lie at the end of a block, so that one too far is seen. */
static enum json_fault fault_of(
    const char *bytes, size_t length, size_t *offset)
{
	enum json_fault fault = JSON_OK;
	char *exact = malloc(length == 0 ? 1 : length);
	json_t *value;

	assert_non_null(exact);
	memcpy(exact, bytes, length);
	value = json_read(exact, length, &fault, offset);
	assert_int_equal(value != NULL, fault == JSON_OK);
	json_decref(value);
	free(exact);
	return fault;
}

static void expect_all(const struct expectation *list, size_t count)
{
	size_t offset;

	for (size_t i = 0; i < count; i++) {
		const struct expectation *one = &list[i];
		enum json_fault fault =
		    fault_of(one->text, strlen(one->text), &offset);

		if (fault != one->fault)
			fail_msg("%s: %d, not %d", one->text, (int)fault,
			    (int)one->fault);
		if (one->offset != NO_OFFSET && offset != one->offset)
			fail_msg("%s: at %zu, not %zu", one->text, offset,
			    one->offset);
	}
}

#define EXPECT_ALL(list) expect_all(list, sizeof(list) / sizeof(*(list)))

static void grammar(void **state)
{
	static const struct expectation list[] = {
	    {"{}", JSON_OK, 0},
	    {" [ 1 , {\"a\" : null} ] \n", JSON_OK, 0},
	    {"[\"\\u00e9\\uD83D\\uDE00\\/\\b\\f\"]", JSON_OK, 0},
	    {"[\"\x7f\xc3\xa9\"]", JSON_OK, 0},
	    {"", JSON_MALFORMED, 0},
	    {" ", JSON_MALFORMED, NO_OFFSET},
	    {"1", JSON_MALFORMED, NO_OFFSET},
	    {"\"a\"", JSON_MALFORMED, NO_OFFSET},
	    {"null", JSON_MALFORMED, NO_OFFSET},
	    {"\xef\xbb\xbf{}", JSON_MALFORMED, NO_OFFSET},
	    {"{} {}", JSON_MALFORMED, NO_OFFSET},
	    {"{}x", JSON_MALFORMED, NO_OFFSET},
	    {"{\"a\":1,}", JSON_MALFORMED, NO_OFFSET},
	    {"[1,]", JSON_MALFORMED, NO_OFFSET},
	    {"[,1]", JSON_MALFORMED, NO_OFFSET},
	    {"[1 2]", JSON_MALFORMED, NO_OFFSET},
	    {"[", JSON_MALFORMED, NO_OFFSET},
	    {"[\"", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\\", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\\\"", JSON_MALFORMED, NO_OFFSET},
	    {"]", JSON_MALFORMED, NO_OFFSET},
	    {"[]]", JSON_MALFORMED, NO_OFFSET},
	    {"{a:1}", JSON_MALFORMED, NO_OFFSET},
	    {"{'a':1}", JSON_MALFORMED, NO_OFFSET},
	    {"[True]", JSON_MALFORMED, NO_OFFSET},
	    {"[nul]", JSON_MALFORMED, NO_OFFSET},
	    {"[NaN]", JSON_MALFORMED, NO_OFFSET},
	    {"[Infinity]", JSON_MALFORMED, NO_OFFSET},
	    {"[-Infinity]", JSON_MALFORMED, NO_OFFSET},
	    {"[1]//", JSON_MALFORMED, NO_OFFSET},
	    {"[1\f]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"a\nb\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"a\tb\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\\x41\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\\u12\"]", JSON_MALFORMED, NO_OFFSET},
	};

	(void)state;
	EXPECT_ALL(list);
}

static void text(void **state)
{
	static const struct expectation list[] = {
	    {"[\"\\u0000\"]", JSON_MALFORMED, NO_OFFSET},
	    {"{\"\\u0000\":1}", JSON_MALFORMED, NO_OFFSET},
	    {"{\"a\\u0000b\":1}", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\\ud800\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\\udc00\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\\ud83dA\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\\ud83d\\u0041\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\\ude00\\ud83d\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\xff\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\x80\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\xc0\xaf\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\xe0\x80\xaf\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\xed\xa0\x80\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\xf4\x90\x80\x80\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\xc3\"]", JSON_MALFORMED, NO_OFFSET},
	    {"[\"\xef\xbf\xbf\xef\xbb\xbf\"]", JSON_OK, 0},
	};
	size_t offset;

	(void)state;
	EXPECT_ALL(list);
	assert_int_equal(fault_of("[\"a\0b\"]", 7, &offset), JSON_MALFORMED);
	assert_int_equal(fault_of("{}\0", 3, &offset), JSON_MALFORMED);
	assert_int_equal(fault_of("\0{}", 3, &offset), JSON_MALFORMED);
}

static void numbers(void **state)
{
	static const struct expectation list[] = {
	    {"[9007199254740992]", JSON_OK, 0},
	    {"[-9007199254740992]", JSON_OK, 0},
	    {"[9007199254740992.0]", JSON_OK, 0},
	    {"[90071992547409920e-1]", JSON_OK, 0},
	    {"[9007199254740993]", JSON_NUMBER_RANGE, 1},
	    {"[ -9007199254740993]", JSON_NUMBER_RANGE, 2},
	    {"[9007199254740992.5]", JSON_NUMBER_RANGE, 1},
	    {"[9007199254740993.0]", JSON_NUMBER_RANGE, 1},
	    {"[900719925474099.3e1]", JSON_NUMBER_RANGE, 1},
	    {"[0.0000009007199254740993e22]", JSON_NUMBER_RANGE, 1},
	    {"[10000000000000000]", JSON_NUMBER_RANGE, 1},
	    {"[123456789012345678901234567890]", JSON_NUMBER_RANGE, 1},
	    {"[1e15]", JSON_OK, 0},
	    {"[1e16]", JSON_NUMBER_RANGE, 1},
	    {"[1e308]", JSON_NUMBER_RANGE, 1},
	    {"[1e309]", JSON_NUMBER_RANGE, 1},
	    {"[-1e999999999999999999999]", JSON_NUMBER_RANGE, 1},
	    {"[1e-999999999999999999999]", JSON_NUMBER_RANGE, 1},
	    {"[0e999999999999999999999]", JSON_NUMBER_RANGE, 1},
	    {"[0e-401]", JSON_NUMBER_RANGE, 1},
	    {"[0e-400]", JSON_OK, 0},
	    {"[1e-324]", JSON_NUMBER_RANGE, 1},
	    {"[5e-324]", JSON_OK, 0},
	    {"[0.1, -0, -0.0, 0E+2, 1E-2, 123.456e3]", JSON_OK, 0},
	    {"[0.30000000000000004]", JSON_OK, 0},
	    {"[3.141592653589793238462643383279]", JSON_OK, 0},
	    {"[0.99999999999999999999]", JSON_NUMBER_RANGE, 1},
	    {"[4503599627370497.5]", JSON_NUMBER_RANGE, 1},
	    {"[4503599627370495.5]", JSON_OK, 0},
	    {"{\"a\": {\"b\": [1.00000000000000000001]}}", JSON_NUMBER_RANGE,
		13},
	    {"[1.00000000000000000000]", JSON_OK, 0},
	    {"[\"9007199254740993\", \"1e999\"]", JSON_OK, 0},
	    {"{\"9007199254740993\": 1}", JSON_OK, 0},
	    {"[01]", JSON_MALFORMED, NO_OFFSET},
	    {"[-01]", JSON_MALFORMED, NO_OFFSET},
	    {"[+1]", JSON_MALFORMED, NO_OFFSET},
	    {"[1.]", JSON_MALFORMED, NO_OFFSET},
	    {"[.1]", JSON_MALFORMED, NO_OFFSET},
	    {"[1e]", JSON_MALFORMED, NO_OFFSET},
	    {"[1e+]", JSON_MALFORMED, NO_OFFSET},
	    {"[1.e1]", JSON_MALFORMED, NO_OFFSET},
	    {"[-]", JSON_MALFORMED, NO_OFFSET},
	    {"[1-2]", JSON_MALFORMED, NO_OFFSET},
	    {"[1.2.3]", JSON_MALFORMED, NO_OFFSET},
	    {"[0x10]", JSON_MALFORMED, NO_OFFSET},
	    {"[1_000]", JSON_MALFORMED, NO_OFFSET},
	};

	(void)state;
	EXPECT_ALL(list);
}

static void duplicates(void **state)
{
	static const struct expectation list[] = {
	    {"{\"a\":1,\"a\":1}", JSON_DUPLICATE_KEY, NO_OFFSET},
	    {"{\"a\":1,\"\\u0061\":2}", JSON_DUPLICATE_KEY, NO_OFFSET},
	    {"{\"/\":1,\"\\/\":2}", JSON_DUPLICATE_KEY, NO_OFFSET},
	    {"{\"\":1,\"\":2}", JSON_DUPLICATE_KEY, NO_OFFSET},
	    {"{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}",
		JSON_DUPLICATE_KEY, NO_OFFSET},
	    {"[{\"b\":{\"a\":1,\"c\":2,\"a\":3}}]", JSON_DUPLICATE_KEY,
		NO_OFFSET},
	    {"{\"a\":1,\"A\":2,\"b\":{\"a\":1}}", JSON_OK, 0},
	    {"{\"\xc3\xa9\":1,\"e\xcc\x81\":2}", JSON_OK, 0},
	};

	(void)state;
	EXPECT_ALL(list);
}

static enum json_fault fault_of_buf(struct buf *buf, size_t *offset)
{
	enum json_fault fault = fault_of(buf->bytes, buf->length, offset);

	buf_release(buf);
	return fault;
}

static void nest(struct buf *buf, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_add_string(buf, i % 2 ? "{\"[{\":" : "[");
	buf_add_string(buf, "0");
	for (int i = depth; i-- > 0;)
		buf_add_string(buf, i % 2 ? "}" : "]");
}

static void depth(void **state)
{
	struct buf buf = {0};
	size_t offset;

	(void)state;
	nest(&buf, JSON_DEPTH_MAX);
	assert_int_equal(fault_of_buf(&buf, &offset), JSON_OK);
	nest(&buf, JSON_DEPTH_MAX + 1);
	assert_int_equal(fault_of_buf(&buf, &offset), JSON_TOO_DEEP);
	assert_int_equal(offset, JSON_DEPTH_MAX / 2 * 7);
	for (int i = 0; i < 100000; i++)
		buf_add_char(&buf, '[');
	assert_int_equal(fault_of_buf(&buf, &offset), JSON_TOO_DEEP);
	assert_int_equal(offset, JSON_DEPTH_MAX);
	buf_add_string(&buf, "[[]");
	for (int i = 0; i < JSON_DEPTH_MAX * 2; i++)
		buf_add_string(&buf, ",[]");
	buf_add_string(&buf, "]");
	assert_int_equal(fault_of_buf(&buf, &offset), JSON_OK);
}

static void fill(struct buf *buf, const char *item, int count)
{
	buf_add_char(buf, '[');
	for (int i = 0; i < count; i++) {
		buf_add_string(buf, i == 0 ? "" : ",");
		buf_add_string(buf, item);
	}
	buf_add_char(buf, ']');
}

/* The array itself is a value too; names are none. */
static void elements(void **state)
{
	static const struct {
		const char *item;
		int values;
	} items[] = {{"0", 1}, {"true", 1}, {"\"a:\\\"\"", 1}, {"{}", 1},
	    {"[]", 1}, {"{\"a\" : \"b\"}", 2}, {"[null]", 2}};
	struct buf buf = {0};
	size_t offset;
	int most;

	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(*items); i++) {
		most = (JSON_ELEMENTS_MAX - 1) / items[i].values;
		fill(&buf, items[i].item, most);
		assert_int_equal(fault_of_buf(&buf, &offset), JSON_OK);
		fill(&buf, items[i].item, most + 1);
		assert_int_equal(fault_of_buf(&buf, &offset), JSON_TOO_MANY);
	}
}

static void elements_asked_for(void **state)
{
	struct buf buf = {0};
	enum json_fault fault = JSON_OK;
	size_t offset;
	json_t *value;

	(void)state;
	fill(&buf, "0", 199999);
	value = json_read_up_to(buf.bytes, buf.length, 200000, &fault, &offset);
	assert_int_equal(json_array_size(value), 199999);
	json_decref(value);
	assert_null(
	    json_read_up_to(buf.bytes, buf.length, 199999, &fault, &offset));
	assert_int_equal(fault, JSON_TOO_MANY);
	buf_release(&buf);
}

static void *counting_malloc(size_t size);
static size_t spent;

static void *counting_malloc(size_t size)
{
	spent += size;
	return malloc(size);
}

/* What is too much is refused before a tree is built of it. */
static void memory(void **state)
{
	struct buf buf = {0};
	size_t offset;

	(void)state;
	json_set_alloc_funcs(counting_malloc, free);
	fill(&buf, "{}", 300000);
	spent = 0;
	assert_int_equal(fault_of_buf(&buf, &offset), JSON_TOO_MANY);
	assert_int_equal(offset, 1 + 3 * (JSON_ELEMENTS_MAX - 1));
	assert_int_equal(spent, 0);
	json_set_alloc_funcs(malloc, free);
}

static void long_numbers(void **state)
{
	struct buf buf = {0};
	size_t offset;

	(void)state;
	buf_add_string(&buf, "[0.5");
	for (int i = 0; i < 997; i++)
		buf_add_char(&buf, '0');
	buf_add_char(&buf, ']');
	assert_int_equal(fault_of(buf.bytes, buf.length, &offset), JSON_OK);
	buf.bytes[buf.length - 1] = '0';
	buf_add_char(&buf, ']');
	assert_int_equal(fault_of_buf(&buf, &offset), JSON_NUMBER_RANGE);
	buf_add_string(&buf, "[");
	for (int i = 0; i < 200000; i++)
		buf_add_char(&buf, '9');
	buf_add_string(&buf, "]");
	assert_int_equal(fault_of_buf(&buf, &offset), JSON_NUMBER_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grammar),
	    cmocka_unit_test(text),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(duplicates),
	    cmocka_unit_test(depth),
	    cmocka_unit_test(elements),
	    cmocka_unit_test(elements_asked_for),
	    cmocka_unit_test(memory),
	    cmocka_unit_test(long_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
