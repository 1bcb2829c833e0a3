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

static const struct problem *submit_read(
    struct scim_call *call, transaction_done_fn *done)
{
	bool groups = call->wants_resource &&
	    (call->projection == NULL ||
		scim_projection_wants(call->projection, "groups"));
	struct named pairs[] = {{"arg.id", call->id}, {"arg.user_name", NULL},
	    {"arg.groups", groups ? "true" : "false"}, {NULL, NULL}};
	struct transaction *transaction =
	    answer_begin(call->request, done, call);

	call->result_at =
	    answer_add(call->request, transaction, "scim_read_user", pairs);
	return request_submit(call->request, transaction);
}

static const struct problem *submit_write(
    struct scim_call *call, const json_t *document)
{
	struct request *request = call->request;
	struct named pairs[] = {{"arg.id", call->id},
	    {"arg.new_id", call->new_id},
	    {"arg.document", dump(call, document)},
	    {"arg.version",
		call->version != NULL ? call->version : call->present},
	    {"arg.source", request->caller}, {"arg.zone", zone_of(document)},
	    {"arg.user_name",
		arena_string(&request->arena, member(document, "userName"))},
	    {"arg.groups", "true"}, {NULL, NULL}};
	struct transaction *transaction =
	    answer_begin(request, scim_call_answered, call);

	answer_add(request, transaction, "scim_put_user", pairs);
	call->result_at =
	    answer_add(request, transaction, "scim_read_user", pairs);
	return request_submit(request, transaction);
}

static const struct problem *write_body(struct scim_call *call)
{
	struct request *request = call->request;
	struct scim_fault fault = {0};
	json_t *document = keep(call,
	    scim_resource_read(
		call->kind, call->body, &request->arena, &fault));

	if (document == NULL)
		return scim_problem(request, &fault);
	return submit_write(call, document);
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
	return submit_write(call, document);
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

static const struct problem *submit_delete(struct scim_call *call)
{
	struct request *request = call->request;
	struct named pairs[] = {{"arg.id", call->id},
	    {"arg.version", call->version}, {"arg.source", request->caller},
	    {NULL, NULL}};
	struct transaction *transaction =
	    answer_begin(request, scim_call_answered, call);

	answer_add(request, transaction, "scim_delete_user", pairs);
	return request_submit(request, transaction);
}

const struct problem *scim_user_run(struct scim_call *call)
{
	switch (call->action) {
	case SCIM_READ:
		return submit_read(call, scim_call_answered);
	case SCIM_PATCH:
		return submit_read(call, on_present);
	case SCIM_DELETE:
		return submit_delete(call);
	case SCIM_CREATE:
	case SCIM_REPLACE:
	default:
		return write_body(call);
	}
}
