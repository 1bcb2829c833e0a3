/*
 * Hundreds of idle connections that are due at once: some at a time, so that
 * nobody else waits until all have gone, and the next without a pause.  A reply
 * that makes no progress, however often its client makes itself heard.  Clients
 * that reset in the middle of a message, or while theirs is in a queue, before
 * anybody looked: they are gone at once, not at the deadline.
 *
 * Mutations (src/server.c), each found: all of them in one turn; the rest only
 * a quarter of a second later.  In src/connection_message.c: each try to write
 * puts the deadline off; who is in a queue not asked whether he has left.  In
 * src/connection.c: who has sent a part not asked.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "failing.h"

#include <event2/event.h>

#include "hefboom/clock.h"
#include "hefboom/connection.h"
#include "hefboom/loop.h"
#include "hefboom/memory.h"
#include "hefboom/server.h"

enum { CLIENTS = 300, A_TURN = 64, IDLE_MS = 4000 };
enum { WRITE_MS = 300, LATE_MS = 10000 };

/* As when the system has no memory for more: writable, and takes nothing. */
static bool takes_nothing;

INSTEAD(ssize_t, sendmsg, (int s, const struct msghdr *message, int flags))
{
	if (!takes_nothing)
		return __real_sendmsg(s, message, flags);
	errno = EAGAIN;
	return -1;
}

static size_t body_limit(
    const struct http_head *head, bool *spools, void *context)
{
	(void)head;
	(void)spools;
	(void)context;
	return 100;
}

/* Requests in a queue; without one there is an answer at once. */
static unsigned waiting;

static void *request(struct connection *connection,
    const struct http_head *head, const char *body, size_t length,
    void *context)
{
	static const struct reply reply = {
	    .status = 200, .body = "x", .body_length = 1};

	(void)head;
	(void)body;
	(void)length;
	(void)context;
	if (waiting > 0)
		return &waiting;
	connection_reply(connection, &reply);
	return NULL;
}

static void gone(void *object)
{
	assert_ptr_equal(object, &waiting);
	waiting = 0;
}

static unsigned crowd(unsigned *most, void *context)
{
	(void)context;
	*most = CLIENTS;
	return waiting;
}

static const struct connection_calls calls = {.body_limit = body_limit,
    .request = request,
    .gone = gone,
    .crowd = crowd};

static void on_stop(void *context)
{
	(void)context;
}

static char *address_of(int listener)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&address, &length), 0);
	return memory_format("127.0.0.1:%d", ntohs(address.sin_port));
}

static void clients_connect(int *clients, int listener)
{
	char *address = address_of(listener);

	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = server_connect(address, 5000);
		assert_true(clients[i] >= 0);
	}
	free(address);
}

/* Of one turn of the loop. */
static size_t swept(struct server *server, struct event_base *base, int flags)
{
	size_t before = server_connections(server);

	event_base_loop(base, EVLOOP_ONCE | flags);
	return before - server_connections(server);
}

static void test_sweep(void **state)
{
	struct server_settings settings = {.idle_ms = IDLE_MS};
	struct server *server;
	struct loop loop;
	size_t most = 0, one;
	int clients[CLIENTS], listener, turns;

	(void)state;
	loop_init(&loop, -1, on_stop, NULL);
	listener = server_listen("127.0.0.1:0", CLIENTS);
	assert_true(listener >= 0);
	server = server_new(loop.base, listener, &settings, &calls, NULL);
	assert_non_null(server);
	clients_connect(clients, listener);
	while (server_connections(server) < CLIENTS)
		event_base_loop(loop.base, EVLOOP_ONCE);
	usleep(IDLE_MS * 1000 + 100000);
	while ((one = swept(server, loop.base, 0)) == 0)
		;
	assert_int_equal(one, A_TURN);
	/* Without waiting for anything, and yet not all of it at once. */
	for (turns = 0; turns < 20 && server_connections(server) > 0; turns++) {
		one = swept(server, loop.base, EVLOOP_NONBLOCK);
		most = one > most ? one : most;
	}
	assert_int_equal(server_connections(server), 0);
	assert_int_equal(most, A_TURN);
	for (int i = 0; i < CLIENTS; i++)
		close(clients[i]);
	server_free(server);
	close(listener);
	loop_release(&loop);
}

static void test_no_progress(void **state)
{
	static const char asked[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	struct server_settings settings = {.write_ms = WRITE_MS};
	struct server *server;
	struct loop loop;
	int client, listener;
	char *address;
	int64_t late;

	(void)state;
	loop_init(&loop, -1, on_stop, NULL);
	listener = server_listen("127.0.0.1:0", 1);
	server = server_new(loop.base, listener, &settings, &calls, NULL);
	assert_non_null(server);
	address = address_of(listener);
	client = server_connect(address, 5000);
	takes_nothing = true;
	assert_int_equal(send(client, asked, strlen(asked), 0), strlen(asked));
	while (server_connections(server) == 0)
		event_base_loop(loop.base, EVLOOP_ONCE);
	late = clock_ms() + LATE_MS;
	while (server_connections(server) > 0 && clock_ms() < late) {
		send(client, "x", 1, MSG_NOSIGNAL);
		event_base_loop(loop.base, EVLOOP_NONBLOCK);
		usleep(20000);
	}
	assert_int_equal(server_connections(server), 0);
	takes_nothing = false;
	free(address);
	close(client);
	server_free(server);
	close(listener);
	loop_release(&loop);
}

/* Both come before anybody looks, and are one event. */
static void send_and_reset(const char *bytes, const char *address,
    struct event_base *base, const struct server *server)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};
	int client = server_connect(address, 5000);
	size_t length = strlen(bytes);

	while (server_connections(server) == 0)
		event_base_loop(base, EVLOOP_ONCE);
	/* What says that it may be written is over. */
	event_base_loop(base, EVLOOP_NONBLOCK);
	assert_int_equal(send(client, bytes, length, MSG_NOSIGNAL), length);
	setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(client);
}

static void test_reset(void **state)
{
	static const char *const parts[] = {"GET",
	    "GET / HTTP/1.1\r\nHost: x\r\n",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx",
	    "PUT / HTTP/1.1\r\nHost:x\r\nTransfer-Encoding:chunked\r\n\r\n9",
	    "GET / HTTP/1.1\r\nHost: x\r\n\r\n"};
	enum { PARTS = sizeof(parts) / sizeof(parts[0]) };
	struct server_settings settings = {.head_ms = 60000, .body_ms = 60000};
	struct server *server;
	struct loop loop;
	int listener = server_listen("127.0.0.1:0", 1);
	char *address = address_of(listener);
	int64_t late;

	(void)state;
	loop_init(&loop, -1, on_stop, NULL);
	server = server_new(loop.base, listener, &settings, &calls, NULL);
	assert_non_null(server);
	for (size_t i = 0; i < PARTS; i++) {
		/* The last one is whole, and has to wait. */
		waiting = i == PARTS - 1;
		send_and_reset(parts[i], address, loop.base, server);
		late = clock_ms() + LATE_MS;
		while (server_connections(server) > 0 && clock_ms() < late)
			event_base_loop(loop.base, EVLOOP_ONCE);
		assert_int_equal(server_connections(server), 0);
		assert_int_equal(waiting, 0);
	}
	free(address);
	server_free(server);
	close(listener);
	loop_release(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sweep),
	    cmocka_unit_test(test_no_progress),
	    cmocka_unit_test(test_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
