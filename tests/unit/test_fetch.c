/*
 * Which addresses may be called, and how settings, addresses and headers are
 * read.  Each row of the tables is a spelling or an edge of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "hefboom/fetch.h"
#include "hefboom/memory.h"
#include "hefboom/networks.h"

/* As getaddrinfo, and so libcurl, reads what stands in an address. */
static bool allowed_in(
    const struct networks *networks, const char *host, bool plain)
{
	struct addrinfo hints = {
	    .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	bool allowed;

	if (getaddrinfo(host, "443", &hints, &found) != 0) {
		print_error("%s is no address\n", host);
		fail();
	}
	allowed = address_is_allowed(networks, found->ai_addr, plain);
	freeaddrinfo(found);
	return allowed;
}

static void expect(const struct networks *networks, const char *const *hosts,
    bool plain, bool allowed)
{
	for (; *hosts != NULL; hosts++)
		if (allowed_in(networks, *hosts, plain) != allowed) {
			print_error("%s\n", *hosts);
			fail();
		}
}

static const char *const open_hosts[] = {"1.1.1.1", "8.8.8.8", "9.255.255.255",
    "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0",
    "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
    "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
    "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2606:4700::1111", "2001:200::1",
    "2001:4860:4860::8888", "2a00:1450::1", "2003::1", "3ffd::1", NULL};

static const char *const closed_hosts[] = {
    /* this network, private, shared */
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0",
    "100.100.100.200", "100.127.255.255", "172.16.0.0", "172.31.255.255",
    "192.168.0.0", "192.168.255.255",
    /* loopback, in every spelling */
    "127.0.0.1", "127.255.255.255", "127.1", "2130706433", "0x7f000001",
    "0x7f.1", "0177.0.0.1", "017700000001", "::1", "::", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:7f00:1", "0:0:0:0:0:ffff:10.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::8.8.8.8", "64:ff9b::1:808:808", "::ffff:0:8.8.8.8",
    /* link-local and the clouds' metadata */
    "169.254.0.0", "169.254.169.254", "0xa9fea9fe", "2852039166",
    "0251.0376.0251.0376", "::ffff:169.254.169.254", "192.0.0.192",
    "168.63.129.16", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1",
    /* unique local, multicast, reserved, documentation */
    "fc00::1", "fdff::1", "ff02::1", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1",
    "198.18.0.1", "198.19.255.255", "192.88.99.1", "192.31.196.1",
    "192.52.193.1", "192.175.48.1", "2001:db8::1", "2001::1", "2001:1ff::1",
    "2002:7f00:1::", "2002:808:808::1", "2620:4f:8000::1", "3fff::1", "3ffe::1",
    "100::1", "4000::1", "1fff::1", "5f00::1", NULL};

static void test_rules(void **state)
{
	(void)state;
	expect(NULL, open_hosts, false, true);
	expect(NULL, open_hosts, true, false);
	expect(NULL, closed_hosts, false, false);
	expect(NULL, closed_hosts, true, false);
}

static struct networks *networks_of(const char *list)
{
	char *fault = NULL;
	struct networks *networks = networks_new(list, &fault);

	assert_null(fault);
	assert_non_null(networks);
	return networks;
}

/* An interface by number: what it means depends on this machine. */
static void test_zone(void **state)
{
	struct networks *all = networks_of("::/0");
	struct sockaddr_in6 zoned = {
	    .sin6_family = AF_INET6, .sin6_scope_id = 1};
	struct sockaddr local = {.sa_family = AF_UNIX};

	(void)state;
	zoned.sin6_addr.s6_addr[0] = 0x26;
	assert_false(
	    address_is_allowed(NULL, (struct sockaddr *)&zoned, false));
	assert_false(address_is_allowed(all, (struct sockaddr *)&zoned, false));
	assert_false(address_is_allowed(all, &local, false));
	zoned.sin6_scope_id = 0;
	assert_true(address_is_allowed(NULL, (struct sockaddr *)&zoned, false));
	networks_free(all);
}

static void test_allowed(void **state)
{
	static const char *const inside[] = {"10.1.0.0", "10.1.255.255",
	    "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "192.168.7.9", "fd12::9",
	    "127.0.0.1", "::1", NULL};
	static const char *const outside[] = {"10.0.255.255", "10.2.0.0",
	    "192.168.7.8", "192.168.7.10", "fd13::", "127.0.0.2", "::2",
	    "::ffff:10.2.0.0", "169.254.169.254", NULL};
	struct networks *networks = networks_of(
	    " 10.1.0.0/16,192.168.7.9 fd12::/16, 127.0.0.1/32\t::1 ");

	(void)state;
	expect(networks, inside, false, true);
	expect(networks, inside, true, true);
	expect(networks, outside, false, false);
	expect(networks, outside, true, false);
	/* The others stay as open as they were, by https. */
	expect(networks, open_hosts, false, true);
	expect(networks, open_hosts, true, false);
	networks_free(networks);
	networks = networks_of("0.0.0.0/0");
	expect(networks, (const char *const[]){"::1", "fd12::9", NULL}, false,
	    false);
	networks_free(networks);
}

static void test_networks_refused(void **state)
{
	static const char *const bad[] = {"10.1.0.0/33", "10.1.0.1/16",
	    "10.1/16", "x", "10.1.0.0/", "10.1.0.0/-1", "10.1.0.0/1x",
	    "10.1.0.0/0016", "fd12::/129", "fd12::1/16", "/8", "10.1.0.0/8/8",
	    "fe80::1%lo", "localhost", "10.1.0.0/16;fd12::/16", "[::1]",
	    "010.1.0.0/16", NULL};

	(void)state;
	for (size_t i = 0; bad[i] != NULL; i++) {
		char *fault = NULL;

		assert_null(networks_new(bad[i], &fault));
		if (fault == NULL)
			print_error("%s\n", bad[i]);
		assert_non_null(fault);
		free(fault);
	}
}

static void test_urls(void **state)
{
	static const char *const good[] = {"https://idp.example/",
	    "https://idp.example:8443/a/b?c=d", "HTTPS://IDP.example",
	    "http://10.0.0.1/keys", "https://[2001:db8::1]/", NULL};
	static const char *const bad[] = {"", "idp.example", "//idp.example",
	    "ftp://idp.example/", "file:///etc/passwd", "https:/idp.example",
	    "https://", "https:///x", "https://user@idp.example/",
	    "https://user:word@idp.example/", "https://:@idp.example/",
	    "https://idp.example/#x", "https://idp.example:99999/",
	    "https://idp.example/a b", "https://idp.example/\n",
	    "https://idp.example/\xc3\xa9", "https://idp.example\\@x/",
	    "https://[fe80::1%25eth0]/", "https://[::1/", "http+unix://x/",
	    NULL};
	char *fault, *long_one = memory_alloc(FETCH_URL_MAX + 2);

	(void)state;
	for (size_t i = 0; good[i] != NULL; i++)
		assert_null(fetch_url_check(good[i]));
	for (size_t i = 0; bad[i] != NULL; i++) {
		fault = fetch_url_check(bad[i]);
		if (fault == NULL)
			print_error("%s\n", bad[i]);
		assert_non_null(fault);
		free(fault);
	}
	memset(long_one, 'a', FETCH_URL_MAX + 1);
	memcpy(long_one, "https://", 8);
	long_one[FETCH_URL_MAX + 1] = '\0';
	fault = fetch_url_check(long_one);
	assert_non_null(strstr(fault, "too long"));
	free(fault);
	free(long_one);
	assert_true(fetch_url_is_plain("HTTP://x/"));
	assert_false(fetch_url_is_plain("https://x/"));
}

static void freshness(const char *text, int64_t expected)
{
	int64_t found = cache_control_read(text, strlen(text));

	if (found != expected)
		print_error("%s\n", text);
	assert_int_equal(found, expected);
}

static void test_freshness(void **state)
{
	(void)state;
	freshness("", -1);
	freshness("public", -1);
	freshness("max-age=600", 600);
	freshness(" Public , MAX-AGE=600 , must-revalidate\r\n", 600);
	freshness("max-age=\"600\"", 600);
	freshness("max-age=600, max-age=60", 60);
	freshness("max-age=600, no-cache", 0);
	freshness("no-store", 0);
	freshness("s-maxage=9, x-max-age=9", -1);
	freshness("max-age", 0);
	freshness("max-age=", 0);
	freshness("max-age=-1", 0);
	freshness("max-age=1.5", 0);
	freshness("max-age=99999999999999999999999", 31536000);
	freshness(",,,max-age=7,", 7);
}

static void test_types(void **state)
{
	(void)state;
	assert_true(type_is_json("application/json"));
	assert_true(type_is_json("Application/JSON; charset=utf-8"));
	assert_true(type_is_json("application/jwk-set+json"));
	assert_false(type_is_json(NULL));
	assert_false(type_is_json("text/json"));
	assert_false(type_is_json("text/html"));
	assert_false(type_is_json("application/jsonp"));
	assert_false(type_is_json("application/+json"));
	assert_false(type_is_json("application/xml; json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_zone),
	    cmocka_unit_test(test_allowed),
	    cmocka_unit_test(test_networks_refused),
	    cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_freshness),
	    cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
