/*
 * fuzz_scim_patch -- reading and PATCH on whatever comes.
 *
 * The input is two JSON values with a zero byte between them: a document and
 * the body of a PATCH.  What was read reads as itself; what was patched does,
 * too; a fault has a code and leaves no document; a group's change says of
 * nobody that he is in and out.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <jansson.h>

#include "hefboom/arena.h"
#include "hefboom/json.h"
#include "hefboom/scim_patch.h"
#include "hefboom/scim_projection.h"
#include "hefboom/scim_resource.h"
#include "hefboom/scim_schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static json_t *read_again(
    const struct scim_kind *kind, const json_t *value, struct arena *arena)
{
	struct scim_fault fault;
	json_t *read = scim_resource_read(kind, value, arena, &fault), *again;

	assert((read == NULL) == (fault.code != NULL));
	if (read == NULL)
		return NULL;
	again = scim_resource_read(kind, read, arena, &fault);
	assert(again != NULL && json_equal(read, again));
	json_decref(again);
	return read;
}

static void check_user(
    const json_t *value, const json_t *body, struct arena *arena)
{
	json_t *document = read_again(&scim_user, value, arena), *again;
	struct scim_fault fault;

	if (document == NULL)
		document = json_pack("{s:s}", "userName", "u");
	if (scim_patch_user(document, body, arena, &fault) == 0) {
		assert(fault.code == NULL);
		again = scim_resource_read(&scim_user, document, arena, &fault);
		assert(again != NULL && json_equal(document, again));
		json_decref(again);
	} else {
		assert(fault.code != NULL && fault.detail != NULL);
	}
	json_decref(document);
}

static void check_group(
    const json_t *value, const json_t *body, struct arena *arena)
{
	struct scim_group_change change;
	struct scim_fault fault;
	const char *id;
	json_t *unused;

	json_decref(read_again(&scim_group, value, arena));
	if (scim_patch_group(body, arena, &change, &fault) < 0) {
		assert(fault.code != NULL && fault.detail != NULL);
		return;
	}
	assert(!change.has_display_name || change.display_name[0] != '\0');
	assert(
	    !change.members_replaced || json_object_size(change.removed) == 0);
	json_object_foreach(change.added, id, unused)
	{
		assert(strlen(id) == 36);
		assert(json_object_get(change.removed, id) == NULL);
	}
}

/* Both parameters are the same text: together they show everything. */
static void check_projection(
    const json_t *value, const char *text, struct arena *arena)
{
	json_t *document = read_again(&scim_user, value, arena);
	const struct scim_projection *projection;
	struct scim_fault fault;

	if (document == NULL)
		return;
	projection =
	    scim_projection_read(&scim_user, text, NULL, arena, &fault);
	json_decref(
	    scim_project(projection, &scim_user, json_deep_copy(document)));
	projection =
	    scim_projection_read(&scim_user, NULL, text, arena, &fault);
	scim_project(projection, &scim_user, document);
	json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const char *text = (const char *)bytes;
	const char *middle = length == 0 ? NULL : memchr(text, 0, length);
	json_t *document, *body;
	enum json_fault fault;
	struct arena arena;
	size_t offset, head;
	char *names;

	if (middle == NULL)
		return 0;
	head = (size_t)(middle - text);
	document = json_read(text, head, &fault, &offset);
	body = json_read(middle + 1, length - head - 1, &fault, &offset);
	arena_init(&arena);
	if (document != NULL && body != NULL) {
		check_user(document, body, &arena);
		check_group(document, body, &arena);
	}
	if (document != NULL) {
		names = strndup(middle + 1, length - head - 1);
		check_projection(document, names, &arena);
		free(names);
	}
	arena_release(&arena);
	json_decref(document);
	json_decref(body);
	return 0;
}
