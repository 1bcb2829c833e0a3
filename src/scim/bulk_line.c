#include "scim/bulk_line.h"

#include <string.h>
#include <strings.h>

static const char reference[] = "bulkId:";
enum { REFERENCE = sizeof(reference) - 1 };

/* The line whose bulkId stands behind "bulkId:", or NULL. */
struct line *bulk_line_of(const struct bulk *bulk, const char *text)
{
	const json_t *number;

	if (strncasecmp(text, reference, REFERENCE) != 0)
		return NULL;
	number = json_object_get(bulk->by_id, text + REFERENCE);
	return number == NULL ? NULL : &bulk->lines[json_integer_value(number)];
}

bool bulk_is_reference(const char *text)
{
	return text != NULL && strncasecmp(text, reference, REFERENCE) == 0;
}

/* What has to be done first, or NULL; *lost: something that never will be. */
static struct line *awaited_in(
    const struct bulk *bulk, const json_t *value, bool *lost)
{
	struct line *found = NULL;
	const char *key;
	json_t *one;
	size_t index;

	if (json_is_string(value) &&
	    bulk_is_reference(json_string_value(value))) {
		struct line *line =
		    bulk_line_of(bulk, json_string_value(value));

		if (line == NULL || line->state == REFUSED ||
		    line->state == UNDER_WAY)
			*lost = true;
		else if (line->state == WAITING)
			return line;
	} else if (json_is_array(value)) {
		json_array_foreach((json_t *)(uintptr_t)value, index, one)
		{
			if (found == NULL && !*lost)
				found = awaited_in(bulk, one, lost);
		}
	} else if (json_is_object(value)) {
		json_object_foreach((json_t *)(uintptr_t)value, key, one)
		{
			if (found == NULL && !*lost)
				found = awaited_in(bulk, one, lost);
		}
	}
	return found;
}

/* Every reference in its place becomes the id of what was made. */
void bulk_put_ids(const struct bulk *bulk, json_t *value)
{
	const char *key;
	json_t *one;
	size_t index;

	if (json_is_string(value) &&
	    bulk_is_reference(json_string_value(value))) {
		json_string_set(
		    value, bulk_line_of(bulk, json_string_value(value))->id);
	} else if (json_is_array(value)) {
		json_array_foreach(value, index, one)
		{
			bulk_put_ids(bulk, one);
		}
	} else if (json_is_object(value)) {
		json_object_foreach(value, key, one)
		{
			bulk_put_ids(bulk, one);
		}
	}
}

const char *bulk_path_id(const char *path)
{
	const char *slash = strchr(path[0] == '/' ? path + 1 : path, '/');

	return slash == NULL || slash[1] == '\0' ? NULL : slash + 1;
}

/* The id part of a path may be a reference too. */
struct line *bulk_awaited(
    const struct bulk *bulk, const struct line *line, bool *lost)
{
	const char *id = bulk_path_id(line->path);
	struct line *found = awaited_in(bulk, line->data, lost);

	if (found != NULL || *lost || !bulk_is_reference(id))
		return found;
	found = bulk_line_of(bulk, id);
	*lost = found == NULL || found->state == REFUSED ||
	    found->state == UNDER_WAY;
	return *lost || found->state == DONE ? NULL : found;
}
