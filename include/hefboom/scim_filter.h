/*
 * scim_filter -- which resources (RFC 7644, 3.4.2.2), and which part of one
 * (the paths of PATCH, 3.5.2).
 *
 * Ownership.  What is read lives in the arena, literals included.
 *
 * Promise.  A text is a filter that means what it says, or an error; never
 * "no filter".  An attribute that the kind has not, an operator that its type
 * has not (gt on a boolean, co on a date), a literal of another type, invalid
 * UTF-8, NUL and anything behind the end are errors.  At most
 * SCIM_FILTER_LENGTH_MAX bytes, brackets of both kinds SCIM_FILTER_DEPTH_MAX
 * deep, SCIM_FILTER_TERMS_MAX comparisons.
 *
 * Read without regard to case: attributes, operators, URNs, true and false.
 * Beyond the RFC: a literal may stand without quotes, booleans with them; an
 * extension's attribute may do without its URN; `emails[...].value eq "x"`
 * means one and the same element.
 *
 * Meaning.  A multi-valued attribute matches when one of its values does, and
 * a complex one that is compared means its `value`.  ne is true where there
 * is no value at all: nothing is not identical to something.  So `emails.type
 * ne "work"` is true with one address of another type, or without addresses.
 * `eq null` is `not (... pr)`, `ne null` is `pr`.  pr wants something that is
 * not empty.  Texts are ordered by their bytes, without regard to case in
 * lower case; a time without a zone is UTC, of more than six decimals the
 * nearest microsecond.
 */
#ifndef HEFBOOM_SCIM_FILTER_H
#define HEFBOOM_SCIM_FILTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "hefboom/scim_schema.h"

struct arena;
struct buf;
struct scim_filter;

enum {
	SCIM_FILTER_LENGTH_MAX = 4096,
	SCIM_FILTER_DEPTH_MAX = 20,
	SCIM_FILTER_TERMS_MAX = 50,
};

/* NULL, and *why is a short constant in English, when it is none. */
const struct scim_filter *scim_filter_read(const char *text, size_t length,
    const struct scim_kind *kind, struct arena *arena, const char **why);

/*
 * The same for a search over all kinds: what another kind has is known, and
 * absent in this one (RFC 7644, 3.4.2.1).
 */
const struct scim_filter *scim_filter_read_any(const char *text, size_t length,
    const struct scim_kind *kind, struct arena *arena, const char **why);

/*
 * The filter of a path on one element of its attribute; any other on a whole
 * canonical document.  Agrees with the SQL where lower() is that of C.UTF-8.
 */
bool scim_filter_matches(const struct scim_filter *filter, const json_t *value);

/*
 * at[i] is the text of parameter first + i, NULL for null.  One for each
 * filter; it never needs more.
 */
struct scim_values {
	const char *at[SCIM_FILTER_TERMS_MAX];
	unsigned count;
	unsigned first;
};

/*
 * Appends an expression, true or not (maybe null), over the row u of the
 * kind's view; of a path's filter, over a row of its attribute's `rows`.  Its
 * text depends on attributes and operators alone: every literal is in *values,
 * of which the caller sets `first` and then binds the rest.
 */
void scim_filter_sql(const struct scim_filter *filter, struct buf *sql,
    struct scim_values *values, struct arena *arena);

/*
 * `attribute eq "value"` and nothing else, of what has one value: the fast
 * ways.  *attribute is the sub-attribute when there is one.
 */
bool scim_filter_is_equal(const struct scim_filter *filter,
    const struct scim_attribute **attribute, const char **value);

/*
 * A path's `value eq "a" or value eq "b"`, and nothing else: the values, in
 * their order.
 */
bool scim_filter_is_any_of(const struct scim_filter *filter,
    const struct scim_attribute **part, struct scim_values *values);

/* Where a PATCH goes; everything that is not there is NULL or false. */
struct scim_path {
	const struct scim_attribute *attribute;
	const struct scim_attribute *part; /* its sub-attribute */
	const struct scim_filter *filter; /* of its elements */
	bool is_extension; /* in the kind's extension */
	bool is_whole_extension; /* the URN alone */
};

/*
 * 0, or -1 with *why: `name.familyName`, `emails[type eq "work"].value`,
 * `urn:...:enterprise:2.0:User:department`.
 */
int scim_path_read(const char *text, size_t length,
    const struct scim_kind *kind, struct arena *arena, struct scim_path *path,
    const char **why);

#endif
