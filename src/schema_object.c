#include "schema_tree.h"

static int property_compare(const void *one, const void *other)
{
	const struct property *a = one, *b = other;

	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	return memcmp(a->name, b->name, a->length);
}

void properties_sort(struct properties *properties)
{
	if (properties->count > 0)
		qsort(properties->list, properties->count,
		    sizeof(*properties->list), property_compare);
}

const struct property *properties_find(
    const struct properties *properties, const char *name, size_t length)
{
	struct property key = {.name = name, .length = length};

	if (properties->count == 0)
		return NULL;
	return bsearch(&key, properties->list, properties->count,
	    sizeof(*properties->list), property_compare);
}

static bool sizes_are_good(struct walk *walk, const struct schema *schema,
    json_t *object, const struct place *place)
{
	size_t count = json_object_size(object);

	if (count < schema->properties_min)
		return walk_fail_size(
		    walk, place, "too_few_properties", schema->properties_min);
	if (count > schema->properties_max)
		return walk_fail_size(
		    walk, place, "too_many_properties", schema->properties_max);
	return true;
}

static bool required_are_there(struct walk *walk, const struct schema *schema,
    json_t *object, const struct place *place)
{
	const struct properties *required = &schema->required;
	bool good = true;

	for (size_t i = 0; i < required->count; i++) {
		const struct property *property = &required->list[i];
		struct place below = {.parent = place,
		    .name = property->name,
		    .length = property->length};

		if (json_object_getn(
			object, property->name, property->length) != NULL)
			continue;
		good = walk_fail(walk, &below, "required", NULL);
		if (walk_is_over(walk))
			return false;
	}
	return good;
}

/* The one rule that must make a value: the name, as a string. */
static bool name_is_good(
    struct walk *walk, const struct schema *names, const struct place *place)
{
	json_t *name;
	bool good;

	if (names == NULL)
		return true;
	name = json_stringn(place->name, place->length);
	good = walk_value(walk, names, name, place);
	json_decref(name);
	return good;
}

static bool member_is_good(struct walk *walk, const struct schema *schema,
    json_t *member, const struct place *place)
{
	const struct property *property =
	    properties_find(&schema->properties, place->name, place->length);
	const struct pattern_property *pattern = schema->patterns;
	bool good = name_is_good(walk, schema->names, place);
	bool known = property != NULL;

	if (known && property->schema->never)
		return walk_fail(walk, place, "unknown_property", NULL);
	if (known)
		good =
		    walk_value(walk, property->schema, member, place) && good;
	for (; pattern != NULL; pattern = pattern->next) {
		if (!pattern_matches(
			pattern->pattern, place->name, place->length))
			continue;
		known = true;
		good = walk_value(walk, pattern->schema, member, place) && good;
	}
	if (known || schema->others == NULL)
		return good;
	if (schema->others->never)
		return walk_fail(walk, place, "unknown_property", NULL);
	return walk_value(walk, schema->others, member, place) && good;
}

static bool dependents_are_good(struct walk *walk, const struct schema *schema,
    json_t *object, const struct place *place)
{
	const struct properties *dependents = &schema->dependents;
	const struct property *one;
	bool good = true;

	for (size_t i = 0; i < dependents->count; i++) {
		one = &dependents->list[i];
		if (json_object_getn(object, one->name, one->length) == NULL)
			continue;
		good = walk_value(walk, one->schema, object, place) && good;
		if (!good && walk_is_over(walk))
			return false;
	}
	return good;
}

bool rules_object(struct walk *walk, const struct schema *schema, json_t *value,
    const struct place *place)
{
	bool good = sizes_are_good(walk, schema, value, place);
	struct place below = {.parent = place};
	json_t *member;

	if (good || !walk_is_over(walk))
		good = required_are_there(walk, schema, value, place) && good;
	if (!good && walk_is_over(walk))
		return false;
	json_object_keylen_foreach(value, below.name, below.length, member)
	{
		good = member_is_good(walk, schema, member, &below) && good;
		if (!good && walk_is_over(walk))
			return false;
	}
	return dependents_are_good(walk, schema, value, place) && good;
}
