#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hefboom/buf.h"
#include "hefboom/http.h"
#include "hefboom/memory.h"

#define HOST "Host: a.example\r\n"
#define A16 "aaaaaaaaaaaaaaaa"
#define A64 A16 A16 A16 A16
#define GET "GET / HTTP/1.1\r\n"
#define POST "POST /x HTTP/1.1\r\n" HOST
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The whole at once, in a block of its own length for valgrind to watch. */
static enum http_outcome read_whole(
    struct http_head *head, const char *bytes, size_t length, const char **code)
{
	struct http_scan scan = {0};
	enum http_outcome outcome;
	char *copy = memory_alloc(length);

	memcpy(copy, bytes, length);
	outcome = http_head_read(head, &scan, copy, length, code);
	free(copy);
	return outcome;
}

/* Byte by byte, each time in another place. */
static enum http_outcome read_bytes(
    struct http_head *head, const char *bytes, size_t length, const char **code)
{
	enum http_outcome outcome = HTTP_MORE;
	struct http_scan scan = {0};
	size_t part;

	for (part = 1; part <= length && outcome == HTTP_MORE; part++) {
		char *copy = memory_alloc(part);

		memcpy(copy, bytes, part);
		outcome = http_head_read(head, &scan, copy, part, code);
		free(copy);
	}
	if (outcome == HTTP_DONE)
		assert_int_equal(part - 1, head->length);
	return outcome;
}

static void expect_refused(const char *bytes, size_t length, const char *code)
{
	const char *whole = "", *pieces = "";
	struct http_head head;

	if (read_whole(&head, bytes, length, &whole) != HTTP_REFUSED)
		fail_msg("accepted: %.*s", (int)length, bytes);
	assert_string_equal(whole, code);
	assert_int_equal(
	    read_bytes(&head, bytes, length, &pieces), HTTP_REFUSED);
	assert_string_equal(pieces, code);
}

static void expect_accepted(
    struct http_head *head, const char *bytes, size_t length)
{
	struct http_scan scan = {0};
	struct http_head pieces;
	const char *code = "";

	if (http_head_read(head, &scan, bytes, length, &code) != HTTP_DONE)
		fail_msg("%s: %s", code, bytes);
	assert_int_equal(read_bytes(&pieces, bytes, length, &code), HTTP_DONE);
	assert_int_equal(pieces.length, head->length);
	assert_int_equal(pieces.header_count, head->header_count);
	assert_int_equal(pieces.content_length, head->content_length);
	assert_int_equal(pieces.chunked, head->chunked);
	assert_int_equal(pieces.keep_alive, head->keep_alive);
}

static void text_is(const struct http_text *text, const char *expected)
{
	assert_int_equal(text->length, strlen(expected));
	assert_memory_equal(text->bytes, expected, text->length);
}

static void test_head(void **state)
{
	static const char bytes[] =
	    "PATCH /v1/skills/a%20b?x=1&y=?/ HTTP/1.1\r\n"
	    "Host: [::1]:8080\r\n"
	    "CONTENT-length:\t 12  \r\n"
	    "X-Empty:\r\n"
	    "X-Utf: \xc3\xa9 : \xff\r\n"
	    "Connection: foo, Close\r\n\r\nrest";
	struct http_head head;

	(void)state;
	expect_accepted(&head, bytes, sizeof(bytes) - 1);
	text_is(&head.method, "PATCH");
	text_is(&head.path, "/v1/skills/a%20b");
	text_is(&head.query, "x=1&y=?/");
	assert_int_equal(head.minor, 1);
	assert_int_equal(head.header_count, 5);
	text_is(&head.headers[2].name, "X-Empty");
	text_is(&head.headers[2].value, "");
	text_is(&head.headers[3].value, "\xc3\xa9 : \xff");
	assert_int_equal(head.content_length, 12);
	assert_false(head.chunked);
	assert_false(head.keep_alive);
	assert_int_equal(head.length, sizeof(bytes) - 1 - 4);
}

static void test_accepted(void **state)
{
	static const char *const heads[] = {
	    GET HOST "\r\n",
	    "OPTIONS * HTTP/1.1\r\n" HOST "\r\n",
	    "HEAD // HTTP/1.0\r\n" HOST "\r\n",
	    "DELETE /a;b=c,d!$&'()*+=:@-._~ HTTP/1.1\r\n" HOST "\r\n",
	    "GET /?a[b]={c}|d^e`f\\g HTTP/1.1\r\n" HOST "\r\n",
	    "GET /? HTTP/1.1\r\n" HOST "\r\n",
	    "GET /%C3%A9 HTTP/1.1\r\n" HOST "\r\n",
	    GET "Host: a\r\n\r\n",
	    GET "HOST:a:1\r\n\r\n",
	    GET "Host: 127.0.0.1:65535\r\n\r\n",
	    GET "Host: " A64 A64 A64 "a.example:65535\r\n\r\n",
	    GET "Host: [2001:db8::1]\r\n\r\n",
	    POST "Content-Length: 0\r\n\r\n",
	    POST "Content-Length: 999999999999999999\r\n\r\n",
	    POST "Transfer-Encoding: chunked\r\n\r\n",
	    POST "transfer-encoding:CHUNKED\r\n\r\n",
	    POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n",
	    GET HOST "!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n",
	    GET HOST "Upgrade: h2c\r\nConnection: upgrade\r\n\r\n",
	};
	struct http_head head;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(heads); i++)
		expect_accepted(&head, heads[i], strlen(heads[i]));
}

static const struct {
	const char *bytes;
	const char *code;
} refused[] = {
    /* The request line. */
    {"\r\n" GET HOST "\r\n", "bad_request"},
    {"\n", "bad_request"},
    {" " GET HOST "\r\n", "bad_request"},
    {"\x16\x03\x01", "bad_request"},
    {"GET /\r\n\r\n", "bad_request"},
    {"GET\r\n\r\n", "bad_request"},
    {"GET  / HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /  HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET / HTTP/1.1 \r\n" HOST "\r\n", "bad_request"},
    {"GET\t/ HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET / http/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET / HTTP/1.1x\r\n" HOST "\r\n", "bad_request"},
    {"GET / HTTP/11\r\n" HOST "\r\n", "bad_request"},
    {"GET / HTTP/1.10\r\n" HOST "\r\n", "bad_request"},
    {"GET / HTTP/1./\r\n" HOST "\r\n", "bad_request"},
    {"GET / HTTP/1.:\r\n" HOST "\r\n", "bad_request"},
    {"GET / HTTP/:.1\r\n" HOST "\r\n", "bad_request"},
    {"GET / HTTP//.1\r\n" HOST "\r\n", "bad_request"},
    {"GET / HTTP/1.2\r\n" HOST "\r\n", "version_not_supported"},
    {"GET / HTTP/0.9\r\n" HOST "\r\n", "version_not_supported"},
    {"PRI * HTTP/2.0\r\n\r\n", "version_not_supported"},
    {"TRACE / HTTP/1.1\r\n" HOST "\r\n", "not_implemented"},
    {"CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n", "not_implemented"},
    {"GETS / HTTP/1.1\r\n" HOST "\r\n", "not_implemented"},
    {"Get / HTTP/1.1\r\n" HOST "\r\n", "not_implemented"},
    {"patch / HTTP/1.1\r\n" HOST "\r\n", "not_implemented"},
    {"G(T / HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET http://a/ HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET a HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET * HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"OPTIONS *x HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /a b HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /a#b HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /a\\b HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /\"a HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /a[ HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /?a#b HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /?<a> HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /\x7f HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /%4 HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /%zz HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    {"GET /?% HTTP/1.1\r\n" HOST "\r\n", "bad_request"},
    /* Line ends. */
    {"GET / HTTP/1.1\nHost: a\n\n", "bad_request"},
    {"GET / HTTP/1.1\r\nHost: a\n\r\n", "bad_request"},
    {GET HOST "\n", "bad_request"},
    {GET HOST "X: a\rb\r\n\r\n", "bad_request"},
    {GET HOST "X: a\r\r\n\r\n", "bad_request"},
    {GET HOST "X: a\r\n b\r\n\r\n", "bad_request"},
    {GET HOST "X: a\r\n\tb\r\n\r\n", "bad_request"},
    {GET " " HOST "\r\n", "bad_request"},
    /* Names and values. */
    {GET HOST ": a\r\n\r\n", "bad_request"},
    {GET HOST "X\r\n\r\n", "bad_request"},
    {GET HOST "X : a\r\n\r\n", "bad_request"},
    {GET HOST "X\t: a\r\n\r\n", "bad_request"},
    {GET HOST "X Y: a\r\n\r\n", "bad_request"},
    {GET HOST "X(: a\r\n\r\n", "bad_request"},
    {GET HOST "\xc3\xa9: a\r\n\r\n", "bad_request"},
    {GET HOST "X: a\x01\r\n\r\n", "bad_request"},
    {GET HOST "X: \x7f\r\n\r\n", "bad_request"},
    {GET HOST "X: \x1b[0m\r\n\r\n", "bad_request"},
    /* Host. */
    {GET "\r\n", "bad_request"},
    {"GET / HTTP/1.0\r\n\r\n", "bad_request"},
    {GET HOST HOST "\r\n", "bad_request"},
    {GET "Host:\r\n\r\n", "bad_request"},
    {GET "Host: " A64 A64 A64 A64 "a.example\r\n\r\n", "bad_request"},
    {GET "Host: a b\r\n\r\n", "bad_request"},
    {GET "Host: a, b\r\n\r\n", "bad_request"},
    {GET "Host: a/b\r\n\r\n", "bad_request"},
    {GET "Host: u@a\r\n\r\n", "bad_request"},
    {GET "Host: a:\r\n\r\n", "bad_request"},
    {GET "Host: a:b\r\n\r\n", "bad_request"},
    {GET "Host: a:65536\r\n\r\n", "bad_request"},
    {GET "Host: a:000080\r\n\r\n", "bad_request"},
    {GET "Host: :80\r\n\r\n", "bad_request"},
    {GET "Host: ::1\r\n\r\n", "bad_request"},
    {GET "Host: []\r\n\r\n", "bad_request"},
    {GET "Host: [::1\r\n\r\n", "bad_request"},
    {GET "Host: [::1]x\r\n\r\n", "bad_request"},
    {GET "Host: [a]\r\n\r\n", "bad_request"},
    {GET "Host: [::1%25lo]\r\n\r\n", "bad_request"},
    /* Length and coding. */
    {POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", "bad_request"},
    {POST "Content-Length: 3\r\ncontent-length: 4\r\n\r\n", "bad_request"},
    {POST "Content-Length: 3, 3\r\n\r\n", "bad_request"},
    {POST "Content-Length:\r\n\r\n", "bad_request"},
    {POST "Content-Length: +3\r\n\r\n", "bad_request"},
    {POST "Content-Length: -3\r\n\r\n", "bad_request"},
    {POST "Content-Length: 0x3\r\n\r\n", "bad_request"},
    {POST "Content-Length: 3 3\r\n\r\n", "bad_request"},
    {POST "Content-Length: 3\t\r\n\r\n", "bad_request"},
    {POST "Content-Length: 3.0\r\n\r\n", "bad_request"},
    {POST "Content-Length: 18446744073709551617\r\n\r\n", "bad_request"},
    {POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
	"bad_request"},
    {POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
	"bad_request"},
    {POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
	"bad_request"},
    {POST "Transfer-Encoding: gzip, chunked\r\n\r\n", "not_implemented"},
    {POST "Transfer-Encoding: chunked, chunked\r\n\r\n", "not_implemented"},
    {POST "Transfer-Encoding: identity\r\n\r\n", "not_implemented"},
    {POST "Transfer-Encoding: xchunked\r\n\r\n", "not_implemented"},
    {POST "Transfer-Encoding:\r\n\r\n", "not_implemented"},
    {POST "Transfer-Encoding : chunked\r\n\r\n", "bad_request"},
    {POST "Transfer-Encoding: \vchunked\r\n\r\n", "bad_request"},
    {"POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n",
	"bad_request"},
    {POST "Expect: 100-continue, x\r\n\r\n", "expectation_failed"},
    {POST "Expect: 200-ok\r\n\r\n", "expectation_failed"},
    {POST "Expect:\r\n\r\n", "expectation_failed"},
};

static void test_refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(refused); i++)
		expect_refused(refused[i].bytes, strlen(refused[i].bytes),
		    refused[i].code);
}

/* A byte of any value, in each part of a head. */
static void test_bytes(void **state)
{
	static const char allowed[] = "!$&'()*+,;=:@/-._~?0";
	struct http_head head;
	const char *code;
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		char value[] = GET HOST "X: a?b\r\n\r\n";
		char path[] = "GET /a?b HTTP/1.1\r\n" HOST "\r\n";
		bool good = c == '\t' || (c >= ' ' && c != 0x7f);
		bool origin = (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (c != 0 && strchr(allowed, c) != NULL);

		*strchr(value, '?') = (char)c;
		*strchr(path, '?') = (char)c;
		assert_int_equal(read_whole(&head, value, sizeof(value) - 1,
				     &code) == HTTP_DONE,
		    good);
		assert_int_equal(read_whole(&head, path, sizeof(path) - 1,
				     &code) == HTTP_DONE,
		    origin);
	}
}

static void add_many(struct buf *buf, char c, size_t count)
{
	while (count-- > 0)
		buf_add_char(buf, c);
}

/* Exactly the limit is taken; one byte more is not, even without its end. */
static void test_line_limit(void **state)
{
	static const char end[] = " HTTP/1.1\r\n";
	struct buf line = {0};
	struct http_head head;
	const char *code;

	(void)state;
	buf_add_string(&line, "GET /");
	add_many(&line, 'a', HTTP_LINE_MAX - 5 - (sizeof(end) - 1));
	buf_add_string(&line, end);
	assert_int_equal(line.length, HTTP_LINE_MAX);
	buf_add_string(&line, HOST "\r\n");
	expect_accepted(&head, line.bytes, line.length);
	line.length = HTTP_LINE_MAX - 2;
	assert_int_equal(
	    read_bytes(&head, line.bytes, line.length, &code), HTTP_MORE);
	buf_add_string(&line, "1\r\n" HOST "\r\n");
	expect_refused(line.bytes, line.length, "line_too_long");
	expect_refused(line.bytes, HTTP_LINE_MAX, "line_too_long");
	buf_release(&line);
}

static void test_block_limit(void **state)
{
	struct buf block = {0};
	struct http_head head;

	(void)state;
	buf_add_string(&block, GET HOST "X: ");
	add_many(
	    &block, 'a', HTTP_BLOCK_MAX - strlen(HOST) - strlen("X: \r\n\r\n"));
	buf_add_string(&block, "\r\n\r\n");
	assert_int_equal(block.length, HTTP_BLOCK_MAX + strlen(GET));
	expect_accepted(&head, block.bytes, block.length);
	block.length -= 4;
	buf_add_string(&block, "b\r\n\r\n");
	expect_refused(block.bytes, block.length, "headers_too_large");
	block.length -= 4;
	add_many(&block, 'a', 10);
	expect_refused(
	    block.bytes, HTTP_BLOCK_MAX + strlen(GET), "headers_too_large");
	buf_release(&block);
}

static void test_header_limit(void **state)
{
	struct buf block = {0};
	struct http_head head;
	int i;

	(void)state;
	buf_add_string(&block, GET HOST);
	for (i = 1; i < HTTP_HEADERS_MAX; i++)
		buf_add_string(&block, "a:b\r\n");
	buf_add_string(&block, "\r\n");
	expect_accepted(&head, block.bytes, block.length);
	assert_int_equal(head.header_count, HTTP_HEADERS_MAX);
	block.length -= 2;
	buf_add_string(&block, "a:b\r\n\r\n");
	expect_refused(block.bytes, block.length, "headers_too_large");
	buf_release(&block);
}

static void test_keep_alive(void **state)
{
	static const struct {
		const char *bytes;
		bool keep, expects;
	} heads[] = {
	    {GET HOST "\r\n", true, false},
	    {GET HOST "Connection: close\r\n\r\n", false, false},
	    {GET HOST "Connection: a,\tCLOSE ,b\r\n\r\n", false, false},
	    {GET HOST "Connection: closed\r\n\r\n", true, false},
	    {GET HOST "Connection: a\r\nConnection: close\r\n\r\n", false,
		false},
	    {"GET / HTTP/1.0\r\n" HOST "\r\n", false, false},
	    {"GET / HTTP/1.0\r\n" HOST "Connection: Keep-Alive\r\n\r\n", true,
		false},
	    {"GET / HTTP/1.0\r\n" HOST "Connection: keep-alive, close\r\n\r\n",
		false, false},
	    {"POST / HTTP/1.0\r\n" HOST "Expect: 100-continue\r\n\r\n", false,
		false},
	    {POST "Expect: 100-continue\r\n\r\n", true, true},
	};
	struct http_head head;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(heads); i++) {
		expect_accepted(&head, heads[i].bytes, strlen(heads[i].bytes));
		assert_int_equal(head.keep_alive, heads[i].keep);
		assert_int_equal(head.expects_continue, heads[i].expects);
	}
}

/* The body that `bytes` decode to in steps; NULL when they are refused. */
static enum http_outcome chunks_read(
    const char *bytes, size_t length, size_t step, struct buf *body)
{
	enum http_outcome outcome = HTTP_MORE;
	struct http_chunks chunks = {0};
	struct http_text run;
	size_t at = 0, used;

	while (outcome == HTTP_MORE && at < length) {
		size_t part = length - at < step ? length - at : step;
		char *copy = memory_copy(bytes + at, part);

		outcome = http_chunks_read(&chunks, copy, part, &used, &run);
		buf_add(body, run.bytes, run.length);
		free(copy);
		at += used;
	}
	if (outcome == HTTP_DONE)
		assert_string_equal(bytes + at, "");
	return outcome;
}

static void test_chunks(void **state)
{
	static const struct {
		const char *bytes, *body;
	} good[] = {
	    {"0\r\n\r\n", ""},
	    {"3\r\nabc\r\n0\r\n\r\n", "abc"},
	    {"0000000000000003\r\nabc\r\n000\r\n\r\n", "abc"},
	    {"3\r\nabc\r\nA\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n",
		"abc01234567890123456789a"},
	    {"2;name;other=value\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
	    {"1\r\n0\r\n0\r\nA: b\r\nContent-Lengt: 1\r\nHosts:\r\n\r\n", "0"},
	};
	struct buf body = {0};
	size_t i, step;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		for (step = 1; step < 9; step++) {
			buf_clear(&body);
			assert_int_equal(
			    chunks_read(good[i].bytes, strlen(good[i].bytes),
				step, &body),
			    HTTP_DONE);
			assert_int_equal(body.length, strlen(good[i].body));
			assert_memory_equal(
			    body.bytes, good[i].body, body.length);
		}
	}
	buf_release(&body);
}

static void test_chunks_refused(void **state)
{
	static const char *const bad[] = {"\r\n", "0x3\r\nabc\r\n", "+3\r\nabc",
	    "-1\r\n", " 3\r\nabc", "3 \r\nabc", "3\nabc\n", "3\r\rabc",
	    "3\r\nabcd\r\n", "3\r\nabc\n0\r\n", "3\r\nabc\r0", "g\r\n",
	    "3\r\nabc0\r\n\r\n", "00000000000000003\r\nabc\r\n", "3;\r\nabc",
	    "3;a b\r\n", "3; a\r\n", "3;a=\r\n", "3;a=\"b\"\r\n", "3;a\nabc",
	    "3;=b\r\n", "3;a=b;c\r\n", "3;a\r\rabc", "0\r\n\n", "0\r\n\rx",
	    "0\r\n: a\r\n\r\n", "0\r\na\r\n\r\n", "0\r\na : b\r\n\r\n",
	    "0\r\n a: b\r\n\r\n", "0\r\na: b\r\n c\r\n\r\n", "0\r\na: b\n\r\n",
	    "0\r\na: \x01\r\n\r\n", "0\r\ncontent-LENGTH: 3\r\n\r\n",
	    "0\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n",
	    "0\r\nHost: a\r\n\r\n"};
	struct buf body = {0};
	size_t i, step;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		for (step = 1; step < 9; step += 7) {
			if (chunks_read(bad[i], strlen(bad[i]), step, &body) !=
			    HTTP_REFUSED)
				fail_msg("accepted: %s", bad[i]);
		}
	}
	buf_release(&body);
}

static void test_chunk_limits(void **state)
{
	struct buf text = {0}, body = {0};
	int i;

	(void)state;
	buf_add_string(&text, "1;");
	add_many(&text, 'a', 255);
	buf_add_string(&text, "\r\nx\r\n0\r\n\r\n");
	assert_int_equal(
	    chunks_read(text.bytes, text.length, 99, &body), HTTP_DONE);
	buf_clear(&text);
	buf_add_string(&text, "1;");
	add_many(&text, 'a', 257);
	assert_int_equal(
	    chunks_read(text.bytes, text.length, 99, &body), HTTP_REFUSED);
	buf_clear(&text);
	buf_add_string(&text, "0\r\na:");
	add_many(&text, 'a', HTTP_BLOCK_MAX - 2);
	assert_int_equal(
	    chunks_read(text.bytes, text.length, 99, &body), HTTP_MORE);
	buf_add_char(&text, 'a');
	assert_int_equal(
	    chunks_read(text.bytes, text.length, 99, &body), HTTP_REFUSED);
	buf_clear(&text);
	buf_add_string(&text, "0\r\n");
	for (i = 0; i <= HTTP_HEADERS_MAX; i++)
		buf_add_string(&text, "a:b\r\n");
	assert_int_equal(
	    chunks_read(text.bytes, text.length, 99, &body), HTTP_REFUSED);
	buf_release(&text);
	buf_release(&body);
}

static void test_decode(void **state)
{
	static const struct {
		const char *bytes, *path, *query; /* NULL: refused */
	} cases[] = {
	    {"", "", ""},
	    {"abc", "abc", "abc"},
	    {"a+b%2B%20", "a+b+ ", "a b+ "},
	    {"%2F%2f..%25", "//..%", "//..%"},
	    {"%41%6A%6a", "Ajj", "Ajj"},
	    {"%2541", "%41", "%41"},
	    {"%C3%A9\xc3\xa9", "\xc3\xa9\xc3\xa9", "\xc3\xa9\xc3\xa9"},
	    {"%F0%9F%98%80%F4%8F%BF%BF", "\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf",
		"\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf"},
	    {"%ED%9F%BF%EE%80%80", "\xed\x9f\xbf\xee\x80\x80",
		"\xed\x9f\xbf\xee\x80\x80"},
	    {"%", NULL, NULL},
	    {"%4", NULL, NULL},
	    {"a%4g", NULL, NULL},
	    {"%+1", NULL, NULL},
	    {"%0x", NULL, NULL},
	    {"a%00", NULL, NULL},
	    {"%C3", NULL, NULL},
	    {"%C3x", NULL, NULL},
	    {"%80", NULL, NULL},
	    {"%C0%80", NULL, NULL},
	    {"%C1%BF", NULL, NULL},
	    {"%E0%9F%BF", NULL, NULL},
	    {"%ED%A0%80", NULL, NULL},
	    {"%F0%8F%BF%BF", NULL, NULL},
	    {"%F4%90%80%80", NULL, NULL},
	    {"%F5%80%80%80", NULL, NULL},
	    {"%E2%82", NULL, NULL},
	    {"%F0%9F%98x", NULL, NULL},
	};
	char out[64];
	size_t i;
	int query;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		for (query = 0; query < 2; query++) {
			const char *expected =
			    query ? cases[i].query : cases[i].path;
			long length = http_decode(
			    out, cases[i].bytes, strlen(cases[i].bytes), query);

			if (expected == NULL) {
				assert_int_equal(length, -1);
				continue;
			}
			assert_int_equal(length, strlen(expected));
			assert_string_equal(out, expected);
		}
	}
	assert_int_equal(http_decode(out, "a\0b", 3, false), -1);
}

static void test_phrase(void **state)
{
	(void)state;
	assert_string_equal(http_phrase(200), "OK");
	assert_string_equal(
	    http_phrase(431), "Request Header Fields Too Large");
	assert_string_equal(http_phrase(299), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_head),
	    cmocka_unit_test(test_accepted),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_line_limit),
	    cmocka_unit_test(test_block_limit),
	    cmocka_unit_test(test_header_limit),
	    cmocka_unit_test(test_keep_alive),
	    cmocka_unit_test(test_chunks),
	    cmocka_unit_test(test_chunks_refused),
	    cmocka_unit_test(test_chunk_limits),
	    cmocka_unit_test(test_decode),
	    cmocka_unit_test(test_phrase),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
