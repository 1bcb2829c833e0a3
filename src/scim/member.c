#include "scim/reading.h"

#include <ctype.h>
#include <strings.h>

/* Two hundred thousand may come at once: each is looked at once. */

bool scim_member_id(const char *text, char id[SCIM_ID_SIZE])
{
	size_t i;

	for (i = 0; i < SCIM_ID_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
		id[i] = (char)tolower((unsigned char)text[i]);
	}
	id[i] = '\0';
	return text[i] == '\0';
}

/* `type` and `value` of an object, in one go. */
static void member_look(
    const json_t *object, const char **type, const json_t **value)
{
	const char *name;
	json_t *part;

	*value = NULL;
	json_object_foreach((json_t *)object, name, part)
	{
		if (strcasecmp(name, "value") == 0)
			*value = part;
		else if (strcasecmp(name, "type") == 0)
			*type = json_string_value(part);
	}
}

static bool member_read(const struct scim_reading *reading, const json_t *value,
    bool lenient, char id[SCIM_ID_SIZE])
{
	const char *type = NULL, *text;

	if (json_is_object(value))
		member_look(value, &type, &value);
	if (!lenient && type != NULL && strcasecmp(type, "User") != 0)
		return scim_refuse(reading, "scim_invalid_value",
		    "members.type: must be User");
	text = json_string_value(value);
	if (text != NULL && json_string_length(value) == SCIM_ID_SIZE - 1 &&
	    scim_member_id(text, id))
		return true;
	if (!lenient)
		scim_refuse(reading, "scim_invalid_value",
		    "members.value: must be the id of a user");
	return false;
}

bool scim_members_read(const struct scim_reading *reading, const json_t *value,
    bool lenient, scim_member_fn *visit, void *context)
{
	size_t count = json_is_array(value) ? json_array_size(value) : 1;
	char id[SCIM_ID_SIZE];
	const json_t *one;

	for (size_t i = 0; i < count; i++) {
		one = json_is_array(value) ? json_array_get(value, i) : value;
		if (json_is_null(one))
			continue;
		if (member_read(reading, one, lenient, id))
			visit(context, id);
		else if (!lenient)
			return false;
	}
	return true;
}
