/*
 * random -- unpredictable bytes, a system call for some hundreds of them.
 *
 * Promise.  A forked child never hands out bytes that its parent held.
 */
#ifndef HEFBOOM_RANDOM_H
#define HEFBOOM_RANDOM_H

#include <stddef.h>

void random_bytes(void *out, size_t length);

/* A UUIDv7 (RFC 9562, 5.7) as text: 36 characters and a NUL. */
void uuid_new(char out[37]);

/* A UUIDv4: it does not tell when it was made. */
void uuid_undated(char out[37]);

#endif
