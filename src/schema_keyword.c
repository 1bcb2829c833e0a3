#include "schema_tree.h"

#include "hefboom/buf.h"
#include "hefboom/memory.h"

struct take {
	struct compiler *compiler;
	struct schema *schema;
	const struct location *at; /* of the keyword's value */
	void *field; /* of the schema, by the table's offset */
};
typedef bool take_fn(struct take *take, const json_t *value);

struct keyword {
	const char *name;
	take_fn *take;
	size_t offset;
	unsigned rules;
};

static bool take_fail(struct take *take, const char *complaint)
{
	return compiler_fail(take->compiler, take->at, "%s", complaint);
}

static void *take_alloc(struct take *take, size_t count, size_t size)
{
	return arena_alloc(&take->compiler->set->arena, count * size);
}

static bool take_nothing(struct take *take, const json_t *value)
{
	(void)take;
	(void)value;
	return true;
}

static bool take_identifier(struct take *take, const json_t *value)
{
	return json_is_string(value) || take_fail(take, "is no string");
}

static unsigned type_named(const char *name)
{
	static const struct {
		const char *name;
		unsigned type;
	} types[] = {
	    {"null", TYPE_NULL},
	    {"boolean", TYPE_BOOLEAN},
	    {"integer", TYPE_INTEGER},
	    {"number", TYPE_NUMBER},
	    {"string", TYPE_STRING},
	    {"array", TYPE_ARRAY},
	    {"object", TYPE_OBJECT},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (name != NULL && strcmp(name, types[i].name) == 0)
			return types[i].type;
	}
	return 0;
}

static bool take_type(struct take *take, const json_t *value)
{
	struct schema *schema = take->schema;
	size_t count = json_is_array(value) ? json_array_size(value) : 1;
	const char *name, *text = "";
	unsigned type;

	for (size_t i = 0; i < count; i++) {
		name = json_string_value(
		    json_is_array(value) ? json_array_get(value, i) : value);
		type = type_named(name);
		if (type == 0)
			return take_fail(take, "no such type");
		schema->types |= type;
		text = arena_format(&take->compiler->set->arena, "%s%s%s", text,
		    i == 0 ? "" : ", ", name);
	}
	schema->types_text = text;
	return count > 0 || take_fail(take, "is empty");
}

static bool take_value(struct take *take, const json_t *value)
{
	*(const json_t **)take->field = value;
	return true;
}

static bool take_choices(struct take *take, const json_t *value)
{
	if (!json_is_array(value))
		return take_fail(take, "is no array");
	return take_value(take, value);
}

static bool take_number(struct take *take, const json_t *value)
{
	if (!json_is_number(value))
		return take_fail(take, "is no number");
	return take_value(take, value);
}

static bool take_multiple(struct take *take, const json_t *value)
{
	if (!json_is_number(value) || json_number_value(value) <= 0)
		return take_fail(take, "is no number above zero");
	take->schema->step = decimal_of(value);
	return take_value(take, value);
}

static bool take_size(struct take *take, const json_t *value)
{
	double size = json_number_value(value);

	if (!(value_types(value) & TYPE_INTEGER) || size < 0 || size > 1e9)
		return take_fail(take, "is no size");
	*(size_t *)take->field = (size_t)size;
	return true;
}

static bool take_flag(struct take *take, const json_t *value)
{
	if (!json_is_boolean(value))
		return take_fail(take, "is no boolean");
	*(bool *)take->field = json_is_true(value);
	return true;
}

static bool take_pattern(struct take *take, const json_t *value)
{
	const struct pattern **field = take->field;
	const char *complaint = "is no string";

	if (!json_is_string(value))
		return take_fail(take, complaint);
	*field = pattern_compile(
	    take->compiler->set, json_string_value(value), &complaint);
	return *field != NULL || take_fail(take, complaint);
}

static bool take_format(struct take *take, const json_t *value)
{
	const struct format **field = take->field;

	if (!json_is_string(value))
		return take_fail(take, "is no string");
	*field = format_find(json_string_value(value));
	return *field != NULL || take_fail(take, "no such format");
}

static bool take_schema(struct take *take, const json_t *value)
{
	const struct schema **field = take->field;
	struct location at = *take->at;

	at.node = value;
	*field = compile_location(take->compiler, &at);
	return *field != NULL;
}

static bool take_branches(struct take *take, const json_t *value)
{
	struct branches *field = take->field;
	struct location at;

	field->count = json_array_size(value);
	if (field->count == 0)
		return take_fail(take, "is no array of schemas");
	field->list = take_alloc(take, field->count, sizeof(*field->list));
	for (size_t i = 0; i < field->count; i++) {
		at = location_item(
		    take->compiler, take->at, i, json_array_get(value, i));
		field->list[i] = compile_location(take->compiler, &at);
		if (field->list[i] == NULL)
			return false;
	}
	return true;
}

static bool take_properties(struct take *take, const json_t *value)
{
	struct properties *field = take->field;
	struct property *property;
	struct location at;
	const char *name;
	json_t *member;

	if (!json_is_object(value))
		return take_fail(take, "is no object of schemas");
	field->list =
	    take_alloc(take, json_object_size(value), sizeof(*field->list));
	json_object_foreach((json_t *)value, name, member)
	{
		at = location_member(take->compiler, take->at, name, member);
		property = &field->list[field->count++];
		property->name = name;
		property->length = strlen(name);
		property->schema = compile_location(take->compiler, &at);
		if (property->schema == NULL)
			return false;
	}
	properties_sort(field);
	return true;
}

/* Compiled although nobody may refer to them, so that mistakes show. */
static bool take_definitions(struct take *take, const json_t *value)
{
	struct properties definitions = {0};
	struct take apart = *take;

	apart.field = &definitions;
	return take_properties(&apart, value);
}

static bool take_patterns(struct take *take, const json_t *value)
{
	const struct pattern_property **field = take->field;
	struct pattern_property *property;
	const char *name, *complaint;
	struct location at;
	json_t *member;

	if (!json_is_object(value))
		return take_fail(take, "is no object of schemas");
	json_object_foreach((json_t *)value, name, member)
	{
		property = take_alloc(take, 1, sizeof(*property));
		property->pattern =
		    pattern_compile(take->compiler->set, name, &complaint);
		if (property->pattern == NULL)
			return take_fail(take, complaint);
		at = location_member(take->compiler, take->at, name, member);
		property->schema = compile_location(take->compiler, &at);
		if (property->schema == NULL)
			return false;
		property->next = *field;
		*field = property;
	}
	return true;
}

static bool take_required(struct take *take, const json_t *value)
{
	struct properties *field = take->field;
	struct property *property;

	if (!json_is_array(value))
		return take_fail(take, "is no array of names");
	field->count = json_array_size(value);
	field->list = take_alloc(take, field->count, sizeof(*field->list));
	for (size_t i = 0; i < field->count; i++) {
		property = &field->list[i];
		property->name = json_string_value(json_array_get(value, i));
		if (property->name == NULL)
			return take_fail(take, "is no array of names");
		property->length = strlen(property->name);
	}
	return true;
}

static bool take_reference(struct take *take, const json_t *value)
{
	const char *reference = json_string_value(value);
	struct location found;

	if (reference == NULL)
		return take_fail(take, "is no string");
	if (!location_find(take->compiler, take->at, reference, &found))
		return compiler_fail(take->compiler, take->at,
		    "refers to what is not in this document: %s", reference);
	take->schema->target = compile_location(take->compiler, &found);
	return take->schema->target != NULL;
}

#define FIELD(name) offsetof(struct schema, name)

static const struct keyword keywords[] = {
    {"type", take_type, 0, 0},
    {"enum", take_choices, FIELD(choices), RULES_CHOICE},
    {"const", take_value, FIELD(constant), RULES_CHOICE},
    {"properties", take_properties, FIELD(properties), TYPE_OBJECT},
    {"required", take_required, FIELD(required), TYPE_OBJECT},
    {"additionalProperties", take_schema, FIELD(others), TYPE_OBJECT},
    {"unevaluatedProperties", take_schema, FIELD(unevaluated), TYPE_OBJECT},
    {"patternProperties", take_patterns, FIELD(patterns), TYPE_OBJECT},
    {"propertyNames", take_schema, FIELD(names), TYPE_OBJECT},
    {"dependentSchemas", take_properties, FIELD(dependents), TYPE_OBJECT},
    {"minProperties", take_size, FIELD(properties_min), TYPE_OBJECT},
    {"maxProperties", take_size, FIELD(properties_max), TYPE_OBJECT},
    {"items", take_schema, FIELD(items), TYPE_ARRAY},
    {"prefixItems", take_branches, FIELD(prefix), TYPE_ARRAY},
    {"minItems", take_size, FIELD(items_min), TYPE_ARRAY},
    {"maxItems", take_size, FIELD(items_max), TYPE_ARRAY},
    {"uniqueItems", take_flag, FIELD(unique), TYPE_ARRAY},
    {"minLength", take_size, FIELD(length_min), TYPE_STRING},
    {"maxLength", take_size, FIELD(length_max), TYPE_STRING},
    {"pattern", take_pattern, FIELD(pattern), TYPE_STRING},
    {"format", take_format, FIELD(format), TYPE_STRING},
    {"minimum", take_number, FIELD(minimum), TYPE_NUMBER},
    {"maximum", take_number, FIELD(maximum), TYPE_NUMBER},
    {"exclusiveMinimum", take_number, FIELD(above), TYPE_NUMBER},
    {"exclusiveMaximum", take_number, FIELD(below), TYPE_NUMBER},
    {"multipleOf", take_multiple, FIELD(multiple), TYPE_NUMBER},
    {"allOf", take_branches, FIELD(all), RULES_BRANCH},
    {"anyOf", take_branches, FIELD(any), RULES_BRANCH},
    {"oneOf", take_branches, FIELD(one), RULES_BRANCH},
    {"not", take_schema, FIELD(excluded), RULES_BRANCH},
    {"if", take_schema, FIELD(test), RULES_BRANCH},
    {"then", take_schema, FIELD(passed), RULES_BRANCH},
    {"else", take_schema, FIELD(failed), RULES_BRANCH},
    {"$ref", take_reference, 0, RULES_BRANCH},
    {"$defs", take_definitions, 0, 0},
    {"$id", take_identifier, 0, 0},
    {"$anchor", take_identifier, 0, 0},
    {"$schema", take_nothing, 0, 0},
    {"$comment", take_nothing, 0, 0},
    {"title", take_nothing, 0, 0},
    {"description", take_nothing, 0, 0},
    {"default", take_nothing, 0, 0},
    {"examples", take_nothing, 0, 0},
    {"deprecated", take_nothing, 0, 0},
    {"readOnly", take_nothing, 0, 0},
    {"writeOnly", take_nothing, 0, 0},
};

bool compile_keyword(struct compiler *compiler, struct schema *schema,
    const struct location *at, const char *name)
{
	const json_t *value = json_object_get(at->node, name);
	struct location below = location_member(compiler, at, name, at->node);
	struct take take = {
	    .compiler = compiler, .schema = schema, .at = &below};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++) {
		if (strcmp(name, keywords[i].name) != 0)
			continue;
		take.field = (char *)schema + keywords[i].offset;
		schema->rules |= keywords[i].rules;
		return keywords[i].take(&take, value);
	}
	if (strncmp(name, "x-", 2) == 0)
		return true;
	return compiler_fail(compiler, &below, "no such keyword: %s", name);
}
