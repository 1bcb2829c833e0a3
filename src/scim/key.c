#include "scim/reading.h"

#include <stdarg.h>
#include <strings.h>

bool scim_refuse(const struct scim_reading *reading, const char *code,
    const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		abort();
	va_end(arguments);
	reading->fault->code = code;
	reading->fault->detail = arena_string(reading->arena, text);
	free(text);
	return false;
}

/* Behind the URN and its colon; the text's end when it is the URN alone. */
static const char *behind_urn(const char *urn, const char *text, size_t length)
{
	size_t prefix = urn == NULL ? 0 : strlen(urn);

	if (prefix == 0 || length < prefix ||
	    strncasecmp(text, urn, prefix) != 0)
		return NULL;
	if (length == prefix)
		return text + length;
	return text[prefix] == ':' ? text + prefix + 1 : NULL;
}

static const struct scim_attribute *attribute_of(const struct scim_kind *kind,
    const char *name, size_t length, bool with_extension, bool *is_extension)
{
	const struct scim_attribute *found = NULL;

	if (!*is_extension) {
		found = scim_attribute_find(kind->attributes, name, length);
		if (found == NULL)
			found = scim_attribute_find(scim_shared, name, length);
	}
	if (found == NULL && with_extension) {
		found = scim_attribute_find(
		    kind->extension_attributes, name, length);
		*is_extension = found != NULL;
	}
	return found;
}

bool scim_key_find(const struct scim_kind *kind, const char *text,
    size_t length, struct scim_key *key)
{
	const char *end = text + length, *name = text, *rest, *dot;

	*key = (struct scim_key){0};
	if ((rest = behind_urn(kind->extension, text, length)) != NULL) {
		key->is_extension = true;
		name = rest;
	} else if ((rest = behind_urn(kind->schema, text, length)) != NULL) {
		name = rest;
	}
	if (rest == end)
		return end[-1] != ':';
	dot = memchr(name, '.', (size_t)(end - name));
	key->attribute =
	    attribute_of(kind, name, (size_t)((dot == NULL ? end : dot) - name),
		rest == NULL || key->is_extension, &key->is_extension);
	if (key->attribute == NULL || dot == NULL)
		return key->attribute != NULL;
	dot++;
	key->part = scim_attribute_find(
	    key->attribute->parts, dot, (size_t)(end - dot));
	return key->part != NULL;
}

json_t *scim_member(const json_t *object, const char *name)
{
	json_t *member = json_object_get(object, name);
	const char *key;

	if (member != NULL)
		return member;
	json_object_foreach((json_t *)object, key, member)
	{
		if (strcasecmp(key, name) == 0)
			return member;
	}
	return NULL;
}

bool scim_schemas_check(
    const struct scim_reading *reading, const json_t *body, const char *urn)
{
	const json_t *schemas = scim_member(body, "schemas"), *one;
	size_t i;

	if (schemas == NULL || json_is_null(schemas))
		return true;
	if (json_is_string(schemas) &&
	    strcasecmp(json_string_value(schemas), urn) == 0)
		return true;
	if (!json_is_array(schemas))
		return scim_refuse(reading, "scim_invalid_syntax",
		    "schemas: must be an array with %s", urn);
	if (json_array_size(schemas) == 0)
		return true;
	json_array_foreach(schemas, i, one)
	{
		if (json_is_string(one) &&
		    strcasecmp(json_string_value(one), urn) == 0)
			return true;
	}
	return scim_refuse(
	    reading, "scim_invalid_syntax", "schemas: must name %s", urn);
}
