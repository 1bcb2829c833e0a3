/*
 * json -- reading what a client sent, strictly and once (RFC 8259, I-JSON).
 *
 * Promise.  The value is an object or an array.  Refuses duplicate keys, NUL
 * (also \u0000), invalid UTF-8 and lone surrogates, nesting deeper than
 * JSON_DEPTH_MAX, more values than asked for (JSON_ELEMENTS_MAX unless told
 * otherwise), a byte order mark, and anything behind the value; limits are
 * checked before memory is spent. Refuses numbers outside +-2^53, those of more
 * than 1,000 characters or with an exponent beyond 400, and fractions that a
 * double would turn into an integer.  What it accepts, PostgreSQL's jsonb reads
 * as the same value.
 */
#ifndef HEFBOOM_JSON_H
#define HEFBOOM_JSON_H

#include <stddef.h>
#include <jansson.h>

enum { JSON_DEPTH_MAX = 32, JSON_ELEMENTS_MAX = 10000 };

enum json_fault {
	JSON_OK,
	JSON_MALFORMED,
	JSON_TOO_DEEP,
	JSON_TOO_MANY,
	JSON_DUPLICATE_KEY,
	JSON_NUMBER_RANGE,
};

/* New reference, or NULL with *fault and, in *offset, where (bytes). */
json_t *json_read(
    const char *bytes, size_t length, enum json_fault *fault, size_t *offset);

/* The same of a document with so many values. */
json_t *json_read_up_to(const char *bytes, size_t length, size_t elements_max,
    enum json_fault *fault, size_t *offset);

#endif
