#include "reply_lines.h"

#include <stddef.h>
#include <string.h>

#include "hefboom/bucket.h"
#include "hefboom/config.h"
#include "hefboom/cors.h"
#include "hefboom/http_header.h"
#include "hefboom/operation.h"
#include "hefboom/request.h"
#include "hefboom/service.h"
#include "hefboom/steps.h"
#include "reply_coding.h"

struct buf reply_lines;

static void add_text(const char *text)
{
	buf_add_string(&reply_lines, text);
}

/* On every reply: printf would cost more than all the rest of a limit. */
static void add_count(unsigned number)
{
	char digits[10];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	buf_add(&reply_lines, digits + at, sizeof(digits) - at);
}

/* draft-ietf-httpapi-ratelimit-headers-10. */
static void add_allowance(const struct allowance *allowance)
{
	if (allowance->quota == 0)
		return;
	add_text("RateLimit-Policy: \"");
	add_text(allowance->policy);
	add_text("\";q=");
	add_count(allowance->quota);
	add_text(";w=");
	add_count(BUCKET_WINDOW_S);
	add_text("\r\nRateLimit: \"");
	add_text(allowance->policy);
	add_text("\";r=");
	add_count(allowance->remaining);
	add_text(";t=");
	add_count(allowance->full_s);
	add_text("\r\n");
}

static void add_trace(const struct request *request)
{
	char span[TRACE_SPAN_TEXT];

	if (request->trace.id[0] == '\0')
		return;
	trace_span(span, request->id);
	buf_add_format(&reply_lines, "traceresponse: 00-%s-%s-00\r\n",
	    request->trace.id, span);
}

void lines_begin(const struct request *request, const char *type)
{
	buf_clear(&reply_lines);
	if (type != NULL) {
		buf_add_string(&reply_lines, "Content-Type: ");
		buf_add_string(&reply_lines, type);
		buf_add_string(
		    &reply_lines, "\r\nX-Content-Type-Options: nosniff\r\n");
	}
	buf_add_string(&reply_lines, "Request-Id: ");
	buf_add_string(&reply_lines, request->id);
	buf_add_string(&reply_lines, "\r\n");
	add_trace(request);
	add_allowance(&request->allowance);
	cors_add(&reply_lines, request->service->config->cors_origins,
	    request->head, type == NULL ? request->allow : NULL);
}

void lines_add(const char *name, const char *value)
{
	buf_add_string(&reply_lines, name);
	buf_add_string(&reply_lines, ": ");
	buf_add_string(&reply_lines, value);
	buf_add_string(&reply_lines, "\r\n");
}

/* What else the reply would have been other for (RFC 9110, 12.5.5). */
static void add_vary(const struct request *request, const char *names)
{
	const char *more[] = {
	    names,
	    coding_is_possible(request) ? "Accept-Encoding" : "",
	    request->service->config->cors_origins == NULL ? "" : "Origin",
	};
	const char *before = "Vary: ";

	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		if (more[i][0] == '\0')
			continue;
		buf_add_string(&reply_lines, before);
		buf_add_string(&reply_lines, more[i]);
		before = ", ";
	}
	if (before[0] == ',')
		buf_add_string(&reply_lines, "\r\n");
}

void lines_open(const struct request *request)
{
	add_vary(request, "");
}

void lines_personal(const struct request *request)
{
	add_vary(request, "Accept, Accept-Language, Authorization");
	buf_add_string(&reply_lines,
	    "Cache-Control: private, no-cache\r\n"
	    "Content-Language: ");
	buf_add_string(&reply_lines, language_tags[request->language]);
	buf_add_string(&reply_lines, "\r\n");
}

/*
 * RFC 9110, 15.5.16 and 12.5.3: of media type and coding only the one that was
 * the matter; RFC 5789, 2.2.
 */
void lines_accept(const struct request *request)
{
	const struct operation *operation = request->operation;
	const char *types = "application/json";

	if (body_is_encoded(request)) {
		lines_add("Accept-Encoding", "identity");
		return;
	}
	if (operation->body == BODY_FORM)
		types = "application/x-www-form-urlencoded";
	else if (operation->dialect == DIALECT_SCIM)
		types = "application/scim+json, application/json";
	else if (operation->body == BODY_MERGE_PATCH)
		types = "application/merge-patch+json, application/json";
	lines_add("Accept", types);
	if (strcmp(operation->method, "PATCH") == 0)
		lines_add("Accept-Patch", types);
}

/* If-None-Match to a GET (RFC 9110, 13.1.2); weakly compared, as it says. */
bool lines_know(const struct request *request, const char *etag)
{
	struct http_members tags;
	struct http_text tag;
	size_t length;

	if (strcmp(request->operation->method, "GET") != 0)
		return false;
	etag += strncmp(etag, "W/", 2) == 0 ? 2 : 0;
	length = strlen(etag);
	tags = http_members(request->head, "if-none-match", HTTP_PLAIN);
	while (http_member_next(&tags, &tag))
		if (http_text_is(tags.line, "*") ||
		    memmem(tag.bytes, tag.length, etag, length) != NULL)
			return true;
	return false;
}

/* However it is spelt, as whoever reads the query sees it. */
static bool is_after(const char *pair, size_t length)
{
	const char *equals = memchr(pair, '=', length);
	char name[3 * sizeof("after")];

	if (equals != NULL)
		length = (size_t)(equals - pair);
	return length < sizeof(name) &&
	    http_decode(name, pair, length, true) == 5 &&
	    memcmp(name, "after", 5) == 0;
}

/* The query of this request with another `after` (RFC 8288, rel="next"). */
void lines_link(const struct request *request, const char *cursor)
{
	const struct http_head *head = request->head;
	const char *at = head->query.bytes, *end, *stop;

	buf_add_string(&reply_lines, "Link: <");
	buf_add(&reply_lines, head->path.bytes, head->path.length);
	buf_add_char(&reply_lines, '?');
	end = at == NULL ? NULL : at + head->query.length;
	for (; at != NULL && at < end; at = stop + 1) {
		stop = memchr(at, '&', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		if (stop == at || is_after(at, (size_t)(stop - at)))
			continue;
		buf_add(&reply_lines, at, (size_t)(stop - at));
		buf_add_char(&reply_lines, '&');
	}
	buf_add_string(&reply_lines, "after=");
	buf_add_string(&reply_lines, cursor);
	buf_add_string(&reply_lines, ">; rel=\"next\"\r\n");
}
