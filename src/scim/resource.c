#include "scim/reading.h"

/* Objects in which the attributes are found: their names, and where to. */
struct target {
	const struct scim_reading *reading;
	json_t *document;
};

static json_t *home_of(const struct target *target, const struct scim_key *key)
{
	const char *urn = target->reading->kind->extension;
	json_t *home;

	if (!key->is_extension)
		return target->document;
	home = json_object_get(target->document, urn);
	if (home == NULL) {
		json_object_set_new(target->document, urn, json_object());
		home = json_object_get(target->document, urn);
	}
	return home;
}

/* Single complex attributes may come in several pieces. */
static void value_put(
    const struct target *target, const struct scim_key *key, json_t *value)
{
	const char *name = key->attribute->name;
	json_t *home = home_of(target, key), *before;

	before = json_object_get(home, name);
	if (json_is_object(before) && json_is_object(value)) {
		json_object_update(before, value);
		json_decref(value);
	} else {
		json_object_set_new(home, name, value);
	}
}

static bool value_take(const struct target *target, const struct scim_key *key,
    const json_t *given)
{
	const struct scim_reading *reading = target->reading;
	struct scim_place place = {key->attribute, key->part};
	json_t *value;

	if (key->attribute->mutability == SCIM_READ_ONLY)
		return true;
	if (key->part == NULL) {
		if (!scim_value_read(reading, key->attribute, given, &value))
			return false;
		if (value != NULL)
			value_put(target, key, value);
		return true;
	}
	if (key->attribute->multi_valued ||
	    key->part->mutability == SCIM_READ_ONLY)
		return true;
	if (!scim_simple_read(reading, place, given, &value))
		return false;
	if (value != NULL)
		value_put(
		    target, key, json_pack("{s:o}", key->part->name, value));
	return true;
}

/* The extension's object: names without a URN are its own. */
static bool extension_take(const struct target *target, const json_t *given)
{
	const struct scim_kind *kind = target->reading->kind;
	struct scim_key key;
	const char *name;
	json_t *value;

	if (json_is_null(given))
		return true;
	if (!json_is_object(given))
		return scim_refuse(target->reading, "scim_invalid_value",
		    "%s: must be an object", kind->extension);
	json_object_foreach((json_t *)given, name, value)
	{
		if (scim_key_find(kind, name, strlen(name), &key) &&
		    key.is_extension && key.attribute != NULL &&
		    !value_take(target, &key, value))
			return false;
	}
	return true;
}

static bool body_take(const struct target *target, const json_t *body)
{
	const struct scim_kind *kind = target->reading->kind;
	struct scim_key key;
	const char *name;
	json_t *value;
	bool fine = true;

	json_object_foreach((json_t *)body, name, value)
	{
		if (!scim_key_find(kind, name, strlen(name), &key))
			continue;
		if (key.attribute != NULL)
			fine = value_take(target, &key, value);
		else if (key.is_extension)
			fine = extension_take(target, value);
		if (!fine)
			return false;
	}
	return true;
}

bool scim_document_check(
    const struct scim_reading *reading, const json_t *document)
{
	const struct scim_attribute *attribute;

	for (attribute = reading->kind->attributes; attribute->name != NULL;
	     attribute++) {
		if (attribute->required &&
		    json_object_get(document, attribute->name) == NULL)
			return scim_refuse(reading, "scim_invalid_value",
			    "%s: is required", attribute->name);
	}
	if (reading->kind == &scim_user &&
	    json_dumpb(document, NULL, 0, JSON_COMPACT) > SCIM_DOCUMENT_MAX)
		return scim_refuse(reading, "scim_invalid_value",
		    "the user has more than %d bytes", SCIM_DOCUMENT_MAX);
	return true;
}

json_t *scim_resource_read(const struct scim_kind *kind, const json_t *body,
    struct arena *arena, struct scim_fault *fault)
{
	struct scim_reading reading = {kind, arena, fault, NULL};
	struct target target = {&reading, NULL};

	*fault = (struct scim_fault){0};
	if (!json_is_object(body)) {
		scim_refuse(&reading, "scim_invalid_syntax",
		    "the body must be an object");
		return NULL;
	}
	if (!scim_schemas_check(&reading, body, kind->schema))
		return NULL;
	target.document = json_object();
	if (!body_take(&target, body) ||
	    !scim_document_check(&reading, target.document)) {
		json_decref(target.document);
		return NULL;
	}
	return target.document;
}
