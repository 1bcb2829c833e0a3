/*
 * Routes and parameters of the tree that src/bake is tested with, which has
 * operations in both dialects.
 *
 * Mutations: cases compared below /v1 too, or nowhere; a slash dropped
 * everywhere, or two; parameters folded; unknown parameters ignored in ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../check/bake/operations.c"

#include "hefboom/arena.h"
#include "hefboom/http.h"
#include "hefboom/request.h"
#include "hefboom/steps.h"

#define HANDLER(name)                                                          \
	const struct problem *name(struct request *request)                    \
	{                                                                      \
		(void)request;                                                 \
		return NULL;                                                   \
	}

HANDLER(count_notes)
HANDLER(scim_list_notes)
HANDLER(scim_get_note)
HANDLER(scim_patch_note)

static struct http_head head;

static void ask(const char *method, const char *path, const char *query)
{
	head = (struct http_head){.method = {method, strlen(method)},
	    .path = {path, strlen(path)},
	    .query = {query, query == NULL ? 0 : strlen(query)}};
}

static void test_routes(void **state)
{
	static const struct {
		const char *method, *path, *name;
	} cases[] = {
	    {"GET", "/v1/notes", "list_notes"},
	    {"GET", "/v1/notes/count", "count_notes"},
	    {"GET", "/v1/notes/COUNT", "get_note"},
	    {"GET", "/V1/notes", NULL},
	    {"GET", "/v1/Notes", NULL},
	    {"GET", "/v1/notes/", NULL},
	    {"GET", "/scim/v2/Notes", "scim_list_notes"},
	    {"HEAD", "/scim/v2/notes", "scim_list_notes"},
	    {"GET", "/SCIM/V2/NOTES", "scim_list_notes"},
	    {"GET", "/scim/v2/Notes/", "scim_list_notes"},
	    {"GET", "/scim/v2/notes/x", "scim_get_note"},
	    {"PATCH", "/Scim/v2/nOTES/x/", "scim_patch_note"},
	    {"POST", "/scim/v2/notes/x", NULL},
	    {"GET", "/scim/v2/Notes//", NULL},
	    {"GET", "/scim/v2//Notes", NULL},
	    {"GET", "/scim/v2/Notes/x/y", NULL},
	    {"GET", "/scim/v2/Note", NULL},
	    {"GET", "/scim/v2/Notesx", NULL},
	    {"GET", "/scim/v2", NULL},
	    {"GET", "/scim/", NULL},
	    {"GET", "/scim", NULL},
	    {"GET", "/", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct operation *found;

		ask(cases[i].method, cases[i].path, NULL);
		found = route_find(&head);
		if (found == NULL ? cases[i].name != NULL
				  : cases[i].name == NULL ||
			    strcmp(found->name, cases[i].name) != 0)
			fail_msg("%s %s is %s", cases[i].method, cases[i].path,
			    found == NULL ? "nothing" : found->name);
	}
}

static void test_ids_keep_their_case(void **state)
{
	struct request request = {.head = &head};

	(void)state;
	arena_init(&request.arena);
	ask("GET", "/SCIM/v2/NOTES/aB%20C/", NULL);
	assert_null(route_step(&request));
	assert_string_equal(request.path[0], "aB C");
	arena_release(&request.arena);
}

static const char *code_of(const char *path, const char *query)
{
	struct request request = {.head = &head};
	const struct problem *problem;

	arena_init(&request.arena);
	ask("GET", path, query);
	assert_null(route_step(&request));
	problem = input_step(&request);
	arena_release(&request.arena);
	return problem == NULL ? "" : problem->code;
}

static void test_unknown_parameters(void **state)
{
	(void)state;
	assert_string_equal(
	    code_of("/v1/notes/count", "limit=1"), "unknown_parameter");
	assert_string_equal(code_of("/scim/v2/notes", "limit=1"), "");
	assert_string_equal(code_of("/scim/v2/notes", "a=1&a=2&&=&b"), "");
	assert_string_equal(
	    code_of("/scim/v2/notes", "startindex=x&startIndex=-1"), "");
	assert_string_equal(code_of("/scim/v2/notes", "%zz=1"), "bad_request");
}

static const char *code_of_body(const char *body)
{
	struct request request = {
	    .head = &head, .body = body, .body_length = strlen(body)};
	const struct problem *problem;

	arena_init(&request.arena);
	ask("PATCH", "/scim/v2/notes/0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f",
	    NULL);
	assert_null(route_step(&request));
	problem = input_step(&request);
	arena_release(&request.arena);
	return problem == NULL ? "" : problem->code;
}

static void test_bodies(void **state)
{
	(void)state;
	assert_string_equal(code_of_body("{\"schemas\":[\"x\"],\"y\":1}"), "");
	assert_string_equal(code_of_body("[]"), "scim_invalid_syntax");
	assert_string_equal(code_of_body("{}"), "scim_invalid_syntax");
}

static int prepare(void **state)
{
	char *error = NULL;

	(void)state;
	return route_prepare(&error) < 0 || input_prepare(&error) < 0 ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_routes),
	    cmocka_unit_test(test_ids_keep_their_case),
	    cmocka_unit_test(test_unknown_parameters),
	    cmocka_unit_test(test_bodies),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
