/*
 * cursor -- where the next page begins, sealed so that only we can say so.
 *
 * A cursor carries the last row's keys.  A client gets it in `next` and sends
 * it back in `after`; it can neither read it (a key may be what another page
 * hides) nor make or change one, nor use it elsewhere: it is bound to the
 * operation, order, filter, language, organisation and person it was made for.
 *
 * The text is base64url of: a format byte, a random nonce of 96 bits, the
 * values under AES-256-GCM, the tag.  The key comes from the installation's
 * secret by HKDF-SHA256 (RFC 5869); the authenticated data is `bound`, which
 * the caller builds.  A new secret or format makes all cursors foreign.
 *
 * Ownership.  Values opened live in the arena.  One cipher context belongs to
 * the process and keeps the last secret's key; not for threads.
 *
 * Promise.  cursor_open() gives exactly what cursor_seal() was given for the
 * same secret and `bound`, or -EINVAL.
 */
#ifndef HEFBOOM_CURSOR_H
#define HEFBOOM_CURSOR_H

#include <stddef.h>

struct arena;
struct buf;

enum { CURSOR_LENGTH_MAX = 2048, CURSOR_VALUES_MAX = 16 };

/*
 * Adds the cursor's text to out.  A value may be NULL, which is not "".
 * 0, or -E2BIG (and nothing added) when it would be longer than
 * CURSOR_LENGTH_MAX or has more than CURSOR_VALUES_MAX values.
 */
int cursor_seal(const unsigned char secret[32], const char *bound,
    const char *const *values, size_t count, struct buf *out);

/* Fills values[0..count): 0, or -EINVAL for anything foreign or altered. */
int cursor_open(const unsigned char secret[32], const char *bound,
    const char *text, size_t length, struct arena *arena, const char **values,
    size_t count);

#endif
