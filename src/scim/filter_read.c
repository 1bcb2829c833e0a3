#include "hefboom/arena.h"
#include "scim/filter_tree.h"

static const struct scim_filter *or_read(struct scim_reader *reader);

/* What a term or brackets begin with. */
struct target {
	struct scim_path path; /* no attribute: a part of an element */
	bool is_elsewhere; /* only another kind has it */
};

static const char *const operators[] = {
    "pr", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"};

const struct scim_attribute scim_schemas_attribute = {.name = "schemas",
    .type = SCIM_REFERENCE,
    .mutability = SCIM_READ_ONLY,
    .multi_valued = true,
    .case_exact = true,
    .column = "e"};

static void *fail(struct scim_reader *reader, const char *why)
{
	if (reader->why == NULL)
		reader->why = why;
	return NULL;
}

static struct scim_filter *node_make(struct scim_reader *reader,
    enum scim_node node, const struct scim_filter *left,
    const struct scim_filter *right)
{
	struct scim_filter *filter =
	    arena_alloc(reader->arena, sizeof(*filter));

	filter->node = node;
	filter->left = left;
	filter->right = right;
	filter->kind = reader->kind;
	return filter;
}

static const struct scim_filter *not_make(
    struct scim_reader *reader, const struct scim_filter *filter)
{
	return filter == NULL ? NULL
			      : node_make(reader, SCIM_NOT, filter, NULL);
}

static bool name_find(
    struct scim_reader *reader, struct scim_word name, struct target *target)
{
	static const struct scim_kind *const kinds[] = {
	    &scim_user, &scim_group};

	memset(target, 0, sizeof(*target));
	if (scim_word_is(&name, scim_schemas_attribute.name)) {
		target->path.attribute = &scim_schemas_attribute;
		return true;
	}
	if (scim_name_find(reader->kind, name, &target->path))
		return true;
	target->is_elsewhere = true;
	for (size_t i = 0; reader->is_any && i < 2; i++) {
		if (scim_name_find(kinds[i], name, &target->path))
			return true;
	}
	return false;
}

static bool target_find(
    struct scim_reader *reader, struct scim_word name, struct target *target)
{
	const struct scim_attribute *part;

	if (reader->inside == NULL)
		return name_find(reader, name, target);
	memset(target, 0, sizeof(*target));
	part =
	    scim_attribute_find(reader->inside->parts, name.bytes, name.length);
	target->path.part = part;
	if (!reader->inside->multi_valued) {
		target->path.attribute = reader->inside;
		target->path.is_extension = reader->is_inside_extension;
	}
	return part != NULL;
}

static bool operator_read(struct scim_reader *reader, enum scim_operator *op)
{
	struct scim_word word;

	scim_spaces_skip(reader);
	word = scim_word_read(reader);
	for (unsigned i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		if (scim_word_is(&word, operators[i])) {
			*op = (enum scim_operator)i;
			return true;
		}
	}
	return false;
}

static bool is_fit(enum scim_operator op, enum scim_type type)
{
	switch (op) {
	case SCIM_PR:
	case SCIM_EQ:
	case SCIM_NE:
		return true;
	case SCIM_CO:
	case SCIM_SW:
	case SCIM_EW:
		return scim_is_text(type);
	default:
		return scim_is_text(type) || type == SCIM_DATE_TIME;
	}
}

/* A literal that is no null, on what is compared: the leaf. */
static const struct scim_filter *comparison_read(
    struct scim_reader *reader, struct scim_filter *term)
{
	const struct scim_attribute *leaf = scim_leaf(term);
	enum scim_type type;
	bool is_null;

	if (leaf->type == SCIM_COMPLEX)
		leaf = scim_attribute_find(leaf->parts, "value", 5);
	/* null is for complex attributes too. */
	type = leaf == NULL ? SCIM_STRING : leaf->type;
	if (!is_fit(term->op, type))
		return fail(reader, "that attribute has not that operator");
	scim_spaces_skip(reader);
	term->value = scim_literal_read(reader, type, &is_null);
	if (is_null) {
		bool is_absent = term->op == SCIM_EQ;

		if (!is_absent && term->op != SCIM_NE)
			return fail(reader, "null has no order and no parts");
		term->op = SCIM_PR;
		return is_absent ? not_make(reader, term) : term;
	}
	if (term->value == NULL)
		return NULL;
	if (leaf == NULL)
		return fail(
		    reader, "a complex attribute is compared by a part of it");
	if (leaf != scim_leaf(term))
		term->part = leaf;
	return term;
}

static const struct scim_filter *term_read(
    struct scim_reader *reader, const struct target *target)
{
	struct scim_filter *term = node_make(reader, SCIM_TERM, NULL, NULL);
	const struct scim_filter *read = term;

	if (++reader->terms > SCIM_FILTER_TERMS_MAX)
		return fail(reader, "it has too many comparisons");
	term->attribute = target->path.attribute;
	term->part = target->path.part;
	term->is_extension = target->path.is_extension;
	if (!operator_read(reader, &term->op))
		return fail(reader, "an attribute is followed by an operator");
	if (term->op != SCIM_PR)
		read = comparison_read(reader, term);
	if (read == NULL || !target->is_elsewhere)
		return read;
	/* What is absent differs from everything. */
	term->node = SCIM_NEVER;
	return read == term && term->op == SCIM_NE ? not_make(reader, term)
						   : read;
}

const struct scim_filter *scim_brackets_read(struct scim_reader *reader)
{
	char open = *reader->at;
	const struct scim_filter *filter;

	if (++reader->depth > SCIM_FILTER_DEPTH_MAX)
		return fail(reader, "its brackets are too deep");
	reader->at++;
	filter = or_read(reader);
	if (filter == NULL)
		return NULL;
	scim_spaces_skip(reader);
	if (reader->at == reader->end ||
	    *reader->at != (open == '(' ? ')' : ']'))
		return fail(reader, "a bracket is not closed");
	reader->at++;
	reader->depth--;
	return filter;
}

/* `[...].value eq "x"`, which Entra sends: of the same element. */
static const struct scim_filter *behind_read(
    struct scim_reader *reader, const struct scim_filter *inner)
{
	const struct scim_filter *term;
	struct target target;

	if (reader->at == reader->end || *reader->at != '.')
		return inner;
	reader->at++;
	if (!target_find(reader, scim_word_read(reader), &target))
		return fail(reader, "there is no such sub-attribute");
	term = term_read(reader, &target);
	return term == NULL ? NULL : node_make(reader, SCIM_AND, inner, term);
}

static const struct scim_filter *element_read(
    struct scim_reader *reader, const struct target *target)
{
	const struct scim_attribute *attribute = target->path.attribute;
	const struct scim_filter *inner;
	struct scim_filter *element;

	if (reader->inside != NULL || target->path.part != NULL ||
	    attribute->parts == NULL)
		return fail(reader, "brackets follow a complex attribute");
	reader->inside = attribute;
	reader->is_inside_extension = target->path.is_extension;
	inner = scim_brackets_read(reader);
	if (inner != NULL)
		inner = behind_read(reader, inner);
	reader->inside = NULL;
	if (inner == NULL)
		return NULL;
	if (target->is_elsewhere)
		return node_make(reader, SCIM_NEVER, NULL, NULL);
	if (!attribute->multi_valued)
		return inner;
	element = node_make(reader, SCIM_ELEMENT, inner, NULL);
	element->attribute = attribute;
	element->is_extension = target->path.is_extension;
	return element;
}

static const struct scim_filter *one_read(struct scim_reader *reader)
{
	struct scim_word name;
	struct target target;

	scim_spaces_skip(reader);
	if (reader->at < reader->end && *reader->at == '(')
		return scim_brackets_read(reader);
	name = scim_word_read(reader);
	if (name.length == 0)
		return fail(reader, "an attribute is missing");
	if (scim_word_is(&name, "not")) {
		scim_spaces_skip(reader);
		if (reader->at == reader->end || *reader->at != '(')
			return fail(reader, "not is followed by a bracket");
		return not_make(reader, scim_brackets_read(reader));
	}
	if (!target_find(reader, name, &target))
		return fail(reader, "there is no such attribute");
	if (reader->at < reader->end && *reader->at == '[')
		return element_read(reader, &target);
	return term_read(reader, &target);
}

/* Moves on only when that word is next. */
static bool word_take(struct scim_reader *reader, const char *text)
{
	const char *before = reader->at;
	struct scim_word word;

	scim_spaces_skip(reader);
	word = scim_word_read(reader);
	if (scim_word_is(&word, text))
		return true;
	reader->at = before;
	return false;
}

static const struct scim_filter *and_read(struct scim_reader *reader)
{
	const struct scim_filter *left = one_read(reader), *right;

	while (left != NULL && word_take(reader, "and")) {
		right = one_read(reader);
		left = right == NULL ? NULL
				     : node_make(reader, SCIM_AND, left, right);
	}
	return left;
}

static const struct scim_filter *or_read(struct scim_reader *reader)
{
	const struct scim_filter *left = and_read(reader), *right;

	while (left != NULL && word_take(reader, "or")) {
		right = and_read(reader);
		left = right == NULL ? NULL
				     : node_make(reader, SCIM_OR, left, right);
	}
	return left;
}

static const struct scim_filter *filter_read(
    struct scim_reader *reader, const char **why)
{
	const struct scim_filter *filter = NULL;

	if (scim_text_check(reader))
		filter = or_read(reader);
	scim_spaces_skip(reader);
	if (filter != NULL && reader->at != reader->end)
		filter = fail(reader, "something stands behind the filter");
	if (filter == NULL)
		*why = reader->why;
	return filter;
}

const struct scim_filter *scim_filter_read(const char *text, size_t length,
    const struct scim_kind *kind, struct arena *arena, const char **why)
{
	struct scim_reader reader = {
	    .at = text, .end = text + length, .kind = kind, .arena = arena};

	return filter_read(&reader, why);
}

const struct scim_filter *scim_filter_read_any(const char *text, size_t length,
    const struct scim_kind *kind, struct arena *arena, const char **why)
{
	struct scim_reader reader = {.at = text,
	    .end = text + length,
	    .kind = kind,
	    .is_any = true,
	    .arena = arena};

	return filter_read(&reader, why);
}
