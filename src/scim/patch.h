/*
 * patch -- what the two kinds of scim_patch share: operations taken apart
 * into changes of one attribute each.
 */
#ifndef HEFBOOM_SCIM_PATCH_INSIDE_H
#define HEFBOOM_SCIM_PATCH_INSIDE_H

#include "hefboom/scim_filter.h"
#include "scim/reading.h"

enum scim_verb { SCIM_ADD, SCIM_REPLACE, SCIM_REMOVE };

struct scim_change {
	enum scim_verb verb;
	struct scim_path path;
	const json_t *value; /* NULL or null: none */
};

typedef bool scim_change_fn(const struct scim_reading *reading,
    const struct scim_change *change, void *context);

/* Calls `apply` for each change in order, until one fails. */
bool scim_patch_walk(const struct scim_reading *reading, const json_t *body,
    scim_change_fn *apply, void *context);

/* Takes a value out of the array of one that it came in. */
const json_t *scim_unwrap(
    const struct scim_attribute *attribute, const json_t *value);

/* On a multi-valued attribute of a user; `home` is the object it is in. */
bool scim_patch_list(const struct scim_reading *reading,
    const struct scim_change *change, json_t *home);

#endif
