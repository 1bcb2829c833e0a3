/*
 * Tokens and keys when what they stand on fails: OpenSSL, libjwt, libjose,
 * the system.  No token is issued by half, none is taken by half, and no file
 * is left behind.
 *
 * Mutations: the result of any call below ignored but those of EVP_MD_fetch and
 * BIO_new_mem_buf, whose NULL the next call refuses; the draft left behind;
 * the fault of close() told over that of write().
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

#include <dirent.h>
#include <jose/cfg.h>
#include <jwt.h>
#include <openssl/rand.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "forged.h"
#include "token_source.h"

/* clang-format off */
FAILING(EVP_MD *, EVP_MD_fetch, (OSSL_LIB_CTX *c, const char *n, const char *p), (c, n, p), NULL)
FAILING(EVP_MD_CTX *, EVP_MD_CTX_new, (void), (), NULL)
FAILING(int, EVP_DigestInit_ex2, (EVP_MD_CTX *c, const EVP_MD *t, const OSSL_PARAM *p), (c, t, p), (__real_EVP_DigestInit_ex2(c, t, p), 0))
FAILING(int, EVP_DigestUpdate, (EVP_MD_CTX *c, const void *b, size_t n), (c, b, n), 0)
FAILING(int, EVP_DigestFinal_ex, (EVP_MD_CTX *c, unsigned char *o, unsigned int *n), (c, o, n), 0)
FAILING(int, RAND_bytes, (unsigned char *b, int n), (b, n), 0)
FAILING(BIO *, BIO_new_mem_buf, (const void *b, int n), (b, n), NULL)
FAILING(int, jwt_new, (jwt_t **j), (j), ENOMEM)
FAILING(int, jwt_set_alg, (jwt_t *j, jwt_alg_t a, const unsigned char *k, int n), (j, a, k, n), ENOMEM)
FAILING(int, jwt_add_grant, (jwt_t *j, const char *n, const char *v), (j, n, v), EINVAL)
FAILING(int, jwt_add_grant_int, (jwt_t *j, const char *n, long v), (j, n, v), EINVAL)
FAILING(int, jwt_add_grants_json, (jwt_t *j, const char *v), (j, v), EINVAL)
FAILING(jose_cfg_t *, jose_cfg, (void), (), NULL)
FAILING(char *, json_dumps, (const json_t *j, size_t f), (j, f), NULL)
FAILING(void *, mmap64, (void *a, size_t n, int p, int f, int d, off_t o), (a, n, p, f, d, o), MAP_FAILED)
FAILING(ssize_t, write, (int f, const void *b, size_t n), (f, b, n), (fail_at("close", 0), errno = ENOSPC, -1))
FAILING(int, close, (int f), (f), (__real_close(f), errno = EIO, -1))
/* clang-format on */

static const unsigned char secret[32] = "0123456789abcdef0123456789abcde";

static char *configured(struct token_checker **checker)
{
	char *error = NULL;

	*checker = forged_checker(
	    "[{'issuer':'i','audience':'hefboom','organisations':['acme'],"
	    "'pem_file':'@/pem','algorithms':['ES256']}]",
	    &error);
	return error;
}

static void check(void)
{
	const struct signer signer = {.algorithm = "ES256", .key = forge.p256};
	char *token = forge_token(&signer, "{\"alg\":\"ES256\"}",
	    "{\"iss\":\"i\",\"aud\":\"hefboom\",\"sub\":\"els\","
	    "\"exp\":1700000600}");
	struct token_checker *checker;
	const char *why = NULL;

	if (configured(&checker) != NULL ||
	    token_check(checker, token, strlen(token), FORGE_NOW, &why) == NULL)
		_exit(1);
	token_checker_free(checker);
	free(token);
}

/* First of all: both are made once in a process. */
static void test_no_check_without_its_parts(void **state)
{
	(void)state;
	expect_abort("EVP_MD_fetch", 0, check);
	expect_abort("EVP_DigestInit_ex2", 0, check);
	expect_abort("jose_cfg", 0, check);
	fail_at(NULL, 0);
	assert_int_equal(end_of(check), 0);
}

static void digest(void)
{
	unsigned char bytes[DIGEST_LENGTH];

	token_digest("abc", 3, bytes);
	if (memcmp(bytes, "\xba\x78\x16\xbf", 4) != 0)
		_exit(1);
}

static void test_no_digest_without_its_parts(void **state)
{
	static const char *const parts[] = {"EVP_MD_fetch", "EVP_MD_CTX_new",
	    "EVP_DigestInit_ex2", "EVP_DigestUpdate", "EVP_DigestFinal_ex"};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		expect_abort(parts[i], 0, digest);
	assert_int_equal(end_of(digest), 0);
}

static char *issued(void)
{
	static const struct token_order order = {.org = "acme",
	    .subject = "idp",
	    .roles = "integrator trainer",
	    .scopes = "people:read",
	    .client_id = "c",
	    .credential_id = "d",
	    .now = FORGE_NOW,
	    .ttl_s = 60};

	return token_issue(secret, sizeof(secret), &order);
}

static void issue(void)
{
	free(issued());
}

static void test_nothing_issued_by_half(void **state)
{
	static const struct {
		const char *name;
		int calls;
	} parts[] = {
	    {"jwt_set_alg", 1},
	    {"jwt_add_grant", 8},
	    {"jwt_add_grant_int", 2},
	    {"jwt_add_grants_json", 1},
	};
	char *token;

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (int call = 0; call < parts[i].calls; call++) {
			fail_at(parts[i].name, call);
			assert_null(issued());
			assert_null(failing.name);
		}
		fail_at(parts[i].name, parts[i].calls);
		token = issued();
		assert_non_null(token);
		free(token);
	}
	expect_abort("jwt_new", 0, issue);
	expect_abort("RAND_bytes", 0, issue);
}

static void test_no_key_by_half(void **state)
{
	struct token_checker *checker;
	char *error;

	(void)state;
	fail_at("BIO_new_mem_buf", 0);
	error = configured(&checker);
	assert_null(checker);
	assert_non_null(strstr(error, "does not begin with a public key"));
	free(error);
	assert_null(configured(&checker));
	token_checker_free(checker);
}

static void share(void)
{
	shared_free(shared_new());
}

static void write_keys(void)
{
	struct issuer issuer = {0};
	struct buf text = {0};

	keys_write(&issuer, &text);
	buf_release(&text);
}

static void test_nothing_shared_by_half(void **state)
{
	(void)state;
	expect_abort("mmap64", 0, share);
	expect_abort("json_dumps", 0, write_keys);
	assert_int_equal(end_of(write_keys), 0);
}

static int entries_of(const char *path)
{
	DIR *folder = opendir(path);
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count - 2;
}

/* The old is there until all of the new is. */
static void test_kept_or_not(void **state)
{
	char *folder = forge_path(&forge, "kept");
	char *path = forge_path(&forge, "kept/set");
	struct buf old = {0}, new = {0}, found = {0};

	(void)state;
	assert_int_equal(mkdir(folder, 0700), 0);
	buf_add_string(&old, "old");
	buf_add_string(&new, "new");
	assert_int_equal(kept_write(path, &old), 0);
	/* Then closing fails too, and is not what is told. */
	fail_at("write", 0);
	assert_int_equal(kept_write(path, &new), -ENOSPC);
	assert_null(failing.name);
	fail_at("close", 0);
	assert_int_equal(kept_write(path, &new), -EIO);
	assert_int_equal(entries_of(folder), 1);
	assert_true(kept_read(path, &found));
	assert_int_equal(found.length, 3);
	assert_memory_equal(found.bytes, "old", 3);
	assert_int_equal(kept_write(path, &new), 0);
	buf_clear(&found);
	assert_true(kept_read(path, &found));
	assert_memory_equal(found.bytes, "new", 3);
	buf_release(&old);
	buf_release(&new);
	buf_release(&found);
	free(path);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_check_without_its_parts),
	    cmocka_unit_test(test_no_digest_without_its_parts),
	    cmocka_unit_test(test_nothing_issued_by_half),
	    cmocka_unit_test(test_no_key_by_half),
	    cmocka_unit_test(test_nothing_shared_by_half),
	    cmocka_unit_test(test_kept_or_not),
	};

	return cmocka_run_group_tests(tests, forged_pem, forged_end);
}
