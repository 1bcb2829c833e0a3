/*
 * forged -- the forge of a whole test program, and checkers of its tokens.
 *
 * Comes behind <cmocka.h>.  A setup calls forge_init() and writes its keys
 * before it configures a checker; forged_end() is the teardown of each.
 */
#ifndef FORGED_H
#define FORGED_H

#include "forge.h"
#include "hefboom/token.h"

static struct forge forge;

/* Issuers as forge_json() reads them.  NULL and why not; free() it. */
static inline struct token_checker *forged_checker(
    const char *issuers, char **error)
{
	json_t *value = forge_json(&forge, issuers);
	struct token_checker *checker = token_checker_new(value, error);

	json_decref(value);
	return checker;
}

/* The end of a setup: the checker of all tests, which the teardown frees. */
static inline int forged_configure(
    const char *issuers, struct token_checker **checker, void **state)
{
	char *error = NULL;

	*checker = forged_checker(issuers, &error);
	*state = *checker;
	if (*checker == NULL)
		print_error("%s\n", error);
	free(error);
	return *checker == NULL;
}

/* A setup: one key, in the file `pem`. */
static inline int forged_pem(void **state)
{
	(void)state;
	forge_init(&forge);
	free(forge_write_pem(&forge, "pem", forge.p256));
	return 0;
}

static inline int forged_end(void **state)
{
	token_checker_free(*state);
	forge_release(&forge);
	return 0;
}

#endif
