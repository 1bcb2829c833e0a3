/*
 * A PostgreSQL that is too early is started again, however busy we were when
 * it said so; and one that cannot be started says why.
 *
 * Mutations (src/embedded_server.c), each found: cluster_spawn() without its
 * sentence; where its words begin in the log looked up when it has spoken.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>

#include "embedded_cluster.h"
#include "failing.h"
#include "hefboom/memory.h"

FAILING(pid_t, fork, (void), (), (errno = EAGAIN, -1))

/* As a server that finds the one before it there yet. */
static const char too_early[] =
    "#!/bin/sh\n"
    "echo 'FATAL:  lock file \"postmaster.pid\" already exists' >&2\n"
    "exit 1\n";

struct stage {
	char folder[32];
	char *program, *log;
	struct embedded embedded;
};

static void stage_open(struct stage *stage)
{
	char *error = NULL;
	FILE *file;

	snprintf(stage->folder, sizeof(stage->folder), "/tmp/hb-server-XXXXXX");
	assert_non_null(mkdtemp(stage->folder));
	assert_int_equal(chmod(stage->folder, 0755), 0);
	stage->program = memory_format("%s/postgres", stage->folder);
	stage->log = memory_format("%s/log", stage->folder);
	file = fopen(stage->program, "we");
	assert_non_null(file);
	fputs(too_early, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(stage->program, 0755), 0);
	stage->embedded = (struct embedded){.data = "/none",
	    .folder = "/none/postgresql",
	    .sockets = "/none/sockets",
	    .programs = stage->folder,
	    .log = stage->log};
	assert_int_equal(
	    user_find(&stage->embedded.user, "postgres", &error), 0);
}

static void stage_close(struct stage *stage)
{
	unlink(stage->program);
	unlink(stage->log);
	rmdir(stage->folder);
	free(stage->program);
	free(stage->log);
	user_release(&stage->embedded.user);
}

/* It was to be started again, which did not go. */
static void expect_another(unsigned busy_us)
{
	struct stage stage = {0};
	char *error = NULL;

	stage_open(&stage);
	assert_int_equal(cluster_spawn(&stage.embedded, &error), 0);
	usleep(busy_us);
	fail_at("fork", 0);
	assert_int_equal(cluster_wait(&stage.embedded, &error), -1);
	assert_string_equal(
	    error, "cannot start PostgreSQL: Resource temporarily unavailable");
	assert_int_equal(stage.embedded.pid, 0);
	free(error);
	stage_close(&stage);
}

static void test_too_early(void **state)
{
	(void)state;
	expect_another(0);
	expect_another(500000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_too_early)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
