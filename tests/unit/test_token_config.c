/*
 * What an operator may write, what the cache remembers, what we issue.
 *
 * Mutations: a setting that is no text passed over, in any of its places; no
 * limit of an exponent, of RSA's bits, of a secret, of a file; an even
 * exponent taken; http taken without a network.
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

static void certificate_write(const char *name, EVP_PKEY *key)
{
	X509 *certificate = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long length;

	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_set_pubkey(certificate, key);
	X509_sign(certificate, key, EVP_sha256());
	PEM_write_bio_X509(bio, certificate);
	length = BIO_get_mem_data(bio, &bytes);
	forge_write(&forge, name, bytes, (size_t)length);
	BIO_free(bio);
	X509_free(certificate);
}

static void private_write(const char *name, EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long length;

	PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	length = BIO_get_mem_data(bio, &bytes);
	forge_write(&forge, name, bytes, (size_t)length);
	BIO_free(bio);
}

static void jwks_write(const char *name, EVP_PKEY *key, const char *members)
{
	char *jwk = forge_jwk(key, members);
	char *set = memory_format("{\"keys\":[%s]}", jwk);

	forge_write_text(&forge, name, set);
	free(jwk);
	free(set);
}

/* A key that may only do PSS, by its own object identifier. */
static EVP_PKEY *pss_new(void)
{
	EVP_PKEY_CTX *context =
	    EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *key = NULL;

	EVP_PKEY_keygen_init(context);
	EVP_PKEY_generate(context, &key);
	EVP_PKEY_CTX_free(context);
	return key;
}

static void zeros_write(const char *name, size_t length)
{
	char *zeros = memory_zero(length, 1);

	forge_write(&forge, name, zeros, length);
	free(zeros);
}

static int setup(void **state)
{
	EVP_PKEY *small = EVP_RSA_gen(1024), *pss = pss_new(), *edwards;

	(void)state;
	forge_init(&forge);
	edwards = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	forge_write(&forge, "secret", forge.secret, 32);
	forge_write(&forge, "short", forge.secret, 31);
	forge_write_text(&forge, "empty", "");
	zeros_write("long", 1024);
	zeros_write("longer", 1025);
	zeros_write("endless", (1 << 20) + 1);
	free(forge_write_pem(&forge, "pem", forge.rsa));
	free(forge_write_pem(&forge, "ec.pem", forge.p256));
	free(forge_write_pem(&forge, "small.pem", small));
	free(forge_write_pem(&forge, "pss.pem", pss));
	free(forge_write_pem(&forge, "ed.pem", edwards));
	certificate_write("crt", forge.rsa);
	private_write("private", forge.rsa);
	jwks_write("jwks", forge.rsa, "\"kid\":\"a\"");
	jwks_write("small", small, "\"kid\":\"weak\"");
	jwks_write("enc", forge.rsa, "\"use\":\"enc\"");
	jwks_write("ec", forge.p256, "\"kid\":\"e\"");
	EVP_PKEY_free(small);
	EVP_PKEY_free(pss);
	EVP_PKEY_free(edwards);
	return 0;
}

/* Refused with a sentence that holds this; NULL: accepted. */
static void configured(const char *text, const char *expected)
{
	char *error = NULL;
	struct token_checker *checker = forged_checker(text, &error);

	if ((checker == NULL) != (expected != NULL) ||
	    (expected != NULL && strstr(error, expected) == NULL))
		print_error(
		    "%s: %s\n", text, error == NULL ? "accepted" : error);
	assert_int_equal(checker == NULL, expected != NULL);
	if (expected != NULL)
		assert_non_null(strstr(error, expected));
	token_checker_free(checker);
	free(error);
}

#define ONE(rest) "[{'issuer':'i','audience':'a'," rest "}]"
#define SECRET "'secret_file':'@/secret','algorithms':['HS256']"
#define ORGS "'organisations':['acme']"

static void test_members(void **state)
{
	(void)state;
	configured("[]", NULL);
	configured("{}", "no JSON array");
	configured("[1]", "no object");
	configured("[{}]", "\"issuer\" is missing");
	configured("[{'issuer':''}]", "\"issuer\" is no text");
	configured(
	    "[{'issuer':'i'," ORGS "," SECRET "}]", "\"audience\" is missing");
	configured(ONE(ORGS "," SECRET), NULL);
	configured(ONE("'organizations':['acme']," SECRET), "no setting");
	configured(ONE(SECRET), "issuer \"i\": \"organisations\" is missing");
	configured("[{'issuer':'hefboom','audience':'a'," SECRET "}]", NULL);
	configured(ONE("'organisations':[]," SECRET), "names none");
	configured(ONE("'organisations':'acme'," SECRET), "names none");
	configured(ONE("'organisations':[1]," SECRET), "no names");
	configured(ONE("'organisations':{'1':2}," SECRET), "no names");
	configured("[{'issuer':'i','audience':'a'," ORGS "," SECRET "},"
		   "{'issuer':'i','audience':'b'," ORGS "," SECRET "}]",
	    "there twice");
	configured(ONE(ORGS "," SECRET ",'role_names':{'x':'boss'}"),
	    "no role of ours");
	configured(ONE(ORGS "," SECRET ",'role_names':['hr']"), "no object");
	configured(ONE(ORGS "," SECRET ",'default_role':'member'"), NULL);
	configured(ONE(ORGS "," SECRET ",'default_role':'boss'"),
	    "there is no role \"boss\"");
	configured(ONE(ORGS "," SECRET ",'claims':{'role':'x'}"), "no setting");
	configured(
	    ONE(ORGS "," SECRET ",'claims':{'roles':'a..b'}"), "dotted path");
	configured(
	    ONE(ORGS "," SECRET ",'claims':{'roles':'.a'}"), "dotted path");
	configured(
	    ONE(ORGS "," SECRET ",'claims':{'roles':''}"), "dotted path");
	configured(
	    ONE(ORGS "," SECRET ",'claims':{'roles':[]}"), "dotted path");
	configured(ONE(ORGS "," SECRET ",'claims':{'roles':1}"), "dotted path");
	configured(
	    ONE(ORGS "," SECRET ",'claims':{'roles':'a.b.c.d.e.f.g.h'}"), NULL);
	configured(
	    ONE(ORGS "," SECRET ",'claims':{'roles':'a.b.c.d.e.f.g.h.i'}"),
	    "dotted path");
}

/* What is there and is no text is said, wherever it stands. */
static void test_no_texts(void **state)
{
	char *kid = memory_zero(KEY_ID_LENGTH_MAX + 2, 1), *text;

	(void)state;
	configured(ONE("'organisations':['']," SECRET), "no names");
	configured(ONE("'organisations':{'a':''}," SECRET), "no names");
	configured("[{'issuer':'i','audience':1," ORGS "," SECRET "}]",
	    "\"audience\" is no text");
	configured(ONE(ORGS "," SECRET ",'kid':1"), "\"kid\" is no text");
	configured(ONE(ORGS "," SECRET ",'kid':''"), "\"kid\" is no text");
	configured(ONE(ORGS "," SECRET ",'default_role':1"),
	    "\"default_role\" is no text");
	configured(
	    ONE(ORGS "," SECRET ",'role_names':{'x':1}"), "no role of ours");
	configured(ONE(ORGS "," SECRET ",'claims':['sub']"), "no object");
	configured(
	    ONE(ORGS "," SECRET ",'claims':{'roles':[1]}"), "dotted path");
	configured(
	    ONE(ORGS "," SECRET ",'claims':{'roles':['a','']}"), "dotted path");
	configured(
	    ONE(ORGS ",'secret_file':1,'algorithms':['HS256']"), "no text");
	configured(ONE(ORGS "," SECRET ",'algorithm':1"), "no setting");
	configured(ONE(ORGS ",'secret_file':'@/secret','algorithms':[1]"),
	    "\"algorithms\"");
	memset(kid, 'k', KEY_ID_LENGTH_MAX);
	for (int i = 0; i < 2; i++) {
		text = memory_format("[{'issuer':'i','audience':'a'," ORGS
				     "," SECRET ",'kid':'%s'}]",
		    kid);
		configured(text, i == 0 ? NULL : "\"kid\" is too long");
		free(text);
		kid[KEY_ID_LENGTH_MAX] = 'k';
	}
	free(kid);
}

#define URL(setting, url)                                                      \
	ONE(ORGS ",'" setting "':'" url "','algorithms':['RS256']")

static void test_addresses(void **state)
{
	static const struct {
		const char *text, *fault;
	} cases[] = {
	    {URL("jwks_url", "https://k.example/keys"), NULL},
	    {URL("jwks_url", "http://k.example/keys"),
		"http without a network"},
	    {URL("discovery_url", "http://k.example/x"),
		"http without a network"},
	    {ONE(ORGS "," SECRET), NULL},
	};
	char *error = NULL;

	(void)state;
	configured(URL("jwks_url", "ftp://k.example/keys"), "https://");
	configured(URL("discovery_url", "k.example"), "https://");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct token_checker *checker =
		    forged_checker(cases[i].text, &error);
		char *fault = token_checker_check(checker, NULL);

		assert_int_equal(token_checker_fetches(checker), i != 3);
		assert_int_equal(fault == NULL, cases[i].fault == NULL);
		if (fault != NULL)
			assert_non_null(strstr(fault, cases[i].fault));
		free(fault);
		/* Any network will do here: each address is asked later. */
		assert_null(token_checker_check(
		    checker, (const struct networks *)&error));
		token_checker_free(checker);
	}
}

static void test_algorithms(void **state)
{
	(void)state;
	configured(ONE(ORGS ",'secret_file':'@/secret'"), "\"algorithms\"");
	configured(ONE(ORGS ",'secret_file':'@/secret','algorithms':[]"),
	    "\"algorithms\"");
	configured(ONE(ORGS ",'secret_file':'@/secret','algorithms':['none']"),
	    "\"algorithms\"");
	configured(ONE(ORGS ",'jwks_file':'@/jwks',"
			    "'algorithms':['RS256','HS256']"),
	    "do not go together");
	configured(ONE(ORGS ",'pem_file':'@/pem','algorithms':['HS256']"),
	    "do not go together");
	configured(ONE(ORGS ",'secret_file':'@/secret','algorithms':['RS256']"),
	    "do not go together");
	configured(ONE(ORGS ",'pem_file':'@/pem',"
			    "'algorithms':['RS256','PS256']"),
	    "one key has one algorithm");
	configured(ONE(ORGS ",'pem_file':'@/pem','algorithms':['ES256']"),
	    "is not for ES256");
	configured(ONE(ORGS ",'pem_file':'@/ec.pem','algorithms':['ES384']"),
	    "is not for ES384");
	configured(ONE(ORGS ",'algorithms':['RS256']"), "is needed");
	/* As many as there are, and one of them again. */
	configured(ONE(ORGS ",'jwks_file':'@/jwks',"
			    "'algorithms':['RS256','RS384','RS512','PS256',"
			    "'PS384','PS512','ES256','ES384','ES512','RS256',"
			    "'RS256','RS256']"),
	    NULL);
	configured(ONE(ORGS ",'jwks_file':'@/jwks',"
			    "'algorithms':['RS256','RS384','RS512','PS256',"
			    "'PS384','PS512','ES256','ES384','ES512','RS256',"
			    "'RS256','RS256','RS256']"),
	    "\"algorithms\" holds another");
	configured(ONE(ORGS ",'pem_file':'@/pem','jwks_file':'@/jwks',"
			    "'algorithms':['RS256']"),
	    "is needed");
	configured(ONE(ORGS ",'jwks_file':'@/jwks','kid':'a',"
			    "'algorithms':['RS256']"),
	    "\"kid\"");
}

#define PEM(file) ORGS ",'pem_file':'@/" file "','algorithms':['RS256']"
#define JWKS(file) ORGS ",'jwks_file':'@/" file "','algorithms':['RS256']"

static void test_files(void **state)
{
	(void)state;
	configured(ONE(PEM("pem")), NULL);
	configured(ONE(PEM("crt")), NULL);
	configured(
	    ONE(ORGS ",'pem_file':'@/ec.pem','algorithms':['ES256']"), NULL);
	configured(ONE(PEM("private")), "does not begin with a public key");
	configured(ONE(PEM("empty")), "does not begin with a public key");
	configured(ONE(PEM("secret")), "does not begin with a public key");
	configured(ONE(PEM("absent")), "cannot open");
	configured(ONE(JWKS("absent")), "cannot open");
	configured(ONE(ORGS ",'secret_file':'@/absent',"
			    "'algorithms':['HS256']"),
	    "cannot open");
	configured(ONE(PEM("")), "cannot read");
	configured(ONE(PEM("endless")), "is longer than 1 MiB");
	configured(ONE(ORGS ",'secret_file':'@/long',"
			    "'algorithms':['HS256']"),
	    NULL);
	configured(ONE(ORGS ",'secret_file':'@/longer',"
			    "'algorithms':['HS256']"),
	    "more than 1024 bytes");
	configured(ONE(PEM("small.pem")), "1024 bits");
	configured(ONE(PEM("pss.pem")), "is not for RS256");
	configured(ONE(PEM("ed.pem")), "is not for RS256");
	configured(ONE(JWKS("jwks")), NULL);
	configured(ONE(JWKS("small")), "\"weak\" has 1024 bits");
	configured(ONE(JWKS("enc")), "no key for the algorithms");
	configured(ONE(JWKS("ec")), "no key for the algorithms");
	configured(ONE(JWKS("pem")), "no JSON object");
	configured(ONE(JWKS("empty")), "no JSON object");
	configured(ONE(ORGS ",'secret_file':'@/short',"
			    "'algorithms':['HS256']"),
	    "has 31 bytes; HS256 needs 32");
	configured(ONE(ORGS ",'secret_file':'@/empty',"
			    "'algorithms':['HS256']"),
	    "lacks a member");
	configured(ONE(ORGS ",'secret_file':'@/secret',"
			    "'algorithms':['HS512']"),
	    "HS512 needs 64");
}

static void set_configured(
    const char *set, const char *algorithm, const char *expected)
{
	char *text = memory_format("[{'issuer':'i','audience':'a'," ORGS
				   ",'jwks_file':'@/set','algorithms':['%s']}]",
	    algorithm);

	forge_write_text(&forge, "set", set);
	configured(text, expected);
	free(text);
}

static void test_sets(void **state)
{
	char *a = forge_jwk(forge.rsa, "\"kid\":\"a\"");
	char *b = forge_jwk(forge.rsa, "\"kid\":\"a\",\"alg\":\"PS256\"");
	char *n = forge_number(forge.rsa, "n", 0);
	char *text;

	(void)state;
	text = memory_format("{\"keys\":[%s,%s]}", a, b);
	set_configured(text, "RS256", NULL);
	set_configured(text, "RS256','PS256", NULL);
	set_configured(text, "PS256", "is there twice");
	free(text);
	text = memory_format("{\"keys\":[%s,%s]}", a, a);
	set_configured(text, "RS256", "is there twice");
	free(text);
	text = memory_format("{\"keys\":[%s],\"keys\":[]}", a);
	set_configured(text, "RS256", "no JSON object");
	free(text);
	/* With e = 1 a signature is its own message. */
	text = memory_format("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"%s\","
			     "\"e\":\"AQ\"}]}",
	    n);
	set_configured(text, "RS256", "unsafe public exponent");
	free(text);
	text = memory_format("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"%s=\","
			     "\"e\":\"AQAB\"}]}",
	    n);
	set_configured(text, "RS256", "no base64url");
	free(text);
	set_configured("{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\"}]}", "RS256",
	    "lacks a member");
	/* Not on the curve. */
	set_configured("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
		       "\"x\":\"AQAB\",\"y\":\"AQAB\"}]}",
	    "ES256", "no valid public key");
	set_configured("{\"keys\":[1]}", "RS256", "no object");
	set_configured("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AQAB\"}]}", "HS256",
	    "has 3 bytes");
	set_configured("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AQABAQABAQABAQAB"
		       "AQABAQABAQABAQABAQABAQABAQABAQAB\"}]}",
	    "HS256", NULL);
	free(a);
	free(b);
	free(n);
}

/* RSA whose numbers are good but for one. */
static void test_numbers(void **state)
{
	static const struct {
		const char *exponent, *fault;
	} cases[] = {{"AQAB", NULL}, {"Aw", NULL}, {"AAAAAAAAAAM", NULL},
	    {"AQ", "unsafe public exponent"}, {"AA", "unsafe public exponent"},
	    {"Ag", "unsafe public exponent"},
	    {"AQAC", "unsafe public exponent"},
	    {"AQAAAAAAAAAB", "unsafe public exponent"},
	    {"AQAAAAAAAAAAAAAAAAAAAAAAAAAB", "unsafe public exponent"}};
	char *n = forge_number(forge.rsa, "n", 0), *text, *modulus;
	unsigned char bytes[1026];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text = memory_format("{\"keys\":[{\"kty\":\"RSA\","
				     "\"n\":\"%s\",\"e\":\"%s\"}]}",
		    n, cases[i].exponent);
		set_configured(text, "RS256", cases[i].fault);
		free(text);
	}
	free(n);
	memset(bytes, 0xff, sizeof(bytes));
	for (size_t length = 1024; length <= 1025; length++) {
		modulus = forge_encode(bytes, length);
		text = memory_format("{\"keys\":[{\"kty\":\"RSA\","
				     "\"n\":\"%s\",\"e\":\"AQAB\"}]}",
		    modulus);
		set_configured(
		    text, "RS256", length == 1024 ? NULL : "has 8200 bits");
		free(text);
		free(modulus);
	}
}

/* Two without a name, and one beside another that has none. */
static void test_names(void **state)
{
	char *named = forge_jwk(forge.rsa, "\"kid\":\"a\"");
	char *nameless = forge_jwk(forge.other, "");
	char *kid = memory_zero(KEY_ID_LENGTH_MAX + 2, 1), *text;

	(void)state;
	text =
	    memory_format("{\"keys\":[%s,%s,%s]}", nameless, named, nameless);
	set_configured(text, "RS256", NULL);
	free(text);
	set_configured("{\"keys\":[{\"kty\":\"oct\",\"kid\":1}]}", "HS256",
	    "a kid is no string");
	memset(kid, 'k', KEY_ID_LENGTH_MAX + 1);
	text =
	    memory_format("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"%s\"}]}", kid);
	set_configured(text, "HS256", "at most 128");
	free(text);
	free(kid);
	free(named);
	free(nameless);
}

/* A last newline is the editor's in a text, a byte like others elsewhere. */
static void test_secret_newline(void **state)
{
	static const char text[] = "correct horse battery staple and more\n";
	static const char binary[] = "\x01orrect horse battery staple more\n";
	static const char delete[] = "correct horse battery staple\x7f more\n";
	const char *config = "[{'issuer':'i','audience':'hefboom'," ORGS
			     ",'secret_file':'@/s','algorithms':['HS256']}]";
	const char *claims = "{\"iss\":\"i\",\"aud\":\"hefboom\","
			     "\"sub\":\"els\",\"exp\":1700000600}";
	const struct signer signers[] = {
	    {"HS256", NULL, text, sizeof(text) - 2},
	    {"HS256", NULL, binary, sizeof(binary) - 1},
	    {"HS256", NULL, delete, sizeof(delete) - 1}};
	static const char *const files[] = {text, binary, delete};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct token_checker *checker;
		char *error = NULL, *token;
		const char *why;

		forge_write_text(&forge, "s", files[i]);
		checker = forged_checker(config, &error);
		assert_non_null(checker);
		token = forge_token(&signers[i], "{\"alg\":\"HS256\"}", claims);
		assert_non_null(
		    token_check(checker, token, strlen(token), NOW, &why));
		token_checker_free(checker);
		free(token);
	}
}

static void test_named_pem(void **state)
{
	const struct signer rs = {.algorithm = "RS256", .key = forge.rsa};
	static const struct {
		const char *header;
		bool accepted;
	} headers[] = {{"{\"alg\":\"RS256\"}", true},
	    {"{\"alg\":\"RS256\",\"kid\":\"one\"}", true},
	    {"{\"alg\":\"RS256\",\"kid\":\"two\"}", false}};
	char *error = NULL;
	struct token_checker *checker = forged_checker(
	    "[{'issuer':'i','audience':'hefboom'," PEM("crt") ",'kid':'one'}]",
	    &error);
	const char *why;

	(void)state;
	assert_non_null(checker);
	for (size_t i = 0; i < 3; i++) {
		char *token = forge_token(&rs, headers[i].header,
		    "{\"iss\":\"i\",\"aud\":\"hefboom\",\"sub\":\"els\","
		    "\"exp\":1700000600}");

		assert_int_equal(token_check(checker, token, strlen(token), NOW,
				     &why) != NULL,
		    headers[i].accepted);
		free(token);
	}
	token_checker_free(checker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_no_texts),
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_algorithms),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_sets),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_secret_newline),
	    cmocka_unit_test(test_named_pem),
	};

	return cmocka_run_group_tests(tests, setup, forged_end);
}
