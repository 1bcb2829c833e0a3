/*
 * memory -- allocation that cannot fail, because failing stops the program.
 *
 * A server that limps on without memory loses data in ways nobody has
 * tested; one that stops is started again by its supervisor.  Before it comes
 * to that a process that serves has 2 MiB in reserve: an allocation that
 * fails, ours or a library's, is served from there, so that what has begun
 * can end.  As long as the reserve cannot be filled up again, every
 * request but the one after the process's health is answered 503.
 *
 * With AddressSanitizer allocation is the sanitizer's, and fails for good.
 *
 * Ownership.  What these return is the caller's, to free().
 *
 * Promise.  Never NULL: when the reserve is gone too, out of memory is
 * abort(), with one line on stderr.
 */
#ifndef HEFBOOM_MEMORY_H
#define HEFBOOM_MEMORY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

void *memory_alloc(size_t size);
void *memory_zero(size_t count, size_t size);
void *memory_grow(void *block, size_t size);
char *memory_copy(const char *bytes, size_t length); /* adds a NUL */
char *memory_string(const char *string);
char *memory_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
char *memory_format_list(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0)));

/* Sets the reserve aside, or fills it up. */
void memory_reserve(void);

/* The reserve was used, and could not be filled up. */
bool memory_is_short(void);

/* So much could be had now without the reserve. */
bool memory_has(size_t size);

/*
 * For what a client makes large: NULL rather than the reserve, and the block
 * stays as it was.
 */
void *memory_try_grow(void *block, size_t size);

/* Overwrites secrets in a way that the compiler may not drop. */
void memory_wipe(void *block, size_t size);

#endif
