/*
 * The first byte chooses the kind and whether the rest is a filter, one over
 * all kinds, or a path.
 */
#include <stdbool.h>
#include <stdint.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/memory.h"
#include "scim/filter_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A value of each type that says nothing of the input. */
static const struct scim_filter *literals_gone(
    const struct scim_filter *filter, struct arena *arena)
{
	struct scim_filter *copy;

	if (filter == NULL)
		return NULL;
	copy = arena_alloc(arena, sizeof(*copy));
	*copy = *filter;
	copy->left = literals_gone(filter->left, arena);
	copy->right = literals_gone(filter->right, arena);
	copy->value = "";
	return copy;
}

static void demand(bool held)
{
	if (!held)
		__builtin_trap();
}

static void name_print(const struct scim_filter *filter, struct buf *out)
{
	if (filter->attribute != NULL) {
		if (filter->is_extension)
			buf_add_format(out, "%s:", filter->kind->extension);
		buf_add_string(out, filter->attribute->name);
		if (filter->part != NULL)
			buf_add_char(out, '.');
	}
	if (filter->part != NULL)
		buf_add_string(out, filter->part->name);
}

static void term_print(const struct scim_filter *filter, struct buf *out)
{
	static const char *const operators[] = {
	    "pr", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"};

	name_print(filter, out);
	buf_add_format(out, " %s", operators[filter->op]);
	if (filter->op == SCIM_PR)
		return;
	buf_add_char(out, ' ');
	buf_add_json_string(out, filter->value);
}

/* False when it has what no text says: NEVER. */
static bool print(const struct scim_filter *filter, struct buf *out)
{
	bool has_left = filter->left != NULL, has_right = filter->right != NULL;

	if (filter->node == SCIM_NEVER)
		return false;
	if (filter->node == SCIM_TERM) {
		term_print(filter, out);
		return true;
	}
	if (filter->node == SCIM_ELEMENT)
		name_print(filter, out);
	else if (filter->node == SCIM_NOT)
		buf_add_string(out, "not ");
	buf_add_char(out, filter->node == SCIM_ELEMENT ? '[' : '(');
	if (has_left && !print(filter->left, out))
		return false;
	buf_add_char(out, filter->node == SCIM_ELEMENT ? ']' : ')');
	if (has_right) {
		buf_add_string(
		    out, filter->node == SCIM_AND ? " and (" : " or (");
		if (!print(filter->right, out))
			return false;
		buf_add_char(out, ')');
	}
	return true;
}

static bool is_same(
    const struct scim_filter *one, const struct scim_filter *other)
{
	if (one == NULL || other == NULL)
		return one == other;
	return one->node == other->node && one->op == other->op &&
	    one->attribute == other->attribute && one->part == other->part &&
	    one->is_extension == other->is_extension &&
	    (one->value == NULL) == (other->value == NULL) &&
	    (one->value == NULL || strcmp(one->value, other->value) == 0) &&
	    is_same(one->left, other->left) &&
	    is_same(one->right, other->right);
}

/* Comparisons; and no deeper than brackets and chains can make it. */
static unsigned terms_of(const struct scim_filter *filter, unsigned depth)
{
	demand(depth <= SCIM_FILTER_TERMS_MAX + 3 * SCIM_FILTER_DEPTH_MAX);
	if (filter == NULL)
		return 0;
	demand(filter->node != SCIM_TERM ||
	    (filter->value == NULL) == (filter->op == SCIM_PR));
	demand(filter->node != SCIM_TERM || scim_leaf(filter) != NULL);
	return (filter->node == SCIM_TERM) + terms_of(filter->left, depth + 1) +
	    terms_of(filter->right, depth + 1);
}

static void sql_is_safe(const struct scim_filter *filter, struct arena *arena)
{
	struct scim_values values = {.first = 1}, others = {.first = 1};
	struct buf sql = {0}, other = {0};

	scim_filter_sql(filter, &sql, &values, arena);
	scim_filter_sql(literals_gone(filter, arena), &other, &others, arena);
	demand(strcmp(sql.bytes, other.bytes) == 0);
	demand(values.count == others.count);
	demand(values.count <= SCIM_FILTER_TERMS_MAX);
	buf_release(&sql);
	buf_release(&other);
}

/* Never anything that it must not touch, whatever the document. */
static void match(const struct scim_filter *filter)
{
	static json_t *documents;
	const json_t *document;
	size_t i;

	if (documents == NULL)
		documents = json_loads(
		    "[{}, {\"userName\": \"a\", \"active\": true, \"emails\": "
		    "[{\"value\": \"A\", \"primary\": true}, {}], \"name\": "
		    "{\"familyName\": \"\\u00c9\"}, \"meta\": {\"created\": "
		    "\"2011-05-13T04:42:34Z\"}}, {\"userName\": 1, \"name\": "
		    "[], \"emails\": {}, \"active\": \"x\", \"meta\": "
		    "{\"created\": \"x\"}}, \"a\", null, [1]]",
		    0, NULL);
	json_array_foreach(documents, i, document)(void)
	    scim_filter_matches(filter, document);
}

static const struct scim_filter *filter_read(const struct buf *text, bool any,
    const struct scim_kind *kind, struct arena *arena)
{
	const char *why = NULL;
	const struct scim_filter *filter = any
	    ? scim_filter_read_any(text->bytes, text->length, kind, arena, &why)
	    : scim_filter_read(text->bytes, text->length, kind, arena, &why);

	demand((filter == NULL) == (why != NULL));
	return filter;
}

static void filter_try(const struct buf *text, bool any,
    const struct scim_kind *kind, struct arena *arena)
{
	const struct scim_filter *filter = filter_read(text, any, kind, arena);
	const struct scim_attribute *attribute;
	const char *value;
	struct buf again = {0};

	if (filter == NULL)
		return;
	demand(text->length <= SCIM_FILTER_LENGTH_MAX);
	demand(terms_of(filter, 0) <= SCIM_FILTER_TERMS_MAX);
	demand(is_same(filter, filter_read(text, any, kind, arena)));
	sql_is_safe(filter, arena);
	match(filter);
	if (scim_filter_is_equal(filter, &attribute, &value))
		demand(attribute != NULL && value != NULL);
	/* What is printed has more brackets, and may be too much of it. */
	if (print(filter, &again)) {
		const char *why = NULL;
		const struct scim_filter *printed = scim_filter_read(
		    again.bytes, again.length, kind, arena, &why);

		demand(printed != NULL ? is_same(filter, printed)
				       : strcmp(why, "it is too long") == 0 ||
			    strcmp(why, "its brackets are too deep") == 0);
	}
	buf_release(&again);
}

static void path_try(
    const struct buf *text, const struct scim_kind *kind, struct arena *arena)
{
	const struct scim_attribute *part;
	struct scim_values values;
	struct scim_path path;
	const char *why = NULL;

	if (scim_path_read(
		text->bytes, text->length, kind, arena, &path, &why) != 0) {
		demand(why != NULL);
		return;
	}
	demand(path.is_whole_extension == (path.attribute == NULL));
	if (path.filter == NULL)
		return;
	demand(path.attribute->multi_valued);
	demand(terms_of(path.filter, 0) <= SCIM_FILTER_TERMS_MAX);
	sql_is_safe(path.filter, arena);
	match(path.filter);
	if (scim_filter_is_any_of(path.filter, &part, &values))
		demand(values.count > 0 && part != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct scim_kind *kind;
	struct arena arena;
	struct buf text = {0};

	if (size == 0)
		return 0;
	/* Exactly as long, so that a byte too far is seen. */
	text.length = size - 1;
	text.bytes = memory_alloc(size > 1 ? size - 1 : 1);
	memcpy(text.bytes, bytes + 1, size - 1);
	kind = bytes[0] & 1 ? &scim_user : &scim_group;
	arena_init(&arena);
	if ((bytes[0] & 6) == 0)
		path_try(&text, kind, &arena);
	else
		filter_try(&text, (bytes[0] & 6) == 6, kind, &arena);
	arena_release(&arena);
	free(text.bytes);
	return 0;
}
