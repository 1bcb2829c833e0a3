#include "hefboom/scim_projection.h"

#include <strings.h>

#include "scim/reading.h"

struct choice {
	struct scim_key key;
	const struct choice *next;
};

struct scim_projection {
	const struct scim_kind *kind;
	const struct choice *choices;
	bool is_exclusion;
};

enum fate { KEEP, DROP, SOME_PARTS };

static bool is_chosen(
    const struct scim_projection *projection, const struct scim_key *key)
{
	const struct choice *choice;

	for (choice = projection->choices; choice != NULL;
	     choice = choice->next) {
		if (choice->key.attribute == key->attribute &&
		    choice->key.part == key->part &&
		    choice->key.is_extension == key->is_extension)
			return true;
	}
	return false;
}

static void choices_read(
    struct scim_projection *projection, const char *text, struct arena *arena)
{
	struct choice *choice;
	struct scim_key key;
	size_t length, name;

	for (;; text += length + 1) {
		text += strspn(text, " ");
		length = strcspn(text, ",");
		/* Entra asks for emails[type eq "work"]: all of them. */
		name = strcspn(text, ",[");
		while (name > 0 && text[name - 1] == ' ')
			name--;
		if (scim_key_find(projection->kind, text, name, &key) &&
		    !is_chosen(projection, &key)) {
			choice = arena_alloc(arena, sizeof(*choice));
			choice->key = key;
			choice->next = projection->choices;
			projection->choices = choice;
		}
		if (text[length] == '\0')
			return;
	}
}

const struct scim_projection *scim_projection_read(const struct scim_kind *kind,
    const char *attributes, const char *excluded, struct arena *arena,
    struct scim_fault *fault)
{
	struct scim_projection *projection;
	const char *text = attributes;

	*fault = (struct scim_fault){0};
	if (text == NULL || *text == '\0')
		text = excluded;
	if (text == NULL || *text == '\0')
		return NULL;
	projection = arena_alloc(arena, sizeof(*projection));
	projection->kind = kind;
	projection->is_exclusion = text != attributes;
	choices_read(projection, text, arena);
	return projection;
}

/* A URN alone chooses what its schema lists, and not what all share. */
static enum fate fate_of(
    const struct scim_projection *projection, const struct scim_key *key)
{
	bool is_exclusion = projection->is_exclusion, has_parts = false;
	bool is_shared = !key->is_extension &&
	    scim_attribute_find(scim_shared, key->attribute->name,
		strlen(key->attribute->name)) != NULL;
	const struct choice *choice;

	if (key->attribute->returned == SCIM_ALWAYS)
		return KEEP;
	for (choice = projection->choices; choice != NULL;
	     choice = choice->next) {
		bool is_whole = choice->key.attribute == NULL
		    ? !is_shared &&
			choice->key.is_extension == key->is_extension
		    : choice->key.attribute == key->attribute &&
			choice->key.part == NULL;

		if (is_whole)
			return is_exclusion ? DROP : KEEP;
		if (choice->key.attribute == key->attribute)
			has_parts = true;
	}
	if (has_parts)
		return SOME_PARTS;
	return is_exclusion ? KEEP : DROP;
}

bool scim_projection_wants(
    const struct scim_projection *projection, const char *attribute)
{
	struct scim_key key;

	return projection == NULL ||
	    (scim_key_find(
		 projection->kind, attribute, strlen(attribute), &key) &&
		key.attribute != NULL && fate_of(projection, &key) != DROP);
}

static void parts_project(const struct scim_projection *projection,
    struct scim_key key, json_t *object)
{
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(object, next, name, value)
	{
		key.part = scim_attribute_find(
		    key.attribute->parts, name, strlen(name));
		if (is_chosen(projection, &key) == projection->is_exclusion)
			json_object_del(object, name);
	}
}

/* False: nothing is left. */
static bool value_project(const struct scim_projection *projection,
    const struct scim_key *key, json_t *value)
{
	size_t at = 0;
	json_t *element;

	if (json_is_object(value)) {
		parts_project(projection, *key, value);
		return json_object_size(value) > 0;
	}
	while ((element = json_array_get(value, at)) != NULL) {
		parts_project(projection, *key, element);
		if (json_object_size(element) == 0)
			json_array_remove(value, at);
		else
			at++;
	}
	return json_array_size(value) > 0;
}

static void extension_project(
    const struct scim_projection *projection, json_t *object)
{
	struct scim_key key = {NULL, NULL, true};
	const char *name;
	json_t *value;
	enum fate fate;
	void *next;

	json_object_foreach_safe(object, next, name, value)
	{
		key.attribute = scim_attribute_find(
		    projection->kind->extension_attributes, name, strlen(name));
		if (key.attribute == NULL)
			continue;
		fate = fate_of(projection, &key);
		if (fate == DROP ||
		    (fate == SOME_PARTS &&
			!value_project(projection, &key, value)))
			json_object_del(object, name);
	}
}

json_t *scim_project(const struct scim_projection *projection,
    const struct scim_kind *kind, json_t *resource)
{
	struct scim_key key;
	const char *name;
	json_t *value;
	enum fate fate;
	void *next;

	if (projection == NULL)
		return resource;
	json_object_foreach_safe(resource, next, name, value)
	{
		if (!scim_key_find(kind, name, strlen(name), &key))
			continue; /* schemas */
		if (key.attribute == NULL) {
			extension_project(projection, value);
			if (json_object_size(value) == 0)
				json_object_del(resource, name);
			continue;
		}
		fate = fate_of(projection, &key);
		if (fate == DROP ||
		    (fate == SOME_PARTS &&
			!value_project(projection, &key, value)))
			json_object_del(resource, name);
	}
	return resource;
}
