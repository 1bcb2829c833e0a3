#include "hefboom/scrape.h"

#include <errno.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/connection.h"
#include "hefboom/http_header.h"
#include "hefboom/memory.h"
#include "hefboom/metrics.h"
#include "hefboom/reply.h"
#include "hefboom/server.h"

enum { CONNECTIONS = 64, BACKLOG = 64 };

struct scrape {
	const struct metrics *metrics;
	struct server *server;
	int socket;
};

static void body_free(const void *bytes, size_t length, void *context)
{
	(void)length;
	(void)context;
	free((void *)(uintptr_t)bytes);
}

static void refuse(const char *code, const struct http_head *head,
    struct buf *headers, struct buf *body, int *status, void *context)
{
	struct refusal refusal = {.code = code};

	(void)head;
	(void)context;
	reply_refuse(&refusal, headers, body, status);
}

/* A problem's code, or NULL for what is answered. */
static const char *fault_of(const struct http_head *head)
{
	if (!http_text_equals(head->path, "/metrics"))
		return "not_found";
	return http_text_equals(head->method, "GET") ||
		http_text_equals(head->method, "HEAD")
	    ? NULL
	    : "method_not_allowed";
}

static void *on_request(struct connection *connection,
    const struct http_head *head, const char *bytes, size_t length,
    void *context)
{
	const struct scrape *scrape = context;
	const char *code = fault_of(head);
	struct buf headers = {0}, body = {0};
	struct reply reply = {.status = 200, .free = body_free};

	(void)bytes;
	(void)length;
	if (code == NULL) {
		metrics_write(&body, scrape->metrics);
		buf_add_string(&headers,
		    "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
		    "X-Content-Type-Options: nosniff\r\n"
		    "Cache-Control: no-store\r\n");
	} else {
		refuse(code, head, &headers, &body, &reply.status, NULL);
	}
	if (reply.status == 405)
		buf_add_string(&headers, "Allow: GET, HEAD\r\n");
	reply.headers = headers.bytes;
	reply.headers_length = headers.length;
	reply.no_body = http_text_equals(head->method, "HEAD");
	reply.body = buf_take(&body, &reply.body_length);
	connection_reply(connection, &reply);
	buf_release(&headers);
	return NULL;
}

static size_t body_limit(
    const struct http_head *head, bool *spools, void *context)
{
	(void)head;
	(void)context;
	*spools = false;
	return 0;
}

/* Every request has its reply before its client can leave. */
static void gone(void *request)
{
	(void)request;
}

static const struct connection_calls calls = {.body_limit = body_limit,
    .request = on_request,
    .gone = gone,
    .refuse = refuse};

struct scrape *scrape_new(
    struct event_base *base, const char *address, const struct metrics *metrics)
{
	struct server_settings settings = {
	    .connections_max = CONNECTIONS, .backlog = BACKLOG};
	struct scrape *scrape = memory_zero(1, sizeof(*scrape));

	scrape->metrics = metrics;
	scrape->socket = server_listen(address, BACKLOG);
	if (scrape->socket < 0)
		errno = -scrape->socket;
	else
		scrape->server =
		    server_new(base, scrape->socket, &settings, &calls, scrape);
	if (scrape->server != NULL)
		return scrape;
	if (scrape->socket >= 0)
		close(scrape->socket);
	free(scrape);
	return NULL;
}

void scrape_free(struct scrape *scrape)
{
	if (scrape == NULL)
		return;
	server_free(scrape->server);
	close(scrape->socket);
	free(scrape);
}
