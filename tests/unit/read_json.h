/*
 * read_json -- values as tests write them.
 *
 * Comes behind <cmocka.h>.
 */
#ifndef READ_JSON_H
#define READ_JSON_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* JSON with ' in place of ", for the sake of the reader. */
static inline json_t *read_json(const char *text)
{
	char *copy = strdup(text);
	json_t *value;

	assert_non_null(copy);
	for (char *c = copy; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	value = json_loads(copy, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (value == NULL)
		fail_msg("no JSON: %s", text);
	free(copy);
	return value;
}

#endif
