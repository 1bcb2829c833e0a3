/*
 * Mutations: a prefix of an origin taken for it, any port, an upper-case
 * host, a path, the wildcard, a second Origin: each is found here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hefboom/buf.h"
#include "hefboom/cors.h"
#include "hefboom/http.h"

static void test_lists(void **state)
{
	static const char *const good[] = {"https://a.example",
	    "http://localhost:3000", "https://a.example, http://b.example:81",
	    " https://a.example  https://b.example ", "http://[::1]:8080",
	    "https://[2001:db8::1]", "http://127.0.0.1", "https://a:80"};
	static const char *const bad[] = {"", " ", "*", "null", "a.example",
	    "https://", "https://a.example/", "https://a.example/x",
	    "https://A.example", "https://a.example:443", "http://a:80",
	    "https://a:", "https://a:0", "https://a:x", "https://a:123456",
	    "ftp://a", "https://*.example", "https://a@b", "https://[::1",
	    "https://[]", "https://[::1]x", "https://[::1x",
	    "https://a https://b/", "https://a;b", "HTTPS://a",
	    "https://a:0443"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!cors_list_is_valid(good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cors_list_is_valid(bad[i]))
			fail_msg("accepted: %s", bad[i]);
}

static void lines_for(
    struct buf *lines, const char *list, const char *headers, const char *allow)
{
	static char text[1024];
	struct http_head head;
	struct http_scan scan = {0};
	const char *code;

	snprintf(text, sizeof(text), "OPTIONS / HTTP/1.1\r\nHost: x\r\n%s\r\n",
	    headers);
	assert_int_equal(
	    http_head_read(&head, &scan, text, strlen(text), &code), HTTP_DONE);
	buf_clear(lines);
	buf_add(lines, "", 0);
	cors_add(lines, list, &head, allow);
}

static void test_origins(void **state)
{
	static const char list[] = "https://a.example http://b.example:81";
	static const char *const strangers[] = {"",
	    "Origin: https://a.exampl\r\n", "Origin: https://a.example.com\r\n",
	    "Origin: https://a.example:8443\r\n",
	    "Origin: http://a.example\r\n", "Origin: http://b.example\r\n",
	    "Origin: null\r\n", "Origin: *\r\n", "Origin:\r\n",
	    "Origin: https://a.example http://b.example:81\r\n",
	    "Origin: https://a.example\r\nOrigin: https://a.example\r\n",
	    "Origin: HTTPS://A.EXAMPLE\r\n"};
	struct buf lines = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		lines_for(&lines, list, strangers[i], NULL);
		if (lines.length != 0)
			fail_msg("%s: %s", strangers[i], lines.bytes);
	}
	lines_for(&lines, NULL, "Origin: https://a.example\r\n", NULL);
	assert_int_equal(lines.length, 0);
	lines_for(&lines, list, "Origin: http://b.example:81\r\n", NULL);
	assert_non_null(strstr(lines.bytes,
	    "Access-Control-Allow-Origin: http://b.example:81\r\n"));
	assert_non_null(strstr(lines.bytes, "Access-Control-Expose-Headers"));
	assert_null(strstr(lines.bytes, "Credentials"));
	buf_release(&lines);
}

static void test_preflight(void **state)
{
	static const char list[] = "https://a.example";
	struct buf lines = {0};

	(void)state;
	lines_for(&lines, list,
	    "Origin: https://a.example\r\n"
	    "Access-Control-Request-Method: PATCH\r\n",
	    "GET, HEAD, OPTIONS, PATCH");
	assert_non_null(strstr(lines.bytes,
	    "Access-Control-Allow-Methods: GET, HEAD, OPTIONS, PATCH\r\n"));
	assert_non_null(strstr(lines.bytes, "Access-Control-Max-Age: 600\r\n"));
	lines_for(
	    &lines, list, "Origin: https://a.example\r\n", "GET, OPTIONS");
	assert_null(strstr(lines.bytes, "Allow-Methods"));
	buf_release(&lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lists),
	    cmocka_unit_test(test_origins),
	    cmocka_unit_test(test_preflight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
