/*
 * memory -- allocation that cannot fail, because failing stops the program.
 *
 * A server that limps on without memory loses data in ways nobody has
 * tested; one that stops is started again by its supervisor.
 *
 * Ownership.  What these return is the caller's, to free().
 *
 * Promise.  Never NULL: out of memory is abort(), with one line on stderr.
 */
#ifndef HEFBOOM_MEMORY_H
#define HEFBOOM_MEMORY_H

#include <stddef.h>

void *memory_alloc(size_t size);
void *memory_zero(size_t count, size_t size);
void *memory_grow(void *block, size_t size);
char *memory_copy(const char *bytes, size_t length); /* adds a NUL */
char *memory_string(const char *string);
char *memory_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Overwrites secrets in a way that the compiler may not drop. */
void memory_wipe(void *block, size_t size);

#endif
