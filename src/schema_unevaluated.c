#include "schema_tree.h"

/*
 * unevaluatedProperties (JSON Schema core, section 11.3), asked for one
 * property at a time, so that no annotations have to be collected.
 */

static bool is_evaluated(const struct schema *schema, json_t *object,
    const struct property *property);

static bool pattern_is_evaluated(
    const struct schema *schema, const struct property *property)
{
	const struct pattern_property *pattern = schema->patterns;

	for (; pattern != NULL; pattern = pattern->next) {
		if (pattern_matches(
			pattern->pattern, property->name, property->length))
			return true;
	}
	return false;
}

static bool is_covered(const struct schema *schema, json_t *object,
    const struct property *property)
{
	return schema != NULL &&
	    (schema->unevaluated != NULL ||
		is_evaluated(schema, object, property));
}

static bool branch_covers(const struct branches *branches, json_t *object,
    const struct property *property)
{
	for (size_t i = 0; i < branches->count; i++) {
		if (is_covered(branches->list[i], object, property) &&
		    schema_admits(branches->list[i], object))
			return true;
	}
	return false;
}

static bool test_covers(const struct schema *schema, json_t *object,
    const struct property *property)
{
	if (schema->test == NULL)
		return false;
	if (!schema_admits(schema->test, object))
		return is_covered(schema->failed, object, property);
	return is_covered(schema->test, object, property) ||
	    is_covered(schema->passed, object, property);
}

/* Whether something in the schema has spoken of the property. */
static bool is_evaluated(const struct schema *schema, json_t *object,
    const struct property *property)
{
	const struct properties *dependents = &schema->dependents;
	const struct property *list = dependents->list;

	if (schema->others != NULL || pattern_is_evaluated(schema, property) ||
	    properties_find(
		&schema->properties, property->name, property->length))
		return true;
	for (size_t i = 0; i < dependents->count; i++) {
		if (json_object_getn(object, list[i].name, list[i].length) &&
		    is_covered(list[i].schema, object, property))
			return true;
	}
	return is_covered(schema->target, object, property) ||
	    branch_covers(&schema->all, object, property) ||
	    branch_covers(&schema->any, object, property) ||
	    branch_covers(&schema->one, object, property) ||
	    test_covers(schema, object, property);
}

bool unevaluated_are_good(struct walk *walk, const struct schema *schema,
    json_t *object, const struct place *place)
{
	struct place below = {.parent = place};
	struct property property;
	bool good = true;
	json_t *member;

	json_object_keylen_foreach(object, below.name, below.length, member)
	{
		property.name = below.name;
		property.length = below.length;
		if (is_evaluated(schema, object, &property))
			continue;
		if (schema->unevaluated->never)
			good =
			    walk_fail(walk, &below, "unknown_property", NULL);
		else
			good = walk_value(
				   walk, schema->unevaluated, member, &below) &&
			    good;
		if (!good && walk_is_over(walk))
			return false;
	}
	return good;
}
