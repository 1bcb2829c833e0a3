/*
 * bulk -- many operations in one request (RFC 7644, 3.7).
 *
 * Each is a transaction of its own, done or refused by itself, one after the
 * other.  An operation that names "bulkId:x", in its data or its path, waits
 * for the POST of that bulkId, wherever it stands; where they wait for each
 * other, or for one that was refused or is not there, it is refused (409).
 *
 * Limits.  A minute.  SCIM_BULK_OPERATIONS_MAX and SCIM_BULK_PAYLOAD_MAX, as
 * advertised; more is 413.  failOnErrors: after so many refusals the rest is
 * not done, and not spoken of.
 */
#ifndef SCIM_BULK_H
#define SCIM_BULK_H

struct problem;
struct request;

const struct problem *scim_bulk_run(struct request *request);

#endif
