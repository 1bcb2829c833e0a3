/*
 * shape -- a result's rows as JSON, straight into the reply's bytes.
 *
 * A column's name is the member's name and its type decides how the value
 * is written: booleans, numbers, json and jsonb as they are; timestamps in
 * RFC 3339 and UTC; arrays of text, uuid and integers as arrays; null as
 * null; everything else as a string.  Columns that begin with _ are the
 * engine's and are not written.
 *
 * Ownership.  Nothing is kept.  A shape borrows its result.
 *
 * Promise.  The same row gives the same bytes, whichever process writes it.
 */
#ifndef HEFBOOM_SHAPE_H
#define HEFBOOM_SHAPE_H

struct arena;
struct buf;
struct pg_result;

/* {"id": ..., ...}; the row must exist. */
void shape_row(struct buf *out, const struct pg_result *result, int row);

/* [{...}, ...]: the first `rows` rows. */
void shape_rows(struct buf *out, const struct pg_result *result, int rows);

/* How many rows a result has. */
int shape_count(const struct pg_result *result);

/* The value of a column by its name, or NULL: absent, or null. */
const char *shape_value(
    const struct pg_result *result, int row, const char *column);

/* "2026-11-23 12:00:00.5+00" as "2026-11-23T12:00:00.5Z". */
void shape_time(struct buf *out, const char *time);

/*
 * Reads the text of a composite value, "(1,\"a b\",,t)", as record_out
 * writes it, into at most `most` strings of the arena (NULL is null).
 * Returns how many there were, or -1 when it is not one.
 */
int shape_record(
    struct arena *arena, const char *text, const char **values, int most);

#endif
