#include "hefboom/clock.h"

#include <time.h>

static struct timespec read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now;
}

static int64_t read_ms(clockid_t clock)
{
	struct timespec now = read_clock(clock);

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_us(void)
{
	struct timespec now = read_clock(CLOCK_MONOTONIC);

	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_coarse_ms(void)
{
	return read_ms(CLOCK_MONOTONIC_COARSE);
}

int64_t clock_coarse_s(void)
{
	return read_clock(CLOCK_MONOTONIC_COARSE).tv_sec;
}

int64_t clock_wall_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t clock_wall_coarse_s(void)
{
	return read_clock(CLOCK_REALTIME_COARSE).tv_sec;
}
