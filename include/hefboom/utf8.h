/*
 * utf8 -- which bytes are text (RFC 3629, section 4).
 *
 * No overlong forms, no surrogates, nothing above U+10FFFF; nor a NUL, which
 * no text of ours can hold.
 *
 * Promise.  At most `left` bytes are looked at, and at most four.
 */
#ifndef HEFBOOM_UTF8_H
#define HEFBOOM_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes the first character takes: 1 to 4, or 0 if it is none. */
size_t utf8_length(const char *text, size_t left);

bool utf8_is_text(const char *text, size_t length);

#endif
