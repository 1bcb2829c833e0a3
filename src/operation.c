#include "hefboom/operation.h"

static const struct statement *find(
    const struct statement *table, size_t count, const char *name)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;
		int order = strcmp(name, table[middle].name);

		if (order == 0)
			return &table[middle];
		if (order < 0)
			count = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct statement *statement_find(const char *name)
{
	return find(statements, statement_count, name);
}

const struct statement *job_find(const char *name)
{
	return find(jobs, job_count, name);
}
