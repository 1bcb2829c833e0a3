/*
 * call -- one SCIM operation on one resource, a request's own or one of a
 * Bulk's (RFC 7644, 3.3 to 3.7).
 *
 * A PATCH of a user reads what is there, changes that, and writes it only if
 * nobody was faster; otherwise it begins anew, PATCH_TRIES times.  A change
 * that is refused is noted for the health of the synchronisation.
 *
 * Ownership.  A call and all it points at live in its request's arena; the
 * body is borrowed.
 *
 * Promise.  `done` runs exactly once, from the loop or from within
 * scim_call_run().
 */
#ifndef SCIM_CALL_H
#define SCIM_CALL_H

#include <jansson.h>
#include <stdbool.h>

#include "hefboom/buf.h"
#include "hefboom/request.h"
#include "hefboom/scim_patch.h"
#include "hefboom/scim_projection.h"
#include "hefboom/scim_resource.h"
#include "hefboom/scim_schema.h"

struct outcome;
struct pg_result;

enum { PATCH_TRIES = 100, SCIM_REPLY_MAX = 8 * 1024 * 1024 };

enum scim_action {
	SCIM_CREATE,
	SCIM_READ,
	SCIM_REPLACE,
	SCIM_PATCH,
	SCIM_DELETE,
};

struct scim_call;
typedef void scim_done_fn(struct scim_call *call);

struct scim_call {
	struct request *request;
	const struct scim_kind *kind;
	enum scim_action action;
	const char *id; /* NULL for a create */
	const json_t *body; /* of create, replace and patch */
	const char *version; /* If-Match, or NULL */
	const struct scim_projection *projection; /* or NULL */
	bool wants_resource; /* also of a PATCH */
	scim_done_fn *done;
	void *context;

	/* The answer. */
	const struct problem *problem; /* NULL: it is done */
	int status;
	char resource_id[UUID_TEXT];
	char etag[32];
	struct buf resource; /* JSON, or empty */

	/* call.c's own. */
	char new_id[UUID_TEXT];
	const char *present; /* the version that a PATCH has read */
	int result_at;
	unsigned tries;
};

struct scim_call *scim_call_new(struct request *request,
    const struct scim_kind *kind, enum scim_action action, const char *id);
void scim_call_run(struct scim_call *call);

/* What a fault of reading, patching or projecting is answered with. */
const struct problem *scim_problem(
    struct request *request, const struct scim_fault *fault);

/* Runs the statements; &request_waiting, or why not. */
const struct problem *scim_user_run(struct scim_call *call);
const struct problem *scim_group_run(struct scim_call *call);

/* Runs the statement of this name; &request_waiting, or why not. */
const struct problem *scim_call_delete(
    struct scim_call *call, const char *statement);

/* What both end with. */
void scim_call_end(struct scim_call *call, const struct problem *problem);
void scim_call_answered(void *context, const struct outcome *outcome);

/* One row of scim_read_user, scim_read_group or a list as a resource. */
void scim_render(struct buf *out, struct request *request,
    const struct scim_kind *kind, const struct pg_result *result, int row,
    const struct scim_projection *projection);

/* "https://.../scim/v2/Users/7f..", in the arena. */
const char *scim_location(
    struct request *request, const struct scim_kind *kind, const char *id);

/* A query parameter by its name, or NULL. */
const char *scim_parameter(const struct request *request, const char *name);

#endif
