#include <string.h>

#include "scim/call.h"
#include "hefboom/answer.h"
#include "hefboom/arguments.h"
#include "hefboom/scim_filter.h"
#include "hefboom/shape.h"
#include "hefboom/text.h"
#include "hefboom/transaction.h"

enum { OID_TEXT = 25, OID_UUID = 2950 };
_Static_assert(SCIM_GROUP_FILTERS_MAX <= TRANSACTION_QUERIES_MAX - 2,
    "each filter is a query beside enter and the group");

/* Object ids as PostgreSQL's array (8.15.6); they hold nothing to escape. */
static const char *ids_text(struct scim_call *call, const json_t *ids)
{
	struct buf text = {0};
	const char *copy;
	const char *id;
	json_t *value;
	char comma = '{';

	if (json_object_size(ids) == 0)
		return "{}";
	json_object_foreach((json_t *)(uintptr_t)ids, id, value)
	{
		buf_add_char(&text, comma);
		buf_add_string(&text, id);
		comma = ',';
	}
	buf_add_char(&text, '}');
	copy = arena_copy(&call->request->arena, text.bytes, text.length);
	buf_release(&text);
	return copy;
}

static bool wants_members(const struct scim_call *call)
{
	return call->wants_resource &&
	    (call->projection == NULL ||
		scim_projection_wants(call->projection, "members"));
}

static int add_read(struct scim_call *call, struct transaction *transaction,
    const char *display_name)
{
	struct named pairs[] = {{"arg.id", call->id},
	    {"arg.display_name", display_name},
	    {"arg.members", wants_members(call) ? "true" : "false"},
	    {NULL, NULL}};

	return answer_add(call->request, transaction, "scim_read_group", pairs);
}

static const struct problem *submit_write(
    struct scim_call *call, const struct scim_group_change *change)
{
	struct request *request = call->request;
	const char *external_id = NULL;
	struct transaction *transaction;

	if (change->has_external_id)
		external_id =
		    change->external_id == NULL ? "" : change->external_id;
	struct named pairs[] = {{"arg.id", call->id},
	    {"arg.new_id", call->new_id}, {"arg.version", call->version},
	    {"arg.source", request->caller},
	    {"arg.display_name",
		change->has_display_name ? change->display_name : NULL},
	    {"arg.external_id", external_id},
	    {"arg.replaced", change->members_replaced ? "true" : "false"},
	    {"arg.added", ids_text(call, change->added)},
	    {"arg.removed", ids_text(call, change->removed)}, {NULL, NULL}};

	transaction = answer_begin(request, scim_call_answered, call);
	answer_add(request, transaction, "scim_put_group", pairs);
	call->result_at = add_read(call, transaction,
	    change->has_display_name ? change->display_name : NULL);
	return request_submit(request, transaction);
}

static void decref(void *json)
{
	json_decref(json);
}

/* {id: true, ...} of members [{"value": id}, ...]. */
static json_t *ids_of(struct scim_call *call, const json_t *members)
{
	json_t *ids = json_object();
	size_t index;
	json_t *one;

	arena_defer(&call->request->arena, decref, ids);
	json_array_foreach((json_t *)(uintptr_t)members, index, one)
	{
		json_object_set_new(ids,
		    json_string_value(json_object_get(one, "value")),
		    json_true());
	}
	return ids;
}

static const struct problem *write_body(struct scim_call *call)
{
	struct request *request = call->request;
	struct scim_fault fault = {0};
	json_t *document =
	    scim_resource_read(call->kind, call->body, &request->arena, &fault);
	struct scim_group_change change = {.has_display_name = true,
	    .has_external_id = true,
	    .members_replaced = true};

	if (document == NULL)
		return scim_problem(request, &fault);
	arena_defer(&request->arena, decref, document);
	change.display_name =
	    json_string_value(json_object_get(document, "displayName"));
	change.external_id =
	    json_string_value(json_object_get(document, "externalId"));
	change.added = ids_of(call, json_object_get(document, "members"));
	return submit_write(call, &change);
}

struct finding {
	struct scim_call *call;
	struct scim_group_change change;
};

/* Whom the value filters of a PATCH mean, as far as they are members. */
static const struct text *find_text(struct scim_call *call,
    const struct scim_filter *filter, const char *const **bound)
{
	struct arena *arena = &call->request->arena;
	struct text *text = arena_alloc(arena, sizeof(*text));
	struct scim_values values = {.first = 3};
	struct buf sql = {0};
	const char **all;
	uint32_t *types;

	buf_add_string(&sql,
	    "select m.value from scim_member m"
	    " where m.org_id = $1 and m.group_id = $2 and ");
	scim_filter_sql(filter, &sql, &values, arena);
	all = arena_alloc(arena, sizeof(*all) * (2 + values.count));
	types = arena_alloc(arena, sizeof(*types) * (2 + values.count));
	all[0] = call->request->org_id;
	all[1] = call->id;
	types[0] = types[1] = OID_UUID;
	for (unsigned i = 0; i < values.count; i++) {
		all[2 + i] = values.at[i];
		types[2 + i] = OID_TEXT;
	}
	text->sql = arena_copy(arena, sql.bytes, sql.length);
	text->types = types;
	text->count = (int)(2 + values.count);
	buf_release(&sql);
	*bound = all;
	return text;
}

static void on_found(void *context, const struct outcome *outcome)
{
	struct finding *finding = context;
	struct scim_call *call = finding->call;
	const struct problem *problem;

	call->request->transaction = NULL;
	problem = answer_fault(call->request, outcome);
	for (unsigned i = 0;
	     problem == NULL && i < finding->change.removed_where_count; i++) {
		const struct pg_result *result = outcome->results[1 + i];

		for (int row = 0; row < shape_count(result); row++) {
			const char *id = shape_value(result, row, "value");

			if (json_object_get(finding->change.added, id) == NULL)
				json_object_set_new(
				    finding->change.removed, id, json_true());
		}
	}
	if (problem == NULL)
		problem = submit_write(call, &finding->change);
	if (problem != &request_waiting)
		scim_call_end(call, problem);
}

static const struct problem *find_members(struct finding *finding)
{
	struct request *request = finding->call->request;
	const struct scim_group_change *change = &finding->change;
	struct transaction *transaction =
	    answer_begin(request, on_found, finding);

	for (unsigned i = 0; i < change->removed_where_count; i++) {
		const char *const *bound;
		const struct text *text =
		    find_text(finding->call, change->removed_where[i], &bound);

		answer_add_text(transaction, text, bound);
	}
	return request_submit(request, transaction);
}

static const struct problem *patch(struct scim_call *call)
{
	struct request *request = call->request;
	struct finding *finding =
	    arena_alloc(&request->arena, sizeof(*finding));
	struct scim_fault fault = {0};

	finding->call = call;
	if (scim_patch_group(
		call->body, &request->arena, &finding->change, &fault) < 0)
		return scim_problem(request, &fault);
	if (finding->change.removed_where_count == 0)
		return submit_write(call, &finding->change);
	return find_members(finding);
}

static const struct problem *submit_read(struct scim_call *call)
{
	struct transaction *transaction =
	    answer_begin(call->request, scim_call_answered, call);

	call->result_at = add_read(call, transaction, NULL);
	return request_submit(call->request, transaction);
}

const struct problem *scim_group_run(struct scim_call *call)
{
	switch (call->action) {
	case SCIM_READ:
		return submit_read(call);
	case SCIM_PATCH:
		return patch(call);
	case SCIM_DELETE:
		return scim_call_delete(call, "scim_delete_group");
	case SCIM_CREATE:
	case SCIM_REPLACE:
	default:
		return write_body(call);
	}
}
