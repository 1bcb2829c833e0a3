/*
 * schema -- JSON Schema 2020-12, the part that the API document may use.
 *
 * Schemas are compiled once, before the workers are forked, so that a
 * request costs a walk over two trees and a mistake stops the start.
 *
 * Keywords: those of the applicator, validation and annotation vocabularies
 * but contains, its two counts and dependentRequired; $defs, $id, $anchor,
 * and $ref to anything in the same document, also recursive;
 * unevaluatedProperties; x-*.  Any other is refused by schema_compile().
 * format asserts, from a closed list: date-time, date, time (of RFC 3339 as
 * far as PostgreSQL has them: no year 0, also not in UTC, nor one of five
 * digits there; in a date-time no offset of 16 hours), duration, email, uuid,
 * uri, json-pointer, language, zone, name.
 * Patterns are read as ECMAScript reads them, by PCRE2, up to a limit.
 *
 * `name` is ours: one line of text as a person or thing is called; no C0 or
 * C1 controls, bidi overrides, noncharacters, nor blank at either end.
 *
 * Ownership.  A schema_set owns all that was compiled in it and keeps a
 * reference to each document.  Results live in the arena that was given.
 *
 * Promise.  Validation never recurses deeper than the value is deep times
 * the schema's own nesting, allocates only for errors (and for the names
 * and long arrays that propertyNames and uniqueItems look at), and stops at
 * SCHEMA_ERRORS_MAX errors.
 */
#ifndef HEFBOOM_SCHEMA_H
#define HEFBOOM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>

struct arena;
struct schema;
struct schema_set;

enum { SCHEMA_ERRORS_MAX = 20, SCHEMA_POINTER_MAX = 1000 };

struct schema_error {
	/*
	 * RFC 6901, from the value's root: "/labels/nl".  A property that
	 * is required and absent, or unknown, and the later of two items
	 * that are equal, are pointed at themselves.  A place whose pointer
	 * is longer than SCHEMA_POINTER_MAX bytes is told of as the nearest
	 * one around it whose pointer is not.
	 */
	const char *pointer;
	/*
	 * The code of a field error in problems.yaml (section `fields`):
	 * wrong_type, not_in_enum, not_const, required, unknown_property,
	 * too_few_properties, too_many_properties, too_few_items,
	 * too_many_items, not_unique, too_short, too_long, no_match,
	 * too_small, too_large, not_multiple, no_alternative,
	 * many_alternatives, bad_format.
	 */
	const char *code;
	const char *limit; /* what the keyword asked, as text; or NULL */
	struct schema_error *next;
};

struct schema_set *schema_set_new(void);
void schema_set_free(struct schema_set *set);

/*
 * Compiles the schema at `pointer` of `document` ("" is its root; "#/..."
 * as in $ref is understood too); compiled twice it is the same object.
 * On failure NULL, and *error says what and where (free with free()).
 */
const struct schema *schema_compile(struct schema_set *set,
    const json_t *document, const char *pointer, char **error);

/* NULL when the value is valid; else the errors in order of discovery. */
const struct schema_error *schema_validate(
    const struct schema *schema, const json_t *value, struct arena *arena);

/*
 * What a parameter's text becomes before it is validated: an integer,
 * number or boolean when its schema says so, else a string; comma-separated
 * text becomes an array when the schema is one.  New reference.
 */
json_t *schema_parameter(const struct schema *schema, const char *text);

/*
 * No character that the format `name` refuses wherever it stands.  For names
 * that come another way; UTF-8 that has been looked at, a NUL behind it.
 */
bool name_is_plain(const char *text, size_t length);

/* Whether the format `zone` takes it: a time zone that this machine knows. */
bool schema_zone_is_known(const char *name);

#endif
