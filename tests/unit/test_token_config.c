/*
 * What an operator may write, what the cache remembers, what we issue.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "credential.h"
#include "forge.h"
#include "hefboom/operation.h"

enum { NOW = FORGE_NOW };

static struct forge forge;

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

static int setup(void **state)
{
	EVP_PKEY *small = EVP_RSA_gen(1024), *pss = pss_new(), *edwards;

	(void)state;
	forge_init(&forge);
	edwards = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	forge_write(&forge, "secret", forge.secret, 32);
	forge_write(&forge, "short", forge.secret, 31);
	forge_write_text(&forge, "empty", "");
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

static int teardown(void **state)
{
	(void)state;
	forge_release(&forge);
	return 0;
}

static struct token_checker *configure(const char *text, char **error)
{
	json_t *value = forge_json(&forge, text);
	struct token_checker *checker = token_checker_new(value, error);

	json_decref(value);
	return checker;
}

/* Refused with a sentence that holds this; NULL: accepted. */
static void configured(const char *text, const char *expected)
{
	char *error = NULL;
	struct token_checker *checker = configure(text, &error);

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

/* A last newline is the editor's in a text, a byte like others elsewhere. */
static void test_secret_newline(void **state)
{
	static const char text[] = "correct horse battery staple and more\n";
	static const char binary[] = "\x01orrect horse battery staple more\n";
	const char *config = "[{'issuer':'i','audience':'hefboom'," ORGS
			     ",'secret_file':'@/s','algorithms':['HS256']}]";
	const char *claims = "{\"iss\":\"i\",\"aud\":\"hefboom\","
			     "\"sub\":\"els\",\"exp\":1700000600}";
	const struct signer signers[] = {
	    {"HS256", NULL, text, sizeof(text) - 2},
	    {"HS256", NULL, binary, sizeof(binary) - 1}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct token_checker *checker;
		char *error = NULL, *token;
		const char *why;

		forge_write(&forge, "s", i == 0 ? text : binary,
		    i == 0 ? sizeof(text) - 1 : sizeof(binary) - 1);
		checker = configure(config, &error);
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
	struct token_checker *checker = configure(
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
	    cmocka_unit_test(test_algorithms),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_sets),
	    cmocka_unit_test(test_secret_newline),
	    cmocka_unit_test(test_named_pem),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
