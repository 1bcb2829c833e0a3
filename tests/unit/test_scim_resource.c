/*
 * What clients send, read into what is kept.  Mutations tried: names compared
 * with their case; read-only attributes read; "False" left a string; null
 * stored; a second primary passed; repetitions kept; hollow values kept;
 * dotted names ignored; the extension's names at the top ignored; a wrong
 * schema passed; lengths counted in bytes; control characters passed; ids of
 * members kept in upper case; the size of the document not looked at; an
 * empty string kept; an empty userName passed; pieces of a name forget each
 * other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hefboom/buf.h"
#include "hefboom/scim_schema.h"
#include "scim_case.h"

struct reading {
	const char *body;
	const char *want;
};

static void expect_read(
    const struct scim_kind *kind, const char *body, const char *want)
{
	json_t *given = json_of(body), *result, *again;
	struct scim_fault fault, other;
	struct arena arena;

	arena_init(&arena);
	result = scim_resource_read(kind, given, &arena, &fault);
	assert_int_equal(result == NULL, fault.code != NULL);
	if (result != NULL) {
		again = scim_resource_read(kind, result, &arena, &other);
		if (again == NULL || !json_equal(again, result))
			fail_msg("%s: reads otherwise again", body);
		json_decref(again);
	}
	expect_result(body, result, &fault, want);
	json_decref(given);
	arena_release(&arena);
}

static void expect_users(const struct reading *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect_read(&scim_user, list[i].body, list[i].want);
}

#define EXPECT_USERS(list) expect_users(list, sizeof(list) / sizeof(*(list)))
#define U "{'userName':'u'"

static void names(void **state)
{
	static const struct reading list[] = {
	    {U "}", U "}"},
	    {"{'USERNAME':'u','DisplayName':'D','NICKname':'n'}",
		U ",'displayName':'D','nickName':'n'}"},
	    {"{'userName':'u','name.givenName':'G','Name.FAMILYname':'F'}",
		U ",'name':{'givenName':'G','familyName':'F'}}"},
	    {"{'userName':'u','name':{'givenName':'G'},'name.familyName':'F'}",
		U ",'name':{'givenName':'G','familyName':'F'}}"},
	    {"{'userName':'u','name.familyName':'F','name':{'givenName':'G'}}",
		U ",'name':{'givenName':'G','familyName':'F'}}"},
	    {U ",'" CORE ":title':'T','" CORE ":name.givenName':'G'}",
		U ",'title':'T','name':{'givenName':'G'}}"},
	    {U ",'URN:ietf:PARAMS:scim:schemas:core:2.0:user:Title':'T'}",
		U ",'title':'T'}"},
	    {U ",'" ENTERPRISE "':{'Department':'D','employeenumber':'7'}}",
		U ",'" ENTERPRISE "':{'department':'D','employeeNumber':'7'}}"},
	    {U ",'" ENTERPRISE ":department':'D','" ENTERPRISE
	       "':{'division':'V'},'" ENTERPRISE ":manager.value':'m'}",
		U ",'" ENTERPRISE
		  "':{'department':'D','division':'V','manager':{'value':'m'}"
		  "}}"},
	    {U ",'urn:IETF:params:scim:schemas:extension:enterprise:2.0:user':"
	       "{'costCenter':'C'}}",
		U ",'" ENTERPRISE "':{'costCenter':'C'}}"},
	    {U ",'department':'D','manager':'m'}",
		U ",'" ENTERPRISE
		  "':{'department':'D','manager':{'value':'m'}}}"},
	    {U ",'externalId':'Ext'}", U ",'externalId':'Ext'}"},
	};

	(void)state;
	EXPECT_USERS(list);
}

static void ignored(void **state)
{
	static const struct reading list[] = {
	    {U ",'nonsense':1,'password':'p','ims':[{'value':'x'}],"
	       "'x509Certificates':[1],'name.nonsense':'x','name':{'x':1},"
	       "'urn:x:y':{'a':1},'" ENTERPRISE
	       "':{'userName':'v','y':[]},'" CORE
	       "':{'title':'T'},'emails.value':'x','" ENTERPRISE ":':{}}",
		U "}"},
	    {U ",'id':7,'meta':{'created':1},'groups':[{'value':'g'}],"
	       "'schemas':[],'meta.version':'x','groups.value':'x'}",
		U "}"},
	    {U ",'" ENTERPRISE
	       "':{'manager':{'displayName':'M','$ref':'../Users/m'}}}",
		U "}"},
	    {U ",'" ENTERPRISE "':{'manager':{'displayName':'M','value':'m'}}}",
		U ",'" ENTERPRISE "':{'manager':{'value':'m'}}}"},
	    {U ",'displayName':null,'name':null,'emails':null,'active':null,"
	       "'name.givenName':null,'phoneNumbers':[],'roles':[null],"
	       "'photos':[{}],'" ENTERPRISE "':null}",
		U "}"},
	    {U ",'title':'','name':{'givenName':'','familyName':'F'},"
	       "'" ENTERPRISE "':{'manager':'','department':null}}",
		U ",'name':{'familyName':'F'}}"},
	    {U ",'" ENTERPRISE "':{'manager':{'value':''}}}", U "}"},
	    {U ",'" ENTERPRISE "':{'manager':null}}", U "}"},
	    {U ",'" ENTERPRISE "':{}}", U "}"},
	};

	(void)state;
	EXPECT_USERS(list);
}

static void booleans(void **state)
{
	static const struct reading list[] = {
	    {U ",'active':'False'}", U ",'active':false}"},
	    {U ",'active':'TRUE'}", U ",'active':true}"},
	    {U ",'active':true}", U ",'active':true}"},
	    {U ",'emails':[{'value':'a','primary':'True'}]}",
		U ",'emails':[{'value':'a','primary':true}]}"},
	    {U ",'active':1}",
		"scim_invalid_value active: must be true or false"},
	    {U ",'active':''}",
		"scim_invalid_value active: must be true or false"},
	    {U ",'active':'no'}", "scim_invalid_value active:"},
	    {U ",'emails':[{'value':'a','primary':'x'}]}",
		"scim_invalid_value emails.primary: must be"},
	};

	(void)state;
	EXPECT_USERS(list);
}

static void types(void **state)
{
	static const struct reading list[] = {
	    {U ",'displayName':7}",
		"scim_invalid_value displayName: must be a string"},
	    {U ",'displayName':['a']}", "scim_invalid_value displayName:"},
	    {U ",'displayName':{'value':'a'}}",
		"scim_invalid_value displayName:"},
	    {U ",'name':'Ann'}", "scim_invalid_value name: must be an object"},
	    {U ",'name':[]}", "scim_invalid_value name: must be an object"},
	    {U ",'name':{'givenName':[]}}",
		"scim_invalid_value name.givenName: must be a string"},
	    {U ",'name.givenName':7}", "scim_invalid_value name.givenName:"},
	    {U ",'emails':7}", "scim_invalid_value emails: must be an object"},
	    {U ",'emails':[7]}", "scim_invalid_value emails: must be"},
	    {U ",'emails':[[]]}", "scim_invalid_value emails: must be"},
	    {U ",'addresses':['here']}",
		"scim_invalid_value addresses: must be an object"},
	    {U ",'" ENTERPRISE "':'D'}",
		"scim_invalid_value " ENTERPRISE ": must be an object"},
	    {U ",'" ENTERPRISE "':{'manager':7}}",
		"scim_invalid_value manager: must be an object"},
	    {U ",'" ENTERPRISE "':{'employeeNumber':7}}",
		"scim_invalid_value employeeNumber: must be a string"},
	    {"[]", "scim_invalid_syntax the body must be an object"},
	    {"'x'", "scim_invalid_syntax"},
	};

	(void)state;
	EXPECT_USERS(list);
}

static void required(void **state)
{
	static const struct reading list[] = {
	    {"{}", "scim_invalid_value userName: is required"},
	    {"{'userName':null}", "scim_invalid_value userName: is required"},
	    {"{'userName':''}",
		"scim_invalid_value userName: must not be empty"},
	    {"{'userName':'  '}",
		"scim_invalid_value userName: must not be empty"},
	};

	(void)state;
	EXPECT_USERS(list);
	expect_read(&scim_group, "{'members':[]}",
	    "scim_invalid_value displayName: is required");
	expect_read(&scim_group, "{'displayName':''}",
	    "scim_invalid_value displayName: must not be empty");
}

static void schemas(void **state)
{
	static const struct reading list[] = {
	    {U ",'schemas':['" CORE "']}", U "}"},
	    {U ",'SCHEMAS':['x','urn:ietf:params:SCIM:schemas:core:2.0:User',"
	       "'" ENTERPRISE "']}",
		U "}"},
	    {U ",'schemas':null}", U "}"},
	    {U ",'SCHEMAS':['" GROUP "']}", "scim_invalid_syntax schemas:"},
	    {U ",'schemas':'" CORE "'}", U "}"},
	    {U ",'schemas':['" GROUP "']}",
		"scim_invalid_syntax schemas: must name " CORE},
	    {U ",'schemas':['" ENTERPRISE "']}", "scim_invalid_syntax"},
	    {U ",'schemas':[7]}", "scim_invalid_syntax schemas:"},
	    {U ",'schemas':7}", "scim_invalid_syntax schemas:"},
	    {U ",'schemas':'" GROUP "'}", "scim_invalid_syntax schemas:"},
	};

	(void)state;
	EXPECT_USERS(list);
}

static void many_values(void **state)
{
	static const struct reading list[] = {
	    {U ",'emails':{'value':'a@x','type':'work'}}",
		U ",'emails':[{'value':'a@x','type':'work'}]}"},
	    {U ",'emails':'a@x','roles':['r','s']}",
		U ",'emails':[{'value':'a@x'}],"
		  "'roles':[{'value':'r'},{'value':'s'}]}"},
	    {U ",'emails':[{'VALUE':'A@x','Type':'Work','id':'x'}]}",
		U ",'emails':[{'value':'A@x','type':'Work'}]}"},
	    {U ",'emails':[{'value':'a','type':'work'},"
	       "{'value':'b','type':'work'}]}",
		U ",'emails':[{'value':'a','type':'work'},"
		  "{'value':'b','type':'work'}]}"},
	    {U ",'emails':[{'value':'a','type':'work'},{'value':'a','type':"
	       "'WORK','primary':true,'display':'A'},{'value':'a'}]}",
		U ",'emails':[{'value':'a','type':'work','primary':true,"
		  "'display':'A'},{'value':'a'}]}"},
	    {U ",'emails':[{'value':'a','primary':true},"
	       "{'value':'b','primary':false},{'value':'c','primary':'True'}]}",
		"scim_invalid_value emails: more than one value is primary"},
	    {U ",'emails':[{'value':'a','primary':true},"
	       "{'value':'a','primary':true}]}",
		U ",'emails':[{'value':'a','primary':true}]}"},
	    {U ",'emails':[{'type':'work','value':null,'primary':true},"
	       "{'type':'home','value':''},{'value':'c'}]}",
		U ",'emails':[{'value':'c'}]}"},
	    {U ",'roles':[{'display':'D'},{'display':'E'}]}",
		U ",'roles':[{'display':'D'},{'display':'E'}]}"},
	    {U ",'addresses':[{'type':'work','formatted':'1 Way\\nTown'},"
	       "{'type':'work','formatted':'1 Way\\nTown','primary':true},"
	       "{'type':'work','locality':'Town'},{'type':'home'}]}",
		U ",'addresses':[{'type':'work','formatted':'1 Way\\nTown',"
		  "'primary':true},{'type':'work','locality':'Town'}]}"},
	    {U ",'phoneNumbers':[{'value':'tel:+1-201-555-0123;ext=1'}]}",
		U ",'phoneNumbers':[{'value':'tel:+1-201-555-0123;ext=1'}]}"},
	    {U ",'roles':[{'value':'{~id~:~1~}'}]}",
		U ",'roles':[{'value':'{~id~:~1~}'}]}"},
	};

	(void)state;
	EXPECT_USERS(list);
}

static char *repeated(
    const char *head, const char *unit, size_t count, const char *tail)
{
	struct buf buf = {0};
	size_t length;

	buf_add_string(&buf, head);
	for (size_t i = 0; i < count; i++)
		buf_add_string(&buf, unit);
	buf_add_string(&buf, tail);
	return buf_take(&buf, &length);
}

static void expect_repeated(
    const char *head, const char *unit, size_t most, const char *why)
{
	char *text = repeated(head, unit, most, "'}");

	expect_read(&scim_user, text, text);
	free(text);
	text = repeated(head, unit, most + 1, "'}");
	expect_read(&scim_user, text, why);
	free(text);
}

static void lengths(void **state)
{
	(void)state;
	expect_repeated("{'userName':'", "é", 200,
	    "scim_invalid_value userName: is too long");
	expect_repeated(U ",'displayName':'", "é", 200,
	    "scim_invalid_value displayName: is too long");
	expect_repeated(
	    U ",'title':'", "x", 4096, "scim_invalid_value title: is too");
	expect_repeated(U ",'externalId':'", "x", 200,
	    "scim_invalid_value externalId: is too long");
}

static void many_elements(void **state)
{
	struct buf buf = {0}, more = {0};
	struct scim_fault fault;
	struct arena arena;
	json_t *document, *given;
	char *text;

	(void)state;
	buf_add_string(&buf, U ",'emails':[{'value':'0'}");
	for (int i = 1; i < 100; i++)
		buf_add_format(&buf, ",{'value':'%d'}", i);
	buf_add(&more, buf.bytes, buf.length);
	buf_add_string(&buf, "]}");
	buf_add_string(&more, ",{'value':'100'}]}");
	expect_read(&scim_user, buf.bytes, buf.bytes);
	expect_read(&scim_user, more.bytes,
	    "scim_invalid_value emails: has more than 100 values");
	buf_release(&buf);
	buf_release(&more);

	text = repeated(U ",'roles':[", "0,", 15, "0]}");
	given = json_of(text);
	free(text);
	text = repeated("", "x", 4080, "");
	for (size_t i = 0; i < 16; i++)
		json_array_set_new(json_object_get(given, "roles"), i,
		    json_sprintf("%02zu%s", i, text));
	arena_init(&arena);
	document = scim_resource_read(&scim_user, given, &arena, &fault);
	assert_null(document);
	assert_string_equal(fault.detail, "the user has more than 65536 bytes");
	json_array_remove(json_object_get(given, "roles"), 0);
	document = scim_resource_read(&scim_user, given, &arena, &fault);
	assert_non_null(document);
	json_decref(document);
	arena_release(&arena);
	json_decref(given);
	free(text);
}

static void characters(void **state)
{
	static const struct reading list[] = {
	    {"{'userName':'a\\u0001'}",
		"scim_invalid_value userName: has a character that no name "
		"has"},
	    {"{'userName':'a\\nb'}", "scim_invalid_value userName: has a"},
	    {"{'userName':'a\\u007f'}", "scim_invalid_value userName: has a"},
	    {"{'userName':'a\\u0085'}", "scim_invalid_value userName: has a"},
	    {U ",'title':'a\\u001b'}", "scim_invalid_value title: has a"},
	    {U ",'title':'a\\nb'}", "scim_invalid_value title: has a"},
	    {U ",'title':'a\\u202eb'}", "scim_invalid_value title: has a"},
	    {U ",'roles':['a\\u2066b']}",
		"scim_invalid_value roles.value: has a"},
	    {U ",'addresses':[{'locality':'a\\tb'}]}",
		"scim_invalid_value addresses.locality: has a"},
	    {U ",'addresses':[{'streetAddress':'a\\tb\\r\\nc'}]}",
		U ",'addresses':[{'streetAddress':'a\\tb\\r\\nc'}]}"},
	    {U ",'addresses':[{'formatted':'\\na\\u202eb'}]}",
		"scim_invalid_value addresses.formatted: has a"},
	    {U ",'addresses':[{'formatted':'a\\n\\ufffe'}]}",
		"scim_invalid_value addresses.formatted: has a"},
	    {U ",'addresses':[{'formatted':'a\\u000bb'}]}",
		"scim_invalid_value addresses.formatted: has a"},
	    {"{'userName':'\\u00e9 \\u65e5 \\ud83d\\ude00 \\u00a0'}",
		"{'userName':'\\u00e9 \\u65e5 \\ud83d\\ude00 \\u00a0'}"},
	};

	(void)state;
	EXPECT_USERS(list);
}

#define ID1 "0190f0e2-1111-7000-8000-00000000000a"
#define ID2 "0190f0e2-1111-7000-8000-00000000000b"

static void groups(void **state)
{
	static const struct reading list[] = {
	    {"{'schemas':['" GROUP "','http://schemas.microsoft.com/2006/11/"
	     "ResourceManagement/ADSCIM/2.0/Group'],'externalId':'e',"
	     "'displayName':'G','meta':{'resourceType':'Group'}}",
		"{'externalId':'e','displayName':'G'}"},
	    {"{'displayName':'G','members':[{'value':'" ID1 "','display':'x',"
	     "'$ref':null,'type':'user'},{'value':'" ID1 "'},'" ID2 "',null]}",
		"{'displayName':'G','members':[{'value':'" ID1
		"'},{'value':'" ID2 "'}]}"},
	    {"{'displayName':'G','members':"
	     "{'Value':'0190F0E2-1111-7000-8000-00000000000A'}}",
		"{'displayName':'G','members':[{'value':'" ID1 "'}]}"},
	    {"{'displayName':'G','members':null}", "{'displayName':'G'}"},
	    {"{'displayName':'G','members':[]}", "{'displayName':'G'}"},
	    {"{'displayName':'G','members':[{'value':'x'}]}",
		"scim_invalid_value members.value: must be the id of a user"},
	    {"{'displayName':'G','members':[{}]}",
		"scim_invalid_value members.value: must"},
	    {"{'displayName':'G','members':[{'value':'" ID1 "x'}]}",
		"scim_invalid_value members.value: must"},
	    {"{'displayName':'G','members':[{'value':'" ID1
	     "','type':'Group'}]}",
		"scim_invalid_value members.type: must be User"},
	    {"{'displayName':'G','schemas':['" CORE "']}",
		"scim_invalid_syntax schemas: must name " GROUP},
	    {"{'displayName':'G','department':'x','userName':'x'}",
		"{'displayName':'G'}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		expect_read(&scim_group, list[i].body, list[i].want);
}

static void table(void **state)
{
	(void)state;
	assert_ptr_equal(
	    scim_attribute_find(scim_user.attributes, "USERNAMEx", 8),
	    scim_user.attributes);
	assert_null(scim_attribute_find(scim_user.attributes, "userName", 7));
	assert_null(scim_attribute_find(scim_user.attributes, "userNames", 9));
	assert_null(scim_attribute_find(NULL, "x", 1));
	assert_null(scim_attribute_find(scim_user.attributes, "", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),
	    cmocka_unit_test(ignored),
	    cmocka_unit_test(booleans),
	    cmocka_unit_test(types),
	    cmocka_unit_test(required),
	    cmocka_unit_test(schemas),
	    cmocka_unit_test(many_values),
	    cmocka_unit_test(lengths),
	    cmocka_unit_test(many_elements),
	    cmocka_unit_test(characters),
	    cmocka_unit_test(groups),
	    cmocka_unit_test(table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
