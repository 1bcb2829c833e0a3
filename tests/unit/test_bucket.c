/*
 * Mutations: a window that is not respected (`>=` for `>`), time before now
 * credited, a refusal that costs, who makes room chosen as the one who spent
 * most, a newcomer that inherits a debt, a look that takes, one unit taken for
 * many, less than none told as four thousand million: each is found here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hefboom/bucket.h"

#define SECOND INT64_C(1000000000)

static const int64_t start = 1000 * SECOND;

static int table_begin(void **state)
{
	*state = mmap(NULL, sizeof(struct bucket_table), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return *state == MAP_FAILED;
}

static int table_end(void **state)
{
	return munmap(*state, sizeof(struct bucket_table));
}

static bool take(struct bucket_table *table, uint64_t key, unsigned quota,
    int64_t now, struct bucket_state *state)
{
	const struct bucket_order order = {key, quota, 1};

	return bucket_take(table, &order, now, state);
}

static unsigned take_all(struct bucket_table *table, uint64_t key,
    unsigned quota, int64_t now, struct bucket_state *state)
{
	unsigned taken = 0;

	while (taken <= quota && take(table, key, quota, now, state))
		taken++;
	return taken;
}

static void test_quota_at_once(void **state)
{
	static const unsigned quotas[] = {1, 2, 7, 60, 61, 600, 100000};
	struct bucket_state now;

	for (size_t i = 0; i < sizeof(quotas) / sizeof(quotas[0]); i++) {
		assert_int_equal(
		    take_all(*state, i + 1, quotas[i], start, &now), quotas[i]);
		assert_int_equal(now.remaining, 0);
		assert_in_range(now.retry_s, 1, 60);
		assert_in_range(now.full_s, 60, 60);
	}
}

static void test_remaining(void **state)
{
	struct bucket_state now;

	for (unsigned left = 60; left-- > 0;) {
		assert_true(take(*state, 1, 60, start, &now));
		assert_int_equal(now.remaining, left);
		assert_int_equal(now.full_s, 60 - left);
	}
}

static void test_regained_evenly(void **state)
{
	struct bucket_state now;

	assert_int_equal(take_all(*state, 1, 60, start, &now), 60);
	assert_int_equal(now.retry_s, 1);
	assert_false(take(*state, 1, 60, start + SECOND - 1, &now));
	assert_int_equal(
	    take_all(*state, 1, 60, start + 10 * SECOND, &now), 10);
	/* Never more than the quota, however long one waits. */
	assert_int_equal(
	    take_all(*state, 1, 60, start + 1000 * SECOND, &now), 60);
}

/* Who came first may ask last: a request that waited asks as of its start. */
static void test_late(void **state)
{
	struct bucket_state now;

	assert_int_equal(take_all(*state, 1, 60, start + 5 * SECOND, &now), 60);
	assert_false(take(*state, 1, 60, start, &now));
	assert_int_equal(now.remaining, 0);
	assert_int_equal(now.retry_s, 6);
	assert_false(
	    bucket_has(*state, &(struct bucket_order){1, 60, 1}, start, &now));
	assert_int_equal(now.remaining, 0);
}

/* Somebody who keeps knocking gets in as soon as somebody who waits. */
static void test_refusals_are_free(void **state)
{
	struct bucket_state now;

	assert_int_equal(take_all(*state, 1, 60, start, &now), 60);
	for (unsigned i = 0; i < 1000; i++)
		assert_false(take(*state, 1, 60, start, &now));
	assert_true(take(*state, 1, 60, start + SECOND, &now));
}

static void test_callers_are_apart(void **state)
{
	struct bucket_state now;

	assert_int_equal(take_all(*state, 1, 5, start, &now), 5);
	assert_int_equal(take_all(*state, 2, 5, start, &now), 5);
	/* The same set, another caller. */
	assert_int_equal(take_all(*state, 1 + BUCKET_SETS, 5, start, &now), 5);
}

/* The ninth of a set: the one that had spent least begins anew. */
static void test_eviction(void **state)
{
	struct bucket_state now;
	unsigned way;

	for (way = 1; way <= BUCKET_WAYS; way++)
		for (unsigned i = 0; i < way; i++)
			assert_true(take(*state,
			    1 + (uint64_t)way * BUCKET_SETS, 60, start, &now));
	/* The newcomer has its whole quota, and no debt of the other's. */
	assert_true(
	    take(*state, 1 + (uint64_t)100 * BUCKET_SETS, 60, start, &now));
	assert_int_equal(now.remaining, 59);
	/* Who had spent most still has. */
	assert_true(take(
	    *state, 1 + (uint64_t)BUCKET_WAYS * BUCKET_SETS, 60, start, &now));
	assert_int_equal(now.remaining, 60 - BUCKET_WAYS - 1);
}

/* Four processes and one caller: not one request too many. */
static void test_shared(void **state)
{
	unsigned taken = 0;
	int status;

	for (unsigned i = 0; i < 4; i++) {
		if (fork() == 0) {
			struct bucket_state now;

			while (take(*state, 9, 400, start, &now))
				taken++;
			_exit((int)(taken / 2));
		}
	}
	while (wait(&status) > 0)
		taken += (unsigned)WEXITSTATUS(status) * 2;
	assert_in_range(taken, 400 - 4, 400);
}

static void test_many_at_once(void **state)
{
	struct bucket_order order = {1, 60, 25};
	struct bucket_state now;

	assert_true(bucket_take(*state, &order, start, &now));
	assert_int_equal(now.remaining, 35);
	assert_true(bucket_take(*state, &order, start, &now));
	/* All or none of them. */
	assert_false(bucket_take(*state, &order, start, &now));
	assert_int_equal(now.remaining, 10);
	assert_int_equal(now.retry_s, 15);
	assert_int_equal(now.full_s, 50);
	assert_int_equal(take_all(*state, 1, 60, start, &now), 10);
	/* More than there ever are is as many as there are. */
	order = (struct bucket_order){2, 60, 1000};
	assert_true(bucket_take(*state, &order, start, &now));
	assert_int_equal(now.remaining, 0);
}

static void test_a_look(void **state)
{
	const struct bucket_order order = {1, 2, 1};
	struct bucket_state now;

	for (unsigned i = 0; i < 10; i++)
		assert_true(bucket_has(*state, &order, start, &now));
	assert_int_equal(((struct bucket_table *)*state)->buckets[1][0].key, 0);
	assert_true(bucket_take(*state, &order, start, &now));
	assert_true(bucket_has(*state, &order, start, &now));
	assert_int_equal(now.remaining, 0);
	assert_true(bucket_take(*state, &order, start, &now));
	assert_false(bucket_has(*state, &order, start, &now));
	assert_int_equal(now.retry_s, 30);
	assert_true(bucket_has(*state, &order, start + 30 * SECOND, &now));
}

static void test_keys(void **state)
{
	(void)state;
	assert_int_not_equal(bucket_key("", 0), 0);
	assert_true(bucket_key("a", 1) != bucket_key("a\0", 2));
	assert_true(bucket_key("aaaaaaaab", 9) != bucket_key("aaaaaaaac", 9));
	assert_true(bucket_key("client a", 8) == bucket_key("client a", 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_quota_at_once, table_begin, table_end),
	    cmocka_unit_test_setup_teardown(
		test_remaining, table_begin, table_end),
	    cmocka_unit_test_setup_teardown(
		test_regained_evenly, table_begin, table_end),
	    cmocka_unit_test_setup_teardown(test_late, table_begin, table_end),
	    cmocka_unit_test_setup_teardown(
		test_refusals_are_free, table_begin, table_end),
	    cmocka_unit_test_setup_teardown(
		test_callers_are_apart, table_begin, table_end),
	    cmocka_unit_test_setup_teardown(
		test_eviction, table_begin, table_end),
	    cmocka_unit_test_setup_teardown(
		test_shared, table_begin, table_end),
	    cmocka_unit_test_setup_teardown(
		test_many_at_once, table_begin, table_end),
	    cmocka_unit_test_setup_teardown(
		test_a_look, table_begin, table_end),
	    cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
