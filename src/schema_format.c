#include "schema_tree.h"

/*
 * The closed list of formats.  Dates and times are those of RFC 3339 that
 * PostgreSQL can hold and say again: no year 0 and none of five digits, no
 * offset of 16 hours.
 */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Two digits as a number, or 100. */
static unsigned pair(const char *text)
{
	if (!is_digit(text[0]) || !is_digit(text[1]))
		return 100;
	return (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
}

static bool date_matches(const char *text, size_t length)
{
	static const unsigned char days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned century, year, month, day;
	unsigned leap;

	if (length != 10 || text[4] != '-' || text[7] != '-')
		return false;
	century = pair(text);
	year = pair(text + 2);
	month = pair(text + 5);
	day = pair(text + 8);
	if (century > 99 || year > 99 || century + year == 0)
		return false;
	leap = year != 0 ? year % 4 == 0 : century % 4 == 0;
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	return day <= days[month - 1] + (month == 2 ? leap : 0);
}

/* "Z" or an offset, as minutes east of UTC. */
static bool offset_read(const char *text, size_t length, int *minutes)
{
	unsigned hour, minute;

	*minutes = 0;
	if (length == 1)
		return *text == 'Z' || *text == 'z';
	if (length != 6 || (*text != '+' && *text != '-') || text[3] != ':')
		return false;
	hour = pair(text + 1);
	minute = pair(text + 4);
	*minutes = (int)(hour * 60 + minute) * (*text == '-' ? -1 : 1);
	return hour < 24 && minute < 60;
}

/* Second 60 only at the end of a day in UTC (RFC 3339, section 5.7). */
static bool time_read(const char *text, size_t length, int *offset)
{
	unsigned hour, minute, second;
	size_t end = 8;
	int utc;

	if (length < 9 || text[2] != ':' || text[5] != ':')
		return false;
	hour = pair(text);
	minute = pair(text + 3);
	second = pair(text + 6);
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	if (text[end] == '.') {
		end += 1 + strspn(text + end + 1, "0123456789");
		if (end == 9)
			return false;
	}
	if (!offset_read(text + end, length - end, offset))
		return false;
	utc = ((int)(hour * 60 + minute) - *offset + 2880) % 1440;
	return second < 60 || utc == 23 * 60 + 59;
}

static bool time_matches(const char *text, size_t length)
{
	int offset;

	return time_read(text, length, &offset);
}

/* Once it is UTC, and rounded to microseconds, it has a year of four digits. */
static bool year_is_kept(const char *text, int offset)
{
	int utc = (int)(pair(text + 11) * 60 + pair(text + 14)) - offset;
	const char *second = text + 17;

	if (strncmp(text, "0001-01-01", 10) == 0)
		return utc >= 0;
	if (strncmp(text, "9999-12-31", 10) != 0 || utc < 1439)
		return true;
	return utc == 1439 && *second != '6' &&
	    (strncmp(second, "59.999999", 9) != 0 || second[9] < '5' ||
		second[9] > '9');
}

static bool instant_matches(const char *text, size_t length)
{
	int offset;

	return length > 11 && (text[10] == 'T' || text[10] == 't') &&
	    date_matches(text, 10) &&
	    time_read(text + 11, length - 11, &offset) &&
	    abs(offset) < 16 * 60 && year_is_kept(text, offset);
}

/* Counts with these units, in this order and without a gap. */
static const char *counts_read(const char *text, const char *units)
{
	size_t digits;
	const char *unit = NULL, *next;

	while ((digits = strspn(text, "0123456789")) > 0) {
		next =
		    text[digits] == '\0' ? NULL : strchr(units, text[digits]);
		if (next == NULL || (unit != NULL && next != unit + 1))
			return NULL;
		unit = next;
		text += digits + 1;
	}
	return text;
}

/* RFC 3339, appendix A */
static bool duration_matches(const char *text, size_t length)
{
	const char *end = text + length, *times;

	if (*text != 'P' || strlen(text) != length)
		return false;
	text++;
	if (counts_read(text, "W") == end)
		return end > text;
	times = counts_read(text, "YMD");
	if (times == NULL || *times != 'T')
		return times == end && end > text;
	return counts_read(times + 1, "HMS") == end && end > times + 1;
}

static bool uuid_matches(const char *text, size_t length)
{
	if (length != 36)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return false;
		} else if (!is_hex(text[i])) {
			return false;
		}
	}
	return true;
}

/* BCP 47 without its registry: a language, then subtags. */
static bool language_matches(const char *text, size_t length)
{
	size_t subtag = 0, subtags = 0;

	if (length > 35)
		return false;
	for (size_t i = 0; i <= length; i++) {
		if (i == length || text[i] == '-') {
			if (subtag < 2 || subtag > (subtags == 0 ? 3 : 8))
				return false;
			subtag = 0;
			subtags++;
		} else if (is_letter(text[i]) ||
		    (subtags > 0 && is_digit(text[i]))) {
			subtag++;
		} else {
			return false;
		}
	}
	return true;
}

static bool pointer_matches(const char *text, size_t length)
{
	if (length > 0 && *text != '/')
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '~' && text[i + 1] != '0' && text[i + 1] != '1')
			return false;
	}
	return true;
}

const struct format *format_find(const char *name)
{
	static const struct format formats[] = {
	    {"date-time", instant_matches},
	    {"date", date_matches},
	    {"time", time_matches},
	    {"duration", duration_matches},
	    {"email", email_matches},
	    {"uuid", uuid_matches},
	    {"uri", uri_matches},
	    {"json-pointer", pointer_matches},
	    {"language", language_matches},
	    {"zone", zone_matches},
	    {"name", name_matches},
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (strcmp(name, formats[i].name) != 0)
			continue;
		if (formats[i].matches == zone_matches && !zones_load())
			return NULL;
		return &formats[i];
	}
	return NULL;
}
