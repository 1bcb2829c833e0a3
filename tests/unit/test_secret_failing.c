/*
 * The installation's secret: made wholly or not at all, whatever fails; and
 * where the one before it is looked for.
 *
 * Mutations: the result of any call below ignored; a signal taken for a
 * fault; the draft left behind; secret.before looked for beside secret_file,
 * or not at all; a loop of links taken for no file.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "hefboom/config.h"
#include "hefboom/memory.h"

ssize_t failed_write(int file, const void *bytes);
int failed_link(void);

/* clang-format off */
FAILING(ssize_t, getrandom, (void *b, size_t n, unsigned f), (b, n, f), 31)
FAILING(ssize_t, write, (int f, const void *b, size_t n), (f, b, n), failed_write(f, b))
FAILING(int, fsync, (int f), (f), (errno = EIO, -1))
FAILING(int, link, (const char *a, const char *b), (a, b), failed_link())
FAILING(int, fstat64, (int f, struct stat *s), (f, s), (errno = EIO, -1))
FAILING(ssize_t, read, (int f, void *b, size_t n), (f, b, n), 31)
/* clang-format on */

/* How write() fails: -1 and this errno, or so many bytes written. */
static int write_error;
static ssize_t write_count;

ssize_t failed_write(int file, const void *bytes)
{
	if (write_count > 0)
		return __real_write(file, bytes, (size_t)write_count);
	errno = write_error;
	return write_count;
}

static char folder[32];
static struct config config;
static char *error;

static char *path_of(const char *name)
{
	return memory_format("%s/%s", folder, name);
}

static void put(const char *name, char byte, size_t length)
{
	char *path = path_of(name), bytes[64];
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	memset(bytes, byte, length);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	fclose(file);
	assert_int_equal(chmod(path, 0600), 0);
	free(path);
}

/* Somebody else was faster, or it may not be. */
static bool is_overtaken;

int failed_link(void)
{
	if (is_overtaken)
		put("secret", 'o', CONFIG_SECRET_LENGTH);
	errno = is_overtaken ? EEXIST : EPERM;
	return -1;
}

static int setup(void **state)
{
	(void)state;
	memcpy(folder, "/tmp/hefboom-secret-XXXXXX", 27);
	if (mkdtemp(folder) == NULL)
		return -1;
	config = (struct config){.data = folder, .embedded = true};
	error = NULL;
	return 0;
}

static int teardown(void **state)
{
	char *command = memory_format("rm -r %s", folder);
	int status = system(command);

	(void)state;
	free(command);
	free(error);
	fail_at(NULL, 0);
	return status;
}

static int files_left(void)
{
	DIR *open = opendir(folder);
	int count = 0;

	assert_non_null(open);
	while (readdir(open) != NULL)
		count++;
	closedir(open);
	return count - 2;
}

static void refused(bool make, const char *expected)
{
	assert_int_equal(config_secret(&config, make, &error), -1);
	if (strstr(error, expected) == NULL)
		fail_msg("%s, not: %s", error, expected);
	free(error);
	error = NULL;
}

static void test_all_or_nothing(void **state)
{
	static const struct {
		const char *name;
		int after;
		const char *said;
	} parts[] = {
	    {"getrandom", 0, "cannot write"},
	    {"write", 0, "cannot write"},
	    {"fsync", 0, "cannot write"},
	    {"link", 0, "cannot make"},
	};

	(void)state;
	write_error = ENOSPC;
	write_count = -1;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		fail_at(parts[i].name, parts[i].after);
		refused(true, parts[i].said);
		assert_null(failing.name);
		assert_int_equal(files_left(), 0);
	}
	/* The folder's own: the secret is there, and not yet for certain. */
	fail_at("fsync", 1);
	refused(true, "cannot sync");
	assert_int_equal(files_left(), 1);
	assert_int_equal(config_secret(&config, true, &error), 0);
}

/* Of two that start at once both read what the first one made. */
static void test_two_at_once(void **state)
{
	unsigned char expected[CONFIG_SECRET_LENGTH];

	(void)state;
	is_overtaken = true;
	fail_at("link", 0);
	assert_int_equal(config_secret(&config, true, &error), 0);
	is_overtaken = false;
	memset(expected, 'o', sizeof(expected));
	assert_memory_equal(config.secret, expected, sizeof(expected));
	assert_int_equal(files_left(), 1);
}

static void test_no_place(void **state)
{
	char *nowhere = path_of("nowhere");

	(void)state;
	config.data = nowhere;
	refused(true, "cannot make");
	free(nowhere);
}

static void test_written_in_parts(void **state)
{
	static const struct {
		ssize_t count;
		int error;
	} ways[] = {{-1, EINTR}, {0, 0}, {7, 0}};
	unsigned char first[CONFIG_SECRET_LENGTH];

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char *path = path_of("secret");

		unlink(path);
		free(path);
		write_count = ways[i].count;
		write_error = ways[i].error;
		fail_at("write", 0);
		assert_int_equal(config_secret(&config, true, &error), 0);
		assert_null(failing.name);
		memcpy(first, config.secret, sizeof(first));
		assert_int_equal(config_secret(&config, false, &error), 0);
		assert_memory_equal(first, config.secret, sizeof(first));
		assert_int_equal(files_left(), 1);
	}
}

static void test_unreadable(void **state)
{
	char *path = path_of("secret");

	(void)state;
	put("secret", 's', 33);
	refused(false, "must be a file of exactly 32 bytes");
	put("secret", 's', 32);
	fail_at("fstat64", 0);
	refused(false, "cannot read");
	fail_at("read", 0);
	refused(false, "cannot read the secret");
	assert_int_equal(config_secret(&config, false, &error), 0);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	refused(false, "must be a file of exactly 32 bytes");
	free(path);
}

static void test_before(void **state)
{
	char *own = path_of("own"), *elsewhere = path_of("elsewhere");
	char *path = path_of("secret.before");
	unsigned char expected[CONFIG_SECRET_LENGTH];

	(void)state;
	put("secret", 's', 32);
	put("own", 'o', 32);
	/* There is none. */
	assert_int_equal(config_secret(&config, false, &error), 0);
	assert_null(config.secret_file_before);
	/* A file that cannot be reached is not none. */
	assert_int_equal(symlink(path, path), 0);
	refused(false, "cannot read the secret");
	free((char *)(uintptr_t)config.secret_file_before);
	config.secret_file_before = NULL;
	unlink(path);
	put("secret.before", 'b', 32);
	assert_int_equal(config_secret(&config, false, &error), 0);
	assert_string_equal(config.secret_file_before, path);
	memset(expected, 'b', sizeof(expected));
	assert_memory_equal(config.secret_before, expected, sizeof(expected));
	free((char *)(uintptr_t)config.secret_file_before);
	/* One that is named is the one. */
	put("elsewhere", 'e', 32);
	config.secret_file_before = elsewhere;
	assert_int_equal(config_secret(&config, false, &error), 0);
	memset(expected, 'e', sizeof(expected));
	assert_memory_equal(config.secret_before, expected, sizeof(expected));
	/* A secret of one's own has its own before it, or none. */
	config.secret_file_before = NULL;
	config.secret_file = own;
	assert_int_equal(config_secret(&config, false, &error), 0);
	assert_null(config.secret_file_before);
	config.embedded = false;
	assert_int_equal(config_secret(&config, false, &error), 0);
	assert_null(config.secret_file_before);
	memset(expected, 'o', sizeof(expected));
	assert_memory_equal(config.secret, expected, sizeof(expected));
	free(own);
	free(elsewhere);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_all_or_nothing, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_two_at_once, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_no_place, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_written_in_parts, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_unreadable, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_before, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
