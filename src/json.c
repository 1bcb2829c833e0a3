#include "hefboom/json.h"

#include <stdbool.h>

/*
 * jansson would build the whole tree before anybody could count it, and it
 * turns numbers into doubles that jsonb keeps as they were written.  So the
 * bytes are looked over first: brackets, tokens and numbers, no grammar.
 * What is not JSON at all is left for jansson to find.
 */
enum {
	NUMBER_LENGTH_MAX = 1000, /* numeric has room for 16,383 decimals */
	EXPONENT_MAX = 400,
	DIGITS_EXACT = 15, /* so many decimal digits survive in a double */
};

struct scan {
	const char *bytes;
	size_t length;
	size_t at;
	size_t depth;
	size_t values, values_max;
	enum json_fault fault;
};

/* A number's digits without its point: 0.d1 d2 .. dn times 10^scale. */
struct digits {
	char digit[NUMBER_LENGTH_MAX];
	size_t count; /* without zeros in front and behind; 0 is zero */
	long scale;
	long exponent;
};

/* Beyond EXPONENT_MAX only that it is beyond. */
static long exponent_read(const char *text, const char *end)
{
	bool negative = false;
	long value = 0;

	if (text < end && (*text == '+' || *text == '-'))
		negative = *text++ == '-';
	for (; text < end && *text >= '0' && *text <= '9'; text++) {
		if (value <= EXPONENT_MAX)
			value = value * 10 + (*text - '0');
	}
	return negative ? -value : value;
}

static void digits_read(struct digits *digits, const char *text, size_t length)
{
	const char *end = text + length;
	bool point = false;

	digits->count = 0;
	digits->scale = 0;
	digits->exponent = 0;
	for (; text < end; text++) {
		if (*text == '.') {
			point = true;
		} else if (*text >= '0' && *text <= '9') {
			if (digits->count > 0 || *text != '0') {
				digits->digit[digits->count++] = *text;
				digits->scale += !point;
			} else {
				digits->scale -= point;
			}
		} else if (*text == 'e' || *text == 'E') {
			digits->exponent = exponent_read(text + 1, end);
			break;
		}
	}
	digits->scale += digits->exponent;
	while (digits->count > 0 && digits->digit[digits->count - 1] == '0')
		digits->count--;
}

/* Not beyond 2^53, decided by the digits: a double has rounded already. */
static bool digits_are_safe(const struct digits *digits)
{
	static const char edge[] = "9007199254740992";
	const long width = sizeof(edge) - 1;
	size_t same =
	    digits->count < (size_t)width ? digits->count : (size_t)width;
	int order;

	if (digits->count == 0 || digits->scale < width)
		return true;
	if (digits->scale > width)
		return false;
	order = memcmp(digits->digit, edge, same);
	return order < 0 || (order == 0 && digits->count <= (size_t)width);
}

/* 0.99999999999999999 is an integer as a double, and none in jsonb. */
static bool fraction_is_lost(
    const struct digits *digits, const char *text, size_t length)
{
	json_t *number;
	double value;

	if (digits->count == 0 || digits->scale >= (long)digits->count)
		return false;
	if (digits->count <= DIGITS_EXACT && digits->scale > -300)
		return false;
	number = json_loadb(text, length, JSON_DECODE_ANY, NULL);
	if (!json_is_real(number)) {
		json_decref(number);
		return false;
	}
	value = json_real_value(number);
	json_decref(number);
	return value - (double)(long long)value == 0.0;
}

static bool number_is_safe(const char *text, size_t length)
{
	struct digits digits;

	if (length > NUMBER_LENGTH_MAX)
		return false;
	digits_read(&digits, text, length);
	if (digits.exponent > EXPONENT_MAX || digits.exponent < -EXPONENT_MAX)
		return false;
	return digits_are_safe(&digits) &&
	    !fraction_is_lost(&digits, text, length);
}

static bool scan_stop(struct scan *scan, enum json_fault fault, size_t at)
{
	scan->fault = fault;
	scan->at = at;
	return false;
}

static bool scan_value(struct scan *scan, size_t at)
{
	if (++scan->values > scan->values_max)
		return scan_stop(scan, JSON_TOO_MANY, at);
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '.' || c == '+' || c == '-';
}

/* A string counts as a value unless a colon makes it a name. */
static bool scan_string(struct scan *scan)
{
	size_t start = scan->at++, next;

	while (scan->at < scan->length && scan->bytes[scan->at] != '"')
		scan->at += scan->bytes[scan->at] == '\\' ? 2 : 1;
	next = ++scan->at;
	while (next < scan->length && is_blank(scan->bytes[next]))
		next++;
	if (next < scan->length && scan->bytes[next] == ':')
		return true;
	return scan_value(scan, start);
}

static bool scan_word(struct scan *scan)
{
	size_t start = scan->at;
	char first = scan->bytes[start];

	while (scan->at < scan->length && is_word(scan->bytes[scan->at]))
		scan->at++;
	if (!scan_value(scan, start))
		return false;
	if (first != '-' && (first < '0' || first > '9'))
		return true;
	if (!number_is_safe(scan->bytes + start, scan->at - start))
		return scan_stop(scan, JSON_NUMBER_RANGE, start);
	return true;
}

static bool scan_next(struct scan *scan)
{
	char c = scan->bytes[scan->at];

	if (c == '"')
		return scan_string(scan);
	if (is_word(c))
		return scan_word(scan);
	if (c == '{' || c == '[') {
		if (++scan->depth > JSON_DEPTH_MAX)
			return scan_stop(scan, JSON_TOO_DEEP, scan->at);
		if (!scan_value(scan, scan->at))
			return false;
	} else if ((c == '}' || c == ']') && scan->depth > 0) {
		scan->depth--;
	}
	scan->at++;
	return true;
}

static enum json_fault fault_of(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_duplicate_key:
		return JSON_DUPLICATE_KEY;
	case json_error_numeric_overflow:
		return JSON_NUMBER_RANGE;
	default:
		return JSON_MALFORMED;
	}
}

json_t *json_read(
    const char *bytes, size_t length, enum json_fault *fault, size_t *offset)
{
	return json_read_up_to(bytes, length, JSON_ELEMENTS_MAX, fault, offset);
}

json_t *json_read_up_to(const char *bytes, size_t length, size_t elements_max,
    enum json_fault *fault, size_t *offset)
{
	struct scan scan = {
	    .bytes = bytes, .length = length, .values_max = elements_max};
	json_error_t error;
	json_t *value;

	*offset = 0;
	while (scan.at < length) {
		if (!scan_next(&scan)) {
			*fault = scan.fault;
			*offset = scan.at;
			return NULL;
		}
	}
	value = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
	if (value == NULL) {
		*fault = fault_of(&error);
		if (error.position > 0)
			*offset = (size_t)error.position;
		return NULL;
	}
	*fault = JSON_OK;
	return value;
}
