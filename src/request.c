#include "hefboom/request.h"

#include <assert.h>
#include <openssl/evp.h>

#include "hefboom/buf.h"
#include "hefboom/clock.h"
#include "hefboom/config.h"
#include "hefboom/service.h"
#include "hefboom/http_header.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/pool.h"
#include "hefboom/random.h"
#include "hefboom/reply.h"
#include "hefboom/steps.h"

const struct problem request_waiting = {.code = "waiting"};

static step_fn memory_step, hash_key_step;

static step_fn *const steps[] = {route_step, memory_step, caller_step,
    limit_step, access_step, negotiate_step, input_step, hash_key_step,
    answer_step};

enum { BODY_SMALL = 16 << 10, BODY_FACTOR = 12 };
enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

/* What reading a body takes, whatever is in it, and more (json.h). */
static bool has_room(size_t body_length)
{
	return body_length <= BODY_SMALL ||
	    memory_has(body_length * BODY_FACTOR);
}

/* The little that is left is for what has begun. */
static const struct problem *memory_step(struct request *request)
{
	bool enough = !memory_is_short() && has_room(request->body_length);

	if (enough || strcmp(request->operation->name, "get_healthz") == 0)
		return NULL;
	return problem_get("overloaded");
}

/* A retry is the same request when all of this is the same. */
static const struct problem *hash_key_step(struct request *request)
{
	const struct http_head *head = request->head;
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *context;
	char *hex;

	if (request->key == NULL)
		return NULL;
	context = EVP_MD_CTX_new();
	hex = arena_alloc(&request->arena, 65);
	if (context == NULL ||
	    EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
		abort();
	EVP_DigestUpdate(context, head->method.bytes, head->method.length);
	EVP_DigestUpdate(context, " ", 1);
	EVP_DigestUpdate(context, head->path.bytes, head->path.length);
	EVP_DigestUpdate(context, "?", 1);
	EVP_DigestUpdate(context, head->query.bytes, head->query.length);
	EVP_DigestUpdate(context, " ", 1);
	if (request->if_match != NULL)
		EVP_DigestUpdate(
		    context, request->if_match, strlen(request->if_match));
	EVP_DigestUpdate(context, "\n", 1);
	EVP_DigestUpdate(context, request->body, request->body_length);
	EVP_DigestFinal_ex(context, digest, NULL);
	EVP_MD_CTX_free(context);
	for (int i = 0; i < 32; i++)
		snprintf(hex + (size_t)i * 2, 3, "%02x", digest[i]);
	request->key_hash = hex;
	return NULL;
}

/* After a step that waited or replied the request may be gone. */
static void walk(struct request *request)
{
	const struct problem *problem;

	while (request->step < STEPS) {
		problem = steps[request->step](request);
		if (problem == &request_waiting)
			return;
		if (problem != NULL) {
			reply_problem(request, problem);
			return;
		}
		request->step++;
	}
}

void request_resume(struct request *request, const struct problem *problem)
{
	if (problem != NULL) {
		reply_problem(request, problem);
		return;
	}
	request->step++;
	walk(request);
}

void request_again(struct request *request)
{
	walk(request);
}

static void service_add(struct service *service, struct request *request)
{
	request->before = service->last;
	if (service->last != NULL)
		service->last->after = request;
	else
		service->first = request;
	service->last = request;
}

static void service_remove(struct service *service, struct request *request)
{
	if (request->before != NULL)
		request->before->after = request->after;
	else
		service->first = request->after;
	if (request->after != NULL)
		request->after->before = request->before;
	else
		service->last = request->before;
}

static enum language language_of(struct request *request)
{
	char *ranges = http_header_list(request->head, "accept-language");
	enum language language = language_choose(ranges);

	free(ranges);
	return language;
}

static void trace_take(struct request *request)
{
	struct http_text parent;

	if (http_header_read(request->head, "traceparent", &parent) ==
	    HTTP_ONCE)
		trace_read(&request->trace, parent.bytes, parent.length);
}

static struct request *request_new(struct connection *connection,
    const struct http_head *head, struct service *service)
{
	struct request *request = memory_zero(1, sizeof(*request));

	arena_init(&request->arena);
	request->service = service;
	request->connection = connection;
	request->head = head;
	request->scopes = "";
	request->started_us = clock_us();
	request->deadline_ms = REQUEST_DEADLINE_MS;
	uuid_new(request->id);
	request->language = language_of(request);
	trace_take(request);
	service_add(service, request);
	return request;
}

void *request_begin(struct connection *connection, const struct http_head *head,
    const char *body, size_t length, void *context)
{
	struct service *service = context;
	struct request *request = request_new(connection, head, service);
	bool ended = false;

	request->body = body;
	request->body_length = length;
	request->ended = &ended;
	walk(request);
	if (ended)
		return NULL;
	request->ended = NULL;
	return request;
}

void request_free(struct request *request)
{
	if (request->transaction != NULL)
		transaction_cancel(
		    request->service->pool, request->transaction);
	if (request->ended != NULL)
		*request->ended = true;
	service_remove(request->service, request);
	arena_release(&request->arena);
	free(request);
}

void request_gone(void *context)
{
	request_free(context);
}

const struct problem *request_submit(
    struct request *request, struct transaction *transaction)
{
	switch (pool_submit(request->service->pool, transaction)) {
	case SUBMITTED:
		request->transaction = transaction;
		return &request_waiting;
	case POOL_FULL:
		return problem_get("overloaded");
	case POOL_DOWN:
	default:
		return problem_get("database_unavailable");
	}
}

const char *request_base_url(struct request *request)
{
	const char *url = request->service->config->public_url;
	enum http_times times;
	struct http_text host;

	if (url != NULL)
		return url;
	/* There is one, and it is one: http.c has seen to it. */
	times = http_header_read(request->head, "host", &host);
	assert(times == HTTP_ONCE);
	return arena_format(
	    &request->arena, "http://%.*s", (int)host.length, host.bytes);
}

size_t request_body_limit(
    const struct http_head *head, bool *spools, void *context)
{
	const struct operation *operation = route_find(head);

	(void)context;
	*spools = operation != NULL && operation->body == BODY_SPOOL;
	return operation == NULL || operation->body == BODY_NONE
	    ? 256 * 1024
	    : operation->body_limit;
}

void request_sweep(struct service *service)
{
	int64_t now = clock_us();
	struct request *request, *next;

	for (request = service->first; request != NULL; request = next) {
		bool writes = request->transaction != NULL &&
		    request->operation != NULL &&
		    strcmp(request->operation->method, "GET") != 0;

		next = request->after;
		if (now - request->started_us < request->deadline_ms * 1000)
			continue;
		/* It was sent; whether it will be committed, nobody knows. */
		reply_problem(request,
		    problem_get(writes ? "outcome_unknown" : "timeout"));
	}
}
