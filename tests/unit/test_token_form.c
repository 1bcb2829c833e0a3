/*
 * The guard on a token's form: parts, base64url, JSON, lengths.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "forged.h"
#include "hefboom/token.h"
#include "verdict.h"

#define REST                                                                   \
	"\"aud\":\"hefboom\",\"sub\":\"els\",\"org\":\"acme\","                \
	"\"exp\":1700000600"
#define ISSUER "\"iss\":\"https://idp.example\""
#define CLAIMS "{" ISSUER "," REST "}"
#define RS_HEADER "{\"alg\":\"RS256\",\"kid\":\"r1\"}"

static struct token_checker *checker;
static struct signer rs;

static const char issuers[] =
    "[{'issuer':'https://idp.example','audience':'hefboom',"
    "'organisations':['acme'],'pem_file':'@/pem','kid':'r1',"
    "'algorithms':['RS256']}]";

static int setup(void **state)
{
	forge_init(&forge);
	free(forge_write_pem(&forge, "pem", forge.rsa));
	rs = (struct signer){.algorithm = "RS256", .key = forge.rsa};
	return forged_configure(issuers, &checker, state);
}

static void with_header(const char *header, const char *expected)
{
	verdict(checker, forge_token(&rs, header, CLAIMS), expected);
}

/* Each bit of a good token matters, and each byte less or more. */
static void test_altered(void **state)
{
	char *good = forge_token(&rs, RS_HEADER, CLAIMS);
	size_t length = strlen(good);
	const char *why;

	(void)state;
	for (size_t i = 0; i < length; i++) {
		char *bad = memory_copy(good, length);

		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		assert_null(token_check_uncached(
		    checker, bad, length, FORGE_NOW, &why));
		assert_non_null(why);
		assert_null(
		    token_check_uncached(checker, good, i, FORGE_NOW, &why));
		free(bad);
	}
	verdict(checker, good, NULL);
}

static void test_duplicates(void **state)
{
	(void)state;
	with_header("{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"r1\"}",
	    "malformed header");
	with_header("{\"alg\":\"RS256\",\"\\u0061lg\":\"RS256\","
		    "\"kid\":\"r1\"}",
	    "malformed header");
	with_header("{\"alg\":\"RS256\",\"kid\":\"r1\",\"a\":{\"b\":1,"
		    "\"b\":1}}",
	    "malformed header");
	verdict(checker,
	    forge_token(&rs, RS_HEADER, "{" ISSUER "," REST ",\"sub\":\"an\"}"),
	    "malformed claims");
	verdict(checker,
	    forge_token(&rs, RS_HEADER,
		"{" ISSUER "," REST ",\"a\":{\"b\":1,\"b\":2}}"),
	    "malformed claims");
}

static void test_json(void **state)
{
	static const char *const bad[] = {"[]", "\"RS256\"", "1", "null",
	    "{\"alg\":\"RS256\"", "{\"alg\":\"RS256\"}x",
	    "{\"alg\":\"RS256\"}{}", "\xef\xbb\xbf{\"alg\":\"RS256\"}",
	    "{\"alg\":\"RS256\",}", "{'alg':'RS256'}",
	    "{\"alg\":\"RS256\",\"a\":\"\xff\"}",
	    "{\"alg\":\"RS256\",\"a\":\"\xc0\xaf\"}",
	    "{\"alg\":\"RS256\",\"a\":\"\\ud800\"}",
	    "{\"alg\":\"RS256\\u0000\"}", "{\"a\\u0000\":1}"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		with_header(bad[i], "malformed header");
		verdict(checker, forge_token(&rs, RS_HEADER, bad[i]),
		    "malformed claims");
	}
	verdict(checker,
	    forge_token_bytes(&rs, RS_HEADER, CLAIMS, sizeof(CLAIMS)),
	    "malformed claims"); /* the NUL too */
	verdict(checker,
	    forge_token(
		&rs, RS_HEADER, "{" ISSUER ",\"a\":\"\xed\xa0\x80\"," REST "}"),
	    "malformed claims");
	verdict(checker,
	    forge_token(&rs, RS_HEADER, "{" ISSUER ",\"a\":1e999," REST "}"),
	    "malformed claims");
}

static void test_parts(void **state)
{
	char *good = forge_token(&rs, RS_HEADER, CLAIMS);
	char *first = memory_copy(good, strcspn(good, "."));
	char *signature = memory_string(strrchr(good, '.') + 1);
	char *unsigned_token =
	    memory_copy(good, (size_t)(strrchr(good, '.') - good));

	(void)state;
	verdict(checker, memory_string(""), "not three parts");
	verdict(checker, memory_string("."), "not three parts");
	verdict(checker, memory_string(".."), "not three parts");
	verdict(checker, memory_string("..."), "not three parts");
	verdict(checker, memory_string(first), "not three parts");
	verdict(checker, memory_string(unsigned_token), "not three parts");
	verdict(
	    checker, memory_format("%s.", unsigned_token), "not three parts");
	verdict(checker, memory_format("%s..%s", first, signature),
	    "not three parts");
	verdict(checker, memory_format(".%s", good), "not three parts");
	verdict(checker, memory_format("%s.", good), "not three parts");
	verdict(checker, memory_format("%s.AAAA", good), "not three parts");
	verdict(
	    checker, memory_format("%s.AAAA.AAAA", good), "not three parts");
	verdict(checker, memory_format("%sAAAA", good),
	    "signature of the wrong length");
	verdict(checker, memory_format("%s.AAAA", unsigned_token),
	    "signature of the wrong length");
	verdict(checker, memory_format("Bearer %s", good), "not base64url");
	/* The JSON serialisations are not spoken here. */
	verdict(checker,
	    memory_format("{\"protected\":\"%s\",\"payload\":\"e30\","
			  "\"signature\":\"%s\"}",
		first, signature),
	    "not three parts");
	free(first);
	free(signature);
	free(unsigned_token);
	verdict(checker, good, NULL);
}

/* Raises the last letter by one, which only changes bits left over. */
static char *trailing_bits(const char *text)
{
	char *copy = memory_string(text);

	copy[strlen(copy) - 1]++;
	return copy;
}

static void test_base64(void **state)
{
	/* Lengths with bits left over: 1 and 2 modulo 3. */
	char *header = forge_encode("{\"alg\":\"RS256\",\"kid\":\"r1\"  }", 28);
	char *claims = forge_encode(CLAIMS, strlen(CLAIMS));
	char *loose = trailing_bits(header);
	char *padded = memory_format("%s==", header);
	char *blank = memory_format("%s\n", claims);
	char *good = forge_token(&rs, RS_HEADER, CLAIMS);
	static const char *const inside[] = {
	    "=", "==", " ", "\n", "\t", "+", "/", "%3D", "\xc3\xa9", "\x01"};

	(void)state;
	assert_int_equal(strlen(header) % 4, 2);
	verdict(checker, forge_token_encoded(&rs, header, claims), NULL);
	verdict(
	    checker, forge_token_encoded(&rs, loose, claims), "not base64url");
	verdict(
	    checker, forge_token_encoded(&rs, padded, claims), "not base64url");
	verdict(
	    checker, forge_token_encoded(&rs, header, blank), "not base64url");
	/* 256 bytes leave 4 bits in the last letter. */
	verdict(checker, trailing_bits(good), "not base64url");
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		verdict(checker, memory_format("%s%s", good, inside[i]),
		    "not base64url");
		verdict(checker, memory_format("%s%s", inside[i], good),
		    "not base64url");
	}
	free(good);
	free(header);
	free(claims);
	free(loose);
	free(padded);
	free(blank);
}

static void test_length(void **state)
{
	size_t longest = 0, fitting = 0;

	(void)state;
	for (size_t extra = 5600; longest <= TOKEN_LENGTH_MAX; extra += 25) {
		char *filler = memory_zero(extra + 1, 1);
		char *claims, *token;

		memset(filler, 'x', extra);
		claims =
		    memory_format("{" ISSUER "," REST ",\"f\":\"%s\"}", filler);
		token = forge_token(&rs, RS_HEADER, claims);
		longest = strlen(token);
		fitting += longest <= TOKEN_LENGTH_MAX;
		verdict(checker, token,
		    longest <= TOKEN_LENGTH_MAX ? NULL : "too long");
		free(claims);
		free(filler);
	}
	assert_true(fitting > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_altered),
	    cmocka_unit_test(test_duplicates),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_base64),
	    cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, setup, forged_end);
}
