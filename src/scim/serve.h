/*
 * serve -- what the handlers of SCIM's paths begin.
 *
 * Promise.  Each ends with one reply, as reply.h says.
 */
#ifndef SCIM_SERVE_H
#define SCIM_SERVE_H

#include "scim/call.h"

const struct problem *scim_serve(struct request *request,
    const struct scim_kind *kind, enum scim_action action);

/*
 * RFC 7644, 4: a document, a list of them, or the one whose id is the path's
 * parameter, whatever its case.  Each takes the documents.
 */
const struct problem *scim_serve_document(
    struct request *request, json_t *document);
const struct problem *scim_serve_documents(
    struct request *request, json_t *documents);
const struct problem *scim_serve_one(
    struct request *request, json_t *documents);

/* The absolute URL of /scim/v2. */
const char *scim_base(struct request *request);

#endif
