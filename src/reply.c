#include "hefboom/reply.h"

#include <libpq-fe.h>
#include <stdbool.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/config.h"
#include "hefboom/connection.h"
#include "hefboom/cursor.h"
#include "hefboom/service.h"
#include "hefboom/http.h"
#include "hefboom/log.h"
#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/problem_document.h"
#include "hefboom/request.h"
#include "hefboom/shape.h"
#include "hefboom/transaction.h"

enum { SLOW_US = 1000000 };

/* One worker writes one reply at a time: its header lines are kept here. */
static struct buf lines;

static void free_body(const void *bytes, size_t length, void *context)
{
	(void)length;
	(void)context;
	free((void *)(uintptr_t)bytes);
}

static int64_t age_us(const struct request *request)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 -
	    request->started_us;
}

static void log_reply(
    const struct request *request, int status, const char *code)
{
	int64_t took_us = age_us(request);
	enum log_level level = LOG_DEBUG;
	char status_text[12], took_text[24];

	if (status >= 500)
		level = LOG_ERROR;
	else if (took_us > SLOW_US)
		level = LOG_NOTICE;
	if (!log_enabled(level))
		return;
	snprintf(status_text, sizeof(status_text), "%d", status);
	snprintf(took_text, sizeof(took_text), "%lld", (long long)took_us);
	log_event(level, "request", "request", request->id, "operation",
	    request->operation == NULL ? NULL : request->operation->name,
	    "status", status_text, "problem", code, "took_us", took_text, NULL);
}

static void begin_lines(const struct request *request, const char *type)
{
	buf_clear(&lines);
	if (type != NULL) {
		buf_add_string(&lines, "Content-Type: ");
		buf_add_string(&lines, type);
		buf_add_string(
		    &lines, "\r\nX-Content-Type-Options: nosniff\r\n");
	}
	buf_add_string(&lines, "Request-Id: ");
	buf_add_string(&lines, request->id);
	buf_add_string(&lines, "\r\n");
}

static void add_line(const char *name, const char *value)
{
	buf_add_string(&lines, name);
	buf_add_string(&lines, ": ");
	buf_add_string(&lines, value);
	buf_add_string(&lines, "\r\n");
}

/* A header's value never brings a line of its own. */
static bool is_clean(const char *value)
{
	return strpbrk(value, "\r\n") == NULL;
}

/* Takes body; the request does not exist any more afterwards. */
static void send_reply(struct request *request, int status, struct buf *body)
{
	struct connection *connection = request->connection;
	struct reply reply = {.status = status,
	    .headers = lines.bytes,
	    .headers_length = lines.length,
	    .no_body = request->head_only || status == 204 || status == 304,
	    .close = request->service->draining,
	    .free = free_body};

	if (body != NULL)
		reply.body = buf_take(body, &reply.body_length);
	if (reply.body == NULL)
		reply.free = NULL;
	if (status == 304 || status == 204)
		reply.body_length = 0;
	request_free(request);
	connection_reply(connection, &reply);
}

static void add_personal(const struct request *request)
{
	buf_add_string(&lines,
	    "Cache-Control: private, no-cache\r\n"
	    "Vary: Accept, Accept-Language, Authorization\r\n"
	    "Content-Language: ");
	buf_add_string(&lines, language_tags[request->language]);
	buf_add_string(&lines, "\r\n");
}

/* Not for secrets: it only has to differ when the body differs. */
static uint32_t body_hash(const struct buf *body)
{
	uint64_t hash = 0x9e3779b97f4a7c15u ^ body->length, word;
	size_t at = 0;

	for (; at + 8 <= body->length; at += 8) {
		memcpy(&word, body->bytes + at, 8);
		hash = (hash ^ word) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 32;
	}
	for (; at < body->length; at++)
		hash = (hash ^ (unsigned char)body->bytes[at]) *
		    0xff51afd7ed558ccdu;
	hash ^= hash >> 29;
	return (uint32_t)((hash * 0xc4ceb9fe1a85ec53u) >> 32);
}

/* If-None-Match to a GET (RFC 9110, 13.1.2); weakly compared, as it says. */
static bool is_known(const struct request *request, const char *etag)
{
	const struct http_text *header;
	size_t length;
	unsigned count = 0;

	if (strcmp(request->operation->method, "GET") != 0)
		return false;
	etag += strncmp(etag, "W/", 2) == 0 ? 2 : 0;
	length = strlen(etag);
	header = http_header_find(request->head, "if-none-match", &count);
	if (count == 0)
		return false;
	if (header->length == 1 && header->bytes[0] == '*')
		return true;
	return memmem(header->bytes, header->length, etag, length) != NULL;
}

/* "<version>.<8 hex of the body's hash>"; false when there is no version. */
static bool etag_of(
    char *etag, size_t size, const PGresult *result, const struct buf *body)
{
	const char *version = shape_value(result, 0, "_etag");

	if (version == NULL)
		version = shape_value(result, 0, "version");
	if (version == NULL)
		return false;
	snprintf(etag, size, "\"%s.%08x\"", version, body_hash(body));
	return true;
}

static void add_location(const PGresult *result)
{
	const char *location = shape_value(result, 0, "_location");

	if (location != NULL && is_clean(location))
		add_line("Location", location);
}

static void reply_row(
    struct request *request, const PGresult *result, bool again)
{
	const char *status_text = shape_value(result, 0, "_status");
	int status = request->operation->status;
	struct buf body = {0};
	char etag[48];

	if (status_text != NULL)
		status = (int)strtol(status_text, NULL, 10);
	if (status != 204)
		shape_row(&body, result, 0);
	begin_lines(request, status == 204 ? NULL : "application/json");
	add_personal(request);
	if (again)
		add_line("Idempotency-Replayed", "true");
	add_location(result);
	if (status != 204 && etag_of(etag, sizeof(etag), result, &body)) {
		add_line("ETag", etag);
		if (is_known(request, etag))
			status = 304;
	}
	log_reply(request, status, NULL);
	send_reply(request, status, &body);
}

void reply_again(struct request *request, PGresult *result)
{
	reply_row(request, result, true);
}

/* The query of this request with another `after` (RFC 8288, rel="next"). */
static void add_link(const struct request *request, const char *cursor)
{
	const struct http_head *head = request->head;
	const char *at = head->query.bytes, *end, *stop;

	buf_add_string(&lines, "Link: <");
	buf_add(&lines, head->path.bytes, head->path.length);
	buf_add_char(&lines, '?');
	end = at == NULL ? NULL : at + head->query.length;
	for (; at != NULL && at < end; at = stop + 1) {
		stop = memchr(at, '&', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		if (stop == at ||
		    (stop - at >= 6 && memcmp(at, "after=", 6) == 0))
			continue;
		buf_add(&lines, at, (size_t)(stop - at));
		buf_add_char(&lines, '&');
	}
	buf_add_string(&lines, "after=");
	buf_add_string(&lines, cursor);
	buf_add_string(&lines, ">; rel=\"next\"\r\n");
}

/*
 * Where the next page begins, or "" when this one is the last.  A list never
 * claims to have ended because its cursor could not be written.
 */
static int make_cursor(
    const struct request *request, const PGresult *result, struct buf *cursor)
{
	const char *values[CURSOR_KEYS_MAX] = {NULL};
	const struct order *order = request->order;
	int last = (int)request->limit - 1;

	if (order == NULL || PQntuples(result) <= (int)request->limit)
		return 0;
	for (int i = 0; i < order->key_count && i < CURSOR_KEYS_MAX; i++)
		values[i] = shape_value(result, last, order->keys[i].column);
	return cursor_seal(request->service->config->secret, request->bound,
	    values, order->key_count, cursor);
}

static void reply_list(struct request *request, const struct outcome *outcome,
    const PGresult *result)
{
	int rows = PQntuples(result);
	struct buf body = {0}, cursor = {0};
	const char *as_of = shape_value(outcome->results[0], 0, "as_of");

	if (rows > (int)request->limit)
		rows = (int)request->limit;
	if (make_cursor(request, result, &cursor) < 0) {
		reply_problem(request, problem_get("internal"));
		return;
	}
	buf_add_string(&body, "{\"items\":");
	shape_rows(&body, result, rows);
	buf_add_string(&body, ",\"next\":");
	if (cursor.length > 0)
		buf_add_json(&body, cursor.bytes, cursor.length);
	else
		buf_add_string(&body, "null");
	buf_add_string(&body, ",\"as_of\":");
	shape_time(&body, as_of == NULL ? "" : as_of);
	buf_add_char(&body, '}');
	begin_lines(request, "application/json");
	add_personal(request);
	if (cursor.length > 0)
		add_link(request, cursor.bytes);
	buf_release(&cursor);
	log_reply(request, 200, NULL);
	send_reply(request, 200, &body);
}

void reply_outcome(struct request *request, const struct outcome *outcome)
{
	const struct operation *operation = request->operation;
	int last = operation->statement_count;
	const PGresult *result;

	/* In front of them: enter, and perhaps the key. */
	if (request->key != NULL)
		last++;
	result = outcome->results[last];
	if (result == NULL)
		reply_problem(request, problem_get("internal"));
	else if (operation->is_list)
		reply_list(request, outcome, result);
	else if (PQntuples(result) == 0)
		reply_problem(request, problem_get("not_found"));
	else
		reply_row(request, result, false);
}

void content_etag(char etag[20], const char *bytes, size_t length)
{
	struct buf body = {(char *)(uintptr_t)bytes, length, length};

	snprintf(etag, 20, "\"0.%08x\"", body_hash(&body));
}

void reply_content(struct request *request, const struct content *content)
{
	int status = content->status == 0 ? 200 : content->status;
	struct buf body = {0};

	begin_lines(request, content->type);
	if (request->operation->dialect == DIALECT_SCIM)
		add_personal(request);
	if (content->headers != NULL)
		buf_add_string(&lines, content->headers);
	if (content->etag != NULL) {
		add_line("ETag", content->etag);
		if (status == 200 && is_known(request, content->etag))
			status = 304;
	}
	if (status != 304 && content->length > 0)
		buf_add(&body, content->bytes, content->length);
	log_reply(request, status, NULL);
	send_reply(request, status, &body);
}

void reply_options(struct request *request)
{
	begin_lines(request, NULL);
	add_line("Allow", request->allow);
	log_reply(request, 204, NULL);
	send_reply(request, 204, NULL);
}

/* RFC 6750, 3: what a bearer's refusal carries. */
static void add_challenge(
    const struct request *request, const struct problem *problem)
{
	if (problem->status == 401) {
		buf_add_string(&lines, "WWW-Authenticate: Bearer");
		if (strcmp(problem->code, "invalid_token") == 0)
			buf_add_string(&lines, " error=\"invalid_token\"");
		if (request->reason != NULL)
			buf_add_format(&lines, ", error_description=\"%s\"",
			    request->reason);
		buf_add_string(&lines, "\r\n");
	} else if (strcmp(problem->code, "insufficient_scope") == 0) {
		buf_add_string(&lines,
		    "WWW-Authenticate: Bearer "
		    "error=\"insufficient_scope\"\r\n");
	}
}

void reply_problem(struct request *request, const struct problem *problem)
{
	struct problem_document document = {.problem = problem,
	    .dialect = dialect_of(
		request->head->path.bytes, request->head->path.length),
	    .language = request->language,
	    .id = request->id,
	    .parameters = request->problem_parameters,
	    .errors = request->errors};
	struct buf body = {0};
	char seconds[12];

	problem_write(&body, &document);
	begin_lines(request, problem_types[document.dialect]);
	add_line("Cache-Control", "no-store");
	add_line("Content-Language", language_tags[request->language]);
	if (problem->status == 405 && request->allow != NULL)
		add_line("Allow", request->allow);
	if (problem->status == 503 ||
	    strcmp(problem->code, "key_in_flight") == 0) {
		snprintf(seconds, sizeof(seconds), "%u",
		    request->retry_after_s == 0 ? 1 : request->retry_after_s);
		add_line("Retry-After", seconds);
	}
	add_challenge(request, problem);
	log_reply(request, problem->status, problem->code);
	send_reply(request, problem->status, &body);
}
