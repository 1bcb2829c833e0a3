#include "hefboom/cursor.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include "hefboom/arena.h"
#include "hefboom/base64.h"
#include "hefboom/buf.h"
#include "hefboom/memory.h"

enum {
	FORMAT = 1,
	SECRET_LENGTH = 32,
	KEY_LENGTH = 32,
	NONCE_LENGTH = 12,
	TAG_LENGTH = 16,
	FRAME_LENGTH = 1 + NONCE_LENGTH + TAG_LENGTH,
	SEALED_MAX = CURSOR_LENGTH_MAX / 4 * 3,
	PLAIN_MAX = SEALED_MAX - FRAME_LENGTH,
	LENGTH_OF_NULL = 0xffff,
};

static const char label[] = "hefboom cursor 1";

static void key_derive(const unsigned char *secret, unsigned char *key)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	size_t length = KEY_LENGTH;

	/* None of these fails but for want of memory. */
	if (context == NULL || EVP_PKEY_derive_init(context) != 1 ||
	    EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) != 1 ||
	    EVP_PKEY_CTX_set1_hkdf_key(context, secret, SECRET_LENGTH) != 1 ||
	    EVP_PKEY_CTX_add1_hkdf_info(context, (const unsigned char *)label,
		sizeof(label) - 1) != 1 ||
	    EVP_PKEY_derive(context, key, &length) != 1)
		abort();
	EVP_PKEY_CTX_free(context);
}

/* The process's context, with this secret's key in it. */
static EVP_CIPHER_CTX *cipher_get(const unsigned char *secret)
{
	static EVP_CIPHER_CTX *cipher;
	static unsigned char current[SECRET_LENGTH];
	unsigned char key[KEY_LENGTH];

	if (cipher != NULL &&
	    CRYPTO_memcmp(current, secret, sizeof(current)) == 0)
		return cipher;
	if (cipher == NULL)
		cipher = EVP_CIPHER_CTX_new();
	key_derive(secret, key);
	if (cipher == NULL ||
	    EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, NULL) != 1)
		abort();
	memory_wipe(key, sizeof(key));
	memcpy(current, secret, sizeof(current));
	return cipher;
}

/* Values as 16 bits of length each, then their bytes.  0 or -E2BIG. */
static int values_pack(const char *const *values, size_t count,
    unsigned char *plain, size_t *length)
{
	size_t used = 0;

	if (count > CURSOR_VALUES_MAX)
		return -E2BIG;
	for (size_t i = 0; i < count; i++) {
		size_t size = values[i] == NULL ? 0 : strlen(values[i]);
		size_t mark = values[i] == NULL ? LENGTH_OF_NULL : size;

		if (size > PLAIN_MAX || used + 2 + size > PLAIN_MAX)
			return -E2BIG;
		plain[used++] = (unsigned char)(mark >> 8);
		plain[used++] = (unsigned char)(mark & 0xff);
		if (size > 0)
			memcpy(plain + used, values[i], size);
		used += size;
	}
	*length = used;
	return 0;
}

static int values_unpack(const unsigned char *plain, size_t length,
    struct arena *arena, const char **values, size_t count)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		size_t size;

		if (length - at < 2)
			return -EINVAL;
		size = (size_t)plain[at] << 8 | plain[at + 1];
		at += 2;
		values[i] = NULL;
		if (size == LENGTH_OF_NULL)
			continue;
		if (length - at < size)
			return -EINVAL;
		values[i] = arena_copy(arena, (const char *)plain + at, size);
		at += size;
	}
	return at == length ? 0 : -EINVAL;
}

int cursor_seal(const unsigned char secret[32], const char *bound,
    const char *const *values, size_t count, struct buf *out)
{
	unsigned char plain[PLAIN_MAX], sealed[SEALED_MAX];
	unsigned char *nonce = sealed + 1, *body = nonce + NONCE_LENGTH;
	EVP_CIPHER_CTX *cipher = cipher_get(secret);
	size_t length;
	int error = values_pack(values, count, plain, &length), written;

	if (error != 0)
		return error;
	sealed[0] = FORMAT;
	/* Without randomness or a working cipher nothing can be promised. */
	if (RAND_bytes(nonce, NONCE_LENGTH) != 1 ||
	    EVP_EncryptInit_ex(cipher, NULL, NULL, NULL, nonce) != 1 ||
	    EVP_EncryptUpdate(cipher, NULL, &written,
		(const unsigned char *)bound, (int)strlen(bound)) != 1 ||
	    EVP_EncryptUpdate(cipher, body, &written, plain, (int)length) !=
		1 ||
	    EVP_EncryptFinal_ex(cipher, body + length, &written) != 1 ||
	    EVP_CIPHER_CTX_ctrl(
		cipher, EVP_CTRL_AEAD_GET_TAG, TAG_LENGTH, body + length) != 1)
		abort();
	base64_encode(sealed, length + FRAME_LENGTH, out);
	return 0;
}

/* The bytes of a cursor, out of their seal; false when it is not ours. */
static bool seal_break(EVP_CIPHER_CTX *cipher, const char *bound,
    unsigned char *sealed, size_t length, unsigned char *plain)
{
	unsigned char *nonce = sealed + 1, *body = nonce + NONCE_LENGTH;
	int written;

	return EVP_DecryptInit_ex(cipher, NULL, NULL, NULL, nonce) == 1 &&
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, TAG_LENGTH,
		body + length) == 1 &&
	    EVP_DecryptUpdate(cipher, NULL, &written,
		(const unsigned char *)bound, (int)strlen(bound)) == 1 &&
	    EVP_DecryptUpdate(cipher, plain, &written, body, (int)length) ==
	    1 &&
	    EVP_DecryptFinal_ex(cipher, plain + length, &written) == 1;
}

int cursor_open(const unsigned char secret[32], const char *bound,
    const char *text, size_t length, struct arena *arena, const char **values,
    size_t count)
{
	unsigned char sealed[SEALED_MAX + 2], plain[PLAIN_MAX + 16];
	size_t decoded;

	if (length > CURSOR_LENGTH_MAX ||
	    base64_decode(text, length, sealed, &decoded) != 0)
		return -EINVAL;
	if (decoded < FRAME_LENGTH || sealed[0] != FORMAT)
		return -EINVAL;
	if (!seal_break(cipher_get(secret), bound, sealed,
		decoded - FRAME_LENGTH, plain)) {
		ERR_clear_error();
		return -EINVAL;
	}
	return values_unpack(
	    plain, decoded - FRAME_LENGTH, arena, values, count);
}
