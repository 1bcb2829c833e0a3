/*
 * Mutations: one port for all hosts, a socket's folder looked up, an address
 * looked up, the name left out beside its address, no turn, a turn for each
 * connection that failed at the same time, read-write not heeded or taken from
 * any other word: each is found here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "hefboom/target.h"

static void on_found(void *context)
{
	event_base_loopexit(context, NULL);
}

static void expect_lists(struct target *target, const char *host,
    const char *hostaddr, const char *port)
{
	struct target_lists lists;

	target_lists(target, &lists);
	assert_string_equal(lists.host, host);
	assert_string_equal(lists.hostaddr, hostaddr);
	assert_string_equal(lists.port, port);
}

static void test_nothing_to_look_up(void **state)
{
	static const char *const urls[][4] = {
	    {"postgresql://h@10.0.0.1/db", "10.0.0.1", "", ""},
	    {"postgresql://h@10.0.0.1:6432/db", "10.0.0.1", "", "6432"},
	    {"postgresql://h@[::1]:6432/db", "::1", "", "6432"},
	    {"host=/run/a user=h", "/run/a", "", ""},
	    {"host=@abstract user=h", "@abstract", "", ""},
	    {"host=/run/a,10.0.0.1 port=1,2", "/run/a,10.0.0.1", ",", "1,2"},
	    {"host=/run/a,10.0.0.1 port=7", "/run/a,10.0.0.1", ",", "7,7"},
	    {"host=10.0.0.1,10.0.0.2", "10.0.0.1,10.0.0.2", ",", ","},
	    {"host=db.invalid hostaddr=10.0.0.9", "db.invalid", "10.0.0.9", ""},
	    {"hostaddr=10.0.0.8,10.0.0.9 port=1", ",", "10.0.0.8,10.0.0.9",
		"1,1"},
	};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct target *target =
		    target_new(*state, urls[i][0], on_found, *state);

		assert_int_equal(target_look(target), TARGET_KNOWN);
		expect_lists(target, urls[i][1], urls[i][2], urls[i][3]);
		target_free(target);
	}
}

/* libpq knows better, or has to say what is wrong. */
static void test_left_alone(void **state)
{
	static const char *const urls[] = {"postgresql:///db", "dbname=db",
	    "service=there host=a.invalid", "host=a,b hostaddr=10.0.0.1",
	    "host=a,b port=1,2,3", "host=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q"};
	struct target_lists lists;

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct target *target =
		    target_new(*state, urls[i], on_found, *state);

		assert_int_equal(target_look(target), TARGET_KNOWN);
		target_lists(target, &lists);
		assert_null(lists.host);
		assert_null(lists.hostaddr);
		assert_null(lists.port);
		target_free(target);
	}
}

static void expect_writes(void *base, const char *url, bool writes)
{
	struct target *target = target_new(base, url, on_found, base);

	assert_int_equal(target_writes(target), writes);
	target_free(target);
}

/* In the url, or where libpq looks else. */
static void test_who_takes_writes(void **state)
{
	expect_writes(*state, "host=a", false);
	expect_writes(*state, "host=a target_session_attrs=any", false);
	expect_writes(*state, "host=a target_session_attrs=read-only", false);
	expect_writes(*state, "host=a target_session_attrs=read-write", true);
	expect_writes(*state,
	    "postgresql://h@10.0.0.1,10.0.0.2/db"
	    "?target_session_attrs=read-write",
	    true);
	setenv("PGTARGETSESSIONATTRS", "read-write", 1);
	expect_writes(*state, "host=a", true);
	expect_writes(*state, "host=a target_session_attrs=any", false);
	unsetenv("PGTARGETSESSIONATTRS");
	expect_writes(*state, "no url", false);
}

static void look_up(struct target *target, struct event_base *base)
{
	assert_int_equal(target_look(target), TARGET_LOOKING);
	event_base_dispatch(base);
}

/* "localhost" is in every machine's own list, in one family or in both. */
static void test_a_name(void **state)
{
	struct target *target = target_new(
	    *state, "host=/run/a,localhost port=1,2", on_found, *state);
	struct target_lists lists;
	const char *c;
	unsigned hosts = 1, addresses = 1;

	look_up(target, *state);
	assert_int_equal(target_look(target), TARGET_KNOWN);
	target_lists(target, &lists);
	assert_memory_equal(lists.host, "/run/a,localhost", 16);
	assert_memory_equal(lists.port, "1,2", 3);
	assert_int_equal(lists.hostaddr[0], ',');
	assert_non_null(strpbrk(lists.hostaddr, "1"));
	for (c = lists.host; *c != '\0'; c++)
		hosts += *c == ',';
	for (c = lists.hostaddr; *c != '\0'; c++)
		addresses += *c == ',';
	assert_int_equal(hosts, addresses);
	target_free(target);
}

static void test_an_unknown_name(void **state)
{
	struct target *target =
	    target_new(*state, "host=no..such..name", on_found, *state);

	look_up(target, *state);
	assert_int_equal(target_look(target), TARGET_UNKNOWN);
	target_free(target);
}

static void test_turns(void **state)
{
	struct target *target = target_new(*state,
	    "host=10.0.0.1,10.0.0.2,10.0.0.3 port=1,2,3", on_found, *state);
	struct target_lists lists;

	target_lists(target, &lists);
	/* Two connections that failed in the same order of hosts. */
	target_turn(target, lists.turn);
	target_turn(target, lists.turn);
	expect_lists(target, "10.0.0.2,10.0.0.3,10.0.0.1", ",,", "2,3,1");
	target_lists(target, &lists);
	target_turn(target, lists.turn);
	expect_lists(target, "10.0.0.3,10.0.0.1,10.0.0.2", ",,", "3,1,2");
	target_lists(target, &lists);
	target_turn(target, lists.turn);
	expect_lists(target, "10.0.0.1,10.0.0.2,10.0.0.3", ",,", "1,2,3");
	target_free(target);
}

/* Whoever started it has gone before the answer. */
static void test_freed_meanwhile(void **state)
{
	for (int i = 0; i < 50; i++) {
		struct target *target =
		    target_new(*state, "host=localhost", on_found, *state);

		assert_int_equal(target_look(target), TARGET_LOOKING);
		target_free(target);
	}
}

static int make_base(void **state)
{
	*state = event_base_new();
	return *state == NULL;
}

static int free_base(void **state)
{
	event_base_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_nothing_to_look_up, make_base, free_base),
	    cmocka_unit_test_setup_teardown(
		test_left_alone, make_base, free_base),
	    cmocka_unit_test_setup_teardown(
		test_who_takes_writes, make_base, free_base),
	    cmocka_unit_test_setup_teardown(test_a_name, make_base, free_base),
	    cmocka_unit_test_setup_teardown(
		test_an_unknown_name, make_base, free_base),
	    cmocka_unit_test_setup_teardown(test_turns, make_base, free_base),
	    cmocka_unit_test_setup_teardown(
		test_freed_meanwhile, make_base, free_base),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
