#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hefboom/config.h"
#include "hefboom/memory.h"

/* A folder of its own for each test; its path in *state. */
static int folder_begin(void **state)
{
	char *path = memory_string("/tmp/hefboom-config-XXXXXX");

	*state = mkdtemp(path);
	return *state == NULL;
}

static int folder_end(void **state)
{
	static const char *const names[] = {"secret", "settings"};
	char *folder = *state;

	for (size_t i = 0; i < 2; i++) {
		char *path = memory_format("%s/%s", folder, names[i]);

		unlink(path);
		free(path);
	}
	rmdir(folder);
	free(folder);
	return 0;
}

static void write_file(const char *folder, const char *name, const char *bytes,
    size_t length, mode_t mode)
{
	char *path = memory_format("%s/%s", folder, name);
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(file, bytes, length), length);
	assert_int_equal(fchmod(file, mode), 0);
	close(file);
	free(path);
}

static void clear(void)
{
	unsetenv("HEFBOOM_DATA");
	unsetenv("HEFBOOM_LISTEN");
	unsetenv("HEFBOOM_CONFIG");
	unsetenv("HEFBOOM_WORKERS");
	unsetenv("HEFBOOM_DATABASE_URL");
}

static int read_words(
    struct config *config, char **words, int *index, char **error)
{
	int count = 0;

	while (words[count] != NULL)
		count++;
	return config_read(config, count, words, index, error);
}

static void refused(char **words, const char *wanted)
{
	struct config config;
	char *error = NULL;
	int index = 0;

	assert_int_equal(read_words(&config, words, &index, &error), -1);
	assert_string_equal(error, wanted);
	free(error);
}

static void test_defaults(void **state)
{
	char *words[] = {NULL};
	struct config config;
	char *error = NULL;
	int index = 0;

	(void)state;
	clear();
	assert_int_equal(read_words(&config, words, &index, &error), 0);
	assert_string_equal(config.listen, "127.0.0.1:8080");
	assert_string_equal(config.log_level, "notice");
	assert_null(config.database_url);
	assert_true(config.embedded);
	assert_true(config.database_tls);
	assert_false(config.test_clock);
	assert_true(config.workers > 0);
	assert_int_equal(config.pool_fast, 2);
	assert_int_equal(config.pool_write, 2);
	assert_int_equal(config.pool_slow, 1);
	assert_int_equal(config.pool_depth, 8);
	assert_int_equal(config.pool_queue, 256);
	assert_true(config.data[0] == '/');
	if (geteuid() == 0)
		assert_string_equal(config.data, "/var/lib/hefboom");
	config_release(&config);
}

static void test_public_url(void **state)
{
	static const char *const bad[] = {"hr.example.org", "ftp://a/",
	    "https://", "https:///scim", "http://a b", "http://a\r\nX: y",
	    "https://a?x", "https://a/#x", "https://\"a"};
	static const char *const good[][2] = {
	    {"https://hr.example.org", "https://hr.example.org"},
	    {"http://[::1]:8080/", "http://[::1]:8080"},
	    {"https://a/peers/", "https://a/peers"}};
	struct config config;
	char *error = NULL;
	int index;

	(void)state;
	clear();
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char *words[] = {"--public-url", (char *)good[i][0], NULL};

		index = 0;
		assert_int_equal(read_words(&config, words, &index, &error), 0);
		assert_string_equal(config.public_url, good[i][1]);
		config_release(&config);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *words[] = {"--public-url", (char *)bad[i], NULL};

		refused(words, "public_url must be an http or https address");
	}
}

static void test_flags_end_at_a_word(void **state)
{
	char *words[] = {
	    "--listen", "[::1]:1", "--pool-fast=7", "word", "--data", NULL};
	struct config config;
	char *error = NULL;
	int index = 0;

	(void)state;
	clear();
	assert_int_equal(read_words(&config, words, &index, &error), 0);
	assert_int_equal(index, 3);
	assert_string_equal(config.listen, "[::1]:1");
	assert_int_equal(config.pool_fast, 7);
	config_release(&config);
}

static void test_precedence(void **state)
{
	static const char text[] = "# settings\n\n listen = file:1 \n"
				   "data\t=\t/from file\nworkers=3\n"
				   "test_clock = ON\n";
	char *words[] = {"--listen", "flag:1", NULL};
	char *path = memory_format("%s/settings", (char *)*state);
	struct config config;
	char *error = NULL;
	int index = 0;

	clear();
	write_file(*state, "settings", text, sizeof(text) - 1, 0600);
	setenv("HEFBOOM_CONFIG", path, 1);
	setenv("HEFBOOM_LISTEN", "environment:1", 1);
	setenv("HEFBOOM_WORKERS", "4", 1);
	assert_int_equal(read_words(&config, words, &index, &error), 0);
	assert_string_equal(config.listen, "flag:1");
	assert_int_equal(config.workers, 4);
	assert_string_equal(config.data, "/from file");
	assert_true(config.test_clock);
	config_release(&config);
	index = 2;
	assert_int_equal(read_words(&config, words, &index, &error), 0);
	assert_string_equal(config.listen, "environment:1");
	config_release(&config);
	clear();
	free(path);
}

static void test_relative_folder(void **state)
{
	char *words[] = {"--data", "./here", NULL};
	struct config config;
	char *error = NULL, *wanted, *folder = getcwd(NULL, 0);
	int index = 0;

	(void)state;
	clear();
	wanted = memory_format("%s/here", folder);
	assert_int_equal(read_words(&config, words, &index, &error), 0);
	assert_string_equal(config.data, wanted);
	config_release(&config);
	free(wanted);
	free(folder);
}

static void test_refusals(void **state)
{
	char *flag[] = {"--port", "1", NULL};
	char *value[] = {"--data", NULL};
	char *empty[] = {"--data", "", NULL};
	char *number[] = {"--workers", "257", NULL};
	char *sign[] = {"--workers", "-1", NULL};
	char *tail[] = {"--workers=2x", NULL};
	char *truth[] = {"--test-clock", "maybe", NULL};
	char *level[] = {"--log-level", "loud", NULL};

	(void)state;
	clear();
	refused(flag, "there is no flag --port; hefboom --help lists them");
	refused(value, "--data needs a value");
	refused(empty, "--data is empty");
	refused(number, "--workers must be a number from 0 to 256");
	refused(sign, "--workers must be a number from 0 to 256");
	refused(tail, "--workers must be a number from 0 to 256");
	refused(truth, "--test-clock must be on or off");
	refused(level, "log_level must be error, warning, notice or debug");
}

static void refused_file(
    const char *folder, const char *text, const char *before, const char *after)
{
	char *path = memory_format("%s/settings", folder);
	char *words[] = {"--config", path, NULL};
	char *wanted = memory_format("%s%s%s", before, path, after);

	write_file(folder, "settings", text, strlen(text), 0600);
	refused(words, wanted);
	free(wanted);
	free(path);
}

static void test_refused_files(void **state)
{
	char *words[] = {"--config", "/none", NULL};
	char *folder[] = {"--config", "/", NULL};

	clear();
	refused(words,
	    "cannot read the settings in /none: No such file or directory");
	refused(folder, "cannot read the settings in /: Is a directory");
	refused_file(*state, "listen = a:1\nnonsense\n", "line 2 of ",
	    " is not `name = value` of a setting");
	refused_file(*state, "port = 1\n", "line 1 of ",
	    " is not `name = value` of a setting");
	refused_file(*state, "config = x\n", "line 1 of ",
	    " is not `name = value` of a setting");
	refused_file(*state, "workers = many\n", "workers in line 1 of ",
	    " must be a number from 0 to 256");
}

static void read_embedded(struct config *config, const char *folder)
{
	char *words[] = {"--data", (char *)folder, NULL};
	char *error = NULL;
	int index = 0;

	clear();
	assert_int_equal(read_words(config, words, &index, &error), 0);
}

static void test_secret_is_made_once(void **state)
{
	unsigned char first[CONFIG_SECRET_LENGTH];
	static const unsigned char zero[CONFIG_SECRET_LENGTH];
	char *path = memory_format("%s/secret", (char *)*state);
	struct config config;
	struct stat about;
	char *error = NULL;

	read_embedded(&config, *state);
	assert_int_equal(config_secret(&config, false, &error), -1);
	assert_non_null(strstr(error, "cannot read the secret"));
	free(error);
	assert_int_equal(config_secret(&config, true, &error), 0);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_equal(about.st_size, CONFIG_SECRET_LENGTH);
	memcpy(first, config.secret, sizeof(first));
	assert_memory_not_equal(first, zero, sizeof(first));
	memset(config.secret, 0, sizeof(first));
	assert_int_equal(config_secret(&config, true, &error), 0);
	assert_memory_equal(first, config.secret, sizeof(first));
	config_release(&config);
	assert_memory_equal(config.secret, zero, sizeof(zero));
	free(path);
}

static void refused_secret(
    const char *folder, size_t length, mode_t mode, const char *part)
{
	static const char bytes[64] = "not random";
	struct config config;
	char *error = NULL;

	read_embedded(&config, folder);
	write_file(folder, "secret", bytes, length, mode);
	assert_int_equal(config_secret(&config, true, &error), -1);
	assert_non_null(strstr(error, part));
	free(error);
	config_release(&config);
}

static void test_refused_secrets(void **state)
{
	refused_secret(*state, 31, 0600, "must be a file of exactly 32 bytes");
	refused_secret(*state, 33, 0600, "must be a file of exactly 32 bytes");
	refused_secret(*state, 32, 0640, "is open to others");
	refused_secret(*state, 32, 0604, "is open to others");
}

static void test_secret_beside_a_database(void **state)
{
	char *words[] = {"--data", *state, NULL};
	struct config config;
	char *error = NULL;
	int index = 0;

	clear();
	setenv("HEFBOOM_DATABASE_URL", "postgresql://a@/b", 1);
	assert_int_equal(read_words(&config, words, &index, &error), 0);
	assert_false(config.embedded);
	assert_int_equal(config_secret(&config, true, &error), -1);
	assert_non_null(strstr(error, "HEFBOOM_SECRET_FILE"));
	free(error);
	config_release(&config);
	clear();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_public_url),
	    cmocka_unit_test(test_flags_end_at_a_word),
	    cmocka_unit_test_setup_teardown(
		test_precedence, folder_begin, folder_end),
	    cmocka_unit_test(test_relative_folder),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test_setup_teardown(
		test_refused_files, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		test_secret_is_made_once, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		test_refused_secrets, folder_begin, folder_end),
	    cmocka_unit_test_setup_teardown(
		test_secret_beside_a_database, folder_begin, folder_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
