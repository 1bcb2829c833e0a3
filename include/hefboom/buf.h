/*
 * buf -- a string of bytes that grows.
 *
 * Replies are written into one, and its memory then travels to the socket
 * without a copy (buf_take).  JSON is written here too, because writing it
 * straight into the bytes that leave is the whole point of the design.
 *
 * Ownership.  A buf owns its bytes.  A zeroed struct buf is an empty one.
 *
 * Promise.  bytes[length] is always NUL once anything was added, so a buf
 * can be read as a C string when it holds text.
 */
#ifndef HEFBOOM_BUF_H
#define HEFBOOM_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *bytes;
	size_t length;
	size_t capacity;
};

void buf_release(struct buf *buf);
void buf_clear(struct buf *buf); /* length 0, memory kept */
void buf_reserve(struct buf *buf, size_t more);

void buf_add(struct buf *buf, const void *bytes, size_t length);
void buf_add_string(struct buf *buf, const char *string);
void buf_add_char(struct buf *buf, char c);
void buf_add_format(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A JSON string, quotes included (RFC 8259, section 7).  UTF-8 passes. */
void buf_add_json(struct buf *buf, const char *text, size_t length);
void buf_add_json_string(struct buf *buf, const char *string);

/* Hands the bytes over; the buf is empty afterwards.  Free with free(). */
char *buf_take(struct buf *buf, size_t *length);

#endif
