/*
 * problem_document -- a refusal as the client reads it (RFC 9457).
 *
 * {"type", "title", "status", "detail", "instance", "errors", ...}; what a
 * refusal carries besides (ids and numbers) stands beside them as members.
 *
 * Ownership.  Everything is borrowed.
 */
#ifndef HEFBOOM_PROBLEM_DOCUMENT_H
#define HEFBOOM_PROBLEM_DOCUMENT_H

#include "hefboom/problem.h"

struct buf;
struct schema_error;

struct problem_document {
	const struct problem *problem;
	enum language language;
	const char *id; /* the Request-Id */
	const char *parameters; /* a JSON object's text, or NULL */
	const struct schema_error *errors;
};

void problem_write(struct buf *out, const struct problem_document *document);

#endif
