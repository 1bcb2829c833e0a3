#include "hefboom/cors.h"

#include <stddef.h>
#include <string.h>

#include "hefboom/buf.h"
#include "hefboom/http_header.h"

static const char separators[] = " ,";

static const char exposed[] =
    "Access-Control-Expose-Headers: Request-Id, ETag, Link, Location, Allow, "
    "Retry-After, RateLimit, RateLimit-Policy, Idempotency-Replayed, "
    "WWW-Authenticate, traceresponse\r\n";

static const char accepted[] =
    "Access-Control-Allow-Headers: Authorization, Content-Type, Accept, "
    "Accept-Language, Idempotency-Key, If-Match, If-None-Match, traceparent, "
    "tracestate\r\n"
    "Access-Control-Max-Age: 600\r\n";

/* The next word at *at, moving behind it; its length 0: no more. */
static size_t next_origin(const char **at)
{
	*at += strspn(*at, separators);
	return strcspn(*at, separators);
}

/* A port that a browser would write: not the scheme's own. */
static bool port_is_valid(const char *port, size_t length, const char *own)
{
	if (length == 0 || length > 5 || port[0] == '0' ||
	    strspn(port, "0123456789") < length)
		return false;
	return strlen(own) != length || memcmp(port, own, length) != 0;
}

/* RFC 6454, 6.2: as browsers write it, or it never matches. */
static bool origin_is_valid(const char *origin, size_t length)
{
	bool tls = length > 8 && memcmp(origin, "https://", 8) == 0;
	const char *end = origin + length, *host, *port;
	size_t count;

	if (!tls && (length <= 7 || memcmp(origin, "http://", 7) != 0))
		return false;
	host = origin + (tls ? 8 : 7);
	if (*host == '[') {
		count = strspn(host + 1, "0123456789abcdef:.");
		port = host + count + 2;
		if (count == 0 || port > end || port[-1] != ']')
			return false;
	} else {
		count = strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-._");
		port = host + count;
		if (count == 0)
			return false;
	}
	if (port == end)
		return true;
	return *port == ':' && port < end &&
	    port_is_valid(
		port + 1, (size_t)(end - port - 1), tls ? "443" : "80");
}

bool cors_list_is_valid(const char *list)
{
	size_t length, count = 0;

	while ((length = next_origin(&list)) > 0) {
		if (!origin_is_valid(list, length))
			return false;
		list += length;
		count++;
	}
	return count > 0;
}

static bool is_listed(const char *list, struct http_text origin)
{
	size_t length;

	for (; (length = next_origin(&list)) > 0; list += length)
		if (length == origin.length &&
		    memcmp(list, origin.bytes, length) == 0)
			return true;
	return false;
}

bool cors_asks(const char *list, const struct http_head *head)
{
	struct http_text origin, method;

	return list != NULL && http_text_equals(head->method, "OPTIONS") &&
	    http_header_read(head, "origin", &origin) == HTTP_ONCE &&
	    is_listed(list, origin) &&
	    http_header_read(head, "access-control-request-method", &method) !=
	    HTTP_ABSENT;
}

void cors_add(struct buf *lines, const char *list, const struct http_head *head,
    const char *allow)
{
	struct http_text origin, method;

	if (list == NULL ||
	    http_header_read(head, "origin", &origin) != HTTP_ONCE ||
	    !is_listed(list, origin))
		return;
	buf_add_string(lines, "Access-Control-Allow-Origin: ");
	buf_add(lines, origin.bytes, origin.length);
	buf_add_string(lines, "\r\n");
	if (allow == NULL ||
	    http_header_read(head, "access-control-request-method", &method) ==
		HTTP_ABSENT) {
		buf_add_string(lines, exposed);
		return;
	}
	buf_add_format(lines, "Access-Control-Allow-Methods: %s\r\n", allow);
	buf_add_string(lines, accepted);
}
