#include "hefboom/scim_patch.h"

#include "scim/patch.h"

static bool is_required(
    const struct scim_reading *reading, const struct scim_change *change)
{
	bool required = change->path.attribute->required;

	if (!required)
		return false;
	scim_refuse(reading,
	    change->verb == SCIM_REMOVE ? "scim_mutability"
					: "scim_invalid_value",
	    "%s: is required", change->path.attribute->name);
	return true;
}

/* NULL takes it away. */
static void member_set(json_t *object, const char *name, json_t *value)
{
	if (value == NULL)
		json_object_del(object, name);
	else
		json_object_set_new(object, name, value);
}

static bool simple_apply(const struct scim_reading *reading,
    const struct scim_change *change, json_t *home)
{
	const struct scim_attribute *attribute = change->path.attribute;
	const json_t *given = scim_unwrap(attribute, change->value);
	json_t *value = NULL;

	if (change->verb != SCIM_REMOVE && given != NULL &&
	    !scim_simple_read(
		reading, (struct scim_place){NULL, attribute}, given, &value))
		return false;
	if (value == NULL && is_required(reading, change))
		return false;
	member_set(home, attribute->name, value);
	return true;
}

static bool part_apply(const struct scim_reading *reading,
    const struct scim_change *change, json_t *object)
{
	struct scim_place place = {change->path.attribute, change->path.part};
	const json_t *given = scim_unwrap(place.attribute, change->value);
	json_t *value = NULL;

	if (change->verb != SCIM_REMOVE && given != NULL &&
	    !scim_simple_read(reading, place, given, &value))
		return false;
	member_set(object, place.attribute->name, value);
	return true;
}

/* Only what is named changes (RFC 7644, 3.5.2.3). */
static bool parts_merge(const struct scim_reading *reading,
    const struct scim_attribute *attribute, const json_t *given, json_t *object)
{
	struct scim_place place = {attribute, NULL};
	const char *name;
	json_t *member, *value;

	json_object_foreach((json_t *)given, name, member)
	{
		place.attribute =
		    scim_attribute_find(attribute->parts, name, strlen(name));
		if (place.attribute == NULL ||
		    place.attribute->mutability == SCIM_READ_ONLY)
			continue;
		if (!scim_simple_read(reading, place, member, &value))
			return false;
		member_set(object, place.attribute->name, value);
	}
	return true;
}

static bool complex_apply(const struct scim_reading *reading,
    const struct scim_change *change, json_t *object)
{
	const struct scim_attribute *attribute = change->path.attribute;
	const json_t *given = scim_unwrap(attribute, change->value);
	json_t *value;

	if (change->path.part != NULL)
		return part_apply(reading, change, object);
	if (change->verb == SCIM_REMOVE || given == NULL ||
	    json_is_null(given)) {
		json_object_clear(object);
		return true;
	}
	if (json_is_object(given))
		return parts_merge(reading, attribute, given, object);
	if (!scim_complex_read(reading, attribute, given, &value))
		return false;
	json_object_clear(object);
	if (value != NULL)
		json_object_update(object, value);
	json_decref(value);
	return true;
}

static json_t *object_within(json_t *home, const char *name)
{
	json_t *object = json_object_get(home, name);

	if (object == NULL) {
		object = json_object();
		json_object_set_new(home, name, object);
	}
	return object;
}

static void drop_empty(json_t *home, const char *name)
{
	json_t *value = json_object_get(home, name);

	if (json_is_object(value) && json_object_size(value) == 0)
		json_object_del(home, name);
}

static bool attribute_apply(const struct scim_reading *reading,
    const struct scim_change *change, json_t *home)
{
	const struct scim_attribute *attribute = change->path.attribute;
	bool fine;

	if (attribute->multi_valued)
		return scim_patch_list(reading, change, home);
	if (attribute->type != SCIM_COMPLEX)
		return simple_apply(reading, change, home);
	fine = complex_apply(
	    reading, change, object_within(home, attribute->name));
	drop_empty(home, attribute->name);
	return fine;
}

static bool user_apply(const struct scim_reading *reading,
    const struct scim_change *change, void *context)
{
	const char *urn = reading->kind->extension;
	json_t *document = context;
	bool fine;

	if (change->path.is_whole_extension) {
		json_object_del(document, urn);
		return true;
	}
	if (!change->path.is_extension)
		return attribute_apply(reading, change, document);
	fine = attribute_apply(reading, change, object_within(document, urn));
	drop_empty(document, urn);
	return fine;
}

int scim_patch_user(json_t *document, const json_t *body, struct arena *arena,
    struct scim_fault *fault)
{
	unsigned visits = SCIM_USER_VISITS_MAX;
	struct scim_reading reading = {&scim_user, arena, fault, &visits};

	*fault = (struct scim_fault){0};
	if (scim_patch_walk(&reading, body, user_apply, document) &&
	    scim_document_check(&reading, document))
		return 0;
	return -1;
}
