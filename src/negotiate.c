#include <ctype.h>
#include <stdbool.h>

#include "hefboom/arena.h"
#include "hefboom/http_header.h"
#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/request.h"
#include "hefboom/steps.h"

enum { KEY_MAX = 255, VERSION_DIGITS_MAX = 18 };

/* q=0, q=0.0, ... in the parameters behind a range (RFC 9110, 12.4.2). */
static bool is_refused(struct http_text parameters)
{
	while (parameters.length > 0) {
		struct http_text one =
		    http_text_cut(&parameters, ';', HTTP_QUOTED);

		if (!http_text_skip(&one, "q=") || one.length == 0)
			continue;
		for (size_t i = 0; i < one.length; i++)
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
	if (http_text_is(range, "application/json") ||
	    http_text_is(range,
		is_scim(request) ? "application/scim+json"
				 : "application/problem+json"))
		return 3;
	if (http_text_is(range, "application/*"))
		return 2;
	return http_text_is(range, "*/*");
}

/*
 * RFC 9110, 12.5.1: the most exact range decides, of equals one that is not
 * refused.  A page is sent to whoever asks for it.
 */
static bool accepts(const struct request *request)
{
	struct http_members members =
	    http_members(request->head, "accept", HTTP_QUOTED);
	struct http_text one, range;
	bool found = false, taken = false;
	unsigned best = 1, rank;

	while (http_member_next(&members, &one)) {
		if (one.length == 0)
			continue;
		found = true;
		range = http_text_cut(&one, ';', HTTP_QUOTED);
		rank = range_rank(request, range);
		if (rank < best)
			continue;
		taken = !is_refused(one) || (taken && rank == best);
		best = rank;
	}
	return taken || !found;
}

static bool charset_is_utf8(struct http_text parameters)
{
	while (parameters.length > 0) {
		struct http_text one =
		    http_text_cut(&parameters, ';', HTTP_PLAIN);

		if (http_text_skip(&one, "charset=") && one.length > 0)
			return http_text_is(one, "utf-8") ||
			    http_text_is(one, "\"utf-8\"");
	}
	return true;
}

static bool content_type_fits(const struct request *request)
{
	struct http_text parameters, type;

	if (http_header_read(request->head, "content-type", &parameters) !=
	    HTTP_ONCE)
		return false;
	type = http_text_cut(&parameters, ';', HTTP_PLAIN);
	if (!charset_is_utf8(parameters))
		return false;
	if (request->operation->body == BODY_FORM)
		return http_text_is(type, "application/x-www-form-urlencoded");
	if (http_text_is(type, "application/json") ||
	    (is_scim(request) && http_text_is(type, "application/scim+json")))
		return true;
	return request->operation->body == BODY_MERGE_PATCH &&
	    http_text_is(type, "application/merge-patch+json");
}

/* Many clients send an empty object where nothing is asked for. */
static bool body_is_empty(const struct request *request)
{
	struct http_text body = {request->body, request->body_length};

	body = http_text_trim(body);
	return body.length == 0 ||
	    (body.length == 2 && memcmp(body.bytes, "{}", 2) == 0 &&
		strcmp(request->operation->method, "POST") == 0);
}

bool body_is_encoded(const struct request *request)
{
	struct http_text coding;
	enum http_times times =
	    http_header_read(request->head, "content-encoding", &coding);

	return times != HTTP_ABSENT &&
	    (times == HTTP_REPEATED || !http_text_is(coding, "identity"));
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

static bool key_is_valid(struct http_text key)
{
	if (key.length == 0 || key.length > KEY_MAX)
		return false;
	for (size_t i = 0; i < key.length; i++)
		if (key.bytes[i] < 0x21 || key.bytes[i] > 0x7e)
			return false;
	return true;
}

static const struct problem *take_key(struct request *request)
{
	const struct operation *operation = request->operation;
	enum http_times times;
	struct http_text key;

	times = http_header_read(request->head, "idempotency-key", &key);
	if (times == HTTP_ABSENT)
		return NULL;
	if (operation->sealed)
		return problem_get("key_not_allowed");
	if (!operation->keyed)
		return NULL; /* idempotent by its method */
	if (times == HTTP_REPEATED || !key_is_valid(key))
		return problem_get("invalid_key");
	request->key = arena_copy(&request->arena, key.bytes, key.length);
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
	struct http_members tags =
	    http_members(request->head, "if-match", HTTP_PLAIN);
	long long version = -1, one;
	struct http_text tag;
	bool found = false;

	while (http_member_next(&tags, &tag)) {
		if (!found && http_text_is(tags.line, "*"))
			return NULL;
		found = true;
		one = version_of(tag, is_scim(request));
		if (one > version)
			version = one;
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
