/* What the tests of SCIM share: JSON with single quotes, and faults. */
#ifndef TESTS_UNIT_SCIM_CASE_H
#define TESTS_UNIT_SCIM_CASE_H

#include <jansson.h>

#include "hefboom/arena.h"
#include "hefboom/scim_resource.h"

#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define CORE "urn:ietf:params:scim:schemas:core:2.0:User"
#define GROUP "urn:ietf:params:scim:schemas:core:2.0:Group"
#define PATCH_OP "'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp']"

/* `~` is a single quote within. */
static inline json_t *json_of(const char *text)
{
	char *copy = strdup(text);
	json_error_t error;
	json_t *value;

	for (char *c = copy; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c == '~' ? '\'' : *c;
	value = json_loads(copy, JSON_DECODE_ANY, &error);
	if (value == NULL)
		fail_msg("%s: %s", copy, error.text);
	free(copy);
	return value;
}

/* Takes `result`; `want` is JSON, or a fault's code with its detail. */
static inline void expect_result(const char *title, json_t *result,
    const struct scim_fault *fault, const char *want)
{
	char got[1024];
	char *text;
	json_t *wanted;

	snprintf(got, sizeof(got), "%s %s", fault->code, fault->detail);
	if (*want != '{' && *want != '[') {
		if (result != NULL)
			fail_msg("%s: %s, not %s", title,
			    json_dumps(result, JSON_COMPACT), want);
		if (strncmp(got, want, strlen(want)) != 0)
			fail_msg("%s: %s, not %s", title, got, want);
		return;
	}
	if (result == NULL || fault->code != NULL)
		fail_msg("%s: %s", title, got);
	wanted = json_of(want);
	text = json_dumps(result, JSON_COMPACT);
	if (!json_equal(result, wanted))
		fail_msg("%s: %s, not %s", title, text, want);
	free(text);
	json_decref(wanted);
	json_decref(result);
}

#endif
