/*
 * When a child that died is started again: at once if that was an accident,
 * later and later if it does nothing else, and never later than that.
 *
 * Mutations (src/supervisor_child.c), each found: no wait; no end of it;
 * whoever lived long waits too; the waits of one that grow without bound (a
 * shift by more than there are bits).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "quiet.h"

#include "hefboom/clock.h"
#include "supervisor_state.h"

enum { STATUS_1 = 1 << 8 };

/* It lived for so long, and is to be started again after so long. */
static void expect_wait(struct child *child, int64_t lived_ms, int64_t wait_ms)
{
	int64_t before;

	child->pid = 1;
	child->started_ms = clock_ms() - lived_ms;
	before = clock_ms();
	child_died(child, STATUS_1);
	assert_in_range(
	    child->start_at_ms, before + wait_ms, clock_ms() + wait_ms);
	assert_int_equal(child->pid, 0);
}

static void test_waits(void **state)
{
	static const int waits[] = {0, 100, 200, 400, 800, 1600, 3200, 5000};
	struct child child = {.kind = "worker"};

	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		expect_wait(&child, 1, waits[i]);
	for (int i = 0; i < 200; i++)
		expect_wait(&child, 1, 5000);
	assert_int_equal(child.deaths, 208);
	/* It was fine for a while. */
	expect_wait(&child, 10500, 0);
	expect_wait(&child, 5000, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_waits)};

	return cmocka_run_group_tests(tests, quiet, NULL);
}
