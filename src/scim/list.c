#include "scim/reading.h"

#include <ctype.h>
#include <strings.h>

#include "hefboom/buf.h"

bool scim_elements_read(const struct scim_reading *reading,
    const struct scim_attribute *attribute, const json_t *value, json_t *list)
{
	json_t *given, *element;
	size_t i;

	if (!json_is_array(value)) {
		if (!scim_complex_read(reading, attribute, value, &element))
			return false;
		if (element != NULL)
			json_array_append_new(list, element);
		return true;
	}
	if (json_array_size(value) > SCIM_VALUES_MAX)
		return scim_refuse(reading, "scim_invalid_value",
		    "%s: has more than %d values", attribute->name,
		    SCIM_VALUES_MAX);
	json_array_foreach(value, i, given)
	{
		if (!scim_complex_read(reading, attribute, given, &element))
			return false;
		if (element != NULL)
			json_array_append_new(list, element);
	}
	return true;
}

/*
 * What makes an element the same as another: type and value; of addresses,
 * everything but `primary`.  False: nothing is the same as this one.
 */
static bool key_write(const struct scim_attribute *attribute,
    const json_t *element, struct buf *key)
{
	const struct scim_attribute *part;
	const char *text;
	size_t start;
	bool has_value =
	    scim_attribute_find(attribute->parts, "value", 5) != NULL;

	buf_clear(key);
	for (part = attribute->parts; part->name != NULL; part++) {
		bool is_type = strcmp(part->name, "type") == 0;
		bool is_value = strcmp(part->name, "value") == 0;

		text = json_string_value(json_object_get(element, part->name));
		if (is_value && text == NULL)
			return false;
		if (has_value && !is_type && !is_value)
			continue;
		start = key->length;
		buf_add_json_string(key, text == NULL ? "" : text);
		for (size_t i = start; is_type && i < key->length; i++)
			key->bytes[i] =
			    (char)tolower((unsigned char)key->bytes[i]);
	}
	return true;
}

/* Nothing but what kind of value it would be. */
static bool is_hollow(const json_t *element)
{
	size_t marks = json_object_get(element, "type") == NULL ? 0 : 1;

	if (json_object_get(element, "primary") != NULL)
		marks++;
	return json_object_size(element) == marks;
}

/* The first of two stays, and learns what only the second said. */
static bool is_repeated(const struct scim_attribute *attribute, json_t *element,
    json_t *seen, struct buf *key)
{
	json_t *before;

	if (!key_write(attribute, element, key))
		return false;
	before = json_object_get(seen, key->bytes);
	if (before == NULL) {
		json_object_set(seen, key->bytes, element);
		return false;
	}
	if (json_is_true(json_object_get(element, "primary")))
		json_object_set_new(before, "primary", json_true());
	json_object_update_missing(before, element);
	return true;
}

bool scim_list_tidy(const struct scim_reading *reading,
    const struct scim_attribute *attribute, json_t *list)
{
	json_t *seen = json_object(), *element;
	size_t at = 0, primaries = 0;
	struct buf key = {0};

	while ((element = json_array_get(list, at)) != NULL) {
		if (is_hollow(element) ||
		    is_repeated(attribute, element, seen, &key))
			json_array_remove(list, at);
		else
			at++;
	}
	buf_release(&key);
	json_decref(seen);
	json_array_foreach(list, at, element)
	{
		if (json_is_true(json_object_get(element, "primary")))
			primaries++;
	}
	if (primaries > 1)
		return scim_refuse(reading, "scim_invalid_value",
		    "%s: more than one value is primary", attribute->name);
	if (json_array_size(list) > SCIM_VALUES_MAX)
		return scim_refuse(reading, "scim_invalid_value",
		    "%s: has more than %d values", attribute->name,
		    SCIM_VALUES_MAX);
	return true;
}

/* What has an immutable value names resources of ours, in any number. */
static bool is_reference(const struct scim_attribute *attribute)
{
	const struct scim_attribute *value =
	    scim_attribute_find(attribute->parts, "value", 5);

	return value != NULL && value->mutability == SCIM_IMMUTABLE;
}

struct members {
	json_t *seen;
	json_t *list;
};

static void member_append(void *context, const char *id)
{
	const struct members *members = context;
	json_t *member;

	if (json_object_get(members->seen, id) != NULL)
		return;
	json_object_set_new_nocheck(members->seen, id, json_true());
	member = json_object();
	json_object_set_new_nocheck(member, "value", json_string_nocheck(id));
	json_array_append_new(members->list, member);
}

static bool members_list(
    const struct scim_reading *reading, const json_t *value, json_t *list)
{
	struct members members = {json_object(), list};
	bool fine =
	    scim_members_read(reading, value, false, member_append, &members);

	json_decref(members.seen);
	return fine;
}

bool scim_list_read(const struct scim_reading *reading,
    const struct scim_attribute *attribute, const json_t *value, json_t **out)
{
	json_t *list = json_array();
	bool fine;

	if (is_reference(attribute))
		fine = members_list(reading, value, list);
	else
		fine = scim_elements_read(reading, attribute, value, list) &&
		    scim_list_tidy(reading, attribute, list);
	*out = NULL;
	if (fine && json_array_size(list) > 0)
		*out = json_incref(list);
	json_decref(list);
	return fine;
}
