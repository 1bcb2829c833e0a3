/*
 * problem_document -- a refusal as the client reads it, in one of two
 * dialects.
 *
 * RFC 9457: {"type", "title", "status", "detail", "instance", "errors", ...};
 * what a refusal carries besides (ids and numbers) stands beside them as
 * members.
 *
 * RFC 7644, 3.12: {"schemas", "status", "scimType", "detail"}; the status is
 * a string.  Its one text is the title, then where and why: the errors, and
 * the parameter `detail` of the refusal.
 *
 * Ownership.  Everything is borrowed.
 */
#ifndef HEFBOOM_PROBLEM_DOCUMENT_H
#define HEFBOOM_PROBLEM_DOCUMENT_H

#include <stddef.h>

#include "hefboom/problem.h"

struct buf;
struct schema_error;

struct problem_document {
	const struct problem *problem;
	enum dialect dialect;
	enum language language;
	const char *id; /* the Request-Id */
	const char *parameters; /* a JSON object's text, or NULL */
	const struct schema_error *errors;
};

/* The media type of each dialect. */
extern const char *const problem_types[DIALECTS];

/* Of what a raw path asks for: /scim and all below it, in any case. */
enum dialect dialect_of(const char *path, size_t length);

void problem_write(struct buf *out, const struct problem_document *document);

#endif
