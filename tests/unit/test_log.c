/*
 * A log whose reader does not read: lines are lost, nobody waits; when it
 * reads again, lines come whole.
 *
 * Mutation (src/log.c): poll() left out, so that write() waits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

#include <fcntl.h>
#include <sys/socket.h>

#include "hefboom/log.h"

enum { DEADLINE_S = 20, LINES = 5000, ENDS = 2 };

static int ends[ENDS];

/* More than any pipe or socket takes. */
static void log_much(void)
{
	alarm(DEADLINE_S);
	dup2(ends[1], STDERR_FILENO);
	for (int i = 0; i < LINES; i++)
		log_event(LOG_ERROR, "much", "reason",
		    "a reader that has gone to sleep does not read", NULL);
}

static void log_once(void)
{
	alarm(DEADLINE_S);
	dup2(ends[1], STDERR_FILENO);
	log_event(LOG_ERROR, "once", NULL);
}

/* All that is in there: whole lines, so many bytes. */
static size_t read_lines(const char **last)
{
	static char bytes[1 << 20];
	size_t length = 0;
	ssize_t got;

	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	while (
	    (got = read(ends[0], bytes + length, sizeof(bytes) - length)) > 0)
		length += (size_t)got;
	assert_true(length > 0 && length < sizeof(bytes));
	assert_int_equal(bytes[length - 1], '\n');
	bytes[length - 1] = '\0';
	*last = strrchr(bytes, '\n');
	*last = *last == NULL ? bytes : *last + 1;
	return length;
}

static void full(void)
{
	const char *last;

	assert_int_equal(end_of(log_much), 0);
	assert_int_equal(end_of(log_once), 0);
	assert_true(read_lines(&last) > 4096);
	assert_non_null(strstr(last, "\"event\":\"much\""));
	assert_int_equal(last[strlen(last) - 1], '}');
	assert_int_equal(end_of(log_once), 0);
	read_lines(&last);
	assert_non_null(strstr(last, "\"event\":\"once\""));
	/* Nobody will ever read: neither a wait nor a signal. */
	close(ends[0]);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(end_of(log_once), 0);
	close(ends[1]);
}

static void test_pipe(void **state)
{
	(void)state;
	assert_int_equal(pipe(ends), 0);
	full();
}

/* As systemd gives one. */
static void test_socket(void **state)
{
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	full();
}

static void test_file(void **state)
{
	const char *last;

	(void)state;
	ends[1] = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	assert_true(ends[1] >= 0);
	assert_int_equal(end_of(log_once), 0);
	ends[0] = ends[1];
	assert_int_equal(lseek(ends[0], 0, SEEK_SET), 0);
	read_lines(&last);
	assert_non_null(strstr(last, "\"event\":\"once\""));
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pipe),
	    cmocka_unit_test(test_socket),
	    cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
