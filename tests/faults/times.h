/* times -- how long each of many things took, and what most of them took. */
#ifndef TIMES_H
#define TIMES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct times {
	int32_t *us;
	size_t count, capacity;
};

static inline void times_add(struct times *times, int64_t us)
{
	if (times->count == times->capacity) {
		times->capacity = times->capacity * 2 + 4096;
		times->us =
		    realloc(times->us, times->capacity * sizeof(times->us[0]));
		if (times->us == NULL)
			abort();
	}
	times->us[times->count++] = us > INT32_MAX ? INT32_MAX : (int32_t)us;
}

static inline int times_compare(const void *a, const void *b)
{
	const int32_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

/* " NAME_p50_us N ... NAME_max_us N" */
static inline void times_print(struct times *times, const char *name)
{
	static const size_t parts[] = {500, 990, 999, 1000};
	static const char *const words[] = {"p50", "p99", "p999", "max"};
	unsigned i;

	if (times->count > 0)
		qsort(times->us, times->count, sizeof(times->us[0]),
		    times_compare);
	for (i = 0; i < 4; i++) {
		size_t at = times->count * parts[i] / 1000;

		if (at > 0 && at == times->count)
			at--;
		printf(" %s_%s_us %d", name, words[i],
		    times->count == 0 ? 0 : times->us[at]);
	}
}

#endif
