#include <strings.h>

#include "scim/filter_tree.h"

/* Takes "urn:...:" off the name; false when the name does not begin so. */
static bool urn_take(struct scim_word *name, const char *urn)
{
	size_t length = urn == NULL ? 0 : strlen(urn);

	if (length == 0 || name->length <= length ||
	    name->bytes[length] != ':' ||
	    strncasecmp(name->bytes, urn, length) != 0)
		return false;
	name->bytes += length + 1;
	name->length -= length + 1;
	return true;
}

static bool found(const struct scim_attribute *attributes,
    const struct scim_word *name, struct scim_path *path)
{
	path->attribute =
	    scim_attribute_find(attributes, name->bytes, name->length);
	return path->attribute != NULL;
}

static bool attribute_find(const struct scim_kind *kind, struct scim_word name,
    bool is_extension, struct scim_path *path)
{
	if (!is_extension &&
	    (found(scim_shared, &name, path) ||
		found(kind->attributes, &name, path)))
		return true;
	path->is_extension = found(kind->extension_attributes, &name, path);
	return path->is_extension;
}

bool scim_name_find(
    const struct scim_kind *kind, struct scim_word name, struct scim_path *path)
{
	bool is_extension = urn_take(&name, kind->extension);
	bool is_core = !is_extension && urn_take(&name, kind->schema);
	struct scim_word part = {NULL, 0};
	const char *dot = memchr(name.bytes, '.', name.length);

	memset(path, 0, sizeof(*path));
	if (dot != NULL) {
		part.bytes = dot + 1;
		part.length = name.length - (size_t)(part.bytes - name.bytes);
		name.length = (size_t)(dot - name.bytes);
	}
	if (!attribute_find(kind, name, is_extension, path) ||
	    (is_core && path->is_extension))
		return false;
	if (dot == NULL)
		return true;
	path->part = scim_attribute_find(
	    path->attribute->parts, part.bytes, part.length);
	return path->part != NULL;
}

/* `[filter]` and maybe `.part` behind a multi-valued attribute. */
static bool brackets_read(struct scim_reader *reader, struct scim_path *path)
{
	struct scim_word part;

	if (path->part != NULL || !path->attribute->multi_valued ||
	    path->attribute->parts == NULL) {
		reader->why = "brackets select values of a complex "
			      "multi-valued attribute";
		return false;
	}
	reader->inside = path->attribute;
	path->filter = scim_brackets_read(reader);
	if (path->filter == NULL)
		return false;
	if (reader->at == reader->end || *reader->at != '.')
		return true;
	reader->at++;
	part = scim_word_read(reader);
	path->part = scim_attribute_find(
	    path->attribute->parts, part.bytes, part.length);
	if (path->part == NULL)
		reader->why = "there is no such sub-attribute";
	return path->part != NULL;
}

static bool path_read(struct scim_reader *reader, struct scim_path *path)
{
	struct scim_word name;

	if (!scim_text_check(reader))
		return false;
	name = scim_word_read(reader);
	memset(path, 0, sizeof(*path));
	if (reader->kind->extension != NULL &&
	    scim_word_is(&name, reader->kind->extension)) {
		path->is_whole_extension = true;
	} else if (!scim_name_find(reader->kind, name, path)) {
		reader->why = "there is no such attribute";
		return false;
	} else if (reader->at < reader->end && *reader->at == '[' &&
	    !brackets_read(reader, path)) {
		return false;
	}
	if (reader->at != reader->end)
		reader->why = "something stands behind the path";
	return reader->at == reader->end;
}

int scim_path_read(const char *text, size_t length,
    const struct scim_kind *kind, struct arena *arena, struct scim_path *path,
    const char **why)
{
	struct scim_reader reader = {
	    .at = text, .end = text + length, .kind = kind, .arena = arena};

	if (path_read(&reader, path))
		return 0;
	*why = reader.why;
	return -1;
}
