/*
 * reply -- the end of a request.
 *
 * Writes status, headers and body, hands them to the connection, and frees
 * the request.  Every reply carries its Request-Id, and every refusal is a
 * problem document (RFC 9457), below /scim an error of SCIM (RFC 7644, 3.12),
 * in the language that was asked for.
 *
 * Promise.  After any of these the request does not exist any more.
 */
#ifndef HEFBOOM_REPLY_H
#define HEFBOOM_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "hefboom/problem.h"

struct buf;
struct outcome;
struct request;

/* The rows of the last statement, as the operation's document promises. */
void reply_outcome(struct request *request, const struct outcome *outcome);

void reply_problem(struct request *request, const struct problem *problem);

struct content {
	const char *type;
	const char *bytes; /* borrowed: copied into the reply, unless ... */
	bool constant; /* ... they are the program's own */
	size_t length;
	const char *etag; /* with its quotes, or NULL */
	const char *headers; /* more lines, each with CRLF, or NULL */
	int status;
};

/* The ETag of content: its hash, with the quotes. */
void content_etag(char etag[20], const char *bytes, size_t length);

/*
 * What is not rows: documents, health, whatever a C operation wrote itself.
 * A 200 to a GET whose etag the client knows is answered 304.  In SCIM's
 * dialect Cache-Control and Vary are those of personal replies.
 */
void reply_content(struct request *request, const struct content *content);

/* An OPTIONS request: 204 with Allow. */
void reply_options(struct request *request);

/* A stored answer once more (Idempotency-Replayed: true). */
struct pg_result;
void reply_again(struct request *request, struct pg_result *result);

/* The problem of a database error; fills in what goes with it. */
const struct problem *problem_of_error(
    struct request *request, const struct pg_result *error);

/* A problem that a connection found itself, without a request. */
struct refusal {
	const char *code;
	const char *accept_language; /* or NULL */
	enum dialect dialect;
};
void reply_refuse(const struct refusal *refusal, struct buf *headers,
    struct buf *body, int *status);

#endif
