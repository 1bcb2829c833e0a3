/*
 * Cursors when OpenSSL fails: nothing is sealed by half, and nothing that is
 * not ours is opened.
 *
 * Mutations: the result of any call below ignored but EVP_PKEY_CTX_new_id's,
 * whose NULL the next call refuses; the length of a value not compared with
 * what is left; something behind the values; an endless value.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include "hefboom/arena.h"
#include "hefboom/base64.h"
#include "hefboom/buf.h"
#include "hefboom/cursor.h"
#include "hefboom/memory.h"

/* They do what they should and say that they could not. */
/* clang-format off */
FAILING(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_id, (int id, ENGINE *e), (id, e), NULL)
FAILING(int, EVP_PKEY_derive_init, (EVP_PKEY_CTX *c), (c), (__real_EVP_PKEY_derive_init(c), 0))
FAILING(int, EVP_PKEY_CTX_set_hkdf_md, (EVP_PKEY_CTX *c, const EVP_MD *m), (c, m), (__real_EVP_PKEY_CTX_set_hkdf_md(c, m), 0))
FAILING(int, EVP_PKEY_CTX_set1_hkdf_key, (EVP_PKEY_CTX *c, const unsigned char *k, int n), (c, k, n), (__real_EVP_PKEY_CTX_set1_hkdf_key(c, k, n), 0))
FAILING(int, EVP_PKEY_CTX_add1_hkdf_info, (EVP_PKEY_CTX *c, const unsigned char *k, int n), (c, k, n), (__real_EVP_PKEY_CTX_add1_hkdf_info(c, k, n), 0))
FAILING(int, EVP_PKEY_derive, (EVP_PKEY_CTX *c, unsigned char *k, size_t *n), (c, k, n), (__real_EVP_PKEY_derive(c, k, n), 0))
FAILING(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, (void), (), NULL)
FAILING(int, EVP_EncryptInit_ex, (EVP_CIPHER_CTX *c, const EVP_CIPHER *t, ENGINE *e, const unsigned char *k, const unsigned char *i), (c, t, e, k, i), (__real_EVP_EncryptInit_ex(c, t, e, k, i), 0))
FAILING(int, RAND_bytes, (unsigned char *b, int n), (b, n), (__real_RAND_bytes(b, n), 0))
FAILING(int, EVP_EncryptUpdate, (EVP_CIPHER_CTX *c, unsigned char *o, int *w, const unsigned char *i, int n), (c, o, w, i, n), (__real_EVP_EncryptUpdate(c, o, w, i, n), 0))
FAILING(int, EVP_EncryptFinal_ex, (EVP_CIPHER_CTX *c, unsigned char *o, int *w), (c, o, w), (__real_EVP_EncryptFinal_ex(c, o, w), 0))
FAILING(int, EVP_CIPHER_CTX_ctrl, (EVP_CIPHER_CTX *c, int t, int n, void *p), (c, t, n, p), (__real_EVP_CIPHER_CTX_ctrl(c, t, n, p), 0))
FAILING(int, EVP_DecryptInit_ex, (EVP_CIPHER_CTX *c, const EVP_CIPHER *t, ENGINE *e, const unsigned char *k, const unsigned char *i), (c, t, e, k, i), (__real_EVP_DecryptInit_ex(c, t, e, k, i), 0))
FAILING(int, EVP_DecryptUpdate, (EVP_CIPHER_CTX *c, unsigned char *o, int *w, const unsigned char *i, int n), (c, o, w, i, n), (__real_EVP_DecryptUpdate(c, o, w, i, n), 0))
FAILING(int, EVP_DecryptFinal_ex, (EVP_CIPHER_CTX *c, unsigned char *o, int *w), (c, o, w), (__real_EVP_DecryptFinal_ex(c, o, w), 0))
/* clang-format on */

static const unsigned char secret[32] = "0123456789abcdef0123456789abcde";
static const char bound[] = "list_skills newest";
static const char *const values[] = {"a", NULL};

static void seal(void)
{
	struct buf text = {0};

	if (cursor_seal(secret, bound, values, 2, &text) != 0)
		_exit(1);
	buf_release(&text);
}

/* Before anything else: the key is derived once in a process. */
static void test_no_seal_without_its_parts(void **state)
{
	static const struct {
		const char *name;
		int calls;
	} parts[] = {
	    {"EVP_PKEY_CTX_new_id", 1},
	    {"EVP_PKEY_derive_init", 1},
	    {"EVP_PKEY_CTX_set_hkdf_md", 1},
	    {"EVP_PKEY_CTX_set1_hkdf_key", 1},
	    {"EVP_PKEY_CTX_add1_hkdf_info", 1},
	    {"EVP_PKEY_derive", 1},
	    {"EVP_CIPHER_CTX_new", 1},
	    {"EVP_EncryptInit_ex", 2},
	    {"RAND_bytes", 1},
	    {"EVP_EncryptUpdate", 2},
	    {"EVP_EncryptFinal_ex", 1},
	    {"EVP_CIPHER_CTX_ctrl", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (int call = 0; call < parts[i].calls; call++)
			expect_abort(parts[i].name, call, seal);
		/* Each is called so often and no more. */
		fail_at(parts[i].name, parts[i].calls);
		assert_int_equal(end_of(seal), 0);
	}
	fail_at(NULL, 0);
}

static int opened(const struct buf *text)
{
	const char *found[2] = {"", ""};
	struct arena arena;
	int error;

	arena_init(&arena);
	error = cursor_open(
	    secret, bound, text->bytes, text->length, &arena, found, 2);
	if (error == 0) {
		assert_string_equal(found[0], "a");
		assert_null(found[1]);
	}
	arena_release(&arena);
	return error;
}

static void test_not_opened_when_a_part_fails(void **state)
{
	static const struct {
		const char *name;
		int calls;
	} parts[] = {
	    {"EVP_DecryptInit_ex", 1},
	    {"EVP_CIPHER_CTX_ctrl", 1},
	    {"EVP_DecryptUpdate", 2},
	    {"EVP_DecryptFinal_ex", 1},
	};
	struct buf text = {0};

	(void)state;
	assert_int_equal(cursor_seal(secret, bound, values, 2, &text), 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		for (int call = 0; call < parts[i].calls; call++) {
			fail_at(parts[i].name, call);
			assert_int_equal(opened(&text), -EINVAL);
			assert_null(failing.name);
			assert_int_equal(opened(&text), 0);
		}
	buf_release(&text);
}

static void hmac(const unsigned char *key, const void *bytes, size_t length,
    unsigned char *out)
{
	unsigned int written;

	HMAC(EVP_sha256(), key, 32, bytes, length, out, &written);
}

/*
 * A cursor as the specification has it: HKDF-SHA-256 without salt, and
 * AES-256-GCM whose additional data is what it is bound to.
 */
static void seal_by_hand(const void *plain, size_t length, struct buf *out)
{
	static const unsigned char salt[32];
	unsigned char key[32], sealed[128] = {1, 'n', 'o', 'n', 'c', 'e'};
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int written;

	hmac(salt, secret, sizeof(secret), key);
	hmac(key, "hefboom cursor 1\1", 17, key);
	EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, sealed + 1);
	EVP_EncryptUpdate(cipher, NULL, &written, (const unsigned char *)bound,
	    (int)strlen(bound));
	EVP_EncryptUpdate(cipher, sealed + 13, &written, plain, (int)length);
	EVP_EncryptFinal_ex(cipher, sealed + 13 + length, &written);
	EVP_CIPHER_CTX_ctrl(
	    cipher, EVP_CTRL_AEAD_GET_TAG, 16, sealed + 13 + length);
	EVP_CIPHER_CTX_free(cipher);
	base64_encode(sealed, length + 29, out);
}

/* Sealed by our own secret, and still not what a cursor is. */
static void test_odd_contents(void **state)
{
	static const struct {
		const char *plain;
		size_t length;
		int error;
	} cases[] = {
	    {"\0\1a\377\377", 5, 0},
	    {"\0\1a\377\377\0", 6, -EINVAL}, /* something behind */
	    {"\0\1a\377", 4, -EINVAL}, /* half a length */
	    {"\0\1a", 3, -EINVAL},
	    {"\0\2a", 3, -EINVAL}, /* longer than what is there */
	    {"\0\1a\0\1", 5, -EINVAL},
	    {"", 0, -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = {0};

		seal_by_hand(cases[i].plain, cases[i].length, &text);
		assert_int_equal(opened(&text), cases[i].error);
		buf_release(&text);
	}
}

/* A value longer than any cursor, whose length would not fit the sum. */
static void test_endless_value(void **state)
{
	char *endless = memory_alloc(70000);
	const char *const one[] = {endless};
	struct buf text = {0};

	(void)state;
	memset(endless, 'x', 69999);
	endless[69999] = '\0';
	assert_int_equal(cursor_seal(secret, bound, one, 1, &text), -E2BIG);
	assert_int_equal(text.length, 0);
	free(endless);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_seal_without_its_parts),
	    cmocka_unit_test(test_not_opened_when_a_part_fails),
	    cmocka_unit_test(test_odd_contents),
	    cmocka_unit_test(test_endless_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
