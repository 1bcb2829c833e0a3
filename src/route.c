#include <stdbool.h>
#include <strings.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/config.h"
#include "hefboom/cors.h"
#include "hefboom/http_header.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/problem_document.h"
#include "hefboom/request.h"
#include "hefboom/reply.h"
#include "hefboom/service.h"
#include "hefboom/steps.h"

enum { SEGMENTS_MAX = 12, METHODS_MAX = 6 };

/* A place in the tree of paths; "" is a parameter. */
struct place {
	const char *segment;
	size_t length;
	struct place *child, *sibling;
	const struct operation *operations[METHODS_MAX];
	unsigned operation_count;
};

static struct place root;

struct segments {
	struct http_text at[SEGMENTS_MAX];
	unsigned count;
	bool any_case; /* literal ones, and a slash behind them is no matter */
};

static bool segments_read(
    struct segments *segments, const char *path, size_t length)
{
	const char *end = path + length, *slash;

	segments->count = 0;
	if (length == 0 || *path != '/')
		return false;
	segments->any_case = dialect_of(path, length) == DIALECT_SCIM;
	if (segments->any_case && end[-1] == '/')
		end--;
	for (path++; segments->count < SEGMENTS_MAX; path = slash + 1) {
		slash = memchr(path, '/', (size_t)(end - path));
		if (slash == NULL)
			slash = end;
		segments->at[segments->count++] =
		    (struct http_text){path, (size_t)(slash - path)};
		if (slash == end)
			return true;
	}
	return false;
}

static bool is_parameter(const struct http_text *segment)
{
	return segment->length > 2 && segment->bytes[0] == '{';
}

static struct place *place_add(
    struct place *parent, const struct http_text *segment)
{
	size_t length = is_parameter(segment) ? 0 : segment->length;
	struct place **at = &parent->child;

	/* Parameters last, so that a literal segment wins. */
	for (; *at != NULL; at = &(*at)->sibling) {
		if ((*at)->length == length &&
		    memcmp((*at)->segment, segment->bytes, length) == 0)
			return *at;
		if (length > 0 && (*at)->length == 0)
			break;
	}
	struct place *place = memory_zero(1, sizeof(*place));
	place->segment = segment->bytes;
	place->length = length;
	place->sibling = *at;
	*at = place;
	return place;
}

int route_prepare(char **error)
{
	struct segments segments;

	for (size_t i = 0; i < operation_count; i++) {
		const struct operation *operation = &operations[i];
		struct place *place = &root;

		if (!segments_read(&segments, operation->route,
			strlen(operation->route))) {
			*error = memory_format(
			    "the route of %s is not a path", operation->name);
			return -1;
		}
		for (unsigned j = 0; j < segments.count; j++)
			place = place_add(place, &segments.at[j]);
		if (place->operation_count == METHODS_MAX) {
			*error = memory_format(
			    "too many methods on %s", operation->route);
			return -1;
		}
		place->operations[place->operation_count++] = operation;
	}
	return 0;
}

static bool segment_matches(
    const struct place *place, const struct http_text *segment, bool any_case)
{
	if (place->length == 0 && place->segment[0] == '{')
		return segment->length > 0;
	if (place->length != segment->length)
		return false;
	if (any_case)
		return strncasecmp(place->segment, segment->bytes,
			   segment->length) == 0;
	return memcmp(place->segment, segment->bytes, segment->length) == 0;
}

/* The literal way is tried first, then the parameter's. */
static const struct place *place_find(const struct place *place,
    const struct segments *segments, unsigned at, struct http_text *captured,
    unsigned *count)
{
	const struct place *child, *found;
	unsigned before = *count;

	if (at == segments->count)
		return place->operation_count > 0 ? place : NULL;
	for (child = place->child; child != NULL; child = child->sibling) {
		if (!segment_matches(
			child, &segments->at[at], segments->any_case))
			continue;
		if (child->length == 0 && segments->at[at].length > 0 &&
		    before < PATH_PARAMETERS_MAX) {
			captured[before] = segments->at[at];
			*count = before + 1;
		}
		found = place_find(child, segments, at + 1, captured, count);
		if (found != NULL)
			return found;
		*count = before;
	}
	return NULL;
}

static const struct operation *place_operation(
    const struct place *place, const struct http_text *method)
{
	bool head = http_text_equals(*method, "HEAD");

	for (unsigned i = 0; i < place->operation_count; i++) {
		const struct operation *operation = place->operations[i];

		if (http_text_equals(*method, operation->method) ||
		    (head && strcmp(operation->method, "GET") == 0))
			return operation;
	}
	return NULL;
}

static const struct place *find(
    const struct http_head *head, struct http_text *captured, unsigned *count)
{
	struct segments segments;

	*count = 0;
	if (!segments_read(&segments, head->path.bytes, head->path.length))
		return NULL;
	return place_find(&root, &segments, 0, captured, count);
}

const struct operation *route_find(const struct http_head *head)
{
	struct http_text captured[PATH_PARAMETERS_MAX] = {0};
	const struct place *place;
	unsigned count;

	place = find(head, captured, &count);
	return place == NULL ? NULL : place_operation(place, &head->method);
}

/* "GET, HEAD, OPTIONS, PATCH" */
static char *allow_text(struct request *request, const struct place *place)
{
	struct buf allow = {0};
	char *text;

	for (unsigned i = 0; i < place->operation_count; i++) {
		const char *method = place->operations[i]->method;

		buf_add_format(&allow, "%s, ", method);
		if (strcmp(method, "GET") == 0)
			buf_add_string(&allow, "HEAD, ");
	}
	buf_add_string(&allow, "OPTIONS");
	text = arena_copy(&request->arena, allow.bytes, allow.length);
	buf_release(&allow);
	return text;
}

static bool decode_path(
    struct request *request, const struct http_text *captured)
{
	for (unsigned i = 0; i < request->path_count; i++) {
		const struct http_text *raw = &captured[i];
		char *text = arena_alloc(&request->arena, raw->length + 1);

		if (http_decode(text, raw->bytes, raw->length, false) < 0)
			return false;
		request->path[i] = text;
	}
	return true;
}

/* Of a place, or NULL for all that there are. */
static const struct problem *say_options(
    struct request *request, const struct place *place)
{
	request->allow = place == NULL
	    ? arena_string(&request->arena,
		  "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
	    : allow_text(request, place);
	reply_options(request);
	return &request_waiting;
}

const struct problem *route_step(struct request *request)
{
	struct http_text captured[PATH_PARAMETERS_MAX] = {0};
	const struct http_head *head = request->head;
	const struct place *place;

	/* OPTIONS * asks about the server as a whole. */
	if (http_text_equals(head->path, "*"))
		return say_options(request, NULL);
	place = find(head, captured, &request->path_count);
	/* A page whose preflight is refused never sees the 404. */
	if (place == NULL)
		return cors_asks(request->service->config->cors_origins, head)
		    ? say_options(request, NULL)
		    : problem_get("not_found");
	if (http_text_equals(head->method, "OPTIONS"))
		return say_options(request, place);
	request->operation = place_operation(place, &head->method);
	if (request->operation == NULL) {
		request->allow = allow_text(request, place);
		return problem_get("method_not_allowed");
	}
	request->head_only = http_text_equals(head->method, "HEAD");
	if (!decode_path(request, captured))
		return problem_get("bad_request");
	return NULL;
}
