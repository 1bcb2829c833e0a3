/* What a value's errors are under a schema, for tests with cmocka. */
#ifndef SCHEMA_EXPECT_H
#define SCHEMA_EXPECT_H

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/schema.h"
#include "read_json.h"

/* "pointer code limit; ..." of each error; "" when there is none. */
static char *errors_text(const struct schema_error *error)
{
	struct buf text = {0};
	size_t length;

	buf_add_string(&text, "");
	for (; error != NULL; error = error->next) {
		buf_add_string(&text, text.length == 0 ? "" : "; ");
		buf_add_format(&text, "%s %s", error->pointer, error->code);
		if (error->limit != NULL)
			buf_add_format(&text, " %s", error->limit);
	}
	for (size_t i = 0; i < text.length; i++) {
		if (text.bytes[i] == '"')
			text.bytes[i] = '\'';
	}
	return buf_take(&text, &length);
}

static void expect(
    const char *schema_text, const char *value_text, const char *expected)
{
	struct schema_set *set = schema_set_new();
	json_t *document = read_json(schema_text);
	json_t *value = read_json(value_text);
	const struct schema *schema;
	struct arena arena;
	char *error, *text;

	arena_init(&arena);
	schema = schema_compile(set, document, "", &error);
	if (schema == NULL)
		fail_msg("%s: %s", schema_text, error);
	assert_null(error);
	json_decref(document); /* the set needs nothing of ours */
	text = errors_text(schema_validate(schema, value, &arena));
	if (strcmp(text, expected) != 0)
		fail_msg("%s for %s\n     is %s\n    not %s", value_text,
		    schema_text, text, expected);
	if (*expected == '\0')
		assert_null(arena.chunk); /* what is valid costs nothing */
	free(text);
	json_decref(value);
	arena_release(&arena);
	schema_set_free(set);
}

struct expectation {
	const char *schema, *value, *errors;
};

static void expect_all(const struct expectation *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect(list[i].schema, list[i].value, list[i].errors);
}

#define EXPECT_ALL(list) expect_all(list, sizeof(list) / sizeof(*(list)))

#endif
