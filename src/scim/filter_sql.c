#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "scim/filter_tree.h"

/*
 * and, or, exists and comparisons are true of nulls where they would be true
 * of false; `is not true` is the only other thing, and never null.
 */

struct writer {
	struct buf *sql;
	struct scim_values *values;
	struct arena *arena;
};

static void filter_write(struct writer *to, const struct scim_filter *filter);
static void test_write(struct writer *to, const struct scim_filter *term);

static unsigned bind(struct writer *to, const char *value)
{
	unsigned number = to->values->first + to->values->count;

	to->values->at[to->values->count++] = value;
	return number;
}

static void stored_write(struct writer *to, const struct scim_filter *filter)
{
	buf_add_string(to->sql, "u.stored");
	if (filter->is_extension)
		buf_add_format(to->sql, " -> '%s'", filter->kind->extension);
}

static void member_write(struct writer *to, const struct scim_filter *term)
{
	if (term->attribute == NULL || term->attribute->multi_valued) {
		buf_add_char(to->sql, 'e');
	} else {
		stored_write(to, term);
		if (term->part != NULL)
			buf_add_format(
			    to->sql, " -> '%s'", term->attribute->name);
	}
	buf_add_format(to->sql, " ->> '%s'", scim_leaf(term)->name);
}

static void value_write(struct writer *to, const struct scim_filter *term)
{
	const struct scim_attribute *leaf = scim_leaf(term);
	bool is_boolean = leaf->type == SCIM_BOOLEAN;

	if (leaf->column != NULL) {
		buf_add_string(to->sql, leaf->column);
		return;
	}
	buf_add_string(to->sql, is_boolean ? "((" : "(");
	if (leaf->multi_valued)
		buf_add_string(to->sql, "e #>> '{}'");
	else
		member_write(to, term);
	buf_add_string(to->sql, is_boolean ? ") = 'true')" : ")");
	if (leaf->type == SCIM_DATE_TIME)
		buf_add_string(to->sql, "::timestamptz");
}

static void present_write(struct writer *to, const struct scim_filter *term)
{
	const struct scim_attribute *part = scim_leaf(term)->parts;
	struct scim_filter one = *term;

	if (scim_leaf(term)->type != SCIM_COMPLEX) {
		value_write(to, term);
		buf_add_string(to->sql,
		    scim_is_text(scim_leaf(term)->type) ? " <> ''"
							: " is not null");
		return;
	}
	buf_add_char(to->sql, '(');
	for (; part->name != NULL; part++) {
		if (part != scim_leaf(term)->parts)
			buf_add_string(to->sql, " or ");
		one.part = part;
		present_write(to, &one);
	}
	buf_add_char(to->sql, ')');
}

static bool is_uuid(const char *text)
{
	size_t i;

	for (i = 0; text[i] != '\0'; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return false;
		} else if (strchr("0123456789abcdef", text[i]) == NULL) {
			return false;
		}
	}
	return i == 36;
}

/* An id compared as what it is, so that its index serves it. */
static bool id_write(
    struct writer *to, const struct scim_attribute *leaf, const char *value)
{
	size_t length = leaf->column == NULL ? 0 : strlen(leaf->column);

	if (length < 6 || strcmp(leaf->column + length - 6, "::text") != 0)
		return false;
	buf_add(to->sql, leaf->column, length - 6);
	buf_add_format(
	    to->sql, " = $%u::uuid", bind(to, is_uuid(value) ? value : NULL));
	return true;
}

static const char *pattern_of(struct writer *to, const struct scim_filter *term)
{
	struct buf pattern = {0};
	const char *c;

	if (term->op != SCIM_SW)
		buf_add_char(&pattern, '%');
	for (c = term->value; *c != '\0'; c++) {
		if (strchr("\\%_", *c) != NULL)
			buf_add_char(&pattern, '\\');
		buf_add_char(&pattern, *c);
	}
	if (term->op != SCIM_EW)
		buf_add_char(&pattern, '%');
	c = arena_copy(to->arena, pattern.bytes, pattern.length);
	buf_release(&pattern);
	return c;
}

static void text_write(struct writer *to, const struct scim_filter *term)
{
	static const char *const signs[] = {[SCIM_EQ] = "=",
	    [SCIM_CO] = "like",
	    [SCIM_SW] = "like",
	    [SCIM_EW] = "like",
	    [SCIM_GT] = "collate \"C\" >",
	    [SCIM_GE] = "collate \"C\" >=",
	    [SCIM_LT] = "collate \"C\" <",
	    [SCIM_LE] = "collate \"C\" <="};
	bool is_like =
	    term->op == SCIM_CO || term->op == SCIM_SW || term->op == SCIM_EW;
	bool is_exact = scim_leaf(term)->case_exact;

	if (!is_exact)
		buf_add_string(to->sql, "lower(");
	value_write(to, term);
	buf_add_format(to->sql, is_exact ? " %s $%u" : ") %s lower($%u)",
	    signs[term->op],
	    bind(to, is_like ? pattern_of(to, term) : term->value));
}

static void plain_write(struct writer *to, const struct scim_filter *term)
{
	static const char *const signs[] = {[SCIM_EQ] = "=",
	    [SCIM_GT] = ">",
	    [SCIM_GE] = ">=",
	    [SCIM_LT] = "<",
	    [SCIM_LE] = "<="};

	value_write(to, term);
	buf_add_format(to->sql, " %s $%u::%s", signs[term->op],
	    bind(to, term->value),
	    scim_leaf(term)->type == SCIM_BOOLEAN ? "boolean" : "timestamptz");
}

/* One value; what is absent differs from everything. */
static void test_write(struct writer *to, const struct scim_filter *term)
{
	const struct scim_attribute *leaf = scim_leaf(term);
	struct scim_filter equal = *term;

	if (term->op == SCIM_PR) {
		present_write(to, term);
	} else if (term->op == SCIM_NE) {
		equal.op = SCIM_EQ;
		buf_add_char(to->sql, '(');
		test_write(to, &equal);
		buf_add_string(to->sql, ") is not true");
	} else if (!scim_is_text(leaf->type)) {
		plain_write(to, term);
	} else if (term->op != SCIM_EQ || !id_write(to, leaf, term->value)) {
		text_write(to, term);
	}
}

/* "exists (select from ... where", to be closed. */
static void rows_write(
    struct writer *to, const struct scim_filter *filter, bool has_condition)
{
	const struct scim_kind *kind = filter->kind;
	const char *rows = filter->attribute->rows;

	buf_add_string(to->sql, "exists (select from ");
	if (filter->attribute == &scim_schemas_attribute) {
		rows = " where e is not null";
		buf_add_format(to->sql, "(values ('%s')", kind->schema);
		if (kind->extension != NULL)
			buf_add_format(to->sql,
			    ", (case when u.document ? '%s' then '%s' end)",
			    kind->extension, kind->extension);
		buf_add_string(to->sql, ") x(e)");
	} else if (rows == NULL) {
		rows = "";
		buf_add_string(to->sql, "jsonb_array_elements(");
		stored_write(to, filter);
		buf_add_format(
		    to->sql, " -> '%s') x(e)", filter->attribute->name);
	}
	buf_add_string(to->sql, rows);
	if (has_condition)
		buf_add_string(to->sql,
		    strstr(rows, " where ") == NULL ? " where " : " and ");
}

static void term_write(struct writer *to, const struct scim_filter *term)
{
	bool is_many = term->attribute != NULL && term->attribute->multi_valued;

	if (!is_many) {
		test_write(to, term);
		return;
	}
	if (term->op == SCIM_NE)
		buf_add_char(to->sql, '(');
	rows_write(to, term, true);
	test_write(to, term);
	buf_add_char(to->sql, ')');
	if (term->op == SCIM_NE) {
		buf_add_string(to->sql, " or not ");
		rows_write(to, term, false);
		buf_add_string(to->sql, "))");
	}
}

static void pair_write(struct writer *to, const struct scim_filter *filter)
{
	buf_add_char(to->sql, '(');
	filter_write(to, filter->left);
	buf_add_string(to->sql, filter->node == SCIM_AND ? " and " : " or ");
	filter_write(to, filter->right);
	buf_add_char(to->sql, ')');
}

static void filter_write(struct writer *to, const struct scim_filter *filter)
{
	switch (filter->node) {
	case SCIM_TERM:
		term_write(to, filter);
		break;
	case SCIM_AND:
	case SCIM_OR:
		pair_write(to, filter);
		break;
	case SCIM_NOT:
		buf_add_char(to->sql, '(');
		filter_write(to, filter->left);
		buf_add_string(to->sql, ") is not true");
		break;
	case SCIM_ELEMENT:
		rows_write(to, filter, true);
		filter_write(to, filter->left);
		buf_add_char(to->sql, ')');
		break;
	default:
		buf_add_string(to->sql, "false");
	}
}

void scim_filter_sql(const struct scim_filter *filter, struct buf *sql,
    struct scim_values *values, struct arena *arena)
{
	struct writer to = {sql, values, arena};

	values->count = 0;
	filter_write(&to, filter);
}
