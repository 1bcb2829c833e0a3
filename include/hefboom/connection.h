/*
 * connection -- one client, on libevent's events.
 *
 * Reads a message, hands it over, waits for its reply, writes it, and only
 * then looks at the next: one request at a time, pipelined ones wait.
 *
 * Ownership.  The server owns its connections.  A request that was handed
 * over holds the connection only until connection_reply() or until its
 * `gone` was called, whichever comes first; then it must forget it.
 *
 * Deadlines (settings of the server, kept to a quarter of a second).  Whole
 * head 5 s from its first byte, whole body 30 s (300 s when it goes into a
 * file), writing a reply 30 s without progress (of at least 128 KiB, or the
 * rest), idle 60 s, 1,000 requests a connection.  How long an answer may take
 * is not decided here.
 *
 * Limits.  While a request is being answered nothing is read: what a client
 * pipelines stays in the system, but for the 32 KiB that may have come with
 * the request.  A client that does not read holds one reply, of which the
 * system has 256 KiB.  All together hold no more than `held_max`, constant
 * bodies not counted: beyond it the slowest readers are cut off, then the
 * oldest unfinished messages are answered 503.
 *
 * A client that closes its sending side, or resets, has left, even if it would
 * still read: the two cannot be told apart, and what is queued for one that
 * left must not run.
 *
 * Promise.  For every message handed over, exactly one of connection_reply()
 * by the request and gone() by the connection ends the relation.  Callbacks
 * run from the loop only, and request() never within connection_reply().
 */
#ifndef HEFBOOM_CONNECTION_H
#define HEFBOOM_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct connection;
struct http_head;

/* What the front needs to know of those who answer. */
struct connection_calls {
	/*
	 * Asked when the head of a message with a body is whole: how many
	 * bytes the body may have.  More is answered 413 without reading on.
	 * Sets *spools when the body is to come into a file, so that it costs
	 * no memory: one without a name, which ends with the request.  When
	 * the disk or `spool_max` has no room the answer is 503.
	 */
	size_t (*body_limit)(
	    const struct http_head *head, bool *spools, void *context);

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
	 * The front refuses by itself: bad_request, request_timeout,
	 * body_too_large, line_too_long, expectation_failed,
	 * headers_too_large, not_implemented, overloaded, too_many_requests,
	 * version_not_supported.  Writes headers and body of the problem
	 * document.  head is NULL when it could not be read.
	 */
	void (*refuse)(const char *code, const struct http_head *head,
	    struct buf *headers, struct buf *body, int *status, void *context);

	/*
	 * How many requests wait, and *most of them: beyond that they are
	 * refused.  NULL: they never are.
	 */
	unsigned (*crowd)(unsigned *most, void *context);
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

/* Whom the present request comes from, as text (forwarded.h). */
void connection_from(const struct connection *connection, char *text);

/* Of whom a limit is one (networks.h). */
uint64_t connection_address(const struct connection *connection);

/*
 * Takes reply->body: it is freed by `free` when the last byte has left.
 * Headers that are not whole lines, or hold an empty one, do not leave: the
 * client gets a bare 500.
 */
void connection_reply(struct connection *connection, const struct reply *reply);

#endif
