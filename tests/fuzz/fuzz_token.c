/*
 * The first byte chooses what the rest is: 't' a token as it came, 's' a
 * header and claims (a line each) that are then rightly signed, so that what
 * lies behind the signature is reached, 'k' a JWKS file.
 *
 * Whatever is accepted must be what the guard promises.
 */
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>
#include <openssl/hmac.h>
#include <sys/mman.h>

#include "hefboom/base64.h"
#include "hefboom/buf.h"
#include "hefboom/memory.h"
#include "hefboom/token.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { NOW = 1700000000 };

static const unsigned char secret[32] = "hefboom fuzzes with this secret";
static struct token_checker *checker;

static const char set[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\",\"e\":\"AQAB\",\"n\":\""
    "pDzaGhP34qtwzfnakhfLKRFMREj8stHGSMjI6JMVQBLbRcImX-3z89is008_NIBk"
    "eVYIo1NhV-mvvJF_mH_vVp-36NQNwynGVYMa6cgTOMP173l_UEBSZkkbR9E7lp1A"
    "6a8JBok1NvqZn2piPPod22Uvdy3r-_ftvA09HlD4BCRCwOqxxuGswi-UL4xU68m1"
    "BKJUgY_k0yJYEWYWh_Ve9be6_qefRO1qxzlXRp1pYw49Pqmk7Ua1aVqYJsvOqurL"
    "V_5zy2Pl1gsMuIqwnfY8aUbtF94ciOVj7uOwnxDqoKgtqUwdT4JTJSdqDXadUDkE"
    "7TAsaQ4ReScrx9HzEty2Nw"
    "\"},"
    "{\"kty\":\"EC\",\"kid\":\"e\",\"crv\":\"P-256\",\"x\":"
    "\"ci8VYfwTOda05vVTuucBi9q5CDA8swvc1qj-5UM3T1w\","
    "\"y\":\"xfZgLACEVCCxfmP3Tg-EPueX7BT45zJ3-xNWcl9E4a4\"}]}";

/* A file without a folder: its path is valid while the process lives. */
static char *file_new(const void *bytes, size_t length, int *file)
{
	*file = memfd_create("fuzz", MFD_CLOEXEC);
	if (*file < 0 || write(*file, bytes, length) != (ssize_t)length)
		abort();
	return memory_format("/proc/self/fd/%d", *file);
}

static struct token_checker *checker_of(
    const char *keys, const char *path, char **error)
{
	json_t *issuers = json_pack("[{s:s,s:s,s:[s,s],s:[s,s,s],s:s},"
				    "{s:s,s:s,s:[s],s:s}]",
	    "issuer", "idp", "audience", "hefboom", "organisations", "acme",
	    "globex", "algorithms", "RS256", "ES256", "PS256", "jwks_file",
	    path, "issuer", "hefboom", "audience", "hefboom", "algorithms",
	    "HS256", "secret_file", keys);
	struct token_checker *made = token_checker_new(issuers, error);

	json_decref(issuers);
	return made;
}

static char *secret_path, *set_path;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int file;
	char *error = NULL;

	(void)argc, (void)argv;
	secret_path = file_new(secret, sizeof(secret), &file);
	set_path = file_new(set, sizeof(set) - 1, &file);
	checker = checker_of(secret_path, set_path, &error);
	if (checker == NULL) {
		fprintf(stderr, "%s\n", error);
		abort();
	}
	return 0;
}

static void demand(bool held)
{
	if (!held)
		__builtin_trap();
}

static bool letters_only(const char *token, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
			   "wxyz0123456789-_.",
			token[i], 65) == NULL)
			return false;
	return true;
}

static void token_try(const char *token, size_t length)
{
	char *copy = memory_alloc(length); /* without a NUL */
	const char *why, *again;
	struct principal *found, *kept;

	if (length > 0)
		memcpy(copy, token, length);
	found = token_check_uncached(checker, copy, length, NOW, &why);
	demand((found == NULL) == (why != NULL));
	if (found != NULL) {
		demand(
		    length <= TOKEN_LENGTH_MAX && letters_only(token, length));
		demand(found->expires_at > NOW - 60);
		demand(found->org[0] != '\0' && strlen(found->org) <= 255);
		demand(found->subject[0] != '\0');
		demand(strlen(found->subject) <= 800);
		demand(strlen(found->scopes) <= 1024 && found->roles < 128);
	}
	kept = token_check(checker, copy, length, NOW, &again);
	demand((kept == NULL) == (found == NULL));
	demand(kept == NULL || strcmp(kept->subject, found->subject) == 0);
	demand(kept != NULL || strcmp(why, again) == 0);
	demand(kept == NULL ||
	    token_check(checker, copy, length, NOW + 10000000000, &again) ==
		NULL ||
	    kept->expires_at > NOW + 9999999940);
	free(copy);
}

static void signed_try(const char *text, size_t length)
{
	const char *line = length == 0 ? NULL : memchr(text, '\n', length);
	size_t first = line == NULL ? length : (size_t)(line - text);
	struct buf token = {0};
	unsigned char hash[32];

	base64_encode((const unsigned char *)text, first, &token);
	buf_add_char(&token, '.');
	if (line != NULL)
		base64_encode((const unsigned char *)line + 1,
		    length - first - 1, &token);
	HMAC(EVP_sha256(), secret, sizeof(secret),
	    (const unsigned char *)token.bytes, token.length, hash, NULL);
	buf_add_char(&token, '.');
	base64_encode(hash, sizeof(hash), &token);
	token_try(token.bytes, token.length);
	buf_release(&token);
}

static void set_try(const uint8_t *bytes, size_t size)
{
	int file;
	char *path = file_new(bytes, size, &file), *error = NULL;
	struct token_checker *made = checker_of(secret_path, path, &error);

	demand((made == NULL) == (error != NULL));
	token_checker_free(made);
	free(error);
	free(path);
	close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size == 0)
		return 0;
	if (bytes[0] == 't')
		token_try((const char *)bytes + 1, size - 1);
	else if (bytes[0] == 's')
		signed_try((const char *)bytes + 1, size - 1);
	else if (bytes[0] == 'k')
		set_try(bytes + 1, size - 1);
	return 0;
}
