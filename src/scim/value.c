#include "scim/reading.h"

#include <strings.h>

#include "hefboom/schema.h"

static bool refuse(const struct scim_reading *reading, struct scim_place place,
    const char *why)
{
	if (place.parent == NULL)
		return scim_refuse(reading, "scim_invalid_value", "%s: %s",
		    place.attribute->name, why);
	return scim_refuse(reading, "scim_invalid_value", "%s.%s: %s",
	    place.parent->name, place.attribute->name, why);
}

static size_t character_count(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* As a name, on each of its lines where it may have several. */
static bool is_plain(const char *text, size_t length, bool lines)
{
	const char *end = text + length;

	while (lines && text < end) {
		size_t line = strcspn(text, "\n\r\t");

		if (!name_is_plain(text, line))
			return false;
		text += line + 1;
	}
	return lines || name_is_plain(text, length);
}

static bool string_read(const struct scim_reading *reading,
    struct scim_place place, const json_t *value, json_t **out)
{
	unsigned most = place.attribute->length_max;
	const char *text = json_string_value(value);
	size_t length = json_string_length(value);

	if (text == NULL)
		return refuse(reading, place, "must be a string");
	if (length > SCIM_TEXT_MAX ||
	    (most > 0 && character_count(text, length) > most))
		return refuse(reading, place, "is too long");
	if (!is_plain(text, length, place.attribute->lines))
		return refuse(
		    reading, place, "has a character that no name has");
	if (place.attribute->required && text[strspn(text, " ")] == '\0')
		return refuse(reading, place, "must not be empty");
	*out = length == 0 ? NULL : json_incref((json_t *)value);
	return true;
}

static bool boolean_read(const struct scim_reading *reading,
    struct scim_place place, const json_t *value, json_t **out)
{
	const char *text = json_string_value(value);

	if (json_is_boolean(value))
		*out = json_boolean(json_is_true(value));
	else if (text != NULL && strcasecmp(text, "true") == 0)
		*out = json_true();
	else if (text != NULL && strcasecmp(text, "false") == 0)
		*out = json_false();
	else
		return refuse(reading, place, "must be true or false");
	return true;
}

bool scim_simple_read(const struct scim_reading *reading,
    struct scim_place place, const json_t *value, json_t **out)
{
	*out = NULL;
	if (json_is_null(value))
		return true;
	if (place.attribute->type == SCIM_BOOLEAN)
		return boolean_read(reading, place, value, out);
	return string_read(reading, place, value, out);
}

/* A string stands for the object whose `value` it is. */
static bool shorthand_read(const struct scim_reading *reading,
    const struct scim_attribute *attribute, const json_t *value, json_t **out)
{
	struct scim_place place = {
	    attribute, scim_attribute_find(attribute->parts, "value", 5)};
	json_t *inner;

	if (place.attribute == NULL)
		return refuse(reading, (struct scim_place){NULL, attribute},
		    "must be an object");
	if (!scim_simple_read(reading, place, value, &inner))
		return false;
	*out = inner == NULL ? NULL : json_pack("{s:o}", "value", inner);
	return true;
}

bool scim_complex_read(const struct scim_reading *reading,
    const struct scim_attribute *attribute, const json_t *value, json_t **out)
{
	struct scim_place place = {attribute, NULL};
	json_t *object, *given, *inner;
	const char *name;

	*out = NULL;
	if (json_is_null(value))
		return true;
	if (json_is_string(value))
		return shorthand_read(reading, attribute, value, out);
	if (!json_is_object(value))
		return refuse(reading, (struct scim_place){NULL, attribute},
		    "must be an object");
	object = json_object();
	json_object_foreach((json_t *)value, name, given)
	{
		place.attribute =
		    scim_attribute_find(attribute->parts, name, strlen(name));
		if (place.attribute == NULL ||
		    place.attribute->mutability == SCIM_READ_ONLY)
			continue;
		if (!scim_simple_read(reading, place, given, &inner)) {
			json_decref(object);
			return false;
		}
		if (inner != NULL)
			json_object_set_new(
			    object, place.attribute->name, inner);
	}
	if (json_object_size(object) > 0)
		*out = object;
	else
		json_decref(object);
	return true;
}

bool scim_value_read(const struct scim_reading *reading,
    const struct scim_attribute *attribute, const json_t *value, json_t **out)
{
	if (attribute->multi_valued)
		return scim_list_read(reading, attribute, value, out);
	if (attribute->type == SCIM_COMPLEX)
		return scim_complex_read(reading, attribute, value, out);
	return scim_simple_read(
	    reading, (struct scim_place){NULL, attribute}, value, out);
}
