/*
 * caller_cache -- what the caller's files share: who was looked up lately.
 *
 * A key is three texts with a NUL behind each.  A person's are the token's
 * issuer, organisation and subject; a client's begin with a byte that no
 * issuer has (caller_client.c).
 *
 * Ownership.  The cache owns its callers; one that was found is borrowed
 * until the next call.
 */
#ifndef CALLER_CACHE_H
#define CALLER_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hefboom/caller.h"
#include "hefboom/request.h"

struct caller_key {
	const char *text;
	size_t length;
	uint64_t hash;
};

struct caller {
	struct caller *same_bucket;
	struct caller *younger; /* entries end in the order they came */
	int64_t until_s;
	uint64_t hash;
	size_t key_length;
	char org_id[UUID_TEXT];
	char person_id[UUID_TEXT]; /* "" for a machine */
	char client_id[UUID_TEXT]; /* "" unless an admin manages it */
	char credential_id[UUID_TEXT];
	const char *scopes; /* of a client's own token, or NULL */
	char text[]; /* the key, then the scopes */
};

/* The key of three texts, in the request's arena. */
struct caller_key caller_key(struct request *request, const char *first,
    const char *second, const char *third);

/* NULL when nobody asked for it within CALLER_SECONDS. */
const struct caller *caller_find(
    struct caller_cache *cache, const struct caller_key *key);

/* Remembers who the request is found to be; scopes may be NULL. */
void caller_add(struct caller_cache *cache, const struct caller_key *key,
    const struct request *request, const char *scopes);

struct http_text;
struct principal;

/* caller_client.c: an opaque token, or one that a client's secret bought. */
bool caller_is_token(const struct http_text *token);
const struct problem *caller_of_token(
    struct request *request, const struct http_text *token);
const struct problem *caller_of_client(
    struct request *request, const struct principal *principal);

#endif
