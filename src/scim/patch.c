#include "hefboom/scim_patch.h"

#include <strings.h>

#include "scim/patch.h"

#define PATCH_OP "urn:ietf:params:scim:api:messages:2.0:PatchOp"

/* One operation on its way to changes. */
struct step {
	const struct scim_reading *reading;
	enum scim_verb verb;
	scim_change_fn *apply;
	void *context;
};

static const char *path_find(const struct scim_reading *reading,
    const json_t *text, struct scim_path *path)
{
	const char *bytes = json_string_value(text);
	const char *why = "there is no such attribute";
	size_t length = json_string_length(text);
	struct scim_key key;

	*path = (struct scim_path){0};
	if (memchr(bytes, '[', length) != NULL) {
		if (scim_path_read(bytes, length, reading->kind, reading->arena,
			path, &why) < 0)
			return why;
		return NULL;
	}
	if (!scim_key_find(reading->kind, bytes, length, &key))
		return why;
	path->attribute = key.attribute;
	path->part = key.part;
	path->is_extension = key.is_extension;
	path->is_whole_extension = key.attribute == NULL && key.is_extension;
	return NULL;
}

static bool is_read_only(const struct scim_path *path)
{
	return path->attribute->mutability == SCIM_READ_ONLY ||
	    (path->part != NULL && path->part->mutability == SCIM_READ_ONLY);
}

static bool change_apply(
    const struct step *step, const struct scim_path *path, const json_t *value)
{
	struct scim_change change = {step->verb, *path, value};

	return step->apply(step->reading, &change, step->context);
}

static bool members_apply(
    const struct step *step, const json_t *value, bool is_extension);

/* Also an extension's object within the value; unknown names are ignored. */
static bool member_apply(const struct step *step, const char *name,
    const json_t *value, bool is_extension)
{
	json_t *text = json_string(name);
	struct scim_path path;
	bool is_known = path_find(step->reading, text, &path) == NULL;

	json_decref(text);
	if (!is_known || (is_extension && !path.is_extension))
		return true;
	if (path.is_whole_extension && !is_extension)
		return members_apply(step, value, true);
	if (path.attribute == NULL || is_read_only(&path))
		return true;
	return change_apply(step, &path, value);
}

static bool members_apply(
    const struct step *step, const json_t *value, bool is_extension)
{
	const char *name;
	json_t *member;

	if (is_extension && json_is_null(value))
		return true;
	if (!json_is_object(value))
		return scim_refuse(step->reading, "scim_invalid_value",
		    "%s: must be an object",
		    is_extension ? step->reading->kind->extension : "value");
	json_object_foreach((json_t *)value, name, member)
	{
		if (!member_apply(step, name, member, is_extension))
			return false;
	}
	return true;
}

/* A schema's URN alone is a path, too. */
static bool schema_apply(
    const struct step *step, const struct scim_path *path, const json_t *value)
{
	if (path->is_whole_extension &&
	    (step->verb == SCIM_REMOVE ||
		(step->verb == SCIM_REPLACE && json_is_null(value))))
		return change_apply(step, path, NULL);
	if (step->verb == SCIM_REMOVE)
		return scim_refuse(step->reading, "scim_no_target",
		    "remove: needs the path of an attribute");
	return members_apply(step, value, path->is_whole_extension);
}

static bool operation_apply(
    const struct step *step, const json_t *text, const json_t *value)
{
	struct scim_path path;
	const char *why;

	if (step->verb != SCIM_REMOVE && value == NULL)
		return scim_refuse(
		    step->reading, "scim_invalid_value", "value: is missing");
	if (text == NULL || json_is_null(text) ||
	    (json_is_string(text) && json_string_length(text) == 0)) {
		if (step->verb == SCIM_REMOVE)
			return scim_refuse(step->reading, "scim_no_target",
			    "remove: needs a path");
		return members_apply(step, value, false);
	}
	if (!json_is_string(text))
		return scim_refuse(step->reading, "scim_invalid_path",
		    "path: must be a string");
	why = path_find(step->reading, text, &path);
	if (why != NULL)
		return scim_refuse(step->reading, "scim_invalid_path",
		    "%.200s: %s", json_string_value(text), why);
	if (path.attribute == NULL)
		return schema_apply(step, &path, value);
	if (is_read_only(&path))
		return scim_refuse(step->reading, "scim_mutability",
		    "%.200s: is read-only", json_string_value(text));
	return change_apply(step, &path, value);
}

static bool verb_read(const json_t *op, enum scim_verb *verb)
{
	static const char *const names[] = {
	    [SCIM_ADD] = "add",
	    [SCIM_REPLACE] = "replace",
	    [SCIM_REMOVE] = "remove",
	};
	const char *text = json_string_value(op);

	for (int i = 0; text != NULL && i < 3; i++) {
		if (strcasecmp(text, names[i]) == 0) {
			*verb = (enum scim_verb)i;
			return true;
		}
	}
	return false;
}

bool scim_patch_walk(const struct scim_reading *reading, const json_t *body,
    scim_change_fn *apply, void *context)
{
	struct step step = {reading, SCIM_ADD, apply, context};
	const json_t *operations = scim_member(body, "Operations"), *one;
	size_t i;

	if (!json_is_object(body))
		return scim_refuse(reading, "scim_invalid_syntax",
		    "the body must be an object");
	if (!scim_schemas_check(reading, body, PATCH_OP))
		return false;
	if (json_array_size(operations) == 0)
		return scim_refuse(reading, "scim_invalid_syntax",
		    "Operations: must be an array that is not empty");
	if (reading->kind == &scim_user &&
	    json_array_size(operations) > SCIM_USER_OPERATIONS_MAX)
		return scim_refuse(reading, "scim_too_many",
		    "Operations: more than %d", SCIM_USER_OPERATIONS_MAX);
	json_array_foreach(operations, i, one)
	{
		if (!verb_read(scim_member(one, "op"), &step.verb))
			return scim_refuse(reading, "scim_invalid_syntax",
			    "Operations: op must be add, replace or remove");
		if (!operation_apply(&step, scim_member(one, "path"),
			scim_member(one, "value")))
			return false;
	}
	return true;
}

const json_t *scim_unwrap(
    const struct scim_attribute *attribute, const json_t *value)
{
	const json_t *inner;

	if (!json_is_array(value) || json_array_size(value) > 1)
		return value;
	inner = json_array_get(value, 0);
	if (attribute->type != SCIM_COMPLEX && json_is_object(inner))
		inner = scim_member(inner, "value");
	return inner;
}
