/*
 * scim_patch -- PATCH (RFC 7644, 3.5.2), as identity providers really send it.
 *
 * Operations apply in their order.  Without regard to case: `op`, names, the
 * members of an operation.  An unknown path is scim_invalid_path, a read-only
 * one scim_mutability; in the value of an operation without a path both are
 * ignored, and its names may be dotted, URN-prefixed or whole paths.  Values
 * are read as scim_resource reads them; a value that is not assigned (null,
 * "", []) removes, but a required attribute is never removed.
 *
 * Beyond the RFC, for those who send it:
 * - add and replace at `emails[type eq "work"].value` make the element when
 *   there is none; replace only by `type` (one of the canonical values, where
 *   there are any) and `primary`, else scim_no_target;
 * - remove with a value removes these values, and an empty array nothing;
 * - a single attribute's value may come as `[{"value": ...}]`;
 * - what replaces a selected element keeps what selected it (the type);
 * - to remove what is not there is no error;
 * - operations without `schemas` are taken.
 * What goes beyond the limits below is scim_too_many.
 *
 * A new primary value takes `primary` from the others.
 */
#ifndef HEFBOOM_SCIM_PATCH_H
#define HEFBOOM_SCIM_PATCH_H

#include <jansson.h>
#include <stdbool.h>

struct arena;
struct scim_fault;
struct scim_filter;

enum {
	SCIM_USER_OPERATIONS_MAX = 1000,
	SCIM_USER_VISITS_MAX = 50000, /* values looked at, times terms */
	SCIM_GROUP_FILTERS_MAX = 30, /* removed_where, a query each */
};

/*
 * Changes a canonical document of a user in place; it is canonical again.
 * 0, or -1 with *fault, and the document is for the bin.
 */
int scim_patch_user(json_t *document, const json_t *body, struct arena *arena,
    struct scim_fault *fault);

/*
 * What a group's PATCH comes down to, in time linear in its length.  No id is
 * in both `added` and `removed`; ids are UUIDs in lower case.  Filters select
 * among those who were members before: whoever is in `added` stays.
 */
struct scim_group_change {
	bool has_display_name;
	const char *display_name;
	bool has_external_id;
	const char *external_id; /* NULL: removed */
	bool members_replaced; /* start from nobody; `removed` is empty then */
	json_t *added; /* id -> true: in at the end */
	json_t *removed; /* id -> true: out at the end */
	const struct scim_filter **removed_where; /* that are no plain ids */
	unsigned removed_where_count;
};

/* All of *change lives in the arena.  0, or -1 with *fault. */
int scim_patch_group(const json_t *body, struct arena *arena,
    struct scim_group_change *change, struct scim_fault *fault);

#endif
