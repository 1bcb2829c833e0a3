#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hefboom/arena.h"
#include "hefboom/base64.h"
#include "hefboom/buf.h"
#include "hefboom/cursor.h"
#include "hefboom/memory.h"

static const unsigned char secret[32] = "0123456789abcdef0123456789abcde";
static const unsigned char stranger[32] = "0123456789abcdef0123456789abcdf";
static const char bound[] = "list_skills newest state=active org-1";

static void sealed(const char *const *values, size_t count, struct buf *out)
{
	assert_int_equal(cursor_seal(secret, bound, values, count, out), 0);
	assert_true(out->length <= CURSOR_LENGTH_MAX);
	assert_int_equal(strlen(out->bytes), out->length);
}

static void test_round_trip(void **state)
{
	static const char *const values[] = {"2026-11-23T18:30:00.123456Z",
	    NULL, "", "n\xc3\xa9 \"\n", "018f0000-0000-7000-8000-000000000000"};
	const char *opened[5];
	struct arena arena;
	struct buf text = {0};

	(void)state;
	arena_init(&arena);
	for (size_t count = 0; count <= 5; count++) {
		buf_clear(&text);
		sealed(values, count, &text);
		assert_int_equal(cursor_open(secret, bound, text.bytes,
				     text.length, &arena, opened, count),
		    0);
		for (size_t i = 0; i < count; i++)
			if (values[i] == NULL)
				assert_null(opened[i]);
			else
				assert_string_equal(opened[i], values[i]);
	}
	arena_release(&arena);
	buf_release(&text);
}

/* Nothing but letters that a URL carries as they are, and never the same. */
static void test_opaque(void **state)
{
	static const char *const values[] = {"secret name"};
	struct buf one = {0}, two = {0};

	(void)state;
	sealed(values, 1, &one);
	sealed(values, 1, &two);
	assert_int_equal(strspn(one.bytes,
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
			     "stuvwxyz0123456789-_"),
	    one.length);
	assert_string_not_equal(one.bytes, two.bytes);
	buf_release(&one);
	buf_release(&two);
}

static int opened(const unsigned char *key, const char *where, const char *text,
    size_t length, size_t count)
{
	const char *values[CURSOR_VALUES_MAX];
	struct arena arena;
	char *bytes = memory_alloc(length); /* without a NUL */
	int error;

	memcpy(bytes, text, length);
	arena_init(&arena);
	error = cursor_open(key, where, bytes, length, &arena, values, count);
	arena_release(&arena);
	free(bytes);
	return error;
}

static void test_foreign(void **state)
{
	static const char *const values[] = {"a", "b"};
	struct buf text = {0};
	char *other = memory_format("%sx", bound);

	(void)state;
	sealed(values, 2, &text);
	assert_int_equal(opened(secret, bound, text.bytes, text.length, 2), 0);
	assert_int_equal(
	    opened(stranger, bound, text.bytes, text.length, 2), -EINVAL);
	assert_int_equal(
	    opened(secret, other, text.bytes, text.length, 2), -EINVAL);
	assert_int_equal(
	    opened(secret, "", text.bytes, text.length, 2), -EINVAL);
	assert_int_equal(
	    opened(secret, bound, text.bytes, text.length, 1), -EINVAL);
	assert_int_equal(
	    opened(secret, bound, text.bytes, text.length, 3), -EINVAL);
	assert_int_equal(opened(secret, bound, "", 0, 0), -EINVAL);
	assert_int_equal(opened(secret, bound, "e30", 3, 2), -EINVAL);
	/* And the right one still opens after all that. */
	assert_int_equal(opened(secret, bound, text.bytes, text.length, 2), 0);
	free(other);
	buf_release(&text);
}

static void test_altered(void **state)
{
	static const char *const values[] = {"2026-11-23", NULL};
	struct buf text = {0};

	(void)state;
	sealed(values, 2, &text);
	for (size_t i = 0; i < text.length; i++) {
		char kept = text.bytes[i];

		for (int c = 1; c < 256; c++) {
			text.bytes[i] = (char)c;
			if (text.bytes[i] != kept)
				assert_int_equal(
				    opened(secret, bound, text.bytes,
					text.length, 2),
				    -EINVAL);
		}
		text.bytes[i] = kept;
		assert_int_equal(
		    opened(secret, bound, text.bytes, i, 2), -EINVAL);
	}
	buf_add_string(&text, "AAAA");
	assert_int_equal(
	    opened(secret, bound, text.bytes, text.length, 2), -EINVAL);
	buf_release(&text);
}

static void test_format(void **state)
{
	static const char *const values[] = {"a"};
	unsigned char bytes[64];
	struct buf text = {0}, again = {0};
	size_t length;

	(void)state;
	sealed(values, 1, &text);
	assert_int_equal(
	    base64_decode(text.bytes, text.length, bytes, &length), 0);
	assert_int_equal(length, 1 + 12 + 3 + 16);
	bytes[0]++; /* as if by a later release */
	base64_encode(bytes, length, &again);
	assert_int_equal(
	    opened(secret, bound, again.bytes, again.length, 1), -EINVAL);
	buf_release(&text);
	buf_release(&again);
}

static void test_limits(void **state)
{
	const char *values[CURSOR_VALUES_MAX + 1];
	char *longest = memory_zero(CURSOR_LENGTH_MAX, 1);
	struct buf text = {0};
	size_t length = 0;

	(void)state;
	values[0] = longest;
	while (cursor_seal(secret, bound, values, 1, &text) == 0) {
		assert_true(text.length <= CURSOR_LENGTH_MAX);
		assert_int_equal(
		    opened(secret, bound, text.bytes, text.length, 1), 0);
		buf_clear(&text);
		longest[length++] = 'x';
	}
	/* 1,536 bytes less frame and length. */
	assert_int_equal(length, 1536 - 29 - 2 + 1);
	assert_int_equal(text.length, 0);
	assert_int_equal(cursor_seal(secret, bound, values, 1, &text), -E2BIG);
	/* Refused by its length alone, before anything is decoded. */
	memset(longest, 'A', CURSOR_LENGTH_MAX);
	buf_add(&text, longest, CURSOR_LENGTH_MAX);
	buf_add(&text, longest, CURSOR_LENGTH_MAX);
	assert_int_equal(
	    opened(secret, bound, text.bytes, text.length, 1), -EINVAL);
	buf_clear(&text);
	memset(longest, 0, CURSOR_LENGTH_MAX);
	for (size_t i = 0; i <= CURSOR_VALUES_MAX; i++)
		values[i] = NULL;
	assert_int_equal(
	    cursor_seal(secret, bound, values, CURSOR_VALUES_MAX, &text), 0);
	assert_int_equal(
	    opened(secret, bound, text.bytes, text.length, CURSOR_VALUES_MAX),
	    0);
	assert_int_equal(
	    cursor_seal(secret, bound, values, CURSOR_VALUES_MAX + 1, &text),
	    -E2BIG);
	free(longest);
	buf_release(&text);
}

/* Two secrets in turn, as after a reload with a new one. */
static void test_two_secrets(void **state)
{
	static const char *const values[] = {"a"};
	struct buf one = {0}, two = {0};

	(void)state;
	assert_int_equal(cursor_seal(secret, bound, values, 1, &one), 0);
	assert_int_equal(cursor_seal(stranger, bound, values, 1, &two), 0);
	assert_int_equal(opened(secret, bound, one.bytes, one.length, 1), 0);
	assert_int_equal(opened(stranger, bound, two.bytes, two.length, 1), 0);
	assert_int_equal(
	    opened(secret, bound, two.bytes, two.length, 1), -EINVAL);
	assert_int_equal(
	    opened(stranger, bound, one.bytes, one.length, 1), -EINVAL);
	buf_release(&one);
	buf_release(&two);
}

static void test_base64(void **state)
{
	/* RFC 4648, section 10, without padding; then what is not canonical. */
	static const char *const plain[] = {
	    "", "f", "fo", "foo", "foob", "fooba", "foobar", "\xfb\xff"};
	static const char *const coded[] = {
	    "", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy", "-_8"};
	static const char *const bad[] = {"A", "AAAAA", "Zh", "Zm9",
	    "Zg==", "Zm8=", "Zm9v\n", " Zm9v", "Zm+v", "Zm/v", "Zm.v",
	    "Zm\x80v"};
	unsigned char bytes[16];
	size_t length;

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		struct buf text = {0};

		base64_encode(
		    (const unsigned char *)plain[i], strlen(plain[i]), &text);
		assert_string_equal(text.bytes, coded[i]);
		assert_int_equal(
		    base64_decode(coded[i], strlen(coded[i]), bytes, &length),
		    0);
		assert_int_equal(length, strlen(plain[i]));
		assert_memory_equal(bytes, plain[i], length);
		buf_release(&text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    base64_decode(bad[i], strlen(bad[i]), bytes, &length),
		    -EINVAL);
	assert_int_equal(base64_decode("Zm\0v", 4, bytes, &length), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_opaque),
	    cmocka_unit_test(test_foreign),
	    cmocka_unit_test(test_altered),
	    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_two_secrets),
	    cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
