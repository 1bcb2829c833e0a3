#include "hefboom/reply.h"

#include <libpq-fe.h>
#include <stdbool.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/config.h"
#include "hefboom/connection.h"
#include "hefboom/cursor.h"
#include "hefboom/service.h"
#include "hefboom/gzip.h"
#include "hefboom/http.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/problem_document.h"
#include "hefboom/request.h"
#include "hefboom/shape.h"
#include "hefboom/transaction.h"
#include "reply_coding.h"
#include "reply_lines.h"
#include "reply_note.h"

/* A copy in a buffer that doubles, and that one packed. */
enum { CONTENT_SMALL = 64 << 10, CONTENT_FACTOR = 3 };

static void free_body(const void *bytes, size_t length, void *context)
{
	(void)length;
	(void)context;
	free((void *)(uintptr_t)bytes);
}

/* A header's value never brings a line of its own. */
static bool is_clean(const char *value)
{
	return strpbrk(value, "\r\n") == NULL;
}

/* The request does not exist any more afterwards. */
static void send_bytes(
    struct request *request, int status, const struct reply *body)
{
	struct connection *connection = request->connection;
	struct reply reply = *body;

	reply.status = status;
	reply.headers = reply_lines.bytes;
	reply.headers_length = reply_lines.length;
	reply.no_body = request->head_only || status == 204 || status == 304;
	reply.close = request->service->draining;
	if (status == 304 || status == 204)
		reply.body_length = 0;
	request_free(request);
	connection_reply(connection, &reply);
}

/* Takes body. */
static void send_reply(struct request *request, int status, struct buf *body)
{
	struct reply reply = {0};

	if (body != NULL)
		reply.body = buf_take(body, &reply.body_length);
	if (reply.body != NULL)
		reply.free = free_body;
	send_bytes(request, status, &reply);
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

/*
 * Writes which representation of the body leaves, and packs it when it is
 * the shorter one.  Returns the status: 304 when the client has it already.
 */
static int represent(struct request *request, int status, const char *type,
    const char *etag, struct buf *body)
{
	bool packed =
	    status == 200 && coding_applies(request, type, body->length);
	bool constant = etag != NULL && request->operation->roles == 0;
	char tag[CODING_TAG];

	if (packed && body->length > CODING_MAX && !constant)
		packed = false;
	if (etag != NULL) {
		coding_tag(tag, etag);
		if (status == 200 && lines_know(request, etag)) {
			status = 304;
		} else if (packed) {
			etag = tag;
			if (lines_know(request, tag))
				status = 304;
		}
		lines_add("ETag", etag);
	}
	if (!packed || status == 304)
		return status;
	lines_add("Content-Encoding", "gzip");
	if (constant)
		gzip_keep(body, etag);
	else
		gzip_pack(body, (int)request->service->config->gzip_level);
	return status;
}

static void add_location(const PGresult *result)
{
	const char *location = shape_value(result, 0, "_location");

	if (location != NULL && is_clean(location))
		lines_add("Location", location);
}

static void reply_row(
    struct request *request, const PGresult *result, bool again)
{
	const char *status_text = shape_value(result, 0, "_status");
	int status = request->operation->status;
	struct buf body = {0};
	char etag[48];
	bool has_tag;

	if (status_text != NULL)
		status = (int)strtol(status_text, NULL, 10);
	if (status != 204)
		shape_row(&body, result, 0);
	lines_begin(request, status == 204 ? NULL : "application/json");
	lines_personal(request);
	if (again)
		lines_add("Idempotency-Replayed", "true");
	add_location(result);
	has_tag = status != 204 && etag_of(etag, sizeof(etag), result, &body);
	status = represent(
	    request, status, "application/json", has_tag ? etag : NULL, &body);
	reply_note(request, status, NULL);
	send_reply(request, status, &body);
}

void reply_again(struct request *request, PGresult *result)
{
	reply_row(request, result, true);
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
	lines_begin(request, "application/json");
	lines_personal(request);
	if (cursor.length > 0)
		lines_link(request, cursor.bytes);
	buf_release(&cursor);
	represent(request, 200, "application/json", NULL, &body);
	reply_note(request, 200, NULL);
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

/* As it is, without a copy: who reads it slowly costs no memory. */
static void send_constant(
    struct request *request, int status, const struct content *content)
{
	struct buf view = {(char *)(uintptr_t)content->bytes, content->length,
	    content->length};
	struct reply reply = {
	    .body = content->bytes, .body_length = content->length};

	status =
	    represent(request, status, content->type, content->etag, &view);
	reply_note(request, status, NULL);
	send_bytes(request, status, &reply);
}

void reply_content(struct request *request, const struct content *content)
{
	int status = content->status == 0 ? 200 : content->status;
	struct buf body = {0};

	if (content->length > CONTENT_SMALL &&
	    !memory_has(CONTENT_FACTOR * content->length)) {
		reply_problem(request, problem_get("overloaded"));
		return;
	}
	lines_begin(request, content->type);
	if (request->operation->dialect == DIALECT_SCIM)
		lines_personal(request);
	else
		lines_open(request);
	if (content->headers != NULL)
		buf_add_string(&reply_lines, content->headers);
	if (content->constant &&
	    !coding_applies(request, content->type, content->length)) {
		send_constant(request, status, content);
		return;
	}
	buf_add(&body, content->bytes, content->length);
	status =
	    represent(request, status, content->type, content->etag, &body);
	reply_note(request, status, NULL);
	send_reply(request, status, &body);
}

void reply_options(struct request *request)
{
	lines_begin(request, NULL);
	lines_open(request);
	lines_add("Allow", request->allow);
	reply_note(request, 204, NULL);
	send_reply(request, 204, NULL);
}

/* Any of them suffices; which a client lacks is its administrator's matter. */
static void add_scopes(const char *const *scope)
{
	buf_add_string(&reply_lines,
	    "WWW-Authenticate: Bearer error=\"insufficient_scope\"");
	for (const char *before = ", scope=\""; scope != NULL && *scope != NULL;
	     scope++, before = " ")
		buf_add_format(&reply_lines, "%s%s%s", before, *scope,
		    scope[1] == NULL ? "\"" : "");
	buf_add_string(&reply_lines, "\r\n");
}

/* RFC 6750, 3: what a bearer's refusal carries. */
static void add_challenge(
    const struct request *request, const struct problem *problem)
{
	if (problem->status == 401) {
		buf_add_string(&reply_lines, "WWW-Authenticate: Bearer");
		if (strcmp(problem->code, "invalid_token") == 0)
			buf_add_string(
			    &reply_lines, " error=\"invalid_token\"");
		if (request->reason != NULL)
			buf_add_format(&reply_lines,
			    ", error_description=\"%s\"", request->reason);
		buf_add_string(&reply_lines, "\r\n");
	} else if (strcmp(problem->code, "insufficient_scope") == 0) {
		add_scopes(request->operation->scopes);
	}
}

static void add_retry_after(unsigned seconds)
{
	buf_add_format(
	    &reply_lines, "Retry-After: %u\r\n", seconds == 0 ? 1 : seconds);
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

	problem_write(&body, &document);
	lines_begin(request, problem_types[document.dialect]);
	lines_open(request);
	lines_add("Cache-Control", "no-store");
	lines_add("Content-Language", language_tags[request->language]);
	if (problem->status == 405 && request->allow != NULL)
		lines_add("Allow", request->allow);
	if (problem->status == 415)
		lines_accept(request);
	if (problem->status == 503 ||
	    strcmp(problem->code, "key_in_flight") == 0)
		add_retry_after(request->retry_after_s);
	if (problem->status == 429)
		add_retry_after(request->allowance.retry_s);
	add_challenge(request, problem);
	reply_note(request, problem->status, problem->code);
	send_reply(request, problem->status, &body);
}
