/*
 * What a token costs: verified anew, by algorithm; and remembered, with one
 * token and with as many different ones as the cache holds.  Also what a
 * cursor costs.  Each figure is the median of five runs.
 */
#include <stdbool.h>
#include <stdint.h>

#include "../unit/forge.h"
#include "hefboom/arena.h"
#include "hefboom/cursor.h"
#include "hefboom/token.h"

enum { NOW = FORGE_NOW, RUNS = 5, SUBJECTS = TOKEN_CACHE_MAX };

static struct forge forge;
static struct token_checker *checker;
static char *tokens[SUBJECTS];
static size_t token_lengths[SUBJECTS];

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static void demand(bool held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "bench_token: %s\n", what);
	abort();
}

typedef void work_fn(const void *input, size_t turn);

/* Prints the median cost of one turn. */
static void measure(
    const char *name, work_fn *work, const void *input, size_t turns)
{
	double runs[RUNS];

	for (size_t run = 0; run < RUNS; run++) {
		double start = now_us();

		for (size_t turn = 0; turn < turns; turn++)
			work(input, turn);
		runs[run] = (now_us() - start) / (double)turns;
	}
	qsort(runs, RUNS, sizeof(runs[0]), compare);
	printf("%-34s %9.3f us\n", name, runs[RUNS / 2]);
}

static void check_anew(const void *token, size_t turn)
{
	const char *why;

	(void)turn;
	demand(token_check_uncached(checker, token, strlen(token), NOW, &why) !=
		NULL,
	    "refused");
}

static void check_again(const void *token, size_t turn)
{
	const char *why;

	(void)turn;
	demand(token_check(checker, token, strlen(token), NOW, &why) != NULL,
	    "refused");
}

/* A stride, so that neither memory nor list is walked in order. */
static void check_many(const void *input, size_t turn)
{
	size_t i = turn * 7919 % SUBJECTS;
	const char *why;

	(void)input;
	demand(token_check(checker, tokens[i], token_lengths[i], NOW, &why) !=
		NULL,
	    "refused");
}

static void seal(const void *input, size_t turn)
{
	static struct buf text;

	(void)turn;
	buf_clear(&text);
	demand(cursor_seal(forge.secret, "list_skills newest org", input, 2,
		   &text) == 0,
	    "not sealed");
}

static void open_again(const void *input, size_t turn)
{
	const struct buf *text = input;
	const char *values[2];
	struct arena arena;

	(void)turn;
	arena_init(&arena);
	demand(cursor_open(forge.secret, "list_skills newest org", text->bytes,
		   text->length, &arena, values, 2) == 0,
	    "not opened");
	arena_release(&arena);
}

/* As an identity provider writes one: about 700 bytes with RS256. */
static char *token_for(
    const struct signer *signer, const char *issuer, size_t number)
{
	char *header = memory_format(
	    "{\"alg\":\"%s\",\"typ\":\"JWT\"}", signer->algorithm);
	char *claims = memory_format(
	    "{\"iss\":\"%s\",\"aud\":[\"hefboom\","
	    "\"account\"],\"sub\":\"f3a1c2d4-5b6e-4f70-8a9b-%012zu\","
	    "\"org\":\"acme\",\"exp\":1700000600,\"iat\":1700000000,"
	    "\"jti\":\"5d1f0a7e-0d0f-4c9f-9b53-0f4b1c5f7d11\","
	    "\"realm_access\":{\"roles\":[\"member\",\"hr\","
	    "\"offline_access\"]},\"scope\":\"openid email profile\","
	    "\"preferred_username\":\"els.peeters\",\"name\":\"Els\"}",
	    issuer, number);
	char *token = forge_token(signer, header, claims);

	free(header);
	free(claims);
	return token;
}

static const struct {
	const char *algorithm;
	size_t key; /* which of forge's */
	size_t turns;
} all[] = {{"HS256", 0, 20000}, {"HS384", 0, 20000}, {"HS512", 0, 20000},
    {"RS256", 1, 5000}, {"RS384", 1, 5000}, {"RS512", 1, 5000},
    {"PS256", 1, 5000}, {"PS384", 1, 5000}, {"PS512", 1, 5000},
    {"ES256", 2, 2000}, {"ES384", 3, 300}, {"ES512", 4, 300}};

enum { ALL = sizeof(all) / sizeof(all[0]) };

static void configure(void)
{
	static const char *const files[] = {
	    "secret", "rsa", "p256", "p384", "p521"};
	json_t *issuers = json_array();
	char *error = NULL;

	forge_write(&forge, "secret", forge.secret, sizeof(forge.secret));
	free(forge_write_pem(&forge, "rsa", forge.rsa));
	free(forge_write_pem(&forge, "p256", forge.p256));
	free(forge_write_pem(&forge, "p384", forge.p384));
	free(forge_write_pem(&forge, "p521", forge.p521));
	for (size_t i = 0; i < ALL; i++) {
		char *path = forge_path(&forge, files[all[i].key]);

		json_array_append_new(issuers,
		    json_pack("{s:s,s:s,s:[s],s:[s],s:s,s:{s:s}}", "issuer",
			all[i].algorithm, "audience", "hefboom",
			"organisations", "acme", "algorithms", all[i].algorithm,
			all[i].key == 0 ? "secret_file" : "pem_file", path,
			"claims", "roles", "realm_access.roles"));
		free(path);
	}
	checker = token_checker_new(issuers, &error);
	demand(checker != NULL, error);
	json_decref(issuers);
}

static struct signer signer_of(size_t i)
{
	EVP_PKEY *const keys[] = {
	    NULL, forge.rsa, forge.p256, forge.p384, forge.p521};

	return (struct signer){all[i].algorithm, keys[all[i].key], forge.secret,
	    sizeof(forge.secret)};
}

static void bench_tokens(void)
{
	struct signer signer;

	for (size_t i = 0; i < ALL; i++) {
		char *token, *name;

		signer = signer_of(i);
		token = token_for(&signer, all[i].algorithm, i);
		name = memory_format(
		    "%s, anew (%zu bytes)", all[i].algorithm, strlen(token));
		measure(name, check_anew, token, all[i].turns);
		if (strcmp(all[i].algorithm, "RS256") == 0)
			measure("RS256, cached, one token", check_again, token,
			    200000);
		free(name);
		free(token);
	}
	signer = signer_of(3);
	for (size_t i = 0; i < SUBJECTS; i++) {
		tokens[i] = token_for(&signer, "RS256", i);
		token_lengths[i] = strlen(tokens[i]);
		check_again(tokens[i], 0);
	}
	measure("RS256, cached, 10,000 tokens", check_many, NULL, 200000);
}

static void bench_cursors(void)
{
	static const char *const values[] = {"2026-11-23T18:30:00.123456Z",
	    "018f0000-0000-7000-8000-000000000000"};
	struct buf text = {0};

	demand(cursor_seal(forge.secret, "list_skills newest org", values, 2,
		   &text) == 0,
	    "not sealed");
	measure("cursor sealed", seal, values, 100000);
	measure("cursor opened", open_again, &text, 100000);
	buf_release(&text);
}

int main(void)
{
	forge_init(&forge);
	configure();
	bench_tokens();
	bench_cursors();
	for (size_t i = 0; i < SUBJECTS; i++)
		free(tokens[i]);
	token_checker_free(checker);
	forge_release(&forge);
	return 0;
}
