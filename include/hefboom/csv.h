/*
 * csv -- tables as text (RFC 4180), read one row at a time.
 *
 * The first row names the columns.  Rows end in CRLF or LF, fields may be
 * quoted, and quoted ones may hold line breaks.  A byte order mark is passed
 * over, and the separator is the comma or the semicolon (which spreadsheets
 * write where the comma is decimal), whichever the header has.
 * Rows are counted as a spreadsheet shows them: the header is row 1.  Rows
 * without a single character are skipped, though counted.
 *
 * Ownership.  A csv owns its file.  Fields live until the next csv_next().
 *
 * Promise.  Whatever is not well-formed is an error with its row's number:
 * stray or unclosed quotes, a row with more or fewer fields than the header,
 * text that is not UTF-8 or has a NUL, a column named twice, a row of more
 * than CSV_ROW_MAX bytes.  Memory is bounded by the longest row.
 */
#ifndef HEFBOOM_CSV_H
#define HEFBOOM_CSV_H

#include <stddef.h>
#include <stdio.h>

struct csv;

enum { CSV_ROW_MAX = 1 << 20, CSV_COLUMNS_MAX = 256 };

/* The header is read at once.  NULL with *error (free it). */
struct csv *csv_open(const char *path, char **error);
struct csv *csv_new(FILE *file, char **error); /* Takes file, always. */
void csv_free(struct csv *csv);

/* 1 with a row, 0 at the end, -1: csv_error() tells. */
int csv_next(struct csv *csv);
const char *csv_error(const struct csv *csv); /* one sentence */

/* Of the row that was read: its number, and its fields. */
unsigned long csv_row(const struct csv *csv);
const char *csv_field(const struct csv *csv, int column);
size_t csv_field_length(const struct csv *csv, int column);

/* The header. */
int csv_columns(const struct csv *csv);
const char *csv_name(const struct csv *csv, int column);
int csv_column(const struct csv *csv, const char *name); /* or -1 */

#endif
