/*
 * reply_coding -- whether a reply leaves as gzip (RFC 9110, 8.4).
 *
 * Only what a GET reads, above CODING_MIN bytes, of a type that shrinks, for
 * who prefers it.  Never a sealed operation's reply: it holds a secret, whose
 * letters the length of packed bytes would tell.
 *
 * The packed reply is another representation, so its ETag is another one
 * (8.8.3): the same with "-gzip" behind the hash.  A weak one is of both.
 * If-None-Match may name either; If-Match looks at the version alone.
 */
#ifndef HEFBOOM_REPLY_CODING_H
#define HEFBOOM_REPLY_CODING_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct http_head;
struct request;

enum { CODING_MIN = 1024, CODING_MAX = 1 << 20, CODING_TAG = 64 };

/* Whether this operation's replies are ever packed: what Vary says. */
bool coding_is_possible(const struct request *request);

/* Whether a 200 of so many bytes is. */
bool coding_applies(
    const struct request *request, const char *type, size_t length);

/* gzip before identity, in Accept-Encoding (12.5.3). */
bool coding_accepts_gzip(const struct http_head *head);

/* The ETag of the packed representation. */
void coding_tag(char tag[CODING_TAG], const char *etag);

#endif
