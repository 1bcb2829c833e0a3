/*
 * What is shown: projections, and what discovery says.  Mutations tried: id
 * dropped; names compared with their case; a part keeps its whole attribute;
 * an emptied attribute left as {}; `excludedAttributes` beside `attributes`
 * heeded; unknown names taken for "nothing asked"; the URN of the extension
 * taken for the user's; canonicalValues null where there are none; an
 * attribute left out of the schema; a document that names an attribute which
 * is not read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hefboom/scim_discovery.h"
#include "hefboom/scim_projection.h"
#include "hefboom/scim_schema.h"
#include "scim_case.h"

#define ALWAYS "{'schemas':['" CORE "'],'id':'1'"

struct projected {
	const char *attributes, *excluded;
	const char *want;
};

static const char whole[] = ALWAYS
    ",'externalId':'e','userName':'u','active':true,'name':{'givenName':'G',"
    "'familyName':'F'},'emails':[{'value':'a','type':'work'},{'type':'home',"
    "'primary':true}],'groups':[{'value':'g'}],'meta':{'version':'1',"
    "'location':'l'},'" ENTERPRISE
    "':{'department':'D','manager':{'value':'m','displayName':'M'}}}";

static void projections(void **state)
{
	static const struct projected list[] = {
	    {NULL, NULL, whole},
	    {"", "", whole},
	    {"userName", NULL, ALWAYS ",'userName':'u'}"},
	    {" USERNAME , active", NULL,
		ALWAYS ",'userName':'u','active':true}"},
	    {"id", NULL, ALWAYS "}"},
	    {"nonsense", NULL, ALWAYS "}"},
	    {",", NULL, ALWAYS "}"},
	    {"name.givenName,externalId", NULL,
		ALWAYS ",'name':{'givenName':'G'},'externalId':'e'}"},
	    {"name.givenName,name", NULL,
		ALWAYS ",'name':{'givenName':'G','familyName':'F'}}"},
	    {"name.middleName", NULL, ALWAYS "}"},
	    {"emails.value", NULL, ALWAYS ",'emails':[{'value':'a'}]}"},
	    {"emails.display", NULL, ALWAYS "}"},
	    {"meta.location", NULL, ALWAYS ",'meta':{'location':'l'}}"},
	    {CORE ":userName," CORE ":name.familyName", NULL,
		ALWAYS ",'userName':'u','name':{'familyName':'F'}}"},
	    {CORE, NULL,
		ALWAYS
		",'userName':'u','active':true,'name':{'givenName':'G',"
		"'familyName':'F'},'emails':[{'value':'a','type':'work'},"
		"{'type':'home','primary':true}],'groups':[{'value':'g'}]}"},
	    {ENTERPRISE, NULL,
		ALWAYS ",'" ENTERPRISE "':{'department':'D','manager':"
		       "{'value':'m','displayName':'M'}}}"},
	    {"urn:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:User:"
	     "Department",
		NULL, ALWAYS ",'" ENTERPRISE "':{'department':'D'}}"},
	    {ENTERPRISE ":manager.value", NULL,
		ALWAYS ",'" ENTERPRISE "':{'manager':{'value':'m'}}}"},
	    {"manager.displayName", NULL,
		ALWAYS ",'" ENTERPRISE "':{'manager':{'displayName':'M'}}}"},
	    {"userName", "userName,name", ALWAYS ",'userName':'u'}"},
	    {NULL,
		"id,schemas,nonsense,name,emails,groups,meta,externalId,"
		"active," ENTERPRISE,
		ALWAYS ",'userName':'u'}"},
	    {NULL,
		"name.givenName,emails.type,groups.value,meta,externalId,"
		"active," ENTERPRISE ":department," ENTERPRISE
		":manager.value,userName",
		ALWAYS ",'name':{'familyName':'F'},'emails':[{'value':'a'},"
		       "{'primary':true}],'" ENTERPRISE
		       "':{'manager':{'displayName':'M'}}}"},
	    {NULL, CORE,
		ALWAYS ",'externalId':'e','meta':{'version':'1','location':"
		       "'l'},'" ENTERPRISE "':{'department':'D','manager':"
		       "{'value':'m','displayName':'M'}}}"},
	};
	const struct scim_projection *projection;
	struct scim_fault fault;
	struct arena arena;
	json_t *resource;

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		arena_init(&arena);
		projection = scim_projection_read(&scim_user,
		    list[i].attributes, list[i].excluded, &arena, &fault);
		assert_null(fault.code);
		resource = json_of(whole);
		assert_ptr_equal(
		    scim_project(projection, &scim_user, resource), resource);
		expect_result(list[i].attributes != NULL ? list[i].attributes
							 : list[i].excluded,
		    resource, &fault, list[i].want);
		arena_release(&arena);
	}
}

static bool wants(
    const char *attributes, const char *excluded, const char *name)
{
	struct scim_fault fault;
	struct arena arena;
	bool wanted;

	arena_init(&arena);
	wanted =
	    scim_projection_wants(scim_projection_read(&scim_group, attributes,
				      excluded, &arena, &fault),
		name);
	arena_release(&arena);
	return wanted;
}

static void wanted(void **state)
{
	(void)state;
	assert_true(wants(NULL, NULL, "members"));
	assert_true(wants("members", NULL, "members"));
	assert_true(wants("Members.value", NULL, "members"));
	assert_false(wants("displayName", NULL, "members"));
	assert_false(wants(NULL, "members", "members"));
	assert_false(wants(NULL, "MEMBERS,displayName", "members"));
	assert_true(wants(NULL, "members.display", "members"));
	assert_true(wants(NULL, "displayName", "members"));
	assert_true(wants("displayName", NULL, "id"));
	assert_false(wants("displayName", NULL, "groups"));
}

static void expect_no_null(const json_t *value)
{
	const char *name;
	json_t *member;
	size_t i;

	assert_false(value == NULL || json_is_null(value));
	json_object_foreach((json_t *)value, name, member)
	    expect_no_null(member);
	json_array_foreach(value, i, member) expect_no_null(member);
}

static void expect_text(const json_t *value, const char *name, const char *want)
{
	const char *text = json_string_value(json_object_get(value, name));

	assert_non_null(text);
	assert_string_equal(text, want);
}

/* By name in a list of attributes. */
static const json_t *named(const json_t *list, const char *name)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "name")),
			name) == 0)
			return one;
	}
	fail_msg("%s is not there", name);
	return NULL;
}

static void expect_attribute(
    const json_t *list, const char *name, const char *want)
{
	json_t *alone = json_copy((json_t *)named(list, name));
	struct scim_fault fault = {0};

	json_object_del(alone, "description");
	json_object_del(alone, "subAttributes");
	expect_result(name, alone, &fault, want);
}

static void schemas(void **state)
{
	json_t *list = scim_discovery_schemas("https://h/scim/v2");
	const json_t *user = json_array_get(list, 0), *attributes, *parts;

	(void)state;
	expect_no_null(list);
	assert_int_equal(json_array_size(list), 3);
	expect_text(user, "id", CORE);
	expect_text(user, "name", "User");
	expect_text(json_array_get(list, 1), "id", ENTERPRISE);
	expect_text(json_array_get(list, 2), "id", GROUP);
	expect_text(json_object_get(user, "meta"), "resourceType", "Schema");
	expect_text(json_object_get(user, "meta"), "location",
	    "https://h/scim/v2/Schemas/" CORE);
	expect_text(named(json_object_get(user, "attributes"), "userName"),
	    "description",
	    "What the user is called when signing in; unique in the "
	    "organisation without regard to case.");
	attributes = json_object_get(user, "attributes");
	expect_attribute(attributes, "userName",
	    "{'name':'userName','type':'string','multiValued':false,"
	    "'required':true,'caseExact':false,'mutability':'readWrite',"
	    "'returned':'default','uniqueness':'server'}");
	expect_attribute(attributes, "groups",
	    "{'name':'groups','type':'complex','multiValued':true,"
	    "'required':false,'caseExact':false,'mutability':'readOnly',"
	    "'returned':'default','uniqueness':'none'}");
	expect_attribute(attributes, "active",
	    "{'name':'active','type':'boolean','multiValued':false,"
	    "'required':false,'caseExact':false,'mutability':'readWrite',"
	    "'returned':'default','uniqueness':'none'}");
	parts = json_object_get(named(attributes, "emails"), "subAttributes");
	assert_int_equal(json_array_size(parts), 4);
	expect_attribute(parts, "type",
	    "{'name':'type','type':'string','multiValued':false,"
	    "'required':false,'caseExact':false,'mutability':'readWrite',"
	    "'returned':'default','uniqueness':'none',"
	    "'canonicalValues':['work','home','other']}");
	parts = json_object_get(
	    named(json_object_get(json_array_get(list, 2), "attributes"),
		"members"),
	    "subAttributes");
	expect_attribute(parts, "$ref",
	    "{'name':'$ref','type':'reference','multiValued':false,"
	    "'required':false,'caseExact':true,'mutability':'readOnly',"
	    "'returned':'default','uniqueness':'none',"
	    "'referenceTypes':['User']}");
	expect_text(named(parts, "value"), "mutability", "immutable");
	json_decref(list);
}

/* A body with everything that a schema says may be written. */
static json_t *filled(const json_t *attributes)
{
	json_t *body = json_object(), *one, *value, *parts;
	const char *name, *type;
	size_t i;

	json_array_foreach(attributes, i, one)
	{
		name = json_string_value(json_object_get(one, "name"));
		type = json_string_value(json_object_get(one, "type"));
		if (strcmp(
			json_string_value(json_object_get(one, "mutability")),
			"readOnly") == 0)
			continue;
		parts = json_object_get(one, "subAttributes");
		assert_int_equal(parts != NULL, strcmp(type, "complex") == 0);
		if (parts != NULL)
			value = filled(parts);
		else if (strcmp(type, "boolean") == 0)
			value = json_true();
		else
			value = json_sprintf("%s 1", name);
		if (json_is_true(json_object_get(one, "multiValued")))
			value = json_pack("[o]", value);
		json_object_set_new(body, name, value);
	}
	return body;
}

/* What is advertised is what is read, and nothing else is. */
static void advertised(void **state)
{
	json_t *list = scim_discovery_schemas(""), *body, *read;
	struct scim_fault fault;
	struct arena arena;
	const json_t *schema;

	(void)state;
	arena_init(&arena);
	schema = json_array_get(list, 0);
	body = filled(json_object_get(schema, "attributes"));
	schema = json_array_get(list, 1);
	json_object_set_new(
	    body, ENTERPRISE, filled(json_object_get(schema, "attributes")));
	assert_int_equal(json_object_size(body), 18);
	assert_int_equal(
	    json_object_size(json_object_get(body, ENTERPRISE)), 6);
	read = scim_resource_read(&scim_user, body, &arena, &fault);
	assert_non_null(read);
	assert_true(json_equal(read, body));
	json_decref(read);
	json_decref(body);
	json_decref(list);
	arena_release(&arena);
}

static void resource_types(void **state)
{
	static const char *const want[] = {
	    "{'schemas':['urn:ietf:params:scim:schemas:core:2.0:ResourceType']"
	    ",'id':'User','name':'User','endpoint':'/Users',"
	    "'schema':'" CORE "','schemaExtensions':[{'schema':'" ENTERPRISE
	    "','required':false}],'meta':{'resourceType':'ResourceType',"
	    "'location':'https://h/s/ResourceTypes/User'}}",
	    "{'schemas':['urn:ietf:params:scim:schemas:core:2.0:ResourceType']"
	    ",'id':'Group','name':'Group','endpoint':'/Groups',"
	    "'schema':'" GROUP "','meta':{'resourceType':'ResourceType',"
	    "'location':'https://h/s/ResourceTypes/Group'}}",
	};
	json_t *list = scim_discovery_resource_types("https://h/s"), *one;
	struct scim_fault fault = {0};
	size_t i;

	(void)state;
	expect_no_null(list);
	assert_int_equal(json_array_size(list), 2);
	json_array_foreach(list, i, one)
	{
		assert_int_equal(json_object_del(one, "description"), 0);
		expect_result("", json_incref(one), &fault, want[i]);
	}
	json_decref(list);
}

static void service_provider_config(void **state)
{
	json_t *config = scim_discovery_service_provider_config("https://h/s");
	json_t *schemes =
	    json_incref(json_object_get(config, "authenticationSchemes"));
	struct scim_fault fault = {0};

	(void)state;
	expect_no_null(config);
	assert_int_equal(json_array_size(schemes), 2);
	expect_text(json_array_get(schemes, 0), "type", "oauthbearertoken");
	expect_text(json_array_get(schemes, 1), "type", "oauth2");
	json_object_del(config, "authenticationSchemes");
	expect_result("", config, &fault,
	    "{'schemas':['urn:ietf:params:scim:schemas:core:2.0:"
	    "ServiceProviderConfig'],'patch':{'supported':true},'bulk':"
	    "{'supported':true,'maxOperations':1000,'maxPayloadSize':8388608},"
	    "'filter':{'supported':true,'maxResults':200},'changePassword':"
	    "{'supported':false},'sort':{'supported':false},'etag':"
	    "{'supported':true},'meta':{'resourceType':"
	    "'ServiceProviderConfig','location':"
	    "'https://h/s/ServiceProviderConfig'}}");
	json_decref(schemes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(projections),
	    cmocka_unit_test(wanted),
	    cmocka_unit_test(schemas),
	    cmocka_unit_test(advertised),
	    cmocka_unit_test(resource_types),
	    cmocka_unit_test(service_provider_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
