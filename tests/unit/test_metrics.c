/*
 * Mutations: who died counted, its place not given away; a time on a bound
 * put above it: each is found here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/metrics.h"

static struct metrics *metrics;

static bool says(const char *line)
{
	struct buf out = {0};
	bool found;

	metrics_write(&out, metrics);
	found = strstr(out.bytes, line) != NULL;
	buf_release(&out);
	return found;
}

static void test_processes(void **state)
{
	struct metrics_process *mine = metrics_join(metrics), *again;
	int status;

	(void)state;
	assert_non_null(mine);
	mine->connections = 3;
	if (fork() == 0) {
		struct metrics_process *child = metrics_join(metrics);

		child->connections = 100;
		_exit(child == mine);
	}
	assert_true(wait(&status) > 0 && WEXITSTATUS(status) == 0);
	assert_true(says("hefboom_workers 1\n"));
	assert_true(says("hefboom_connections 3\n"));
	again = metrics_join(metrics);
	assert_ptr_equal(again, mine + 1);
	metrics_leave(again);
	metrics_leave(mine);
	assert_true(says("hefboom_workers 0\n"));
}

static void test_bounds(void **state)
{
	(void)state;
	metrics_count(metrics, &operations[0], 200, 1000);
	metrics_count(metrics, &operations[0], 500, 1001);
	metrics_count(metrics, &operations[0], 304, 100000000);
	metrics_count(metrics, NULL, 404, 5);
	assert_true(says("le=\"0.001\"} 1\n"));
	assert_true(says("le=\"0.0025\"} 2\n"));
	assert_true(says("le=\"5\"} 2\n"));
	assert_true(says("le=\"+Inf\"} 3\n"));
	assert_true(says("operation=\"none\",status=\"4xx\"} 1\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_processes),
	    cmocka_unit_test(test_bounds),
	};

	metrics = mmap(NULL, sizeof(*metrics), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (metrics == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
