#include <string.h>

#include "scim/call.h"
#include "hefboom/answer.h"
#include "hefboom/arguments.h"
#include "hefboom/schema.h"
#include "hefboom/shape.h"

static void decref(void *json)
{
	json_decref(json);
}

/* A canonical document that lives as long as the request. */
static json_t *keep(struct scim_call *call, json_t *document)
{
	if (document != NULL)
		arena_defer(&call->request->arena, decref, document);
	return document;
}

static const char *dump(struct scim_call *call, const json_t *document)
{
	char *text = json_dumps(document, JSON_COMPACT);
	const char *copy = arena_string(&call->request->arena, text);

	free(text);
	return copy;
}

static const char *member(const json_t *document, const char *name)
{
	return json_string_value(json_object_get(document, name));
}

/* A zone that PostgreSQL knows too, or NULL. */
static const char *zone_of(const json_t *document)
{
	const char *zone = member(document, "timezone");

	return zone != NULL && schema_zone_is_known(zone) ? zone : NULL;
}

static bool wants_groups(const struct scim_call *call)
{
	return call->wants_resource &&
	    (call->projection == NULL ||
		scim_projection_wants(call->projection, "groups"));
}

static const struct problem *submit_read(
    struct scim_call *call, transaction_done_fn *done)
{
	struct named pairs[] = {{"arg.id", call->id}, {"arg.user_name", NULL},
	    {"arg.groups", wants_groups(call) ? "true" : "false"},
	    {NULL, NULL}};
	struct transaction *transaction =
	    answer_begin(call->request, done, call);

	call->result_at =
	    answer_add(call->request, transaction, "scim_read_user", pairs);
	return request_submit(call->request, transaction);
}

/* The statement, and what it made of the user: whose id is that, or NULL. */
static const struct problem *submit_write(struct scim_call *call,
    const json_t *document, const char *statement, const char *id,
    transaction_done_fn *done)
{
	struct request *request = call->request;
	bool groups = id != call->new_id && wants_groups(call);
	struct named pairs[] = {{"arg.id", id}, {"arg.new_id", call->new_id},
	    {"arg.document", dump(call, document)},
	    {"arg.version",
		call->version != NULL ? call->version : call->present},
	    {"arg.source", request->caller}, {"arg.zone", zone_of(document)},
	    {"arg.user_name",
		arena_string(&request->arena, member(document, "userName"))},
	    {"arg.groups", groups ? "true" : "false"}, {NULL, NULL}};
	struct transaction *transaction = answer_begin(request, done, call);

	answer_add(request, transaction, statement, pairs);
	call->result_at =
	    answer_add(request, transaction, "scim_read_user", pairs);
	return request_submit(request, transaction);
}

static const struct problem *put(struct scim_call *call, const json_t *document)
{
	return submit_write(
	    call, document, "scim_put_user", call->id, scim_call_answered);
}

static json_t *read_body(struct scim_call *call, struct scim_fault *fault)
{
	return keep(call,
	    scim_resource_read(
		call->kind, call->body, &call->request->arena, fault));
}

static const struct problem *replace(struct scim_call *call)
{
	struct scim_fault fault = {0};
	const json_t *document = read_body(call, &fault);

	return document == NULL ? scim_problem(call->request, &fault)
				: put(call, document);
}

/* Nobody new: somebody who is there already may be meant. */
static void on_added(void *context, const struct outcome *outcome)
{
	struct scim_call *call = context;
	const struct problem *problem;

	if (outcome->ending != ENDING_DONE ||
	    shape_count(outcome->results[call->result_at]) > 0) {
		scim_call_answered(call, outcome);
		return;
	}
	call->request->transaction = NULL;
	problem = replace(call);
	if (problem != &request_waiting)
		scim_call_end(call, problem);
}

static const struct problem *create(struct scim_call *call)
{
	struct scim_fault fault = {0};
	const json_t *document = read_body(call, &fault);

	return document == NULL ? scim_problem(call->request, &fault)
				: submit_write(call, document, "scim_add_user",
				      call->new_id, on_added);
}

/* What is there, as a client would send it. */
static json_t *present_document(
    struct scim_call *call, const struct pg_result *row)
{
	const char *external_id = shape_value(row, 0, "external_id");
	json_t *shown =
	    json_loads(shape_value(row, 0, "document"), JSON_DECODE_ANY, NULL);
	struct scim_fault fault = {0};
	json_t *document;

	if (external_id != NULL)
		json_object_set_new(
		    shown, "externalId", json_string(external_id));
	document = scim_resource_read(
	    call->kind, shown, &call->request->arena, &fault);
	json_decref(shown);
	return keep(call, document);
}

static const struct problem *patch(
    struct scim_call *call, const struct pg_result *row)
{
	struct request *request = call->request;
	struct scim_fault fault = {0};
	json_t *document;

	if (shape_count(row) == 0)
		return problem_get("not_found");
	call->present =
	    arena_string(&request->arena, shape_value(row, 0, "version"));
	document = present_document(call, row);
	if (document == NULL)
		return problem_get("internal");
	if (scim_patch_user(document, call->body, &request->arena, &fault) < 0)
		return scim_problem(request, &fault);
	return put(call, document);
}

static void on_present(void *context, const struct outcome *outcome)
{
	struct scim_call *call = context;
	const struct problem *problem;

	call->request->transaction = NULL;
	problem = answer_fault(call->request, outcome);
	if (problem == NULL)
		problem = patch(call, outcome->results[call->result_at]);
	if (problem != &request_waiting)
		scim_call_end(call, problem);
}

const struct problem *scim_user_run(struct scim_call *call)
{
	switch (call->action) {
	case SCIM_READ:
		return submit_read(call, scim_call_answered);
	case SCIM_PATCH:
		return submit_read(call, on_present);
	case SCIM_DELETE:
		return scim_call_delete(call, "scim_delete_user");
	case SCIM_CREATE:
		return create(call);
	case SCIM_REPLACE:
	default:
		return replace(call);
	}
}
