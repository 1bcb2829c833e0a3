/*
 * front_echo -- the front with nothing behind it, for tests and measurements.
 *
 * Answers every request with a JSON of its method, target and body.  Some
 * paths do more: /sleep/MS answers later, /size/N with N bytes, /silence
 * never, /gone says how many requests were told that their client had left,
 * /headers/bad writes headers that must not leave, and what is sent to
 * /spool... comes into a file.
 *
 * FRONT_LISTEN, FRONT_HEAD_MS, FRONT_BODY_MS, FRONT_WRITE_MS, FRONT_IDLE_MS,
 * FRONT_REQUESTS, FRONT_CONNECTIONS, FRONT_PER_ADDRESS, FRONT_HELD,
 * FRONT_BODY_LIMIT, FRONT_SPOOL, FRONT_SPOOL_LIMIT, FRONT_SPOOL_MAX,
 * FRONT_SPOOL_MS, FRONT_DRAIN_MS.  Prints "listening PORT".
 */
#include <arpa/inet.h>
#include <signal.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "hefboom/buf.h"
#include "hefboom/connection.h"
#include "hefboom/http.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/server.h"

struct front {
	struct event_base *base;
	struct server *server;
	int listener;
	size_t body_limit, spool_limit;
	unsigned drain_ms;
	unsigned long gone, asked;
};

/* A request that is answered later. */
struct later {
	struct front *front;
	struct connection *connection;
	struct event *timer;
	struct buf body;
};

static unsigned setting(const char *name, unsigned otherwise)
{
	const char *value = getenv(name);

	return value == NULL ? otherwise : (unsigned)strtoul(value, NULL, 10);
}

static void body_free(const void *bytes, size_t length, void *context)
{
	(void)length;
	(void)context;
	free((void *)bytes);
}

static void answer(struct connection *connection, struct buf *body)
{
	static const char headers[] = "Content-Type: application/json\r\n";
	struct reply reply = {
	    .status = 200,
	    .headers = headers,
	    .headers_length = sizeof(headers) - 1,
	    .free = body_free,
	};

	reply.body = buf_take(body, &reply.body_length);
	connection_reply(connection, &reply);
}

static void later_free(struct later *later)
{
	if (later->timer != NULL)
		event_free(later->timer);
	buf_release(&later->body);
	free(later);
}

static void later_answer(evutil_socket_t socket, short what, void *context)
{
	struct later *later = context;

	(void)socket;
	(void)what;
	answer(later->connection, &later->body);
	later_free(later);
}

static struct later *later_new(struct front *front,
    struct connection *connection, struct buf *body, long wait_ms)
{
	struct later *later = memory_zero(1, sizeof(*later));
	struct timeval wait = {wait_ms / 1000, wait_ms % 1000 * 1000};

	later->front = front;
	later->connection = connection;
	later->body = *body;
	*body = (struct buf){0};
	if (wait_ms >= 0) {
		later->timer = evtimer_new(front->base, later_answer, later);
		evtimer_add(later->timer, &wait);
	}
	return later;
}

static unsigned long checksum(const char *body, size_t length)
{
	unsigned long sum = 5381;
	size_t i;

	for (i = 0; i < length; i++)
		sum = (sum * 33 + (unsigned char)body[i]) & 0xffffffff;
	return sum;
}

static void describe(struct buf *out, const struct http_head *head,
    const char *body, size_t length)
{
	buf_add_string(out, "{\"method\":");
	buf_add_json(out, head->method.bytes, head->method.length);
	buf_add_string(out, ",\"path\":");
	buf_add_json(out, head->path.bytes, head->path.length);
	if (head->query.bytes != NULL) {
		buf_add_string(out, ",\"query\":");
		buf_add_json(out, head->query.bytes, head->query.length);
	}
	buf_add_format(out, ",\"headers\":%u,\"body_length\":%zu,\"sum\":%lu}",
	    head->header_count, length, checksum(body, length));
}

static void *answer_bad(struct connection *connection)
{
	static const char headers[] = "X-Name: a\r\n\r\nHTTP/1.1 200 OK\r\n";
	struct reply reply = {
	    .status = 200,
	    .headers = headers,
	    .headers_length = sizeof(headers) - 1,
	};

	connection_reply(connection, &reply);
	return NULL;
}

static void *front_request(struct connection *connection,
    const struct http_head *head, const char *body, size_t length,
    void *context)
{
	struct front *front = context;
	char path[64];
	struct buf out = {0};
	long number;

	front->asked++;
	snprintf(path, sizeof(path), "%.*s", (int)head->path.length,
	    head->path.bytes);
	number =
	    strncmp(path, "/size/", 6) == 0 ? strtol(path + 6, NULL, 10) : 0;
	if (strcmp(path, "/gone") == 0) {
		buf_add_format(&out, "{\"gone\":%lu,\"connections\":%zu}",
		    front->gone, server_connections(front->server));
	} else if (strcmp(path, "/headers/bad") == 0) {
		return answer_bad(connection);
	} else if (number > 0) {
		buf_reserve(&out, (size_t)number);
		memset(out.bytes, 'x', (size_t)number);
		out.length = (size_t)number;
	} else {
		describe(&out, head, body, length);
	}
	if (strncmp(path, "/sleep/", 7) == 0)
		return later_new(
		    front, connection, &out, strtol(path + 7, NULL, 10));
	if (strcmp(path, "/silence") == 0)
		return later_new(front, connection, &out, -1);
	answer(connection, &out);
	return NULL;
}

static void front_gone(void *request)
{
	struct later *later = request;

	later->front->gone++;
	later_free(later);
}

static size_t front_body_limit(
    const struct http_head *head, bool *spools, void *context)
{
	const struct front *front = context;

	*spools = head->path.length >= 6 &&
	    memcmp(head->path.bytes, "/spool", 6) == 0;
	return *spools ? front->spool_limit : front->body_limit;
}

static void front_refuse(const char *code, const struct http_head *head,
    struct buf *headers, struct buf *body, int *status, void *context)
{
	static const struct {
		const char *code;
		int status;
	} codes[] = {
	    {"bad_request", 400},
	    {"request_timeout", 408},
	    {"body_too_large", 413},
	    {"line_too_long", 414},
	    {"expectation_failed", 417},
	    {"headers_too_large", 431},
	    {"not_implemented", 501},
	    {"overloaded", 503},
	    {"version_not_supported", 505},
	};
	size_t i;

	(void)head;
	(void)context;
	*status = 500;
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(codes[i].code, code) == 0)
			*status = codes[i].status;
	}
	buf_add_string(headers, "Content-Type: application/problem+json\r\n");
	buf_add_format(body, "{\"code\":\"%s\",\"status\":%d}", code, *status);
}

static void front_drained(void *context)
{
	event_base_loopbreak(((struct front *)context)->base);
}

static void front_stop(evutil_socket_t socket, short what, void *context)
{
	struct front *front = context;

	(void)socket;
	(void)what;
	server_drain(front->server, front->drain_ms, front_drained, front);
	close(front->listener);
}

static void print_port(int listener)
{
	struct sockaddr_storage address;
	const struct sockaddr_in *in = (const void *)&address;
	const struct sockaddr_in6 *in6 = (const void *)&address;
	socklen_t length = sizeof(address);

	getsockname(listener, (struct sockaddr *)&address, &length);
	printf("listening %u\n",
	    ntohs(
		address.ss_family == AF_INET ? in->sin_port : in6->sin6_port));
	fflush(stdout);
}

static struct server_settings settings_read(void)
{
	return (struct server_settings){
	    .connections_max = setting("FRONT_CONNECTIONS", 0),
	    .per_address_max = setting("FRONT_PER_ADDRESS", 0),
	    .head_ms = setting("FRONT_HEAD_MS", 0),
	    .body_ms = setting("FRONT_BODY_MS", 0),
	    .write_ms = setting("FRONT_WRITE_MS", 0),
	    .idle_ms = setting("FRONT_IDLE_MS", 0),
	    .requests_max = setting("FRONT_REQUESTS", 0),
	    .held_max = setting("FRONT_HELD", 0),
	    .spool_ms = setting("FRONT_SPOOL_MS", 0),
	    .spool_max = setting("FRONT_SPOOL_MAX", 0),
	    .spool = getenv("FRONT_SPOOL"),
	};
}

static struct event_base *base_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

int main(void)
{
	static const struct connection_calls calls = {
	    .body_limit = front_body_limit,
	    .request = front_request,
	    .gone = front_gone,
	    .refuse = front_refuse};
	const char *address = getenv("FRONT_LISTEN");
	struct server_settings settings = settings_read();
	struct front front = {
	    .base = base_new(),
	    .body_limit = setting("FRONT_BODY_LIMIT", 256 << 10),
	    .spool_limit = setting("FRONT_SPOOL_LIMIT", 64 << 20),
	    .drain_ms = setting("FRONT_DRAIN_MS", 5000),
	};
	struct event *stop;
	int listener;

	listener = server_listen(address ? address : "127.0.0.1:0", 4096);
	if (listener < 0) {
		fprintf(stderr, "listen: %s\n", strerror(-listener));
		return 1;
	}
	front.server =
	    server_new(front.base, listener, &settings, &calls, &front);
	if (front.server == NULL)
		return 1;
	stop = evsignal_new(front.base, SIGTERM, front_stop, &front);
	evsignal_add(stop, NULL);
	front.listener = listener;
	print_port(listener);
	event_base_dispatch(front.base);
	server_free(front.server);
	event_free(stop);
	event_base_free(front.base);
	libevent_global_shutdown();
	return 0;
}
