/*
 * fuzz_csv -- what is read can be written down again, and reads the same.
 *
 * Properties: every row has as many fields as the header, every field is
 * without NUL, rows only count up, and a table of what was read, each field
 * quoted, reads as the same fields.
 */
#include <stdbool.h>
#include <stdint.h>

#include "hefboom/buf.h"
#include "hefboom/csv.h"
#include "hefboom/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void demand(bool held)
{
	if (!held)
		__builtin_trap();
}

static void add_quoted(struct buf *table, const char *field, char last)
{
	buf_add_char(table, '"');
	for (; *field != '\0'; field++) {
		if (*field == '"')
			buf_add_char(table, '"');
		buf_add_char(table, *field);
	}
	buf_add_char(table, '"');
	buf_add_char(table, last);
}

/* Reads all rows into `table`, or what was read before an error. */
static void read_table(const void *bytes, size_t size, struct buf *table)
{
	char *error = NULL;
	unsigned long row = 1;
	struct csv *csv;
	FILE *file;

	if (size == 0)
		return;
	file = fmemopen((void *)(uintptr_t)bytes, size, "r");
	demand(file != NULL);
	csv = csv_new(file, &error);
	demand((csv == NULL) == (error != NULL));
	free(error);
	if (csv == NULL)
		return;
	for (int i = 0, count = csv_columns(csv); i < count; i++)
		add_quoted(table, csv_name(csv, i), i + 1 < count ? ',' : '\n');
	while (csv_next(csv) == 1) {
		demand(csv_row(csv) > row);
		row = csv_row(csv);
		for (int i = 0, count = csv_columns(csv); i < count; i++) {
			const char *field = csv_field(csv, i);

			demand(strlen(field) == csv_field_length(csv, i));
			add_quoted(table, field, i + 1 < count ? ',' : '\n');
		}
	}
	csv_free(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct buf first = {0}, second = {0};

	read_table(bytes, size, &first);
	read_table(first.bytes, first.length, &second);
	demand(first.length == second.length);
	demand(first.length == 0 ||
	    memcmp(first.bytes, second.bytes, first.length) == 0);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
