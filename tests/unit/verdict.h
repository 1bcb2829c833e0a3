/*
 * verdict -- what the checker must say of a forged token.
 *
 * Comes behind <cmocka.h>.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "forge.h"
#include "hefboom/token.h"

/* Checks, without and with the cache, and frees the token. */
static inline void verdict(
    struct token_checker *checker, char *token, const char *expected)
{
	const char *why = "", *again = "";
	size_t length = strlen(token);
	/* A copy without NUL, so that a read beyond it is found. */
	char *bytes = memory_alloc(length);
	struct principal *principal;

	memcpy(bytes, token, length);
	principal =
	    token_check_uncached(checker, bytes, length, FORGE_NOW, &why);
	if (expected == NULL) {
		if (principal == NULL)
			print_error("refused: %s\n", why);
		assert_non_null(principal);
		assert_null(why);
		assert_string_equal(principal->subject, "els");
		assert_string_equal(principal->org, "acme");
	} else {
		if (principal != NULL)
			print_error("accepted, not: %s\n", expected);
		assert_null(principal);
		assert_string_equal(why, expected);
	}
	principal = token_check(checker, bytes, length, FORGE_NOW, &again);
	assert_int_equal(principal == NULL, expected != NULL);
	if (expected != NULL)
		assert_string_equal(again, expected);
	free(bytes);
	free(token);
}

#endif
