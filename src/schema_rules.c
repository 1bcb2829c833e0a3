#include "schema_tree.h"

/* The rules for one type each; the type has been looked at before. */

bool walk_fail_size(struct walk *walk, const struct place *place,
    const char *code, size_t limit)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", limit);
	return walk_fail(walk, place, code, text);
}

static bool fail_number(struct walk *walk, const struct place *place,
    const char *code, const json_t *limit)
{
	char *text;

	if (walk_is_over(walk))
		return false;
	text = json_dumps(limit, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	walk_fail(walk, place, code, text);
	free(text);
	return false;
}

static bool is_multiple(const struct schema *schema, const json_t *value)
{
	return decimal_is_multiple(decimal_of(value), schema->step);
}

bool rules_number(struct walk *walk, const struct schema *schema, json_t *value,
    const struct place *place)
{
	if (schema->minimum != NULL &&
	    number_compare(value, schema->minimum) < 0)
		return fail_number(walk, place, "too_small", schema->minimum);
	if (schema->above != NULL && number_compare(value, schema->above) <= 0)
		return fail_number(walk, place, "too_small", schema->above);
	if (schema->maximum != NULL &&
	    number_compare(value, schema->maximum) > 0)
		return fail_number(walk, place, "too_large", schema->maximum);
	if (schema->below != NULL && number_compare(value, schema->below) >= 0)
		return fail_number(walk, place, "too_large", schema->below);
	if (schema->multiple != NULL && !is_multiple(schema, value))
		return fail_number(
		    walk, place, "not_multiple", schema->multiple);
	return true;
}

/* A text of the wrong length is not also told that it has the wrong form. */
bool rules_string(struct walk *walk, const struct schema *schema, json_t *value,
    const struct place *place)
{
	const char *text = json_string_value(value);
	size_t length = json_string_length(value);
	size_t points = length;

	if (schema->length_min > 0 || length > schema->length_max)
		points = text_points(text, length);
	if (points < schema->length_min)
		return walk_fail_size(
		    walk, place, "too_short", schema->length_min);
	if (points > schema->length_max)
		return walk_fail_size(
		    walk, place, "too_long", schema->length_max);
	if (schema->pattern != NULL &&
	    !pattern_matches(schema->pattern, text, length))
		return walk_fail(
		    walk, place, "no_match", pattern_text(schema->pattern));
	if (schema->format != NULL && !schema->format->matches(text, length))
		return walk_fail(
		    walk, place, "bad_format", schema->format->name);
	return true;
}

static bool items_are_good(struct walk *walk, const struct schema *schema,
    json_t *array, const struct place *place)
{
	const struct branches *prefix = &schema->prefix;
	const struct schema *wanted;
	bool good = true;
	json_t *item;
	size_t i;

	json_array_foreach(array, i, item)
	{
		struct place below = {.parent = place, .index = i};

		wanted = i < prefix->count ? prefix->list[i] : schema->items;
		if (wanted == NULL)
			break;
		if (wanted->never && i >= prefix->count)
			return walk_fail_size(
			    walk, place, "too_many_items", prefix->count);
		good = walk_value(walk, wanted, item, &below) && good;
		if (!good && walk_is_over(walk))
			return false;
	}
	return good;
}

bool rules_array(struct walk *walk, const struct schema *schema, json_t *value,
    const struct place *place)
{
	size_t count = json_array_size(value);
	struct place twin = {.parent = place};
	long duplicate;

	if (count < schema->items_min)
		return walk_fail_size(
		    walk, place, "too_few_items", schema->items_min);
	if (count > schema->items_max)
		return walk_fail_size(
		    walk, place, "too_many_items", schema->items_max);
	duplicate = schema->unique ? array_duplicate(value) : -1;
	if (duplicate >= 0) {
		twin.index = (size_t)duplicate;
		walk_fail(walk, &twin, "not_unique", NULL);
		if (walk_is_over(walk))
			return false;
	}
	return items_are_good(walk, schema, value, place) && duplicate < 0;
}
