/*
 * A lane has as many connections as its setting says.
 *
 * Mutation (src/pool_state.h), found: PIPES_MAX below what a setting may say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>

#include "config_setting.h"
#include "hefboom/operation.h"
#include "pool_state.h"

static unsigned most_of(const char *name)
{
	const struct setting *setting = settings;

	while (strcmp(setting->name, name) != 0)
		setting++;
	return setting->max;
}

static void test_as_many_as_it_says(void **state)
{
	struct pool_settings wanted = {.url = "postgresql:///x?host=/none",
	    .pipes = {[LANE_FAST] = most_of("pool_fast"),
		[LANE_WRITE] = most_of("pool_write"),
		[LANE_SLOW] = most_of("pool_slow")},
	    .depth = 1,
	    .queue = 1,
	    .stuck_ms = 1000};
	struct event_base *base = event_base_new();
	struct pool *pool;

	(void)state;
	assert_non_null(base);
	pool = pool_new(base, &wanted);
	for (int i = 0; i < LANES; i++)
		assert_int_equal(pool->lanes[i].pipe_count, wanted.pipes[i]);
	pool_free(pool);
	event_base_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_as_many_as_it_says)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
