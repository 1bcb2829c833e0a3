/*
 * fuzz_json -- json_read() and schema_validate() on whatever comes.
 *
 * The first byte chooses a schema; with 255 the document is its own schema.
 * What was read is within the limits and reads back as itself; every error
 * points at something that is there, or, when it is required, is not.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

#include "hefboom/arena.h"
#include "hefboom/json.h"
#include "hefboom/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const char document_text[] =
    "[{'properties': {'name': {'type': 'string', 'format': 'name',"
    "  'minLength': 1, 'maxLength': 20}, 'level': {'type': 'integer',"
    "  'minimum': 1, 'maximum': 5}, 'labels': {'$ref': '#/3'}},"
    "  'required': ['name'], 'additionalProperties': false},"
    " {'type': 'object', 'properties': {'value': {'multipleOf': 0.01},"
    "  'next': {'$ref': '#/1'}, 'list': {'type': 'array', 'maxItems': 9,"
    "  'items': {'$ref': '#/1'}}}, 'additionalProperties': false},"
    " {'uniqueItems': true, 'minItems': 1, 'prefixItems': [{'type':"
    "  'boolean'}, {'exclusiveMinimum': 0, 'exclusiveMaximum': 1.5}]},"
    " {'type': ['object', 'null'], 'propertyNames': {'format': 'language'},"
    "  'additionalProperties': {'type': 'string', 'pattern': '^\\\\p{L}+$'},"
    "  'minProperties': 1, 'maxProperties': 4},"
    " {'oneOf': [{'properties': {'kind': {'const': 'a'}, 'x': {'minimum': 1}},"
    "  'required': ['kind']}, {'properties': {'kind': {'const': 'b'}},"
    "  'required': ['kind'], 'unevaluatedProperties': false}]},"
    " {'items': {'anyOf': [{'type': 'string', 'format': 'date-time'},"
    "  {'type': 'number'}, {'type': 'null'}]}},"
    " {'properties': {'a': {'format': 'email'}, 'b': {'format': 'uri'},"
    "  'c': {'format': 'duration'}, 'd': {'format': 'time'},"
    "  'e': {'format': 'zone'}, 'f': {'format': 'uuid'}, 'g': {'format':"
    "  'date'}, 'h': {'format': 'json-pointer'}, 'i': {'format': 'name'},"
    "  'j': {'format': 'date-time'}, 'k': {'format': 'language'}}},"
    " {'if': {'required': ['a']}, 'then': {'enum': [{'a': 1}, {'a': [0]}]},"
    "  'else': {'not': {'required': ['b']}}, 'patternProperties':"
    "  {'^[0-9]': {'maxLength': 2}}, 'dependentSchemas': {'c':"
    "  {'required': ['d']}}, 'unevaluatedProperties': {'type': 'null'}},"
    " {'type': 'integer'}, {'type': 'number'}, {'type': 'boolean'},"
    " {'type': 'array', 'items': {'type': ['number', 'null']}}]";

enum { SCHEMAS = 12, ITSELF = 255 };

static struct schema_set *set;
static const struct schema *schemas[SCHEMAS];

static void schemas_compile(void)
{
	char *copy = strdup(document_text), *error;
	char pointer[8];
	json_t *document;

	set = schema_set_new();
	for (char *c = copy; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	document = json_loads(copy, 0, NULL);
	assert(document != NULL && json_array_size(document) == SCHEMAS);
	for (int i = 0; i < SCHEMAS; i++) {
		snprintf(pointer, sizeof(pointer), "/%d", i);
		schemas[i] = schema_compile(set, document, pointer, &error);
		assert(schemas[i] != NULL);
	}
	json_decref(document);
	free(copy);
}

static size_t measure(json_t *value, size_t depth)
{
	const char *name;
	json_t *member;
	size_t values = 1, i;

	depth += json_is_array(value) || json_is_object(value);
	assert(depth <= JSON_DEPTH_MAX);
	json_object_foreach(value, name, member) values +=
	    measure(member, depth);
	json_array_foreach(value, i, member) values += measure(member, depth);
	if (json_is_number(value))
		assert(json_number_value(value) >= -0x1p53 &&
		    json_number_value(value) <= 0x1p53);
	return values;
}

static void check_round_trip(json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(17));
	enum json_fault fault;
	size_t offset;
	json_t *again = json_read(text, strlen(text), &fault, &offset);

	assert(again != NULL && json_equal(value, again));
	json_decref(again);
	free(text);
}

/* Takes the last token off a pointer and unescapes it, in place. */
static char *token_take(char *pointer)
{
	char *token = strrchr(pointer, '/'), *to;

	assert(token != NULL);
	*token++ = '\0';
	to = token;
	for (char *from = token; *from != '\0'; from++) {
		if (*from == '~') {
			from++;
			assert(*from == '0' || *from == '1');
			*to++ = *from == '0' ? '~' : '/';
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return token;
}

static json_t *follow(json_t *value, char *pointer)
{
	char *token;

	if (*pointer == '\0')
		return value;
	token = token_take(pointer);
	value = follow(value, pointer);
	if (json_is_array(value))
		return json_array_get(value, strtoul(token, NULL, 10));
	return json_object_get(value, token);
}

static void check_errors(json_t *value, const struct schema_error *error)
{
	size_t count = 0;
	char *pointer;
	json_t *at;

	for (; error != NULL; error = error->next, count++) {
		pointer = strdup(error->pointer);
		at = follow(value, pointer);
		assert((at == NULL) == (strcmp(error->code, "required") == 0));
		free(pointer);
	}
	assert(count <= SCHEMA_ERRORS_MAX);
}

static void check_itself(json_t *value)
{
	struct schema_set *own = schema_set_new();
	const struct schema *schema;
	struct arena arena;
	char *error;

	schema = schema_compile(own, value, "", &error);
	assert((schema == NULL) == (error != NULL));
	free(error);
	if (schema != NULL) {
		arena_init(&arena);
		check_errors(value, schema_validate(schema, value, &arena));
		arena_release(&arena);
	}
	schema_set_free(own);
}

static void check_parameter(
    const struct schema *schema, const uint8_t *bytes, size_t length)
{
	char *text = strndup((const char *)bytes, length);
	json_t *value = schema_parameter(schema, text);

	assert(value != NULL);
	measure(value, 0);
	json_decref(value);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	enum json_fault fault = JSON_OK;
	const struct schema *schema;
	struct arena arena;
	size_t offset;
	json_t *value;

	if (length == 0)
		return 0;
	if (schemas[0] == NULL)
		schemas_compile();
	schema = schemas[*bytes % SCHEMAS];
	check_parameter(schema, bytes + 1, length - 1);
	value = json_read((const char *)bytes + 1, length - 1, &fault, &offset);
	assert((value == NULL) == (fault != JSON_OK));
	assert(offset < length);
	if (value == NULL)
		return 0;
	assert(measure(value, 0) <= JSON_ELEMENTS_MAX);
	check_round_trip(value);
	if (*bytes == ITSELF) {
		check_itself(value);
	} else {
		arena_init(&arena);
		check_errors(value, schema_validate(schema, value, &arena));
		arena_release(&arena);
	}
	json_decref(value);
	return 0;
}
