/*
 * What libpq does to a connection while something is being sent on it.
 *
 * It closes its socket within the call that fails, and whatever is opened
 * next gets that number: whoever it is must be heard all the same.  And it
 * reads what is there while it cannot write.
 *
 * Mutations, each found: pipe_break() leaves the event of the socket to
 * pipe_lose(), a turn later (src/pipe_connection.c); pipe_on_socket() looks
 * for answers only when it has read itself (src/pipe.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "hefboom/memory.h"
#include "hefboom/target.h"
#include "hefboom/text.h"
#include "hefboom/transaction.h"
#include "pipe_connection.h"

/* AuthenticationOk and ReadyForQuery (PostgreSQL, 55.7). */
static const char welcome[] = "R\0\0\0\10\0\0\0\0Z\0\0\0\5I";
static const char ready[] = "Z\0\0\0\5I";

struct stage {
	struct event_base *base;
	struct target *target;
	struct pipe *pipe;
	char folder[32];
	struct sockaddr_un door;
	int listener, server; /* the latter: PostgreSQL's end */
	unsigned ready, ended, lost, heard;
	enum ending ending;
};

static void on_ended(struct transaction *transaction, void *context)
{
	struct stage *stage = context;

	stage->ended++;
	stage->ending = transaction->outcome.ending;
	transaction_free(transaction);
}

static void on_ready(struct pipe *pipe, void *context)
{
	struct stage *stage = context;

	(void)pipe;
	stage->ready++;
}

static void on_lost(struct pipe *pipe, const char *why, void *context)
{
	struct stage *stage = context;

	(void)pipe;
	(void)why;
	stage->lost++;
}

static void on_found(void *context)
{
	(void)context;
}

/* Says welcome to whoever comes, whatever he says. */
static void on_client(evutil_socket_t listener, short what, void *context)
{
	struct stage *stage = context;

	(void)what;
	stage->server = accept(listener, NULL, NULL);
	assert_true(stage->server >= 0);
	assert_int_equal(write(stage->server, welcome, sizeof(welcome) - 1),
	    sizeof(welcome) - 1);
}

static void on_byte(evutil_socket_t descriptor, short what, void *context)
{
	struct stage *stage = context;
	char byte;

	(void)what;
	assert_int_equal(read(descriptor, &byte, 1), 1);
	stage->heard++;
	event_base_loopbreak(stage->base);
}

static void stage_run(struct stage *stage, int ms)
{
	struct timeval end = {ms / 1000, ms % 1000 * 1000};

	event_base_loopexit(stage->base, &end);
	event_base_dispatch(stage->base);
}

static void stage_open(struct stage *stage)
{
	static const struct pipe_calls calls = {on_ended, on_ready, on_lost};
	struct pipe_settings settings = {.backoff_max_ms = 3000};
	struct event *client;
	char *url;

	snprintf(stage->folder, sizeof(stage->folder), "/tmp/hb-pipe-XXXXXX");
	assert_non_null(mkdtemp(stage->folder));
	stage->door.sun_family = AF_UNIX;
	snprintf(stage->door.sun_path, sizeof(stage->door.sun_path),
	    "%s/.s.PGSQL.5432", stage->folder);
	stage->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(stage->listener, (struct sockaddr *)&stage->door,
			     sizeof(stage->door)),
	    0);
	assert_int_equal(listen(stage->listener, 5), 0);
	stage->base = event_base_new();
	client =
	    event_new(stage->base, stage->listener, EV_READ, on_client, stage);
	event_add(client, NULL);
	url = memory_format(
	    "postgresql:///x?host=%s&user=x&port=5432", stage->folder);
	stage->target = target_new(stage->base, url, on_found, stage);
	settings.url = url;
	settings.target = stage->target;
	stage->pipe = pipe_new(stage->base, &settings, &calls, stage);
	for (int i = 0; i < 100 && stage->ready == 0; i++)
		stage_run(stage, 50);
	assert_int_equal(stage->ready, 1);
	event_free(client);
	free(url);
}

static void stage_close(struct stage *stage)
{
	pipe_free(stage->pipe);
	target_free(stage->target);
	event_base_free(stage->base);
	close(stage->listener);
	unlink(stage->door.sun_path);
	rmdir(stage->folder);
}

static void test_next_with_its_number(void **state)
{
	struct stage stage = {0};
	struct event *next;
	int number, pair[2];

	(void)state;
	stage_open(&stage);
	number = PQsocket(stage.pipe->connection);
	close(stage.server);
	/* The first is written in vain; at the second libpq looks why. */
	for (int i = 0; i < 2; i++)
		pipe_send(stage.pipe, transaction_new(LANE_WRITE, NULL, NULL));
	/* Told from the loop, never from within the call. */
	assert_int_equal(stage.ended, 0);
	assert_int_equal(PQsocket(stage.pipe->connection), -1);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(pair[0], number);
	next = event_new(
	    stage.base, pair[0], EV_READ | EV_PERSIST, on_byte, &stage);
	assert_int_equal(event_add(next, NULL), 0);
	assert_int_equal(write(pair[1], "x", 1), 1);
	stage_run(&stage, 1000);
	assert_int_equal(stage.ended, 2);
	assert_int_equal(stage.ending, ENDING_LOST);
	assert_int_equal(stage.lost, 1);
	assert_int_equal(stage.heard, 1);
	event_free(next);
	close(pair[0]);
	close(pair[1]);
	stage_close(&stage);
}

static void on_sent(evutil_socket_t server, short what, void *context)
{
	char bytes[65536];

	(void)what;
	(void)context;
	assert_true(read(server, bytes, sizeof(bytes)) > 0);
}

/* The first is answered, whatever becomes of the second. */
static void test_read_while_writing(void **state)
{
	enum { LENGTH = 1 << 20 };
	struct stage stage = {0};
	struct text text = {.sql = memory_zero(LENGTH + 1, 1)};
	struct transaction *large = transaction_new(LANE_WRITE, NULL, NULL);
	struct event *drain;

	(void)state;
	memset((char *)text.sql, ' ', LENGTH);
	large->queries[0] = (struct query){.text = &text, .unnamed = true};
	large->query_count = 1;
	stage_open(&stage);
	pipe_send(stage.pipe, transaction_new(LANE_WRITE, NULL, NULL));
	assert_int_equal(
	    write(stage.server, ready, sizeof(ready) - 1), sizeof(ready) - 1);
	pipe_send(stage.pipe, large);
	drain = event_new(
	    stage.base, stage.server, EV_READ | EV_PERSIST, on_sent, &stage);
	event_add(drain, NULL);
	stage_run(&stage, 500);
	assert_int_equal(stage.ended, 1);
	assert_int_equal(stage.ending, ENDING_DONE);
	assert_int_equal(stage.lost, 0);
	assert_int_equal(pipe_depth(stage.pipe), 1);
	event_free(drain);
	close(stage.server);
	stage_close(&stage);
	free((char *)text.sql);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_next_with_its_number),
	    cmocka_unit_test(test_read_while_writing)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
