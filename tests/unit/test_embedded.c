/*
 * A PostgreSQL that cannot be started says why, also at the second attempt.
 *
 * Mutation (src/embedded_server.c), found: cluster_spawn() without its
 * sentence.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>

#include "embedded_cluster.h"
#include "failing.h"
#include "hefboom/memory.h"

FAILING(pid_t, fork, (void), (), (errno = EAGAIN, -1))

/* It ends a moment later, since the one before it has not ended yet. */
static pid_t begin_server(const char *log)
{
	static const char reason[] =
	    "FATAL:  lock file \"postmaster.pid\" already exists\n";
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		int file;

		usleep(100000);
		file = open(log, O_WRONLY | O_APPEND);
		_exit(write(file, reason, sizeof(reason) - 1) < 0);
	}
	return child;
}

static void test_no_fork(void **state)
{
	char log[] = "/tmp/hefboom-embedded-XXXXXX";
	struct embedded embedded = {.data = "/none",
	    .folder = "/none/postgresql",
	    .sockets = "/none/sockets",
	    .programs = "/none",
	    .log = log};
	char *error = NULL;
	int file = mkstemp(log);

	(void)state;
	assert_true(file >= 0);
	close(file);
	embedded.pid = begin_server(log);
	fail_at("fork", 0);
	assert_int_equal(cluster_wait(&embedded, &error), -1);
	assert_string_equal(
	    error, "cannot start PostgreSQL: Resource temporarily unavailable");
	assert_int_equal(embedded.pid, 0);
	free(error);
	unlink(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_fork)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
