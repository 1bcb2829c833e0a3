/*
 * problem -- what is said when something is refused (RFC 9457).
 *
 * The vocabulary is openapi/problems.yaml, baked into a table.  A code
 * names the fact (`skill_name_taken`), never the operation, and a named
 * constraint of the database is a code too.
 *
 * Ownership.  Everything here is constant and lives as long as the program.
 */
#ifndef HEFBOOM_PROBLEM_H
#define HEFBOOM_PROBLEM_H

#include <stddef.h>

/* How a refusal is written: ours, or that of another protocol. */
enum dialect {
	DIALECT_PROBLEM, /* RFC 9457 */
	DIALECT_SCIM, /* RFC 7644, 3.12; everything below /scim */
};
enum { DIALECTS = 2 };

enum language { LANGUAGE_EN, LANGUAGE_NL, LANGUAGE_FR, LANGUAGE_DE };
enum { LANGUAGES = 4 };

struct problem {
	const char *code;
	int status;
	const char *title[LANGUAGES];
	/* {name} in a detail is replaced by that parameter; may be NULL. */
	const char *detail[LANGUAGES];
	const char *pointer; /* where in the input, or NULL */
	const char *scim_type; /* RFC 7644, table 9, or NULL */
};

/* Baked, sorted by code. */
extern const struct problem problems[];
extern const size_t problem_count;

/* NULL when there is no such code. */
const struct problem *problem_find(const char *code);

/* Never NULL: an unknown code is our own fault and answers "internal". */
const struct problem *problem_get(const char *code);

/* What is wrong with one field; {limit} is what its schema asks for. */
struct field_text {
	const char *code; /* of struct schema_error */
	const char *text[LANGUAGES];
};

/* Baked, sorted by code. */
extern const struct field_text field_texts[];
extern const size_t field_text_count;

/* NULL when there is no such code. */
const struct field_text *field_text_find(const char *code);

extern const char *const language_tags[LANGUAGES]; /* "en", "nl", ... */

/*
 * The best of our four languages for an Accept-Language (RFC 9110, 12.5.4;
 * quality values, prefixes such as nl-BE).  NULL or nothing known: English.
 */
enum language language_choose(const char *accept_language);

#endif
