/*
 * reading -- what scim_resource and scim_patch share: names to attributes,
 * and values to their canonical form.
 *
 * Promise.  Functions of bool return false with a fault and change nothing
 * then, unless they say so.
 */
#ifndef HEFBOOM_SCIM_READING_H
#define HEFBOOM_SCIM_READING_H

#include <stdbool.h>

#include "hefboom/arena.h"
#include "hefboom/scim_resource.h"
#include "hefboom/scim_schema.h"

struct scim_reading {
	const struct scim_kind *kind;
	struct arena *arena;
	struct scim_fault *fault;
	unsigned *visits; /* of a user's PATCH, that are left */
};

/* What a name says: "name.givenName", "urn:...:enterprise:2.0:User". */
struct scim_key {
	const struct scim_attribute *attribute; /* NULL: a URN alone */
	const struct scim_attribute *part; /* or NULL */
	bool is_extension;
};

/* Always false. */
bool scim_refuse(const struct scim_reading *reading, const char *code,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

bool scim_key_find(const struct scim_kind *kind, const char *text,
    size_t length, struct scim_key *key);

/* By name without regard to case (RFC 7643, 2.1); borrowed, or NULL. */
json_t *scim_member(const json_t *object, const char *name);

/* `schemas` of a body: absent, empty, or with this URN. */
bool scim_schemas_check(
    const struct scim_reading *reading, const json_t *body, const char *urn);

/* An attribute, or a part of one. */
struct scim_place {
	const struct scim_attribute *parent; /* or NULL */
	const struct scim_attribute *attribute;
};

/*
 * A value in canonical form: *out is a new reference, or NULL when it is
 * unassigned.  A simple one, a single complex one (also an element of a
 * multi-valued one), a multi-valued one.
 */
bool scim_simple_read(const struct scim_reading *reading,
    struct scim_place place, const json_t *value, json_t **out);
bool scim_complex_read(const struct scim_reading *reading,
    const struct scim_attribute *attribute, const json_t *value, json_t **out);
bool scim_list_read(const struct scim_reading *reading,
    const struct scim_attribute *attribute, const json_t *value, json_t **out);
bool scim_value_read(const struct scim_reading *reading,
    const struct scim_attribute *attribute, const json_t *value, json_t **out);

/*
 * The elements as they are, of one value or many: not yet tidy.  Those before a
 * fault are in the list, too.
 */
bool scim_elements_read(const struct scim_reading *reading,
    const struct scim_attribute *attribute, const json_t *value, json_t *list);

/*
 * Drops elements that say nothing and repetitions, and checks what holds for
 * all of them together.  The list may have changed when it returns false.
 */
bool scim_list_tidy(const struct scim_reading *reading,
    const struct scim_attribute *attribute, json_t *list);

enum { SCIM_ID_SIZE = sizeof("00000000-0000-0000-0000-000000000000") };

/* A member's id in lower case; false: it is none. */
bool scim_member_id(const char *text, char id[SCIM_ID_SIZE]);

typedef void scim_member_fn(void *context, const char *id);

/*
 * Visits the ids of members that a value names, also before a fault.
 * Lenient: what is no id names nobody.
 */
bool scim_members_read(const struct scim_reading *reading, const json_t *value,
    bool lenient, scim_member_fn *visit, void *context);

/* The whole of a document that has been put together. */
bool scim_document_check(
    const struct scim_reading *reading, const json_t *document);

#endif
