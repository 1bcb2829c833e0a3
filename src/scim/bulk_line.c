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

/* Once to count them, and once more to keep them. */
static void note(const struct bulk *bulk, struct line *line, const char *text)
{
	if (!bulk_is_reference(text))
		return;
	if (line->awaits != NULL)
		line->awaits[line->await_count] = bulk_line_of(bulk, text);
	line->await_count++;
}

static void note_all(
    const struct bulk *bulk, struct line *line, const json_t *value)
{
	const char *key;
	json_t *one;
	size_t index;

	if (json_is_string(value)) {
		note(bulk, line, json_string_value(value));
	} else if (json_is_array(value)) {
		json_array_foreach((json_t *)(uintptr_t)value, index, one)
		{
			note_all(bulk, line, one);
		}
	} else if (json_is_object(value)) {
		json_object_foreach((json_t *)(uintptr_t)value, key, one)
		{
			note_all(bulk, line, one);
		}
	}
}

void bulk_find_awaited(const struct bulk *bulk, struct line *line)
{
	/* The id part of a path may be a reference too. */
	const char *id = bulk_path_id(line->path);

	note_all(bulk, line, line->data);
	note(bulk, line, id);
	if (line->await_count == 0)
		return;
	line->awaits = arena_alloc(
	    &bulk->request->arena, line->await_count * sizeof(struct line *));
	line->await_count = 0;
	note_all(bulk, line, line->data);
	note(bulk, line, id);
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

struct line *bulk_awaited(struct line *line, bool *lost)
{
	struct line *first;

	while (line->await_at < line->await_count &&
	    line->awaits[line->await_at] != NULL &&
	    line->awaits[line->await_at]->state == DONE)
		line->await_at++;
	if (line->await_at == line->await_count)
		return NULL;
	first = line->awaits[line->await_at];
	if (first != NULL && first->state == WAITING)
		return first;
	*lost = true;
	return NULL;
}
