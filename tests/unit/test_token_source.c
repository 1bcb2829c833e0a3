/*
 * What is taken from an address, what the workers share, what is kept.
 *
 * Mutations: a lease that is taken although it changed since it was looked
 * at; a length believed that is read while it is written; keys without names
 * taken for one another; a name written for a key that has none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "forged.h"
#include "token_source.h"

enum { NOW = FORGE_NOW };

static int setup(void **state)
{
	(void)state;
	forge_init(&forge);
	return 0;
}

static char *set_of(
    EVP_PKEY *one, const char *id, EVP_PKEY *two, const char *other_id)
{
	char *first_members = memory_format("\"kid\":\"%s\"", id);
	char *second_members = memory_format("\"kid\":\"%s\"", other_id);
	char *first = forge_jwk(one, first_members);
	char *second =
	    two == NULL ? memory_string("") : forge_jwk(two, second_members);
	char *set = memory_format(
	    "{\"keys\":[%s%s%s]}", first, two == NULL ? "" : ",", second);

	free(first_members);
	free(second_members);
	free(first);
	free(second);
	return set;
}

static struct issuer issuer_es(void)
{
	struct issuer issuer = {.algorithm_count = 2};

	issuer.algorithms[0] = algorithm_find("ES256");
	issuer.algorithms[1] = algorithm_find("RS256");
	return issuer;
}

static void issuer_end(struct issuer *issuer)
{
	for (size_t i = 0; i < issuer->key_count; i++)
		key_release(&issuer->keys[i]);
	free(issuer->keys);
}

/* Takes the set; NULL: without a fault. */
static bool taken(struct issuer *issuer, char *set, const char *expected)
{
	bool changed = true;
	char *fault = keys_replace(issuer, set, strlen(set), &changed);

	assert_int_equal(fault == NULL, expected == NULL);
	if (expected != NULL) {
		assert_non_null(strstr(fault, expected));
		assert_false(changed);
	}
	free(fault);
	free(set);
	return changed;
}

static void test_replaced(void **state)
{
	struct issuer issuer = issuer_es();

	(void)state;
	assert_true(taken(&issuer, set_of(forge.p256, "a", NULL, ""), NULL));
	assert_int_equal(issuer.key_count, 1);
	assert_false(taken(&issuer, set_of(forge.p256, "a", NULL, ""), NULL));
	/* One more, their order, another's name, one less. */
	assert_true(
	    taken(&issuer, set_of(forge.p256, "a", forge.rsa, "b"), NULL));
	assert_false(
	    taken(&issuer, set_of(forge.rsa, "b", forge.p256, "a"), NULL));
	assert_true(
	    taken(&issuer, set_of(forge.rsa, "b", forge.p256, "c"), NULL));
	/* The same name for another key. */
	assert_true(
	    taken(&issuer, set_of(forge.other, "b", forge.p256, "c"), NULL));
	assert_true(taken(&issuer, set_of(forge.other, "b", NULL, ""), NULL));
	assert_int_equal(issuer.key_count, 1);
	assert_string_equal(issuer.keys[0].id, "b");
	issuer_end(&issuer);
}

static void test_faults_change_nothing(void **state)
{
	static const char *const bad[] = {"", "x", "[]", "null", "{}",
	    "{\"keys\":1}", "{\"keys\":[]}", "{\"keys\":[1]}",
	    "{\"keys\":[],\"keys\":[]}", "{\"keys\":[{\"kty\":\"EC\"}]}",
	    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\","
	    "\"y\":\"AA\"}]}",
	    NULL};
	struct issuer issuer = issuer_es();

	(void)state;
	taken(&issuer, set_of(forge.p256, "a", NULL, ""), NULL);
	for (size_t i = 0; bad[i] != NULL; i++)
		taken(&issuer, memory_string(bad[i]), " ");
	assert_false(
	    taken(&issuer, set_of(forge.p256, "a", forge.p256, "a"), "twice"));
	assert_int_equal(issuer.key_count, 1);
	assert_string_equal(issuer.keys[0].id, "a");
	issuer_end(&issuer);
}

static char *crowd(size_t count)
{
	char *jwk = forge_jwk(forge.p256, "");
	struct buf set = {0};

	buf_add_string(&set, "{\"keys\":[");
	for (size_t i = 0; i < count; i++)
		buf_add_format(&set, "%s%.*s,\"kid\":\"%zu\"}",
		    i == 0 ? "" : ",", (int)strlen(jwk) - 1, jwk, i);
	buf_add_string(&set, "]}");
	free(jwk);
	return buf_take(&set, NULL);
}

static void test_count(void **state)
{
	struct issuer issuer = issuer_es();

	(void)state;
	assert_true(taken(&issuer, crowd(100), NULL));
	assert_false(taken(&issuer, crowd(101), "more than 100 keys"));
	assert_int_equal(issuer.key_count, 100);
	issuer_end(&issuer);
}

/* Written and read again it is the same; private members are left out. */
static void test_written(void **state)
{
	struct issuer issuer = issuer_es(), again = issuer_es();
	char *jwk = forge_jwk(forge.p256, "\"kid\":\"a\",\"d\":\"c2VjcmV0\"");
	struct buf text = {0};

	(void)state;
	taken(&issuer, memory_format("{\"keys\":[%s]}", jwk), NULL);
	keys_write(&issuer, &text);
	assert_null(strstr(text.bytes, "c2VjcmV0"));
	assert_true(taken(&again, memory_string(text.bytes), NULL));
	assert_false(taken(&issuer, memory_string(text.bytes), NULL));
	buf_release(&text);
	free(jwk);
	issuer_end(&issuer);
	issuer_end(&again);
}

/* Keys without a name are told apart by what they are. */
static void test_nameless(void **state)
{
	struct issuer issuer = issuer_es();
	char *one = forge_jwk(forge.p256, ""), *two = forge_jwk(forge.rsa, "");
	char *named = forge_jwk(forge.p256, "\"kid\":\"a\"");
	struct buf text = {0};

	(void)state;
	assert_true(
	    taken(&issuer, memory_format("{\"keys\":[%s]}", one), NULL));
	assert_null(issuer.keys[0].id);
	keys_write(&issuer, &text);
	assert_null(strstr(text.bytes, "kid"));
	assert_false(taken(&issuer, memory_string(text.bytes), NULL));
	assert_true(
	    taken(&issuer, memory_format("{\"keys\":[%s]}", two), NULL));
	assert_true(
	    taken(&issuer, memory_format("{\"keys\":[%s]}", one), NULL));
	/* It gets a name, and loses it again. */
	assert_true(
	    taken(&issuer, memory_format("{\"keys\":[%s]}", named), NULL));
	assert_string_equal(issuer.keys[0].id, "a");
	assert_true(
	    taken(&issuer, memory_format("{\"keys\":[%s]}", one), NULL));
	assert_null(issuer.keys[0].id);
	buf_release(&text);
	free(one);
	free(two);
	free(named);
	issuer_end(&issuer);
}

static void discovered(const char *text, const char *url, const char *word)
{
	char *fault = NULL;
	char *found = discovery_read(text, strlen(text), "https://i", &fault);

	assert_int_equal(found == NULL, url == NULL);
	assert_int_equal(fault != NULL, url == NULL);
	if (url != NULL)
		assert_string_equal(found, url);
	else
		assert_non_null(strstr(fault, word));
	free(found);
	free(fault);
}

static void test_discovery(void **state)
{
	(void)state;
	discovered("{\"issuer\":\"https://i\",\"jwks_uri\":\"https://k/x\","
		   "\"more\":[1]}",
	    "https://k/x", NULL);
	discovered("", NULL, "no JSON object");
	discovered("[]", NULL, "no JSON object");
	discovered("{}", NULL, "another");
	discovered("{\"issuer\":\"https://i/\",\"jwks_uri\":\"https://k\"}",
	    NULL, "another");
	discovered("{\"issuer\":[\"https://i\"],\"jwks_uri\":\"https://k\"}",
	    NULL, "another");
	discovered("{\"issuer\":\"https://I\",\"jwks_uri\":\"https://k\"}",
	    NULL, "another");
	discovered("{\"issuer\":\"https://i\",\"issuer\":\"https://i\","
		   "\"jwks_uri\":\"https://k\"}",
	    NULL, "no JSON object");
	discovered("{\"issuer\":\"https://i\"}", NULL, "no jwks_uri");
	discovered(
	    "{\"issuer\":\"https://i\",\"jwks_uri\":7}", NULL, "no jwks_uri");
	discovered("{\"issuer\":\"https://i\",\"jwks_uri\":\"ftp://k\"}", NULL,
	    "https://");
}

static void test_age(void **state)
{
	(void)state;
	assert_int_equal(keys_age(-1), 3600);
	assert_int_equal(keys_age(0), 300);
	assert_int_equal(keys_age(299), 300);
	assert_int_equal(keys_age(301), 301);
	assert_int_equal(keys_age(86399), 86399);
	assert_int_equal(keys_age(31536000), 86400);
}

/* One at a time, each moment once, and who died is waited for no longer. */
static void test_lease(void **state)
{
	struct shared_keys *shared = shared_new();

	(void)state;
	assert_true(shared_begin(shared, &shared->due_ms, 1000, 60000));
	assert_true(shared_is_busy(shared, 1001));
	assert_false(shared_begin(shared, &shared->due_ms, 1001, 60000));
	assert_false(shared_begin(shared, &shared->ask_ms, 1001, 30000));
	shared_end(shared);
	assert_int_equal(shared->ended, 1);
	assert_false(shared_is_busy(shared, 1001));
	assert_false(shared_begin(shared, &shared->due_ms, 60999, 60000));
	assert_true(shared_begin(shared, &shared->ask_ms, 1001, 30000));
	shared_end(shared);
	assert_false(shared_begin(shared, &shared->ask_ms, 31000, 30000));
	assert_true(shared_begin(shared, &shared->ask_ms, 31001, 30000));
	shared_end(shared);
	/* Nobody ends this one. */
	assert_true(shared_begin(shared, &shared->due_ms, 200000, 60000));
	assert_false(shared_begin(
	    shared, &shared->ask_ms, 200000 + LEASE_MS - 1, 30000));
	assert_true(
	    shared_begin(shared, &shared->ask_ms, 200000 + LEASE_MS, 30000));
	shared_free(shared);
}

enum { RIVALS = 4, TURNS = 20000, RACE_MS = 1000, RIVAL_MS = 60000 };

/* Of processes that race for each moment exactly one wins it. */
static void test_lease_race(void **state)
{
	struct shared_keys *shared = shared_new();
	int won = 0, status;

	(void)state;
	for (int rival = 0; rival < RIVALS; rival++) {
		if (fork() != 0)
			continue;
		won = 0;
		for (int64_t now = 1; now <= TURNS; now++)
			if (shared_begin(shared, &shared->ask_ms, now * 10,
				10 * (int64_t)TURNS + 1)) {
				won++;
				shared_end(shared);
			}
		_exit(won);
	}
	while (wait(&status) > 0)
		won += WEXITSTATUS(status);
	assert_int_equal(won, 1);
	assert_int_equal(shared->ended, 1);
	shared_free(shared);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Between the look at a lease and the taking of it somebody else was there:
 * then no moment begins.  The rival is at it all the time, and no lease of his
 * is one that runs.
 */
static void test_lease_overtaken(void **state)
{
	struct shared_keys *shared = shared_new();
	int64_t now = 2, before = 0, end_ms = now_ms() + RIVAL_MS;
	pid_t rival = fork();
	bool begun = true;
	int status;

	(void)state;
	if (rival == 0)
		for (int64_t lease = 1;; lease = 3 - lease)
			atomic_store(&shared->lease_ms, lease);
	while (begun && now_ms() < end_ms) {
		before = shared->ask_ms;
		now += LEASE_MS + 1;
		begun = shared_begin(shared, &shared->ask_ms, now, 0);
	}
	kill(rival, SIGKILL);
	waitpid(rival, &status, 0);
	assert_false(begun);
	assert_int_equal(shared->ask_ms, before);
	shared_free(shared);
}

/* What is read was written as a whole. */
static void test_text_race(void **state)
{
	struct shared_keys *shared = shared_new();
	struct buf text = {0};
	uint32_t version;
	int64_t end_ms = now_ms() + RACE_MS;
	pid_t writer = fork();
	int status;

	(void)state;
	if (writer == 0) {
		for (int i = 0; now_ms() < end_ms; i++) {
			size_t length = 1000 + (size_t)(i % 7) * 50000;

			buf_clear(&text);
			buf_reserve(&text, length);
			memset(text.bytes, 'a' + i % 7, length);
			text.length = length;
			shared_write(shared, &text);
		}
		_exit(0);
	}
	while (waitpid(writer, &status, WNOHANG) == 0) {
		buf_clear(&text);
		if (!shared_read(shared, &text, &version) || version == 0)
			continue;
		assert_int_equal(
		    text.length, 1000 + (size_t)(text.bytes[0] - 'a') * 50000);
		/* All bytes are one. */
		assert_memory_equal(
		    text.bytes, text.bytes + 1, text.length - 1);
	}
	/* A length that is no length is not copied. */
	version = shared->length;
	shared->length = SET_LENGTH_MAX + 1;
	buf_clear(&text);
	assert_true(shared_read(shared, &text, &(uint32_t){0}));
	assert_int_equal(text.length, 0);
	shared->length = version;
	/* A writer that died half-way leaves nothing to be read. */
	atomic_fetch_add(&shared->version, 1);
	buf_clear(&text);
	assert_false(shared_read(shared, &text, &version));
	buf_add_string(&text, "x");
	shared_write(shared, &text);
	buf_clear(&text);
	assert_true(shared_read(shared, &text, &version));
	assert_int_equal(text.length, 1);
	buf_release(&text);
	shared_free(shared);
}

static void test_kept(void **state)
{
	char *path = forge_path(&forge, "kept"), *other, *draft;
	struct buf text = {0}, found = {0};

	(void)state;
	assert_false(kept_read(path, &found));
	buf_add_string(&text, "one");
	assert_int_equal(kept_write(path, &text), 0);
	buf_add_string(&text, " and two");
	assert_int_equal(kept_write(path, &text), 0);
	assert_true(kept_read(path, &found));
	assert_int_equal(found.length, text.length);
	buf_clear(&text);
	buf_reserve(&text, SET_LENGTH_MAX + 1);
	memset(text.bytes, 'x', SET_LENGTH_MAX + 1);
	text.length = SET_LENGTH_MAX + 1;
	assert_int_equal(kept_write(path, &text), 0);
	buf_clear(&found);
	assert_false(kept_read(path, &found));
	other = forge_path(&forge, "nowhere/kept");
	assert_true(kept_write(other, &text) < 0);
	free(other);
	/* What cannot take the place of a folder leaves nothing beside it. */
	other = forge_path(&forge, "folder");
	assert_int_equal(mkdir(other, 0700), 0);
	assert_int_equal(kept_write(other, &text), -EISDIR);
	assert_false(kept_read(other, &found));
	draft = memory_format("%s.%ld", other, (long)getpid());
	assert_int_equal(access(draft, F_OK), -1);
	free(draft);
	buf_release(&text);
	buf_release(&found);
	free(other);
	free(path);
}

static struct principal *principal_of(const char *issuer)
{
	struct principal *principal = memory_zero(1, sizeof(*principal));

	principal->issuer = issuer;
	return principal;
}

static void test_forgotten(void **state)
{
	struct token_cache *cache = token_cache_new(8);
	unsigned char digests[4][DIGEST_LENGTH] = {{0}, {1}, {2}, {3}};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		token_cache_add(
		    cache, digests[i], principal_of(i % 2 ? "one" : "two"));
	token_cache_forget(cache, "one");
	assert_int_equal(token_cache_count(cache), 2);
	assert_non_null(token_cache_find(cache, digests[0]));
	assert_null(token_cache_find(cache, digests[1]));
	assert_non_null(token_cache_find(cache, digests[2]));
	assert_null(token_cache_find(cache, digests[3]));
	token_cache_forget(cache, "two");
	assert_int_equal(token_cache_count(cache), 0);
	token_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_replaced),
	    cmocka_unit_test(test_faults_change_nothing),
	    cmocka_unit_test(test_count),
	    cmocka_unit_test(test_written),
	    cmocka_unit_test(test_nameless),
	    cmocka_unit_test(test_discovery),
	    cmocka_unit_test(test_age),
	    cmocka_unit_test(test_lease),
	    cmocka_unit_test(test_lease_race),
	    cmocka_unit_test(test_lease_overtaken),
	    cmocka_unit_test(test_text_race),
	    cmocka_unit_test(test_kept),
	    cmocka_unit_test(test_forgotten),
	};

	return cmocka_run_group_tests_name(
	    "token_source", tests, setup, forged_end);
}
