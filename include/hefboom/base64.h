/*
 * base64 -- base64url without padding, the one true spelling (RFC 4648, 5).
 *
 * Promise.  Decoding is canonical: no padding, no blanks, no foreign letters,
 * no bits left over.  Two different texts never decode to the same bytes, so
 * whoever compares or remembers the text has compared the bytes.
 */
#ifndef HEFBOOM_BASE64_H
#define HEFBOOM_BASE64_H

#include <stddef.h>

#include "hefboom/buf.h"

/* How many bytes a text of this length decodes to, at most. */
size_t base64_room(size_t length);

/* bytes has base64_room(length).  0 and *decoded, or -EINVAL. */
int base64_decode(
    const char *text, size_t length, unsigned char *bytes, size_t *decoded);

void base64_encode(const unsigned char *bytes, size_t length, struct buf *out);

#endif
