#include <limits.h>
#include <locale.h>
#include <wchar.h>
#include <wctype.h>

#include "hefboom/buf.h"
#include "scim/filter_tree.h"

/* As lower() of PostgreSQL does it in C.UTF-8. */
static void lower(const char *text, struct buf *out)
{
	static locale_t locale;
	char bytes[MB_LEN_MAX];
	size_t left = strlen(text), length;
	mbstate_t in = {0}, back = {0};
	locale_t before;
	wchar_t c;

	if (locale == (locale_t)0)
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	before = uselocale(locale);
	buf_add(out, "", 0);
	while (left > 0) {
		length = mbrtowc(&c, text, left, &in);
		if (length > left)
			break; /* no UTF-8, which jansson refuses */
		text += length;
		left -= length;
		length = wcrtomb(bytes, (wchar_t)towlower((wint_t)c), &back);
		buf_add(out, bytes, length);
	}
	buf_add(out, text, left);
	uselocale(before);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), wanted = strlen(end);

	return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static bool compares(enum scim_operator op, const char *text, const char *value)
{
	int order = strcmp(text, value);

	switch (op) {
	case SCIM_CO:
		return strstr(text, value) != NULL;
	case SCIM_SW:
		return strncmp(text, value, strlen(value)) == 0;
	case SCIM_EW:
		return ends_with(text, value);
	case SCIM_GT:
		return order > 0;
	case SCIM_GE:
		return order >= 0;
	case SCIM_LT:
		return order < 0;
	case SCIM_LE:
		return order <= 0;
	case SCIM_NE:
		return order != 0;
	default:
		return order == 0;
	}
}

static bool text_compares(const struct scim_filter *term, const char *text)
{
	struct buf left = {0}, right = {0};
	bool result;

	if (!scim_is_text(scim_leaf(term)->type) || scim_leaf(term)->case_exact)
		return compares(term->op, text, term->value);
	lower(text, &left);
	lower(term->value, &right);
	result = compares(term->op, left.bytes, right.bytes);
	buf_release(&left);
	buf_release(&right);
	return result;
}

static bool is_present(const struct scim_attribute *leaf, const json_t *value)
{
	const struct scim_attribute *part = leaf->parts;

	if (leaf->type == SCIM_BOOLEAN)
		return json_is_boolean(value);
	if (leaf->type != SCIM_COMPLEX)
		return json_string_length(value) > 0;
	for (; part->name != NULL; part++) {
		if (is_present(part, json_object_get(value, part->name)))
			return true;
	}
	return false;
}

static bool value_matches(const struct scim_filter *term, const json_t *value)
{
	char instant[SCIM_INSTANT_SIZE];
	const char *text = json_string_value(value);

	if (term->op == SCIM_PR)
		return is_present(scim_leaf(term), value);
	if (scim_leaf(term)->type == SCIM_BOOLEAN)
		text = !json_is_boolean(value) ? NULL
		    : json_is_true(value)      ? "true"
					       : "false";
	if (scim_leaf(term)->type == SCIM_DATE_TIME && text != NULL)
		text = scim_instant_read(text, instant) ? instant : NULL;
	if (text == NULL)
		return term->op == SCIM_NE;
	return text_compares(term, text);
}

static const json_t *part_of(
    const struct scim_filter *term, const json_t *value)
{
	return term->part == NULL ? value
				  : json_object_get(value, term->part->name);
}

static const json_t *attribute_of(
    const struct scim_filter *filter, const json_t *document)
{
	if (filter->is_extension)
		document = json_object_get(document, filter->kind->extension);
	return json_object_get(document, filter->attribute->name);
}

static bool schemas_match(
    const struct scim_filter *term, const json_t *document)
{
	const struct scim_kind *kind = term->kind;

	if (term->op == SCIM_PR || text_compares(term, kind->schema))
		return true;
	return kind->extension != NULL &&
	    json_object_get(document, kind->extension) != NULL &&
	    text_compares(term, kind->extension);
}

static bool term_matches(const struct scim_filter *term, const json_t *document)
{
	const json_t *values, *value;
	size_t i;

	if (term->attribute == NULL)
		return value_matches(term, part_of(term, document));
	if (term->attribute == &scim_schemas_attribute)
		return schemas_match(term, document);
	values = attribute_of(term, document);
	if (!term->attribute->multi_valued)
		return value_matches(term, part_of(term, values));
	json_array_foreach((json_t *)values, i, value)
	{
		if (value_matches(term, part_of(term, value)))
			return true;
	}
	return term->op == SCIM_NE && json_array_size(values) == 0;
}

static bool element_matches(
    const struct scim_filter *filter, const json_t *document)
{
	const json_t *values = attribute_of(filter, document), *value;
	size_t i;

	json_array_foreach((json_t *)values, i, value)
	{
		if (scim_filter_matches(filter->left, value))
			return true;
	}
	return false;
}

bool scim_filter_matches(const struct scim_filter *filter, const json_t *value)
{
	switch (filter->node) {
	case SCIM_TERM:
		return term_matches(filter, value);
	case SCIM_ELEMENT:
		return element_matches(filter, value);
	case SCIM_AND:
		return scim_filter_matches(filter->left, value) &&
		    scim_filter_matches(filter->right, value);
	case SCIM_OR:
		return scim_filter_matches(filter->left, value) ||
		    scim_filter_matches(filter->right, value);
	case SCIM_NOT:
		return !scim_filter_matches(filter->left, value);
	default:
		return false;
	}
}

bool scim_filter_is_equal(const struct scim_filter *filter,
    const struct scim_attribute **attribute, const char **value)
{
	if (filter->node != SCIM_TERM || filter->op != SCIM_EQ ||
	    filter->attribute == NULL || filter->attribute->multi_valued)
		return false;
	*attribute = scim_leaf(filter);
	*value = filter->value;
	return true;
}

static bool is_any_of(const struct scim_filter *filter,
    const struct scim_attribute **part, struct scim_values *values)
{
	if (filter->node == SCIM_OR)
		return is_any_of(filter->left, part, values) &&
		    is_any_of(filter->right, part, values);
	if (filter->node != SCIM_TERM || filter->op != SCIM_EQ ||
	    filter->attribute != NULL ||
	    (values->count > 0 && filter->part != *part))
		return false;
	*part = filter->part;
	values->at[values->count++] = filter->value;
	return true;
}

bool scim_filter_is_any_of(const struct scim_filter *filter,
    const struct scim_attribute **part, struct scim_values *values)
{
	values->count = 0;
	return is_any_of(filter, part, values);
}
