/*
 * The guard on headers and keys: every algorithm goes through, and for every
 * rule there is a forgery that only this rule stops.  Reasons are compared, so
 * that no rule can hide behind another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "forged.h"
#include "hefboom/operation.h"
#include "hefboom/token.h"
#include "verdict.h"

#define ISSUER "\"iss\":\"https://idp.example\""
#define REST                                                                   \
	"\"aud\":\"hefboom\",\"sub\":\"els\",\"org\":\"acme\","                \
	"\"exp\":1700000600"
#define CLAIMS "{" ISSUER "," REST "}"
#define SECRET_CLAIMS "{\"iss\":\"https://hs.example\"," REST "}"
#define PEM_CLAIMS "{\"iss\":\"https://pem.example\"," REST "}"
#define RS_HEADER "{\"alg\":\"RS256\",\"kid\":\"r1\"}"

static struct token_checker *checker;
static char *public_pem;
static struct signer rs, ps, es, hs;

static const char issuers[] =
    "[{'issuer':'https://idp.example','audience':'hefboom',"
    "'organisations':['acme'],'jwks_file':'@/jwks','algorithms':['RS256',"
    "'RS384','RS512','PS256','PS384','PS512','ES256','ES384','ES512']},"
    "{'issuer':'https://pem.example','audience':'hefboom',"
    "'organisations':['acme'],'pem_file':'@/pem','algorithms':['RS256']},"
    "{'issuer':'https://hs.example','audience':'hefboom',"
    "'organisations':['acme'],'secret_file':'@/secret',"
    "'algorithms':['HS256']},"
    "{'issuer':'https://hs384.example','audience':'hefboom',"
    "'organisations':['acme'],'secret_file':'@/secret',"
    "'algorithms':['HS384']},"
    "{'issuer':'https://hs512.example','audience':'hefboom',"
    "'organisations':['acme'],'secret_file':'@/secret',"
    "'algorithms':['HS512']}]";

static void keys_write(void)
{
	const struct {
		EVP_PKEY *key;
		const char *members;
	} keys[] = {
	    {forge.rsa, "\"kid\":\"r1\",\"alg\":\"RS256\""},
	    {forge.other, "\"kid\":\"r2\""}, /* becomes RS256 */
	    {forge.rsa, "\"kid\":\"r384\",\"alg\":\"RS384\""},
	    {forge.rsa, "\"kid\":\"r512\",\"alg\":\"RS512\""},
	    {forge.rsa, "\"kid\":\"p256\",\"alg\":\"PS256\""},
	    {forge.rsa, "\"kid\":\"p384\",\"alg\":\"PS384\""},
	    {forge.rsa, "\"kid\":\"p512\",\"alg\":\"PS512\""},
	    {forge.p256, "\"kid\":\"e256\""},
	    {forge.p384, "\"kid\":\"e384\",\"use\":\"sig\""},
	    {forge.p521, "\"kid\":\"e512\",\"key_ops\":[\"verify\"]"},
	    {forge.other, "\"kid\":\"secret\",\"use\":\"enc\""},
	    {forge.other, "\"kid\":\"wrap\",\"key_ops\":[\"wrapKey\"]"},
	    {forge.other, "\"kid\":\"oaep\",\"alg\":\"RSA-OAEP\""},
	};
	struct buf set = {0};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char *jwk = forge_jwk(keys[i].key, keys[i].members);

		buf_add_string(&set, i == 0 ? "{\"keys\":[" : ",");
		buf_add_string(&set, jwk);
		free(jwk);
	}
	buf_add_string(&set,
	    ",{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
	    "\"x\":\"AA\"}]}");
	forge_write_text(&forge, "jwks", set.bytes);
	forge_write(&forge, "secret", forge.secret, sizeof(forge.secret));
	public_pem = forge_write_pem(&forge, "pem", forge.rsa);
	buf_release(&set);
}

static int setup(void **state)
{
	forge_init(&forge);
	keys_write();
	rs = (struct signer){.algorithm = "RS256", .key = forge.rsa};
	ps = (struct signer){.algorithm = "PS256", .key = forge.rsa};
	es = (struct signer){.algorithm = "ES256", .key = forge.p256};
	hs = (struct signer){"HS256", NULL, forge.secret, 64};
	return forged_configure(issuers, &checker, state);
}

static int teardown(void **state)
{
	free(public_pem);
	return forged_end(state);
}

static void with_header(const char *header, const char *expected)
{
	verdict(checker, forge_token(&rs, header, CLAIMS), expected);
}

static void test_algorithms(void **state)
{
	const struct {
		const char *algorithm, *id;
		EVP_PKEY *key;
	} all[] = {
	    {"RS256", "r1", forge.rsa},
	    {"RS256", "r2", forge.other},
	    {"RS384", "r384", forge.rsa},
	    {"RS512", "r512", forge.rsa},
	    {"PS256", "p256", forge.rsa},
	    {"PS384", "p384", forge.rsa},
	    {"PS512", "p512", forge.rsa},
	    {"ES256", "e256", forge.p256},
	    {"ES384", "e384", forge.p384},
	    {"ES512", "e512", forge.p521},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct signer signer = {
		    .algorithm = all[i].algorithm, .key = all[i].key};
		char *header = memory_format(
		    "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"at+jwt\"}",
		    all[i].algorithm, all[i].id);

		verdict(checker, forge_token(&signer, header, CLAIMS), NULL);
		signer.key = signer.key == forge.rsa ? forge.other : forge.rsa;
		if (all[i].algorithm[0] != 'E')
			verdict(checker, forge_token(&signer, header, CLAIMS),
			    "bad signature");
		free(header);
	}
}

static void test_secrets(void **state)
{
	static const char *const names[] = {"HS256", "HS384", "HS512"};
	static const char *const issuer[] = {"hs", "hs384", "hs512"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct signer signer = {names[i], NULL, forge.secret, 64};
		char *header = memory_format("{\"alg\":\"%s\"}", names[i]);
		char *claims = memory_format(
		    "{\"iss\":\"https://%s.example\",%s}", issuer[i], REST);

		verdict(checker, forge_token(&signer, header, claims), NULL);
		signer.secret_length = 63;
		verdict(checker, forge_token(&signer, header, claims),
		    "bad signature");
		free(header);
		free(claims);
	}
	verdict(checker, forge_token(&hs, "{\"alg\":\"HS384\"}", SECRET_CLAIMS),
	    "algorithm not allowed");
}

/* A second key of one issuer is none of another's; there is no third. */
static void test_also(void **state)
{
	static const char before[] = "a secret of more than 32 bytes, before";
	struct signer old = {"HS256", NULL, before, strlen(before)};
	struct signer neither = {"HS256", NULL, before, strlen(before) - 1};
	struct token_checker *both;
	json_t *all = forge_json(&forge,
	    "[{'issuer':'https://hs.example','audience':'hefboom',"
	    "'organisations':['acme'],'secret_file':'@/secret',"
	    "'algorithms':['HS256']},"
	    "{'issuer':'https://b.example','audience':'hefboom',"
	    "'organisations':['acme'],'secret_file':'@/secret',"
	    "'algorithms':['HS256']}]");
	json_t *also = forge_json(&forge,
	    "{'issuer':'https://hs.example','audience':'hefboom',"
	    "'organisations':['acme'],'secret_file':'@/before',"
	    "'algorithms':['HS256']}");
	json_t *odd = forge_json(&forge,
	    "{'issuer':'https://hs.example','audience':'hefboom',"
	    "'organisations':['acme'],'secret_file':'@/nowhere',"
	    "'algorithms':['HS256']}");
	char *error = NULL;

	(void)state;
	forge_write_text(&forge, "before", before);
	both = token_checker_new(all, &error);
	assert_non_null(both);
	verdict(both, forge_token(&old, "{\"alg\":\"HS256\"}", SECRET_CLAIMS),
	    "bad signature");
	/* What cannot be read adds no key, and takes no place. */
	assert_int_equal(token_checker_also(both, odd, &error), -1);
	assert_non_null(strstr(error, "cannot open"));
	free(error);
	verdict(both, forge_token(&old, "{\"alg\":\"HS256\"}", SECRET_CLAIMS),
	    "bad signature");
	assert_int_equal(token_checker_also(both, also, &error), 0);
	verdict(both,
	    forge_token(&neither, "{\"alg\":\"HS256\"}", SECRET_CLAIMS),
	    "bad signature");
	verdict(both, forge_token(&old, "{\"alg\":\"HS256\"}", SECRET_CLAIMS),
	    NULL);
	verdict(
	    both, forge_token(&hs, "{\"alg\":\"HS256\"}", SECRET_CLAIMS), NULL);
	verdict(both,
	    forge_token(&old, "{\"alg\":\"HS256\"}",
		"{\"iss\":\"https://b.example\"," REST "}"),
	    "bad signature");
	assert_int_equal(token_checker_also(both, also, &error), -1);
	assert_string_equal(error, "a third key");
	free(error);
	assert_int_equal(token_checker_also(both, odd, &error), -1);
	assert_non_null(strstr(error, "cannot open"));
	free(error);
	token_checker_free(both);
	json_decref(all);
	json_decref(odd);
	json_decref(also);
}

static void test_confusion(void **state)
{
	struct signer pem = {"HS256", NULL, public_pem, strlen(public_pem)};
	struct signer empty = {"HS256", NULL, "", 0};
	struct signer ec = {.algorithm = "ES384", .key = forge.p384};

	(void)state;
	verdict(checker, forge_token(&pem, "{\"alg\":\"HS256\"}", PEM_CLAIMS),
	    "algorithm not allowed");
	verdict(checker,
	    forge_token(&pem, "{\"alg\":\"HS256\",\"kid\":\"r1\"}", CLAIMS),
	    "algorithm not allowed");
	verdict(checker,
	    forge_token(&empty, "{\"alg\":\"HS256\"}", SECRET_CLAIMS),
	    "bad signature");
	verdict(checker, forge_token(&rs, "{\"alg\":\"RS256\"}", SECRET_CLAIMS),
	    "algorithm not allowed");
	/* A key answers to its own algorithm only. */
	verdict(checker,
	    forge_token(&ps, "{\"alg\":\"PS256\",\"kid\":\"r1\"}", CLAIMS),
	    "unknown key");
	with_header("{\"alg\":\"RS256\",\"kid\":\"p256\"}", "unknown key");
	with_header("{\"alg\":\"RS256\",\"kid\":\"e256\"}", "unknown key");
	with_header("{\"alg\":\"RS512\",\"kid\":\"r1\"}", "unknown key");
	verdict(checker,
	    forge_token(&ec, "{\"alg\":\"ES256\",\"kid\":\"e256\"}", CLAIMS),
	    "signature of the wrong length");
	verdict(checker,
	    forge_token(&ec, "{\"alg\":\"ES256\",\"kid\":\"e384\"}", CLAIMS),
	    "unknown key");
	verdict(checker, forge_token(&ps, RS_HEADER, CLAIMS), "bad signature");
	with_header("{\"alg\":\"PS256\",\"kid\":\"p256\"}", "bad signature");
	es.algorithm = "ES256DER";
	verdict(checker,
	    forge_token(&es, "{\"alg\":\"ES256\",\"kid\":\"e256\"}", CLAIMS),
	    "signature of the wrong length");
	es.algorithm = "ES256";
}

static void test_none(void **state)
{
	static const char *const names[] = {"none", "None", "NONE", "nOnE", "",
	    "EdDSA", "ES256K", "rs256", "RS1", "RS256 ", "A128KW", "dir"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *header = memory_format("{\"alg\":\"%s\"}", names[i]);

		with_header(header, "algorithm not allowed");
		free(header);
	}
	with_header("{}", "malformed header");
	with_header("{\"alg\":null}", "malformed header");
	with_header("{\"alg\":[\"RS256\"]}", "malformed header");
	with_header("{\"alg\":256}", "malformed header");
}

static void test_members(void **state)
{
	static const char *const members[] = {"\"crit\":[\"exp\"]",
	    "\"crit\":[]", "\"jku\":\"https://evil.example/jwks\"",
	    "\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}",
	    "\"x5u\":\"https://evil.example/x\"", "\"x5c\":[\"AA\"]",
	    "\"b64\":false", "\"b64\":true", "\"zip\":\"DEF\"", "\"jku\":null"};

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		char *header = memory_format(
		    "{\"alg\":\"RS256\",\"kid\":\"r1\",%s}", members[i]);

		with_header(header, "header member not allowed");
		free(header);
	}
	with_header(
	    "{\"alg\":\"RS256\",\"kid\":\"r1\",\"x5t\":\"AAAA\"}", NULL);
}

static void test_types(void **state)
{
	static const struct {
		const char *type, *expected;
	} types[] = {
	    {"\"JWT\"", NULL},
	    {"\"jwt\"", NULL},
	    {"\"at+jwt\"", NULL},
	    {"\"AT+JWT\"", NULL},
	    {"\"application/at+jwt\"", NULL},
	    {"\"Application/At+Jwt\"", NULL},
	    {"\"application/jwt\"", "wrong type"},
	    {"\"secevent+jwt\"", "wrong type"},
	    {"\"id_token\"", "wrong type"},
	    {"\"JWT \"", "wrong type"},
	    {"\"\"", "wrong type"},
	    {"null", "wrong type"},
	    {"[\"JWT\"]", "wrong type"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		char *header = memory_format("{\"alg\":\"RS256\","
					     "\"kid\":\"r1\",\"typ\":%s}",
		    types[i].type);

		with_header(header, types[i].expected);
		free(header);
	}
}

static void test_key_ids(void **state)
{
	char id[132];

	(void)state;
	for (size_t length = 128; length <= 129; length++) {
		char *header;

		memset(id, 'k', length);
		id[length] = '\0';
		header =
		    memory_format("{\"alg\":\"RS256\",\"kid\":\"%s\"}", id);
		with_header(
		    header, length == 128 ? "unknown key" : "key id too long");
		free(header);
	}
	with_header("{\"alg\":\"RS256\",\"kid\":\"\"}", "unknown key");
	with_header("{\"alg\":\"RS256\",\"kid\":\"R1\"}", "unknown key");
	with_header("{\"alg\":\"RS256\",\"kid\":\"../pem\"}", "unknown key");
	with_header("{\"alg\":\"RS256\",\"kid\":1}", "malformed header");
	with_header("{\"alg\":\"RS256\",\"kid\":null}", "malformed header");
	/* Two keys for RS256, one for RS384. */
	with_header("{\"alg\":\"RS256\"}", "unknown key");
	rs.algorithm = "RS384";
	with_header("{\"alg\":\"RS384\"}", NULL);
	rs.algorithm = "RS256";
	/* A PEM has no name, unless the configuration gives it one. */
	verdict(
	    checker, forge_token(&rs, "{\"alg\":\"RS256\"}", PEM_CLAIMS), NULL);
	verdict(
	    checker, forge_token(&rs, RS_HEADER, PEM_CLAIMS), "unknown key");
	/* Keys for other uses. */
	rs.key = forge.other;
	with_header("{\"alg\":\"RS256\",\"kid\":\"secret\"}", "unknown key");
	with_header("{\"alg\":\"RS256\",\"kid\":\"wrap\"}", "unknown key");
	with_header("{\"alg\":\"RS256\",\"kid\":\"oaep\"}", "unknown key");
	rs.key = forge.rsa;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_algorithms),
	    cmocka_unit_test(test_secrets),
	    cmocka_unit_test(test_also),
	    cmocka_unit_test(test_confusion),
	    cmocka_unit_test(test_none),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_key_ids),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
