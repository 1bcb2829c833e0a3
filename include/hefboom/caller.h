/*
 * caller -- which person, or which machine client, a token speaks for.
 *
 * A verified JWT: (issuer, organisation, subject) to person.  A token that
 * begins with hfb_ and is as such in machine_credential: SHA-256 to client.
 * A JWT of our own with a credential_id: to the client that bought it with
 * that secret.  All are remembered for 60 s; a person who was deactivated, a
 * client or credential that was revoked or has expired is refused at once all
 * the same, by enter and enter_client.
 *
 * Ownership.  A worker owns its cache.
 *
 * Limits.  CALLERS_MAX entries; the one whose time ends first leaves.  A
 * token that nobody has is not remembered.
 */
#ifndef HEFBOOM_CALLER_H
#define HEFBOOM_CALLER_H

struct caller_cache;

enum { CALLERS_MAX = 20000, CALLER_SECONDS = 60 };

struct caller_cache *caller_cache_new(void);
void caller_cache_free(struct caller_cache *cache);

#endif
