/* What the files of scim_filter share. */
#ifndef SCIM_FILTER_TREE_H
#define SCIM_FILTER_TREE_H

#include "hefboom/scim_filter.h"

enum scim_operator {
	SCIM_PR,
	SCIM_EQ,
	SCIM_NE,
	SCIM_CO,
	SCIM_SW,
	SCIM_EW,
	SCIM_GT,
	SCIM_GE,
	SCIM_LT,
	SCIM_LE,
};

enum scim_node {
	SCIM_NEVER,
	SCIM_TERM,
	SCIM_AND,
	SCIM_OR,
	SCIM_NOT, /* left alone */
	SCIM_ELEMENT, /* attribute[left] */
};

struct scim_filter {
	enum scim_node node;
	const struct scim_filter *left, *right;
	const struct scim_kind *kind;
	/* NULL in a term on an element, which has a part. */
	const struct scim_attribute *attribute;
	const struct scim_attribute *part;
	bool is_extension;
	enum scim_operator op;
	/* As its type is written: true, false, a time by scim_instant_read. */
	const char *value;
};

struct scim_reader {
	const char *at, *end;
	const struct scim_kind *kind;
	const struct scim_attribute *inside; /* whose brackets */
	bool is_any; /* kind */
	bool is_inside_extension;
	struct arena *arena;
	const char *why; /* the first fault */
	unsigned depth, terms;
};

struct scim_word {
	const char *bytes;
	size_t length;
};

enum { SCIM_INSTANT_SIZE = sizeof("2011-05-13T04:42:34.000000Z") };

/* filter_word.c */
bool scim_text_check(struct scim_reader *reader);
bool scim_word_is(const struct scim_word *word, const char *text);
void scim_spaces_skip(struct scim_reader *reader);
struct scim_word scim_word_read(struct scim_reader *reader);
/* The literal as that type is written, or NULL; *is_null: it is null. */
const char *scim_literal_read(
    struct scim_reader *reader, enum scim_type type, bool *is_null);

/* filter_read.c */
const struct scim_filter *scim_brackets_read(struct scim_reader *reader);

/* path.c: an attribute by its name, URN and all. */
bool scim_name_find(const struct scim_kind *kind, struct scim_word name,
    struct scim_path *path);

/* filter_time.c: UTC with six decimals, so that its order is that of time. */
bool scim_instant_read(const char *text, char out[SCIM_INSTANT_SIZE]);

/* Every resource has them; no member of a document tells. */
extern const struct scim_attribute scim_schemas_attribute;

static inline const struct scim_attribute *scim_leaf(
    const struct scim_filter *term)
{
	return term->part != NULL ? term->part : term->attribute;
}

static inline bool scim_is_text(enum scim_type type)
{
	return type == SCIM_STRING || type == SCIM_REFERENCE;
}

#endif
