/*
 * schema_tree -- a compiled schema, as the files of `schema` share it.
 *
 * schema_compile.c and schema_keyword.c build the tree, schema_ref.c finds
 * what a reference means, schema.c and schema_rules.c walk over it.
 *
 * Ownership.  Everything lies in the set's arena.  Values of the document
 * (enum, const, limits) are used where they are: the set holds a reference
 * to each document.
 *
 * Promise.  No path of references and branches, which all speak of the same
 * value, leads back to where it began.
 */
#ifndef HEFBOOM_SCHEMA_TREE_H
#define HEFBOOM_SCHEMA_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#include "hefboom/arena.h"
#include "hefboom/schema.h"

enum {
	TYPE_NULL = 1,
	TYPE_BOOLEAN = 2,
	TYPE_INTEGER = 4,
	TYPE_NUMBER = 8,
	TYPE_STRING = 16,
	TYPE_ARRAY = 32,
	TYPE_OBJECT = 64,
	/* Not types, but what else a schema may have rules about. */
	RULES_CHOICE = 128,
	RULES_BRANCH = 256,
};

/* Digits without zeros at their end, times 10^exponent; the sign is lost. */
struct decimal {
	uint64_t digits;
	int exponent;
};

struct property {
	const char *name;
	size_t length;
	const struct schema *schema;
};

struct properties {
	struct property *list;
	size_t count;
};

struct branches {
	const struct schema **list;
	size_t count;
};

struct pattern;
struct pattern_property {
	const struct pattern *pattern;
	const struct schema *schema;
	const struct pattern_property *next;
};

struct format {
	const char *name;
	bool (*matches)(const char *text, size_t length);
};

struct schema {
	const json_t *node; /* NULL: did not compile */
	const char *pointer; /* of the node, for complaints */
	struct schema *same_bucket;
	struct schema *older;

	unsigned rules; /* types that have rules here, and RULES_ */
	unsigned types; /* 0: any */
	const char *types_text;
	bool never; /* the schema `false` */
	bool unique;
	unsigned char mark;

	const json_t *constant, *choices;
	const json_t *minimum, *maximum, *above, *below, *multiple;
	struct decimal step;
	size_t length_min, length_max;
	size_t items_min, items_max;
	size_t properties_min, properties_max;
	const struct pattern *pattern;
	const struct format *format;

	struct branches prefix;
	const struct schema *items;

	struct properties properties; /* sorted, for properties_find() */
	struct properties required;
	struct properties dependents;
	const struct pattern_property *patterns;
	const struct schema *names, *others, *unevaluated;

	const struct schema *target;
	struct branches all, any, one;
	const struct schema *excluded, *test, *passed, *failed;
};

/* Where a walk is: a list on the stack, from the leaf to the root. */
struct place {
	const struct place *parent;
	const char *name; /* NULL: an index */
	size_t length;
	size_t index;
};

/* RFC 6901 */
const char *place_pointer(const struct place *place, struct arena *arena);

/* A validation; without an arena it only wants to know whether. */
struct walk {
	struct arena *arena;
	struct schema_error *first;
	struct schema_error **last;
	size_t errors;
};

bool walk_is_over(const struct walk *walk);
bool walk_fail(struct walk *walk, const struct place *place, const char *code,
    const char *limit);
bool walk_fail_size(struct walk *walk, const struct place *place,
    const char *code, size_t limit);
bool walk_value(struct walk *walk, const struct schema *schema, json_t *value,
    const struct place *place);
bool schema_admits(const struct schema *schema, json_t *value);

bool rules_number(struct walk *walk, const struct schema *schema, json_t *value,
    const struct place *place);
bool rules_string(struct walk *walk, const struct schema *schema, json_t *value,
    const struct place *place);
bool rules_array(struct walk *walk, const struct schema *schema, json_t *value,
    const struct place *place);
bool rules_object(struct walk *walk, const struct schema *schema, json_t *value,
    const struct place *place);

/* After all else was found good; the schema has such a rule. */
bool unevaluated_are_good(struct walk *walk, const struct schema *schema,
    json_t *object, const struct place *place);

/* The bits of TYPE_ that a value has; 1.0 is an integer too. */
unsigned value_types(const json_t *value);
bool value_equal(json_t *one, json_t *other);
int number_compare(const json_t *one, const json_t *other);
/* The later of two equal items, or -1. */
long array_duplicate(json_t *array);
struct decimal decimal_of(const json_t *number);
bool decimal_is_multiple(struct decimal value, struct decimal step);
size_t text_points(const char *text, size_t length);

const struct property *properties_find(
    const struct properties *properties, const char *name, size_t length);
void properties_sort(struct properties *properties);

const struct pattern *pattern_compile(
    struct schema_set *set, const char *text, const char **complaint);
bool pattern_matches(
    const struct pattern *pattern, const char *text, size_t length);
const char *pattern_text(const struct pattern *pattern);

/* NULL: no such format, or one that this machine cannot check. */
const struct format *format_find(const char *name);
bool email_matches(const char *text, size_t length);
bool uri_matches(const char *text, size_t length);
bool name_matches(const char *text, size_t length);
bool zones_load(void); /* once; false without /usr/share/zoneinfo */
bool zone_matches(const char *text, size_t length);

struct document;
struct pattern_machine;
struct schema_set {
	struct arena arena;
	struct document *documents;
	struct pattern_machine *machine;
	struct schema *newest;
	struct schema *buckets[1024];
};

/* A node of a document. */
struct location {
	struct document *document;
	const json_t *node;
	const char *base; /* URI of what is around the node, or "" */
	const char *pointer;
};

struct compiler {
	struct schema_set *set;
	char *error;
};

/* False, and the compiler has its error: "#/pointer: complaint". */
bool compiler_fail(struct compiler *compiler, const struct location *at,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
const struct schema *compile_location(
    struct compiler *compiler, const struct location *at);

/* The location below `at`, of a member or of an item. */
struct location location_member(struct compiler *compiler,
    const struct location *at, const char *name, const json_t *node);
struct location location_item(struct compiler *compiler,
    const struct location *at, size_t index, const json_t *node);

struct document *document_open(struct compiler *compiler, const json_t *root);
/* By a JSON pointer from a location; by a $ref that stands in a location. */
bool location_point(struct compiler *compiler, const struct location *from,
    const char *pointer, struct location *found);
bool location_find(struct compiler *compiler, const struct location *from,
    const char *reference, struct location *found);
/* The base of what is inside the node: its $id, or the one around. */
const char *location_base(struct compiler *compiler, const struct location *at);
char *uri_resolve(struct arena *arena, const char *base, const char *reference);

/* One keyword of a schema; false: the compiler has its error. */
bool compile_keyword(struct compiler *compiler, struct schema *schema,
    const struct location *at, const char *name);

#endif
