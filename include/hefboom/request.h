/*
 * request -- one request's life, from its head to its reply.
 *
 * A request walks through an array of steps (request.c).  A step returns
 * NULL to go on, a problem to end with it, or &request_waiting when it will
 * call request_resume() later.
 *
 * Ownership.  The server owns the connection; a request owns its arena and
 * everything registered there.  head and body are the connection's and live
 * until the reply or until the client has gone.
 *
 * Promise.  Every request ends with exactly one reply, or with none when its
 * client has left; either way its arena and its transaction end with it.
 */
#ifndef HEFBOOM_REQUEST_H
#define HEFBOOM_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hefboom/arena.h"
#include "hefboom/problem.h"
#include "hefboom/trace.h"

struct buf;
struct connection;
struct service;
struct http_head;
struct operation;
struct order;
struct outcome;
struct schema_error;
struct statement;
struct token_waiter;
struct transaction;

/* How much of its quota a caller has left (limit.c); quota 0: no limit. */
struct allowance {
	const char *policy;
	unsigned quota, remaining, full_s, retry_s;
};

enum { PATH_PARAMETERS_MAX = 4, PARAMETERS_MAX = 32, CURSOR_KEYS_MAX = 4 };
enum { UUID_TEXT = 37, REQUEST_DEADLINE_MS = 10000 };

struct request {
	struct arena arena;
	struct service *service;
	struct connection *connection;
	const struct http_head *head;
	const char *body;
	size_t body_length;
	const struct operation *operation;
	bool head_only; /* HEAD: as GET, without the bytes */
	unsigned step;
	int64_t started_us; /* monotonic */
	int64_t deadline_ms; /* behind started_us */
	char id[UUID_TEXT]; /* Request-Id */
	struct trace trace; /* the caller's */
	char new_id[UUID_TEXT]; /* made when first asked for */
	enum language language;

	/* route.c */
	const char *path[PATH_PARAMETERS_MAX];
	unsigned path_count;
	char *allow; /* of a 405 */

	/* token.c, caller.c, access.c */
	uint32_t roles; /* with those that a role implies; 0: nobody */
	const char *scopes; /* separated by blanks */
	char org_id[UUID_TEXT];
	char person_id[UUID_TEXT]; /* "" for a machine */
	char client_id[UUID_TEXT]; /* "" unless an admin manages it */
	char credential_id[UUID_TEXT]; /* what that client proved itself by */
	const char *caller; /* whose keys these are */
	struct token_waiter *waiter; /* in the arena, once a key was missing */
	struct allowance allowance;

	/* schema.c, arguments.c */
	const char *parameters[PARAMETERS_MAX]; /* text, or NULL */
	uint32_t given; /* bit i: parameters[i] came with the request */
	json_t *json;
	const char *body_text; /* the body with its NUL, once asked for */
	const struct order *order;
	unsigned limit;
	const char *cursor[CURSOR_KEYS_MAX];
	bool has_cursor;
	const char *bound; /* what a cursor of this list is tied to */
	const char *key; /* Idempotency-Key */
	const char *key_hash;
	const char *if_match; /* a bigint's text, or NULL */

	/* Of a refusal. */
	const char *problem_parameters; /* a JSON object's text, or NULL */
	const struct schema_error *errors;
	const char *reason; /* why a token was refused, or NULL */
	unsigned retry_after_s; /* of a 503; 0: a second */

	struct transaction *transaction; /* under way, or NULL */
	struct request *before, *after; /* all of a service, oldest first */
	bool *ended; /* set when it is freed; of whoever began it */
};

extern const struct problem request_waiting;

/* What a connection calls when a message has arrived (connection.h). */
void *request_begin(struct connection *connection, const struct http_head *head,
    const char *body, size_t length, void *service);
void request_gone(void *request);
size_t request_body_limit(
    const struct http_head *head, bool *spools, void *service);

/*
 * Takes the transaction: &request_waiting, or why the pool refused it.  Its
 * `done` clears request->transaction.
 */
const struct problem *request_submit(
    struct request *request, struct transaction *transaction);

/*
 * "https://hr.example.org": where clients find this server, without a slash
 * at the end.  The setting public_url, else what Host says.
 */
const char *request_base_url(struct request *request);

/* Goes on behind the step that waited; `problem` as that step's result. */
void request_resume(struct request *request, const struct problem *problem);

/* Once more the step that waited. */
void request_again(struct request *request);

/* Called by reply.c alone, once the reply is written down. */
void request_free(struct request *request);

/* Requests older than the deadline end with `timeout`. */
void request_sweep(struct service *service);

#endif
