#include "scim/page.h"

#include <stdlib.h>
#include <string.h>

#include "scim/call.h"
#include "scim/reading.h"
#include "hefboom/answer.h"
#include "hefboom/arguments.h"
#include "hefboom/reply.h"
#include "hefboom/scim_filter.h"
#include "hefboom/shape.h"
#include "hefboom/text.h"
#include "hefboom/transaction.h"

enum { OID_BIGINT = 20, OID_TEXT = 25, OID_UUID = 2950, BOUND = 3, KINDS = 2 };

struct part {
	const struct scim_kind *kind;
	const struct scim_filter *filter; /* NULL: everything */
	const struct scim_projection *projection;
};

struct list {
	struct request *request;
	struct part parts[KINDS];
	unsigned count, at;
	long long first; /* startIndex */
	long long offset; /* still to be passed over */
	long long wanted;
	long long total, shown;
	struct buf resources;
};

typedef const struct scim_filter *filter_fn(const char *text, size_t length,
    const struct scim_kind *kind, struct arena *arena, const char **why);

/* What is asked, as text or NULL. */
struct question {
	const char *filter, *attributes, *excluded;
	const char *start_index, *count;
	filter_fn *read;
};

static const struct problem *ask(struct list *list);

static void add_columns(struct buf *sql, const struct part *part)
{
	bool both = part->projection == NULL;

	if (part->kind == &scim_user)
		buf_add_format(sql,
		    "u.id, u.external_id, u.output::text as output,"
		    " u.document ? '%s' as is_extended, %s as groups",
		    part->kind->extension,
		    both || scim_projection_wants(part->projection, "groups")
			? "u.groups"
			: "null::json");
	else
		buf_add_format(sql,
		    "u.id, u.external_id, u.display_name, %s as members",
		    both || scim_projection_wants(part->projection, "members")
			? "u.members"
			: "null::text");
	buf_add_string(sql, ", u.created_at, u.updated_at, u.version");
}

/* A group's external id: found by its indexes, which the view hides. */
static bool add_external_id(
    struct buf *sql, const struct part *part, struct scim_values *values)
{
	const struct scim_attribute *attribute;
	const char *value;

	if (!scim_filter_is_equal(part->filter, &attribute, &value) ||
	    attribute != scim_attribute_find(scim_shared, "externalId", 10))
		return false;
	values->at[values->count++] = value;
	buf_add_format(sql,
	    "u.id in (select s.team_id from scim_team s where s.org_id = $1"
	    " and s.external_id = $%u union all"
	    " select o.id from team o where o.org_id = $1"
	    " and o.external_id = $%u and not exists (select from scim_team s"
	    " where s.org_id = $1 and s.team_id = o.id))",
	    values->first, values->first);
	return true;
}

static void add_source(struct buf *sql, const struct part *part,
    struct scim_values *values, struct arena *arena)
{
	buf_add_format(sql,
	    "with found as materialized (select u.id from %s u"
	    " where u.org_id = $1",
	    part->kind->view);
	if (part->filter != NULL) {
		buf_add_string(sql, " and ");
		if (!add_external_id(sql, part, values))
			scim_filter_sql(part->filter, sql, values, arena);
	}
	buf_add_string(sql,
	    "), total as (select count(*) as total from found),"
	    " page as (select id from found order by id offset $2 limit $3)");
}

static const struct text *text_of(
    struct list *list, const struct part *part, const char *const **bound)
{
	struct arena *arena = &list->request->arena;
	struct scim_values values = {.first = BOUND + 1};
	struct text *text = arena_alloc(arena, sizeof(*text));
	struct buf sql = {0};
	const char **all;
	uint32_t *types;

	add_source(&sql, part, &values, arena);
	buf_add_string(&sql, " select t.total, ");
	add_columns(&sql, part);
	buf_add_format(&sql,
	    " from total t left join (page join %s u on u.org_id = $1"
	    " and u.id = page.id) on true order by u.id",
	    part->kind->view);
	all = arena_alloc(arena, sizeof(*all) * (BOUND + values.count));
	types = arena_alloc(arena, sizeof(*types) * (BOUND + values.count));
	all[0] = list->request->org_id;
	all[1] = arena_format(arena, "%lld", list->offset);
	all[2] = arena_format(arena, "%lld", list->wanted - list->shown);
	types[0] = OID_UUID;
	types[1] = types[2] = OID_BIGINT;
	for (unsigned i = 0; i < values.count; i++) {
		all[BOUND + i] = values.at[i];
		types[BOUND + i] = OID_TEXT;
	}
	text->sql = arena_copy(arena, sql.bytes, sql.length);
	text->types = types;
	text->count = (int)(BOUND + values.count);
	buf_release(&sql);
	*bound = all;
	return text;
}

static void reply(struct list *list)
{
	struct buf body = {0};
	struct content content = {.type = "application/scim+json"};
	struct request *request = list->request;

	buf_add_format(&body,
	    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:"
	    "ListResponse\"],\"totalResults\":%lld,\"startIndex\":%lld,"
	    "\"itemsPerPage\":%lld,\"Resources\":[",
	    list->total, list->first, list->shown);
	buf_add(&body, list->resources.bytes, list->resources.length);
	buf_add_string(&body, "]}");
	content.bytes = body.bytes;
	content.length = body.length;
	reply_content(request, &content);
	buf_release(&body);
}

static const struct problem *take_rows(
    struct list *list, const struct pg_result *result)
{
	const struct part *part = &list->parts[list->at];
	long long total = strtoll(shape_value(result, 0, "total"), NULL, 10);

	for (int row = 0; row < shape_count(result); row++) {
		if (shape_value(result, row, "id") == NULL)
			break;
		if (list->shown++ > 0)
			buf_add_char(&list->resources, ',');
		scim_render(&list->resources, list->request, part->kind, result,
		    row, part->projection);
		if (list->resources.length > SCIM_REPLY_MAX)
			return problem_get("scim_too_many");
	}
	list->total += total;
	list->offset = list->offset > total ? list->offset - total : 0;
	return NULL;
}

static void on_rows(void *context, const struct outcome *outcome)
{
	struct list *list = context;
	struct request *request = list->request;
	const struct problem *problem;

	request->transaction = NULL;
	problem = answer_fault(request, outcome);
	if (problem == NULL)
		problem = take_rows(list, outcome->results[1]);
	if (problem == NULL && ++list->at < list->count)
		problem = ask(list);
	if (problem == NULL)
		reply(list);
	else if (problem != &request_waiting)
		reply_problem(request, problem);
}

/* An index finds them, so that they may go among the fast reads. */
static bool is_quick(const struct part *part)
{
	static const char *const names[] = {"userName", "externalId", "id"};
	const struct scim_attribute *attribute;
	const char *value;

	if (part->filter == NULL)
		return true;
	if (!scim_filter_is_equal(part->filter, &attribute, &value))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(attribute->name, names[i]) == 0)
			return true;
	return false;
}

/* What most clients ask is prepared: planning costs ten times the rest. */
static bool add_prepared(struct list *list, struct transaction *transaction)
{
	const struct part *part = &list->parts[list->at];
	struct arena *arena = &list->request->arena;
	const struct scim_attribute *attribute = NULL;
	const char *value = NULL;
	bool groups = part->projection == NULL ||
	    scim_projection_wants(part->projection, "groups");
	struct named pairs[] = {{"arg.user_name", NULL},
	    {"arg.external_id", NULL},
	    {"arg.groups", groups ? "true" : "false"},
	    {"arg.offset", arena_format(arena, "%lld", list->offset)},
	    {"arg.limit",
		arena_format(arena, "%lld", list->wanted - list->shown)},
	    {NULL, NULL}};

	if (part->kind != &scim_user ||
	    (part->filter != NULL &&
		!scim_filter_is_equal(part->filter, &attribute, &value)))
		return false;
	if (value != NULL && strcmp(attribute->name, "userName") == 0)
		pairs[0].value = value;
	else if (value != NULL && strcmp(attribute->name, "externalId") == 0)
		pairs[1].value = value;
	else if (value != NULL)
		return false;
	answer_add(list->request, transaction,
	    part->filter == NULL ? "scim_page_users" : "scim_find_users",
	    pairs);
	return true;
}

static const struct problem *ask(struct list *list)
{
	struct transaction *transaction =
	    answer_begin(list->request, on_rows, list);
	const char *const *bound;
	const struct text *text;

	transaction->reads_only = true;
	if (!is_quick(&list->parts[list->at]))
		transaction->lane = LANE_SLOW;
	if (!add_prepared(list, transaction)) {
		text = text_of(list, &list->parts[list->at], &bound);
		answer_add_text(transaction, text, bound);
	}
	return request_submit(list->request, transaction);
}

/* RFC 7644, table 6: what is below one counts as one, a negative count as 0. */
static long long number_of(
    const char *text, long long missing, long long least, long long most)
{
	long long number = text == NULL ? missing : strtoll(text, NULL, 10);

	if (number < least)
		return least;
	return number > most ? most : number;
}

static void release(void *buf)
{
	buf_release(buf);
}

static const struct problem *take_part(struct list *list,
    const struct scim_kind *kind, const struct question *question)
{
	struct request *request = list->request;
	struct part *part = &list->parts[list->count];
	struct scim_fault fault = {.code = "scim_invalid_filter"};

	part->kind = kind;
	if (question->filter != NULL) {
		part->filter =
		    question->read(question->filter, strlen(question->filter),
			kind, &request->arena, &fault.detail);
		if (part->filter == NULL)
			return scim_problem(request, &fault);
	}
	fault = (struct scim_fault){0};
	part->projection = scim_projection_read(kind, question->attributes,
	    question->excluded, &request->arena, &fault);
	list->count++;
	return fault.code == NULL ? NULL : scim_problem(request, &fault);
}

static const struct problem *begin(struct request *request,
    const struct scim_kind *kind, struct question *question)
{
	struct list *list = arena_alloc(&request->arena, sizeof(*list));
	const struct problem *problem = NULL;

	question->read = kind == NULL ? scim_filter_read_any : scim_filter_read;
	list->request = request;
	arena_defer(&request->arena, release, &list->resources);
	/* As far as SQL can add to it. */
	list->first = number_of(question->start_index, 1, 1, INT64_MAX / 2);
	list->offset = list->first - 1;
	list->wanted =
	    number_of(question->count, SCIM_COUNT, 0, SCIM_COUNT_MAX);
	if (kind != &scim_group)
		problem = take_part(list, &scim_user, question);
	if (problem == NULL && kind != &scim_user)
		problem = take_part(list, &scim_group, question);
	return problem == NULL ? ask(list) : problem;
}

const struct problem *scim_page(
    struct request *request, const struct scim_kind *kind)
{
	struct question question = {.filter = scim_parameter(request, "filter"),
	    .attributes = scim_parameter(request, "attributes"),
	    .excluded = scim_parameter(request, "excludedAttributes"),
	    .start_index = scim_parameter(request, "startIndex"),
	    .count = scim_parameter(request, "count")};

	return begin(request, kind, &question);
}

/* ["a", "b"] as "a,b"; a string stays one. */
static const char *names_of(struct request *request, const char *name)
{
	const json_t *value = scim_member(request->json, name);
	struct buf text = {0};
	const char *copy;
	size_t index;
	json_t *one;

	if (json_is_string(value))
		return json_string_value(value);
	if (!json_is_array(value))
		return NULL;
	json_array_foreach((json_t *)(uintptr_t)value, index, one)
	{
		if (index > 0)
			buf_add_char(&text, ',');
		buf_add_string(
		    &text, json_is_string(one) ? json_string_value(one) : "");
	}
	copy = arena_copy(
	    &request->arena, text.bytes == NULL ? "" : text.bytes, text.length);
	buf_release(&text);
	return copy;
}

static const char *number_text(struct request *request, const char *name)
{
	const json_t *value = scim_member(request->json, name);

	if (json_is_string(value))
		return json_string_value(value);
	if (!json_is_integer(value))
		return NULL;
	return arena_format(
	    &request->arena, "%lld", (long long)json_integer_value(value));
}

const struct problem *scim_page_search(
    struct request *request, const struct scim_kind *kind)
{
	struct question question = {
	    .filter = json_string_value(scim_member(request->json, "filter")),
	    .attributes = names_of(request, "attributes"),
	    .excluded = names_of(request, "excludedAttributes"),
	    .start_index = number_text(request, "startIndex"),
	    .count = number_text(request, "count")};

	return begin(request, kind, &question);
}
