/*
 * Mutations: the first address taken for the last, the header believed of
 * anybody, the other header believed, an address that cannot be read skipped,
 * a quote or bracket forgotten, what stands behind a bracket not looked at, a
 * bracket that needs a port, an IPv4 network that holds IPv6, a mask of whole
 * bytes, a network with bits behind its length, a list read from its front,
 * where a client's quote may begin: each is found here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hefboom/forwarded.h"
#include "hefboom/http.h"
#include "hefboom/networks.h"

static void test_addresses(void **state)
{
	static const char *const good[] = {"192.0.2.1", "0.0.0.0",
	    "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1"};
	static const char *const bad[] = {"", "1", "1.2.3", "1.2.3.4.5",
	    "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4:80",
	    "::g", "[::1]", "fe80::1%eth0", "1.2.3.4/8", "unknown",
	    "1111:1111:1111:1111:1111:1111:1111:1111:1111"};
	struct ip address;
	char text[ADDRESS_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!address_read(&address, good[i], strlen(good[i])))
			fail_msg("refused: %s", good[i]);
		address_write(text, &address);
		assert_string_equal(text, good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (address_read(&address, bad[i], strlen(bad[i])))
			fail_msg("accepted: %s", bad[i]);
	assert_false(address_read(&address, "1.2.3.4\0", 8));
}

static bool has(const char *list, const char *text)
{
	char *fault = NULL;
	struct networks *networks = networks_new(list, &fault);
	struct ip address;
	bool found;

	assert_non_null(networks);
	assert_true(address_read(&address, text, strlen(text)));
	found = networks_have(networks, &address);
	networks_free(networks);
	return found;
}

static void test_networks(void **state)
{
	static const char *const bad[] = {"10.0.0.0/33", "10.0.0.1/8",
	    "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/8x", "10.0.0.0/-1", "x",
	    "10.0.0.0/8 x", "2001:db8::/129", "2001:db8::1/32", "10.0.0.0/0008",
	    "10.0.0.0//8", "localhost", "*"};

	static const char *const none[] = {NULL, "", " ", " ,\t"};
	char *fault = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(networks_new(bad[i], &fault));
		if (fault == NULL)
			fail_msg("accepted: %s", bad[i]);
		free(fault);
		fault = NULL;
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(networks_new(none[i], &fault));
	assert_null(fault);
	assert_true(has("10.0.0.0/8", "10.255.1.2"));
	assert_false(has("10.0.0.0/8", "11.0.0.0"));
	assert_true(has("192.168.4.0/22", "192.168.7.255"));
	assert_false(has("192.168.4.0/22", "192.168.8.0"));
	assert_true(has("127.0.0.1", "127.0.0.1"));
	assert_false(has("127.0.0.1", "127.0.0.2"));
	assert_true(has("10.0.0.0/8, ::1,2001:db8::/33", "2001:db8:7fff::1"));
	assert_false(has("10.0.0.0/8, ::1,2001:db8::/33", "2001:db8:8000::1"));
	assert_true(has("::/0", "2001:db8::1"));
	assert_true(has("0.0.0.0/0", "8.8.8.8"));
	assert_false(has("0.0.0.0/0", "2001:db8::1"));
	assert_true(has("0.0.0.0/0", "::ffff:8.8.8.8"));
	assert_false(networks_have(NULL, &(struct ip){0}));
}

static void test_numbers(void **state)
{
	struct ip one, other;

	(void)state;
	address_read(&one, "192.0.2.1", 9);
	address_read(&other, "192.0.2.2", 9);
	assert_true(address_number(&one) != address_number(&other));
	address_read(&one, "2001:db8::1", 11);
	address_read(&other, "2001:db8::2", 11);
	assert_true(address_number(&one) == address_number(&other));
	address_read(&other, "2001:db8:0:1::1", 15);
	assert_true(address_number(&one) != address_number(&other));
}

static void client(
    const char *peer, bool standard, const char *lines, const char *expected)
{
	static char bytes[4096];
	struct networks *trusted =
	    networks_new("10.0.0.0/8 ::1 2001:db8::/32", &(char *){NULL});
	struct proxies proxies = {trusted, standard};
	struct ip address;
	struct http_head head;
	struct http_scan scan = {0};
	char text[ADDRESS_TEXT];
	const char *code;

	snprintf(
	    bytes, sizeof(bytes), "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", lines);
	assert_int_equal(
	    http_head_read(&head, &scan, bytes, strlen(bytes), &code),
	    HTTP_DONE);
	address_read(&address, peer, strlen(peer));
	forwarded_from(&address, &proxies, &head);
	address_write(text, &address);
	if (strcmp(text, expected) != 0)
		fail_msg("%s | %s: %s, not %s", peer, lines, text, expected);
	networks_free(trusted);
}

#define XFF(value) "X-Forwarded-For: " value "\r\n"
#define FWD(value) "Forwarded: " value "\r\n"

static void test_x_forwarded_for(void **state)
{
	(void)state;
	client("10.0.0.1", false, "", "10.0.0.1");
	client("10.0.0.1", false, XFF("192.0.2.1"), "192.0.2.1");
	/* Nobody's word but a proxy's. */
	client("192.0.2.9", false, XFF("192.0.2.1"), "192.0.2.9");
	client("10.0.0.1", false, XFF("1.1.1.1, 192.0.2.1"), "192.0.2.1");
	client("10.0.0.1", false, XFF("1.1.1.1, 192.0.2.1, 10.1.1.1"),
	    "192.0.2.1");
	client("10.0.0.1", false, XFF("1.1.1.1") XFF("192.0.2.1"), "192.0.2.1");
	client("10.0.0.1", false, XFF("10.0.0.2, 10.0.0.3"), "10.0.0.2");
	client("::1", false, XFF("2a00::1"), "2a00::1");
	client("10.0.0.1", false, XFF("192.0.2.1:4711"), "192.0.2.1");
	client("10.0.0.1", false, XFF("[2a00::1]:4711"), "2a00::1");
	client("10.0.0.1", false, XFF("[2a00::1]"), "2a00::1");
	client("10.0.0.1", false, XFF("192.0.2.1,unknown"), "10.0.0.1");
	client("10.0.0.1", false, XFF("192.0.2.1, x, 10.0.0.7"), "10.0.0.7");
	client("10.0.0.1", false, XFF("192.0.2.1,"), "192.0.2.1");
	client("10.0.0.1", false, XFF(""), "10.0.0.1");
	client("10.0.0.1", false, XFF("\"192.0.2.1\""), "10.0.0.1");
	/* No client hides what a proxy writes behind its words. */
	client("10.0.0.1", false, XFF("\", 192.0.2.1"), "192.0.2.1");
	client("10.0.0.1", false, XFF(" , ,\", 192.0.2.1, "), "192.0.2.1");
	client("10.0.0.1", false, FWD("for=192.0.2.1"), "10.0.0.1");
	client("10.0.0.1", false,
	    XFF("9.9.9.9,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5,10.0.0.6,"
		"10.0.0.7,10.0.0.8,10.0.0.9,10.0.0.10,10.0.0.11,10.0.0.12,"
		"10.0.0.13,10.0.0.14,10.0.0.15,10.0.0.16,10.0.0.17"),
	    "10.0.0.2");
}

static void test_forwarded(void **state)
{
	(void)state;
	client("10.0.0.1", true, FWD("for=192.0.2.1"), "192.0.2.1");
	client("10.0.0.1", true, FWD("proto=https;For=\"192.0.2.1:80\";by=x"),
	    "192.0.2.1");
	client("10.0.0.1", true, FWD("for=\"[2a00::1]:80\""), "2a00::1");
	client("10.0.0.1", true, FWD("for=\"[2a00::1]\""), "2a00::1");
	client("10.0.0.1", true, FWD("for=\"[2a00::1]x\""), "10.0.0.1");
	client("10.0.0.1", true, FWD("for=\"[2a00::1\""), "10.0.0.1");
	client(
	    "10.0.0.1", true, FWD("for=1.1.1.1, for=192.0.2.1"), "192.0.2.1");
	client("10.0.0.1", true,
	    FWD("for=1.1.1.1;x=\"a,for=2.2.2.2\", for=10.0.0.2"), "1.1.1.1");
	client("10.0.0.1", true, FWD("for=unknown"), "10.0.0.1");
	/* Nor in quotes that do not end. */
	client("10.0.0.1", true, FWD("for=\", for=192.0.2.1"), "192.0.2.1");
	client(
	    "10.0.0.1", true, FWD("for=\", for=\"[2a00::1]:80\""), "2a00::1");
	client("10.0.0.1", true, FWD("x=\"\\, for=\"[2a00::1]\""), "2a00::1");
	client("10.0.0.1", true,
	    FWD("x=\"\\\", for=10.0.0.2, for=\"10.0.0.3\""), "10.0.0.2");
	client("10.0.0.1", true, FWD("for=192.0.2.1;x=\"a,\\\"b\\\\\""),
	    "192.0.2.1");
	client("10.0.0.1", true, FWD("for=_hidden, for=10.0.0.5"), "10.0.0.5");
	client("10.0.0.1", true, FWD("proto=https"), "10.0.0.1");
	client("10.0.0.1", true, FWD("for=1.1.1.1;for=2.2.2.2"), "10.0.0.1");
	client("10.0.0.1", true, FWD("for=\"1.1.1.1\\"), "10.0.0.1");
	client("10.0.0.1", true, FWD("for="), "10.0.0.1");
	client("10.0.0.1", true, XFF("192.0.2.1"), "10.0.0.1");
	client("192.0.2.9", true, FWD("for=192.0.2.1"), "192.0.2.9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_networks),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_x_forwarded_for),
	    cmocka_unit_test(test_forwarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
