/*
 * scim_filter_reader -- what scim_filter makes of filters, for other programs.
 *
 * Its input is JSON values.  An array holds the documents (or the elements)
 * that are asked about from then on; an object {kind, filter} or {kind, path}
 * is answered with a line, {why} or {sql, values, matches}.
 */
#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/scim_filter.h"

static const struct scim_filter *read_one(
    const json_t *ask, struct arena *arena, const char **why)
{
	const char *kind = json_string_value(json_object_get(ask, "kind"));
	const char *filter = json_string_value(json_object_get(ask, "filter"));
	const char *path = json_string_value(json_object_get(ask, "path"));
	const struct scim_kind *of =
	    strcmp(kind, "User") == 0 ? &scim_user : &scim_group;
	struct scim_path where;

	if (path == NULL)
		return scim_filter_read(filter, strlen(filter), of, arena, why);
	if (scim_path_read(path, strlen(path), of, arena, &where, why) != 0)
		return NULL;
	return where.filter;
}

static json_t *values_of(const struct scim_values *values)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < values->count; i++)
		json_array_append_new(array,
		    values->at[i] == NULL ? json_null()
					  : json_string(values->at[i]));
	return array;
}

static json_t *matches_of(
    const struct scim_filter *filter, const json_t *documents)
{
	json_t *array = json_array();
	const json_t *document;
	size_t i;

	json_array_foreach((json_t *)documents, i, document)
	    json_array_append_new(
		array, json_boolean(scim_filter_matches(filter, document)));
	return array;
}

static void answer(const json_t *ask, const json_t *documents)
{
	struct scim_values values = {.first = 1};
	const struct scim_filter *filter;
	const char *why = NULL;
	struct arena arena;
	struct buf sql = {0};
	json_t *out;

	arena_init(&arena);
	filter = read_one(ask, &arena, &why);
	if (filter == NULL) {
		out = json_pack("{s:s}", "why", why);
	} else {
		scim_filter_sql(filter, &sql, &values, &arena);
		out = json_pack("{s:s, s:o, s:o}", "sql", sql.bytes, "values",
		    values_of(&values), "matches",
		    matches_of(filter, documents));
	}
	json_dumpf(out, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(out);
	buf_release(&sql);
	arena_release(&arena);
}

int main(void)
{
	json_t *documents = NULL, *value;

	while ((value = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL))) {
		if (json_is_array(value)) {
			json_decref(documents);
			documents = value;
		} else {
			answer(value, documents);
			json_decref(value);
		}
	}
	json_decref(documents);
	return 0;
}
