#include "scim/bulk.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "hefboom/limit.h"
#include "hefboom/problem_document.h"
#include "hefboom/reply.h"
#include "hefboom/scim_discovery.h"
#include "hefboom/token.h"
#include "scim/bulk_line.h"
#include "scim/call.h"
#include "scim/reading.h"

enum { BULK_DEADLINE_MS = 60000 };

static void walk(struct bulk *bulk);

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(scim_member(object, name));
}

static void set_text(json_t *object, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(object, name, json_string(value));
}

static void answer_begin_line(struct line *line, const char *status)
{
	line->answer = json_object();
	set_text(line->answer, "method", line->method);
	set_text(line->answer, "bulkId", line->bulk_id);
	set_text(line->answer, "location", line->location);
	set_text(line->answer, "status", status);
}

static void refuse(
    struct bulk *bulk, struct line *line, const struct problem *problem)
{
	struct request *request = bulk->request;
	struct problem_document document = {.problem = problem,
	    .dialect = DIALECT_SCIM,
	    .language = request->language,
	    .id = request->id,
	    .parameters = request->problem_parameters};
	struct buf body = {0};
	char status[16];

	problem_write(&body, &document);
	snprintf(status, sizeof(status), "%d", problem->status);
	answer_begin_line(line, status);
	json_object_set_new(line->answer, "response",
	    json_loadb(body.bytes, body.length, 0, NULL));
	buf_release(&body);
	line->state = REFUSED;
	bulk->errors++;
	request->problem_parameters = NULL;
	request->errors = NULL;
}

static const struct problem *fault(struct bulk *bulk, const char *detail)
{
	return scim_problem(
	    bulk->request, &(struct scim_fault){"scim_invalid_value", detail});
}

struct target {
	const struct scim_kind *kind;
	const char *id;
	enum scim_action action;
};

static const struct {
	const char *method;
	enum scim_action action;
} methods[] = {{"POST", SCIM_CREATE}, {"PUT", SCIM_REPLACE},
    {"PATCH", SCIM_PATCH}, {"DELETE", SCIM_DELETE}};

static bool method_find(const char *method, enum scim_action *action)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcasecmp(methods[i].method, method) == 0) {
			*action = methods[i].action;
			return true;
		}
	return false;
}

/* "/Users", "/Groups/7f..", "Users/bulkId:x". */
static bool target_read(const struct line *line, struct target *target)
{
	static const struct scim_kind *const kinds[] = {
	    &scim_user, &scim_group};
	const char *path = line->path;

	if (!method_find(line->method, &target->action))
		return false;
	if (path[0] == '/')
		path++;
	for (size_t i = 0; i < 2; i++) {
		size_t length = strlen(kinds[i]->endpoint);

		if (strncasecmp(path, kinds[i]->endpoint, length) != 0)
			continue;
		path += length;
		target->kind = kinds[i];
		target->id = bulk_path_id(line->path);
		return (path[0] == '\0' || path[0] == '/') &&
		    (target->id == NULL) == (target->action == SCIM_CREATE);
	}
	return false;
}

static const char *scope_of(const struct scim_kind *kind)
{
	return kind == &scim_user ? "people:write" : "groups:write";
}

static bool is_about_caller(const struct problem *problem)
{
	return problem->status == 401 ||
	    strcmp(problem->code, "person_inactive") == 0;
}

static void on_done(struct scim_call *call)
{
	struct bulk *bulk = call->context;
	struct line *line = bulk->now;
	char status[16];

	/* Who may do nothing at all is told so, and not a thousand times. */
	if (call->problem != NULL && bulk->at == 0 &&
	    is_about_caller(call->problem)) {
		reply_problem(bulk->request, call->problem);
		return;
	}
	if (call->problem != NULL) {
		refuse(bulk, line, call->problem);
	} else {
		/* RFC 7644, figure 9, has 200 where there is no body. */
		snprintf(status, sizeof(status), "%d",
		    call->status == 204 && call->action != SCIM_DELETE
			? 200
			: call->status);
		if (call->id != NULL)
			snprintf(line->id, UUID_TEXT, "%s", call->id);
		else
			memcpy(line->id, call->resource_id, UUID_TEXT);
		line->location =
		    scim_location(call->request, call->kind, line->id);
		answer_begin_line(line, status);
		if (call->etag[0] != '\0')
			set_text(line->answer, "version", call->etag);
		line->state = DONE;
	}
	bulk->now = NULL;
	walk(bulk);
}

/* W/"3" as 3. */
static const char *version_of(struct bulk *bulk, const char *text)
{
	size_t digits;

	if (text == NULL)
		return NULL;
	text += strcspn(text, "0123456789");
	digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 18)
		return "-1";
	return arena_copy(&bulk->request->arena, text, digits);
}

/* NULL when it is under way. */
static const struct problem *start(struct bulk *bulk, struct line *line)
{
	struct request *request = bulk->request;
	struct target target = {0};
	struct scim_call *call;

	if (!target_read(line, &target))
		return fault(bulk, "method and path fit no operation");
	/* Required of every answer but a failed POST's (RFC 7644, 3.7.3). */
	if (bulk_is_reference(target.id))
		target.id = bulk_line_of(bulk, target.id)->id;
	if (target.id != NULL)
		line->location = scim_location(request, target.kind, target.id);
	if (!scope_among(request->scopes, scope_of(target.kind)))
		return problem_get("insufficient_scope");
	if (target.action == SCIM_CREATE && line->bulk_id == NULL)
		return fault(bulk, "a POST without bulkId");
	if (target.action != SCIM_DELETE && !json_is_object(line->data))
		return fault(bulk, "no data");
	bulk_put_ids(bulk, line->data);
	call = scim_call_new(request, target.kind, target.action, target.id);
	call->body = line->data;
	call->version = version_of(bulk, line->version);
	call->wants_resource = false;
	call->done = on_done;
	call->context = bulk;
	line->state = UNDER_WAY;
	bulk->now = line;
	scim_call_run(call);
	return NULL;
}

/*
 * One line, behind those that it waits for.  A line that waits is UNDER_WAY,
 * so that one which comes back to it is lost.
 */
static void run_line(struct bulk *bulk, struct line *line)
{
	const struct problem *problem;
	bool lost = false;
	struct line *first, *waiter;

	while ((first = bulk_awaited(line, &lost)) != NULL && !lost) {
		line->state = UNDER_WAY;
		first->awaited_by = line;
		line = first;
	}
	if (lost)
		problem = problem_get("scim_bulk_reference");
	else
		problem = start(bulk, line);
	if (problem != NULL)
		refuse(bulk, line, problem);
	/* Whoever waited is looked at again, and who waited for those. */
	for (waiter = line->awaited_by;
	     waiter != NULL && waiter->state == UNDER_WAY;
	     waiter = waiter->awaited_by)
		waiter->state = WAITING;
}

static void reply(struct bulk *bulk)
{
	json_t *answers = json_array(), *body;
	struct content content = {.type = "application/scim+json"};
	char *text;

	for (size_t i = 0; i < bulk->count; i++)
		if (bulk->lines[i].answer != NULL)
			json_array_append(answers, bulk->lines[i].answer);
	body = json_pack("{s:[s], s:o}", "schemas",
	    "urn:ietf:params:scim:api:messages:2.0:BulkResponse", "Operations",
	    answers);
	text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	content.bytes = text;
	content.length = strlen(text);
	reply_content(bulk->request, &content);
	free(text);
}

static bool is_over(const struct bulk *bulk)
{
	return bulk->at == bulk->count ||
	    (bulk->fail_on_errors > 0 && bulk->errors >= bulk->fail_on_errors);
}

/* A call may end at once; then this is entered from within itself. */
static void walk(struct bulk *bulk)
{
	if (bulk->running) {
		bulk->again = true;
		return;
	}
	bulk->running = true;
	do {
		bulk->again = false;
		while (bulk->at < bulk->count &&
		    bulk->lines[bulk->at].state >= DONE)
			bulk->at++;
		if (is_over(bulk)) {
			reply(bulk);
			return;
		}
		run_line(bulk, &bulk->lines[bulk->at]);
	} while (bulk->again || bulk->now == NULL);
	bulk->running = false;
}

static const struct problem *read_line(
    struct bulk *bulk, struct line *line, const json_t *operation)
{
	line->method = text_of(operation, "method");
	line->path = text_of(operation, "path");
	line->bulk_id = text_of(operation, "bulkId");
	line->version = text_of(operation, "version");
	line->data = scim_member(operation, "data");
	if (line->method == NULL || line->path == NULL)
		return scim_problem(bulk->request,
		    &(struct scim_fault){"scim_invalid_syntax",
			"an operation without method or path"});
	if (line->bulk_id == NULL)
		return NULL;
	if (json_object_get(bulk->by_id, line->bulk_id) != NULL)
		return scim_problem(bulk->request,
		    &(struct scim_fault){
			"scim_invalid_syntax", "a bulkId that is there twice"});
	json_object_set_new(
	    bulk->by_id, line->bulk_id, json_integer(line - bulk->lines));
	return NULL;
}

static void release(void *context)
{
	struct bulk *bulk = context;

	for (size_t i = 0; i < bulk->count; i++)
		json_decref(bulk->lines[i].answer);
	json_decref(bulk->by_id);
}

const struct problem *scim_bulk_run(struct request *request)
{
	struct bulk *bulk = arena_alloc(&request->arena, sizeof(*bulk));
	const json_t *operations = scim_member(request->json, "Operations");
	const json_t *limit = scim_member(request->json, "failOnErrors");
	const struct problem *problem;

	if (!json_is_array(operations))
		return scim_problem(request,
		    &(struct scim_fault){
			"scim_invalid_syntax", "no Operations"});
	if (json_array_size(operations) > SCIM_BULK_OPERATIONS_MAX)
		return problem_get("scim_bulk_too_large");
	bulk->request = request;
	request->deadline_ms = BULK_DEADLINE_MS;
	bulk->count = json_array_size(operations);
	problem = bulk->count < 2
	    ? NULL
	    : limit_more(request, (unsigned)bulk->count - 1);
	if (problem != NULL)
		return problem;
	bulk->lines = arena_alloc(
	    &request->arena, (bulk->count + 1) * sizeof(*bulk->lines));
	bulk->fail_on_errors = json_integer_value(limit);
	bulk->by_id = json_object();
	arena_defer(&request->arena, release, bulk);
	for (size_t i = 0; i < bulk->count; i++) {
		problem = read_line(
		    bulk, &bulk->lines[i], json_array_get(operations, i));
		if (problem != NULL)
			return problem;
	}
	for (size_t i = 0; i < bulk->count; i++)
		bulk_find_awaited(bulk, &bulk->lines[i]);
	walk(bulk);
	return &request_waiting;
}
