#include "hefboom/shape.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"

/* The types that are not written as strings (pg_type.dat). */
enum type {
	TYPE_BOOL = 16,
	TYPE_INT8 = 20,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_JSON = 114,
	TYPE_FLOAT4 = 700,
	TYPE_FLOAT8 = 701,
	TYPE_INT4_ARRAY = 1007,
	TYPE_TEXT_ARRAY = 1009,
	TYPE_INT8_ARRAY = 1016,
	TYPE_TIMESTAMPTZ = 1184,
	TYPE_NUMERIC = 1700,
	TYPE_UUID_ARRAY = 2951,
	TYPE_JSONB = 3802,
};

enum { COLUMNS_MAX = 64 };

static void add_number(struct buf *out, const char *value, size_t length)
{
	/* NaN and infinities are no JSON. */
	if (value[0] == 'N' || value[0] == 'I' ||
	    (value[0] == '-' && value[1] == 'I'))
		buf_add_string(out, "null");
	else
		buf_add(out, value, length);
}

static bool has_suffix(const char *text, size_t length, const char *suffix)
{
	size_t wanted = strlen(suffix);

	return length >= wanted &&
	    memcmp(text + length - wanted, suffix, wanted) == 0;
}

void shape_time(struct buf *out, const char *time)
{
	size_t length = strlen(time);
	size_t at;

	/* Connections run in UTC with ISO dates. */
	if (length < 19 || time[10] != ' ' ||
	    !has_suffix(time, length, "+00")) {
		buf_add_string(out, "null"); /* infinity, BC, 10000 and later */
		return;
	}
	buf_add_char(out, '"');
	at = out->length;
	buf_add(out, time, length - 3);
	out->bytes[at + 10] = 'T';
	buf_add_string(out, "Z\"");
}

/* One element of an array's text; returns what is behind it. */
static const char *add_element(struct buf *out, const char *at, bool text)
{
	struct buf element = {0};
	bool quoted = *at == '"';

	if (quoted)
		at++;
	for (; *at != '\0'; at++) {
		if (quoted ? *at == '"' : *at == ',' || *at == '}')
			break;
		if (*at == '\\' && at[1] != '\0')
			at++;
		buf_add_char(&element, *at);
	}
	buf_reserve(&element, 1);
	if (!quoted && element.length == 4 &&
	    memcmp(element.bytes, "NULL", 4) == 0)
		buf_add_string(out, "null");
	else if (text)
		buf_add_json(out, element.bytes, element.length);
	else
		buf_add(out, element.bytes, element.length);
	buf_release(&element);
	return quoted && *at == '"' ? at + 1 : at;
}

/* {a,"b c",NULL}, one dimension (PostgreSQL, 8.15.6). */
static void add_array(struct buf *out, const char *value, bool text)
{
	const char *at = value;

	buf_add_char(out, '[');
	if (*at == '{')
		at++;
	while (*at != '}' && *at != '\0') {
		at = add_element(out, at, text);
		if (*at == ',') {
			buf_add_char(out, ',');
			at++;
		}
	}
	buf_add_char(out, ']');
}

static void add_value(
    struct buf *out, const PGresult *result, int row, int column)
{
	const char *value = PQgetvalue(result, row, column);
	size_t length = (size_t)PQgetlength(result, row, column);

	switch (PQftype(result, column)) {
	case TYPE_BOOL:
		buf_add_string(out, value[0] == 't' ? "true" : "false");
		break;
	case TYPE_INT2:
	case TYPE_INT4:
	case TYPE_INT8:
	case TYPE_JSON:
	case TYPE_JSONB:
		buf_add(out, value, length);
		break;
	case TYPE_FLOAT4:
	case TYPE_FLOAT8:
	case TYPE_NUMERIC:
		add_number(out, value, length);
		break;
	case TYPE_TIMESTAMPTZ:
		shape_time(out, value);
		break;
	case TYPE_TEXT_ARRAY:
	case TYPE_UUID_ARRAY:
		add_array(out, value, true);
		break;
	case TYPE_INT4_ARRAY:
	case TYPE_INT8_ARRAY:
		add_array(out, value, false);
		break;
	default:
		buf_add_json(out, value, length);
		break;
	}
}

/* What stands in front of each column's value, written down once. */
struct plan {
	struct buf names;
	size_t at[COLUMNS_MAX + 1];
	int columns[COLUMNS_MAX];
	int count;
};

static void plan_init(struct plan *plan, const PGresult *result)
{
	int fields = PQnfields(result);

	plan->names = (struct buf){0};
	plan->count = 0;
	for (int i = 0; i < fields && plan->count < COLUMNS_MAX; i++) {
		const char *name = PQfname(result, i);

		if (name[0] == '_')
			continue;
		plan->at[plan->count] = plan->names.length;
		buf_add_char(&plan->names, plan->count == 0 ? '{' : ',');
		buf_add_json_string(&plan->names, name);
		buf_add_char(&plan->names, ':');
		plan->columns[plan->count++] = i;
	}
	plan->at[plan->count] = plan->names.length;
}

static void add_row(
    struct buf *out, const struct plan *plan, const PGresult *result, int row)
{
	for (int i = 0; i < plan->count; i++) {
		buf_add(out, plan->names.bytes + plan->at[i],
		    plan->at[i + 1] - plan->at[i]);
		if (PQgetisnull(result, row, plan->columns[i]))
			buf_add(out, "null", 4);
		else
			add_value(out, result, row, plan->columns[i]);
	}
	buf_add_string(out, plan->count == 0 ? "{}" : "}");
}

void shape_row(struct buf *out, const PGresult *result, int row)
{
	struct plan plan;

	plan_init(&plan, result);
	add_row(out, &plan, result, row);
	buf_release(&plan.names);
}

void shape_rows(struct buf *out, const PGresult *result, int rows)
{
	struct plan plan;

	plan_init(&plan, result);
	buf_add_char(out, '[');
	for (int row = 0; row < rows; row++) {
		if (row > 0)
			buf_add_char(out, ',');
		add_row(out, &plan, result, row);
	}
	buf_add_char(out, ']');
	buf_release(&plan.names);
}

int shape_count(const PGresult *result)
{
	return PQntuples(result);
}

const char *shape_value(const PGresult *result, int row, const char *column)
{
	int fields = PQnfields(result);

	if (row >= PQntuples(result))
		return NULL;
	/* Not PQfnumber: it folds case and allocates. */
	for (int i = 0; i < fields; i++) {
		if (strcmp(PQfname(result, i), column) != 0)
			continue;
		return PQgetisnull(result, row, i) ? NULL
						   : PQgetvalue(result, row, i);
	}
	return NULL;
}

/* One field of a record's text into out; returns what is behind it. */
static const char *read_field(struct buf *out, const char *at)
{
	bool quoted = false;

	for (; *at != '\0'; at++) {
		if (!quoted && (*at == ',' || *at == ')'))
			break;
		if (*at == '"' && quoted && at[1] == '"') {
			buf_add_char(out, *at++);
		} else if (*at == '"') {
			quoted = !quoted;
		} else {
			if (*at == '\\' && at[1] != '\0')
				at++;
			buf_add_char(out, *at);
		}
	}
	return at;
}

int shape_record(
    struct arena *arena, const char *text, const char **values, int most)
{
	struct buf field = {0};
	int count = 0;

	if (*text != '(')
		return -1;
	do {
		const char *begin = ++text;

		buf_clear(&field);
		text = read_field(&field, text);
		if (count < most)
			values[count] = text == begin
			    ? NULL
			    : arena_copy(arena,
				  field.bytes == NULL ? "" : field.bytes,
				  field.length);
		count++;
	} while (*text == ',');
	buf_release(&field);
	return *text == ')' && text[1] == '\0' && count <= most ? count : -1;
}
