#include "scim/reading.h"

#include <stdarg.h>
#include <strings.h>

#include "hefboom/memory.h"
#include "scim/filter_tree.h"

bool scim_refuse(const struct scim_reading *reading, const char *code,
    const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = memory_format_list(format, arguments);
	va_end(arguments);
	reading->fault->code = code;
	reading->fault->detail = arena_string(reading->arena, text);
	free(text);
	return false;
}

static bool is_urn(const char *urn, const char *text, size_t length)
{
	return urn != NULL && strlen(urn) == length &&
	    strncasecmp(text, urn, length) == 0;
}

bool scim_key_find(const struct scim_kind *kind, const char *text,
    size_t length, struct scim_key *key)
{
	struct scim_path path;

	*key = (struct scim_key){0};
	key->is_extension = is_urn(kind->extension, text, length);
	if (key->is_extension || is_urn(kind->schema, text, length))
		return true;
	if (!scim_name_find(kind, (struct scim_word){text, length}, &path))
		return false;
	*key = (struct scim_key){path.attribute, path.part, path.is_extension};
	return true;
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
