/*
 * credential -- the parts of which token.c is made, private to them.
 *
 * envelope: a token cut open, with everything its header says settled.
 * issuer: whom we believe, for which organisations, by which keys.
 * claims: what an issuer's words mean here.
 *
 * Two kinds of text say no.  A reason is a short constant for the log and the
 * caller ("expired").  A fault is a sentence for whoever wrote the
 * configuration; it is on the heap, and the receiver frees it.  NULL is yes.
 *
 * Promise.  Only token_keys.c, token_signature.c and token_issue.c see a JOSE
 * library.
 */
#ifndef CREDENTIAL_H
#define CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#include "hefboom/token.h"

enum {
	KEY_ID_LENGTH_MAX = 128,
	KEYS_MAX = 256, /* of one issuer */
	ALGORITHMS = 12,
	NAME_LENGTH_MAX = 255, /* an organisation's, a client's */
	SUBJECT_LENGTH_MAX = 800, /* a user name's 200 characters in UTF-8 */
	SCOPES_LENGTH_MAX = 1024,
	LEEWAY_S = 60, /* how far clocks may differ */
	TOKEN_BYTES_MAX = TOKEN_LENGTH_MAX / 4 * 3 + 2,
	PATH_DEPTH_MAX = 8,
};

/* One of RFC 7518, section 3.1. */
struct algorithm {
	const char *name; /* "ES256" */
	const char *type; /* the JWK's kty: "oct", "RSA", "EC" */
	const char *curve; /* EC: "P-256" */
	size_t secret_length; /* oct: the least; 0 otherwise */
	size_t signature_length; /* 0: as long as the RSA modulus */
};

/* NULL when it is none of ours. */
const struct algorithm *algorithm_find(const char *name);

struct part {
	const char *text;
	size_t length;
};

struct envelope {
	struct part header, payload, signature; /* base64url, borrowed */
	size_t signature_length; /* decoded */
	const struct algorithm *algorithm;
	const char *key_id; /* or NULL; lives in header_members */
	json_t *header_members;
	json_t *claims; /* not believed before key_verify() */
};

/* A reason, or NULL.  Release in either case. */
const char *envelope_open(
    struct envelope *envelope, const char *token, size_t length);
void envelope_release(struct envelope *envelope);

struct key {
	char *id; /* or NULL */
	const struct algorithm *algorithm;
	size_t signature_length;
	json_t *jwk; /* only what verifying needs, `alg` always among it */
};

/* Each adds keys or says a fault. */
struct issuer;
char *keys_from_secret(struct issuer *issuer, const char *path);
char *keys_from_pem(struct issuer *issuer, const char *path);
char *keys_from_jwks(struct issuer *issuer, const char *path);
char *keys_from_set(struct issuer *issuer, const json_t *set, size_t most);
void key_release(struct key *key);

/* What the three are made of. */
struct buf;
char *secret_read(const char *path, struct buf *content); /* a whole file */
void secret_release(struct buf *content); /* wiped */
bool algorithm_fits(const struct algorithm *algorithm, const json_t *members);
char *key_add(struct issuer *issuer, const char *id,
    const struct algorithm *algorithm, const json_t *members);
void jwk_wipe(json_t *members);

extern const char key_unknown[]; /* a reason */
extern const char key_not_ours[]; /* another: not this algorithm */

/* The key for this header, or NULL and a reason. */
const struct key *key_choose(const struct issuer *issuer,
    const struct envelope *envelope, const char **why);

/* The signature, once the guard has been passed. */
bool key_verify(const struct key *key, const struct envelope *envelope);

struct claim_path {
	char *names[PATH_DEPTH_MAX];
	size_t depth;
};

struct issuer {
	char *name;
	char *audience;
	char *key_id; /* what a secret or PEM is called, or NULL */
	const struct algorithm *algorithms[ALGORITHMS];
	size_t algorithm_count;
	struct key *keys;
	size_t key_count;
	struct key_source *source; /* of keys by URL, or NULL */
	json_t *organisations; /* claim's value to name; NULL: every one */
	json_t *role_names; /* their name to ours, or NULL */
	uint32_t default_role; /* of whom no role is said; 0: none */
	struct claim_path subject, org, roles, scope, client_id;
};

char *issuer_read(struct issuer *issuer, const json_t *entry);
void issuer_release(struct issuer *issuer);

/*
 * A new principal (free it) for claims whose signature was verified, or NULL
 * and a reason.
 */
struct principal *claims_read(const struct issuer *issuer, const json_t *claims,
    int64_t now, const char **why);

enum { DIGEST_LENGTH = 32 };

struct token_cache;

struct token_cache *token_cache_new(size_t room);
void token_cache_free(struct token_cache *cache);
size_t token_cache_count(const struct token_cache *cache);

/* SHA-256 of the whole token, which is what it is remembered by. */
void token_digest(
    const char *token, size_t length, unsigned char digest[DIGEST_LENGTH]);

/* NULL when unknown.  The entry becomes the newest. */
struct principal *token_cache_find(
    struct token_cache *cache, const unsigned char digest[DIGEST_LENGTH]);

/* Takes the principal; the oldest entry leaves when there is no room. */
void token_cache_add(struct token_cache *cache,
    const unsigned char digest[DIGEST_LENGTH], struct principal *principal);

/* All that were verified by keys of this issuer. */
void token_cache_forget(struct token_cache *cache, const char *issuer);

/* The leeway counted, is this moment past? */
bool moment_is_past(int64_t moment, int64_t now);

#endif
