#include "schema_tree.h"

#include <errno.h>

/* The types that a schema admits, also by way of references; 0: any. */
static unsigned types_of(const struct schema *schema)
{
	unsigned types = schema->types;

	if (types == 0 && schema->target != NULL)
		types = types_of(schema->target);
	for (size_t i = 0; types == 0 && i < schema->all.count; i++)
		types = types_of(schema->all.list[i]);
	return types;
}

static const struct schema *items_of(const struct schema *schema)
{
	const struct schema *items = schema->items;

	if (items == NULL && schema->target != NULL)
		items = items_of(schema->target);
	for (size_t i = 0; items == NULL && i < schema->all.count; i++)
		items = items_of(schema->all.list[i]);
	return items;
}

/* Strictly what both JSON and PostgreSQL read as an integer: no 1.0. */
static json_t *integer_read(const char *text, size_t length)
{
	const long long edge = 1LL << 53;
	const char *digits = text + (*text == '-');
	size_t count = length - (size_t)(digits - text);
	long long number;

	if (count == 0 || count > 16 || strspn(digits, "0123456789") < count ||
	    (*digits == '0' && count > 1))
		return NULL;
	number = strtoll(text, NULL, 10);
	return number < -edge || number > edge ? NULL : json_integer(number);
}

static json_t *number_read(const char *text, size_t length)
{
	const double edge = 9007199254740992.0; /* 2^53 */
	json_t *number;
	double value;

	if (strspn(text, "0123456789+-.eE") < length)
		return NULL;
	number = json_loadb(text, length, JSON_DECODE_ANY, NULL);
	value = json_number_value(number);
	if (value >= -edge && value <= edge)
		return number;
	json_decref(number);
	return NULL;
}

static json_t *string_read(const char *text, size_t length)
{
	json_t *string = json_stringn(text, length);

	/* Not UTF-8, which whoever decoded the query should have refused. */
	return string == NULL ? json_null() : string;
}

static json_t *scalar_read(unsigned types, const char *text, size_t length)
{
	json_t *value = NULL;

	if (types & TYPE_STRING)
		return string_read(text, length);
	if (types & TYPE_NUMBER)
		value = number_read(text, length);
	else if (types & TYPE_INTEGER)
		value = integer_read(text, length);
	if (value == NULL && types & TYPE_BOOLEAN) {
		if (length == 4 && memcmp(text, "true", 4) == 0)
			value = json_true();
		if (length == 5 && memcmp(text, "false", 5) == 0)
			value = json_false();
	}
	return value == NULL ? string_read(text, length) : value;
}

json_t *schema_parameter(const struct schema *schema, const char *text)
{
	unsigned types = types_of(schema);
	const struct schema *items = items_of(schema);
	json_t *array;
	size_t length;

	if (!(types & TYPE_ARRAY))
		return scalar_read(types, text, strlen(text));
	types = items == NULL ? 0 : types_of(items);
	array = json_array();
	for (;; text += length + 1) {
		length = strcspn(text, ",");
		json_array_append_new(array, scalar_read(types, text, length));
		if (text[length] == '\0')
			return array;
	}
}
