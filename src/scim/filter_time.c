#include "scim/filter_tree.h"

#include <stdint.h>

/*
 * xsd:dateTime (RFC 7643, 2.3.5) without its 24:00, within the years that
 * PostgreSQL writes with four digits.
 */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* `count` digits, then `after` unless that is NUL. */
static const char *number_read(
    const char *text, unsigned count, char after, int *number)
{
	if (text == NULL)
		return NULL;
	*number = 0;
	for (; count > 0; count--, text++) {
		if (!is_digit(*text))
			return NULL;
		*number = *number * 10 + (*text - '0');
	}
	if (after == '\0')
		return text;
	return *text == after ? text + 1 : NULL;
}

/* To the nearest: may be a whole second. */
static const char *fraction_read(const char *text, int *microseconds)
{
	int unit = 100000;

	*microseconds = 0;
	if (text == NULL || *text != '.')
		return text;
	if (!is_digit(*++text))
		return NULL;
	for (; unit > 0 && is_digit(*text); unit /= 10)
		*microseconds += (*text++ - '0') * unit;
	*microseconds += *text >= '5' && *text <= '9';
	while (is_digit(*text))
		text++;
	return text;
}

static const char *zone_read(const char *text, int *minutes)
{
	int hour, minute, sign;

	*minutes = 0;
	if (text == NULL || *text == '\0')
		return text;
	if (*text == 'Z' || *text == 'z')
		return text + 1;
	if (*text != '+' && *text != '-')
		return NULL;
	sign = *text == '-' ? -1 : 1;
	text = number_read(text + 1, 2, ':', &hour);
	text = number_read(text, 2, '\0', &minute);
	if (text == NULL || hour > 15 || minute > 59)
		return NULL;
	*minutes = sign * (hour * 60 + minute);
	return text;
}

static bool is_real(const struct tm *time)
{
	static const int days[] = {
	    31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = time->tm_year + 1900;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (year < 1 || time->tm_mon < 0 || time->tm_mon > 11)
		return false;
	if (time->tm_mday < 1 || time->tm_mday > days[time->tm_mon])
		return false;
	return (time->tm_mon != 1 || time->tm_mday < 29 || leap) &&
	    time->tm_hour < 24 && time->tm_min < 60 && time->tm_sec < 61;
}

static const char *fields_read(const char *text, struct tm *time)
{
	text = number_read(text, 4, '-', &time->tm_year);
	text = number_read(text, 2, '-', &time->tm_mon);
	text = number_read(text, 2, '\0', &time->tm_mday);
	if (text == NULL || (*text != 'T' && *text != 't'))
		return NULL;
	text = number_read(text + 1, 2, ':', &time->tm_hour);
	text = number_read(text, 2, ':', &time->tm_min);
	text = number_read(text, 2, '\0', &time->tm_sec);
	time->tm_year -= 1900;
	time->tm_mon--;
	return text;
}

bool scim_instant_read(const char *text, char out[SCIM_INSTANT_SIZE])
{
	struct tm time = {0};
	int microseconds, minutes;
	size_t length;
	time_t seconds;

	text = fields_read(text, &time);
	if (text == NULL || !is_real(&time))
		return false;
	text = fraction_read(text, &microseconds);
	text = zone_read(text, &minutes);
	if (text == NULL || *text != '\0')
		return false;
	seconds = timegm(&time) - 60 * minutes + microseconds / 1000000;
	if (gmtime_r(&seconds, &time) == NULL || time.tm_year < 1 - 1900 ||
	    time.tm_year > 9999 - 1900)
		return false;
	/* strftime, since gcc cannot know that two digits do; but for years
	 * it writes three where three will do. */
	length = (size_t)snprintf(out, SCIM_INSTANT_SIZE, "%04u",
	    (unsigned)(time.tm_year + 1900) % 10000);
	length += strftime(
	    out + length, SCIM_INSTANT_SIZE - length, "-%m-%dT%H:%M:%S", &time);
	snprintf(out + length, SCIM_INSTANT_SIZE - length, ".%06uZ",
	    (unsigned)microseconds % 1000000);
	return true;
}
