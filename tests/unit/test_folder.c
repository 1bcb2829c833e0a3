/*
 * Folders are made with the mode that was asked for, however they are spelled.
 *
 * Mutations (src/folder.c), each found: a slash at the end counts as a folder
 * below; the folders above get the mode of the last one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"
#include "hefboom/memory.h"

static mode_t mode_of(const char *path)
{
	struct stat about;

	assert_int_equal(stat(path, &about), 0);
	return about.st_mode & 07777;
}

static void expect_made(const char *end)
{
	char base[] = "/tmp/hefboom-folder-XXXXXX";
	char *above, *path, *spelled, *error = NULL;
	mode_t mask = umask(022);

	assert_non_null(mkdtemp(base));
	above = memory_format("%s/a", base);
	path = memory_format("%s/b", above);
	spelled = memory_format("%s%s", path, end);
	assert_int_equal(folder_make(spelled, 0700, &error), 0);
	assert_int_equal(mode_of(path), 0700);
	assert_int_equal(mode_of(above), 0755);
	/* Who is there already keeps his own. */
	assert_int_equal(folder_make(spelled, 0711, &error), 0);
	assert_int_equal(mode_of(path), 0700);
	rmdir(path);
	rmdir(above);
	rmdir(base);
	free(spelled);
	free(path);
	free(above);
	umask(mask);
}

static void test_modes(void **state)
{
	(void)state;
	expect_made("");
	expect_made("/");
	expect_made("//");
}

static void test_refusal(void **state)
{
	char *error = NULL;

	(void)state;
	assert_int_equal(folder_make("/dev/null/a", 0700, &error), -1);
	assert_string_equal(
	    error, "cannot make the folder /dev/null/a: Not a directory");
	free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_modes), cmocka_unit_test(test_refusal)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
