#include "scim/call.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "hefboom/answer.h"
#include "hefboom/arguments.h"
#include "hefboom/operation.h"
#include "hefboom/random.h"
#include "hefboom/shape.h"

static void release(void *buf)
{
	buf_release(buf);
}

struct scim_call *scim_call_new(struct request *request,
    const struct scim_kind *kind, enum scim_action action, const char *id)
{
	struct scim_call *call = arena_alloc(&request->arena, sizeof(*call));

	call->request = request;
	call->kind = kind;
	call->action = action;
	call->id = id;
	call->wants_resource = action != SCIM_PATCH && action != SCIM_DELETE;
	arena_defer(&request->arena, release, &call->resource);
	return call;
}

const struct problem *scim_problem(
    struct request *request, const struct scim_fault *fault)
{
	struct buf text = {0};

	if (fault->detail != NULL) {
		buf_add_string(&text, "{\"detail\":");
		buf_add_json_string(&text, fault->detail);
		buf_add_char(&text, '}');
		request->problem_parameters =
		    arena_copy(&request->arena, text.bytes, text.length);
		buf_release(&text);
	}
	return problem_get(fault->code);
}

/* RFC 9562, section 4; either case. */
static bool is_uuid(const char *text)
{
	for (int i = 0; i < UUID_TEXT - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return text[UUID_TEXT - 1] == '\0';
}

void scim_call_run(struct scim_call *call)
{
	const struct problem *problem;

	uuid_new(call->new_id);
	if (call->id != NULL && !is_uuid(call->id))
		problem = problem_get("not_found");
	else if (call->kind == &scim_user)
		problem = scim_user_run(call);
	else
		problem = scim_group_run(call);
	if (problem != &request_waiting)
		scim_call_end(call, problem);
}

static void on_noted(void *context, const struct outcome *outcome)
{
	struct scim_call *call = context;

	/* Whether it was noted changes nothing for the caller. */
	(void)outcome;
	call->request->transaction = NULL;
	call->done(call);
}

/* A refused change of a machine, for the health of the synchronisation. */
static bool note(struct scim_call *call)
{
	struct request *request = call->request;
	struct named pairs[] = {{"arg.source", request->caller},
	    {"arg.reason", call->problem->code},
	    {"arg.scim_type", call->problem->scim_type}, {NULL, NULL}};
	struct transaction *transaction;

	if (call->action == SCIM_READ || call->problem->status >= 500)
		return false;
	transaction = answer_begin(request, on_noted, call);
	answer_add(request, transaction, "note_refusal", pairs);
	return request_submit(request, transaction) == &request_waiting;
}

void scim_call_end(struct scim_call *call, const struct problem *problem)
{
	call->problem = problem;
	if (problem == NULL || !note(call))
		call->done(call);
}

/* What was done is never answered as if it were not. */
static void render_without_members(
    struct scim_call *call, const struct pg_result *result)
{
	struct scim_fault fault = {0};

	buf_clear(&call->resource);
	scim_render(&call->resource, call->request, call->kind, result, 0,
	    scim_projection_read(
		call->kind, NULL, "members", &call->request->arena, &fault));
}

static const struct problem *take_row(
    struct scim_call *call, const struct pg_result *result)
{
	const char *version;

	if (shape_count(result) == 0)
		return problem_get("not_found");
	version = shape_value(result, 0, "version");
	snprintf(
	    call->resource_id, UUID_TEXT, "%s", shape_value(result, 0, "id"));
	snprintf(call->etag, sizeof(call->etag), "W/\"%s\"", version);
	if (!call->wants_resource)
		return NULL;
	scim_render(&call->resource, call->request, call->kind, result, 0,
	    call->projection);
	if (call->resource.length <= SCIM_REPLY_MAX)
		return NULL;
	if (call->action == SCIM_READ)
		return problem_get("scim_too_many");
	render_without_members(call, result);
	return NULL;
}

static int status_of(const struct scim_call *call)
{
	if (call->action == SCIM_CREATE)
		return 201;
	return call->wants_resource ? 200 : 204;
}

void scim_call_answered(void *context, const struct outcome *outcome)
{
	struct scim_call *call = context;
	const struct problem *problem;

	call->request->transaction = NULL;
	problem = answer_fault(call->request, outcome);
	if (problem == NULL && call->action != SCIM_DELETE)
		problem = take_row(call, outcome->results[call->result_at]);
	call->status = status_of(call);
	/* Somebody was faster, and nobody asked for this very version. */
	if (problem != NULL && strcmp(problem->code, "stale_version") == 0 &&
	    call->version == NULL && call->present != NULL &&
	    ++call->tries < PATCH_TRIES) {
		problem = scim_user_run(call);
		if (problem == &request_waiting)
			return;
	}
	scim_call_end(call, problem);
}

const struct problem *scim_call_delete(
    struct scim_call *call, const char *statement)
{
	struct request *request = call->request;
	struct named pairs[] = {{"arg.id", call->id},
	    {"arg.version", call->version}, {"arg.source", request->caller},
	    {NULL, NULL}};
	struct transaction *transaction =
	    answer_begin(request, scim_call_answered, call);

	answer_add(request, transaction, statement, pairs);
	return request_submit(request, transaction);
}
