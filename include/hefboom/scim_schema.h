/*
 * scim_schema -- what a SCIM resource is made of (RFC 7643, section 7).
 *
 * One table of attributes serves discovery, reading, PATCH, projection and
 * filters, so that what is advertised is what is stored, and nothing else.
 *
 * Ownership.  Everything here is constant and lives as long as the program.
 */
#ifndef HEFBOOM_SCIM_SCHEMA_H
#define HEFBOOM_SCIM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

enum { SCIM_TEXT_MAX = 4096 }; /* bytes of any string */

enum scim_type {
	SCIM_STRING,
	SCIM_BOOLEAN,
	SCIM_DATE_TIME,
	SCIM_REFERENCE,
	SCIM_COMPLEX,
};

enum scim_mutability { SCIM_READ_WRITE, SCIM_READ_ONLY, SCIM_IMMUTABLE };

enum scim_returned { SCIM_DEFAULT, SCIM_ALWAYS };

struct scim_attribute {
	const char *name; /* as RFC 7643 spells it */
	enum scim_type type;
	enum scim_mutability mutability;
	enum scim_returned returned;
	bool multi_valued;
	bool case_exact;
	bool required;
	bool unique; /* uniqueness: server */
	bool lines; /* of several, with tabs (RFC 7643, 4.1.2: addresses) */
	const char *description;
	const char *const *canonical_values; /* NULL-ended, or NULL */
	const char *const *reference_types; /* NULL-ended, or NULL */
	const struct scim_attribute *parts; /* sub-attributes; name NULL ends */
	/*
	 * How a filter reads it, an SQL expression of text (boolean for
	 * SCIM_BOOLEAN, timestamptz for SCIM_DATE_TIME) over the row `u` of
	 * the kind's view, or over what is in `rows`.  NULL: the member of
	 * this name of u.stored; for a part, of its complex attribute there,
	 * or of the element `e` (jsonb) when that is multi-valued.
	 */
	const char *column;
	/*
	 * Multi-valued ones: what stands behind `from` for one row an
	 * element, maybe with its condition: "scim_member m where m.org_id =
	 * u.org_id and m.group_id = u.id", "jsonb_array_elements(u.emails)
	 * x(e)".  NULL: the elements of u.stored's array.
	 */
	const char *rows;
	unsigned length_max; /* characters; 0: SCIM_TEXT_MAX bytes */
};

/* A resource type: User or Group. */
struct scim_kind {
	const char *name; /* "User" */
	const char *endpoint; /* "Users" */
	const char *description;
	const char *schema; /* its URN */
	const struct scim_attribute *attributes; /* name NULL ends */
	const char *extension; /* URN, or NULL */
	const struct scim_attribute *extension_attributes;
	const char *view; /* "scim_user": rows named u, see `column` */
};

extern const struct scim_kind scim_user, scim_group;

/* id, externalId, meta (RFC 7643, 3.1); part of every resource. */
extern const struct scim_attribute scim_shared[];

/* By name without regard to case; NULL when there is none. */
const struct scim_attribute *scim_attribute_find(
    const struct scim_attribute *attributes, const char *name, size_t length);

#endif
