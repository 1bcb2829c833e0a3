#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include "hefboom/buf.h"
#include "hefboom/csv.h"
#include "hefboom/memory.h"
#include "hefboom/utf8.h"

struct csv {
	FILE *file;
	char separator;
	unsigned long row;
	int columns;
	char **names;
	/* The row's fields, each with a NUL behind it; and where they begin. */
	struct buf bytes;
	size_t starts[CSV_COLUMNS_MAX + 1];
	int fields;
	char *error;
};

static int __attribute__((format(printf, 2, 3)))
fail(struct csv *csv, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	free(csv->error);
	csv->error = memory_format("row %lu: %s", csv->row, text);
	return -1;
}

static int end_field(struct csv *csv)
{
	size_t start = csv->starts[csv->fields];
	size_t length = csv->bytes.length - start;

	if (csv->fields == CSV_COLUMNS_MAX)
		return fail(csv, "more than %d fields", CSV_COLUMNS_MAX);
	if (length != 0 && !utf8_is_text(csv->bytes.bytes + start, length))
		return fail(csv,
		    "field %d is not UTF-8 text; save the file "
		    "as UTF-8",
		    csv->fields + 1);
	buf_add_char(&csv->bytes, '\0');
	csv->fields++;
	csv->starts[csv->fields] = csv->bytes.length;
	return 0;
}

/* Behind the opening quote; *next is the byte behind the closing one. */
static int read_quoted(struct csv *csv, int *next)
{
	for (;;) {
		int byte = getc_unlocked(csv->file);

		if (byte == EOF)
			return fail(csv, "a quote is never closed");
		if (byte == '"') {
			byte = getc_unlocked(csv->file);
			*next = byte;
			if (byte != '"')
				return 0;
		}
		if (csv->bytes.length >= CSV_ROW_MAX)
			return fail(csv,
			    "longer than %d bytes (is a quote open?)",
			    CSV_ROW_MAX);
		buf_add_char(&csv->bytes, (char)byte);
	}
}

/* In the header the separator is not known yet: whichever comes first. */
static bool is_separator(struct csv *csv, int byte)
{
	if (csv->separator == '\0' && (byte == ',' || byte == ';'))
		csv->separator = (char)byte;
	return byte != '\0' && byte == csv->separator;
}

/* Reads one field; the byte that ended it in *last ('\n' for CRLF too). */
static int read_field(struct csv *csv, int *last)
{
	bool quoted = false;
	int byte = getc_unlocked(csv->file);

	if (byte == '"') {
		quoted = true;
		if (read_quoted(csv, &byte) < 0)
			return -1;
	}
	for (;; byte = getc_unlocked(csv->file)) {
		if (byte == '\r') {
			byte = getc_unlocked(csv->file);
			if (byte != '\n')
				return fail(csv,
				    "a carriage return alone "
				    "does not end a row");
		}
		if (byte == EOF || byte == '\n' || is_separator(csv, byte))
			break;
		if (quoted)
			return fail(csv, "text behind a closing quote");
		if (byte == '"')
			return fail(csv,
			    "a quote inside a field that is not "
			    "quoted");
		if (csv->bytes.length >= CSV_ROW_MAX)
			return fail(csv, "longer than %d bytes", CSV_ROW_MAX);
		buf_add_char(&csv->bytes, (char)byte);
	}
	*last = byte;
	return end_field(csv);
}

/* 1 with the fields of a row that has any character, 0 at the end, -1. */
static int read_row(struct csv *csv)
{
	for (;;) {
		int last = EOF;
		int first = getc_unlocked(csv->file);

		if (first == EOF) {
			if (ferror(csv->file))
				return fail(
				    csv, "cannot be read: %s", strerror(errno));
			return 0;
		}
		ungetc(first, csv->file);
		csv->row++;
		csv->fields = 0;
		csv->starts[0] = 0;
		buf_clear(&csv->bytes);
		do {
			if (read_field(csv, &last) < 0)
				return -1;
		} while (last != EOF && last != '\n');
		if (csv->fields > 1 || csv->bytes.length > 1 || first == '"')
			return 1;
	}
}

int csv_next(struct csv *csv)
{
	int got = read_row(csv);

	if (got == 1 && csv->fields != csv->columns)
		return fail(csv, "%d fields, where the header has %d",
		    csv->fields, csv->columns);
	return got;
}

static int read_header(struct csv *csv)
{
	int got = read_row(csv);
	int i, j;

	if (got < 0)
		return -1;
	if (got == 0) {
		csv->row = 1;
		return fail(csv,
		    "the file is empty; its first row must name "
		    "the columns");
	}
	csv->columns = csv->fields;
	csv->names = memory_zero((size_t)csv->columns, sizeof(char *));
	for (i = 0; i < csv->columns; i++)
		csv->names[i] = memory_string(csv_field(csv, i));
	for (i = 0; i < csv->columns; i++)
		for (j = 0; j < i; j++)
			if (strcmp(csv->names[i], csv->names[j]) == 0)
				return fail(csv,
				    "columns %d and %d have one name", j + 1,
				    i + 1);
	return 0;
}

/* -1 for a mark that is not UTF-8's. */
static int skip_mark(struct csv *csv)
{
	static const unsigned char rest[] = {0xbb, 0xbf};
	int byte = getc_unlocked(csv->file);

	if (byte != 0xef) {
		if (byte != EOF)
			ungetc(byte, csv->file);
		return 0;
	}
	csv->row = 1;
	if (getc_unlocked(csv->file) != rest[0] ||
	    getc_unlocked(csv->file) != rest[1])
		return fail(csv,
		    "field 1 is not UTF-8 text; save the file "
		    "as UTF-8");
	csv->row = 0;
	return 0;
}

struct csv *csv_new(FILE *file, char **error)
{
	struct csv *csv = memory_zero(1, sizeof(*csv));

	csv->file = file;
	if (skip_mark(csv) < 0 || read_header(csv) < 0) {
		*error = csv->error;
		csv->error = NULL;
		csv_free(csv);
		return NULL;
	}
	if (csv->separator == '\0')
		csv->separator = ',';
	return csv;
}

struct csv *csv_open(const char *path, char **error)
{
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		*error = memory_format("cannot be opened: %s", strerror(errno));
		return NULL;
	}
	return csv_new(file, error);
}

void csv_free(struct csv *csv)
{
	int i;

	if (csv == NULL)
		return;
	for (i = 0; csv->names != NULL && i < csv->columns; i++)
		free(csv->names[i]);
	free(csv->names);
	free(csv->error);
	buf_release(&csv->bytes);
	fclose(csv->file);
	free(csv);
}

const char *csv_error(const struct csv *csv)
{
	return csv->error;
}

unsigned long csv_row(const struct csv *csv)
{
	return csv->row;
}

const char *csv_field(const struct csv *csv, int column)
{
	assert(column >= 0 && column < csv->fields);
	return csv->bytes.bytes + csv->starts[column];
}

size_t csv_field_length(const struct csv *csv, int column)
{
	assert(column >= 0 && column < csv->fields);
	return csv->starts[column + 1] - csv->starts[column] - 1;
}

int csv_columns(const struct csv *csv)
{
	return csv->columns;
}

const char *csv_name(const struct csv *csv, int column)
{
	assert(column >= 0 && column < csv->columns);
	return csv->names[column];
}

int csv_column(const struct csv *csv, const char *name)
{
	int i;

	for (i = 0; i < csv->columns; i++)
		if (strcmp(csv->names[i], name) == 0)
			return i;
	return -1;
}
