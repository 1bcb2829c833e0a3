/*
 * fuzz_query -- percent-decoding against a slow reading of the same rules.
 *
 * The first byte says whether it is a query.  What is accepted is what ICU
 * takes as UTF-8, without NUL, of the very length; what we encode comes back.
 */
#include <assert.h>
#include <stdint.h>

#include <unicode/utf8.h>

#include "hefboom/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int digit(uint8_t c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found;

	if (c >= 'A' && c <= 'F')
		c = (uint8_t)(c - 'A' + 'a');
	found = c == 0 ? NULL : strchr(digits, c);
	return found == NULL ? -1 : (int)(found - digits);
}

/* -1 when an escape is bad. */
static long unescape(
    uint8_t *out, const uint8_t *bytes, size_t length, bool query)
{
	long end = 0;
	size_t i;

	for (i = 0; i < length; i++) {
		if (query && bytes[i] == '+') {
			out[end++] = ' ';
		} else if (bytes[i] != '%') {
			out[end++] = bytes[i];
		} else {
			if (i + 2 >= length || digit(bytes[i + 1]) < 0 ||
			    digit(bytes[i + 2]) < 0)
				return -1;
			out[end++] = (uint8_t)(digit(bytes[i + 1]) * 16 +
			    digit(bytes[i + 2]));
			i += 2;
		}
	}
	return end;
}

static bool text_is(const uint8_t *bytes, long length)
{
	int32_t at = 0;
	UChar32 point;

	while (at < length) {
		U8_NEXT(bytes, at, (int32_t)length, point);
		if (point <= 0)
			return false;
	}
	return true;
}

static void encode_back(const char *text, size_t length, bool query)
{
	char *escaped = malloc(3 * length + 1), *out = malloc(3 * length + 1);
	size_t i;

	for (i = 0; i < length; i++)
		snprintf(escaped + 3 * i, 4, "%%%02X", (unsigned char)text[i]);
	assert(http_decode(out, escaped, 3 * length, query) == (long)length);
	assert(memcmp(out, text, length) == 0);
	free(escaped);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	bool query;
	uint8_t *slow;
	char *copy, *out;
	long end, expected;

	if (length < 1)
		return 0;
	query = bytes[0] & 1;
	bytes++;
	length--;
	slow = malloc(length + 1);
	out = malloc(length + 1);
	copy = malloc(length + (length == 0));
	memcpy(copy, bytes, length);
	expected = unescape(slow, bytes, length, query);
	if (expected >= 0 && !text_is(slow, expected))
		expected = -1;
	end = http_decode(out, copy, length, query);
	assert(end == expected);
	if (end >= 0) {
		assert(out[end] == '\0');
		assert(memcmp(out, slow, (size_t)end) == 0);
		encode_back(out, (size_t)end, query);
	}
	free(slow);
	free(out);
	free(copy);
	return 0;
}
