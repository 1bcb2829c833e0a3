/*
 * gzip -- bytes made fewer (RFC 1952), for replies.
 *
 * Ownership.  One state a process, kept between calls (256 KiB); not for
 * threads.  gzip_keep() owns the few results that it keeps.
 *
 * Limits.  Whoever calls bounds the length: level 1 takes about 10 ms a MiB.
 */
#ifndef HEFBOOM_GZIP_H
#define HEFBOOM_GZIP_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Replaces what is in `body`.  `level` is 1 to 9. */
void gzip_pack(struct buf *body, int level);

/*
 * The same for one of the program's own documents, named by `name`: it is
 * packed once, at level 6, and then only copied.
 */
void gzip_keep(struct buf *body, const char *name);

#endif
