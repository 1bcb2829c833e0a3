/*
 * forge -- tokens, good and bad, and the keys they are made with.
 *
 * Signs with OpenSSL alone, so that what the program verifies was never made
 * by the library that verifies it.
 *
 * Ownership.  A forge owns its keys and its folder; texts returned are the
 * caller's, to free().
 */
#ifndef FORGE_H
#define FORGE_H

#include <assert.h>
#include <stdarg.h>
#include <unistd.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <jansson.h>

#include "hefboom/base64.h"
#include "hefboom/buf.h"
#include "hefboom/memory.h"

enum { FORGE_NOW = 1700000000 };

struct forge {
	EVP_PKEY *rsa, *other, *p256, *p384, *p521;
	unsigned char secret[64];
	char folder[32];
};

static inline void forge_init(struct forge *forge)
{
	forge->rsa = EVP_RSA_gen(2048);
	forge->other = EVP_RSA_gen(2048);
	forge->p256 = EVP_EC_gen("P-256");
	forge->p384 = EVP_EC_gen("P-384");
	forge->p521 = EVP_EC_gen("P-521");
	for (size_t i = 0; i < sizeof(forge->secret); i++)
		forge->secret[i] = (unsigned char)(i * 7 + 1);
	memcpy(forge->folder, "/tmp/hefboom-forge-XXXXXX", 26);
	if (mkdtemp(forge->folder) == NULL)
		abort();
}

static inline char *forge_path(const struct forge *forge, const char *name)
{
	return memory_format("%s/%s", forge->folder, name);
}

static inline void forge_write(const struct forge *forge, const char *name,
    const void *bytes, size_t length)
{
	char *path = forge_path(forge, name);
	FILE *file = fopen(path, "wb");

	assert(file != NULL);
	if (fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
		abort();
	free(path);
}

static inline void forge_write_text(
    const struct forge *forge, const char *name, const char *text)
{
	forge_write(forge, name, text, strlen(text));
}

/* The public key in PEM, as text and as the file of this name. */
static inline char *forge_write_pem(
    const struct forge *forge, const char *name, EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes, *text;
	long length;

	PEM_write_bio_PUBKEY(bio, key);
	length = BIO_get_mem_data(bio, &bytes);
	text = memory_copy(bytes, (size_t)length);
	forge_write_text(forge, name, text);
	BIO_free(bio);
	return text;
}

/* JSON written with ' for " and @ for the folder. */
static inline json_t *forge_json(const struct forge *forge, const char *text)
{
	struct buf json = {0};
	json_t *value;

	for (; *text != '\0'; text++)
		if (*text == '@')
			buf_add_string(&json, forge->folder);
		else
			buf_add_char(&json, *text == '\'' ? '"' : *text);
	value = json_loads(json.bytes, 0, NULL);
	assert(value != NULL);
	buf_release(&json);
	return value;
}

static inline void forge_release(struct forge *forge)
{
	char *command = memory_format("rm -r %s", forge->folder);

	EVP_PKEY_free(forge->rsa);
	EVP_PKEY_free(forge->other);
	EVP_PKEY_free(forge->p256);
	EVP_PKEY_free(forge->p384);
	EVP_PKEY_free(forge->p521);
	if (system(command) != 0)
		abort();
	free(command);
}

static inline char *forge_encode(const void *bytes, size_t length)
{
	struct buf text = {0};

	base64_encode(bytes, length, &text);
	return buf_take(&text, NULL);
}

static inline char *forge_number(EVP_PKEY *key, const char *name, size_t size)
{
	unsigned char bytes[1024];
	BIGNUM *number = NULL;
	char *text;

	if (EVP_PKEY_get_bn_param(key, name, &number) != 1)
		abort();
	if (size == 0)
		size = (size_t)BN_num_bytes(number);
	BN_bn2binpad(number, bytes, (int)size);
	text = forge_encode(bytes, size);
	BN_free(number);
	return text;
}

/* A JWK with these further members (`"kid":"a","alg":"RS256"`). */
static inline char *forge_jwk(EVP_PKEY *key, const char *members)
{
	bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
	int bits = EVP_PKEY_get_bits(key);
	size_t size = (size_t)(bits + 7) / 8;
	char *first =
	    rsa ? forge_number(key, "n", 0) : forge_number(key, "qx", size);
	char *second =
	    rsa ? forge_number(key, "e", 0) : forge_number(key, "qy", size);
	char *text;

	if (rsa)
		text = memory_format("{\"kty\":\"RSA\",\"n\":\"%s\","
				     "\"e\":\"%s\"%s%s}",
		    first, second, members[0] == '\0' ? "" : ",", members);
	else
		text = memory_format("{\"kty\":\"EC\",\"crv\":\"P-%d\","
				     "\"x\":\"%s\",\"y\":\"%s\"%s%s}",
		    bits, first, second, members[0] == '\0' ? "" : ",",
		    members);
	free(first);
	free(second);
	return text;
}

/* DER to the raw pair of numbers (RFC 7518, 3.4). */
static inline size_t forge_raw_ecdsa(
    unsigned char *bytes, size_t length, size_t half)
{
	const unsigned char *at = bytes;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)length);

	BN_bn2binpad(ECDSA_SIG_get0_r(pair), bytes, (int)half);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), bytes + half, (int)half);
	ECDSA_SIG_free(pair);
	return 2 * half;
}

static inline const EVP_MD *forge_hash(const char *algorithm)
{
	if (strstr(algorithm, "384") != NULL)
		return EVP_sha384();
	return strstr(algorithm, "512") != NULL ? EVP_sha512() : EVP_sha256();
}

/* The key of a signature: an EVP_PKEY, or a secret for HS. */
struct signer {
	const char *algorithm; /* "RS256"; with "DER" behind: ECDSA as DER */
	EVP_PKEY *key;
	const void *secret;
	size_t secret_length;
};

static inline char *forge_signature(
    const struct signer *signer, const char *input)
{
	unsigned char bytes[1024];
	size_t length = sizeof(bytes);
	unsigned int short_length;
	EVP_MD_CTX *context;
	EVP_PKEY_CTX *options;

	if (signer->algorithm[0] == 'H') {
		HMAC(forge_hash(signer->algorithm), signer->secret,
		    (int)signer->secret_length, (const unsigned char *)input,
		    strlen(input), bytes, &short_length);
		return forge_encode(bytes, short_length);
	}
	context = EVP_MD_CTX_new();
	EVP_DigestSignInit(context, &options, forge_hash(signer->algorithm),
	    NULL, signer->key);
	if (signer->algorithm[0] == 'P') {
		EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(
		    options, RSA_PSS_SALTLEN_DIGEST);
	}
	if (EVP_DigestSign(context, bytes, &length,
		(const unsigned char *)input, strlen(input)) != 1)
		abort();
	EVP_MD_CTX_free(context);
	if (signer->algorithm[0] == 'E' &&
	    strstr(signer->algorithm, "DER") == NULL)
		length = forge_raw_ecdsa(bytes, length,
		    ((size_t)EVP_PKEY_get_bits(signer->key) + 7) / 8);
	return forge_encode(bytes, length);
}

/* A token of these very parts, which are already base64url. */
static inline char *forge_token_encoded(
    const struct signer *signer, const char *header, const char *payload)
{
	char *input = memory_format("%s.%s", header, payload);
	char *signature = forge_signature(signer, input);
	char *token = memory_format("%s.%s", input, signature);

	free(input);
	free(signature);
	return token;
}

static inline char *forge_token_bytes(const struct signer *signer,
    const char *header, const void *payload, size_t length)
{
	char *first = forge_encode(header, strlen(header));
	char *second = forge_encode(payload, length);
	char *token = forge_token_encoded(signer, first, second);

	free(first);
	free(second);
	return token;
}

static inline char *forge_token(
    const struct signer *signer, const char *header, const char *claims)
{
	return forge_token_bytes(signer, header, claims, strlen(claims));
}

#endif
