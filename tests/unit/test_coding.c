/*
 * Mutations: a weight of 0 taken, identity's weight not looked at, `*` before
 * gzip's own weight, a weight above 1, every other digit of one, what is no
 * digit taken for one, "gzipx" for gzip, a tag without its suffix, a weak tag
 * with one, a state that is not reset, packed bytes without the NUL that every
 * buf has (under AddressSanitizer): each is found here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "hefboom/buf.h"
#include "hefboom/gzip.h"
#include "hefboom/http.h"
#include "reply_coding.h"

static bool accepted(const char *lines)
{
	static char text[1024];
	struct http_head head;
	struct http_scan scan = {0};
	const char *code;

	snprintf(
	    text, sizeof(text), "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", lines);
	assert_int_equal(
	    http_head_read(&head, &scan, text, strlen(text), &code), HTTP_DONE);
	return coding_accepts_gzip(&head);
}

static void test_accept_encoding(void **state)
{
	static const char *const yes[] = {"gzip", "GZIP", "x-gzip", "*",
	    "br, gzip", "gzip;q=1", "gzip;q=1.000", "gzip ; q=0.5",
	    "gzip;q=0.001", "deflate, gzip;q=0.9, *;q=0",
	    "identity;q=0.5, gzip;q=0.5", "gzip;q=0.8, identity;q=0.1",
	    "identity;q=0, *", ",,gzip,,", "gzip;Q=0.5",
	    "gzip;q=0.02, identity;q=0.01"};
	static const char *const no[] = {"", "identity", "br", "gzip;q=0",
	    "gzip;q=0.000", "*;q=0", "gzip;q=0, *", "gzipx", "xgzip",
	    "gzip;q=2", "gzip;q=1.5", "gzip;q=-1", "gzip;q=", "gzip;q=x",
	    "gzip;q=0.5555", "gzip;x=1", "gzip;q=0.2, identity;q=0.9",
	    "gzip;q=0 .5", "gzip;q=0x5", "gzip;q=0.0:"};
	char line[256];

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		snprintf(line, sizeof(line), "Accept-Encoding: %s\r\n", yes[i]);
		if (!accepted(line))
			fail_msg("refused: %s", yes[i]);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		snprintf(line, sizeof(line), "Accept-Encoding: %s\r\n", no[i]);
		if (accepted(line))
			fail_msg("accepted: %s", no[i]);
	}
	assert_false(accepted(""));
	/* Several lines are one list. */
	assert_true(accepted(
	    "Accept-Encoding: br\r\nX: y\r\naccept-encoding: gzip\r\n"));
	assert_false(
	    accepted("Accept-Encoding: *\r\naccept-encoding: gzip;q=0\r\n"));
}

static void test_tags(void **state)
{
	char tag[CODING_TAG];

	(void)state;
	coding_tag(tag, "\"12.0a1b2c3d\"");
	assert_string_equal(tag, "\"12.0a1b2c3d-gzip\"");
	coding_tag(tag, "W/\"3\"");
	assert_string_equal(tag, "W/\"3\"");
}

static void unpack(const struct buf *packed, struct buf *out)
{
	z_stream stream = {0};

	assert_int_equal(inflateInit2(&stream, 31), Z_OK);
	buf_clear(out);
	buf_reserve(out, 1 << 21);
	stream.next_in = (Bytef *)packed->bytes;
	stream.avail_in = (uInt)packed->length;
	stream.next_out = (Bytef *)out->bytes;
	stream.avail_out = 1 << 21;
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	out->length = stream.total_out;
	inflateEnd(&stream);
}

static void test_round_trip(void **state)
{
	static const size_t lengths[] = {1, 1024, 65536, 1 << 20};
	struct buf body = {0}, before = {0}, after = {0};

	(void)state;
	srandom(1);
	for (int level = 1; level <= 9; level += 4) {
		for (size_t i = 0; i < 8; i++) {
			size_t length = lengths[i % 4];

			buf_clear(&before);
			/* i < 4: text; else what does not shrink. */
			for (size_t at = 0; at < length; at++)
				buf_add_char(&before,
				    i < 4 ? (char)('a' + at % 7)
					  : (char)random());
			buf_clear(&body);
			buf_add(&body, before.bytes, before.length);
			gzip_pack(&body, level);
			assert_int_equal(body.bytes[body.length], '\0');
			if (i < 4 && length >= 1024)
				assert_true(body.length < length / 4);
			unpack(&body, &after);
			assert_int_equal(after.length, before.length);
			assert_memory_equal(
			    after.bytes, before.bytes, before.length);
		}
	}
	buf_release(&body);
	buf_release(&before);
	buf_release(&after);
}

static void test_kept(void **state)
{
	struct buf body = {0}, after = {0};
	char name[8];

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "\"%u\"", i % 11);
		buf_clear(&body);
		for (unsigned at = 0; at < 3000; at++)
			buf_add_format(&body, "%u ", i % 11);
		gzip_keep(&body, name);
		unpack(&body, &after);
		assert_int_equal(strtoul(after.bytes, NULL, 10), i % 11);
	}
	buf_release(&body);
	buf_release(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accept_encoding),
	    cmocka_unit_test(test_tags),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
