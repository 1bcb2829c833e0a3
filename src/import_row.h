/*
 * import_row -- a row of the people file, checked by itself.
 *
 * Each column of the file has a name, a length and a form.  What a row alone
 * cannot tell (is the manager there? is the name taken?) is asked of the
 * database afterwards, when it has all rows.  What other imports ask of a
 * field and write of it is here too.
 */
#ifndef HEFBOOM_IMPORT_ROW_H
#define HEFBOOM_IMPORT_ROW_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct csv;

enum { IMPORT_COLUMNS = 16 };

/* Where in the file each column is; -1: the file does not have it. */
struct import_header {
	int at[IMPORT_COLUMNS];
};

/* NULL, or what is wrong with the header (free it). */
char *import_header_read(struct import_header *header, const struct csv *csv);

/* What a name is (schema.h), each of those between tabs and ends of lines. */
bool import_names_are_plain(const char *text);

/* A field of a line of COPY's text format. */
void import_field_add(struct buf *line, const char *text, size_t length);

/*
 * The row as a line of COPY's text format.  NULL, or what is wrong with the
 * first field that is (free it); nothing was added then.
 */
char *import_row_add(struct buf *line, const struct import_header *header,
    const struct csv *csv);

/* copy incoming_row (...) from stdin */
extern const char import_row_copy[];

#endif
