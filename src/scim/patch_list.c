#include "scim/patch.h"

#include <strings.h>

#include "scim/filter_tree.h"

/* Elements of one attribute; those that the path means are `chosen`. */
struct elements {
	const struct scim_reading *reading;
	const struct scim_change *change;
	json_t *list;
};

static bool is_chosen(const struct elements *elements, const json_t *element)
{
	const struct scim_filter *filter = elements->change->path.filter;

	return filter == NULL || scim_filter_matches(filter, element);
}

static bool is_primary(const json_t *element)
{
	return json_is_true(json_object_get(element, "primary"));
}

/* One new primary value takes it from the others. */
static void primary_move(json_t *list, const json_t *to)
{
	json_t *element;
	size_t i;

	if (!is_primary(to))
		return;
	json_array_foreach(list, i, element)
	{
		if (element != to && is_primary(element))
			json_object_set_new(element, "primary", json_false());
	}
}

/* A selection like `type eq "work" and primary eq true`, as an element. */
static bool terms_collect(const struct scim_filter *filter, json_t *element)
{
	if (filter->node == SCIM_AND)
		return terms_collect(filter->left, element) &&
		    terms_collect(filter->right, element);
	if (filter->node != SCIM_TERM || filter->op != SCIM_EQ ||
	    filter->value == NULL || filter->value[0] == '\0')
		return false;
	json_object_set_new(element, filter->part->name,
	    filter->part->type == SCIM_BOOLEAN
		? json_boolean(strcmp(filter->value, "true") == 0)
		: json_string(filter->value));
	return true;
}

/* Whether replace may make it: a kind of value that is known. */
static bool is_known_kind(
    const struct scim_attribute *attribute, const json_t *element)
{
	const char *type = json_string_value(json_object_get(element, "type"));
	size_t marks = (type != NULL ? 1u : 0u) +
	    (json_object_get(element, "primary") != NULL ? 1u : 0u);
	const char *const *value =
	    scim_attribute_find(attribute->parts, "type", 4)->canonical_values;

	if (marks < json_object_size(element))
		return false;
	if (type == NULL || value == NULL)
		return true;
	for (; *value != NULL; value++) {
		if (strcasecmp(*value, type) == 0)
			return true;
	}
	return false;
}

/* What the filter selects by; NULL with a fault when it does not say. */
static json_t *element_make(const struct elements *elements)
{
	const struct scim_path *path = &elements->change->path;
	json_t *given = json_object(), *element = NULL;
	bool fine = path->filter == NULL || terms_collect(path->filter, given);

	if (fine && path->filter != NULL)
		fine = (elements->change->verb == SCIM_ADD ||
			   is_known_kind(path->attribute, given)) &&
		    scim_filter_matches(path->filter, given);
	if (!fine)
		scim_refuse(elements->reading, "scim_no_target",
		    "%s: no value is selected", path->attribute->name);
	else if (json_object_size(given) == 0)
		element = json_object();
	else
		scim_complex_read(
		    elements->reading, path->attribute, given, &element);
	json_decref(given);
	return element;
}

/* The chosen elements in an array of their own, maybe a new one. */
static json_t *chosen_find(const struct elements *elements, bool may_make)
{
	json_t *chosen = json_array(), *element;
	size_t i;

	json_array_foreach(elements->list, i, element)
	{
		if (is_chosen(elements, element))
			json_array_append(chosen, element);
	}
	if (json_array_size(chosen) > 0 || !may_make)
		return chosen;
	element = element_make(elements);
	if (element == NULL) {
		json_decref(chosen);
		return NULL;
	}
	json_array_append(chosen, element);
	json_array_append_new(elements->list, element);
	return chosen;
}

/* `emails[...].value`, or `emails.value`: of all. */
static bool part_apply(const struct elements *elements)
{
	const struct scim_change *change = elements->change;
	struct scim_place place = {change->path.attribute, change->path.part};
	const json_t *given = scim_unwrap(place.attribute, change->value);
	json_t *value = NULL, *chosen, *element;
	size_t i;

	if (change->verb != SCIM_REMOVE && given != NULL &&
	    !scim_simple_read(elements->reading, place, given, &value))
		return false;
	chosen = chosen_find(elements, value != NULL);
	json_array_foreach(chosen, i, element)
	{
		if (value == NULL)
			json_object_del(element, place.attribute->name);
		else
			json_object_set(element, place.attribute->name, value);
	}
	if (json_array_size(chosen) == 1)
		primary_move(elements->list, json_array_get(chosen, 0));
	json_decref(value);
	json_decref(chosen);
	return elements->reading->fault->code == NULL;
}

static void chosen_remove(const struct elements *elements)
{
	size_t at = 0;
	json_t *element;

	while ((element = json_array_get(elements->list, at)) != NULL) {
		if (is_chosen(elements, element))
			json_array_remove(elements->list, at);
		else
			at++;
	}
}

/* What replaces an element keeps what it was selected by. */
static void element_replace(
    const struct elements *elements, json_t *element, json_t *value)
{
	const struct scim_filter *filter = elements->change->path.filter;
	json_t *kept = json_object(), *selected = json_object(), *before;
	const char *name;

	if (terms_collect(filter, selected)) {
		json_object_foreach(selected, name, before)
		{
			json_object_set(
			    kept, name, json_object_get(element, name));
		}
	}
	json_object_clear(element);
	json_object_update(element, kept);
	json_object_update(element, value);
	json_decref(selected);
	json_decref(kept);
}

/* `emails[...]`: whole elements. */
static bool selected_apply(const struct elements *elements)
{
	const struct scim_change *change = elements->change;
	const struct scim_attribute *attribute = change->path.attribute;
	const json_t *given = scim_unwrap(attribute, change->value);
	json_t *value = NULL, *chosen, *element;
	size_t i;

	if (change->verb == SCIM_REMOVE || given == NULL ||
	    json_is_null(given)) {
		chosen_remove(elements);
		return true;
	}
	if (!scim_complex_read(elements->reading, attribute, given, &value))
		return false;
	chosen = chosen_find(elements, value != NULL);
	json_array_foreach(chosen, i, element)
	{
		if (value != NULL && change->verb == SCIM_REPLACE)
			element_replace(elements, element, value);
		else if (value != NULL)
			json_object_update(element, value);
	}
	if (json_array_size(chosen) == 1)
		primary_move(elements->list, json_array_get(chosen, 0));
	json_decref(chosen);
	json_decref(value);
	return elements->reading->fault->code == NULL;
}

/* All that `given` says of value and type, or else all that it says. */
static bool is_meant(const struct scim_attribute *attribute, json_t *given,
    const json_t *element)
{
	bool has_value = json_object_get(given, "value") != NULL;
	const struct scim_attribute *part;
	const char *left, *right, *name;
	json_t *member;

	json_object_foreach(given, name, member)
	{
		if (has_value && strcmp(name, "value") != 0 &&
		    strcmp(name, "type") != 0)
			continue;
		left = json_string_value(member);
		right = json_string_value(json_object_get(element, name));
		if (left == NULL && right == NULL) {
			if (member != json_object_get(element, name))
				return false;
			continue;
		}
		part =
		    scim_attribute_find(attribute->parts, name, strlen(name));
		if (left == NULL || right == NULL ||
		    (part->case_exact ? strcmp(left, right)
				      : strcasecmp(left, right)) != 0)
			return false;
	}
	return true;
}

/* Not RFC 7644, where a value is none of a removal's: these, not all. */
static bool listed_remove(const struct elements *elements)
{
	const struct scim_change *change = elements->change;
	const struct scim_attribute *attribute = change->path.attribute;
	json_t *given = json_array(), *one;
	bool fine = scim_elements_read(
	    elements->reading, attribute, change->value, given);
	size_t i, at;

	json_array_foreach(given, i, one)
	{
		for (at = 0; fine && at < json_array_size(elements->list);) {
			if (is_meant(attribute, one,
				json_array_get(elements->list, at)))
				json_array_remove(elements->list, at);
			else
				at++;
		}
	}
	json_decref(given);
	return fine;
}

static bool whole_apply(const struct elements *elements)
{
	const struct scim_change *change = elements->change;
	const struct scim_attribute *attribute = change->path.attribute;
	const struct scim_reading *reading = elements->reading;
	json_t *given, *element;
	size_t i;
	bool fine;

	if (change->verb == SCIM_REMOVE && change->value != NULL &&
	    !json_is_null(change->value))
		return listed_remove(elements);
	if (change->verb != SCIM_ADD)
		json_array_clear(elements->list);
	if (change->verb == SCIM_REMOVE)
		return true;
	given = json_array();
	fine = scim_elements_read(reading, attribute, change->value, given) &&
	    scim_list_tidy(reading, attribute, given);
	json_array_foreach(given, i, element)
	{
		primary_move(elements->list, element);
	}
	json_array_extend(elements->list, given);
	json_decref(given);
	return fine;
}

static unsigned terms_count(const struct scim_filter *filter)
{
	if (filter == NULL)
		return 0;
	if (filter->node == SCIM_TERM)
		return 1;
	return terms_count(filter->left) + terms_count(filter->right);
}

/* So that no PATCH keeps everybody else waiting. */
static bool visits_spend(const struct elements *elements)
{
	unsigned terms = terms_count(elements->change->path.filter);
	size_t count =
	    json_array_size(elements->list) * (terms == 0 ? 1 : terms);

	if (json_is_array(elements->change->value))
		count += json_array_size(elements->change->value);
	if (count > *elements->reading->visits)
		return scim_refuse(elements->reading, "scim_too_many",
		    "Operations: go through too many values");
	*elements->reading->visits -= (unsigned)count;
	return true;
}

bool scim_patch_list(const struct scim_reading *reading,
    const struct scim_change *change, json_t *home)
{
	const struct scim_attribute *attribute = change->path.attribute;
	struct elements elements = {
	    reading, change, json_object_get(home, attribute->name)};
	bool fine;

	if (elements.list == NULL) {
		elements.list = json_array();
		json_object_set_new(home, attribute->name, elements.list);
	}
	if (!visits_spend(&elements))
		fine = false;
	else if (change->path.part != NULL)
		fine = part_apply(&elements);
	else if (change->path.filter != NULL)
		fine = selected_apply(&elements);
	else
		fine = whole_apply(&elements);
	fine = fine && scim_list_tidy(reading, attribute, elements.list);
	if (json_array_size(elements.list) == 0)
		json_object_del(home, attribute->name);
	return fine;
}
