/*
 * http -- HTTP/1.1 read strictly (RFC 9112), without sockets.
 *
 * Whatever this accepts, strict llhttp accepts with the same method, target,
 * body length and offset of the next message; a fuzzer says so.  On any
 * doubt the answer is a refusal, and the connection is closed.
 *
 * Ownership.  Nothing is allocated.  A head points into the bytes that it
 * was read from and lives no longer than they do.
 *
 * Limits.  Request line 4 KiB, header block 8 KiB (the request line not
 * counted), 64 headers, a chunk size 16 hex digits and its extensions 256
 * bytes (tokens only: no blanks, no quotes), a trailer block as a header
 * block.  Line ends count.  A trailer that would frame a message is refused,
 * all others are dropped.
 *
 * Promise.  Each byte is looked at a bounded number of times: feeding a
 * message byte by byte costs no more than a constant factor.
 */
#ifndef HEFBOOM_HTTP_H
#define HEFBOOM_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HTTP_LINE_MAX = 4096,
	HTTP_BLOCK_MAX = 8192,
	HTTP_HEADERS_MAX = 64,
};

struct http_text {
	const char *bytes;
	size_t length;
};

struct http_header {
	struct http_text name;
	struct http_text value; /* without the blanks around it */
};

struct http_head {
	struct http_text method;
	struct http_text path; /* raw: nothing is decoded */
	struct http_text query; /* behind the ?, raw; bytes NULL without one */
	struct http_header headers[HTTP_HEADERS_MAX];
	unsigned header_count;
	unsigned minor; /* HTTP/1.minor */
	bool chunked;
	bool keep_alive;
	bool expects_continue;
	uint64_t content_length;
	size_t length; /* of the head, in bytes, its empty line included */
};

enum http_outcome {
	HTTP_MORE, /* not whole yet */
	HTTP_DONE,
	HTTP_REFUSED, /* *code is a problem: see http_head_read() */
};

/* How far a head was looked at; zero it before a message's first byte. */
struct http_scan {
	size_t seen;
	size_t line_end; /* of the request line; 0: not found yet */
};

/*
 * Reads one head from the start of bytes.  `bytes` may move between calls,
 * what was there may not change.  One or more CRLF before the request line
 * are not skipped but refused.  Codes: bad_request (400), line_too_long
 * (414), expectation_failed (417), headers_too_large (431), not_implemented
 * (501: an unknown transfer coding, or a method other than GET HEAD POST PUT
 * PATCH DELETE OPTIONS), version_not_supported (505).
 *
 * What is refused, and why, follows from the bytes alone and not from the
 * pieces in which they came.  Of a refused head, method and path are what was
 * sent, well-formed or not, when path.bytes is not NULL, and the headers are
 * those in front of the fault, none when it is in the line ends or the length.
 */
enum http_outcome http_head_read(struct http_head *head, struct http_scan *scan,
    const char *bytes, size_t length, const char **code);

/* The decoder of a chunked body (RFC 9112, 7.1); zero it to begin. */
struct http_chunks {
	unsigned state;
	uint64_t left; /* of the present chunk */
	uint32_t digits; /* of its size */
	uint32_t extension; /* bytes */
	uint32_t trailer; /* bytes */
	uint32_t lines; /* of the trailer */
	uint32_t word; /* bytes of the present name or value */
	uint32_t suspects; /* framing names that the present one may become */
};

/*
 * Reads from bytes; *used tells how many were consumed and *data which of
 * them are body (one run a call, perhaps empty).  Call again with the rest.
 * HTTP_DONE: the last chunk and its trailers were read.
 * HTTP_REFUSED: bad_request; *data is still body.
 */
enum http_outcome http_chunks_read(struct http_chunks *chunks,
    const char *bytes, size_t length, size_t *used, struct http_text *data);

/*
 * Percent-decodes a segment or a query's name or value into out (at least
 * length + 1 bytes).  In a query, + is a blank.  Returns the length, or -1
 * for a bad escape, a decoded NUL, or invalid UTF-8.
 */
long http_decode(char *out, const char *bytes, size_t length, bool query);

/* The phrase of a status (RFC 9110, 15). */
const char *http_phrase(int status);

#endif
