#include <ctype.h>
#include <stdbool.h>
#include <strings.h>

#include "hefboom/arena.h"
#include "hefboom/http.h"
#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/request.h"
#include "hefboom/steps.h"

enum { KEY_MAX = 255, VERSION_DIGITS_MAX = 18 };

static struct http_text trim(struct http_text text)
{
	while (text.length > 0 &&
	    (text.bytes[0] == ' ' || text.bytes[0] == '\t')) {
		text.bytes++;
		text.length--;
	}
	while (text.length > 0 &&
	    (text.bytes[text.length - 1] == ' ' ||
		text.bytes[text.length - 1] == '\t'))
		text.length--;
	return text;
}

/* Cuts off what stands before the next `mark`. */
static struct http_text cut(struct http_text *rest, char mark)
{
	const char *at = memchr(rest->bytes, mark, rest->length);
	struct http_text piece = *rest;

	if (at == NULL) {
		rest->length = 0;
		return trim(piece);
	}
	piece.length = (size_t)(at - rest->bytes);
	rest->bytes = at + 1;
	rest->length -= piece.length + 1;
	return trim(piece);
}

static bool text_is(struct http_text text, const char *string)
{
	return text.length == strlen(string) &&
	    strncasecmp(text.bytes, string, text.length) == 0;
}

/* q=0, q=0.0, ... in the parameters behind a range (RFC 9110, 12.4.2). */
static bool is_refused(struct http_text parameters)
{
	while (parameters.length > 0) {
		struct http_text one = cut(&parameters, ';');

		if (one.length < 3 || strncasecmp(one.bytes, "q=", 2) != 0)
			continue;
		for (size_t i = 2; i < one.length; i++)
			if (one.bytes[i] != '0' && one.bytes[i] != '.')
				return false;
		return true;
	}
	return false;
}

static bool is_scim(const struct request *request)
{
	return request->operation->dialect == DIALECT_SCIM;
}

/* How exactly it means what we send; 0: not at all. */
static unsigned range_rank(
    const struct request *request, struct http_text range)
{
	if (!request->operation->replies_json)
		return 1;
	if (text_is(range, "application/json") ||
	    text_is(range,
		is_scim(request) ? "application/scim+json"
				 : "application/problem+json"))
		return 3;
	if (text_is(range, "application/*"))
		return 2;
	return text_is(range, "*/*");
}

/*
 * RFC 9110, 12.5.1: the most exact range decides, of equals one that is not
 * refused.  A page is sent to whoever asks for it.
 */
static bool accepts(const struct request *request)
{
	const struct http_head *head = request->head;
	bool found = false, taken = false;
	unsigned best = 1;

	for (unsigned i = 0; i < head->header_count; i++) {
		struct http_text rest = head->headers[i].value;

		if (!text_is(head->headers[i].name, "accept"))
			continue;
		found = found || rest.length > 0;
		while (rest.length > 0) {
			struct http_text one = cut(&rest, ',');
			struct http_text range = cut(&one, ';');

			unsigned rank = range_rank(request, range);

			if (rank < best)
				continue;
			taken = !is_refused(one) || (taken && rank == best);
			best = rank;
		}
	}
	return taken || !found;
}

static bool charset_is_utf8(struct http_text parameters)
{
	while (parameters.length > 0) {
		struct http_text one = cut(&parameters, ';');

		if (one.length > 8 &&
		    strncasecmp(one.bytes, "charset=", 8) == 0) {
			one.bytes += 8;
			one.length -= 8;
			return text_is(one, "utf-8") ||
			    text_is(one, "\"utf-8\"");
		}
	}
	return true;
}

static bool content_type_fits(const struct request *request)
{
	const struct http_text *header;
	struct http_text rest, type;
	unsigned count = 0;

	header = http_header_find(request->head, "content-type", &count);
	if (count != 1)
		return false;
	rest = *header;
	type = cut(&rest, ';');
	if (!charset_is_utf8(rest))
		return false;
	if (request->operation->body == BODY_FORM)
		return text_is(type, "application/x-www-form-urlencoded");
	if (text_is(type, "application/json") ||
	    (is_scim(request) && text_is(type, "application/scim+json")))
		return true;
	return request->operation->body == BODY_MERGE_PATCH &&
	    text_is(type, "application/merge-patch+json");
}

/* Many clients send an empty object where nothing is asked for. */
static bool body_is_empty(const struct request *request)
{
	struct http_text body = {request->body, request->body_length};

	body = trim(body);
	return body.length == 0 ||
	    (body.length == 2 && memcmp(body.bytes, "{}", 2) == 0 &&
		strcmp(request->operation->method, "POST") == 0);
}

bool body_is_encoded(const struct request *request)
{
	const struct http_text *header;
	unsigned count = 0;

	header = http_header_find(request->head, "content-encoding", &count);
	return count > 1 || (count == 1 && !text_is(*header, "identity"));
}

static const struct problem *check_body(const struct request *request)
{
	const struct operation *operation = request->operation;

	if (operation->body == BODY_NONE)
		return body_is_empty(request)
		    ? NULL
		    : problem_get("body_not_expected");
	if (request->body_length == 0)
		return operation->body_required ? problem_get("body_required")
						: NULL;
	if (body_is_encoded(request))
		return problem_get("unsupported_media_type");
	if (operation->body != BODY_SPOOL && !content_type_fits(request))
		return problem_get("unsupported_media_type");
	return NULL;
}

static bool key_is_valid(const struct http_text *key)
{
	if (key->length == 0 || key->length > KEY_MAX)
		return false;
	for (size_t i = 0; i < key->length; i++)
		if (key->bytes[i] < 0x21 || key->bytes[i] > 0x7e)
			return false;
	return true;
}

static const struct problem *take_key(struct request *request)
{
	const struct operation *operation = request->operation;
	const struct http_text *key;
	unsigned count = 0;

	key = http_header_find(request->head, "idempotency-key", &count);
	if (count == 0)
		return NULL;
	if (operation->sealed)
		return problem_get("key_not_allowed");
	if (!operation->keyed)
		return NULL; /* idempotent by its method */
	if (count > 1 || !key_is_valid(key))
		return problem_get("invalid_key");
	request->key = arena_copy(&request->arena, key->bytes, key->length);
	return NULL;
}

/*
 * "12.0a1b2c3d" is version 12, SCIM's is W/"12" or "12"; -1 for anything
 * else: not ours.
 */
static long long version_of(struct http_text tag, bool scim)
{
	char digits[VERSION_DIGITS_MAX + 1] = "";
	size_t count = 0;

	if (scim && tag.length > 2 && memcmp(tag.bytes, "W/", 2) == 0)
		tag = (struct http_text){tag.bytes + 2, tag.length - 2};
	if (tag.length < 3 || tag.bytes[0] != '"' ||
	    tag.bytes[tag.length - 1] != '"')
		return -1;
	/* The quote at its end is no digit. */
	while (count < VERSION_DIGITS_MAX &&
	    isdigit((unsigned char)tag.bytes[count + 1])) {
		digits[count] = tag.bytes[count + 1];
		count++;
	}
	if (count == 0 || tag.bytes[count + 1] != (scim ? '"' : '.'))
		return -1;
	return strtoll(digits, NULL, 10);
}

/*
 * RFC 9110, 13.1.1.  SQL compares with one version, so of several tags the
 * newest counts: an older one of them could only match by accident.
 */
static const struct problem *take_if_match(struct request *request)
{
	const struct http_head *head = request->head;
	long long version = -1, one;
	bool found = false;

	for (unsigned i = 0; i < head->header_count; i++) {
		struct http_text rest = head->headers[i].value;

		if (!text_is(head->headers[i].name, "if-match"))
			continue;
		if (!found && text_is(rest, "*"))
			return NULL;
		found = true;
		while (rest.length > 0) {
			one = version_of(cut(&rest, ','), is_scim(request));
			if (one > version)
				version = one;
		}
	}
	if (found)
		request->if_match =
		    arena_format(&request->arena, "%lld", version);
	else if (request->operation->if_match_required)
		return problem_get("version_required");
	return NULL;
}

const struct problem *negotiate_step(struct request *request)
{
	const struct problem *problem;

	if (!accepts(request))
		return problem_get("not_acceptable");
	problem = check_body(request);
	if (problem == NULL)
		problem = take_key(request);
	if (problem == NULL)
		problem = take_if_match(request);
	return problem;
}
