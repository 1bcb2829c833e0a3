/*
 * What is remembered, for how long and of whom; and the tokens we issue.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "credential.h"
#include "forged.h"
#include "hefboom/operation.h"

enum { NOW = FORGE_NOW };

static struct token_checker *checker;

/* Two issuers that share a secret, and ours. */
static const char issuers[] =
    "[{'issuer':'one','audience':'hefboom','organisations':['acme'],"
    "'secret_file':'@/secret','algorithms':['HS256']},"
    "{'issuer':'two','audience':'hefboom','organisations':['globex'],"
    "'secret_file':'@/secret','algorithms':['HS256']},"
    "{'issuer':'hefboom','audience':'hefboom','secret_file':'@/own',"
    "'algorithms':['HS256']}]";

static int setup(void **state)
{
	forge_init(&forge);
	forge_write(&forge, "secret", forge.secret, 32);
	forge_write(&forge, "own", forge.secret + 32, 32);
	return forged_configure(issuers, &checker, state);
}

static char *token_of(const char *issuer, const char *subject, long expires_at)
{
	const struct signer hs = {"HS256", NULL, forge.secret, 32};
	char *claims = memory_format("{\"iss\":\"%s\",\"aud\":\"hefboom\","
				     "\"sub\":\"%s\",\"exp\":%ld}",
	    issuer, subject, expires_at);
	char *token = forge_token(&hs, "{\"alg\":\"HS256\"}", claims);

	free(claims);
	return token;
}

static struct principal *check(const char *token, int64_t now, const char **why)
{
	return token_check(checker, token, strlen(token), now, why);
}

static void test_expiry(void **state)
{
	char *token = token_of("one", "els", NOW + 600);
	const char *why = "";
	struct principal *principal = check(token, NOW, &why);

	(void)state;
	assert_non_null(principal);
	assert_int_equal(principal->expires_at, NOW + 600);
	assert_ptr_equal(check(token, NOW + 1, &why), principal);
	assert_ptr_equal(check(token, NOW + 659, &why), principal);
	assert_null(check(token, NOW + 660, &why));
	assert_string_equal(why, "expired");
	assert_null(check(token, NOW + 100000, &why));
	assert_string_equal(why, "expired");
	free(token);
}

/* What is cached for one is nothing to another. */
static void test_isolation(void **state)
{
	char *one = token_of("one", "els", NOW + 600);
	char *two = token_of("two", "els", NOW + 600);
	char *mixed = memory_copy(one, strlen(one));
	const char *why = "";
	struct principal *first = check(one, NOW, &why);
	struct principal *second = check(two, NOW, &why);

	(void)state;
	assert_string_equal(first->issuer, "one");
	assert_string_equal(first->org, "acme");
	assert_string_equal(second->issuer, "two");
	assert_string_equal(second->org, "globex");
	assert_ptr_equal(check(one, NOW, &why), first);
	/* A good token's parts with another's signature. */
	memcpy(
	    strrchr(mixed, '.'), strrchr(two, '.'), strlen(strrchr(two, '.')));
	assert_null(check(mixed, NOW, &why));
	assert_string_equal(why, "bad signature");
	/* Its first bytes, and it with more behind. */
	assert_null(token_check(checker, one, strlen(one) - 1, NOW, &why));
	free(mixed);
	mixed = memory_format("%sA", one);
	assert_null(check(mixed, NOW, &why));
	free(mixed);
	free(one);
	free(two);
}

static void test_refused_is_not_kept(void **state)
{
	char *token = token_of("one", "els", NOW - 1000);
	const char *why;

	(void)state;
	assert_null(check(token, NOW, &why));
	/* The clock was wrong and is set back. */
	assert_non_null(check(token, NOW - 2000, &why));
	free(token);
}

static void digest_of(size_t number, unsigned char *digest)
{
	token_digest((const char *)&number, sizeof(number), digest);
}

static struct principal *numbered(size_t number)
{
	struct principal *principal = memory_zero(1, sizeof(*principal));

	principal->expires_at = (int64_t)number;
	return principal;
}

static void test_eviction(void **state)
{
	const size_t room = 100, turns = 1000;
	struct token_cache *cache = token_cache_new(room);
	unsigned char digest[DIGEST_LENGTH];

	(void)state;
	for (size_t i = 0; i < turns; i++) {
		struct principal *kept;

		digest_of(i, digest);
		assert_null(token_cache_find(cache, digest));
		token_cache_add(cache, digest, numbered(i));
		/* Number 7 is asked for again and again, so it stays. */
		digest_of(7, digest);
		kept = token_cache_find(cache, digest);
		assert_int_equal(kept != NULL, i >= 7);
		assert_int_equal(
		    token_cache_count(cache), i < room ? i + 1 : room);
	}
	for (size_t i = 0; i < turns; i++) {
		struct principal *kept;

		digest_of(i, digest);
		kept = token_cache_find(cache, digest);
		assert_int_equal(kept != NULL, i == 7 || i >= turns - room + 1);
		if (kept != NULL)
			assert_int_equal(kept->expires_at, i);
	}
	token_cache_free(cache);
	token_cache_free(NULL);
}

static void test_single_room(void **state)
{
	struct token_cache *cache = token_cache_new(1);
	unsigned char digest[DIGEST_LENGTH];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		digest_of(i, digest);
		token_cache_add(cache, digest, numbered(i));
		assert_int_equal(
		    token_cache_find(cache, digest)->expires_at, i);
		assert_int_equal(token_cache_count(cache), 1);
	}
	token_cache_free(cache);
}

static char *issue(const unsigned char *secret, const char *org,
    const char *subject, const char *scopes)
{
	struct token_order order = {
	    org, subject, "", scopes, NULL, NULL, NOW, 60};

	if (scopes[0] != '\0') {
		order.roles = "member hr";
		order.ttl_s = 3600;
	}
	return token_issue(secret, 32, &order);
}

static void test_issue(void **state)
{
	const unsigned char *secret = forge.secret + 32;
	char *token = issue(secret, "demo", "els", "people:write skills:write");
	char *other = issue(secret, "demo", "els", "people:write skills:write");
	char *plain = issue(secret, "d\"emo", "\xc3\xa9ls", "");
	char *foreign = issue(forge.secret, "demo", "els", "");
	const char *why;
	struct principal *principal = check(token, NOW, &why);

	(void)state;
	assert_non_null(principal);
	assert_string_equal(principal->issuer, token_own_issuer);
	assert_string_equal(principal->org, "demo");
	assert_string_equal(principal->subject, "els");
	assert_int_equal(principal->roles, ROLE_MEMBER | ROLE_HR);
	assert_string_equal(principal->scopes, "people:write skills:write");
	assert_null(principal->client_id);
	assert_null(principal->credential_id);
	assert_int_equal(principal->expires_at, NOW + 3600);
	assert_null(check(token, NOW + 3660, &why));
	assert_string_not_equal(token, other);
	principal = check(plain, NOW, &why);
	assert_string_equal(principal->org, "d\"emo");
	assert_string_equal(principal->subject, "\xc3\xa9ls");
	assert_int_equal(principal->roles, 0);
	assert_string_equal(principal->scopes, "");
	assert_null(check(foreign, NOW, &why));
	assert_string_equal(why, "bad signature");
	assert_null(issue(secret, "demo", "\xff", ""));
	assert_null(issue(secret, "demo", "a", "\xff"));
	free(token);
	free(other);
	free(plain);
	free(foreign);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_expiry),
	    cmocka_unit_test(test_isolation),
	    cmocka_unit_test(test_refused_is_not_kept),
	    cmocka_unit_test(test_eviction),
	    cmocka_unit_test(test_single_room),
	    cmocka_unit_test(test_issue),
	};

	return cmocka_run_group_tests(tests, setup, forged_end);
}
