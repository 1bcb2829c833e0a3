/*
 * service -- what the requests of one worker share.
 *
 * Ownership.  The worker owns it and everything it points at; requests
 * borrow it.
 */
#ifndef HEFBOOM_SERVICE_H
#define HEFBOOM_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

struct caller_cache;
struct config;
struct machine;
struct pool;
struct request;
struct token_checker;

/*
 * A body becomes up to eighty times its length while it is a tree, so of those
 * longer than LARGE_BODY only so many are under way at once in a worker; the
 * next one is answered 503.
 */
enum { LARGE_BODY = 256 * 1024, LARGE_BODIES_MAX = 8 };

struct service {
	const struct config *config;
	struct machine *machine; /* shared with other processes */
	struct pool *pool;
	struct token_checker *tokens;
	struct caller_cache *callers;
	struct request *first, *last; /* requests, oldest first */
	unsigned large_bodies;
	bool draining;
};

#endif
