/*
 * text -- a statement as PostgreSQL is told it: one name, one SQL text.
 *
 * A statement of a list has many texts: per order, first or next page, with
 * or without each optional line, with or without a key.  Each is written
 * down when it is first met, and prepared when a connection first meets it.
 *
 * Ownership.  Texts live as long as the program; there are finitely many.
 *
 * Promise.  The same statement and variant give the same object.  Ids are
 * dense from 0, so that a connection can remember by id what it prepared.
 */
#ifndef HEFBOOM_TEXT_H
#define HEFBOOM_TEXT_H

#include <stdbool.h>
#include <stdint.h>

struct order;
struct statement;

struct text {
	unsigned id;
	/* operationId, with a suffix for a variant; NULL: somebody's own,
	 * which has no id and is not prepared (answer.h). */
	const char *name;
	const char *sql;
	const uint32_t *types;
	int count;
};

struct variant {
	const struct order *order; /* NULL: no list */
	bool next; /* a page behind a cursor */
	bool keyed;
	uint32_t given; /* bit i: parameters[i] is present */
};

const struct text *text_find(
    const struct statement *statement, const struct variant *variant);

/* Of a statement without variants. */
const struct text *text_plain(const struct statement *statement);

/*
 * Whether all the texts that clients could ask for have room: 0, or -1 with
 * *error.  So no client makes the table overflow.
 */
int text_check(char **error);

#endif
