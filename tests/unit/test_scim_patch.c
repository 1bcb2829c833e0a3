/*
 * PATCH of users, in the shapes of RFC 7644 and of those who really send it.
 * Mutations tried: op compared with its case; members of an operation
 * compared with their case; "False" left a string; add at a path without an
 * element makes none; replace likewise; replace makes kinds that are unknown;
 * the made element lacks its type; remove with a value removes all; remove
 * with [] removes all; an empty manager kept as {}; replace of a complex
 * attribute forgets what was not named; add repeats a value; primary not
 * moved; read-only paths written; unknown names without a path refused;
 * a required attribute removed; dotted names without a path ignored; an
 * emptied extension left as {}; arrays of one not taken apart; the first
 * operation alone applied; the number of operations not looked at; a value
 * that replaces a selected element loses its type;
 * the size after a PATCH not looked at; names of the core read within the
 * extension; visits not counted, or a filter's terms counted as one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hefboom/buf.h"
#include "hefboom/scim_patch.h"
#include "hefboom/scim_schema.h"
#include "scim_case.h"

struct patched {
	const char *document;
	const char *operations;
	const char *want;
};

/* The result is canonical: reading it changes nothing. */
static void expect_canonical(const char *title, const json_t *document)
{
	struct scim_fault fault;
	struct arena arena;
	json_t *again;

	arena_init(&arena);
	again = scim_resource_read(&scim_user, document, &arena, &fault);
	if (again == NULL || !json_equal(again, document))
		fail_msg("%s: is not canonical: %s", title,
		    json_dumps(document, JSON_COMPACT));
	json_decref(again);
	arena_release(&arena);
}

static void expect_body(
    const char *document, const char *body, const char *want)
{
	json_t *result = json_of(document), *given = json_of(body);
	struct scim_fault fault;
	struct arena arena;

	arena_init(&arena);
	if (scim_patch_user(result, given, &arena, &fault) == 0) {
		expect_canonical(body, result);
	} else {
		assert_non_null(fault.code);
		json_decref(result);
		result = NULL;
	}
	expect_result(body, result, &fault, want);
	json_decref(given);
	arena_release(&arena);
}

static void expect_patches(const struct patched *list, size_t count)
{
	char *body;

	for (size_t i = 0; i < count; i++) {
		if (asprintf(&body, "{" PATCH_OP ",'Operations':[%s]}",
			list[i].operations) < 0)
			abort();
		expect_body(list[i].document, body, list[i].want);
		free(body);
	}
}

#define EXPECT_PATCHES(list)                                                   \
	expect_patches(list, sizeof(list) / sizeof(*(list)))
#define U "{'userName':'u'"
#define WORK "{'value':'w','type':'work'}"
#define HOME "{'value':'h','type':'home'}"
#define OP(verb, path, value)                                                  \
	"{'op':'" verb "','path':'" path "','value':" value "}"
/* A path with quotes in it: `\"` for JSON. */
#define TYPED(list, type) list "[type eq \\'" type "\\']"

static void simple_attributes(void **state)
{
	static const struct patched list[] = {
	    {U "}", OP("replace", "displayName", "'D'"),
		U ",'displayName':'D'}"},
	    {U "}", OP("Add", "displayName", "'D'"), U ",'displayName':'D'}"},
	    {U ",'title':'T'}", OP("REPLACE", "TITLE", "'X'"),
		U ",'title':'X'}"},
	    {U ",'title':'T'}", "{'op':'Remove','path':'title'}", U "}"},
	    {U ",'title':'T'}", OP("Remove", "title", "'x'"), U "}"},
	    {U "}", "{'op':'remove','path':'title'}", U "}"},
	    {U ",'title':'T'}", OP("replace", "title", "null"), U "}"},
	    {U ",'title':'T'}", OP("replace", "title", "''"), U "}"},
	    {U ",'title':'T'}", OP("replace", "title", "[]"), U "}"},
	    {U "}", "{'Op':'Replace','Path':'title','Value':'T'}",
		U ",'title':'T'}"},
	    {U "}", OP("Replace", "title", "[{'$ref':null,'value':'T'}]"),
		U ",'title':'T'}"},
	    {U "}", OP("Replace", "title", "['T']"), U ",'title':'T'}"},
	    {U "}", OP("Replace", "title", "['T','V']"),
		"scim_invalid_value title: must be a string"},
	    {U "}", OP("Replace", "title", "{'value':'T'}"),
		"scim_invalid_value title: must be a string"},
	    {U "}", OP("Add", "externalId", "'e'"), U ",'externalId':'e'}"},
	    {U "}", OP("replace", "userName", "'v'"), "{'userName':'v'}"},
	    {U "}", OP("replace", CORE ":userName", "'v'"), "{'userName':'v'}"},
	    {U "}", OP("add", "userName", "7"),
		"scim_invalid_value userName: must be a string"},
	    {U "}", OP("add", "title", "'a'") "," OP("add", "title", "'b'"),
		U ",'title':'b'}"},
	};

	(void)state;
	EXPECT_PATCHES(list);
}

static void activity(void **state)
{
	static const char *const off[] = {
	    OP("Replace", "active", "'False'"),
	    OP("replace", "active", "'false'"),
	    OP("replace", "active", "false"),
	    OP("Replace", "active", "[{'$ref':null,'value':'False'}]"),
	    OP("add", "active", "'FALSE'"),
	    "{'op':'replace','value':{'active':false}}",
	    "{'op':'Replace','value':{'Active':'False'}}",
	    "{'op':'replace','path':null,'value':{'active':false}}",
	    "{'op':'replace','path':'','value':{'active':'False'}}",
	    OP("replace", CORE ":active", "false"),
	    "{'op':'replace','value':{'" CORE ":active':false}}",
	    OP("replace", CORE, "{'active':false}"),
	};
	struct patched one = {U ",'active':true}", NULL, U ",'active':false}"};

	(void)state;
	for (size_t i = 0; i < sizeof(off) / sizeof(*off); i++) {
		one.operations = off[i];
		expect_patches(&one, 1);
	}
	one.operations = OP("replace", "active", "'maybe'");
	one.want = "scim_invalid_value active: must be true or false";
	expect_patches(&one, 1);
}

static void names(void **state)
{
	static const struct patched list[] = {
	    {U "}", OP("Add", "name.givenName", "'G'"),
		U ",'name':{'givenName':'G'}}"},
	    {U ",'name':{'givenName':'G','familyName':'F'}}",
		OP("replace", "name", "{'givenName':'X','nonsense':1}"),
		U ",'name':{'givenName':'X','familyName':'F'}}"},
	    {U ",'name':{'givenName':'G','familyName':'F'}}",
		OP("add", "name", "{'familyName':null,'FORMATTED':'X'}"),
		U ",'name':{'givenName':'G','formatted':'X'}}"},
	    {U ",'name':{'givenName':'G','familyName':'F'}}",
		"{'op':'remove','path':'NAME.givenname'}",
		U ",'name':{'familyName':'F'}}"},
	    {U ",'name':{'givenName':'G'}}",
		"{'op':'remove','path':'name.givenName'}", U "}"},
	    {U ",'name':{'givenName':'G'}}", "{'op':'remove','path':'name'}",
		U "}"},
	    {U ",'name':{'givenName':'G'}}", OP("replace", "name", "null"),
		U "}"},
	    {U "}", "{'op':'remove','path':'name.givenName'}", U "}"},
	    {U "}", OP("replace", "name", "{}"), U "}"},
	    {U "}", OP("replace", "name", "'Ann'"),
		"scim_invalid_value name: must be an object"},
	    {U "}", OP("replace", "name.givenName", "{}"),
		"scim_invalid_value name.givenName: must be a string"},
	};

	(void)state;
	EXPECT_PATCHES(list);
}

static void without_path(void **state)
{
	static const struct patched list[] = {
	    {U "}",
		"{'op':'replace','value':{'displayName':'D','name.givenName':"
		"'G','name.familyName':'F','" ENTERPRISE
		":employeeNumber':'7','" ENTERPRISE ":manager':'m'}}",
		U ",'displayName':'D','name':{'givenName':'G','familyName':"
		  "'F'},'" ENTERPRISE "':{'employeeNumber':'7','manager':"
		  "{'value':'m'}}}"},
	    {U ",'name':{'familyName':'F'},'" ENTERPRISE "':{'division':'V'}}",
		"{'op':'Add','value':{'name':{'givenName':'G'},'" ENTERPRISE
		"':{'department':'D','division':null}}}",
		U ",'name':{'familyName':'F','givenName':'G'},'" ENTERPRISE
		  "':{'department':'D'}}"},
	    {U "}",
		"{'op':'replace','value':{'emails[type eq \\'work\\'].value':"
		"'w','emails[nonsense eq 1].value':'x'}}",
		U ",'emails':[" WORK "]}"},
	    {U "}",
		"{'op':'replace','value':{'id':'x','schemas':['x'],'meta':{},"
		"'groups':[],'nonsense':1,'password':'p','urn:x:y':{'a':1},"
		"'" ENTERPRISE "':{'userName':'v','nonsense':1},'" ENTERPRISE
		":manager.displayName':'M','title':'T'}}",
		U ",'title':'T'}"},
	    {U ",'emails':[" WORK "]}",
		"{'op':'replace','value':{'emails':[" HOME "]}}",
		U ",'emails':[" HOME "]}"},
	    {U ",'emails':[" WORK "]}",
		"{'op':'add','value':{'emails':[" HOME "]}}",
		U ",'emails':[" WORK "," HOME "]}"},
	    {U ",'title':'T','emails':[" WORK "]}",
		"{'op':'replace','value':{'title':null,'emails':[]}}", U "}"},
	    {U "}", "{'op':'replace','value':{}}", U "}"},
	    {U "}", "{'op':'replace','value':'x'}",
		"scim_invalid_value value: must be an object"},
	    {U "}", "{'op':'replace'}", "scim_invalid_value value: is missing"},
	    {U "}", "{'op':'add','path':'title'}",
		"scim_invalid_value value: is missing"},
	    {U "}", "{'op':'remove'}", "scim_no_target remove: needs a path"},
	    {U "}", "{'op':'remove','value':{'title':'T'}}",
		"scim_no_target remove: needs a path"},
	    {U "}", "{'op':'replace','value':{'userName':null}}",
		"scim_invalid_value userName: is required"},
	    {U "}", "{'op':'replace','value':{'" ENTERPRISE "':'x'}}",
		"scim_invalid_value " ENTERPRISE ": must be an object"},
	};

	(void)state;
	EXPECT_PATCHES(list);
}

#define MANAGED U ",'" ENTERPRISE "':{'manager':{'value':'m'}}}"
#define MANAGER ENTERPRISE ":manager"

static void manager(void **state)
{
	static const struct patched list[] = {
	    {U "}", OP("Add", MANAGER, "'m'"), MANAGED},
	    {U "}", OP("add", MANAGER, "{'value':'m'}"), MANAGED},
	    {U "}",
		OP("Add", MANAGER,
		    "[{'$ref':'http://h/scim/v2/Users/m','value':'m'}]"),
		MANAGED},
	    {U "}",
		OP("add", MANAGER,
		    "{'$ref':'../Users/m','value':'m','displayName':'M'}"),
		MANAGED},
	    {U "}", OP("replace", MANAGER ".value", "'m'"), MANAGED},
	    {U "}", OP("Add", "manager", "'m'"), MANAGED},
	    {U "}", OP("replace", ENTERPRISE, "{'manager':'m'}"), MANAGED},
	    {U "}",
		"{'op':'add','value':{'" ENTERPRISE
		"':{'manager':{'value':'m'}}}}",
		MANAGED},
	    {U ",'" ENTERPRISE "':{'manager':{'value':'x'}}}",
		OP("Replace", MANAGER, "'m'"), MANAGED},
	    {MANAGED, OP("replace", MANAGER, "''"), U "}"},
	    {MANAGED, OP("replace", MANAGER, "null"), U "}"},
	    {MANAGED, OP("replace", MANAGER, "[]"), U "}"},
	    {MANAGED, OP("replace", MANAGER, "{'value':''}"), U "}"},
	    {MANAGED, OP("Replace", MANAGER, "{'value':null}"), U "}"},
	    {MANAGED, OP("Replace", MANAGER, "[{'value':''}]"), U "}"},
	    {MANAGED, OP("replace", MANAGER ".value", "''"), U "}"},
	    {MANAGED, "{'op':'Remove','path':'" MANAGER "'}", U "}"},
	    {MANAGED, OP("Remove", MANAGER, "'m'"), U "}"},
	    {MANAGED, "{'op':'Remove','path':'" MANAGER ".value'}", U "}"},
	    {MANAGED, "{'op':'remove','path':'" ENTERPRISE "'}", U "}"},
	    {MANAGED, OP("replace", ENTERPRISE, "null"), U "}"},
	    {MANAGED, OP("add", ENTERPRISE, "null"), MANAGED},
	    {MANAGED, OP("replace", MANAGER, "{'displayName':'M'}"), MANAGED},
	    {MANAGED, OP("replace", MANAGER ".displayName", "'M'"),
		"scim_mutability"},
	    {MANAGED, OP("replace", MANAGER, "7"),
		"scim_invalid_value manager: must be an object"},
	    {MANAGED, OP("replace", MANAGER, "['a','b']"),
		"scim_invalid_value manager: must be an object"},
	    {MANAGED, OP("Add", ENTERPRISE ":department", "'D'"),
		U ",'" ENTERPRISE
		  "':{'department':'D','manager':{'value':'m'}}}"},
	    {MANAGED,
		OP("Add",
		    "URN:ietf:params:scim:schemas:extension:enterprise:2.0:"
		    "user:DEPARTMENT",
		    "'D'"),
		U ",'" ENTERPRISE
		  "':{'department':'D','manager':{'value':'m'}}}"},
	    {U ",'" ENTERPRISE "':{'department':'D'}}",
		"{'op':'Remove','path':'" ENTERPRISE ":department'}", U "}"},
	};

	(void)state;
	EXPECT_PATCHES(list);
}

static void selected_parts(void **state)
{
	static const struct patched list[] = {
	    {U "}", OP("Add", TYPED("emails", "work") ".value", "'w'"),
		U ",'emails':[" WORK "]}"},
	    {U "}", OP("Replace", TYPED("emails", "work") ".value", "'w'"),
		U ",'emails':[" WORK "]}"},
	    {U "}", OP("Add", "EMAILS[Type EQ \\'work\\'].VALUE", "'w'"),
		U ",'emails':[" WORK "]}"},
	    {U "}", OP("Add", "emails[type eq work].value", "'w'"),
		U ",'emails':[" WORK "]}"},
	    {U "}", OP("Add", CORE ":" TYPED("emails", "work") ".value", "'w'"),
		U ",'emails':[" WORK "]}"},
	    {U ",'emails':[" WORK "," HOME "]}",
		OP("Add", TYPED("emails", "WORK") ".value", "'x'"),
		U ",'emails':[{'value':'x','type':'work'}," HOME "]}"},
	    {U ",'emails':[" HOME "]}",
		OP("Replace", TYPED("emails", "work") ".value", "'w'"),
		U ",'emails':[" HOME "," WORK "]}"},
	    {U "}", OP("Add", TYPED("emails", "odd") ".value", "'w'"),
		U ",'emails':[{'value':'w','type':'odd'}]}"},
	    {U "}", OP("Replace", TYPED("emails", "odd") ".value", "'w'"),
		"scim_no_target emails: no value is selected"},
	    {U ",'emails':[" WORK "]}",
		OP("replace", "emails[value eq \\'x\\'].type", "'home'"),
		"scim_no_target emails: no value is selected"},
	    {U ",'emails':[" WORK "]}",
		OP("add", "emails[type ne \\'work\\'].value", "'x'"),
		"scim_no_target"},
	    {U "}",
		OP("add", "emails[type eq \\'a\\' and type eq \\'b\\'].value",
		    "'x'"),
		"scim_no_target"},
	    {U "}",
		OP("add", "emails[type eq \\'a\\' or type eq \\'b\\'].value",
		    "'x'"),
		"scim_no_target"},
	    {U "}",
		OP("Add",
		    "emails[type eq \\'work\\' and primary eq true].value",
		    "'w'"),
		U ",'emails':[{'value':'w','type':'work','primary':true}]}"},
	    {U ",'emails':[" WORK "]}",
		OP("replace", "emails[value eq \\'w\\'].type", "'home'"),
		U ",'emails':[{'value':'w','type':'home'}]}"},
	    {U "}", OP("Add", "roles[primary eq \\'True\\'].value", "'r'"),
		U ",'roles':[{'value':'r','primary':true}]}"},
	    {U ",'roles':[{'value':'r','primary':true},{'value':'s'}]}",
		OP("Replace", "roles[primary eq \\'True\\'].value", "'x'"),
		U ",'roles':[{'value':'x','primary':true},{'value':'s'}]}"},
	    {U "}", OP("Add", TYPED("phoneNumbers", "mobile") ".value", "'1'"),
		U ",'phoneNumbers':[{'value':'1','type':'mobile'}]}"},
	    {U "}",
		OP("Add", TYPED("addresses", "work") ".formatted",
		    "'18/2111'") "," OP("Add",
		    TYPED("addresses", "work") ".country", "'NL'"),
		U ",'addresses':[{'formatted':'18/2111','country':'NL',"
		  "'type':'work'}]}"},
	    {U ",'emails':[" WORK "," HOME "]}",
		"{'op':'Remove','path':'emails[type eq \\'work\\'].value'}",
		U ",'emails':[" HOME "]}"},
	    {U ",'emails':[" WORK "]}",
		OP("Replace", TYPED("emails", "work") ".value", "''"), U "}"},
	    {U "}", OP("Replace", TYPED("emails", "work") ".value", "null"),
		U "}"},
	    {U "}",
		OP("Add", TYPED("emails", "work") ".value",
		    "[{'$ref':null,'value':'w'}]"),
		U ",'emails':[" WORK "]}"},
	    {U "}", OP("Add", TYPED("emails", "work") ".value", "7"),
		"scim_invalid_value emails.value: must be a string"},
	    {U ",'emails':[" WORK "," HOME "]}",
		OP("add", "emails.display", "'D'"),
		U ",'emails':[{'value':'w','type':'work','display':'D'},"
		  "{'value':'h','type':'home','display':'D'}]}"},
	    {U "}", OP("add", "emails.value", "'w'"),
		U ",'emails':[{'value':'w'}]}"},
	    {U ",'emails':[" WORK "," HOME "]}",
		"{'op':'remove','path':'emails.type'}",
		U ",'emails':[{'value':'w'},{'value':'h'}]}"},
	};

	(void)state;
	EXPECT_PATCHES(list);
}

static void selected_values(void **state)
{
	static const struct patched list[] = {
	    {U ",'emails':[" WORK "," HOME "]}",
		"{'op':'remove','path':'emails[type eq \\'work\\']'}",
		U ",'emails':[" HOME "]}"},
	    {U ",'emails':[" WORK "," HOME "]}",
		"{'op':'remove','path':'emails[value co \\'h\\' or type eq "
		"\\'work\\']'}",
		U "}"},
	    {U ",'emails':[" WORK "]}",
		"{'op':'remove','path':'emails[type eq \\'home\\']'}",
		U ",'emails':[" WORK "]}"},
	    {U ",'emails':[{'value':'w','type':'work','display':'D'}]}",
		OP("replace", TYPED("emails", "work"), "{'value':'x'}"),
		U ",'emails':[{'value':'x','type':'work'}]}"},
	    {U ",'emails':[{'value':'w','type':'work','display':'D'}]}",
		OP("add", TYPED("emails", "work"), "{'value':'x'}"),
		U ",'emails':[{'value':'x','type':'work','display':'D'}]}"},
	    {U ",'emails':[" WORK "]}",
		OP("replace", TYPED("emails", "work"),
		    "[{'value':'x','type':'other'}]"),
		U ",'emails':[{'value':'x','type':'other'}]}"},
	    {U "}", OP("add", TYPED("emails", "work"), "'w'"),
		U ",'emails':[" WORK "]}"},
	    {U "}", OP("replace", TYPED("emails", "work"), "{'value':'w'}"),
		U ",'emails':[" WORK "]}"},
	    {U "}", OP("replace", "emails[value sw \\'w\\']", "{'value':'w'}"),
		"scim_no_target"},
	    {U ",'emails':[" WORK "]}",
		OP("replace", TYPED("emails", "work"), "null"), U "}"},
	    {U ",'emails':[" WORK "]}",
		OP("add", TYPED("emails", "work"), "{}"),
		U ",'emails':[" WORK "]}"},
	    {U ",'addresses':[{'type':'work','locality':'L','region':'R'}]}",
		OP("replace", TYPED("addresses", "work"),
		    "{'type':'work','locality':'M','primary':'True'}"),
		U ",'addresses':[{'type':'work','locality':'M','primary':true"
		  "}]}"},
	};

	(void)state;
	EXPECT_PATCHES(list);
}

static void whole_lists(void **state)
{
	static const struct patched list[] = {
	    {U ",'emails':[" WORK "]}", OP("add", "emails", "[" HOME "]"),
		U ",'emails':[" WORK "," HOME "]}"},
	    {U ",'emails':[" WORK "]}", OP("add", "emails", HOME),
		U ",'emails':[" WORK "," HOME "]}"},
	    {U ",'emails':[" WORK "]}",
		OP("add", "emails", "[{'value':'w','type':'Work'}]"),
		U ",'emails':[" WORK "]}"},
	    {U ",'emails':[" WORK "]}", OP("add", "emails", "'x'"),
		U ",'emails':[" WORK ",{'value':'x'}]}"},
	    {U ",'emails':[" WORK "]}", OP("replace", "emails", "[" HOME "]"),
		U ",'emails':[" HOME "]}"},
	    {U ",'emails':[" WORK "]}", OP("replace", "emails", "[]"), U "}"},
	    {U ",'emails':[" WORK "]}", OP("replace", "emails", "null"), U "}"},
	    {U ",'emails':[" WORK "]}", OP("add", "emails", "[]"),
		U ",'emails':[" WORK "]}"},
	    {U ",'emails':[" WORK "]}", "{'op':'remove','path':'emails'}",
		U "}"},
	    {U ",'emails':[" WORK "]}", OP("remove", "emails", "null"), U "}"},
	    {U ",'emails':[" WORK "," HOME "]}",
		OP("Remove", "emails", "[{'value':'W'}]"),
		U ",'emails':[" HOME "]}"},
	    {U ",'emails':[" WORK "," HOME "]}",
		OP("Remove", "emails",
		    "[{'value':'w','type':'WORK','display':'x','primary':"
		    "true},{'value':'h','type':'work'}]"),
		U ",'emails':[" HOME "]}"},
	    {U ",'emails':[" WORK "," HOME "]}", OP("Remove", "emails", "'w'"),
		U ",'emails':[" HOME "]}"},
	    {U ",'emails':[" WORK "," HOME "]}",
		OP("Remove", "emails", "{'type':'work'}"),
		U ",'emails':[" HOME "]}"},
	    {U ",'photos':[{'value':'http://h/A'}]}",
		OP("Remove", "photos", "[{'value':'http://h/a'}]"),
		U ",'photos':[{'value':'http://h/A'}]}"},
	    {U ",'emails':[" WORK "]}", OP("Remove", "emails", "[]"),
		U ",'emails':[" WORK "]}"},
	    {U ",'emails':[" WORK "]}", OP("Remove", "emails", "[{}]"),
		U ",'emails':[" WORK "]}"},
	    {U ",'emails':[" WORK "]}", OP("Remove", "emails", "[{'x':'w'}]"),
		U ",'emails':[" WORK "]}"},
	    {U ",'emails':[" WORK "]}", OP("Remove", "emails", "[7]"),
		"scim_invalid_value emails: must be an object"},
	    {U "}",
		OP("Add", "roles",
		    "[{'value':'{~id~:~1~}','displayName':'x'}]"),
		U ",'roles':[{'value':'{~id~:~1~}'}]}"},
	};

	(void)state;
	EXPECT_PATCHES(list);
}

#define FIRST "{'value':'w','type':'work','primary':true}"

static void primary(void **state)
{
	static const struct patched list[] = {
	    {U ",'emails':[" FIRST "]}",
		OP("add", "emails", "[{'value':'h','primary':true}]"),
		U ",'emails':[{'value':'w','type':'work','primary':false},"
		  "{'value':'h','primary':true}]}"},
	    {U ",'emails':[" FIRST "," HOME "]}",
		OP("replace", TYPED("emails", "home") ".primary", "'True'"),
		U ",'emails':[{'value':'w','type':'work','primary':false},"
		  "{'value':'h','type':'home','primary':true}]}"},
	    {U ",'emails':[" FIRST "," HOME "]}",
		OP("add", TYPED("emails", "home"), "{'primary':true}"),
		U ",'emails':[{'value':'w','type':'work','primary':false},"
		  "{'value':'h','type':'home','primary':true}]}"},
	    {U ",'emails':[" FIRST "," HOME "]}",
		OP("add", "emails",
		    "[{'value':'h','type':'home','primary':"
		    "true}]"),
		U ",'emails':[{'value':'w','type':'work','primary':false},"
		  "{'value':'h','type':'home','primary':true}]}"},
	    {U ",'emails':[" WORK "," HOME "]}",
		OP("add", "emails.primary", "true"),
		"scim_invalid_value emails: more than one value is primary"},
	    {U "}",
		OP("add", "emails",
		    "[{'value':'a','primary':true},{'value':'b','primary':"
		    "true}]"),
		"scim_invalid_value emails: more than one value is primary"},
	    {U ",'emails':[" FIRST "]}",
		OP("replace", "emails[primary eq true].value", "'x'"),
		U ",'emails':[{'value':'x','type':'work','primary':true}]}"},
	    {U ",'emails':[" FIRST "]}",
		OP("replace", "emails[primary eq true].primary", "false"),
		U ",'emails':[{'value':'w','type':'work','primary':false}]}"},
	};

	(void)state;
	EXPECT_PATCHES(list);
}

static void refused(void **state)
{
	static const struct patched list[] = {
	    {U "}", OP("replace", "id", "'x'"),
		"scim_mutability id: is read-only"},
	    {U "}", OP("replace", "meta.created", "'x'"), "scim_mutability"},
	    {U "}", OP("add", "groups", "[{'value':'g'}]"), "scim_mutability"},
	    {U "}", "{'op':'remove','path':'groups'}", "scim_mutability"},
	    {U "}", OP("add", "groups[value eq \\'g\\'].display", "'x'"),
		"scim_mutability"},
	    {U "}", "{'op':'remove','path':'userName'}",
		"scim_mutability userName: is required"},
	    {U "}", OP("replace", "userName", "''"),
		"scim_invalid_value userName: must not be empty"},
	    {U "}", OP("replace", "userName", "null"),
		"scim_invalid_value userName: is required"},
	    {U "}", OP("replace", "nonsense", "'x'"),
		"scim_invalid_path nonsense: there is no such attribute"},
	    {U "}", OP("replace", "password", "'x'"), "scim_invalid_path"},
	    {U "}", OP("replace", "name.nonsense", "'x'"), "scim_invalid_path"},
	    {U "}", OP("replace", "title.value", "'x'"), "scim_invalid_path"},
	    {U "}", OP("replace", "urn:x:y:User:title", "'x'"),
		"scim_invalid_path"},
	    {U "}", OP("replace", CORE ":department", "'x'"),
		"scim_invalid_path"},
	    {U "}", OP("replace", "name[givenName eq \\'x\\']", "'x'"),
		"scim_invalid_path"},
	    {U "}", OP("replace", "emails[", "'x'"), "scim_invalid_path"},
	    {U "}", OP("replace", "emails[type eq \\'work\\'", "'x'"),
		"scim_invalid_path"},
	    {U "}", OP("replace", "emails[nonsense eq \\'x\\'].value", "'x'"),
		"scim_invalid_path"},
	    {U "}", "{'op':'replace','path':7,'value':'x'}",
		"scim_invalid_path path: must be a string"},
	    {U "}", OP("remove", CORE, "null"), "scim_no_target"},
	    {U "}", OP("move", "title", "'x'"), "scim_invalid_syntax"},
	    {U "}", "{'path':'title','value':'x'}", "scim_invalid_syntax"},
	    {U "}", "{'op':7,'path':'title','value':'x'}",
		"scim_invalid_syntax"},
	    {U "}", "7", "scim_invalid_syntax"},
	    {U "}", OP("add", "title", "'a\\u0001'"), "scim_invalid_value"},
	    {U "}", OP("add", "title", "'a'") "," OP("add", "x", "'a'"),
		"scim_invalid_path"},
	};

	(void)state;
	EXPECT_PATCHES(list);
}

static void envelopes(void **state)
{
	static const char title[] = "[{'op':'add','path':'title','value':'T'}]";
	static const struct reading {
		const char *head, *operations, *want;
	} list[] = {
	    {PATCH_OP ",'Operations':", title, U ",'title':'T'}"},
	    {"'operations':", title, U ",'title':'T'}"},
	    {"'schemas':['x'],'Operations':", title,
		"scim_invalid_syntax schemas: must name"},
	    {"'schemas':['" CORE "'],'Operations':", title,
		"scim_invalid_syntax"},
	    {"'x':", title, "scim_invalid_syntax Operations: must be"},
	    {"'Operations':", "[]", "scim_invalid_syntax Operations: must"},
	    {"'Operations':", "null", "scim_invalid_syntax Operations: must"},
	    {"'Operations':", "{'op':'add','path':'title','value':'T'}",
		"scim_invalid_syntax Operations: must"},
	};
	char *body;

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		if (asprintf(
			&body, "{%s%s}", list[i].head, list[i].operations) < 0)
			abort();
		expect_body(U "}", body, list[i].want);
		free(body);
	}
	expect_body(U "}", "[]", "scim_invalid_syntax the body must");
}

static json_t *many(const char *operation, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_of(operation));
	return json_pack("{s:o}", "Operations", list);
}

static void expect_many(json_t *body, const char *want)
{
	char *text = json_dumps(body, JSON_COMPACT);

	expect_body(U "}", text, want);
	free(text);
	json_decref(body);
}

static void limits(void **state)
{
	json_t *body, *list;

	(void)state;
	expect_many(many(OP("add", "title", "'T'"), 1000), U ",'title':'T'}");
	expect_many(many(OP("add", "title", "'T'"), 1001),
	    "scim_too_many Operations: more than 1000");
	body = many(OP("add", "emails", "'w'"), 101);
	list = json_object_get(body, "Operations");
	for (size_t i = 0; i < 101; i++)
		json_object_set_new(
		    json_array_get(list, i), "value", json_sprintf("%zu", i));
	expect_many(
	    body, "scim_invalid_value emails: has more than 100 values");
	body = many(OP("add", "roles", "'w'"), 20);
	list = json_object_get(body, "Operations");
	for (size_t i = 0; i < 20; i++)
		json_object_set_new(json_array_get(list, i), "value",
		    json_sprintf("%04000zu", i));
	expect_many(
	    body, "scim_invalid_value the user has more than 65536 bytes");
	expect_many(many(OP("add", "emails", "['a','b']"), 600),
	    U ",'emails':[{'value':'a'},{'value':'b'}]}");
}

/* 51 elements, 48 terms, and 21 times is one too often. */
static void visits(void **state)
{
	struct buf path = {0};
	json_t *body, *list, *one, *emails = json_array();

	(void)state;
	for (int i = 0; i < 51; i++)
		json_array_append_new(emails, json_sprintf("%d", i));
	buf_add_string(&path, "emails[value eq \"x\"");
	for (int i = 1; i < 48; i++)
		buf_add_string(&path, " or type eq \"x\"");
	buf_add_string(&path, "]");
	body = many("{'op':'remove'}", 20);
	list = json_object_get(body, "Operations");
	for (size_t i = 0; i < 20; i++)
		json_object_set_new(
		    json_array_get(list, i), "path", json_string(path.bytes));
	one = json_pack(
	    "{s:s, s:s, s:o}", "op", "add", "path", "emails", "value", emails);
	json_array_insert_new(list, 0, one);
	one = json_deep_copy(json_array_get(list, 1));
	json_array_append_new(list, json_of("{'op':'remove','path':'emails'}"));
	json_array_append_new(list, json_of(OP("add", "title", "'T'")));
	expect_many(json_incref(body), U ",'title':'T'}");
	json_array_insert_new(list, 1, one);
	expect_many(
	    body, "scim_too_many Operations: go through too many values");
	buf_release(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(simple_attributes),
	    cmocka_unit_test(activity),
	    cmocka_unit_test(names),
	    cmocka_unit_test(without_path),
	    cmocka_unit_test(manager),
	    cmocka_unit_test(selected_parts),
	    cmocka_unit_test(selected_values),
	    cmocka_unit_test(whole_lists),
	    cmocka_unit_test(primary),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(envelopes),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(visits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
