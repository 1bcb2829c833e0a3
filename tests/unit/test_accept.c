/*
 * accept() that fails, in every way it can: the listener rests in between,
 * says so once, and goes on when it is over.
 *
 * Mutations (src/server_accept.c), each found: accept_pause() leaves the
 * listener on; complain() forgets when it last did; ECONNABORTED is taken for
 * a fault; the descriptor in reserve is not used.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "hefboom/connection.h"
#include "hefboom/loop.h"
#include "hefboom/memory.h"
#include "hefboom/server.h"

/* How accept4() fails, for how many calls; `every`: only each second one. */
static struct {
	int error;
	unsigned failing, calls;
	bool every;
} fault;

int accept4(
    int listener, __SOCKADDR_ARG address, socklen_t *restrict length, int flags)
{
	fault.calls++;
	if (fault.failing > 0 && (!fault.every || fault.calls % 2 == 1)) {
		fault.failing--;
		errno = fault.error;
		return -1;
	}
	return (int)syscall(
	    SYS_accept4, listener, address.__sockaddr__, length, flags);
}

struct stage {
	struct loop loop;
	struct server *server;
	int listener, client, log, stderr_kept;
};

static size_t body_limit(
    const struct http_head *head, bool *spools, void *context)
{
	(void)head;
	(void)spools;
	(void)context;
	return 0;
}

static void *on_request(struct connection *connection,
    const struct http_head *head, const char *body, size_t length,
    void *context)
{
	struct reply reply = {.status = 204};

	(void)head;
	(void)body;
	(void)length;
	(void)context;
	connection_reply(connection, &reply);
	return NULL;
}

static const struct connection_calls calls = {.body_limit = body_limit,
    .request = on_request};

static void on_stop(void *context)
{
	(void)context;
}

static int port_of(int listener)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&address, &length), 0);
	return ntohs(address.sin_port);
}

static void stage_open(struct stage *stage)
{
	struct server_settings settings = {0};
	FILE *log = tmpfile();
	char *address;

	assert_non_null(log);
	stage->log = dup(fileno(log));
	fclose(log);
	stage->stderr_kept = dup(STDERR_FILENO);
	dup2(stage->log, STDERR_FILENO);
	loop_init(&stage->loop, -1, on_stop, NULL);
	stage->listener = server_listen("127.0.0.1:0", 100);
	assert_true(stage->listener >= 0);
	stage->server = server_new(
	    stage->loop.base, stage->listener, &settings, &calls, NULL);
	assert_non_null(stage->server);
	address = memory_format("127.0.0.1:%d", port_of(stage->listener));
	stage->client = server_connect(address, 5000);
	free(address);
	assert_true(stage->client >= 0);
}

static void stage_close(struct stage *stage)
{
	close(stage->client);
	server_free(stage->server);
	close(stage->listener);
	loop_release(&stage->loop);
	dup2(stage->stderr_kept, STDERR_FILENO);
	close(stage->stderr_kept);
	close(stage->log);
}

static void stage_run(struct stage *stage, int ms)
{
	struct timeval end = {ms / 1000, ms % 1000 * 1000};

	event_base_loopexit(stage->loop.base, &end);
	event_base_dispatch(stage->loop.base);
}

static unsigned lines(const struct stage *stage)
{
	char text[8192];
	ssize_t length = pread(stage->log, text, sizeof(text) - 1, 0);
	unsigned count = 0;

	assert_true(length >= 0);
	for (ssize_t i = 0; i < length; i++)
		count += text[i] == '\n';
	return count;
}

/* What the client was answered, or "". */
static const char *asked(struct stage *stage)
{
	static const char ask[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	static char reply[1024];
	ssize_t length = -1;

	assert_int_equal(send(stage->client, ask, sizeof(ask) - 1, 0),
	    (ssize_t)sizeof(ask) - 1);
	for (int turns = 0; turns < 200 && length < 0; turns++) {
		stage_run(stage, 20);
		length =
		    recv(stage->client, reply, sizeof(reply) - 1, MSG_DONTWAIT);
	}
	reply[length < 0 ? 0 : length] = '\0';
	return reply;
}

static void test_no_room(void **state)
{
	static const int errors[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct stage stage;

		stage_open(&stage);
		fault.error = errors[i];
		fault.failing = UINT32_MAX;
		fault.calls = 0;
		stage_run(&stage, 1000);
		assert_in_range(fault.calls, 2, 30);
		assert_int_equal(lines(&stage), 1);
		fault.failing = 0;
		assert_non_null(strstr(asked(&stage), " 204 "));
		assert_int_equal(lines(&stage), 1);
		stage_close(&stage);
	}
}

/* The descriptor in reserve is good for one answer. */
static void test_reserve(void **state)
{
	struct stage stage;
	const char *reply;

	(void)state;
	stage_open(&stage);
	fault.error = EMFILE;
	fault.failing = UINT32_MAX;
	fault.every = true;
	fault.calls = 0;
	reply = asked(&stage);
	assert_non_null(strstr(reply, " 204 "));
	assert_non_null(strstr(reply, "Connection: close"));
	assert_int_equal(lines(&stage), 1);
	fault.failing = 0;
	fault.every = false;
	stage_close(&stage);
}

/* It left before we came: the next one is taken at once. */
static void test_next(void **state)
{
	static const int errors[] = {EINTR, ECONNABORTED, EPROTO};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct stage stage;
		const char *reply;

		stage_open(&stage);
		fault.error = errors[i];
		fault.failing = 3;
		reply = asked(&stage);
		assert_non_null(strstr(reply, " 204 "));
		assert_null(strstr(reply, "Connection: close"));
		assert_int_equal(lines(&stage), 0);
		stage_close(&stage);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_reserve),
	    cmocka_unit_test(test_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
