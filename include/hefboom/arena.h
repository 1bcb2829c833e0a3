/*
 * arena -- memory that dies together.
 *
 * What a request needs is taken from its arena and is never freed by hand.
 * Foreign objects (a json_t, a PGresult) are registered with a cleanup.
 *
 * Ownership.  The arena owns what it hands out.
 *
 * Promise.  arena_release() runs the cleanups in reverse order of their
 * registration, each exactly once, before any memory goes.  Blocks are
 * aligned for any type; out of memory is abort().
 */
#ifndef HEFBOOM_ARENA_H
#define HEFBOOM_ARENA_H

#include <stddef.h>

struct arena_chunk;
struct arena_cleanup;
typedef void arena_cleanup_fn(void *object);

struct arena {
	struct arena_chunk *chunk;
	struct arena_cleanup *cleanups;
};

void arena_init(struct arena *arena);
void arena_release(struct arena *arena); /* usable again afterwards */

void *arena_alloc(struct arena *arena, size_t size); /* zeroed */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);
char *arena_string(struct arena *arena, const char *string);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void arena_defer(struct arena *arena, arena_cleanup_fn *run, void *object);

#endif
