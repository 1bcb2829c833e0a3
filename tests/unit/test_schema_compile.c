#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "hefboom/schema.h"
#include "read_json.h"

static void complaint(const char *schema_text, const char *expected)
{
	struct schema_set *set = schema_set_new();
	json_t *document = read_json(schema_text);
	char *error;

	assert_null(schema_compile(set, document, "", &error));
	assert_string_equal(error, expected);
	free(error);
	/* It is no better the second time. */
	assert_null(schema_compile(set, document, "", &error));
	assert_string_equal(error, expected);
	free(error);
	json_decref(document);
	schema_set_free(set);
}

static void complaints(void **state)
{
	(void)state;
	complaint(
	    "{'maxLenght': 1}", "#/maxLenght: no such keyword: maxLenght");
	complaint("{'properties': {'a/b': {'items': {'example': 1}}}}",
	    "#/properties/a~1b/items/example: no such keyword: example");
	complaint("{'$defs': {'a': {'nullable': true}}}",
	    "#/$defs/a/nullable: no such keyword: nullable");
	complaint("1", "#: a schema is an object or a boolean");
	complaint(
	    "{'items': [true]}", "#/items: a schema is an object or a boolean");
	complaint("{'allOf': []}", "#/allOf: is no array of schemas");
	complaint("{'anyOf': [true, {'type': 'strin'}]}",
	    "#/anyOf/1/type: no such type");
	complaint("{'type': []}", "#/type: is empty");
	complaint("{'type': 1}", "#/type: no such type");
	complaint("{'enum': 1}", "#/enum: is no array");
	complaint("{'required': 'a'}", "#/required: is no array of names");
	complaint("{'required': [1]}", "#/required: is no array of names");
	complaint("{'properties': 1}", "#/properties: is no object of schemas");
	complaint("{'patternProperties': 1}",
	    "#/patternProperties: is no object of schemas");
	complaint("{'patternProperties': {'a': {'b': 1}}}",
	    "#/patternProperties/a/b: no such keyword: b");
	complaint("{'pattern': 1}", "#/pattern: is no string");
	complaint("{'format': 1}", "#/format: is no string");
	complaint("{'$ref': 1}", "#/$ref: is no string");
	complaint("{'$id': 1}", "#/$id: is no string");
	complaint("{'$ref': '#nowhere'}",
	    "#/$ref: refers to what is not in this document: #nowhere");
	complaint("{'dependentSchemas': {'a': {'$ref': '#'}}}",
	    "#/dependentSchemas/a: refers to itself without end");
	complaint("{'maxLength': -1}", "#/maxLength: is no size");
	complaint("{'maxLength': 1.5}", "#/maxLength: is no size");
	complaint("{'maxLength': '1'}", "#/maxLength: is no size");
	complaint("{'minimum': '1'}", "#/minimum: is no number");
	complaint("{'multipleOf': 0}", "#/multipleOf: is no number above zero");
	complaint("{'uniqueItems': 1}", "#/uniqueItems: is no boolean");
	complaint("{'format': 'ipv4'}", "#/format: no such format");
	complaint("{'pattern': '(a'}",
	    "#/pattern: missing closing parenthesis, at 2");
	complaint("{'patternProperties': {'[': true}}",
	    "#/patternProperties: missing terminating ] for character class, "
	    "at 1");
	complaint("{'$ref': '#/$defs/a'}",
	    "#/$ref: refers to what is not in this document: #/$defs/a");
	complaint("{'$ref': 'other.json'}",
	    "#/$ref: refers to what is not in this document: other.json");
	complaint("{'items': {'$ref': '#/items'}}",
	    "#/items: refers to itself without end");
	complaint("{'anyOf': [true, {'not': {'$ref': '#'}}]}",
	    "#/anyOf/1/not: refers to itself without end");
}

static void compiled_once(void **state)
{
	struct schema_set *set = schema_set_new();
	json_t *document = read_json(
	    "{'components': {'schemas': {'A': {'items': {'$ref': "
	    "'#/components/schemas/B'}}, 'B': {'type': 'null'}, "
	    "'C': {'x-y': 1, 'z': 1}}}, 'paths': {'a b': [{'%': false}]}}");
	const struct schema *b;
	char *error;

	(void)state;
	b = schema_compile(set, document, "#/components/schemas/B", &error);
	assert_non_null(b);
	assert_ptr_equal(
	    schema_compile(set, document, "/components/schemas/B", &error), b);
	assert_non_null(
	    schema_compile(set, document, "/components/schemas/A", &error));
	assert_non_null(
	    schema_compile(set, document, "#/paths/a%20b/0/%25", &error));
	assert_null(
	    schema_compile(set, document, "/components/schemas/D", &error));
	assert_string_equal(error, "#: /components/schemas/D is not there");
	free(error);
	assert_null(schema_compile(set, document, "components", &error));
	free(error);
	assert_null(
	    schema_compile(set, document, "/components/schemas/C", &error));
	assert_string_equal(
	    error, "#/components/schemas/C/z: no such keyword: z");
	free(error);
	json_decref(document);
	schema_set_free(set);
	schema_set_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(complaints),
	    cmocka_unit_test(compiled_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
