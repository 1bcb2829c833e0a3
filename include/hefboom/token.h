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
 * required, 1 to 800 bytes (a user name's 200 characters) without control
 * characters; the organisation from the issuer and the claim together; none of
 * the claims that make it an ID token, a logout token or an event (at_hash,
 * c_hash, events, a `typ` of that meaning); roles and scopes are words in a
 * string or an array, scopes at most 1 KiB.  HS* only with a secret as long as
 * the hash, 32 bytes or more, and never beside asymmetric keys of one issuer.
 * RSA keys of 2048 bits or more.
 *
 * Keys by URL.  An issuer's keys may come from an https address (fetch.h says
 * which are refused): `jwks_url`, or `discovery_url`, an OpenID Connect
 * discovery document whose issuer must be this very name.  At most 256 KiB
 * and 100 keys of public-key algorithms, else held to all that a file is.
 * They are fetched at the start, again when Cache-Control says so (5 minutes
 * to 24 hours; an hour when it says nothing), and at most once in 30 s on one
 * machine when a token names a key that is not there.  A set that was found
 * replaces the one before: what left it is not honoured any more, nor any
 * token remembered by it.  A source that fails, or answers what a file may
 * not hold, changes nothing; what it said last is kept in <data>/keys and is
 * there at the next start.
 *
 * No valid token is refused because its key is new.  One whose key is not
 * there waits up to TOKEN_WAIT_MS for the fetch that it caused or met, and is
 * refused only by a set whose fetch began after the token was issued or had
 * arrived.  While that cannot be had (the source fails, or was asked less
 * than 30 s ago) nobody can say, and the reply is 503, never 401.  So it is
 * for all of an issuer whose keys have never been seen.  Only a token whose
 * claims would do causes any of this.
 *
 * Ownership.  A token_checker owns its issuers, keys and cache.  A principal
 * returned lives in the cache: borrowed until the next token_check(), and no
 * longer than this turn of the loop, in which keys may come.
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

enum {
	TOKEN_LENGTH_MAX = 8192,
	TOKEN_CACHE_MAX = 10000,
	TOKEN_WAIT_MS = 3000,
};

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
 *   or "jwks_url" | "discovery_url": "https://...",
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

/*
 * The one reason (compare the pointer) that is no refusal: the key may have
 * come since we last looked.  token_wait() says what to do about it.
 */
extern const char token_unsure[];

struct key_source;
typedef void token_again_fn(void *context);

struct token_waiter {
	token_again_fn *again; /* set by the caller, as its context */
	void *context;
	bool settled; /* what is unsure by now is refused */
	unsigned retry_s; /* when not: worth asking again after this */
	/* token_source.c's own */
	struct key_source *source;
	struct token_waiter *before, *next;
	int64_t since_ms, until_ms; /* monotonic */
	bool waits;
};

/*
 * Right after token_check() said token_unsure.  True: `again` runs once, from
 * the loop, when it is time to check again.  False: nothing will be known
 * within TOKEN_WAIT_MS.
 */
bool token_wait(struct token_checker *checker, struct token_waiter *waiter);
void token_wait_end(struct token_waiter *waiter); /* does no harm twice */

struct event_base;
struct fetcher;
struct networks;

struct token_services {
	struct event_base *base;
	struct fetcher *fetcher;
	const char *folder; /* where keys are kept */
};

/* Does any issuer have its keys by URL? */
bool token_checker_fetches(const struct token_checker *checker);

/* Plain http needs a network that allows it.  NULL, or a fault. */
char *token_checker_check(
    const struct token_checker *checker, const struct networks *networks);

/* In each worker, after the fork: from now on keys come and go. */
void token_checker_serve(
    struct token_checker *checker, const struct token_services *services);

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
