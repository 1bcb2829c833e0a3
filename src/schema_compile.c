#include "schema_tree.h"

#include <stdarg.h>

#include "hefboom/memory.h"

bool compiler_fail(struct compiler *compiler, const struct location *at,
    const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = memory_format_list(format, arguments);
	va_end(arguments);
	free(compiler->error);
	compiler->error = memory_format("#%s: %s", at->pointer, text);
	free(text);
	return false;
}

struct location location_member(struct compiler *compiler,
    const struct location *at, const char *name, const json_t *node)
{
	struct place place = {.name = name, .length = strlen(name)};
	struct arena *arena = &compiler->set->arena;
	struct location below = *at;

	below.node = node;
	below.pointer = arena_format(
	    arena, "%s%s", at->pointer, place_pointer(&place, arena));
	return below;
}

struct location location_item(struct compiler *compiler,
    const struct location *at, size_t index, const json_t *node)
{
	struct location below = *at;

	below.node = node;
	below.pointer =
	    arena_format(&compiler->set->arena, "%s/%zu", at->pointer, index);
	return below;
}

static struct schema **bucket_of(struct schema_set *set, const json_t *node)
{
	size_t count = sizeof(set->buckets) / sizeof(*set->buckets);

	return &set->buckets[(uintptr_t)node / 16 % count];
}

static struct schema *schema_find(struct schema_set *set, const json_t *node)
{
	struct schema *schema = *bucket_of(set, node);

	while (schema != NULL && schema->node != node)
		schema = schema->same_bucket;
	return schema;
}

static struct schema *schema_new(
    struct schema_set *set, const struct location *at)
{
	struct schema *schema = arena_alloc(&set->arena, sizeof(*schema));
	struct schema **bucket = bucket_of(set, at->node);

	schema->node = at->node;
	schema->pointer = at->pointer;
	schema->length_max = SIZE_MAX;
	schema->items_max = SIZE_MAX;
	schema->properties_max = SIZE_MAX;
	schema->same_bucket = *bucket;
	*bucket = schema;
	schema->older = set->newest;
	set->newest = schema;
	return schema;
}

const struct schema *compile_location(
    struct compiler *compiler, const struct location *at)
{
	struct schema *schema = schema_find(compiler->set, at->node);
	struct location inside = *at;
	const char *name;
	json_t *value;

	if (schema != NULL)
		return schema;
	if (json_is_boolean(at->node)) {
		schema = schema_new(compiler->set, at);
		schema->never = json_is_false(at->node);
		return schema;
	}
	if (!json_is_object(at->node)) {
		compiler_fail(
		    compiler, at, "a schema is an object or a boolean");
		return NULL;
	}
	schema = schema_new(compiler->set, at);
	inside.base = location_base(compiler, at);
	json_object_foreach((json_t *)at->node, name, value)
	{
		if (!compile_keyword(compiler, schema, &inside, name))
			return NULL;
	}
	return schema;
}

enum { UNSEEN, OPEN, DONE };

static bool is_endless(const struct schema *schema);

static bool any_is_endless(const struct branches *branches)
{
	for (size_t i = 0; i < branches->count; i++) {
		if (is_endless(branches->list[i]))
			return true;
	}
	return false;
}

static bool dependent_is_endless(const struct properties *dependents)
{
	for (size_t i = 0; i < dependents->count; i++) {
		if (is_endless(dependents->list[i].schema))
			return true;
	}
	return false;
}

/* Whether a walk would look at one and the same value for ever. */
static bool is_endless(const struct schema *schema)
{
	struct schema *marked = (struct schema *)schema;

	if (schema == NULL || schema->mark == DONE)
		return false;
	if (schema->mark == OPEN)
		return true;
	marked->mark = OPEN;
	if (is_endless(schema->target) || is_endless(schema->excluded) ||
	    is_endless(schema->test) || is_endless(schema->passed) ||
	    is_endless(schema->failed) || any_is_endless(&schema->all) ||
	    any_is_endless(&schema->any) || any_is_endless(&schema->one) ||
	    dependent_is_endless(&schema->dependents))
		return true;
	marked->mark = DONE;
	return false;
}

static bool newest_are_finite(
    struct compiler *compiler, const struct schema *before)
{
	const struct schema *schema = compiler->set->newest;
	struct location at;

	for (; schema != before; schema = schema->older) {
		if (is_endless(schema)) {
			at = (struct location){.pointer = schema->pointer};
			return compiler_fail(
			    compiler, &at, "refers to itself without end");
		}
	}
	return true;
}

/* What did not compile as a whole is not found again. */
static void forget_newest(struct schema_set *set, const struct schema *before)
{
	for (; set->newest != before; set->newest = set->newest->older)
		set->newest->node = NULL;
}

const struct schema *schema_compile(struct schema_set *set,
    const json_t *document, const char *pointer, char **error)
{
	struct compiler compiler = {.set = set};
	const struct schema *schema = NULL, *before = set->newest;
	struct location at = {.node = document, .base = "", .pointer = ""};
	struct location found;

	*error = NULL;
	at.document = document_open(&compiler, document);
	if (*pointer == '#' ? location_find(&compiler, &at, pointer, &found)
			    : location_point(&compiler, &at, pointer, &found))
		schema = compile_location(&compiler, &found);
	else
		compiler_fail(&compiler, &at, "%s is not there", pointer);
	if (schema != NULL && !newest_are_finite(&compiler, before))
		schema = NULL;
	if (schema == NULL)
		forget_newest(set, before);
	*error = compiler.error;
	return schema;
}

struct schema_set *schema_set_new(void)
{
	struct schema_set *set = memory_zero(1, sizeof(*set));

	arena_init(&set->arena);
	return set;
}

void schema_set_free(struct schema_set *set)
{
	if (set == NULL)
		return;
	arena_release(&set->arena);
	free(set);
}
