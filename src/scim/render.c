#include <stdlib.h>
#include <string.h>

#include "scim/call.h"
#include "hefboom/operation.h"
#include "hefboom/shape.h"

const char *scim_location(
    struct request *request, const struct scim_kind *kind, const char *id)
{
	return arena_format(&request->arena, "%s/scim/v2/%s/%s",
	    request_base_url(request), kind->endpoint, id);
}

const char *scim_parameter(const struct request *request, const char *name)
{
	const struct operation *operation = request->operation;

	for (int i = 0; i < operation->parameter_count; i++)
		if (operation->parameters[i].place == IN_QUERY &&
		    strcmp(operation->parameters[i].name, name) == 0)
			return request->parameters[i];
	return NULL;
}

static bool is_true(const char *text)
{
	return text != NULL && text[0] == 't';
}

static void add_schemas(struct buf *out, const struct scim_kind *kind,
    const struct pg_result *result, int row)
{
	buf_add_string(out, "{\"schemas\":[");
	buf_add_json_string(out, kind->schema);
	if (kind->extension != NULL &&
	    is_true(shape_value(result, row, "is_extended"))) {
		buf_add_char(out, ',');
		buf_add_json_string(out, kind->extension);
	}
	buf_add_char(out, ']');
}

static void add_text(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_add_format(out, ",\"%s\":", name);
	buf_add_json_string(out, value);
}

/* The members of an object, without its braces. */
static void add_members(struct buf *out, const char *object)
{
	size_t length = strlen(object);

	if (length <= 2)
		return;
	buf_add_char(out, ',');
	buf_add(out, object + 1, length - 2);
}

static void add_array(struct buf *out, const char *name, const char *array)
{
	if (array != NULL)
		buf_add_format(out, ",\"%s\":%s", name, array);
}

static void add_meta(struct buf *out, struct request *request,
    const struct scim_kind *kind, const struct pg_result *result, int row)
{
	buf_add_string(out, ",\"meta\":{\"resourceType\":");
	buf_add_json_string(out, kind->name);
	buf_add_string(out, ",\"created\":");
	shape_time(out, shape_value(result, row, "created_at"));
	buf_add_string(out, ",\"lastModified\":");
	shape_time(out, shape_value(result, row, "updated_at"));
	buf_add_string(out, ",\"location\":");
	buf_add_json_string(
	    out, scim_location(request, kind, shape_value(result, row, "id")));
	buf_add_format(out, ",\"version\":\"W/\\\"%s\\\"\"}}",
	    shape_value(result, row, "version"));
}

static void project(struct buf *out, size_t from, const struct scim_kind *kind,
    const struct scim_projection *projection)
{
	json_t *resource = json_loadb(
	    out->bytes + from, out->length - from, JSON_ALLOW_NUL, NULL);
	char *text;

	resource = scim_project(projection, kind, resource);
	text = json_dumps(resource, JSON_COMPACT);
	out->length = from;
	buf_add_string(out, text);
	free(text);
	json_decref(resource);
}

void scim_render(struct buf *out, struct request *request,
    const struct scim_kind *kind, const struct pg_result *result, int row,
    const struct scim_projection *projection)
{
	size_t from = out->length;

	add_schemas(out, kind, result, row);
	add_text(out, "id", shape_value(result, row, "id"));
	add_text(out, "externalId", shape_value(result, row, "external_id"));
	if (kind == &scim_user) {
		add_members(out, shape_value(result, row, "output"));
		add_array(out, "groups", shape_value(result, row, "groups"));
	} else {
		add_text(out, "displayName",
		    shape_value(result, row, "display_name"));
		add_array(out, "members", shape_value(result, row, "members"));
	}
	add_meta(out, request, kind, result, row);
	if (projection != NULL)
		project(out, from, kind, projection);
}
