/*
 * PATCH of groups: what it comes down to.  Mutations tried: remove with a
 * value removes all; remove with [] removes all; remove without a value
 * removes nobody; replace keeps those who were; what is removed later stays
 * added; what is added later stays removed; ids kept in upper case; an id
 * that is none passed on add; refused on remove; a filter of ids kept as a
 * filter; a filter that is none of ids dropped; displayName removed;
 * removed noted after all were; filters not counted; added and removed looked
 * through in a list instead of a table (200,000 members take minutes).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hefboom/buf.h"
#include "hefboom/scim_patch.h"
#include "scim_case.h"

#define A "0190f0e2-1111-7000-8000-00000000000a"
#define B "0190f0e2-1111-7000-8000-00000000000b"
#define C "0190f0e2-1111-7000-8000-00000000000c"
#define A_UPPER "0190F0E2-1111-7000-8000-00000000000A"

/* A change as JSON: only what is so. */
static json_t *shown(const struct scim_group_change *change)
{
	json_t *object = json_object(), *list;
	const char *id;
	json_t *unused;

	if (change->has_display_name)
		json_object_set_new(
		    object, "displayName", json_string(change->display_name));
	if (change->has_external_id)
		json_object_set_new(object, "externalId",
		    change->external_id == NULL
			? json_null()
			: json_string(change->external_id));
	if (change->members_replaced)
		json_object_set_new(object, "replaced", json_true());
	list = json_array();
	json_object_foreach(change->added, id, unused)
	    json_array_append_new(list, json_string(id));
	json_object_set_new(object, "added", list);
	list = json_array();
	json_object_foreach(change->removed, id, unused)
	    json_array_append_new(list, json_string(id));
	json_object_set_new(object, "removed", list);
	if (change->removed_where_count > 0)
		json_object_set_new(
		    object, "where", json_integer(change->removed_where_count));
	return object;
}

static void expect_change(const char *operations, const char *want)
{
	struct scim_group_change change;
	struct scim_fault fault;
	json_t *given, *result = NULL;
	struct arena arena;
	char *body;

	if (asprintf(&body, "{" PATCH_OP ",'Operations':[%s]}", operations) < 0)
		abort();
	given = json_of(body);
	arena_init(&arena);
	if (scim_patch_group(given, &arena, &change, &fault) == 0)
		result = shown(&change);
	expect_result(operations, result, &fault, want);
	json_decref(given);
	arena_release(&arena);
	free(body);
}

struct changed {
	const char *operations;
	const char *want;
};

static void expect_changes(const struct changed *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect_change(list[i].operations, list[i].want);
}

#define EXPECT_CHANGES(list)                                                   \
	expect_changes(list, sizeof(list) / sizeof(*(list)))
#define OP(verb, path, value)                                                  \
	"{'op':'" verb "','path':'" path "','value':" value "}"
#define REMOVE(path) "{'op':'Remove','path':'" path "'}"
#define NONE "'added':[],'removed':[]}"

static void texts(void **state)
{
	static const struct changed list[] = {
	    {OP("Replace", "displayName", "'G'"), "{'displayName':'G'," NONE},
	    {OP("add", GROUP ":DISPLAYNAME", "[{'value':'G'}]"),
		"{'displayName':'G'," NONE},
	    {"{'op':'replace','value':{'id':'" A "','displayName':'G',"
	     "'schemas':['x'],'meta':{},'nonsense':1}}",
		"{'displayName':'G'," NONE},
	    {OP("replace", "externalId", "'e'"), "{'externalId':'e'," NONE},
	    {REMOVE("externalId"), "{'externalId':null," NONE},
	    {OP("replace", "externalId", "''"), "{'externalId':null," NONE},
	    {OP("replace", "displayName", "''"),
		"scim_invalid_value displayName: must not be empty"},
	    {OP("replace", "displayName", "null"),
		"scim_invalid_value displayName: is required"},
	    {REMOVE("displayName"), "scim_mutability displayName: is required"},
	    {OP("replace", "displayName", "7"), "scim_invalid_value"},
	    {OP("replace", "id", "'x'"), "scim_mutability id: is read-only"},
	    {OP("replace", "userName", "'x'"), "scim_invalid_path"},
	    {OP("replace", "department", "'x'"), "scim_invalid_path"},
	    {REMOVE(""), "scim_no_target"},
	    {"{'op':'remove'}", "scim_no_target"},
	    {"", "scim_invalid_syntax Operations:"},
	};

	(void)state;
	EXPECT_CHANGES(list);
}

static void added(void **state)
{
	static const char *const same[] = {
	    OP("Add", "members", "[{'$ref':null,'value':'" A "'}]"),
	    OP("add", "members",
		"[{'value':'" A "','display':'x','type':'User','$ref':'y'}]"),
	    OP("Add", "members", "{'value':'" A "'}"),
	    OP("Add", "members", "'" A "'"),
	    OP("add", "members", "['" A "',null]"),
	    OP("add", "MEMBERS", "[{'VALUE':'" A_UPPER "'}]"),
	    OP("add", GROUP ":members", "[{'value':'" A "'}]"),
	    OP("add", "members.value", "'" A "'"),
	    "{'op':'add','value':{'members':[{'value':'" A "'}]}}",
	    OP("add", "members", "['" A "']") "," OP(
		"add", "members", "['" A "']"),
	    OP("remove", "members", "['" A "']") "," OP(
		"add", "members", "['" A "']"),
	};
	static const struct changed list[] = {
	    {OP("add", "members", "[]"), "{" NONE},
	    {OP("add", "members", "null"), "{" NONE},
	    {OP("add", "members", "[{'value':'" A "'},{'value':'" B "'}]"),
		"{'added':['" A "','" B "'],'removed':[]}"},
	    {OP("add", "members", "'string id 1'"),
		"scim_invalid_value members.value: must be the id of a user"},
	    {OP("add", "members", "[{'value':'" A "','type':'Group'}]"),
		"scim_invalid_value members.type: must be User"},
	    {OP("add", "members", "[{'display':'x'}]"),
		"scim_invalid_value members.value"},
	    {OP("add", "members", "[7]"), "scim_invalid_value members.value"},
	    {"{'op':'add','path':'members'}",
		"scim_invalid_value value: is missing"},
	    {OP("add", "members[value eq \\'" A "\\']", "{}"),
		"scim_mutability members: are added and removed"},
	    {OP("add", "members.display", "'x'"), "scim_mutability"},
	    {OP("add", "members.type", "'User'"), "scim_mutability"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		expect_change(same[i], "{'added':['" A "'],'removed':[]}");
	EXPECT_CHANGES(list);
}

static void removed(void **state)
{
	static const char *const same[] = {
	    OP("Remove", "members", "[{'value':'" A "'}]"),
	    OP("Remove", "members", "[{'$ref':null,'value':'" A "'}]"),
	    OP("remove", "members", "{'value':'" A "'}"),
	    OP("remove", "members", "'" A_UPPER "'"),
	    OP("remove", "members", "['" A "']"),
	    OP("remove", "members", "['" A "','string id 1',{},7,null]"),
	    OP("remove", "members", "[{'value':'" A "','type':'Group'}]"),
	    OP("remove", "members.value", "'" A "'"),
	    REMOVE("members[value eq \\'" A "\\']"),
	    REMOVE("members[value eq \\'" A_UPPER "\\']"),
	    REMOVE("Members[Value EQ " A "]"),
	    REMOVE("members[value eq \\'" A "\\'].value"),
	    REMOVE(GROUP ":members[value eq \\'" A "\\']"),
	    OP("remove", "members[value eq \\'" A "\\']", "null"),
	    REMOVE("members[value eq \\'x\\' or value eq \\'" A "\\']"),
	    OP("add", "members", "['" A "']") "," OP(
		"remove", "members", "['" A "']"),
	};
	static const struct changed list[] = {
	    {OP("remove", "members", "[]"), "{" NONE},
	    {OP("remove", "members", "[{}]"), "{" NONE},
	    {OP("remove", "members", "['string id 1']"), "{" NONE},
	    {REMOVE("members[value eq \\'string id 1\\']"), "{" NONE},
	    {REMOVE("members[value eq \\'" A "x\\']"), "{" NONE},
	    {OP("remove", "members", "[{'value':'" A "'},{'value':'" B "'}]"),
		"{'added':[],'removed':['" A "','" B "']}"},
	    {REMOVE("members[value eq \\'" A "\\' or value eq \\'" B "\\']"),
		"{'added':[],'removed':['" A "','" B "']}"},
	    {REMOVE("members[display eq \\'x\\']"), "{'where':1," NONE},
	    {REMOVE("members[value eq \\'" A "\\' and type eq \\'User\\']"),
		"{'where':1," NONE},
	    {REMOVE("members[value ne \\'" A "\\']"), "{'where':1," NONE},
	    {REMOVE("members.value"), "scim_mutability"},
	    {REMOVE("members[value eq \\'" A "\\'].type"), "scim_mutability"},
	    {REMOVE("members[nonsense eq \\'x\\']"), "scim_invalid_path"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		expect_change(same[i], "{'added':[],'removed':['" A "']}");
	EXPECT_CHANGES(list);
}

static void replaced(void **state)
{
	static const struct changed list[] = {
	    {REMOVE("members"), "{'replaced':true," NONE},
	    {OP("remove", "members", "null"), "{'replaced':true," NONE},
	    {OP("replace", "members", "[]"), "{'replaced':true," NONE},
	    {OP("replace", "members", "null"), "{'replaced':true," NONE},
	    {OP("Replace", "members", "[{'value':'" A "'}]"),
		"{'replaced':true,'added':['" A "'],'removed':[]}"},
	    {"{'op':'replace','value':{'displayName':'G','members':[{'value':"
	     "'" A "'},{'value':'" B "'}]}}",
		"{'displayName':'G','replaced':true,'added':['" A "','" B
		"'],'removed':[]}"},
	    {OP("add", "members", "['" A "']") "," REMOVE("members"),
		"{'replaced':true," NONE},
	    {OP("remove", "members", "['" A "']") "," REMOVE(
		 "members[display eq \\'x\\']") "," OP("replace", "members",
		 "['" B "']") "," OP("add", "members",
		 "['" C "']") "," OP("remove", "members", "['" B "','" A "']"),
		"{'replaced':true,'added':['" C "'],'removed':[]}"},
	    {OP("add", "members", "['" A "']") "," REMOVE(
		 "members[display eq \\'x\\']") "," OP("remove", "members",
		 "['" B "']"),
		"{'where':1,'added':['" A "'],'removed':['" B "']}"},
	    {OP("replace", "members", "['x']"), "scim_invalid_value"},
	    {OP("replace", "members[value eq \\'" A "\\']", "'" B "'"),
		"scim_mutability"},
	    {OP("replace", "members.value", "'" B "'"), "scim_mutability"},
	};

	(void)state;
	EXPECT_CHANGES(list);
}

static void many_filters(void **state)
{
	struct buf buf = {0};

	(void)state;
	for (int i = 0; i < 30; i++)
		buf_add_format(&buf,
		    "%s" REMOVE("members[display eq \\'%d\\']"),
		    i == 0 ? "" : ",", i);
	expect_change(buf.bytes, "{'where':30," NONE);
	buf_add_string(&buf, "," REMOVE("members[display eq \\'x\\']"));
	expect_change(buf.bytes, "scim_too_many members: more than 30 filters");
	buf_release(&buf);
}

enum { MANY = 200000 };

static json_t *ids_from(int first, int count)
{
	json_t *list = json_array();

	for (int i = first; i < first + count; i++)
		json_array_append_new(list,
		    json_pack("{s:o}", "value",
			json_sprintf("0190f0e2-1111-7000-8000-%012x", i)));
	return list;
}

/* The time limit of the test is what a quadratic way would run into. */
static void many_members(void **state)
{
	struct scim_group_change change;
	struct scim_fault fault;
	struct arena arena;
	json_t *body;

	(void)state;
	body = json_pack("{s:[{s:s, s:s, s:o}, {s:s, s:s, s:o}, {s:s, s:s, "
			 "s:o}]}",
	    "Operations", "op", "add", "path", "members", "value",
	    ids_from(0, MANY), "op", "remove", "path", "members", "value",
	    ids_from(MANY / 2, MANY), "op", "add", "path", "members", "value",
	    ids_from(MANY, 1));
	arena_init(&arena);
	assert_int_equal(scim_patch_group(body, &arena, &change, &fault), 0);
	assert_int_equal(json_object_size(change.added), MANY / 2 + 1);
	assert_int_equal(json_object_size(change.removed), MANY - 1);
	arena_release(&arena);
	json_decref(body);
}

/* One operation for each member, as some senders do. */
static void many_operations(void **state)
{
	struct scim_group_change change;
	struct scim_fault fault;
	struct arena arena;
	json_t *body, *list = json_array();

	(void)state;
	for (int i = 0; i < MANY / 10; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:o}", "op", "remove", "path",
			json_sprintf("members[value eq \"0190f0e2-1111-7000-"
				     "8000-%012x\"]",
			    i)));
	body = json_pack("{s:o}", "Operations", list);
	arena_init(&arena);
	assert_int_equal(scim_patch_group(body, &arena, &change, &fault), 0);
	assert_int_equal(json_object_size(change.removed), MANY / 10);
	assert_int_equal(change.removed_where_count, 0);
	arena_release(&arena);
	json_decref(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts),
	    cmocka_unit_test(added),
	    cmocka_unit_test(removed),
	    cmocka_unit_test(replaced),
	    cmocka_unit_test(many_filters),
	    cmocka_unit_test(many_members),
	    cmocka_unit_test(many_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
