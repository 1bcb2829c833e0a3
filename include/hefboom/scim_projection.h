/*
 * scim_projection -- which attributes a client wants to see (RFC 7644, 3.9).
 *
 * Names as scim_resource reads them: without regard to case, with or without
 * URN, `name.givenName`, `emails.value`, a schema's URN for all that is its
 * own.  Unknown ones are ignored, so that a list of nothing else leaves what
 * is always returned: `schemas` and `id`.
 *
 * RFC 7644 calls the two parameters mutually exclusive; when both are there,
 * `attributes` holds and the other is ignored.
 *
 * Ownership.  The projection lives in the arena.
 */
#ifndef HEFBOOM_SCIM_PROJECTION_H
#define HEFBOOM_SCIM_PROJECTION_H

#include <jansson.h>
#include <stdbool.h>

struct arena;
struct scim_fault;
struct scim_kind;
struct scim_projection;

/*
 * Comma-separated names, or NULL.  NULL when nothing was asked for, which is
 * no fault; there is none yet, *fault is only cleared.
 */
const struct scim_projection *scim_projection_read(const struct scim_kind *kind,
    const char *attributes, const char *excluded, struct arena *arena,
    struct scim_fault *fault);

/* Whether something of this top-level attribute will be left. */
bool scim_projection_wants(
    const struct scim_projection *projection, const char *attribute);

/* In place: a resource as it would be sent whole.  Borrowed, returned. */
json_t *scim_project(const struct scim_projection *projection,
    const struct scim_kind *kind, json_t *resource);

#endif
