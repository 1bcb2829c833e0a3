#include "schema_tree.h"

#include "hefboom/buf.h"

static size_t escaped_length(const char *name, size_t length)
{
	size_t more = 0;

	for (size_t i = 0; i < length; i++)
		more += name[i] == '~' || name[i] == '/';
	return length + more;
}

static size_t place_length(const struct place *place)
{
	size_t length = 0;

	for (; place != NULL; place = place->parent) {
		if (place->name != NULL)
			length += escaped_length(place->name, place->length);
		else
			length +=
			    (size_t)snprintf(NULL, 0, "%zu", place->index);
		length++;
	}
	return length;
}

/* Writes the token so that it ends before `end`; returns its beginning. */
static char *token_write(const struct place *place, char *end)
{
	size_t index = place->index;

	if (place->name == NULL) {
		do {
			*--end = (char)('0' + index % 10);
			index /= 10;
		} while (index > 0);
		return end;
	}
	for (size_t i = place->length; i-- > 0;) {
		char c = place->name[i];

		if (c == '~' || c == '/') {
			*--end = c == '~' ? '0' : '1';
			*--end = '~';
		} else {
			*--end = c;
		}
	}
	return end;
}

const char *place_pointer(const struct place *place, struct arena *arena)
{
	size_t length = place_length(place);
	char *pointer = arena_alloc(arena, length + 1), *end = pointer + length;

	for (; place != NULL; place = place->parent) {
		end = token_write(place, end);
		*--end = '/';
	}
	return pointer;
}

bool walk_is_over(const struct walk *walk)
{
	return walk->arena == NULL || walk->errors >= SCHEMA_ERRORS_MAX;
}

bool walk_fail(struct walk *walk, const struct place *place, const char *code,
    const char *limit)
{
	struct schema_error *error;

	if (walk_is_over(walk))
		return false;
	while (place != NULL && place_length(place) > SCHEMA_POINTER_MAX)
		place = place->parent;
	error = arena_alloc(walk->arena, sizeof(*error));
	error->pointer = place_pointer(place, walk->arena);
	error->code = code;
	if (limit != NULL)
		error->limit = arena_string(walk->arena, limit);
	*walk->last = error;
	walk->last = &error->next;
	walk->errors++;
	return false;
}

static const char *choices_text(struct walk *walk, const json_t *choices)
{
	struct buf text = {0};
	const char *copy, *string;
	json_t *choice;
	char *dump;
	size_t i;

	json_array_foreach(choices, i, choice)
	{
		string = json_string_value(choice);
		dump =
		    string == NULL ? json_dumps(choice, JSON_ENCODE_ANY) : NULL;
		buf_add_string(&text, i == 0 ? "" : ", ");
		buf_add_string(&text, dump == NULL ? string : dump);
		free(dump);
	}
	copy = arena_copy(walk->arena, text.bytes, text.length);
	buf_release(&text);
	return copy;
}

static bool is_chosen(const struct schema *schema, json_t *value)
{
	json_t *choice;
	size_t i;

	if (schema->constant != NULL &&
	    !value_equal((json_t *)schema->constant, value))
		return false;
	if (schema->choices == NULL)
		return true;
	json_array_foreach(schema->choices, i, choice)
	{
		if (value_equal(choice, value))
			return true;
	}
	return false;
}

static bool rules_choice(struct walk *walk, const struct schema *schema,
    json_t *value, const struct place *place)
{
	json_t *one;
	const char *text;

	if (is_chosen(schema, value))
		return true;
	if (walk_is_over(walk))
		return false;
	if (schema->choices != NULL) {
		text = choices_text(walk, schema->choices);
		return walk_fail(walk, place, "not_in_enum", text);
	}
	one = json_pack("[O]", schema->constant);
	text = choices_text(walk, one);
	json_decref(one);
	return walk_fail(walk, place, "not_const", text);
}

bool schema_admits(const struct schema *schema, json_t *value)
{
	struct walk quiet = {.last = &quiet.first};

	return walk_value(&quiet, schema, value, NULL);
}

static bool branch_fits(const struct schema *branch, json_t *value);

/* A member that may only have certain values tells the branches apart. */
static bool member_fits(const struct property *property, json_t *object,
    const struct properties *required)
{
	json_t *member =
	    json_object_getn(object, property->name, property->length);
	const struct schema *schema = property->schema;

	while (schema->target != NULL && !(schema->rules & RULES_CHOICE))
		schema = schema->target;
	if (!(schema->rules & RULES_CHOICE))
		return true;
	if (member != NULL)
		return is_chosen(schema, member);
	for (size_t i = 0; i < required->count; i++) {
		if (strcmp(required->list[i].name, property->name) == 0)
			return false;
	}
	return true;
}

/* Whether the value looks like one that was meant for this branch. */
static bool branch_fits(const struct schema *branch, json_t *value)
{
	if (branch->never || !is_chosen(branch, value) ||
	    (branch->types != 0 && !(branch->types & value_types(value))))
		return false;
	for (size_t i = 0; i < branch->properties.count; i++) {
		if (json_is_object(value) &&
		    !member_fits(
			&branch->properties.list[i], value, &branch->required))
			return false;
	}
	for (size_t i = 0; i < branch->all.count; i++) {
		if (!branch_fits(branch->all.list[i], value))
			return false;
	}
	return branch->target == NULL || branch_fits(branch->target, value);
}

static bool explain_branches(struct walk *walk, const struct branches *branches,
    json_t *value, const struct place *place)
{
	const struct schema *meant = NULL;
	size_t count = 0;

	for (size_t i = 0; i < branches->count && !walk_is_over(walk); i++) {
		if (branch_fits(branches->list[i], value)) {
			meant = branches->list[i];
			count++;
		}
	}
	if (count == 1)
		return walk_value(walk, meant, value, place);
	return walk_fail(walk, place, "no_alternative", NULL);
}

static bool walk_any(struct walk *walk, const struct branches *any,
    json_t *value, const struct place *place)
{
	for (size_t i = 0; i < any->count; i++) {
		if (schema_admits(any->list[i], value))
			return true;
	}
	return any->count == 0 || explain_branches(walk, any, value, place);
}

static bool walk_one(struct walk *walk, const struct branches *one,
    json_t *value, const struct place *place)
{
	size_t count = 0;

	for (size_t i = 0; i < one->count && count < 2; i++)
		count += schema_admits(one->list[i], value);
	if (count > 1)
		return walk_fail(walk, place, "many_alternatives", NULL);
	return count == 1 || one->count == 0 ||
	    explain_branches(walk, one, value, place);
}

static bool walk_all(struct walk *walk, const struct branches *all,
    json_t *value, const struct place *place)
{
	bool good = true;

	for (size_t i = 0; i < all->count; i++) {
		good = walk_value(walk, all->list[i], value, place) && good;
		if (!good && walk_is_over(walk))
			return false;
	}
	return good;
}

static bool walk_test(struct walk *walk, const struct schema *schema,
    json_t *value, const struct place *place)
{
	const struct schema *next = schema->passed;

	if (schema->test == NULL)
		return true;
	if (!schema_admits(schema->test, value))
		next = schema->failed;
	return next == NULL || walk_value(walk, next, value, place);
}

static bool rules_branch(struct walk *walk, const struct schema *schema,
    json_t *value, const struct place *place)
{
	bool good = true;

	if (schema->target != NULL)
		good = walk_value(walk, schema->target, value, place);
	if (good || !walk_is_over(walk))
		good = walk_all(walk, &schema->all, value, place) && good;
	if (good || !walk_is_over(walk))
		good = walk_any(walk, &schema->any, value, place) && good;
	if (good || !walk_is_over(walk))
		good = walk_one(walk, &schema->one, value, place) && good;
	if (good || !walk_is_over(walk))
		good = walk_test(walk, schema, value, place) && good;
	if (schema->excluded != NULL && schema_admits(schema->excluded, value))
		good = walk_fail(walk, place, "no_alternative", NULL);
	return good;
}

bool walk_value(struct walk *walk, const struct schema *schema, json_t *value,
    const struct place *place)
{
	unsigned types = value_types(value), rules = schema->rules;
	bool good = true;

	if (schema->never)
		return walk_fail(walk, place, "no_alternative", NULL);
	if (schema->types != 0 && !(schema->types & types))
		return walk_fail(walk, place, "wrong_type", schema->types_text);
	if (rules & RULES_CHOICE && !rules_choice(walk, schema, value, place))
		return false;
	if (rules & types & TYPE_OBJECT)
		good = rules_object(walk, schema, value, place);
	else if (rules & types & TYPE_ARRAY)
		good = rules_array(walk, schema, value, place);
	else if (rules & types & TYPE_STRING)
		good = rules_string(walk, schema, value, place);
	else if (rules & types & TYPE_NUMBER)
		good = rules_number(walk, schema, value, place);
	if (rules & RULES_BRANCH && (good || !walk_is_over(walk)))
		good = rules_branch(walk, schema, value, place) && good;
	if (good && schema->unevaluated != NULL && types & TYPE_OBJECT)
		good = unevaluated_are_good(walk, schema, value, place);
	return good;
}

const struct schema_error *schema_validate(
    const struct schema *schema, const json_t *value, struct arena *arena)
{
	struct walk walk = {.arena = arena};

	walk.last = &walk.first;
	walk_value(&walk, schema, (json_t *)value, NULL);
	return walk.first;
}
