/*
 * token_source -- keys of an issuer that come from an address.
 *
 * A source has a place in memory that all workers of a machine share: one of
 * them fetches at a time, and what it found is there for the others, who look
 * twice a second, or at once when a request waits.  What was found is kept in
 * a file too, for a start at which the address does not answer.
 *
 * When.  At the start; then as often as Cache-Control says (KEYS_AGE_MIN_S to
 * KEYS_AGE_MAX_S, without it KEYS_AGE_S); again after KEYS_RETRY_S when it
 * failed; and, at most once in KEYS_ASK_S, when a token names a key that is
 * not there.  Each fetch is a discovery document, when there is one, and the
 * set behind it.
 *
 * Promise.  A set that fails, or that a file would not be taken from, changes
 * nothing.  One that is taken replaces all of its issuer's keys, and every
 * remembered token of that issuer is checked anew.  Nothing here waits.
 */
#ifndef TOKEN_SOURCE_H
#define TOKEN_SOURCE_H

#include <stdatomic.h>

#include "credential.h"

enum {
	SET_LENGTH_MAX = 320 * 1024, /* a fetch, and `alg` in each key */
	SET_KEYS_MAX = 100,
	KEYS_AGE_MIN_S = 300,
	KEYS_AGE_S = 3600,
	KEYS_AGE_MAX_S = 86400,
	KEYS_RETRY_S = 60,
	KEYS_ASK_S = 30,
	LEASE_MS = 12000, /* two fetches, and some */
	WAITERS_MAX = 256,
};

/*
 * All times are the machine's monotonic clock, but for began_s.  The text is
 * being written while `version` is odd.
 */
struct shared_keys {
	_Atomic int64_t lease_ms; /* somebody fetches until then */
	_Atomic int64_t due_ms; /* of the next fetch by itself */
	_Atomic int64_t ask_ms; /* of the next fetch for an unknown key */
	_Atomic int64_t began_ms; /* of the last fetch that succeeded */
	_Atomic int64_t began_s; /* the same, since 1970; 0: never */
	_Atomic uint32_t ended; /* how many fetches have */
	_Atomic uint32_t version;
	uint32_t length;
	char text[SET_LENGTH_MAX];
};

struct shared_keys *shared_new(void);
void shared_free(struct shared_keys *shared);

/* Takes the lease when `moment` (due_ms or ask_ms) has come; then it is put
 * off by wait_ms. */
bool shared_begin(struct shared_keys *shared, _Atomic int64_t *moment,
    int64_t now_ms, int64_t wait_ms);
void shared_end(struct shared_keys *shared);
bool shared_is_busy(const struct shared_keys *shared, int64_t now_ms);

void shared_write(struct shared_keys *shared, const struct buf *text);
/* False when it is just being written.  *version is what was read. */
bool shared_read(
    const struct shared_keys *shared, struct buf *text, uint32_t *version);

/* The file of what was found last.  read: false when there is none. */
bool kept_read(const char *path, struct buf *text);
int kept_write(const char *path, const struct buf *text); /* 0 or -errno */

/* The keys of a JWKS in place of the issuer's; a fault changes nothing. */
char *keys_replace(
    struct issuer *issuer, const char *text, size_t length, bool *changed);
/* The issuer's keys as a JWKS, public members only. */
void keys_write(const struct issuer *issuer, struct buf *text);

/*
 * Where an OpenID Connect discovery document says that the keys are (free
 * it); its issuer must be this very one.  NULL and a fault.
 */
char *discovery_read(
    const char *text, size_t length, const char *issuer, char **fault);

/* How long a set is fresh by its Cache-Control, in seconds. */
int64_t keys_age(int64_t max_age_s);

struct key_source;

struct key_source *source_new(const char *url, bool discovers);
void source_free(struct key_source *source);
const char *source_url(const struct key_source *source);

/* In a worker: reads the file and begins to fetch. */
struct token_services;
void source_serve(struct key_source *source, struct issuer *issuer,
    struct token_cache *cache, const struct token_services *services);

/* Takes what another worker has found since; true: there was something. */
bool source_see(struct key_source *source);

/*
 * Could a key that is not here be one that came since?  Not when the last
 * fetch began after the token was made and what it found has been seen.
 */
bool source_may_lack(const struct key_source *source, const json_t *claims);

struct token_waiter;
bool source_wait(struct key_source *source, struct token_waiter *waiter);

#endif
