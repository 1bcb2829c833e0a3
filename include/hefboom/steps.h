/*
 * steps -- what a request walks through, in this order.
 *
 * Each is `const struct problem *step(struct request *)`: NULL goes on,
 * anything else ends the request or, as &request_waiting, suspends it.
 */
#ifndef HEFBOOM_STEPS_H
#define HEFBOOM_STEPS_H

#include <stdbool.h>
#include <stddef.h>

struct http_head;
struct operation;
struct problem;
struct request;

typedef const struct problem *step_fn(struct request *request);

/*
 * route.c: method and path to an operation.  404, 405 with Allow.  Below
 * /scim the literal segments of a path are the same in any case, and a slash
 * at its end is no matter.
 */
step_fn route_step;

/* caller.c: Authorization to a principal to a person.  401, 403. */
step_fn caller_step;

/* limit.c: how often its caller may ask (bucket.h).  429. */
step_fn limit_step;

/* access.c: the roles and scopes.  403. */
step_fn access_step;

/* negotiate.c: Accept, Content-Type, Idempotency-Key, If-Match.
 * 400, 406, 415, 428. */
step_fn negotiate_step;

/* A content coding, which nobody here undoes (RFC 9110, 8.4). */
bool body_is_encoded(const struct request *request);

/* input.c: parameters and body against their schemas.  400, 422. */
step_fn input_step;

/* answer.c: the operation itself: its statements, or its function. */
step_fn answer_step;

/* Builds the tree of routes; before the fork.  0 or -1 with *error. */
int route_prepare(char **error);

/* The operation that a head asks for, or NULL. */
const struct operation *route_find(const struct http_head *head);

/* Compiles every schema of the document; before the fork. */
int input_prepare(char **error);

#endif
