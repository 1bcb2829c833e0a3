/*
 * Which bytes are text, against what RFC 3629 counts out, and that a log line
 * is text whatever a library said.
 *
 * Mutations (src/utf8.c), each found: overlong forms of two, three, four
 * bytes taken; surrogates taken; beyond U+10FFFF taken; the third or the
 * fourth byte not looked at; a cut one read on; a NUL taken.  (src/log.c): a
 * wrong byte passed, left out, or the one behind it swallowed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "hefboom/log.h"
#include "hefboom/utf8.h"

/* As the code point is counted together, which is the other way round. */
static size_t counted(const unsigned char *bytes, size_t left)
{
	static const uint32_t least[] = {0, 1, 0x80, 0x800, 0x10000};
	size_t length = 0;
	uint32_t point;

	while (length < 8 && bytes[0] & 0x80 >> length)
		length++;
	if (length == 1 || length > 4 || (length == 0 ? 1 : length) > left)
		return 0;
	length += length == 0;
	point = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if (bytes[i] >> 6 != 2)
			return 0;
		point = point << 6 | (bytes[i] & 0x3f);
	}
	return point < least[length] || point > 0x10ffff || point >> 11 == 27
	    ? 0
	    : length;
}

static void test_every_character(void **state)
{
	/* All that four bytes can be, but for the last two: every border. */
	static const unsigned char ends[] = {
	    0, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0xbf, 0xc0, 0xff};
	enum { ENDS = sizeof(ends) };
	size_t taken = 0;

	(void)state;
	for (unsigned i = 0; i < 0x10000 * ENDS * ENDS; i++) {
		unsigned char bytes[4] = {(unsigned char)(i / ENDS / ENDS >> 8),
		    (unsigned char)(i / ENDS / ENDS), ends[i / ENDS % ENDS],
		    ends[i % ENDS]};

		for (size_t left = 0; left <= 4; left++) {
			size_t length = utf8_length((char *)bytes, left);

			taken += length > 0;
			if (length != (left ? counted(bytes, left) : 0))
				fail_msg("%02x %02x %02x %02x of %zu: %zu",
				    bytes[0], bytes[1], bytes[2], bytes[3],
				    left, length);
		}
	}
	assert_true(taken > 0);
	assert_true(utf8_is_text("", 0));
	assert_true(utf8_is_text("caf\xc3\xa9 \xf0\x9f\x8c\xb1", 10));
	assert_false(utf8_is_text("caf\xc3\xa9 \xf0\x9f\x8c\xb1", 9));
	assert_false(utf8_is_text("a\0b", 3));
}

static void test_a_line_is_text(void **state)
{
	static const struct {
		const char *said, *written;
	} lines[] = {
	    {"caf\xc3\xa9: \"no\"\n", "caf\xc3\xa9: \"no\"\n"},
	    {"at \xff", "at \xef\xbf\xbd"},
	    {"\xc3\x28 \xe2\x82", "\xef\xbf\xbd( \xef\xbf\xbd\xef\xbf\xbd"},
	    {"\x80\xf4\x90\x80\x80",
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	    {"", ""},
	};
	char text[1024];
	int ends[2], was;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	was = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		ssize_t length;
		json_t *line;

		log_event(LOG_ERROR, "said", "why", lines[i].said, NULL);
		length = read(ends[0], text, sizeof(text));
		line = json_loadb(text, (size_t)length, 0, NULL);
		assert_non_null(line);
		assert_string_equal(
		    json_string_value(json_object_get(line, "why")),
		    lines[i].written);
		json_decref(line);
	}
	dup2(was, STDERR_FILENO);
	close(was);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_character),
	    cmocka_unit_test(test_a_line_is_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
