#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/random.h"

static void json_is(const char *text, size_t length, const char *expected)
{
	struct buf buf = {0};

	buf_add_json(&buf, text, length);
	assert_string_equal(buf.bytes, expected);
	buf_release(&buf);
}

static void test_json_strings(void **state)
{
	(void)state;
	json_is("", 0, "\"\"");
	json_is("plain", 5, "\"plain\"");
	json_is("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
	json_is("\b\t\n\f\r", 5, "\"\\b\\t\\n\\f\\r\"");
	json_is("\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\\u007f\"");
	json_is("h\xc3\xa9", 3, "\"h\xc3\xa9\"");
	json_is("</script>", 9, "\"</script>\"");
}

static void test_buf_grows(void **state)
{
	struct buf buf = {0};
	size_t length;
	char *bytes;

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_add_format(&buf, "%d,", i);
	assert_int_equal(buf.bytes[buf.length], '\0');
	assert_int_equal(buf.length, 10 * 2 + 90 * 3 + 900 * 4 + 4000 * 5);
	bytes = buf_take(&buf, &length);
	assert_null(buf.bytes);
	assert_memory_equal(bytes, "0,1,2,3,", 8);
	assert_memory_equal(bytes + length - 5, "4999,", 5);
	free(bytes);
}

static int order[3], order_count;

static void note(void *object)
{
	order[order_count++] = *(int *)object;
}

static void test_arena_cleans_up_backwards(void **state)
{
	struct arena arena;
	int *numbers;

	(void)state;
	arena_init(&arena);
	numbers = arena_alloc(&arena, 3 * sizeof(*numbers));
	for (int i = 0; i < 3; i++) {
		numbers[i] = i;
		arena_defer(&arena, note, &numbers[i]);
		arena_alloc(&arena, 10000); /* a chunk of its own */
	}
	arena_release(&arena);
	assert_int_equal(order_count, 3);
	assert_int_equal(order[0], 2);
	assert_int_equal(order[2], 0);
	arena_release(&arena); /* nothing runs twice */
	assert_int_equal(order_count, 3);
}

static void test_arena_aligns_and_zeroes(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t size = 1; size < 9000; size += 97) {
		unsigned char *block = arena_alloc(&arena, size);

		assert_int_equal((uintptr_t)block % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(block[i], 0);
		memset(block, 0xff, size);
	}
	assert_string_equal(arena_format(&arena, "%d-%s", 7, "x"), "7-x");
	arena_release(&arena);
}

static void test_uuid_is_version_7(void **state)
{
	char before[37], id[37];

	(void)state;
	uuid_new(before);
	for (int i = 0; i < 1000; i++) {
		uuid_new(id);
		assert_int_equal(strlen(id), 36);
		assert_int_equal(id[14], '7');
		assert_non_null(strchr("89ab", id[19]));
		assert_true(strncmp(before, id, 13) <= 0);
		assert_string_not_equal(before, id);
		memcpy(before, id, sizeof(id));
	}
}

static void test_uuid_that_is_undated(void **state)
{
	char before[37], id[37];

	(void)state;
	uuid_undated(before);
	for (int i = 0; i < 100; i++) {
		uuid_undated(id);
		assert_int_equal(strlen(id), 36);
		assert_int_equal(id[14], '4');
		assert_non_null(strchr("89ab", id[19]));
		assert_memory_not_equal(before, id, 8);
		memcpy(before, id, sizeof(id));
	}
}

/* What a child hands out, its parent must not hand out as well. */
static void test_random_after_a_fork(void **state)
{
	unsigned char mine[16], theirs[16];
	int ends[2];

	(void)state;
	random_bytes(mine, sizeof(mine)); /* there is a stock now */
	assert_int_equal(pipe(ends), 0);
	if (fork() == 0) {
		random_bytes(theirs, sizeof(theirs));
		_exit(write(ends[1], theirs, sizeof(theirs)) != 16);
	}
	random_bytes(mine, sizeof(mine));
	assert_int_equal(read(ends[0], theirs, sizeof(theirs)), 16);
	wait(NULL);
	assert_memory_not_equal(mine, theirs, 16);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_json_strings),
	    cmocka_unit_test(test_buf_grows),
	    cmocka_unit_test(test_arena_cleans_up_backwards),
	    cmocka_unit_test(test_arena_aligns_and_zeroes),
	    cmocka_unit_test(test_uuid_is_version_7),
	    cmocka_unit_test(test_uuid_that_is_undated),
	    cmocka_unit_test(test_random_after_a_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
