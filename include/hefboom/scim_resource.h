/*
 * scim_resource -- what a client sent, in the form in which it is kept.
 *
 * Canonical: only attributes of the table that clients may write, spelled as
 * RFC 7643 does, those of the extension under its URN; no null, no empty
 * string, array or object (all three say "unassigned", RFC 7643, 2.5);
 * booleans are booleans; values are otherwise as they were sent.
 *
 * Lenient, because real senders are: names without regard to case; dotted
 * and URN-prefixed names beside nested objects ("name.givenName",
 * "urn:...:enterprise:2.0:User:department"); attributes of the extension
 * also without its URN; "True" and "False"; one value where an array
 * belongs; a string for {"value": ...}; read-only and unknown names are
 * ignored; `schemas` may be absent, but when it names schemas it must name
 * the kind's.
 *
 * Strict: required attributes, types, lengths, characters that no name has
 * anywhere (control characters, bidi overrides, noncharacters; only addresses
 * have several lines), `primary` true at most once, members by their ids.  Of
 * two values with the same type and value one is kept.  A value that has
 * nothing but `type` and `primary` is dropped.
 *
 * Promise.  scim_resource_read() of what it returned returns the same.
 */
#ifndef HEFBOOM_SCIM_RESOURCE_H
#define HEFBOOM_SCIM_RESOURCE_H

#include <jansson.h>

struct arena;
struct scim_kind;

enum {
	SCIM_VALUES_MAX = 100, /* of one attribute of a user */
	SCIM_DOCUMENT_MAX = 65536, /* bytes of a user's canonical document */
};

struct scim_fault {
	const char *code; /* of problems.yaml; NULL: none */
	const char *detail; /* which attribute and why, English, or NULL */
};

/*
 * The body of a POST or PUT in canonical form: a new reference, or NULL with
 * *fault, whose text lives in the arena.  A group's members are objects with
 * only `value`, a UUID in lower case, each once.
 */
json_t *scim_resource_read(const struct scim_kind *kind, const json_t *body,
    struct arena *arena, struct scim_fault *fault);

#endif
