/*
 * Keys are made into JWKs of our own wording when they are loaded: public
 * members only, and `alg` always, so that a key answers to one algorithm.
 * One that was once loaded is known to parse.
 */
#include "credential.h"

#include <assert.h>
#include <errno.h>
#include <jose/openssl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "hefboom/base64.h"
#include "hefboom/buf.h"
#include "hefboom/memory.h"

enum {
	FILE_LENGTH_MAX = 1 << 20,
	SECRET_LENGTH_MAX = 1024, /* libjose's own limit */
	RSA_BITS_MIN = 2048,
	RSA_BITS_MAX = 8192,
};

void secret_release(struct buf *secret)
{
	if (secret->bytes != NULL)
		memory_wipe(secret->bytes, secret->capacity);
	buf_release(secret);
}

char *secret_read(const char *path, struct buf *content)
{
	FILE *file = fopen(path, "rbe");
	size_t length;
	char *fault = NULL;

	if (file == NULL)
		return memory_format(
		    "cannot open %s: %s", path, strerror(errno));
	/* Room at once: growing would leave copies of a secret behind. */
	buf_reserve(content, FILE_LENGTH_MAX + 1);
	setvbuf(file, NULL, _IONBF, 0);
	length = fread(content->bytes, 1, FILE_LENGTH_MAX + 1, file);
	content->length = length;
	if (ferror(file))
		fault = memory_format("cannot read %s", path);
	else if (length > FILE_LENGTH_MAX)
		fault = memory_format("%s is longer than 1 MiB", path);
	fclose(file);
	return fault;
}

bool algorithm_fits(const struct algorithm *algorithm, const json_t *members)
{
	const char *type = json_string_value(json_object_get(members, "kty"));
	const char *curve = json_string_value(json_object_get(members, "crv"));

	if (type == NULL || strcmp(type, algorithm->type) != 0)
		return false;
	return algorithm->curve == NULL ||
	    (curve != NULL && strcmp(curve, algorithm->curve) == 0);
}

static bool is_base64(const json_t *member)
{
	size_t length = json_string_length(member), decoded;
	unsigned char *bytes;
	int error;

	if (!json_is_string(member) || length == 0)
		return false;
	bytes = memory_alloc(base64_room(length));
	error =
	    base64_decode(json_string_value(member), length, bytes, &decoded);
	memory_wipe(bytes, base64_room(length));
	free(bytes);
	return error == 0;
}

/* The members that verifying needs; NULL when one is missing or odd. */
static json_t *jwk_new(const struct algorithm *algorithm, const json_t *members)
{
	static const char *const rsa[] = {"n", "e", NULL};
	static const char *const ec[] = {"x", "y", NULL};
	static const char *const oct[] = {"k", NULL};
	const char *const *names = ec;
	json_t *jwk = json_object();

	if (strcmp(algorithm->type, "RSA") == 0)
		names = rsa;
	else if (strcmp(algorithm->type, "oct") == 0)
		names = oct;
	json_object_set_new(jwk, "alg", json_string(algorithm->name));
	json_object_set_new(jwk, "kty", json_string(algorithm->type));
	if (algorithm->curve != NULL)
		json_object_set_new(jwk, "crv", json_string(algorithm->curve));
	for (; *names != NULL; names++) {
		json_t *member = json_object_get(members, *names);

		if (!is_base64(member)) {
			json_decref(jwk);
			return NULL;
		}
		/* A copy: the original may be wiped. */
		json_object_set_new(jwk, *names,
		    json_stringn(
			json_string_value(member), json_string_length(member)));
	}
	return jwk;
}

/* Odd and above 1: with the exponent 1 every signature would be right. */
static bool exponent_is_good(const json_t *jwk)
{
	const json_t *member = json_object_get(jwk, "e");
	unsigned char bytes[16];
	uint64_t value = 0;
	size_t length;
	int error;

	if (base64_room(json_string_length(member)) > sizeof(bytes))
		return false;
	/* jwk_new() has decoded it once. */
	error = base64_decode(json_string_value(member),
	    json_string_length(member), bytes, &length);
	assert(error == 0);
	if (length > sizeof(value))
		return false;
	for (size_t i = 0; i < length; i++)
		value = value << 8 | bytes[i];
	return value > 1 && value % 2 == 1;
}

static char *public_key_check(struct key *key)
{
	EVP_PKEY *public = jose_openssl_jwk_to_EVP_PKEY(NULL, key->jwk);
	bool is_rsa = strcmp(key->algorithm->type, "RSA") == 0;
	int bits = public == NULL ? 0 : EVP_PKEY_get_bits(public);

	EVP_PKEY_free(public);
	ERR_clear_error();
	if (public == NULL)
		return memory_string("is no valid public key");
	if (!is_rsa)
		return NULL;
	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		return memory_format("has %d bits; RSA keys have %d to %d",
		    bits, RSA_BITS_MIN, RSA_BITS_MAX);
	if (!exponent_is_good(key->jwk))
		return memory_string("has an unsafe public exponent");
	key->signature_length = ((size_t)bits + 7) / 8;
	return NULL;
}

static char *secret_check(const struct key *key)
{
	json_t *member = json_object_get(key->jwk, "k");
	size_t length = json_string_length(member) * 6 / 8;

	if (length < key->algorithm->secret_length)
		return memory_format("has %zu bytes; %s needs %zu or more",
		    length, key->algorithm->name,
		    key->algorithm->secret_length);
	if (length > SECRET_LENGTH_MAX)
		return memory_format(
		    "has more than %d bytes", SECRET_LENGTH_MAX);
	return NULL;
}

static char *key_check(const struct issuer *issuer, struct key *key)
{
	if (key->jwk == NULL)
		return memory_string("lacks a member, or one is no base64url");
	for (size_t i = 0; i < issuer->key_count; i++) {
		const struct key *other = &issuer->keys[i];

		if (key->id != NULL && other->id != NULL &&
		    other->algorithm == key->algorithm &&
		    strcmp(other->id, key->id) == 0)
			return memory_string("is there twice");
	}
	if (key->algorithm->secret_length > 0)
		return secret_check(key);
	return public_key_check(key);
}

char *key_add(struct issuer *issuer, const char *id,
    const struct algorithm *algorithm, const json_t *members)
{
	struct key key = {
	    .id = id == NULL ? NULL : memory_string(id),
	    .algorithm = algorithm,
	    .signature_length = algorithm->signature_length,
	    .jwk = jwk_new(algorithm, members),
	};
	char *fault = key_check(issuer, &key), *sentence;

	if (fault != NULL) {
		sentence = memory_format(
		    "the key \"%s\" %s", id == NULL ? "" : id, fault);
		free(fault);
		key_release(&key);
		return sentence;
	}
	issuer->keys =
	    memory_grow(issuer->keys, (issuer->key_count + 1) * sizeof(key));
	issuer->keys[issuer->key_count++] = key;
	return NULL;
}

void jwk_wipe(json_t *members)
{
	json_t *secret = json_object_get(members, "k");

	if (json_is_string(secret))
		memory_wipe((char *)(uintptr_t)json_string_value(secret),
		    json_string_length(secret));
}

void key_release(struct key *key)
{
	jwk_wipe(key->jwk);
	json_decref(key->jwk);
	free(key->id);
}

/*
 * All of the file's bytes, for a secret may be any.  Only where all others
 * are printable is a last newline taken for the editor's.
 */
static size_t secret_length(const struct buf *content)
{
	size_t length = content->length;

	if (length < 2 || content->bytes[length - 1] != '\n')
		return length;
	for (size_t i = 0; i < length - 1; i++)
		if (content->bytes[i] < 0x20 || content->bytes[i] > 0x7e)
			return length;
	return length - 1;
}

char *keys_from_secret(struct issuer *issuer, const char *path)
{
	struct buf content = {0}, text = {0};
	char *fault = secret_read(path, &content);
	json_t *members;

	if (fault == NULL) {
		size_t length = secret_length(&content);

		buf_reserve(&text, (length + 2) / 3 * 4);
		base64_encode(
		    (const unsigned char *)content.bytes, length, &text);
		members = json_object();
		json_object_set_new(
		    members, "k", json_stringn(text.bytes, text.length));
		fault = key_add(
		    issuer, issuer->key_id, issuer->algorithms[0], members);
		jwk_wipe(members);
		json_decref(members);
	}
	secret_release(&content);
	secret_release(&text);
	return fault;
}

/* The public key in the file's first PEM block, or NULL. */
static EVP_PKEY *pem_parse(const struct buf *content)
{
	BIO *bio = BIO_new_mem_buf(content->bytes, (int)content->length);
	char *label = NULL, *header = NULL;
	unsigned char *bytes = NULL;
	const unsigned char *at;
	EVP_PKEY *public = NULL;
	long length;

	if (bio != NULL &&
	    PEM_read_bio(bio, &label, &header, &bytes, &length) == 1) {
		at = bytes;
		if (strcmp(label, PEM_STRING_PUBLIC) == 0) {
			public = d2i_PUBKEY(NULL, &at, length);
		} else if (strcmp(label, PEM_STRING_X509) == 0) {
			X509 *certificate = d2i_X509(NULL, &at, length);

			public = X509_get_pubkey(certificate);
			X509_free(certificate);
		}
		OPENSSL_clear_free(bytes, (size_t)length);
	}
	OPENSSL_free(label);
	OPENSSL_free(header);
	BIO_free(bio);
	ERR_clear_error();
	return public;
}

char *keys_from_pem(struct issuer *issuer, const char *path)
{
	struct buf content = {0};
	char *fault = secret_read(path, &content);
	EVP_PKEY *public = NULL;
	json_t *members = NULL;

	if (fault == NULL) {
		public = pem_parse(&content);
		if (public != NULL)
			members = jose_openssl_jwk_from_EVP_PKEY(NULL, public);
		if (public == NULL)
			fault = memory_format("%s does not begin with a public "
					      "key or a certificate in PEM",
			    path);
		else if (!algorithm_fits(issuer->algorithms[0], members))
			fault = memory_format("the key in %s is not for %s",
			    path, issuer->algorithms[0]->name);
		else
			fault = key_add(issuer, issuer->key_id,
			    issuer->algorithms[0], members);
	}
	json_decref(members);
	EVP_PKEY_free(public);
	secret_release(&content);
	return fault;
}
