#include <stdbool.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/config.h"
#include "hefboom/cursor.h"
#include "hefboom/service.h"
#include "hefboom/http_header.h"
#include "hefboom/json.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/request.h"
#include "hefboom/schema.h"
#include "hefboom/steps.h"

/* An operation's schemas, compiled. */
struct compiled {
	const struct schema *parameters[PARAMETERS_MAX];
	const struct schema *body;
};

static struct schema_set *set;
static struct compiled *compiled;

static int compile_operation(const json_t *document, size_t index, char **error)
{
	const struct operation *operation = &operations[index];
	struct compiled *target = &compiled[index];

	for (int i = 0; i < operation->parameter_count; i++) {
		target->parameters[i] = schema_compile(
		    set, document, operation->parameters[i].schema, error);
		if (target->parameters[i] == NULL)
			return -1;
	}
	if (operation->body_schema == NULL)
		return 0;
	target->body =
	    schema_compile(set, document, operation->body_schema, error);
	return target->body == NULL ? -1 : 0;
}

int input_prepare(char **error)
{
	json_t *document =
	    json_loadb(openapi_json, openapi_json_length, 0, NULL);
	int outcome = 0;

	if (document == NULL) {
		*error = memory_string("the bundled API document is no JSON");
		return -1;
	}
	set = schema_set_new();
	compiled = memory_zero(operation_count, sizeof(*compiled));
	for (size_t i = 0; i < operation_count && outcome == 0; i++)
		outcome = compile_operation(document, i, error);
	json_decref(document);
	return outcome;
}

static const struct compiled *compiled_of(const struct request *request)
{
	return &compiled[request->operation - operations];
}

/* A problem with a parameter, by its name. */
static const struct problem *parameter_problem(struct request *request,
    const char *name, const char *problem, const char *code)
{
	struct schema_error *error =
	    arena_alloc(&request->arena, sizeof(*error));

	error->pointer = name;
	error->code = code;
	/* Only what cannot be decoded comes here without a schema's limit. */
	error->limit = strcmp(name, "after") == 0 ? "cursor" : "UTF-8";
	request->errors = error;
	return problem_get(problem);
}

static const struct problem *check_parameter(
    struct request *request, unsigned index)
{
	const struct parameter *parameter =
	    &request->operation->parameters[index];
	const struct schema *schema = compiled_of(request)->parameters[index];
	const struct schema_error *errors;
	struct schema_error *named;
	json_t *value;

	value = schema_parameter(schema, request->parameters[index]);
	if (value == NULL)
		return parameter_problem(request, parameter->name,
		    "invalid_parameter", "wrong_type");
	errors = schema_validate(schema, value, &request->arena);
	json_decref(value);
	if (errors == NULL)
		return NULL;
	named = arena_alloc(&request->arena, sizeof(*named));
	*named = *errors;
	named->pointer = parameter->name;
	named->next = NULL;
	request->errors = named;
	/* An id that cannot be one is an id that nothing has. */
	return problem_get(
	    parameter->place == IN_PATH ? "not_found" : "invalid_parameter");
}

static int parameter_find(const struct request *request, const char *name)
{
	const struct operation *operation = request->operation;

	for (int i = 0; i < operation->parameter_count; i++)
		if (operation->parameters[i].place == IN_QUERY &&
		    strcmp(operation->parameters[i].name, name) == 0)
			return i;
	return -1;
}

/* One name=value of the query string. */
static const struct problem *take_pair(
    struct request *request, const char *bytes, size_t length)
{
	const char *equals = memchr(bytes, '=', length);
	size_t name_length = equals == NULL ? length : (size_t)(equals - bytes);
	size_t value_length = equals == NULL ? 0 : length - name_length - 1;
	char *name = arena_alloc(&request->arena, name_length + 1);
	char *value = arena_alloc(&request->arena, value_length + 1);
	int index;

	if (http_decode(name, bytes, name_length, true) < 0)
		return problem_get("bad_request");
	if (equals != NULL &&
	    http_decode(value, equals + 1, value_length, true) < 0)
		return parameter_problem(
		    request, name, "invalid_parameter", "bad_format");
	index = parameter_find(request, name);
	if (index < 0 && request->operation->dialect == DIALECT_SCIM)
		return NULL;
	if (index < 0)
		return parameter_problem(
		    request, name, "unknown_parameter", "unknown_property");
	if (request->parameters[index] != NULL)
		return parameter_problem(
		    request, name, "repeated_parameter", "not_unique");
	request->parameters[index] = value;
	request->given |= 1u << index;
	return NULL;
}

static const struct problem *take_query(struct request *request)
{
	const struct http_text *query = &request->head->query;
	const char *at = query->bytes, *end, *stop;
	const struct problem *problem;

	if (at == NULL)
		return NULL;
	end = at + query->length;
	for (; at < end; at = stop + 1) {
		stop = memchr(at, '&', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		if (stop == at)
			continue;
		problem = take_pair(request, at, (size_t)(stop - at));
		if (problem != NULL)
			return problem;
	}
	return NULL;
}

static const struct problem *take_header(struct request *request, int index)
{
	const char *name = request->operation->parameters[index].name;
	struct http_text value;

	switch (http_header_read(request->head, name, &value)) {
	case HTTP_ABSENT:
		return NULL;
	case HTTP_ONCE:
		request->parameters[index] =
		    arena_copy(&request->arena, value.bytes, value.length);
		request->given |= 1u << index;
		return NULL;
	case HTTP_REPEATED:
	default:
		return parameter_problem(
		    request, name, "repeated_parameter", "not_unique");
	}
}

/* The placeholders of a route in their order are its path parameters. */
static void take_path(struct request *request, int index, unsigned *at)
{
	if (*at < request->path_count)
		request->parameters[index] = request->path[(*at)++];
	request->given |= 1u << index;
}

static const struct problem *take_one(struct request *request, int index)
{
	const struct parameter *parameter =
	    &request->operation->parameters[index];

	if (request->parameters[index] != NULL)
		return check_parameter(request, (unsigned)index);
	if (parameter->required)
		return parameter_problem(
		    request, parameter->name, "invalid_parameter", "required");
	request->parameters[index] = parameter->fallback;
	return NULL;
}

static const struct problem *take_parameters(struct request *request)
{
	const struct operation *operation = request->operation;
	const struct problem *problem = NULL;
	unsigned path = 0;

	for (int i = 0; i < operation->parameter_count && problem == NULL; i++)
		if (operation->parameters[i].place == IN_PATH)
			take_path(request, i, &path);
		else if (operation->parameters[i].place == IN_HEADER)
			problem = take_header(request, i);
	if (problem == NULL)
		problem = take_query(request);
	for (int i = 0; i < operation->parameter_count && problem == NULL; i++)
		problem = take_one(request, i);
	return problem;
}

static const char *parameter_text(
    const struct request *request, const char *name)
{
	int index = parameter_find(request, name);

	return index < 0 ? NULL : request->parameters[index];
}

static const struct order *order_choose(const struct request *request)
{
	const struct operation *operation = request->operation;
	const char *name = parameter_text(request, "order");

	for (int i = 0; name != NULL && i < operation->order_count; i++)
		if (strcmp(operation->orders[i].name, name) == 0)
			return &operation->orders[i];
	return operation->order_count > 0 ? &operation->orders[0] : NULL;
}

/*
 * What a cursor is tied to: everything that decides which rows a page has
 * and in which order they come.
 */
static const char *bound_text(struct request *request)
{
	const struct operation *operation = request->operation;
	struct buf bound = {0};
	const char *text;

	buf_add_format(&bound, "%s %s %s %s %d", operation->name,
	    request->org_id, request->person_id,
	    request->order == NULL ? "" : request->order->name,
	    (int)request->language);
	for (int i = 0; i < operation->parameter_count; i++) {
		const char *name = operation->parameters[i].name;

		if (strcmp(name, "after") == 0 || strcmp(name, "limit") == 0)
			continue;
		if (request->parameters[i] == NULL)
			continue;
		buf_add_format(&bound, " %s=", name);
		buf_add_json_string(&bound, request->parameters[i]);
	}
	text = arena_copy(&request->arena, bound.bytes, bound.length);
	buf_release(&bound);
	return text;
}

/* By the installation's secret, or the one before it. */
static bool open_cursor(struct request *request, const char *after)
{
	const struct config *config = request->service->config;
	const unsigned char *secrets[] = {config->secret,
	    config->secret_file_before == NULL ? NULL : config->secret_before};

	for (int i = 0; i < 2 && secrets[i] != NULL; i++)
		if (cursor_open(secrets[i], request->bound, after,
			strlen(after), &request->arena, request->cursor,
			request->order->key_count) == 0)
			return true;
	return false;
}

static const struct problem *take_page(struct request *request)
{
	const char *limit = parameter_text(request, "limit");
	const char *after = parameter_text(request, "after");

	if (!request->operation->is_list)
		return NULL;
	request->limit =
	    limit == NULL ? 50 : (unsigned)strtoul(limit, NULL, 10);
	request->order = order_choose(request);
	request->bound = bound_text(request);
	if (after == NULL || request->order == NULL)
		return NULL;
	request->has_cursor = true;
	if (!open_cursor(request, after))
		return parameter_problem(
		    request, "after", "invalid_cursor", "bad_format");
	return NULL;
}

static void decref(void *json)
{
	json_decref(json);
}

static void large_body_done(void *context)
{
	struct service *service = context;

	service->large_bodies--;
}

static bool large_body_waits(struct request *request)
{
	struct service *service = request->service;

	if (request->body_length <= LARGE_BODY)
		return false;
	if (service->large_bodies == LARGE_BODIES_MAX)
		return true;
	service->large_bodies++;
	arena_defer(&request->arena, large_body_done, service);
	return false;
}

static const struct problem *take_body(struct request *request)
{
	static const char *const faults[] = {[JSON_OK] = "internal",
	    [JSON_MALFORMED] = "malformed_json",
	    [JSON_TOO_DEEP] = "json_too_deep",
	    [JSON_TOO_MANY] = "json_too_many",
	    [JSON_DUPLICATE_KEY] = "duplicate_key",
	    [JSON_NUMBER_RANGE] = "number_range"};
	const struct operation *operation = request->operation;
	enum json_fault fault = JSON_OK;
	size_t offset = 0;

	if (operation->body == BODY_NONE || operation->body == BODY_SPOOL ||
	    operation->body == BODY_FORM || request->body_length == 0)
		return NULL;
	if (large_body_waits(request))
		return problem_get("overloaded");
	request->json = json_read_up_to(request->body, request->body_length,
	    operation->body_elements, &fault, &offset);
	if (request->json == NULL) {
		request->problem_parameters =
		    arena_format(&request->arena, "{\"offset\":%zu}", offset);
		return problem_get(faults[fault]);
	}
	arena_defer(&request->arena, decref, request->json);
	request->errors = schema_validate(
	    compiled_of(request)->body, request->json, &request->arena);
	if (request->errors == NULL)
		return NULL;
	return problem_get(operation->dialect == DIALECT_SCIM
		? "scim_invalid_syntax"
		: "invalid_body");
}

const struct problem *input_step(struct request *request)
{
	const struct problem *problem;

	problem = take_parameters(request);
	if (problem == NULL)
		problem = take_page(request);
	if (problem == NULL)
		problem = take_body(request);
	return problem;
}
