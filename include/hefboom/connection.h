/*
 * connection -- one client, on libevent's bufferevents.
 *
 * Reads a message, hands it over, waits for its reply, writes it, and only
 * then looks at the next: one request at a time, pipelined ones wait.
 *
 * Ownership.  The server owns its connections.  A request that was handed
 * over holds the connection only until connection_reply() or until its
 * `gone` was called, whichever comes first; then it must forget it.
 *
 * Deadlines (settings of the server).  Whole head 5 s from its first byte,
 * whole body 30 s, writing a reply 30 s without progress, idle 60 s, 1,000
 * requests a connection.
 *
 * Promise.  For every message handed over, exactly one of connection_reply()
 * by the request and gone() by the connection ends the relation.  Callbacks
 * run from the loop only.
 */
#ifndef HEFBOOM_CONNECTION_H
#define HEFBOOM_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct connection;
struct http_head;

/* What the front needs to know of those who answer. */
struct connection_calls {
	/*
	 * Asked when the head is whole: how many bytes the body may have.
	 * More than that is answered 413 without reading on.
	 */
	size_t (*body_limit)(const struct http_head *head, void *context);

	/*
	 * A whole message.  head and body live until the reply or gone().
	 * Returns an object for gone(), or NULL when it has already replied.
	 */
	void *(*request)(struct connection *connection,
	    const struct http_head *head, const char *body, size_t length,
	    void *context);

	/* The client left before its reply. */
	void (*gone)(void *request);

	/*
	 * The front refuses by itself (400, 408, 413, 414, 417, 431, 501,
	 * 503, 505): writes headers and body of the problem document.  head
	 * is NULL when it could not be read.
	 */
	void (*refuse)(const char *code, const struct http_head *head,
	    struct buf *headers, struct buf *body, int *status, void *context);
};

typedef void connection_free_fn(
    const void *bytes, size_t length, void *context);

struct reply {
	int status;
	/* Whole header lines, each with its CRLF; all but Date,
	 * Content-Length and Connection, which the connection writes. */
	const char *headers;
	size_t headers_length;
	const char *body;
	size_t body_length; /* HEAD: what GET would have had */
	bool no_body; /* HEAD, 204, 304: send no body bytes */
	bool close;
	connection_free_fn *free; /* of the body; NULL: it is constant */
	void *context;
};

/* Takes reply->body: it is freed by `free` when the last byte has left. */
void connection_reply(struct connection *connection, const struct reply *reply);

#endif
