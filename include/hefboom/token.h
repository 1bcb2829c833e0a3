/*
 * token -- who is calling: bearer tokens verified (RFC 7519, 8725, 9068).
 *
 * libjose verifies signatures, compact form only, behind a guard of ours
 * that has already settled everything libjose would let the token choose.
 * libjwt issues the installation's own tokens.
 *
 * The guard.  At most 8 KiB; three parts of canonical base64url; a header
 * that is a JSON object without duplicate members, with `alg` from the
 * issuer's list, bound to the key's type; `typ` JWT, at+jwt or
 * application/at+jwt (any case) or absent; no crit, jku, jwk, x5u, x5c, b64,
 * zip; `kid` at most 128 characters and an exact key of that issuer's table,
 * or absent when the issuer has exactly one key for that algorithm.  Claims:
 * iss exact, aud (string or array) contains the issuer's audience, exp
 * required, nbf and iat honoured, fractions understood, leeway 60 s; sub
 * required, 1 to 255 bytes without control characters; the organisation from
 * the issuer and the claim together; roles and scopes are words in a string
 * or an array, scopes at most 1 KiB.  HS* only with a secret as long as the
 * hash, 32 bytes or more, and never beside asymmetric keys of one issuer.
 * RSA keys of 2048 bits or more.
 *
 * Ownership.  A token_checker owns its issuers, keys and cache.  A principal
 * returned lives in the cache: borrowed until the next token_check().
 *
 * Promise.  token_check() never accepts what the guard refuses; verified
 * tokens are remembered by SHA-256 of the whole token until they expire
 * (TOKEN_CACHE_MAX, oldest use leaves first), and a cached token is still
 * refused once it has expired.
 */
#ifndef HEFBOOM_TOKEN_H
#define HEFBOOM_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

enum { TOKEN_LENGTH_MAX = 8192, TOKEN_CACHE_MAX = 10000 };

struct token_checker;

struct principal {
	const char *issuer;
	const char *org; /* name of the organisation */
	const char *subject;
	uint32_t roles; /* enum role, without what one role implies */
	const char *scopes; /* space-separated, "" when none */
	const char *client_id; /* or NULL */
	const char *credential_id; /* of a client that we manage, or NULL */
	int64_t expires_at; /* seconds since 1970 */
};

/*
 * The configuration, a JSON array of issuers:
 * [{"issuer": "https://idp.example", "audience": "hefboom",
 *   "organisations": ["acme"] or {"claim value": "acme"} ,
 *   "algorithms": ["RS256"],
 *   "secret_file" | "pem_file" | "jwks_file": "path", "kid": "2026",
 *   "claims": {"subject": "sub", "org": "org", "roles":
 *   "realm_access.roles", "scope": "scope", "client_id": "azp"},
 *   "role_names": {"Learning-HR": "hr"}, "default_role": "member"}]
 * An issuer bound to exactly one organisation needs no org claim; when the
 * claim is there it must still agree.  `organisations` absent: every
 * organisation, which only the installation's own issuer may say.
 * `default_role` is what somebody is whose token names no role that we know;
 * without it they have none and are refused.
 * A path in `claims` is split at dots; a claim whose own name has dots is
 * written as an array of strings.  With `role_names` only mapped names mean
 * anything, so that their "admin" is not ours; unknown names never do.
 *
 * A secret or PEM (a public key or a certificate) is one key and has one
 * algorithm; `kid` names it, for issuers that name their keys.  A secret is
 * all the bytes of its file, less a last newline behind printable text.  In a
 * JWKS, a key without `alg` gets the first of `algorithms` that fits it; keys
 * for other uses and algorithms are passed over.  Unknown members anywhere
 * are an error.
 */
struct token_checker *token_checker_new(const json_t *issuers, char **error);
/*
 * Another key of an issuer that is there: what the first does not verify, this
 * one may.  0, or -1 with *error.
 */
int token_checker_also(
    struct token_checker *checker, const json_t *issuer, char **error);

void token_checker_free(struct token_checker *checker);

/*
 * NULL when refused, and then *why is a short constant English reason for
 * the log and the problem's detail ("expired", "unknown key").  now: seconds
 * since 1970.
 */
struct principal *token_check(struct token_checker *checker, const char *token,
    size_t length, int64_t now, const char **why);

/* For tests and benchmarks: without looking into, or filling, the cache. */
struct principal *token_check_uncached(struct token_checker *checker,
    const char *token, size_t length, int64_t now, const char **why);

enum { TOKEN_HASH_TEXT = 67 };

/* SHA-256 as PostgreSQL reads bytea, "\\x..." and a NUL. */
void token_hash(const char *token, size_t length, char text[TOKEN_HASH_TEXT]);

enum { TOKEN_SECRET_LENGTH = 32 };

/* The issuer's name and audience of tokens that this installation issues. */
extern const char token_own_issuer[]; /* "hefboom" */
extern const char token_own_audience[]; /* "hefboom" */

/* The claim that names a managed client's credential; of our own alone. */
extern const char token_credential[]; /* "credential_id" */

/* What a token of ours says. */
struct token_order {
	const char *org;
	const char *subject;
	const char *roles; /* separated by blanks, as scopes are */
	const char *scopes;
	const char *client_id, *credential_id; /* or NULL */
	int64_t now;
	int64_t ttl_s;
};

/* HS256 by libjwt.  Free the result; NULL when a text is not UTF-8. */
char *token_issue(const unsigned char *secret, size_t secret_length,
    const struct token_order *order);

/* 0 when the name is none. */
uint32_t role_find(const char *name);

/* Every scope that there is, NULL-ended: the schema Scope of the document. */
extern const char *const scope_names[];
bool scope_exists(const char *scope);

/* One of the words of `scopes` (RFC 6749, 3.3) is `scope`. */
bool scope_among(const char *scopes, const char *scope);

#endif
