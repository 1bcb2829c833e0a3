#include "config_setting.h"

#include <ctype.h>
#include <errno.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/memory.h"

enum { PORT_DIGITS = 5, PORT_MAX = 65535 };

static const struct setting *find_name(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < setting_count; i++) {
		if (strlen(settings[i].name) == length &&
		    memcmp(settings[i].name, name, length) == 0)
			return &settings[i];
	}
	return NULL;
}

/* By a word that may have `=value` behind it. */
static const struct setting *find_spelled(
    char *(*spelled)(const struct setting *), const char *word)
{
	size_t length = strcspn(word, "=");
	const struct setting *found = NULL;
	size_t i;

	for (i = 0; i < setting_count && found == NULL; i++) {
		char *name = spelled(&settings[i]);

		if (strlen(name) == length && memcmp(name, word, length) == 0)
			found = &settings[i];
		free(name);
	}
	return found;
}

static int read_flags(struct config *config, int argc, char **argv, int *index,
    bool only_file, char **error)
{
	int at = *index;

	while (at < argc && strncmp(argv[at], "--", 2) == 0) {
		const char *equals = strchr(argv[at], '=');
		const struct setting *setting =
		    find_spelled(setting_flag, argv[at]);
		const char *value = equals == NULL ? argv[at + 1] : equals + 1;
		char *flag;
		int status = 0;

		if (setting == NULL || value == NULL) {
			*error = memory_format(setting == NULL
				? "there is no flag %.*s; hefboom --help "
				  "lists them"
				: "%.*s needs a value",
			    (int)strcspn(argv[at], "="), argv[at]);
			return -1;
		}
		flag = setting_flag(setting);
		if (only_file == setting_is_file(setting))
			status =
			    setting_set(config, setting, value, flag, error);
		free(flag);
		if (status < 0)
			return -1;
		at += equals == NULL ? 2 : 1;
	}
	*index = at;
	return 0;
}

char *config_strays(void)
{
	static const char prefix[] = "HEFBOOM_";
	size_t named = 0;
	struct buf strays = {0};

	for (char **at = environ; *at != NULL; at++) {
		if (strncmp(*at, prefix, sizeof(prefix) - 1) != 0 ||
		    find_spelled(setting_variable, *at) != NULL)
			continue;
		if (named++ > 0)
			buf_add_string(&strays, ", ");
		buf_add(&strays, *at, strcspn(*at, "="));
	}
	return named == 0 ? NULL : buf_take(&strays, NULL);
}

static int read_environment(struct config *config, bool only_file, char **error)
{
	size_t i;
	int status = 0;

	for (i = 0; i < setting_count && status == 0; i++) {
		char *variable;
		const char *value;

		if (only_file != setting_is_file(&settings[i]))
			continue;
		variable = setting_variable(&settings[i]);
		value = getenv(variable);
		if (value != NULL && value[0] != '\0')
			status = setting_set(
			    config, &settings[i], value, variable, error);
		free(variable);
	}
	return status;
}

/* One line; blanks around name and value do not count. */
static int read_line(
    struct config *config, char *line, unsigned number, char **error)
{
	const struct setting *setting;
	char *from, *name = line + strspn(line, " \t");
	char *value = strchr(name, '=');
	size_t length;
	int status;

	if (name[0] == '#' || name[strspn(name, " \t\r\n")] == '\0')
		return 0;
	length = value == NULL ? 0 : (size_t)(value - name);
	while (length > 0 && isspace((unsigned char)name[length - 1]))
		length--;
	setting = find_name(name, length);
	if (setting == NULL || setting_is_file(setting)) {
		*error = memory_format("line %u of %s is not `name = value` "
				       "of a setting",
		    number, config->config);
		return -1;
	}
	value += 1 + strspn(value + 1, " \t");
	length = strlen(value);
	while (length > 0 && isspace((unsigned char)value[length - 1]))
		value[--length] = '\0';
	from = memory_format(
	    "%s in line %u of %s", setting->name, number, config->config);
	status = setting_set(config, setting, value, from, error);
	free(from);
	return status;
}

static int read_file(struct config *config, char **error)
{
	FILE *file = fopen(config->config, "re");
	char buffer[BUFSIZ], *line = NULL;
	size_t size = 0;
	unsigned number = 0;
	int status = 0;

	if (file == NULL) {
		*error = memory_format("cannot read the settings in %s: %s",
		    config->config, strerror(errno));
		return -1;
	}
	setvbuf(file, buffer, _IOFBF, sizeof(buffer));
	while (status == 0 && getline(&line, &size, file) >= 0)
		status = read_line(config, line, ++number, error);
	if (status == 0 && ferror(file)) {
		*error = memory_format("cannot read the settings in %s: %s",
		    config->config, strerror(errno));
		status = -1;
	}
	fclose(file);
	/* Passwords may stand there. */
	memory_wipe(buffer, sizeof(buffer));
	if (line != NULL)
		memory_wipe(line, size);
	free(line);
	return status;
}

/* Relative to the folder that the program was started in. */
static int make_absolute(const char **path, char **error)
{
	char *folder, *absolute;

	if ((*path)[0] == '/')
		return 0;
	folder = getcwd(NULL, 0);
	if (folder == NULL) {
		*error = memory_format(
		    "cannot tell which folder this is: %s", strerror(errno));
		return -1;
	}
	absolute = memory_format(
	    "%s/%s", folder, strncmp(*path, "./", 2) == 0 ? *path + 2 : *path);
	free(folder);
	free((void *)*path);
	*path = absolute;
	return 0;
}

/* "https://hr.example.org" or with a path; a slash at its end is dropped. */
static int check_public_url(struct config *config, char **error)
{
	const char *url = config->public_url, *host;
	size_t length;

	if (url == NULL)
		return 0;
	host = strncmp(url, "https://", 8) == 0 ? url + 8
	    : strncmp(url, "http://", 7) == 0   ? url + 7
						: "";
	length = strlen(url);
	if (host[0] == '/' || host[0] == '\0' ||
	    strspn(host,
		"abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-._~:[]/%") != strlen(host)) {
		*error = memory_string("public_url must be an http or https "
				       "address");
		return -1;
	}
	if (url[length - 1] == '/') {
		config->public_url = memory_copy(url, length - 1);
		free((void *)url);
	}
	return 0;
}

/* Whether there is such an address is found out by listening there. */
static int check_listen(const char *name, const char *address, char **error)
{
	const char *port = address == NULL ? NULL : strrchr(address, ':');
	size_t digits = port == NULL ? 0 : strspn(port + 1, "0123456789");

	if (address == NULL ||
	    (digits > 0 && digits <= PORT_DIGITS && port > address &&
		port[1 + digits] == '\0' &&
		strtoul(port + 1, NULL, 10) <= PORT_MAX))
		return 0;
	*error = memory_format("%s must be an address and a port, as "
			       "127.0.0.1:8080 or [::1]:8080",
	    name);
	return -1;
}

static int finish(struct config *config, char **error)
{
	static const char *const levels[] = {
	    "error", "warning", "notice", "debug"};
	size_t i;
	long cores;

	if (check_public_url(config, error) < 0 ||
	    check_listen("listen", config->listen, error) < 0 ||
	    check_listen("metrics_listen", config->metrics_listen, error) < 0)
		return -1;
	if (config->metrics_listen != NULL &&
	    strcmp(config->metrics_listen, config->listen) == 0) {
		*error = memory_string("metrics_listen must be another address "
				       "than listen");
		return -1;
	}
	config->embedded =
	    config->database_url == NULL && config->owner_url == NULL;
	if (config->workers == 0) {
		cores = sysconf(_SC_NPROCESSORS_ONLN);
		config->workers = cores < 1 ? 1
		    : cores > 256           ? 256
					    : (unsigned)cores;
	}
	for (i = 0; i < 4; i++) {
		if (strcmp(config->log_level, levels[i]) == 0)
			return make_absolute(&config->data, error);
	}
	*error = memory_string("log_level must be error, warning, notice or "
			       "debug");
	return -1;
}

static void set_defaults(struct config *config)
{
	size_t i;
	char *none;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < setting_count; i++) {
		if (settings[i].fallback != NULL)
			setting_set(config, &settings[i], settings[i].fallback,
			    "", &none);
	}
	config->data =
	    memory_string(geteuid() == 0 ? "/var/lib/hefboom" : "hefboom-data");
}

int config_read(
    struct config *config, int argc, char **argv, int *index, char **error)
{
	int start = *index;

	set_defaults(config);
	if (read_environment(config, true, error) < 0 ||
	    read_flags(config, argc, argv, index, true, error) < 0 ||
	    (config->config != NULL && read_file(config, error) < 0) ||
	    read_environment(config, false, error) < 0)
		goto fail;
	*index = start;
	if (read_flags(config, argc, argv, index, false, error) < 0 ||
	    finish(config, error) < 0)
		goto fail;
	return 0;
fail:
	config_release(config);
	return -1;
}
