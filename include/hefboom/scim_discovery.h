/*
 * scim_discovery -- what the service says about itself (RFC 7643, 5 to 8).
 *
 * Made from the table of scim_schema, so that what is advertised is what is
 * read, kept and shown.  Attributes that all resources share (id, externalId,
 * meta) are no part of a schema (RFC 7643, 3.1).
 *
 * Ownership.  Each call makes a new reference; `base` is the absolute URL of
 * /scim/v2, without a slash at its end.
 *
 * Promise.  No member is null.
 */
#ifndef HEFBOOM_SCIM_DISCOVERY_H
#define HEFBOOM_SCIM_DISCOVERY_H

#include <jansson.h>

/* What is said and must be kept. */
enum {
	SCIM_RESULTS_MAX = 200,
	SCIM_BULK_OPERATIONS_MAX = 1000,
	SCIM_BULK_PAYLOAD_MAX = 8388608,
};

json_t *scim_discovery_schemas(const char *base); /* an array */
json_t *scim_discovery_resource_types(const char *base); /* an array */
json_t *scim_discovery_service_provider_config(const char *base);

#endif
