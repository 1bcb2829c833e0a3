/*
 * Which clock each time is read from, and in which unit.
 *
 * Mutations: each clock taken for each other one; a thousandth or a million
 * for another; milliseconds that are rounded; seconds multiplied as an int;
 * the nanoseconds left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "failing.h"

#include "hefboom/clock.h"

static struct {
	bool set;
	struct timespec now;
	clockid_t asked;
} machine;

INSTEAD(int, clock_gettime, (clockid_t clock, struct timespec *now))
{
	if (!machine.set)
		return real_clock_gettime(clock, now);
	machine.asked = clock;
	*now = machine.now;
	return 0;
}

static void set(time_t seconds, long nanoseconds)
{
	machine.set = true;
	machine.now.tv_sec = seconds;
	machine.now.tv_nsec = nanoseconds;
}

static const struct {
	int64_t (*read)(void);
	clockid_t clock;
	int64_t a_second;
} clocks[] = {
    {clock_us, CLOCK_MONOTONIC, 1000000},
    {clock_ms, CLOCK_MONOTONIC, 1000},
    {clock_coarse_ms, CLOCK_MONOTONIC_COARSE, 1000},
    {clock_coarse_s, CLOCK_MONOTONIC_COARSE, 1},
    {clock_wall_ms, CLOCK_REALTIME, 1000},
    {clock_wall_coarse_s, CLOCK_REALTIME_COARSE, 1},
};

enum { CLOCKS = sizeof(clocks) / sizeof(clocks[0]) };

static void test_units(void **state)
{
	/* Shortly after the start, today, and when 32 bits are full. */
	static const time_t seconds[] = {0, 3, 1800000000, 1L << 32, 1L << 40};

	(void)state;
	for (size_t i = 0; i < CLOCKS; i++)
		for (size_t j = 0; j < 5; j++) {
			set(seconds[j], 987654321);
			assert_int_equal(clocks[i].read(),
			    seconds[j] * clocks[i].a_second +
				987654321L * clocks[i].a_second / 1000000000);
			assert_int_equal(machine.asked, clocks[i].clock);
		}
}

static void test_it_goes_on(void **state)
{
	int64_t before[CLOCKS];

	(void)state;
	machine.set = false;
	for (size_t i = 0; i < CLOCKS; i++)
		before[i] = clocks[i].read();
	nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
	for (size_t i = 0; i < 4; i++)
		assert_true(clocks[i].read() >=
		    before[i] + 20 * clocks[i].a_second / 1000);
	/* 2001-09-09: nobody reads the monotonic clock for the wall's. */
	assert_true(clock_wall_ms() > 1000000000000);
	assert_true(clock_wall_coarse_s() > 1000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_units),
	    cmocka_unit_test(test_it_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
