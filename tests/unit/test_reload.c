/*
 * Who serves goes only when the next one is there, and whoever was told to
 * leave leaves, when fork() fails and when workers hang.
 *
 * Mutations, each found: reload_step() tells the old one though nobody was
 * started, or never (src/supervisor_reload.c); child_left() forgets while the
 * program stops that the other one is to be killed.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

#include "failing.h"
#include "quiet.h"
#include "supervisor_state.h"

enum { OLD = 4711, NEW = 4712, PROOF_US = 350000 };

static unsigned terms; /* that the old one was sent */

/* Nobody is made, or told, in this test. */
INSTEAD(pid_t, fork, (void))
{
	errno = EAGAIN;
	return fails_now("fork") ? -1 : NEW;
}

INSTEAD(int, kill, (pid_t pid, int number))
{
	assert_int_equal(pid, OLD);
	assert_int_equal(number, SIGTERM);
	terms++;
	return 0;
}

static void test_fork_fails(void **state)
{
	struct child children[] = {{.kind = "worker", .pid = OLD},
	    {.kind = "jobs", .socket = -1, .pid = OLD}};
	struct supervisor supervisor = {
	    .children = children, .child_count = 2, .previous = -1};

	(void)state;
	terms = 0;
	fail_at("fork", 0);
	reload_step(&supervisor);
	assert_int_equal(children[0].pid, 0);
	assert_int_equal(children[0].leaving, OLD);
	usleep(PROOF_US);
	reload_step(&supervisor);
	assert_int_equal(terms, 0);
	/* As children_look() does, when it is time. */
	child_start(&supervisor, &children[0]);
	assert_int_equal(children[0].pid, NEW);
	reload_step(&supervisor);
	assert_int_equal(terms, 0);
	usleep(PROOF_US);
	reload_step(&supervisor);
	reload_step(&supervisor);
	assert_int_equal(terms, 1);
	assert_int_equal(supervisor.next, 0);
	child_left(&supervisor, &children[0]);
	assert_int_equal(supervisor.next, 1);
}

static void test_one_of_two_has_left(void **state)
{
	struct child child = {
	    .kind = "worker", .pid = NEW, .leaving = OLD, .kill_at_ms = 5};
	struct supervisor supervisor = {
	    .children = &child, .child_count = 1, .next = 1, .previous = -1};

	(void)state;
	supervisor.stopping = true;
	child_left(&supervisor, &child);
	assert_int_equal(child.leaving, 0);
	assert_int_equal(child.kill_at_ms, 5);
	child.leaving = OLD;
	supervisor.stopping = false;
	child_left(&supervisor, &child);
	assert_int_equal(child.kill_at_ms, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_fork_fails),
	    cmocka_unit_test(test_one_of_two_has_left)};

	return cmocka_run_group_tests(tests, quiet, NULL);
}
