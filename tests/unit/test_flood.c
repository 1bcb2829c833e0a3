/*
 * Names that all fall into one place of jansson's table, for whoever knows
 * where it begins to count: with a seed that nobody knows they cost no more
 * than any others.
 *
 * Mutation: json_object_seed(1) in json_read_up_to().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/json.h"

enum { SEED = 1, NAMES = 4000, WORDS = 3, TIMES = 3 };

static uint32_t turn(uint32_t word, unsigned bits)
{
	return word << bits | word >> (32 - bits);
}

/* Bob Jenkins' lookup3, of which jansson has made its hash. */
static void mix(uint32_t s[WORDS])
{
	static const unsigned bits[] = {4, 6, 8, 16, 19, 4};

	for (unsigned i = 0; i < 6; i++) {
		unsigned one = i % 3, next = (i + 1) % 3, last = (i + 2) % 3;

		s[one] -= s[last];
		s[one] ^= turn(s[last], bits[i]);
		s[last] += s[next];
	}
}

static void name_add(struct buf *text, const unsigned char *name)
{
	buf_add_char(text, '"');
	for (int i = 0; i < 8 * WORDS; i++)
		buf_add_format(text, "\\u%04x", name[i]);
	buf_add_string(text, "\":0");
}

static bool is_ascii(const uint32_t words[WORDS])
{
	const unsigned char *bytes = (const unsigned char *)words;

	for (size_t i = 0; i < 4 * WORDS; i++)
		if (bytes[i] == 0 || bytes[i] > 127)
			return false;
	return true;
}

/*
 * Names of two blocks: the first one is any, and the second one leads from
 * wherever that went to the same state.
 */
static void names_add(struct buf *text, uint32_t seed)
{
	uint32_t state[WORDS], name[2 * WORDS], target = 0x12345678;
	uint32_t begin = 0xdeadbeefu + 8 * WORDS + seed;

	buf_add_char(text, '{');
	for (uint32_t count = 0, tried = 0; count < NAMES; tried++) {
		name[0] = 0x21212121 + (tried & 0x3f3f3f3f);
		name[1] = 0x21212121 + (tried >> 6 & 0x3f3f3f3f);
		name[2] = 0x41414141 + (tried >> 8 & 0x3f) +
		    (tried >> 14 & 0x3f) * 256 + (tried >> 20 & 0x3f) * 65536;
		for (int i = 0; i < WORDS; i++)
			state[i] = begin + name[i];
		mix(state);
		for (int i = 0; i < WORDS; i++)
			name[WORDS + i] = target - state[i];
		if (!is_ascii(name + WORDS) || !is_ascii(name))
			continue;
		if (count++ > 0)
			buf_add_char(text, ',');
		name_add(text, (const unsigned char *)name);
	}
	buf_add_char(text, '}');
}

/* Processor time, the least of a few. */
static double seconds_to_read(const struct buf *text)
{
	double least = 1e9;

	for (int i = 0; i < TIMES; i++) {
		clock_t start = clock();
		enum json_fault fault;
		size_t offset;
		json_t *value =
		    json_read(text->bytes, text->length, &fault, &offset);
		double took = (double)(clock() - start) / CLOCKS_PER_SEC;

		if (json_object_size(value) != NAMES)
			fail_msg("%zu names", json_object_size(value));
		json_decref(value);
		least = took < least ? took : least;
	}
	return least;
}

/* In a process of its own: a seed is set once. */
static double seconds_of_known_seed(const struct buf *text)
{
	int ends[2], status;
	double took = 0;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		json_object_seed(SEED);
		took = seconds_to_read(text);
		_exit(write(ends[1], &took, sizeof(took)) != sizeof(took));
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &took, sizeof(took)), sizeof(took));
	close(ends[0]);
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	return took;
}

static void flood(void **state)
{
	struct buf known = {0};
	double with_seed, without;

	(void)state;
	names_add(&known, SEED);
	with_seed = seconds_of_known_seed(&known);
	without = seconds_to_read(&known);
	print_message("known seed %.3f s, ours %.3f s\n", with_seed, without);
	assert_true(with_seed > 2 * without);
	buf_release(&known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(flood)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
