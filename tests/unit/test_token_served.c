/*
 * Keys by URL in one worker: when it fetches, what it takes, and who waits
 * for it.  No address is asked here: the test answers each fetch.
 *
 * Mutations: a fault that forgets the keys; who waits told before the fetch
 * has ended, twice, or never, put off by those who come later, or told with
 * those who came before; a token refused by what is found and was not looked
 * at yet; a text read while it is written; a fetch while another process has
 * the lease, or again within 30 s; a token refused by a fetch that began before
 * it was issued; a waiter's neighbours forgotten when it leaves, or its place;
 * whoever has left leaves again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

#include <event2/event.h>
#include <sys/stat.h>
#include <time.h>

#include "forged.h"
#include "hefboom/fetch.h"
#include "token_source.h"

/* The fetch that is under way, if any. */
static struct {
	char *url;
	fetch_fn *done;
	void *context;
	int count;
} fetch;

INSTEAD(void, fetch_start,
    (struct fetcher * f, const char *url, fetch_fn *done, void *context))
{
	(void)f;
	assert_null(fetch.url);
	fetch.url = memory_string(url);
	fetch.done = done;
	fetch.context = context;
	fetch.count++;
}

static struct shared_keys *shared;

INSTEAD(struct shared_keys *, shared_new, (void))
{
	shared = __real_shared_new();
	return shared;
}

static int64_t later_ms;

INSTEAD(int, clock_gettime, (clockid_t clock, struct timespec *now))
{
	int status = __real_clock_gettime(clock, now);

	now->tv_sec += later_ms / 1000;
	return status;
}

/* clang-format off */
FAILING(bool, shared_read, (const struct shared_keys *s, struct buf *t, uint32_t *v), (s, t, v), false)
/* clang-format on */

static struct event_base *base;
static struct token_checker *checker;

static void end_checker(void)
{
	token_checker_free(checker);
	event_base_free(base);
	free(fetch.url);
	memset(&fetch, 0, sizeof(fetch));
}

static int end(void **state)
{
	(void)state;
	end_checker();
	fail_at(NULL, 0);
	later_ms = 0;
	return 0;
}

static void make(const char *kind)
{
	char *text = memory_format(
	    "[{'issuer':'i','audience':'hefboom','organisations':['acme'],"
	    "'%s':'https://keys.example/x','algorithms':['ES256']},"
	    "{'issuer':'j','audience':'hefboom','organisations':['acme'],"
	    "'pem_file':'@/pem','algorithms':['ES256']}]",
	    kind);
	char *error = NULL;

	checker = forged_checker(text, &error);
	assert_non_null(checker);
	base = event_base_new();
	free(text);
}

static void serve(const char *folder)
{
	struct token_services services = {
	    .base = base, .fetcher = (struct fetcher *)&fetch};
	char *path = forge_path(&forge, folder);

	mkdir(path, 0700);
	if (strcmp(folder, "nowhere") == 0)
		rmdir(path);
	services.folder = path;
	token_checker_serve(checker, &services);
	event_base_loop(base, EVLOOP_NONBLOCK);
	free(path);
}

/* A folder of its own for each test. */
static const char *fresh(void)
{
	static char name[16];
	static int count;

	snprintf(name, sizeof(name), "keys%d", count++);
	return name;
}

/* The fetch that is under way ends so. */
static void ends(const char *fault, const char *bytes)
{
	struct fetch_reply reply = {.fault = fault,
	    .bytes = bytes,
	    .length = bytes == NULL ? 0 : strlen(bytes),
	    .max_age_s = -1};
	char *url = fetch.url;

	assert_non_null(url);
	fetch.url = NULL;
	fetch.done(fetch.context, &reply);
	free(url);
}

static char *set_of(EVP_PKEY *key, const char *id)
{
	char *members = memory_format("\"kid\":\"%s\"", id);
	char *jwk = forge_jwk(key, members);
	char *set = memory_format("{\"keys\":[%s]}", jwk);

	free(members);
	free(jwk);
	return set;
}

static void ends_with_key(const char *id)
{
	char *set = set_of(forge.p256, id);

	ends(NULL, set);
	free(set);
}

/* What is said of a token; "" when it is taken. */
static const char *said_of(
    const struct signer *signer, const char *header, const char *issued)
{
	struct timespec now;
	const char *why = NULL;
	struct principal *found;
	char *claims, *token;

	clock_gettime(CLOCK_REALTIME, &now);
	claims = memory_format("{\"iss\":\"i\",\"aud\":\"hefboom\","
			       "\"sub\":\"els\",\"exp\":%lld%s}",
	    (long long)now.tv_sec + 600, issued);
	token = forge_token(signer, header, claims);
	found = token_check(checker, token, strlen(token), now.tv_sec, &why);
	free(claims);
	free(token);
	assert_int_equal(found == NULL, why != NULL);
	return why == NULL ? "" : why;
}

/* Of one that our key has signed, by this name. */
static const char *checked(const char *id, const char *issued)
{
	const struct signer signer = {.algorithm = "ES256", .key = forge.p256};
	char *header = memory_format("{\"alg\":\"ES256\",\"kid\":\"%s\"}", id);
	const char *said = said_of(&signer, header, issued);

	free(header);
	return said;
}

static int told;

static void tell(void *context)
{
	(void)context;
	told++;
}

static struct token_waiter waiter_new(void)
{
	return (struct token_waiter){.again = tell};
}

/* Lets the loop look, as often as it wants to within so many milliseconds. */
static void look(int ms)
{
	struct timeval wait = {ms / 1000, ms % 1000 * 1000};

	event_base_loopexit(base, &wait);
	event_base_dispatch(base);
}

static void test_fetched_and_kept(void **state)
{
	const char *folder = fresh();

	(void)state;
	make("jwks_url");
	assert_string_equal(checked("a", ""), "unknown key");
	serve(folder);
	assert_string_equal(fetch.url, "https://keys.example/x");
	ends_with_key("a");
	assert_string_equal(checked("a", ""), "");
	/* A fault, of the address or of what it says, changes nothing. */
	for (int i = 0; i < 3; i++) {
		static const char *const bad[] = {NULL, "[]", "{\"keys\":[]}"};

		later_ms += 2 * 3600 * 1000;
		look(600);
		ends(bad[i] == NULL ? "no route" : NULL, bad[i]);
		assert_string_equal(checked("a", ""), "");
	}
	end_checker();
	/* The next start knows what was found last. */
	make("jwks_url");
	serve(folder);
	assert_string_equal(checked("a", ""), "");
	ends_with_key("b");
	assert_string_equal(checked("b", ""), "");
	assert_ptr_equal(checked("a", ""), token_unsure);
	end_checker();
	/* What is kept is looked at like a stranger's. */
	forge_write_text(&forge, "kept.sh",
	    "for kept in \"$1\"/*; do echo x >\"$kept\"; done\n");
	{
		char *command = memory_format(
		    "sh %s/kept.sh %s/%s", forge.folder, forge.folder, folder);

		assert_int_equal(system(command), 0);
		free(command);
	}
	make("jwks_url");
	serve(folder);
	assert_ptr_equal(checked("b", ""), token_unsure);
}

/* Without a place to keep them keys are good all the same. */
static void test_not_kept(void **state)
{
	(void)state;
	make("jwks_url");
	serve("nowhere");
	ends_with_key("a");
	assert_string_equal(checked("a", ""), "");
}

static void test_discovered(void **state)
{
	(void)state;
	make("discovery_url");
	serve(fresh());
	ends(NULL, "{\"issuer\":\"other\",\"jwks_uri\":\"https://k.example\"}");
	assert_null(fetch.url);
	later_ms += 3600 * 1000;
	look(600);
	ends("no route", NULL);
	assert_null(fetch.url);
	later_ms += 3600 * 1000;
	look(600);
	ends(NULL, "{\"issuer\":\"i\",\"jwks_uri\":\"https://k.example\"}");
	assert_string_equal(fetch.url, "https://k.example");
	ends_with_key("a");
	assert_string_equal(checked("a", ""), "");
}

static void test_only_who_may_be_right_waits(void **state)
{
	struct timespec now;
	char issued[64];

	(void)state;
	make("jwks_url");
	serve(fresh());
	/* Nothing was ever fetched. */
	assert_ptr_equal(checked("b", ",\"iat\":5"), token_unsure);
	ends_with_key("a");
	assert_string_equal(checked("b", ",\"iat\":5"), "unknown key");
	assert_ptr_equal(checked("b", ""), token_unsure);
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(
	    issued, sizeof(issued), ",\"iat\":%lld.5", (long long)now.tv_sec);
	assert_ptr_equal(checked("b", issued), token_unsure);
	/* Other claims that will not do cause nothing. */
	assert_string_equal(
	    checked("b", ",\"nbf\":99999999999"), "not valid yet");
}

/* A key that is there settles it, unless it is not said which one it is. */
static void test_another_key(void **state)
{
	EVP_PKEY *stranger = EVP_EC_gen("P-256");
	const struct signer other = {.algorithm = "ES256", .key = stranger};
	const struct signer rsa = {.algorithm = "RS256", .key = forge.rsa};

	(void)state;
	make("jwks_url");
	serve(fresh());
	ends_with_key("a");
	assert_string_equal(
	    said_of(&other, "{\"alg\":\"ES256\",\"kid\":\"a\"}", ""),
	    "bad signature");
	assert_ptr_equal(
	    said_of(&other, "{\"alg\":\"ES256\"}", ""), token_unsure);
	assert_string_equal(
	    said_of(&rsa, "{\"alg\":\"RS256\"}", ""), "algorithm not allowed");
	assert_string_equal(
	    said_of(&rsa, "{\"alg\":\"RS256\",\"kid\":\"b\"}", ""),
	    "algorithm not allowed");
	EVP_PKEY_free(stranger);
}

static void test_told_when_it_ends(void **state)
{
	struct token_waiter first = waiter_new(), second = waiter_new();

	(void)state;
	told = 0;
	make("jwks_url");
	serve(fresh());
	ends_with_key("a");
	later_ms += 1000;
	assert_ptr_equal(checked("b", ""), token_unsure);
	assert_true(token_wait(checker, &first));
	assert_int_equal(fetch.count, 2);
	/* The second one joins. */
	assert_true(token_wait(checker, &second));
	assert_int_equal(fetch.count, 2);
	look(60);
	assert_int_equal(told, 0);
	ends_with_key("b");
	assert_int_equal(told, 2);
	assert_true(first.settled);
	assert_false(first.waits);
	assert_string_equal(checked("b", ""), "");
	/* Too soon for another: 30 s have to pass, which nobody waits for. */
	assert_ptr_equal(checked("c", ""), token_unsure);
	assert_false(token_wait(checker, &first));
	assert_in_range(first.retry_s, 29, 31);
	assert_int_equal(fetch.count, 2);
	/* Soon enough: he waits, and the loop asks when it may. */
	later_ms += 28000;
	assert_true(token_wait(checker, &first));
	assert_int_equal(fetch.count, 2);
	later_ms += 2000;
	look(60);
	assert_int_equal(fetch.count, 3);
	ends("no route", NULL);
	assert_int_equal(told, 3);
	/* A fetch that failed settles nothing. */
	assert_false(first.settled);
	assert_in_range(first.retry_s, 29, 31);
}

static void test_told_when_it_takes_too_long(void **state)
{
	struct token_waiter waiter = waiter_new(), late = waiter_new();

	(void)state;
	told = 0;
	make("jwks_url");
	serve(fresh());
	ends_with_key("a");
	later_ms += 1000;
	assert_ptr_equal(checked("b", ""), token_unsure);
	assert_true(token_wait(checker, &waiter));
	later_ms += 2000;
	assert_true(token_wait(checker, &late));
	look(60);
	assert_int_equal(told, 0);
	later_ms += 1000;
	look(60);
	assert_int_equal(told, 1);
	assert_false(waiter.settled);
	assert_true(late.waits);
	token_wait_end(&waiter);
	/* The moment to ask again is over, and it has not been asked. */
	later_ms += 60000;
	look(60);
	assert_int_equal(told, 2);
	assert_int_equal(late.retry_s, 1);
	ends_with_key("b");
	assert_int_equal(told, 2);
	assert_int_equal(fetch.count, 2);
}

/* Whoever leaves takes nobody with him. */
static void test_leaving(void **state)
{
	static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}};

	(void)state;
	make("jwks_url");
	serve(fresh());
	for (size_t i = 0; i < 3; i++) {
		struct token_waiter waiters[3];

		told = 0;
		assert_ptr_equal(checked("b", ""), token_unsure);
		for (int j = 0; j < 3; j++) {
			waiters[j] = waiter_new();
			assert_true(token_wait(checker, &waiters[j]));
		}
		token_wait_end(&waiters[orders[i][0]]);
		token_wait_end(&waiters[orders[i][1]]);
		/* Who has left does not leave again. */
		token_wait_end(&waiters[orders[i][0]]);
		ends("no route", NULL);
		assert_int_equal(told, 1);
		assert_false(waiters[orders[i][2]].waits);
		later_ms += 3600 * 1000;
		look(600);
	}
}

static void test_a_crowd(void **state)
{
	struct token_waiter *waiters =
	    memory_zero(WAITERS_MAX + 1, sizeof(*waiters));

	(void)state;
	told = 0;
	make("jwks_url");
	serve(fresh());
	assert_ptr_equal(checked("b", ""), token_unsure);
	for (int i = 0; i <= WAITERS_MAX; i++) {
		waiters[i] = waiter_new();
		assert_int_equal(
		    token_wait(checker, &waiters[i]), i < WAITERS_MAX);
	}
	assert_int_equal(waiters[WAITERS_MAX].retry_s, 1);
	ends_with_key("b");
	assert_int_equal(told, WAITERS_MAX);
	/* They have left, and there is room again. */
	later_ms += 30000;
	assert_true(token_wait(checker, &waiters[0]));
	token_wait_end(&waiters[0]);
	free(waiters);
}

/* Another worker of the machine fetches, and this one reads. */
static void test_found_by_another(void **state)
{
	struct token_waiter waiter = waiter_new();
	char *set = set_of(forge.p256, "b");
	struct buf text = {0};

	(void)state;
	told = 0;
	buf_add_string(&text, set);
	make("jwks_url");
	/* It has the lease, so that nothing is fetched here. */
	shared->lease_ms = INT64_MAX;
	serve(fresh());
	assert_int_equal(fetch.count, 0);
	assert_ptr_equal(checked("b", ""), token_unsure);
	assert_true(token_wait(checker, &waiter));
	look(60);
	assert_int_equal(fetch.count, 0);
	assert_int_equal(told, 0);
	/* Just being written, and changed while it was read. */
	shared_write(shared, &text);
	shared->version++;
	assert_ptr_equal(checked("b", ""), token_unsure);
	shared->version++;
	fail_at("shared_read", 0);
	assert_ptr_equal(checked("b", ""), token_unsure);
	assert_null(failing.name);
	assert_string_equal(checked("b", ""), "");
	assert_int_equal(told, 0);
	shared->due_ms = shared->ask_ms = INT64_MAX;
	shared_end(shared);
	look(60);
	assert_int_equal(told, 1);
	/* What another one wrote is looked at like a stranger's. */
	buf_clear(&text);
	buf_add_string(&text, "[]");
	shared_write(shared, &text);
	look(600);
	assert_string_equal(checked("b", ""), "");
	assert_int_equal(fetch.count, 0);
	buf_release(&text);
	free(set);
}

/* Whoever comes later reads it before he looks for any file. */
static void test_found_before(void **state)
{
	char *set = set_of(forge.p256, "b");
	struct buf text = {0};

	(void)state;
	buf_add_string(&text, set);
	make("jwks_url");
	shared->lease_ms = INT64_MAX;
	shared_write(shared, &text);
	serve(fresh());
	assert_string_equal(checked("b", ""), "");
	buf_release(&text);
	free(set);
}

/* A fetch refuses by what it found, also where that was not looked at yet. */
static void test_found_and_not_yet_seen(void **state)
{
	char *set = set_of(forge.p256, "b");
	struct buf text = {0};
	struct timespec now;

	(void)state;
	buf_add_string(&text, set);
	make("jwks_url");
	shared->lease_ms = INT64_MAX;
	serve(fresh());
	clock_gettime(CLOCK_REALTIME, &now);
	shared_write(shared, &text);
	shared->began_s = now.tv_sec;
	assert_string_equal(checked("b", ",\"iat\":5"), "");
	assert_string_equal(checked("c", ",\"iat\":5"), "unknown key");
	buf_release(&text);
	free(set);
}

/* Nobody waits longer because others come. */
static void test_told_while_others_come(void **state)
{
	struct token_waiter waiters[20];

	(void)state;
	told = 0;
	make("jwks_url");
	shared->lease_ms = INT64_MAX;
	serve(fresh());
	assert_ptr_equal(checked("b", ""), token_unsure);
	for (int i = 0; i < 20; i++) {
		waiters[i] = waiter_new();
		assert_true(token_wait(checker, &waiters[i]));
		if (i == 0)
			atomic_fetch_add(&shared->ended, 1);
		look(10);
	}
	assert_in_range(told, 1, 20);
	for (int i = 0; i < 20; i++)
		token_wait_end(&waiters[i]);
}

static struct token_waiter newcomer;

/* Its connection has another request, whose key is as new. */
static void tell_and_come_again(void *context)
{
	tell(context);
	newcomer = waiter_new();
	assert_ptr_equal(checked("c", ""), token_unsure);
	assert_true(token_wait(checker, &newcomer));
}

/* Who comes while others are told waits for a fetch of his own. */
static void test_told_while_others_are(void **state)
{
	struct token_waiter first = waiter_new(), second = waiter_new();

	(void)state;
	told = 0;
	make("jwks_url");
	serve(fresh());
	assert_ptr_equal(checked("b", ""), token_unsure);
	/* The fetch of the start is under way; nobody has asked for it. */
	shared->ask_ms = INT64_MAX;
	first.again = tell_and_come_again;
	assert_true(token_wait(checker, &first));
	assert_true(token_wait(checker, &second));
	shared->ask_ms = 0;
	ends("no route", NULL);
	assert_int_equal(told, 2);
	assert_true(newcomer.waits);
	assert_int_equal(fetch.count, 2);
	ends_with_key("c");
	assert_int_equal(told, 3);
	assert_true(newcomer.settled);
}

#define ONE(test) cmocka_unit_test_teardown(test, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ONE(test_fetched_and_kept),
	    ONE(test_not_kept),
	    ONE(test_discovered),
	    ONE(test_only_who_may_be_right_waits),
	    ONE(test_another_key),
	    ONE(test_told_when_it_ends),
	    ONE(test_told_when_it_takes_too_long),
	    ONE(test_leaving),
	    ONE(test_a_crowd),
	    ONE(test_found_by_another),
	    ONE(test_found_before),
	    ONE(test_found_and_not_yet_seen),
	    ONE(test_told_while_others_come),
	    ONE(test_told_while_others_are),
	};

	return cmocka_run_group_tests(tests, forged_pem, forged_end);
}
