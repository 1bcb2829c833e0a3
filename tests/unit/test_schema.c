#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "schema_expect.h"

static void codes(void **state)
{
	static const struct expectation list[] = {
	    {"{'type': 'string'}", "1", " wrong_type string"},
	    {"{'type': ['integer', 'null']}", "true",
		" wrong_type integer, null"},
	    {"{'enum': ['open', 'shut', 1, null]}", "2",
		" not_in_enum open, shut, 1, null"},
	    {"{'const': {'a': 1}}", "2", " not_const {'a': 1}"},
	    {"{'const': 'a'}", "'b'", " not_const a"},
	    {"{'required': ['a', 'b']}", "{}", "/a required; /b required"},
	    {"{'properties': {'a': true}, 'additionalProperties': false}",
		"{'a': 1, 'b': 2}", "/b unknown_property"},
	    {"{'properties': {'a': false}}", "{'a': 1}", "/a unknown_property"},
	    {"{'minProperties': 1}", "{}", " too_few_properties 1"},
	    {"{'maxProperties': 1}", "{'a': 1, 'b': 2}",
		" too_many_properties 1"},
	    {"{'minItems': 2}", "[1]", " too_few_items 2"},
	    {"{'maxItems': 2}", "[1, 2, 3]", " too_many_items 2"},
	    {"{'prefixItems': [true], 'items': false}", "[1, 2]",
		" too_many_items 1"},
	    {"{'uniqueItems': true}", "[1, 2, 1.0]", "/2 not_unique"},
	    {"{'minLength': 3}", "'ab'", " too_short 3"},
	    {"{'maxLength': 3}", "'abcd'", " too_long 3"},
	    {"{'pattern': '^a'}", "'ba'", " no_match ^a"},
	    {"{'minimum': 1}", "0", " too_small 1"},
	    {"{'exclusiveMinimum': 1.5}", "1.5", " too_small 1.5"},
	    {"{'maximum': 0.1}", "0.11", " too_large 0.1"},
	    {"{'exclusiveMaximum': 1}", "1.0", " too_large 1"},
	    {"{'multipleOf': 0.01}", "0.015", " not_multiple 0.01"},
	    {"{'format': 'date'}", "'today'", " bad_format date"},
	    {"{'not': {'type': 'null'}}", "null", " no_alternative"},
	    {"{'oneOf': [true, true]}", "null", " many_alternatives"},
	    {"false", "1", " no_alternative"},
	    {"true", "1", ""},
	    {"{'minLength': 3, 'pattern': 'x', 'format': 'date'}", "'ab'",
		" too_short 3"},
	    {"{'allOf': [{'minimum': 5}, {'multipleOf': 2}]}", "3",
		" too_small 5;  not_multiple 2"},
	};

	(void)state;
	EXPECT_ALL(list);
}

static void pointers(void **state)
{
	static const struct expectation list[] = {
	    {"{'additionalProperties': {'items': {'minimum': 0}}}",
		"{'a/b~c': [0, -1, 0, -1], '': [-1]}",
		"/a~1b~0c/1 too_small 0; /a~1b~0c/3 too_small 0; "
		"//0 too_small 0"},
	    {"{'items': {'items': {'required': ['x~/y']}}}", "[[], [{}, {}]]",
		"/1/0/x~0~1y required; /1/1/x~0~1y required"},
	    {"{'propertyNames': {'maxLength': 2}}", "{'ab': 1, 'abc': 2}",
		"/abc too_long 2"},
	    {"{'items': {'minimum': 0}}",
		"[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1]", "/12 too_small 0"},
	    {"{'properties': {'\\u00e9': {'type': 'null'}}}", "{'\\u00e9': 1}",
		"/\u00e9 wrong_type null"},
	    {"{'dependentSchemas': {'a': {'required': ['b']}}}", "{'a': 1}",
		"/b required"},
	};

	(void)state;
	EXPECT_ALL(list);
}

#define KINDS                                                                  \
	"{'oneOf': [{'$ref': '#/$defs/cat'}, {'$ref': '#/$defs/dog'}],"        \
	"'$defs': {'kind': {'type': 'string'},"                                \
	"'cat': {'type': 'object', 'required': ['kind', 'lives'],"             \
	"'properties': {'kind': {'const': 'cat'}, 'lives': {'maximum': 9}}},"  \
	"'dog': {'type': 'object', 'required': ['kind'],"                      \
	"'properties': {'kind': {'enum': ['dog']}, 'tail': {'minimum': 1}}}"   \
	"}}"

static void alternatives(void **state)
{
	static const struct expectation list[] = {
	    {KINDS, "{'kind': 'cat', 'lives': 9}", ""},
	    {KINDS, "{'kind': 'dog'}", ""},
	    {KINDS, "{'kind': 'cat', 'lives': 10}", "/lives too_large 9"},
	    {KINDS, "{'kind': 'cat'}", "/lives required"},
	    {KINDS, "{'kind': 'dog', 'tail': 0}", "/tail too_small 1"},
	    {KINDS, "{'kind': 'cow'}", " no_alternative"},
	    {KINDS, "{}", " no_alternative"},
	    {KINDS, "1", " no_alternative"},
	    {"{'anyOf': [{'type': 'null'}, {'type': 'string', "
	     "'maxLength': 2}]}",
		"'abc'", " too_long 2"},
	    {"{'anyOf': [{'type': 'null'}, {'type': 'string'}]}", "1",
		" no_alternative"},
	    {"{'anyOf': [{'type': 'string', 'minLength': 5}, "
	     "{'type': 'string', 'maxLength': 1}]}",
		"'abc'", " no_alternative"},
	    {"{'items': {'anyOf': [{'type': 'null'}, "
	     "{'type': 'object', 'required': ['a']}]}}",
		"[null, {}]", "/1/a required"},
	    {"{'oneOf': [{'type': 'integer'}, {'minimum': 2}]}", "3",
		" many_alternatives"},
	    {"{'oneOf': [{'allOf': [{'type': 'array'}], 'minItems': 1}, "
	     "{'type': 'object'}]}",
		"[]", " too_few_items 1"},
	};

	(void)state;
	EXPECT_ALL(list);
}

static void references(void **state)
{
	static const char tree[] =
	    "{'type': 'object', 'properties': {'value': {'type': 'integer'}, "
	    "'next': {'$ref': '#'}}, 'additionalProperties': false}";
	static const struct expectation list[] = {
	    {tree, "{'next': {'next': {'value': 1}}}", ""},
	    {tree, "{'next': {'next': {'value': 'a', 'x': 1}}}",
		"/next/next/value wrong_type integer; "
		"/next/next/x unknown_property"},
	    {"{'$ref': '#/$defs/short', 'minLength': 2, "
	     "'$defs': {'short': {'maxLength': 3}}}",
		"'a'", " too_short 2"},
	    {"{'$ref': '#/$defs/short', 'minLength': 2, "
	     "'$defs': {'short': {'maxLength': 3}}}",
		"'abcd'", " too_long 3"},
	    {"{'$ref': '#/$defs/short', 'anyOf': [{'minLength': 2}], "
	     "'$defs': {'short': {'maxLength': 3}}}",
		"'a'", " too_short 2"},
	    {"{'$id': 'http://a/', '$ref': '#/$defs/b/$defs/c', "
	     "'$defs': {'b': {'$id': 'http://b/', '$defs': {'c': "
	     "{'$ref': '#d'}, 'd': {'$anchor': 'd', 'type': 'null'}}}}}",
		"1", " wrong_type null"},
	    {"{'allOf': [{'$ref': '#named'}], "
	     "'$defs': {'a': {'$anchor': 'named', 'type': 'null'}}}",
		"1", " wrong_type null"},
	    {"{'allOf': [{'properties': {'a': true}}, "
	     "{'anyOf': [{'required': ['b'], 'properties': {'b': true}}, "
	     "true]}], "
	     "'properties': {'c': true}, 'unevaluatedProperties': false}",
		"{'a': 1, 'b': 2, 'c': 3, 'd': 4}", "/d unknown_property"},
	    {"{'if': {'properties': {'a': {'const': 1}}, 'required': ['a']}, "
	     "'then': {'required': ['b']}, 'else': {'required': ['c']}}",
		"{'a': 1}", "/b required"},
	    {"{'if': {'properties': {'a': {'const': 1}}, 'required': ['a']}, "
	     "'then': {'required': ['b']}, 'else': {'required': ['c']}}",
		"{'a': 2}", "/c required"},
	};

	(void)state;
	EXPECT_ALL(list);
}

/* A long name is told once at most, and by its place when it is too long. */
static void long_pointers(void **state)
{
	struct schema_set *set = schema_set_new();
	json_t *document = read_json("{'additionalProperties': {'items': "
				     "{'type': 'null'}}}");
	char name[SCHEMA_POINTER_MAX + 2];
	char *complaint;
	const struct schema *schema =
	    schema_compile(set, document, "", &complaint);

	(void)state;
	memset(name, '/', sizeof(name));
	for (size_t length = SCHEMA_POINTER_MAX / 2 - 2;
	     length < SCHEMA_POINTER_MAX / 2; length++) {
		json_t *value = json_object(), *list = read_json("[1, 1]");
		const struct schema_error *error;
		struct arena arena;
		bool fits = 2 * length + 3 <= SCHEMA_POINTER_MAX;

		arena_init(&arena);
		json_object_setn_new(value, name, length, list);
		error = schema_validate(schema, value, &arena);
		assert_non_null(error);
		assert_int_equal(
		    strlen(error->pointer), 2 * length + (fits ? 3 : 1));
		assert_string_equal(error->code, "wrong_type");
		arena_release(&arena);
		json_decref(value);
	}
	schema_set_free(set);
	json_decref(document);
}

static void many_errors(void **state)
{
	struct schema_set *set = schema_set_new();
	json_t *document = read_json("{'items': {'type': 'null'}}");
	json_t *value = json_array();
	const struct schema_error *error;
	struct arena arena;
	char *complaint;
	size_t count = 0;

	(void)state;
	arena_init(&arena);
	for (int i = 0; i < 1000; i++)
		json_array_append_new(value, json_integer(i));
	error = schema_validate(
	    schema_compile(set, document, "", &complaint), value, &arena);
	for (; error != NULL; error = error->next)
		count++;
	assert_int_equal(count, SCHEMA_ERRORS_MAX);
	json_decref(document);
	json_decref(value);
	arena_release(&arena);
	schema_set_free(set);
}

/* Long arrays take another way than short ones. */
static void many_items(void **state)
{
	static const struct {
		const char *before, *after;
	} items[] = {{"[1, ", "]"}, {"{'a': ", ", 'b': null}"}, {"", ""},
	    {"'", "'"}, {"", ".5"}, {"{'", "': true}"}, {"{'", "': false}"},
	    {"[[", "]]"}};
	const size_t kinds = sizeof(items) / sizeof(*items);
	struct schema_set *set = schema_set_new();
	json_t *document = read_json("{'uniqueItems': true}");
	json_t *value = json_array();
	const struct schema *schema;
	struct arena arena;
	char *complaint, item[64], *text;

	(void)state;
	arena_init(&arena);
	schema = schema_compile(set, document, "", &complaint);
	for (size_t i = 0; i < 4000; i++) {
		snprintf(item, sizeof(item), "%s%zu%s", items[i % kinds].before,
		    i, items[i % kinds].after);
		json_array_append_new(value, read_json(item));
	}
	assert_null(schema_validate(schema, value, &arena));
	json_array_append_new(value, read_json("{'b': null, 'a': 9.0}"));
	text = errors_text(schema_validate(schema, value, &arena));
	assert_string_equal(text, "/4000 not_unique");
	free(text);
	json_array_remove(value, 4000);
	json_array_append_new(value, read_json("-0.0"));
	assert_null(schema_validate(schema, value, &arena));
	json_array_append_new(value, read_json("0"));
	text = errors_text(schema_validate(schema, value, &arena));
	assert_string_equal(text, "/4001 not_unique");
	free(text);
	json_decref(document);
	json_decref(value);
	arena_release(&arena);
	schema_set_free(set);
}

static void unevaluated(void **state)
{
	static const char chosen[] =
	    "{'unevaluatedProperties': {'type': 'null'}, "
	    "'if': {'properties': {'a': {'const': 1}}, 'required': ['a']}, "
	    "'then': {'properties': {'b': true}}, "
	    "'else': {'patternProperties': {'^c': true}}, "
	    "'dependentSchemas': {'d': {'properties': {'d': true}}}, "
	    "'allOf': [{'$ref': '#/$defs/all'}], "
	    "'$defs': {'all': {'properties': {'e': true}}}}";
	static const struct expectation list[] = {
	    {chosen, "{'a': 1, 'b': 1, 'e': 1}", ""},
	    {chosen, "{'a': 1, 'c': 1, 'e': 1}", "/c wrong_type null"},
	    {chosen, "{'cc': 1, 'd': 1, 'x': null}", ""},
	    {chosen, "{'b': 1, 'x': 'a'}",
		"/b wrong_type null; /x wrong_type null"},
	    {"{'oneOf': [{'properties': {'a': {'type': 'null'}}}, "
	     "{'properties': {'b': {'type': 'null'}}, 'required': ['b']}], "
	     "'unevaluatedProperties': false}",
		"{'a': 1, 'b': null}", "/a unknown_property"},
	    {"{'allOf': [{'unevaluatedProperties': true}], "
	     "'unevaluatedProperties': false}",
		"{'a': 1}", ""},
	};

	(void)state;
	EXPECT_ALL(list);
}

/* A reference by URI, and the $id that it should lead to. */
static void reach(const char *base, const char *reference, const char *id)
{
	char *schema;

	assert_true(asprintf(&schema,
			"{'$id': '%s', '$defs': {'a': {'$id': '%s', "
			"'type': 'null'}}, '$ref': '%s'}",
			base, id, reference) > 0);
	expect(schema, "1", " wrong_type null");
	free(schema);
}

/* RFC 3986, section 5.4 */
static void resolution(void **state)
{
	static const char *const pairs[][2] = {{"g:h", "g:h"},
	    {"g", "http://a/b/c/g"}, {"./g", "http://a/b/c/g"},
	    {"g/", "http://a/b/c/g/"}, {"/g", "http://a/g"},
	    {"//g", "http://g"}, {"?y", "http://a/b/c/d;p?y"},
	    {"g?y", "http://a/b/c/g?y"}, {";x", "http://a/b/c/;x"},
	    {"g;x?y", "http://a/b/c/g;x?y"}, {".", "http://a/b/c/"},
	    {"./", "http://a/b/c/"}, {"..", "http://a/b/"},
	    {"../", "http://a/b/"}, {"../g", "http://a/b/g"},
	    {"../..", "http://a/"}, {"../../g", "http://a/g"},
	    {"../../../../g", "http://a/g"}, {"/./g", "http://a/g"},
	    {"/../g", "http://a/g"}, {"g.", "http://a/b/c/g."},
	    {"..g", "http://a/b/c/..g"}, {"./../g", "http://a/b/g"},
	    {"./g/.", "http://a/b/c/g/"}, {"g/./h", "http://a/b/c/g/h"},
	    {"g/../h", "http://a/b/c/h"}, {"g?y/../x", "http://a/b/c/g?y/../x"},
	    {"http:g", "http:g"}};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		reach("http://a/b/c/d;p?q", pairs[i][0], pairs[i][1]);
	reach("http://a", "g", "http://a/g");
	reach("urn:a:b", "urn:a:c", "urn:a:c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codes),
	    cmocka_unit_test(pointers),
	    cmocka_unit_test(alternatives),
	    cmocka_unit_test(references),
	    cmocka_unit_test(unevaluated),
	    cmocka_unit_test(resolution),
	    cmocka_unit_test(many_errors),
	    cmocka_unit_test(long_pointers),
	    cmocka_unit_test(many_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
