/*
 * reply_lines -- the header lines of the reply that is being written.
 *
 * One worker writes one reply at a time, so there is one buffer of them.
 */
#ifndef HEFBOOM_REPLY_LINES_H
#define HEFBOOM_REPLY_LINES_H

#include <stdbool.h>

#include "hefboom/buf.h"

struct request;

extern struct buf reply_lines;

/* Those that every reply has; `type` of its body, or NULL. */
void lines_begin(const struct request *request, const char *type);

void lines_add(const char *name, const char *value);

/* How a reply may be kept that depends on who asks. */
void lines_personal(const struct request *request);

/* ... and that is the same for everybody. */
void lines_open(const struct request *request);

/* The query of this request with another `after` (RFC 8288, rel="next"). */
void lines_link(const struct request *request, const char *cursor);

/* After a 415: which bodies would have been taken. */
void lines_accept(const struct request *request);

/* Whether If-None-Match names this ETag. */
bool lines_know(const struct request *request, const char *etag);

#endif
