#include "import_row.h"

#include <ctype.h>
#include <stdbool.h>
#include <strings.h>

#include "hefboom/buf.h"
#include "hefboom/csv.h"
#include "hefboom/memory.h"
#include "hefboom/schema.h"

typedef bool form_fn(const char *text, size_t length);

struct column {
	const char *name;
	size_t limit; /* in characters */
	form_fn *has_form; /* or NULL */
	const char *form; /* what has_form asks, for people */
};

static bool is_email(const char *text, size_t length)
{
	const char *at = memchr(text, '@', length);

	return at != NULL && at > text && at + 1 < text + length &&
	    memchr(text, ' ', length) == NULL;
}

static bool is_language(const char *text, size_t length)
{
	return length == 2 &&
	    (memcmp(text, "en", 2) == 0 || memcmp(text, "nl", 2) == 0 ||
		memcmp(text, "fr", 2) == 0 || memcmp(text, "de", 2) == 0);
}

static bool is_country(const char *text, size_t length)
{
	return length == 2 && text[0] >= 'A' && text[0] <= 'Z' &&
	    text[1] >= 'A' && text[1] <= 'Z';
}

static int digits(const char *text, int count)
{
	int number = 0;

	for (; count > 0; count--, text++) {
		if (*text < '0' || *text > '9')
			return -1;
		number = number * 10 + (*text - '0');
	}
	return number;
}

static bool is_date(const char *text, size_t length)
{
	static const int lengths[] = {
	    31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;
	bool leap;

	if (length != 10 || text[4] != '-' || text[7] != '-')
		return false;
	year = digits(text, 4);
	month = digits(text + 5, 2);
	day = digits(text + 8, 2);
	if (year < 1900 || month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1])
		return false;
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month != 2 || day < 29 || leap;
}

static bool is_boolean(const char *text, size_t length)
{
	static const char *const words[] = {
	    "true", "false", "yes", "no", "1", "0"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == length &&
		    strncasecmp(words[i], text, length) == 0)
			return true;
	return false;
}

static const struct column columns[] = {
    {"external_id", 200, NULL, NULL},
    {"user_name", 200, NULL, NULL},
    {"given_name", 99, NULL, NULL},
    {"family_name", 100, NULL, NULL},
    {"email", 254, is_email, "an e-mail address"},
    {"language", 2, is_language, "one of en, nl, fr and de"},
    {"zone", 64, NULL, NULL},
    {"country", 2, is_country, "two capital letters, as BE (ISO 3166-1)"},
    {"team", 200, NULL, NULL},
    {"team_parent", 200, NULL, NULL},
    {"manager_external_id", 200, NULL, NULL},
    {"title", 200, NULL, NULL},
    {"start_on", 10, is_date, "a date, as 2026-11-23"},
    {"end_on", 10, is_date, "a date, as 2026-11-23"},
    {"primary", 5, is_boolean, "true or false"},
    {"active", 5, is_boolean, "true or false"},
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) == IMPORT_COLUMNS,
    "every column has its place in the header");

const char import_row_copy[] =
    "copy incoming_row (at_row, external_id, user_name, given_name,"
    " family_name, email, language, zone, country, team, team_parent,"
    " manager_external_id, title, start_on, end_on, is_primary, active)"
    " from stdin";

static char *refuse_column(const char *name)
{
	struct buf text = {0};

	/* It is told on a terminal, and in one line. */
	if (!name_is_plain(name, strlen(name)))
		name = "(of odd characters)";
	buf_add_format(
	    &text, "there is no column '%.80s'; the columns are ", name);
	for (int i = 0; i < IMPORT_COLUMNS; i++)
		buf_add_format(
		    &text, "%s%s", i == 0 ? "" : ", ", columns[i].name);
	return buf_take(&text, NULL);
}

char *import_header_read(struct import_header *header, const struct csv *csv)
{
	int i, found = 0;

	for (i = 0; i < IMPORT_COLUMNS; i++) {
		header->at[i] = csv_column(csv, columns[i].name);
		found += header->at[i] >= 0;
	}
	for (i = 0; found < csv_columns(csv) && i < csv_columns(csv); i++) {
		bool known = false;

		for (int j = 0; j < IMPORT_COLUMNS; j++)
			known = known || header->at[j] == i;
		if (!known)
			return refuse_column(csv_name(csv, i));
	}
	if (header->at[0] < 0 && header->at[1] < 0)
		return memory_string("a column external_id or user_name is "
				     "needed, to know people by");
	return NULL;
}

/* Blanks at either end say nothing. */
static const char *trim(const char *text, size_t *length)
{
	while (*length > 0 && isspace((unsigned char)text[0])) {
		text++;
		(*length)--;
	}
	while (*length > 0 && isspace((unsigned char)text[*length - 1]))
		(*length)--;
	return text;
}

static size_t characters(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

bool import_names_are_plain(const char *text)
{
	static const char ends[] = "\t\n\v\f\r";

	while (*text != '\0') {
		size_t length = strcspn(text, ends);

		if (!name_is_plain(text, length))
			return false;
		text += length;
		text += strspn(text, ends);
	}
	return true;
}

void import_field_add(struct buf *line, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\\')
			buf_add_string(line, "\\\\");
		else if (text[i] == '\t')
			buf_add_string(line, "\\t");
		else if (text[i] == '\n')
			buf_add_string(line, "\\n");
		else if (text[i] == '\r')
			buf_add_string(line, "\\r");
		else
			buf_add_char(line, text[i]);
	}
}

/* The field, or a null; NULL or what is wrong with it. */
static char *field_add(struct buf *line, const struct column *column,
    const struct csv *csv, int at)
{
	const char *text;
	size_t length;

	buf_add_char(line, '\t');
	length = at < 0 ? 0 : csv_field_length(csv, at);
	text = at < 0 ? "" : trim(csv_field(csv, at), &length);
	if (length == 0) {
		buf_add_string(line, "\\N");
		return NULL;
	}
	if (!name_is_plain(text, length))
		return memory_string("it holds a control character");
	if (characters(text, length) > column->limit)
		return memory_format("%s is longer than %zu characters",
		    column->name, column->limit);
	if (column->has_form != NULL && !column->has_form(text, length))
		return memory_format("%s '%.*s' is not %s", column->name,
		    (int)length, text, column->form);
	import_field_add(line, text, length);
	return NULL;
}

char *import_row_add(
    struct buf *line, const struct import_header *header, const struct csv *csv)
{
	size_t before = line->length;

	buf_add_format(line, "%lu", csv_row(csv));
	for (int i = 0; i < IMPORT_COLUMNS; i++) {
		char *fault = field_add(line, &columns[i], csv, header->at[i]);

		if (fault != NULL) {
			line->length = before;
			return fault;
		}
	}
	buf_add_char(line, '\n');
	return NULL;
}
