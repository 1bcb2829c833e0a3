#include "credential.h"

#include "hefboom/fetch.h"
#include "hefboom/memory.h"
#include "token_source.h"

const char token_own_issuer[] = "hefboom";
const char token_own_audience[] = "hefboom";
const char token_credential[] = "credential_id";
const char token_unsure[] = "its key may be new";

struct token_checker {
	struct issuer *issuers;
	size_t issuer_count;
	struct issuer also; /* of the same name as one of them */
	bool has_also;
	struct token_cache *cache;
	struct principal *uncached; /* the last one outside the cache */
	struct key_source
	    *unsure; /* of the last token that may have a new key */
};

static struct issuer *issuer_find(
    const struct token_checker *checker, const char *name)
{
	if (name == NULL)
		return NULL;
	for (size_t i = 0; i < checker->issuer_count; i++)
		if (strcmp(checker->issuers[i].name, name) == 0)
			return &checker->issuers[i];
	return NULL;
}

static const struct issuer *issuer_also(
    const struct token_checker *checker, const struct issuer *issuer)
{
	return checker->has_also &&
		strcmp(checker->also.name, issuer->name) == 0
	    ? &checker->also
	    : NULL;
}

static char *issuer_add(struct token_checker *checker, const json_t *entry)
{
	struct issuer issuer;
	char *fault = issuer_read(&issuer, entry);

	if (fault == NULL && issuer_find(checker, issuer.name) != NULL)
		fault =
		    memory_format("issuer \"%s\" is there twice", issuer.name);
	if (fault != NULL) {
		issuer_release(&issuer);
		return fault;
	}
	checker->issuers[checker->issuer_count++] = issuer;
	return NULL;
}

struct token_checker *token_checker_new(const json_t *issuers, char **error)
{
	struct token_checker *checker = memory_zero(1, sizeof(*checker));
	const json_t *entry;
	char *fault = NULL;
	size_t i;

	checker->cache = token_cache_new(TOKEN_CACHE_MAX);
	checker->issuers =
	    memory_zero(json_array_size(issuers), sizeof(struct issuer));
	if (!json_is_array(issuers))
		fault = memory_string("the issuers are no JSON array");
	json_array_foreach(issuers, i, entry)
	{
		fault = issuer_add(checker, entry);
		if (fault != NULL)
			break;
	}
	if (fault != NULL) {
		token_checker_free(checker);
		*error = fault;
		return NULL;
	}
	return checker;
}

int token_checker_also(
    struct token_checker *checker, const json_t *entry, char **error)
{
	struct issuer issuer;
	char *fault = issuer_read(&issuer, entry);

	if (fault == NULL && !checker->has_also) {
		checker->also = issuer;
		checker->has_also = true;
		return 0;
	}
	*error = fault == NULL ? memory_string("a third key") : fault;
	issuer_release(&issuer);
	return -1;
}

void token_checker_free(struct token_checker *checker)
{
	if (checker == NULL)
		return;
	token_cache_free(checker->cache);
	free(checker->uncached);
	for (size_t i = 0; i < checker->issuer_count; i++)
		issuer_release(&checker->issuers[i]);
	if (checker->has_also)
		issuer_release(&checker->also);
	free(checker->issuers);
	free(checker);
}

/*
 * Only for claims that would do: whoever is refused anyway causes no fetch.
 * A token that names no key may be of one that took another's place.
 */
static void key_may_be_new(struct token_checker *checker,
    const struct issuer *issuer, const struct envelope *envelope, int64_t now,
    const char **why)
{
	struct principal *principal;

	if (issuer->source == NULL || *why == key_not_ours ||
	    (*why != key_unknown && envelope->key_id != NULL))
		return;
	principal = claims_read(issuer, envelope->claims, now, why);
	if (principal == NULL)
		return;
	free(principal);
	*why = key_unknown;
	if (!source_may_lack(issuer->source, envelope->claims))
		return;
	checker->unsure = issuer->source;
	*why = token_unsure;
}

static struct principal *token_verify(struct token_checker *checker,
    const struct envelope *envelope, int64_t now, const char **why)
{
	const json_t *name = json_object_get(envelope->claims, "iss");
	const struct issuer *issuer =
	    issuer_find(checker, json_string_value(name));
	const struct key *key;

	if (issuer == NULL) {
		*why = "unknown issuer";
		return NULL;
	}
	key = key_choose(issuer, envelope, why);
	if (key != NULL && !key_verify(key, envelope)) {
		const struct issuer *also = issuer_also(checker, issuer);

		key = also == NULL ? NULL : key_choose(also, envelope, why);
		if (key != NULL && !key_verify(key, envelope))
			key = NULL;
		if (key == NULL)
			*why = "bad signature";
	}
	if (key != NULL)
		return claims_read(issuer, envelope->claims, now, why);
	key_may_be_new(checker, issuer, envelope, now, why);
	return NULL;
}

static struct principal *token_read(struct token_checker *checker,
    struct part token, int64_t now, const char **why)
{
	struct envelope envelope;
	struct principal *principal = NULL;

	*why = envelope_open(&envelope, token.text, token.length);
	if (*why == NULL)
		principal = token_verify(checker, &envelope, now, why);
	if (*why == token_unsure && source_see(checker->unsure))
		principal = token_verify(checker, &envelope, now, why);
	envelope_release(&envelope);
	return principal;
}

struct principal *token_check(struct token_checker *checker, const char *token,
    size_t length, int64_t now, const char **why)
{
	unsigned char digest[DIGEST_LENGTH];
	struct principal *principal;

	*why = NULL;
	if (length > TOKEN_LENGTH_MAX) {
		*why = "too long";
		return NULL;
	}
	token_digest(token, length, digest);
	principal = token_cache_find(checker->cache, digest);
	if (principal != NULL) {
		if (!moment_is_past(principal->expires_at, now))
			return principal;
		*why = "expired";
		return NULL;
	}
	principal = token_read(checker, (struct part){token, length}, now, why);
	if (principal != NULL)
		token_cache_add(checker->cache, digest, principal);
	return principal;
}

struct principal *token_check_uncached(struct token_checker *checker,
    const char *token, size_t length, int64_t now, const char **why)
{
	free(checker->uncached);
	checker->uncached =
	    token_read(checker, (struct part){token, length}, now, why);
	return checker->uncached;
}

bool token_wait(struct token_checker *checker, struct token_waiter *waiter)
{
	return source_wait(checker->unsure, waiter);
}

bool token_checker_fetches(const struct token_checker *checker)
{
	for (size_t i = 0; i < checker->issuer_count; i++)
		if (checker->issuers[i].source != NULL)
			return true;
	return false;
}

char *token_checker_check(
    const struct token_checker *checker, const struct networks *networks)
{
	for (size_t i = 0; i < checker->issuer_count; i++) {
		const struct issuer *issuer = &checker->issuers[i];

		if (issuer->source != NULL && networks == NULL &&
		    fetch_url_is_plain(source_url(issuer->source)))
			return memory_format("issuer \"%s\": http without a "
					     "network in fetch_networks",
			    issuer->name);
	}
	return NULL;
}

void token_checker_serve(
    struct token_checker *checker, const struct token_services *services)
{
	for (size_t i = 0; i < checker->issuer_count; i++) {
		struct issuer *issuer = &checker->issuers[i];

		if (issuer->source != NULL)
			source_serve(
			    issuer->source, issuer, checker->cache, services);
	}
}
